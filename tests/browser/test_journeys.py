"""Whole journeys of the people the platform is for, in the real browser on the demo."""

import itertools
import re
import time
from collections.abc import Callable
from decimal import Decimal

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from matchmaker.uscc import check_character
from tests.browser.live import LiveApp

PASSWORD = "a pilot line by the Jialing"
SUMMARY = (
    "Head-up display optics blur above 70 degrees in our cockpit; we need a design that stays sharp, and 200 samples."
)
# Not from 1: whoever runs these against an app that stays must not meet the people of the last time.
numbers = itertools.count(time.time_ns() % 9_000_000 + 1_000_000)

Enter = Callable[..., Page]


@pytest.fixture
def enter(live_app: LiveApp, browser: Browser, browser_context_args: dict[str, object]):
    """Signs a demo person in by the printed link, in a browser of their own; returns the first page."""
    contexts: list[BrowserContext] = []

    def enter_as(person: str, **settings: object) -> Page:
        contexts.append(browser.new_context(**{**browser_context_args, "locale": "en-GB", **settings}))
        page = contexts[-1].new_page()
        page.set_default_timeout(10_000)
        page.goto(live_app.sign_in_links[person])
        return page

    yield enter_as
    for context in contexts:
        context.close()


@pytest.fixture
def newcomer(live_app: LiveApp, browser: Browser, browser_context_args: dict[str, object]):
    """Somebody who has just made an account and signed in; `name` is theirs."""
    context = browser.new_context(**{**browser_context_args, "locale": "en-GB"})
    page = context.new_page()
    page.set_default_timeout(10_000)
    register(page, live_app, f"newcomer-{next(numbers)}@example.com")
    yield page
    context.close()


def register(page: Page, app: LiveApp, email: str) -> None:
    page.goto(app.address)
    page.get_by_role("link", name="Create an account").click()
    page.get_by_label("Name").fill("Qin Yue")
    page.get_by_label("E-mail").fill(email)
    page.locator("#password").fill(PASSWORD)
    page.locator("#repeated").fill(PASSWORD)
    page.get_by_role("button", name="Create an account").click()
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()


def make_code() -> str:
    """A right credit code that nobody in the demo has."""
    first_17 = f"91500112MA{next(numbers) % 10_000_000:07}"
    return first_17 + check_character(first_17)


def open_first_list(page: Page) -> None:
    """To the list of partners for the person's first need, through the menu."""
    page.locator(".side a[href='/partners']").click()
    page.locator("article.panel h2 a").first.click()
    expect(page.locator("article.candidate").first).to_be_visible()


def cards_of(page: Page) -> Locator:
    return page.locator("article.candidate")


def names_and_fits(page: Page) -> list[tuple[str, str]]:
    return [(card.get_attribute("id") or "", shown_fit(card)) for card in cards_of(page).all()]


def shown_fit(card: Locator) -> str:
    found = re.search(r"\d+\.\d", card.locator(".fit-score").inner_text())
    assert found is not None
    return found.group()


def sum_of_shown_points(card: Locator) -> Decimal:
    points = card.locator(".term:not(.terms-sum):not(.is-unknown) .term-number").all_text_contents()
    return sum((Decimal(text) for text in points), start=Decimal())


def look_up(page: Page, code: str) -> None:
    page.get_by_role("link", name="Find your organisation").click()
    page.get_by_label("Unified social credit code").fill(code)
    page.get_by_role("button", name="Look it up").click()


def add_organisation(page: Page) -> str:
    """Enters an organisation that is not in the registry; returns the address of its page."""
    code = make_code()
    look_up(page, code)
    expect(page.get_by_label("Unified social credit code")).to_have_value(code)
    page.get_by_label("Kind of organisation").select_option("sme")
    page.get_by_label("Chinese name").fill(f"重庆嘉屏光学{next(numbers)}有限公司")
    page.get_by_role("button", name="Save and go on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What you do")
    return page.url.removesuffix("/profile/activity")


