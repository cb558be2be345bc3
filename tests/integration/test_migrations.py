import pytest
import sqlalchemy as sa

from models import migrations
from models.audit import RetentionRule
from models.base import metadata
from models.chain import ChainLimit
from seeds.reference import read_reference, records_of


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


def test_rules_of_the_last_release_get_their_minimum_and_a_source_in_both_languages(url):
    migrations.upgrade(url, "0012")
    old = "《中华人民共和国网络安全法》第二十一条：网络日志留存不少于六个月；可由管理员调整"
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        rules = sa.Table("retention_rules", sa.MetaData(), autoload_with=connection)
        common = {"version": 1, "name_zh": "", "name_en": "", "position_in_list": 0}
        connection.execute(rules.insert().values(code="sign_ins", days=30, source=old, **common))
        connection.execute(rules.insert().values(code="jobs_done", days=30, source="our own", **common))

    migrations.upgrade(url)

    with engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT code, days, least_days, source, source_zh FROM retention_rules"))
        found = {code: said for code, *said in rows}
    engine.dispose()
    shipped = {str(one.code): one for one in records_of(read_reference(), RetentionRule)}["sign_ins"]
    assert found["sign_ins"] == [184, 184, shipped.source, shipped.source_zh]
    assert found["jobs_done"] == [30, 1, "our own", ""]


@pytest.mark.parametrize(("kept", "shown"), [(0.57, 57), (0.625, 62.5)])
def test_the_fit_from_which_a_need_is_met_is_out_of_100_from_now_on_with_the_source_as_shipped(url, kept, shown):
    shipped = next(one for one in records_of(read_reference(), ChainLimit) if one.code == "met_fit")
    migrations.upgrade(url)
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        limits = sa.Table("chain_limits", sa.MetaData(), autoload_with=connection)
        connection.execute(limits.insert().values(**{**shipped.model_dump(), "value": shown, "version": 1}))

    migrations.downgrade(url, "0014")
    with engine.connect() as connection:
        before = connection.execute(sa.select(limits.c.value, limits.c.source)).one()
    migrations.upgrade(url)
    with engine.connect() as connection:
        after = connection.execute(sa.select(limits.c.value, limits.c.source, limits.c.source_zh)).one()
    engine.dispose()

    assert before.value == kept
    assert "as a part of 1" in before.source
    assert tuple(after) == (shown, shipped.source, shipped.source_zh)
