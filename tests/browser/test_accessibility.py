"""Every kind of page, in both languages, light and dark, wide and narrow: for everybody, quiet, and at home."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Request

from seeds.demo.identity import HERO, identity
from tests.browser.live import LiveApp

NARROWEST = 320
PATIENCE_MS = 120_000  # a team is composed while other tests run
ALL_RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# Between light and dark nothing but colours changes.
RULES_OF_COLOUR = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
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
WAYS = [
    pytest.param({"locale": locale, "width": width}, id=f"{locale}-{width}")
    for locale in ("zh-CN", "en-GB")
    for width in (390, 1280)
]


@dataclass
class Watched:
    """A page and whatever it did that a page of ours must not do."""

    page: Page
    home: str
    noise: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._hear)
        self.page.on("pageerror", self._fail)
        self.page.on("request", self._follow)

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
    page.goto(live_app.address + "/partners")
    need = find(page, r"/partners/needs/[\w-]+")
    page.goto(live_app.address + need)
    own = find(page, r"for=([\w-]+)")
    first, second = re.findall(r'id="card-([\w-]+)"', page.content())[:2]
    page.goto(f"{live_app.address}/organisations/{own}/offers")
    offer = find(page, r"/offers/[\w-]{36}")
    page.goto(live_app.sign_in_links["administrator"])
    page.goto(live_app.address + "/admin/presets")
    preset = find(page, r"/admin/presets/[\w-]+")
    page.goto(live_app.sign_in_links["officer"])
    rules, pairing = find_rules(page, live_app.address), find_pairing(page, live_app.address)
    page.goto(live_app.sign_in_links["leader"])
    room, composed = find_room(page, live_app.address), compose(page, live_app.address)
    context.close()
    ours, theirs = f"/organisations/{own}", f"/organisations/{first}"
    asked = challenge("cockpit-cold-start")
    return {
        "": ["/", "/about", "/help", "/design", "/account/sign-in", "/account/register", "/nowhere"],
        "sme": [
            *["/home", "/account", "/organisations/join", "/organisations/new", "/admin/audit"],
            *["/partners", need, f"{need}?with={first}&with={second}", f"{need}/compare?with={first}&with={second}"],
            *["/partners/interests", f"{need}/ask/{first}"],
            *[f"{need}/feedback/{first}", f"/partners{ours}", f"/partners{theirs}/fit", theirs, f"{theirs}/claim"],
            *["/search", "/search?q=座舱&kind=sme", "/search?q=qqqzzz"],
            *[ours, f"{ours}/needs", f"{ours}/offers", f"{ours}/needs/new", f"{ours}/offers/new"],
            *[offer, f"{offer}/edit", need.removeprefix("/partners"), f"{need.removeprefix('/partners')}/edit"],
            *[f"{ours}/profile{step}" for step in ("", "/identity", "/activity", "/figures", "/contact")],
            f"{ours}/profile/certifications",
            *["/challenges", "/challenges?open=y&q=qqqzzz", asked, "/challenge-answers"],
            *[challenge("rain-perception"), f"{ours}/answers/{identity('challenge/cockpit-cold-start')}"],
            *["/consortia", "/consortia/new", room[0], "/rules/", rules[0], "/fast-track/"],
            f"/fast-track/?need={need.rsplit('/', 1)[-1]}",
        ],
        "leader": [
            *[f"{challenge('heat-pump-draft')}/{step}" for step in ("problem", "metrics", "team", "terms", "check")],
            *[asked, f"{asked}/plan", f"{challenge('pack-fire')}/answers"],
            *[f"{challenge('heat-pump-draft')}/rules", f"{challenge('heat-pump-draft')}/rules/new"],
            *["/consortia", f"{asked}/compositions", *composed, *room],
        ],
        "officer": [
            *["/officer/challenges", f"/officer{challenge('pack-line-handed-in')}"],
            *["/home", "/officer/claims", "/officer/exposure/", "/officer/exposure/partners"],
            *["/officer/declines/", "/officer/declines/capacity"],
            *[*rules, "/rules/new", "/rules/conflicts/"],
            *["/officer/pairings/", "/officer/pairings/records", pairing],
        ],
        "administrator": [
            *["/admin/presets", preset, "/admin/learning", "/admin/learning/bench", "/jobs", "/admin/audit"],
        ],
    }


def challenge(key: str) -> str:
    """The address of a challenge of the demo."""
    return f"/challenges/{identity(f'challenge/{key}')}"


def find_rules(page: Page, home: str) -> list[str]:
    """The pages of a set in force, and of one that is being written."""
    page.goto(home + "/rules/")
    published = find(page, r"/rules/[\w-]{36}")
    page.goto(home + published)
    firm = identity(HERO)
    page.get_by_role("link", name="Copy as a new set").click()
    page.get_by_role("main").get_by_role("button").last.click()
    draft = page.url.removeprefix(home)
    rule = find(page, r"/rules/[\w-]{36}/rules/[\w-]{36}")
    edits = (f"{draft}{part}" for part in ("", "/edit", "/delete", "/rules/new", "/rules/new?kind=member_count"))
    return [published, f"{published}/try?member={firm}", *edits, rule]


def find_pairing(page: Page, home: str) -> str:
    page.goto(home + "/officer/pairings/records")
    return find(page, r"/officer/pairings/[\w-]{36}")


def compose(page: Page, home: str) -> list[str]:
    """The pages of a team that was composed, and of the room that was opened with it."""
    page.goto(f"{home}{challenge('cockpit-cold-start')}/compositions")
    page.locator("form[action$='/compositions'] button[type=submit]").last.click()
    adopt = page.locator("form[action$='/room'] button").first
    adopt.wait_for(timeout=PATIENCE_MS)
    composition = page.url.removeprefix(home)
    adopt.click()
    page.wait_for_url(re.compile(r"/seats$"))
    seat = find(page, r"(/consortia/[\w-]{36}/seats/[\w-]{36})/invite")
    room = page.url.removeprefix(home).removesuffix("/seats")
    return [composition, room, *(f"{room}/{part}" for part in ("seats", "seats/new", "repairs")), *of_seat(seat)]


def of_seat(seat: str) -> list[str]:
    return [f"{seat}/{part}" for part in ("edit", "candidate", "invite")]


def find_room(page: Page, home: str) -> list[str]:
    """The pages of the leader's room that waits for an answer; the first is its own page."""
    page.goto(home + "/consortia")
    # Keys grow with time: the earliest is the demo's own, which no journey has signed.
    room = min(re.findall(r"/consortia/[\w-]{36}", page.content()))
    parts = ("", "/seats", "/agreement", "/goal", "/plan", "/articles/secrecy", "/rights/new?side=background")
    records = ("/versions", "/versions/compare?from=1&to=0", "/versions/1/go-back", "/comments", "/sign", "/dissolve")
    return [room + part for part in (*parts, *records)]


