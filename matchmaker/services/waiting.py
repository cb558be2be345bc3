"""What waits for a person in the name of their organisations: one list, from numbers and days alone.

Each kind is counted by the rows that only somebody with that right may act on, so whoever may only look is told of
none. What waits on the registry desk is counted in `matchmaker.services.workbench`.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.services.actors import Actor, Permission, can
from matchmaker.services.calendar import today
from matchmaker.services.certifications.standing import ends_soon_after
from models.base import CHINA
from models.consortia import Consortium, Seat
from models.enums import (
    ConsortiumState,
    DataRequestState,
    DossierState,
    InterestState,
    MatchOutcomeState,
    OrganisationState,
    QuestionState,
    SeatState,
)
from models.interest import Interest
from models.opening import DataRequest
from models.organisations import Certification, Organisation
from models.outcomes import MatchOutcome
from models.rounds import Dossier, FactQuestion


class Wait(StrEnum):
    """In the order in which they are told: what others wait for first."""

    REQUESTS = "requests"
    INVITATIONS = "invitations"
    DOSSIERS = "dossiers"
    QUESTIONS = "questions"
    OUTCOMES = "outcomes"
    DATA_REQUESTS = "data_requests"
    CERTIFICATIONS = "certifications"


@dataclass(frozen=True)
class Waiting:
    """`day`: since when the oldest waits; of certifications the day on which the first one ends."""

    wait: Wait
    organisation: Organisation
    count: int
    day: date | None


@dataclass(frozen=True)
class _Source:
    wait: Wait
    permission: Permission
    owner: Any
    day: Any
    holds: Any


def list_waiting(session: Session, actor: Actor) -> list[Waiting]:
    """By organisation, in the order of `Wait`; nothing for who belongs to none."""
    mine = select(Organisation).where(
        col(Organisation.id).in_(list(actor.memberships)), Organisation.state == OrganisationState.ACTIVE
    )
    organisations = (
        session.exec(mine.order_by(Organisation.name_zh, col(Organisation.id))).all() if actor.memberships else []
    )
    counted = {
        (source.wait, owner): (count, day)
        for source in (_sources() if organisations else ())
        for owner, count, day in _count(session, source, _may_act(actor, organisations, source.permission))
    }
    return [
        Waiting(wait, one, *counted[wait, one.id])
        for one in organisations
        for wait in Wait
        if (wait, one.id) in counted
    ]


def _may_act(actor: Actor, organisations: Collection[Organisation], permission: Permission) -> list[UUID]:
    """As a member: what the platform's roles allow elsewhere is no work of theirs here."""
    member = Actor(user_id=actor.user_id, memberships=actor.memberships)
    return [one.id for one in organisations if can(member, permission, one.id)]


def _count(session: Session, source: _Source, owners: list[UUID]) -> Iterator[tuple[UUID, int, date | None]]:
    numbers = sa.select(source.owner, sa.func.count(), sa.func.min(source.day))
    for owner, count, first in session.execute(
        numbers.where(source.owner.in_(owners), source.holds).group_by(source.owner)
    ):
        yield owner, count, first.astimezone(CHINA).date() if isinstance(first, datetime) else first


def _sources() -> tuple[_Source, ...]:
    return (*_of_partners(), *_of_money(), *_of_records())


def _of_partners() -> tuple[_Source, ...]:
    forming = sa.select(col(Consortium.id)).where(col(Consortium.state) == ConsortiumState.FORMING)
    return (
        _Source(
            Wait.REQUESTS,
            Permission.INTEREST_ANSWER,
            col(Interest.candidate_id),
            col(Interest.asked_at),
            col(Interest.state) == InterestState.ASKED,
        ),
        _Source(
            Wait.INVITATIONS,
            Permission.CONSORTIUM_EDIT,
            col(Seat.organisation_id),
            col(Seat.invited_at),
            sa.and_(col(Seat.state) == SeatState.INVITED, col(Seat.consortium_id).in_(forming)),
        ),
        _Source(
            Wait.OUTCOMES,
            Permission.OUTCOME_STATE,
            col(MatchOutcome.other_id),
            col(MatchOutcome.created_at),
            col(MatchOutcome.state) == MatchOutcomeState.STATED,
        ),
    )


def _of_money() -> tuple[_Source, ...]:
    return (
        _Source(
            Wait.DOSSIERS,
            Permission.DOSSIER_ANSWER,
            col(Dossier.fund_id),
            col(Dossier.submitted_at),
            col(Dossier.state) == DossierState.SUBMITTED,
        ),
        _Source(
            Wait.QUESTIONS,
            Permission.DOSSIER_SEND,
            col(FactQuestion.organisation_id),
            col(FactQuestion.created_at),
            col(FactQuestion.state) == QuestionState.ASKED,
        ),
    )


def _of_records() -> tuple[_Source, ...]:
    return (
        _Source(
            Wait.DATA_REQUESTS,
            Permission.DATA_DECIDE,
            col(DataRequest.owner_id),
            col(DataRequest.created_at),
            col(DataRequest.state) == DataRequestState.ASKED,
        ),
        _Source(
            Wait.CERTIFICATIONS,
            Permission.ORGANISATION_EDIT,
            col(Certification.organisation_id),
            col(Certification.valid_until),
            ends_soon_after(today()),
        ),
    )
