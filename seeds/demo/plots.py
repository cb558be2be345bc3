"""Plots: a capability kept back for a few, those who need it, those who have it, their rivals and near misses.

A plot is told around one reserved capability. Three firms downstream need it, in the words of their trouble; two or
three others have it, in the words of their product; nobody outside the plot offers it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from matchmaker.names import fold_name
from models.enums import CooperationType, OrganisationKind
from models.offers import Need, Offer
from seeds.demo.bodies import Plan, make_body, place, sme_staff
from seeds.demo.chains import Skill
from seeds.demo.key import Flaw, NearMiss, Planted, PlantedNeed, Rival
from seeds.demo.postings import COST_FACTOR, Language, Life, NeedPlan, OfferPlan, State, add_need, add_offer, some_offer
from seeds.demo.world import Body, World

Kind = OrganisationKind
Type = CooperationType

NUMBER_OF_PLOTS = 56
CROSS_LINGUAL = 12
NEEDS_PER_PLOT = 3
# The demo's own SME lives here: a cockpit firm whose screens go dark together.
FIRST = ("vehicle-virtualisation", "nev-cockpit-domain")
TAGGED_FLAWS = tuple(Flaw)
TEXT_FLAWS = tuple(flaw for flaw in Flaw if flaw is not Flaw.LEVEL_TOO_LOW)
PRICE_STEPS = (1e5, 1.5e5, 2e5, 3e5, 5e5, 8e5)


@dataclass(frozen=True)
class Plot:
    number: int
    skill: Skill
    owner_node: str
    owner_skill: Skill
    is_tagged: bool
    is_cross_lingual: bool
    flaws: tuple[Flaw, ...]
    price: float

    @property
    def trl(self) -> tuple[int, int]:
        return (4, 6) if self.is_cross_lingual else (7, 9)

    @property
    def level(self) -> int:
        return 3 if self.is_cross_lingual else 4


def choose_plots(world: World) -> list[Plot]:
    """One reserved capability at each of as many nodes; the same ones every time."""
    dice = world.dice("plots")
    nodes = [code for code in world.chains.nodes if world.chains.customers[code]]
    first = world.chains.skills[FIRST[0]]
    nodes.remove(first.node)
    chosen = [first] + [dice.choice(world.chains.by_node[node]) for node in dice.sample(nodes, NUMBER_OF_PLOTS - 1)]
    world.reserved = frozenset(skill.code for skill in chosen)
    return [_plot(world, dice, number, skill) for number, skill in enumerate(chosen)]


def _plot(world: World, dice: Random, number: int, skill: Skill) -> Plot:
    owner_node = FIRST[1] if number == 0 else dice.choice(world.chains.customers[skill.node])
    is_tagged = number % 2 == 0
    return Plot(
        number=number,
        skill=skill,
        owner_node=owner_node,
        owner_skill=dice.choice(world.open_skills(owner_node)),
        is_tagged=is_tagged,
        is_cross_lingual=0 < number <= CROSS_LINGUAL,
        flaws=tuple(dice.sample(TAGGED_FLAWS if is_tagged else TEXT_FLAWS, 2)),
        price=dice.choice(PRICE_STEPS) * COST_FACTOR.get(skill.node, 1),
    )


def tell(world: World, plot: Plot) -> list[PlantedNeed]:
    """Add everybody in the plot and say how they relate."""
    dice = world.dice(f"plot-{plot.number}")
    fits = _foreign_lab(world, dice, plot) if plot.is_cross_lingual else _suppliers(world, dice, plot)
    misses = [_near_miss(world, dice, plot, flaw) for flaw in plot.flaws]
    owners = [_peer(world, dice, plot, "owner", number) for number in range(1, NEEDS_PER_PLOT + 1)]
    rivals = [_peer(world, dice, plot, "rival", number) for number in (1, 2)]
    needs = [add_need(world, dice, owner, _need(dice, plot, fits)) for owner in owners]
    add_need(world, dice, rivals[0], _need(dice, plot, fits))
    return [_entry(plot, owner, need, fits, rivals, misses) for owner, need in zip(owners, needs, strict=True)]


def _suppliers(world: World, dice: Random, plot: Plot) -> list[tuple[Body, Offer]]:
    found = []
    for number in range(1, dice.randint(2, 3) + 1):
        body = _firm(world, dice, plot, plot.skill, f"plot-{plot.number:02}-fit-{number}")
        body.record.capacity, body.record.engaged = dice.randint(3, 8), dice.randint(0, 1)
        found.append((body, add_offer(world, dice, body, _good_offer(dice, plot))))
        _side_offer(world, dice, body)
    return found


def _foreign_lab(world: World, dice: Random, plot: Plot) -> list[tuple[Body, Offer]]:
    body = _lab(world, dice, plot, f"plot-{plot.number:02}-fit-1")
    body.record.name_en = world.namer.foreign_lab(world.chains.nodes[plot.skill.node].name).en
    body.record.name_zh = body.record.short_name = body.record.summary_zh = ""
    body.record.name_key = fold_name(body.record.name_en)
    body.record.capacity, body.record.engaged = dice.randint(3, 6), dice.randint(0, 1)
    return [(body, add_offer(world, dice, body, replace(_good_offer(dice, plot), language=Language.EN)))]


def _good_offer(dice: Random, plot: Plot) -> OfferPlan:
    low, high = plot.trl
    return OfferPlan(
        skill=plot.skill,
        level=dice.randint(plot.level, 5),
        trl=(low, high),
        type=dice.choice((Type.RESEARCH, Type.TECHNICAL) if plot.is_cross_lingual else (Type.SUPPLY, Type.TECHNICAL)),
        price=(plot.price, plot.price * 3),
        language=dice.choice((Language.BOTH, Language.BOTH, Language.ZH)),
        life=Life(days_ago=dice.randint(10, 200)),
        is_tagged=dice.random() < 0.9 or plot.is_tagged,
    )


def _near_miss(world: World, dice: Random, plot: Plot, flaw: Flaw) -> NearMiss:
    """Somebody with the capability and one thing wrong."""
    key = f"plot-{plot.number:02}-miss-{flaw.value.replace('_', '-')}"
    if plot.is_cross_lingual == (flaw is Flaw.WRONG_KIND):
        body = _firm(world, dice, plot, plot.skill, key)
    else:
        body = _lab(world, dice, plot, key)
    body.record.capacity, body.record.engaged = (4, 4) if flaw is Flaw.FULL else (5, 1)
    plan = replace(_good_offer(dice, plot), language=Language.BOTH)
    if flaw is Flaw.LEVEL_TOO_LOW:
        plan = replace(plan, level=1)
    if flaw is Flaw.TOO_EARLY:
        plan = replace(plan, trl=(1, 2) if plot.is_cross_lingual else (2, 3))
    if flaw is Flaw.EXPIRED:
        plan = replace(plan, life=Life(dice.choice((State.EXPIRED, State.PUBLISHED)), dice.randint(380, 500)))
    offer = add_offer(world, dice, body, plan)
    return NearMiss(*_refs(body, offer), flaw=flaw)


def _need(dice: Random, plot: Plot, fits: Sequence[tuple[Body, Offer]]) -> NeedPlan:
    wants_district = plot.number % 5 == 4
    kinds = (Kind.LAB,) if plot.is_cross_lingual else (Kind.SME, Kind.CHAIN_LEADER, Kind.PILOT_BASE)
    return NeedPlan(
        skill=plot.skill,
        trl=plot.trl,
        type=Type.RESEARCH if plot.is_cross_lingual else Type.SUPPLY,
        accepted=(Type.RESEARCH, Type.TECHNICAL, Type.LICENCE)
        if plot.is_cross_lingual
        else (Type.SUPPLY, Type.TECHNICAL),
        price=(plot.price, plot.price * dice.choice((2, 3, 4))),
        months=dice.choice((4, 6, 9, 12)),
        language=Language.ZH if plot.is_cross_lingual else dice.choice((Language.BOTH, Language.BOTH, Language.ZH)),
        life=Life(days_ago=dice.randint(3, 150)),
        required=((plot.skill.code, plot.level, 1.0, True),) if plot.is_tagged else (),
        partner_kinds=kinds if Flaw.WRONG_KIND in plot.flaws else (),
        partner_districts=_districts(fits) if wants_district else (),
    )


def _districts(fits: Sequence[tuple[Body, Offer]]) -> tuple[str, ...]:
    """A circle around the city that takes in everybody who fits."""
    centre = {"500112", "500105", "500106", "500107", "500108", "cq-liangjiang"}
    return tuple(sorted(centre | {body.record.district_code or "" for body, _ in fits}))


def _peer(world: World, dice: Random, plot: Plot, role: str, number: int) -> Body:
    """A firm that sells what the owner sells: the owner itself, or a rival."""
    body = _firm(world, dice, plot, plot.owner_skill, f"plot-{plot.number:02}-{role}-{number}")
    plan = replace(
        some_offer(dice, body, plot.owner_skill), level=4, trl=(7, 9), type=Type.SUPPLY, life=Life(days_ago=40)
    )
    add_offer(world, dice, body, replace(plan, language=Language.BOTH, is_tagged=True))
    return body


def _firm(world: World, dice: Random, plot: Plot, skill: Skill, key: str) -> Body:
    node = world.chains.nodes[skill.node]
    name, short = world.namer.firm(dice.choice(node.trades))
    district = place(world, dice, node.chain) or "cq-liangjiang"
    staff = max(12, sme_staff(dice))
    plan = Plan(key, Kind.SME, (node.code,), name, short, staff, district, skill.code, "org_sme")
    return make_body(world, dice, plan)


def _lab(world: World, dice: Random, plot: Plot, key: str) -> Body:
    node = world.chains.nodes[plot.skill.node]
    name, short = world.namer.lab(node.name)
    district = place(world, dice, node.chain) or "500106"
    part = "org_foreign_lab" if plot.is_cross_lingual and "fit" in key else "org_lab"
    plan = Plan(key, Kind.LAB, (node.code,), name, short, dice.randint(25, 120), district, plot.skill.code, part)
    return make_body(world, dice, plan)


def _side_offer(world: World, dice: Random, body: Body) -> None:
    skills = world.open_skills(body.nodes[0])
    if skills and dice.random() < 0.7:
        add_offer(world, dice, body, some_offer(dice, body, dice.choice(skills)))


def _refs(body: Body, offer: Offer) -> tuple[str, str, str, str]:
    return offer.source_key or "", str(offer.id), body.key, str(body.record.id)


def _entry(
    plot: Plot,
    owner: Body,
    need: Need,
    fits: Sequence[tuple[Body, Offer]],
    rivals: Sequence[Body],
    misses: Sequence[NearMiss],
) -> PlantedNeed:
    return PlantedNeed(
        need_key=need.source_key or "",
        need_id=str(need.id),
        owner_key=owner.key,
        owner_id=str(owner.record.id),
        capability=plot.skill.code,
        is_tagged=plot.is_tagged,
        is_cross_lingual=plot.is_cross_lingual,
        fits=tuple(Planted(*_refs(body, offer)) for body, offer in fits),
        rivals=tuple(Rival(rival.key, str(rival.record.id)) for rival in rivals),
        near_misses=tuple(misses),
    )
