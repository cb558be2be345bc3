"""Questions of a capital stack from readable rows, in millions."""

from typing import Any

import numpy as np

from matchmaker.funding.stack.instance import CAPITALS, Funds, Instance
from models.enums import CapitalType

MILLION = 1e6
GUIDED, STATE, SOCIAL = (CAPITALS.index(one) for one in CapitalType)


def fund(**values: Any) -> dict[str, Any]:
    """One that may lead, has no limits to speak of and stays for ever."""
    usual = {"low": 0.0, "high": 100.0, "stake": 1.0, "leads": True, "capital": SOCIAL, "life": 600.0, "fit": 1.0}
    return {**usual, **values}


def funds(rows: list[dict[str, Any]], phases: int) -> Funds:
    """Tickets in millions; `phases` of a row: in which it may pay, unsaid: in all."""
    return Funds(
        keys=tuple(row.get("key", f"fund {number}") for number, row in enumerate(rows)),
        ticket_low=np.array([row["low"] for row in rows]) * MILLION,
        ticket_high=np.array([row["high"] for row in rows]) * MILLION,
        stake_high=np.array([row["stake"] for row in rows]),
        may_lead=np.array([row["leads"] for row in rows], dtype=bool),
        capital=np.array([row["capital"] for row in rows], dtype=np.int8),
        life=np.array([row["life"] for row in rows]),
        fit=np.array([row["fit"] for row in rows]),
        allowed=np.array(
            [[p in row.get("phases", range(phases)) for p in range(phases)] for row in rows], dtype=bool
        ).reshape(len(rows), phases),
    )


def question(*rows: dict[str, Any], need: tuple[float, ...] = (1, 1, 1, 1, 1, 1), **values: Any) -> Instance:
    """Two phases, at months 0 and 3; a million a month."""
    phases = values.pop("phases", (0, 3))
    usual = {
        "need": np.array(need) * MILLION,
        "support": np.array(values.pop("support", np.zeros(len(need)))) * MILLION,
        "phases": np.array(phases, dtype=np.int32),
        "price": np.ones(len(phases)),
        "valuation": 20 * MILLION,
        "exit_months": 60.0,
        "funds": funds(list(rows), len(phases)),
    }
    return Instance(**{**usual, **values})


def tickets(*rows: tuple[float, ...]) -> np.ndarray:
    return np.array(rows, dtype=float) * MILLION
