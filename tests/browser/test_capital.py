"""Money and firms: a fund from its mandate to a memo, a firm from its round to a reasoned answer, in both languages."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from playwright.sync_api import Locator, Page, expect

from matchmaker.services.calendar import today
from tests.browser.acting import follow, main, press, tap, turn, turn_by_key
from tests.browser.capital_market import NODE, Market, Side
from tests.browser.conftest import OpenPage, list_accessibility_faults
from tests.browser.live import LiveApp
from tests.browser.papers import squeezed, text_of_pdf, text_of_word, text_of_workbook
from tests.browser.words import Words
from web.i18n import CATALOGUE

USE = "座舱域控制器样件试制与台架验证 / samples of the cockpit controller and bench tests"
PATIENCE_MS = 120_000  # two cores work out a plan while other tests run
LOCALES = {"zh": "zh-CN", "en": "en-GB"}

Enter = Callable[[str], Page]


@pytest.fixture(scope="session")
def chinese() -> Catalog:
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="zh")


@pytest.fixture(params=["zh", "en"])
def say(request: pytest.FixtureRequest, chinese: Catalog) -> Words:
    return Words(request.param, chinese)


@pytest.fixture
def market(live_app: LiveApp) -> Market:
    return Market(live_app)


@pytest.fixture
def enter(open_page: OpenPage, say: Words) -> Enter:
    """A browser of one's own, signed in by a link, in the language of the journey."""

    def enter_by(link: str) -> Page:
        page = open_page(locale=LOCALES[say.language])
        page.goto(link)
        expect(page.locator("html")).to_have_attribute("lang", re.compile(f"^{say.language}"))
        return page

    return enter_by


def open_menu(page: Page, path: str) -> None:
    turn(page.locator(f".side a[href='{path}']"))


def write_mandate(page: Page, say: Words) -> None:
    """Through the steps to the check, with a look at what the terms see before anything is saved."""
    open_menu(page, "/funds/mandates")
    follow(page, say("New mandate"))
    page.locator("#remaining").fill("9000")
    page.locator("#started_on").fill((today() - timedelta(days=400)).isoformat())
    for name, years in (("investment", "5"), ("exit", "7"), ("extension", "2")):
        page.locator(f"#{name}_years").fill(years)
    press(page, say("Save and go on"))
    for stage in ("angel", "series_a"):
        page.locator(f"input[name='stages'][value='{stage}']").check()
    page.locator("#find").fill("座舱")
    press(page, say("Search"))
    page.locator(f"input[name='pick'][value='{NODE}']").check()
    press(page, say("Take the ticked ones"))
    page.locator(f"input[name='fields-main-{NODE}']").check()
    press(page, say("Save and go on"))
    try_limits(page)
    press(page, say("Save and go on"))
    expect(page.locator("#clauses-rd_ratio-force")).to_have_value("waivable")
    press(page, say("Save and go on"))


def try_limits(page: Page) -> None:
    """The preview follows what is typed, and nothing is stored by looking."""
    shown = page.locator("[data-preview] [data-says] strong")
    page.locator("#ticket_low").fill("900000")
    expect(shown).to_have_text(re.compile(r"^\D*0\D*$"))
    expect(page.locator("[data-preview] ul")).not_to_have_count(0)
    page.locator("#ticket_low").fill("100")
    expect(shown).to_have_text(re.compile(r"[1-9]"))
    for name, value in (("ticket_high", "800"), ("stake_high", "30"), ("rd_ratio_low", "3")):
        page.locator(f"#{name}").fill(value)


def publish(page: Page, say: Words) -> None:
    """Published, the mandate shows which firms pass."""
    expect(main(page)).to_contain_text(say("As firms read it"))
    press(page, say("Publish as edition %(number)s", number=1))
    expect(page.get_by_role("heading", level=1)).to_have_text(say("Which firms pass"))


