"""The radar, its filters, and the screens that a fund keeps."""

from datetime import timedelta
from html import escape

import pytest
from sqlmodel import select

from matchmaker.services.calendar import today
from matchmaker.services.desk import deals, radar, screens
from matchmaker.services.desk.radar import Look, RadarFilters
from models.accounts import User
from models.base import utc_now
from models.desk import Screen, ScreenSeen
from models.enums import (
    ClearanceVerdict,
    FinancingStage,
    Grade,
)
from models.matching import RankingRun
from models.organisations import FieldGrade
from tests import capital_records as capital
from tests.web.conftest import post
from tests.web.sky import enter, grant, make_sky


@pytest.fixture
def sky(session, instance):
    return make_sky(session, instance)


@pytest.fixture
def manager(session, sky, sign_in):
    return enter(session, sign_in, sky.fund)


@pytest.fixture
def rival(session, sky, sign_in):
    return enter(session, sign_in, capital.fund(session))


def test_a_fund_sees_the_firms_that_its_mandate_lets_in_and_how_many_it_stops(manager, sky):
    sky.add_firm(nodes=("nev-bms",))
    sky.index()

    page = manager.get("/funds/radar?lang=en", follow_redirects=True).text

    assert "重庆屏联智舱科技有限公司" in page
    assert "1 firm<" in page
    assert "1 stopped by a clause" in page


@pytest.mark.parametrize(
    ("plain", "is_found"),
    [
        ({"stage": "angel"}, True),
        ({"stage": "series_b"}, False),
        ({"node": "nev-cockpit"}, True),
        ({"node": "nev-bms"}, False),
        ({"district": "500107"}, False),
        ({"amount_low": "400", "amount_high": "600"}, True),
        ({"amount_low": "501"}, False),
        ({"amount_high": "499"}, False),
        ({"trl_low": "6"}, True),
        ({"trl_low": "7"}, False),
        ({"certification": "high-tech"}, False),
        ({"verdict": "cleared"}, False),
        ({"verdict": "to_ask"}, True),
    ],
)
def test_a_filter_lets_pass_what_has_it_and_nothing_that_is_not_known_to_have_it(sky, plain, is_found):
    assert (sky.look(**plain) == [sky.firm.organisation.id]) is is_found


def test_a_certification_that_has_run_out_or_is_kept_back_is_in_no_filter(sky):
    held = capital.certify(sky.session, sky.firm, valid_until=today() + timedelta(days=10))
    holds = sky.look(certification="high-tech")
    capital.close_field(sky.session, sky.firm, "certifications")
    kept_back = sky.look(certification="high-tech")
    grant(sky, "certifications")
    granted = sky.look(certification="high-tech")
    capital.say(sky.session, held, valid_until=today() - timedelta(days=1))

    assert (holds, kept_back, granted) == ([sky.firm.organisation.id], [], [sky.firm.organisation.id])
    assert sky.look(certification="high-tech") == []


def test_filters_go_into_a_screen_and_an_address_and_come_back_as_they_were():
    filters = RadarFilters(
        stage=FinancingStage.ANGEL,
        node="nev-cockpit",
        amount_low=1_500_000.0,
        trl_low=4,
        verdict=ClearanceVerdict.TO_ASK,
    )

    assert RadarFilters.read(filters.plain()) == filters
    assert filters.plain()["amount_low"] == "150"


def test_an_odd_address_filters_nothing(manager, sky):
    for odd in (
        "amount_low=nan",
        "amount_low=-1",
        "trl_low=99",
        "stage=x",
        "verdict=",
        "mandate=x",
        "page=0",
        "page=z",
    ):
        page = manager.get(f"/funds/radar?{odd}")

        assert page.status_code == 200
        assert "重庆屏联智舱科技有限公司" in page.text


def test_what_is_there_when_a_screen_is_kept_is_not_new_and_a_round_that_opens_later_is(sky):
    screen = sky.screen()
    before = sky.watch()[0].new
    later = sky.add_firm()
    sky.index()

    assert before == 0
    assert sky.watch()[0].new == 1
    assert sky.look(Look(only_new=True), screen=screen) == [later.organisation.id]


