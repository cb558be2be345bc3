"""The capital stack: the best plan, its judge, other plans, repairs, what holds it back, the relay."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.funding.stack.alternatives import alternatives
from matchmaker.funding.stack.check import breaches, dilution, flow, most_kept, stakes, standing, worth
from matchmaker.funding.stack.instance import CAPITALS, Funds, Instance, Limit, LimitKind, spread, with_limit
from matchmaker.funding.stack.model import Aim
from matchmaker.funding.stack.relay import relay
from matchmaker.funding.stack.repair import repairs
from matchmaker.funding.stack.room import rooms, supply
from matchmaker.funding.stack.solve import NEAR, solve
from models.enums import CapitalType
from tests.unit.funding.stack_twin import small_question, twin

MILLION = 1e6
GUIDED, STATE, SOCIAL = (CAPITALS.index(one) for one in CapitalType)


def fund(**values: Any) -> dict[str, Any]:
    """One that may lead, has no limits to speak of and stays for ever."""
    usual = {"low": 0.0, "high": 100.0, "stake": 1.0, "leads": True, "capital": SOCIAL, "life": 600.0, "fit": 1.0}
    return {**usual, **values}


def funds(rows: list[dict[str, Any]], phases: int) -> Funds:
    """Tickets in millions; `phases` of a row: in which it may pay, unsaid: in all."""
    return Funds(
        keys=tuple(row.get("key", f"fund {number}") for number, row in enumerate(rows)),
        ticket_low=np.array([row["low"] for row in rows]) * MILLION,
        ticket_high=np.array([row["high"] for row in rows]) * MILLION,
        stake_high=np.array([row["stake"] for row in rows]),
        may_lead=np.array([row["leads"] for row in rows], dtype=bool),
        capital=np.array([row["capital"] for row in rows], dtype=np.int8),
        life=np.array([row["life"] for row in rows]),
        fit=np.array([row["fit"] for row in rows]),
        allowed=np.array(
            [[p in row.get("phases", range(phases)) for p in range(phases)] for row in rows], dtype=bool
        ).reshape(len(rows), phases),
    )


def question(*rows: dict[str, Any], need: tuple[float, ...] = (1, 1, 1, 1, 1, 1), **values: Any) -> Instance:
    """Two phases, at months 0 and 3; a million a month."""
    phases = values.pop("phases", (0, 3))
    usual = {
        "need": np.array(need) * MILLION,
        "support": np.array(values.pop("support", np.zeros(len(need)))) * MILLION,
        "phases": np.array(phases, dtype=np.int32),
        "price": np.ones(len(phases)),
        "valuation": 20 * MILLION,
        "exit_months": 60.0,
        "funds": funds(list(rows), len(phases)),
    }
    return Instance(**{**usual, **values})


def tickets(*rows: tuple[float, ...]) -> np.ndarray:
    return np.array(rows, dtype=float) * MILLION


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
        assert (found.funds, found.lack) == (known.funds, pytest.approx(known.lack, abs=1e-6)), seed


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

    assert (plan.gap, plan.funds) == (pytest.approx(6 * MILLION), ())


def test_a_search_without_time_says_so_and_breaks_nothing():
    asked = small_question(3)

    plan = solve(asked, seconds=0.0)

    assert not plan.is_proved
    assert not breaches(asked, plan.tickets)
    assert plan.reached[Aim.GAP].bound <= plan.gap


def test_what_watches_is_told_of_each_aim_and_can_stop_the_search():
    told = []

    def stop(aim: Aim, reached: object) -> None:
        told.append(aim)
        if aim is Aim.DILUTION:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        solve(question(fund()), watch=stop)
    assert told == [Aim.GAP, Aim.DILUTION]


def test_other_plans_have_clearly_different_funds():
    asked = question(*(fund(low=1.0, high=3.0, fit=0.5 + row / 20) for row in range(6)))
    best = solve(asked)

    others = alternatives(asked, best)

    plans = [best, *others]
    assert len(others) == 3
    for place, plan in enumerate(plans):
        assert not breaches(asked, plan.tickets)
        assert all(len({*plan.funds} & {*one.funds}) <= most_kept(one.funds) for one in plans[:place])
    assert [plan.gap for plan in others] == [0, 0, 0]


def test_a_plan_that_leaves_much_more_open_is_no_alternative():
    asked = question(fund(high=6.0), fund(high=2.0))

    assert alternatives(asked, solve(asked)) == ()


def seed_fund(**values: Any) -> Funds:
    return funds([fund(key="seed fund", low=0.5, high=3.0, life=144.0, phases=(0,), **values)], 2)


def test_one_more_seed_fund_closes_it():
    asked = question(fund(phases=(1,), high=3.0), typical=seed_fund())

    found = repairs(asked, solve(asked))

    assert found[0].gap == 0
    assert [(one.key, one.tickets.tolist()) for one in found[0].added] == [("seed fund", [3 * MILLION, 0])]


def test_no_more_funds_are_added_than_close_it():
    asked = question(fund(phases=(1,), high=3.0), need=(2, 2, 1, 1, 1, 1), typical=seed_fund())

    found = repairs(asked, solve(asked))

    assert [one.key for one in found[0].added] == ["seed fund", "seed fund"]
    assert found[0].gap == 0


@pytest.mark.parametrize(
    ("limit", "rows", "after"),
    [
        (Limit(LimitKind.STAKE, 0.1), [fund()], 6 / 26),
        (Limit(LimitKind.FUNDS, 1), [fund(high=3.0), fund(high=3.0)], 2),
        (Limit(LimitKind.PATIENCE, 0.8), [fund(high=4.0), fund(life=24.0)], 4 / 6),
        (Limit(LimitKind.LEAST, 0.5, GUIDED), [fund(), fund(capital=GUIDED, high=1.5)], 1.5 / 6),
        (Limit(LimitKind.MOST, 0.5, SOCIAL), [fund(), fund(capital=GUIDED, high=1.5)], 4.5 / 6),
        (Limit(LimitKind.LEAD, 1), [fund(leads=False)], 0),
    ],
)
def test_a_limit_gives_way_just_as_far_as_closes_it(limit, rows, after):
    asked = question(*rows, limits=(limit,))
    best = solve(asked)

    found = repairs(asked, best)

    assert best.gap > 0.1 * MILLION
    assert [(one.limit, one.gap) for one in found] == [(limit, pytest.approx(0, abs=10))]
    assert found[0].after == pytest.approx(after, abs=1e-5)
    assert solve(with_limit(asked, replace(limit, value=found[0].after))).gap == pytest.approx(0, abs=50)


def test_what_closes_all_goes_before_what_closes_a_part_and_what_closes_nothing_is_left_out():
    asked = question(
        fund(phases=(0,), high=3.0),
        fund(phases=(1,), high=2.0),
        typical=funds([fund(key="growth fund", low=1.0, high=5.0, phases=(1,))], 2),
        limits=(Limit(LimitKind.STAKE, 0.15), Limit(LimitKind.PATIENCE, 0.1)),
    )

    found = repairs(asked, solve(asked))

    assert [one.limit.kind for one in found if one.limit] == [LimitKind.STAKE]
    assert found[0].gap == pytest.approx(MILLION, abs=10)


def test_where_there_is_no_gap_nothing_is_repaired():
    asked = question(fund(), typical=seed_fund(), limits=(Limit(LimitKind.STAKE, 0.9),))

    assert repairs(asked, solve(asked)) == ()


def test_a_limit_that_is_used_up_says_what_one_step_more_would_change():
    limits = (Limit(LimitKind.STAKE, 0.2), Limit(LimitKind.FUNDS, 5))
    asked = question(fund(), limits=limits)
    plan = solve(asked)

    stake, count = rooms(asked, plan)

    assert (stake.is_used_up, stake.moved) == (True, 0.25)
    assert stake.gap == solve(with_limit(asked, Limit(LimitKind.STAKE, 0.25))).gap == 0
    assert plan.gap == pytest.approx(MILLION, abs=10)
    assert (count.is_used_up, count.moved, count.stands) == (False, None, 1)


def test_where_a_plan_stands_is_in_the_measure_of_the_limit():
    asked = question(fund(capital=GUIDED, life=59.0), fund())
    paid = tickets((2, 0), (0, 4))

    found = [
        standing(asked, paid, Limit(kind, 0.5, capital))
        for kind, capital in ((LimitKind.STAKE, -1), (LimitKind.FUNDS, -1), (LimitKind.PATIENCE, -1))
    ]

    assert found == pytest.approx([6 / 26, 2, 4 / 6])
    assert standing(asked, paid, Limit(LimitKind.MOST, 0.5, GUIDED)) == pytest.approx(2 / 6)


def test_the_relay_says_who_leaves_when_and_who_can_take_over():
    asked = question(fund(life=24.0), fund(life=96.0, phases=(1,)), fund(life=48.0), fund(life=np.nan))

    legs = relay(asked, tickets((1, 0), (0, 1), (1, 0), (0, 1)))

    by_fund = {leg.fund: leg for leg in legs}
    assert [leg.fund for leg in legs][:2] == [0, 2]
    assert (by_fund[0].first, by_fund[0].until, by_fund[0].takers) == (0, 24, (1, 2))
    assert (by_fund[2].until, by_fund[2].takers) == (48, (1,))
    assert (by_fund[1].until, by_fund[1].stays, by_fund[1].takers) == (60, True, ())
    assert np.isnan(by_fund[3].until)
    assert not by_fund[3].stays


def test_nobody_takes_over_who_comes_only_after_it_has_to_be_sold():
    asked = question(fund(life=2.0), fund(phases=(1,)))

    legs = relay(asked, tickets((3, 0), (0, 3)))

    assert legs[0].takers == ()
