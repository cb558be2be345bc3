"""Every error as a page in the reader's language that says what to do next. Views need no try."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Flask, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from matchmaker.errors import IndexMissing, InvalidInput, NotAllowed, NotFound, Recused, Stale
from matchmaker.exports.pdf import NotRendered
from matchmaker.services.challenges import recusal
from models.sessions import writing
from web.access import current_actor
from web.challenge_wording import recusal_text
from web.config import current_instance
from web.database import session
from web.refusals import field_label, readable, refusal_text

HIDDEN_INPUT = ("csrf_token", "password", "repeated", "version", "submit")


@dataclass(frozen=True)
class ErrorText:
    title: object
    advice: object


TEXTS: Mapping[int, ErrorText] = {
    400: ErrorText(
        _l("We could not read this request"),
        _l("Go back, load the page again and repeat the last step. Forms expire when you sign in or out elsewhere."),
    ),
    401: ErrorText(
        _l("Please sign in first"),
        _l("Your session has ended. Sign in and repeat the last step; go back to copy what you had typed."),
    ),
    403: ErrorText(
        _l("You may not open this page"),
        _l("Your account does not have the right for it. Ask the owner of the organisation or an administrator."),
    ),
    404: ErrorText(
        _l("There is no such page"),
        _l("The address may be old or mistyped, or the record is not open to you. Start from the home page."),
    ),
    405: ErrorText(_l("This page does not work that way"), _l("Start from the home page and use the buttons there.")),
    409: ErrorText(
        _l("Somebody else changed this in the meantime"),
        _l("Nothing was saved. Load the page again, look at the new state and enter your change once more."),
    ),
    413: ErrorText(
        _l("That is too much at once"), _l("A request may have 25 MB at most. Split the file and send it in parts.")
    ),
    422: ErrorText(_l("Something in the input does not fit"), _l("Go back and correct what is named here.")),
    429: ErrorText(
        _l("Too many attempts"), _l("Wait a few minutes and try again. Nobody has been locked out for good.")
    ),
    500: ErrorText(
        _l("Something went wrong on our side"),
        _l("Nothing was saved. Try again; if it happens again, tell the operator the time and the address."),
    ),
    503: ErrorText(
        _l("Not available at this moment"),
        _l("The platform is busy or is being prepared. Try again in a minute; nothing has been lost."),
    ),
}


def register_errors(app: Flask) -> None:
    app.register_error_handler(HTTPException, _show_http_error)
    app.register_error_handler(CSRFError, lambda _error: show_error(400))
    app.register_error_handler(Recused, _show_recusal)
    app.register_error_handler(NotAllowed, lambda _error: show_error(403))
    app.register_error_handler(NotFound, lambda _error: show_error(404))
    app.register_error_handler(InvalidInput, _show_refusal)
    app.register_error_handler(Stale, lambda error: show_error(409, differences=error.differences))
    app.register_error_handler(StaleDataError, _show_conflict)
    app.register_error_handler(IntegrityError, _show_conflict)
    app.register_error_handler(DataError, _show_unfit)
    app.register_error_handler(IndexMissing, lambda _error: show_error(503))
    app.register_error_handler(OperationalError, _show_unavailable)
    app.register_error_handler(NotRendered, _show_unrendered)
    app.register_error_handler(Exception, _show_failure)


def show_error(
    status: int,
    *,
    detail: str = "",
    differences: Mapping[str, tuple[object, object]] | None = None,
    typed: Mapping[str, str] | None = None,
) -> ResponseReturnValue:
    """The page of `status`; what a person typed is shown again, so that it is not lost."""
    text = TEXTS.get(status, TEXTS[500 if status >= 500 else 400])
    # With the database gone the page must not ask it who is signed in.
    named = {field_label(name): tuple(map(readable, pair)) for name, pair in (differences or {}).items()}
    template = "errors/bare.html" if status >= 500 else "errors/page.html"
    page = render_template(template, status=status, text=text, detail=detail, differences=named, typed=typed or {})
    return page, status


def _show_http_error(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error.get_response()
    response = current_app.make_response(show_error(error.code))
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    if error.code == 429:
        response.headers.setdefault("Retry-After", "300")
    return response


def _show_refusal(error: InvalidInput) -> ResponseReturnValue:
    return show_error(422, detail=refusal_text(error))


def _show_recusal(error: Recused) -> ResponseReturnValue:
    """The request is refused; that somebody was kept out is written beside it."""
    actor = current_actor()
    session().rollback()  # or it would hold the database against this very entry
    try:
        with writing(current_instance().engine) as writer:
            recusal.note(writer, actor, error)
    except OperationalError as busy:
        current_app.logger.error(
            "the refusal of %s at %s is not in the log: %s", actor.user_id, request.path, busy.orig
        )
    return show_error(403, detail=recusal_text(error))


def _show_conflict(_error: StaleDataError | IntegrityError) -> ResponseReturnValue:
    session().rollback()  # a failed flush leaves it unusable, and the page asks who is signed in
    return show_error(409, typed=typed_input())


def _show_unfit(_error: DataError) -> ResponseReturnValue:
    # PostgreSQL takes no NUL in a text and holds every column to its length, where SQLite finds nothing or stores it.
    session().rollback()
    return show_error(422, typed=typed_input())


def _show_unavailable(error: OperationalError) -> ResponseReturnValue:
    current_app.logger.error("database not available at %s: %s", request.path, error.orig)
    response = current_app.make_response(show_error(503))
    response.headers["Retry-After"] = "30"
    return response


def _show_unrendered(error: NotRendered) -> ResponseReturnValue:
    current_app.logger.error("no document at %s: %s", request.path, error)
    return show_error(503)


def _show_failure(error: Exception) -> ResponseReturnValue:
    current_app.logger.exception("unexpected error at %s", request.path, exc_info=error)
    g.pop("actor", None)
    return show_error(500)


def typed_input() -> dict[str, str]:
    return {
        name: ", ".join(request.form.getlist(name))
        for name in request.form
        if not any(name.endswith(hidden) for hidden in HIDDEN_INPUT)
    }
