"""How an interest goes from a shortlist to a contract, and who learns what on the way."""

from datetime import timedelta

import pytest
from sqlmodel import select

from matchmaker.errors import InvalidInput, NotAllowed, NotFound, Stale
from matchmaker.services import interests
from matchmaker.services.calendar import today
from models.audit import AuditEntry
from models.enums import DeclineReason, InteractionKind, InterestState, MembershipRole, OrganisationState, PostingState
from models.interest import Interest
from models.matching import Interaction, RankingRun
from models.organisations import Organisation
from tests import records as make

S = InterestState
LIVE = {"state": PostingState.PUBLISHED, "valid_until": today() + timedelta(days=90)}


class Case:
    """An asker with a live need, and a candidate with somebody who acts for it."""

    def __init__(self, session):
        self.session = session
        self.ours, self.theirs = make.organisation(session), make.organisation(session)
        self.asker, self.candidate = make.member(session, self.ours), make.member(session, self.theirs)
        self.need = make.need(session, self.ours, **LIVE)

    def ask(self, message="可否一起试制？"):
        return interests.ask(self.session, self.asker, self.need.id, self.theirs.id, message)

    def shortlist(self):
        return interests.shortlist(self.session, self.asker, self.need.id, self.theirs.id)

    def kinds(self):
        return [one.kind for one in self.session.exec(select(Interaction).order_by(Interaction.created_at))]


@pytest.fixture
def case(registry):
    return Case(registry)


