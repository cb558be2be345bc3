"""What one changed fact opens has been held against every clause, and nothing smaller of the same fact would do."""

from datetime import date
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.funding.clearance import CLEARED, verdicts
from matchmaker.funding.columns import STAGES
from matchmaker.funding.openings import Change, openings
from models.enums import ClearanceVerdict
from tests.unit.funding import clearance_twin as twin
from tests.unit.funding.columns_of import firms_of, mandates_of
from tests.unit.funding.test_clearance import FIRM, MANDATE

TODAY = date(2026, 11, 22)
DAY = TODAY.toordinal()
SETS_OF_CODES = ("certifications", "nodes")


def changed(firm: dict[str, Any], change: Change) -> dict[str, Any]:
    """The firm as a person would write it down after the change."""
    if change.column in SETS_OF_CODES:
        also = {"trade_known": True} if change.column == "nodes" else {}
        return {**firm, change.column: set(firm.get(change.column, ())) | {int(change.value)}, **also}
    if change.column == "place":
        return {**firm, "place": int(change.value), "is_local": True}
    if change.column == "stage":
        return {**firm, "stage": STAGES[int(change.value)]}
    if change.column == "founded":
        return {**firm, "founded": date.fromordinal(int(change.value))}
    return {**firm, change.column: True if change.column == "trade_known" else change.value}


@settings(max_examples=60)
@given(st.lists(MANDATE, max_size=4), FIRM)
def test_every_change_that_is_named_opens_what_it_says_and_was_needed(mandates: Any, firm: Any) -> None:
    found = openings(mandates_of(mandates), firms_of([firm]), day=DAY)

    before = [twin.verdict(mandate, firm, TODAY) for mandate in mandates]
    for row, change in enumerate(found.changes):
        after = [twin.verdict(mandate, changed(firm, change), TODAY) for mandate in mandates]
        opened = [
            was is not ClearanceVerdict.CLEARED and now is ClearanceVerdict.CLEARED
            for was, now in zip(before, after, strict=True)
        ]
        assert found.opens[row].tolist() == opened


@settings(max_examples=60)
@given(st.lists(MANDATE, min_size=1, max_size=3), FIRM, st.sampled_from(["rd_ratio", "trl", "valuation", "amount"]))
def test_no_smaller_change_of_the_same_fact_opens_a_fund(mandates: Any, firm: Any, column: str) -> None:
    found = openings(mandates_of(mandates), firms_of([firm]), day=DAY)

    for row in np.flatnonzero([change.column == column for change in found.changes]):
        value, now = found.changes[row].value, firm.get(column)
        if now is None or not found.smallest[row].any():
            continue
        nearer = {**firm, column: now + 0.99 * (value - now)}
        still = verdicts(mandates_of(mandates), firms_of([nearer]), day=DAY)[:, 0]
        assert not np.any((still == CLEARED) & found.smallest[row])


@given(st.lists(MANDATE, max_size=3), FIRM)
def test_age_people_and_trade_that_are_known_are_never_to_be_changed(mandates: Any, firm: Any) -> None:
    found = openings(mandates_of(mandates), firms_of([firm]), day=DAY)

    known = {name for name in ("founded", "staff", "stage") if name in firm}
    assert not known & {change.column for change in found.changes}


def test_two_ways_to_keep_a_stake_small_are_both_named() -> None:
    mandate = {"ticket_low": 5e6, "stake_high": 0.3}

    found = openings(mandates_of([mandate]), firms_of([{"amount": 1e7, "valuation": 6e6}]), day=DAY)

    assert [(change.column, change.value) for change in found.changes] == [
        ("valuation", 6_666_667.0),
        ("amount", 10_666_667.0),
    ]


def test_where_two_facts_are_in_the_way_no_single_one_opens_the_fund() -> None:
    mandate = {"rd_ratio_low": 0.03, "trl_low": 6}

    found = openings(mandates_of([mandate]), firms_of([{"rd_ratio": 0.02, "trl": 4}]), day=DAY)

    assert found.changes == ()


def test_what_is_unknown_is_to_be_stated_at_the_least_demanding_value() -> None:
    mandates = [{"rd_ratio_low": 0.03}, {"rd_ratio_low": 0.05}, {"valuation_high": 1e8}]

    found = openings(mandates_of(mandates), firms_of([{"valuation": 2e8}]), day=DAY)

    least = {change: found.smallest[row].tolist() for row, change in enumerate(found.changes)}
    assert least == {
        Change("rd_ratio", 0.03): [True, False, False],
        Change("rd_ratio", 0.05): [False, True, False],
        Change("valuation", 1e8): [False, False, True],
    }
