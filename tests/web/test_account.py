"""Signing in and out, accounts, and the demo's links."""

import pytest
from click.testing import CliRunner
from sqlmodel import select

from matchmaker.cli.account import account
from models.accounts import User
from models.audit import AuditEntry
from models.enums import PlatformRole
from tests.factories import make_user
from tests.web.conftest import post
from web import create_app
from web.demo import DOMAIN, PARTS, demo_token, list_demo_persons
from web.security import safe_next, set_account

PASSWORD = "a long sentence in the rain"
CREDENTIALS = {"email": "lin@company.example", "password": PASSWORD}


@pytest.fixture
def lin(app, session) -> User:
    with app.app_context():
        set_account(email="lin@company.example", password=PASSWORD, name="林晓雨", roles=["officer"])
    return session.exec(select(User).where(User.email == "lin@company.example")).one()


def test_a_person_signs_in_with_the_password_and_is_led_on(client, lin):
    response = post(client, "/account/sign-in", CREDENTIALS | {"next": "/officer/claims?page=2"})

    assert response.headers["Location"] == "/officer/claims?page=2"
    assert client.get("/account").status_code == 200


def test_the_address_may_be_typed_in_any_case_and_with_space_around(client, lin):
    assert post(client, "/account/sign-in", CREDENTIALS | {"email": "  LIN@Company.example "}).status_code == 302


def test_a_wrong_password_and_an_unknown_address_get_the_same_words(client, lin):
    wrong = post(client, "/account/sign-in", CREDENTIALS | {"password": "something else"})
    unknown = post(client, "/account/sign-in", CREDENTIALS | {"email": "nobody@company.example"})

    assert wrong.status_code == unknown.status_code == 422
    assert "电子邮箱或密码不正确" in wrong.text
    assert "电子邮箱或密码不正确" in unknown.text
    assert "错误：" in wrong.text.split("</title>")[0]


def test_the_typed_address_is_kept_and_the_password_is_not(client, lin):
    page = post(client, "/account/sign-in", CREDENTIALS | {"password": "typed secret"}).text

    assert 'value="lin@company.example"' in page
    assert "typed secret" not in page


def test_an_account_that_is_switched_off_cannot_sign_in(client, session, lin):
    lin.active = False
    session.add(lin)
    session.commit()

    assert post(client, "/account/sign-in", CREDENTIALS).status_code == 422


def test_a_session_planted_before_the_sign_in_is_not_carried_over(client, lin):
    client.get("/account/sign-in")
    before = client.get_cookie("matchmaker").value

    post(client, "/account/sign-in", CREDENTIALS)

    with client.session_transaction() as kept:
        assert "sign_in" in kept
        assert kept.permanent
    assert client.get_cookie("matchmaker").value != before


def test_who_signs_out_is_out(client, lin):
    post(client, "/account/sign-in", CREDENTIALS)

    response = post(client, "/account/sign-out")

    assert response.status_code == 302
    assert client.get("/account").status_code == 302


def test_ten_wrong_passwords_are_enough_for_five_minutes(client, lin):
    guesses = [post(client, "/account/sign-in", CREDENTIALS | {"password": f"guess {n}"}) for n in range(11)]

    assert [guess.status_code for guess in guesses] == [422] * 10 + [429]
    assert "Retry-After" in guesses[-1].headers


def test_guesses_from_many_machines_at_one_account_are_counted_together(client, lin):
    for n in range(10):
        wrong = CREDENTIALS | {"password": f"guess {n}"}
        post(client, "/account/sign-in", wrong, environ_overrides={"REMOTE_ADDR": f"10.0.0.{n}"})

    response = post(client, "/account/sign-in", CREDENTIALS, environ_overrides={"REMOTE_ADDR": "10.0.1.1"})

    assert response.status_code == 429


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example", "///evil.example", "https://evil.example", "https:evil.example", "javascript:alert(1)",
        "\\\\evil.example", "/\\evil.example", "/\t/evil.example", "http:///evil.example", "evil.example", "",
        "/%0d%0aSet-Cookie:x"[:1] + "\r\nx", "\x00/x", " //evil.example", None,
    ],
)  # fmt: skip
def test_nobody_is_led_off_the_site(app, target):
    with app.test_request_context():
        assert safe_next(target) == "/"


