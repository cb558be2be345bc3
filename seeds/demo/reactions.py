"""What people made of their lists: simulated, so that a newcomer sees learning at work. All runs say so (`demo`).

People look at the first places most, want who has the capability, is ready, has room and is near, and say why not. The
lists they saw knew nothing of room and nearness, so there is something to learn.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log2
from random import Random
from uuid import UUID

from models.enums import DeclineReason, InteractionKind, InterestState, PostingState
from models.interest import Interest
from models.matching import Interaction, RankingRun
from models.offers import Need, NeedCapability, Offer, OfferCapability
from models.organisations import Organisation
from seeds.demo.identity import HERO, SOURCE, identity
from seeds.demo.key import PlantedNeed
from seeds.demo.world import Body, World

K = InteractionKind
R = DeclineReason

OTHER_NEEDS = 260
LISTED = 14
LISTS_A_NEED = 2
EARLIEST_DAYS_AGO = 340
LATEST_DAYS_AGO = 8
# Of what was looked at people say so often what they make of it.
SAYS_YES, SAYS_NO = 0.85, 0.5
PERSONAL = frozenset({HERO, "leader-01", "lab-02", "base-01", "fund-01"})
# How far a wanted candidate comes: the steps, each with its share.
WAYS: Sequence[tuple[tuple[InteractionKind, ...], int]] = (
    ((K.USEFUL,), 45),
    ((K.SHORTLISTED,), 20),
    ((K.SHORTLISTED, K.ASKED), 5),
    ((K.SHORTLISTED, K.ASKED, K.ACCEPTED), 15),
    ((K.SHORTLISTED, K.ASKED, K.ACCEPTED, K.AGREED), 8),
    ((K.SHORTLISTED, K.ASKED, K.ACCEPTED, K.AGREED, K.CONTRACTED), 7),
)


@dataclass(frozen=True)
class Asking:
    """A need, and the capability that it is really about."""

    need: Need
    owner: Body
    code: str
    level: int
    must_fit: frozenset[UUID]
    planted: frozenset[UUID]


@dataclass(frozen=True)
class Choice:
    """One candidate: what its list saw in it, and what a person sees who looks."""

    body: Body
    offer: Offer
    look: float
    merit: float
    flaw: DeclineReason
    is_planted_fit: bool


def react(world: World, key: Sequence[PlantedNeed]) -> None:
    dice = world.dice("reactions")
    market = _Market(world)
    for asking in _askings(world, dice, key, market):
        choices = market.choices(dice, asking)
        answered: set[UUID] = set()
        days = sorted((dice.randint(*_span(world, asking.need)) for _ in range(LISTS_A_NEED)), reverse=True)
        for number, days_ago in enumerate(days, start=1):
            listed = sorted(choices, key=lambda choice: -(choice.look + dice.gauss(0, 0.3)))[:LISTED]
            run = _show(world, asking, number, days_ago, listed)
            for position, choice in enumerate(listed, start=1):
                if choice.body.record.id in answered or not _looks(dice, position):
                    continue
                _open(world, asking, run, position, choice)
                if _say(world, dice, asking, run, position, choice, days_ago):
                    answered.add(choice.body.record.id)


def _span(world: World, need: Need) -> tuple[int, int]:
    """Days ago between which the need's lists were made."""
    return LATEST_DAYS_AGO, min(_days_since(world, need), EARLIEST_DAYS_AGO)


def _days_since(world: World, need: Need) -> int:
    """How long ago it was published; a draft a moment ago."""
    return (world.now - (need.published_at or world.now)).days


def _looks(dice: Random, position: int) -> bool:
    return dice.random() < log2(position + 1) ** -1.3


