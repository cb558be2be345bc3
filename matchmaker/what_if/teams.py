"""Whether an open challenge has a team: the composer's own model, asked only whether anybody answers it.

The team is led by who posted the challenge. It must have every capability that is a must (all that are asked, where
none is one) at the level asked, its seats filled, and keep size, budget and the hard rules; rules on the lead alone say
nothing here, because who leads is settled by an answer. Fit plays no part, so the question is exact: of organisations
that are alike in everything that it looks at as many are kept as a team can have members, which loses no team.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matchmaker.consortium.asking import Seat, admits, levels_of
from matchmaker.consortium.bound import relaxation
from matchmaker.consortium.compiling import Compiled, compile_rules
from matchmaker.consortium.instance import INFINITE, Capabilities, Instance, Rule, SeatRole, Spread
from matchmaker.consortium.prove import prove
from matchmaker.consortium.rules import LeadIs, LeadReaches
from matchmaker.profiles import UNKNOWN, Mask, Profiles, Scores, Smalls
from matchmaker.what_if.needs import lets_in
from matchmaker.what_if.world import Call, World

SECONDS = 20.0  # the solver's; a question that is not settled by then is told as unknown
LEAD = "lead"
POSSIBLE, IMPOSSIBLE = 1, 0  # UNKNOWN: not settled in time


@dataclass(frozen=True, slots=True, eq=False)
class TeamsOutcome:
    """Of the calls, in the order of the world. `asked` tells one question from another."""

    feasible: Smalls
    asked: tuple[str, ...]


def judge(world: World) -> TeamsOutcome:
    return again(TeamsOutcome(np.empty(0, np.int8), ()), world, range(len(world.calls)))


def again(before: TeamsOutcome, world: World, rows: range | list[int]) -> TeamsOutcome:
    """`before` with the calls in `rows` asked anew; a question that is the same as before keeps its answer."""
    feasible = np.full(len(world.calls), UNKNOWN, np.int8)
    feasible[: len(before.feasible)] = before.feasible
    asked = [*before.asked, *[""] * (len(world.calls) - len(before.asked))]
    for row in rows:
        instance = question(world, world.calls[row])
        mark = _mark(instance)
        if mark != asked[row]:
            feasible[row], asked[row] = answer(instance), mark
    return TeamsOutcome(feasible, tuple(asked))


def answer(instance: Instance) -> int:
    guide = relaxation(instance)
    if guide.bound == -np.inf:
        return IMPOSSIBLE
    proof = prove(instance, seconds=SECONDS, guide=guide)
    if proof.team is not None:
        return POSSIBLE
    return IMPOSSIBLE if proof.is_infeasible else UNKNOWN


def question(world: World, call: Call) -> Instance:
    """Everybody who is active, less those of whom others say the same."""
    profiles = _as_let_in(world, call)
    everybody = np.flatnonzero(profiles.organisations.is_active | (np.arange(len(world.facts)) == call.lead))
    reaches = _reaches(call, profiles)[everybody]
    lead = int(np.searchsorted(everybody, call.lead))
    facts = _facts_of(world, call, everybody)
    hard = [rule for rule in call.rules if rule.is_hard and not isinstance(rule.figures, (LeadIs, LeadReaches))]
    compiled = compile_rules(hard, facts, lead=lead, members_at_most=call.members_at_most, budget=call.budget)
    seats = tuple(_seats(call, profiles.organisations.kind[everybody], lead))
    rules = (*_own_rules(call, facts.money), *compiled.rules)
    kept = _unlike(call, reaches, seats, rules, compiled, lead)
    return _instance(call, reaches[kept], _kept_of(seats, rules, compiled, kept), int(np.searchsorted(kept, lead)))


def _as_let_in(world: World, call: Call) -> Profiles:
    """The columns with facilities that do not let the lead in put as over, as the composer's own test sees them."""
    offers = world.profiles.offers
    last_day = np.where(lets_in(world, call.need), offers.last_day, 0).astype(offers.last_day.dtype)
    return replace(world.profiles, offers=replace(offers, last_day=last_day))


def _asked(call: Call) -> list[int]:
    """Places among the capabilities of the need."""
    musts = [place for place, item in enumerate(call.need.capabilities) if item.column in call.musts]
    return musts or list(range(len(call.need.capabilities)))


def _reaches(call: Call, profiles: Profiles) -> Mask:
    everybody = np.arange(len(profiles.organisations), dtype=np.int32)
    levels = levels_of(call.need, profiles, everybody)[:, _asked(call)]
    required = np.array([call.need.capabilities[place].level for place in _asked(call)], np.int8)
    return np.asarray(levels >= required)


