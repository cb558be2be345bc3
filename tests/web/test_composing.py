"""The composer from end to end: who may ask for a team, what the job leaves, what the page says, what repairs do."""

import itertools
from uuid import UUID

import numpy as np
import pytest
from sqlmodel import select

from matchmaker.consortium.check import breaches, worth
from matchmaker.consortium.prove import Progress
from matchmaker.errors import InvalidInput, NotAllowed, NotFound
from matchmaker.reader import Reader
from matchmaker.services.actors import Actor
from matchmaker.services.calendar import today
from matchmaker.services.composing import asking, solving
from matchmaker.services.composing.reading import seats_of_team
from matchmaker.services.composing.settings import Relaxed, Settings, from_stored, to_stored
from matchmaker.services.composing.solving import Found
from models.audit import AuditEntry
from models.base import new_id
from models.consortia import Composition, Consortium, Seat
from models.enums import (
    ChallengeStage,
    CompositionState,
    DeclineReason,
    Grade,
    JobState,
    MembershipRole,
    OrganisationKind,
    PlatformRole,
    RepairKind,
    RuleKind,
    SeatState,
)
from models.jobs import Job
from models.organisations import Organisation
from tests.composing_case import SOURCE, make_case, make_usual_case
from tests.web.conftest import post
from tests.web.test_base import assert_well_formed


@pytest.fixture
def case(session, instance):
    return make_usual_case(session, instance)


@pytest.fixture
def browser(case, sign_in):
    return sign_in(case.owner)


def page_of(browser, composition) -> str:
    response = browser.get(f"/compositions/{composition.id}")
    assert response.status_code == 200
    assert_well_formed(response.text)
    return response.text


# --- Asking --------------------------------------------------------------------------------------------------------


def test_a_team_is_asked_for_by_the_poster_s_people_and_becomes_a_job(case):
    composition = case.ask()

    job = case.session.get_one(Job, composition.job_id)
    assert (job.state, job.asked_by) == (JobState.QUEUED, case.owner.id)
    assert composition.state is CompositionState.SEARCHING
    assert "composition.ask" in case.session.exec(select(AuditEntry.action)).all()


def test_asked_twice_at_once_it_is_asked_once(case):
    assert case.ask().id == case.ask().id


def test_a_viewer_and_a_stranger_may_not_ask(case):
    viewer = Actor(user_id=new_id(), memberships={case.lead.id: MembershipRole.VIEWER})
    stranger = Actor(user_id=new_id())

    for actor in (viewer, stranger):
        with pytest.raises(NotAllowed):
            asking.ask(case.session, actor, case.challenge, case.lead.id, Settings())


def test_who_answers_composes_a_team_of_its_own_and_the_poster_is_not_in_it(case):
    answerer = case.firms["甲控制器"]
    actor = Actor(user_id=case.owner.id, memberships={answerer.id: MembershipRole.OWNER})
    with pytest.raises(InvalidInput, match="lead_takes_no_part"):
        asking.ask(case.session, actor, case.challenge, answerer.id, Settings())

    case.add_answer(answerer)
    composition = asking.ask(case.session, actor, case.challenge, answerer.id, Settings())
    case.session.commit()
    case.carry_out(composition)

    members = composition.result["teams"][0]["members"]
    assert members[0] | {"organisation_id": str(answerer.id), "is_lead": True} == members[0]
    assert str(case.lead.id) not in {member["organisation_id"] for member in members}


def test_what_others_compose_does_not_exist_for_the_poster(case):
    answerer = case.firms["甲控制器"]
    case.add_answer(answerer)
    actor = Actor(user_id=new_id(), memberships={answerer.id: MembershipRole.OWNER})
    theirs = Composition(challenge_id=case.challenge.id, lead_id=answerer.id)
    case.session.add(theirs)
    case.session.commit()

    assert asking.get(case.session, actor, theirs.id).composition.id == theirs.id
    assert asking.list_asked(case.session, case.actor, case.challenge.id) == []
    with pytest.raises(NotFound):
        asking.get(case.session, case.actor, theirs.id)


def test_who_still_drafts_an_answer_is_not_known_to_officers(case):
    answerer = case.firms["甲控制器"]
    case.add_answer(answerer)
    case.session.commit()
    officer = Actor(user_id=new_id(), roles=frozenset({PlatformRole.OFFICER}))
    own = Actor(user_id=new_id(), memberships={answerer.id: MembershipRole.OWNER})

    assert answerer.id not in {one.id for one in asking.list_leads(case.session, officer, case.challenge)}
    assert [one.id for one in asking.list_leads(case.session, own, case.challenge)] == [answerer.id]


