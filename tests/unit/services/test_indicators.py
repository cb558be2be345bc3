"""Indicators as officers keep them: defined without code, changed, hidden, kept day by day, told to others."""

from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import Session, select

from matchmaker.errors import InvalidInput, NotAllowed, Stale
from matchmaker.services.actors import Actor
from matchmaker.services.indicators import comparing, definitions, keeping
from matchmaker.services.indicators.definitions import IndicatorDraft
from matchmaker.services.indicators.told import tell_indicators
from matchmaker.services.scope import REGION, Scope
from models.audit import AuditEntry
from models.base import CHINA, columns_of
from models.enums import IndicatorUnit, ScopeKind
from models.indicators import IndicatorValue
from models.offers import Need, Offer
from tests import records as make

DAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 12, tzinfo=CHINA)
LARGE = {"field": "staff", "relation": "at_least", "value": 100}
YUBEI = Scope(ScopeKind.DISTRICT, "500112")


def draft(**values) -> IndicatorDraft:
    return IndicatorDraft(
        **{
            "name_zh": "百人以上企业占比",
            "name_en": "Share of firms with 100 staff",
            "unit": IndicatorUnit.SHARE,
            "formula": {"count": "organisations", "of": None, "where": LARGE, "amount": None},
            "scopes": (ScopeKind.REGION, ScopeKind.DISTRICT),
            "source": "测试",
            **values,
        }
    )


@pytest.fixture
def region(session: Session) -> Session:
    """Four firms in one district, one in another; of one the staff is not known."""
    make.add_taxonomy(session)
    for staff in (200, 100, 50, None):
        make.organisation(session, staff=staff, district_code="500112")
    make.organisation(session, staff=500, district_code="500107")
    session.commit()
    return session


@pytest.fixture
def officer(region: Session) -> Actor:
    return make.officer(region)


def test_an_officer_defines_an_indicator_and_reads_it_in_every_district(region, officer):
    made = definitions.define(region, officer, draft())

    compared = comparing.compare(region, officer, made, REGION, DAY)

    assert compared.told is not None
    assert (compared.told.figure.value, compared.told.figure.known, compared.told.figure.total) == (0.75, 4, 5)
    places = {place.scope.code: (place.figure.value, place.is_small) for place in compared.districts}
    assert places == {"500112": (pytest.approx(2 / 3), False), "500107": (1.0, True)}
    assert region.exec(select(AuditEntry.action)).all() == ["indicator.define"]


def test_only_officers_and_administrators_define_indicators(region):
    with pytest.raises(NotAllowed):
        definitions.define(region, make.member(region, make.organisation(region)), draft())


ASKED = {"field": "asked_by", "relation": "at_least", "value": 1}
NOWHERE = {"field": "district", "relation": "is_one_of", "value": ["999"]}
WRONG = [
    ({"name_en": ""}, "indicator_names"),
    ({"source": ""}, "indicator_source"),
    ({"scopes": ()}, "choose_some"),
    ({"target": 0.5}, "indicator_target_source"),
    ({"target": 5.0, "target_source": "年鉴"}, "indicator_target"),
    (
        {"formula": {"count": "nodes", "where": {"field": "asked_by", "relation": "at_least", "value": 1}}},
        "indicator_scope",
    ),
    (
        {
            "formula": {
                "count": "organisations",
                "where": {"field": "district", "relation": "is_one_of", "value": ["999"]},
            }
        },
        "unknown_codes",
    ),
]


@pytest.mark.parametrize(("values", "code"), WRONG)
def test_what_would_say_nothing_is_refused(region, officer, values, code):
    with pytest.raises(InvalidInput) as refused:
        definitions.define(region, officer, draft(**values))

    assert refused.value.code == code


def test_a_stale_change_is_refused(region, officer):
    made = definitions.define(region, officer, draft())
    seen = made.version
    definitions.change(region, officer, made, draft(source="公报"), expected_version=seen)

    with pytest.raises(Stale):
        definitions.change(region, officer, made, draft(source="年鉴"), expected_version=seen)


