"""Who holds a key to an account: sign-ins and their end, passwords, and links for a new one."""

from datetime import timedelta

import pytest
from sqlmodel import select

from matchmaker.services import sign_ins
from models.accounts import SignIn, User
from models.audit import AuditEntry
from models.base import utc_now
from models.enums import PlatformRole
from tests.factories import make_user
from tests.web.conftest import post
from web.security import set_account

PASSWORD, OTHER = "a long sentence in the rain", "another sentence, in the sun"
EDGE = {"User-Agent": "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"}


@pytest.fixture
def lin(app, session) -> User:
    with app.app_context():
        set_account(email="lin@company.example", password=PASSWORD, name="林晓雨", roles=[])
    return session.exec(select(User).where(User.email == "lin@company.example")).one()


@pytest.fixture
def administrator(session, sign_in):
    person = make_user(PlatformRole.ADMINISTRATOR)
    session.add(person)
    session.commit()
    return sign_in(person)


def enter(client, password=PASSWORD):
    return post(client, "/account/sign-in", {"email": "lin@company.example", "password": password}, headers=EDGE)


def is_in(client) -> bool:
    return client.get("/account").status_code == 200


def copy_of(app, client):
    """Another browser with the same cookie."""
    thief = app.test_client()
    thief.set_cookie("matchmaker", client.get_cookie("matchmaker").value)
    return thief


def link_from(page: str) -> str:
    return page.split('id="link" value="http://localhost')[1].split('"')[0]


def test_a_copied_cookie_is_worth_nothing_after_the_sign_out(app, client, owner, sign_in):
    browser = sign_in(owner)
    thief = copy_of(app, browser)
    assert is_in(thief)

    post(browser, "/account/sign-out")

    assert not is_in(thief)
    assert "退出登录" not in thief.get("/").text  # on public pages too it is nobody's


def test_my_sign_ins_name_the_browser_and_only_mine(app, client, lin, owner, sign_in):
    sign_in(owner)
    enter(client)

    page = client.get("/account/sign-ins").text

    assert "Edge, Windows" in page
    assert "本浏览器" in page
    assert page.count("<tr>") == 2  # the head and this one


def test_signing_out_everywhere_else_keeps_the_browser_in_which_it_is_asked(session, owner, sign_in):
    here, there, elsewhere = sign_in(owner), sign_in(owner), sign_in(owner)

    post(here, "/account/sign-ins/end-others")

    assert [is_in(browser) for browser in (here, there, elsewhere)] == [True, False, False]
    entry = session.exec(select(AuditEntry).where(AuditEntry.action == "account.sign-out-everywhere")).one()
    assert entry.changes == {"ended": 2}


def test_one_browser_is_signed_out_and_nobody_can_sign_out_another_person(session, owner, sign_in):
    stranger = make_user()
    session.add(stranger)
    session.commit()
    here, there, strange = sign_in(owner), sign_in(owner), sign_in(stranger)
    mine, other = session.exec(select(SignIn).where(SignIn.user_id == owner.id).order_by(SignIn.created_at)).all()

    refused = post(strange, f"/account/sign-ins/{mine.id}/end")
    post(here, f"/account/sign-ins/{other.id}/end")

    assert refused.status_code == 404
    assert (is_in(here), is_in(there)) == (True, False)


def test_a_sign_in_ends_after_twelve_hours_however_busy(session, owner, sign_in):
    browser = sign_in(owner)
    row = session.exec(select(SignIn)).one()
    row.created_at -= sign_ins.LONGEST + timedelta(seconds=1)
    session.add(row)
    session.commit()

    assert not is_in(browser)


def test_changing_the_password_asks_for_the_present_one_and_signs_out_the_others(app, client, lin):
    there = app.test_client()
    enter(client), enter(there)
    wanted = {"password": OTHER, "repeated": OTHER}

    wrong = post(client, "/account/password", {"present": "a guess that is wrong", **wanted})
    changed = post(client, "/account/password", {"present": PASSWORD, **wanted})

    assert (wrong.status_code, changed.status_code) == (422, 302)
    assert (is_in(client), is_in(there)) == (True, False)
    assert enter(there).status_code == 422
    assert enter(there, OTHER).status_code == 302


def test_who_finds_a_browser_open_may_not_guess_the_password_for_ever(client, lin, monkeypatch):
    monkeypatch.setattr("web.account.keys.is_password_of", lambda _person, _password: False)
    enter(client)
    guess = {"present": "a guess", "password": OTHER, "repeated": OTHER}

    answers = [post(client, "/account/password", guess).status_code for _number in range(11)]

    assert answers == [422] * 10 + [429]


def test_a_person_switched_off_is_out_at_once_and_not_in_again_when_switched_on(session, owner, sign_in, administrator):
    browser = sign_in(owner)

    post(administrator, f"/admin/people/{owner.id}/off")
    when_off = is_in(browser)
    post(administrator, f"/admin/people/{owner.id}/on")

    assert (when_off, is_in(browser)) == (False, False)
    actions = session.exec(select(AuditEntry.action).where(AuditEntry.subject_id == str(owner.id))).all()
    assert actions.count("account.switch") == 2


def test_an_administrator_does_not_lock_the_door_behind_themselves(session, sign_in, administrator):
    me = session.exec(select(SignIn)).one().user_id

    response = post(administrator, f"/admin/people/{me}/off")

    assert response.status_code == 422
    assert is_in(administrator)


def test_a_link_sets_a_new_password_once_and_the_log_names_who_made_it(app, client, session, lin, administrator):
    enter(client)
    path = link_from(post(administrator, f"/admin/people/{lin.id}/link").text)
    visitor, wanted = app.test_client(), {"password": OTHER, "repeated": OTHER}

    opened = visitor.get(path).text
    first = post(visitor, path, wanted)
    second = post(visitor, path, {"password": PASSWORD, "repeated": PASSWORD})

    assert "lin@company.example" in opened
    assert (first.status_code, second.status_code, visitor.get(path).status_code) == (302, 404, 404)
    assert not is_in(client)  # whoever was signed in with the old one
    assert enter(visitor, OTHER).status_code == 302
    made = session.exec(select(AuditEntry).where(AuditEntry.action == "account.link")).one()
    assert made.subject_id == str(lin.id)
    assert path not in str(made.changes)


def test_a_link_is_void_after_a_day_when_tampered_with_and_for_an_account_switched_off(
    client, session, lin, administrator, monkeypatch
):
    path = link_from(post(administrator, f"/admin/people/{lin.id}/link").text)
    assert client.get(path).status_code == 200

    assert client.get(path[:-1] + ("A" if path[-1] != "A" else "B")).status_code == 404
    lin.active = False
    session.commit()
    assert client.get(path).status_code == 404
    lin.active = True
    session.commit()
    tomorrow = (utc_now() + timedelta(hours=24, seconds=2)).timestamp()
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: tomorrow)
    assert client.get(path).status_code == 404


def test_accounts_are_found_by_name_and_a_percent_sign_is_a_letter(administrator, lin):
    found = administrator.get("/admin/people?q=晓雨").text
    none = administrator.get("/admin/people?q=%25").text

    assert "lin@company.example" in found
    assert "lin@company.example" not in none
