"""Who pays when, in the browser: a plan asked for, followed, read, stopped."""

import pytest
from sqlmodel import select

from matchmaker.services.stacks import asking
from models.accounts import User
from models.enums import StackState
from models.rounds import CapitalStack
from tests import stack_case
from tests.factories import make_user
from tests.web.conftest import post
from tests.web.test_base import assert_well_formed


def page(browser, url):
    response = browser.get(url)
    assert response.status_code == 200, url
    assert_well_formed(response.text)
    return response.text


@pytest.fixture
def case(session, instance):
    return stack_case.make_usual_case(session)


@pytest.fixture
def browser(case, sign_in, session):
    return sign_in(session.get_one(User, case.actor.user_id))


def test_a_plan_is_asked_for_worked_out_and_read(case, browser, session, instance):
    assert "测算方案" in page(browser, f"/capital/rounds/{case.round.id}/stacks")

    sent = post(browser, f"/capital/rounds/{case.round.id}/stacks", {"stake_most": "60", "shift_months": "0"})
    assert sent.status_code == 302
    assert "正在测算" in page(browser, sent.location)
    session.rollback()  # a new look at what the request has committed
    stack = case.carry_out(instance, session.exec(select(CapitalStack)).one())

    shown = page(browser, sent.location)
    plan = stack.result["plan"]
    assert "<svg" in shown
    assert all(str(name) in shown for name in case.names_of(plan))
    assert page(browser, f"/capital/rounds/{case.round.id}/stacks").count("<tr") >= 2


def test_a_gap_is_named_with_its_months_and_what_would_close_it(session, instance, sign_in):
    case = stack_case.make_case(session)
    case.add_fund("天使", stages=("seed", "angel"), ticket_high=4e6)
    session.commit()
    browser = sign_in(session.get_one(User, case.actor.user_id))

    stack = case.build(instance)

    assert stack.result["plan"]["gap"] > 0
    shown = page(browser, f"/capital/stacks/{stack.id}")
    assert "资金断层" in shown
    assert "补足断层的最小调整" in shown


def test_a_repair_is_tried_by_a_click_and_nothing_is_saved(session, instance, sign_in):
    case = stack_case.make_case(session)
    case.add_fund("天使", stages=("seed", "angel"), ticket_high=4e6)
    session.commit()
    browser = sign_in(session.get_one(User, case.actor.user_id))
    stack = case.build(instance)
    address, kept = f"/capital/stacks/{stack.id}", stack.result
    number = next(number for number, one in enumerate(kept["repairs"]) if one["added"])

    trial = page(browser, f"{address}?trial={number}")

    assert f"{address}?trial={number}" in page(browser, address)
    assert "另加一支“成长基金”" in trial
    assert "无断层" in trial
    session.refresh(stack)
    assert stack.result == kept
    assert kept["repairs"][number]["plan"]["gap"] == 0
    assert "返回现有方案" not in page(browser, f"{address}?trial=99")


def test_plans_say_by_which_limits_they_were_asked(case, browser, instance):
    stack = case.build(instance, stake_most=0.08, funds_most=2)

    shown = page(browser, f"/capital/stacks/{stack.id}")
    listed = page(browser, f"/capital/rounds/{case.round.id}/stacks")

    assert all("全部基金合计最高持股比例：8%；基金数量上限：2" in text for text in (shown, listed))


def test_where_no_fund_pays_the_page_asks_for_no_figure_that_is_there(session, instance, sign_in):
    case = stack_case.make_case(session)
    session.commit()
    browser = sign_in(session.get_one(User, case.actor.user_id))

    shown = page(browser, f"/capital/stacks/{case.build(instance).id}")

    assert "没有基金出资" in shown
    assert "需要填写基金可退出的月数" not in shown


def test_a_limit_that_cannot_be_is_told_at_its_field(case, browser):
    response = post(browser, f"/capital/rounds/{case.round.id}/stacks", {"stake_most": "300", "funds_most": "99"})

    assert response.status_code == 422
    assert 'value="300"' in response.text


def test_a_search_can_be_stopped(case, browser, session):
    stack = case.ask()

    assert post(browser, f"/capital/stacks/{stack.id}/stop").status_code == 302

    session.expire_all()
    assert not asking.get(session, case.actor, stack.id).is_live
    assert "停止时尚未找到方案" in page(browser, f"/capital/stacks/{stack.id}")


def test_who_stops_a_search_keeps_the_best_plan_so_far_and_reads_that_it_is_no_more(case, browser, session, instance):
    stack = case.ask()

    def stop_at_the_first_plan() -> bool:
        session.refresh(stack)
        if "plan" in stack.result and asking.get(session, case.actor, stack.id).is_live:
            asking.stop(session, case.actor, stack.id)
        session.commit()
        return False

    case.carry_out(instance, stack, is_stopping=stop_at_the_first_plan)

    shown = page(browser, f"/capital/stacks/{stack.id}")
    assert stack.state is StackState.ENDED
    assert stack.result["plan"]["funds"]
    assert "您停止了测算" in shown
    assert "已证明" not in shown


def test_strangers_find_no_plan(case, session, sign_in):
    stack = case.ask()
    stranger = make_user()
    session.add(stranger)
    session.commit()

    assert sign_in(stranger).get(f"/capital/stacks/{stack.id}").status_code == 404
