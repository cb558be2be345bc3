"""What the tables refuse, on a real SQLite: every CHECK and every UNIQUE has a row that breaks it."""

from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import Session, SQLModel

import models  # noqa: F401 - registers every table
from models.base import Edited, metadata, new_id
from tests.integration.refused_rows import (
    ANOTHER,
    CHECKS,
    CODE_OF,
    FILLED,
    FIRST,
    INSTEAD,
    NEEDED,
    SAMPLES,
    SECOND,
    TABLES,
    UNIQUES,
    Breach,
    Values,
)


def enum_columns() -> list[sa.Column[Any]]:
    tables = (metadata.tables[name] for name in TABLES)
    return [column for table in tables for column in table.columns if isinstance(column.type, sa.Enum)]


def checks() -> list[sa.CheckConstraint]:
    found = (item for table in metadata.tables.values() for item in table.constraints)
    return [item for item in found if isinstance(item, sa.CheckConstraint)]


def is_of_enum(check: sa.CheckConstraint) -> bool:
    return bool(getattr(check, "_type_bound", False))


def edited_tables() -> list[type[Any]]:
    mapped = (mapper.class_ for mapper in SQLModel._sa_registry.mappers)
    return sorted((model for model in mapped if issubclass(model, Edited)), key=lambda model: model.__name__)


def foreign_keys() -> list[sa.Column[Any]]:
    return [column for name in TABLES for column in metadata.tables[name].columns if column.foreign_keys]


@pytest.fixture
def connection(engine: Engine):
    with engine.connect() as connection:
        yield connection


def row_for(connection: sa.Connection, table: sa.Table, values: Values) -> dict[str, Any]:
    """A valid row but for `values`; the rows that it refers to are there when this returns."""
    given = {**NEEDED.get(table.name, {}), **values}
    filled = FILLED.get(table.name, frozenset())
    wanted = [column for column in table.columns if not column.nullable or column.name in filled]
    missing = [column for column in wanted if column.name not in given]
    return given | {column.name: sample(connection, column) for column in missing}


def sample(connection: sa.Connection, column: sa.Column[Any]) -> Any:
    if column.foreign_keys:
        return referred(connection, column)
    if isinstance(column.type, sa.Enum):
        return column.type.enums[0]
    if column.name == "code":
        return CODE_OF[column.table.name]
    if column.name == "id" and python_type(column) is UUID:
        return new_id()
    return SAMPLES[python_type(column)]


def python_type(column: sa.Column[Any]) -> type:
    """Of the column itself or, where a decorator stands around it, of what is inside."""
    return getattr(column.type, "impl_instance", column.type).python_type


def referred(connection: sa.Connection, column: sa.Column[Any]) -> Any:
    """The key of a row to which `column` may point; one that points at its own kind's neighbour gets another."""
    target = next(iter(column.foreign_keys)).column
    other = ANOTHER.get(str(column), ANOTHER.get(column.name))
    if other is None:
        there = connection.execute(sa.select(target).order_by(target.desc()).limit(1)).scalar()
        return insert(connection, target.table.name, {})[target.name] if there is None else there
    if connection.execute(sa.select(target).where(target == other)).scalar() is None:
        insert(connection, target.table.name, {target.name: other})
    return other


def insert(connection: sa.Connection, table_name: str, values: Values) -> dict[str, Any]:
    table = metadata.tables[table_name]
    row = row_for(connection, table, values)
    # As text the way a column of an enum would send it, so that a value outside the list reaches the database.
    plain = sa.table(table.name, *(sa.column(column.name, plain_type(column)) for column in table.columns))
    connection.execute(plain.insert().values({name: as_text(value) for name, value in row.items()}))
    return row


def insert_for_a_moment(connection: sa.Connection, table_name: str, values: Values) -> None:
    with connection.begin_nested() as attempt:
        insert(connection, table_name, values)
        attempt.rollback()


def plain_type(column: sa.Column[Any]) -> sa.types.TypeEngine[Any]:
    return sa.String() if isinstance(column.type, sa.Enum) else column.type


def as_text(value: Any) -> Any:
    return value.value if isinstance(value, StrEnum) else value


