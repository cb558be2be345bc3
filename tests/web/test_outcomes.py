"""Pages of outcomes, funnel, ledger, data requests and network."""

from datetime import timedelta

import pytest
from sqlmodel import select

from matchmaker.services.calendar import today
from models.accounts import Membership
from models.base import utc_now
from models.enums import (
    Grade,
    InterestState,
    MatchOutcomeKind,
    MatchOutcomeState,
    MembershipRole,
    ParticipationRole,
    PlatformRole,
    PostingState,
    ProjectKind,
)
from models.exposure import ExposurePolicy
from models.interest import Interest
from models.matching import RankingRun
from models.opening import DataRequest
from models.organisations import FieldGrade
from models.outcomes import MatchOutcome
from models.taxonomy import FieldGradeDefault, WeightPreset
from models.track import Participation, Project
from tests.factories import make_need, make_organisation, make_user
from tests.web.conftest import post


@pytest.fixture
def pair(session, organisation):
    """The organisation has asked a firm that said yes."""
    other = make_organisation(name_zh="重庆乙方科技有限公司", rd_ratio=0.08)
    session.add(other)
    session.flush()
    need = make_need(organisation, state=PostingState.PUBLISHED)
    session.add(need)
    session.flush()
    asked = Interest(
        need_id=need.id,
        organisation_id=organisation.id,
        candidate_id=other.id,
        state=InterestState.ACCEPTED,
        asked_at=utc_now() - timedelta(days=20),
        answered_at=utc_now(),
    )
    session.add(asked)
    session.commit()
    return asked


@pytest.fixture
def theirs(session, pair, sign_in):
    user = make_user()
    session.add(user)
    session.flush()
    session.add(Membership(user_id=user.id, organisation_id=pair.candidate_id, role=MembershipRole.OWNER))
    session.commit()
    return sign_in(user)


@pytest.fixture
def officer(session, sign_in):
    user = make_user(PlatformRole.OFFICER)
    session.add(user)
    session.commit()
    return sign_in(user)


def test_a_statement_goes_to_the_other_side_and_counts_when_it_is_confirmed(session, pair, owner, theirs, sign_in):
    ours = sign_in(owner)
    typed = {"kind": "contract", "happened_on": today().isoformat(), "amount": "86"}
    sent = post(ours, f"/outcomes/{pair.organisation_id}/interest/{pair.id}/new", typed)
    said = session.exec(select(MatchOutcome)).one()
    page = theirs.get("/outcomes/").text

    answered = post(theirs, f"/outcomes/{said.id}/answer", {"kind": "confirmed", "version": said.version})

    session.rollback()
    assert (sent.status_code, answered.status_code) == (302, 302)
    assert (said.kind, said.amount, said.state) == (MatchOutcomeKind.CONTRACT, 860_000.0, MatchOutcomeState.CONFIRMED)
    assert f"/outcomes/{said.id}" in page
    assert session.get_one(Interest, pair.id).state is InterestState.CONTRACTED


def test_a_mistake_is_said_at_its_field_and_the_input_is_kept(session, pair, owner, sign_in):
    typed = {"kind": "trl_moved", "happened_on": today().isoformat(), "trl_from": "6", "trl_to": "5", "note": "样件"}

    page = post(sign_in(owner), f"/outcomes/{pair.organisation_id}/interest/{pair.id}/new", typed)

    assert page.status_code == 422
    assert 'id="trl_to-error"' in page.text
    assert "样件" in page.text
    assert session.exec(select(MatchOutcome)).all() == []


def test_somebody_else_finds_no_outcome(session, pair, sign_in):
    said = MatchOutcome(
        interest_id=pair.id,
        kind=MatchOutcomeKind.CONTRACT,
        stated_by_id=pair.organisation_id,
        other_id=pair.candidate_id,
        happened_on=today(),
    )
    stranger = make_user()
    session.add_all([said, stranger])
    session.commit()

    assert sign_in(stranger).get(f"/outcomes/{said.id}").status_code == 404


def test_who_acts_for_nobody_is_told_what_to_do(session, sign_in):
    person = make_user()
    session.add(person)
    session.commit()

    page = sign_in(person).get("/outcomes/")

    assert page.status_code == 200
    assert "/organisations/join" in page.text or "录入" in page.text


def show_list(session, pair):
    session.add(WeightPreset(code="partners", purpose="partners", name_zh="权重", name_en="Weights", source="test"))
    session.flush()
    line = {"position": 1, "organisation_id": str(pair.candidate_id), "offer_id": None, "is_facility": False}
    run = {"organisation_id": pair.organisation_id, "need_id": pair.need_id, "preset_code": "partners"}
    session.add(RankingRun(index_version="1", shown=[line], created_at=utc_now(), **run))
    session.commit()


def test_the_funnel_counts_a_list_and_leads_to_its_pairs(session, pair, officer):
    show_list(session, pair)

    funnel = officer.get("/officer/funnel")
    pairs = officer.get("/officer/funnel/pairs/recommended")

    assert funnel.status_code == 200
    assert "/officer/funnel/pairs/recommended" in funnel.text
    assert "重庆乙方科技有限公司" in pairs.text


@pytest.mark.parametrize(
    "query", ["first=nonsense", "first=2026-02-02&last=2026-01-01", "scope=chain:nothing", "scope=x"]
)
def test_an_address_that_cannot_be_read_shows_the_usual_and_says_so(officer, query):
    page = officer.get(f"/officer/funnel?{query}")

    assert page.status_code == 200
    assert "note-warning" in page.text


