"""The parts of a report that other areas tell: which function, for which section."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlmodel import Session

from matchmaker.services.scope import Scope
from models.enums import ReportSection
from models.reports import Report

Told = dict[str, Any]
Tell = Callable[[Session, Scope, Report], Told]


def _gaps(session: Session, scope: Scope, report: Report) -> Told:
    from matchmaker.services.chain.told import tell_chain

    return tell_chain(session, scope, report.as_of)


def _indicators(session: Session, scope: Scope, report: Report) -> Told:
    from matchmaker.services.indicators.told import tell_indicators

    return tell_indicators(session, scope, report.as_of)


def _funnel(session: Session, scope: Scope, report: Report) -> Told:
    from matchmaker.services.funnel.told import tell_funnel

    return tell_funnel(session, scope, report.period_from, report.period_to)


def _exposure(session: Session, scope: Scope, report: Report) -> Told:
    from matchmaker.services.exposure_ledger import tell_exposure

    return tell_exposure(session, scope, report.period_from, report.period_to)


TELLERS: Mapping[ReportSection, Tell] = {
    ReportSection.GAPS: _gaps,
    ReportSection.INDICATORS: _indicators,
    ReportSection.FUNNEL: _funnel,
    ReportSection.EXPOSURE: _exposure,
}
