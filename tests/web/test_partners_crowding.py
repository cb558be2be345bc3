"""Busy candidates: who is over-asked stands lower, says why, and names an equal; nothing else is told."""

from dataclasses import dataclass

import html5lib
import pytest
from click.testing import CliRunner
from sqlmodel import col, select

from matchmaker.cli import main
from matchmaker.errors import NotAllowed
from matchmaker.reader import Reader
from matchmaker.services import market, recommendations
from matchmaker.services.actors import PLATFORM, Actor
from matchmaker.services.calendar import today
from models.enums import Grade, MembershipRole, PostingState
from models.market import OrganisationPrice, PriceRun
from models.matching import RankingRun
from models.offers import Need, Offer
from models.organisations import FieldGrade, Organisation
from tests.factories import make_organisation
from tests.web.region import Region, add, add_need, make_region

ASKERS = 6


@dataclass
class CrowdedRegion(Region):
    popular: Organisation
    equal: Organisation


@pytest.fixture
def region(session, instance):
    """One candidate that everybody lists first and that has room for one, and another nearly as good with much."""
    region = make_region(session, instance)
    for _number in range(ASKERS - 1):
        other = add(session, make_organisation(district_code="500112", staff=120))
        add_need(session, other, ["cockpit-controller"], trl_low=6, trl_high=8)
    popular = add_firm(region, name_zh="重庆热门座舱有限公司", capacity=2, engaged=1)
    equal = add_firm(region, name_zh="重庆从容座舱有限公司", capacity=40, engaged=22)
    region.index()
    return CrowdedRegion(session, instance, region.asker, region.owner, region.need, popular, equal)


def add_firm(region, **values):
    """A firm with an offer that differs from its rival's in nothing, so that only free capacity tells them apart."""
    firm = add(region.session, make_organisation(district_code="500112", staff=80, **values))
    region.add_offer(firm, title_zh="座舱域控制器量产", title_en="Cockpit controllers")
    return firm


def clear(region) -> PriceRun:
    run = market.compute_prices(region.session, PLATFORM, Reader(region.instance), today=today())
    region.session.commit()
    return run


def owner_of(region) -> Actor:
    return Actor(user_id=region.owner.id, memberships={region.asker.id: MembershipRole.OWNER})


def listed(region):
    return recommendations.for_need(
        region.session, owner_of(region), Reader(region.instance), region.need.id, today=today()
    )


def price_rows(region) -> dict:
    latest = select(PriceRun.id).order_by(col(PriceRun.created_at).desc()).limit(1)
    rows = region.session.exec(select(OrganisationPrice).where(OrganisationPrice.run_id == latest.scalar_subquery()))
    return {one.organisation_id: one for one in rows}


def test_who_is_over_asked_stands_lower_with_the_same_fit(region):
    before = listed(region)
    clear(region)
    after = listed(region)

    assert [item.organisation_id for item in before.items][:2] == [region.popular.id, region.equal.id]
    assert [item.organisation_id for item in after.items][:2] == [region.equal.id, region.popular.id]
    points = [{item.organisation_id: item.explanation.points for item in found.items} for found in (before, after)]
    terms = [{item.organisation_id: item.explanation.terms for item in found.items} for found in (before, after)]
    assert points[0] == points[1]
    assert terms[0] == terms[1]


def test_the_card_says_why_and_names_an_equal(region, sign_in):
    clear(region)

    page = sign_in(region.owner).get(f"/partners/needs/{region.need.id}?lang=en", follow_redirects=True).text

    html5lib.HTMLParser(strict=True).parse(page)
    assert "Busy" in page
    assert "published needs of 6 to 10 organisations lead here, more than it says it has room for" in page
    assert f"with={region.popular.id}&amp;with={region.equal.id}" in page
    assert "Already in demand" in page
    others = region.session.exec(select(Organisation).where(col(Organisation.id).in_(select(Need.organisation_id))))
    assert not [one.name_zh for one in others if one.id != region.asker.id and one.name_zh in page]


def test_the_list_from_the_record_knows_who_is_busy_too(region, sign_in):
    other = add(region.session, make_organisation(district_code="500112"))
    region.add_project(region.asker, other)
    region.add_project(region.popular, other)
    region.add_project(region.equal, other)
    region.index()
    clear(region)

    found = recommendations.for_organisation(
        region.session, owner_of(region), Reader(region.instance), region.asker.id, today=today()
    )

    assert {item.organisation_id: item.price > 0 for item in found.items}[region.popular.id]


def test_whom_nobody_else_could_stand_in_for_is_busy_without_standing_lower(region, sign_in):
    for offer in region.session.exec(select(Offer).where(Offer.organisation_id == region.equal.id)).all():
        offer.state = PostingState.DRAFT
    region.index()
    clear(region)

    page = sign_in(region.owner).get(f"/partners/needs/{region.need.id}?lang=en", follow_redirects=True).text

    assert price_rows(region)[region.popular.id].price == 0
    assert "more than it says it has room for" in page
    assert "points lower" not in page
    assert "An equal" not in page


