"""The real app on loopback with the demo in it, started as `scripts/serve` starts it."""

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from tests.afterwards import if_killed

# The first start makes the database, loads the demo and fits the index.
SECONDS_TO_START = 540
SIGN_IN_LINK = re.compile(r"^\s*(?P<person>\S+)\s+(?P<link>http://\S+/sign-in/\S+)", re.MULTILINE)


class NotStarted(Exception):
    """`matchmaker serve` ended or took too long; the text says what it printed."""


@dataclass(frozen=True)
class LiveApp:
    """A running Matchmaker: its address, its folder, and what it printed at the start."""

    address: str
    instance: Path
    log: Path

    @property
    def sign_in_links(self) -> dict[str, str]:
        """By the word for each demo person that `serve` prints before the link."""
        return {match["person"]: match["link"] for match in SIGN_IN_LINK.finditer(self.log.read_text())}


@contextmanager
def running(folder: Path) -> Iterator[LiveApp]:
    """The app with a new demo in `folder`."""
    port, log = find_free_port(), folder / "serve.log"
    program = str(Path(sys.executable).with_name("matchmaker"))
    command = [program, "serve", "--port", str(port), "--instance", str(folder / "instance")]
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT) as process:
        try:
            with if_killed(f"kill {process.pid}"):
                wait_until_started(process, port, log)
                yield LiveApp(address=f"http://127.0.0.1:{port}", instance=folder / "instance", log=log)
        finally:
            stop(process)


def find_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status < 500
    except OSError:
        return False
    finally:
        connection.close()


def wait_until_started(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while not answers(port):
        if process.poll() is not None:
            raise NotStarted(f"`matchmaker serve` ended with {process.returncode}:\n{log.read_text()}")
        if time.monotonic() > deadline:
            raise NotStarted(f"`matchmaker serve` did not start in {SECONDS_TO_START} s:\n{log.read_text()}")
        time.sleep(0.1)


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
