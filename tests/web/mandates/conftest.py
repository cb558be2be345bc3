"""A fund with its manager in the browser, firms that seek money, and a mandate written by the pages themselves."""

import re
from datetime import date

import pytest
from sqlmodel import select

from models.enums import ClauseForce, ClauseKind, FinancingStage, MembershipRole
from models.funds import ClauseDefault, Mandate
from models.taxonomy import FieldGradeDefault
from tests import records as make
from tests.factories import make_fund, make_member, make_round, make_user
from tests.web.conftest import post

FUND = {"name_zh": "云岭种子基金", "level": "municipal", "size": "20000", "remaining": "9000", "exit_years": "5"}
DIRECTION = {
    "stages": ["seed", "angel"],
    "fields": "nev-cockpit",
    "fields-main-nev-cockpit": "y",
    "exclusions": "房地产",
}
LIMITS = {"ticket_low": "50", "ticket_high": "200", "firm_age_high": "5", "stake_high": "20", "trl_low": "4"}
CLAUSES = {
    "clauses-firm_age-force": "hard",
    "clauses-firm_age-text_zh": "成立不超过五年",
    "clauses-stage-force": "waivable",
    "decision_weeks": "6",
}


@pytest.fixture
def fund(session):
    """A fund, three firms with open rounds (two of them young), and how hard clauses are usually held."""
    make.add_taxonomy(session)
    session.merge(FieldGradeDefault(field="rounds", grade="open", source="test"))
    session.add_all(ClauseDefault(kind=kind, force=ClauseForce.WAIVABLE, source="章程") for kind in ClauseKind)
    fund = make_fund(name_zh="重庆云岭基金")
    session.add(fund)
    for name, founded in (("重庆甲科技", "2024-01-01"), ("重庆乙科技", "2023-01-01"), ("重庆丙科技", "2001-01-01")):
        firm = make.organisation(session, name_zh=name, founded_on=date.fromisoformat(founded))
        session.add(make_round(firm, stage=FinancingStage.ANGEL, amount=2_000_000.0))
    session.commit()
    return fund


@pytest.fixture
def person_of(session, sign_in):
    """A browser in which somebody of these organisations is signed in."""

    def open_browser(*organisations, role=MembershipRole.OWNER):
        user = make_user()
        session.add(user)
        session.flush()
        session.add_all(make_member(user, one, role) for one in organisations)
        session.commit()
        return sign_in(user)

    return open_browser


@pytest.fixture
def manager(fund, person_of):
    return person_of(fund)


@pytest.fixture
def draft(session, fund, manager):
    """A mandate written in full by the pages themselves."""
    post(manager, f"/organisations/{fund.id}/mandates/new", FUND)
    mandate = the_mandate(session)
    for step, typed in (("direction", DIRECTION), ("limits", LIMITS), ("clauses", CLAUSES)):
        assert post(manager, f"/funds/mandates/{mandate.id}/{step}", typed).status_code == 302
    session.rollback()
    return session.get(Mandate, mandate.id, populate_existing=True)


@pytest.fixture
def published(session, manager, draft):
    assert post(manager, f"/funds/mandates/{draft.id}/publish", {"note": "首版"}).status_code == 302
    session.rollback()
    return session.get(Mandate, draft.id, populate_existing=True)


def the_mandate(session):
    session.rollback()
    session.expire_all()
    return session.exec(select(Mandate)).one()


def text_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def version_in(page):
    found = re.search(r'name="version"[^>]*value="(\d+)"', page)
    assert found, "the form shows no version"
    return found[1]
