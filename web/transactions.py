"""The one place where a request commits."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import make_response
from flask.typing import ResponseReturnValue

from web.database import session

View = Callable[..., ResponseReturnValue]


def commits(view: View) -> View:
    """Commit once when `view` has answered without an error.

    The answer is complete by then, so a commit that fails becomes the page of its error, and a form shown again (422)
    leaves nothing behind. A view that answers GET may not carry this mark; the app refuses to start.
    """

    @wraps(view)
    def view_and_commit(*arguments: Any, **named: Any) -> ResponseReturnValue:
        response = make_response(view(*arguments, **named))
        if response.status_code < 400:
            session().commit()
        return response

    view_and_commit.commits = True  # type: ignore[attr-defined]
    return view_and_commit
