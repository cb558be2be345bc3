"""What a firm hands to one fund: seen by that fund alone, as long as the firm lets it."""

from datetime import timedelta

import pytest
from sqlmodel import select

from matchmaker.errors import InvalidInput, NotAllowed, NotFound, Stale
from matchmaker.services.actors import Actor
from matchmaker.services.calendar import today
from matchmaker.services.capital import dossiers
from matchmaker.services.capital.dossiers import DossierDraft
from models.base import new_id
from models.enums import (
    ClauseKind,
    DeclineReason,
    DossierState,
    Grade,
    MandateStatus,
    MembershipRole,
    RoundState,
)
from models.organisations import FieldGrade
from models.rounds import FieldGrant
from models.taxonomy import FieldGradeDefault
from tests.factories import make_fund, make_mandate, make_organisation, make_round


class Case:
    """A firm with an open round, a fund with two mandates, and the people of both."""

    def __init__(self, session):
        self.session = session
        self.firm, self.fund, self.other = make_organisation(), make_fund(), make_fund()
        session.add_all([self.firm, self.fund, self.other])
        session.flush()
        self.round = make_round(self.firm)
        self.mandate, self.second = make_mandate(self.fund), make_mandate(self.fund)
        grades = {
            "staff": Grade.OPEN,
            "rounds": Grade.OPEN,
            "rd_ratio": Grade.CONDITIONAL,
            "round_figures": Grade.CONDITIONAL,
        }
        session.add_all([self.round, self.mandate, self.second])
        session.add_all([FieldGradeDefault(field=name, grade=grade, source="test") for name, grade in grades.items()])
        session.flush()
        self.owner, self.manager, self.stranger = map(member_of, (self.firm, self.fund, self.other))

    def prepared(self, *fields, mandate=None):
        draft = DossierDraft(fields=fields, message="附技术验证报告")
        return dossiers.prepare(self.session, self.owner, self.round.id, (mandate or self.mandate).id, draft)

    def submitted(self, *fields, mandate=None):
        return dossiers.submit(self.session, self.owner, self.prepared(*fields, mandate=mandate).id, today=today())

    def granted(self):
        return {(one.grantee_id, one.field) for one in self.session.exec(select(FieldGrant))}


def member_of(organisation):
    return Actor(user_id=new_id(), memberships={organisation.id: MembershipRole.OWNER})


@pytest.fixture
def case(session):
    return Case(session)


def test_until_it_is_handed_in_the_fund_knows_nothing_of_it(session, case):
    one = case.prepared("rd_ratio")

    assert not dossiers.list_for_fund(session, case.manager, case.fund.id)
    assert not case.granted()
    with pytest.raises(NotFound):
        dossiers.get(session, case.manager, one.id)


def test_handed_in_it_grants_its_fields_to_that_fund_alone(session, case):
    one = case.submitted("rd_ratio", "round_figures")

    assert dossiers.get(session, case.manager, one.id) == one
    assert case.granted() == {(case.fund.id, "rd_ratio"), (case.fund.id, "round_figures")}
    with pytest.raises(NotFound):
        dossiers.get(session, case.stranger, one.id)


def test_withdrawn_it_takes_its_grants_back(session, case):
    one = case.submitted("rd_ratio")

    dossiers.withdraw(session, case.owner, one.id)

    assert not case.granted()
    with pytest.raises(NotFound):
        dossiers.get(session, case.manager, one.id)


def test_a_field_stays_granted_while_another_dossier_names_it(session, case):
    first = case.submitted("rd_ratio")
    case.submitted("rd_ratio", "round_figures", mandate=case.second)

    dossiers.withdraw(session, case.owner, first.id)

    assert case.granted() == {(case.fund.id, "rd_ratio"), (case.fund.id, "round_figures")}


def test_a_field_can_be_taken_back_while_the_fund_has_the_dossier(session, case):
    one = case.submitted("rd_ratio", "round_figures")

    dossiers.edit(session, case.owner, one.id, DossierDraft(fields=("rd_ratio",)), expected_version=one.version)

    assert case.granted() == {(case.fund.id, "rd_ratio")}


def test_what_a_fund_holds_keeps_its_last_day_when_the_firm_names_none(session, case):
    one = case.submitted("rd_ratio")
    until = one.expires_on

    dossiers.edit(session, case.owner, one.id, DossierDraft(fields=("rd_ratio",)), expected_version=one.version)

    assert one.expires_on == until == session.exec(select(FieldGrant)).one().expires_on


def test_what_a_fund_holds_is_not_granted_beyond_the_longest_time(session, case):
    one = case.submitted("rd_ratio")
    for_good = DossierDraft(fields=("rd_ratio",), expires_on=today() + timedelta(days=10_000))

    with pytest.raises(InvalidInput, match="expiry_out_of_range"):
        dossiers.edit(session, case.owner, one.id, for_good, expected_version=one.version)


