"""The deal desk: lists, columns, stages and their rules, deals and their history, and who sees any of it."""

from datetime import timedelta

import pytest
from sqlmodel import select

from matchmaker.errors import InvalidInput, NotAllowed, NotFound, Stale
from matchmaker.services import visibility
from matchmaker.services.actors import Actor
from matchmaker.services.calendar import today
from matchmaker.services.desk import columns, deals, history, lists, moving, reading, rights, screens, stages
from matchmaker.services.desk.deals import DealDraft
from matchmaker.services.desk.lists import ListDraft
from matchmaker.services.desk.moving import Move
from matchmaker.services.desk.screens import ScreenDraft
from matchmaker.services.desk.stages import StageDraft
from matchmaker.services.mandates import editing
from models.audit import AuditEntry
from models.enums import (
    ColumnType,
    InteractionKind,
    OrganisationKind,
    PlatformRole,
    StageKind,
    StageRule,
)
from models.matching import Interaction
from tests import records as make
from tests.desk_records import make_desk
from tests.factories import make_mandate, make_round


@pytest.fixture
def desk(registry):
    return make_desk(registry)


@pytest.fixture
def firm(registry):
    return make.organisation(registry)


@pytest.fixture
def deal(desk, firm):
    return deals.add_deal(desk.session, desk.manager, desk.deal_list.id, firm.id)


@pytest.fixture
def rival(registry):
    """Somebody at another fund."""
    return make.member(registry, make.organisation(registry, kind=OrganisationKind.FUND))


def test_a_new_list_begins_with_the_stages_of_the_template(desk):
    begun = stages.list_stages(desk.session, desk.deal_list)

    assert [one.name_zh for one in begun] == ["线索", "初筛", "尽调", "投决", "签约", "投后", "退出", "已放弃"]
    committee = stages.rules_of(desk.stage(StageKind.COMMITTEE))
    assert set(committee) == {StageRule.OWNER, StageRule.NO_FAIL, StageRule.NO_UNKNOWN, StageRule.MEMO}


def test_to_another_fund_and_to_an_officer_a_desk_does_not_exist(desk, deal, rival, officer):
    screen = screens.save_screen(desk.session, desk.manager, desk.fund.id, ScreenDraft(name="种子期", is_shared=True))
    for actor in (rival, officer):
        for ask in (
            lambda actor: lists.list_lists(desk.session, actor, desk.fund.id),
            lambda actor: lists.count_deals(desk.session, actor, desk.fund.id),
            lambda actor: reading.read_desk(desk.session, actor, desk.deal_list.id),
            lambda actor: rights.get_deal(desk.session, actor, deal.id),
            lambda actor: deals.list_notes(desk.session, actor, deal.id),
            lambda actor: history.list_history(desk.session, actor, deal.id),
            lambda actor: deals.add_note(desk.session, actor, deal.id, "看看"),
            lambda actor: screens.get_screen(desk.session, actor, screen.id),
        ):
            with pytest.raises(NotFound):
                ask(actor)


def test_who_only_looks_changes_nothing(desk, deal):
    to = Move(stage_id=desk.stage(StageKind.SCREENING).id, override="急")
    for change in (
        lambda: lists.create_list(desk.session, desk.viewer, desk.fund.id, ListDraft(name="我的")),
        lambda: columns.add_column(desk.session, desk.viewer, desk.deal_list.id, "行业", ColumnType.TEXT),
        lambda: stages.remove_stage(desk.session, desk.viewer, desk.deal_list.id, desk.stage(StageKind.EXIT).id),
        lambda: deals.add_note(desk.session, desk.viewer, deal.id, "看看"),
        lambda: moving.move_deal(desk.session, desk.viewer, deal.id, to),
    ):
        with pytest.raises(NotAllowed):
            change()


def test_only_a_fund_has_a_desk(registry, firm):
    person = make.member(registry, firm)

    with pytest.raises(InvalidInput) as refused:
        lists.create_list(registry, person, firm.id, ListDraft(name="项目"))

    assert refused.value.code == "not_a_fund"


