"""Recommended partners: what a card shows, who may see it, what is hidden, and how fast an edit shows."""

import html5lib
import pytest
import sqlalchemy as sa
from sqlmodel import select

from matchmaker.services import postings
from matchmaker.services.actors import Actor
from matchmaker.services.picked import Tag
from matchmaker.services.postings import NeedDraft, OfferDraft
from models.enums import CooperationType, Grade, MembershipRole, OrganisationKind, PlatformRole, PostingState
from models.matching import RankingRun
from models.organisations import FieldGrade, Organisation
from models.taxonomy import PresetWeight
from tests.factories import make_member, make_organisation, make_user
from tests.web.region import add, add_need, fill_at_random, make_region

XHTML = "{http://www.w3.org/1999/xhtml}"


@pytest.fixture
def region(session, instance):
    return make_region(session, instance)


def list_url(region) -> str:
    return f"/partners/needs/{region.need.id}"


def read(text: str):
    """The page as a tree; anything that is not valid HTML fails."""
    return html5lib.HTMLParser(strict=True).parse(text)


def by_class(tree, name: str):
    return [node for node in tree.iter() if isinstance(node.tag, str) and name in (node.get("class") or "").split()]


def words(node) -> str:
    return " ".join("".join(node.itertext()).split())


def names_on(text: str) -> list[str]:
    cards = by_class(read(text), "candidate")
    return [words(next(card.iter(f"{XHTML}h2"))) for card in cards]


def owner_of(region) -> Actor:
    return Actor(user_id=region.owner.id, memberships={region.asker.id: MembershipRole.OWNER})


@pytest.mark.parametrize("seed", range(6))
def test_the_shown_terms_of_every_card_sum_to_its_shown_fit(region, sign_in, seed):
    fill_at_random(region, seed)
    region.index()
    browser = sign_in(region.owner)

    pages = [browser.get(list_url(region)).text, browser.get(f"/partners/organisations/{region.asker.id}").text]
    cards = [card for page in pages for card in by_class(read(page), "candidate")]

    assert len(cards) > 5
    for card in cards:
        fit = float(words(by_class(card, "fit-score")[0]).split()[0])
        terms = [term for term in by_class(card, "term") if "terms-sum" not in term.get("class")]
        points = [words(by_class(term, "term-number")[0]) for term in terms]
        known = [float(text) for text in points if text[0] in "+-"]
        assert round(sum(known), 1) == fit
        assert float(words(by_class(by_class(card, "terms-sum")[0], "term-number")[0])) == fit


def test_a_card_names_the_offer_the_reasons_and_what_nobody_can_tell(region, sign_in):
    region.add_candidate(name_zh="重庆宏泽座舱有限公司", level=4, staff=None)
    region.index()

    page = sign_in(region.owner).get(list_url(region), headers={"Accept-Language": "en"}).text

    assert "Can do what is asked: Cockpit domain controller development (level 4, asked 3)" in page
    assert "Both are in Yubei" in page
    assert "its staff is not stated" in page
    assert "TRL 6 to 8" in page


def test_what_is_missing_or_only_near_is_said(region, sign_in):
    region.need.trl_low, region.need.trl_high = 2, 3
    region.session.add(region.need)
    region.add_candidate(name_zh="近似者", capability="head-up-display", level=3)
    region.add_candidate(name_zh="够不着者", level=1)
    region.index()

    page = sign_in(region.owner).get(list_url(region), headers={"Accept-Language": "en"}).text

    assert "near, not the same: Head-up display design (level 3) in place of Cockpit domain controller" in page
    assert "below the level asked for: Cockpit domain controller development (level 1, asked 3)" in page
    assert "Another stage than asked: TRL 6 to 8, asked TRL 2 to 3" in page


def test_a_stranger_learns_nothing_of_somebody_elses_need(region, sign_in):
    region.add_candidate()
    region.index()
    stranger = sign_in(region.add_person())

    assert stranger.get(list_url(region)).status_code == 404
    assert stranger.get(f"{list_url(region)}/compare").status_code == 404
    assert stranger.get(f"/partners/organisations/{region.asker.id}").status_code == 403


def test_a_viewer_sees_the_list_without_buttons_to_judge(region, sign_in):
    candidate = region.add_candidate()
    region.index()
    viewer = sign_in(region.add_person(MembershipRole.VIEWER))

    page = viewer.get(list_url(region))

    assert page.status_code == 200
    assert str(candidate.id) in page.text
    assert "/feedback/" not in page.text


def test_an_officer_sees_the_list_and_does_not_judge_for_the_firm(region, session, sign_in):
    region.add_candidate()
    region.index()
    officer = add(session, make_user(PlatformRole.OFFICER))
    session.commit()

    page = sign_in(officer).get(list_url(region))

    assert page.status_code == 200
    assert "/feedback/" not in page.text