def test_two_people_who_edit_a_dossier_do_not_lose_each_others_words(session, case):
    one = case.prepared()
    opened = one.version
    dossiers.edit(session, case.owner, one.id, DossierDraft(message="第一版"), expected_version=opened)

    with pytest.raises(Stale):
        dossiers.edit(session, case.owner, one.id, DossierDraft(message="第二版"), expected_version=opened)


def test_what_everybody_sees_anyway_is_not_granted(session, case):
    with pytest.raises(InvalidInput, match="field_not_grantable"):
        case.prepared("staff")


def test_only_an_open_round_is_handed_in_and_only_to_a_fund_that_invests(session, case):
    one = case.prepared()
    case.mandate.status = MandateStatus.PAUSED
    session.flush()
    with pytest.raises(InvalidInput, match="mandate_not_investing"):
        dossiers.submit(session, case.owner, one.id, today=today())

    case.mandate.status, case.round.state = MandateStatus.INVESTING, RoundState.CLOSED
    session.flush()
    with pytest.raises(InvalidInput, match="round_not_open"):
        dossiers.submit(session, case.owner, one.id, today=today())


def test_a_round_whose_day_has_passed_is_not_handed_in(session, case):
    one = case.prepared()
    case.round.closes_on = today() - timedelta(days=1)
    session.flush()

    with pytest.raises(InvalidInput, match="round_not_open"):
        dossiers.submit(session, case.owner, one.id, today=today())


def test_nobody_prepares_one_for_a_mandate_that_is_still_a_draft(session, case):
    case.mandate.status = MandateStatus.DRAFT
    session.flush()

    with pytest.raises(NotFound):
        case.prepared()


def test_a_decline_names_its_reason_and_its_clause_and_ends_the_grants(session, case):
    one = case.submitted("rd_ratio")

    dossiers.decline(
        session, case.manager, one.id, DeclineReason.TERMS, clause=ClauseKind.VALUATION, answer="投前估值偏高"
    )

    told = dossiers.digest(session, case.owner, case.firm.id)
    assert (told.declined, told.by_reason, told.by_clause) == (
        1,
        {DeclineReason.TERMS: 1},
        {ClauseKind.VALUATION: 1},
    )
    assert not case.granted()


def test_another_reason_needs_words(session, case):
    one = case.submitted()

    with pytest.raises(InvalidInput, match="reason_needs_words"):
        dossiers.decline(session, case.manager, one.id, DeclineReason.OTHER)


def test_the_firm_does_not_answer_for_the_fund(session, case):
    one = case.submitted()

    with pytest.raises(NotAllowed):
        dossiers.take_up(session, case.owner, one.id)


def test_a_declined_dossier_can_be_handed_in_again(session, case):
    one = case.submitted("rd_ratio")
    dossiers.decline(session, case.manager, one.id, DeclineReason.TOO_EARLY)

    dossiers.submit(session, case.owner, one.id, today=today())

    assert (one.state, one.reason) == (DossierState.SUBMITTED, None)
    assert case.granted() == {(case.fund.id, "rd_ratio")}


def test_a_round_that_is_withdrawn_takes_its_dossiers_along(session, case):
    one = case.submitted("rd_ratio")

    dossiers.withdraw_round(session, case.owner, case.round.id)

    assert (one.state, case.round.state) == (DossierState.WITHDRAWN, RoundState.WITHDRAWN)
    assert not case.granted()


def test_it_is_not_handed_in_with_a_day_that_has_passed(session, case):
    draft = DossierDraft(expires_on=today() - timedelta(days=1))
    one = dossiers.prepare(session, case.owner, case.round.id, case.mandate.id, draft)

    with pytest.raises(InvalidInput, match="expiry_out_of_range"):
        dossiers.submit(session, case.owner, one.id, today=today())


def test_a_declined_dossier_under_repair_is_no_business_of_the_fund(session, case):
    one = case.submitted("rd_ratio")
    dossiers.decline(session, case.manager, one.id, DeclineReason.TOO_EARLY)

    dossiers.edit(session, case.owner, one.id, DossierDraft(message="已补充样机报告"), expected_version=one.version)

    with pytest.raises(NotFound):
        dossiers.get(session, case.manager, one.id)
    assert dossiers.digest(session, case.owner, case.firm.id).declined == 1


def test_what_was_granted_for_another_reason_outlives_the_dossier(session, case):
    session.add(FieldGrant(organisation_id=case.firm.id, field="rd_ratio", grantee_id=case.fund.id, purpose="question"))
    one = case.submitted("rd_ratio")

    dossiers.withdraw(session, case.owner, one.id)

    assert case.granted() == {(case.fund.id, "rd_ratio")}


def test_a_dossier_shows_its_round_also_where_rounds_are_kept_back(session, case):
    session.add(FieldGrade(organisation_id=case.firm.id, field="rounds", grade=Grade.CLOSED))
    session.flush()

    case.submitted("rd_ratio")

    assert case.granted() == {(case.fund.id, "rd_ratio"), (case.fund.id, "rounds")}
