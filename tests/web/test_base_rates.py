"""The page of published figures: who may set them, what is refused, and what stands beside the funnel."""

import pytest
from sqlmodel import select

from models.audit import AuditEntry
from models.enums import FunnelStage, PlatformRole, RateCount
from models.outcomes import BaseRate
from tests.factories import make_user
from tests.web.conftest import post

TYPED = {
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


def test_who_was_slower_reads_what_differs(session, rate, officer):
    opened = rate.version
    post(officer, "/officer/base-rates/matched", {**TYPED, "version": opened})

    page = post(officer, "/officer/base-rates/matched", {**TYPED, "value": "30", "version": opened})

    assert page.status_code == 409
    assert "conflict-title" in page.text
    session.refresh(rate)
    assert rate.value == 0.44
