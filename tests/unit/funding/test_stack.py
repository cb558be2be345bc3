"""The capital stack: the best plan and its judge."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.funding.stack.check import breaches, dilution, flow, stakes, worth
from matchmaker.funding.stack.instance import Limit, LimitKind, spread
from matchmaker.funding.stack.model import Aim
from matchmaker.funding.stack.room import supply
from matchmaker.funding.stack.solve import NEAR, Plan, solve
from scripts.benchmarks.stacks import question as long_question
from tests.unit.funding.stack_questions import GUIDED, MILLION, SOCIAL, STATE, fund, question, tickets
from tests.unit.funding.stack_twin import small_question, twin


@pytest.mark.parametrize("first", range(0, 200, 10))
def test_the_twin_that_tries_every_choice_agrees(first):
    for seed in range(first, first + 10):
        asked = small_question(seed)
        known, tiny = twin(asked), 3e-6 * asked.need.sum()

        plan = solve(asked)

        found = worth(asked, plan.tickets)
        assert plan.is_proved
        assert not breaches(asked, plan.tickets), seed
        assert found.gap == pytest.approx(known.gap, abs=tiny), seed
        assert plan.reached[Aim.DILUTION].value == pytest.approx(known.shares, abs=tiny), seed
        assert found.shares <= known.shares * (1 + NEAR) + tiny, seed
        assert found.funds == known.funds, seed
        assert found.lack == pytest.approx(known.lack, abs=1e-6), seed


@pytest.mark.parametrize("seed", range(1000, 1015))
def test_the_twin_agrees_on_plans_that_have_to_differ(seed):
    asked = small_question(seed, cells=6)
    plan = solve(asked)
    asked = replace(asked, excluded=(plan.funds,)) if plan.funds else asked

    other, known = solve(asked), twin(asked)

    assert not breaches(asked, other.tickets)
    assert other.gap == pytest.approx(known.gap, abs=3e-6 * asked.need.sum())


@settings(max_examples=30, deadline=None)
@given(st.integers(2_000, 1_000_000))
def test_no_plan_breaks_anything_and_its_parts_agree_with_one_another(seed):
    asked = small_question(seed)

    plan = solve(asked)

    found = flow(asked, plan.tickets)
    assert not breaches(asked, plan.tickets)
    assert plan.gap == pytest.approx(found.gap.sum(), abs=3e-6 * asked.need.sum())
    assert (found.cash >= 0).all()
    moved = np.cumsum(asked.support + found.paid + found.gap - asked.need)
    assert found.cash == pytest.approx(moved, abs=3e-6 * asked.need.sum())


@settings(max_examples=20, deadline=None)
@given(st.integers(2_000, 1_000_000), st.sampled_from(list(LimitKind)))
def test_a_limit_that_is_dropped_never_makes_the_gap_larger(seed, kind):
    asked = small_question(seed)
    freer = replace(asked, limits=tuple(limit for limit in asked.limits if limit.kind is not kind))

    assert solve(freer).gap <= solve(asked).gap + 1e-5 * asked.need.sum()


def test_a_cost_is_spread_evenly_over_the_months_since_the_milestone_before():
    need, begins = spread(np.array([6.0, 4.0, 1.0]), np.array([3, 5, 5]))

    assert need.tolist() == [2, 2, 2, 2, 3]
    assert begins.tolist() == [0, 3, 4]


def test_a_plan_that_begins_later_needs_nothing_before():
    need, begins = spread(np.array([4.0]), np.array([5]), start=3)

    assert need.tolist() == [0, 0, 0, 2, 2]
    assert begins.tolist() == [3]


def test_a_gap_is_named_in_the_months_in_which_money_is_missing_and_later_money_does_not_fill_it_back():
    asked = question(fund(), support=(2, 0, 0, 0, 0, 0))

    found = flow(asked, tickets((0, 3)))

    assert found.gap.tolist() == [0, 0, MILLION, 0, 0, 0]
    assert found.cash.tolist() == [MILLION, 0, 0, 2 * MILLION, MILLION, 0]


def test_a_gap_that_stays_lies_at_the_end_and_not_where_money_could_have_come_sooner():
    asked = question(fund(low=1.0), limits=(Limit(LimitKind.STAKE, 4 / 24),))

    plan = solve(asked)

    assert flow(asked, plan.tickets).gap == pytest.approx([0, 0, 0, 0, MILLION, MILLION], abs=100)
    assert plan.tickets == pytest.approx(tickets((3, 1)), abs=100)


def test_stakes_are_by_the_price_of_each_phase_and_diluted_by_who_comes_later():
    asked = question(fund(), fund(), price=np.array([1.0, 2.0]))

    held = stakes(asked, tickets((5, 0), (0, 10)))

    assert held[0].tolist() == pytest.approx([5 / 25, 5 / 30])
    assert held[1].tolist() == pytest.approx([0, 5 / 30])
    assert dilution(asked, tickets((5, 0), (0, 10))) == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("changes", "paid", "broken"),
    [
        ({"low": 4.0}, (3, 3), "terms:ticket_low:fund 0"),
        ({"high": 5.0}, (3, 3), "terms:ticket_high:fund 0"),
        ({"stake": 0.2}, (3, 3), "terms:stake_high:fund 0"),
        ({"phases": (0,)}, (3, 3), "terms:phase:fund 0"),
        ({}, (7, -1), "terms:negative:fund 0"),
        ({"leads": False}, (3, 3), "lead"),
        ({"life": 59.0}, (3, 3), "patience"),
        ({"capital": STATE}, (3, 3), "least:social"),
        ({"capital": GUIDED}, (3, 3), "most:government_guided"),
    ],
)
def test_the_judge_finds(changes, paid, broken):
    limits = (
        Limit(LimitKind.LEAD, 1),
        Limit(LimitKind.PATIENCE, 0.5),
        Limit(LimitKind.LEAST, 0.5, SOCIAL),
        Limit(LimitKind.MOST, 0.5, GUIDED),
    )
    usual = question(fund(), limits=limits)

    assert breaches(usual, tickets((3, 3))) == ()
    assert broken in breaches(question(fund(**changes), limits=limits), tickets(paid))


def test_the_judge_finds_too_large_a_stake_of_all_too_many_funds_and_the_same_funds_again():
    limits = (Limit(LimitKind.STAKE, 0.2), Limit(LimitKind.FUNDS, 1))
    asked = question(fund(), fund(), limits=limits, excluded=((0, 1),))

    assert set(breaches(asked, tickets((3, 0), (0, 3)))) == {"stake", "funds", "excluded"}


def test_what_cannot_be_told_is_held_against_nobody():
    asked = question(
        fund(stake=0.01, life=np.nan),
        valuation=float("nan"),
        exit_months=float("nan"),
        limits=(Limit(LimitKind.STAKE, 0.01), Limit(LimitKind.PATIENCE, 1.0)),
    )

    plan = solve(asked)

    assert plan.gap == 0
    assert breaches(asked, plan.tickets) == ()


def test_a_gap_is_closed_before_dilution_is_small_and_funds_are_few():
    dear = [fund(low=2.0, high=2.0, phases=(1,), fit=0.1) for _ in range(3)]
    asked = question(fund(low=3.0, high=3.0, phases=(0,)), *dear)

    plan = solve(asked)

    assert plan.gap == 0
    assert len(plan.funds) == 3  # 3 + 2 + 2 million: a million too much, yet no month unpaid


def test_less_dilution_goes_before_fewer_funds():
    asked = question(fund(low=8.0, high=8.0), fund(low=3.0, high=3.0, fit=0.1), fund(low=3.0, high=3.0, fit=0.1))

    assert solve(asked).funds == (1, 2)


def test_fewer_funds_go_before_a_better_fit():
    asked = question(fund(high=6.0, fit=0.0), fund(high=3.0), fund(high=3.0))

    assert solve(asked).funds == (0,)


def test_among_equally_many_funds_the_better_fit_is_taken():
    asked = question(fund(fit=0.4), fund(fit=0.9), fund(fit=0.5))

    assert solve(asked).funds == (1,)


def test_dilution_that_hardly_differs_does_not_cost_a_fund_more():
    asked = question(fund(low=6.03, high=8.0), fund(low=3.0, high=3.0), fund(low=3.0, high=3.0))

    plan = solve(asked)

    assert plan.funds == (0,)
    assert plan.reached[Aim.DILUTION].value == pytest.approx(6 * MILLION)


def test_no_fund_pays_before_its_money_is_needed():
    plan = solve(question(fund()))

    assert plan.tickets.tolist() == [pytest.approx([3 * MILLION, 3 * MILLION])]


def test_no_money_beyond_the_need_is_taken():
    asked = question(fund(low=2.0, fit=0.3), fund(low=2.0, fit=0.9))

    assert solve(asked).tickets.sum() == pytest.approx(6 * MILLION)


def test_money_that_takes_no_stake_is_used_first():
    plan = solve(question(fund(), support=(0, 2, 0, 0, 0, 0)))

    assert plan.tickets.sum() == pytest.approx(4 * MILLION)


def test_where_nobody_may_pay_a_phase_just_that_phase_is_the_gap():
    asked = question(fund(phases=(0,), high=3.0))

    plan = solve(asked)

    assert flow(asked, plan.tickets).gap.tolist() == [0, 0, 0, MILLION, MILLION, MILLION]
    assert plan.is_proved
    assert supply(asked).funds.tolist() == [1, 0]


def test_without_any_fund_all_of_the_need_is_the_gap():
    asked = question()

    plan = solve(asked)

    assert plan.gap == pytest.approx(6 * MILLION)
    assert not plan.funds


def test_a_search_without_time_says_so_and_breaks_nothing():
    asked = small_question(3)

    plan = solve(asked, seconds=0.0)

    assert not plan.is_proved
    assert not breaches(asked, plan.tickets)
    assert plan.reached[Aim.GAP].bound <= plan.gap


def test_what_watches_is_told_of_each_aim_and_can_stop_the_search():
    told = []

    def stop(plan: Plan) -> None:
        told.append(set(plan.reached))
        if Aim.DILUTION in plan.reached:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        solve(question(fund()), watch=stop)
    assert told == [{Aim.GAP}, {Aim.GAP, Aim.DILUTION}]


def test_a_run_of_the_solver_is_stopped_within_it_and_the_best_plan_so_far_breaks_nothing():
    asked, told = long_question(seed=1, funds=80), []

    def stop(plan: Plan) -> None:
        told.append(plan)
        if plan.funds:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        solve(asked, watch=stop)
    assert not told[-1].is_proved
    assert not breaches(asked, told[-1].tickets)
    assert told[-1].gap <= told[0].gap
