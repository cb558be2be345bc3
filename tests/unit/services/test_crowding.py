"""Prices as lists use them: bands that tell little, rows of columns, old runs."""

from datetime import timedelta

import pytest

from matchmaker.errors import NotAllowed
from matchmaker.services import crowding
from matchmaker.services.actors import PLATFORM, VISITOR
from matchmaker.services.calendar import today
from models.market import OrganisationPrice, PriceRun
from tests import records as make


def run_of(session, **values) -> PriceRun:
    defaults = {
        "purpose": "partners",
        "preset_code": "partners",
        "index_version": "1",
        "code_version": "1",
        "data_as_of": today(),
        "inputs_sha256": "0" * 64,
    }
    run = PriceRun(**{**defaults, **values})
    session.add(run)
    session.flush()
    return run


def price_of(session, run, organisation, **values) -> OrganisationPrice:
    defaults = {"price": 0.5, "load": 6.0, "load_after": 3.0, "capacity": 3.0, "is_capacity_known": True, "askers": 7}
    one = OrganisationPrice(run_id=run.id, organisation_id=organisation.id, **{**defaults, **values})
    session.add(one)
    session.flush()
    return one


@pytest.mark.parametrize(
    ("askers", "band"), [(3, (3, 5)), (5, (3, 5)), (6, (6, 10)), (11, (11, 20)), (20, (11, 20)), (21, (21, None))]
)
def test_the_number_of_those_who_ask_is_told_as_a_band(askers, band):
    assert crowding.band_of(askers) == band


def test_lists_use_the_latest_run(registry):
    busy = make.organisation(registry)
    price_of(registry, run_of(registry), busy, price=0.1)
    price_of(registry, run_of(registry), busy, price=0.7)

    assert crowding.prices_on(registry, "partners", today()).of(busy.id) == 0.7


def test_prices_of_another_purpose_or_of_long_ago_count_for_nothing(registry):
    busy = make.organisation(registry)
    price_of(registry, run_of(registry, purpose="investors"), busy)
    price_of(registry, run_of(registry, data_as_of=today() - crowding.STALE_AFTER - timedelta(days=1)), busy)

    prices = crowding.prices_on(registry, "partners", today())

    assert prices.of(busy.id) == 0
    assert prices.made_on is None


def test_a_week_old_price_still_counts(registry):
    busy = make.organisation(registry)
    price_of(registry, run_of(registry, data_as_of=today() - crowding.STALE_AFTER), busy)

    assert crowding.prices_on(registry, "partners", today()).of(busy.id) == 0.5


def test_a_demand_says_whether_the_fit_alone_leads_too_many_there(registry):
    run = run_of(registry)
    over, led_there = make.organisation(registry), make.organisation(registry)
    price_of(registry, run, over, load=3.1)
    price_of(registry, run, led_there, load=2.9, is_capacity_known=False)

    demands = crowding.prices_on(registry, "partners", today()).by_organisation

    assert demands[over.id].is_over_asked
    assert not demands[led_there.id].is_over_asked
    assert not demands[led_there.id].is_capacity_known


def test_only_those_who_watch_over_the_market_see_its_figures(registry):
    busy = make.organisation(registry)
    one = price_of(registry, run_of(registry), busy)

    assert list(crowding.busiest(registry, PLATFORM, "partners", count=5)) == [one]
    with pytest.raises(NotAllowed):
        crowding.busiest(registry, VISITOR, "partners", count=5)
    with pytest.raises(NotAllowed):
        crowding.busiest(registry, make.member(registry, busy), "partners", count=5)
