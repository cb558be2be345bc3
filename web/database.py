"""One database session per request, made when it is first asked for and closed when the request ends.

A view that writes is marked `@commits`; its session takes SQLite's write lock with the first statement, because a
transaction that reads first and writes later fails as soon as somebody else has written in between.
"""

from typing import Any, cast

from flask import Flask, current_app, g, request
from sqlalchemy.engine import Engine
from sqlmodel import Session

from matchmaker.instance import Instance
from matchmaker.reader import Reader
from models.sessions import of_one_moment


def register_database(app: Flask, instance: Instance) -> None:
    app.extensions["matchmaker_engine"] = instance.engine
    app.extensions["matchmaker_session"] = Session
    app.extensions["matchmaker_reader"] = Reader(instance)
    app.teardown_appcontext(_close)


def session() -> Session:
    """The request's own session; what nobody commits is rolled back."""
    if "session" not in g:
        g.session = current_app.extensions["matchmaker_session"](_engine(), expire_on_commit=False)
    opened: Session = g.session
    return opened


def reader() -> Reader:
    """What this process knows of the index and of the edits since; one for all requests."""
    return cast(Reader, current_app.extensions["matchmaker_reader"])


def _engine() -> Engine:
    engine: Engine = current_app.extensions["matchmaker_engine"]
    return engine.execution_options(writes=True) if _writes() else of_one_moment(engine)


def _writes() -> bool:
    if not request:
        return False
    view: Any = current_app.view_functions.get(request.endpoint or "")
    return bool(getattr(view, "commits", False))


def _close(_error: BaseException | None) -> None:
    opened = g.pop("session", None)
    if opened is not None:
        opened.close()
