"""The pictures of README, taken from a new demo."""

import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import click
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.chromium import LAUNCH_ARGUMENTS, find_chromium, link_chinese_font
from tests.browser.live import LiveApp, running

ROOT = Path(__file__).resolve().parent.parent
MOST_BYTES = 250_000


@dataclass(frozen=True)
class Picture:
    """One picture: who looks (nobody for a visitor), how the person gets there, on which screen."""

    name: str
    reach: Callable[[Page], None]
    person: str = ""
    locale: str = "zh-CN"
    colours: Literal["light", "dark"] = "light"
    width: int = 1280


def open_landing(_page: Page) -> None:
    """Where one arrives."""


def open_recommendations(page: Page) -> None:
    page.goto("/partners")
    page.locator("article.panel h2 a").first.click()


def open_terms(page: Page) -> None:
    open_recommendations(page)
    page.locator("article.candidate details.more summary").first.click()
    page.locator("article.candidate").first.evaluate("card => scrollTo(0, card.offsetTop - 64)")


def open_comparison(page: Page) -> None:
    open_recommendations(page)
    for place in range(3):
        page.locator("article.candidate a.pick").nth(place).click()
    page.locator(".tray a.btn-primary").click()


def open_search(page: Page) -> None:
    page.goto("/search?q=座舱&record=organisation")


def open_profile(page: Page) -> None:
    page.goto("/home")
    page.locator("section h2 a").first.click()
    page.goto(page.url + "/profile/figures")


PICTURES = (
    Picture("landing-zh", open_landing),
    Picture("recommendations-zh", open_recommendations, person="sme"),
    Picture("terms-en-dark", open_terms, person="sme", locale="en-GB", colours="dark"),
    Picture("comparison-zh", open_comparison, person="sme"),
    Picture("search-zh", open_search, person="sme"),
    Picture("profile-zh-narrow", open_profile, person="sme", width=390),
)


@click.command()
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=ROOT / "docs/images")
def main(out: Path) -> None:
    """Start a demo in a folder of its own, take every picture, and leave nothing behind but them."""
    chromium = find_chromium()
    if chromium is None:
        raise click.ClickException("no Chromium found; scripts/test says how to install it")
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        click.echo("Starting a new demo ...")
        environment = link_chinese_font(Path(folder) / "fonts")
        with running(Path(folder)) as app:
            browser = playwright.chromium.launch(executable_path=chromium, args=LAUNCH_ARGUMENTS, env={**environment})
            sizes = {picture.name: take(browser, app, picture, out) for picture in PICTURES}
            browser.close()
    for name, size in sizes.items():
        click.echo(f"{name}.png  {size / 1000:.0f} kB")
    if too_large := [name for name, size in sizes.items() if size > MOST_BYTES]:
        click.echo(f"over {MOST_BYTES / 1000:.0f} kB: {', '.join(too_large)}", err=True)
        sys.exit(1)


def take(browser: Browser, app: LiveApp, picture: Picture, out: Path) -> int:
    """The size of the file in bytes."""
    context = browser.new_context(
        base_url=app.address,
        locale=picture.locale,
        color_scheme=picture.colours,
        viewport={"width": picture.width, "height": 800},
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(app.sign_in_links[picture.person] if picture.person else "/")
    picture.reach(page)
    page.wait_for_load_state("networkidle")
    path = out / f"{picture.name}.png"
    page.screenshot(path=path)
    context.close()
    return path.stat().st_size


if __name__ == "__main__":
    main()
