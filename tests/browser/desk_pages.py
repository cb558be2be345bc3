"""One address of each page of the radar and the deal desk, as the demo's fund person finds them."""

import re

from playwright.sync_api import Page

from tests.browser.finding import find, find_on


def list_desk_pages(page: Page, home: str) -> list[str]:
    """For somebody who is signed in at the fund."""
    desk = find_on(page, f"{home}/funds/desk", r"/funds/desk/[\w-]{36}")
    new_list = find(page, r"/funds/[\w-]{36}/desk/new")
    deal = find_on(page, home + desk, r"/funds/desk/deals/[\w-]{36}")
    column = find_on(page, f"{home}{desk}/settings", rf"({desk}/columns/\w+)/rename")
    stage = find(page, rf"{desk}/stages/[\w-]{{36}}")
    firm = find_on(page, f"{home}/funds/radar", r"/funds/firms/([\w-]{36})")
    firms = re.findall(r"/funds/firms/([\w-]{36})", page.content())[:3]
    screen = find_on(page, f"{home}/funds/screens", r"/funds/screens/[\w-]{36}")
    compared = "&".join(f"with={key}" for key in dict.fromkeys(firms))
    return [
        *["/funds/desk", new_list, desk, f"{desk}?view=board", f"{desk}?q=qqqzzz", f"{desk}/settings"],
        *[f"{desk}/delete", f"{column}/rename", f"{column}/away", stage, f"{desk}/stages/new"],
        *[deal, f"{deal}/move", "/funds/radar", f"/funds/radar?screen={screen.rsplit('/', 1)[-1]}"],
        *["/funds/radar?amount_low=90000000", "/funds/screens", screen, f"{screen}/delete"],
        *[f"/funds/firms/{firm}", f"/funds/compare?{compared}", "/funds/compare"],
    ]