def begin_list(page: Page, say: Words) -> None:
    open_menu(page, "/funds/desk")
    follow(page, say("New list"))
    page.locator("#name").fill("2026")
    page.locator("#mandate_id").select_option(index=1)
    press(page, say("Begin the list"))
    expect(main(page)).to_contain_text(say("No firm yet"))


def card_of(page: Page, name: str) -> Locator:
    """The card of a ranked list that is about this firm or fund, on whichever page of the list it stands."""
    card = page.locator("article.candidate", has=page.get_by_role("heading", level=2).filter(has_text=name))
    expect(page.locator("#results-title")).to_be_visible()
    while not card.count():
        page.goto(str(page.locator("a[rel=next]").get_attribute("href")))
    return card


def shortlist(page: Page, say: Words, firm: Side) -> None:
    """From the radar, with what stands behind its place there, to the list and to the deal's page."""
    open_menu(page, "/funds/radar")
    card = card_of(page, firm.name(say.language))
    expect(card.locator(".grounds").first).to_be_visible()
    turn(card.get_by_role("button"))
    held = card_of(page, firm.name(say.language)).locator("a[href*='/funds/desk/deals/']")
    expect(held).to_contain_text(say_stage(say, "lead"))
    turn(held)
    expect(page.get_by_role("heading", level=1)).to_contain_text(firm.name(say.language))


STAGES = {
    "lead": ("线索", "Lead"),
    "screening": ("初筛", "Screening"),
    "diligence": ("尽调", "Due diligence"),
    "committee": ("投决", "Investment committee"),
    "signing": ("签约", "Signing"),
}


def say_stage(say: Words, kind: str) -> str:
    return STAGES[kind][0 if say.language == "zh" else 1]


def move_on(page: Page, say: Words, kind: str) -> None:
    """By the button for the next stage, whether it moves at once or asks first."""
    name = say("Move to “%(stage)s”", stage=say_stage(say, kind))
    turn(main(page).locator(".btn-primary", has_text=name))


def now_at(page: Page, say: Words, kind: str) -> None:
    expect(page.locator(".steps [aria-current=step]")).to_have_text(say_stage(say, kind))


def refused(page: Page, say: Words, rule: str) -> None:
    """What is missing is named, and a move without it or a reason does not go."""
    expect(page.locator(".asks li:not(.is-done)").filter(has_text=rule)).to_be_visible()
    press(page, say("Move"))
    expect(page.locator(".error-summary")).to_be_focused()
    expect(page.locator(".error-summary")).to_contain_text(rule)


def make_memo(page: Page, say: Words, extension: str) -> bytes:
    page.locator("#format").select_option(extension)
    with page.expect_download() as waiting:
        tap(main(page).get_by_role("button", name=say("Make the memo"), exact=True))
    assert waiting.value.suggested_filename.endswith(f".{extension}")
    return Path(waiting.value.path()).read_bytes()


def test_a_manager_goes_from_a_mandate_to_a_shortlist_and_to_a_memo(market: Market, enter: Enter, say: Words):
    firm, fund = market.add_firm(), market.add_fund()
    market.open_round(firm)
    page = enter(fund.link)

    write_mandate(page, say)
    publish(page, say)
    begin_list(page, say)
    shortlist(page, say, firm)

    move_on(page, say, "screening")
    refused(page, say, say("Somebody is in charge"))
    page.go_back()
    page.go_back()
    page.locator("#owner_id").select_option(index=1)
    press(page, say("Save"))
    move_on(page, say, "screening")
    now_at(page, say, "screening")
    move_on(page, say, "diligence")
    now_at(page, say, "diligence")
    move_on(page, say, "committee")
    refused(page, say, say("The committee memo was made"))
    page.locator("#override").fill("Committee of Monday, the valuation comes by then")
    press(page, say("Move"))
    now_at(page, say, "committee")
    expect(main(page)).to_contain_text("Committee of Monday")

    follow(page, say("Memo for the investment committee"))
    clause = say("R&D spending")
    for extension, text_of in (("docx", text_of_word), ("pdf", text_of_pdf), ("xlsx", text_of_workbook)):
        told = squeezed(text_of(make_memo(page, say, extension)))
        assert squeezed(firm.name(say.language)) in told, extension
        assert squeezed(clause) in told, extension
    assert list_accessibility_faults(page) == []


