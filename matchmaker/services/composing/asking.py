"""Asking for a composition, stopping it, and finding those that were asked for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput, NotFound
from matchmaker.jobs import asking
from matchmaker.reader import Reader
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, can, require
from matchmaker.services.challenges import fairness, recusal, seeing
from matchmaker.services.composing.puzzles import Puzzle, SourcedRule, put
from matchmaker.services.composing.settings import Settings, from_stored, to_stored
from matchmaker.services.rule_sets.figures import team_rule
from matchmaker.services.rule_sets.reading import rules_for
from matchmaker.store.challenges import Posed, read_posed
from models.challenges import Challenge, ChallengeAnswer
from models.consortia import Composition, Consortium, Seat
from models.enums import AnswerState, ChallengeStage, CompositionState, JobKind, JobState, MembershipRole, SeatState
from models.jobs import Job
from models.organisations import Organisation
from models.rules import CompositionRule

KEPT = 20  # compositions of one challenge and lead that a page lists


@dataclass(frozen=True)
class Asked:
    """A composition as people follow it: with its job, and its state by both."""

    composition: Composition
    job: Job | None

    @property
    def state(self) -> CompositionState:
        """Who still searches says so in the job: a job that was stopped or failed left the row as it was."""
        is_over = self.job is None or self.job.state not in asking.WAITING_OR_RUNNING
        if self.composition.state is CompositionState.SEARCHING and is_over:
            return CompositionState.ENDED
        return self.composition.state

    @property
    def is_live(self) -> bool:
        return self.job is not None and self.job.state in asking.WAITING_OR_RUNNING

    @property
    def has_failed(self) -> bool:
        return self.job is not None and self.job.state is JobState.FAILED


def ask(session: Session, actor: Actor, challenge: Challenge, lead_id: UUID, settings: Settings) -> Composition:
    """Have a team composed for `lead_id`'s own answer, or the poster's; asked twice at once it is asked once."""
    require(actor, Permission.CHALLENGE_COMPOSE, lead_id)
    settings.check()
    if challenge.stage is ChallengeStage.WITHDRAWN:
        raise InvalidInput("challenge_over", stage=challenge.stage)
    if lead_id not in {one.id for one in list_leads(session, actor, challenge)}:
        raise InvalidInput("lead_takes_no_part", field="lead_id")
    stored = to_stored(settings)
    if running := _find_running(session, challenge.id, lead_id, stored):
        return running

    composition = Composition(
        challenge_id=challenge.id, lead_id=lead_id, asked_by=actor.user_id, settings=stored, seed=0
    )
    session.add(composition)
    session.flush()
    arguments = {"composition_id": str(composition.id)}
    job = asking.enqueue(session, JobKind.COMPOSE_TEAM, arguments=arguments, asked_by=actor.user_id)
    composition.job_id = job.id
    changes = {"challenge_id": challenge.id, "settings": stored}
    audit.record(session, actor, "composition.ask", composition, organisation_id=lead_id, changes=changes)
    session.flush()
    return composition


def stop(session: Session, actor: Actor, composition: Composition) -> None:
    """End the search; the best team so far stays."""
    require(actor, Permission.CHALLENGE_COMPOSE, composition.lead_id)
    job = session.get(Job, composition.job_id) if composition.job_id else None
    if job is None or job.state not in asking.WAITING_OR_RUNNING:
        raise InvalidInput("composition_ended")
    asking.cancel(session, job)
    audit.record(session, actor, "composition.stop", composition, organisation_id=composition.lead_id)


def get(session: Session, actor: Actor, composition_id: UUID) -> Asked:
    """One that `actor` may read; that others compose teams is nobody's business."""
    composition = session.get(Composition, composition_id)
    if composition is None or composition.lead_id not in _read_by(session, actor, [composition]):
        raise NotFound("composition", composition_id)
    return _with_job(session, composition)


def list_asked(session: Session, actor: Actor, challenge_id: UUID) -> Sequence[Asked]:
    """Those of one challenge that `actor` may read, the latest first."""
    mine = select(Composition).where(Composition.challenge_id == challenge_id)
    latest = mine.order_by(col(Composition.created_at).desc(), col(Composition.id).desc())
    asked = session.exec(latest).all()
    read = _read_by(session, actor, asked)
    return [_with_job(session, one) for one in [one for one in asked if one.lead_id in read][:KEPT]]


