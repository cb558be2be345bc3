"""With whom a fund could pay a round: funds whose published terms let the firm in, that the record ties to it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from matchmaker.funding.clearance import CLEARED, TO_ASK, VERDICTS, clear
from matchmaker.funding.columns import Mandates
from matchmaker.services.actors import Actor
from matchmaker.services.calendar import today
from matchmaker.services.clearing.reading import get_mandate
from matchmaker.services.desk import conflicts, rights
from matchmaker.store.capital import SeenBy, read_firms, read_mandates, read_vocabulary
from models.enums import ClearanceVerdict, ParticipationRole, ProjectKind
from models.funds import Mandate
from models.organisations import Organisation
from models.track import Participation, Project

MOST_SUGGESTED = 5


@dataclass(frozen=True)
class CoInvestor:
    """A fund with the one of its mandates that suits best. `verdict` is by what our own fund may know of the firm."""

    fund: Organisation
    mandate: Mandate
    verdict: ClearanceVerdict
    together: int  # past deals in which both paid
    in_the_field: int  # its past deals with firms at the same nodes
    pays: float  # of the rest, at most

    def closes(self, rest: float) -> bool:
        return self.pays >= rest


@dataclass(frozen=True)
class Suggestion:
    """`rest` is what the round needs beyond the most that we can pay; None where either is not known."""

    rest: float | None
    funds: tuple[CoInvestor, ...] = ()


def suggest(session: Session, actor: Actor, mandate_id: UUID, organisation_id: UUID) -> Suggestion:
    """Who could pay the rest of a firm's open round beside one of our mandates, the most likely first.

    First who closes the rest alone, then who has nothing to ask, then who has paid beside us most often, then who has
    paid most often in the field. Nobody is named whom neither our deals nor the field tie to the firm.
    """
    mandate = get_mandate(session, actor, mandate_id)
    fund = rights.get_fund(session, actor, mandate.organisation_id)
    vocabulary = read_vocabulary(session)
    firms = read_firms(session, vocabulary, today=today(), seen_by=fund.id, of=organisation_id)
    if not len(firms):
        return Suggestion(None)
    row = len(firms) - 1
    rest = _rest(mandate, float(firms.amount[row]))
    if not rest:
        return Suggestion(rest)

    others = read_mandates(session, vocabulary, today=today(), seen_by=fund.id)
    verdict = clear(others, firms, day=today().toordinal()).verdict[:, row]
    lets_in = np.isin(verdict, [CLEARED, TO_ASK]) & others.is_investing & (_low(others) <= rest)
    keys = {m: UUID(others.fund_ids[m].decode()) for m in np.flatnonzero(lets_in)}
    sees = SeenBy(session, fund.id, today=today())
    ties = _Ties(session, fund.id, organisation_id, set(keys.values()) - {fund.id}, sees)
    tied = {m: key for m, key in keys.items() if key in ties.funds and ties.together[key] + ties.in_the_field[key]}
    wanted = select(Mandate).where(col(Mandate.id).in_([UUID(others.ids[m].decode()) for m in tied]))
    mandates = {one.id: one for one in session.exec(wanted)}
    found = [
        CoInvestor(
            fund=ties.funds[key],
            mandate=mandates[UUID(others.ids[m].decode())],
            verdict=VERDICTS[verdict[m]],
            together=ties.together[key],
            in_the_field=ties.in_the_field[key],
            pays=float(np.nanmin([rest, others.ticket_high[m], others.remaining[m]])),
        )
        for m, key in tied.items()
    ]
    return Suggestion(rest, tuple(_best_of_each(found, rest)[:MOST_SUGGESTED]))


class _Ties:
    """What the track record says between other funds, ours, and the field of the firm, as far as we may see it."""

    def __init__(
        self, session: Session, fund_id: UUID, organisation_id: UUID, others: Iterable[UUID], sees: SeenBy
    ) -> None:
        wanted = select(Organisation).where(col(Organisation.id).in_(list(others)))
        self.funds = {one.id: one for one in session.exec(wanted)}
        deals = _deals_of(session, [fund_id, *self.funds])
        ours = {deal for deal, payer, _payee in deals if payer == fund_id}
        own_nodes = conflicts.nodes_of(session, [organisation_id], sees).get(organisation_id, frozenset())
        nodes = conflicts.nodes_of(session, {payee for _deal, _payer, payee in deals if payee}, sees)
        told = [(deal, payer, payee) for deal, payer, payee in deals if deal in ours or sees(payer, "projects")]
        self.together: Mapping[UUID, int] = Counter(payer for deal, payer, _payee in told if deal in ours)
        self.in_the_field: Mapping[UUID, int] = Counter(
            payer
            for _deal, payer, payee in told
            if payee and sees(payee, "projects") and nodes.get(payee, frozenset()) & own_nodes
        )


def _deals_of(session: Session, funds: Iterable[UUID]) -> list[tuple[UUID, UUID, UUID | None]]:
    """Past investments: the project, who paid, and into whom."""
    payer, payee = aliased(Participation), aliased(Participation)
    is_payee = sa.and_(col(payee.project_id) == col(payer.project_id), col(payee.role) == ParticipationRole.INVESTEE)
    wanted = (
        select(payer.project_id, payer.organisation_id, payee.organisation_id)
        .join(Project, col(Project.id) == col(payer.project_id))
        .join(payee, is_payee, isouter=True)
        .where(Project.kind == ProjectKind.INVESTMENT, payer.role == ParticipationRole.INVESTOR)
        .where(col(payer.organisation_id).in_(list(funds)))
    )
    return list(session.exec(wanted))


def _rest(mandate: Mandate, amount: float) -> float | None:
    if mandate.ticket_high is None or np.isnan(amount):
        return None
    most = mandate.ticket_high if mandate.remaining is None else min(mandate.ticket_high, mandate.remaining)
    return max(0.0, amount - most)


def _low(mandates: Mandates) -> np.ndarray:
    return np.nan_to_num(mandates.ticket_low, nan=0.0)


def _best_of_each(found: Iterable[CoInvestor], rest: float) -> list[CoInvestor]:
    def rank(one: CoInvestor) -> tuple[bool, bool, int, int, float]:
        is_cleared = one.verdict is ClearanceVerdict.CLEARED
        return one.closes(rest), is_cleared, one.together, one.in_the_field, one.pays

    ordered = sorted(found, key=lambda one: str(one.mandate.id))
    ordered.sort(key=rank, reverse=True)
    return list({one.fund.id: one for one in reversed(ordered)}.values())[::-1]
