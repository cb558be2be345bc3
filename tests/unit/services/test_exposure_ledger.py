"""Shares of the first places against a plain count, and what is not open told of nobody."""

from collections import Counter, defaultdict
from datetime import date
from math import log2
from random import Random

import pytest
from sqlmodel import select

from matchmaker.errors import NotAllowed
from matchmaker.services import exposure_ledger
from matchmaker.services.exposure_ledger import tell_exposure
from matchmaker.services.funnel.events import Period
from matchmaker.services.scope import REGION, Scope
from models.base import utc_now
from models.enums import Grade, OrganisationKind, Ownership, PostingState, ScopeKind
from models.exposure import ExposurePolicy
from models.facilities import Facility
from models.market import OrganisationPrice, PriceRun
from models.matching import RankingRun
from models.organisations import FieldGrade
from tests import records as make

DEPTH = 5
FIRST, LAST = date(2020, 1, 1), date(2040, 1, 1)


@pytest.fixture
def region(registry):
    """Twelve that could be shown, in two districts, on forty lists of two askers; one was never on a list."""
    dice = Random(7)
    registry.add(ExposurePolicy(purpose="partners", depth=DEPTH, source="test"))
    bodies = [
        make.organisation(
            registry,
            district_code=["500112", "500107"][number % 2],
            staff=[5, 50, 5000, None][number % 4],
            ownership=Ownership.PRIVATE,
        )
        for number in range(12)
    ]
    for body in bodies:
        make.offer(registry, body, state=PostingState.PUBLISHED, valid_until=date(2041, 1, 1))
    askers = [make.organisation(registry, district_code=code) for code in ("500112", "500107")]
    for number in range(40):
        shown = [
            {"position": place, "organisation_id": str(one.id), "offer_id": None, "is_facility": False}
            for place, one in enumerate(dice.sample(bodies[:11], 9), start=1)
        ]
        registry.add(
            RankingRun(
                organisation_id=askers[number % 2].id,
                preset_code="partners" if number % 5 else "investors",
                index_version="1",
                shown=shown,
                created_at=utc_now(),
            )
        )
    registry.flush()
    registry.info["bodies"], registry.info["askers"] = bodies, askers
    return registry


def plain_places(session, runs):
    """Organisation -> places among the first, and their weight."""
    places: Counter[str] = Counter()
    weight: dict[str, float] = defaultdict(float)
    for run in runs:
        for line in run.shown[:DEPTH]:
            places[line["organisation_id"]] += 1
            weight[line["organisation_id"]] += 1 / log2(1 + line["position"])
    return places, weight


def runs_of(session, **values):
    found = [one for one in session.exec(select(RankingRun)) if one.preset_code == "partners"]
    return [one for one in found if all(getattr(one, name) == value for name, value in values.items())]


def test_shares_are_those_of_a_plain_count(region):
    places, weight = plain_places(region, runs_of(region))
    ours = {str(one.id) for one in region.info["bodies"] if one.district_code == "500112"}

    told = tell_exposure(region, REGION, FIRST, LAST)

    row = next(row for row in told["groups"]["district"] if row["code"] == "500112")
    assert told["lists"] == 32
    assert row["places"] == sum(places[key] for key in ours)
    assert row["share"] == pytest.approx(sum(places[key] for key in ours) / sum(places.values()))
    assert row["weighted_share"] == pytest.approx(sum(weight[key] for key in ours) / sum(weight.values()))
    assert (row["organisations"], row["share_of_organisations"]) == (6, 0.5)


def test_every_group_shares_out_the_same_places(region):
    told = tell_exposure(region, REGION, FIRST, LAST)

    for rows in told["groups"].values():
        assert sum(row["places"] for row in rows) == 32 * DEPTH
        assert sum(row["share"] for row in rows) == pytest.approx(1)
        assert sum(row["organisations"] for row in rows) == told["organisations"] == 12


def test_gini_counts_who_was_never_shown(region):
    places, _ = plain_places(region, runs_of(region))
    amounts = sorted([*places.values(), *[0] * (12 - len(places))])
    spread = sum(abs(one - other) for one in amounts for other in amounts)

    told = tell_exposure(region, REGION, FIRST, LAST)

    assert told["gini"] == pytest.approx(spread / (2 * 12 * sum(amounts)))
    assert told["shown"] == 11


def test_who_has_only_a_facility_that_is_not_published_could_not_have_been_shown(region):
    for state in (PostingState.DRAFT, PostingState.WITHDRAWN, PostingState.PUBLISHED):
        owner = make.organisation(region, kind=OrganisationKind.LAB)
        region.add(Facility(organisation_id=owner.id, name_zh="中试线", state=state))
    region.flush()

    told = tell_exposure(region, REGION, FIRST, LAST)

    assert told["organisations"] == 12 + 1


def test_lists_of_a_district_are_those_that_its_organisations_asked_for(region):
    asker = region.info["askers"][0]

    told = tell_exposure(region, Scope(ScopeKind.DISTRICT, "500112"), FIRST, LAST)

    assert told["lists"] == len(runs_of(region, organisation_id=asker.id))


def test_what_an_organisation_keeps_back_counts_as_not_stated(region):
    for body in region.info["bodies"][:3]:
        region.add(FieldGrade(organisation_id=body.id, field="ownership", grade=Grade.CLOSED))
    region.flush()

    told = tell_exposure(region, REGION, FIRST, LAST)

    assert {row["code"]: row["organisations"] for row in told["groups"]["ownership"]} == {"private": 9, "": 3}


def test_groups_of_one_or_two_are_told_together(region):
    for body in region.info["bodies"][:2]:
        body.ownership = Ownership.FOREIGN
    region.flush()

    told = tell_exposure(region, REGION, FIRST, LAST)

    assert {row["code"] for row in told["groups"]["ownership"]} == {"private", "too_few"}


def test_lists_of_another_time_or_kind_are_not_counted(region):
    assert tell_exposure(region, REGION, date(2000, 1, 1), date(2001, 1, 1))["lists"] == 0
    assert tell_exposure(region, REGION, FIRST, LAST, purpose="nothing")["lists"] == 0


def test_who_is_asked_too_much_is_told_and_a_capacity_that_is_not_open_is_not(region):
    run = PriceRun(
        purpose="partners",
        preset_code="partners",
        index_version="1",
        code_version="1",
        data_as_of=date(2026, 11, 22),
        inputs_sha256="0" * 64,
    )
    region.add(run)
    region.flush()
    one, other, third = region.info["bodies"][:3]
    common = {"run_id": run.id, "price": 1.0, "load_after": 1.0}
    region.add(
        OrganisationPrice(organisation_id=one.id, load=9.0, capacity=2, is_capacity_known=True, askers=5, **common)
    )
    region.add(
        OrganisationPrice(organisation_id=other.id, load=8.0, capacity=3, is_capacity_known=False, askers=4, **common)
    )
    region.add(
        OrganisationPrice(organisation_id=third.id, load=1.0, capacity=3, is_capacity_known=True, askers=4, **common)
    )
    region.flush()

    busy = tell_exposure(region, REGION, FIRST, LAST)["busy"]

    assert [(row["id"], row["capacity"]) for row in busy] == [(str(one.id), 2), (str(other.id), None)]


def test_only_who_watches_over_the_market_reads_the_ledger(region, stranger):
    with pytest.raises(NotAllowed):
        exposure_ledger.read_exposure(region, stranger, REGION, Period(FIRST, LAST))