def list_leads(session: Session, actor: Actor, challenge: Challenge) -> Sequence[Organisation]:
    """For whose teams `actor` may compose: the poster's, and of those who answer; who still drafts an answer is
    nobody's business but its own."""
    is_own = col(ChallengeAnswer.organisation_id).in_(actor.memberships)
    # That it is not chosen, an answerer reads when the evaluation is over, and not from this list either.
    is_out = col(ChallengeAnswer.state) == AnswerState.DECLINED
    if not fairness.is_decided(session, challenge):
        is_out = sa.and_(is_out, sa.not_(is_own))
    answering = sa.select(col(ChallengeAnswer.organisation_id)).where(
        col(ChallengeAnswer.challenge_id) == challenge.id,
        col(ChallengeAnswer.state) != AnswerState.WITHDRAWN,
        sa.not_(is_out),
        sa.or_(is_own, col(ChallengeAnswer.state) != AnswerState.DRAFT),
    )
    taking_part = sa.or_(col(Organisation.id) == challenge.organisation_id, col(Organisation.id).in_(answering))
    is_poster = col(Organisation.id) == challenge.organisation_id
    found = session.exec(select(Organisation).where(taking_part).order_by(is_poster.desc(), col(Organisation.id)))
    may_read = _leads_for(session, actor, challenge)
    return [one for one in found if may_read(one.id)]


def _read_by(session: Session, actor: Actor, compositions: Sequence[Composition]) -> set[UUID]:
    """The leads of these compositions, all of one challenge, whose teams `actor` may read."""
    if not compositions:
        return set()
    may_read = _leads_for(session, actor, session.get_one(Challenge, compositions[0].challenge_id))
    return {one.lead_id for one in compositions if may_read(one.lead_id)}


def _leads_for(session: Session, actor: Actor, challenge: Challenge) -> Callable[[UUID], bool]:
    """A team says much of an answer: an officer whose own organisation answers reads no rival's."""
    own = {*actor.memberships, challenge.organisation_id}
    is_partial = recusal.is_partial(session, actor, challenge)
    return lambda key: can(actor, Permission.CHALLENGE_COMPOSE, key) and (key in own or not is_partial)


def read_puzzle(session: Session, reader: Reader, composition: Composition, *, today: date) -> Puzzle:
    """The question that a composition asks, from the registry as it is now."""
    challenge = session.get_one(Challenge, composition.challenge_id)
    lead_id = composition.lead_id
    barred = {*_declined(session, challenge.id, lead_id)}
    if challenge.organisation_id != lead_id:
        barred.add(challenge.organisation_id)  # who judges the answers is in none of their teams
    return put(
        session,
        reader.snapshot(session, today=today),
        _as_read_by(session, challenge, lead_id),
        from_stored(composition.settings),
        lead_id=lead_id,
        rules=[SourcedRule(team_rule(one), one.source) for one in rules_of(session, challenge)],
        barred=barred,
        today=today,
    )


def rules_of(session: Session, challenge: Challenge) -> Sequence[CompositionRule]:
    """All rules that a team for this challenge is under."""
    return rules_for(session, rule_set_id=challenge.rule_set_id, challenge_id=challenge.id)


def _as_read_by(session: Session, challenge: Challenge, lead_id: UUID) -> Posed:
    """Without the problem where it is kept from the lead: its team must not be chosen by what it may not read."""
    return read_posed(
        session,
        challenge,
        with_brief=seeing.sees_brief(session, Actor(memberships={lead_id: MembershipRole.VIEWER}), challenge),
    )


def _declined(session: Session, challenge_id: UUID, lead_id: UUID) -> Sequence[UUID]:
    """Who said no to a seat in the lead's consortium for this challenge is not proposed again."""
    seats = (
        select(Seat.organisation_id)
        .join(Consortium, col(Consortium.id) == col(Seat.consortium_id))
        .where(Consortium.challenge_id == challenge_id, Consortium.lead_id == lead_id, Seat.state == SeatState.DECLINED)
    )
    return [key for key in session.exec(seats) if key is not None]


def _find_running(session: Session, challenge_id: UUID, lead_id: UUID, settings: dict[str, Any]) -> Composition | None:
    mine = select(Composition).where(Composition.challenge_id == challenge_id, Composition.lead_id == lead_id)
    latest = session.exec(mine.order_by(col(Composition.created_at).desc())).first()
    if latest is None or latest.settings != settings or not _with_job(session, latest).is_live:
        return None
    return latest


def _with_job(session: Session, composition: Composition) -> Asked:
    return Asked(composition, session.get(Job, composition.job_id) if composition.job_id else None)