def test_an_sme_goes_from_the_printed_link_to_partners_that_are_explained_and_answers(enter: Enter):
    page = enter("sme", locale="zh-CN")
    open_first_list(page)
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    listed = names_and_fits(page)
    first, second = cards_of(page).nth(0), cards_of(page).nth(1)

    first.locator("details.more summary").click()

    expect(first.locator(".terms")).to_be_visible()
    expect(first.locator(".term-why").first).to_be_visible()
    for card in cards_of(page).all():
        assert sum_of_shown_points(card) == Decimal(shown_fit(card)), card.get_attribute("id")

    first.locator("a.pick").click()
    second.locator("a.pick").click()
    page.locator(".tray a.btn-primary").click()

    assert page.locator("table.compare thead th a[href*='/organisations/']").count() == 2
    for _card, fit in listed[:2]:
        expect(page.locator("table.compare tbody")).to_contain_text(fit)

    page.go_back()
    first.locator("button[value=useful]").click()

    expect(first.locator(".tag-good")).to_be_visible()
    second.locator("a[href*='/feedback/']").click()
    page.locator("input[name=kind][value=not_useful]").check()
    page.locator("form.form button[type=submit]").click()
    expect(page.locator(".error-summary")).to_be_focused()
    page.locator("select[name=reason]").select_option(index=1)
    page.locator("form.form button[type=submit]").click()
    expect(second.locator(".tag-warn")).to_be_visible()

    there = page.url.split("#")[0]
    page.locator("details.menu", has=page.locator("a[hreflang=en]")).locator("summary").click()
    page.locator("a[hreflang=en]").click()

    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("heading", level=1)).to_have_text("Recommended partners")
    assert page.url.split("#")[0].split("?")[0] == there.split("?")[0]
    assert names_and_fits(page) == listed
    expect(first.get_by_text("You found this useful")).to_be_visible()


def test_a_newcomer_whose_organisation_is_known_claims_it_and_an_officer_decides(enter: Enter, newcomer: Page):
    known = enter("officer")
    known.goto(known.url.split("/home")[0] + "/search?record=organisation&kind=sme&sort=name")
    known.locator(".result h3 a").first.click()
    name = known.get_by_role("heading", level=1).inner_text()
    code = known.locator("dl.facts .num").first.inner_text()

    look_up(newcomer, code)
    expect(newcomer.get_by_role("main")).to_contain_text(name)
    newcomer.locator("#statement").fill("I am the managing director.")
    newcomer.get_by_role("button", name="Claim this organisation").click()

    expect(newcomer.get_by_role("main")).to_contain_text("waits for an officer's decision")
    known.get_by_role("link", name="Organisation claims").first.click()
    known.get_by_role("row", name=name).get_by_role("link").last.click()
    expect(known.get_by_role("main")).to_contain_text("I am the managing director.")
    known.get_by_role("button", name="Approve").click()
    newcomer.reload()
    expect(newcomer.locator("section.section h2 a").first).to_be_visible()
    newcomer.get_by_role("link", name="Profile", exact=True).click()
    expect(newcomer.get_by_role("heading", level=1)).to_contain_text("Check your profile")


def test_a_newcomer_enters_an_organisation_and_the_typed_draft_survives_leaving(newcomer: Page):
    organisation = add_organisation(newcomer)

    newcomer.locator("#summary_en").fill("We grind lenses for displays.")
    expect(newcomer.locator("[data-draft-state]")).to_have_text("Draft kept")
    newcomer.goto(organisation + "/profile")
    newcomer.goto(organisation + "/profile/activity")

    expect(newcomer.locator("#summary_en")).to_have_value("We grind lenses for displays.")
    expect(newcomer.get_by_role("main")).to_contain_text("only you can see it")
    newcomer.get_by_role("button", name="Save and go on").click()
    newcomer.locator("#staff").fill("-30")
    newcomer.get_by_role("button", name="Save and go on").click()
    expect(newcomer.locator(".error-summary")).to_be_focused()
    expect(newcomer.locator("#staff")).to_have_value("-30")
    newcomer.locator("#staff").fill("30")
    newcomer.get_by_role("button", name="Save and go on").click()
    newcomer.get_by_role("link", name="Go on to contact").click()
    newcomer.get_by_label("Contact person").first.fill("Qin Yue")
    newcomer.get_by_role("button", name="Save and check the answers").click()

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
    newcomer.get_by_role("button", name="Save without publishing").click()
    newcomer.get_by_role("link", name="Show partners").click()

    expect(newcomer.get_by_role("heading", name="No score: the need says nothing yet")).to_be_visible()
    expect(newcomer.locator("aside")).to_contain_text("Next: Capabilities. It lets ")
    assert newcomer.locator(".fit-score").count() == 0


def test_a_newcomer_publishes_a_need_and_an_edit_changes_the_list_on_the_next_load(newcomer: Page):
    organisation = add_organisation(newcomer)
    newcomer.goto(organisation + "/needs/new")
    newcomer.get_by_label("Kind of co-operation").first.select_option("technical")
    newcomer.get_by_label("Title in English").fill("Partner for head-up display optics")
    newcomer.get_by_label("Summary in English").fill(SUMMARY)

    newcomer.get_by_role("button", name="Suggest from my text").click()
    newcomer.locator("input[name=pick]").first.check()
    newcomer.get_by_role("button", name="Take the ticked ones").click()
    expect(newcomer.locator("input[name=tags]").first).to_be_attached()
    newcomer.get_by_role("button", name="Save and publish").click()
    expect(newcomer.get_by_role("main")).to_contain_text("It is published and can be found now.")
    newcomer.get_by_role("link", name="Show partners").click()
    before = names_and_fits(newcomer)

    assert before
    expect(newcomer.locator(".grounds").first).to_be_visible()
    newcomer.get_by_role("link", name="Edit the need").first.click()
    newcomer.locator("button[name=remove]").first.click()
    newcomer.get_by_label("or search, in Chinese or English").fill("电池管理")
    newcomer.locator(".picker-search button").click()
    newcomer.locator("input[name=pick]").first.check()
    newcomer.get_by_role("button", name="Take the ticked ones").click()
    newcomer.get_by_role("button", name="Save", exact=True).click()
    newcomer.get_by_role("link", name="Show partners").click()

    after = names_and_fits(newcomer)
    assert after
    assert after != before


