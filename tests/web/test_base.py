"""The frame that all pages stand in: headers, CSRF, languages, themes, errors, transactions."""

import re
from collections.abc import Callable
from typing import Any

import html5lib
import pytest
import sqlalchemy as sa
from flask import Flask, abort
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import select

from matchmaker.errors import IndexMissing, InvalidInput, NotAllowed, NotFound, Stale
from matchmaker.instance import Instance
from models.accounts import User
from models.enums import PlatformRole
from tests.factories import make_user
from tests.web.conftest import post
from web import create_app
from web.access import public, signed_in
from web.database import session as request_session
from web.public import register_public
from web.transactions import commits

BOOTSTRAP = "/bootstrap/static/css/bootstrap.min.css"
PUBLIC_PAGES = ["/", "/about", "/help", "/design", "/account/sign-in", "/account/register", "/no-such-page"]
FAILURES = {
    "not-allowed": (NotAllowed("x"), 403),
    "not-found": (NotFound("need", 1), 404),
    "stale": (Stale("needs", {"title_zh": ("theirs", "yours")}), 409),
    "stale-data": (StaleDataError(), 409),
    "integrity": (IntegrityError("insert", {}, Exception("unique")), 409),
    "invalid": (InvalidInput("weights_all_zero"), 422),
    "index-missing": (IndexMissing(), 503),
    "database-gone": (OperationalError("select", {}, Exception("database is locked")), 503),
    "bug": (ZeroDivisionError(), 500),
}


View = Callable[..., Any]
WithViews = Callable[..., FlaskClient]


@pytest.fixture
def with_views(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> WithViews:
    """A client of an app that has views of the test's own: `with_views(name=(methods, view))`."""

    def build(**views: tuple[list[str], View]) -> FlaskClient:
        def register(app: Flask) -> None:
            register_public(app)
            for name, (methods, view) in views.items():
                app.add_url_rule(f"/test/{name}", name, view, methods=methods)

        # Put in before the access marks are checked, which is the last thing that the factory does.
        monkeypatch.setattr("web.register_public", register)
        return create_app(instance, testing=True).test_client()

    return build


@pytest.fixture
def failing(with_views: WithViews) -> FlaskClient:
    @public
    def fail(name: str) -> str:
        if name.isdecimal():
            abort(int(name))
        raise FAILURES[name][0]

    return with_views(**{"<name>": (["GET"], fail)})


@pytest.mark.parametrize("name", FAILURES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_failure_becomes_a_page_that_says_what_to_do_next(failing, name, language):
    failing.set_cookie("lang", language)

    response = failing.get(f"/test/{name}")

    assert response.status_code == FAILURES[name][1]
    assert f'lang="{"zh-CN" if language == "zh" else "en"}"' in response.text
    assert 'href="/"' in response.text
    assert_well_formed(response.text)


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 413, 422, 429, 500, 503])
def test_every_status_has_a_page_of_its_own(failing, status):
    response = failing.get(f"/test/{status}")

    assert response.status_code == status
    assert_well_formed(response.text)


def test_a_stale_edit_shows_both_versions_of_the_field(failing):
    page = failing.get("/test/stale").text

    assert "theirs" in page
    assert "yours" in page


def test_a_page_for_too_many_attempts_says_when_to_come_back(failing):
    assert int(failing.get("/test/429").headers["Retry-After"]) > 0


def test_an_error_page_does_not_tell_what_broke(failing):
    assert "ZeroDivision" not in failing.get("/test/bug").text


@pytest.mark.parametrize("path", ["/", "/no-such-page", "/static/css/tokens.css", BOOTSTRAP, "/account"])
def test_security_headers_are_on_every_kind_of_response(client, path):
    headers = client.get(path, buffered=True).headers

    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    for directive in ("object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"):
        assert directive in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Permissions-Policy" in headers


@pytest.mark.parametrize("name", ["bug", "404", "index-missing"])
def test_security_headers_are_on_error_pages_too(failing, name):
    assert "Content-Security-Policy" in failing.get(f"/test/{name}").headers


def test_every_response_has_its_own_nonce(client):
    policies = {client.get("/").headers["Content-Security-Policy"] for _ in range(3)}

    assert len(policies) == 3


def test_pages_are_kept_by_nobody_and_static_files_for_a_year(client):
    assert client.get("/").headers["Cache-Control"] == "no-store"
    assert "max-age=31536000" in client.get("/static/css/tokens.css", buffered=True).headers["Cache-Control"]


def test_over_https_the_cookie_is_bound_to_the_host_and_https_is_kept(instance):
    instance.settings.secure_cookies = True
    client = create_app(instance, testing=True).test_client()

    response = client.get("/account/sign-in", base_url="https://localhost")

    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith("__Host-matchmaker=")
    for flag in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert flag in cookie
    assert response.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_a_form_without_its_token_is_refused(app, client):
    rules = [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())]

    for rule in rules:
        with app.test_request_context():
            values = {
                name: 1 if f"<int:{name}>" in rule.rule else "00000000-0000-7000-8000-000000000000"
                for name in rule.arguments
            }
            url = app.url_map.bind("localhost").build(rule.endpoint, values, method="POST")
        assert client.post(url, data={"anything": "x"}).status_code == 400, url


