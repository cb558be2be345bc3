"""A closer look at the engine under a weighting: do its lists hold when weights sway, do its chances come true?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from matchmaker.engine import Engine
from matchmaker.evaluation.datasets import Dataset, Query
from matchmaker.evaluation.metrics import (
    Estimate,
    Reliability,
    Values,
    kendall_tau,
    overlap_at,
    perturbed,
    reliability,
)
from matchmaker.scoring.blend import add_up, blend
from matchmaker.scoring.weighting import Weighting

DEPTH = 100
SWAY = 0.2  # each weight is drawn from 80 to 120 % of itself
DRAWS = 5
SEED = 0


@dataclass(frozen=True, slots=True, eq=False)
class Inspection:
    tau: Estimate  # of the first 100 candidates, against their order under swayed weights
    overlap_20: Estimate  # of the first 20
    reliability: Reliability | None  # of the first 100; None: the weighting promises no chances


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """What one query gives: chances of its first candidates, what came about, and how they fare when weights sway."""

    chance: Values
    outcome: Values
    tau: float
    overlap_20: float


def inspect(dataset: Dataset, relevant: Sequence[frozenset[int]], weighting: Weighting) -> Inspection:
    """`relevant` belongs to the queries of `dataset`, of which there must be one."""
    engine = Engine.fit(dataset.profiles)
    swayed = [replace(weighting, weights=weights) for weights in _swayed(weighting)]
    looks = [_look(engine, dataset, *asked, weighting, swayed) for asked in zip(dataset.queries, relevant, strict=True)]
    return Inspection(
        Estimate.of(np.array([look.tau for look in looks])),
        Estimate.of(np.array([look.overlap_20 for look in looks])),
        _reliability(looks) if weighting.calibration else None,
    )


def _swayed(weighting: Weighting) -> list[dict[str, float]]:
    return perturbed(weighting.weights, share=SWAY, draws=DRAWS, seed=SEED)


def _look(
    engine: Engine,
    dataset: Dataset,
    query: Query,
    relevant: frozenset[int],
    weighting: Weighting,
    swayed: Sequence[Weighting],
) -> _Look:
    candidates = dataset.candidates_for(query.need)
    blended = blend(engine.components, weighting, query.need, candidates)
    carries = {component.name: component.is_evidence for component in engine.components}
    is_evidence = np.array([carries[name] for name in blended.names], bool)
    orders = [add_up(blended.names, other, blended.scores, is_evidence).order for other in swayed]
    best = _best(blended.order)
    return _Look(
        _chances(weighting, blended.order[best]),
        np.isin(candidates.organisation[best], list(relevant)).astype(np.float64),
        _mean([kendall_tau(blended.order[best], order[best]) for order in orders]),
        _mean([overlap_at(best, _best(order), 20) for order in orders]),
    )


def _best(order: Values) -> NDArray[np.intp]:
    """The first candidates, best first; whoever has no fit is not among them."""
    best = np.argsort(-order, kind="stable")[:DEPTH]
    return best[np.isfinite(order[best])]


def _chances(weighting: Weighting, order: Values) -> Values:
    return weighting.calibration.chance(order) if weighting.calibration else np.full(len(order), np.nan)


def _reliability(looks: Sequence[_Look]) -> Reliability:
    return reliability(
        np.concatenate([look.chance for look in looks]), np.concatenate([look.outcome for look in looks])
    )


def _mean(values: Sequence[float]) -> float:
    known = [value for value in values if not np.isnan(value)]
    return sum(known) / len(known) if known else float("nan")
