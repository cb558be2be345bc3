"""Columns of mandates: their terms, the force of each clause, and what the fund has paid so far."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from scipy.sparse import csr_array
from sqlmodel import Session, col, select

from matchmaker.columns import sparse_rows
from matchmaker.funding.calendar import after_years, years_between
from matchmaker.funding.columns import CLAUSES, FORCES, STAGES, TOLERANCES, Mandates
from matchmaker.profiles import UNKNOWN, Scores
from matchmaker.store.capital.paid import Payments, read_payments
from matchmaker.store.capital.words import exclusion_words
from matchmaker.store.reading import Vocabulary, keys_of
from models.enums import ClauseForce, ClauseKind, FinancingStage, MandateStatus, OrganisationState
from models.funds import ClauseDefault, Mandate, MandateClause, MandateField
from models.organisations import Organisation
from models.taxonomy import ChainNode


@dataclass(frozen=True)
class Terms:
    """What a mandate says; the record may be one that is not saved."""

    mandate: Mandate
    fields: Mapping[str, bool] = field(default_factory=dict)  # code of a chain node -> whether it is a main field
    forces: Mapping[ClauseKind, ClauseForce] = field(default_factory=dict)  # where they differ from the usual


def is_published() -> sa.ColumnElement[bool]:
    """Whether others than the fund's own people may know of a mandate: a condition for statements."""
    of_active = select(Organisation.id).where(Organisation.state == OrganisationState.ACTIVE)
    return sa.and_(col(Mandate.status) != MandateStatus.DRAFT, col(Mandate.organisation_id).in_(of_active))


def read_mandates(
    session: Session,
    vocabulary: Vocabulary,
    *,
    today: date,
    seen_by: UUID | None = None,
    only: Sequence[UUID] | None = None,
) -> Mandates:
    """Columns of all published mandates, or of `only` some whatever their state, in the order of their ids.

    `seen_by` is the organisation that reads: a fund's own deals count in what it has paid for nobody but itself.
    """
    wanted = select(Mandate).where(is_published() if only is None else col(Mandate.id).in_(only))
    found = sorted(session.exec(wanted).all(), key=lambda one: str(one.id))
    return columns_of_terms(session, vocabulary, read_terms(session, found), today=today, seen_by=seen_by)


def read_terms(session: Session, mandates: Iterable[Mandate]) -> list[Terms]:
    """The terms of mandates that are stored."""
    listed = list(mandates)
    fields: dict[UUID, dict[str, bool]] = defaultdict(dict)
    forces: dict[UUID, dict[ClauseKind, ClauseForce]] = defaultdict(dict)
    for some in _in_chunks([one.id for one in listed]):
        for row in session.exec(select(MandateField).where(col(MandateField.mandate_id).in_(some))):
            fields[row.mandate_id][row.node_code] = row.is_main
        for clause in session.exec(select(MandateClause).where(col(MandateClause.mandate_id).in_(some))):
            forces[clause.mandate_id][clause.kind] = clause.force
    return [Terms(one, fields[one.id], forces[one.id]) for one in listed]


def columns_of_terms(
    session: Session, vocabulary: Vocabulary, terms: Sequence[Terms], *, today: date, seen_by: UUID | None = None
) -> Mandates:
    """Columns of terms in their order; a mandate that is not saved has what its organisation has paid."""
    rows = [one.mandate for one in terms]
    under = _children(session)
    fields = [_nodes_under(under, vocabulary, one.fields) for one in terms]
    mains = [_nodes_under(under, vocabulary, _main(one.fields)) for one in terms]
    payments = read_payments(session, rows, today=today, seen_by=seen_by)
    paid = [_paid(payments, one.id, vocabulary, main) for one, main in zip(rows, mains, strict=True)]
    return Mandates(
        ids=keys_of([one.id for one in rows]),
        fund_ids=keys_of([one.organisation_id for one in rows]),
        is_investing=np.array([one.status is MandateStatus.INVESTING for one in rows], bool),
        fields=_sparse(fields, vocabulary.size("nodes")),
        main_fields=_sparse(mains, vocabulary.size("nodes")),
        exclusions=_coded(vocabulary, "words", [exclusion_words(one.exclusions) for one in rows]),
        places=_coded(vocabulary, "places", [one.districts for one in rows]),
        stages=np.array(
            [sum(1 << STAGES.index(FinancingStage(code)) for code in set(one.stages)) for one in rows], np.uint16
        ),
        certifications=_coded(vocabulary, "schemes", [one.certifications for one in rows]),
        age_high=_numbers(rows, lambda one: one.firm_age_high),
        staff_high=_numbers(rows, lambda one: one.staff_high),
        valuation_high=_numbers(rows, lambda one: one.valuation_high),
        rd_ratio_low=_numbers(rows, lambda one: one.rd_ratio_low),
        trl_low=_numbers(rows, lambda one: one.trl_low),
        ticket_low=_numbers(rows, lambda one: one.ticket_low),
        ticket_high=_numbers(rows, lambda one: one.ticket_high),
        stake_high=_numbers(rows, lambda one: one.stake_high),
        remaining=_numbers(rows, lambda one: one.remaining),
        investing_left=_numbers(rows, lambda one: _left(one, today, one.investment_years)),
        life_left=_numbers(rows, lambda one: _left(one, today, one.investment_years, one.exit_years)),
        extension=_numbers(rows, lambda one: one.extension_years),
        main_share=_numbers(rows, lambda one: one.main_field_share),
        paid=np.array([total for total, _ in paid], np.float64),
        paid_main=np.array([main for _, main in paid], np.float64),
        reinvestment=_numbers(rows, lambda one: one.reinvestment_multiple),
        tolerance=np.array([_tolerance(one) for one in rows], np.int8),
        decision_weeks=_numbers(rows, lambda one: one.decision_weeks),
        force=_forces(session, terms),
    )