def test_who_is_hidden_is_counted_by_the_rule_that_hides(region, sign_in):
    region.need.partner_kinds = ["lab"]
    region.session.add(region.need)
    region.add_candidate(kind=OrganisationKind.LAB)
    for _number in range(3):
        region.add_candidate(kind=OrganisationKind.SME)
    add(region.session, make_organisation(kind=OrganisationKind.LAB))
    region.index()

    page = sign_in(region.owner).get(list_url(region), headers={"Accept-Language": "en"}).text

    assert len(names_on(page)) == 1
    assert "3 hidden: the need asks for another kind of organisation" in page
    assert "1 without a score: nothing is known of them" in page


def test_the_page_says_by_which_weights_and_index_the_list_was_made(region, sign_in):
    region.add_candidate()
    region.index()

    page = sign_in(region.owner).get(list_url(region), headers={"Accept-Language": "en"}).text

    assert "How this list was made" in page
    assert "Weights of the components" in page
    weights = {row.component for row in region.session.exec(select(PresetWeight))}
    assert {"capability", "text", "ties"} < weights


def test_without_an_index_the_page_says_to_come_back(region, sign_in):
    response = sign_in(region.owner).get(list_url(region))

    assert response.status_code == 503


def test_nobody_fits_is_a_page_that_says_what_to_do(region, sign_in):
    region.index()

    page = sign_in(region.owner).get(list_url(region), headers={"Accept-Language": "en"}).text

    assert "Nobody fits yet" in page
    assert f"/needs/{region.need.id}/edit" in page


def test_a_draft_shows_who_would_fit_and_that_nobody_can_find_it(region, sign_in):
    region.need.state = PostingState.DRAFT
    region.session.add(region.need)
    region.add_candidate()
    region.index()

    page = sign_in(region.owner).get(list_url(region), headers={"Accept-Language": "en"}).text

    assert len(names_on(page)) == 1
    assert "This need is not public (Draft)" in page


def test_an_organisation_with_an_empty_profile_gets_no_score_and_learns_what_to_fill_in(region, session, sign_in):
    newcomer, person = add(session, make_organisation()), add(session, make_user())
    session.add(make_member(person, newcomer))
    region.add_candidate()
    region.index()

    page = sign_in(person).get(f"/partners/organisations/{newcomer.id}", headers={"Accept-Language": "en"}).text

    assert names_on(page) == []
    assert "No score: the record says nothing yet" in page
    assert f"/organisations/{newcomer.id}/profile/activity" in page
    assert f"/organisations/{newcomer.id}/needs/new" in page


def test_a_coordinator_sees_partners_with_reasons_from_the_record(region, sign_in):
    known = region.add_candidate(name_zh="老搭档")
    region.add_project(region.asker, known, title="面向量产的座舱联合攻关")
    region.index()

    page = sign_in(region.owner).get(f"/partners/organisations/{region.asker.id}").text

    assert names_on(page)[0].startswith("第1名 老搭档")
    assert "双方共同参与过1个项目，最近一次始于2024年5月1日" in page
    assert "《面向量产的座舱联合攻关》" in page


def test_titles_of_projects_that_were_closed_since_are_not_shown(region, session, sign_in):
    known = region.add_candidate(name_zh="老搭档")
    region.add_project(region.asker, known, title="机密攻关")
    region.index()
    session.add(FieldGrade(organisation_id=known.id, field="projects", grade=Grade.CLOSED))
    session.commit()

    page = sign_in(region.owner).get(f"/partners/organisations/{region.asker.id}").text

    assert "老搭档" in page
    assert "机密攻关" not in page


def test_a_district_that_is_not_open_is_on_no_card(region, session, sign_in):
    hidden = region.add_candidate(name_zh="不公开区县者", district_code="500107")
    session.add(FieldGrade(organisation_id=hidden.id, field="district_code", grade=Grade.CLOSED))
    region.index()

    page = sign_in(region.owner).get(list_url(region)).text

    assert "不公开区县者" in page
    assert "九龙坡区" not in page


def test_an_edit_of_the_need_changes_the_list_on_the_next_load(region, session, sign_in):
    region.add_candidate(name_zh="座舱厂", capability="cockpit-controller")
    region.add_candidate(name_zh="电池厂", capability="bms-software")
    region.index()
    browser = sign_in(region.owner)
    before = names_on(browser.get(list_url(region)).text)
    browser.application.extensions["matchmaker_exposure"].flush()

    draft = NeedDraft(
        type=CooperationType.RESEARCH,
        title_zh="寻找电池管理软件合作方",
        summary_zh="需要电池管理软件的开发与标定，要求已有量产车型经验。",
        tags=(Tag(capability_code="bms-software", level=3),),
    )
    postings.update_need(session, owner_of(region), session.merge(region.need), draft)
    session.commit()
    after = names_on(browser.get(list_url(region)).text)

    assert "座舱厂" in before[0]
    assert "电池厂" in after[0]