def test_a_firm_comes_onto_a_list_once_with_its_open_round(desk, firm):
    now = make_round(firm)
    desk.session.add(now)
    desk.session.flush()

    first = deals.add_deal(desk.session, desk.manager, desk.deal_list.id, firm.id)
    again = deals.add_deal(desk.session, desk.manager, desk.deal_list.id, firm.id)

    assert again is first
    assert first.round_id == now.id
    assert first.stage_id == desk.stage(StageKind.LEAD).id
    events = desk.session.exec(select(Interaction.kind).where(Interaction.candidate_id == firm.id)).all()
    assert events == [InteractionKind.SHORTLISTED]


def test_a_round_of_another_firm_is_not_taken(desk, firm, registry):
    other = make_round(make.organisation(registry))
    registry.add(other)
    registry.flush()

    with pytest.raises(InvalidInput) as refused:
        deals.add_deal(registry, desk.manager, desk.deal_list.id, firm.id, round_id=other.id)

    assert refused.value.code == "unknown_round"


def test_a_list_with_deals_is_not_deleted(desk, deal):
    with pytest.raises(InvalidInput) as refused:
        lists.delete_list(desk.session, desk.manager, desk.deal_list.id)

    assert refused.value.code == "list_in_use"


@pytest.mark.parametrize("whose", ["another fund's", "a working copy"])
def test_a_list_takes_only_a_standing_mandate_of_its_own_fund(desk, registry, whose):
    owner = desk.fund if whose == "a working copy" else make.organisation(registry, kind=OrganisationKind.FUND)
    mandate = make_mandate(owner)
    registry.add(mandate)
    registry.flush()
    if whose == "a working copy":
        mandate = editing.revise(registry, desk.manager, mandate)

    with pytest.raises(InvalidInput) as refused:
        lists.change_list(registry, desk.manager, desk.deal_list.id, ListDraft(name="甲", mandate_id=mandate.id))

    assert refused.value.code == "unknown_mandate"


def test_values_of_a_column_that_is_put_away_come_back_with_it(desk, deal):
    column = columns.add_column(desk.session, desk.manager, desk.deal_list.id, "推荐人", ColumnType.TEXT)
    save(desk, deal, values={column.key: "王处"})

    columns.put_away(desk.session, desk.manager, desk.deal_list.id, column.key)
    save(desk, deal, tags=("芯片",))
    hidden = columns.columns_of(desk.deal_list)
    columns.bring_back(desk.session, desk.manager, desk.deal_list.id, column.key)

    assert hidden == []
    assert [one.label for one in columns.columns_of(desk.deal_list)] == ["推荐人"]
    assert deal.values == {column.key: "王处"}


@pytest.mark.parametrize(
    ("type_", "typed", "code"),
    [
        (ColumnType.NUMBER, "many", "value_not_a_number"),
        (ColumnType.NUMBER, float("inf"), "value_not_a_number"),
        (ColumnType.NUMBER, 1e308, "out_of_range"),
        (ColumnType.NUMBER, -1.1e12, "out_of_range"),
        (ColumnType.DATE, "soon", "value_not_a_day"),
        (ColumnType.CHOICE, "丙", "unknown_choice"),
        (ColumnType.TEXT, "长" * 501, "too_long"),
    ],
)
def test_a_value_that_its_column_does_not_take_is_refused_at_its_field(desk, deal, type_, typed, code):
    column = columns.add_column(desk.session, desk.manager, desk.deal_list.id, "列", type_, choices=("甲", "乙"))

    with pytest.raises(InvalidInput) as refused:
        save(desk, deal, values={column.key: typed})

    assert (refused.value.code, refused.value.field) == (code, f"value_{column.key}")


def test_two_columns_of_one_name_are_not_told_apart_so_the_second_is_refused(desk):
    columns.add_column(desk.session, desk.manager, desk.deal_list.id, "推荐人", ColumnType.TEXT)

    with pytest.raises(InvalidInput) as refused:
        columns.add_column(desk.session, desk.manager, desk.deal_list.id, " 推荐人 ", ColumnType.NUMBER)

    assert refused.value.code == "column_twice"


