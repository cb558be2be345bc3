"""Pages of the registry desk, found as an officer finds them."""

from playwright.sync_api import Page

from seeds.demo.identity import HERO, identity
from tests.browser.finding import find_on

DESK = "/officer/registry"


def list_registry_pages(page: Page, home: str) -> list[str]:
    """The desk with each of its lists, and one posting, one certification and one grade; an officer is signed in."""
    posting = find_on(page, f"{home}{DESK}/reviews", rf"{DESK}/reviews/[\w]+/[\w-]{{36}}")
    certification = find_on(page, f"{home}{DESK}/certifications", rf"{DESK}/certifications/[\w-]{{36}}")
    grades = f"{DESK}/organisations/{identity(HERO)}/grades"
    return [
        *[DESK, f"{DESK}/reviews", posting, f"{DESK}/review-policies"],
        *[f"{DESK}/certifications", f"{DESK}/certifications?part=ending", certification],
        *[
            f"{DESK}/profiles",
            f"{DESK}/profiles/limits",
            f"{DESK}/profiles?why=incomplete",
            f"{DESK}/profiles?asked=open",
        ],
        *[f"{DESK}/grades", grades, f"{grades}/staff"],
    ]
