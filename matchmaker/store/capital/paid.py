"""What a fund has paid so far, and to firms at which chain nodes, as far as one reader may know."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from matchmaker.store.capital.seeing import SeenBy
from matchmaker.store.reading import rows_of
from models.base import columns_of
from models.desk import Deal, DealList, DealStage
from models.enums import MandateStatus, ParticipationRole, ProjectKind, StageKind
from models.funds import Mandate
from models.organisations import OrganisationNode
from models.track import Participation, Project

PAID_STAGES = (StageKind.PORTFOLIO, StageKind.EXIT)
CURRENCY = "CNY"


@dataclass(frozen=True)
class Payment:
    fund_id: UUID
    firm_id: UUID | None
    amount: float  # CNY
    paid_on: date | None
    mandate_id: UUID | None = None  # None: the record names none
    nodes: frozenset[str] = frozenset()  # at which the firm works; empty: not known


Payments = Sequence[Payment]


def read_payments(
    session: Session, mandates: Sequence[Mandate], *, today: date, seen_by: UUID | None
) -> Mapping[UUID, Payments]:
    """By mandate. A deal belongs to the mandate of its list; what names no mandate (past investments, other lists)
    belongs to the only mandate of its fund, and to none where the fund has several: a guess would be no record."""
    funds = {one.organisation_id for one in mandates}
    recorded: dict[UUID, list[Payment]] = defaultdict(list)
    for payment in _recorded(session, funds, SeenBy(session, seen_by, today=today), seen_by):
        recorded[payment.fund_id].append(payment)
    published = _published(session)
    return {
        one.id: [payment for payment in recorded[one.organisation_id] if _is_of(payment, one, published)]
        for one in mandates
    }


def _recorded(session: Session, funds: Collection[UUID], sees: SeenBy, seen_by: UUID | None) -> list[Payment]:
    """Deals of the reader itself, and past investments that it may see; one that is recorded twice counts once."""
    deals = _deals(session, seen_by) if seen_by in funds else []
    known = {(one.firm_id, one.amount) for one in deals}
    past = [one for one in _investments(session, funds, sees) if (one.firm_id, one.amount) not in known]
    nodes = _nodes(session, {one.firm_id for one in deals + past if one.firm_id})

    def of_firm(one: Payment) -> frozenset[str]:
        if one.firm_id is None or not (one.fund_id == seen_by or sees(one.firm_id, "nodes")):
            return frozenset()
        return frozenset(nodes[one.firm_id])

    return [
        Payment(one.fund_id, one.firm_id, one.amount, one.paid_on, one.mandate_id, of_firm(one)) for one in deals + past
    ]


def _is_of(payment: Payment, mandate: Mandate, published: Mapping[UUID, set[UUID]]) -> bool:
    """A draft that revises a mandate stands for it."""
    itself = {mandate.id, mandate.revises_id}
    if payment.mandate_id is not None:
        return payment.mandate_id in itself
    is_before = payment.paid_on and mandate.started_on and payment.paid_on < mandate.started_on
    return not is_before and published[mandate.organisation_id] <= itself


def _published(session: Session) -> Mapping[UUID, set[UUID]]:
    found: dict[UUID, set[UUID]] = defaultdict(set)
    wanted = select(Mandate.organisation_id, Mandate.id).where(col(Mandate.status) != MandateStatus.DRAFT)
    for fund_id, mandate_id in session.exec(wanted):
        found[fund_id].add(mandate_id)
    return found


def _deals(session: Session, fund_id: UUID | None) -> list[Payment]:
    wanted = (
        select(Deal, DealList.mandate_id)
        .join(DealStage, col(Deal.stage_id) == DealStage.id)
        .join(DealList, col(Deal.list_id) == DealList.id)
        .where(Deal.organisation_id == fund_id, col(DealStage.kind).in_(PAID_STAGES), col(Deal.amount).is_not(None))
        .order_by(col(Deal.id))
    )
    return [
        Payment(deal.organisation_id, deal.candidate_id, deal.amount or 0.0, deal.paid_on, mandate_id)
        for deal, mandate_id in session.exec(wanted)
    ]


def _investments(session: Session, funds: Collection[UUID], sees: SeenBy) -> list[Payment]:
    """What funds are recorded to have paid; into whom only where the firm lets its projects be seen."""
    part, firm = Participation, aliased(Participation)
    projects, payer, payee = columns_of(Project), columns_of(part), firm
    wanted = (
        sa.select(payer.organisation_id, payer.amount, projects.started_on, payee.organisation_id.label("firm_id"))  # type: ignore[attr-defined]
        .join_from(payer.project_id.table, projects.id.table, payer.project_id == projects.id)
        .join(
            payee,
            sa.and_(
                col(payee.project_id) == projects.id,
                col(payee.role) == ParticipationRole.INVESTEE,
            ),
            isouter=True,
        )
        .where(projects.kind == ProjectKind.INVESTMENT, projects.currency == CURRENCY)
        .where(payer.role == ParticipationRole.INVESTOR, payer.amount.is_not(None))
        .order_by(projects.started_on, projects.id)
    )
    return [
        Payment(
            fund_id=row.organisation_id,
            firm_id=row.firm_id if row.firm_id and sees(row.firm_id, "projects") else None,
            amount=row.amount,
            paid_on=row.started_on,
        )
        for row in rows_of(session, wanted, payer.organisation_id, list(funds))
        if sees(row.organisation_id, "projects")
    ]


def _nodes(session: Session, firms: Iterable[UUID]) -> Mapping[UUID, set[str]]:
    table: Any = columns_of(OrganisationNode)
    found: dict[UUID, set[str]] = defaultdict(set)
    wanted = sa.select(table.organisation_id, table.node_code)
    for row in rows_of(session, wanted, table.organisation_id, list(firms)):
        found[row.organisation_id].add(row.node_code)
    return found
