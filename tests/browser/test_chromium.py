"""The browser itself: other tests here mean nothing where Chromium draws boxes for Chinese."""

import pytest

from tests.browser.conftest import list_accessibility_faults

PAGE = """<!doctype html><html lang="zh"><title>Test</title><meta charset="utf-8">
<main><h1>重庆</h1><span id="word" style="font-size: 40px">智</span>
<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" {alt}></main></html>"""


def test_chromium_draws_chinese_with_a_font_that_has_it(page):
    page.set_content(PAGE.format(alt='alt="dot"'))

    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    node = session.send("DOM.querySelector", {"nodeId": root, "selector": "#word"})["nodeId"]
    fonts = session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]

    assert any("CJK" in font["familyName"] for font in fonts), fonts


@pytest.mark.parametrize(("alt", "faults"), [('alt="dot"', 0), ("", 1)])
def test_axe_finds_a_picture_without_words_and_nothing_else(page, alt, faults):
    page.set_content(PAGE.format(alt=alt))

    found = list_accessibility_faults(page)

    assert len(found) == faults, found
    assert all(fault.startswith("image-alt") for fault in found)
