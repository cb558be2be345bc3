"""Clearance over whole arrays says what a person would who holds each clause against each firm."""

from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.funding.clauses import FAILED, NOT_ASKED, OUTCOMES, WAIVABLE
from matchmaker.funding.clearance import VERDICTS, Waivers, clear, clear_blocks, tally, verdicts
from matchmaker.funding.columns import CLAUSES, STAGES
from models.enums import ClauseForce, ClauseKind, ClauseOutcome, ClearanceVerdict
from tests.unit.funding import clearance_twin as twin
from tests.unit.funding.columns_of import SETS, firms_of, mandates_of

TODAY = date(2026, 11, 22)
DAY = TODAY.toordinal()


def codes(vocabulary: str) -> st.SearchStrategy[set[int]]:
    return st.sets(st.integers(0, SETS[vocabulary] - 1), max_size=3)


MONEY = st.sampled_from([0.0, 5e5, 1e6, 2e6, 3e6, 5e6, 1e7, 1e8])
SHARE = st.sampled_from([0.0, 0.026, 0.03, 0.05, 0.3, 0.6, 1.0])
YEARS = st.sampled_from([0.0, 0.5, 1.0, 2.5, 3.0, 5.0, 8.0])
DAYS = st.dates(date(2016, 1, 1), date(2027, 6, 1)) | st.sampled_from([date(2021, 11, 22), date(2024, 2, 29)])
FORCE = st.dictionaries(st.sampled_from(ClauseKind), st.sampled_from(ClauseForce), max_size=17)
MANDATE = st.fixed_dictionaries(
    {},
    optional={
        "is_investing": st.booleans(),
        "fields": codes("nodes"),
        "main_fields": codes("nodes"),
        "exclusions": codes("words"),
        "places": codes("places"),
        "certifications": codes("schemes"),
        "stages": st.sets(st.sampled_from(STAGES)),
        "age_high": st.integers(0, 10),
        "staff_high": st.integers(0, 300),
        "valuation_high": MONEY,
        "rd_ratio_low": SHARE,
        "trl_low": st.integers(1, 9),
        "ticket_low": MONEY,
        "stake_high": SHARE,
        "remaining": MONEY,
        "life_left": YEARS,
        "extension": YEARS,
        "main_share": SHARE,
        "paid": MONEY,
        "paid_main": MONEY,
        "reinvestment": st.sampled_from([0.0, 1.0, 1.5]),
        "force": FORCE,
    },
)
FIRM = st.fixed_dictionaries(
    {},
    optional={
        "nodes": codes("nodes"),
        "falls_under": codes("words"),
        "trade_known": st.booleans(),
        "place": st.integers(0, SETS["places"] + 2),
        "is_local": st.booleans(),
        "stage": st.sampled_from(STAGES),
        "founded": DAYS,
        "staff": st.integers(0, 300),
        "rd_ratio": SHARE,
        "certifications": codes("schemes"),
        "trl": st.integers(1, 9),
        "amount": MONEY.filter(bool),
        "valuation": MONEY.filter(bool),
        "exit_months": st.integers(0, 120),
    },
)


@given(st.lists(MANDATE, max_size=4), st.lists(FIRM, max_size=4))
def test_every_clause_says_what_reading_it_aloud_says(mandates: list[Any], firms: list[Any]) -> None:
    found = clear(mandates_of(mandates), firms_of(firms), day=DAY)

    expected = [[[twin.outcome(kind, m, f, TODAY) for f in firms] for m in mandates] for kind in CLAUSES]
    assert [[[OUTCOMES[code] for code in row] for row in clause] for clause in found.outcomes] == expected


@given(st.lists(MANDATE, min_size=1, max_size=4), st.lists(FIRM, min_size=1, max_size=4), st.data())
def test_the_verdict_is_the_worst_of_what_is_neither_soft_nor_waived(mandates: Any, firms: Any, data: Any) -> None:
    cells = st.tuples(
        st.sampled_from(range(len(CLAUSES))), st.integers(0, len(mandates) - 1), st.integers(0, len(firms) - 1)
    )
    waived = data.draw(st.sets(cells, max_size=20))
    clause, mandate, firm = np.array(sorted(waived), np.int32).reshape(-1, 3).T

    found = verdicts(mandates_of(mandates), firms_of(firms), day=DAY, waivers=Waivers(clause, mandate, firm))

    def kinds(m: int, f: int) -> frozenset[ClauseKind]:
        return frozenset(CLAUSES[one] for one, of, to in waived if (of, to) == (m, f))

    expected = [[twin.verdict(a, b, TODAY, kinds(m, f)) for f, b in enumerate(firms)] for m, a in enumerate(mandates)]
    assert [[VERDICTS[code] for code in row] for row in found] == expected