@pytest.mark.parametrize("target", ["/", "/partners?q=%E7%94%B5%E6%B1%A0&page=2", "/account"])
def test_a_page_of_the_site_is_led_to(app, target):
    with app.test_request_context():
        assert safe_next(target) == target


def test_a_visitor_makes_an_account_and_signs_in(client, session):
    answers = {"name": "陈思远", "repeated": PASSWORD, "email": "Chen@Company.example", "password": PASSWORD}

    response = post(client, "/account/register", answers)

    assert response.headers["Location"] == "/account/sign-in"
    assert session.exec(select(User.email)).all() == ["chen@company.example"]
    assert post(client, "/account/sign-in", answers).status_code == 302


def test_registering_a_known_address_changes_nothing_and_tells_nothing(client, lin):
    answers = {"name": "X", "repeated": "another long sentence", "password": "another long sentence"}

    known = post(client, "/account/register", answers | {"email": "lin@company.example"})
    told = client.get("/account/sign-in").text
    unknown = post(client, "/account/register", answers | {"email": "new@company.example"})

    assert known.status_code == unknown.status_code == 302
    assert known.headers["Location"] == unknown.headers["Location"]
    assert "现在可以登录" in told
    assert post(client, "/account/sign-in", CREDENTIALS).status_code == 302


@pytest.mark.parametrize(
    ("field", "typed"),
    [("password", "short"), ("email", "no address"), ("name", " \u200b "), ("repeated", "something different")],
)
def test_a_faulty_registration_names_the_field_and_keeps_what_was_typed(client, session, field, typed):
    answers = {"name": "陈思远", "email": "chen@company.example", "password": PASSWORD, "repeated": PASSWORD}

    response = post(client, "/account/register", answers | {field: typed})

    assert response.status_code == 422
    assert f'id="{field}-error"' in response.text
    assert f'aria-describedby="{field}' in response.text or f'{field}-error"' in response.text
    assert 'aria-invalid="true"' in response.text
    assert session.exec(select(User)).all() == []


def test_registration_can_be_switched_off(client, instance):
    instance.settings.registration = False

    assert client.get("/account/register").status_code == 404
    assert post(client, "/account/register").status_code == 404
    assert "/account/register" not in client.get("/").text


def test_the_accounts_language_counts_on_every_machine(session, sign_in):
    person = make_user()
    session.add(person)
    session.commit()
    browser = sign_in(person)

    post(browser, "/account", {"name": "Lin", "locale": "en"})

    assert '<html lang="en"' in sign_in(person).get("/account").text


def test_a_demo_link_signs_in(client, instance, lin):
    response = client.get(f"/demo/sign-in/{demo_token(lin.id, instance)}")

    assert response.headers["Location"] == "/"
    assert client.get("/account").status_code == 200


def test_a_demo_link_does_nothing_outside_a_demo(client, instance, lin):
    instance.settings.demo = False

    assert client.get(f"/demo/sign-in/{demo_token(lin.id, instance)}").status_code == 404


@pytest.mark.parametrize(
    "asked",
    [
        {"environ_overrides": {"REMOTE_ADDR": "192.168.1.7"}},
        {"headers": {"X-Forwarded-For": "192.168.1.7"}},
        {"headers": {"Host": "evil.example"}},
    ],
)
def test_a_demo_link_does_nothing_from_another_machine(client, instance, lin, asked):
    assert client.get(f"/demo/sign-in/{demo_token(lin.id, instance)}", **asked).status_code == 404
    assert "/demo/sign-in/" not in client.get("/", **asked).text


