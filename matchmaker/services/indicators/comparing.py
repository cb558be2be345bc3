"""An indicator in one scope and in others beside it: districts, chains, the nodes of a chain."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from matchmaker.chain.formula import Formula, read_formula
from matchmaker.chain.indicators import Figure
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.indicators.catalogue import check_codes
from matchmaker.services.indicators.computing import (
    Board,
    Told,
    applies,
    formula_of,
    is_small,
    possible_scopes,
    read_board,
    shown_indicators,
    tell,
)
from matchmaker.services.indicators.told import find_before
from matchmaker.services.scope import REGION, Scope
from models.base import columns_of
from models.enums import IndicatorUnit, ScopeKind
from models.indicators import Indicator, IndicatorValue
from models.taxonomy import Chain, ChainNode, District


@dataclass(frozen=True)
class Line:
    """One indicator in one scope, beside its kept figure of a month before."""

    indicator: Indicator
    told: Told
    before: IndicatorValue | None

    @property
    def figure(self) -> Figure:
        return self.told.figure


@dataclass(frozen=True)
class Place:
    """A district, a chain or a node with its figure; `is_small`: so few stand behind it that others are not told."""

    scope: Scope
    name_zh: str
    name_en: str
    figure: Figure
    is_small: bool


def list_lines(session: Session, actor: Actor, scope: Scope, day: date) -> list[Line]:
    """All shown indicators that apply to the scope, in the order of the list."""
    require(actor, Permission.INDICATOR_VIEW)
    indicators = shown_indicators(session)
    found = tell(read_board(session, day), indicators, scope)
    return [
        Line(one, found[one.code], find_before(session, one, scope, day)) for one in indicators if one.code in found
    ]


@dataclass(frozen=True)
class Compared:
    """One indicator: in the scope asked for, in all districts, in all chains, in the nodes of the scope's chain."""

    scope: Scope
    told: Told | None
    before: IndicatorValue | None
    districts: Sequence[Place]
    chains: Sequence[Place]
    nodes: Sequence[Place]


def compare(session: Session, actor: Actor, indicator: Indicator, scope: Scope, day: date) -> Compared:
    require(actor, Permission.INDICATOR_VIEW)
    board, formula = read_board(session, day), formula_of(indicator)

    def beside(kind: ScopeKind, rows: Sequence[Any]) -> list[Place]:
        return _places(board, formula, indicator.unit, kind, rows) if applies(indicator, kind) else []

    return Compared(
        scope=scope,
        told=board.tell(formula, indicator.unit, scope) if applies(indicator, scope.kind) else None,
        before=find_before(session, indicator, scope, day),
        districts=beside(ScopeKind.DISTRICT, _named(session, District)),
        chains=beside(ScopeKind.CHAIN, _named(session, Chain)),
        nodes=beside(ScopeKind.NODE, _leaves(session, scope)) if scope.kind is ScopeKind.CHAIN else [],
    )


def preview(session: Session, actor: Actor, raw: Mapping[str, Any], unit: IndicatorUnit, day: date) -> Compared:
    """What a formula would say of the region and of its districts and chains; nothing is stored."""
    require(actor, Permission.INDICATOR_EDIT)
    formula = read_formula(raw, unit)
    check_codes(session, formula)
    board, possible = read_board(session, day), possible_scopes(formula.count)

    def beside(kind: ScopeKind, rows: Sequence[Any]) -> list[Place]:
        return _places(board, formula, unit, kind, rows) if kind in possible else []

    return Compared(
        scope=REGION,
        told=board.tell(formula, unit, REGION),
        before=None,
        districts=beside(ScopeKind.DISTRICT, _named(session, District)),
        chains=beside(ScopeKind.CHAIN, _named(session, Chain)),
        nodes=[],
    )


def _places(board: Board, formula: Formula, unit: IndicatorUnit, kind: ScopeKind, rows: Sequence[Any]) -> list[Place]:
    """Those about which there is anything to say, in the order of their list."""
    places = []
    for row in rows:
        scope = Scope(kind, row.code)
        figure = board.tell(formula, unit, scope).figure
        if figure.total:
            places.append(Place(scope, row.name_zh, row.name_en, figure, is_small(figure, formula.count)))
    return places


def _named(session: Session, table: Any) -> Sequence[Any]:
    row = columns_of(table)
    return session.execute(sa.select(row.code, row.name_zh, row.name_en).order_by(row.position_in_list, row.code)).all()


def _leaves(session: Session, scope: Scope) -> Sequence[Any]:
    node = columns_of(ChainNode)
    broader = sa.select(node.parent_code).where(node.parent_code.is_not(None))
    return session.execute(
        sa.select(node.code, node.name_zh, node.name_en)
        .where(node.chain_code == scope.code, node.code.not_in(broader))
        .order_by(node.position_in_list, node.code)
    ).all()
