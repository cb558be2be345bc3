"""A web application on a fresh database of its own, and people signed in to it."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask import session as cookie
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from sqlmodel import Session
from werkzeug.test import TestResponse

from matchmaker.instance import Instance
from models.accounts import User
from models.organisations import Organisation
from tests.factories import make_member, make_organisation, make_user
from tests.report_case import make_case
from web import create_app
from web.demo import demo_token
from web.i18n import compile_catalogue

Post = Callable[..., TestResponse]


@pytest.fixture(scope="session")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The machine form of the translations, which an instance makes for itself at its first start."""
    folder = tmp_path_factory.mktemp("catalogue")
    compile_catalogue(folder)
    return folder


@pytest.fixture
def instance(migrated_database: Path, catalogue: Path, tmp_path: Path) -> Iterator[Instance]:
    """A demo instance, because its sign-in links are how tests sign people in."""
    folder = tmp_path / "instance"
    folder.mkdir()
    shutil.copy(migrated_database, folder / "matchmaker.sqlite")
    shutil.copytree(catalogue, folder / "translations")
    (folder / "settings.env").write_text("MATCHMAKER_DEMO=true\nMATCHMAKER_ENCODER=hashed\n")
    instance = Instance(folder)
    yield instance
    instance.engine.dispose()


@pytest.fixture(scope="session")
def report_folder(migrated_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The instance of `tests.report_case`, made once; tests of runs and reports begin with a copy of it."""
    folder = tmp_path_factory.mktemp("reports")
    shutil.copy(migrated_database, folder / "matchmaker.sqlite")
    (folder / "settings.env").write_text("MATCHMAKER_DEMO=true\nMATCHMAKER_ENCODER=hashed\n")
    instance = Instance(folder)
    with Session(instance.engine, expire_on_commit=False) as session:
        make_case(session, instance)
    instance.engine.dispose()
    return folder


@pytest.fixture
def app(instance: Instance) -> Flask:
    return create_app(instance, testing=True)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def session(instance: Instance) -> Iterator[Session]:
    """The test's own session on the app's database; commit what you arrange, so that requests see it."""
    with Session(instance.engine, expire_on_commit=False) as session:
        yield session


@pytest.fixture
def organisation(session: Session) -> Organisation:
    organisation = make_organisation()
    session.add(organisation)
    session.commit()
    return organisation


@pytest.fixture
def owner(session: Session, organisation: Organisation) -> User:
    """A person who may do everything for `organisation`."""
    user = make_user()
    session.add(user)
    session.flush()
    session.add(make_member(user, organisation))
    session.commit()
    return user


@pytest.fixture
def sign_in(app: Flask, instance: Instance, session: Session) -> Callable[[User], FlaskClient]:
    """`sign_in(user)` gives a browser in which `user` is signed in."""

    def open_browser(user: User) -> FlaskClient:
        browser = app.test_client()
        response = browser.get(f"/demo/sign-in/{demo_token(user.id, instance)}")
        assert response.status_code == 302, response.status
        session.commit()  # signing in writes; what the test has read before it could not be written over any more
        return browser

    return open_browser


def post(client: FlaskClient, url: str, data: dict[str, Any] | None = None, **named: Any) -> TestResponse:
    """Send a form as a browser would: with the CSRF token that this browser was given."""
    return client.post(url, data={"csrf_token": csrf_token(client), **(data or {})}, **named)


def csrf_token(client: FlaskClient) -> str:
    """The token that a page would give to this browser; that every form on a page has it, journeys in Chromium show."""
    with client.session_transaction() as kept, client.application.test_request_context():
        cookie.update(kept)
        token: str = generate_csrf()
        kept.update(cookie)
    return token
