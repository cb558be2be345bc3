"""Settings of the web application, all derived from its instance."""

from datetime import UTC, datetime, timedelta
from typing import cast

from flask import Flask, current_app, request
from werkzeug.middleware.proxy_fix import ProxyFix

from matchmaker.instance import Instance

BODY_LIMIT = 25 * 1024 * 1024
FORM_LIMIT = 1024 * 1024
FIELD_LIMIT = 1_000
IDLE_LIMIT = timedelta(minutes=60)


def configure(app: Flask, instance: Instance, *, testing: bool) -> None:
    secure = instance.settings.secure_cookies
    app.extensions["matchmaker_instance"] = instance
    app.config.update(
        TESTING=testing,
        PROPAGATE_EXCEPTIONS=False,  # tests too see the page that people would see
        SECRET_KEY=instance.derive_secret("session"),
        MAX_CONTENT_LENGTH=BODY_LIMIT,
        MAX_FORM_MEMORY_SIZE=FORM_LIMIT,
        MAX_FORM_PARTS=FIELD_LIMIT,
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(days=365),  # the address of a static file carries its hash
        # The __Host- prefix binds the cookie to this very host; browsers take it over https only.
        SESSION_COOKIE_NAME="__Host-matchmaker" if secure else "matchmaker",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=IDLE_LIMIT,
        BOOTSTRAP_SERVE_LOCAL=True,
        WTF_CSRF_TIME_LIMIT=None,  # a form stays good as long as the session does
        WTF_CSRF_SSL_STRICT=secure,
        **_security(instance),
    )
    app.before_request(_limit_plain_forms)
    if proxies := instance.settings.proxies:
        # Without this all people seem to ask from the proxy's address, and one who guesses shuts everybody out.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]


def _limit_plain_forms() -> None:
    # Werkzeug's limit for forms counts only for those with files; the others would be read whole.
    if request.mimetype == "application/x-www-form-urlencoded":
        request.max_content_length = FORM_LIMIT


def _security(instance: Instance) -> dict[str, object]:
    return {
        "SECURITY_PASSWORD_SALT": instance.derive_secret("password-salt"),
        "SECURITY_PASSWORD_HASH": "argon2",
        # OWASP's second choice: one pass over 46 MiB, as strong as the first and quick on two cores.
        "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {
            "argon2__memory_cost": 46 * 1024,
            "argon2__time_cost": 1,
            "argon2__parallelism": 1,
        },
        "SECURITY_DATETIME_FACTORY": lambda: datetime.now(UTC),
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},
    }


def current_instance() -> Instance:
    return cast(Instance, current_app.extensions["matchmaker_instance"])