def test_a_round_that_is_changed_is_new_again_until_it_is_looked_through(sky):
    screen = sky.screen()
    capital.say(sky.session, sky.round, amount=6e6)
    changed = sky.watch()[0].new
    screens.mark_seen(sky.session, sky.fund.actor, screen.id)

    assert changed == 1
    assert sky.watch()[0].new == 0


def test_without_a_screen_new_is_what_came_since_the_last_visit_and_not_since_the_page_was_loaded_before(
    sky, session, sign_in
):
    browser = sign_in(session.get_one(User, sky.fund.actor.user_id))
    radar_of = f"/funds/radar?mandate={sky.mandate.id}"
    first = browser.get(radar_of).text
    run = {"user_id": sky.fund.actor.user_id, "mandate_id": sky.mandate.id, "preset_code": "p", "index_version": "v"}
    session.add(RankingRun(**run, created_at=utc_now() - timedelta(days=2)))
    session.add(RankingRun(**run, created_at=utc_now() - timedelta(minutes=5)))
    sky.round.changed_at = utc_now() - timedelta(days=3)
    later = sky.add_firm()
    sky.index()

    assert "上次查看后的新变化" not in first
    assert "上次查看后的新变化" in browser.get(radar_of).text
    assert sky.look(Look(only_new=True)) == [later.organisation.id]


def test_home_says_in_which_screens_something_may_be_new_and_nothing_once_they_are_looked_through(manager, sky):
    screen = sky.screen(name="座舱天使轮", is_shared=True)
    capital.say(sky.session, sky.round, amount=6e6)
    sky.index()

    told = manager.get("/home").text
    post(manager, f"/funds/screens/{screen.id}/seen")

    assert "座舱天使轮" in told
    assert "座舱天使轮" not in manager.get("/home").text


def test_home_ranks_nothing_and_leaves_out_what_is_muted_closed_to_the_fund_or_of_another_stage(sky, session):
    sky.screen(name="B轮", filters={"stage": "series_b"})
    sky.screen(name="不提醒", alerts=False)
    screen = sky.screen(name="全部")
    capital.say(session, sky.round, amount=6e6)
    session.commit()

    def with_changes() -> list[str]:
        return [one.name for one in radar.list_screens_with_changes(session, sky.fund.actor, sky.fund.organisation.id)]

    first = with_changes()  # without a reader there is no index that could be asked
    screens.mute(session, sky.fund.actor, screen.id, sky.firm.organisation.id)
    muted = with_changes()
    screens.unmute(session, sky.fund.actor, screen.id, sky.firm.organisation.id)
    session.add(FieldGrade(organisation_id=sky.firm.organisation.id, field="rounds", grade=Grade.CLOSED))
    session.flush()

    assert (first, muted, with_changes()) == (["全部"], [], [])


def test_what_home_calls_possibly_new_may_turn_out_to_be_nothing_and_the_radar_says_so(manager, sky):
    screen = sky.screen(name="电池链", is_shared=True, filters={"node": "nev-bms"})
    capital.say(sky.session, sky.round, amount=6e6)
    sky.index()
    manager.get("/home?lang=en", follow_redirects=True)

    home = manager.get("/home").text
    link = f"/funds/radar?screen={screen.id}&new=y"
    radar_page = manager.get(link).text

    assert "Possibly new in your screens" in home
    assert f'<a href="{escape(link)}">电池链</a>' in home
    assert "No round that fits was opened or changed since you looked this screen through." in radar_page
    assert "重庆屏联智舱科技有限公司" not in radar_page


def test_only_what_the_screen_looks_for_is_new_in_it(sky):
    sky.screen(filters={"stage": "series_a"})
    sky.add_firm()
    sky.index()

    assert sky.watch()[0].new == 0


def test_a_muted_firm_gives_no_alert_and_comes_back_when_it_is_unmuted(sky):
    screen = sky.screen()
    capital.say(sky.session, sky.round, amount=6e6)
    firm = sky.firm.organisation.id

    screens.mute(sky.session, sky.fund.actor, screen.id, firm)
    muted = (sky.watch()[0].new, sky.look(screen=screen), sky.look(Look(with_muted=True), screen=screen))
    screens.unmute(sky.session, sky.fund.actor, screen.id, firm)

    assert muted == (0, [], [firm])
    assert (sky.watch()[0].new, sky.look(screen=screen)) == (1, [firm])


