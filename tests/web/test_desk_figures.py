"""Figures that people type into the columns of their own lists."""

from matchmaker.services.desk import columns, deals
from models.accounts import User
from models.enums import ColumnType
from tests import records as make
from tests.desk_records import make_desk
from tests.web.conftest import post


def test_a_long_figure_is_shown_in_full_and_one_beyond_reading_is_refused(session, sign_in):
    make.add_taxonomy(session)
    desk = make_desk(session)
    deal = deals.add_deal(session, desk.manager, desk.deal_list.id, make.organisation(session).id)
    column = columns.add_column(session, desk.manager, desk.deal_list.id, "估值", ColumnType.NUMBER)
    session.commit()
    page, field = f"/funds/desk/deals/{deal.id}", f"value_{column.key}"
    browser = sign_in(session.get_one(User, desk.manager.user_id))

    taken = post(browser, page, {"version": "1", field: "12,345,678.5"})
    refused = post(browser, page, {"version": "2", field: "1e308"})

    assert taken.status_code == 302
    assert "12,345,678.5" in browser.get(f"/funds/desk/{desk.deal_list.id}").text
    assert 'value="12345678.5"' in browser.get(page).text
    assert refused.status_code == 422
    assert 'value="1e308"' in refused.text
    assert "1,000,000,000,000" in refused.text
