"""Opening a room: by hand, or from a team that the composer found."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.consortia.drafts import GoalDraft, check_goal
from models.base import utc_now
from models.challenges import Challenge
from models.consortia import Composition, Consortium, Seat
from models.enums import ConsortiumState, Grade, OrganisationState, SeatState
from models.organisations import Organisation

LEAD_ROLE = ("牵头单位", "Lead")


@dataclass(frozen=True, kw_only=True)
class Place:
    """A seat to begin with; without an organisation it is open."""

    role_zh: str
    role_en: str
    organisation_id: UUID | None = None
    kinds: tuple[str, ...] = ()
    capability_codes: tuple[str, ...] = ()
    money: float | None = None


def open_by_hand(session: Session, actor: Actor, lead_id: UUID, draft: GoalDraft) -> Consortium:
    """A room with its lead's seat and nothing else."""
    require(actor, Permission.CONSORTIUM_EDIT, lead_id)
    check_goal(draft)
    consortium = Consortium(
        lead_id=lead_id,
        name_zh=draft.name_zh,
        name_en=draft.name_en,
        goal_zh=draft.goal_zh,
        goal_en=draft.goal_en,
    )
    return _open(session, actor, consortium, Place(role_zh=LEAD_ROLE[0], role_en=LEAD_ROLE[1]), ())


def open_for_challenge(
    session: Session,
    actor: Actor,
    challenge: Challenge,
    lead_id: UUID,
    lead: Place,
    places: Sequence[Place],
    *,
    composition: Composition | None = None,
) -> Consortium:
    """A room for a challenge: its title, problem, budget, months and rules come along, each other seat is proposed.

    Opened twice from the same composition, it is the room that is there already.
    """
    require(actor, Permission.CONSORTIUM_EDIT, lead_id)
    if composition is not None and (there := _find_opened(session, composition, lead_id, places)):
        return there
    consortium = Consortium(
        lead_id=lead_id,
        challenge_id=challenge.id,
        composition_id=composition.id if composition else None,
        rule_set_id=challenge.rule_set_id,
        budget=challenge.budget,
        months=challenge.months,
        **_called(challenge, session.get_one(Organisation, lead_id)),
    )
    return _open(session, actor, consortium, lead, places)


def _called(challenge: Challenge, lead: Organisation) -> dict[str, Any]:
    """Name and goal, which everybody who is invited reads: no more of the challenge than everybody may know."""
    is_open, is_closed = challenge.secrecy is Grade.OPEN, challenge.secrecy is Grade.CLOSED
    about_zh = lead.name_zh and f"{lead.name_zh}牵头的" if is_closed else challenge.title_zh
    about_en = (lead.name_en and f"led by {lead.name_en}") if is_closed else _for(challenge.title_en)
    return {
        "name_zh": f"{about_zh}创新联合体"[:200] if about_zh else "",
        "name_en": f"Consortium {about_en}"[:200] if about_en else "",
        "goal_zh": challenge.problem_zh[:2000] if is_open else "",
        "goal_en": challenge.problem_en[:2000] if is_open else "",
    }


def _for(title: str) -> str:
    return title and f"for: {title}"


def _open(session: Session, actor: Actor, consortium: Consortium, lead: Place, places: Sequence[Place]) -> Consortium:
    check_active(session, [consortium.lead_id, *(one.organisation_id for one in places if one.organisation_id)])
    session.add(consortium)
    session.flush()
    first = _seat(consortium, lead, 0)
    first.organisation_id, first.is_lead = consortium.lead_id, True
    first.state, first.answered_at = SeatState.ACCEPTED, utc_now()
    session.add_all([first, *(_seat(consortium, place, number) for number, place in enumerate(places, start=1))])
    session.flush()
    audit.record(
        session,
        actor,
        "consortium.open",
        consortium,
        organisation_id=consortium.lead_id,
        changes={"challenge_id": consortium.challenge_id, "seats": len(places) + 1},
    )
    return consortium


def _seat(consortium: Consortium, place: Place, position: int) -> Seat:
    return Seat(
        consortium_id=consortium.id,
        organisation_id=place.organisation_id,
        state=SeatState.PROPOSED if place.organisation_id else SeatState.OPEN,
        role_zh=place.role_zh[:120],
        role_en=place.role_en[:120],
        kinds=list(place.kinds),
        capability_codes=list(place.capability_codes),
        money=place.money,
        position=position,
    )


def check_active(session: Session, ids: Sequence[UUID]) -> None:
    active = select(Organisation.id).where(
        col(Organisation.id).in_(ids), Organisation.state == OrganisationState.ACTIVE
    )
    if set(session.exec(active)) != set(ids):
        raise InvalidInput("organisation_not_active")


def _find_opened(
    session: Session, composition: Composition, lead_id: UUID, places: Sequence[Place]
) -> Consortium | None:
    """The same team of the same composition, still forming: a button pressed twice opens one room."""
    rooms = select(Consortium).where(
        Consortium.composition_id == composition.id,
        Consortium.lead_id == lead_id,
        Consortium.state == ConsortiumState.FORMING,
    )
    wanted = {place.organisation_id for place in places}
    for room in session.exec(rooms.order_by(col(Consortium.created_at))):
        seats = select(Seat.organisation_id).where(Seat.consortium_id == room.id, col(Seat.is_lead).is_(False))
        if set(session.exec(seats)) == wanted:
            return room
    return None
