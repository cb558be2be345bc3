"""The real app on loopback with the demo in it, and Chromium to look at it."""

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.chromium import LAUNCH_ARGUMENTS, find_chromium, link_chinese_font

# The first start makes the database, loads the demo and fits the index.
SECONDS_TO_START = 540
SIGN_IN_LINK = re.compile(r"^\s*(?P<person>\S+)\s+(?P<link>http://\S+/sign-in/\S+)", re.MULTILINE)


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
            pytest.fail(f"`matchmaker serve` ended with {process.returncode}:\n{log.read_text()}")
        if time.monotonic() > deadline:
            pytest.fail(f"`matchmaker serve` did not start in {SECONDS_TO_START} s:\n{log.read_text()}")
        time.sleep(0.1)


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()


@pytest.fixture(scope="session")
def live_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveApp]:
    """Started as `scripts/serve` starts it, in a folder of its own."""
    folder = tmp_path_factory.mktemp("live")
    port, log = find_free_port(), folder / "serve.log"
    program = str(Path(sys.executable).with_name("matchmaker"))
    command = [program, "serve", "--port", str(port), "--instance", str(folder / "instance")]
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT) as process:
        try:
            wait_until_started(process, port, log)
            yield LiveApp(address=f"http://127.0.0.1:{port}", instance=folder / "instance", log=log)
        finally:
            stop(process)


@pytest.fixture(scope="session")
def browser_type_launch_args(
    browser_type_launch_args: dict[str, object], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, object]:
    """The system's Chromium with a Chinese font, in place of one that Playwright would download."""
    chromium = find_chromium()
    if chromium is None:
        pytest.fail("no Chromium found; scripts/test says how to install it")
    environment = link_chinese_font(tmp_path_factory.mktemp("fonts"))
    return {**browser_type_launch_args, "executable_path": chromium, "args": LAUNCH_ARGUMENTS, "env": environment}


def list_accessibility_faults(page: Page) -> list[str]:
    """What axe-core finds wrong on the page as it is now: rule, help text, and where."""
    violations = Axe().run(page).response["violations"]
    return [f"{v['id']}: {v['help']} at {node['target']}" for v in violations for node in v["nodes"]]
