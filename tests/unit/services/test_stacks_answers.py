"""Capital stacks answered by a worker, and read; asking again and stopping."""

from typing import Any

import numpy as np
import pytest
from sqlmodel import select

from matchmaker.errors import InvalidInput
from matchmaker.instance import Instance
from matchmaker.services.stacks import asking, keeping, reading, solving
from matchmaker.services.stacks.freezing import freeze
from matchmaker.services.stacks.settings import Terms
from models.audit import AuditEntry
from models.enums import (
    CapitalType,
    LeadOrFollow,
    RoundState,
    StackState,
)
from tests import capital_records as capital
from tests.stack_case import TODAY, Case, make_case, make_usual_case


@pytest.fixture
def case(session):
    return make_usual_case(session)


@pytest.fixture
def instance(tmp_path, session):
    return Instance(tmp_path)


def question(case: Case, **terms: Any) -> dict[str, Any]:
    return freeze(case.session, case.round, Terms(**terms), today=TODAY)


class TestTheAnswer:
    def test_every_month_is_paid_and_it_is_proved(self, case, instance):
        stack = case.build(instance, stake_most=0.4, funds_most=4)

        plan = stack.result["plan"]
        assert stack.state is StackState.PROVED
        assert plan["gap"] == 0
        assert plan["is_proved"]
        assert plan["paid"] == pytest.approx(1.75e7, rel=1e-5)
        assert plan["dilution"] == pytest.approx(1.75e7 / 7.75e7, rel=1e-4)
        assert len(case.names_of(plan) - {"成长"}) == 1

    def test_its_bands_and_the_gap_sum_to_the_need_of_each_month(self, case, instance):
        stack = case.build(instance, stake_most=0.1)

        plan = stack.result["plan"]
        bands = np.sum([band["amounts"] for band in plan["bands"]], axis=0)
        gap = np.array([row["gap"] for row in plan["months"]])
        assert plan["gap"] > 0
        assert bands + gap == pytest.approx(np.array(stack.question["need"]), abs=1)

    def test_a_gap_names_its_months_and_the_fund_that_is_missing(self, case, instance):
        case.mandates["成长"].stages = case.mandates["接力"].stages = ["seed"]
        case.session.commit()

        stack = case.build(instance)

        assert stack.state is StackState.GAP
        assert [(one["from"], one["to"]) for one in stack.result["plan"]["gaps"]] == [(19, 23)]
        first = stack.result["repairs"][0]
        assert first["closes"]
        assert [(one["key"], one["name_zh"], one["life_months"]) for one in first["added"]] == [
            ("growth-social", "成长基金", 144)
        ]
        paid = first["added"][0]["phases"]
        assert 12 in {one["month"] for one in paid}
        assert sum(one["amount"] for one in paid) == pytest.approx(first["added"][0]["amount"])

    def test_other_plans_and_limits_come_with_it(self, case, instance):
        for number in range(3):
            case.add_fund(f"备选{number}", stages=("angel", "series_a", "series_b", "growth"), ticket_high=2e7)
        case.session.commit()

        stack = case.build(instance, funds_most=1)

        assert stack.result["alternatives"]
        assert all(set(one["enters"]).isdisjoint(one["leaves"]) for one in stack.result["alternatives"])
        assert {row["kind"]: row["is_used_up"] for row in stack.result["rooms"]}["funds"]

    def test_a_relay_says_who_can_take_over(self, case, instance):
        for name in ("天使", "耐心"):
            case.mandates[name].ticket_high = 3e6
        case.mandates["成长"].stages = ["growth"]
        case.session.commit()

        plan = case.build(instance).result["plan"]

        legs = {row["key"]: row for row in plan["funds"]}
        leaving = legs[str(case.mandates["接力"].id)]
        assert not leaving["stays"]
        assert leaving["until"] == pytest.approx(25.3, abs=0.1)
        assert str(case.mandates["成长"].id) in leaving["takers"]

    def test_it_answers_what_was_asked_whatever_becomes_of_the_registry(self, case, instance):
        stack = case.ask()
        asked, expected = stack.question, solving.plan(solving.best(stack.question))
        for mandate in case.mandates.values():
            mandate.ticket_high = mandate.ticket_low = 1.0
        case.session.commit()

        case.carry_out(instance, stack)

        assert stack.question == asked
        assert stack.result["plan"]["tickets"] == expected["tickets"]

    def test_who_reads_gets_the_names_that_are_still_there(self, case, instance):
        stack = case.build(instance)
        case.session.delete(case.mandates["天使"])
        case.session.commit()

        found = reading.read(case.session, case.actor, stack.id)

        assert str(case.mandates["成长"].id) in found.mandates
        assert len(found.mandates) == len(found.question["funds"]) - 1
        assert found.mandates[str(case.mandates["成长"].id)].organisation_id in found.funds
        assert found.terms == Terms()
        assert found.plan == stack.result["plan"]


class TestAsking:
    def test_the_same_question_is_not_asked_twice_at_once(self, case):
        assert case.ask().id == case.ask().id
        assert case.ask(funds_most=2).id != case.ask().id

    def test_when_it_is_answered_it_may_be_asked_again(self, case, instance):
        first = case.build(instance)

        assert case.ask().id != first.id
        assert [one.stack.id for one in asking.list_asked(case.session, case.actor, case.round.id)][-1] == first.id

    def test_one_that_is_stopped_before_it_begins_has_ended(self, case):
        stack = case.ask()

        asking.stop(case.session, case.actor, stack.id)

        assert asking.get(case.session, case.actor, stack.id).state is StackState.ENDED
        with pytest.raises(InvalidInput, match="stack_ended"):
            asking.stop(case.session, case.actor, stack.id)

    def test_a_stop_behind_the_last_step_ends_nothing_twice(self, case, instance):
        stack = case.build(instance)

        keeping.end(case.session, stack.id)  # what the worker does when it learns of the stop
        case.session.flush()

        of_stack = select(AuditEntry).where(AuditEntry.subject_id == str(stack.id), AuditEntry.action == "stack.end")
        ends = case.session.exec(of_stack).all()
        assert [entry.changes for entry in ends] == [{"state": ["searching", "proved"]}]

    def test_a_draft_of_a_round_may_be_asked_for_too(self, case, instance):
        case.round.state = RoundState.DRAFT
        case.session.commit()

        assert case.build(instance).state is StackState.PROVED

    def test_without_any_fund_all_is_gap(self, session, instance):
        case = make_case(session)

        stack = case.build(instance)

        assert stack.state is StackState.GAP
        assert stack.result["plan"]["gap"] == pytest.approx(1.75e7)
        assert stack.result["plan"]["shares"] == dict.fromkeys(CapitalType, None)

    def test_a_mandate_that_is_not_published_is_in_no_question(self, case):
        capital.mandate(case.session, capital.fund(case.session), status="draft", name_zh="未发布")

        assert len(question(case)["funds"]) == 4


def test_a_fund_that_does_not_say_whether_it_leads_stops_no_plan(session):
    case = make_case(session)
    silent = case.add_fund("未说明", stages=("angel",), leads=None)
    follower = case.add_fund("跟投", stages=("angel",), leads=LeadOrFollow.FOLLOW)

    rows = {row["key"]: row["may_lead"] for row in question(case)["funds"]}

    assert rows == {str(silent.id): True, str(follower.id): False}
