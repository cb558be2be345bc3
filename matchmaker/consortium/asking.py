"""From a need and its ranked candidates to the composer's question, with what each number of it is made of.

A team is worth, in points, the sum of what is listed in `Parts`; nothing else counts:

- fit: `FIT` times the place that its fit gives it in the list (shrunk by coverage as everywhere); 0 for the lead;
- crowding: less what the price of a busy organisation takes from that, as in lists;
- effort: `EFFORT` off for each member beside the lead, because everybody has to be agreed with;
- capabilities: `CAPABILITY` for each one that somebody has at the level asked for, by its weight (1 on average);
- second covers: `SECOND` more where another has it too, so that one withdrawal does not undo it;
- relay: `STEP` for each readiness step of the need, from one level to the next, that somebody takes it over;
- pairs: at most `PAIR` for two members (not the lead, whose own past is part of the fit) who have worked together.
"""

from dataclasses import dataclass

import numpy as np

from matchmaker import eligibility
from matchmaker.consortium.compiling import Compiled
from matchmaker.consortium.instance import INFINITE, Capabilities, Instance, Members, Rule, SeatRole
from matchmaker.consortium.past_pairs import PastPairs, past_pairs
from matchmaker.eligibility import ELIGIBLE, Reason
from matchmaker.profiles import UNKNOWN, Candidates, Ints, Mask, Need, Profiles, Scores, Smalls
from matchmaker.ranking import Ranking
from matchmaker.scoring.weighting import Weighting

FIT, EFFORT, CAPABILITY, SECOND, STEP, PAIR = 100.0, 30.0, 60.0, 10.0, 15.0, 5.0

MOST = 2_000  # candidates of one question
PER_SEAT, PER_MUST = 60, 20  # of them at least so many for each seat, and holders of each capability that must be there

# Keys of the rules that every question has.
SIZE, BUDGET, LEAD_SEAT = "size", "budget", "lead"
# A readiness step stands among the capabilities by a key of this form, with the level that it starts from.
STEP_KEY = "trl:"

# What relaxing costs in a repair: another member, 1 % more budget, another in a seat, doing without a capability.
SIZE_PRICE, BUDGET_PRICE, SEAT_PRICE, MUST_PRICE = 20.0, 2.0, 30.0, 60.0


@dataclass(frozen=True, slots=True)
class Seat:
    """A role that is looked for: who may fill it (bits of KINDS, 0: anybody), how many, at which cost each."""

    key: str
    kinds: int = 0
    least: int = 1
    most: int = 1
    cost: float | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, by rows of the organisations; `need` is asked by the lead.

    `musts` are columns of capabilities that the team must have. In `need` itself none is a must, because there it
    would hide everybody who does not have all of them.
    """

    need: Need
    lead: int
    musts: frozenset[int] = frozenset()
    seats: tuple[Seat, ...] = ()
    members_at_most: int = 8
    budget: float | None = None
    held: frozenset[int] = frozenset()
    barred: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Parts:
    """What a team's worth is made of; the sum is the worth."""

    fit: float = 0.0
    crowding: float = 0.0
    effort: float = 0.0
    capabilities: float = 0.0
    seconds: float = 0.0
    relay: float = 0.0
    pairs: float = 0.0

    @property
    def total(self) -> float:
        return self.fit + self.crowding + self.effort + self.capabilities + self.seconds + self.relay + self.pairs


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """Whom the composer may choose from. Row 0 is the lead; whoever is held without a fit stands at the end."""

    organisation: Ints
    offer: Ints  # by which the candidate is judged; UNKNOWN: by its record, or not at all
    order: Scores  # in [0, 1], by which lists are ordered; 0 for the lead and where nothing is known
    fit: Scores  # as lists show it, NaN where nothing is known that could carry a score
    coverage: Scores
    levels: Smalls  # n x K, of the needed capabilities, then of the readiness steps
    found: int  # organisations with a fit
    unscored: int  # organisations of which nothing is known that could carry one

    def __len__(self) -> int:
        return len(self.organisation)

    @property
    def left_out(self) -> int:
        """Organisations with a fit that are no candidates, because so many others fit better."""
        return self.found - int((~np.isnan(self.fit)).sum())


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """The instance, and what its numbers are made of."""

    question: Question
    pool: Pool
    instance: Instance
    fit: Scores  # points; with `crowding` and `effort` they sum to the instance's value
    crowding: Scores
    effort: Scores
    cost: Scores  # CNY that a member's seat is planned to cost; NaN where that is not said
    past: PastPairs

    def parts(self, members: Members) -> Parts:
        """What the team's worth is made of."""
        needed = self.instance.capabilities
        holders = (needed.levels[members] >= needed.required).sum(axis=0)
        is_step = np.array([is_step_key(key) for key in needed.keys], dtype=bool)
        met = np.isin(self.instance.pairs, members).all(axis=1)
        return Parts(
            fit=float(self.fit[members].sum()),
            crowding=float(self.crowding[members].sum()),
            effort=float(self.effort[members].sum()),
            capabilities=float(needed.weight[(holders >= 1) & ~is_step].sum()),
            seconds=float(needed.second[holders >= 2].sum()),
            relay=float(needed.weight[(holders >= 1) & is_step].sum()),
            pairs=float(self.instance.worth[met].sum()),
        )


