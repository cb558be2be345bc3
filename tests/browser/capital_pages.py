"""One address of each page of money: funds as the demo's SME sees them, and terms, dossiers and memos of the fund."""

import re

from playwright.sync_api import Page

from seeds.demo.identity import HERO, identity
from tests.browser.acting import main, turn
from tests.browser.finding import find, find_on

FIRST = identity("fund-01/mandate-1")
# Of the demo's funds for the SME: one with nothing in the way, one that may waive something, one that is stopped.
CLEARED, TO_WAIVE, STOPPED = (identity(f"fund-{number}/mandate-1") for number in (39, 50, 36))


def list_money_pages(page: Page, home: str) -> list[str]:
    """Of the round of the demo's SME, for somebody who is signed in there: terms, funds, a dossier, a plan of funds."""
    asked = f"/capital/rounds/{identity(f'{HERO}/round-1')}"
    page.goto(f"{home}{asked}/stacks")
    turn(main(page).get_by_role("button").last)
    stack = re.sub(r"[?#].*", "", page.url).removeprefix(home)
    parts = ("", "/figures", "/way", "/money", "/check", "/end", "/funds", "/stacks")
    return [
        *[
            "/funds/directory",
            "/capital",
            f"/organisations/{identity(HERO)}/fund-questions",
            *(asked + part for part in parts),
        ],
        *[f"{asked}/funds/{key}" for key in (CLEARED, TO_WAIVE, STOPPED)],
        *[f"{asked}/dossiers/{CLEARED}", stack],
    ]


def list_terms_pages(page: Page, home: str) -> list[str]:
    """Of mandates, for somebody who is signed in at the fund: published terms, a draft step by step, who is let in."""
    draft = find_on(page, f"{home}/funds/mandates", r"(/funds/mandates/[\w-]{36})/fund")
    clearance = f"/funds/mandates/{FIRST}/clearance"
    firm = find_on(page, f"{home}{clearance}?verdict=to_waive", rf"/funds/mandates/{FIRST}/firms/[\w-]{{36}}")
    waive = find_on(page, home + firm, rf"{firm}/waive/\w+")
    dossier = find_on(page, f"{home}/funds/dossiers", r"/funds/dossiers/[\w-]{36}")
    deal = find_deal(page, home)
    return [
        *["/funds/mandates", f"/funds/{FIRST}", f"/organisations/{identity('fund-01')}/mandates/new"],
        *[f"{draft}/{step}" for step in ("fund", "direction", "limits", "clauses", "check", "discard")],
        *[f"/funds/mandates/{FIRST}/{part}" for part in ("editions", "status/paused")],
        *[clearance, firm, waive, "/funds/dossiers", dossier, f"{deal}/memo", "/funds/portfolio"],
    ]


def find_deal(page: Page, home: str) -> str:
    desk = find_on(page, f"{home}/funds/desk", r"/funds/desk/[\w-]{36}")
    page.goto(home + desk)
    return find(page, r"/funds/desk/deals/[\w-]{36}")
