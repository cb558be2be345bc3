"""Which part of the region a page is about: the whole of it, a chain or a district, chosen in the address (`of`)."""

from dataclasses import dataclass

from flask import request
from flask_babel import gettext as _

from matchmaker.errors import InvalidInput
from matchmaker.services import reference
from matchmaker.services.scope import REGION, Scope, find_scope, name_of
from models.enums import ScopeKind
from web.choices import name_of as name_of_row
from web.database import session
from web.i18n import current_language

CHOSEN_HERE = (ScopeKind.REGION, ScopeKind.CHAIN, ScopeKind.DISTRICT, ScopeKind.NODE)


@dataclass(frozen=True)
class ScopeGroup:
    """Choices of one kind; `label` is empty for the region itself."""

    label: str
    choices: list[tuple[str, str]]


def scope_in_address() -> Scope:
    """What `of` names, as `district:500112`; the whole region where it names nothing that is there."""
    kind, _colon, code = request.args.get("of", "").partition(":")
    if kind not in CHOSEN_HERE:
        return REGION
    try:
        return find_scope(session(), ScopeKind(kind), code)
    except InvalidInput:
        return REGION


def scope_value(scope: Scope) -> str:
    return "" if scope.kind is ScopeKind.REGION else f"{scope.kind}:{scope.code}"


def scope_name(scope: Scope) -> str:
    if scope.kind is ScopeKind.REGION:
        return _("Whole region")
    zh, en = name_of(session(), scope)
    return (zh or en) if current_language() == "zh" else (en or zh)


def scope_groups() -> list[ScopeGroup]:
    """Everything that can be chosen, for a select: the region, its chains, its districts."""
    chains = [(f"chain:{row.code}", name_of_row(row)) for row in reference.list_chains(session())]
    districts = [(f"district:{row.code}", name_of_row(row)) for row in reference.list_districts(session())]
    return [
        ScopeGroup("", [("", _("Whole region"))]),
        ScopeGroup(_("Industrial chains"), chains),
        ScopeGroup(_("Districts"), districts),
    ]