def pool_of(question: Question, ranking: Ranking, profiles: Profiles) -> Pool:
    """The lead, the best of `ranking` (per seat, per must, then by place, `MOST` in all), and everybody who is held."""
    everybody = ranking.candidates.organisation
    rows = _chosen(question, everybody, profiles)
    bare = sorted(question.held - set(everybody.tolist()) - {question.lead})
    organisation = np.concatenate([[question.lead], everybody[rows], bare]).astype(np.int32)
    none, silent = np.full(len(bare), UNKNOWN), np.full(len(bare), np.nan)
    return Pool(
        organisation=organisation,
        offer=np.concatenate([[UNKNOWN], ranking.candidates.offer[rows], none]).astype(np.int32),
        order=np.concatenate([[0.0], np.clip(ranking.blend.order[rows], 0.0, 1.0), np.zeros(len(bare))]),
        fit=np.concatenate([[np.nan], ranking.blend.fit[rows], silent]),
        coverage=np.concatenate([[np.nan], ranking.blend.coverage[rows], silent]),
        levels=np.hstack(
            [levels_of(question.need, profiles, organisation), steps_of(question.need, profiles, organisation)]
        ),
        found=ranking.found,
        unscored=ranking.unscored,
    )


def _chosen(question: Question, everybody: Ints, profiles: Profiles) -> Ints:
    """Places in the ranking, rising."""
    kind = profiles.organisations.kind[everybody]
    levels, needed = levels_of(question.need, profiles, everybody), question.need.capabilities
    first = [np.flatnonzero(np.isin(everybody, list(question.held)))]
    first += [np.flatnonzero(admits(seat, kind))[:PER_SEAT] for seat in question.seats]
    first += [
        np.flatnonzero(levels[:, k] >= one.level)[:PER_MUST]
        for k, one in enumerate(needed)
        if one.column in question.musts
    ]
    rows = np.concatenate([*first, np.arange(len(everybody))])
    in_turn = rows[np.sort(np.unique(rows, return_index=True)[1])]
    return np.sort(in_turn[:MOST]).astype(np.int32)


def levels_of(need: Need, profiles: Profiles, organisations: Ints) -> Smalls:
    """n x K: the highest level at which an offer or open facility that stands open to the asker names the capability.

    The asker's own count too. A needed capability must be named itself; a near one is a ground for a fit only.
    """
    offers = profiles.offers
    columns = [one.column for one in need.capabilities]
    named = offers.capabilities[:, columns].toarray() * _stands_open(need, profiles)[:, None]
    return _best_of_owner(named, profiles, organisations)


def readiness_steps(need: Need) -> range:
    """The levels from which the need wants to come one further; none where it does not say from where to where."""
    return range(need.trl[0], need.trl[1]) if need.trl else range(0)


def is_step_key(key: str) -> bool:
    return key.startswith(STEP_KEY)


def step_level(key: str) -> int | None:
    """The level that a readiness step leads up from; None where the key is a capability's."""
    return int(key.removeprefix(STEP_KEY)) if is_step_key(key) else None


def steps_of(need: Need, profiles: Profiles, organisations: Ints) -> Smalls:
    """n x steps: 1 where an offer or open facility that names a needed capability works on both levels of the step."""
    offers, steps = profiles.offers, readiness_steps(need)
    columns = [one.column for one in need.capabilities]
    is_about = _stands_open(need, profiles) & (np.diff(offers.capabilities[:, columns].tocsr().indptr) > 0)
    takes = [is_about & (offers.trl_low != UNKNOWN) & (offers.trl_low <= t) & (offers.trl_high > t) for t in steps]
    taken = np.stack(takes, axis=1) if takes else np.empty((len(offers), 0), dtype=bool)
    return _best_of_owner(taken.astype(np.float64), profiles, organisations)


def _stands_open(need: Need, profiles: Profiles) -> Mask:
    """Offers and facilities that the asker may use, its own among them."""
    offers = profiles.offers
    judged = Candidates(offers.owner, np.arange(len(offers), dtype=np.int32))
    verdicts = eligibility.reasons(need, profiles, judged)
    own = (verdicts == list(Reason).index(Reason.OWN)) & (offers.last_day >= need.day)
    return np.asarray((verdicts == ELIGIBLE) | own)


