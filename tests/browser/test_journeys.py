"""Whole journeys of the people the platform is for, in the real browser on the demo."""

import itertools
import re
import time
from collections.abc import Callable
from decimal import Decimal

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from matchmaker.uscc import check_character
from tests.browser.acting import follow, press, tap, turn, turn_by_key
from tests.browser.conftest import OpenPage
from tests.browser.live import LiveApp

PASSWORD = "a pilot line by the Jialing"
SUMMARY = (
    "Head-up display optics blur above 70 degrees in our cockpit; we need a design that stays sharp, and 200 samples."
)
# Not from 1: whoever runs these against an app that stays must not meet the people of the last time.
numbers = itertools.count(time.time_ns() % 9_000_000 + 1_000_000)

Enter = Callable[..., Page]


@pytest.fixture
def enter(live_app: LiveApp, open_page: OpenPage) -> Enter:
    """Signs a demo person in by the printed link, in a browser of their own; returns the first page."""

    def enter_as(person: str, **settings: object) -> Page:
        page = open_page(**{"locale": "en-GB", **settings})
        page.goto(live_app.sign_in_links[person])
        return page

    return enter_as


@pytest.fixture
def newcomer(open_page: OpenPage) -> Page:
    """Somebody who has just made an account and signed in."""
    page = open_page(locale="en-GB")
    register(page, f"newcomer-{next(numbers)}@example.com")
    return page


def register(page: Page, email: str) -> None:
    page.goto("/")
    turn(page.get_by_role("link", name="Create an account"))
    page.get_by_label("Name").fill("Qin Yue")
    page.get_by_label("E-mail").fill(email)
    page.locator("#password").fill(PASSWORD)
    page.locator("#repeated").fill(PASSWORD)
    turn(page.get_by_role("button", name="Create an account"))
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Sign in")


def make_code() -> str:
    """A right credit code that nobody in the demo has."""
    first_17 = f"91500112MA{next(numbers) % 10_000_000:07}"
    return first_17 + check_character(first_17)


def open_first_list(page: Page) -> None:
    """To the list of partners for the person's first need, through the menu."""
    turn(page.locator(".side a[href='/partners']"))
    turn(page.locator("article.panel h2 a").first)
    expect(page.locator("article.candidate").first).to_be_visible()


def cards_of(page: Page) -> Locator:
    return page.locator("article.candidate")


def names_and_fits(page: Page) -> list[tuple[str, str]]:
    expect(cards_of(page).first).to_be_visible()
    return [(card.get_attribute("id") or "", shown_fit(card)) for card in cards_of(page).all()]


def shown_fit(card: Locator) -> str:
    found = re.search(r"\d+\.\d", card.locator(".fit-score").inner_text())
    assert found is not None
    return found.group()


def sum_of_shown_points(card: Locator) -> Decimal:
    points = card.locator(".term:not(.terms-sum):not(.is-unknown) .term-number").all_text_contents()
    return sum((Decimal(text) for text in points), start=Decimal())


def look_up(page: Page, code: str) -> None:
    turn(page.get_by_role("link", name="Find your organisation"))
    page.get_by_label("Unified social credit code").fill(code)
    press(page, "Look it up")


def add_organisation(page: Page) -> str:
    """Enters an organisation that is not in the registry; returns the address of its page."""
    code = make_code()
    look_up(page, code)
    expect(page.get_by_label("Unified social credit code")).to_have_value(code)
    page.get_by_label("Kind of organisation").select_option("sme")
    page.get_by_label("Chinese name").fill(f"重庆嘉屏光学{next(numbers)}有限公司")
    press(page, "Save and go on")
    expect(page.get_by_role("heading", level=1)).to_have_text("What you do")
    return page.url.removesuffix("/profile/activity")


