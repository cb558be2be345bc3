"""Past consortia: leaders and labs with their circles of friends, along the chains."""

from datetime import timedelta
from random import Random

from models.enums import OrganisationKind, ParticipationRole, ProjectKind
from models.track import Participation, Project
from seeds.demo.chains import Skill
from seeds.demo.identity import SOURCE, identity
from seeds.demo.phrasing import numbers, slots_of
from seeds.demo.world import Body, World

Kind = OrganisationKind

CONSORTIA = 300
FIRST_YEAR_AGO = 9 * 365 + 200
CIRCLE = 14
RETURNING = 0.65


def remember(world: World) -> None:
    """Owners of planted needs, their rivals and near misses have no common past, so the key stays what it is."""
    dice = world.dice("history")
    crowd = [body for body in world.bodies if not body.key.startswith("plot-") and body.sells]
    leads = [body for body in crowd if body.record.kind in {Kind.CHAIN_LEADER, Kind.LAB}]
    leads += dice.sample([body for body in crowd if body.record.kind is Kind.SME], 30)
    circles = {lead.key: _circle(world, dice, lead, crowd) for lead in leads}
    weights = [4 if lead.record.kind is Kind.CHAIN_LEADER else 1 for lead in leads]
    for number in range(1, CONSORTIA + 1):
        lead = dice.choices(leads, weights=weights)[0]
        members = _members(dice, lead, circles[lead.key], crowd)
        add_consortium(world, dice, f"consortium-{number:03}", lead, members)


def _circle(world: World, dice: Random, lead: Body, crowd: list[Body]) -> list[Body]:
    """Those a lead would call first: at its own nodes, upstream of them, or downstream."""
    near = {*lead.nodes}
    for code in lead.nodes:
        near |= {*world.chains.sources_for(code), *world.chains.customers[code]}
    fitting = [body for body in crowd if body is not lead and near & set(body.nodes)]
    return dice.sample(fitting, min(CIRCLE, len(fitting)))


def _members(dice: Random, lead: Body, circle: list[Body], crowd: list[Body]) -> list[Body]:
    members: dict[str, Body] = {}
    for _ in range(dice.randint(2, 7)):
        body = dice.choice(circle if circle and dice.random() < RETURNING else crowd)
        if body is not lead:
            members[body.key] = body
    return list(members.values()) or circle[:2]


def add_consortium(
    world: World, dice: Random, key: str, lead: Body, members: list[Body], *, skill: Skill | None = None
) -> Project:
    skill = skill or world.chains.skills[dice.choice(sorted(lead.sells))]
    slots = {**slots_of(skill), **numbers(members=len(members) + 1)}
    title, summary = world.phrasing.say("project_title", slots), world.phrasing.say_unique("project_summary", slots)
    started = world.day(dice.randint(40, FIRST_YEAR_AGO))
    nodes = sorted({*lead.nodes, skill.node, *(code for body in members[:2] for code in body.nodes[:1])})
    project = world.add(
        Project,
        id=identity(key),
        source=SOURCE,
        source_key=key,
        kind=ProjectKind.CONSORTIUM,
        title_zh=title.zh,
        title_en=title.en,
        summary_zh=summary.zh,
        summary_en=summary.en,
        tags=[f"node:{code}" for code in nodes[:4]],
        started_on=started,
        ended_on=started + timedelta(days=dice.choice((540, 730, 1_095, 1_460))),
        amount=dice.choice((1e6, 2e6, 3e6, 5e6, 8e6, 1.2e7, 2e7, 5e7)),
    )
    world.add(Participation, project_id=project.id, organisation_id=lead.record.id, role=ParticipationRole.COORDINATOR)
    for body in members:
        world.add(
            Participation, project_id=project.id, organisation_id=body.record.id, role=ParticipationRole.PARTICIPANT
        )
    return project
