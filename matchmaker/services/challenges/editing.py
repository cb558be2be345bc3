"""Writing a challenge, step by step, while it is its poster's own draft."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, is_dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput, NotFound
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.challenges import drafts, reading, recusal, seeing
from matchmaker.services.challenges.drafts import ProblemDraft, SeatDraft, StepDraft, TeamDraft
from matchmaker.services.changes import check_version
from matchmaker.services.picked import Tag
from models.base import utc_now
from models.challenges import Challenge, ChallengeCapability, ChallengeMetric, ChallengeSeat, ChallengeStageDate
from models.enums import ChallengeStage
from models.organisations import Organisation

SENT_TWICE_WITHIN = timedelta(minutes=1)
# Rows of their own; everything else of a step is a column of the challenge.
PARTS = frozenset({"metrics", "tags", "seats"})


def create(session: Session, actor: Actor, organisation: Organisation, draft: ProblemDraft) -> Challenge:
    """A new challenge, as a draft that only its own people and officers see."""
    require(actor, Permission.CHALLENGE_EDIT, organisation.id)
    drafts.check(session, draft)
    values = _columns(draft)
    if sent_before := _find_sent_before(session, organisation, values):
        return sent_before

    challenge = Challenge(organisation_id=organisation.id, **values)
    session.add(challenge)
    session.flush()
    entered = ChallengeStageDate(
        challenge_id=challenge.id, stage=ChallengeStage.COLLECTED, entered_at=challenge.created_at
    )
    session.add(entered)
    audit.record(session, actor, "challenge.create", challenge, changes=values)
    session.flush()
    return challenge


def edit(
    session: Session, actor: Actor, challenge: Challenge, draft: StepDraft, *, expected_version: int | None = None
) -> None:
    """Replace one step of a challenge that has not been handed in."""
    require(actor, Permission.CHALLENGE_EDIT, challenge.organisation_id)
    require_editable(challenge)
    drafts.check(session, draft)
    draft = _in_order(draft)
    yours, theirs = _flat(draft), _flat(reading.stored(session, challenge, type(draft)))
    check_version(challenge, yours, theirs=theirs, expected_version=expected_version)

    changes = audit.apply_changes(challenge, _columns(draft))
    for part in PARTS & yours.keys():
        if yours[part] != theirs[part]:
            changes[part] = [_plain(theirs[part]), _plain(yours[part])]
            _replace_part(session, challenge, part, yours[part])
    if not changes:
        return
    challenge.changed_at = utc_now()  # rows of their own move the version too
    audit.record(session, actor, "challenge.update", challenge, changes=changes)
    session.flush()


def get_editable(session: Session, actor: Actor, challenge_id: UUID) -> Challenge:
    """A challenge that `actor` may write on; one that they may not even see is not found."""
    challenge = seeing.find_seen(session, actor, challenge_id)
    if challenge is None:
        raise NotFound("challenge", challenge_id)
    recusal.require_steering(session, actor, challenge)
    return challenge


def is_editable(challenge: Challenge) -> bool:
    return challenge.stage is ChallengeStage.COLLECTED and not challenge.is_submitted


def require_editable(challenge: Challenge) -> None:
    """Raise InvalidInput once it is handed in: officers and answerers judge what they read."""
    if not is_editable(challenge):
        raise InvalidInput("challenge_handed_in", stage=challenge.stage)


def _columns(draft: StepDraft) -> dict[str, Any]:
    """The draft as column values: JSON columns hold lists."""
    values = {f.name: getattr(draft, f.name) for f in fields(draft) if f.name not in PARTS}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def _flat(draft: StepDraft) -> dict[str, Any]:
    return {f.name: getattr(draft, f.name) for f in fields(draft)}


def _in_order(draft: StepDraft) -> StepDraft:
    """Capabilities in the order in which they are read back, so that the same set is no change."""
    if isinstance(draft, TeamDraft):
        return replace(draft, tags=tuple(sorted(draft.tags, key=lambda tag: tag.capability_code)))
    return draft


def _replace_part(session: Session, challenge: Challenge, part: str, rows: Sequence[Any]) -> None:
    table: Any = {"metrics": ChallengeMetric, "tags": ChallengeCapability, "seats": ChallengeSeat}[part]
    session.execute(sa.delete(table).where(table.challenge_id == challenge.id))
    session.add_all(table(challenge_id=challenge.id, **_row_values(row, at)) for at, row in enumerate(rows))
    session.flush()


def _row_values(row: Any, position: int) -> dict[str, Any]:
    if isinstance(row, Tag):
        return asdict(row)
    values = {**asdict(row), "position": position}
    return {**values, "kinds": list(row.kinds)} if isinstance(row, SeatDraft) else values


def _plain(rows: Sequence[Any]) -> list[Any]:
    return [asdict(row) if is_dataclass(row) and not isinstance(row, type) else row for row in rows]


def _find_sent_before(session: Session, organisation: Organisation, values: Mapping[str, Any]) -> Challenge | None:
    """The same challenge of a moment ago: without script nothing keeps a button from being pressed twice."""
    recent = select(Challenge).where(
        Challenge.organisation_id == organisation.id, col(Challenge.created_at) >= utc_now() - SENT_TWICE_WITHIN
    )
    latest = session.exec(recent.order_by(col(Challenge.created_at).desc(), col(Challenge.id).desc())).first()
    if latest is None or any(getattr(latest, name) != value for name, value in values.items()):
        return None
    return latest
