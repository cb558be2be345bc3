"""The directory of funds: what is published, by filters, with what it says of a round of one's own."""

import re
from datetime import date

import pytest

from models.accounts import User
from models.enums import CapitalType, ClearanceVerdict, MandateStatus
from tests import capital_records as capital
from tests import records as make
from tests.factories import make_user
from tests.web.test_base import assert_well_formed

URL = "/funds/directory"
USUAL = {"stages": ["angel"], "ticket_low": 1e6, "ticket_high": 5e6, "capital_type": CapitalType.SOCIAL}


class Case:
    """Three funds: one that takes the firm, one that is stopped by its stage, one that says next to nothing."""

    def __init__(self, session, sign_in):
        self.session = session
        make.add_taxonomy(session)
        capital.add_rules(session)
        self.firm = capital.firm(session)
        self.round = capital.open_round(session, self.firm)
        self.add("天使一号", started_on=date(2026, 1, 1), investment_years=5, exit_years=5, **USUAL)
        self.add("成长一号", **USUAL | {"stages": ["growth"], "capital_type": CapitalType.GOVERNMENT_GUIDED})
        self.add("只有名字")
        session.commit()
        self.sme = sign_in(session.get_one(User, self.firm.actor.user_id))

    def add(self, name, fields=None, **values):
        owner = capital.fund(self.session, name_zh=f"{name}管理公司")
        return capital.mandate(self.session, owner, fields=fields, name_zh=name, **values)

    def names(self, browser, address=URL):
        response = browser.get(address)
        assert response.status_code == 200
        assert_well_formed(response.text)
        return re.findall(r"<h3><a href=[^>]*>([^<]+)</a></h3>", response.text)


@pytest.fixture
def case(session, sign_in):
    return Case(session, sign_in)


def test_everybody_signed_in_reads_what_is_published_and_no_draft(case, session, sign_in):
    stranger = make_user()
    session.add(stranger)
    case.add("还没发布", status=MandateStatus.DRAFT)
    case.add("已经结束", status=MandateStatus.CLOSED)
    session.commit()

    assert sorted(case.names(sign_in(stranger))) == sorted(["只有名字", "天使一号", "成长一号"])


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("stage=growth", {"成长一号", "只有名字"}),
        ("amount=300", {"天使一号", "成长一号"}),
        ("amount=80", set()),
        ("years_left=8", {"天使一号"}),
        ("capital_type=government_guided", {"成长一号"}),
        ("chain=nev", {"天使一号", "成长一号", "只有名字"}),
    ],
)
def test_a_limit_that_is_not_stated_is_in_every_choice_and_a_figure_that_is_not_stated_in_none(case, asked, found):
    assert set(case.names(case.sme, f"{URL}?{asked}")) == found


def test_a_firm_sees_what_each_fund_says_of_its_round_and_what_is_least_in_the_way_first(case):
    page = case.sme.get(URL).text

    assert case.names(case.sme)[-1] == "成长一号"
    assert f'href="/capital/rounds/{case.round.id}/funds"' in page
    assert case.names(case.sme, f"{URL}?verdict={ClearanceVerdict.STOPPED}") == ["成长一号"]


def test_nobody_is_told_what_funds_say_of_somebody_elses_round(case, session, sign_in):
    other = capital.firm(session, name_zh="另一家公司")
    session.commit()
    theirs = sign_in(session.get_one(User, other.actor.user_id))

    page = theirs.get(f"{URL}?round={case.round.id}&verdict=stopped").text

    assert "/capital/rounds/" not in page
    assert len(case.names(theirs, f"{URL}?round={case.round.id}&verdict=stopped")) == 3


def test_what_cannot_be_read_is_told_at_its_field_and_hides_nothing(case):
    response = case.sme.get(f"{URL}?amount=viel&years_left=-3")

    assert response.status_code == 422
    assert 'value="viel"' in response.text
    assert "天使一号" in response.text
