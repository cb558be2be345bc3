"""The radar, its screens, the page of a firm as a fund sees it, and what stands beside it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from matchmaker.instance import Instance
from matchmaker.reader import Reader
from matchmaker.services import indexing
from matchmaker.services.calendar import today
from matchmaker.services.desk import coinvestors, conflicts, deals, lists, moving, radar, screens, verdicts
from matchmaker.services.desk.deals import DealDraft
from matchmaker.services.desk.lists import ListDraft
from matchmaker.services.desk.moving import Move
from matchmaker.services.desk.radar import Look, RadarFilters
from matchmaker.services.desk.screens import ScreenDraft
from models.base import utc_now
from models.desk import DealList, DealStage, Screen, ScreenSeen
from models.enums import (
    ClauseKind,
    ClearanceVerdict,
    FinancingStage,
    ParticipationRole,
    PostingState,
    ProjectKind,
    RoundState,
    StageKind,
    StageRule,
)
from models.funds import Mandate
from models.organisations import Organisation
from models.rounds import FactQuestion, FieldGrant, Round
from models.rules import OrganisationConflict
from models.taxonomy import PresetWeight, WeightPreset
from models.track import Participation, Project
from seeds.reference import read_reference, records_of
from tests import capital_records as capital
from tests import records as make
from tests.capital_records import Side
from tests.desk_records import add_stage_templates
from tests.factories import make_member, make_user
from tests.web.conftest import post

PRESETS = ("funds-default", "startups-default")
TERMS = {
    "ticket_low": 1e6,
    "ticket_high": 2e6,
    "stages": ["angel"],
    "started_on": today() - timedelta(days=400),
    "investment_years": 5,
    "exit_years": 10,
    "remaining": 5e7,
}


@dataclass
class Sky:
    """A fund with a mandate for cockpits, and a firm that makes them and seeks CNY 5 M."""

    session: Session
    instance: Instance
    fund: Side
    firm: Side
    mandate: Mandate
    round: Round

    def index(self) -> None:
        self.session.commit()
        indexing.refresh(self.instance)

    def add_firm(self, *, nodes: tuple[str, ...] = ("nev-cockpit",), **of_round: Any) -> Side:
        firm = capital.firm(self.session, nodes=nodes)
        capital.open_round(self.session, firm, **of_round)
        return firm

    def look(self, how: Look | None = None, *, screen: Screen | None = None, **plain: object) -> list[Any]:
        filters, reader = RadarFilters.read(plain), Reader(self.instance)
        self.session.commit()
        seen = radar.look(self.session, self.fund.actor, reader, self.mandate.id, filters, how or Look(), screen=screen)
        return [one.organisation_id for one in seen.ranked.items]

    def screen(self, **draft: Any) -> Screen:
        values = {"name": "座舱电子", "mandate_id": self.mandate.id, **draft}
        kept = screens.save_screen(self.session, self.fund.actor, self.fund.organisation.id, ScreenDraft(**values))
        self.session.commit()
        return kept

    def watch(self) -> list[radar.Watched]:
        self.session.commit()
        return radar.watch(self.session, self.fund.actor, Reader(self.instance), self.fund.organisation.id)

    def add_list(self, mandate: Mandate | None = None) -> DealList:
        draft = ListDraft(name="重点项目", mandate_id=mandate.id if mandate else None)
        return lists.create_list(self.session, self.fund.actor, self.fund.organisation.id, draft)


@pytest.fixture
def sky(session, instance):
    make.add_taxonomy(session)
    entries = read_reference()
    session.add_all(one for one in records_of(entries, WeightPreset) if one.code in PRESETS)
    session.flush()
    session.add_all(one for one in records_of(entries, PresetWeight) if one.preset_code in PRESETS)
    capital.add_rules(session)
    add_stage_templates(session)
    fund, firm = (
        capital.fund(session, name_zh="重庆天使引导基金"),
        capital.firm(session, name_zh="重庆屏联智舱科技有限公司"),
    )
    mandate = capital.mandate(session, fund, fields={"nev-cockpit": True}, edition=1, **TERMS)
    sky = Sky(session, instance, fund, firm, mandate, capital.open_round(session, firm))
    sky.index()
    return sky


@pytest.fixture
def manager(session, sky, sign_in):
    return enter(session, sign_in, sky.fund)


@pytest.fixture
def rival(session, sky, sign_in):
    return enter(session, sign_in, capital.fund(session))


def enter(session, sign_in, side):
    user = make_user()
    session.add(user)
    session.flush()
    session.add(make_member(user, side.organisation))
    session.commit()
    return sign_in(user)


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


def grant(sky, field):
    sky.session.add(
        FieldGrant(organisation_id=sky.firm.organisation.id, field=field, grantee_id=sky.fund.organisation.id)
    )
    sky.session.flush()


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


def test_the_page_of_a_firm_shows_a_figure_only_to_the_fund_that_was_let_in(manager, rival, sky):
    grant(sky, "round_figures")
    sky.session.commit()
    url = f"/funds/firms/{sky.firm.organisation.id}"

    assert "4,000万元" in manager.get(url).text
    assert "4,000万元" not in rival.get(url).text


def test_what_is_unknown_is_asked_of_the_firm_with_one_click(manager, sky, session):
    capital.say(sky.session, sky.mandate, rd_ratio_low=0.03)
    sky.index()
    page = manager.get(f"/funds/firms/{sky.firm.organisation.id}").text
    url = f"/funds/mandates/{sky.mandate.id}/firms/{sky.firm.organisation.id}/ask/{ClauseKind.RD_RATIO.value}"

    answer = post(manager, url)

    assert f'action="{url}"' in page
    assert answer.status_code == 302
    session.rollback()
    assert session.exec(select(FactQuestion.kind)).one() is ClauseKind.RD_RATIO


def test_stage_rules_hold_a_deal_against_the_mandate_of_its_list(sky):
    stopped = sky.add_firm(nodes=("nev-bms",))
    deal_list = sky.add_list(sky.mandate)
    at = {one.kind: one for one in sky.session.exec(select(DealStage).where(DealStage.list_id == deal_list.id))}
    held = [
        deals.add_deal(sky.session, sky.fund.actor, deal_list.id, one.organisation.id) for one in (sky.firm, stopped)
    ]

    diligence, committee = (
        [asks(sky, deal, at[kind]) for deal in held] for kind in (StageKind.DILIGENCE, StageKind.COMMITTEE)
    )

    assert [one[StageRule.NO_FAIL] for one in diligence] == [True, False]
    assert committee[0][StageRule.NO_UNKNOWN] is False  # when a fund can leave is kept back
    grant(sky, "round_figures")
    assert asks(sky, held[0], at[StageKind.COMMITTEE])[StageRule.NO_UNKNOWN] is True


def asks(sky, deal, stage):
    found = moving.what_it_asks(sky.session, sky.fund.actor, deal, stage)
    return {one.rule: one.is_kept for one in found}


def test_a_firm_without_a_round_that_can_be_seen_keeps_no_rule_of_clearance(sky):
    capital.say(sky.session, sky.round, state=RoundState.DRAFT)
    deal_list = sky.add_list(sky.mandate)
    deal = deals.add_deal(sky.session, sky.fund.actor, deal_list.id, sky.firm.organisation.id)
    stages = select(DealStage).where(DealStage.list_id == deal_list.id, DealStage.kind == StageKind.DILIGENCE)

    assert asks(sky, deal, sky.session.exec(stages).one())[StageRule.NO_FAIL] is False
    assert verdicts.held_against(sky.session, sky.fund.actor, deal) == []


def test_a_firm_of_the_portfolio_that_offers_the_same_in_the_same_place_may_be_a_rival(sky):
    same, other = capital.firm(sky.session), capital.firm(sky.session, nodes=("nev-bms",))
    for one in (sky.firm, same, other):
        published = {"state": PostingState.PUBLISHED, "valid_until": today() + timedelta(days=90)}
        make.offer(sky.session, one.organisation, capabilities=["head-up-display"], **published)
    for one in (same, other):
        capital.add_investment(sky.session, sky.fund, one, 1e6)

    found = conflicts_of(sky)

    assert [(one.firm.id, one.capability_codes) for one in found.rivals] == [
        (same.organisation.id, {"head-up-display"})
    ]


def conflicts_of(sky):
    return conflicts.conflicts_of(sky.session, sky.fund.actor, sky.fund.organisation.id, sky.firm.organisation.id)


def test_a_conflict_on_record_is_told_of_firms_that_the_record_names_and_never_of_those_put_on_a_list(sky):
    invested, listed = capital.firm(sky.session), capital.firm(sky.session)
    for one in (invested, listed):
        pair = sorted((sky.firm.organisation.id, one.organisation.id))
        sky.session.add(OrganisationConflict(first_id=pair[0], second_id=pair[1], reason="股权纠纷", source="法院"))
    capital.add_investment(sky.session, sky.fund, invested, 1e6)
    capital.add_deal(sky.session, sky.fund, sky.mandate, listed, 1e6)

    assert [one.id for one in conflicts_of(sky).on_record] == [invested.organisation.id]


def test_funds_are_named_that_could_pay_the_rest_and_that_the_record_ties_to_the_deal(sky):
    beside, in_field, stranger, too_large = (capital.fund(sky.session) for _number in range(4))
    for side, ticket in ((beside, 1e6), (in_field, 1e6), (stranger, 1e6), (too_large, 4e6)):
        terms = TERMS | {"ticket_low": ticket, "ticket_high": 1e7}
        capital.mandate(sky.session, side, fields={"nev-cockpit": True}, **terms)
    paid = capital.firm(sky.session, nodes=("nev-bms",))
    together(sky.session, paid, sky.fund, beside, too_large)
    capital.add_investment(sky.session, in_field, capital.firm(sky.session), 1e6)

    found = coinvestors.suggest(sky.session, sky.fund.actor, sky.mandate.id, sky.firm.organisation.id)

    assert found.rest == 3e6
    assert [(one.fund.id, one.together, one.in_the_field) for one in found.funds] == [
        (beside.organisation.id, 1, 0),
        (in_field.organisation.id, 0, 1),
    ]
    assert all(one.closes(found.rest) for one in found.funds)


def together(session: Session, firm: Side, *funds: Side) -> None:
    project = Project(kind=ProjectKind.INVESTMENT, title_zh="天使轮", started_on=today() - timedelta(days=300))
    session.add(project)
    session.flush()
    sides: list[tuple[Organisation, ParticipationRole]] = [(firm.organisation, ParticipationRole.INVESTEE)]
    sides += [(one.organisation, ParticipationRole.INVESTOR) for one in funds]
    session.add_all(Participation(project_id=project.id, organisation_id=one.id, role=role) for one, role in sides)
    session.flush()


def test_nobody_is_suggested_where_the_own_ticket_covers_the_round_or_the_amount_is_not_known(sky):
    capital.say(sky.session, sky.mandate, ticket_high=5e6)
    enough = coinvestors.suggest(sky.session, sky.fund.actor, sky.mandate.id, sky.firm.organisation.id)
    capital.say(sky.session, sky.round, amount=None)
    unknown = coinvestors.suggest(sky.session, sky.fund.actor, sky.mandate.id, sky.firm.organisation.id)

    assert (enough.rest, enough.funds) == (0.0, ())
    assert (unknown.rest, unknown.funds) == (None, ())


def test_firms_are_compared_clause_by_clause_as_far_as_the_fund_may_know(manager, sky):
    other = sky.add_firm(nodes=("nev-bms",))
    sky.index()
    both = f"with={sky.firm.organisation.id}&with={other.organisation.id}"

    page = manager.get(f"/funds/compare?{both}&lang=en", follow_redirects=True).text

    assert "Stopped by a clause" in page
    assert "Clause not met: " in page
    assert "4,000" not in page  # the valuation is kept back


def test_more_than_five_are_not_compared_and_it_is_said(manager, sky):
    firms = [sky.add_firm() for _number in range(6)]
    sky.index()
    url = "/funds/compare?" + "&".join(f"with={one.organisation.id}" for one in firms)

    page = manager.get(f"{url}&lang=en", follow_redirects=True).text

    assert "Up to 5 firms are shown side by side" in page


def test_who_belongs_to_no_fund_is_told_so_and_finds_no_firm_page(sky, session, sign_in):
    member = enter(session, sign_in, sky.firm)

    assert member.get("/funds/radar").status_code == 200
    assert "重庆屏联智舱科技有限公司" not in member.get("/funds/radar?lang=en", follow_redirects=True).text
    assert member.get(f"/funds/firms/{sky.firm.organisation.id}").status_code == 404


def test_what_is_paid_stands_in_the_portfolio_stage_with_amount_and_day(sky):
    deal_list = sky.add_list(sky.mandate)
    deal = deals.add_deal(sky.session, sky.fund.actor, deal_list.id, sky.firm.organisation.id)
    draft = DealDraft(owner_id=sky.fund.actor.user_id, amount=2e6, paid_on=today())
    deals.update_deal(sky.session, sky.fund.actor, deal.id, draft)
    stages = select(DealStage).where(DealStage.list_id == deal_list.id, DealStage.kind == StageKind.PORTFOLIO)
    stage = sky.session.exec(stages).one()

    moving.move_deal(sky.session, sky.fund.actor, deal.id, Move(stage_id=stage.id))

    assert (deal.stage_id, deal.amount, deal.paid_on) == (stage.id, 2e6, today())
    assert deal.changed_at <= utc_now()