def _askings(world: World, dice: Random, key: Sequence[PlantedNeed], market: "_Market") -> Iterator[Asking]:
    published = [need for need in world.all_of(Need) if need.state is PostingState.PUBLISHED]
    needs = {str(need.id): need for need in published if _days_since(world, need) >= LATEST_DAYS_AGO}
    planted = {entry.need_id: entry for entry in key}
    for entry in key:
        if entry.need_id in needs and entry.owner_key not in PERSONAL:
            fits = [fit.organisation_id for fit in entry.fits]
            others = [miss.organisation_id for miss in entry.near_misses]
            others += [rival.organisation_id for rival in entry.rivals]
            yield Asking(
                needs[entry.need_id],
                market.bodies[UUID(entry.owner_id)],
                entry.capability,
                3,
                frozenset(map(UUID, fits)),
                frozenset(map(UUID, fits + others)),
            )
    required = {tag.need_id: tag for tag in world.all_of(NeedCapability)}
    plain = [need for name, need in needs.items() if name not in planted and need.id in required]
    for need in dice.sample(plain, min(OTHER_NEEDS, len(plain))):
        owner, tag = market.bodies[need.organisation_id], required[need.id]
        if owner.key not in PERSONAL and tag.capability_code not in world.reserved:
            yield Asking(need, owner, tag.capability_code, tag.level, frozenset(), frozenset())


