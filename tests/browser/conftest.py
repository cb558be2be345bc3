"""The real app on loopback with the demo in it, and Chromium to look at it."""

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.chromium import LAUNCH_ARGUMENTS, find_chromium, link_chinese_font
from tests.browser.live import LiveApp, running

# A slow machine is no fault of the code: what is right comes at once, and only what is wrong takes this long.
PATIENCE_MS = 60_000
expect.set_options(timeout=PATIENCE_MS)

OpenPage = Callable[..., Page]


@pytest.fixture(scope="session")
def live_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveApp]:
    """In a folder of its own, as a newcomer starts it."""
    with running(tmp_path_factory.mktemp("live")) as app:
        yield app


@pytest.fixture(scope="session")
def browser_type_launch_args(
    browser_type_launch_args: dict[str, object], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, object]:
    """The system's Chromium with a Chinese font, in place of one that Playwright would download."""
    chromium = find_chromium()
    if chromium is None:
        pytest.fail("no Chromium found; scripts/test says how to install it")
    environment = link_chinese_font(tmp_path_factory.mktemp("fonts"))
    return {**browser_type_launch_args, "executable_path": chromium, "args": LAUNCH_ARGUMENTS, "env": environment}


def list_accessibility_faults(page: Page) -> list[str]:
    """What axe-core finds wrong on the page as it is now: rule, help text, and where."""
    page.wait_for_load_state()
    violations = Axe().run(page).response["violations"]
    return [f"{v['id']}: {v['help']} at {node['target']}" for v in violations for node in v["nodes"]]


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, object]) -> dict[str, object]:
    """As most people here see it: in Chinese, on an ordinary screen."""
    return {**browser_context_args, "locale": "zh-CN", "viewport": {"width": 1280, "height": 800}}


@pytest.fixture
def open_page(live_app: LiveApp, browser: Browser, browser_context_args: dict[str, object]) -> Iterator[OpenPage]:
    """A page in a browser of one's own, as the settings say; addresses may begin with /."""
    contexts: list[BrowserContext] = []

    def open_as(**settings: object) -> Page:
        context = browser.new_context(**{**browser_context_args, "base_url": live_app.address, **settings})
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        return context.new_page()

    yield open_as
    for context in contexts:
        context.close()
