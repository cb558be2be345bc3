"""Adding the components up: fit says how good, coverage says how much of it is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaker.profiles import Candidates, Need, Scores
from matchmaker.scoring.base import Component


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


def blend(components: Sequence[Component], weights: Mapping[str, float], need: Need, candidates: Candidates) -> Blend:
    """fit = sum_k w_k f_k / sum_k w_k over the known k; coverage = sum of known w_k / sum of all w_k.

    The order is median + coverage * (fit - median): a gap in the data neither earns nor hides. A candidate of whom
    no component that is evidence says anything has no fit.
    """
    used = [component for component in components if weights.get(component.name, 0) > 0]
    columns = [component.score_candidates(need, candidates) for component in used]
    scores = np.stack(columns, axis=1) if columns else np.empty((len(candidates), 0))
    return add_up(
        tuple(component.name for component in used),
        np.array([weights[component.name] for component in used]),
        scores,
        np.array([component.is_evidence for component in used], dtype=bool),
    )


def add_up(names: tuple[str, ...], weights: Scores, scores: Scores, is_evidence: NDArray[np.bool_]) -> Blend:
    known = ~np.isnan(scores)
    weight = known * weights
    total = weight.sum(axis=1)
    has_fit = (known & is_evidence).any(axis=1) & (total > 0)
    divisor = np.where(has_fit, total, 1.0)[:, None]
    terms = np.where(known, scores, 0.0) * weight / divisor
    terms[~has_fit] = 0.0
    fit = np.where(has_fit, terms.sum(axis=1), np.nan)
    coverage = total / weights.sum() if weights.sum() > 0 else np.zeros(len(scores))
    median = float(np.median(fit[has_fit])) if has_fit.any() else 0.0
    order = np.where(has_fit, median + coverage * (np.nan_to_num(fit) - median), -np.inf)
    return Blend(names, weights, scores, terms, fit, coverage, order)
