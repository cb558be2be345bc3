"""Matches of which an organisation may say what came of them, as that organisation knows of them.

An interest that the other side has accepted, a consortium that all have signed, a deal that a fund is signing or has
paid. Of a deal the firm learns with the fund's first statement about it: before, the desk is the fund's own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.errors import NotFound
from matchmaker.services.actors import Actor, Permission, require
from models.base import CHINA
from models.consortia import Consortium, Seat
from models.desk import Deal, DealStage
from models.enums import ConsortiumState, InterestState, MatchOutcomeState, SeatState, StageKind
from models.interest import Interest
from models.offers import Need
from models.organisations import Organisation
from models.outcomes import MatchOutcome

MUTUAL = (InterestState.ACCEPTED, InterestState.AGREED, InterestState.CONTRACTED)
LATE = (StageKind.SIGNING, StageKind.PORTFOLIO, StageKind.EXIT)


class MatchKind(StrEnum):
    """By what two organisations have come together; the column of an outcome that names it is `<kind>_id`."""

    INTEREST = "interest"
    CONSORTIUM = "consortium"
    DEAL = "deal"


@dataclass(frozen=True)
class Match:
    """One side's view: who we are, who the others are, since when, and what it is about."""

    kind: MatchKind
    id: UUID
    organisation_id: UUID
    others: tuple[Organisation, ...]
    since: date
    title_zh: str
    title_en: str
    outcomes: tuple[MatchOutcome, ...]


def list_matches(session: Session, actor: Actor, organisation_id: UUID) -> list[Match]:
    """All matches of an organisation with what was said of them, the latest first."""
    require(actor, Permission.INTEREST_VIEW, organisation_id)
    found = [
        *_interests(session, organisation_id),
        *_consortia(session, organisation_id),
        *_deals(session, organisation_id),
    ]
    return sorted(found, key=lambda match: (match.since, str(match.id)), reverse=True)


def get_match(session: Session, actor: Actor, organisation_id: UUID, kind: MatchKind, match_id: UUID) -> Match:
    found = [one for one in list_matches(session, actor, organisation_id) if (one.kind, one.id) == (kind, match_id)]
    if not found:
        raise NotFound("match", match_id)
    return found[0]


def _interests(session: Session, ours: UUID) -> list[Match]:
    asked = (
        select(Interest, Need)
        .join(Need, col(Need.id) == col(Interest.need_id))
        .where(
            col(Interest.state).in_(MUTUAL),
            sa.or_(col(Interest.organisation_id) == ours, col(Interest.candidate_id) == ours),
        )
    )
    rows = session.exec(asked).all()
    other = {one.id: one.candidate_id if one.organisation_id == ours else one.organisation_id for one, _ in rows}
    names, said = _organisations(session, other.values()), _said(session, MatchKind.INTEREST, other)
    return [
        Match(
            MatchKind.INTEREST,
            one.id,
            ours,
            (names[other[one.id]],),
            _day(one.asked_at or one.created_at),
            need.title_zh or need.title_en,
            need.title_en or need.title_zh,
            said.get(one.id, ()),
        )
        for one, need in rows
    ]


def _consortia(session: Session, ours: UUID) -> list[Match]:
    """The lead with each member: what came of it is between the two, so members do not state it among themselves."""
    taken = sa.and_(col(Seat.state) == SeatState.ACCEPTED, col(Consortium.state) == ConsortiumState.SIGNED)
    seats = select(Consortium, Seat).join(Seat, col(Seat.consortium_id) == col(Consortium.id)).where(taken)
    in_ours = sa.select(col(Seat.consortium_id)).where(
        col(Seat.organisation_id) == ours, col(Seat.state) == SeatState.ACCEPTED
    )
    rooms: dict[UUID, Consortium] = {}
    others: dict[UUID, list[UUID]] = {}
    for room, seat in session.exec(seats.where(col(Consortium.id).in_(in_ours)).order_by(col(Seat.position))):
        rooms[room.id] = room
        is_with_lead = room.lead_id in (ours, seat.organisation_id)
        if seat.organisation_id is not None and seat.organisation_id != ours and is_with_lead:
            others.setdefault(room.id, []).append(seat.organisation_id)
    names = _organisations(session, [key for keys in others.values() for key in keys])
    said = _said(session, MatchKind.CONSORTIUM, rooms)
    return [
        Match(
            MatchKind.CONSORTIUM,
            room.id,
            ours,
            tuple(names[key] for key in others.get(room.id, ())),
            room.signed_on or _day(room.created_at),
            room.name_zh or room.name_en,
            room.name_en or room.name_zh,
            tuple(one for one in said.get(room.id, ()) if ours in (one.stated_by_id, one.other_id)),
        )
        for room in rooms.values()
        if others.get(room.id)
    ]


def _deals(session: Session, ours: UUID) -> list[Match]:
    """For the fund all that it is signing or has paid; for the firm those of which the fund has said something."""
    told = sa.select(col(MatchOutcome.deal_id)).where(
        col(MatchOutcome.deal_id).is_not(None), col(MatchOutcome.state) != MatchOutcomeState.WITHDRAWN
    )
    of_firm = sa.and_(col(Deal.candidate_id) == ours, col(Deal.id).in_(told))
    late = (
        select(Deal)
        .join(DealStage, col(DealStage.id) == col(Deal.stage_id))
        .where(sa.or_(sa.and_(col(Deal.organisation_id) == ours, col(DealStage.kind).in_(LATE)), of_firm))
    )
    rows = session.exec(late).all()
    other = {one.id: one.candidate_id if one.organisation_id == ours else one.organisation_id for one in rows}
    names, said = _organisations(session, other.values()), _said(session, MatchKind.DEAL, other)
    return [
        Match(
            MatchKind.DEAL,
            one.id,
            ours,
            (names[other[one.id]],),
            _since(one, ours, said.get(one.id, ())),
            "",
            "",
            said.get(one.id, ()),
        )
        for one in rows
    ]


def _since(deal: Deal, ours: UUID, said: Sequence[MatchOutcome]) -> date:
    """When the fund began to look at a firm is the fund's own; the firm reads the first day that was told to it."""
    if deal.organisation_id == ours:
        return _day(deal.created_at)
    return min(one.happened_on for one in said)


def _said(session: Session, kind: MatchKind, ids: Iterable[UUID]) -> dict[UUID, tuple[MatchOutcome, ...]]:
    """Statements that stand, by match, the latest first."""
    of: Any = getattr(MatchOutcome, f"{kind.value}_id")
    wanted = select(MatchOutcome).where(of.in_(list(ids)), col(MatchOutcome.state) != MatchOutcomeState.WITHDRAWN)
    found: dict[UUID, tuple[MatchOutcome, ...]] = {}
    for one in session.exec(wanted.order_by(col(MatchOutcome.happened_on).desc(), col(MatchOutcome.id).desc())):
        key = getattr(one, f"{kind.value}_id")
        found[key] = (*found.get(key, ()), one)
    return found


def _organisations(session: Session, ids: Iterable[UUID]) -> dict[UUID, Organisation]:
    return {one.id: one for one in session.exec(select(Organisation).where(col(Organisation.id).in_(set(ids))))}


def _day(moment: datetime) -> date:
    return moment.astimezone(CHINA).date()
