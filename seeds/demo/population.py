"""Everybody outside the plots: firms, chain leaders, labs, bases, institutions, parks, and what they post."""

from dataclasses import replace
from random import Random

from models.enums import CooperationType, OrganisationKind
from models.offers import Offer
from seeds.demo.bodies import STAFF, Plan, leave_bare, leave_partial, make_body, node_name, place, sme_staff
from seeds.demo.chains import Node, Skill
from seeds.demo.identity import SOURCE, identity
from seeds.demo.phrasing import numbers
from seeds.demo.postings import Life, OfferPlan, add_need, add_offer, dates, some_life, some_need, some_offer
from seeds.demo.world import Body, World

Kind = OrganisationKind

FIRMS, LEADERS, LABS, BASES, INSTITUTIONS, PARKS = 1_330, 25, 70, 60, 60, 40
LEADING_NODES = (
    "nev-vehicle-assembly", "nev-battery-pack", "nev-cockpit-domain", "nev-ad-control", "nev-reducer-eaxle",
    "nev-chassis-by-wire", "nev-thermal-management", "nev-charging-swapping", "nev-power-electronics",
    "equipment-integration", "equipment-cnc-machines", "equipment-robots", "equipment-power", "equipment-farm",
    "equipment-drones", "equipment-electronics", "equipment-logistics", "biomedicine-cdmo", "biomedicine-antibody",
    "biomedicine-vaccine", "biomedicine-formulation", "biomedicine-tcm", "biomedicine-imaging-robot",
    "biomedicine-ivd-instruments", "nev-vehicle-assembly",
)  # fmt: skip


def populate(world: World) -> None:
    _firms(world)
    _leaders(world)
    _labs(world)
    _bases(world)
    _institutions(world)
    _parks(world)


def _firms(world: World) -> None:
    dice = world.dice("firms")
    codes = list(world.chains.nodes)
    for number in range(1, FIRMS + 1):
        node = world.chains.nodes[dice.choice(codes)]
        nodes = _neighbourhood(world, dice, node, dice.choices((1, 2, 3), weights=(60, 30, 10))[0])
        name, short = world.namer.firm(dice.choice(node.trades))
        lead = dice.choice(world.open_skills(node.code))
        district = place(world, dice, node.chain)
        plan = Plan(f"sme-{number:04}", Kind.SME, nodes, name, short, sme_staff(dice), district, lead.code, "org_sme")
        body = make_body(world, dice, plan)
        _post(world, dice, body, lead, offers=dice.choice((1, 1, 2, 2, 3)), needs=dice.choice((0, 1, 1, 2, 2, 2)))


def _post(world: World, dice: Random, body: Body, lead: Skill, *, offers: int, needs: int) -> None:
    """What a firm posts depends on how much of its profile it has filled in."""
    chance = dice.random()
    if chance < 0.1:
        leave_bare(body)
        return
    others = [skill for code in body.nodes for skill in world.open_skills(code) if skill.code != lead.code]
    for skill in [lead, *dice.sample(others, min(offers - 1, len(others)))]:
        add_offer(world, dice, body, some_offer(dice, body, skill))
    _ask(world, dice, body, needs)
    if chance < 0.3:
        leave_partial(dice, body)


def _ask(world: World, dice: Random, body: Body, count: int) -> None:
    """Needs are for what stands upstream, never for what the body itself sells."""
    for _ in range(count):
        node = dice.choice(body.nodes)
        sources = [code for code in world.chains.sources_for(node) if code not in body.nodes]
        wanted = [
            skill
            for code in sources
            for skill in world.open_skills(code)
            if skill.code not in body.sells and skill.code not in body.wants
        ]
        if wanted:
            add_need(world, dice, body, some_need(world, dice, body, dice.choice(wanted)))


def _neighbourhood(world: World, dice: Random, node: Node, count: int) -> tuple[str, ...]:
    """`node` and others that one firm would work at besides: first of the same group."""
    near = [code for code, other in world.chains.nodes.items() if other.parent == node.parent and code != node.code]
    return (node.code, *dice.sample(near, min(count - 1, len(near))))


def _leaders(world: World) -> None:
    dice = world.dice("leaders")
    for number in range(1, LEADERS + 1):
        node = world.chains.nodes[LEADING_NODES[number - 1]]
        trade = node.trades[0]
        name, short = world.namer.body(
            f"重庆{{root}}{trade.zh}集团有限公司", f"Chongqing {{root}} {trade.en} Group Co., Ltd."
        )
        lead = dice.choice(world.open_skills(node.code))
        plan = Plan(
            f"leader-{number:02}", Kind.CHAIN_LEADER, _neighbourhood(world, dice, node, 2), name, short,
            dice.randint(*STAFF[Kind.CHAIN_LEADER]), place(world, dice, node.chain) or "cq-liangjiang", lead.code, "org_leader",
        )  # fmt: skip
        body = make_body(world, dice, plan)
        for skill in dice.sample(world.open_skills(node.code), 2):
            add_offer(world, dice, body, replace(_live(dice, some_offer(dice, body, skill)), level=5, trl=(8, 9)))
        _say_without_capability(world, dice, body, "scene", CooperationType.DATA_OR_SCENE)
        _ask(world, dice, body, dice.randint(6, 10))


