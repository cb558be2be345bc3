"""Floors of exposure: the officer's page, and what lists and cards make of them."""

import pytest
from sqlmodel import col, select

from models.enums import PlatformRole
from models.exposure import ExposurePolicy
from models.matching import RankingRun
from tests.factories import make_user
from tests.web.conftest import post
from tests.web.region import add, make_region
from tests.web.test_partners_lists import list_url

TYPED = {
    "newcomer_share": "20",
    "small_share": "0",
    "depth": "5",
    "largest_loss": "50",
    "nearness": "100",
    "projects_at_most": "1",
    "founded_within_days": "365",
}
URL = "/officer/exposure/partners"


@pytest.fixture
def region(session, instance):
    """Eight firms that can do what is asked, ever less well; all but the last have worked together twice."""
    region = make_region(session, instance)
    firms = [
        region.add_candidate(name_zh=f"候选{number}", level=5 if number < 6 else 2, staff=500) for number in range(8)
    ]
    for _project in range(2):
        region.add_project(*firms[:7])
    add(session, ExposurePolicy(purpose="partners", newcomer_share=0.0, small_share=0.0, depth=5, source="test"))
    region.index()
    return region


@pytest.fixture
def officer(session, region, sign_in):
    user = add(session, make_user(PlatformRole.OFFICER))
    session.commit()
    return sign_in(user)


def policy_of(session) -> ExposurePolicy:
    session.rollback()
    return session.exec(select(ExposurePolicy)).one()


def names_on(page: str) -> list[str]:
    return [f"候选{number}" for number in sorted(range(8), key=lambda number: page.index(f"候选{number}"))]


def test_the_price_is_measured_and_nothing_is_stored(session, officer):
    page = post(officer, f"{URL}/preview", TYPED | {"version": policy_of(session).version})

    assert page.status_code == 200
    assert "实测" in page.text
    assert policy_of(session).newcomer_share == 0.0


def test_a_saved_floor_brings_a_newcomer_among_the_first_and_the_card_says_why(session, region, officer, sign_in):
    owner = sign_in(region.owner)
    before = names_on(owner.get(list_url(region)).text)
    assert before.index("候选7") > 4

    saved = post(officer, URL, TYPED | {"version": policy_of(session).version})
    page = owner.get(list_url(region)).text
    owner.application.extensions["matchmaker_exposure"].flush()
    session.rollback()
    run = session.exec(select(RankingRun).order_by(col(RankingRun.created_at).desc()).limit(1)).one()

    assert saved.status_code == 302
    assert names_on(page)[:5] == [*before[:4], "候选7"]
    assert names_on(page)[5:] == [name for name in before[4:] if name != "候选7"]
    assert "尚无合作项目记录" in page
    assert "新面孔" in page
    assert run.mix["moved"] == 1
    assert run.mix["fit_lost"] > 0
    assert [line["is_moved"] for line in run.shown] == [False] * 4 + [True] + [False] * 3


@pytest.mark.parametrize(
    ("field", "typed"), [("newcomer_share", "60"), ("depth", "4"), ("small_share", "viel"), ("nearness", "nan")]
)
def test_what_does_not_fit_is_named_and_kept(session, officer, field, typed):
    for url in (URL, f"{URL}/preview"):
        page = post(officer, url, TYPED | {field: typed, "version": policy_of(session).version})

        assert page.status_code == 422
        assert f'id="{field}-error"' in page.text
    assert policy_of(session).newcomer_share == 0.0


def test_who_saves_over_a_colleagues_change_is_told(session, officer):
    seen = policy_of(session).version
    post(officer, URL, TYPED | {"version": seen})

    again = post(officer, URL, TYPED | {"newcomer_share": "40", "version": seen})

    assert again.status_code == 409
    assert policy_of(session).newcomer_share == 0.2


def test_the_desk_lists_the_policies(officer):
    page = officer.get("/officer/exposure/").text

    assert URL in page
    assert "曝光下限" in page