@pytest.mark.parametrize("breach", CHECKS, ids=str)
def test_a_row_that_breaks_a_check_is_refused_by_that_check(connection, breach):
    insert_for_a_moment(connection, breach.table, {})  # without the breach the row is taken

    with pytest.raises(IntegrityError, match=rf"CHECK constraint failed: {breach.constraint}\n"):
        insert(connection, breach.table, breach.values)


@pytest.mark.parametrize("breach", UNIQUES, ids=str)
def test_a_second_row_with_the_same_key_is_refused(connection, breach):
    table = metadata.tables[breach.table]
    first = insert(connection, breach.table, {**others(table, breach, 1), **breach.values})
    shared = {name: first[name] for name in keys_of(table)[breach.constraint]}
    columns = ", ".join(f"{table.name}.{name}" for name in shared)

    with pytest.raises(IntegrityError, match=rf"UNIQUE constraint failed: {columns}\n"):
        insert(connection, breach.table, {**others(table, breach, 2), **shared})


def others(table: sa.Table, breach: Breach, number: int) -> Values:
    """Values that differ from row to row in the unique columns that this case is not about."""
    keys = keys_of(table)
    names = {name for key, columns in keys.items() if key != breach.constraint for name in columns}
    apart = names.difference(keys[breach.constraint])
    counted = {column.name: number for column in table.primary_key if column.autoincrement is False}
    return counted | {name: f"row {number}" for name in apart if python_type(table.columns[name]) is str}


def keys_of(table: sa.Table) -> dict[str, list[str]]:
    """The UNIQUE constraints and indexes of a table by name, with their columns."""
    constraints = [item for item in table.constraints if isinstance(item, sa.UniqueConstraint)]
    indexes = [item for item in table.indexes if item.unique]
    unique: list[sa.UniqueConstraint | sa.Index] = [*constraints, *indexes]
    return {str(item.name): [column.name for column in item.columns] for item in unique}


@pytest.mark.parametrize("column", enum_columns(), ids=str)
def test_a_value_outside_a_closed_list_is_refused(connection, column):
    with pytest.raises(IntegrityError, match="CHECK constraint failed"):
        insert(connection, column.table.name, {column.name: "nothing of the kind"})


@pytest.mark.parametrize("column", enum_columns(), ids=str)
def test_every_value_of_a_closed_list_is_taken(connection, column):
    end = {"valid_until": date(2027, 1, 1)} if "valid_until" in column.table.columns else {}
    for value in column.type.enum_class:
        insert_for_a_moment(connection, column.table.name, {**end, column.name: value})


@pytest.mark.parametrize("column", foreign_keys(), ids=str)
def test_a_key_that_points_at_nothing_is_refused(connection, column):
    nowhere = UUID(int=2**128 - 404) if python_type(column) is UUID else "nowhere"

    with pytest.raises(IntegrityError, match="FOREIGN KEY constraint failed"):
        insert(connection, column.table.name, {**INSTEAD.get(str(column), {}), column.name: nowhere})


@pytest.mark.parametrize("model", edited_tables(), ids=lambda model: model.__name__)
def test_whoever_edits_a_stale_version_is_told_and_overwrites_nothing(engine, model):
    with engine.begin() as connection:
        key = insert(connection, model.__tablename__, {})["id"]
    writers = engine.execution_options(writes=True)

    with Session(writers, expire_on_commit=False) as late, Session(writers) as early:
        opened = late.get_one(model, key)
        late.commit()  # their page is open, their transaction is over
        early.get_one(model, key).changed_at = FIRST
        early.commit()
        opened.changed_at = SECOND
        with pytest.raises(StaleDataError):
            late.commit()

    with Session(engine) as after:
        assert after.get_one(model, key).changed_at == FIRST


def test_every_check_has_a_case_that_breaks_it():
    named = {str(check.name) for check in checks() if not is_of_enum(check)}

    assert {breach.constraint for breach in CHECKS} == named


def test_every_unique_constraint_has_a_case_that_breaks_it():
    assert {breach.constraint for breach in UNIQUES} == {
        name for table in metadata.tables.values() for name in keys_of(table)
    }


def test_every_closed_list_is_guarded_by_a_check_of_its_table():
    guarded = [check for check in checks() if is_of_enum(check)]

    assert len(guarded) == len(enum_columns())
