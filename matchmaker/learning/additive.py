"""Learning a weighting: a sum of rising curves, one a component, that puts what came about above what did not.

z = sum_k sum_m u_km h_km(f_k) with hinges h_km that rise from 0 to 1 between two neighbouring knots and u_km >= 0, so
every curve rises and the terms of a score stay its explanation. The loss is that of choosing each match among those of
its query that did not come about (conditional logit, McFadden 1974): only comparisons inside a query count, so neither
a query's size nor its ease teaches anything. The u are pulled towards the prior's straight lines, up to a common scale
that is learned too: few outcomes move the weights little.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from matchmaker.learning.examples import Examples
from matchmaker.profiles import Scores
from matchmaker.scoring.blend import add_up
from matchmaker.scoring.weighting import Curve, Weighting

# Knots stand at these quantiles of what is above the lowest score, most of them near the top: most of a component's
# candidates score next to nothing, and a list is made of the others.
QUANTILES = (0.0, 0.3, 0.6, 0.8, 0.92, 0.98)
MOST_STEPS = 150
TOTAL_WEIGHT = 100.0
HOPELESS = -600.0  # below this the exponential is nothing, and its logarithm has no number

Singles = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Hinges:
    """The segments of all components: columns of a matrix, with where each begins and ends."""

    component: NDArray[np.intp]  # row of the names, of each segment
    low: Scores
    high: Scores

    @classmethod
    def of(cls, scores: Scores) -> "Hinges":
        knots = [_knots(column[~np.isnan(column)]) for column in scores.T]
        return cls(
            np.repeat(np.arange(len(knots)), [len(one) - 1 for one in knots]),
            np.concatenate([one[:-1] for one in knots] or [np.empty(0)]),
            np.concatenate([one[1:] for one in knots] or [np.empty(0)]),
        )

    def read(self, examples: Examples) -> Singles:
        """n x segments, each from 0 to 1; the mean of its query's known ones where a score is unknown."""
        matrix = np.empty((len(examples), len(self.component)), np.float32)
        for column, (k, low, high) in enumerate(zip(self.component, self.low, self.high, strict=True)):
            matrix[:, column] = np.clip((examples.scores[:, k] - low) / (high - low), 0, 1)
        return _fill_by_query(matrix, examples.query)


def fit(examples: Examples, prior: Weighting, *, strength: float = 2.0) -> Weighting:
    """The weighting that the outcomes teach, without a calibration; `strength` is how many outcomes the prior is worth.

    Raises ValueError where no query has both what came about and what did not.
    """
    hinges = Hinges.of(examples.scores)
    choice = _Choice.of(hinges.read(examples), examples)
    drawn_to = _prior_segments(hinges, examples.names, prior)

    def loss(parameters: Scores) -> tuple[float, Scores]:
        scale, segments = parameters[0], parameters[1:]
        away = segments - scale * drawn_to
        value, slope = choice.loss(segments)
        pull = 2 * strength * away
        gradient = np.concatenate([[-pull @ drawn_to], slope + pull])
        return (value + strength * float(away @ away)) / choice.queries, gradient / choice.queries

    found = minimize(
        loss,
        np.concatenate([[1.0], drawn_to]),
        jac=True,
        method="L-BFGS-B",
        bounds=[(0, None)] * (1 + len(drawn_to)),
        options={"maxiter": MOST_STEPS},
    )
    return _weighting(hinges, examples.names, found.x[1:], prior)


def orders(weighting: Weighting, examples: Examples) -> Scores:
    """The order of every row among its query's, as a list would have it."""
    rows = np.flatnonzero(np.diff(examples.query)) + 1
    parts = np.split(examples.scores, rows)
    evident = np.ones(len(examples.names), bool)
    return np.concatenate([add_up(examples.names, weighting, part, evident).order for part in parts])