def test_nobody_is_exempt_from_form_tokens():
    from web.security import csrf

    assert csrf._exempt_views == set()
    assert csrf._exempt_blueprints == set()


def test_the_first_visit_speaks_chinese(client):
    page = client.get("/").text

    assert '<html lang="zh-CN"' in page
    assert "链合" in page


def test_the_browsers_language_counts_until_a_person_chooses(client):
    page = client.get("/", headers={"Accept-Language": "fr, en;q=0.8"}).text

    assert '<html lang="en"' in page


def test_choosing_a_language_keeps_the_page_and_its_filters(client):
    response = client.get("/help?page=2&lang=en&kind=sme")

    assert response.status_code == 302
    assert response.headers["Location"] == "/help?page=2&kind=sme"
    assert '<html lang="en"' in client.get("/help").text


def test_an_unknown_language_is_not_kept(client):
    response = client.get("/help?lang=xx")

    assert "lang=" not in response.headers.get("Set-Cookie", "")


def test_the_chosen_colours_are_in_the_first_byte_of_the_page(client):
    client.get("/?theme=dark")

    assert 'data-bs-theme="dark"' in client.get("/").text


def test_a_get_that_commits_stops_the_app_from_starting(with_views):
    view = public(commits(lambda: "x"))

    with pytest.raises(RuntimeError, match="commits"):
        with_views(bad=(["GET"], view))


def test_a_view_without_a_mark_stops_the_app_from_starting(with_views):
    with pytest.raises(RuntimeError, match="who may see"):
        with_views(bad=(["GET"], lambda: "x"))


def test_a_view_with_two_marks_is_refused():
    with pytest.raises(ValueError, match="two access marks"):
        public(signed_in(lambda: "x"))


@pytest.mark.parametrize(("status", "kept"), [(200, 1), (302, 1), (422, 0), (500, 0)])
def test_a_request_commits_only_when_it_ends_well(with_views, session, status, kept):
    @public
    @commits
    def write() -> tuple[str, int]:
        request_session().add(make_user(email="new@company.example"))
        return "", status

    client = with_views(write=(["POST"], write))

    assert post(client, "/test/write").status_code == status
    assert len(session.exec(select(User)).all()) == kept


def test_a_view_that_does_not_say_so_keeps_nothing(with_views, session):
    @public
    def write() -> str:
        request_session().add(make_user())
        request_session().flush()
        return ""

    client = with_views(write=(["POST"], write))

    assert post(client, "/test/write").status_code == 200
    assert session.exec(select(User)).all() == []


def test_a_commit_that_fails_becomes_a_page(with_views, session):
    session.add(make_user(email="taken@company.example"))
    session.commit()

    @public
    @commits
    def write() -> str:
        request_session().add(make_user(email="taken@company.example"))
        return ""

    client = with_views(write=(["POST"], write))

    assert post(client, "/test/write").status_code == 409


def test_a_view_that_writes_takes_the_lock_before_it_reads(with_views, instance):
    statements: list[str] = []
    sa.event.listen(instance.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))

    @public
    @commits
    def write() -> str:
        request_session().exec(select(User)).all()
        return ""

    client = with_views(write=(["POST"], write))
    post(client, "/test/write")

    assert "BEGIN IMMEDIATE" in statements


def test_a_conflict_shows_what_was_typed_but_no_password(with_views):
    @public
    @commits
    def write() -> str:
        raise StaleDataError

    client = with_views(write=(["POST"], write))

    page = post(
        client, "/test/write", {"title": "固态电池", "password": "hunter2hunter2", "repeated": "hunter2hunter2"}
    ).text

    assert "固态电池" in page
    assert "hunter2" not in page


def test_a_request_that_is_too_large_is_refused_with_a_page(client):
    response = client.post("/account/sign-in", data={"email": "x" * 2_000_000})

    assert response.status_code == 413
    assert_well_formed(response.text)


def test_the_style_page_is_not_open_to_everybody(instance, sign_in, session):
    administrator, person = make_user(PlatformRole.ADMINISTRATOR), make_user()
    session.add_all([administrator, person])
    session.commit()
    browsers = sign_in(administrator), sign_in(person)
    instance.settings.demo = False

    assert [browser.get("/design").status_code for browser in browsers] == [200, 404]


def assert_well_formed(page: str) -> None:
    html5lib.HTMLParser(strict=True).parse(page)
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids)), sorted(i for i in ids if ids.count(i) > 1)
    assert " style=" not in page
    assert "onclick=" not in page


@pytest.mark.parametrize(
    "path", ["/", "/about", "/help", "/design", "/account/sign-in", "/account/register", "/no-such-page"]
)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_public_pages_are_well_formed(client, path, language):
    client.set_cookie("lang", language)

    assert_well_formed(client.get(path).text)


def test_static_files_keep_to_their_budget(app):
    from pathlib import Path

    scripts = sum(path.stat().st_size for path in (Path(app.root_path) / "static/js").glob("*.js"))

    assert scripts <= 20 * 1024


def test_the_errors_of_the_database_do_not_quote_values(session):
    with pytest.raises(sa.exc.StatementError) as failure:
        session.execute(sa.text("INSERT INTO nowhere VALUES (:email)"), {"email": "li@secret.cn"})

    assert "li@secret.cn" not in str(failure.value)
