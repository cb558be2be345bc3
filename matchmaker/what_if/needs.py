"""Whether published needs are met, by whom best, and who stands first on the engine's own list.

A need is held against the open offers and facilities that name a capability it asks for, or another of the same chain
node. It is met where one of them that no hard rule hides can do everything that must be there (all that is asked, where
nothing must) at the level asked, with a fit that reaches the line. Of a need that names no capability nothing is said.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from matchmaker import eligibility
from matchmaker.chain.doors import ALL, CHAIN
from matchmaker.eligibility import ELIGIBLE, Reason
from matchmaker.profiles import UNKNOWN, Candidates, Ints, Mask, Need, Scores, Smalls
from matchmaker.ranking import best_first, first_of_each
from matchmaker.scoring.blend import Blend, add_up, side_by_side
from matchmaker.taxonomy import SAME_NODE
from matchmaker.what_if.remembered import Held
from matchmaker.what_if.world import World

OWN = list(Reason).index(Reason.OWN)
Advance = Callable[[int], None]
MET, NOT_MET = 1, 0  # UNKNOWN: it names no capability


@dataclass(frozen=True, slots=True, eq=False)
class NeedsOutcome:
    """Of r needs, in the order of the world."""

    met: Smalls
    best: Scores  # the best fit of those that can do it; NaN: nobody can
    coverage: Scores  # how much is known of that one
    by: Ints  # its row of the organisations; UNKNOWN: nobody
    first: Ints  # r x FIRST rows of organisations; UNKNOWN behind the end of a shorter list
    shaken: Smalls  # r x draws: met, under weights that are shaken


def judge(world: World, rows: Iterable[int], *, advance: Advance = lambda _done: None) -> NeedsOutcome:
    """The needs in `rows`, in that order; `advance` is told of each that is done."""
    found, held = [], world.remembered.rows_of(world.engine, world.lets_in)
    for row in rows:
        found.append(_judge_one(world, row, held))
        advance(1)
    draws = _draws(world)
    return NeedsOutcome(
        met=np.array([one.met for one in found], np.int8),
        best=np.array([one.best for one in found], np.float64),
        coverage=np.array([one.coverage for one in found], np.float64),
        by=np.array([one.by for one in found], np.int32),
        first=np.array([one.first for one in found], np.int32).reshape(len(found), world.first),
        shaken=np.array([one.shaken for one in found], np.int8).reshape(len(found), draws),
    )


def replaced(before: NeedsOutcome, rows: NDArray[np.intp], fresh: NeedsOutcome) -> NeedsOutcome:
    """`before` with `fresh` in the place of `rows`."""
    columns = {}
    for name in NeedsOutcome.__dataclass_fields__:
        column = getattr(before, name).copy()
        column[rows] = getattr(fresh, name)
        columns[name] = column
    return NeedsOutcome(**columns)


def asks_near(world: World, need: Need) -> Mask:
    """Capabilities that are asked for, or stand at the same node."""
    similarity = world.profiles.taxonomy.similarity
    near = np.zeros(similarity.shape[0], dtype=bool)
    for item in need.capabilities:
        begin, end = similarity.indptr[item.column], similarity.indptr[item.column + 1]
        # Single precision: the nearness of two at one node is stored a little below what it was set to.
        near[similarity.indices[begin:end][similarity.data[begin:end] >= np.float32(SAME_NODE)]] = True
    return near


def among(world: World, need: Need) -> Candidates:
    """Who is held against the need: offers and facilities that let the asker in and name something near."""
    offers = world.profiles.offers
    names = csr_array(
        (np.ones_like(offers.capabilities.data), offers.capabilities.indices, offers.capabilities.indptr),
        shape=offers.capabilities.shape,
    )
    near = asks_near(world, need)
    rows = np.flatnonzero((names @ near[: names.shape[1]].astype(np.float32) > 0) & lets_in(world, need))
    return Candidates(offers.owner[rows].astype(np.int32), rows.astype(np.int32))


def lets_in(world: World, need: Need) -> Mask:
    """Offers and facilities that the asker may use: one's own always, others by the rule of chain/doors.py."""
    offers = world.profiles.offers
    opens = world.lets_in == ALL
    in_chain = np.flatnonzero(world.lets_in == CHAIN)
    if len(in_chain):
        nodes = world.profiles.organisations.nodes
        asked = world.profiles.taxonomy.node_of_capability[[item.column for item in need.capabilities]]
        mine = set(world.chain_of_node[np.concatenate([need.nodes, asked[asked != UNKNOWN]])].tolist()) - {UNKNOWN}
        owners = nodes[offers.owner[in_chain]]
        shared = np.isin(world.chain_of_node[owners.indices], list(mine))
        of_owner = np.repeat(np.arange(len(in_chain)), np.diff(owners.indptr))
        opens[in_chain[np.unique(of_owner[shared])]] = True
    if need.organisation is not None:
        opens |= offers.owner == need.organisation
    return opens


