"""A composition as one person reads it: with names, verdicts of the rules on its best team, and the seats of a team."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from matchmaker.errors import NotFound
from matchmaker.services.actors import Actor
from matchmaker.services.challenges import seeing
from matchmaker.services.composing.asking import Asked, get, rules_of
from matchmaker.services.composing.naming import Named, read_names
from matchmaker.services.composing.settings import Settings, from_stored
from matchmaker.services.rule_sets.judging import Judgement, TeamMember, judge_team
from models.challenges import Challenge
from models.enums import OrganisationState
from models.organisations import Organisation
from models.taxonomy import ChainNode


@dataclass(frozen=True)
class Reading:
    """What a page shows; `judgement` is None as long as there is no team. `question` is what was asked."""

    asked: Asked
    challenge: Challenge
    lead: Organisation
    settings: Settings
    named: Named
    judgement: Judgement | None
    question: dict[str, Any]

    @property
    def teams(self) -> Sequence[dict[str, Any]]:
        return self.asked.composition.result.get("teams", ())


@dataclass(frozen=True)
class ProposedSeat:
    """What a room begins with: who sits where, for what, for how much of the money."""

    organisation_id: UUID
    is_lead: bool
    role_zh: str
    role_en: str
    kinds: tuple[str, ...]
    capability_codes: tuple[str, ...]
    money: float | None


def read(session: Session, actor: Actor, composition_id: UUID, *, today: date) -> Reading:
    """One composition for whoever may read it."""
    asked = get(session, actor, composition_id)
    composition = asked.composition
    challenge = seeing.get_seen(session, actor, composition.challenge_id)
    settings = from_stored(composition.settings)
    also = [str(key) for key in (*settings.held, *settings.barred, composition.lead_id)]
    return Reading(
        asked=asked,
        challenge=challenge,
        lead=session.get_one(Organisation, composition.lead_id),
        settings=settings,
        named=read_names(session, [composition.result], also=also),
        judgement=_judgement(session, actor, asked, challenge, today),
        question=composition.result.get("question", {}),
    )


def seats_of_team(session: Session, actor: Actor, composition_id: UUID, number: int) -> Sequence[ProposedSeat]:
    """The seats of the best team (0) or of another one, the lead's first; NotFound where there is no such team."""
    teams = get(session, actor, composition_id).composition.result.get("teams", ())
    if not 0 <= number < len(teams):
        raise NotFound("team", number)
    seats = [_seat(member) for member in teams[number]["members"]]
    return sorted(seats, key=lambda seat: not seat.is_lead)


def _seat(member: dict[str, Any]) -> ProposedSeat:
    return ProposedSeat(
        organisation_id=UUID(member["organisation_id"]),
        is_lead=member["is_lead"],
        role_zh=member["role_zh"],
        role_en=member["role_en"],
        kinds=tuple(member["kinds"]),
        capability_codes=tuple(member["capability_codes"]),
        money=member["money"],
    )


def _judgement(session: Session, actor: Actor, asked: Asked, challenge: Challenge, today: date) -> Judgement | None:
    """By what the reader may see, so it can know more than the composer, which only ever sees what is open."""
    teams = asked.composition.result.get("teams", ())
    if not teams:
        return None
    present = _present(session, [UUID(member["organisation_id"]) for member in teams[0]["members"]])
    members = [
        TeamMember(organisation_id=UUID(member["organisation_id"]), money=member["money"])
        for member in teams[0]["members"]
        if UUID(member["organisation_id"]) in present
    ]
    chains = select(ChainNode.chain_code).where(col(ChainNode.code).in_(challenge.node_codes))
    return judge_team(
        session,
        actor,
        rules_of(session, challenge),
        members,
        lead_id=asked.composition.lead_id,
        today=today,
        budget=asked.composition.result["question"]["budget"],
        chains=sorted(set(session.exec(chains).all())),
    )


def _present(session: Session, ids: Sequence[UUID]) -> set[UUID]:
    active = select(Organisation.id).where(
        col(Organisation.id).in_(ids), Organisation.state == OrganisationState.ACTIVE
    )
    return set(session.exec(active).all())
