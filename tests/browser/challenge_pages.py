"""Pages of challenges, rule sets, requests, teams and rooms, found or made as the demo's people find and make them."""

import re

from playwright.sync_api import Page

from seeds.demo.identity import HERO, identity
from tests.browser.acting import follow, main, turn
from tests.browser.finding import find, find_on

PATIENCE_MS = 120_000  # a team is composed while other tests run


def challenge(key: str) -> str:
    """The address of a challenge of the demo."""
    return f"/challenges/{identity(f'challenge/{key}')}"


def find_rules(page: Page, home: str) -> list[str]:
    """The pages of a set in force, of one that is being written, and of what differs between two."""
    page.goto(home + "/rules/")
    published, other = list(dict.fromkeys(re.findall(r"/rules/([\w-]{36})", page.content())))[:2]
    published = f"/rules/{published}"
    page.goto(home + published)
    firm = identity(HERO)
    follow(page, "Copy as a new set")
    turn(main(page).get_by_role("button").last)
    draft = page.url.removeprefix(home)
    rule = find(page, r"/rules/[\w-]{36}/rules/[\w-]{36}")
    edits = (f"{draft}{part}" for part in ("", "/edit", "/delete", "/rules/new", "/rules/new?kind=member_count"))
    compared = (f"{published}/compare", f"{draft}/compare?with={other}")
    return [published, f"{published}/try?member={firm}", *edits, rule, *compared]


def find_pairing(page: Page, home: str) -> str:
    return find_on(page, home + "/officer/pairings/records", r"/officer/pairings/[\w-]{36}")


def ask(page: Page, home: str, address: str) -> str:
    """The page of a request that an organisation sent to a candidate."""
    page.goto(home + address)
    turn(main(page).get_by_role("button").last)
    return re.sub(r"[?#].*", "", page.url).removeprefix(home)


def compose(page: Page, home: str) -> list[str]:
    """The pages of a team that was composed, and of the room that was opened with it."""
    page.goto(f"{home}{challenge('cockpit-cold-start')}/compositions")
    turn(page.locator("form[action$='/compositions'] button[type=submit]").last)
    adopt = page.locator("form[action$='/room'] button").first
    adopt.wait_for(timeout=PATIENCE_MS)
    composition = page.url.removeprefix(home)
    turn(adopt)
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