class _Market:
    """Everybody's published offers, by what they are about."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.bodies = {body.record.id: body for body in world.bodies}
        self.levels: dict[UUID, dict[str, int]] = defaultdict(dict)
        for tag in world.all_of(OfferCapability):
            self.levels[tag.offer_id][tag.capability_code] = tag.level
        published = [one for one in world.all_of(Offer) if one.state is PostingState.PUBLISHED]
        self.offers = [one for one in published if self.bodies[one.organisation_id].key not in PERSONAL]
        self.of_body: dict[UUID, list[Offer]] = defaultdict(list)
        self.of_code: dict[str, list[Offer]] = defaultdict(list)
        self.of_node: dict[str, list[Offer]] = defaultdict(list)
        for offer in self.offers:
            self.of_body[offer.organisation_id].append(offer)
            for code in self.levels[offer.id]:
                self.of_code[code].append(offer)
                self.of_node[world.chains.skills[code].node].append(offer)

    def choices(self, dice: Random, asking: Asking) -> list[Choice]:
        """Who has it, who works nearby on the chain, and a few who have nothing to do with it; each once."""
        node = self.world.chains.skills[asking.code].node
        near = dice.sample(self.of_node[node], min(8, len(self.of_node[node])))
        planted: list[Offer] = [offer for one in sorted(asking.planted, key=str) for offer in self.of_body[one][:1]]
        found = [*planted, *self.of_code[asking.code], *near, *dice.sample(self.offers, 6)]
        first_of: dict[UUID, Offer] = {offer.organisation_id: offer for offer in reversed(found)}
        first_of.pop(asking.owner.record.id, None)
        return [self._choice(dice, asking, offer) for offer in first_of.values()]

    def _choice(self, dice: Random, asking: Asking, offer: Offer) -> Choice:
        body, levels = self.bodies[offer.organisation_id], self.levels[offer.id]
        node = self.world.chains.skills[asking.code].node
        cover = min(1.0, levels[asking.code] / asking.level) if asking.code in levels else 0.0
        if body.record.id in asking.must_fit:
            cover = max(cover, 0.9)
        is_near_chain = any(self.world.chains.skills[code].node == node for code in levels)
        is_early = (offer.trl_high or 9) < (asking.need.trl_low or 1)
        room, is_local = _room(body.record), body.record.district_code == asking.owner.record.district_code
        look = cover + 0.3 * is_near_chain - 0.2 * is_early
        merit = -3.2 + 3.6 * cover + 0.8 * is_near_chain - 1.6 * is_early + 2.0 * (room - 0.5) + 0.9 * is_local
        is_fit = body.record.id in asking.must_fit
        return Choice(body, offer, look, merit + is_fit, _flaw(dice, cover, is_early, room), is_fit)


def _room(record: Organisation) -> float:
    if not record.capacity:
        return 0.5
    return max(0.0, 1 - (record.engaged or 0) / record.capacity)


def _flaw(dice: Random, cover: float, is_early: bool, room: float) -> DeclineReason:
    """What somebody would say who does not want this one."""
    if cover < 0.4:
        return R.WRONG_EXPERTISE
    if is_early:
        return R.TOO_EARLY
    if room < 0.3:
        return R.NO_CAPACITY
    return dice.choice((R.TERMS, R.BETTER_PARTNER, R.BENEFIT_UNCLEAR, R.DESCRIPTION_UNCLEAR))


def _show(world: World, asking: Asking, number: int, days_ago: int, listed: Sequence[Choice]) -> RankingRun:
    return world.add(
        RankingRun,
        id=identity(f"{asking.need.source_key}/list-{number}"),
        created_at=world.moment(days_ago),
        organisation_id=asking.owner.record.id,
        need_id=asking.need.id,
        need_version=1,
        preset_code="partners-default",
        index_version=SOURCE,
        shown=[
            {
                "position": position,
                "organisation_id": str(choice.body.record.id),
                "offer_id": str(choice.offer.id),
                "is_facility": False,
                "points": round(100 * min(1.0, max(0.0, choice.look / 1.3))),
                "coverage": 0.7,
            }
            for position, choice in enumerate(listed, start=1)
        ],
    )


def _open(world: World, asking: Asking, run: RankingRun, position: int, choice: Choice) -> None:
    """Whoever looks at a place opens who stands there."""
    world.add(
        Interaction,
        id=identity(f"{run.id}/{choice.body.key}/opened"),
        created_at=run.created_at,
        kind=K.OPENED,
        **_facts(asking, run, position, choice),
    )


def _facts(asking: Asking, run: RankingRun, position: int, choice: Choice) -> dict[str, object]:
    return {
        "organisation_id": asking.owner.record.id,
        "candidate_id": choice.body.record.id,
        "need_id": asking.need.id,
        "offer_id": choice.offer.id,
        "run_id": run.id,
        "position": position,
    }


def _say(
    world: World, dice: Random, asking: Asking, run: RankingRun, position: int, choice: Choice, days_ago: int
) -> bool:
    """Whether the person who looked said anything."""
    is_wanted = dice.random() < 1 / (1 + exp(-choice.merit))
    if dice.random() > (SAYS_YES if is_wanted else SAYS_NO):
        return False
    steps: tuple[InteractionKind, ...] = (K.NOT_USEFUL,)
    if is_wanted:
        steps = dice.choices([way for way, _ in WAYS], weights=[share for _, share in WAYS])[0]
        # The other side looks at the same things; a planted fit never says no, so the key stays what it is.
        if K.ACCEPTED in steps and not choice.is_planted_fit and dice.random() > 1 / (1 + exp(-choice.merit - 0.5)):
            steps = (K.SHORTLISTED, K.ASKED, K.DECLINED)
    reason = choice.flaw if steps[-1] in (K.NOT_USEFUL, K.DECLINED) else None
    facts = _facts(asking, run, position, choice)
    when = [max(1, days_ago - 2 * number) for number in range(len(steps))]
    key = f"{run.id}/{choice.body.key}"
    for number, kind in enumerate(steps):
        why = reason if number == len(steps) - 1 else None
        at = world.moment(when[number])
        world.add(Interaction, id=identity(f"{key}/{number}"), created_at=at, kind=kind, reason=why, **facts)
    if steps[0] is K.SHORTLISTED:
        _keep_interest(world, key, steps, when, facts, reason)
    return True


def _keep_interest(
    world: World,
    key: str,
    steps: Sequence[InteractionKind],
    when: Sequence[int],
    facts: Mapping[str, object],
    reason: DeclineReason | None,
) -> None:
    """The record that the two sides see, as the events left it."""
    day_of = {kind: world.moment(days_ago) for kind, days_ago in zip(steps, when, strict=True)}
    world.add(
        Interest,
        id=identity(f"{key}/interest"),
        created_at=day_of[K.SHORTLISTED],
        changed_at=world.moment(when[-1]),
        state=InterestState(steps[-1].value),
        asked_at=day_of.get(K.ASKED),
        answered_at=day_of.get(K.ACCEPTED) or day_of.get(K.DECLINED),
        reason=reason,
        **facts,
    )
