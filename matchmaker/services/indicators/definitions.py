"""Definitions of indicators as officers keep them: listed, defined, changed, hidden; every change is audited."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.chain.formula import Formula, read_formula, write_formula
from matchmaker.errors import InvalidInput, NotFound
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.changes import check_version
from matchmaker.services.indicators.catalogue import check_codes
from matchmaker.services.indicators.computing import possible_scopes
from models.base import new_id
from models.enums import IndicatorUnit, ScopeKind
from models.indicators import Indicator, IndicatorValue

SOURCES, TARGET_SOURCES = ("source", "source_zh"), ("target_source", "target_source_zh")
LONGEST = {"name_zh": 200, "name_en": 200, "note_zh": 1000, "note_en": 1000}
LONGEST |= dict.fromkeys((*SOURCES, *TARGET_SOURCES), 400)
MOST_INDICATORS = 200


@dataclass(frozen=True, kw_only=True)
class IndicatorDraft:
    """What an officer defines. `formula` is the tree as JSON holds it."""

    name_zh: str
    name_en: str
    unit: IndicatorUnit
    formula: Mapping[str, Any]
    scopes: tuple[ScopeKind, ...]
    source: str
    better: int = 0
    note_zh: str = ""
    note_en: str = ""
    target: float | None = None
    target_source: str = ""
    source_zh: str = ""
    target_source_zh: str = ""


def list_indicators(session: Session, actor: Actor) -> Sequence[Indicator]:
    """All of them, the hidden ones too, in the order of the list."""
    require(actor, Permission.INDICATOR_VIEW)
    return session.exec(select(Indicator).order_by(col(Indicator.position_in_list), Indicator.code)).all()


def get_indicator(session: Session, actor: Actor, code: str) -> Indicator:
    require(actor, Permission.INDICATOR_VIEW)
    indicator = session.get(Indicator, code)
    if indicator is None:
        raise NotFound("indicator", code)
    return indicator


def check_draft(session: Session, draft: IndicatorDraft) -> Formula:
    """The formula of a draft that may be kept; InvalidInput names what is wrong and where."""
    formula = read_formula(draft.formula, draft.unit)
    check_codes(session, formula)
    if not draft.scopes:
        raise InvalidInput("choose_some", field="scopes")
    if impossible := [scope for scope in draft.scopes if scope not in possible_scopes(formula.count)]:
        raise InvalidInput("indicator_scope", field="scopes", scopes=impossible, count=formula.count)
    _check_words(draft)
    return formula


def _check_words(draft: IndicatorDraft) -> None:
    for name in ("name_zh", "name_en"):
        if not getattr(draft, name):
            raise InvalidInput("indicator_names", field=name)
    for name, most in LONGEST.items():
        if len(getattr(draft, name)) > most:
            raise InvalidInput("too_long", field=name, most=most)
    if not draft.source:
        raise InvalidInput("indicator_source", field="source")
    if draft.better not in (-1, 0, 1):
        raise InvalidInput("out_of_range", field="better", low=-1, high=1)
    if draft.target is None:
        return
    high = 1 if draft.unit is IndicatorUnit.SHARE else 1e15
    if not math.isfinite(draft.target) or not -1e15 <= draft.target <= high:
        raise InvalidInput("indicator_target", field="target")
    if not draft.target_source:
        raise InvalidInput("indicator_target_source", field="target_source")


def define(session: Session, actor: Actor, draft: IndicatorDraft) -> Indicator:
    """A new indicator of the officer's own."""
    require(actor, Permission.INDICATOR_EDIT)
    formula = check_draft(session, draft)
    counted = session.scalar(sa.select(sa.func.count()).select_from(Indicator)) or 0
    if counted >= MOST_INDICATORS:
        raise InvalidInput("too_many_indicators", most=MOST_INDICATORS)
    last = session.scalar(sa.select(sa.func.max(Indicator.position_in_list))) or 0
    indicator = Indicator(
        code=f"own-{new_id().hex[-12:]}",
        position_in_list=last + 1,
        made_by=actor.user_id,
        **_stored(draft, formula),
    )
    session.add(indicator)
    audit.record(session, actor, "indicator.define", indicator, changes=_audited(indicator, _stored(draft, formula)))
    session.flush()
    return indicator


def change(
    session: Session, actor: Actor, indicator: Indicator, draft: IndicatorDraft, *, expected_version: int | None
) -> None:
    """Another formula begins another series; other words or another target go on with the same one."""
    require(actor, Permission.INDICATOR_EDIT)
    values = _stored(draft, check_draft(session, draft))
    check_version(indicator, values, expected_version=expected_version)
    before = indicator.version
    changes = audit.apply_changes(indicator, values)
    if not changes:
        return
    audit.record(session, actor, "indicator.change", indicator, changes={"code": indicator.code, **changes})
    session.flush()
    if not {"formula", "unit"} & changes.keys():
        _go_on(session, indicator, before)


def _go_on(session: Session, indicator: Indicator, before: int | None) -> None:
    of_this = (
        col(IndicatorValue.indicator_code) == indicator.code,
        col(IndicatorValue.indicator_version) == before,
    )
    session.execute(
        sa.update(IndicatorValue)
        .where(*of_this)
        .values(indicator_version=indicator.version)
        .execution_options(synchronize_session=False)
    )


def hide(session: Session, actor: Actor, indicator: Indicator) -> None:
    """It leaves lists and reports; its figures stay."""
    _show_or_hide(session, actor, indicator, is_shown=False)


def show(session: Session, actor: Actor, indicator: Indicator) -> None:
    _show_or_hide(session, actor, indicator, is_shown=True)


def _show_or_hide(session: Session, actor: Actor, indicator: Indicator, *, is_shown: bool) -> None:
    require(actor, Permission.INDICATOR_EDIT)
    before = indicator.version
    changes = audit.apply_changes(indicator, {"is_shown": is_shown})
    if changes:
        action = "indicator.show" if is_shown else "indicator.hide"
        audit.record(session, actor, action, indicator, changes={"code": indicator.code, **changes})
        session.flush()
        _go_on(session, indicator, before)


def _stored(draft: IndicatorDraft, formula: Formula) -> dict[str, Any]:
    return asdict(draft) | {
        "formula": write_formula(formula),
        "scopes": [scope.value for scope in draft.scopes],
        **{
            name: getattr(draft, name) if draft.target is not None else ""
            for name in ("target_source", "target_source_zh")
        },
    }


def _audited(indicator: Indicator, values: Mapping[str, object]) -> dict[str, list[object]]:
    told: dict[str, object] = {"code": indicator.code, **values}
    return {name: [None, value] for name, value in told.items() if value}
