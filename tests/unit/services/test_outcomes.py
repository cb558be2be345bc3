"""What parties say of their matches: the other side confirms or disputes, and nobody else learns of it."""

from datetime import timedelta

import pytest
from sqlmodel import select

from matchmaker.errors import InvalidInput, NotAllowed, NotFound
from matchmaker.services import interests
from matchmaker.services.calendar import today
from matchmaker.services.desk import deals, moving
from matchmaker.services.desk.moving import Move
from matchmaker.services.learning.outcomes import Pair, read_answers
from matchmaker.services.outcomes import matches, stating
from matchmaker.services.outcomes.drafts import OutcomeDraft
from matchmaker.services.outcomes.matches import MatchKind
from models.audit import AuditEntry
from models.enums import (
    InteractionKind,
    InterestState,
    MatchOutcomeKind,
    MatchOutcomeState,
    MembershipRole,
    OutcomeKind,
    PostingState,
    StageKind,
)
from models.matching import Interaction
from tests import records as make
from tests.consortium_rooms import RoomCase
from tests.desk_records import make_desk

K, S = MatchOutcomeKind, MatchOutcomeState


class Case:
    """An asker and a candidate who has said yes."""

    def __init__(self, session):
        self.session = session
        self.ours, self.theirs = make.organisation(session), make.organisation(session)
        self.asker, self.candidate = make.member(session, self.ours), make.member(session, self.theirs)
        live = {"state": PostingState.PUBLISHED, "valid_until": today() + timedelta(days=90)}
        self.need = make.need(session, self.ours, **live)
        self.interest = interests.ask(session, self.asker, self.need.id, self.theirs.id, "可否一起试制？")

    def accepted(self):
        interests.accept(self.session, self.candidate, self.interest.id, "可以")
        return self

    def state(self, draft=None, actor=None, ours=None):
        draft = draft or OutcomeDraft(kind=K.CONTRACT, happened_on=today(), amount=860_000.0, note="首期合同")
        who = (actor or self.asker, (ours or self.ours).id)
        return stating.state_outcome(self.session, *who, MatchKind.INTEREST, self.interest.id, draft)


@pytest.fixture
def case(registry):
    return Case(registry).accepted()


def test_a_confirmed_contract_moves_the_interest_on_and_training_learns_of_it(case):
    said = case.state()
    stating.confirm(case.session, case.candidate, said.id, "属实")

    events = case.session.exec(select(Interaction.kind, Interaction.organisation_id)).all()
    answer = read_answers(case.session, as_of=today() + timedelta(days=1))[Pair(case.need.id, case.theirs.id)]
    assert case.interest.state is InterestState.CONTRACTED
    assert events[-1] == (InteractionKind.CONTRACTED, case.ours.id)
    assert answer.kind is OutcomeKind.CONTRACTED


def test_a_contract_that_nobody_confirmed_moves_nothing(case):
    said = case.state()
    stating.dispute(case.session, case.candidate, said.id, "尚未签订")

    assert case.interest.state is InterestState.ACCEPTED
    assert said.state is S.DISPUTED


def test_a_contract_that_the_asker_has_noted_already_stays(case):
    interests.sign(case.session, case.asker, case.interest.id)
    stating.confirm(case.session, case.candidate, case.state().id)

    kinds = [one.kind for one in case.session.exec(select(Interaction))]
    assert kinds.count(InteractionKind.CONTRACTED) == 1


def test_the_candidate_may_state_and_the_asker_confirms(case):
    said = case.state(actor=case.candidate, ours=case.theirs)
    stating.confirm(case.session, case.asker, said.id)

    assert (said.stated_by_id, said.other_id, said.state) == (case.theirs.id, case.ours.id, S.CONFIRMED)


def test_who_stated_it_may_not_confirm_it(case):
    said = case.state()

    with pytest.raises(NotAllowed):
        stating.confirm(case.session, case.asker, said.id)


def test_a_request_that_waits_for_an_answer_is_no_match(registry):
    case = Case(registry)

    assert matches.list_matches(registry, case.asker, case.ours.id) == []
    with pytest.raises(NotFound):
        case.state()


def test_a_stranger_and_an_officer_read_nothing_of_it(case, stranger, officer):
    said = case.state()

    for actor in (stranger, officer):
        with pytest.raises(NotFound):
            stating.get_outcome(case.session, actor, said.id)
        with pytest.raises(NotAllowed):
            matches.list_matches(case.session, actor, case.ours.id)


