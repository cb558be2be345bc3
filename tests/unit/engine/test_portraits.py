"""What the record of an organisation is like, against a slow twin that one can read."""

import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.network.past import DAYS_A_YEAR, Past, Timeline
from matchmaker.network.portraits import FACTS, GAPS, NAMES, TRAITS, portray
from matchmaker.profiles import UNKNOWN, Need, Organisations
from tests.unit.engine.record import FIRMS, Joint, days_ago, firms, projects, recorded, tag_rows
from tests.unit.engine.world import TODAY, Firm

NOTHING = float("nan")
EVERYBODY = np.arange(FIRMS, dtype=np.int32)

founded = st.lists(st.sampled_from([UNKNOWN, days_ago(20), days_ago(3)]), min_size=FIRMS, max_size=FIRMS)
needs = st.builds(
    partial(Need, TODAY),
    organisation=st.none() | st.integers(0, FIRMS - 1),
    stage=st.integers(-1, 4),
    amount=st.sampled_from([NOTHING, 1e4, 2e6]),
    months=st.sampled_from([NOTHING, 24.0]),
    tags=st.lists(st.integers(0, 4), unique=True, max_size=2).map(partial(np.array, dtype=np.int32)),
)


class Twin:
    """The same by loops over one project at a time."""

    def __init__(self, past: Past, organisations: Organisations) -> None:
        self.past, self.organisations = past, organisations
        self.members, self.tags = past.members.toarray(), past.tags.toarray()
        self.rows = range(len(past))
        self.as_of = int(past.day[-1])

    def joined(self, one: int) -> list[int]:
        return [row for row in self.rows if self.members[row, one] and self.past.lead[row] != one]

    def turn(self, row: int) -> float:
        lead = self.past.lead[row]
        return 0.0 if lead == UNKNOWN else float(sum(self.past.lead[other] == lead for other in range(row)))

    def years(self, row: int) -> float:
        return (self.as_of - int(self.past.day[row])) / DAYS_A_YEAR

    def lateness(self, stage: int) -> float:
        at_it = [self.turn(row) for row in self.rows if self.past.stage[row] == stage != UNKNOWN]
        return float(np.mean(at_it)) if at_it else NOTHING

    def age(self, lead: int, day: int) -> float:
        start = UNKNOWN if lead == UNKNOWN else int(self.organisations.founded[lead])
        return NOTHING if start == UNKNOWN or day < start else math.log2(max((day - start) / DAYS_A_YEAR, 0.5))

    def amount(self, row: int) -> float:
        return logarithm(float(self.past.amount[row]), math.log10)

    def of_lead(self, column: np.ndarray, row: int) -> list[int]:
        lead = self.past.lead[row]
        return [] if lead == UNKNOWN or column[lead] == UNKNOWN else [int(column[lead])]

    def traits(self, one: int) -> list[float]:
        joined, leads = self.joined(one), {int(self.past.lead[row]) for row in self.joined(one)} - {UNKNOWN}
        ages, years = {row: 2 ** (-self.years(row) / 3) for row in joined}, [self.years(row) for row in joined]

        def mean(read: Callable[[int], float]) -> float:
            known = [(ages[row], read(row)) for row in joined if not math.isnan(read(row))]
            return sum(a * v for a, v in known) / sum(a for a, _ in known) if known else NOTHING

        def agreement(marks: Callable[[int], list[int]]) -> float:
            held: dict[int, float] = {}
            for row in joined:
                for mark in marks(row):
                    held[mark] = held.get(mark, 0.0) + ages[row]
            return sum((part / sum(held.values())) ** 2 for part in held.values()) if held else NOTHING

        usual = mean(self.amount)
        spread = mean(lambda row: self.amount(row) ** 2) - usual**2
        kind = self.organisations.kind[one]
        return [
            *(sum(2 ** (-self.years(row) / half_life) for row in joined) for half_life in (0.25, 0.5, 1.0, 3.0)),
            len(joined),
            len(leads) / len(joined) if joined else NOTHING,
            min(years, default=NOTHING),
            max(years, default=NOTHING),
            usual,
            math.sqrt(max(spread, 0)) if not math.isnan(spread) else NOTHING,
            mean(lambda row: math.log1p(self.members[row].sum())),
            mean(self.turn),
            mean(lambda row: float(self.turn(row) == 0)),
            mean(lambda row: self.lateness(int(self.past.stage[row]))),
            mean(lambda row: self.age(int(self.past.lead[row]), int(self.past.day[row]))),
            mean(lambda row: logarithm(float(self.past.months[row]), math.log)),
            agreement(lambda row: np.flatnonzero(self.tags[row]).tolist()),
            agreement(lambda row: self.of_lead(self.organisations.place, row)),
            agreement(lambda row: self.of_lead(self.organisations.area, row)),
            NOTHING if kind == UNKNOWN else float(kind),
        ]

    def facts(self, need: Need) -> list[float]:
        led = [row for row in self.rows if need.organisation is not None and self.past.lead[row] == need.organisation]
        partners = [one for one in EVERYBODY if any(row in self.joined(one) for row in led)]
        last = led[-1] if led else None
        return [
            len(led),
            NOTHING if need.organisation is None else self.age(need.organisation, need.day),
            NOTHING if last is None else (need.day - int(self.past.day[last])) / DAYS_A_YEAR,
            NOTHING if last is None else self.lateness(int(self.past.stage[last])),
            NOTHING if last is None else self.amount(last),
            len(partners),
            (need.day - self.as_of) / DAYS_A_YEAR,
            self.lateness(need.stage),
            logarithm(need.amount, math.log10),
            logarithm(need.months, math.log),
            len(need.tags),
        ]