def _best_of_owner(of_offers: Scores, profiles: Profiles, organisations: Ints) -> Smalls:
    best = np.zeros((len(profiles.organisations), of_offers.shape[1]))
    np.maximum.at(best, profiles.offers.owner, of_offers)
    return best[organisations].astype(np.int8)


def admits(seat: Seat, kind: Smalls) -> Mask:
    """Who may sit there; an unknown kind fits only a seat that takes anybody."""
    if seat.kinds == 0:
        return np.ones(len(kind), dtype=bool)
    welcome = (seat.kinds >> np.maximum(kind, 0).astype(np.int64)) & 1
    return (welcome == 1) & (kind != UNKNOWN)


def planned_costs(question: Question, pool: Pool, profiles: Profiles) -> Scores:
    """What each candidate's seat is planned to cost: the dearest of those it fits, so that no seating breaks the
    budget. NaN where no seat says; the lead is paid for by nobody."""
    kind = profiles.organisations.kind[pool.organisation]
    cost = np.full(len(pool), np.nan)
    for seat in question.seats:
        if seat.cost is not None:
            cost = np.where(admits(seat, kind), np.fmax(cost, seat.cost), cost)
    cost[0] = 0.0
    return cost


def ask(
    question: Question,
    pool: Pool,
    profiles: Profiles,
    weighting: Weighting,
    *,
    prices: Scores | None = None,
    compiled: Compiled | None = None,
) -> Asked:
    """The composer's question. `prices` are of organisation rows, `compiled` the call's rules over the pool."""
    is_member = np.arange(len(pool)) > 0
    price = np.zeros(len(pool)) if prices is None else prices[pool.organisation]
    lowered = pool.order - np.clip(weighting.priced(pool.order, price), 0.0, 1.0)
    fit, crowding, effort = FIT * pool.order * is_member, -FIT * lowered * is_member, -EFFORT * is_member
    cost = planned_costs(question, pool, profiles)
    past = past_pairs(profiles, question.need, pool.organisation, without=0)
    instance = Instance(
        value=fit + crowding + effort,
        capabilities=_capabilities(question, profiles, pool),
        seats=_seats(question, profiles.organisations.kind[pool.organisation]),
        rules=(*_own_rules(question, cost), *(compiled.rules if compiled else ())),
        spreads=compiled.spreads if compiled else (),
        pairs=past.pairs,
        worth=PAIR * past.closeness,
        apart=compiled.apart if compiled else np.empty((0, 2), np.int32),
        apart_keys=compiled.apart_keys if compiled else (),
        held=np.flatnonzero(np.isin(pool.organisation, [question.lead, *question.held])).astype(np.int32),
        barred=np.isin(pool.organisation, list(question.barred - {question.lead})),
    )
    return Asked(question, pool, instance, fit, crowding, effort.astype(np.float64), cost, past)


def _capabilities(question: Question, profiles: Profiles, pool: Pool) -> Capabilities:
    """The needed capabilities, then the readiness steps: worth less, never a must, with no second to take over."""
    needed, steps = question.need.capabilities, readiness_steps(question.need)
    weight = np.array([one.weight for one in needed], np.float64)
    share = weight / weight.mean() if len(weight) else weight
    must = [one.column in question.musts for one in needed]
    none = np.zeros(len(steps))
    return Capabilities(
        keys=(
            *(profiles.vocabulary["capabilities"][one.column] for one in needed),
            *(f"{STEP_KEY}{step}" for step in steps),
        ),
        levels=pool.levels,
        required=np.array([*(one.level for one in needed), *(1 for _step in steps)], np.int8),
        weight=np.concatenate([CAPABILITY * share, none + STEP]),
        must=np.array([*must, *(False for _step in steps)], dtype=bool),
        second=np.concatenate([SECOND * share, none]),
        price=np.concatenate([MUST_PRICE * share, none]),
    )


def _seats(question: Question, kind: Smalls) -> tuple[SeatRole, ...]:
    """The seats that are looked for, and one for the lead where it fits or fills none of them."""
    if not question.seats:
        return ()
    is_lead = np.arange(len(kind)) == 0
    others = (SeatRole(seat.key, admits(seat, kind), seat.least, seat.most, SEAT_PRICE) for seat in question.seats)
    return (*others, SeatRole(LEAD_SEAT, is_lead, 0, 1, INFINITE))


def _own_rules(question: Question, cost: Scores) -> tuple[Rule, ...]:
    """Size and money. A price is that of one unit: a member, a yuan."""
    size = Rule(SIZE, np.ones(len(cost)), high=float(question.members_at_most), price=SIZE_PRICE)
    if not question.budget:
        return (size,)
    price = BUDGET_PRICE / (0.01 * question.budget)
    return (size, Rule(BUDGET, np.nan_to_num(cost), high=float(question.budget), price=price))
