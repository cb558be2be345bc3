"""Finding the address of a page on another one."""

import re

from playwright.sync_api import Page


def find_on(page: Page, address: str, pattern: str) -> str:
    page.goto(address)
    return find(page, pattern)


def find(page: Page, pattern: str) -> str:
    page.wait_for_load_state()
    found = re.search(pattern, page.content())
    assert found is not None, f"{pattern} is not at {page.url}"
    return found.group(1) if found.re.groups else found.group()
