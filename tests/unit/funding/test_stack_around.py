"""Around a capital stack: other plans, repairs, what holds it back, the relay."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from matchmaker.funding.stack.alternatives import alternatives
from matchmaker.funding.stack.check import breaches, most_kept, standing
from matchmaker.funding.stack.instance import Funds, Limit, LimitKind, with_limit
from matchmaker.funding.stack.relay import relay
from matchmaker.funding.stack.repair import repairs
from matchmaker.funding.stack.room import rooms
from matchmaker.funding.stack.solve import solve
from tests.unit.funding.stack_questions import GUIDED, MILLION, SOCIAL, fund, funds, question, tickets


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
    assert [one.limit for one in found] == [limit]
    assert found[0].gap == pytest.approx(0, abs=10)
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
