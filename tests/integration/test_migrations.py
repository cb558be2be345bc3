import pytest
import sqlalchemy as sa

from models import migrations
from models.base import metadata


@pytest.fixture
def sqlite_url(tmp_path):
    return f"sqlite:///{tmp_path / 'migrated.sqlite'}"


@pytest.fixture(params=["sqlite_url", "empty_postgres_url"])
def url(request):
    return request.getfixturevalue(request.param)


def tables_at(url):
    engine = sa.create_engine(url)
    names = set(sa.inspect(engine).get_table_names())
    engine.dispose()
    return names


def test_the_migrations_make_exactly_the_tables_of_the_models(url):
    migrations.upgrade(url)

    migrations.check(url)
    assert tables_at(url) == set(metadata.tables) | {"alembic_version"}


def test_the_migrations_go_all_the_way_back_and_up_again(url):
    migrations.upgrade(url)

    migrations.downgrade(url)
    assert tables_at(url) == {"alembic_version"}

    migrations.upgrade(url)
    migrations.check(url)
