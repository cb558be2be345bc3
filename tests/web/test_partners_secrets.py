"""What the partner pages may not tell: organisations that are not active, records that were closed."""

import pytest

from matchmaker.services import visibility
from matchmaker.services.actors import Actor
from models.enums import Grade, OrganisationState, PlatformRole
from models.organisations import Organisation
from models.sessions import writing
from tests.factories import make_organisation
from tests.web.region import add, make_region


@pytest.fixture
def region(session, instance):
    return make_region(session, instance)


def list_url(region) -> str:
    return f"/partners/needs/{region.need.id}"


def test_the_tray_does_not_name_an_organisation_that_is_not_active(region, sign_in):
    region.add_candidate()
    secret = add(region.session, make_organisation(name_zh="尚未公开研究院", name_en="", state=OrganisationState.DRAFT))
    region.index()

    page = sign_in(region.owner).get(f"{list_url(region)}?with={secret.id}")

    assert page.status_code == 200
    assert "尚未公开研究院" not in page.text


def test_a_record_that_was_closed_after_the_index_was_built_counts_for_nobody(region, sign_in):
    candidate, between = region.add_candidate(), region.add_candidate(name_zh="重庆中间人有限公司")
    region.add_project(region.asker, between, title="旧项目")
    region.add_project(between, candidate, title="另一个项目")
    region.index()
    before = sign_in(region.owner).get(list_url(region)).text
    close_record(region, between)
    close_record(region, candidate)

    after = sign_in(region.owner).get(list_url(region)).text

    for told in ("个共同合作方", "双方共同参与过", "旧项目"):
        assert told in before
        assert told not in after


def close_record(region, organisation) -> None:
    officer = Actor(roles=frozenset({PlatformRole.OFFICER}))
    region.session.rollback()
    with writing(region.instance.engine) as session:
        one = session.get_one(Organisation, organisation.id)
        visibility.set_grade(session, officer, one, "projects", Grade.CLOSED)
