"""The full run, and the run again of only what a change touches; both give the same."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from matchmaker.chain import supply
from matchmaker.funding.columns import Firms, Mandates
from matchmaker.what_if import needs, rounds, teams
from matchmaker.what_if.needs import Advance, NeedsOutcome, asks_near
from matchmaker.what_if.rounds import RoundsOutcome
from matchmaker.what_if.teams import TeamsOutcome
from matchmaker.what_if.world import World

Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What one world comes to."""

    needs: NeedsOutcome
    rounds: RoundsOutcome
    teams: TeamsOutcome
    nodes: NDArray[np.uint8]  # state of each chain node, row of chain.supply.STATES


@dataclass(frozen=True, slots=True, eq=False)
class Touched:
    """Rows of the changed world whose outcome may differ; everything else is known to stay as it was."""

    needs: Rows
    mandates: Rows
    firms: Rows
    calls: Rows
    nodes: bool


def run(world: World, *, advance: Advance = lambda _done: None) -> Outcome:
    """Everything, from the columns: nothing remembered is used. `advance` is told of each need that is done."""
    world.remembered.begin(world.engine, world.lets_in)
    return Outcome(
        needs=needs.judge(world, range(len(world.needs)), advance=advance),
        rounds=rounds.judge(world.money, day=world.day),
        teams=teams.judge(world),
        nodes=_nodes(world),
    )


def rerun(outcome: Outcome, before: World, after: World) -> Outcome:
    """The outcome of `after`, of which only what differs from `before`, whose `outcome` is known, is worked out."""
    found = touched(before, after)
    return Outcome(
        needs=needs.replaced(outcome.needs, found.needs, needs.judge(after, found.needs.tolist())),
        rounds=rounds.again(outcome.rounds, after.money, found.mandates, found.firms, day=after.day),
        teams=teams.again(outcome.teams, after, found.calls.tolist()),
        nodes=_nodes(after) if found.nodes else outcome.nodes,
    )


def touched(before: World, after: World) -> Touched:
    """What differs between two worlds, told by looking at both.

    A need: one that asks for something near what a changed offer can do (who stands on its list, and against which
    median, changes), and those of the owner of a changed offer (what it gives in return counts on its own lists). All
    of them where weights differ, because then every score does.
    """
    offers = _changed_offers(before, after)
    return Touched(
        needs=_needs(before, after, offers),
        mandates=_changed(before.money.mandates, after.money.mandates),
        firms=_changed(before.money.firms, after.money.firms),
        calls=_calls(before, after, offers),
        nodes=before.chain is not after.chain or before.limits != after.limits,
    )


def _nodes(world: World) -> NDArray[np.uint8]:
    return supply.judge(world.chain, day=world.day, limits=world.limits).state


def _needs(before: World, after: World, offers: Rows) -> Rows:
    if before.weighting is not after.weighting or before.line != after.line:
        return np.arange(len(after.needs))
    if not len(offers):
        return np.empty(0, np.intp)
    near, owners = _can_do(after, offers), set(after.profiles.offers.owner[offers].tolist())
    is_touched = [one.organisation in owners or bool((asks_near(after, one) & near).any()) for one in after.needs]
    return np.flatnonzero(is_touched)


def _calls(before: World, after: World, offers: Rows) -> Rows:
    """Calls whose own terms differ, those that ask for what a changed offer can do, and all where who there is or what
    is known of them differs."""
    if before.facts is not after.facts:
        return np.arange(len(after.calls))
    can_do = _can_do(after, offers)
    same = [mine is theirs for mine, theirs in zip(before.calls, after.calls, strict=True)]
    asks = [any(can_do[item.column] for item in one.need.capabilities) for one in after.calls]
    return np.flatnonzero(~np.array(same, dtype=bool) | np.array(asks, dtype=bool))


def _can_do(world: World, offers: Rows) -> NDArray[np.bool_]:
    capabilities = world.profiles.offers.capabilities
    can = np.zeros(max(capabilities.shape[1], world.profiles.taxonomy.similarity.shape[0]), dtype=bool)
    can[capabilities[offers].indices] = True
    return can


def _changed_offers(before: World, after: World) -> Rows:
    """Those that let others in than before, and new ones."""
    known = len(before.lets_in)
    return np.concatenate(
        [np.flatnonzero(before.lets_in != after.lets_in[:known]), np.arange(known, len(after.lets_in))]
    ).astype(np.intp)


def _changed(before: Mandates | Firms, after: Mandates | Firms) -> Rows:
    """Rows of which any column differs, and new ones."""
    if before is after:
        return np.empty(0, np.intp)
    known = len(before)
    differs = np.zeros(known, dtype=bool)
    for column in fields(before):
        mine, theirs = getattr(before, column.name), getattr(after, column.name)
        differs |= _differs(mine, theirs[:known])
    return np.concatenate([np.flatnonzero(differs), np.arange(known, len(after))]).astype(np.intp)


def _differs(mine: csr_array | NDArray[np.generic], theirs: csr_array | NDArray[np.generic]) -> NDArray[np.bool_]:
    if isinstance(mine, np.ndarray):
        unequal = mine != theirs
        if mine.dtype.kind == "f":
            unequal &= ~(np.isnan(mine) & np.isnan(theirs))
        return np.asarray(unequal.any(axis=1) if mine.ndim > 1 else unequal)
    wide = csr_array((mine.data, mine.indices, mine.indptr), shape=theirs.shape)
    return np.asarray(abs(wide - theirs).sum(axis=1) > 0).ravel()
