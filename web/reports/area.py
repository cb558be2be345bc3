"""The blueprint of match runs and reports, and what all their pages share."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask import Blueprint
from flask_babel import gettext as _
from sqlmodel import col, select
from wtforms.fields.choices import SelectChoice

from matchmaker.services import reference
from matchmaker.services.runs import choosing
from matchmaker.services.runs.asking import scope_of
from matchmaker.services.scope import name_of
from models.accounts import User
from models.enums import ScopeKind
from web.choices import name_of as row_name
from web.database import session
from web.i18n import current_language
from web.labels import label

bp = Blueprint("reports", __name__, url_prefix="/officer")


def scope_text(row: Any) -> str:
    """What a run, a report or a schedule is about, in words."""
    names = name_of(session(), scope_of(session(), row))
    name = names[0 if current_language() == "zh" else 1] or next(filter(None, names), "")
    if row.scope_kind is ScopeKind.LIST:
        return _("%(count)s organisations", count=len(row.organisation_ids))
    return name or label(row.scope_kind)


def scopes_of(rows: Iterable[Any]) -> dict[UUID, str]:
    """Each thing that is named is looked up once."""
    known: dict[tuple[str, str], str] = {}
    texts = {}
    for row in rows:
        key = (row.scope_kind, row.scope_code or str(getattr(row, "organisation_ids", "")))
        if key not in known:
            known[key] = scope_text(row)
        texts[row.id] = known[key]
    return texts


def scope_choices() -> list[SelectChoice]:
    """All that a run or a report can be about; organisations are named in a field of their own."""
    chains = choosing.list_chains(session())
    names = {chain.code: row_name(chain) for chain in chains}
    kinds = {kind: label(kind) for kind in ScopeKind}
    first = [
        SelectChoice(ScopeKind.REGION.value, kinds[ScopeKind.REGION]),
        SelectChoice(ScopeKind.ORGANISATION.value, _("One organisation, named below")),
        SelectChoice(ScopeKind.LIST.value, _("A list of organisations, named below")),
    ]
    of_chains = [_choice(ScopeKind.CHAIN, chain.code, names[chain.code]) for chain in chains]
    nodes = [
        SelectChoice(f"{ScopeKind.NODE}:{node.code}", row_name(node), optgroup=names.get(node.chain_code))
        for node in reference.list_nodes(session())
    ]
    districts = [_choice(ScopeKind.DISTRICT, row.code, row_name(row)) for row in reference.list_districts(session())]
    calls = [_choice(ScopeKind.CALL, str(call.id), _title(call)) for call in choosing.list_calls(session())]
    return [*of_chains, *first, *districts, *calls, *nodes]


def _choice(kind: ScopeKind, code: str, text: str) -> SelectChoice:
    return SelectChoice(f"{kind}:{code}", text, optgroup=label(kind))


def _title(call: Any) -> str:
    other = "en" if current_language() == "zh" else "zh"
    return str(getattr(call, f"title_{current_language()}") or getattr(call, f"title_{other}"))


def people_of(keys: Iterable[UUID | None]) -> dict[UUID, str]:
    """What the people behind these accounts are called."""
    wanted = {key for key in keys if key is not None}
    found = session().exec(select(User).where(col(User.id).in_(wanted))).all() if wanted else []
    return {user.id: user.name or user.email for user in found}