def test_nobody_composes_for_a_challenge_that_is_withdrawn(case):
    case.challenge.stage = ChallengeStage.WITHDRAWN

    with pytest.raises(InvalidInput, match="challenge_over"):
        case.ask()


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        (Settings(budget=-1.0), "out_of_range"),
        (Settings(members_at_most=1), "out_of_range"),
        (Settings(held=(UUID(int=1),), barred=(UUID(int=1),)), "held_and_barred"),
        (Settings(held=tuple(UUID(int=number) for number in range(21))), "too_many_pinned"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(settings, code):
    with pytest.raises(InvalidInput, match=code):
        settings.check()


def test_settings_come_back_as_they_were_stored():
    relaxed = Relaxed(kind=RepairKind.LOWER, key="seat:1", before=2.0, after=1.0)
    settings = Settings(held=(UUID(int=1),), barred=(UUID(int=2),), budget=5.0, members_at_most=3, relaxed=(relaxed,))

    assert from_stored(to_stored(settings)) == settings


# --- The answer ----------------------------------------------------------------------------------------------------


def test_the_job_leaves_a_proved_team_that_covers_every_must(case):
    composition = case.compose()

    team = composition.result["teams"][0]
    assert composition.state is CompositionState.PROVED
    assert composition.value == pytest.approx(composition.bound)
    assert composition.ended_at is not None
    covered = {code for member in team["members"] for code in member["capability_codes"]}
    assert {"cockpit-controller", "head-up-display"} <= covered
    assert len(team["members"]) <= case.challenge.members_at_most


def test_search_and_proof_begin_from_one_relaxation(case):
    composition = case.ask()
    puzzle = asking.read_puzzle(case.session, Reader(case.instance), composition, today=today())
    told: list[Progress] = []

    first = solving.first(puzzle, seed=0)
    guide = puzzle.guide
    solving.proof(puzzle, Found(), watch=told.append)

    assert puzzle.guide is guide
    assert first.bound == told[0].bound == guide.bound


def test_the_proved_team_is_the_best_of_all_that_could_be_tried(case):
    composition = case.compose()
    puzzle = asking.read_puzzle(case.session, Reader(case.instance), composition, today=today())

    teams = (
        np.array([0, *chosen])
        for size in range(1, 4)
        for chosen in itertools.combinations(range(1, len(puzzle.instance)), size)
    )
    best = max(worth(puzzle.instance, team) for team in teams if not breaches(puzzle.instance, team))
    assert puzzle.sha256 == composition.inputs_sha256
    assert composition.value == pytest.approx(best)


def test_the_parts_and_the_members_points_sum_to_the_team_s_worth(case):
    composition = case.compose()

    team = composition.result["teams"][0]
    own = sum(sum(member["points"].values()) for member in team["members"])
    parts = team["parts"]
    assert sum(parts.values()) == pytest.approx(team["value"])
    assert own == pytest.approx(parts["fit"] + parts["crowding"] + parts["effort"])


def test_each_member_says_what_it_alone_covers_and_who_could_take_its_place(case):
    composition = case.compose()

    by_name = {
        case.session.get_one(Organisation, UUID(member["organisation_id"])).name_zh: member
        for member in composition.result["teams"][0]["members"]
    }
    controller = by_name.get("甲控制器") or by_name["乙控制器"]
    assert controller["alone"] == ["cockpit-controller"]
    assert controller["marginal"] > 0
    assert controller["substitutes"]
    assert not controller["is_single_point"]


def test_other_teams_differ_clearly_and_are_worth_no_more(case):
    best, *others = case.compose().result["teams"]

    assert others
    for other in others:
        assert other["value"] <= best["value"] + 1e-6
        assert other["enters"] or other["leaves"]


def test_the_record_says_from_what_the_answer_came_and_the_same_question_has_the_same_mark(case):
    first, again = case.compose(), case.compose()
    other = case.compose(members_at_most=3)

    assert first.id != again.id
    assert (first.inputs_sha256, first.value) == (again.inputs_sha256, again.value)
    assert first.result["teams"] == again.result["teams"]
    assert other.inputs_sha256 != first.inputs_sha256
    assert first.preset_code
    assert first.index_version
    assert first.candidates == 7


def test_held_are_in_barred_are_out_and_who_said_no_before_is_not_proposed_again(case):
    room = Consortium(lead_id=case.lead.id, challenge_id=case.challenge.id, name_zh="联合体")
    case.session.add(room)
    case.session.flush()
    case.session.add(
        Seat(
            consortium_id=room.id,
            organisation_id=case.firms["甲显示"].id,
            state=SeatState.DECLINED,
            reason=DeclineReason.NO_CAPACITY,
        )
    )
    case.session.commit()

    composition = case.compose(held=(case.firms["乙控制器"].id,), barred=(case.firms["甲控制器"].id,))

    teams = [case.names_of(team) for team in composition.result["teams"]]
    assert all("乙控制器" in team for team in teams)
    assert not any({"甲控制器", "甲显示"} & team for team in teams)


def test_a_seat_takes_its_kinds_and_its_planned_money_goes_with_the_member(case):
    case.add_firm("实验室", "head-up-display", kind=OrganisationKind.LAB)
    case.add_seat("研制", OrganisationKind.SME, least=1, most=3, cost=2_000_000.0)
    case.add_seat("检测", OrganisationKind.LAB, least=1, most=1, cost=1_000_000.0)
    case.index()

    composition = case.compose()

    by_role = {member["role_zh"]: member["money"] for member in composition.result["teams"][0]["members"]}
    assert by_role["检测"] == 1_000_000.0
    assert by_role["研制"] == 2_000_000.0
    seats = seats_of_team(case.session, case.actor, composition.id, 0)
    assert seats[0].is_lead
    assert {seat.role_zh for seat in seats[1:]} == {"研制", "检测"}
    with pytest.raises(NotFound):
        seats_of_team(case.session, case.actor, composition.id, 99)


def test_a_budget_is_kept(case):
    case.add_seat("研制", least=1, most=3, cost=4_000_000.0)
    case.session.commit()

    composition = case.compose()

    assert len(composition.result["teams"][0]["members"]) == 3
    assert composition.result["teams"][0]["cost"] == 8_000_000.0


def test_a_rule_of_the_call_is_kept_and_judged_on_the_page(case, browser):
    case.add_rule(RuleKind.MEMBER_COUNT, most=3)
    case.session.commit()

    composition = case.compose()

    assert len(composition.result["teams"][0]["members"]) == 3
    page = page_of(browser, composition)
    assert "组建规则" in page
    assert "满足" in page


def test_what_a_challenge_keeps_back_from_an_answerer_does_not_steer_its_team(case):
    answerer = case.firms["甲控制器"]
    case.add_answer(answerer)
    case.challenge.secrecy = Grade.CONDITIONAL
    case.session.flush()
    asked = {
        key: asking._as_read_by(case.session, case.challenge, key).problem_zh for key in (answerer.id, case.lead.id)
    }

    assert asked == {answerer.id: "", case.lead.id: case.challenge.problem_zh}


# --- Where no team is possible -------------------------------------------------------------------------------------


def test_where_no_team_is_possible_the_clash_and_the_repairs_are_kept(session, instance, sign_in):
    case = make_case(session, instance)
    case.add_firm("甲控制器", "cockpit-controller")
    case.add_firm("弱显示", "head-up-display", level=2)
    case.index()

    composition = case.compose()

    assert composition.state is CompositionState.CLASH
    assert [one["code"] for one in composition.result["clash"]] == ["head-up-display"]
    assert composition.result["repairs"][0]["changes"][0]["kind"] == "do_without"
    browser = sign_in(case.owner)
    page = page_of(browser, composition)
    assert "互相冲突的要求" in page
    assert "抬头显示设计" in page


def test_what_was_let_go_by_a_repair_is_said_beside_the_team(session, instance, sign_in):
    case = make_case(session, instance)
    case.add_firm("甲控制器", "cockpit-controller")
    case.index()
    clashing, browser = case.compose(), sign_in(case.owner)

    response = post(browser, f"/compositions/{clashing.id}/repairs/1")
    case.session.rollback()
    repaired = case.session.get_one(Composition, UUID(response.location.rsplit("/", 1)[1]))
    case.carry_out(repaired)

    assert case.names_of(repaired.result["teams"][0]) == {"甲控制器"}
    assert "放弃一项必备要求" in page_of(browser, repaired)


def test_a_rule_in_a_clash_is_named_with_its_citation(case, browser):
    case.add_rule(RuleKind.MEMBER_COUNT, least=4)
    case.session.commit()

    composition = case.compose(members_at_most=3)

    assert composition.state is CompositionState.CLASH
    assert SOURCE in page_of(browser, composition)


def test_a_repair_composes_again_with_the_rule_given_way(case, browser):
    case.add_rule(RuleKind.MEMBER_COUNT, least=4)
    case.session.commit()
    clashing = case.compose(members_at_most=3)

    response = post(browser, f"/compositions/{clashing.id}/repairs/1")
    case.session.rollback()
    repaired = case.session.get_one(Composition, UUID(response.location.rsplit("/", 1)[1]))
    case.carry_out(repaired)

    assert repaired.state is CompositionState.PROVED
    assert repaired.settings != clashing.settings
    assert post(browser, f"/compositions/{clashing.id}/repairs/9").status_code == 404
