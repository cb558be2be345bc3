"""Every kind of page, in both languages, light and dark, wide and narrow: for everybody, quiet, and at home."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from urllib.parse import urlsplit

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Request

from matchmaker.instance import Instance
from seeds.demo.identity import identity
from tests.browser.acting import tap
from tests.browser.capital_pages import list_money_pages, list_terms_pages
from tests.browser.challenge_pages import ask, challenge, compose, find_pairing, find_room, find_rules
from tests.browser.desk_pages import list_desk_pages
from tests.browser.finding import find_on
from tests.browser.live import LiveApp
from tests.browser.region_pages import list_outcome_pages, list_region_pages, list_request_pages
from tests.browser.registry_pages import list_registry_pages
from web import create_app

AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
NARROWEST = 320
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
# They take most of axe-core's time; between light and dark nothing but colours changes.
COLOUR_RULES = ("color-contrast", "link-in-text-block")
OTHER_RULES = {
    "runOnly": {"type": "tag", "values": TAGS},
    "rules": {rule: {"enabled": False} for rule in COLOUR_RULES},
}
RULES_OF_COLOUR = {"runOnly": {"type": "rule", "values": COLOUR_RULES}}
# Files; pages of what the demo has none of; pages that are made as another one on the list is.
NOT_ON_THE_LIST = {
    *("static", "bootstrap.static", "account.demo_sign_in"),
    *("consortia.download", "imports.download_template", "imports.download_bad_rows", "open_data.download_file"),
    *("chain.download_table", "indicators.download_table", "reports.download_file", "reports.download_run"),
    *("data_desk.show_withdraw", "reports.show_run", "scenarios.show_run", "reports.show_delete_report"),
    *("consortia.show_leave", "learning.show_run", "officer.show_claim", "keys.show_new_password"),
    *("challenges.show_rule", "consortia.show_edit_right", "funds.download_memo"),
}
# The officer's journey makes these and looks at them there.
NOT_ON_THE_LIST |= {"imports.show_upload", "imports.show_batch", "duplicates.show_merge", "reports.show_report"}
EXPECTED_STATUS = {"/nowhere": 404, "/admin/audit": 403}
# A page of the wrong status is on the list on purpose, and the browser says so in its console.
EXPECTED_NOISE = re.compile(r"Failed to load resource: the server responded with a status of 40[34]")
# Twenty cards are made by one template; the time goes into pages, not into repetition.
UNFOLD = """() => {
    const seen = {};
    for (const part of document.querySelectorAll("main details")) {
        seen[part.className] = (seen[part.className] ?? 0) + 1;
        if (seen[part.className] <= 2) part.open = true;
    }
}"""
# Colours are given by class and by what is current, never by place; tests/house/test_styles.py sees to it. So one look,
# that is a tag with these and with those of all that it stands in, needs no third glance on a page, and none on a third
# page. What is left out is taken away; given back is what stays, as numbers.
TIMES = 2
SHORTEN = """([known, times]) => {
    const met = {}, stays = [];
    const number = (text, start) => {
        let sum = start;
        for (const letter of text) sum = (sum * 31 + letter.codePointAt(0)) % 281474976710597;
        return sum;
    };
    const look = (part) => {
        const says = [...part.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
        const painted = ["class", "aria-current", "scope", "fill", "stroke"].map((name) => part.getAttribute(name));
        return [part.tagName, ...painted, ...part.getAttributeNames(), says].join(" ");
    };
    const leave = (part, around) => {
        const here = number(look(part), around);
        met[here] = (met[here] ?? known[here] ?? 0) + 1;
        let isNew = met[here] <= times;
        for (const child of [...part.children]) isNew = leave(child, here) || isNew;
        if (isNew) stays.push(here); else part.remove();
        return isNew;
    };
    for (const part of [...document.body.children]) leave(part, number(look(document.body), 1));
    return stays;
}"""


def way(locale: str, width: int) -> object:
    return pytest.param({"locale": locale, "width": width}, id=f"{locale}-{width}")


# Every page in both languages and at both widths; the other two pairs would show the same templates again.
WAYS = [way("zh-CN", 390), way("en-GB", 1280)]
ALL_WAYS = [way(locale, width) for locale in ("zh-CN", "en-GB") for width in (390, 1280)]


@dataclass
class Watched:
    """A page and whatever it did that a page of ours must not do."""

    page: Page
    home: str
    noise: list[str] = field(default_factory=list)
    looks: Counter[int] = field(default_factory=Counter)  # on how many pages

    def __post_init__(self) -> None:
        self.page.on("console", self._hear)
        self.page.on("pageerror", self._fail)
        self.page.on("request", self._follow)

    def shorten(self) -> bool:
        """Take away what has been looked at often enough; whether anything is left."""
        known = {str(look): TIMES for look, pages in self.looks.items() if pages >= TIMES}
        stays = self.page.evaluate(SHORTEN, [known, TIMES])
        self.looks.update(set(stays))
        return bool(stays)

    def _hear(self, message: ConsoleMessage) -> None:
        # A breach of the content security policy is told here too.
        if message.type in ("error", "warning") and not EXPECTED_NOISE.match(message.text):
            self.noise.append(f"console at {self.page.url}: {message.text}")

    def _fail(self, error: Error) -> None:
        self.noise.append(f"script at {self.page.url}: {error}")

    def _follow(self, request: Request) -> None:
        if not request.url.startswith((self.home, "data:")):
            self.noise.append(f"leaves the host at {self.page.url}: {request.url}")


@pytest.fixture(scope="module")
def pages(live_app: LiveApp, browser: Browser) -> dict[str, list[str]]:
    """The address of one page of each kind, by the demo person who looks at it."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(live_app.sign_in_links["sme"])
    need = find_on(page, live_app.address + "/partners", r"/partners/needs/[\w-]+")
    own = find_on(page, live_app.address + need, r"for=([\w-]+)")
    first, second = re.findall(r'id="card-([\w-]+)"', page.content())[:2]
    offer = find_on(page, f"{live_app.address}/organisations/{own}/offers", r"/offers/[\w-]{36}")
    certificate = find_on(
        page,
        f"{live_app.address}/organisations/{own}/profile/certifications",
        r"/organisations/[\w-]{36}/profile/certifications/[\w-]{36}(?!/)",
    )
    interest = ask(page, live_app.address, f"{need}/ask/{second}")
    page.goto(live_app.sign_in_links["administrator"])
    preset = find_on(page, live_app.address + "/admin/presets", r"/admin/presets/[\w-]+")
    person = find_on(page, live_app.address + "/admin/people", r"/admin/people/[\w-]{36}")
    page.goto(live_app.sign_in_links["officer"])
    rules, pairing = find_rules(page, live_app.address), find_pairing(page, live_app.address)
    removal = find_on(page, live_app.address + "/rules/conflicts/", r"/rules/conflicts/[\w-]{36}/remove")
    registry = [*list_registry_pages(page, live_app.address), *list_region_pages(page, live_app.address)]
    page.goto(live_app.sign_in_links["leader"])
    room, composed = find_room(page, live_app.address), compose(page, live_app.address)
    leaders = find_on(page, live_app.address + "/challenges", r"/organisations/[\w-]{36}/challenges/new")
    answers = f"{challenge('pack-fire')}/answers"
    answer = find_on(page, live_app.address + answers, r"/challenge-answers/[\w-]{36}")
    page.goto(live_app.sign_in_links["sme"])
    money = [*list_money_pages(page, live_app.address), *list_request_pages(page, live_app.address, first)]
    page.goto(live_app.sign_in_links["base"])
    outcomes = list_outcome_pages(page, live_app.address)
    page.goto(live_app.sign_in_links["administrator"])
    job = find_on(page, live_app.address + "/jobs", r"/jobs/[\w-]{36}")  # composing was one
    page.goto(live_app.sign_in_links["fund"])
    desk, terms = list_desk_pages(page, live_app.address), list_terms_pages(page, live_app.address)
    context.close()
    ours, theirs = f"/organisations/{own}", f"/organisations/{first}"
    asked = challenge("cockpit-cold-start")
    return {
        "": ["/", "/about", "/help", "/design", "/account/sign-in", "/account/register", "/nowhere"],
        "sme": [
            *[
                "/home",
                "/account",
                "/account/sign-ins",
                "/account/password",
                "/organisations/join",
                "/organisations/new",
                "/admin/audit",
            ],
            *["/partners", need, f"{need}?with={first}&with={second}", f"{need}/compare?with={first}&with={second}"],
            *["/partners/interests", interest, f"{need}/ask/{first}"],
            *[f"{need}/feedback/{first}", f"/partners{ours}", f"/partners{theirs}/fit", theirs, f"{theirs}/claim"],
            *["/search", "/search?q=座舱&kind=sme", "/search?q=qqqzzz"],
            *[ours, f"{ours}/needs", f"{ours}/offers", f"{ours}/needs/new", f"{ours}/offers/new"],
            *[offer, f"{offer}/edit", need.removeprefix("/partners"), f"{need.removeprefix('/partners')}/edit"],
            *[f"{ours}/profile{step}" for step in ("", "/identity", "/activity", "/figures", "/contact")],
            *[f"{ours}/profile/certifications", certificate],
            *["/challenges", "/challenges?open=y&q=qqqzzz", asked, "/challenge-answers"],
            *[challenge("rain-perception"), f"{ours}/answers/{identity('challenge/cockpit-cold-start')}"],
            *["/consortia", "/consortia/new", room[0], "/rules/", rules[0], "/fast-track/"],
            f"/fast-track/?need={need.rsplit('/', 1)[-1]}",
            *money,
        ],
        "fund": [*terms, *desk],
        "base": outcomes,
        "lab": [f"/organisations/{identity('lab-02')}/rounds/new"],
        "leader": [
            *[f"{challenge('heat-pump-draft')}/{step}" for step in ("problem", "metrics", "team", "terms", "check")],
            *[f"{leaders}?kind=challenge", asked, f"{asked}/plan", answers, answer],
            *[f"{challenge('heat-pump-draft')}/rules", f"{challenge('heat-pump-draft')}/rules/new"],
            *["/consortia", f"{asked}/compositions", *composed, *room],
        ],
        "officer": [
            *["/officer/challenges", f"/officer{challenge('pack-line-handed-in')}"],
            *["/home", "/officer/claims", "/officer/exposure/", "/officer/exposure/partners"],
            *["/officer/declines/", "/officer/declines/capacity"],
            *[*rules, "/rules/new", "/rules/conflicts/", removal, "/officer/imports"],
            *["/officer/pairings/", "/officer/pairings/records", pairing],
            *registry,
        ],
        "administrator": [
            *["/admin/people", person, "/admin/retention"],
            *["/admin/presets", preset, "/admin/learning", "/admin/learning/bench", "/jobs", job, "/admin/audit"],
        ],
    }


@pytest.fixture
def watched(
    live_app: LiveApp, browser: Browser, browser_context_args: dict[str, object], request: pytest.FixtureRequest
) -> Iterator[Watched]:
    """A page in the language, colours and width that the test asks for."""
    way = dict(request.param)
    viewport = {"width": way.pop("width"), "height": 800}
    context = browser.new_context(**{**browser_context_args, **way, "viewport": viewport})
    context.add_init_script(path=AXE)
    yield Watched(context.new_page(), live_app.address)
    context.close()


def visit_all(watched: Watched, app: LiveApp, pages: dict[str, list[str]]) -> Iterator[str]:
    """Opens one page after the other and says which; each demo person in turn."""
    for person, addresses in pages.items():
        watched.page.context.clear_cookies()
        if person:
            watched.page.goto(app.sign_in_links[person])
        for address in addresses:
            response = watched.page.goto(app.address + address)
            assert response is not None
            assert response.status == EXPECTED_STATUS.get(address if person != "administrator" else "", 200), address
            yield f"{person or 'visitor'} {address}"


def list_faults(watched: Watched) -> list[str]:
    """What axe-core finds in light and in dark, with two of each thing that can be unfolded unfolded."""
    page = watched.page
    page.evaluate(UNFOLD)
    page.emulate_media(color_scheme="light")
    faults = [*list_overflows(page), *run_axe(page, "html", OTHER_RULES)]
    return [*faults, *list_pale(page, "html")] if watched.shorten() else faults


def list_pale(page: Page, part: str) -> list[str]:
    page.emulate_media(color_scheme="light")
    faults = run_axe(page, part, RULES_OF_COLOUR)
    page.emulate_media(color_scheme="dark")
    return [*faults, *(f"dark: {fault}" for fault in run_axe(page, part, RULES_OF_COLOUR))]


def run_axe(page: Page, part: str, rules: dict[str, object]) -> list[str]:
    options = {**rules, "resultTypes": ["violations"], "preload": False}
    program = "([part, options]) => axe.run(part, options).then(found => found.violations)"
    found = page.evaluate(program, [part, options])
    return [f"{fault['id']}: {fault['help']} at {node['target']}" for fault in found for node in fault["nodes"][:3]]


def list_overflows(page: Page) -> list[str]:
    """Whether one would have to scroll sideways, as the page is now and on the narrowest screen."""
    viewport = page.viewport_size
    assert viewport is not None
    faults = []
    for width in (NARROWEST, viewport["width"]):
        page.set_viewport_size({**viewport, "width": width})
        taken = page.evaluate("document.documentElement.scrollWidth")
        faults += [f"{taken} px wide on a screen of {width}"] if taken > width else []
    return faults


def test_every_page_there_is_is_looked_at(live_app: LiveApp, pages: dict[str, list[str]]):
    addresses = create_app(Instance(live_app.instance), testing=True).url_map
    shown = {rule.endpoint for rule in addresses.iter_rules() if "GET" in (rule.methods or ())}
    looked_at = {
        addresses.bind("localhost").match(urlsplit(address).path)[0]
        for address in chain.from_iterable(pages.values())
        if EXPECTED_STATUS.get(address) != 404
    }

    left_out = shown - looked_at
    assert left_out == NOT_ON_THE_LIST, f"to be put on the list above: {sorted(left_out - NOT_ON_THE_LIST)}"


@pytest.mark.parametrize("watched", WAYS, indirect=True)
def test_no_page_shuts_anybody_out_scrolls_sideways_or_does_what_it_must_not(
    watched: Watched, live_app: LiveApp, pages: dict[str, list[str]]
):
    visits = visit_all(watched, live_app, pages)

    faults = [f"{visited}: {fault}" for visited in visits for fault in list_faults(watched)]

    assert not faults, "\n".join(faults)
    assert not watched.noise, "\n".join(watched.noise)


@pytest.mark.parametrize("watched", ALL_WAYS, indirect=True)
def test_the_menus_at_the_top_can_be_read_and_used_by_everybody(watched: Watched, live_app: LiveApp):
    page = watched.page
    page.goto(live_app.sign_in_links["sme"])

    for menu in page.locator("details.menu").all():
        if menu.is_visible():
            tap(menu.locator("summary"))
            faults = [*list_overflows(page), *run_axe(page, "header", OTHER_RULES), *list_pale(page, "header")]
            assert not faults, "\n".join(faults)


PAGE = """<!doctype html><html lang="zh"><meta name="viewport" content="width=device-width"><title>席位</title>
<style>
    :root {{ color-scheme: light dark }}
    .pale {{ color: #eee; background: #fff }}
    @media (prefers-color-scheme: dark) {{ .dim {{ color: #222; background: #000 }} }}
</style>
<main>
    <h1>席位</h1>
    <ul><li>甲方<li>乙方<li>丙方<li class="{look}">丁方</ul>
    <div style="width: {width}px">席位</div>
</main></html>"""


@pytest.mark.parametrize(
    ("look", "width", "faults"),
    [
        ("", 100, []),
        ("pale", 100, ["color-contrast", "dark: color-contrast"]),
        ("dim", 100, ["dark: color-contrast"]),
        ("", 350, ["358 px wide on a screen of 320"]),
        ("", 500, ["508 px wide on a screen of 320", "508 px wide on a screen of 390"]),
    ],
)
@pytest.mark.parametrize("watched", WAYS[:1], indirect=True)
def test_what_is_pale_dim_or_too_wide_is_found_even_far_down_in_a_list(
    watched: Watched, look: str, width: int, faults: list[str]
):
    watched.page.set_content(PAGE.format(look=look, width=width))

    found = list_faults(watched)

    assert [re.sub(r"color-contrast:.*", "color-contrast", fault) for fault in found] == faults


@pytest.mark.parametrize("watched", WAYS[:1], indirect=True)
def test_a_new_look_is_found_however_often_the_others_have_been_looked_at(watched: Watched):
    for _page in range(TIMES + 1):
        watched.page.set_content(PAGE.format(look="", width=100))
        assert list_faults(watched) == []
    left = watched.page.locator("body *").count()
    watched.page.set_content(PAGE.format(look="pale", width=100))

    found = list_faults(watched)

    assert left == 0
    assert [fault.split(":")[0] for fault in found] == ["color-contrast", "dark"]