def logarithm(value: float, of: Callable[[float], float]) -> float:
    return of(value) if value > 0 else NOTHING


def of_name(table: np.ndarray, name: str) -> np.ndarray:
    return table[:, NAMES.index(name)]


@given(
    record=st.lists(projects, max_size=7),
    who=st.lists(firms, min_size=FIRMS, max_size=FIRMS),
    founded=founded,
    need=needs,
)
def test_traits_and_facts_are_those_of_the_twin(
    record: list[Joint], who: list[Firm], founded: list[int], need: Need
) -> None:
    profiles = recorded(record, who)
    organisations = replace(profiles.organisations, founded=np.array(founded, np.int32))
    past = Timeline(profiles).known_to(need)

    table = portray(past, organisations, need, EVERYBODY)

    assert table.shape == (FIRMS, len(NAMES))
    if len(past) == 0:
        assert np.isnan(table).all()
        return
    twin = Twin(past, organisations)
    expected = np.array([twin.traits(one) for one in EVERYBODY])
    # A spread of almost nothing is the root of what rounding leaves.
    np.testing.assert_allclose(table[:, : len(TRAITS)], expected, rtol=1e-6, atol=1e-5)
    facts = table[:, len(TRAITS) : len(TRAITS) + len(FACTS)]
    np.testing.assert_allclose(facts, np.tile(twin.facts(need), (FIRMS, 1)), rtol=1e-6)


def test_gaps_are_between_what_is_usual_and_what_is_asked() -> None:
    profiles = recorded([Joint([0, 1], lead=0, amount=1e5, months=12), Joint([0, 2], lead=0, amount=1e7, months=24)])
    need = Need(TODAY, organisation=3, amount=1e6, months=12.0)

    table = portray(Timeline(profiles).known_to(need), profiles.organisations, need, EVERYBODY)

    assert of_name(table, "gap_of_amount")[[1, 2]] == pytest.approx([-1, 1])
    assert of_name(table, "gap_of_months")[[1, 2]] == pytest.approx([0, math.log(2)])
    assert of_name(table, "gap_of_turn")[[1, 2]] == pytest.approx([0, 1])
    assert np.isnan([of_name(table, name)[4] for name in GAPS]).all()


def test_where_no_amount_is_asked_the_last_one_stands_for_it() -> None:
    profiles = recorded([Joint([0, 1], years=2, lead=0, amount=1e5), Joint([3], lead=3, amount=1e7)])
    need = Need(TODAY, organisation=3)

    table = portray(Timeline(profiles).known_to(need), profiles.organisations, need, EVERYBODY)

    assert of_name(table, "gap_of_amount")[1] == pytest.approx(-2)


def test_a_tag_does_not_change_who_is_portrayed() -> None:
    profiles = recorded([Joint([0, 1], lead=0)])
    plain, tagged = Need(TODAY), Need(TODAY, tags=tag_rows("topic:battery"))
    past = Timeline(profiles).known_to(plain)

    one, other = (portray(past, profiles.organisations, need, EVERYBODY) for need in (plain, tagged))

    np.testing.assert_array_equal(one[:, : len(TRAITS)], other[:, : len(TRAITS)])
