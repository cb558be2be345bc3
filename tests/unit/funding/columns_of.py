"""Columns of capital from readable rows: a dict of what a mandate or a firm says, everything else unsaid or unknown."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from matchmaker.columns import sparse_rows
from matchmaker.funding.columns import CLAUSES, FORCES, STAGES, TOLERANCES, Firms, Mandates
from matchmaker.profiles import UNKNOWN
from models.enums import ClauseForce

SETS = {"nodes": 6, "words": 4, "places": 5, "schemes": 4}
OF_MANDATE = (
    *("age_high", "staff_high", "valuation_high", "rd_ratio_low", "trl_low", "ticket_low", "ticket_high"),
    *("stake_high", "remaining", "investing_left", "life_left", "extension", "main_share", "paid", "paid_main"),
    *("reinvestment", "decision_weeks"),
)
OF_FIRM = ("staff", "rd_ratio", "trl", "amount", "valuation", "market_months", "exit_months")


def mandates_of(rows: Sequence[Mapping[str, Any]], *, sizes: Mapping[str, int] = SETS) -> Mandates:
    """Keys as the columns; sets of row numbers for sparse ones, `force` as ClauseKind -> ClauseForce (usual: HARD)."""
    numbers = {name: np.array([row.get(name, np.nan) for row in rows], np.float64) for name in OF_MANDATE}
    return Mandates(
        ids=_ids("m", len(rows)),
        fund_ids=_ids("f", len(rows)),
        is_investing=np.array([row.get("is_investing", True) for row in rows], bool),
        fields=_sparse(rows, "fields", sizes["nodes"]),
        main_fields=_sparse(rows, "main_fields", sizes["nodes"]),
        exclusions=_sparse(rows, "exclusions", sizes["words"]),
        places=_sparse(rows, "places", sizes["places"]),
        certifications=_sparse(rows, "certifications", sizes["schemes"]),
        stages=np.array([sum(1 << STAGES.index(one) for one in row.get("stages", ())) for row in rows], np.uint16),
        tolerance=np.array(
            [TOLERANCES.index(row["tolerance"]) if "tolerance" in row else UNKNOWN for row in rows], np.int8
        ),
        force=np.array(
            [[FORCES.index(row.get("force", {}).get(kind, ClauseForce.HARD)) for kind in CLAUSES] for row in rows],
            np.uint8,
        ).reshape(len(rows), len(CLAUSES)),
        **numbers,
    )


def firms_of(rows: Sequence[Mapping[str, Any]], *, sizes: Mapping[str, int] = SETS) -> Firms:
    """Keys as the columns; `founded` a date; certifications unsaid: nothing is recorded."""
    numbers = {name: np.array([row.get(name, np.nan) for row in rows], np.float64) for name in OF_FIRM}
    founded: list[date | None] = [row.get("founded") for row in rows]
    return Firms(
        ids=_ids("o", len(rows)),
        round_ids=_ids("r", len(rows)),
        nodes=_sparse(rows, "nodes", sizes["nodes"]),
        falls_under=_sparse(rows, "falls_under", sizes["words"]),
        trade_known=np.array([row.get("trade_known", False) for row in rows], bool),
        place=np.array([row.get("place", UNKNOWN) for row in rows], np.int32),
        is_local=np.array([row.get("is_local", False) for row in rows], bool),
        stage=np.array([STAGES.index(row["stage"]) if "stage" in row else UNKNOWN for row in rows], np.int8),
        founded=np.array([day.toordinal() if day else UNKNOWN for day in founded], np.int32),
        certifications=_sparse(rows, "certifications", sizes["schemes"]),
        certifications_known=np.array(["certifications" in row for row in rows], bool),
        **numbers,
    )


def _ids(letter: str, many: int) -> np.ndarray:
    return np.array([f"{letter}{row}" for row in range(many)], "S36")


def _sparse(rows: Sequence[Mapping[str, Any]], name: str, columns: int) -> Any:
    pairs = [(number, column, 1.0) for number, row in enumerate(rows) for column in sorted(row.get(name, ()))]
    return sparse_rows(pairs, rows=len(rows), columns=columns)
