"""What the address of a page of the desk asks for: about whom, and from when until when."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import request
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from matchmaker.errors import InvalidInput
from matchmaker.services import reference
from matchmaker.services.calendar import today
from matchmaker.services.funnel.events import Period
from matchmaker.services.scope import REGION, Scope, find_scope
from models.enums import ScopeKind
from web.choices import name_of
from web.database import session

DAYS = 365
EARLIEST, LATEST = date(1900, 1, 1), date(2200, 1, 1)


@dataclass(frozen=True)
class Asked:
    """`wrong` says what of the address could not be read; the page then shows the usual."""

    scope: Scope
    period: Period
    wrong: str = ""

    @property
    def chosen(self) -> str:
        return "" if self.scope.kind is ScopeKind.REGION else f"{self.scope.kind.value}:{self.scope.code}"

    @property
    def address(self) -> dict[str, Any]:
        """To go on to another page about the same."""
        told = {"scope": self.chosen, "first": self.period.first.isoformat(), "last": self.period.last.isoformat()}
        return {name: value for name, value in told.items() if value}


def read_asked() -> Asked:
    """The scope and the period of the address; the last twelve months of the whole region where it says nothing."""
    day = today()
    usual = Period(day - timedelta(days=DAYS), day)
    try:
        first = _day("first") or usual.first
        last = _day("last") or usual.last
    except ValueError:
        return Asked(_scope()[0], usual, _("A day in the address could not be read; the last twelve months are shown."))
    scope, wrong = _scope()
    if first > last:
        return Asked(scope, usual, _("The first day is after the last; the last twelve months are shown."))
    return Asked(scope, Period(first, last), wrong)


def list_scopes() -> list[tuple[str, list[SelectChoice]]]:
    """The region, each chain and each district, in named groups."""
    chains = {group.chain.code: group.chain for group in reference.list_node_groups(session())}
    districts = reference.list_districts(session())
    return [
        ("", [SelectChoice("", _("Whole region"))]),
        (_("Industrial chains"), [SelectChoice(f"chain:{code}", name_of(row)) for code, row in chains.items()]),
        (_("Districts"), [SelectChoice(f"district:{row.code}", name_of(row)) for row in districts]),
    ]


def _day(name: str) -> date | None:
    text = request.args.get(name, "").strip()
    day = date.fromisoformat(text) if text else None
    if day is not None and not EARLIEST <= day <= LATEST:
        raise ValueError(text)  # a day before or behind the first or last of the calendar cannot be reckoned with
    return day


def _scope() -> tuple[Scope, str]:
    kind, _colon, code = request.args.get("scope", "").partition(":")
    if not kind:
        return REGION, ""
    try:
        return find_scope(session(), ScopeKind(kind), code), ""
    except (ValueError, InvalidInput):
        return REGION, _("What the address names is not in the registry; the whole region is shown.")