def test_from_the_shortlist_to_the_contract_every_step_is_an_event_and_in_the_audit_log(case):
    case.shortlist()
    asked = case.ask()
    interests.accept(case.session, case.candidate, asked.id, "可以")
    interests.agree(case.session, case.asker, asked.id)
    signed = interests.sign(case.session, case.asker, asked.id)

    steps = ["shortlisted", "asked", "accepted", "agreed", "contracted"]
    actions = case.session.exec(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert signed.state is S.CONTRACTED
    assert [kind.value for kind in case.kinds()] == steps
    assert actions == [f"interest.{step}" for step in steps]
    assert len(case.session.exec(select(Interest)).all()) == 1


def test_an_event_belongs_to_the_asking_side_and_names_who_answered(case):
    asked = case.ask()
    interests.decline(case.session, case.candidate, asked.id, DeclineReason.NO_CAPACITY)

    said = case.session.exec(select(Interaction).where(Interaction.kind == InteractionKind.DECLINED)).one()
    assert (said.organisation_id, said.candidate_id) == (case.ours.id, case.theirs.id)
    assert (said.user_id, said.reason) == (case.candidate.user_id, DeclineReason.NO_CAPACITY)


def test_the_list_on_which_the_candidate_stood_is_kept(case):
    line = {"organisation_id": str(case.theirs.id), "offer_id": None, "is_facility": False, "position": 3}
    run = RankingRun(need_id=case.need.id, preset_code="partners", index_version="1", shown=[line])
    case.session.add(run)
    case.session.flush()

    kept = interests.shortlist(case.session, case.asker, case.need.id, case.theirs.id, run_id=run.id)
    asked = case.ask()

    assert (kept.run_id, asked.position) == (run.id, 3)
    assert {one.position for one in case.session.exec(select(Interaction))} == {3}


def test_what_is_sent_twice_is_done_once(case):
    first, second = case.ask(), case.ask()

    assert second.id == first.id
    assert case.kinds() == [InteractionKind.ASKED]


def test_the_candidate_knows_nothing_of_a_shortlist_or_of_what_was_withdrawn(case):
    kept = case.shortlist()

    with pytest.raises(NotFound):
        interests.get_received(case.session, case.candidate, kept.id)
    assert interests.list_received(case.session, case.candidate, case.theirs.id) == []

    case.ask()
    assert interests.list_received(case.session, case.candidate, case.theirs.id) == [kept]

    interests.withdraw(case.session, case.asker, kept.id)
    assert interests.list_received(case.session, case.candidate, case.theirs.id) == []
    with pytest.raises(NotFound):
        interests.accept(case.session, case.candidate, kept.id)


def test_the_candidate_may_change_its_mind_until_the_two_agree(case):
    asked = case.ask()
    interests.decline(case.session, case.candidate, asked.id, DeclineReason.TERMS)
    interests.accept(case.session, case.candidate, asked.id)
    assert asked.reason is None

    interests.agree(case.session, case.asker, asked.id)
    with pytest.raises(InvalidInput) as refused:
        interests.decline(case.session, case.candidate, asked.id, DeclineReason.TERMS)
    assert refused.value.code == "interest_step"


def test_nobody_agrees_with_who_has_not_said_yes(case):
    asked = case.ask()

    for step in (interests.agree, interests.sign):
        with pytest.raises(InvalidInput):
            step(case.session, case.asker, asked.id)


def test_who_said_no_is_not_asked_again_for_the_same_need(case):
    asked = case.ask()
    interests.decline(case.session, case.candidate, asked.id, DeclineReason.TOO_EARLY)

    with pytest.raises(InvalidInput):
        case.ask()


def test_the_other_reason_wants_a_word(case):
    asked = case.ask()

    with pytest.raises(InvalidInput) as refused:
        interests.decline(case.session, case.candidate, asked.id, DeclineReason.OTHER, " ")

    assert (refused.value.code, refused.value.field) == ("feedback_note_missing", "answer")


def test_a_need_that_is_not_live_asks_nobody_but_its_shortlist_can_be_kept(case):
    case.need.state = PostingState.DRAFT
    case.session.flush()

    assert case.shortlist().state is S.SHORTLISTED
    with pytest.raises(InvalidInput) as refused:
        case.ask()
    assert refused.value.code == "need_not_live"


def test_only_who_acts_for_a_side_moves_it(case):
    asked = case.ask()
    looks_on = make.member(case.session, case.theirs, role=MembershipRole.VIEWER)

    with pytest.raises(NotAllowed):
        interests.accept(case.session, looks_on, asked.id)
    for stranger in (
        case.asker,
        make.officer(case.session),
        make.member(case.session, make.organisation(case.session)),
    ):
        with pytest.raises(NotFound):
            interests.accept(case.session, stranger, asked.id)
    for stranger in (case.candidate, make.officer(case.session)):
        with pytest.raises(NotFound):
            interests.withdraw(case.session, stranger, asked.id)
    assert interests.list_received(case.session, looks_on, case.theirs.id) == [asked]


def test_an_officer_sees_the_list_but_not_who_asks_whom(case):
    case.ask()

    assert interests.by_candidate(case.session, make.officer(case.session), case.need.id, [case.theirs.id]) == {}
    assert set(interests.by_candidate(case.session, case.asker, case.need.id, [case.theirs.id])) == {case.theirs.id}


def test_a_step_from_a_page_that_is_out_of_date_is_refused_with_the_difference(case):
    asked = case.ask()
    seen = asked.version
    interests.accept(case.session, case.candidate, asked.id)

    with pytest.raises(Stale) as refused:
        interests.withdraw(case.session, case.asker, asked.id, expected_version=seen)

    assert refused.value.differences == {"state": (S.ACCEPTED, S.WITHDRAWN)}


def test_an_answer_moves_the_candidates_clock_so_that_the_index_reads_it_again(case):
    asked = case.ask()
    case.session.commit()
    before = case.session.get_one(Organisation, case.theirs.id).changed_at

    interests.decline(case.session, case.candidate, asked.id, DeclineReason.NO_CAPACITY)

    case.session.expire_all()
    assert case.session.get_one(Organisation, case.theirs.id).changed_at > before


def test_an_answer_may_be_given_another_reason_and_another_word(case):
    asked = case.ask()
    interests.decline(case.session, case.candidate, asked.id, DeclineReason.NO_CAPACITY, "今年排满")

    anew = interests.decline(case.session, case.candidate, asked.id, DeclineReason.TERMS, "条件不合适")
    interests.accept(case.session, case.candidate, asked.id, "可以")
    said = interests.accept(case.session, case.candidate, asked.id, "下周可以")

    assert (said.state, said.reason, said.answer) == (S.ACCEPTED, None, "下周可以")
    assert anew.id == asked.id
    reasons = case.session.exec(select(Interaction.reason).order_by(Interaction.created_at)).all()
    assert reasons == [None, DeclineReason.NO_CAPACITY, DeclineReason.TERMS, None, None]


def test_an_answer_from_an_old_page_does_not_overwrite_a_colleagues_word(case):
    asked = case.ask()
    seen = asked.version
    interests.accept(case.session, case.candidate, asked.id, "可以", expected_version=seen)

    with pytest.raises(Stale) as refused:
        interests.accept(case.session, case.candidate, asked.id, "也许", expected_version=seen)

    assert refused.value.differences["answer"] == ("可以", "也许")
    assert asked.answer == "可以"


def test_a_second_request_with_other_words_is_refused_and_not_lost_in_silence(case):
    case.ask()

    with pytest.raises(InvalidInput, match="interest_step"):
        case.ask("改了方案")


def test_an_organisation_that_is_closed_asks_nobody(case):
    case.ours.state = OrganisationState.CLOSED
    case.session.flush()

    with pytest.raises(InvalidInput, match="need_not_live"):
        case.ask()
