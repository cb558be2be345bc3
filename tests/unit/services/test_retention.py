"""What has served is cleared after its days; what a job made stays."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from matchmaker.errors import InvalidInput, NotAllowed, Stale
from matchmaker.services import retention
from matchmaker.services.actors import PLATFORM, VISITOR
from matchmaker.services.calendar import add_months
from matchmaker.services.sign_ins import LONGEST
from models.accounts import SignIn
from models.audit import RetentionRule
from models.base import utc_now
from models.consortia import Composition
from models.enums import JobKind, JobState
from models.jobs import Job, JobStep
from tests import challenge_factory as challenges
from tests import records as make

NOW = utc_now()


@pytest.fixture
def rules(registry):
    for position, (code, days) in enumerate((("jobs_done", 90), ("jobs_ended_early", 180), ("sign_ins", 184))):
        names = {"name_zh": code, "name_en": code, "source": "test"}
        least = 184 if code == "sign_ins" else 1
        registry.add(RetentionRule(code=code, days=days, least_days=least, position_in_list=position, **names))
    registry.flush()


def job(session, state, *, days_ago):
    ended = None if state in (JobState.QUEUED, JobState.RUNNING) else NOW - timedelta(days=days_ago)
    record = Job(kind=JobKind.COMPOSE_TEAM, state=state, ended_at=ended, created_at=NOW - timedelta(days=days_ago))
    session.add(record)
    session.flush()
    return record


def left(session):
    session.expire_all()
    return set(session.exec(select(Job.id)))


def test_ended_jobs_go_after_their_days_and_no_other(registry, rules):
    old, new = job(registry, JobState.DONE, days_ago=91), job(registry, JobState.DONE, days_ago=89)
    waiting = job(registry, JobState.QUEUED, days_ago=400)
    failed_old, failed = job(registry, JobState.FAILED, days_ago=181), job(registry, JobState.FAILED, days_ago=179)
    registry.add(JobStep(job_id=old.id, name="compute"))
    registry.flush()

    cleared = retention.clear(registry, now=NOW)

    assert cleared == {"jobs": 2, "sign_ins": 0}
    assert left(registry) == {new.id, waiting.id, failed.id}
    assert registry.exec(select(JobStep)).all() == []
    assert failed_old.id not in left(registry)


def test_what_a_job_made_stays_and_a_failure_stays_as_long_as_something_shows_it(registry, rules, leader):
    asked = challenges.challenge(registry, leader)
    done, failed = job(registry, JobState.DONE, days_ago=400), job(registry, JobState.FAILED, days_ago=400)
    made, missing = (Composition(challenge_id=asked.id, lead_id=leader.id, job_id=one.id) for one in (done, failed))
    registry.add_all([made, missing])
    registry.flush()

    retention.clear(registry, now=NOW)

    assert left(registry) == {failed.id}
    assert (made.job_id, missing.job_id) == (None, failed.id)


def test_old_sign_ins_go_and_without_a_rule_nothing_does(registry, leader):
    person = make.member(registry, leader)
    registry.add(SignIn(user_id=person.user_id, created_at=NOW - timedelta(days=999)))
    registry.flush()

    assert retention.clear(registry, now=NOW) == {"jobs": 0, "sign_ins": 0}
    registry.add(RetentionRule(code="sign_ins", days=180, name_zh="x", name_en="x", source="test"))
    registry.flush()
    assert retention.clear(registry, now=NOW) == {"jobs": 0, "sign_ins": 1}


def test_a_sign_in_is_kept_for_six_months_from_its_end_and_the_longest_six_months_have_184_days(registry, rules):
    person, end = make.person(registry), NOW - timedelta(days=184)
    began = (end - LONGEST - timedelta(minutes=1), end - LONGEST + timedelta(minutes=1))
    over, just_over = (SignIn(user_id=person.id, created_at=moment) for moment in began)
    registry.add_all([over, just_over])
    registry.flush()
    days = [date(2027, 1, 1) + timedelta(days=one) for one in range(4 * 366)]

    retention.clear(registry, now=NOW)

    assert registry.exec(select(SignIn)).all() == [just_over]
    assert max((add_months(day, 6) - day).days for day in days) == 184


def test_rules_are_changed_by_administrators_within_limits_and_not_over_a_colleague_s_change(registry, rules):
    seen, days = retention.seen_rules(registry), {"jobs_done": 30, "jobs_ended_early": 60, "sign_ins": 200}

    with pytest.raises(NotAllowed):
        retention.change_rules(registry, VISITOR, days)
    with pytest.raises(InvalidInput, match="out_of_range") as refused:
        retention.change_rules(registry, PLATFORM, days | {"sign_ins": 183})  # six months by law
    retention.change_rules(registry, PLATFORM, days, seen=seen)
    with pytest.raises(Stale):
        retention.change_rules(registry, PLATFORM, days | {"jobs_done": 90}, seen=seen)

    assert (refused.value.field, refused.value.facts["low"]) == ("sign_ins", 184)
    assert [rule.days for rule in retention.list_rules(registry, PLATFORM)] == [30, 60, 200]
