"""Installations on either database, and browsers on them."""

from collections import defaultdict
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from matchmaker.instance import Instance
from matchmaker.services.exposure import ExposureLog
from web import create_app
from web.demo import demo_token

LOGS: defaultdict[Path, list[ExposureLog]] = defaultdict(list)


def open_instance(folder: Path, url: str) -> Instance:
    """On a database at the present schema: at `url`, or where there is none in the folder."""
    folder.mkdir()
    settings = {"DATABASE_URL": url, "DEMO": "true", "ENCODER": "hashed"}
    lines = (f"MATCHMAKER_{name}={value}\n" for name, value in settings.items())
    (folder / "settings.env").write_text("".join(lines))
    return Instance(folder)


def close(instance: Instance) -> None:
    """Let the logs of its apps come to an end first: a connection that comes back to a closed pool stays open."""
    for log in LOGS.pop(instance.folder, []):
        assert log.flush()
    instance.engine.dispose()


def browser_of(instance: Instance, user_id: Any) -> FlaskClient:
    app = create_app(instance, testing=True)
    LOGS[instance.folder].append(app.extensions["matchmaker_exposure"])
    browser = app.test_client()
    assert browser.get(f"/demo/sign-in/{demo_token(user_id, instance)}").status_code == 302
    return browser
