"""What a fund holds, how far it keeps what it promised, and which firms to hand over to whom."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from matchmaker.errors import NotFound
from matchmaker.services.actors import Actor
from matchmaker.services.calendar import today
from matchmaker.services.desk import comparables, portfolio
from models.base import new_id
from models.enums import (
    FinancingStage,
    Grade,
    MandateStatus,
    MembershipRole,
    ParticipationRole,
    ProjectKind,
)
from models.funds import MandateField
from models.organisations import OrganisationNode
from models.taxonomy import Chain, ChainNode, Cluster, District, FieldGradeDefault
from models.track import Participation, Project
from tests.factories import make_fund, make_mandate, make_organisation, make_round

SCREEN, BATTERY = "nev-cockpit-display", "nev-battery-pack"


class Case:
    """A region with two chain nodes, one fund in its sixth year, and what it paid."""

    def __init__(self, session):
        self.session = session
        named = {"name_zh": "示例", "name_en": "Sample", "source": "test"}
        session.add(Cluster(code="c", tier="trillion", **named))
        session.add(District(code="500103", area_zh="中心", area_en="centre", **named))
        session.flush()
        session.add(Chain(code="nev", cluster_code="c", **named))
        session.flush()
        session.add_all(
            [ChainNode(code=code, chain_code="nev", position="midstream", **named) for code in (SCREEN, BATTERY)]
        )
        open_fields = ("nodes", "projects", "rounds", "round_figures", "district_code", "founded_on")
        session.add_all([FieldGradeDefault(field=name, grade=Grade.OPEN, source="test") for name in open_fields])
        self.fund = make_fund()
        session.add(self.fund)
        session.flush()
        self.mandate = self.add_mandate(
            self.fund,
            started_on=years_ago(6),
            investment_years=5,
            exit_years=3,
            extension_years=2,
            main_field_share=0.6,
            reinvestment_multiple=1.5,
            stages=["angel", "series_a"],
        )
        self.manager = Actor(user_id=new_id(), memberships={self.fund.id: MembershipRole.OWNER})

    def add_mandate(self, fund, *, nodes=(SCREEN,), **values):
        mandate = make_mandate(fund, status=MandateStatus.INVESTING, **values)
        self.session.add(mandate)
        self.session.flush()
        self.session.add_all([MandateField(mandate_id=mandate.id, node_code=code, is_main=True) for code in nodes])
        self.session.flush()
        return mandate

    def paid(self, amount, *nodes, payer=None, stage="angel", day=None, **values):
        firm = make_organisation(**{"district_code": "500103", **values})
        project = Project(
            kind=ProjectKind.INVESTMENT,
            tags=[f"node:{code}" for code in nodes],
            stage=stage,
            started_on=day or years_ago(2),
            amount=amount,
        )
        self.session.add_all([firm, project])
        self.session.flush()
        self.session.add_all([OrganisationNode(organisation_id=firm.id, node_code=code) for code in nodes])
        parts = [(firm, ParticipationRole.INVESTEE, None), (payer or self.fund, ParticipationRole.INVESTOR, amount)]
        self.session.add_all(
            [Participation(project_id=project.id, organisation_id=o.id, role=r, amount=a) for o, r, a in parts]
        )
        self.session.flush()
        return firm

    def read(self):
        (one,) = portfolio.read_portfolio(self.session, self.manager, self.fund.id, today=today())
        return one


def years_ago(years):
    return date(today().year - years, today().month, min(today().day, 28))


@pytest.fixture
def case(session):
    return Case(session)


def test_money_is_held_against_the_share_that_was_promised_to_main_fields(case):
    case.paid(6e6, SCREEN)
    case.paid(2e6, BATTERY)

    held = case.read()

    assert (held.paid, held.paid_main, held.main_share) == (8e6, 6e6, 0.75)
    assert [one.is_main for one in held.holdings] == [True, False]


def test_a_firm_without_a_known_place_on_the_chain_makes_the_share_unknown_and_not_zero(case):
    case.paid(6e6, SCREEN)
    case.paid(2e6)

    held = case.read()

    assert held.paid == 8e6
    assert held.main_share is None


def test_what_went_to_firms_of_the_region_counts_towards_re_investment(case):
    case.paid(6e6, SCREEN)
    case.paid(2e6, SCREEN, district_code=None, region="上海")

    held = case.read()

    assert (held.local, held.owed, held.is_local_whole) == (6e6, 12e6, True)
    assert held.local_short == 6e6


@pytest.mark.parametrize(("promised", "short"), [(0.8, 4e5), (0.75, None), (None, None)])
def test_what_main_fields_lack_of_the_share_that_was_promised_is_told_in_money(case, promised, short):
    case.paid(6e6, SCREEN)
    case.paid(2e6, BATTERY)
    case.mandate.main_field_share = promised

    assert case.read().main_short == (None if short is None else pytest.approx(short))


def test_a_firm_whose_place_is_not_known_makes_the_local_sum_a_least(case):
    case.paid(6e6, SCREEN)
    case.paid(2e6, SCREEN, district_code=None)

    held = case.read()

    assert (held.local, held.is_local_whole) == (6e6, False)


def test_nothing_recorded_is_unknown(case):
    held = case.read()

    assert (held.paid, held.main_share, held.local, held.owed) == (None, None, None, None)


def test_years_left_are_told_with_and_without_the_extension(case):
    held = case.read()

    assert held.investing_left == 0
    assert held.life_left == pytest.approx(2, abs=0.1)
    assert held.extension == 2


def test_a_firm_that_needs_longer_than_the_fund_lives_is_handed_over_to_one_that_can(case, session):
    firm = case.paid(6e6, SCREEN, founded_on=years_ago(3))
    session.add(make_round(firm, stage=FinancingStage.SERIES_A, exit_months=72))
    patient = make_fund()
    session.add(patient)
    session.flush()
    takes_over = case.add_mandate(
        patient, started_on=years_ago(1), investment_years=10, exit_years=10, stages=["series_a"]
    )

    (over,) = case.read().hand_overs

    assert over.firm_id == firm.id
    assert over.years_short == pytest.approx(4, abs=0.1)
    assert over.takers == ((patient.id, takes_over.id),)


def test_a_firm_whose_stage_the_mandate_leaves_out_is_handed_over_too(case, session):
    firm = case.paid(6e6, SCREEN)
    session.add(make_round(firm, stage=FinancingStage.GROWTH))
    session.flush()

    (over,) = case.read().hand_overs

    assert (over.is_beyond_stage, over.years_short) == (True, None)


def test_a_firm_that_seeks_no_money_is_not_handed_over(case):
    case.paid(6e6, SCREEN)

    assert not case.read().hand_overs


def test_another_funds_people_see_nothing_of_it(case, session):
    stranger = make_fund()
    session.add(stranger)
    session.flush()
    actor = Actor(user_id=new_id(), memberships={stranger.id: MembershipRole.OWNER})

    with pytest.raises(NotFound):
        portfolio.read_portfolio(session, actor, case.fund.id, today=today())


def comparables_of(case, **values):
    asked = {"fund_id": case.fund.id, "firm_id": new_id(), "nodes": {SCREEN}, "stage": "angel", "today": today()}
    return comparables.find_comparables(case.session, **{**asked, **values})


def deal_of(case, firm):
    return case.session.exec(select(Participation.project_id).where(Participation.organisation_id == firm.id)).one()


def test_deals_of_the_same_node_stage_and_time_come_first(case):
    far = case.paid(1e6, SCREEN, stage="growth", day=years_ago(8))
    near = case.paid(1e6, SCREEN, stage="angel", day=today() - timedelta(days=30))
    case.paid(1e6, BATTERY)

    assert [one.firm.id for one in comparables_of(case)] == [near.id, far.id]


def test_a_deal_of_like_words_is_a_comparison_though_it_stands_elsewhere_on_the_chain(case):
    case.paid(1e6, SCREEN)
    alike = case.paid(1e6, BATTERY)
    deal = deal_of(case, alike)

    named = comparables_of(case, words={deal: 0.6})
    unnamed = comparables_of(case, words={deal: 0.1})

    assert [(one.shared, one.words) for one in named] == [((SCREEN,), None), ((), 0.6)]
    assert [one.shared for one in unnamed] == [(SCREEN,)]


def test_of_two_deals_at_the_same_place_the_one_that_tells_of_the_same_comes_first(case):
    first, second = case.paid(1e6, SCREEN), case.paid(1e6, SCREEN)

    for near, far in ((first, second), (second, first)):
        found = comparables_of(case, words={deal_of(case, near): 0.5, deal_of(case, far): 0.02})
        assert [one.firm.id for one in found] == [near.id, far.id]


def test_a_deal_that_all_who_took_part_keep_back_is_no_comparison_to_others(case, session):
    quiet = make_fund()
    session.add(quiet)
    session.flush()
    case.paid(1e6, SCREEN, payer=quiet)
    case.paid(1e6, SCREEN)
    grade = session.get_one(FieldGradeDefault, "projects")
    grade.grade = Grade.CLOSED
    session.flush()

    (ours,) = comparables_of(case)

    assert ([one.id for one in ours.investors], ours.firm) == ([case.fund.id], None)


def test_an_amount_in_other_money_is_not_told_as_cny(case, session):
    case.paid(1e6, SCREEN)
    (paid,) = session.exec(select(Project)).all()
    paid.currency = "USD"
    session.flush()

    assert [one.amount for one in comparables_of(case)] == [None]


def test_a_later_deal_and_the_firms_own_are_no_comparison(case):
    own = case.paid(1e6, SCREEN)
    case.paid(1e6, SCREEN, day=today() + timedelta(days=5))

    assert comparables_of(case, firm_id=own.id) == []
