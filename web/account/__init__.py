"""Signing in and out, making an account, and one's own settings."""

from typing import Any

from flask import Flask, request
from flask_limiter import Limiter

from web.access import current_actor
from web.account import keys
from web.account.routes import bp
from web.forms.base import clean_text

PER_PERSON = "10 per 5 minutes"
FOR_ALL = "1000 per 5 minutes"


def register_account(app: Flask) -> None:
    app.register_blueprint(bp)
    app.register_blueprint(keys.bp)
    limiter: Limiter = app.extensions["matchmaker_limiter"]
    for endpoint in ("account.sign_in", "account.register", "keys.change_password"):
        view: Any = app.view_functions[endpoint]
        # One limit for the address that asks, one for the account that is asked for; a success costs nothing.
        for limit, key in ((PER_PERSON, _address), (PER_PERSON, _account), (FOR_ALL, _everybody)):
            view = limiter.limit(limit, key_func=key, deduct_when=_failed)(view)
        app.view_functions[endpoint] = view


def _address() -> str:
    return f"address {request.remote_addr}"


def _account() -> str:
    if current_actor().is_signed_in:  # who guesses the password of a browser left open
        return f"account {current_actor().user_id}"
    # Cleaned as the form cleans it: unseen marks would make one account look like many.
    return f"account {str(clean_text(request.form.get('email'))).lower()[:254]}"


def _everybody() -> str:
    return "everybody"


def _failed(response: object) -> bool:
    return request.endpoint == "account.register" or getattr(response, "status_code", 500) == 422
