"""What all tests share: order, repeatability, and a fresh database."""

import os

# Before numpy is imported anywhere: two workers share two cores, more threads only make both wait.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import gc
import shutil
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from flask import Flask
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import Engine
from sqlmodel import Session
from werkzeug.routing import Rule
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from models import migrations
from models.sessions import create_engine
from tests.compiled import Templates, addresses_once, statements_once

# Their tests share what takes long to make: a running app, a demo region, workers. One process makes it once.
TOGETHER = (
    "tests/browser/",
    "tests/integration/test_jobs_kill.py",
    "tests/integration/test_learning.py",
    "tests/integration/test_planted_key.py",
    "tests/unit/demo/",
    "tests/unit/evaluation/test_lessons.py",
)

# A slow machine is no fault of the code, so there is no deadline per example; --hypothesis-profile chooses another.
hypothesis.settings.register_profile("default", deadline=None, print_blob=True)
hypothesis.settings.register_profile("thorough", deadline=None, print_blob=True, max_examples=2_000)
hypothesis.settings.load_profile("default")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Fast tests first, then the slow ones, then those in the browser; within each, in the order they came.

    Of several workers one begins with the browser, so that it is done when the others are. The journeys in it come as
    they are written and leave their traces in one app; what looks at every page comes last, and so sees the same each
    time, and more than a new demo has.
    """
    for item in items:
        if item.nodeid.startswith("tests/browser/"):
            item.add_marker("browser")
            item.add_marker(pytest.mark.timeout(600))  # the first of them waits for the demo's first start
    is_worker = hasattr(config, "workerinput")
    items.sort(key=lambda item: (_is(item, "browser") != is_worker, _is(item, "slow"), _place_in_browser(item)))


def _place_in_browser(item: pytest.Item) -> tuple[bool, str, int, str]:
    if not _is(item, "browser"):
        return False, "", 0, ""
    path, line, _ = item.location
    return path.endswith("test_accessibility.py"), path, line or 0, item.name


def _is(item: pytest.Item, marker: str) -> bool:
    return item.get_closest_marker(marker) is not None


def pytest_collection_finish() -> None:
    """What is loaded by now stays; to look through it for garbage again and again takes a twentieth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


class OneWorkerEach(LoadScopeScheduling):
    """Tests go to whichever worker is free; those that share what takes long to make stay together."""

    def _split_scope(self, nodeid: str) -> str:
        if "postgres" in nodeid:
            return "postgres"
        return next((place for place in TOGETHER if nodeid.startswith(place)), nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> OneWorkerEach:
    return OneWorkerEach(config, log)


@pytest.fixture(scope="session", autouse=True)
def compiled_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Flask, "jinja_options", {"bytecode_cache": Templates()})
        patch.setattr(Rule, "compile", addresses_once())
        patch.setattr(SQLiteDialect_pysqlite, "engine_created", statements_once())
        yield


@pytest.fixture(scope="session")
def migrated_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database at the present schema; copy it, do not write to it."""
    path = tmp_path_factory.mktemp("database") / "empty.sqlite"
    migrations.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def engine(migrated_database: Path, tmp_path: Path) -> Iterator[Engine]:
    """A database of this test's own."""
    path = shutil.copy(migrated_database, tmp_path / "matchmaker.sqlite")
    engine = create_engine(f"sqlite:///{path}")
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine.execution_options(writes=True), expire_on_commit=False) as session:
        yield session