def test_other_words_go_on_with_the_series_and_another_formula_begins_one(region, officer):
    made = definitions.define(region, officer, draft())
    keeping.keep(region, keeping.work_out(region, DAY - timedelta(days=40)))

    definitions.change(region, officer, made, draft(name_zh="大企业占比"), expected_version=made.version)
    after_words = tell_indicators(region, REGION, DAY)["rows"][0]["before"]
    other = {"count": "organisations", "where": {**LARGE, "value": 500}}
    definitions.change(region, officer, made, draft(formula=other), expected_version=made.version)
    after_formula = tell_indicators(region, REGION, DAY)["rows"][0]["before"]

    assert after_words == {"as_of": "2026-10-13", "value": 0.75}
    assert after_formula is None
    assert len(keeping.series(region, officer, made, REGION)) == 1


def test_keeping_a_day_twice_keeps_it_once(region, officer):
    definitions.define(region, officer, draft())

    first = keeping.keep(region, keeping.work_out(region, DAY))
    second = keeping.keep(region, keeping.work_out(region, DAY))

    assert first == second == len(region.exec(select(IndicatorValue)).all()) == 3


def test_figures_of_under_three_organisations_are_not_told_to_others(region, officer):
    definitions.define(region, officer, draft())

    told = tell_indicators(region, Scope(ScopeKind.DISTRICT, "500107"), DAY)["rows"][0]
    of_many = tell_indicators(region, YUBEI, DAY)["rows"][0]

    assert (told["value"], told["numerator"], told["suppressed"]) == (None, None, True)
    assert (of_many["value"], of_many["suppressed"]) == (pytest.approx(2 / 3), False)


def test_a_hidden_indicator_is_not_told_and_not_kept(region, officer):
    made = definitions.define(region, officer, draft())

    definitions.hide(region, officer, made)

    assert tell_indicators(region, REGION, DAY)["rows"] == []
    assert keeping.work_out(region, DAY) == []


def test_the_hash_of_the_inputs_moves_with_what_goes_in_and_only_then(region, officer):
    definitions.define(region, officer, draft())
    before = tell_indicators(region, REGION, DAY)["inputs_sha256"]
    again = tell_indicators(region, REGION, DAY)["inputs_sha256"]

    make.organisation(region, staff=10)
    after = tell_indicators(region, REGION, DAY)["inputs_sha256"]

    assert before == again != after


def test_looking_at_a_formula_stores_nothing(region, officer):
    found = comparing.preview(region, officer, draft().formula, IndicatorUnit.SHARE, DAY)

    assert found.told is not None
    assert found.told.figure.value == 0.75
    assert definitions.list_indicators(region, officer) == []


def test_an_earlier_day_counts_what_was_published_then_and_has_run_out_or_been_withdrawn_since(region, officer):
    count = {"count": "offers", "of": None, "where": None, "amount": None}
    definitions.define(region, officer, draft(unit=IndicatorUnit.COUNT, formula=count))
    owners = [make.organisation(region) for _ in range(4)]
    early = {"published_at": datetime(2026, 11, 1, tzinfo=CHINA), "valid_until": DAY + timedelta(days=300)}
    make.offer(region, owners[0], state="published", **early)
    make.offer(region, owners[1], state="expired", **{**early, "valid_until": DAY - timedelta(days=1)})
    # Midnight in China is still the day before in UTC.
    for owner, withdrawn in zip(owners[2:], (datetime(2026, 11, 21, tzinfo=CHINA), NOON), strict=True):
        gone = make.offer(region, owner, state="withdrawn", **early)
        table = columns_of(Offer)
        region.execute(sa.update(Offer).where(table.id == gone.id).values(changed_at=withdrawn))

    figures = [
        tell_indicators(region, REGION, DAY - timedelta(days=days))["rows"][0]["numerator"] for days in (2, 1, 0)
    ]

    assert figures == [4, 3, None]  # of one alone nothing is told


def test_needs_of_an_earlier_day_are_the_same_in_the_region_and_in_its_district(region, officer):
    count = {"count": "needs", "of": None, "where": None, "amount": None}
    definitions.define(region, officer, draft(unit=IndicatorUnit.COUNT, formula=count))
    for state in ("published", "withdrawn", "withdrawn"):
        owner = make.organisation(region, district_code="500112")
        days = {"published_at": datetime(2026, 11, 1, tzinfo=CHINA), "valid_until": DAY + timedelta(days=300)}
        gone = make.need(region, owner, state=state, **days)
        region.execute(sa.update(Need).where(columns_of(Need).id == gone.id).values(changed_at=NOON))

    before = [tell_indicators(region, scope, DAY - timedelta(days=1))["rows"][0]["value"] for scope in (REGION, YUBEI)]

    assert before == [3, 3]
