"""Indicators as facts for reports and releases: plain values, both names, nothing that tells of one organisation."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlmodel import Session, col, select

from matchmaker.services.hashing import sha256_of
from matchmaker.services.indicators.computing import (
    Board,
    Told,
    formula_of,
    is_small,
    read_board,
    shown_indicators,
    tell,
)
from matchmaker.services.scope import Scope
from models.indicators import Indicator, IndicatorValue

# What "before" means: the latest kept figure that is at least so old, or else the oldest.
A_MONTH = timedelta(days=28)


def tell_indicators(session: Session, scope: Scope, day: date) -> dict[str, Any]:
    """{"rows": [{"code", "name_zh", "name_en", "unit", "value", "numerator", "denominator", "known", "total", "target",
    "target_source", "target_source_zh", "source", "source_zh", "better", "formula_sha256", "suppressed",
    "before": {"as_of", "value"} | None}], "as_of", "inputs_sha256"}.

    `value` is None where nothing is known, and where fewer than three organisations stand behind it (`suppressed`).
    """
    return tell_board(read_board(session, day), shown_indicators(session), scope)


def tell_board(board: Board, indicators: Sequence[Indicator], scope: Scope) -> dict[str, Any]:
    found = tell(board, indicators, scope)
    rows = [_row(board, one, scope, found[one.code]) for one in indicators if one.code in found]
    inputs = {code: told.inputs_sha256 for code, told in found.items()}
    return {"rows": rows, "as_of": str(board.day), "inputs_sha256": sha256_of(inputs)}


def _row(board: Board, indicator: Indicator, scope: Scope, told: Told) -> dict[str, Any]:
    figure = told.figure
    count = formula_of(indicator).count
    is_suppressed = is_small(figure, count)
    before = find_before(board.session, indicator, scope, board.day)
    return {
        "code": indicator.code,
        "name_zh": indicator.name_zh,
        "name_en": indicator.name_en,
        "unit": indicator.unit.value,
        "value": None if is_suppressed else figure.value,
        "numerator": None if is_suppressed else figure.numerator,
        "denominator": None if is_suppressed else figure.denominator,
        "known": figure.known,
        "total": figure.total,
        "target": indicator.target,
        "target_source": indicator.target_source,
        "target_source_zh": indicator.target_source_zh,
        "source": indicator.source,
        "source_zh": indicator.source_zh,
        "better": indicator.better,
        # Another target or other words go on with the same figure; another formula or unit does not.
        "formula_sha256": sha256_of([indicator.formula, indicator.unit]),
        "suppressed": is_suppressed,
        "before": None if before is None or is_suppressed else {"as_of": str(before.as_of), "value": before.value},
    }


def find_before(session: Session, indicator: Indicator, scope: Scope, day: date) -> IndicatorValue | None:
    """The kept figure to read today's against; only of the same edition of the formula, else it says nothing."""
    kept = select(IndicatorValue).where(
        IndicatorValue.indicator_code == indicator.code,
        IndicatorValue.indicator_version == indicator.version,
        IndicatorValue.scope_kind == scope.kind,
        IndicatorValue.scope_code == scope.code,
        col(IndicatorValue.as_of) < day,
    )
    a_month_ago = kept.where(col(IndicatorValue.as_of) <= day - A_MONTH).order_by(col(IndicatorValue.as_of).desc())
    return session.exec(a_month_ago).first() or session.exec(kept.order_by(col(IndicatorValue.as_of))).first()
