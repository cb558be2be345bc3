"""The officer's rules on declined requests."""

import pytest
from sqlmodel import select

from models.audit import AuditEntry
from models.base import utc_now
from models.enums import DeclineReason, InterestState, PlatformRole
from models.interest import DeclineEffect, Interest
from models.organisations import Organisation
from models.taxonomy import DeclineMeaning
from tests.factories import make_need, make_organisation, make_user
from tests.web.conftest import post
from tests.web.region import add

URL = "/officer/declines/capacity"
TYPED = {
    "least_askers": "4",
    "window_days": "60",
    "half_life_days": "30",
    "shown_askers": "3",
    "shown_window": "90",
    "shown_half_life": "45.0",
}


@pytest.fixture
def officer(session, sign_in):
    session.add(DeclineMeaning(reason=DeclineReason.NO_CAPACITY, component="capacity", source="test"))
    session.add(DeclineEffect(component="capacity", source="test"))
    user = add(session, make_user(PlatformRole.OFFICER))
    session.commit()
    return sign_in(user)


def effect_of(session) -> DeclineEffect:
    session.rollback()
    return session.exec(select(DeclineEffect)).one()


def test_the_desk_says_what_each_reason_speaks_of_and_what_it_lowers(officer):
    page = officer.get("/officer/declines/").text

    assert URL in page
    assert "没有时间或产能" in page


def test_a_rule_is_changed_and_audited(session, officer):
    answer = post(officer, URL, TYPED)

    assert answer.status_code == 302
    assert (effect_of(session).least_askers, effect_of(session).half_life_days) == (4, 30.0)
    entry = session.exec(select(AuditEntry).where(AuditEntry.action == "decline_effect.change")).one()
    assert entry.changes["window_days"] == [90, 60]


def test_who_has_declined_is_read_again_by_the_new_rule(session, officer):
    asker, candidate, other = (add(session, make_organisation()) for _number in range(3))
    need = add(session, make_need(asker))
    sides = {"need_id": need.id, "organisation_id": asker.id, "candidate_id": candidate.id}
    said = {"state": InterestState.DECLINED, "reason": DeclineReason.NO_CAPACITY, "asked_at": utc_now()}
    add(session, Interest(**sides, **said))
    session.commit()
    before = {one.id: one.changed_at for one in (candidate, other)}

    post(officer, URL, TYPED)

    session.rollback()
    session.expire_all()
    after = {key: session.get_one(Organisation, key).changed_at for key in before}
    assert after[candidate.id] > before[candidate.id]
    assert after[other.id] == before[other.id]


def test_a_colleagues_change_in_between_is_not_lost(session, officer):
    post(officer, URL, TYPED)

    again = post(officer, URL, TYPED | {"least_askers": "5"})

    assert again.status_code == 409
    assert effect_of(session).least_askers == 4


@pytest.mark.parametrize(
    ("field", "typed"), [("least_askers", "2"), ("window_days", "0"), ("half_life_days", "nan"), ("least_askers", "")]
)
def test_a_rule_that_would_tell_of_one_or_makes_no_sense_is_refused(session, officer, field, typed):
    answer = post(officer, URL, TYPED | {field: typed})

    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert effect_of(session).least_askers == 3
