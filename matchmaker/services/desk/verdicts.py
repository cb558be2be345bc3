"""How the mandates of a fund hold a firm on its desk, as the clearance says."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from matchmaker.errors import NotFound
from matchmaker.services import clearing
from matchmaker.services.actors import Actor
from matchmaker.services.calendar import today
from matchmaker.services.clearing import PairClearance
from models.desk import Deal, DealList
from models.enums import ClauseKind, ClauseOutcome, MandateStatus
from models.funds import Mandate

OVER = (MandateStatus.DRAFT, MandateStatus.CLOSED)


@dataclass(frozen=True)
class Held:
    """One mandate held against one firm; only clauses that have a say count."""

    mandate: Mandate
    pair: PairClearance

    @property
    def unknown(self) -> list[ClauseKind]:
        return self._kinds(ClauseOutcome.UNKNOWN)

    @property
    def failed(self) -> list[ClauseKind]:
        return self._kinds(ClauseOutcome.FAILED)

    def _kinds(self, outcome: ClauseOutcome) -> list[ClauseKind]:
        return [one.kind for one in self.pair.lines if one.counts and one.outcome is outcome]


def live_mandates(session: Session, fund_id: UUID) -> Sequence[Mandate]:
    """Those by which a fund judges firms: published, and not over."""
    mine = select(Mandate).where(Mandate.organisation_id == fund_id, col(Mandate.status).not_in(OVER))
    return session.exec(mine.order_by(col(Mandate.created_at), col(Mandate.id))).all()


def held_against(session: Session, actor: Actor, deal: Deal) -> list[Held]:
    """By the mandate of the deal's list, or by all of the fund; none where the firm has no round that can be seen."""
    deal_list = session.get_one(DealList, deal.list_id)
    mandates = live_mandates(session, deal.organisation_id)
    asked = [one for one in mandates if deal_list.mandate_id in (None, one.id)]
    return hold(session, actor, asked, deal.candidate_id)


def hold(session: Session, actor: Actor, mandates: Sequence[Mandate], organisation_id: UUID) -> list[Held]:
    found = [(one, _pair(session, actor, one, organisation_id)) for one in mandates]
    return [Held(mandate, pair) for mandate, pair in found if pair]


def _pair(session: Session, actor: Actor, mandate: Mandate, organisation_id: UUID) -> PairClearance | None:
    try:
        return clearing.lines(session, actor, mandate.id, organisation_id, today=today())
    except NotFound:
        return None