def test_a_column_that_somebody_renamed_meanwhile_is_not_renamed_unseen(desk):
    column = columns.add_column(desk.session, desk.manager, desk.deal_list.id, "推荐人", ColumnType.TEXT)
    columns.rename_column(desk.session, desk.manager, desk.deal_list.id, column.key, "来源")

    with pytest.raises(Stale):
        columns.rename_column(desk.session, desk.manager, desk.deal_list.id, column.key, "介绍人", shown_label="推荐人")


def test_a_stage_may_be_added_renamed_moved_and_given_rules(desk):
    new = stages.add_stage(
        desk.session,
        desk.manager,
        desk.deal_list.id,
        StageDraft(kind=StageKind.DILIGENCE, name_zh="技术尽调", rules=(StageRule.NOTE,)),
    )
    placed = [one.name_zh for one in stages.list_stages(desk.session, desk.deal_list)]
    stages.move_stage(desk.session, desk.manager, desk.deal_list.id, new.id, places=-4)
    stages.change_stage(
        desk.session,
        desk.manager,
        desk.deal_list.id,
        new.id,
        StageDraft(kind=StageKind.DILIGENCE, name_zh="技术核查"),
        expected_version=new.version,
    )

    assert placed[-2:] == ["技术尽调", "已放弃"]
    names = [one.name_zh for one in stages.list_stages(desk.session, desk.deal_list)]
    assert names == ["线索", "初筛", "尽调", "技术核查", "投决", "签约", "投后", "退出", "已放弃"]
    assert stages.rules_of(new) == []


def test_a_stage_with_deals_in_it_is_not_removed(desk, deal):
    with pytest.raises(InvalidInput) as refused:
        stages.remove_stage(desk.session, desk.manager, desk.deal_list.id, deal.stage_id)

    assert (refused.value.code, refused.value.facts["count"]) == ("stage_in_use", 1)


def test_a_stage_that_a_colleague_changed_is_not_overwritten_unseen(desk):
    stage = desk.stage(StageKind.EXIT)
    seen = stage.version
    change(desk, stage, "已退出", seen)

    with pytest.raises(Stale):
        change(desk, stage, "清算", seen)


def test_two_edits_of_one_deal_at_once_lose_nothing(desk, deal):
    seen = deal.version
    save(desk, deal, tags=("芯片",))

    with pytest.raises(Stale) as conflict:
        deals.update_deal(desk.session, desk.manager, deal.id, DealDraft(amount=3_000_000.0), expected_version=seen)

    assert set(conflict.value.differences) == {"tags", "amount"}
    assert deal.tags == ["芯片"]


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({"amount": -1.0}, "amount", "deal_amount"),
        ({"amount": 1.0, "paid_on": today() + timedelta(days=7)}, "paid_on", "paid_in_future"),
        ({"paid_on": today()}, "amount", "paid_without_amount"),
        ({"tags": tuple(f"标签{n}" for n in range(13))}, "tags", "deal_tags"),
    ],
)
def test_a_deal_takes_no_impossible_figures(desk, deal, values, field, code):
    with pytest.raises(InvalidInput) as refused:
        save(desk, deal, **values)

    assert (refused.value.field, refused.value.code) == (field, code)


def test_only_people_of_the_fund_are_in_charge(desk, deal, rival):
    with pytest.raises(InvalidInput) as refused:
        save(desk, deal, owner_id=rival.user_id)

    assert refused.value.code == "not_of_the_fund"


def test_the_history_says_who_did_what_with_names_of_people_and_stages(desk, deal):
    save(desk, deal, owner_id=desk.manager.user_id)
    moving.move_deal(desk.session, desk.manager, deal.id, Move(stage_id=desk.stage(StageKind.SCREENING).id))

    steps = history.list_history(desk.session, desk.viewer, deal.id)

    assert [one.action for one in steps] == ["deal.move", "deal.update", "deal.add"]
    assert steps[0].changes["stage_names"] == [["线索", "Lead"], ["初筛", "Screening"]]
    assert steps[1].changes["owner_id"] == [None, "李工"]
    assert {one.person for one in steps} == {"李工"}


