"""Everything that moves a pair along the funnel, as one statement: who with whom, how far, when, and which no.

A pair is the organisation that seeks (by a need, by a consortium that it leads, by a round) and a candidate. `rank` is
the place of the stage in `STAGES`. `is_word` marks what somebody said about this pair, as against a place on a list;
`is_named` marks sources that the region's officers may read with both names.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session

from matchmaker.services.calendar import start_of
from matchmaker.services.desk.history import MOVED
from matchmaker.services.scope import Scope, organisations_in
from matchmaker.store.shown import ranking_run, shown_places, uuid_of
from models.audit import AuditEntry
from models.base import columns_of
from models.consortia import Consortium, Seat
from models.desk import Deal, DealStage
from models.enums import (
    ConsortiumState,
    DossierState,
    FunnelStage,
    InteractionKind,
    MatchOutcomeKind,
    MatchOutcomeState,
    ScopeKind,
    SeatState,
    StageKind,
)
from models.interest import Interest
from models.matching import Interaction, RankingRun
from models.outcomes import MatchOutcome
from models.rounds import Dossier

F, K = FunnelStage, InteractionKind
STAGES = tuple(FunnelStage)
RANK = {stage: number for number, stage in enumerate(STAGES)}
# Of a fund's desk nobody else learns anything; from so many funds and firms on, a sum tells of none of them.
LEAST_ON_DESKS = 3
LATE = (StageKind.SIGNING, StageKind.PORTFOLIO, StageKind.EXIT)
SUMS_ONLY = frozenset({ScopeKind.REGION, ScopeKind.CHAIN, ScopeKind.NODE, ScopeKind.DISTRICT})

interest, interaction, seat, consortium = (columns_of(one) for one in (Interest, Interaction, Seat, Consortium))
deal, deal_stage, dossier, outcome = (columns_of(one) for one in (Deal, DealStage, Dossier, MatchOutcome))


class Way(StrEnum):
    PARTNERS = "partners"
    CAPITAL = "capital"


class Ended(StrEnum):
    """Why a pair came no further, where nobody gave a reason for a no."""

    OPEN = "open"
    WITHDRAWN = "withdrawn"
    DISSOLVED = "dissolved"
    TOO_FEW = "too_few"


@dataclass(frozen=True, slots=True)
class Period:
    """From the first day to the last, both included, as days are counted in China."""

    first: date
    last: date

    def holds(self, moment: Any) -> Any:
        return sa.and_(moment >= start_of(self.first), moment < start_of(self.last + timedelta(days=1)))

    def holds_day(self, day: Any) -> Any:
        return day.between(self.first, self.last)


def events_in(session: Session, scope: Scope, period: Period, *, without: Collection[UUID] = ()) -> Any:
    """The events of the scope as a subquery. A pair is of the scope of who seeks; of one body: of either side's.

    `without` are challenges whose teams are left out.
    """
    sources = [*_of_consortia(scope, period, without), _of_outcomes(scope, period)]
    if scope.kind is not ScopeKind.CALL:
        sources += [_of_lists(session, period), _of_interactions(period), _of_openings(period), *_of_dossiers(period)]
    if scope.kind in SUMS_ONLY:
        sources += [one for one in of_desks(session, period) if _is_of_enough(session, scope, one)]
    every = sa.union_all(*sources).subquery("every_event")
    return sa.select(every).where(_is_in(scope, every.c)).subquery("event")


def outcomes_in(scope: Scope, period: Period) -> Any:
    """What parties said came of it, whatever the other side says, with the pair that it is about."""
    pairs = _outcome_pairs(scope).where(period.holds_day(outcome.happened_on)).subquery("said")
    return sa.select(pairs).where(_is_in(scope, pairs.c)).subquery("outcome")


def _is_in(scope: Scope, of: Any) -> Any:
    if scope.kind in (ScopeKind.REGION, ScopeKind.CALL):
        return sa.true()
    ours = organisations_in(scope)
    if scope.kind is ScopeKind.ORGANISATION:
        return sa.or_(of.seeker_id.in_(ours), of.candidate_id.in_(ours))
    return of.seeker_id.in_(ours)


def _event(
    way: Any, seeker: Any, candidate: Any, rank: Any, at: Any, *, need: Any = None, reason: Any = None, **marks: Any
) -> Any:
    return sa.select(
        (sa.literal(way.value) if isinstance(way, Way) else way).label("way"),
        seeker.label("seeker_id"),
        candidate.label("candidate_id"),
        (sa.cast(sa.null(), sa.Uuid()) if need is None else need).label("need_id"),
        (sa.literal(RANK[rank]) if isinstance(rank, FunnelStage) else rank).label("rank"),
        sa.type_coerce(at, sa.String).label("at"),
        (sa.cast(sa.null(), sa.String) if reason is None else sa.type_coerce(reason, sa.String)).label("reason"),
        _mark(marks.get("is_word", 1)).label("is_word"),
        _mark(marks.get("is_named", 1)).label("is_named"),
    )


def _mark(value: Any) -> Any:
    return sa.literal(value) if isinstance(value, int) else value


def _of_lists(session: Session, period: Period) -> Any:
    """RECOMMENDED: it stood on a list that was shown to the side that seeks."""
    is_of_seeker = sa.and_(ranking_run.organisation_id.is_not(None), ranking_run.mandate_id.is_(None))
    place = shown_places(session, sa.and_(is_of_seeker, period.holds(ranking_run.created_at))).subquery("place")
    return _event(
        _way_of(place.c),
        place.c.organisation_id,
        place.c.candidate_id,
        F.RECOMMENDED,
        place.c.created_at,
        need=place.c.need_id,
        is_word=0,
    )


def _way_of(list_shown: Any) -> Any:
    """Of a list that the side that seeks has looked at: mandates for its round, or partners."""
    return sa.case((list_shown.round_id.is_not(None), Way.CAPITAL.value), else_=Way.PARTNERS.value)


def _of_openings(period: Period) -> Any:
    """VIEWED: the side that seeks opened it from a list behind which there is no need."""
    without_need = sa.and_(interaction.need_id.is_(None), ranking_run.mandate_id.is_(None))
    return _opened(_way_of(ranking_run), interaction.organisation_id, interaction.candidate_id, period).where(
        without_need
    )


def _opened(way: Any, seeker: Any, candidate: Any, period: Period) -> Any:
    """VIEWED: a page was opened from a list that is kept."""
    event = _event(way, seeker, candidate, F.VIEWED, interaction.created_at, is_word=0, is_named=0)
    of_list = event.join_from(Interaction.__table__, RankingRun.__table__, interaction.run_id == ranking_run.id)  # type: ignore[attr-defined]
    return of_list.where(interaction.kind == K.OPENED, period.holds(interaction.created_at))


def _of_interactions(period: Period) -> Any:
    """VIEWED to CONTRACT for a need: what either side did. What a fund does with firms has no need and is its own."""
    earlier = sa.alias(Interaction.__table__)  # type: ignore[attr-defined]
    was_asked = sa.exists().where(
        earlier.c.need_id == interaction.need_id,
        earlier.c.candidate_id == interaction.candidate_id,
        earlier.c.kind == K.ASKED,
        earlier.c.created_at <= interaction.created_at,
    )
    rank = sa.case(
        (interaction.kind == K.CONTRACTED, RANK[F.CONTRACT]),
        (interaction.kind == K.AGREED, RANK[F.AGREEMENT]),
        (interaction.kind == K.ACCEPTED, RANK[F.MUTUAL]),
        (interaction.kind.in_([K.ASKED, K.DECLINED]), RANK[F.INTEREST]),
        (sa.and_(interaction.kind == K.WITHDRAWN, was_asked), RANK[F.INTEREST]),
        (interaction.kind == K.SHOWN, RANK[F.RECOMMENDED]),
        else_=RANK[F.VIEWED],
    )
    reason = sa.case(
        (interaction.kind == K.WITHDRAWN, Ended.WITHDRAWN.value),
        (interaction.kind.in_([K.DECLINED, K.NOT_USEFUL]), sa.type_coerce(interaction.reason, sa.String)),
        else_=None,
    )
    done = _event(
        Way.PARTNERS,
        interaction.organisation_id,
        interaction.candidate_id,
        rank,
        interaction.created_at,
        need=interaction.need_id,
        reason=reason,
        # Who only looks says nothing.
        is_word=sa.case((interaction.kind == K.OPENED, 0), else_=1),
        is_named=0,
    )
    return done.where(interaction.need_id.is_not(None), period.holds(interaction.created_at))


def _of_consortia(scope: Scope, period: Period, without: Collection[UUID]) -> list[Any]:
    """RECOMMENDED by the composer, INTEREST by an invitation, MUTUAL by a yes, AGREEMENT by the last signature."""
    steps = (
        (F.RECOMMENDED, seat.created_at, sa.true(), None),
        (F.INTEREST, seat.invited_at, seat.invited_at.is_not(None), None),
        (F.INTEREST, seat.answered_at, seat.state == SeatState.DECLINED, seat.reason),
        (F.MUTUAL, seat.answered_at, seat.state == SeatState.ACCEPTED, None),
        (
            F.MUTUAL,
            consortium.changed_at,
            sa.and_(consortium.state == ConsortiumState.DISSOLVED, seat.state == SeatState.ACCEPTED),
            sa.literal(Ended.DISSOLVED.value),
        ),
    )
    held = [_seat_event(scope, stage, at, reason).where(holds, period.holds(at)) for stage, at, holds, reason in steps]
    signed = _seat_event(scope, F.AGREEMENT, consortium.signed_on, None).where(
        consortium.state == ConsortiumState.SIGNED,
        seat.state == SeatState.ACCEPTED,
        period.holds_day(consortium.signed_on),
    )
    others = sa.or_(consortium.challenge_id.is_(None), consortium.challenge_id.not_in(without))
    return [one.where(others) for one in (*held, signed)] if without else [*held, signed]


def _seat_event(scope: Scope, stage: FunnelStage, at: Any, reason: Any) -> Any:
    event = _event(Way.PARTNERS, consortium.lead_id, seat.organisation_id, stage, at, reason=reason)
    joined = event.join_from(Seat.__table__, Consortium.__table__, seat.consortium_id == consortium.id)  # type: ignore[attr-defined]
    of_others = joined.where(seat.organisation_id.is_not(None), seat.organisation_id != consortium.lead_id)
    return of_others.where(consortium.challenge_id == UUID(scope.code)) if scope.kind is ScopeKind.CALL else of_others


def _of_dossiers(period: Period) -> list[Any]:
    """INTEREST when a firm hands in its dossier, MUTUAL when the fund takes it up."""
    sent = dossier.submitted_at
    steps = (
        (F.INTEREST, sent, sent.is_not(None), None),
        (F.MUTUAL, dossier.answered_at, dossier.state == DossierState.TAKEN_UP, None),
        (F.INTEREST, dossier.answered_at, dossier.state == DossierState.DECLINED, dossier.reason),
        (
            F.INTEREST,
            dossier.changed_at,
            sa.and_(dossier.state == DossierState.WITHDRAWN, sent.is_not(None)),
            sa.literal(Ended.WITHDRAWN.value),
        ),
    )
    return [
        _event(Way.CAPITAL, dossier.organisation_id, dossier.fund_id, stage, at, reason=reason).where(
            holds, period.holds(at)
        )
        for stage, at, holds, reason in steps
    ]


def of_desks(session: Session, period: Period) -> list[Any]:
    """What only a fund's desk knows, each source apart; never with names.

    RECOMMENDED and VIEWED by the radar, AGREEMENT when a deal comes to be signed, CONTRACT when it is paid.
    """
    of_radar = sa.and_(ranking_run.mandate_id.is_not(None), period.holds(ranking_run.created_at))
    place = shown_places(session, of_radar).subquery("radar")
    firm, fund = place.c.candidate_id, place.c.organisation_id
    shown = _event(Way.CAPITAL, firm, fund, F.RECOMMENDED, place.c.created_at, is_word=0, is_named=0)
    # The fund looks, but the side that seeks is the firm.
    opened = _opened(Way.CAPITAL, interaction.candidate_id, interaction.organisation_id, period)
    return [
        shown,
        opened.where(ranking_run.mandate_id.is_not(None)),
        *_of_deals(session, period),
    ]


def _of_deals(session: Session, period: Period) -> list[Any]:
    came = _came_to_be_signed(session).subquery("came")
    at = sa.func.coalesce(came.c.at, deal.created_at)
    signing = _deal_event(F.AGREEMENT, at).outerjoin(came, came.c.deal_id == deal.id)
    paid = _deal_event(F.CONTRACT, deal.paid_on)
    return [
        signing.where(deal_stage.kind.in_(LATE), period.holds(at)),
        paid.where(deal_stage.kind.in_(LATE[1:]), period.holds_day(deal.paid_on)),
    ]


def _came_to_be_signed(session: Session) -> Any:
    """By deal when it last came from an earlier stage to one of the LATE, as its own history in the audit log tells."""
    entry, before, after = columns_of(AuditEntry), *(sa.alias(DealStage.__table__) for _ in range(2))  # type: ignore[attr-defined]
    was, now = (uuid_of(session, entry.changes["stage_id", place].as_string()) for place in range(2))
    deal_id = uuid_of(session, entry.subject_id)
    moves = sa.join(AuditEntry.__table__, after, after.c.id == now).outerjoin(before, before.c.id == was)  # type: ignore[attr-defined]
    from_earlier = sa.or_(before.c.kind.is_(None), before.c.kind.not_in(LATE))
    is_move = sa.and_(entry.subject_type == Deal.__tablename__, entry.action == MOVED)
    found = sa.select(deal_id.label("deal_id"), sa.func.max(entry.at).label("at")).select_from(moves)
    return found.where(is_move, after.c.kind.in_(LATE), from_earlier).group_by(deal_id)


def _deal_event(stage: FunnelStage, at: Any) -> Any:
    event = _event(Way.CAPITAL, deal.candidate_id, deal.organisation_id, stage, at, is_named=0)
    return event.join_from(Deal.__table__, DealStage.__table__, deal.stage_id == deal_stage.id)  # type: ignore[attr-defined]


def _is_of_enough(session: Session, scope: Scope, source: Any) -> bool:
    """Whether enough funds and firms are in a source of desks that it tells of none of them."""
    found = source.subquery("on_desks")
    sides = (sa.func.count(sa.distinct(found.c.candidate_id)), sa.func.count(sa.distinct(found.c.seeker_id)))
    return min(session.execute(sa.select(*sides).where(_is_in(scope, found.c))).one()) >= LEAST_ON_DESKS


def _of_outcomes(scope: Scope, period: Period) -> Any:
    """CONTRACT or OUTCOME: what one side said came of it and the other confirmed."""
    said = _outcome_pairs(scope).where(
        outcome.state == MatchOutcomeState.CONFIRMED, period.holds_day(outcome.happened_on)
    )
    of = said.subquery("confirmed").c
    rank = sa.case((of.kind == MatchOutcomeKind.CONTRACT, RANK[F.CONTRACT]), else_=RANK[F.OUTCOME])
    return _event(of.way, of.seeker_id, of.candidate_id, rank, of.happened_on, need=of.need_id)


def _outcome_pairs(scope: Scope) -> Any:
    """Outcomes with who seeks, the candidate and the need; a consortium's pair is its lead with the member."""
    of_deal = outcome.deal_id.is_not(None)
    is_lead = outcome.stated_by_id == consortium.lead_id
    member = sa.case((is_lead, outcome.other_id), else_=outcome.stated_by_id)
    pairs = sa.select(
        outcome.id,
        outcome.kind,
        outcome.state,
        outcome.happened_on,
        outcome.amount,
        sa.case((of_deal, Way.CAPITAL.value), else_=Way.PARTNERS.value).label("way"),
        sa.func.coalesce(interest.organisation_id, deal.candidate_id, consortium.lead_id).label("seeker_id"),
        sa.func.coalesce(interest.candidate_id, deal.organisation_id, member).label("candidate_id"),
        interest.need_id,
    ).select_from(
        sa.outerjoin(MatchOutcome.__table__, Interest.__table__, outcome.interest_id == interest.id)  # type: ignore[attr-defined]
        .outerjoin(Deal.__table__, outcome.deal_id == deal.id)  # type: ignore[attr-defined]
        .outerjoin(Consortium.__table__, outcome.consortium_id == consortium.id)  # type: ignore[attr-defined]
    )
    return pairs.where(consortium.challenge_id == UUID(scope.code)) if scope.kind is ScopeKind.CALL else pairs
