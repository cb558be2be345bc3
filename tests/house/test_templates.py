"""What a strict content security policy, a closed network and a reader of Chinese need of every template."""

import re

import pytest

FORBIDDEN = {
    "a script or style inside the page without its nonce": re.compile(
        r"<(?:script|style)\b(?![^>]*\b(?:src|nonce)=)", re.I
    ),
    "a style attribute": re.compile(r"<[^>]*\sstyle=", re.I),
    "an event handler attribute": re.compile(r"<[^>]*\son[a-z]+=", re.I),
    "something fetched from elsewhere": re.compile(
        r"<(?:script|link|img|iframe)\b[^>]*(?:src|href)=[\"'](?:https?:)?//", re.I
    ),
    "text that skips escaping": re.compile(r"\|\s*safe\b"),
}
SCRIPT_BUDGET_BYTES = 20_000


def list_templates(root):
    return sorted((root / "web/templates").rglob("*.html"))


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_template_has(what, root):
    found = [
        f"{path.relative_to(root)}:{number}: {line.strip()[:120]}"
        for path in list_templates(root)
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if FORBIDDEN[what].search(line)
    ]

    assert list_templates(root)
    assert found == []


def test_our_scripts_stay_small_enough_to_read(root):
    sizes = {path.name: path.stat().st_size for path in (root / "web/static").rglob("*.js")}

    assert sum(sizes.values()) <= SCRIPT_BUDGET_BYTES, sizes


def test_no_style_sheet_fetches_from_elsewhere(root):
    fetching = [
        path.name
        for path in (root / "web/static").rglob("*.css")
        if re.search(r"@import|url\(\s*[\"']?(?:https?:)?//", path.read_text())
    ]

    assert fetching == []