def _labs(world: World) -> None:
    dice = world.dice("labs")
    codes = list(world.chains.nodes)
    for number in range(1, LABS + 1):
        node = world.chains.nodes[codes[(number * 7) % len(codes)]]
        name, short = world.namer.lab(node.name)
        lead = dice.choice(world.open_skills(node.code))
        plan = Plan(
            f"lab-{number:02}", Kind.LAB, _neighbourhood(world, dice, node, dice.randint(1, 2)), name, short,
            dice.randint(*STAFF[Kind.LAB]), place(world, dice, node.chain) or "500106", lead.code, "org_lab",
        )  # fmt: skip
        body = make_body(world, dice, plan)
        for skill in _with_lead(dice, lead, world.open_skills(node.code), dice.randint(2, 4)):
            add_offer(world, dice, body, _live(dice, some_offer(dice, body, skill)))
        _ask(world, dice, body, dice.randint(0, 2))


def _bases(world: World) -> None:
    dice = world.dice("bases")
    codes = list(world.chains.nodes)
    for number in range(1, BASES + 1):
        node = world.chains.nodes[codes[(number * 5 + 2) % len(codes)]]
        trade = node.trades[-1]
        name, short = world.namer.body(
            f"重庆{{root}}{trade.zh}中试基地有限公司", f"Chongqing {{root}} {trade.en} Pilot Base"
        )
        lead = dice.choice(world.open_skills(node.code))
        plan = Plan(
            f"base-{number:02}", Kind.PILOT_BASE, (node.code,), name, short, dice.randint(*STAFF[Kind.PILOT_BASE]),
            place(world, dice, node.chain) or "500112", lead.code, "org_base",
        )  # fmt: skip
        body = make_body(world, dice, plan)
        for skill in _with_lead(dice, lead, world.open_skills(node.code), dice.randint(1, 3)):
            add_offer(world, dice, body, _live(dice, some_offer(dice, body, skill)))
        _ask(world, dice, body, dice.randint(0, 1))


def _institutions(world: World) -> None:
    dice = world.dice("institutions")
    for number in range(1, INSTITUTIONS + 1):
        node = dice.choice(list(world.chains.nodes.values()))
        zh, en = dice.choice(
            (
                ("重庆{root}科技成果转化服务中心", "Chongqing {root} Technology Transfer Centre"),
                ("重庆{root}产业创新服务有限公司", "Chongqing {root} Industrial Innovation Services Co., Ltd."),
                ("重庆{root}生产力促进中心", "Chongqing {root} Productivity Centre"),
            )
        )
        body = _supporter(world, dice, Kind.SERVICE_INSTITUTION, f"service-{number:02}", node, zh, en)
        for _ in range(dice.randint(1, 2)):
            _say_without_capability(world, dice, body, "service", CooperationType.TECHNICAL)


def _parks(world: World) -> None:
    dice = world.dice("parks")
    for number in range(1, PARKS + 1):
        node = dice.choice(list(world.chains.nodes.values()))
        trade = dice.choice(node.trades)
        body = _supporter(
            world, dice, Kind.PARK, f"park-{number:02}", node, f"重庆{{root}}{trade.zh}产业园", f"{{root}} {trade.en} Park, Chongqing"
        )  # fmt: skip
        _say_without_capability(world, dice, body, "space", CooperationType.FACILITY_ACCESS)


def _supporter(world: World, dice: Random, kind: Kind, key: str, node: Node, zh: str, en: str) -> Body:
    name, short = world.namer.body(zh, en)
    part = {Kind.SERVICE_INSTITUTION: "org_service", Kind.PARK: "org_park"}[kind]
    lead = world.chains.by_node[node.code][0]
    district = place(world, dice, node.chain) or "500112"
    plan = Plan(key, kind, (node.code,), name, short, dice.randint(*STAFF[kind]), district, lead.code, part)
    return make_body(world, dice, plan)


def _live(dice: Random, plan: OfferPlan) -> OfferPlan:
    """Institutions keep their offers up to date."""
    return replace(plan, life=Life(days_ago=dice.randint(5, 330)))


def _with_lead(dice: Random, lead: Skill, skills: tuple[Skill, ...], count: int) -> list[Skill]:
    others = [skill for skill in skills if skill.code != lead.code]
    return [lead, *dice.sample(others, min(count - 1, len(others)))]


def _say_without_capability(world: World, dice: Random, body: Body, part: str, type_: CooperationType) -> None:
    """A scene, a space or a service: an offer that no capability names."""
    node = world.chains.nodes[body.nodes[0]]
    slots = {
        "node": node_name(node),
        **numbers(
            slots=dice.randint(3, 24), trl_low=dice.randint(5, 7), area=dice.randint(8, 400) * 100, crew=dice.randint(3, 18),
            months=dice.choice((3, 6, 9, 12, 18, 24)), suppliers=dice.randint(15, 260),
        ),
    }  # fmt: skip
    title, summary = world.phrasing.say(f"{part}_title", slots), world.phrasing.say_unique(f"{part}_summary", slots)
    key = f"{body.key}/offer-{world.count_for(f'{body.key}/offer')}"
    life = some_life(dice)
    world.add(
        Offer,
        id=identity(key),
        organisation_id=body.record.id,
        source=SOURCE,
        source_key=key,
        type=type_,
        title_zh=title.zh,
        title_en=title.en,
        summary_zh=summary.zh,
        summary_en=summary.en,
        trl_low=int(slots["trl_low"].en) if part == "scene" else None,
        trl_high=9 if part == "scene" else None,
        **dates(world, Life(life.state, life.days_ago)),
    )
