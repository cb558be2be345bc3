"""From a card of the list to a yes or a no: what each side sees and may do."""

import re

import pytest
from sqlmodel import select

from matchmaker.services import interests
from matchmaker.services.actors import Actor
from models.base import new_id
from models.enums import DeclineReason, InterestState, MembershipRole, OrganisationState
from models.interest import Interest
from models.matching import Interaction, RankingRun
from tests.factories import make_member, make_organisation, make_user
from tests.web.conftest import post
from tests.web.region import add, add_need, make_region
from tests.web.test_partners_lists import list_url


class Pair:
    """A region with one candidate, and a person who acts for it."""

    def __init__(self, region):
        self.region = region
        self.candidate = region.add_candidate(name_zh="重庆云岭智能科技有限公司")
        self.person = add(region.session, make_user())
        region.session.add(make_member(self.person, self.candidate))
        region.index()

    def url(self, step: str) -> str:
        return f"{list_url(self.region)}/{step}/{self.candidate.id}"

    def interest(self) -> Interest:
        self.region.session.rollback()  # what it has read is of an older moment
        return self.region.session.exec(select(Interest)).one()

    def page(self) -> str:
        return f"/partners/interests/{self.interest().id}"


@pytest.fixture
def pair(session, instance):
    return Pair(make_region(session, instance))


@pytest.fixture
def asker(pair, sign_in):
    return sign_in(pair.region.owner)


@pytest.fixture
def asked(pair, asker):
    """The request is with the candidate."""
    post(asker, pair.url("ask"), {"message": "请问能否一起试制？"})
    return pair.interest()


def test_a_card_puts_a_candidate_on_the_shortlist_with_its_place_on_the_list(pair, asker):
    card = asker.get(list_url(pair.region)).text
    asker.application.extensions["matchmaker_exposure"].flush()
    run = pair.region.session.exec(select(RankingRun)).one()
    assert "列入短名单" in card

    answer = post(asker, pair.url("shortlist"), {"run": str(run.id), "page": "1"})

    assert answer.location.endswith(f"#card-{pair.candidate.id}")
    assert (pair.interest().state, pair.interest().position) == (InterestState.SHORTLISTED, 1)
    assert "已列入短名单" in asker.get(list_url(pair.region)).text


def test_the_form_asks_as_a_browser_sends_it(pair, asker):
    shown = asker.get(pair.url("ask")).text
    hidden = dict(re.findall(r'name="(run|page|version)" type="hidden" value="([^"]*)"', shown))

    answer = post(asker, pair.url("ask"), {**hidden, "message": ""})

    assert set(hidden) == {"run", "page", "version"}
    assert answer.status_code == 302, answer.text
    assert pair.interest().state is InterestState.ASKED


def test_the_candidate_sees_the_request_on_its_home_page_and_nothing_personal(pair, asked, sign_in):
    browser = sign_in(pair.person)

    home = browser.get("/home").text
    page = browser.get(pair.page()).text

    assert "重庆屏联智舱科技有限公司" in home
    assert "请问能否一起试制？" in page
    for secret in (pair.region.owner.email, pair.region.owner.name):
        assert secret not in home + page


def test_a_shortlist_is_not_on_the_candidates_home_page(pair, asker, sign_in):
    post(asker, pair.url("shortlist"), {})

    browser = sign_in(pair.person)

    assert "重庆屏联智舱科技有限公司" not in browser.get("/home").text
    assert browser.get(pair.page()).status_code == 404


def test_the_home_page_shows_the_first_five_and_the_way_to_all(pair, sign_in):
    session, names = pair.region.session, [f"邀约方{number}" for number in range(7)]
    person = add(session, make_user())
    for name in names:
        asker = add(session, make_organisation(name_zh=name))
        need = add_need(session, asker, [])
        interests.ask(
            session, Actor(person.id, memberships={asker.id: MembershipRole.OWNER}), need.id, pair.candidate.id
        )
    session.commit()
    browser = sign_in(pair.person)

    home, whole = browser.get("/home").text, browser.get("/partners/interests").text

    assert sum(name in home for name in names) == 5
    assert "全部7" in home.replace(" ", "")
    assert all(name in whole for name in names)