def find(page: Page, pattern: str) -> str:
    found = re.search(pattern, page.content())
    assert found is not None, f"{pattern} is not at {page.url}"
    return found.group(1) if found.re.groups else found.group()


@pytest.fixture
def watched(
    live_app: LiveApp, browser: Browser, browser_context_args: dict[str, object], request: pytest.FixtureRequest
) -> Iterator[Watched]:
    """A page in the language, colours and width that the test asks for."""
    way = dict(request.param)
    viewport = {"width": way.pop("width"), "height": 800}
    context = browser.new_context(**{**browser_context_args, **way, "viewport": viewport})
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


@cache
def axe_source() -> str:
    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()


def list_faults(page: Page, part: str = "html") -> list[str]:
    """What axe-core finds in light and in dark, with two of each thing that can be unfolded unfolded."""
    page.evaluate(UNFOLD)
    page.evaluate(axe_source())
    page.emulate_media(color_scheme="light")
    faults = run_axe(page, part, ALL_RULES)
    page.emulate_media(color_scheme="dark")
    return [*faults, *(f"dark: {fault}" for fault in run_axe(page, part, RULES_OF_COLOUR))]


def run_axe(page: Page, part: str, rules: dict[str, object]) -> list[str]:
    options = {"runOnly": rules, "resultTypes": ["violations"], "preload": False}
    program = "([part, options]) => axe.run(part, options).then(found => found.violations)"
    found = page.evaluate(program, [part, options])
    return [f"{fault['id']}: {fault['help']} at {node['target']}" for fault in found for node in fault["nodes"][:3]]


@pytest.mark.parametrize("watched", WAYS, indirect=True)
def test_no_page_shuts_anybody_out_or_does_what_it_must_not(
    watched: Watched, live_app: LiveApp, pages: dict[str, list[str]]
):
    visits = visit_all(watched, live_app, pages)

    faults = [f"{visited}: {fault}" for visited in visits for fault in list_faults(watched.page)]

    assert not faults, "\n".join(faults)
    assert not watched.noise, "\n".join(watched.noise)


@pytest.mark.parametrize("watched", WAYS, indirect=True)
def test_the_menus_at_the_top_can_be_read_and_used_by_everybody(watched: Watched, live_app: LiveApp):
    page = watched.page
    page.goto(live_app.sign_in_links["sme"])

    for menu in page.locator("details.menu").all():
        if menu.is_visible():
            menu.locator("summary").click()
            faults = list_faults(page, "header")
            assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    "watched", [{"locale": "zh-CN", "width": NARROWEST}, {"locale": "en-GB", "width": NARROWEST}], indirect=True
)
def test_no_page_scrolls_sideways_on_the_narrowest_screen(
    watched: Watched, live_app: LiveApp, pages: dict[str, list[str]]
):
    wide = [
        f"{visited}: {width} px"
        for visited in visit_all(watched, live_app, pages)
        if (width := watched.page.evaluate("document.documentElement.scrollWidth")) > NARROWEST
    ]

    assert not wide, "\n".join(wide)