def test_who_only_looks_reads_and_does_not_state(case):
    viewer = make.member(case.session, case.ours, role=MembershipRole.VIEWER)

    assert len(matches.list_matches(case.session, viewer, case.ours.id)) == 1
    with pytest.raises(NotAllowed):
        case.state(actor=viewer)


def test_what_was_taken_back_is_there_for_nobody(case):
    said = case.state()
    stating.take_back(case.session, case.asker, said.id)

    assert stating.list_to_answer(case.session, case.candidate, case.theirs.id) == []
    with pytest.raises(NotFound):
        stating.get_outcome(case.session, case.candidate, said.id)


def test_only_who_stated_it_may_take_it_back_and_not_once_it_is_confirmed(case):
    said = case.state()

    with pytest.raises(NotFound):
        stating.take_back(case.session, case.candidate, said.id)
    stating.confirm(case.session, case.candidate, said.id)
    with pytest.raises(InvalidInput, match="outcome_confirmed"):
        stating.take_back(case.session, case.asker, said.id)


def test_a_dispute_needs_words_and_can_become_a_confirmation(case):
    said = case.state()

    with pytest.raises(InvalidInput, match="answer_missing"):
        stating.dispute(case.session, case.candidate, said.id, " ")
    stating.dispute(case.session, case.candidate, said.id, "金额不符")
    stating.confirm(case.session, case.candidate, said.id)
    assert said.state is S.CONFIRMED


def test_what_the_other_side_has_said_is_confirmed_and_not_said_again(case):
    case.state()

    with pytest.raises(InvalidInput, match="outcome_said_already"):
        case.state(actor=case.candidate, ours=case.theirs)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"happened_on": today() + timedelta(days=2)}, "happened_on"),
        ({"happened_on": today() - timedelta(days=30)}, "happened_on"),
        ({"amount": -1.0}, "amount"),
        ({"amount": float("inf")}, "amount"),
        ({"trl_from": 3, "trl_to": 5}, "trl_from"),
        ({"kind": K.TRL_MOVED}, "trl_from"),
        ({"kind": K.TRL_MOVED, "trl_from": 5, "trl_to": 5}, "trl_to"),
        ({"kind": K.TRL_MOVED, "trl_from": 5, "trl_to": 10}, "trl_to"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(case, changes, field):
    draft = OutcomeDraft(**{"kind": K.CONTRACT, "happened_on": today(), **changes})

    with pytest.raises(InvalidInput) as refused:
        case.state(draft)

    assert refused.value.field == field


def test_every_step_is_in_the_audit_log(case):
    said = case.state()
    stating.dispute(case.session, case.candidate, said.id, "金额不符")
    stating.take_back(case.session, case.asker, said.id)

    actions = case.session.exec(select(AuditEntry.action).where(AuditEntry.subject_type == "match_outcomes")).all()
    assert list(actions) == ["outcome.state", "outcome.disputed", "outcome.take_back"]


def test_in_a_consortium_the_lead_says_with_whom_and_members_state_with_the_lead(registry):
    room = RoomCase(registry).signed()
    found = matches.list_matches(registry, room.owner, room.firm.id)[0]
    draft = OutcomeDraft(kind=K.PILOT_RUN, happened_on=today())

    said = stating.state_outcome(registry, room.owner, room.firm.id, MatchKind.CONSORTIUM, room.id, draft)

    assert [one.id for one in found.others] == [room.lead.id]
    assert said.other_id == room.lead.id
    of_lead, stranger = (room.leader, room.lead.id, MatchKind.CONSORTIUM, room.id), room.stranger.id
    with pytest.raises(InvalidInput, match="outcome_other_side"):
        stating.state_outcome(registry, *of_lead, draft, other_id=stranger)


def test_a_firm_learns_of_a_deal_with_the_first_word_of_the_fund(registry):
    desk = make_desk(registry)
    firm = make.organisation(registry)
    owner = make.member(registry, firm)
    deal = deals.add_deal(registry, desk.manager, desk.deal_list.id, firm.id)
    signing = Move(stage_id=desk.stage(StageKind.SIGNING).id, from_stage_id=deal.stage_id, override="已商定")
    moving.move_deal(registry, desk.manager, deal.id, signing)
    before = matches.list_matches(registry, owner, firm.id)

    draft = OutcomeDraft(kind=K.FUNDING, happened_on=today(), amount=5e6)
    said = stating.state_outcome(registry, desk.manager, desk.fund.id, MatchKind.DEAL, deal.id, draft)

    after = matches.list_matches(registry, owner, firm.id)
    assert before == []
    assert [(one.kind, one.id) for one in after] == [(MatchKind.DEAL, deal.id)]
    assert after[0].since == said.happened_on
