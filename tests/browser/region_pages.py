"""Pages of the region's desk: chain map, indicators, what-if, reports, funnel, opening; as an officer finds them."""

from playwright.sync_api import Page

from tests.browser.finding import find_on

CHAIN, INDICATORS, WHAT_IF = "/officer/chain", "/officer/indicators", "/officer/what-if"
ID = r"[\w-]{36}"


def list_region_pages(page: Page, home: str) -> list[str]:
    """An officer is signed in; the demo has two scenarios, a schedule, three duplicates and no report yet."""
    node = find_on(page, f"{home}{CHAIN}/nev?look=table", rf"{CHAIN}/nev/nodes/[\w-]+")
    indicator = find_on(page, f"{home}{INDICATORS}/", rf'"({INDICATORS}/(?!new|table)[\w-]+)"')
    scenario = find_on(page, f"{home}{WHAT_IF}/", rf"{WHAT_IF}/{ID}")
    added = find_on(page, home + scenario, rf"{scenario}/add/\w+")
    pair = find_on(page, f"{home}/officer/registry/duplicates", rf"/officer/registry/duplicates/{ID}")
    schedule = find_on(page, f"{home}/officer/reports/schedules", rf"/officer/reports/schedules/{ID}/delete")
    facility = find_on(page, f"{home}/open-facilities/", rf"/open-facilities/{ID}")
    return [
        *[f"{CHAIN}/", f"{CHAIN}/nev", f"{CHAIN}/nev?look=matrix", f"{CHAIN}/nev?look=table", f"{CHAIN}/nev/changes"],
        f"{CHAIN}/limits",
        *[node, f"{INDICATORS}/", indicator, f"{indicator}/edit", f"{INDICATORS}/new"],
        *[f"{WHAT_IF}/", scenario, added, f"{scenario}/edit", f"{scenario}/delete", f"{WHAT_IF}/new"],
        *[f"{WHAT_IF}/first", f"{WHAT_IF}/compare"],
        *["/officer/reports", "/officer/reports/new", "/officer/reports/schedules", "/officer/reports/schedules/new"],
        *[schedule, "/officer/runs", "/officer/runs/new", "/officer/registry/duplicates", pair],
        *["/officer/funnel", "/officer/funnel/pairs/mutual", "/officer/exposure-ledger"],
        *["/officer/base-rates", "/officer/base-rates/challenge-matched", "/officer/base-rates/new"],
        *["/open-facilities/", facility, "/open-facilities/criteria", "/officer/open-data/", "/officer/open-data/look"],
    ]


def list_request_pages(page: Page, home: str, other: str) -> list[str]:
    """A firm asks to see what `other` keeps back, and sees who works with whom; its person is signed in."""
    request = find_on(page, f"{home}/data-requests/", rf"/data-requests/{ID}")
    return [f"/data-requests/new/{other}", "/data-requests/", request, "/network", "/open-data/"]


def list_outcome_pages(page: Page, home: str) -> list[str]:
    """What came of the matches of an organisation that has some; its person is signed in."""
    stated = find_on(page, f"{home}/outcomes/", rf"/outcomes/{ID}/\w+/{ID}/new")
    outcome = find_on(page, f"{home}/outcomes/", rf'"(/outcomes/{ID})"')
    return ["/outcomes/", stated, outcome]