def write_round(page: Page, say: Words) -> None:
    """In three steps and a check; it is open to funds at the end."""
    open_menu(page, "/capital")
    follow(page, say("Begin a round"))
    page.locator("#amount").fill("500")
    page.locator("#stage").select_option("angel")
    page.locator("#valuation").fill("4000")
    page.locator("#runway_months").fill("9")
    page.locator("#closes_on").fill((today() + timedelta(days=90)).isoformat())
    page.locator(f"#use_{say.language}").fill(
        "座舱域控制器样件试制与台架验证 / samples and bench tests of the controller"
    )
    press(page, say("Save and go on"))
    page.locator("#trl").select_option("5")
    page.locator("#market_months").fill("24")
    page.locator("#exit_months").fill("72")
    for row, (trl, month, cost) in enumerate((("6", "8", "200"), ("7", "18", "300"))):
        if row:
            press(page, say("One more milestone"))
        page.locator(f"#milestones-{row}-trl").select_option(trl)
        page.locator(f"#milestones-{row}-month").fill(month)
        page.locator(f"#milestones-{row}-cost").fill(cost)
    press(page, say("Save and go on"))
    page.locator("#supports-0-amount").fill("20")
    page.locator("#stake_most").fill("25")
    press(page, say("Save and go on"))
    press(page, say("Open the round to funds"))
    expect(page.locator(".note-success")).to_be_visible()


def judge(page: Page, say: Words, fund: Side) -> None:
    """Which money fits, and clause by clause what one changed fact would clear."""
    follow(page, say("Which money fits"))
    turn(card_of(page, fund.name(say.language)).get_by_role("link", name=say("Clause by clause")))
    expect(page.get_by_role("heading", level=1)).to_contain_text(fund.name(say.language))
    row = page.get_by_role("row", name=say("R&D spending"))
    expect(row).to_contain_text("2.6%")
    expect(row).to_contain_text(say("Not met, can be waived"))
    change = page.locator("section.panel", has=page.get_by_role("heading", name=say("What would clear it")))
    expect(change).to_contain_text(re.compile(r"2\.6\s?%.*→.*3(\.0)?\s?%"))


def hand_in(page: Page, say: Words) -> None:
    follow(page, say("Prepare a dossier"))
    page.locator("input[name='fields'][value='round_figures']").check()
    page.locator("#message").fill("Bench tests end in March.")
    press(page, say("Save"))
    expect(page.locator("#message")).to_have_value("Bench tests end in March.")
    press(page, say("Hand it in"))
    expect(main(page)).to_contain_text(say("Where it stands"))


def decline(page: Page, say: Words, firm: Side) -> None:
    """The manager reads it, looks at the clauses, and says no with reason and clause."""
    open_menu(page, "/funds/dossiers")
    row = page.get_by_role("row", name=firm.name(say.language))
    turn(row.get_by_role("link").first)
    expect(main(page)).to_contain_text("Bench tests end in March.")
    page.locator("#decline-reason").select_option("too_early")
    page.locator("#decline-clause").select_option("rd_ratio")
    page.locator("#decline-answer").fill("Come back with the audited figures of this year.")
    press(page, say("Decline the dossier"))
    expect(page.locator(".note-success")).to_be_visible()


def test_a_firm_goes_from_a_round_to_a_dossier_and_reads_why_a_fund_declined(market: Market, enter: Enter, say: Words):
    firm, fund = market.add_firm(), market.add_fund()
    market.publish_mandate(fund)
    owner, manager = enter(firm.link), enter(fund.link)

    write_round(owner, say)
    round_url = owner.url.split("?")[0]
    judge(owner, say, fund)
    hand_in(owner, say)
    decline(manager, say, firm)

    owner.goto(round_url)
    row = owner.get_by_role("row", name=fund.name(say.language))
    for told in (say("Too early"), say("R&D spending"), "Come back with the audited figures"):
        expect(row).to_contain_text(told)
    digest = owner.locator("section.panel", has=owner.get_by_role("heading", name=say("Why funds declined")))
    expect(digest).to_contain_text(say("Too early"))
    expect(digest).to_contain_text(say("R&D spending"))
    assert list_accessibility_faults(owner) == []