def test_an_sme_goes_from_the_printed_link_to_partners_that_are_explained_and_answers(enter: Enter):
    page = enter("sme", locale="zh-CN")
    open_first_list(page)
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    listed = names_and_fits(page)
    first, second = cards_of(page).nth(0), cards_of(page).nth(1)

    tap(first.locator("details.more summary"))

    expect(first.locator(".terms")).to_be_visible()
    expect(first.locator(".term-why").first).to_be_visible()
    for card in cards_of(page).all():
        assert sum_of_shown_points(card) == Decimal(shown_fit(card)), card.get_attribute("id")

    turn(first.locator("a.pick"))
    turn(second.locator("a.pick"))
    turn(page.locator(".tray a.btn-primary"))

    expect(page.locator("table.compare thead th a[href*='/organisations/']")).to_have_count(2)
    for _card, fit in listed[:2]:
        expect(page.locator("table.compare tbody")).to_contain_text(fit)

    page.go_back()
    turn(first.locator("button[value=useful]"))

    expect(first.locator(".tag-good")).to_be_visible()
    turn(second.locator("a[href*='/feedback/']"))
    page.locator("input[name=kind][value=not_useful]").check()
    turn(page.locator("form.form button[type=submit]"))
    expect(page.locator(".error-summary")).to_be_focused()
    page.locator("select[name=reason]").select_option(index=1)
    turn(page.locator("form.form button[type=submit]"))
    expect(second.locator(".tag-warn")).to_be_visible()

    there = page.url.split("#")[0]
    tap(page.locator("details.menu", has=page.locator("a[hreflang=en]")).locator("summary"))
    turn(page.locator("a[hreflang=en]"))

    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("heading", level=1)).to_have_text("Recommended partners")
    assert page.url.split("#")[0].split("?")[0] == there.split("?")[0]
    assert names_and_fits(page) == listed
    expect(first.get_by_text("You found this useful")).to_be_visible()


def test_a_newcomer_whose_organisation_is_known_claims_it_and_an_officer_decides(enter: Enter, newcomer: Page):
    known = enter("officer")
    known.goto("/search?record=organisation&kind=sme&sort=name")
    turn(known.locator(".result h3 a").first)
    name = known.get_by_role("heading", level=1).inner_text()
    code = known.locator("dl.facts .num").first.inner_text()

    look_up(newcomer, code)
    expect(newcomer.get_by_role("main")).to_contain_text(name)
    newcomer.locator("#statement").fill("I am the managing director.")
    press(newcomer, "Claim this organisation")

    expect(newcomer.get_by_role("main")).to_contain_text("waits for an officer's decision")
    turn(known.get_by_role("link", name="Organisation claims").first)
    turn(known.get_by_role("row", name=name).get_by_role("link").last)
    expect(known.get_by_role("main")).to_contain_text("I am the managing director.")
    press(known, "Approve")
    newcomer.reload()
    expect(newcomer.locator("section.section h2 a").first).to_be_visible()
    turn(newcomer.get_by_role("link", name="Profile", exact=True))
    expect(newcomer.get_by_role("heading", level=1)).to_contain_text("Check your profile")


def save_while_the_draft_is_on_its_way(page: Page) -> None:
    """The form waits: else the draft would be kept behind it and come back as if nothing had been saved."""
    held: list[Route] = []
    page.route("**/drafts/**", lambda route: held.append(route))
    with page.expect_request("**/drafts/**"):
        page.locator("#staff").fill("30")
    tap(page.get_by_role("main").get_by_role("button", name="Save and go on", exact=True))
    expect(page.locator("#staff")).to_have_value("30")
    with page.expect_navigation():
        held[0].continue_()
    page.unroute("**/drafts/**")


