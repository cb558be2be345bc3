"""The officer from end to end: a table in, its bad row mended, a duplicate merged and put back, a report signed."""

import csv
import io
import itertools
import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.acting import tap, turn
from tests.browser.conftest import OpenPage, list_accessibility_faults
from tests.browser.live import LiveApp

PATIENCE_MS = 240_000
numbers = itertools.count(time.time_ns() % 900_000 + 100_000)
# Only what tells the languages apart; everything else is found by what it does.
WORDS = {
    "zh": {"locale": "zh-CN", "progress": "正在", "moved": "已转移的内容", "undone": "已撤销", "signed": "已签发"},
    "en": {
        "locale": "en-GB",
        "progress": "being",
        "moved": "What moved",
        "undone": "Undone",
        "signed": "Signed and issued",
    },
}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_from_a_table_with_a_bad_row_and_a_duplicate_to_a_signed_report(
    live_app: LiveApp, open_page: OpenPage, tmp_path: Path, language: str
):
    words = WORDS[language]
    page = open_page(locale=words["locale"])
    page.goto(live_app.sign_in_links["officer"])
    name = f"重庆渝创第{next(numbers)}号智能座舱"

    hand_in(page, live_app, write(tmp_path / "list.csv", name, staff="许多"))
    look_through(page)
    expect(page.locator("table.data tbody")).to_contain_text("许多")
    assert list_accessibility_faults(page) == []
    mended = mend(page, tmp_path / "mended.csv")
    hand_in(page, live_app, mended)
    look_through(page)
    expect(page.locator("button[name='how'][value='whole']")).to_be_visible()
    assert list_accessibility_faults(page) == []
    turn(page.locator("button[name='how']"))
    page.wait_for_url(re.compile("/officer/imports/batches/"), timeout=PATIENCE_MS)
    assert list_accessibility_faults(page) == []

    pair = find_pair(page, live_app, name)
    page.goto(pair)
    assert list_accessibility_faults(page) == []
    turn(page.locator("form[action$='/merge'] button[type='submit']"))
    expect(page.locator("main")).to_contain_text(words["moved"])
    assert list_accessibility_faults(page) == []
    turn(page.locator("form[action$='/undo'] button"))
    expect(page.locator("main")).to_contain_text(words["undone"])
    page.goto(pair)
    expect(page.locator("form[action$='/merge'] button[type='submit']")).to_be_visible()

    make_report(page)
    assert list_accessibility_faults(page) == []
    assert download(page, f"{language}.pdf").startswith(b"%PDF")
    assert download(page, f"{language}.docx").startswith(b"PK")
    turn(page.locator("form[action$='/sign'] button[type='submit']"))
    expect(page.locator("main")).to_contain_text(words["signed"])
    expect(page.locator("form[action$='/sign']")).to_have_count(0)


def make_report(page: Page) -> None:
    """This month's report of a chain: one click to the reports, one for the chain; the page follows it by itself."""
    turn(page.locator("nav a[href='/officer/reports']:visible").first)
    turn(page.locator("button[name='chain'][value='biomedicine']"))
    expect(page.locator("a[href$='/files/zh.pdf']")).to_be_visible(timeout=PATIENCE_MS)


def download(page: Page, name: str) -> bytes:
    with page.expect_download() as caught:
        tap(page.locator(f"a[href$='/files/{name}']"))
    return Path(caught.value.path()).read_bytes()


def write(path: Path, name: str, *, staff: str) -> Path:
    """Two rows of one organisation under two names, and one that is wrong."""
    rows = [
        ["单位名称", "类型", "员工", "网址"],
        [f"{name}有限公司", "中小企业", "80", "https://yuchuang.example"],
        [f"{name}科技有限公司", "中小企业", staff, "https://yuchuang.example"],
    ]
    stream = io.StringIO()
    csv.writer(stream).writerows(rows)
    path.write_bytes(stream.getvalue().encode("gb18030"))
    return path


def hand_in(page: Page, app: LiveApp, table: Path) -> None:
    page.goto(app.address + "/officer/imports")
    assert list_accessibility_faults(page) == []
    page.locator("#kind").select_option("organisations")
    page.locator("#file").set_input_files(table)
    turn(page.locator("form[enctype] button[type='submit']"))
    # “员工” is no header that is known; once it has been named it is remembered.
    page.get_by_label("员工", exact=True).select_option("staff")
    assert list_accessibility_faults(page) == []


def look_through(page: Page) -> None:
    turn(page.locator("form[action$='/columns'] button[type='submit']"))
    expect(page.locator("nav.tabs")).to_be_visible(timeout=PATIENCE_MS)


def mend(page: Page, target: Path) -> Path:
    """The whole table with the right figure, made of the wrong row as it is handed out."""
    with page.expect_download() as caught:
        tap(page.locator("a[href$='rows.csv']"))
    text = Path(caught.value.path()).read_text(encoding="utf-8-sig")
    header, wrong = list(csv.reader(io.StringIO(text)))[:2]
    right = [cell.replace("许多", "80") for cell in wrong]
    first = [right[0].replace("科技有限公司", "有限公司"), *right[1:]]
    stream = io.StringIO()
    csv.writer(stream).writerows([row[:4] for row in (header, first, right)])
    target.write_text(stream.getvalue(), encoding="utf-8-sig")
    return target


def find_pair(page: Page, app: LiveApp, name: str) -> str:
    page.goto(app.address + "/officer/registry/duplicates")
    turn(page.locator("form[action$='/find'] button"))
    expect(page.locator(".note-success")).to_be_visible(timeout=PATIENCE_MS)
    page.goto(app.address + "/officer/registry/duplicates")
    assert list_accessibility_faults(page) == []
    link = page.locator("th a", has_text=name).first
    address = link.get_attribute("href")
    assert address
    return app.address + address
