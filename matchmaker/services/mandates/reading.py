"""What a mandate says, as the drafts it was written from, and which clauses it states at all."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from matchmaker.funding.calendar import after_years
from matchmaker.services.mandates.drafts import (
    ClauseDraft,
    ClausesDraft,
    DirectionDraft,
    FieldDraft,
    FundDraft,
    LimitsDraft,
    StepDraft,
)
from models.enums import ClauseForce, ClauseKind, FinancingStage
from models.funds import ClauseDefault, Mandate, MandateClause, MandateField

K = ClauseKind
# A clause is stated where all of these are; what a fund does not state is held against nobody.
STATED_BY: Mapping[ClauseKind, tuple[str, ...]] = {
    K.STATUS: (),
    K.FIELD: ("fields",),
    K.EXCLUSION: ("exclusions",),
    K.DISTRICT: ("districts",),
    K.STAGE: ("stages",),
    K.FIRM_AGE: ("firm_age_high",),
    K.STAFF: ("staff_high",),
    K.RD_RATIO: ("rd_ratio_low",),
    K.CERTIFICATION: ("certifications",),
    K.READINESS: ("trl_low",),
    K.VALUATION: ("valuation_high",),
    K.TICKET: ("ticket_low",),
    K.STAKE: ("stake_high", "ticket_low"),
    K.MONEY_LEFT: ("remaining", "ticket_low"),
    K.LIFE: ("started_on", "investment_years", "exit_years"),
    K.MAIN_FIELD_SHARE: ("main_field_share", "main_fields"),
    K.REINVESTMENT: ("reinvestment_multiple",),
}


@dataclass(frozen=True, kw_only=True)
class Terms:
    """All that a mandate says, step by step."""

    fund: FundDraft
    direction: DirectionDraft
    limits: LimitsDraft
    clauses: ClausesDraft

    def with_step(self, draft: StepDraft) -> "Terms":
        """The terms as they would be with this step in place of its own."""
        match draft:
            case FundDraft():
                return replace(self, fund=draft)
            case DirectionDraft():
                return replace(self, direction=draft)
            case LimitsDraft():
                return replace(self, limits=draft)
            case ClausesDraft():
                return replace(self, clauses=draft)

    @property
    def steps(self) -> tuple[StepDraft, ...]:
        return (self.fund, self.direction, self.limits, self.clauses)

    def step(self, kind: type[Any]) -> Any:
        return next(one for one in self.steps if isinstance(one, kind))

    def columns(self) -> dict[str, Any]:
        """Everything that is a column of a mandate; lists as JSON holds them."""
        values = {f.name: getattr(step, f.name) for step in self.steps for f in fields(step)}
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in values.items()
            if name not in PARTS
        }

    def value(self, name: str) -> Any:
        if name == "fields":
            return self.direction.fields
        if name == "main_fields":
            return self.direction.main_fields
        return self.columns()[name]


# Rows of their own; everything else of a step is a column of the mandate.
PARTS = frozenset({"fields", "clauses"})


def terms_of(session: Session, mandate: Mandate) -> Terms:
    return terms_of_all(session, [mandate])[mandate.id]


def terms_of_all(session: Session, mandates: Sequence[Mandate]) -> dict[UUID, Terms]:
    """What each says, read at once for all of them."""
    ids = [mandate.id for mandate in mandates]
    main_first = (col(MandateField.is_main).desc(), MandateField.node_code)
    fields_by, clauses_by = defaultdict(list), defaultdict(list)
    for row in session.exec(select(MandateField).where(col(MandateField.mandate_id).in_(ids)).order_by(*main_first)):
        fields_by[row.mandate_id].append(FieldDraft(node_code=row.node_code, is_main=row.is_main))
    for clause in session.exec(select(MandateClause).where(col(MandateClause.mandate_id).in_(ids))):
        clauses_by[clause.mandate_id].append(_clause(clause))
    return {one.id: _terms(one, tuple(fields_by[one.id]), in_order(clauses_by[one.id])) for one in mandates}


def _terms(mandate: Mandate, at: tuple[FieldDraft, ...], clauses: tuple[ClauseDraft, ...]) -> Terms:
    rows = {"fields": at, "clauses": clauses}

    def step(draft: type[Any]) -> Any:
        names = (f.name for f in fields(draft))
        return draft(**{name: rows[name] if name in PARTS else _column(mandate, name) for name in names})

    return Terms(
        fund=step(FundDraft), direction=step(DirectionDraft), limits=step(LimitsDraft), clauses=step(ClausesDraft)
    )


def stored(session: Session, mandate: Mandate, step: type[Any]) -> Any:
    """What the mandate holds now of one step: the start of an edit form."""
    return terms_of(session, mandate).step(step)


def _clause(row: MandateClause) -> ClauseDraft:
    """A clause that is held in a way or in words of the fund's own."""
    return ClauseDraft(**{f.name: getattr(row, f.name) for f in fields(ClauseDraft)})


def in_order(clauses: Any) -> tuple[ClauseDraft, ...]:
    kinds = list(ClauseKind)
    return tuple(sorted(clauses, key=lambda clause: kinds.index(clause.kind)))


def default_forces(session: Session) -> dict[ClauseKind, ClauseForce]:
    """How hard each clause is held where a fund says nothing else."""
    return {row.kind: row.force for row in session.exec(select(ClauseDefault))}


def stated_kinds(terms: Terms) -> tuple[ClauseKind, ...]:
    """The clauses that these terms state, in the order of the list."""
    return tuple(kind for kind, names in STATED_BY.items() if all(_is_said(terms.value(name)) for name in names))


def held_clauses(session: Session, terms: Terms) -> tuple[ClauseDraft, ...]:
    """Every clause that is stated, with how hard it is held, be that the fund's own word or the usual."""
    return held_by(terms, default_forces(session))


def held_by(terms: Terms, usual: Mapping[ClauseKind, ClauseForce]) -> tuple[ClauseDraft, ...]:
    own = {clause.kind: clause for clause in terms.clauses.clauses}
    return tuple(
        own.get(kind) or ClauseDraft(kind=kind, force=usual.get(kind, ClauseForce.HARD)) for kind in stated_kinds(terms)
    )


def life_ends_on(started_on: date | None, investment_years: int | None, exit_years: int | None) -> date | None:
    """When a fund has to be out without an extension, as clearance counts it; None where its life is not said."""
    if started_on is None or investment_years is None or exit_years is None:
        return None
    return after_years(started_on, investment_years + exit_years)


def _is_said(value: Any) -> bool:
    return value is not None and value not in ("", (), [])


def _column(mandate: Mandate, name: str) -> Any:
    if name == "stages":
        return tuple(FinancingStage(code) for code in mandate.stages)
    value = getattr(mandate, name)
    return tuple(value) if isinstance(value, list) else value
