"""Small markets of mandates and firms for tests of what judges one by the other."""

from typing import Any

import numpy as np

from matchmaker.profiles import UNKNOWN, Candidates, Profiles
from matchmaker.scoring.base import Component
from matchmaker.scoring.capital import Capital, Plans
from tests.unit.engine.world import NODES, need
from tests.unit.funding.columns_of import SETS, firms_of, mandates_of

NAMES = [code for code, _ in NODES]
CODES = [*NAMES, "newer", "newest"]  # two that the taxonomy of the columns does not know yet
PLACES = [f"place-{row}" for row in range(SETS["places"])]
nan = float("nan")


def capital_of(mandates: Any, firms: Any, plans: Any = None) -> Capital:
    said = np.array([plans[row] if plans else (0, nan, nan) for row in range(len(firms))], np.float64).reshape(-1, 3)
    return Capital(
        mandates=mandates_of(mandates),
        firms=firms_of(firms),
        plans=Plans(said[:, 0], said[:, 1], np.where(said[:, 0] > 0, said[:, 2], nan)),
        nodes=CODES,
        places=PLACES,
    )


def rows(count: int, first: int = 0) -> Candidates:
    """Everybody of one side; funds stand before firms among the organisations."""
    order = np.arange(count, dtype=np.int32)
    return Candidates(order + first, np.full(count, UNKNOWN, np.int32), order)


def for_round(component: Component, capital: Capital, profiles: Profiles, firm: int = 0) -> np.ndarray:
    return component.fit(profiles).score_candidates(need(round=firm), rows(len(capital.mandates)))


def for_mandate(component: Component, capital: Capital, profiles: Profiles, mandate: int = 0) -> np.ndarray:
    funds = len(capital.mandates)
    return component.fit(profiles).score_candidates(need(mandate=mandate), rows(len(capital.firms), funds))
