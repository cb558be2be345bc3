"""One query, from the need to the ranked list, with what it took and what was hidden."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from matchmaker import eligibility
from matchmaker.eligibility import ELIGIBLE, Reason
from matchmaker.engine import Engine
from matchmaker.profiles import Candidates, Need, Profiles, Scores
from matchmaker.retrieval import candidates as finding
from matchmaker.scoring.blend import Blend, blend
from matchmaker.scoring.weighting import Weighting

# A candidate that a rule hides is only worth a word where it would have been worth showing.
WORTH_SHOWING = 0.5
# How many of the best by fit a price may reorder, and how many of each list prices are made from: beyond them nothing
# is known of the load, so a price there would only send everybody to the same places.
PRICED = 100


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """The best candidates of one need, best first; rows of `blend` belong to rows of `candidates`."""

    need: Need
    candidates: Candidates
    blend: Blend
    found: int  # organisations with a fit, shown or not
    hidden: Mapping[Reason, int]  # organisations worth showing that a rule hides
    unscored: int  # organisations of which nothing is known that could carry a score
    lowered: Scores  # n, what its price takes from the order of each, never from its fit
    seconds: Mapping[str, float] = field(default_factory=dict)


def rank(
    engine: Engine,
    need: Need,
    weights: Mapping[str, float] | Weighting,
    *,
    top: int,
    among: Candidates | None = None,
    prices: Scores | None = None,
) -> Ranking:
    """The `top` organisations for `need`, each by the one offer that serves it best.

    `prices` holds a price of each organisation row: the first PRICED by fit stand in the order lowered by it. Equal
    candidates stand in the order of their ids, so the same question always gets the same answer.
    """
    weighting = Weighting.of(weights)
    watch = _Stopwatch()
    with watch.stage("retrieval"):
        candidates = finding.retrieve(need, engine.profiles, engine.dense) if among is None else among
    with watch.stage("eligibility"):
        verdicts = eligibility.reasons(need, engine.profiles, candidates)
    with watch.stage("scoring"):
        # Own offers are never scored; what another rule hides is, since the list says how much it hides.
        scored = np.flatnonzero(verdicts != _number(Reason.OWN))
        blended = blend(engine.components, weighting, need, candidates.take(scored))
    with watch.stage("ranking"):
        eligible = verdicts[scored] == ELIGIBLE
        judged = candidates.take(scored)
        order = best_first(engine.profiles, judged, blended, eligible)
        best = order[first_of_each(judged.organisation[order])]
        with_fit = best[~np.isnan(blended.fit[best])]
        priced = with_fit[:PRICED]
        lowered = _taken_by_prices(weighting, blended, judged, priced, prices)
        # Stable, so that without a price everybody stays in place.
        priced = priced[np.argsort(-np.round(blended.order[priced] - lowered[priced], 9), kind="stable")]
        shown = np.concatenate([priced, with_fit[PRICED:]])[:top]
    return Ranking(
        need=need,
        candidates=judged.take(shown),
        blend=take_rows(blended, shown),
        found=len(with_fit),
        hidden=_hidden(judged, verdicts[scored], blended, np.unique(judged.organisation[best])),
        unscored=len(best) - len(with_fit),
        lowered=lowered[shown],
        seconds=watch.seconds,
    )


def rank_terms(
    engine: Engine, need: Need, weights: Mapping[str, float] | Weighting, *, among: Candidates, top: int
) -> Ranking:
    """The `top` of the mandates or firms `among` for a round or a mandate; clearance has been before.

    Every row stands for itself: two mandates of one fund are two candidates. Equal ones stand in the order of the ids
    of their organisations, then of their rows.
    """
    watch = _Stopwatch()
    with watch.stage("scoring"):
        blended = blend(engine.components, Weighting.of(weights), need, among)
    with watch.stage("ranking"):
        ids = engine.profiles.organisations.ids[among.organisation]
        order = np.lexsort((among.terms, ids, -np.round(blended.order, 9)))
        with_fit = order[~np.isnan(blended.fit[order])]
        shown = with_fit[:top]
    return Ranking(
        need=need,
        candidates=among.take(shown),
        blend=take_rows(blended, shown),
        found=len(with_fit),
        hidden={},
        unscored=len(order) - len(with_fit),
        lowered=np.zeros(len(shown)),
        seconds=watch.seconds,
    )


def _taken_by_prices(
    weighting: Weighting, blended: Blend, judged: Candidates, rows: NDArray[np.intp], prices: Scores | None
) -> Scores:
    """Of each candidate what its price takes from its order; 0 of those not in `rows`."""
    taken = np.zeros(len(judged))
    if prices is not None:
        order = blended.order[rows]
        taken[rows] = order - weighting.priced(order, prices[judged.organisation[rows]])
    return taken


def take_rows(blended: Blend, rows: NDArray[np.intp]) -> Blend:
    return Blend(
        blended.names,
        blended.weights,
        blended.scores[rows],
        blended.terms[rows],
        blended.fit[rows],
        blended.coverage[rows],
        blended.order[rows],
    )


def best_first(profiles: Profiles, judged: Candidates, blended: Blend, eligible: NDArray[np.bool_]) -> NDArray[np.intp]:
    rows = np.flatnonzero(eligible)
    ids = profiles.organisations.ids[judged.organisation[rows]]
    # Rounded, so that two sums that differ in the order of their additions only are still a tie.
    return rows[np.lexsort((judged.offer[rows], ids, -np.round(blended.order[rows], 9)))]


def first_of_each(values: NDArray[np.int32]) -> NDArray[np.intp]:
    """Where each value appears for the first time, in order of appearance."""
    return np.sort(np.unique(values, return_index=True)[1])


def _hidden(
    judged: Candidates, verdicts: NDArray[np.int8], blended: Blend, eligible: NDArray[np.int32]
) -> dict[Reason, int]:
    """Organisations that only a rule keeps from the list, by the rule that hides the best of them."""
    worth = (verdicts != ELIGIBLE) & (evidence_of(blended) >= WORTH_SHOWING) & ~np.isin(judged.organisation, eligible)
    rows = np.flatnonzero(worth)
    rows = rows[np.argsort(-blended.fit[rows], kind="stable")]
    rows = rows[first_of_each(judged.organisation[rows])]
    counts = np.bincount(verdicts[rows], minlength=len(Reason))
    return {reason: int(count) for reason, count in zip(Reason, counts, strict=True) if count}


def evidence_of(blended: Blend) -> Scores:
    """The best single ground of each candidate, so that a far-off offer nearby does not count as worth showing."""
    grounds = [row for row, name in enumerate(blended.names) if name in ("capability", "text")]
    if not grounds:
        return np.nan_to_num(blended.fit)
    return np.nan_to_num(blended.scores[:, grounds]).max(axis=1, initial=0.0)


def _number(reason: Reason) -> int:
    return list(Reason).index(reason)


class _Stopwatch:
    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - start
