"""Long work from the page: started by a click, followed without a reload, with its result at the end."""

import re

from playwright.sync_api import Page, expect

from tests.browser.acting import turn
from tests.browser.conftest import list_accessibility_faults
from tests.browser.live import LiveApp

PATIENCE_MS = 240_000  # two cores fit the index while other tests run


def test_an_administrator_starts_a_job_and_sees_it_end_without_loading_the_page(live_app: LiveApp, page: Page):
    noise: list[str] = []
    page.on("console", lambda message: noise.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: noise.append(str(error)))
    page.goto(live_app.sign_in_links["administrator"])
    page.goto(live_app.address + "/jobs")

    turn(page.get_by_role("button", name=re.compile("启动.*重建索引")))
    expect(page.get_by_role("heading", level=1)).to_have_text("重建索引")
    page.evaluate("window.isStillHere = true")
    expect(page.locator(".note-success")).to_contain_text("索引已重建", timeout=PATIENCE_MS)

    assert page.evaluate("window.isStillHere") is True
    expect(page.locator("[data-follow-said]")).to_have_text("重建索引：已完成")
    expect(page.get_by_role("button", name="停止任务")).to_have_count(0)
    assert list_accessibility_faults(page) == []
    page.goto(live_app.address + "/jobs")
    expect(page.locator(".job-table tbody tr").first).to_contain_text("索引已重建")
    assert list_accessibility_faults(page) == []
    assert noise == []
