"""What the look at colours in tests/browser/test_accessibility.py stands on: one glance at a class is enough."""

import re

import pytest

RULE = re.compile(r"([^{};]+)\{([^{}]*)\}")
PAINTS = re.compile(r"(?:^|;)\s*(?:color|background(?:-color|-image)?|fill|stroke|opacity|filter|--[\w-]+)\s*:")
# By its place among others, by what stands in it or beside it, or by a value that the look does not tell apart; the
# theme is the whole page's.
BY_PLACE = re.compile(
    r":(?:nth|first|last|only)-|:has\(|:empty|[+~](?!=)|#\w|\[(?!class|aria-current|scope|data-bs-theme)[\w-]+[~|^$*]?="
)
HARMLESS = {".crumbs li + li::before"}  # the stroke between two crumbs: content of a style, not a text of the page


def list_painted_by_place(style: str) -> list[str]:
    found = []
    for chosen, values in RULE.findall(re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)):
        selectors = {selector.strip() for selector in re.split(r",(?![^(]*\))", chosen)}
        if PAINTS.search(values):
            found += [selector for selector in sorted(selectors) if paints_otherwise(selector, selectors)]
    return found


def paints_otherwise(selector: str, beside: set[str]) -> bool:
    """A pressed button outweighs Bootstrap by its place and looks like every other of its class."""
    if selector.startswith((":root", "html")) or selector.replace(":first-child:active", "") in beside - {selector}:
        return False
    return selector not in HARMLESS and BY_PLACE.search(selector) is not None


def test_colours_are_given_by_class_and_by_what_is_current_never_by_place(root):
    styles = sorted((root / "web/static").rglob("*.css"))

    by_place = [f"{path.name}: {selector}" for path in styles for selector in list_painted_by_place(path.read_text())]

    assert styles
    assert by_place == []


@pytest.mark.parametrize(
    "selector",
    ["td:nth-child(2)", ".panel > :last-child", "h2 + p", ".note ~ p", "li:has(a)", "#here", '[data-state="late"]'],
)
def test_a_colour_by_place_is_found(selector):
    style = f"/* a {{ color: red }} */ @media print {{ .badge, {selector} {{ margin: 0; color: red; }} }}"

    assert list_painted_by_place(style) == [selector]
    assert list_painted_by_place(style.replace("color: red", "border-color: red")) == []