@dataclass(frozen=True, slots=True)
class _Choice:
    """The conditional logit over the rows that can teach something."""

    matrix: Singles
    came: Scores  # what a row counts as a match
    missed: Scores  # and as one that did not come about
    starts: NDArray[np.intp]  # first row of each query
    query: NDArray[np.intp]

    @classmethod
    def of(cls, matrix: Singles, examples: Examples) -> "_Choice":
        came, missed = examples.weight * examples.outcome, examples.weight * (1 - examples.outcome)
        numbers = np.unique(examples.query, return_inverse=True)[1]
        teaches = (np.bincount(numbers, came) > 0) & (np.bincount(numbers, missed) > 0)
        rows = teaches[numbers]
        if not rows.any():
            raise ValueError("no query has both what came about and what did not")
        query = np.unique(numbers[rows], return_inverse=True)[1]
        starts = np.flatnonzero(np.diff(query, prepend=-1))
        # A query with ten matches says more than one with a single match, but not ten times as much.
        total = np.add.reduceat(came[rows], starts)[query]
        return cls(matrix[rows], came[rows] / np.sqrt(total), missed[rows], starts, query)

    @property
    def queries(self) -> int:
        return len(self.starts)

    def loss(self, segments: Scores) -> tuple[float, Scores]:
        """sum over matches p of came_p ln((e^z_p + sum_n missed_n e^z_n) / e^z_p), and its slope."""
        with np.errstate(invalid="ignore"):  # small products in single precision raise the flag over what pads them
            z = (self.matrix @ segments.astype(np.float32)).astype(np.float64)
        z -= np.maximum.reduceat(z, self.starts)[self.query]
        z = np.maximum(z, HOPELESS)
        e = np.exp(z)
        others = np.add.reduceat(e * self.missed, self.starts)[self.query]
        whole = others + e
        value = float((self.came * (np.log(whole) - z)).sum())
        share = np.add.reduceat(self.came / whole, self.starts)[self.query]
        slope = self.came * (e / whole - 1) + self.missed * e * share
        return value, (self.matrix.T @ slope.astype(np.float32)).astype(np.float64)


def _knots(known: Scores) -> Scores:
    """Where a curve may bend; a component that says the same of everybody gets no segment."""
    if len(known) == 0 or known.max() <= known.min():
        return np.zeros(1)
    low, high = float(known.min()), float(known.max())
    inner = np.quantile(known[known > low], QUANTILES)
    knots = np.unique(np.round([low, *inner, high], 6))
    return knots if len(knots) > 1 else np.zeros(1)


def _fill_by_query(matrix: Singles, query: NDArray[np.int64]) -> Singles:
    starts = np.flatnonzero(np.diff(query, prepend=query[0] - 1)) if len(query) else np.empty(0, np.intp)
    lengths = np.diff(np.append(starts, len(query)))
    for column in np.flatnonzero(np.isnan(matrix).any(axis=0)):
        values = matrix[:, column]
        gap = np.isnan(values)
        known = np.add.reduceat((~gap).astype(np.float32), starts)
        total = np.add.reduceat(np.where(gap, 0, values), starts)
        mean = np.divide(total, known, out=np.zeros_like(total), where=known > 0)
        matrix[:, column] = np.where(gap, np.repeat(mean, lengths), values)
    return matrix


def _prior_segments(hinges: Hinges, names: tuple[str, ...], prior: Weighting) -> Scores:
    """What the prior's curves climb in each segment, with weights that sum to 10: a usual scale of log-odds."""
    total = sum(prior.weights.values()) or 1.0
    climbs = np.zeros(len(hinges.component))
    for k, name in enumerate(names):
        mine = hinges.component == k
        ends = (prior.read(name, hinges.low[mine]), prior.read(name, hinges.high[mine]))
        climbs[mine] = 10 * prior.weights.get(name, 0.0) / total * (ends[1] - ends[0])
    return climbs


def _weighting(hinges: Hinges, names: tuple[str, ...], segments: Scores, prior: Weighting) -> Weighting:
    if not segments.any():
        return Weighting({name: prior.weights.get(name, 0.0) for name in names}, prior.curves)
    weights: dict[str, float] = {}
    curves: dict[str, Curve] = {}
    for k, name in enumerate(names):
        mine = np.flatnonzero(hinges.component == k)
        weights[name] = float(segments[mine].sum())
        if weights[name] > 0:
            curves[name] = _curve(hinges.low[mine], hinges.high[mine], segments[mine])
    return Weighting(weights, curves).scaled_to(TOTAL_WEIGHT)


def _curve(low: Scores, high: Scores, climbs: Scores) -> Curve:
    """From 0 to 1 over the segments, level outside them."""
    knots = np.append(low, high[-1])
    values = np.minimum(np.concatenate([[0.0], np.cumsum(climbs)]) / climbs.sum(), 1.0)
    values[-1] = 1.0
    before, behind = int(knots[0] > 0), int(knots[-1] < 1)
    return Curve(
        np.concatenate([[0.0] * before, knots, [1.0] * behind]),
        np.concatenate([[0.0] * before, values, [1.0] * behind]),
    )
