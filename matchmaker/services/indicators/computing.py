"""Working out indicators: the registry is read once for a day, then every formula is held against all of it."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.chain.formula import Formula, read_formula, write_formula
from matchmaker.chain.indicators import Figure, Judged, Mask, Records, Registry, Sets, judge, tally
from matchmaker.services.hashing import sha256_of
from matchmaker.services.scope import Scope, nodes_in, organisations_in
from matchmaker.store.indicators import everything, read_registry
from matchmaker.store.reading import keys_of
from matchmaker.store.registry_columns import Shown
from models.enums import CountedRecord, IndicatorUnit, ScopeKind
from models.indicators import Indicator

# Under so many organisations behind a figure, it may tell what one of them said.
FEWEST_BODIES = 3
NARROW = (ScopeKind.CHAIN, ScopeKind.NODE)
SCOPES = (ScopeKind.REGION, ScopeKind.DISTRICT, ScopeKind.CHAIN, ScopeKind.NODE)
# A node is nobody's: it lies in no district and belongs to no list of organisations.
OF_NODES = (ScopeKind.REGION, ScopeKind.CHAIN, ScopeKind.NODE)


@dataclass(frozen=True)
class Told:
    """A figure with the digest of what it was worked out from."""

    figure: Figure
    inputs_sha256: str


@dataclass(frozen=True)
class Board:
    """The registry as it was read for one day; masks of scopes and judged formulas are worked out once."""

    session: Session
    day: date
    registry: Registry
    _masks: dict[tuple[Scope, CountedRecord], Mask] = field(default_factory=dict)
    _judged: dict[str, Judged] = field(default_factory=dict)

    def tell(self, formula: Formula, unit: IndicatorUnit, scope: Scope) -> Told:
        written = write_formula(formula)
        key = sha256_of(written)
        if key not in self._judged:
            self._judged[key] = judge(formula, self.registry)
        judged, within = self._judged[key], self.within(scope, formula.count)
        figure = tally(judged, unit, within)
        asked = {"formula": written, "unit": unit, "scope": [scope.kind, scope.code], "as_of": str(self.day)}
        records = _digest(self.registry[formula.count], judged, within)
        return Told(figure, sha256_of({**asked, "records": records}))

    def within(self, scope: Scope, record: CountedRecord) -> Mask:
        """Which records of this sort a scope is about."""
        if (scope, record) not in self._masks:
            self._masks[scope, record] = self._within(scope, record)
        return self._masks[scope, record]

    def _within(self, scope: Scope, record: CountedRecord) -> Mask:
        records = self.registry[record]
        if scope.kind is ScopeKind.REGION:
            return np.ones(len(records), bool)
        if record is CountedRecord.ORGANISATIONS:
            return self._among(records, organisations_in(scope))
        bodies = self.within(scope, CountedRecord.ORGANISATIONS)
        if scope.kind in NARROW:
            codes = set(self.session.scalars(nodes_in(scope)))
            return _at_nodes(records, codes, bodies)
        return np.zeros(len(records), bool) if record is CountedRecord.NODES else bodies[records.body]

    def _among(self, records: Records, ids: Any) -> Mask:
        return np.isin(records.ids, keys_of(list(self.session.scalars(ids))))


def _at_nodes(records: Records, codes: Iterable[str], bodies: Mask) -> Mask:
    """Records at one of these nodes; those that name none go with the organisation behind them."""
    if "node" in records.columns:
        at: Any = records.columns["node"]
        return np.isin(np.asarray(at.names, np.str_), list(codes))[at.rows]
    held = records.columns["nodes"]
    assert isinstance(held, Sets)
    chosen = np.isin(np.asarray(held.names, np.str_), list(codes))
    tagged = np.zeros(len(records), bool)
    tagged[held.record[chosen[held.row]]] = True
    return np.where(held.known, tagged, bodies[records.body])


def _digest(records: Records, judged: Judged, within: Mask) -> str:
    digest = hashlib.sha256()
    for column in (records.ids, judged.about, judged.counted, judged.amount):
        if column is not None:
            digest.update(np.ascontiguousarray(column[within]).tobytes())
    return digest.hexdigest()


def read_board(session: Session, day: date, *, shown: Shown = everything) -> Board:
    return Board(session, day, read_registry(session, day, shown=shown))


def formula_of(indicator: Indicator) -> Formula:
    return read_formula(indicator.formula, indicator.unit)


def applies(indicator: Indicator, kind: ScopeKind) -> bool:
    """Whether it says something of such a scope; of a list as of a district."""
    as_kind = ScopeKind.DISTRICT if kind is ScopeKind.LIST else kind
    return as_kind in indicator.scopes


def possible_scopes(count: CountedRecord) -> tuple[ScopeKind, ...]:
    return OF_NODES if count is CountedRecord.NODES else SCOPES


def tell(board: Board, indicators: Sequence[Indicator], scope: Scope) -> Mapping[str, Told]:
    """The figures of those that apply to the scope, by code."""
    return {one.code: board.tell(formula_of(one), one.unit, scope) for one in indicators if applies(one, scope.kind)}


def is_small(figure: Figure, count: CountedRecord) -> bool:
    """Whether so few organisations stand behind it that others are not told."""
    return count is not CountedRecord.NODES and 0 < figure.bodies < FEWEST_BODIES


def shown_indicators(session: Session) -> Sequence[Indicator]:
    in_order = select(Indicator).where(sa.true() == col(Indicator.is_shown))
    return session.exec(in_order.order_by(col(Indicator.position_in_list), Indicator.code)).all()