def _left(mandate: Mandate, today: date, *spans: int | None) -> float | None:
    """Years from today until the spans are over that begin with the fund; 0 where they are."""
    if mandate.started_on is None or any(span is None for span in spans):
        return None
    end = after_years(mandate.started_on, sum(span or 0 for span in spans))
    return max(0.0, years_between(today, end))


def _forces(session: Session, terms: Sequence[Terms]) -> Any:
    usual = dict(session.exec(select(ClauseDefault.kind, ClauseDefault.force)).all())
    rows = [
        [FORCES.index(one.forces.get(kind, usual.get(kind, ClauseForce.HARD))) for kind in CLAUSES] for one in terms
    ]
    return np.array(rows, np.uint8).reshape(len(terms), len(CLAUSES))


def _children(session: Session) -> dict[str | None, list[str]]:
    under: dict[str | None, list[str]] = defaultdict(list)
    for code, parent in session.exec(select(ChainNode.code, ChainNode.parent_code)):
        under[parent].append(code)
    return under


def _nodes_under(under: Mapping[str | None, list[str]], vocabulary: Vocabulary, codes: Iterable[str]) -> frozenset[int]:
    """Rows of the nodes that are named, and of all below them."""
    found: set[str] = set()
    open_ones = list(codes)
    while open_ones:
        code = open_ones.pop()
        if code not in found:
            found.add(code)
            open_ones.extend(under.get(code, ()))
    return frozenset(row for code in found if (row := vocabulary.find("nodes", code)) != UNKNOWN)


def _main(fields: Mapping[str, bool]) -> list[str]:
    return [code for code, is_main in fields.items() if is_main]


def _paid(
    payments: Mapping[UUID, Payments], mandate_id: UUID, vocabulary: Vocabulary, main: frozenset[int]
) -> tuple[float, float]:
    """All of it and what went into main fields; NaN where nothing is recorded, or somebody's field is not known."""
    found = payments.get(mandate_id, ())
    if not found:
        return float("nan"), float("nan")
    total = sum(one.amount for one in found)
    if any(not one.nodes for one in found):
        return total, float("nan")
    in_main = (one.amount for one in found if any(vocabulary.find("nodes", code) in main for code in one.nodes))
    return total, sum(in_main)


def _numbers(rows: Sequence[Mandate], value: Callable[[Mandate], float | None]) -> Scores:
    found = [value(one) for one in rows]
    return np.array([np.nan if one is None else one for one in found], np.float64)


def _tolerance(mandate: Mandate) -> int:
    return UNKNOWN if mandate.risk_tolerance is None else TOLERANCES.index(mandate.risk_tolerance)


def _coded(vocabulary: Vocabulary, name: str, codes: Sequence[Sequence[str]]) -> csr_array:
    rows = [frozenset(vocabulary.row(name, code) for code in one) for one in codes]
    return _sparse(rows, vocabulary.size(name))


def _sparse(rows: Sequence[frozenset[int]], columns: int) -> csr_array:
    pairs = [(number, column, 1.0) for number, row in enumerate(rows) for column in sorted(row)]
    return sparse_rows(pairs, rows=len(rows), columns=columns)


def _in_chunks(ids: Sequence[UUID]) -> Iterable[Sequence[UUID]]:
    return (ids[start : start + 500] for start in range(0, len(ids), 500))