def test_a_newcomer_enters_an_organisation_and_the_typed_draft_survives_leaving(newcomer: Page):
    organisation = add_organisation(newcomer)

    newcomer.locator("#summary_en").fill("We grind lenses for displays.")
    expect(newcomer.locator("[data-draft-state]")).to_have_text("Draft kept")
    newcomer.goto(organisation + "/profile")
    newcomer.goto(organisation + "/profile/activity")

    expect(newcomer.locator("#summary_en")).to_have_value("We grind lenses for displays.")
    expect(newcomer.get_by_role("main")).to_contain_text("only you can see it")
    press(newcomer, "Save and go on")
    newcomer.locator("#staff").fill("-30")
    press(newcomer, "Save and go on")
    expect(newcomer.locator(".error-summary")).to_be_focused()
    expect(newcomer.locator("#staff")).to_have_value("-30")
    save_while_the_draft_is_on_its_way(newcomer)
    expect(newcomer.get_by_role("main")).not_to_contain_text("only you can see it")
    follow(newcomer, "Go on to contact")
    newcomer.get_by_label("Contact person").first.fill("Qin Yue")
    press(newcomer, "Save and check the answers")

    expect(newcomer.get_by_role("heading", level=1)).to_contain_text("Check your profile")
    expect(newcomer.get_by_role("main")).to_contain_text("We grind lenses for displays.")
    expect(newcomer.locator(".completeness a")).to_contain_text("Next: ")


def test_an_empty_profile_and_an_empty_need_have_no_score_and_name_the_way_on(newcomer: Page):
    organisation = add_organisation(newcomer)

    newcomer.goto(organisation.replace("/organisations/", "/partners/organisations/"))

    expect(newcomer.get_by_role("heading", name="No score: the record says nothing yet")).to_be_visible()
    expect(newcomer.locator(".gaps a").first).to_be_visible()
    assert newcomer.locator(".fit-score").count() == 0

    newcomer.goto(organisation + "/needs/new")
    newcomer.get_by_label("Kind of co-operation").first.select_option("technical")
    newcomer.get_by_label("Title in English").fill("Something")
    press(newcomer, "Save without publishing")
    follow(newcomer, "Show partners")

    expect(newcomer.get_by_role("heading", name="No score: the need says nothing yet")).to_be_visible()
    expect(newcomer.locator("aside")).to_contain_text("Next: Capabilities. It lets ")
    assert newcomer.locator(".fit-score").count() == 0


def test_a_newcomer_publishes_a_need_and_an_edit_changes_the_list_on_the_next_load(newcomer: Page):
    organisation = add_organisation(newcomer)
    newcomer.goto(organisation + "/needs/new")
    newcomer.get_by_label("Kind of co-operation").first.select_option("technical")
    newcomer.get_by_label("Title in English").fill("Partner for head-up display optics")
    newcomer.get_by_label("Summary in English").fill(SUMMARY)

    press(newcomer, "Suggest from my text")
    newcomer.locator("input[name=pick]").first.check()
    press(newcomer, "Take the ticked ones")
    expect(newcomer.locator("input[name=tags]").first).to_be_attached()
    press(newcomer, "Save and publish")
    expect(newcomer.get_by_role("main")).to_contain_text("It is published and can be found now.")
    follow(newcomer, "Show partners")
    before = names_and_fits(newcomer)

    expect(newcomer.locator(".grounds").first).to_be_visible()
    follow(newcomer, "Edit the need")
    turn(newcomer.locator("button[name=remove]").first)
    newcomer.get_by_label("or search, in Chinese or English").fill("电池管理")
    turn(newcomer.locator(".picker-search button"))
    newcomer.locator("input[name=pick]").first.check()
    press(newcomer, "Take the ticked ones")
    press(newcomer, "Save")
    follow(newcomer, "Show partners")

    assert names_and_fits(newcomer) != before