def test_a_screen_without_alerts_counts_nothing(sky):
    sky.screen(alerts=False)
    capital.say(sky.session, sky.round, amount=6e6)

    assert sky.watch()[0].new is None


def test_a_screen_is_kept_from_the_radar_muted_in_looked_through_and_deleted(manager, sky, session):
    fund = sky.fund.organisation.id
    kept = {"name": "座舱电子", "mandate": str(sky.mandate.id), "stage": "angel", "alerts": "y"}
    post(manager, f"/funds/{fund}/screens", kept)
    screen = session.exec(select(Screen)).one()
    firm = sky.firm.organisation.id
    shown = manager.get(f"/funds/radar?screen={screen.id}").text

    post(manager, f"/funds/screens/{screen.id}/mute/{firm}")
    without = manager.get(f"/funds/radar?screen={screen.id}").text
    listed = manager.get("/funds/screens").text
    post(manager, f"/funds/screens/{screen.id}/seen")
    post(manager, f"/funds/screens/{screen.id}/unmute/{firm}")
    deleted = post(manager, f"/funds/screens/{screen.id}/delete")

    assert screen.filters == {"stage": "angel"}
    assert "重庆屏联智舱科技有限公司" in shown
    assert "重庆屏联智舱科技有限公司" not in without
    assert "重庆屏联智舱科技有限公司" in listed
    assert deleted.status_code == 302
    session.rollback()
    assert session.exec(select(Screen)).all() == []


def test_looking_at_the_radar_marks_nothing_as_seen(manager, sky, session):
    screen = sky.screen(is_shared=True)
    before = session.exec(select(ScreenSeen)).all()

    manager.get(f"/funds/radar?screen={screen.id}")
    manager.get("/funds/screens")

    session.rollback()
    assert session.exec(select(ScreenSeen)).all() == before


def test_a_screen_is_renamed_by_its_maker_and_a_shared_one_read_by_colleagues(manager, sky, session):
    screen = sky.screen(is_shared=True)
    typed = {"name": "别名", "version": str(screen.version)}

    assert "座舱电子" in manager.get("/funds/screens").text
    assert post(manager, f"/funds/screens/{screen.id}", typed).status_code == 403
    assert post(manager, f"/funds/screens/{screen.id}/delete").status_code == 403


def test_the_people_of_another_fund_learn_nothing_of_screens_and_mandates_of_this_one(rival, sky):
    screen = sky.screen(is_shared=True)

    for url in (f"/funds/radar?screen={screen.id}", f"/funds/screens/{screen.id}"):
        assert rival.get(url).status_code == 404
    assert post(rival, f"/funds/screens/{screen.id}/seen").status_code == 404
    assert "座舱电子" not in rival.get("/funds/screens").text
    assert post(rival, f"/funds/{sky.fund.organisation.id}/screens", {"name": "x"}).status_code == 404
    page = rival.get(f"/funds/radar?mandate={sky.mandate.id}")
    assert "重庆屏联智舱科技有限公司" not in page.text


def test_from_the_radar_a_firm_goes_onto_a_list_with_its_round(manager, sky, session):
    deal_list = sky.add_list()
    session.commit()
    firm = {"list": str(deal_list.id), "firm": str(sky.firm.organisation.id), "round": str(sky.round.id)}

    answer = post(manager, "/funds/desk/add", {**firm, "next": "/funds/radar?page=1"})

    assert answer.location == "/funds/radar?page=1"
    deal = deals.find_deal(session, deal_list, sky.firm.organisation.id)
    assert deal is not None
    assert deal.round_id == sky.round.id


def test_a_round_that_is_kept_back_is_on_no_radar_and_no_page(manager, sky):
    capital.close_field(sky.session, sky.firm, "rounds")
    sky.index()

    page = manager.get(f"/funds/firms/{sky.firm.organisation.id}").text

    assert sky.look() == []
    assert "500万元" not in page


def test_who_belongs_to_no_fund_is_told_so_and_finds_no_firm_page(sky, session, sign_in):
    member = enter(session, sign_in, sky.firm)

    assert member.get("/funds/radar").status_code == 200
    assert "重庆屏联智舱科技有限公司" not in member.get("/funds/radar?lang=en", follow_redirects=True).text
    assert member.get(f"/funds/firms/{sky.firm.organisation.id}").status_code == 404