def test_a_yes_comes_back_to_the_asker_who_notes_what_came_of_it(pair, asked, asker, sign_in):
    candidate = sign_in(pair.person)
    post(candidate, f"{pair.page()}/answer", {"kind": "accepted", "version": asked.version})
    assert "愿意洽谈" in asker.get(list_url(pair.region)).text

    post(asker, f"{pair.page()}/agree", {"version": pair.interest().version})
    post(asker, f"{pair.page()}/sign", {"version": pair.interest().version})

    assert pair.interest().state is InterestState.CONTRACTED
    kinds = [one.kind.value for one in pair.region.session.exec(select(Interaction).order_by(Interaction.created_at))]
    assert kinds == ["asked", "accepted", "agreed", "contracted"]
    assert "已签约" in candidate.get("/home").text


def test_a_no_wants_a_reason_and_keeps_what_was_typed(pair, asked, sign_in):
    candidate = sign_in(pair.person)

    refused = post(candidate, f"{pair.page()}/answer", {"kind": "declined", "answer": "明年再谈"})

    assert refused.status_code == 422
    assert "明年再谈" in refused.text
    assert pair.interest().state is InterestState.ASKED


def test_the_asker_reads_why_not(pair, asked, asker, sign_in):
    post(sign_in(pair.person), f"{pair.page()}/answer", {"kind": "declined", "reason": "no_capacity"})

    assert pair.interest().reason is DeclineReason.NO_CAPACITY
    assert "没有时间或产能" in asker.get(pair.page()).text


def test_a_step_from_an_old_page_is_refused_and_shows_both_states(pair, asked, asker, sign_in):
    seen = asked.version
    post(sign_in(pair.person), f"{pair.page()}/answer", {"kind": "accepted"})

    answer = post(asker, f"{pair.page()}/withdraw", {"version": seen})

    assert answer.status_code == 409
    assert "愿意洽谈" in answer.text
    assert pair.interest().state is InterestState.ACCEPTED


def test_what_is_withdrawn_can_be_asked_again_and_the_candidate_no_longer_sees_it(pair, asked, asker, sign_in):
    page = pair.page()
    post(asker, f"{page}/withdraw", {"version": asked.version})
    assert sign_in(pair.person).get(page).status_code == 404

    again = post(asker, pair.url("ask"), {"message": "改了方案"})

    assert again.status_code == 302
    assert pair.interest().message == "改了方案"


def test_a_need_that_is_a_draft_asks_nobody(pair, asker):
    pair.region.need.state = "draft"
    pair.region.session.commit()

    assert "发出邀约" not in asker.get(list_url(pair.region)).text
    assert post(asker, pair.url("ask"), {}).status_code == 422


def test_strangers_and_viewers_may_do_nothing(pair, asked, sign_in):
    stranger, viewer = pair.region.add_person(), pair.region.add_person(MembershipRole.VIEWER)

    assert sign_in(stranger).get(pair.page()).status_code == 404
    assert post(sign_in(stranger), f"{pair.page()}/answer", {"kind": "accepted"}).status_code == 404
    assert sign_in(viewer).get(pair.page()).status_code == 200
    assert post(sign_in(viewer), f"{pair.page()}/withdraw", {}).status_code == 403
    assert post(sign_in(viewer), pair.url("shortlist"), {}).status_code == 403
    assert sign_in(viewer).get(f"/partners/interests/{new_id()}").status_code == 404


def test_no_link_leads_to_a_need_or_an_organisation_that_is_no_longer_open(pair, asked, sign_in):
    browser = sign_in(pair.person)
    links = (f"/needs/{pair.region.need.id}", f"/organisations/{pair.region.asker.id}")
    before = browser.get(pair.page()).text

    pair.region.asker.state = OrganisationState.CLOSED
    pair.region.session.commit()
    after = browser.get(pair.page()).text

    assert all(f'href="{link}"' in before for link in links)
    assert not any(f'href="{link}"' in after for link in links)
