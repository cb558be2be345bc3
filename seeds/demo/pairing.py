"""What parks look for and service institutions offer, so that the two can be paired, and pairs that were agreed."""

from dataclasses import replace
from random import Random

from models.consortia import Pairing
from models.enums import CooperationType, OrganisationKind, PairingType, SeatState
from models.offers import Need
from seeds.demo.bodies import node_name
from seeds.demo.identity import SOURCE, identity
from seeds.demo.phrasing import numbers
from seeds.demo.postings import Life, add_offer, dates, some_offer
from seeds.demo.world import Body, World

Kind, Type, Way = OrganisationKind, CooperationType, PairingType
NEED_TYPES = {
    Way.RESOURCE_LANDING: Type.INVESTMENT,
    Way.COMMON_TECHNOLOGY: Type.RESEARCH,
    Way.INCUBATION: Type.TECHNICAL,
    Way.MARKET_INTEGRATION: Type.OUTSOURCING,
}
AGREED, DECLINED = 4, 1


def pair_up(world: World) -> None:
    """Needs of the parks, research offers of every second institution, and a few pairs with what became of them."""
    dice = world.dice("pairing")
    parks, institutions = world.of_kind(Kind.PARK), world.of_kind(Kind.SERVICE_INSTITUTION)
    for park in parks:
        for way in dice.sample(list(Way), dice.choice((0, 1, 1, 2))):
            _ask(world, dice, park, way)
    for body in institutions[::2]:
        skill = dice.choice(world.open_skills(body.nodes[0]))
        plan = replace(some_offer(dice, body, skill), type=Type.RESEARCH, life=Life(days_ago=dice.randint(5, 330)))
        add_offer(world, dice, body, plan)
    _pairs(world, dice, parks, institutions)


def _ask(world: World, dice: Random, park: Body, way: PairingType) -> None:
    node = world.chains.nodes[park.nodes[0]]
    slots = {
        "node": node_name(node),
        **numbers(suppliers=dice.randint(15, 260), months=dice.choice((6, 9, 12, 18)), crew=dice.randint(3, 20)),
    }
    title = world.phrasing.say("park_need_title", slots, when=(way.value,))
    summary = world.phrasing.say_unique("park_need_summary", slots, when=(way.value,))
    key = f"{park.key}/need-{world.count_for(f'{park.key}/need')}"
    world.add(
        Need,
        id=identity(key),
        organisation_id=park.record.id,
        source=SOURCE,
        source_key=key,
        type=NEED_TYPES[way],
        title_zh=title.zh,
        title_en=title.en,
        summary_zh=summary.zh,
        summary_en=summary.en,
        description_zh=summary.zh,
        description_en=summary.en,
        partner_kinds=[Kind.SERVICE_INSTITUTION.value],
        **dates(world, Life(days_ago=dice.randint(5, 300))),
    )


def _pairs(world: World, dice: Random, parks: list[Body], institutions: list[Body]) -> None:
    """Neighbours on the chain that have come to terms, or have not."""
    near = [(park, body) for park in parks for body in institutions if _group(world, park) == _group(world, body)]
    chosen = dice.sample(near, min(AGREED + DECLINED, len(near)))
    for number, (park, body) in enumerate(chosen):
        agreed = number < AGREED
        world.add(
            Pairing,
            id=identity(f"{park.key}/{body.key}/pairing"),
            institution_id=body.record.id,
            park_id=park.record.id,
            type=list(Way)[number % len(Way)],
            state=SeatState.ACCEPTED if agreed else SeatState.DECLINED,
            note="已签结对协议，每季度会商一次。" if agreed else "双方主攻方向不同，暂不结对。",
        )


def _group(world: World, body: Body) -> str:
    return world.chains.nodes[body.nodes[0]].parent
