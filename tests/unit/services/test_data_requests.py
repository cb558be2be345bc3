"""Asking for conditional fields: who may ask and decide, what is opened until when, and that nothing else leaks."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from matchmaker.errors import InvalidInput, NotAllowed, NotFound, Stale
from matchmaker.services import calendar, data_requests, visibility
from matchmaker.services.actors import Actor
from matchmaker.services.calendar import today
from matchmaker.services.data_requests import RequestDraft
from matchmaker.services.visibility import Hidden, Shown
from matchmaker.store.capital.seeing import SeenBy
from models.audit import AuditEntry
from models.enums import DataRequestState, Grade, MembershipRole, PlatformRole
from models.rounds import FieldGrant
from tests import records as make

S = DataRequestState
UNTIL = today() + timedelta(days=30)
PURPOSE = "核对联合体中的研发投入要求，仅项目组查看。"


class Case:
    """Who asks, and an owner that keeps its R&D ratio back on conditions."""

    def __init__(self, session):
        self.session = session
        self.ours = make.organisation(session)
        self.owner = make.organisation(session, rd_ratio=0.08, contact_name="李工")
        self.asker, self.decider = make.member(session, self.ours), make.member(session, self.owner)

    def ask(self, *fields, actor=None, **changes):
        draft = RequestDraft(**{"fields": fields or ("rd_ratio",), "purpose": PURPOSE, "wanted_until": UNTIL} | changes)
        return data_requests.ask(self.session, actor or self.asker, self.ours.id, self.owner.id, draft)

    def granted(self, until=UNTIL, **values):
        asked = self.ask()
        return data_requests.grant(self.session, self.decider, asked.id, expires_on=until, **values)

    def seen(self, actor=None, field="rd_ratio"):
        return visibility.profile_for(self.session, actor or self.asker, self.owner)[field]


@pytest.fixture
def case(registry):
    return Case(registry)


def at(monkeypatch, moment):
    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return moment.astimezone(tz)

    monkeypatch.setattr(calendar, "datetime", Clock)


def test_what_is_granted_is_seen_by_who_asked_and_by_nobody_else(case, stranger):
    assert case.seen() == Hidden(Grade.CONDITIONAL)

    granted = case.granted()

    assert case.seen() == Shown(0.08)
    assert case.seen(stranger) == Hidden(Grade.CONDITIONAL)
    assert case.seen(field="rd_staff_share") == Hidden(Grade.CONDITIONAL)
    assert (granted.state, granted.expires_on) == (S.GRANTED, UNTIL)


def test_asking_opens_nothing(case):
    case.ask()

    assert case.seen() == Hidden(Grade.CONDITIONAL)


def test_a_grant_ends_at_midnight_in_china(case, monkeypatch):
    last = today() + timedelta(days=3)
    granted = case.granted(last)
    before_midnight = datetime(last.year, last.month, last.day, 15, 59, 59, tzinfo=UTC)

    at(monkeypatch, before_midnight)
    assert case.seen() == Shown(0.08)
    at(monkeypatch, before_midnight + timedelta(seconds=1))
    assert case.seen() == Hidden(Grade.CONDITIONAL)
    assert data_requests.get_listed(case.session, case.asker, granted.id).has_ended


def test_what_is_granted_is_known_to_clearance_as_long_as_it_holds(case):
    case.granted()

    assert SeenBy(case.session, case.ours.id, today=UNTIL)(case.owner.id, "rd_ratio")
    assert not SeenBy(case.session, case.ours.id, today=UNTIL + timedelta(days=1))(case.owner.id, "rd_ratio")


@pytest.mark.parametrize("field", ["contact_name", "contact_phone", "staff", "name_zh", "nonsense"])
def test_only_conditional_fields_can_be_asked_for(case, field):
    with pytest.raises(InvalidInput, match="field_not_to_ask"):
        case.ask("rd_ratio", field)


def test_what_can_be_asked_for_is_the_same_whether_it_is_filled_or_not(case):
    empty = make.organisation(case.session)

    assert data_requests.fields_to_ask(case.session, empty.id) == data_requests.fields_to_ask(
        case.session, case.owner.id
    )


def test_a_field_that_is_closed_after_the_grant_is_seen_no_more(case):
    granted = case.granted()

    visibility.set_grade(case.session, case.decider, case.owner, "rd_ratio", Grade.CLOSED)

    assert case.seen() == Hidden(Grade.CLOSED)
    assert data_requests.get_listed(case.session, case.asker, granted.id).has_ended


def test_a_field_that_was_closed_before_the_decision_is_not_opened_by_it(case):
    asked = case.ask("rd_ratio", "rd_staff_share")
    visibility.set_grade(case.session, case.decider, case.owner, "rd_ratio", Grade.CLOSED)

    data_requests.grant(case.session, case.decider, asked.id, expires_on=UNTIL)

    assert case.seen() == Hidden(Grade.CLOSED)
    assert [one.field for one in case.session.exec(select(FieldGrant))] == ["rd_staff_share"]


def test_fewer_fields_may_be_granted_and_never_more(case):
    asked = case.ask("rd_ratio", "rd_staff_share")

    with pytest.raises(InvalidInput, match="field_not_grantable"):
        data_requests.grant(case.session, case.decider, asked.id, expires_on=UNTIL, fields=("contact_name",))
    data_requests.grant(case.session, case.decider, asked.id, expires_on=UNTIL, fields=("rd_staff_share",))

    assert case.seen() == Hidden(Grade.CONDITIONAL)


def test_the_owner_decides_and_an_officer_only_where_the_owner_has_nobody(case, officer):
    asked = case.ask()
    alone = make.organisation(case.session)
    draft = RequestDraft(fields=("rd_ratio",), purpose=PURPOSE, wanted_until=UNTIL)
    of_alone = data_requests.ask(case.session, case.asker, case.ours.id, alone.id, draft)

    with pytest.raises(NotAllowed):
        data_requests.grant(case.session, officer, asked.id, expires_on=UNTIL)
    data_requests.grant(case.session, officer, of_alone.id, expires_on=UNTIL)

    assert of_alone.state is S.GRANTED


def test_who_only_looks_at_the_owner_decides_nothing(case, officer):
    viewer = make.member(case.session, make.organisation(case.session))
    asked = case.ask()
    looking = make.member(case.session, case.owner, role=MembershipRole.VIEWER)

    with pytest.raises(NotAllowed):
        data_requests.refuse(case.session, looking, asked.id, "否")
    with pytest.raises(NotFound):
        data_requests.refuse(case.session, viewer, asked.id, "否")


def test_who_asks_does_not_decide(case):
    asked = case.ask()

    with pytest.raises(NotAllowed):
        data_requests.grant(case.session, case.asker, asked.id, expires_on=UNTIL)


def test_an_officer_who_belongs_to_the_asker_decides_nothing_for_it(case, officer):
    alone = make.organisation(case.session)
    both = type(officer)(officer.user_id, officer.roles, {case.ours.id: MembershipRole.OWNER})
    draft = RequestDraft(fields=("rd_ratio",), purpose=PURPOSE, wanted_until=UNTIL)
    asked = data_requests.ask(case.session, both, case.ours.id, alone.id, draft)

    with pytest.raises(NotAllowed):
        data_requests.grant(case.session, both, asked.id, expires_on=UNTIL)


def test_revoking_and_withdrawing_close_it_at_once(case):
    first = case.granted()
    data_requests.revoke(case.session, case.decider, first.id, "项目已结束")
    assert case.seen() == Hidden(Grade.CONDITIONAL)

    second = case.granted()
    assert case.seen() == Shown(0.08)
    data_requests.withdraw(case.session, case.asker, second.id)
    assert case.seen() == Hidden(Grade.CONDITIONAL)


def test_a_no_is_given_with_its_reason_and_is_final(case):
    asked = case.ask()

    with pytest.raises(InvalidInput, match="note_missing"):
        data_requests.refuse(case.session, case.decider, asked.id, " ")
    data_requests.refuse(case.session, case.decider, asked.id, "与用途无关")
    with pytest.raises(InvalidInput, match="request_step"):
        data_requests.grant(case.session, case.decider, asked.id, expires_on=UNTIL)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"purpose": "看看"}, "purpose"),
        ({"wanted_until": today() - timedelta(days=1)}, "wanted_until"),
        ({"wanted_until": today() + timedelta(days=367)}, "wanted_until"),
    ],
)
def test_a_request_says_what_for_and_until_when(case, changes, field):
    with pytest.raises(InvalidInput) as refused:
        case.ask(**changes)

    assert refused.value.field == field


def test_a_grant_ends_no_later_than_was_asked_for(case):
    asked = case.ask()

    with pytest.raises(InvalidInput, match="grant_day"):
        data_requests.grant(case.session, case.decider, asked.id, expires_on=UNTIL + timedelta(days=1))


def test_one_request_waits_at_a_time(case):
    case.ask()

    with pytest.raises(InvalidInput, match="request_waiting"):
        case.ask("rd_staff_share")


def test_a_stranger_may_not_ask_for_somebody_else_and_reads_no_request(case, stranger):
    asked = case.ask()

    with pytest.raises(NotAllowed):
        case.ask("rd_staff_share", actor=stranger)
    with pytest.raises(NotFound):
        data_requests.get_request(case.session, stranger, asked.id)
    assert data_requests.list_requests(case.session, stranger) == []


def test_officers_read_all_requests(case, officer):
    case.ask()

    assert len(data_requests.list_requests(case.session, officer)) == 1


def test_two_who_decide_at_once_are_told(case):
    asked = case.ask()
    seen = asked.version
    data_requests.refuse(case.session, case.decider, asked.id, "与用途无关")

    with pytest.raises(Stale):
        data_requests.grant(case.session, case.decider, asked.id, expires_on=UNTIL, expected_version=seen)


def test_every_step_is_in_the_audit_log(case):
    granted = case.granted()
    data_requests.revoke(case.session, case.decider, granted.id, "项目已结束")

    actions = case.session.exec(select(AuditEntry.action).where(AuditEntry.subject_type == "data_requests")).all()
    assert list(actions) == ["data.request", "data.grant", "data.revoke"]


def test_an_auditor_reads_how_far_a_request_is_and_not_what_it_is_for(case):
    case.granted(note="仅供项目组")
    auditor = Actor(roles=frozenset({PlatformRole.AUDITOR}))
    entries = case.session.exec(select(AuditEntry).where(AuditEntry.subject_type == "data_requests")).all()

    seen = visibility.seen_changes(case.session, auditor, entries)

    told = [{name for name, value in seen[one.id].items() if not isinstance(value, Hidden)} for one in entries]
    assert all(names == {"state", "fields"} or names == {"state"} for names in told)
    assert PURPOSE not in str(seen)
