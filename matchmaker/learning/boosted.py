"""The gradient-boosted variant: what the same components give when they may work on one another.

It is measured beside the additive blend so that the price of an explanation is known; lists are never shown by it.
LambdaMART (Burges 2010) by LightGBM; unknown scores stay unknown to it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from matchmaker.errors import MatchmakerError
from matchmaker.learning.examples import Examples
from matchmaker.profiles import Scores

TREES = 100
SETTINGS = {
    "objective": "lambdarank",
    "learning_rate": 0.08,
    "num_leaves": 31,
    "max_bin": 63,
    "min_data_in_leaf": 100,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "lambdarank_truncation_level": 40,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbosity": -1,
}


class BoostingMissing(MatchmakerError):
    """LightGBM does not load on this machine."""


@dataclass(frozen=True, slots=True, eq=False)
class Forest:
    """Trees over some of the columns."""

    columns: NDArray[np.intp]
    trees: Any

    def score(self, scores: Scores) -> Scores:
        return np.asarray(self.trees.predict(scores[:, self.columns], num_threads=1), np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Boosted:
    """Forests over columns in the order of `names`, averaged; they differ in what they see and in what they drew."""

    names: tuple[str, ...]
    forests: tuple[Forest, ...]

    @classmethod
    def fit(cls, examples: Examples, *, views: Sequence[Sequence[str]] = (), seeds: int = 2) -> Self:
        """`seeds` forests for each view, a choice of columns; without views all see everything.

        Raises BoostingMissing where LightGBM, or the libgomp that it needs, is not installed.
        """
        lightgbm = _lightgbm()
        forests: list[Forest] = []
        for view in views or [examples.names]:
            columns = np.array([examples.names.index(name) for name in view], np.intp)
            data = lightgbm.Dataset(
                examples.scores[:, columns],
                label=np.round(examples.outcome).astype(np.int32),
                group=_sizes(examples.query),
                weight=examples.weight,
                feature_name=list(view),
                params={"verbosity": -1, "max_bin": SETTINGS["max_bin"]},
            )
            settings = [{**SETTINGS, "seed": seed} for seed in range(seeds)]
            forests += [Forest(columns, lightgbm.train(one, data, num_boost_round=TREES)) for one in settings]
        return cls(examples.names, tuple(forests))

    def score(self, scores: Scores) -> Scores:
        """One number per row, higher is better; comparable inside one query only."""
        return np.mean([forest.score(scores) for forest in self.forests], axis=0)


def _sizes(query: NDArray[np.int64]) -> NDArray[np.intp]:
    """Rows of each query, in the order in which they stand."""
    starts = np.flatnonzero(np.diff(query, prepend=query[0] - 1))
    return np.diff(np.append(starts, len(query)))


def _lightgbm() -> Any:
    try:
        import lightgbm
    except (ImportError, OSError) as error:
        raise BoostingMissing(f"LightGBM does not load ({error}); on Debian: sudo apt-get install libgomp1") from error
    return lightgbm
