"""How people go from page to page in a journey.

Playwright's own click waits only until the next page begins to arrive. On a slow machine what is read right after it is
half a page, and what is typed there is heard by no script. So nothing is clicked but by `turn` and `tap`.
"""

from playwright.sync_api import Locator, Page


def turn(clicked: Locator) -> None:
    """Clicks what leads to another page, and waits until that one is whole."""
    with clicked.page.expect_navigation():
        clicked.click()


def tap(clicked: Locator) -> None:
    """Clicks what leaves one on the page: unfolds a part of it, or hands out a file."""
    clicked.click()


def turn_by_key(page: Page, key: str) -> None:
    """Presses a key that leads to another page, and waits until that one is whole."""
    with page.expect_navigation():
        page.keyboard.press(key)


def main(page: Page) -> Locator:
    """The page's own part, whatever the menu has."""
    return page.get_by_role("main")


def press(page: Page, name: str) -> None:
    """A button that leads on."""
    turn(main(page).get_by_role("button", name=name, exact=True))


def follow(page: Page, name: str) -> None:
    turn(main(page).get_by_role("link", name=name).first)
