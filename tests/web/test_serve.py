"""`matchmaker serve` from the outside."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlmodel import Session

from matchmaker.cli.serve import open_instance, prepare, serve
from models.enums import ClauseForce, ClauseKind
from models.funds import ClauseDefault

pytestmark = pytest.mark.slow


@pytest.fixture
def started(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server on a new, empty instance, and its address."""
    command = [sys.executable, "-c", "from matchmaker.cli import main; main()", "serve", "--empty", "--port", "0"]
    environment = {**os.environ, "MATCHMAKER_ENCODER": "hashed", "PYTHONUNBUFFERED": "1"}
    server = subprocess.Popen(
        [*command, "--instance", str(tmp_path / "new")], stdout=subprocess.PIPE, text=True, env=environment
    )
    assert server.stdout is not None
    with server:
        for line in server.stdout:
            found = re.search(r"answers at (http://\S+)/", line)
            if found:
                break
        assert found, "the server ended before it answered"
        yield server, found[1]
        server.kill()


def test_a_new_installation_answers_and_stops_when_told(started):
    server, address = started

    with urllib.request.urlopen(f"{address}/") as response:  # noqa: S310 - our own address
        page = response.read().decode()
        headers = response.headers
    server.send_signal(signal.SIGTERM)

    assert "链合" in page
    assert "/demo/sign-in/" not in page
    assert "Content-Security-Policy" in headers
    assert "Server" not in headers
    assert server.wait(20) == 0


def test_a_demo_is_not_shown_to_the_network(tmp_path):
    result = CliRunner().invoke(serve, ["--host", "0.0.0.0", "--instance", str(tmp_path / "new")])  # noqa: S104

    assert result.exit_code == 2
    assert "this machine only" in result.output


def test_a_port_that_is_taken_is_said_before_the_long_work(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = CliRunner().invoke(serve, ["--port", port, "--instance", str(tmp_path / "new")])

    assert result.exit_code == 1
    assert "not free" in result.output
    assert not (tmp_path / "new" / "matchmaker.sqlite").exists()


def test_a_folder_that_is_in_use_does_not_become_a_demo(tmp_path):
    empty = open_instance(tmp_path / "ours", demo=False)
    empty.secret  # noqa: B018 - the folder holds something now

    again = open_instance(tmp_path / "ours", demo=True)

    assert not again.settings.demo


def test_a_newer_release_brings_the_rows_that_its_pages_need_and_leaves_what_was_edited(tmp_path):
    instance = open_instance(tmp_path / "ours", demo=False)
    (instance.folder / "settings.env").write_text("MATCHMAKER_ENCODER=hashed\n")
    prepare(instance)
    with Session(instance.engine) as session:
        session.delete(session.get_one(ClauseDefault, ClauseKind.STAGE))
        session.get_one(ClauseDefault, ClauseKind.TICKET).force = ClauseForce.SOFT
        session.commit()

    prepare(instance)  # the same release: what an officer took away stays away
    with Session(instance.engine) as session:
        assert session.get(ClauseDefault, ClauseKind.STAGE) is None

    (instance.folder / "reference.sha256").write_text("of an earlier release")
    prepare(instance)
    with Session(instance.engine) as session:
        assert session.get_one(ClauseDefault, ClauseKind.STAGE).force is ClauseForce.HARD
        assert session.get_one(ClauseDefault, ClauseKind.TICKET).force is ClauseForce.SOFT
    instance.engine.dispose()
