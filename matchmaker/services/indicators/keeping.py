"""Figures that are kept, day by day: the only series that says what was known on a day."""

from collections.abc import Iterator, Sequence
from datetime import date

import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.indicators.computing import Told, read_board, shown_indicators, tell
from matchmaker.services.scope import REGION, Scope
from models.enums import ScopeKind
from models.indicators import Indicator, IndicatorValue
from models.taxonomy import Chain, District


def work_out(session: Session, day: date) -> list[IndicatorValue]:
    """What is to be kept of a day: the region, its districts and its chains. Nothing is stored yet."""
    board, indicators = read_board(session, day), shown_indicators(session)
    by_code = {one.code: one for one in indicators}
    return [
        _value(by_code[code], scope, day, told)
        for scope in kept_scopes(session)
        for code, told in tell(board, indicators, scope).items()
    ]


def kept_scopes(session: Session) -> Iterator[Scope]:
    yield REGION
    for code in session.exec(select(District.code).order_by(District.code)):
        yield Scope(ScopeKind.DISTRICT, code)
    for code in session.exec(select(Chain.code).order_by(Chain.code)):
        yield Scope(ScopeKind.CHAIN, code)


def _value(indicator: Indicator, scope: Scope, day: date, told: Told) -> IndicatorValue:
    figure = told.figure
    return IndicatorValue(
        indicator_code=indicator.code,
        indicator_version=indicator.version or 1,
        scope_kind=scope.kind,
        scope_code=scope.code,
        as_of=day,
        value=figure.value,
        numerator=figure.numerator,
        denominator=figure.denominator,
        known=figure.known,
        total=figure.total,
        inputs_sha256=told.inputs_sha256,
    )


def keep(session: Session, values: Sequence[IndicatorValue]) -> int:
    """Store them in place of what was kept of the same day, so that keeping twice is keeping once."""
    for day in {value.as_of for value in values}:
        session.execute(sa.delete(IndicatorValue).where(col(IndicatorValue.as_of) == day))
    session.add_all(values)
    session.flush()
    return len(values)


def series(session: Session, actor: Actor, indicator: Indicator, scope: Scope) -> Sequence[IndicatorValue]:
    """The kept figures of one scope, the earliest first, of every edition of the formula."""
    require(actor, Permission.INDICATOR_VIEW)
    kept = select(IndicatorValue).where(
        IndicatorValue.indicator_code == indicator.code,
        IndicatorValue.scope_kind == scope.kind,
        IndicatorValue.scope_code == scope.code,
    )
    return session.exec(kept.order_by(col(IndicatorValue.as_of))).all()