def test_a_list_before_any_run_knows_nobody_busy(region, sign_in):
    page = sign_in(region.owner).get(f"/partners/needs/{region.need.id}?lang=en", follow_redirects=True).text

    assert "Busy" not in page
    assert listed(region).priced_on is None


def test_two_organisations_cannot_make_a_third_one_busy(region):
    for need in region.session.exec(select(Need)).all()[2:]:
        region.session.delete(need)
    region.index()

    run = clear(region)

    assert run.needs == 2
    assert run.priced == 0


def test_many_needs_of_one_organisation_count_like_a_few(region):
    loads = []
    for _round in range(2):
        clear(region)
        loads.append(price_rows(region)[region.popular.id].load)
        for _number in range(20):
            add_need(region.session, region.asker, ["cockpit-controller"], trl_low=6, trl_high=8)
        region.index()

    assert loads[1] <= loads[0] + market.MOST_NEEDS


def test_a_capacity_that_is_not_open_goes_into_no_price(region):
    region.session.add(FieldGrade(organisation_id=region.popular.id, field="capacity", grade=Grade.CLOSED))
    region.index()
    clear(region)

    row = price_rows(region)[region.popular.id]

    assert not row.is_capacity_known
    assert row.capacity == market.COMMON_CAPACITY


def test_an_unknown_capacity_is_said_to_be_unknown(region, sign_in):
    region.popular.capacity = region.popular.engaged = None
    region.index()
    market_before, market.COMMON_CAPACITY = market.COMMON_CAPACITY, 1.0
    try:
        clear(region)
    finally:
        market.COMMON_CAPACITY = market_before

    page = sign_in(region.owner).get(f"/partners/needs/{region.need.id}?lang=en", follow_redirects=True).text

    assert "how much it has room for is not known" in page


def test_what_was_shown_keeps_the_price_so_that_the_list_can_be_replayed(region, sign_in, app):
    clear(region)
    sign_in(region.owner).get(f"/partners/needs/{region.need.id}")
    app.extensions["matchmaker_exposure"].flush()
    region.session.expire_all()

    (run,) = region.session.exec(select(RankingRun)).all()
    lines = {line["organisation_id"]: line for line in run.shown}

    assert lines[str(region.popular.id)]["price"] == pytest.approx(price_rows(region)[region.popular.id].price)
    assert lines[str(region.popular.id)]["lowered"] > 0
    assert lines[str(region.equal.id)]["lowered"] == 0


def test_the_same_market_has_the_same_prices_and_hash(region):
    first, rows = clear(region), price_rows(region)
    second, again = clear(region), price_rows(region)

    assert first.inputs_sha256 == second.inputs_sha256
    assert {key: one.price for key, one in rows.items()} == {key: one.price for key, one in again.items()}


def test_prices_of_old_runs_go_and_their_record_stays(region):
    for _round in range(market.RUNS_WITH_PRICES + 2):
        clear(region)

    assert len(region.session.exec(select(PriceRun)).all()) == market.RUNS_WITH_PRICES + 2
    with_prices = region.session.exec(select(OrganisationPrice.run_id).distinct()).all()
    assert len(with_prices) == market.RUNS_WITH_PRICES


def test_nobody_without_the_right_computes_prices(region):
    with pytest.raises(NotAllowed):
        market.compute_prices(region.session, owner_of(region), Reader(region.instance), today=today())


def test_the_command_works_prices_out_and_names_the_busiest(region):
    done = CliRunner().invoke(main, ["prices", "--instance", str(region.instance.folder)])

    assert done.exit_code == 0, done.output
    assert "6 live needs list 2 organisations" in done.output
    assert region.popular.name_zh in done.output
    assert region.equal.name_zh not in done.output


def test_the_command_says_so_where_there_is_no_index(instance):
    refused = CliRunner().invoke(main, ["prices", "--instance", str(instance.folder)])

    assert refused.exit_code == 1
    assert "no index" in refused.output


def test_an_organisation_deleted_meanwhile_is_left_out(region):
    cleared = market.clear_market(region.session, PLATFORM, Reader(region.instance), today=today())
    region.session.delete(region.session.merge(region.equal))
    region.session.flush()

    market.keep_prices(region.session, PLATFORM, cleared)

    assert region.equal.id not in price_rows(region)


def test_a_market_without_needs_is_cleared_without_a_price(region):
    for need in region.session.exec(select(Need)).all():
        region.session.delete(need)
    region.index()

    run = clear(region)

    assert (run.needs, run.candidates, run.priced) == (0, 0, 0)
