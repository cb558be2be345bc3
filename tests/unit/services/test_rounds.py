"""A firm's rounds: one at a time, nothing half said before funds, no update lost."""

from datetime import timedelta

import pytest

from matchmaker.errors import InvalidInput, NotAllowed, NotFound, Stale
from matchmaker.services.actors import Actor
from matchmaker.services.calendar import today
from matchmaker.services.capital import rounds
from matchmaker.services.capital.rounds import MilestoneDraft, RoundDraft, SupportDraft
from models.base import new_id
from models.enums import FinancingStage, MembershipRole, RoundState, SupportKind
from tests.factories import make_organisation

USE = "用于座舱域控制器的样件试制、台架验证与首批产线工装。"


@pytest.fixture
def firm(session):
    firm = make_organisation()
    session.add(firm)
    session.flush()
    return firm


def member_of(organisation, role=MembershipRole.OWNER):
    return Actor(user_id=new_id(), memberships={organisation.id: role})


def whole(**values):
    said = {"amount": 5e6, "stage": FinancingStage.ANGEL, "use_zh": USE, "closes_on": today() + timedelta(days=90)}
    return RoundDraft(**{**said, **values})


def started(session, firm, **values):
    return rounds.start(session, member_of(firm), firm.id, whole(**values))


def set_rows(session, firm, one, *, version, **rows):
    return rounds.edit(session, member_of(firm), one.id, whole(), expected_version=version, **rows)


def refused(draft_or_call, *args, **kwargs):
    with pytest.raises(InvalidInput) as error:
        draft_or_call(*args, **kwargs)
    return error.value


def test_a_round_begins_as_a_draft_that_strangers_know_nothing_of(session, firm):
    one = started(session, firm)

    assert one.state is RoundState.DRAFT
    with pytest.raises(NotFound):
        rounds.get_round(session, Actor(user_id=new_id()), one.id)


def test_a_viewer_reads_and_does_not_write(session, firm):
    one = started(session, firm)
    viewer = member_of(firm, MembershipRole.VIEWER)

    assert rounds.get_round(session, viewer, one.id) == one
    with pytest.raises(NotAllowed):
        rounds.edit(session, viewer, one.id, whole(), expected_version=one.version)


def test_a_firm_has_one_running_round(session, firm):
    started(session, firm)

    assert refused(rounds.start, session, member_of(firm), firm.id, whole()).code == "round_running"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"amount": 0}, "not_positive"),
        ({"valuation": -1}, "not_positive"),
        ({"runway_months": 500}, "months_out_of_range"),
        ({"trl": 10}, "trl_out_of_range"),
        ({"stake_most": 1.2}, "share_out_of_range"),
        ({"funds_most": 0}, "funds_out_of_range"),
        ({"market_months": 30, "exit_months": 12}, "exit_before_market"),
    ],
)
def test_figures_that_cannot_be_are_refused_at_their_field(session, firm, values, code):
    error = refused(rounds.start, session, member_of(firm), firm.id, whole(**values))

    assert (error.code, error.field) == (code, list(values)[-1])


def test_milestones_are_kept_in_the_order_of_their_levels(session, firm):
    one = started(session, firm)
    drafts = [MilestoneDraft(trl=6, month=12, cost=3e6), MilestoneDraft(trl=5, month=6, cost=2e6)]

    set_rows(session, firm, one, milestones=drafts, version=one.version)

    assert [(kept.trl, kept.month) for kept in rounds.milestones_of(session, one.id)] == [(5, 6), (6, 12)]


@pytest.mark.parametrize(
    ("drafts", "code"),
    [
        ([MilestoneDraft(trl=5, month=6), MilestoneDraft(trl=5, month=9)], "milestone_twice"),
        ([MilestoneDraft(trl=5, month=9), MilestoneDraft(trl=6, month=6)], "milestones_out_of_order"),
        ([MilestoneDraft(trl=0, month=6)], "trl_out_of_range"),
        ([MilestoneDraft(trl=5, month=6, cost=-1)], "not_positive"),
    ],
)
def test_milestones_that_contradict_one_another_are_refused(session, firm, drafts, code):
    one = started(session, firm)

    assert refused(set_rows, session, firm, one, milestones=drafts, version=one.version).code == code


def test_two_people_who_set_milestones_at_once_do_not_lose_each_others(session, firm):
    one = started(session, firm)
    opened = one.version
    set_rows(session, firm, one, milestones=[MilestoneDraft(trl=5, month=6)], version=opened)

    with pytest.raises(Stale):
        set_rows(session, firm, one, milestones=[MilestoneDraft(trl=5, month=9)], version=opened)

    assert [kept.month for kept in rounds.milestones_of(session, one.id)] == [6]


def test_the_same_milestones_again_are_no_conflict(session, firm):
    one = started(session, firm)
    opened, drafts = one.version, [MilestoneDraft(trl=5, month=6)]
    set_rows(session, firm, one, milestones=drafts, version=opened)

    set_rows(session, firm, one, milestones=drafts, version=opened)

    assert len(rounds.milestones_of(session, one.id)) == 1


def test_money_without_a_stake_is_kept_with_its_month(session, firm):
    one = started(session, firm)
    voucher = SupportDraft(kind=SupportKind.INNOVATION_VOUCHER, amount=2e5, month=3)

    set_rows(session, firm, one, supports=[voucher], version=one.version)

    assert [(kept.kind, kept.amount, kept.month) for kept in rounds.supports_of(session, one.id)] == [
        (SupportKind.INNOVATION_VOUCHER, 2e5, 3)
    ]


def test_a_round_opens_once_it_says_enough(session, firm):
    one = started(session, firm, use_zh="")

    error = refused(rounds.open_round, session, member_of(firm), one.id, today=today())
    assert (error.code, error.facts["missing"]) == ("round_not_ready", ["use", "milestones"])

    rounds.edit(session, member_of(firm), one.id, whole(), expected_version=one.version)
    set_rows(session, firm, one, milestones=[MilestoneDraft(trl=5, month=6)], version=one.version)
    assert rounds.open_round(session, member_of(firm), one.id, today=today()).state is RoundState.OPEN


def test_a_round_that_is_over_is_not_edited_and_makes_room_for_the_next(session, firm):
    one = started(session, firm)
    rounds.end(session, member_of(firm), one.id, RoundState.WITHDRAWN)

    assert (
        refused(rounds.edit, session, member_of(firm), one.id, whole(), expected_version=None).code == "round_is_over"
    )
    assert started(session, firm).id != one.id


def test_what_funds_see_already_cannot_be_emptied(session, firm):
    one = started(session, firm)
    set_rows(session, firm, one, milestones=[MilestoneDraft(trl=5, month=6)], version=one.version)
    rounds.open_round(session, member_of(firm), one.id, today=today())

    error = refused(set_rows, session, firm, one, milestones=[], version=one.version)

    assert (error.code, error.facts["missing"]) == ("round_would_be_empty", ["milestones"])
