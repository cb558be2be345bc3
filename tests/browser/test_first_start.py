from playwright.sync_api import Page, expect

DEMO_PERSONS = 7  # SME, chain leader, lab, pilot base, fund manager, programme officer, administrator


def test_the_first_start_prints_one_working_link_for_each_demo_person(live_app, page: Page):
    links = live_app.sign_in_links

    assert len(links) == DEMO_PERSONS, live_app.log.read_text()
    for person, link in links.items():
        response = page.goto(link)

        assert response is not None
        assert response.ok, f"{person}: {response.status} at {page.url}"
        expect(page.locator("h1")).to_be_visible()
        page.context.clear_cookies()