def test_a_forged_demo_link_is_refused(client, instance, lin):
    who, signature = demo_token(lin.id, instance).rsplit(".", 1)

    assert client.get(f"/demo/sign-in/{who}.{signature.swapcase()}").status_code == 422
    assert client.get("/demo/sign-in/x").status_code == 422


def test_the_start_page_of_a_demo_offers_its_people(client, session, instance):
    session.add_all([make_user(email=key + DOMAIN, name=f"Person {key}") for key in PARTS])
    session.commit()

    page = client.get("/").text

    assert [person.key for person in list_demo_persons(session, instance)] == list(PARTS)
    assert page.count("/demo/sign-in/") == 7


def test_the_operator_makes_an_administrator_at_the_command_line(client, instance, session):
    arguments = ["wang@company.example", "--role", "administrator", "--instance", str(instance.folder)]

    result = CliRunner().invoke(account, [*arguments, "--password", PASSWORD])

    assert result.exit_code == 0, result.output
    user = session.exec(select(User).where(User.email == "wang@company.example")).one()
    assert [role.name for role in user.roles] == [PlatformRole.ADMINISTRATOR]
    assert post(client, "/account/sign-in", {"email": user.email, "password": PASSWORD}).status_code == 302


def test_the_command_line_refuses_a_short_password(instance):
    result = CliRunner().invoke(account, ["a@b.example", "--instance", str(instance.folder), "--password", "short"])

    assert result.exit_code == 2


def test_unseen_marks_in_the_address_do_not_buy_further_attempts(app, lin):
    for number in range(10):
        guess = {"email": "\u200b" * number + "lin@company.example", "password": "wrong"}
        post(app.test_client(), "/account/sign-in", guess, environ_overrides={"REMOTE_ADDR": f"10.0.0.{number + 1}"})

    last = post(app.test_client(), "/account/sign-in", CREDENTIALS, environ_overrides={"REMOTE_ADDR": "10.0.1.1"})

    assert last.status_code == 429


def test_a_new_account_and_a_changed_one_are_on_record(client, session, sign_in):
    new = {"name": "何平", "email": "he@company.example", "password": PASSWORD, "repeated": PASSWORD}
    post(client, "/account/register", new)
    person = session.exec(select(User).where(User.email == "he@company.example")).one()
    post(sign_in(person), "/account", {"name": "何平平", "locale": "zh"})

    session.rollback()
    entries = session.exec(select(AuditEntry).where(AuditEntry.subject_id == str(person.id))).all()

    assert sorted(entry.action for entry in entries) == ["account.change", "account.register"]
    assert PASSWORD not in str([entry.changes for entry in entries])


@pytest.fixture
def behind_a_proxy(instance):
    (instance.folder / "settings.env").write_text("MATCHMAKER_PROXIES=1\nMATCHMAKER_ENCODER=hashed\n")
    return create_app(instance, testing=True)


def test_behind_a_proxy_the_guesses_of_one_machine_keep_nobody_else_out(behind_a_proxy):
    with behind_a_proxy.app_context():
        set_account(email="lin@company.example", password=PASSWORD, name="林晓雨", roles=[])
    client = behind_a_proxy.test_client()
    for n in range(10):
        guess = {"email": f"person{n}@company.example", "password": "wrong"}
        post(client, "/account/sign-in", guess, headers={"X-Forwarded-For": "198.51.100.7"})

    guesser = post(client, "/account/sign-in", CREDENTIALS, headers={"X-Forwarded-For": "198.51.100.7"})
    other = post(client, "/account/sign-in", CREDENTIALS, headers={"X-Forwarded-For": "203.0.113.9"})

    assert (guesser.status_code, other.status_code) == (429, 302)


def test_without_a_proxy_nobody_names_their_own_address(client, lin):
    for n in range(10):
        wrong = {"email": f"person{n}@company.example", "password": "wrong"}
        post(client, "/account/sign-in", wrong, headers={"X-Forwarded-For": f"198.51.100.{n}"})

    assert post(client, "/account/sign-in", CREDENTIALS).status_code == 429
