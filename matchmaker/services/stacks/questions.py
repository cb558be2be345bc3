"""The frozen question of a capital stack: all that an answer depends on, as plain values, and the arrays it stands for.

It is made once, when the plan is asked for; the worker, a replay and a test answer from it alone, whatever has become
of the registry since. Money is CNY, months count from the start of the round, None is unknown or no limit.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from matchmaker.funding.columns import STAGES
from matchmaker.funding.stack.instance import CAPITALS, INFINITE, Funds, Instance, Limit, LimitKind
from matchmaker.profiles import Scores

Plain = dict[str, Any]


def sha256_of(question: Mapping[str, Any]) -> str:
    """The same for the same question, on whatever machine."""
    text = json.dumps(question, sort_keys=True, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def instance_of(question: Mapping[str, Any]) -> Instance:
    """The arrays that the engine solves; row i of the funds is question["funds"][i]."""
    phases = question["phases"]
    return Instance(
        need=np.array(question["need"], dtype=float),
        support=np.array(question["support"], dtype=float),
        phases=np.array([one["month"] for one in phases], dtype=np.int32),
        price=np.array([one["price"] for one in phases], dtype=float),
        valuation=_known(question["valuation"]),
        exit_months=_known(question["exit_months"]),
        funds=_funds(question["funds"], len(phases)),
        limits=tuple(
            Limit(LimitKind(one["kind"]), one["value"], _capital(one["capital_type"])) for one in question["limits"]
        ),
        typical=_funds(question["typical"], len(phases)),
    )


def allowed_by_stage(stages: str, phases: Sequence[Mapping[str, Any]]) -> list[bool]:
    """Whether a fund of these stages, joined by |, comes into question for each phase."""
    of_fund = set(stages.split("|"))
    return [bool(of_fund & set(one["stages"])) for one in phases]


def stage_codes(rows: Sequence[int]) -> list[str]:
    return [str(STAGES[row]) for row in rows]


def _funds(rows: Sequence[Mapping[str, Any]], phases: int) -> Funds:
    return Funds(
        keys=tuple(row["key"] for row in rows),
        ticket_low=_column(rows, "ticket_low", unknown=0.0),
        ticket_high=_column(rows, "ticket_high", unknown=INFINITE),
        stake_high=_column(rows, "stake_high", unknown=1.0),
        may_lead=np.array([row["may_lead"] for row in rows], dtype=bool),
        capital=np.array([_capital(row["capital_type"]) for row in rows], dtype=np.int8),
        life=_column(rows, "life_months", unknown=np.nan),
        fit=_column(rows, "fit", unknown=1.0),
        allowed=np.array([row["phases"] for row in rows], dtype=bool).reshape(len(rows), phases),
    )


def _column(rows: Sequence[Mapping[str, Any]], name: str, *, unknown: float) -> Scores:
    return np.array([unknown if row[name] is None else row[name] for row in rows], dtype=float)


def _capital(code: str | None) -> int:
    return -1 if code is None else [str(one) for one in CAPITALS].index(code)


def _known(value: float | None) -> float:
    return float("nan") if value is None else float(value)
