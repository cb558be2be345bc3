"""How long what has served is kept: rules that administrators edit, and the clearing that a nightly job does.

Only traces of work are cleared: jobs that have ended and sign-ins that are over. What a job made, a report in the
archive, a run, a file for download, is a record of its own and stays.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput
from matchmaker.services import audit, sign_ins
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.changes import check_seen, fingerprint
from models.audit import RetentionRule
from models.base import metadata
from models.enums import JobState
from models.jobs import Job, JobStep

LONGEST = 3650


class Kept(StrEnum):
    """What there is a rule for."""

    JOBS_DONE = "jobs_done"
    JOBS_ENDED_EARLY = "jobs_ended_early"
    SIGN_INS = "sign_ins"


def list_rules(session: Session, actor: Actor) -> Sequence[RetentionRule]:
    require(actor, Permission.RETENTION_EDIT)
    return _rules(session)


def change_rules(session: Session, actor: Actor, days: Mapping[str, int], *, seen: str | None = None) -> None:
    """Set the days of each rule; `seen` is `seen_rules` as the form showed them."""
    require(actor, Permission.RETENTION_EDIT)
    rules = {rule.code: rule for rule in _rules(session)}
    check_seen(RetentionRule.__tablename__, _values(rules.values()), dict(days), seen=seen)
    if wrong := [rule for rule in rules.values() if not rule.least_days <= days[rule.code] <= LONGEST]:
        raise InvalidInput("out_of_range", field=wrong[0].code, low=wrong[0].least_days, high=LONGEST)
    for code, rule in rules.items():
        if changes := audit.apply_changes(rule, {"days": days[code]}):
            audit.record(session, actor, "retention.change", rule, changes={code: changes["days"]})
    session.flush()


def seen_rules(session: Session) -> str:
    return fingerprint(_values(_rules(session)))


def clear(session: Session, *, now: datetime) -> dict[str, int]:
    """Throw away what is older than its rule says; without a rule nothing goes. The caller commits."""
    since = {rule.code: now - timedelta(days=rule.days) for rule in _rules(session)}
    done, early = since.get(Kept.JOBS_DONE), since.get(Kept.JOBS_ENDED_EARLY)
    entered = since.get(Kept.SIGN_INS)
    return {
        "jobs": (_clear_jobs(session, (JobState.DONE,), done) if done else 0)
        + (_clear_jobs(session, (JobState.FAILED, JobState.CANCELLED), early, ~_is_pointed_at()) if early else 0),
        "sign_ins": sign_ins.forget_before(session, entered) if entered else 0,
    }


def _clear_jobs(
    session: Session, states: Sequence[JobState], before: datetime, *conditions: sa.ColumnElement[bool]
) -> int:
    """Their steps go with them; records that name one of them as their job no longer do."""
    old = sa.delete(Job).where(col(Job.state).in_(states), col(Job.ended_at) < before, *conditions)
    return int(session.execute(old).rowcount)  # type: ignore[attr-defined]


def _is_pointed_at() -> sa.ColumnElement[bool]:
    """What a job that failed should have made says by it why there is nothing."""
    pointing = [
        sa.select(key.parent).where(key.parent == col(Job.id)).exists()
        for table in metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name == Job.__tablename__ and table.name != JobStep.__tablename__
    ]
    return sa.or_(*pointing)


def _rules(session: Session) -> Sequence[RetentionRule]:
    return session.exec(select(RetentionRule).order_by(col(RetentionRule.position_in_list))).all()


def _values(rules: Iterable[RetentionRule]) -> dict[str, object]:
    return {rule.code: rule.days for rule in rules}