@given(st.lists(MANDATE, min_size=1, max_size=6), st.lists(FIRM, min_size=1, max_size=4), st.integers(1, 10))
def test_blocks_say_the_same_as_the_whole(mandates: Any, firms: Any, block: int) -> None:
    columns = mandates_of(mandates), firms_of(firms)
    waivers = Waivers(*(np.zeros(1, np.int32) for _ in range(3)))

    parts = list(clear_blocks(*columns, day=DAY, waivers=waivers, block=block))

    whole = clear(*columns, day=DAY, waivers=waivers)
    assert np.array_equal(np.concatenate([part.outcomes for _, part in parts], axis=1), whole.outcomes)
    assert np.array_equal(np.concatenate([part.verdict for _, part in parts]), whole.verdict)
    assert [row for rows, _ in parts for row in range(rows.start, rows.stop)] == list(range(len(mandates)))


@given(MANDATE, FIRM, st.sampled_from(["founded", "staff", "rd_ratio", "certifications", "trl", "amount", "valuation"]))
def test_taking_a_fact_away_never_makes_a_clause_fail(mandate: Any, firm: Any, fact: str) -> None:
    less = {name: value for name, value in firm.items() if name != fact}

    before = clear(mandates_of([mandate]), firms_of([firm]), day=DAY).outcomes
    after = clear(mandates_of([mandate]), firms_of([less]), day=DAY).outcomes

    assert not np.any((after >= WAIVABLE) & (before < WAIVABLE))


def test_a_mandate_that_says_nothing_asks_only_whether_it_invests() -> None:
    found = clear(mandates_of([{}]), firms_of([{}]), day=DAY)

    asked = [kind for kind, code in zip(CLAUSES, found.outcomes[:, 0, 0], strict=True) if code != NOT_ASKED]
    assert asked == [ClauseKind.STATUS]
    assert VERDICTS[found.verdict[0, 0]] is ClearanceVerdict.CLEARED


def test_a_share_of_nothing_is_unknown_and_not_met() -> None:
    mandate = {"main_share": 0.6, "main_fields": {0}, "paid": 0.0, "paid_main": 5e5, "ticket_low": 0.0}

    found = clear(mandates_of([mandate]), firms_of([{"nodes": {1}}]), day=DAY)

    assert OUTCOMES[found.outcomes[CLAUSES.index(ClauseKind.MAIN_FIELD_SHARE), 0, 0]] is ClauseOutcome.UNKNOWN


def test_a_soft_clause_that_fails_is_said_and_stops_nothing() -> None:
    mandate = {"staff_high": 100, "force": {ClauseKind.STAFF: ClauseForce.SOFT}}

    found = clear(mandates_of([mandate]), firms_of([{"staff": 400}]), day=DAY)

    assert found.outcomes[CLAUSES.index(ClauseKind.STAFF), 0, 0] == FAILED
    assert VERDICTS[found.verdict[0, 0]] is ClearanceVerdict.CLEARED


def test_a_waiver_does_not_reach_a_clause_that_has_become_hard() -> None:
    waivers = Waivers(*(np.array([row], np.int32) for row in (CLAUSES.index(ClauseKind.STAFF), 0, 0)))

    found = verdicts(mandates_of([{"staff_high": 100}]), firms_of([{"staff": 400}]), day=DAY, waivers=waivers)

    assert VERDICTS[found[0, 0]] is ClearanceVerdict.STOPPED


@pytest.mark.parametrize(
    ("founded", "expected"),
    [
        (date(2021, 11, 22), ClauseOutcome.MET),
        (date(2021, 11, 21), ClauseOutcome.FAILED),
        (date(2027, 1, 1), ClauseOutcome.MET),
    ],
)
def test_on_its_fifth_anniversary_a_firm_is_five_years_old_and_not_more(founded: date, expected: ClauseOutcome) -> None:
    found = clear(mandates_of([{"age_high": 5}]), firms_of([{"founded": founded}]), day=DAY)

    assert OUTCOMES[found.outcomes[CLAUSES.index(ClauseKind.FIRM_AGE), 0, 0]] is expected


def test_counts_say_how_many_firms_a_clause_holds_up_and_how_many_by_itself() -> None:
    mandate = {"staff_high": 100, "trl_low": 5, "force": {ClauseKind.READINESS: ClauseForce.WAIVABLE}}
    firms = [{"staff": 400, "trl": 2}, {"staff": 400, "trl": 6}, {"trl": 3, "staff": 5}, {"staff": 50}]

    counts = tally(clear(mandates_of([mandate]), firms_of(firms), day=DAY))

    by_staff, by_trl = CLAUSES.index(ClauseKind.STAFF), CLAUSES.index(ClauseKind.READINESS)
    assert (counts.failed[by_staff, 0], counts.alone[by_staff, 0]) == (2, 1)
    assert (counts.waivable[by_trl, 0], counts.unknown[by_trl, 0], counts.alone[by_trl, 0]) == (2, 1, 2)


def test_nobody_against_nobody_is_an_empty_answer() -> None:
    assert clear(mandates_of([]), firms_of([]), day=DAY).verdict.shape == (0, 0)
    assert verdicts(mandates_of([{}]), firms_of([]), day=DAY).shape == (1, 0)
