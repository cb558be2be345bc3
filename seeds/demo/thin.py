"""Who stands at the thin nodes, told by records alone: offers, facilities and certifications that supply them, and
others that only look as if they did. The key is `thin.csv`."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random

from models.enums import CooperationType, OpenTo, OrganisationKind, PostingState
from models.facilities import Facility, FacilityCapability
from models.organisations import Certification, OrganisationNode
from seeds.demo.bodies import NEIGHBOURS, Plan, make_body, place
from seeds.demo.chains import Skill
from seeds.demo.identity import HERO, identity
from seeds.demo.postings import TRL_OF_LEVEL, Language, Life, OfferPlan, add_need, add_offer, some_need, some_offer
from seeds.demo.thin_nodes import Planted, ThinNode
from seeds.demo.world import Body, World

Kind = OrganisationKind
P = Planted
CERTIFICATE = "little-giant"
LIVES = {
    P.EXPIRED: Life(PostingState.EXPIRED, 420),
    P.DRAFT: Life(PostingState.DRAFT),
    P.REVIEW: Life(PostingState.IN_REVIEW),
    P.WITHDRAWN: Life(PostingState.WITHDRAWN, 150),
}
CERTIFIED = (P.CERTIFIED, P.UNVERIFIED, P.LAPSED, P.STRADDLING)


@dataclass
class _Stage:
    """One thin node on its way into the world."""

    world: World
    dice: Random
    node: ThinNode
    skill: Skill
    placed: list[Body] = field(default_factory=list)

    @property
    def chain(self) -> str:
        return self.world.chains.nodes[self.node.code].chain


def plant_thin(world: World) -> None:
    """Everybody at the thin nodes, and who asks for what is thin there."""
    world.chains = world.all_chains
    for node in world.thin:
        stage = _Stage(world, world.dice(f"thin/{node.code}"), node, world.chains.by_node[node.code][0])
        for record in node.records:
            _plant(stage, record)
        _ask(stage)


def _plant(stage: _Stage, record: Planted) -> None:
    if record in (P.FACILITY, P.MEMBERS):
        _tag_facility(stage, OpenTo.MEMBERS if record is P.MEMBERS else OpenTo.ALL)
    elif record in CERTIFIED:
        _certify(stage, record)
    elif record in (P.AGAIN, P.OPERATOR):
        _offer(stage, stage.placed[-1], record)
    else:
        stage.placed.append(_firm(stage, (stage.node.code,), outside=record is P.OUTSIDE))
        _offer(stage, stage.placed[-1], record)


def _firm(stage: _Stage, nodes: tuple[str, ...], *, outside: bool = False) -> Body:
    world, dice = stage.world, stage.dice
    name, short = world.namer.firm(dice.choice(world.chains.nodes[stage.node.code].trades))
    district = None if outside else place(world, dice, stage.chain) or "cq-liangjiang"
    key = f"thin-{stage.node.code}-{len(stage.placed) + 1}"
    # So small that chance gives none of them a certification that counts.
    plan = Plan(key, Kind.SME, nodes, name, short, dice.randint(14, 58), district, stage.skill.code, "org_sme")
    body = make_body(world, dice, plan)
    body.record.capacity, body.record.engaged = dice.randint(2, 5), dice.randint(0, 1)
    if outside:
        body.record.region = body.record.address = dice.choice(NEIGHBOURS)
    return body


def _offer(stage: _Stage, body: Body, record: Planted) -> None:
    level = 2 if record is P.LOW else 4
    plan: OfferPlan = replace(
        some_offer(stage.dice, body, stage.skill),
        level=level,
        trl=TRL_OF_LEVEL[level],
        type=CooperationType.TECHNICAL if record is P.LOW else CooperationType.SUPPLY,
        language=Language.BOTH,
        life=LIVES.get(record, Life(days_ago=stage.dice.randint(20, 300))),
        is_tagged=record is not P.UNTAGGED,
    )
    add_offer(stage.world, stage.dice, body, plan)


def _tag_facility(stage: _Stage, open_to: OpenTo) -> None:
    """A facility of the chain, one of the same group where there is one, can do it too; its operator comes to stand
    at the node."""
    world = stage.world
    operators = {
        body.record.id: body
        for body in world.of_kind(Kind.PILOT_BASE)
        if world.chains.nodes[body.nodes[0]].chain == stage.chain and body.record.district_code
    }
    tagged = {tag.facility_id for tag in world.all_of(FacilityCapability) if tag.capability_code in _skills(world)}
    open_ones = [
        one
        for one in world.all_of(Facility)
        if one.organisation_id in operators and one.open_to is open_to and one.id not in tagged
    ]
    group = world.chains.nodes[stage.node.code].parent
    facility = min(
        open_ones, key=lambda one: world.chains.nodes[operators[one.organisation_id].nodes[0]].parent != group
    )
    body = operators[facility.organisation_id]
    body.nodes = (*body.nodes, stage.node.code)
    world.add(OrganisationNode, organisation_id=body.record.id, node_code=stage.node.code)
    world.add(FacilityCapability, facility_id=facility.id, capability_code=stage.skill.code, level=3)
    body.sells.add(stage.skill.code)
    stage.placed.append(body)


def _skills(world: World) -> frozenset[str]:
    return frozenset(skill.code for node in world.thin for skill in world.chains.by_node[node.code])


def _certify(stage: _Stage, record: Planted) -> None:
    """A firm known by its certification alone; one that straddles stands at a second node too."""
    world = stage.world
    nodes: tuple[str, ...] = (stage.node.code,)
    if record is P.STRADDLING:
        nodes = (*nodes, world.chains.customers[stage.node.code][0])
    body = _firm(stage, nodes)
    stage.placed.append(body)
    issued = world.day(1_300 if record is P.LAPSED else 400)
    world.add(
        Certification,
        id=identity(f"{body.key}/certificate-of-node"),
        organisation_id=body.record.id,
        scheme_code=CERTIFICATE,
        issuer="重庆市经济和信息化委员会",
        number=f"CQ{issued.year}{stage.dice.randint(100_000, 999_999)}",
        issued_on=issued,
        valid_until=issued + timedelta(days=365 * 3),
        verified_at=None if record is P.UNVERIFIED else world.moment(30),
    )


def _ask(stage: _Stage) -> None:
    """Firms of the node that it supplies post what they lack."""
    world, dice = stage.world, stage.dice
    customers = set(world.chains.customers[stage.node.code])
    askers = [
        body
        for body in world.bodies
        if body.key.startswith("sme-") and customers & set(body.nodes) and body.sells and body.record.staff
    ]
    for body in dice.sample([body for body in askers if body.key != HERO], stage.node.asks):
        plan = some_need(world, dice, body, stage.skill)
        wanted = ((stage.skill.code, 3, 1.0, True),)
        life = Life(days_ago=dice.randint(5, 200))
        add_need(world, dice, body, replace(plan, required=wanted, life=life, language=Language.BOTH))
