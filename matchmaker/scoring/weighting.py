"""How much each component counts, and how its score is read: set by people (a preset) or learned from outcomes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from matchmaker.profiles import Scores

NEAREST = 1e-9  # knots nearer than this make a line too steep for its numbers


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A rising line through (`knots`, `values`) that reads a score: both lie in [0, 1], neither ever falls.

    A straight line leaves the score as it is. Because it never falls, more of a component never counts for less.
    Raises ValueError for a line that falls, leaves [0, 1], or has fewer than two points.
    """

    knots: Scores
    values: Scores

    def __post_init__(self) -> None:
        both = (self.knots, self.values)
        if len(self.knots) != len(self.values) or len(self.knots) < 2:
            raise ValueError("a curve needs as many values as knots, and two at least")
        if any(not np.isfinite(one).all() or one.min() < 0 or one.max() > 1 for one in both):
            raise ValueError("a curve lies in [0, 1]")
        if (np.diff(self.knots) < NEAREST).any() or (np.diff(self.values) < 0).any():
            raise ValueError("a curve never falls")

    def read(self, scores: Scores) -> Scores:
        """The curved scores; NaN stays NaN."""
        return np.interp(scores, self.knots, self.values)


@dataclass(frozen=True, slots=True)
class Calibration:
    """From the order of a list to the chance of the outcome it was learned from: 1 / (1 + exp(-(slope x + shift)))."""

    slope: float
    shift: float

    def chance(self, order: Scores) -> Scores:
        """NaN where there is no order."""
        exponent = np.clip(self.slope * np.where(np.isfinite(order), order, 0.0) + self.shift, -500, 500)
        return np.where(np.isfinite(order), 1 / (1 + np.exp(-exponent)), np.nan)


@dataclass(frozen=True, slots=True, eq=False)
class Weighting:
    """Weights (at least 0) by component; a component without a curve is read as it is."""

    weights: Mapping[str, float]
    curves: Mapping[str, Curve] = field(default_factory=lambda: MappingProxyType({}))
    calibration: Calibration | None = None

    @classmethod
    def of(cls, weights: "Mapping[str, float] | Weighting") -> "Weighting":
        return weights if isinstance(weights, Weighting) else cls(weights)

    def read(self, name: str, scores: Scores) -> Scores:
        curve = self.curves.get(name)
        return scores if curve is None else curve.read(scores)

    def of_names(self, names: tuple[str, ...]) -> NDArray[np.float64]:
        return np.array([self.weights[name] for name in names], np.float64)

    def chance(self, order: Scores) -> Scores:
        """The chance of the outcome; as long as nothing is learned, the order itself stands for it."""
        if self.calibration is not None and self.calibration.slope > 0:
            return self.calibration.chance(order)
        return np.where(np.isfinite(order), np.clip(order, 0.0, 1.0), np.nan)

    def priced(self, order: Scores, price: Scores) -> Scores:
        """The order at which the chance would be exp(-price) times as high; without a price the order as it is."""
        chance = self.chance(order) * np.exp(-price)
        if self.calibration is not None and self.calibration.slope > 0:
            at_least = np.maximum(chance, np.finfo(np.float64).tiny)
            logit = np.log(at_least) - np.log1p(-np.minimum(chance, 1 - np.finfo(np.float64).eps))
            lowered = (logit - self.calibration.shift) / self.calibration.slope
        else:
            lowered = chance
        return np.where(price > 0, np.minimum(lowered, order), order)

    def scaled_to(self, total: float) -> Self:
        """The same order of candidates with weights that sum to `total`."""
        factor = total / sum(self.weights.values())
        return type(self)({name: factor * w for name, w in self.weights.items()}, self.curves, self.calibration)