def test_a_firm_sees_who_pays_when_as_a_picture_and_as_a_table(market: Market, enter: Enter, say: Words):
    firm, fund = market.add_firm(), market.add_fund()
    market.publish_mandate(fund)
    market.open_round(firm)
    page = enter(firm.link)

    open_menu(page, "/capital")
    turn(main(page).locator("a[href*='/capital/rounds/']").first)
    follow(page, say("Who pays when"))
    page.locator("#with_waivers").check()  # none but those may pay here for certain
    press(page, say("Work out a plan"))

    picture = main(page).get_by_role("img", name=re.compile(r"\d"))
    expect(picture).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator("[data-follow-says]")).to_contain_text(say("Closed, none is better"), timeout=PATIENCE_MS)
    relay = page.get_by_role("table", name=say("Tickets by fund and month")).first
    payer = relay.locator("tbody th").first.inner_text()
    expect(picture).to_contain_text(payer[:12])
    expect(relay.locator("tbody tr").first).to_contain_text("%")
    tap(page.get_by_text(say("The same as a table")))
    months = page.get_by_role("table", name=say("Money against need, month by month")).locator("tbody tr")
    expect(months).to_have_count(18)
    assert list_accessibility_faults(page) == []


def press_tab_until(page: Page, wanted: Locator) -> None:
    for _press in range(80):
        page.keyboard.press("Tab")
        if wanted.evaluate("one => one === document.activeElement"):
            return
    expect(wanted).to_be_focused()


def test_with_the_keyboard_alone_cards_move_on_the_board_and_each_step_is_said(
    market: Market, enter: Enter, say: Words
):
    fund, firms = market.add_fund(), [market.add_firm(), market.add_firm()]
    list_id, (first_id, second_id) = market.add_list(fund, firms)
    page = enter(fund.link)
    page.goto(f"/funds/desk/{list_id}?view=board")
    first, second = page.locator(f"#card-{first_id}"), page.locator(f"#card-{second_id}")
    said = page.locator("[data-board-says]")
    name = firms[1].name(say.language)

    press_tab_until(page, first)
    page.keyboard.press("ArrowDown")
    expect(second).to_be_focused()
    page.keyboard.press("[")
    expect(said).to_have_text(say("There is no stage on that side."))
    turn_by_key(page, "]")

    expect(said).to_have_text(say("%(firm)s stands at: %(stage)s", firm=name, stage=say_stage(say, "screening")))
    expect(said).to_have_attribute("aria-live", "polite")
    expect(second).to_be_focused()
    assert stage_shown(page, second_id) == say_stage(say, "screening")
    page.keyboard.press("ArrowLeft")
    expect(first).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(second).to_be_focused()

    turn_by_key(page, "m")  # nothing is known of a round, so due diligence asks for a reason
    expect(page.locator(".error-summary")).to_be_focused()
    press_tab_until(page, page.locator("#override"))
    page.keyboard.type("Their round opens on Friday")
    press_tab_until(page, main(page).get_by_role("button", name=say("Move"), exact=True))
    turn_by_key(page, "Enter")

    expect(second).to_be_focused()
    expect(said).to_contain_text(say_stage(say, "diligence"))
    assert stage_shown(page, second_id) == say_stage(say, "diligence")
    turn_by_key(page, "Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)


def stage_shown(page: Page, deal_id: UUID) -> str:
    """The stage under which the board has a card."""
    return (
        page.locator("[data-lane]", has=page.locator(f"#card-{deal_id}")).get_by_role("heading", level=2).inner_text()
    )
