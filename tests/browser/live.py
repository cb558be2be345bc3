"""The real app on loopback with the demo in it, started as `scripts/serve` starts it."""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.afterwards import end_who_holds, if_killed

# The first start makes the database, loads the demo and fits the index.
SECONDS_TO_START = 540
GREETING = re.compile(r"answers at (?P<address>http://\S+)/$.*^Ctrl\+C", re.MULTILINE | re.DOTALL)
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
    """The app with a new demo in `folder`, on whichever port is free when it begins to answer."""
    log = folder / "serve.log"
    program = str(Path(sys.executable).with_name("matchmaker"))
    command = [program, "serve", "--port", "0", "--instance", str(folder / "instance")]
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT) as process:
        try:
            with if_killed(end_who_holds(log, as_what="fd/1", process=str(process.pid))):
                address = wait_until_started(process, log)
                yield LiveApp(address=address, instance=folder / "instance", log=log)
        finally:
            stop(process)


def wait_until_started(process: subprocess.Popen[bytes], log: Path) -> str:
    """The address that it greets with, once all of the greeting is there."""
    deadline = time.monotonic() + SECONDS_TO_START
    while not (greeting := GREETING.search(log.read_text(errors="replace"))):
        if process.poll() is not None:
            raise NotStarted(f"`matchmaker serve` ended with {process.returncode}:\n{log.read_text()}")
        if time.monotonic() > deadline:
            raise NotStarted(f"`matchmaker serve` did not start in {SECONDS_TO_START} s:\n{log.read_text()}")
        time.sleep(0.1)
    return greeting["address"]


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
