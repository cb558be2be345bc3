"""What past consortia say of a partner, as it stands on the cards, and what is said where there are none."""

import pytest

from matchmaker.engine import consortium_components
from matchmaker.services.presets import live_preset
from matchmaker.services.recommendations import PURPOSE_BY_RECORD
from models.enums import Grade, OrganisationKind
from models.organisations import FieldGrade
from models.taxonomy import District, PresetWeight
from tests.factories import make_member, make_organisation, make_user
from tests.web.region import add, make_region


@pytest.fixture
def region(session, instance):
    region = make_region(session, instance)
    preset = live_preset(session, PURPOSE_BY_RECORD)
    session.add_all(
        PresetWeight(preset_code=preset.code, component=component.name, weight=5)
        for component in consortium_components()
    )
    session.get_one(District, "500112").area_zh = "主城都市区中心城区"
    session.commit()
    return region


def cards_of(region, sign_in):
    page = sign_in(region.owner).get(f"/partners/organisations/{region.asker.id}")
    assert page.status_code == 200
    return page.text


def test_a_card_says_what_the_circle_says(region, sign_in):
    known = region.add_candidate(name_zh="老搭档")
    other = region.add_candidate(name_zh="新搭档")
    region.add_project(region.asker, known, title="面向量产的座舱联合攻关")
    region.add_project(known, other, title="座舱显示联合攻关")
    region.index()

    page = cards_of(region, sign_in)

    assert "参与过1个由需求方牵头的项目：《面向量产的座舱联合攻关》" in page
    assert "有1个同类项目是与需求方的合作方共同承担的：老搭档" in page
    assert "有1个共同合作方：老搭档" in page
    assert "需求方所在区域牵头的项目吸纳主城都市区中心城区机构的频度与全部项目相当" in page
    assert "未说明项目的实施周期" in page


def test_a_partner_whose_projects_were_closed_since_is_not_named(region, session, sign_in):
    known = region.add_candidate(name_zh="老搭档")
    other = region.add_candidate(name_zh="新搭档")
    region.add_project(region.asker, known)
    region.add_project(known, other)
    region.index()
    session.add(FieldGrade(organisation_id=known.id, field="projects", grade=Grade.CLOSED))
    session.commit()

    page = cards_of(region, sign_in)

    assert "有1个共同合作方" in page
    assert "有1个共同合作方：老搭档" not in page
    assert "共同承担的：老搭档" not in page


def test_a_fund_without_past_projects_is_led_to_the_radar_and_not_to_its_profile(region, session, sign_in):
    fund, person = add(session, make_organisation(kind=OrganisationKind.FUND)), add(session, make_user())
    session.add(make_member(person, fund))
    region.add_candidate()
    region.index()

    page = sign_in(person).get(f"/partners/organisations/{fund.id}", headers={"Accept-Language": "en"}).text

    assert "No score: the record says nothing yet" in page
    assert f"/funds/radar?fund={fund.id}" in page
    assert "Fill in the profile" not in page