def test_an_offer_that_a_lab_publishes_is_on_the_smes_list_at_its_next_load(enter: Enter):
    sme = enter("sme")
    open_first_list(sme)
    asked = sme.locator("aside .tags .tag").first.inner_text().rsplit(",", 1)[0]
    title = "New this minute: " + asked
    lab = enter("lab")
    turn(lab.get_by_role("link", name="New offer").first)
    lab.get_by_label("Kind of co-operation").first.select_option("outsourcing")
    lab.get_by_label("Title in English").fill(title)
    lab.get_by_label("Summary in English").fill(f"We do {asked} for carmakers and their suppliers, in series.")
    lab.get_by_label("or search, in Chinese or English").fill(asked)
    turn(lab.locator(".picker-search button"))
    lab.get_by_role("group").get_by_label(asked, exact=True).check()
    press(lab, "Take the ticked ones")
    lab.locator("select[name^=tags-level]").select_option("5")
    lab.locator("#trl_low").select_option("6")
    lab.locator("#trl_high").select_option("9")
    press(lab, "Save and publish")

    expect(lab.get_by_role("main")).to_contain_text("It is published and can be found now.")
    sme.reload()

    expect(cards_of(sme).filter(has_text=title)).to_be_visible()


def test_an_administrator_changes_a_weight_and_the_list_says_so(enter: Enter):
    administrator, sme = enter("administrator"), enter("sme")
    open_first_list(sme)
    turn(administrator.get_by_role("link", name="Weight presets").first)
    turn(administrator.locator("tr", has_text="For a need").get_by_role("link"))
    weight = administrator.get_by_label("District", exact=True)
    before = weight.input_value()

    weight.fill("7.5")
    press(administrator, "Save weights")
    sme.reload()

    how = sme.locator("details.more", has_text="How this list was made")
    tap(how.locator("summary"))
    expect(how.get_by_role("row", name="District")).to_contain_text("7.5")
    administrator.get_by_label("District", exact=True).fill(before)
    press(administrator, "Save weights")


@pytest.mark.parametrize(
    ("words", "found"),
    [("座舱", "座舱"), ("smart cockpit", "Cockpit"), ("plzc", "屏联智舱")],
    ids=["zh", "en", "pinyin"],
)
def test_search_works_without_script_and_a_facet_keeps_what_it_counted(enter: Enter, words: str, found: str):
    page = enter("sme", java_script_enabled=False)
    page.locator("input[name=q]").first.fill(words)
    turn_by_key(page, "Enter")
    expect(page.locator(".result").first).to_contain_text(found, ignore_case=True)

    facet = page.locator(".facets li a[href*='kind=']").first
    counted = facet.locator(".count").inner_text()
    turn(facet)

    expect(page.locator("#results-title")).to_contain_text(re.compile(rf"^{counted} result"))
    expect(page.locator(".chip").first).to_be_visible()
    assert "kind=" in page.url
    expect(page.locator("#q")).to_have_value(words)


def test_an_sme_reads_compares_and_answers_without_script(enter: Enter):
    page = enter("sme", java_script_enabled=False)
    open_first_list(page)
    card = cards_of(page).nth(2)

    tap(card.locator("details.more summary"))

    expect(card.locator(".terms")).to_be_visible()
    assert sum_of_shown_points(card) == Decimal(shown_fit(card))
    turn(card.locator("a.pick"))
    turn(page.locator(".tray a.btn-primary"))
    expect(page.locator("table.compare")).to_be_visible()
    page.go_back()
    turn(card.get_by_role("button", name="Useful"))
    expect(card.get_by_text("You found this useful")).to_be_visible()


def test_with_the_keyboard_alone_one_skips_the_menu_searches_and_opens_the_first_result(enter: Enter):
    page = enter("sme")
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()

    page.keyboard.press("/")
    page.keyboard.type("座舱")
    turn_by_key(page, "Enter")
    expect(page.locator("#results-title")).to_be_visible()
    first = page.locator(".result h3 a").first
    name = first.inner_text()
    for _press in range(120):
        page.keyboard.press("Tab")
        if first.evaluate("link => link === document.activeElement"):
            break
    expect(first).to_be_focused()
    turn_by_key(page, "Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