def _facts_of(world: World, call: Call, rows: NDArray[Any]):  # type: ignore[no-untyped-def]
    """The facts of these organisations, with what a seat of each would cost at most."""
    facts = world.facts
    cost = np.full(len(rows), np.nan)
    for seat in call.seats:
        if seat.cost is not None:
            cost = np.where(admits(seat, facts.kind[rows]), np.fmax(cost, seat.cost), cost)
    cost[rows == call.lead] = np.nan
    place = np.full(len(facts), UNKNOWN)
    place[rows] = np.arange(len(rows))
    conflicts = place[facts.conflicts].reshape(-1, 2)
    return replace(
        facts,
        ids=tuple(facts.ids[row] for row in rows),
        kind=facts.kind[rows],
        ownership=facts.ownership[rows],
        district=facts.district[rows],
        positions=facts.positions[rows],
        certifications=facts.certifications[rows],
        figures=facts.figures[rows],
        projects=facts.projects[rows],
        money=cost,
        own_money=np.full(len(rows), np.nan),
        conflicts=conflicts[(conflicts >= 0).all(axis=1)].astype(np.int32),
    )


def _seats(call: Call, kind: Smalls, lead: int) -> Iterator[SeatRole]:
    if not call.seats:
        return
    for seat in call.seats:
        yield SeatRole(seat.key, _admits(seat, kind), seat.least, seat.most)
    yield SeatRole(LEAD, np.arange(len(kind)) == lead, 0, 1, INFINITE)


def _admits(seat: Seat, kind: Smalls) -> Mask:
    return admits(seat, kind)


def _own_rules(call: Call, cost: Scores) -> tuple[Rule, ...]:
    size = Rule("size", np.ones(len(cost)), high=float(call.members_at_most))
    if not call.budget:
        return (size,)
    return (size, Rule("budget", np.nan_to_num(cost), high=float(call.budget)))


def _unlike(
    call: Call, reaches: Mask, seats: tuple[SeatRole, ...], rules: tuple[Rule, ...], compiled: Compiled, lead: int
) -> NDArray[Any]:
    """Rows, rising: the first `members_at_most` of each group that are alike, the lead, and whoever is named."""
    columns = [reaches.astype(np.float64)]
    columns += [seat.admits[:, None].astype(np.float64) for seat in seats]
    columns += [rule.weights[:, None] for rule in rules]
    columns += [spread.group[:, None].astype(np.float64) for spread in compiled.spreads]
    _kinds, group = np.unique(np.hstack(columns), axis=0, return_inverse=True)
    group = group.ravel()
    order = np.argsort(group, kind="stable")
    start = np.searchsorted(group[order], group[order])
    first = order[np.arange(len(order)) - start < call.members_at_most]
    return np.union1d(first, [lead, *compiled.apart.ravel().tolist()]).astype(np.intp)


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    seats: tuple[SeatRole, ...]
    rules: tuple[Rule, ...]
    spreads: tuple[Spread, ...]
    apart: NDArray[Any]
    apart_keys: tuple[str, ...]


def _kept_of(
    seats: tuple[SeatRole, ...],
    rules: tuple[Rule, ...],
    compiled: Compiled,
    kept: NDArray[Any],
) -> _Kept:
    return _Kept(
        seats=tuple(replace(seat, admits=seat.admits[kept]) for seat in seats),
        rules=tuple(replace(rule, weights=rule.weights[kept]) for rule in rules),
        spreads=tuple(replace(spread, group=spread.group[kept]) for spread in compiled.spreads),
        apart=np.searchsorted(kept, compiled.apart).astype(np.int32).reshape(-1, 2),
        apart_keys=compiled.apart_keys,
    )


def _instance(call: Call, reaches: Mask, kept: _Kept, lead: int) -> Instance:
    many = reaches.shape[1]
    none = np.zeros(many)
    return Instance(
        value=-np.ones(len(reaches)),  # the smallest team is the easiest to find
        capabilities=Capabilities(
            keys=tuple(f"capability:{place}" for place in _asked(call)),
            levels=reaches.astype(np.int8),
            required=np.ones(many, np.int8),
            weight=none,
            must=np.ones(many, dtype=bool),
            second=none,
            price=none,
        ),
        seats=kept.seats,
        rules=kept.rules,
        spreads=kept.spreads,
        apart=kept.apart,
        apart_keys=kept.apart_keys,
        held=np.array([lead], np.int32),
        barred=np.zeros(len(reaches), dtype=bool),
    )


def _mark(instance: Instance) -> str:
    """Of everything that the answer depends on."""
    digest = hashlib.sha256()
    parts: list[NDArray[Any]] = [instance.capabilities.levels, instance.held, instance.apart]
    parts += [np.append(rule.weights, [rule.low, rule.high]) for rule in instance.rules]
    parts += [np.append(spread.group, spread.least) for spread in instance.spreads]
    parts += [np.append(seat.admits, [seat.least, seat.most]) for seat in instance.seats]
    for part in parts:
        digest.update(str(part.shape).encode())
        digest.update(np.ascontiguousarray(part).tobytes())
    return digest.hexdigest()
