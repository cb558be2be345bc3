"""Adding the components up: fit says how good, coverage says how much of it is known."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaker.profiles import Candidates, Need, Scores
from matchmaker.scoring.base import Component
from matchmaker.scoring.weighting import Weighting


@dataclass(frozen=True, slots=True, eq=False)
class Blend:
    """Scores of n candidates by k components; `terms` sum to `fit` along each row."""

    names: tuple[str, ...]
    weights: Scores  # k
    scores: Scores  # n x k, NaN = cannot tell
    terms: Scores  # n x k, what each component adds to the fit
    fit: Scores  # n, in [0, 1]; NaN: no evidence, no score
    coverage: Scores  # n, in [0, 1]
    order: Scores  # n, the fit shrunk to the query's median by coverage; -inf where there is no fit


def blend(components: Sequence[Component], weighting: Weighting, need: Need, candidates: Candidates) -> Blend:
    """fit = sum_k w_k c_k(f_k) / sum_k w_k over the known k; coverage = sum of known w_k / sum of all w_k.

    c_k is the component's curve. The order is median + coverage * (fit - median), which is the same sum over all k with
    the query's median fit in place of what is unknown: a gap in the data neither earns nor hides. A candidate of whom
    no component that is evidence says anything has no fit.
    """
    used = [component for component in components if weighting.weights.get(component.name, 0) > 0]
    names = tuple(component.name for component in used)
    columns = [component.score_candidates(need, candidates) for component in used]
    return add_up(
        names,
        weighting,
        side_by_side(columns) if columns else np.empty((len(candidates), 0)),
        np.array([component.is_evidence for component in used], dtype=bool),
    )


def add_up(names: tuple[str, ...], weighting: Weighting, scores: Scores, is_evidence: NDArray[np.bool_]) -> Blend:
    weights = weighting.of_names(names)
    known = ~np.isnan(scores)
    weight = known * weights
    total = weight.sum(axis=1)
    has_fit = known[:, is_evidence].any(axis=1) & (total > 0)
    parts = [weighting.read(name, scores[:, k]) for k, name in enumerate(names)]
    weighted = side_by_side(parts) * weights if parts else scores
    # Of NaN and 0, fmax takes 0: what is unknown adds nothing, nor does anything to a candidate without evidence.
    terms = np.fmax(weighted, 0.0) / np.where(has_fit, total, np.inf)[:, None]
    fit = np.where(has_fit, terms.sum(axis=1), np.nan)
    all_weights = float(weights.sum())
    coverage = total / all_weights if all_weights > 0 else np.zeros(len(scores))
    median = float(np.median(fit[has_fit])) if has_fit.any() else 0.0
    order = np.where(has_fit, median + coverage * (np.nan_to_num(fit) - median), -np.inf)
    return Blend(names, weights, scores, terms, fit, coverage, order)


def side_by_side(columns: Sequence[Scores]) -> Scores:
    """Candidates x components, each component's scores in one piece of memory: whatever adds them up goes along it."""
    return np.stack(columns).T