def test_an_unknown_stage_is_not_found(officer):
    assert officer.get("/officer/funnel/pairs/nothing").status_code == 404


def test_the_ledger_shows_shares_of_what_was_shown(session, pair, officer):
    show_list(session, pair)

    page = officer.get("/officer/exposure-ledger")

    assert page.status_code == 200
    assert "<svg" in page.text


def test_the_ledger_opens_with_lists_of_partners_whatever_else_was_shown(session, pair, officer):
    show_list(session, pair)
    session.add(WeightPreset(code="funds", purpose="funds", name_zh="权重", name_en="Weights", source="test"))
    session.flush()
    session.add(
        RankingRun(
            index_version="1", shown=[{"position": 1, "organisation_id": str(pair.candidate_id)}],
            created_at=utc_now(), organisation_id=pair.organisation_id, preset_code="funds",
        )
    )  # fmt: skip
    session.commit()

    page = officer.get("/officer/exposure-ledger").text

    assert '<option value="partners" selected>' in page
    assert '<option value="funds">' in page


def test_the_policy_page_takes_a_floor_that_the_ledger_proposes_and_saves_nothing(session, officer):
    session.add(ExposurePolicy(purpose="partners", newcomer_share=0.1, source="test"))
    session.commit()

    page = officer.get("/officer/exposure/partners?newcomer_share=25")

    session.rollback()
    assert 'value="25"' in page.text
    assert session.exec(select(ExposurePolicy)).one().newcomer_share == 0.1


def grade(session):
    session.add_all(
        FieldGradeDefault(field=name, grade=Grade.CONDITIONAL, source="test") for name in ("rd_ratio", "rd_staff_share")
    )
    session.commit()


def test_the_link_to_ask_is_the_same_for_a_filled_and_an_empty_field(session, pair, owner, sign_in):
    grade(session)
    client = sign_in(owner)

    page = client.get(f"/organisations/{pair.candidate_id}").text

    link = f'href="/data-requests/new/{pair.candidate_id}"'
    assert page.count(link) == 2
    assert "8.0" not in page.split("<footer")[0].split("研发投入")[-1][:200]


def test_a_request_is_asked_granted_and_then_seen(session, pair, owner, theirs, sign_in):
    grade(session)
    ours, until = sign_in(owner), (today() + timedelta(days=9)).isoformat()
    typed = {
        "organisation": str(pair.organisation_id),
        "names": ["rd_ratio"],
        "purpose": "核对联合体研发投入要求，项目组查看。",
        "wanted_until": until,
    }
    asked = post(ours, f"/data-requests/new/{pair.candidate_id}", typed)
    request = session.exec(select(DataRequest)).one()
    before = ours.get(f"/organisations/{pair.candidate_id}").text
    granted = post(
        theirs,
        f"/data-requests/{request.id}/grant",
        {"names": ["rd_ratio"], "expires_on": until, "version": request.version},
    )
    after = ours.get(f"/organisations/{pair.candidate_id}").text

    assert (asked.status_code, granted.status_code) == (302, 302)
    assert "8%" not in before
    assert "8%" in after


def test_a_closed_field_that_is_sent_all_the_same_is_refused(session, pair, owner, sign_in):
    grade(session)
    typed = {
        "organisation": str(pair.organisation_id),
        "names": ["contact_phone"],
        "purpose": "核对联合体研发投入要求，项目组查看。",
        "wanted_until": today().isoformat(),
    }

    page = post(sign_in(owner), f"/data-requests/new/{pair.candidate_id}", typed)

    assert page.status_code == 422
    assert session.exec(select(DataRequest)).all() == []


def test_the_network_of_nobody_and_of_a_strange_address_is_a_page(session, sign_in):
    person = make_user()
    session.add(person)
    session.commit()
    client = sign_in(person)

    assert client.get("/network").status_code == 200
    assert client.get("/network?focus=nonsense&kind=x&year=9&steps=7").status_code == 200


def test_the_network_names_partners_in_a_list_and_in_a_drawing(session, pair, sign_in, owner):
    session.add(FieldGradeDefault(field="projects", grade=Grade.OPEN, source="test"))
    project = Project(kind=ProjectKind.CONSORTIUM, title_zh="联合试制<b>", started_on=today())
    session.add(project)
    session.flush()
    session.add_all(
        Participation(project_id=project.id, organisation_id=key, role=ParticipationRole.PARTICIPANT)
        for key in (pair.organisation_id, pair.candidate_id)
    )
    session.commit()

    page = sign_in(owner).get(f"/network?focus={pair.organisation_id}").text

    assert page.count("乙方") >= 2
    assert "联合试制&lt;b&gt;" in page
    assert f"focus={pair.candidate_id}" in page


def test_a_field_that_its_owner_closes_is_offered_to_nobody(session, pair, owner, sign_in):
    grade(session)
    for name in ("rd_ratio", "rd_staff_share"):
        session.add(FieldGrade(organisation_id=pair.candidate_id, field=name, grade=Grade.CLOSED))
    session.commit()

    page = sign_in(owner).get(f"/data-requests/new/{pair.candidate_id}")

    assert page.status_code == 200
    assert 'name="names"' not in page.text
