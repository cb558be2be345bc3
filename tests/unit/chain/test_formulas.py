"""Formulas of indicators: three-valued conditions over columns, against a plain twin that looks at single records."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.chain.formula import All, Any_, Comparison, Formula, Has, Not, read_formula, write_formula
from matchmaker.chain.indicators import FALSE, TRUE, UNKNOWN, Codes, Flags, Numbers, Records, Sets, judge, tally
from matchmaker.errors import InvalidInput
from models.enums import ConditionRelation as R
from models.enums import CountedRecord, IndicatorUnit

BANDS = ("small", "middle", "big")
TAGS = ("a", "b", "c")
ORGANISATIONS, OFFERS = CountedRecord.ORGANISATIONS, CountedRecord.OFFERS


@dataclass(frozen=True)
class Firm:
    staff: float | None
    band: str | None
    is_local: bool | None
    tags: frozenset[str] | None


firms = st.builds(
    Firm,
    staff=st.none() | st.integers(0, 5).map(float),
    band=st.none() | st.sampled_from(BANDS),
    is_local=st.none() | st.booleans(),
    tags=st.none() | st.frozensets(st.sampled_from(TAGS)),
)
leaves = st.one_of(
    st.builds(Comparison, st.just("staff"), st.sampled_from((R.AT_LEAST, R.AT_MOST)), st.integers(0, 5).map(float)),
    st.builds(
        Comparison,
        st.just("band"),
        st.sampled_from((R.AT_LEAST, R.AT_MOST)),
        st.sampled_from(BANDS).map(lambda c: (c,)),
    ),
    st.builds(
        Comparison,
        st.just("band"),
        st.sampled_from((R.IS_ONE_OF, R.IS_NONE_OF)),
        st.frozensets(st.sampled_from(BANDS), min_size=1).map(tuple),
    ),
    st.builds(Comparison, st.just("is_local"), st.just(R.IS), st.booleans()),
    st.builds(
        Comparison,
        st.just("tags"),
        st.sampled_from((R.INCLUDES_ANY, R.INCLUDES_ALL, R.INCLUDES_NONE)),
        st.frozensets(st.sampled_from(TAGS), min_size=1).map(tuple),
    ),
)
conditions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: All(tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: Any_(tuple(parts))),
        inner.map(Not),
    ),
    max_leaves=6,
)


def records(of: list[Firm], body: list[int] | None = None) -> Records:
    pairs = [(row, TAGS.index(tag)) for row, firm in enumerate(of) for tag in sorted(firm.tags or ())]
    pair = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return Records(
        ids=np.array([f"{row:04}" for row in range(len(of))], dtype="S4"),
        body=np.array(range(len(of)) if body is None else body, dtype=np.int64),
        columns={
            "staff": Numbers(np.array([np.nan if one.staff is None else one.staff for one in of], dtype=float)),
            "band": Codes(
                BANDS, np.array([-1 if one.band is None else BANDS.index(one.band) for one in of], dtype=int)
            ),
            "is_local": Flags(
                np.array([UNKNOWN if one.is_local is None else (FALSE, TRUE)[one.is_local] for one in of], np.int8)
            ),
            "tags": Sets(TAGS, pair[:, 0], pair[:, 1], np.array([one.tags is not None for one in of], dtype=bool)),
        },
    )


def twin(condition: Any, firm: Firm) -> bool | None:
    """The same question to one record, in plain words of Python; None: not known."""
    match condition:
        case None:
            return True
        case All(parts):
            said = [twin(part, firm) for part in parts]
            return False if False in said else None if None in said else True
        case Any_(parts):
            said = [twin(part, firm) for part in parts]
            return True if True in said else None if None in said else False
        case Not(part):
            inner = twin(part, firm)
            return None if inner is None else not inner
    return compare(getattr(firm, condition.field), condition)


def compare(value: Any, asked: Comparison) -> bool | None:
    if value is None:
        return None
    said: Any = asked.value
    if asked.relation in (R.AT_LEAST, R.AT_MOST):
        place, limit = (value, said) if asked.field == "staff" else map(BANDS.index, (value, said[0]))
        return place >= limit if asked.relation is R.AT_LEAST else place <= limit
    if asked.relation is R.IS:
        return value == said
    wanted = set(said)
    return {
        R.IS_ONE_OF: lambda: value in wanted,
        R.IS_NONE_OF: lambda: value not in wanted,
        R.INCLUDES_ANY: lambda: bool(value & wanted),
        R.INCLUDES_ALL: lambda: wanted <= value,
        R.INCLUDES_NONE: lambda: not value & wanted,
    }[asked.relation]()


@given(of=st.lists(firms, max_size=12), about=st.none() | conditions, counted=conditions)
def test_a_share_is_what_one_would_count_by_hand(of, about, counted):
    figure = tally(
        judge(Formula(ORGANISATIONS, about, counted), {ORGANISATIONS: records(of)}),
        IndicatorUnit.SHARE,
        np.ones(len(of), bool),
    )

    base = [one for one in of if twin(about, one) is True and twin(counted, one) is not None]
    met = [one for one in base if twin(counted, one)]
    assert figure.known == len(base)
    assert figure.total == sum(twin(about, one) is not False for one in of)
    assert figure.value == (len(met) / len(base) if base else None)


@given(of=st.lists(firms, max_size=12), about=st.none() | conditions, counted=st.none() | conditions)
def test_a_count_and_a_mean_are_what_one_would_count_by_hand(of, about, counted):
    registry, everybody = {ORGANISATIONS: records(of)}, np.ones(len(of), bool)

    count = tally(judge(Formula(ORGANISATIONS, about, counted), registry), IndicatorUnit.COUNT, everybody)
    mean = tally(judge(Formula(ORGANISATIONS, about, counted, "staff"), registry), IndicatorUnit.MEAN, everybody)

    both = [
        twin(All(tuple(part for part in (about, counted) if part)), one) if about or counted else True for one in of
    ]
    in_question = sum(twin(about, one) is not False for one in of)
    told = sum(said is not None and twin(about, one) is not False for said, one in zip(both, of, strict=True))
    assert count.value == (None if in_question and not told else both.count(True))
    staff = [one.staff for one, said in zip(of, both, strict=True) if said and one.staff is not None]
    assert mean.value == (pytest.approx(sum(staff) / len(staff)) if staff else None)


@given(of=st.lists(firms, min_size=1, max_size=4), offers=st.lists(firms, max_size=8), such=conditions, data=st.data())
def test_to_have_one_such_record_is_known_as_soon_as_one_is_such(of, offers, such, data):
    owners = [data.draw(st.integers(0, len(of) - 1)) for _ in offers]
    registry = {ORGANISATIONS: records(of), OFFERS: records(offers, owners)}

    judged = judge(Formula(ORGANISATIONS, None, Has(OFFERS, such)), registry)

    for row in range(len(of)):
        said = [twin(such, offer) for offer, owner in zip(offers, owners, strict=True) if owner == row]
        expected = TRUE if True in said else UNKNOWN if None in said else FALSE
        assert judged.counted[row] == expected


def test_of_whom_what_is_asked_is_unknown_counts_as_neither():
    of = [Firm(10.0, None, True, None), Firm(None, None, True, None), Firm(1.0, None, True, None)]
    asked = Formula(ORGANISATIONS, None, Comparison("staff", R.AT_LEAST, 5.0))

    figure = tally(judge(asked, {ORGANISATIONS: records(of)}), IndicatorUnit.SHARE, np.ones(3, bool))

    assert (figure.value, figure.numerator, figure.denominator, figure.known, figure.total) == (0.5, 1, 2, 2, 3)


def test_nothing_known_gives_no_figure_and_nothing_there_gives_none_at_all():
    asked = Formula(ORGANISATIONS, None, Comparison("staff", R.AT_LEAST, 5.0))
    unknown = judge(asked, {ORGANISATIONS: records([Firm(None, None, None, None)])})
    nobody = judge(asked, {ORGANISATIONS: records([])})

    assert tally(unknown, IndicatorUnit.COUNT, np.ones(1, bool)).value is None
    assert tally(nobody, IndicatorUnit.COUNT, np.ones(0, bool)).value == 0


def where(field: str, relation: str, value: object) -> dict[str, Any]:
    return {"count": "organisations", "where": {"field": field, "relation": relation, "value": value}}


def nested(depth: int) -> dict[str, Any]:
    return {"not": nested(depth - 1)} if depth else {"field": "staff", "relation": "at_least", "value": 1}


TREES = [
    ({"count": "nobody"}, "formula_counts_nothing"),
    ({"count": "organisations", "code": "1"}, "formula_shape"),
    ({"count": "organisations"}, "formula_share_of_what"),
    (where("password", "is", True), "formula_field_unknown"),
    (where("staff", "is_one_of", 3), "formula_relation"),
    (where("staff", "at_least", "many"), "formula_number"),
    (where("staff", "at_least", True), "formula_number"),
    (where("staff", "at_least", float("nan")), "formula_number"),
    (where("staff", "at_least", 1e30), "formula_number_too_large"),
    (where("is_local", "is", "yes"), "formula_yes_or_no"),
    (where("kind", "is_one_of", ["bank"]), "unknown_choice"),
    (where("kind", "is_one_of", []), "formula_codes"),
    (where("size", "at_least", ["micro", "large"]), "formula_codes"),
    ({"count": "organisations", "where": {"all": []}}, "formula_parts"),
    ({"count": "organisations", "where": {"all": "x"}}, "formula_parts"),
    ({"count": "offers", "where": {"has": "offers", "where": {"all": []}}}, "formula_shape"),
    ({"count": "organisations", "where": nested(9)}, "formula_shape"),
    ({"count": "organisations", "where": 5}, "formula_shape"),
]


@pytest.mark.parametrize(("raw", "code"), TREES)
def test_what_is_no_formula_is_refused_with_its_place(raw, code):
    with pytest.raises(InvalidInput) as refused:
        read_formula(raw, IndicatorUnit.SHARE)

    assert refused.value.code == code
    assert refused.value.facts["place"]


def test_a_mean_needs_a_figure_to_average():
    with pytest.raises(InvalidInput, match="formula_amount_missing"):
        read_formula({"count": "organisations", "amount": "kind"}, IndicatorUnit.MEAN)


def test_a_formula_that_is_written_reads_the_same():
    raw = {
        "count": "organisations",
        "of": {"any": [{"field": "is_local", "relation": "is", "value": True}]},
        "where": {"not": {"has": "offers", "where": {"field": "trl", "relation": "at_least", "value": 7}}},
        "amount": None,
    }

    formula = read_formula(raw, IndicatorUnit.SHARE)

    assert read_formula(write_formula(formula), IndicatorUnit.SHARE) == formula
