"""Deals that were done: each fund bought into what its mandate names, and some firms come back for more."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from models.enums import FinancingStage, ParticipationRole, ProjectKind
from models.track import Participation, Project
from seeds.demo.chains import Skill, Words
from seeds.demo.funds import STAGE_NAMES, Fund
from seeds.demo.identity import SOURCE, identity
from seeds.demo.phrasing import money, slots_of
from seeds.demo.rounds import startups
from seeds.demo.world import Body, World

Stage = FinancingStage
DEALS = 600


def invest(world: World, funds: Sequence[Fund]) -> None:
    """Past investments: each fund bought into what its mandate names, and some firms come back for more."""
    dice = world.dice("deals")
    firms = startups(world)
    choices = {
        fund.body.key: [(body, skill) for body, skill in firms if fund.nodes & set(body.nodes)] for fund in funds
    }
    done: set[tuple[str, Stage]] = set()
    number = 0
    while number < DEALS:
        fund = dice.choice(funds)
        fitting = choices[fund.body.key]
        if not fitting:
            continue
        body, skill = dice.choice(fitting)
        stage = dice.choice(fund.stages)
        if (body.key, stage) in done:
            continue
        done.add((body.key, stage))
        number += 1
        _deal(world, dice, number, funds, fund, body, skill, stage)


def _deal(
    world: World, dice: Random, number: int, funds: Sequence[Fund], fund: Fund, body: Body, skill: Skill, stage: Stage
) -> None:
    ticket_low, ticket_high = fund.mandate.ticket_low or 1e6, fund.mandate.ticket_high or 1e6
    share = max(1e5, round(dice.uniform(ticket_low, ticket_high) / 1e5) * 1e5)
    joining = [
        other for other in funds if other is not fund and stage in other.stages and other.nodes & set(body.nodes)
    ]
    partners = dice.sample(joining, 1) if joining and dice.random() < 0.35 else []
    tickets = [(fund, share)] + [(other, other.mandate.ticket_low or 1e6) for other in partners]
    amount = sum(paid for _, paid in tickets)
    day = _day_of_deal(world, dice, body)
    slots = {
        **slots_of(skill),
        "stage": STAGE_NAMES[stage],
        "stage_en": Words("", STAGE_NAMES[stage].en[:1].upper() + STAGE_NAMES[stage].en[1:]),
        **money(amount=amount),
    }
    title, summary = world.phrasing.say("deal_title", slots), world.phrasing.say("deal_summary", slots)
    key = f"deal-{number:03}"
    project = world.add(
        Project,
        id=identity(key),
        source=SOURCE,
        source_key=key,
        kind=ProjectKind.INVESTMENT,
        title_zh=title.zh,
        title_en=title.en,
        summary_zh=summary.zh,
        summary_en=summary.en,
        tags=[f"node:{code}" for code in body.nodes],
        stage=stage.value,
        started_on=day,
        amount=amount,
    )
    world.add(Participation, project_id=project.id, organisation_id=body.record.id, role=ParticipationRole.INVESTEE)
    for investor, paid in tickets:
        world.add(
            Participation,
            project_id=project.id,
            organisation_id=investor.body.record.id,
            role=ParticipationRole.INVESTOR,
            amount=paid,
        )


def _day_of_deal(world: World, dice: Random, body: Body) -> date:
    founded = body.record.founded_on or world.day(1_500)
    return founded + timedelta(days=dice.randint(120, max(121, (world.today - founded).days - 20)))