def test_an_offer_that_a_lab_publishes_is_on_the_smes_list_at_its_next_load(enter: Enter):
    sme = enter("sme")
    open_first_list(sme)
    asked = sme.locator("aside .tags .tag").first.inner_text().rsplit(",", 1)[0]
    title = "New this minute: " + asked
    lab = enter("lab")
    lab.get_by_role("link", name="New offer").first.click()
    lab.get_by_label("Kind of co-operation").first.select_option("outsourcing")
    lab.get_by_label("Title in English").fill(title)
    lab.get_by_label("Summary in English").fill(f"We do {asked} for carmakers and their suppliers, in series.")
    lab.get_by_label("or search, in Chinese or English").fill(asked)
    lab.locator(".picker-search button").click()
    lab.get_by_role("group").get_by_label(asked, exact=True).check()
    lab.get_by_role("button", name="Take the ticked ones").click()
    lab.locator("select[name^=tags-level]").select_option("5")
    lab.locator("#trl_low").select_option("6")
    lab.locator("#trl_high").select_option("9")
    lab.get_by_role("button", name="Save and publish").click()

    expect(lab.get_by_role("main")).to_contain_text("It is published and can be found now.")
    sme.reload()

    expect(cards_of(sme).filter(has_text=title)).to_be_visible()


def test_an_administrator_changes_a_weight_and_the_list_says_so(enter: Enter):
    administrator, sme = enter("administrator"), enter("sme")
    open_first_list(sme)
    administrator.get_by_role("link", name="Weight presets").first.click()
    administrator.locator("tr", has_text="For a need").get_by_role("link").click()
    weight = administrator.get_by_label("District", exact=True)
    before = weight.input_value()

    weight.fill("7.5")
    administrator.get_by_role("button", name="Save weights").click()
    sme.reload()

    how = sme.locator("details.more", has_text="How this list was made")
    how.locator("summary").click()
    expect(how.get_by_role("row", name="District")).to_contain_text("7.5")
    administrator.get_by_label("District", exact=True).fill(before)
    administrator.get_by_role("button", name="Save weights").click()


@pytest.mark.parametrize(
    ("words", "found"),
    [("座舱", "座舱"), ("smart cockpit", "Cockpit"), ("plzc", "屏联智舱")],
    ids=["zh", "en", "pinyin"],
)
def test_search_works_without_script_and_a_facet_keeps_what_it_counted(enter: Enter, words: str, found: str):
    page = enter("sme", java_script_enabled=False)
    page.locator("input[name=q]").first.fill(words)
    page.locator("input[name=q]").first.press("Enter")
    expect(page.locator(".result").first).to_contain_text(found, ignore_case=True)

    facet = page.locator(".facets li a[href*='kind=']").first
    counted = facet.locator(".count").inner_text()
    facet.click()

    expect(page.locator("#results-title")).to_contain_text(re.compile(rf"^{counted} result"))
    expect(page.locator(".chip").first).to_be_visible()
    assert "kind=" in page.url
    expect(page.locator("#q")).to_have_value(words)


def test_an_sme_reads_compares_and_answers_without_script(enter: Enter):
    page = enter("sme", java_script_enabled=False)
    open_first_list(page)
    card = cards_of(page).nth(2)

    card.locator("details.more summary").click()

    expect(card.locator(".terms")).to_be_visible()
    assert sum_of_shown_points(card) == Decimal(shown_fit(card))
    card.locator("a.pick").click()
    page.locator(".tray a.btn-primary").click()
    expect(page.locator("table.compare")).to_be_visible()
    page.go_back()
    card.get_by_role("button", name="Useful").click()
    expect(card.get_by_text("You found this useful")).to_be_visible()


def test_with_the_keyboard_alone_one_skips_the_menu_searches_and_opens_the_first_result(enter: Enter):
    page = enter("sme")
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()

    page.keyboard.press("/")
    page.keyboard.type("座舱")
    page.keyboard.press("Enter")
    expect(page.locator("#results-title")).to_be_visible()
    first = page.locator(".result h3 a").first
    name = first.inner_text()
    for _press in range(120):
        page.keyboard.press("Tab")
        if first.evaluate("link => link === document.activeElement"):
            break
    expect(first).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
