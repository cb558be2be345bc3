"""Moving deals: what stages ask for, reasons to go on all the same, dropping, and two people at one card."""

import pytest
from sqlmodel import Session, select

from matchmaker.errors import InvalidInput, Stale
from matchmaker.services.calendar import today
from matchmaker.services.desk import deals, history, moving
from matchmaker.services.desk.deals import DealDraft
from matchmaker.services.desk.moving import Move
from models.enums import (
    DeclineReason,
    InteractionKind,
    StageKind,
    StageRule,
)
from models.matching import Interaction
from tests import records as make
from tests.desk_records import make_desk


@pytest.fixture
def desk(registry):
    return make_desk(registry)


@pytest.fixture
def firm(registry):
    return make.organisation(registry)


@pytest.fixture
def deal(desk, firm):
    return deals.add_deal(desk.session, desk.manager, desk.deal_list.id, firm.id)


def test_a_deal_enters_a_stage_whose_rules_it_keeps(desk, deal):
    save(desk, deal, owner_id=desk.manager.user_id)

    moving.move_deal(desk.session, desk.manager, deal.id, Move(stage_id=desk.stage(StageKind.SCREENING).id))

    assert deal.stage_id == desk.stage(StageKind.SCREENING).id
    assert deal.override == ""


def test_a_deal_is_held_back_by_what_it_lacks_and_the_refusal_names_it(desk, deal):
    with pytest.raises(InvalidInput) as refused:
        moving.move_deal(desk.session, desk.manager, deal.id, Move(stage_id=desk.stage(StageKind.SIGNING).id))

    assert refused.value.facts["rules"] == [StageRule.OWNER, StageRule.DUE_DATE]
    assert deal.stage_id == desk.stage(StageKind.LEAD).id


def test_against_the_rules_a_deal_enters_with_a_reason_that_is_kept(desk, deal):
    move = Move(stage_id=desk.stage(StageKind.SIGNING).id, override="合伙人会议已口头同意")

    moving.move_deal(desk.session, desk.manager, deal.id, move)

    assert deal.override == "合伙人会议已口头同意"
    latest = history.list_history(desk.session, desk.viewer, deal.id)[0]
    assert latest.changes["override"] == "合伙人会议已口头同意"
    assert latest.changes["rules"] == ["owner", "due_date"]


def test_a_reason_is_not_kept_where_no_rule_was_broken(desk, deal):
    save(desk, deal, owner_id=desk.manager.user_id)
    move = Move(stage_id=desk.stage(StageKind.SCREENING).id, override="急")

    moving.move_deal(desk.session, desk.manager, deal.id, move)

    assert deal.override == ""


def test_a_note_is_needed_since_the_last_move_and_may_come_with_the_move(desk, deal):
    deals.add_note(desk.session, desk.manager, deal.id, "第一次见面")
    save(desk, deal, owner_id=desk.manager.user_id)
    moving.move_deal(desk.session, desk.manager, deal.id, Move(stage_id=desk.stage(StageKind.SCREENING).id))
    leave = desk.stage(StageKind.EXIT)

    with pytest.raises(InvalidInput):
        moving.move_deal(desk.session, desk.manager, deal.id, Move(stage_id=leave.id))
    moving.move_deal(desk.session, desk.manager, deal.id, Move(stage_id=leave.id, note="股权已转让"))

    assert [one.note.text for one in deals.list_notes(desk.session, desk.viewer, deal.id)] == [
        "股权已转让",
        "第一次见面",
    ]


def test_the_memo_of_the_committee_counts_once_it_was_made(desk, deal):
    committee = desk.stage(StageKind.COMMITTEE)
    history.note_memo(desk.session, desk.manager, deal.id)

    asked = {one.rule: one.is_kept for one in moving.what_it_asks(desk.session, desk.viewer, deal, committee)}

    assert asked[StageRule.MEMO]
    assert not asked[StageRule.OWNER]


