"""The page of published figures: who may set them, what is refused, and what stands beside the funnel."""

import pytest
from sqlmodel import col, select

from models.audit import AuditEntry
from models.enums import FunnelStage, PlatformRole, RateCount
from models.outcomes import BaseRate
from tests.factories import make_user
from tests.web.conftest import post

TYPED = {
    "name_zh": "挑战赛对接率",
    "name_en": "Challenge: matched",
    "value": "44",
    "from_stage": "recommended",
    "to_stage": "mutual",
    "counts": "needs",
    "text_zh": "已发布需求中，44% 完成对接",
    "text_en": "44 % of the published needs were matched",
    "source_zh": "中国创新挑战赛前三届公布数据",
    "source": "China Innovation Challenge",
}


@pytest.fixture
def rate(session):
    rate = BaseRate(
        code="matched",
        name_zh="对接率",
        name_en="Matched",
        value=0.4,
        from_stage=FunnelStage.RECOMMENDED,
        to_stage=FunnelStage.MUTUAL,
        counts=RateCount.PAIRS,
        source="Somewhere",
    )
    session.add(rate)
    session.commit()
    return rate


@pytest.fixture
def officer(session, sign_in):
    user = make_user(PlatformRole.OFFICER)
    session.add(user)
    session.commit()
    return sign_in(user)


def test_an_officer_sets_a_figure_and_it_stands_beside_the_funnel_with_its_chinese_source(session, rate, officer):
    answer = post(officer, "/officer/base-rates/matched", {**TYPED, "version": rate.version})

    session.refresh(rate)
    assert answer.status_code == 302
    assert (rate.value, rate.counts) == (0.44, RateCount.NEEDS)
    assert session.exec(select(AuditEntry.action).where(AuditEntry.action == "base_rate.change")).all()
    funnel = officer.get("/officer/funnel").text
    assert "中国创新挑战赛前三届公布数据" in funnel
    assert "China Innovation Challenge" not in funnel


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"value": "140"}, "value"),
        ({"to_stage": ""}, "to_stage"),
        ({"to_stage": "recommended"}, "to_stage"),
        ({"counts": ""}, "counts"),
        ({"source": "", "source_zh": ""}, "source_zh"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field_and_stays_typed(session, rate, officer, wrong, field):
    page = post(officer, "/officer/base-rates/matched", {**TYPED, **wrong, "version": rate.version})

    session.refresh(rate)
    assert page.status_code == 422
    assert f'id="{field}-error"' in page.text
    assert "已发布需求中" in page.text
    assert rate.value == 0.4


def test_a_figure_that_an_officer_adds_stands_beside_the_funnel_until_it_is_taken_away(session, rate, officer):
    post(officer, "/officer/base-rates", TYPED)
    added = session.exec(select(BaseRate).where(BaseRate.code != rate.code)).one()
    beside = officer.get("/officer/funnel").text
    listed = officer.get("/officer/base-rates").text
    code, said = added.code, (added.value, added.position_in_list)

    post(officer, f"/officer/base-rates/{code}/delete", {"version": "1"})
    session.rollback()

    assert said == (0.44, 1)
    assert "挑战赛对接率" in beside
    assert f"/officer/base-rates/{code}" in listed
    assert "挑战赛对接率" not in officer.get("/officer/funnel").text
    actions = session.exec(select(AuditEntry.action).where(col(AuditEntry.action).startswith("base_rate"))).all()
    assert sorted(actions) == ["base_rate.add", "base_rate.delete"]


def test_a_figure_that_somebody_has_changed_since_is_not_taken_away_unseen(session, officer):
    post(officer, "/officer/base-rates", TYPED)
    code = session.exec(select(BaseRate)).one().code
    shown = officer.get(f"/officer/base-rates/{code}").text
    post(officer, f"/officer/base-rates/{code}", {**TYPED, "value": "45", "version": "1"})

    late = post(officer, f"/officer/base-rates/{code}/delete", {"version": "1"})
    unseen = post(officer, f"/officer/base-rates/{code}/delete")
    session.rollback()

    assert 'name="version" value="1"' in shown
    assert (late.status_code, unseen.status_code) == (409, 409)
    assert session.exec(select(BaseRate)).one().value == 0.45


def test_a_figure_that_says_nothing_or_has_no_name_is_refused_and_stays_typed(session, officer):
    silent = post(officer, "/officer/base-rates", {**TYPED, "value": "", "text_zh": "", "text_en": ""})
    nameless = post(officer, "/officer/base-rates", {**TYPED, "name_zh": " "})

    assert (silent.status_code, nameless.status_code) == (422, 422)
    assert 'id="value-error"' in silent.text
    assert 'id="name_zh-error"' in nameless.text
    assert "China Innovation Challenge" in silent.text
    assert session.exec(select(BaseRate)).all() == []


def test_a_figure_of_the_reference_rows_is_not_taken_away(session, rate, officer):
    answer = post(officer, "/officer/base-rates/matched/delete")

    assert answer.status_code in (409, 422)
    assert "移除这项数据" not in officer.get("/officer/base-rates/matched").text
    assert session.exec(select(BaseRate)).one().code == "matched"


def test_who_was_slower_reads_what_differs(session, rate, officer):
    opened = rate.version
    post(officer, "/officer/base-rates/matched", {**TYPED, "version": opened})

    page = post(officer, "/officer/base-rates/matched", {**TYPED, "value": "30", "version": opened})

    assert page.status_code == 409
    assert "conflict-title" in page.text
    session.refresh(rate)
    assert rate.value == 0.44