@dataclass(frozen=True, slots=True, eq=False)
class _One:
    met: int
    best: float
    coverage: float
    by: int
    first: Ints
    shaken: Smalls


def _judge_one(world: World, row: int, remembered: dict[int, Held]) -> _One:
    need = world.needs[row]
    if not need.capabilities:
        nobody = np.full(world.first, UNKNOWN, np.int32)
        return _One(UNKNOWN, np.nan, np.nan, UNKNOWN, nobody, np.full(_draws(world), UNKNOWN, np.int8))
    if row not in remembered:
        remembered[row] = _held_against(world, need)
    held = remembered[row]
    judged, blended = held.judged, _blend(world, need, held)
    able = np.flatnonzero(held.eligible & ~np.isnan(blended.fit) & held.covers)
    best = able[_best(world, judged, blended, able)] if len(able) else None
    return _One(
        met=NOT_MET if best is None else int(_reaches(blended.fit[best], world.line)),
        best=np.nan if best is None else float(blended.fit[best]),
        coverage=np.nan if best is None else float(blended.coverage[best]),
        by=UNKNOWN if best is None else int(judged.organisation[best]),
        first=_first(world, judged, blended, held.eligible),
        shaken=_shaken(world, blended, able),
    )


def _held_against(world: World, need: Need) -> Held:
    candidates = among(world, need)
    verdicts = eligibility.reasons(need, world.profiles, candidates)
    scored = np.flatnonzero(verdicts != OWN)
    judged = candidates.take(scored)
    return Held(judged, verdicts[scored] == ELIGIBLE, _covers(world, need, judged))


def _blend(world: World, need: Need, held: Held) -> Blend:
    """As the engine blends, with scores that are remembered in place of those that would be worked out again."""
    used = [one for one in world.engine.components if world.weighting.weights.get(one.name, 0) > 0]
    for component in used:
        if component.name not in held.scores:
            held.scores[component.name] = component.score_candidates(need, held.judged)
    columns = [held.scores[component.name] for component in used]
    return add_up(
        tuple(component.name for component in used),
        world.weighting,
        side_by_side(columns) if columns else np.empty((len(held.judged), 0)),
        np.array([component.is_evidence for component in used], dtype=bool),
    )


def _covers(world: World, need: Need, judged: Candidates) -> Mask:
    asked = [item for item in need.capabilities if item.is_must] or list(need.capabilities)
    levels = world.profiles.offers.capabilities[judged.offer][:, [item.column for item in asked]].toarray()
    return np.asarray((levels >= np.array([item.level for item in asked])).all(axis=1))


def _best(world: World, judged: Candidates, blended: Blend, able: NDArray[np.intp]) -> int:
    """The place in `able` of the best fit; of equals the lower id, then the earlier offer."""
    ids = world.profiles.organisations.ids[judged.organisation[able]]
    return int(np.lexsort((judged.offer[able], ids, -np.round(blended.fit[able], 9)))[0])


def _first(world: World, judged: Candidates, blended: Blend, eligible: Mask) -> Ints:
    order = best_first(world.profiles, judged, blended, eligible)
    rows = order[first_of_each(judged.organisation[order])]
    rows = rows[~np.isnan(blended.fit[rows])][: world.first]
    first = np.full(world.first, UNKNOWN, np.int32)
    first[: len(rows)] = judged.organisation[rows]
    return first


def _reaches(fit: Scores | float, line: float) -> Mask:
    """Rounded, so that sums that differ in the order of their additions only are on the same side."""
    return np.asarray(np.round(fit, 9) >= line)


def _shaken(world: World, blended: Blend, able: NDArray[np.intp]) -> Smalls:
    """Met or not in each draw: fit = sum_k w_k s_k f_k / sum_k w_k s_k over the known k, s_k the draw's factors."""
    if not len(able):
        return np.full(_draws(world), NOT_MET, np.int8)
    scores = blended.scores[able]
    parts = np.stack([world.weighting.read(name, scores[:, k]) for k, name in enumerate(blended.names)], axis=1)
    weights = np.stack([blended.weights[k] * world.shakes[name] for k, name in enumerate(blended.names)])
    fit = (np.nan_to_num(parts) @ weights) / (~np.isnan(scores) @ weights)
    return np.asarray(_reaches(fit, world.line).any(axis=0)).astype(np.int8)


def _draws(world: World) -> int:
    return len(next(iter(world.shakes.values()))) if world.shakes else 0