def test_a_deal_is_dropped_with_a_reason_that_goes_when_it_comes_back(desk, deal):
    dropped, lead = desk.stage(StageKind.DROPPED), desk.stage(StageKind.LEAD)
    with pytest.raises(InvalidInput) as refused:
        moving.move_deal(desk.session, desk.manager, deal.id, Move(stage_id=dropped.id, note="不合适"))
    assert refused.value.code == "drop_reason_missing"

    move = Move(stage_id=dropped.id, note="不合适", reason=DeclineReason.TOO_EARLY)
    moving.move_deal(desk.session, desk.manager, deal.id, move)
    reason = deal.reason
    moving.move_deal(desk.session, desk.manager, deal.id, Move(stage_id=lead.id))

    assert reason is DeclineReason.TOO_EARLY
    assert deal.reason is None
    told = desk.session.exec(select(Interaction).where(Interaction.kind == InteractionKind.NOT_USEFUL)).one()
    assert told.reason is DeclineReason.TOO_EARLY


def test_the_second_of_two_people_who_move_one_card_is_told_and_the_first_move_stays(desk, deal):
    save(desk, deal, owner_id=desk.manager.user_id)
    lead, screening = desk.stage(StageKind.LEAD), desk.stage(StageKind.SCREENING)
    first = Move(stage_id=screening.id, from_stage_id=lead.id)
    moving.move_deal(desk.session, desk.manager, deal.id, first)

    second = Move(stage_id=desk.stage(StageKind.DILIGENCE).id, from_stage_id=lead.id, override="已谈妥")
    with pytest.raises(Stale) as conflict:
        moving.move_deal(desk.session, desk.manager, deal.id, second)

    assert conflict.value.differences["stage_id"] == (screening, desk.stage(StageKind.DILIGENCE))
    assert deal.stage_id == screening.id


def test_what_a_colleague_wrote_elsewhere_does_not_stand_in_the_way_of_a_move(desk, deal):
    lead = desk.stage(StageKind.LEAD)
    save(desk, deal, owner_id=desk.manager.user_id, due_on=today())

    move = Move(stage_id=desk.stage(StageKind.SCREENING).id, from_stage_id=lead.id)
    moving.move_deal(desk.session, desk.manager, deal.id, move)

    assert deal.stage_id == desk.stage(StageKind.SCREENING).id


def test_of_several_deals_those_that_keep_the_rules_move_and_the_others_say_why(desk, deal, registry):
    ready = deals.add_deal(registry, desk.manager, desk.deal_list.id, make.organisation(registry).id)
    save(desk, ready, owner_id=desk.manager.user_id)
    stage = desk.stage(StageKind.SCREENING)

    moved = moving.move_deals(registry, desk.manager, [deal.id, ready.id], stage.id, seen={})

    assert [(one.deal, one.refusal is None) for one in moved] == [(deal, False), (ready, True)]
    assert isinstance(moved[0].refusal, InvalidInput)
    assert moved[0].refusal.facts["rules"] == [StageRule.OWNER]


def test_of_two_transactions_that_move_one_card_the_second_is_refused(engine, desk, deal):
    save(desk, deal, owner_id=desk.manager.user_id)
    lead, to, other = (desk.stage(kind).id for kind in (StageKind.LEAD, StageKind.SCREENING, StageKind.DROPPED))
    moving.move_deal(desk.session, desk.manager, deal.id, Move(stage_id=to, from_stage_id=lead))
    desk.session.commit()

    late = Move(stage_id=other, from_stage_id=lead, reason=DeclineReason.TERMS, note="条件谈不拢")
    with Session(engine.execution_options(writes=True)) as second, pytest.raises(Stale):
        moving.move_deal(second, desk.manager, deal.id, late)

    desk.session.refresh(deal)
    assert deal.stage_id == to


def save(desk, deal, **values):
    deals.update_deal(desk.session, desk.manager, deal.id, DealDraft(**values))
