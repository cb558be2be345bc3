"""The funnel, the ledger and the network read the same out of both databases."""

from datetime import date

from matchmaker.services.exposure_ledger import list_purposes, tell_exposure
from matchmaker.services.funnel import reading
from matchmaker.services.funnel.events import Period
from matchmaker.services.funnel.told import tell_funnel
from matchmaker.services.network import Filters, list_years, read_network
from matchmaker.services.scope import REGION, Scope
from models.enums import FunnelStage, ScopeKind
from models.sessions import writing
from tests import records as make
from tests.funnel_region import FIRST, LAST, Region
from tests.funnel_twin import last_reasons, plain_steps, reached, told_of


def test_the_funnel_is_that_of_a_plain_count_on_both_databases(either):
    with writing(either.engine) as session:
        make.add_taxonomy(session)
        region = Region(session, 1).live()
        steps = plain_steps(session)
        officer = make.officer(session)

        told = tell_funnel(session, REGION, FIRST, LAST)
        found = reading.list_pairs(session, officer, REGION, Period(FIRST, LAST), FunnelStage.RECOMMENDED)

        assert [row["count"] for row in told["stages"]] == reached(told_of(steps))
        still_open = sum(reason == "open" for reason in last_reasons(steps).values())
        ended_open = sum(row["count"] for row in told["drop_off"] if row["reason"] == "open")
        assert 0 < ended_open <= still_open
        assert found.total > 0
        for kind, code in ((ScopeKind.CHAIN, "nev"), (ScopeKind.DISTRICT, "500112")):
            tell_funnel(session, Scope(kind, code), FIRST, LAST)
        tell_funnel(session, Scope(ScopeKind.ORGANISATION, str(region.firms[0].id)), FIRST, LAST)


def test_the_ledger_and_the_network_are_read_from_both_databases(either):
    with writing(either.engine) as session:
        make.add_taxonomy(session)
        Region(session, 1).live()
        officer = make.officer(session)

        told = tell_exposure(session, REGION, date(2026, 1, 1), date(2026, 12, 31))

        assert (told["lists"], list_purposes(session)) == (60, ["partners"])
        assert sum(row["places"] for row in told["groups"]["district"]) == 240
        assert read_network(session, officer, Filters(year=2024)).members == []
        assert list_years(session) == []
