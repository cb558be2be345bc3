"""The gradient-boosted variant: what the same components give when they may work on one another.

It is measured beside the additive blend so that the price of an explanation is known; lists are never shown by it.
LambdaMART (Burges 2010) by LightGBM; unknown scores stay unknown to it.
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from matchmaker.errors import MatchmakerError
from matchmaker.learning.examples import Examples
from matchmaker.profiles import Floats, Scores

TREES = 100
FORESTS = 4
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
class Boosted:
    """Forests over columns in the order of `names`, averaged; they differ in what they drew."""

    names: tuple[str, ...]
    forests: tuple[Any, ...]

    @classmethod
    def fit(cls, examples: Examples, *, seeds: int = FORESTS) -> Self:
        """Raises BoostingMissing where LightGBM, or the libgomp that it needs, is not installed."""
        lightgbm = _lightgbm()
        data = lightgbm.Dataset(
            examples.scores,
            label=np.round(examples.outcome).astype(np.int32),
            group=_sizes(examples.query),
            weight=examples.weight,
            feature_name=list(examples.names),
            params={"verbosity": -1, "max_bin": SETTINGS["max_bin"]},
        )
        settings = [{**SETTINGS, "seed": seed} for seed in range(seeds)]
        return cls(examples.names, tuple(lightgbm.train(one, data, num_boost_round=TREES) for one in settings))

    def score(self, scores: Scores | Floats) -> Scores:
        """One number per row, higher is better; comparable inside one query only."""
        return np.mean([np.asarray(forest.predict(scores, num_threads=1)) for forest in self.forests], axis=0)


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
