"""Lists of capital as firms and funds saw them, and which candidates they opened: simulated, and said to be the demo's.

What a list shows is worked out roughly, by field and stage; the demo's own people have seen nothing yet.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log2
from random import Random
from uuid import UUID

from models.enums import InteractionKind, MandateStatus, RoundState
from models.funds import Mandate, MandateField
from models.matching import Interaction, RankingRun
from models.rounds import Round
from seeds.demo.identity import HERO, SOURCE, identity
from seeds.demo.world import World

LISTED = 10
ROUNDS, MANDATES = 45, 14
LONGEST_DAYS_AGO = 180
PERSONAL = frozenset({HERO, "fund-01"})


@dataclass(frozen=True)
class Pairing:
    """A mandate that could pay into a round; `points` is how well it looks."""

    mandate: Mandate
    round: Round
    points: int


def look_for_money(world: World) -> None:
    """Firms look at funds for their round, funds at firms for their mandate."""
    dice = world.dice("looks")
    by_round, by_mandate = _pairings(world, dice)
    for key, listed in _chosen(dice, by_round, ROUNDS):
        _look(world, dice, f"round/{key}", listed, seeker=listed[0].round.organisation_id, round_id=key)
    for key, listed in _chosen(dice, by_mandate, MANDATES):
        _look(world, dice, f"mandate/{key}", listed, seeker=listed[0].mandate.organisation_id, mandate_id=key)


def _pairings(world: World, dice: Random) -> tuple[Mapping[UUID, list[Pairing]], Mapping[UUID, list[Pairing]]]:
    bodies = {body.record.id: body for body in world.bodies}
    fields: dict[UUID, set[str]] = defaultdict(set)
    for one in world.all_of(MandateField):
        fields[one.mandate_id].add(one.node_code)
    by_round: dict[UUID, list[Pairing]] = defaultdict(list)
    by_mandate: dict[UUID, list[Pairing]] = defaultdict(list)
    mandates = [one for one in world.all_of(Mandate) if one.status is not MandateStatus.DRAFT]
    for asked in world.all_of(Round):
        firm = bodies[asked.organisation_id]
        for mandate in mandates if asked.state is RoundState.OPEN else []:
            if not fields[mandate.id].intersection(firm.nodes):
                continue
            is_stage = asked.stage is not None and asked.stage.value in mandate.stages
            pairing = Pairing(mandate, asked, dice.randint(55, 75) + 20 * is_stage)
            if firm.key not in PERSONAL:
                by_round[asked.id].append(pairing)
            if bodies[mandate.organisation_id].key not in PERSONAL:
                by_mandate[mandate.id].append(pairing)
    return by_round, by_mandate


def _chosen(dice: Random, lists: Mapping[UUID, list[Pairing]], number: int) -> list[tuple[UUID, Sequence[Pairing]]]:
    keys = dice.sample(list(lists), min(number, len(lists)))
    return [(key, sorted(lists[key], key=lambda one: -one.points)[:LISTED]) for key in keys]


def _look(
    world: World,
    dice: Random,
    name: str,
    listed: Sequence[Pairing],
    *,
    seeker: UUID,
    round_id: UUID | None = None,
    mandate_id: UUID | None = None,
) -> None:
    at = world.moment(dice.randint(1, LONGEST_DAYS_AGO))
    shown = [one.mandate.organisation_id if round_id else one.round.organisation_id for one in listed]
    run = world.add(
        RankingRun,
        id=identity(f"look/{name}"),
        created_at=at,
        organisation_id=seeker,
        round_id=round_id,
        mandate_id=mandate_id,
        preset_code="funds-default" if round_id else "startups-default",
        index_version=SOURCE,
        shown=[
            {
                "position": position,
                "organisation_id": str(candidate),
                "mandate_id": str(one.mandate.id),
                "round_id": str(one.round.id),
                "offer_id": None,
                "is_facility": False,
                "points": one.points,
                "coverage": 0.6,
            }
            for position, (candidate, one) in enumerate(zip(shown, listed, strict=True), start=1)
        ],
    )
    for position, candidate in enumerate(shown, start=1):
        # One fund may have two mandates on the list: its page is opened once.
        if candidate in shown[: position - 1] or dice.random() > 0.8 / log2(position + 1):
            continue
        world.add(
            Interaction,
            id=identity(f"look/{name}/{position}"),
            created_at=at,
            kind=InteractionKind.OPENED,
            organisation_id=seeker,
            candidate_id=candidate,
            run_id=run.id,
            position=position,
        )