def test_every_audit_row_of_a_desk_belongs_to_the_fund_so_that_its_values_stay_there(desk, deal):
    columns.add_column(desk.session, desk.manager, desk.deal_list.id, "推荐人", ColumnType.TEXT)
    stages.move_stage(desk.session, desk.manager, desk.deal_list.id, deal.stage_id, places=1)
    change(desk, desk.stage(StageKind.EXIT), "已退出", None)
    deals.add_note(desk.session, desk.manager, deal.id, "见面")
    screens.save_screen(desk.session, desk.manager, desk.fund.id, ScreenDraft(name="种子期"))

    rows = desk.session.exec(select(AuditEntry)).all()
    auditor = Actor(user_id=make.person(desk.session).id, roles=frozenset({PlatformRole.AUDITOR}))
    seen = visibility.seen_changes(desk.session, auditor, rows)

    assert len(rows) >= 7
    assert {one.organisation_id for one in rows} == {desk.fund.id}
    assert {type(value) for changes in seen.values() for value in changes.values()} == {visibility.Hidden}


def test_the_board_counts_and_sums_the_deals_of_every_stage(desk, deal, registry):
    other = deals.add_deal(registry, desk.manager, desk.deal_list.id, make.organisation(registry).id)
    save(desk, deal, amount=3_000_000.0, due_on=today() - timedelta(days=1))
    save(desk, other, amount=None)

    seen = reading.read_desk(registry, desk.viewer, desk.deal_list.id)
    lane = seen.lanes(seen.cards)[0]

    assert (len(lane.cards), lane.amount, lane.known) == (2, 3_000_000.0, 1)
    assert [one.is_overdue for one in lane.cards] == [True, False]
    counts = lists.count_deals(registry, desk.viewer, desk.fund.id)[desk.deal_list.id]
    assert (counts.deals, counts.running, counts.overdue) == (2, 2, 1)


def test_a_private_screen_is_its_makers_alone_and_a_shared_one_is_read_by_all(desk):
    own = screens.save_screen(desk.session, desk.manager, desk.fund.id, ScreenDraft(name="我的"))
    shared = screens.save_screen(desk.session, desk.manager, desk.fund.id, ScreenDraft(name="共用", is_shared=True))

    assert screens.list_screens(desk.session, desk.viewer, desk.fund.id) == [shared]
    with pytest.raises(NotFound):
        screens.get_screen(desk.session, desk.viewer, own.id)
    with pytest.raises(NotAllowed):
        screens.delete_screen(desk.session, desk.viewer, shared.id)


def test_each_person_has_their_own_clock_and_their_own_muted_firms(desk, firm):
    screen = screens.save_screen(desk.session, desk.manager, desk.fund.id, ScreenDraft(name="共用", is_shared=True))
    screens.mark_seen(desk.session, desk.viewer, screen.id)
    screens.mute(desk.session, desk.manager, screen.id, firm.id)
    screens.mute(desk.session, desk.manager, screen.id, firm.id)

    assert screens.muted(desk.session, desk.manager, [screen])[screen.id] == {firm.id}
    assert screens.muted(desk.session, desk.viewer, [screen])[screen.id] == frozenset()
    until = [screens.seen_until(desk.session, one, [screen])[screen.id] for one in (desk.manager, desk.viewer)]
    assert until[0] < until[1]


def test_a_muted_firm_is_heard_of_again(desk, firm):
    screen = screens.save_screen(desk.session, desk.manager, desk.fund.id, ScreenDraft(name="我的"))
    screens.mute(desk.session, desk.manager, screen.id, firm.id)

    screens.unmute(desk.session, desk.manager, screen.id, firm.id)

    assert screens.muted(desk.session, desk.manager, [screen])[screen.id] == frozenset()


def save(desk, deal, **values):
    deals.update_deal(desk.session, desk.manager, deal.id, DealDraft(**values))


def change(desk, stage, name, version):
    draft = StageDraft(kind=stage.kind, name_zh=name)
    stages.change_stage(desk.session, desk.manager, desk.deal_list.id, stage.id, draft, expected_version=version)