def test_an_offer_published_now_is_on_the_next_load(region, session, sign_in):
    region.add_candidate(name_zh="老供方")
    newcomer = add(session, make_organisation(name_zh="新供方", district_code="500112"))
    region.index()
    browser = sign_in(region.owner)
    before = browser.get(list_url(region)).text
    browser.application.extensions["matchmaker_exposure"].flush()

    actor = Actor(user_id=region.owner.id, memberships={newcomer.id: MembershipRole.OWNER})
    draft = OfferDraft(
        type=CooperationType.RESEARCH,
        title_zh="座舱域控制器量产",
        summary_zh="座舱域控制器的硬件设计与量产，供多家整车厂使用，支持多屏联动。",
        tags=(Tag(capability_code="cockpit-controller", level=5),),
    )
    postings.publish(session, actor, postings.create_offer(session, actor, newcomer, draft))
    session.commit()
    after = browser.get(list_url(region)).text

    assert "新供方" not in before
    assert "新供方" in after


def test_the_page_speaks_both_languages(region, sign_in):
    region.add_candidate()
    region.index()
    browser = sign_in(region.owner)

    chinese = browser.get(list_url(region)).text
    english = browser.get(f"{list_url(region)}?lang=en", follow_redirects=True).text

    assert "推荐合作方" in chinese
    assert "Recommended partners" in english


def test_the_list_has_pages_and_a_page_past_the_end_leads_to_the_last(region, sign_in):
    for _number in range(23):
        region.add_candidate()
    region.index()
    browser = sign_in(region.owner)

    first = names_on(browser.get(list_url(region)).text)
    second = names_on(browser.get(f"{list_url(region)}?page=2").text)
    beyond = browser.get(f"{list_url(region)}?page=99")

    assert (len(first), len(second)) == (20, 3)
    assert not set(first) & set(second)
    assert beyond.location.endswith("?page=2")


def test_a_longer_list_asks_the_database_no_more_often(region, instance, sign_in):
    for number in range(22):
        firm = region.add_candidate()
        if number % 2:
            region.add_project(firm, region.asker)
    region.index()
    browser = sign_in(region.owner)
    browser.get(list_url(region))

    def count(url: str) -> int:
        asked = []
        listen = lambda *arguments: asked.append(arguments[2])  # noqa: E731
        sa.event.listen(instance.engine, "before_cursor_execute", listen)
        browser.get(url)
        sa.event.remove(instance.engine, "before_cursor_execute", listen)
        return len([statement for statement in asked if statement.lstrip().upper().startswith("SELECT")])

    browser.application.extensions["matchmaker_exposure"].flush()
    short, long = count(f"{list_url(region)}?page=2"), count(list_url(region))
    browser.application.extensions["matchmaker_exposure"].flush()

    assert short == long
    assert long <= 45


def test_what_was_shown_is_kept_with_positions_and_weights(region, app, session, sign_in):
    candidate = region.add_candidate()
    region.index()

    sign_in(region.owner).get(list_url(region))
    app.extensions["matchmaker_exposure"].flush()

    run = session.exec(select(RankingRun)).one()
    assert (run.need_id, run.organisation_id, run.user_id) == (region.need.id, region.asker.id, region.owner.id)
    assert run.weights["capability"] == 30
    assert [(line["position"], line["organisation_id"]) for line in run.shown] == [(1, str(candidate.id))]


def test_the_overview_shows_the_first_of_each_list_and_the_next_step_of_a_draft(region, session, app, sign_in):
    for number in range(4):
        region.add_candidate(name_zh=f"候选{number}")
    add_need(session, region.asker, [], title_zh="未发布的需求", state=PostingState.DRAFT)
    region.index()

    page = sign_in(region.owner).get("/partners").text
    app.extensions["matchmaker_exposure"].flush()

    assert sum(f"候选{number}" in page for number in range(4)) == 3
    assert "未发布的需求" in page
    assert "尚未发布" in page
    assert len(read(page))
    assert len(session.exec(select(RankingRun)).one().shown) == 3


def test_who_acts_for_nobody_is_led_to_an_organisation(region, sign_in):
    region.index()

    page = sign_in(region.add_person()).get("/partners").text

    assert "/organisations/join" in page


def test_the_pages_are_valid_html_in_both_languages(region, session, sign_in):
    fill_at_random(region, 1, organisations=8)
    region.index()
    other = session.exec(select(Organisation).where(Organisation.id != region.asker.id)).first()
    browser = sign_in(region.owner)
    addresses = [
        list_url(region),
        f"{list_url(region)}?with={other.id}",
        f"{list_url(region)}/compare?with={other.id}",
        f"{list_url(region)}/feedback/{other.id}",
        f"/partners/organisations/{region.asker.id}",
        f"/partners/organisations/{other.id}/fit",
        "/partners",
    ]

    for language in ("zh", "en"):
        browser.set_cookie("lang", language)
        for address in addresses:
            response = browser.get(address)
            assert response.status_code == 200, address
            read(response.text)
