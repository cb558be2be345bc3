"""From a draft to a published challenge, an answer, a composed team and its room: on SQLite and on PostgreSQL."""

import pytest
from sqlmodel import Session, select

from matchmaker.errors import NotFound
from matchmaker.services.challenges import answers, editing, listing, screening, stages
from matchmaker.services.challenges.answers import AnswerDraft
from matchmaker.services.challenges.drafts import MetricsDraft
from matchmaker.services.challenges.listing import Filters
from matchmaker.services.consortia import composed, rooms
from models.challenges import Challenge
from models.consortia import Seat
from models.enums import AnswerState, ChallengeStage, CompositionState, JobState, OrganisationKind, SeatState
from models.rules import ClarityCriterion
from models.sessions import reading, writing
from tests import records as make
from tests.challenge_drafts import METRIC, PROBLEM, TEAM, terms
from tests.composing_case import make_usual_case

APPROACH = "重写启动流程，改用并行加载与休眠镜像，样机三个月内送测，并给出每一步的时间预算，第三方复核。"


@pytest.fixture
def session(either):
    with Session(either.engine, expire_on_commit=False) as session:
        yield session


def test_a_challenge_is_written_judged_published_and_answered(either):
    with writing(either.engine) as session:
        make.add_taxonomy(session)
        session.add(ClarityCriterion(code="problem", name_zh="问题", name_en="Problem", most=5, source="test"))
        leader, firm = make.organisation(session, kind=OrganisationKind.CHAIN_LEADER), make.organisation(session)
        poster, answerer, officer = make.member(session, leader), make.member(session, firm), make.officer(session)
        challenge = editing.create(session, poster, leader, PROBLEM)
        for step in (MetricsDraft(metrics=(METRIC,)), TEAM, terms()):
            editing.edit(session, poster, challenge, step)
        stages.hand_in(session, poster, challenge)

    with writing(either.engine) as session:
        challenge = session.get_one(Challenge, challenge.id)
        stages.move(session, officer, challenge, ChallengeStage.SCREENED)
        screening.judge(session, officer, challenge, {"problem": 4}, {"problem": "清楚"})
        stages.move(session, officer, challenge, ChallengeStage.PUBLISHED)
        stages.move(session, poster, challenge, ChallengeStage.ANSWERED)

    with writing(either.engine) as session:
        draft = AnswerDraft(approach=APPROACH, asks=3e6, months=12)
        answer = answers.write(session, answerer, challenge.id, firm, draft)
        answers.submit(session, answerer, answer)

    with reading(either.engine) as session:
        found = listing.list_challenges(session, answerer, Filters(words="冷启动", is_open=True))
        assert [one.id for one in found.page.items] == [challenge.id]
        assert answers.get(session, poster, answer.id).state is AnswerState.SUBMITTED


def test_a_team_is_composed_by_a_job_and_its_room_opened_once(session, either):
    case = make_usual_case(session, either)

    composition = case.ask()
    job = case.carry_out(composition)
    first, second = (composed.open_from_composition(session, case.actor, composition.id, 0) for _ in range(2))
    session.commit()

    assert (job.state, composition.state) == (JobState.DONE, CompositionState.PROVED)
    assert first.id == second.id
    members = [member["organisation_id"] for member in composition.result["teams"][0]["members"]]
    seats = session.exec(select(Seat).where(Seat.consortium_id == first.id)).all()
    assert {str(seat.organisation_id) for seat in seats} == set(members)
    assert {seat.state for seat in seats} == {SeatState.ACCEPTED, SeatState.PROPOSED}
    with pytest.raises(NotFound):
        composed.open_from_composition(session, case.actor, composition.id, 99)
    assert len(rooms.get_room(session, case.actor, first.id).seats) == len(members)
