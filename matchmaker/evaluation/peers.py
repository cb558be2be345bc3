"""What the public recommender library `implicit` makes of the same past; `scripts/benchmark quality --peers` gets it.

A project is a user, and what it is made of (organisations and tags) are its items. That gives the libraries more than
they are mostly given, and a query without an earlier project is still answered. Tuned on the validation part.
"""

from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from matchmaker.errors import NotFound
from matchmaker.evaluation.baselines import asked_items, items_of
from matchmaker.network.past import Measures, Past
from matchmaker.profiles import Need
from matchmaker.scoring.base import LastAnswer

Factors = NDArray[np.float32]

SEED = 0


class AlternatingLeastSquares:
    """Implicit-feedback ALS (Hu, Koren & Volinsky 2008); the query's project is folded in by what is known of it."""

    def __init__(
        self, *, factors: int = 128, regularization: float = 0.05, alpha: float = 40.0, rounds: int = 10
    ) -> None:
        self.options = {"factors": factors, "regularization": regularization, "alpha": alpha, "iterations": rounds}
        self.library = _library("implicit.als")
        self._last: LastAnswer[Any] = LastAnswer()

    def __call__(self, past: Past, need: Need) -> Measures:
        if len(past) == 0:
            return past.project_counts
        model = self._last.to(past, lambda: self._fit(past))
        asked = csr_matrix(asked_items(past, need)[None, :], dtype=np.float32)
        user = model.recalculate_user(0, asked).ravel()
        return _dot(model.item_factors[: past.members.shape[1]], user)

    def _fit(self, past: Past) -> Any:  # the library has no types
        with threadpool_limits(1, "blas"):  # the library warns of more: its own threads would fight with them
            model = self.library.AlternatingLeastSquares(
                **self.options, random_state=SEED, num_threads=1, use_gpu=False
            )
            model.fit(csr_matrix(items_of(past), dtype=np.float32), show_progress=False)
        return model


class BayesianPersonalisedRanking:
    """BPR matrix factorisation (Rendle 2009). Users are organisations and tags, items the organisations they met with.

    BPR cannot fold a new user in, so a query is the sum of the users that are known of it.
    """

    def __init__(
        self, *, factors: int = 64, regularization: float = 0.01, learning_rate: float = 0.05, rounds: int = 50
    ) -> None:
        self.options = {
            "factors": factors,
            "regularization": regularization,
            "learning_rate": learning_rate,
            "iterations": rounds,
        }
        self.library = _library("implicit.bpr")
        self._last: LastAnswer[tuple[Factors, Factors]] = LastAnswer()

    def __call__(self, past: Past, need: Need) -> Measures:
        if len(past) == 0:
            return past.project_counts
        users, items = self._last.to(past, lambda: self._fit(past))
        return _dot(items, asked_items(past, need).astype(np.float32) @ users)

    def _fit(self, past: Past) -> tuple[Factors, Factors]:
        met = csr_matrix(items_of(past).T @ past.members, dtype=np.float32)
        met.setdiag(0)
        met.eliminate_zeros()
        model = self.library.BayesianPersonalizedRanking(
            **self.options, random_state=SEED, num_threads=1, use_gpu=False
        )
        model.fit(met, show_progress=False)
        return model.user_factors, model.item_factors


def _dot(factors: Factors, vector: Factors) -> Measures:
    return np.asarray(factors @ vector, np.float64)


def _library(name: str) -> ModuleType:
    from importlib import import_module

    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        raise NotFound("library", "implicit: `scripts/benchmark quality --peers` installs it") from error
