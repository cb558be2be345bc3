"""The columns that a fund adds to a list of its own, and the values in them.

A column that is taken away is only put out of sight, and so are its values: bringing it back shows them again.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput, NotFound, Stale
from matchmaker.services.actors import Actor
from matchmaker.services.changes import change
from matchmaker.services.desk import rights
from models.base import new_id
from models.desk import Deal, DealList
from models.enums import ColumnType

MOST_COLUMNS = 20
MOST_CHOICES = 20
LONGEST_LABEL = 60
LONGEST_TEXT = 500
# Beyond it a figure is a slip of the finger, and no column or sum of them could be read.
LARGEST_NUMBER = 1e12


@dataclass(frozen=True)
class Column:
    key: str
    label: str
    type: ColumnType
    choices: tuple[str, ...] = ()
    is_away: bool = False


def columns_of(deal_list: DealList) -> list[Column]:
    """The columns that are shown."""
    return [one for one in all_columns(deal_list) if not one.is_away]


def all_columns(deal_list: DealList) -> list[Column]:
    return [
        Column(one["key"], one["label"], ColumnType(one["type"]), tuple(one["choices"]), one["is_away"])
        for one in deal_list.columns
    ]


def get_column(deal_list: DealList, key: str) -> Column:
    column = next((one for one in all_columns(deal_list) if one.key == key), None)
    if column is None:
        raise NotFound("column", key)
    return column


def add_column(
    session: Session, actor: Actor, list_id: UUID, label: str, type_: ColumnType, *, choices: Sequence[str] = ()
) -> Column:
    """Two people who add one each at the same time both get theirs: the list is read again before it is written."""
    deal_list = rights.get_editable_list(session, actor, list_id)
    columns = all_columns(deal_list)
    if len(columns) >= MOST_COLUMNS:
        raise InvalidInput("too_many_columns", most=MOST_COLUMNS)
    _check_label(columns, label)
    column = Column(f"c{new_id().hex[-12:]}", label.strip(), type_, _choices(type_, choices))
    _store(session, actor, "list.add-column", deal_list, [*columns, column])
    return column


def rename_column(
    session: Session, actor: Actor, list_id: UUID, key: str, label: str, *, shown_label: str | None = None
) -> None:
    """`shown_label` is what the person saw; somebody who renamed it since is not overruled unseen."""
    deal_list = rights.get_editable_list(session, actor, list_id)
    column = get_column(deal_list, key)
    if shown_label is not None and column.label not in (shown_label, label.strip()):
        raise Stale("deal_lists", {"label": (column.label, label)})
    others = [one for one in all_columns(deal_list) if one.key != key]
    _check_label(others, label)
    _put(session, actor, "list.rename-column", deal_list, replace(column, label=label.strip()))


def put_away(session: Session, actor: Actor, list_id: UUID, key: str) -> None:
    """Out of sight, with its values; nothing is deleted."""
    deal_list = rights.get_editable_list(session, actor, list_id)
    _put(session, actor, "list.put-column-away", deal_list, replace(get_column(deal_list, key), is_away=True))


def bring_back(session: Session, actor: Actor, list_id: UUID, key: str) -> None:
    deal_list = rights.get_editable_list(session, actor, list_id)
    _put(session, actor, "list.bring-column-back", deal_list, replace(get_column(deal_list, key), is_away=False))


def count_values(session: Session, actor: Actor, list_id: UUID, key: str) -> int:
    """How many deals have a value in a column."""
    deal_list = rights.get_list(session, actor, list_id)
    values = session.exec(select(col(Deal.values)).where(Deal.list_id == deal_list.id))
    return sum(key in one for one in values)


def checked_values(deal_list: DealList, typed: Mapping[str, object]) -> dict[str, object]:
    """What was typed into the shown columns, as it is stored; an empty one is left out."""
    stored: dict[str, object] = {}
    for column in columns_of(deal_list):
        value = _checked(column, typed.get(column.key))
        if value is not None:
            stored[column.key] = value
    return stored


def _checked(column: Column, value: object) -> object:
    field = f"value_{column.key}"
    if value is None or value == "":
        return None
    match column.type:
        case ColumnType.NUMBER:
            return _checked_number(field, value)
        case ColumnType.DATE:
            if not isinstance(value, date):
                raise InvalidInput("value_not_a_day", field=field)
            return value.isoformat()
        case ColumnType.CHOICE:
            if value not in column.choices:
                raise InvalidInput("unknown_choice", field=field, codes=[str(value)])
            return str(value)
        case ColumnType.TEXT:
            if len(str(value)) > LONGEST_TEXT:
                raise InvalidInput("too_long", field=field, most=LONGEST_TEXT)
            return str(value)


def _checked_number(field: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise InvalidInput("value_not_a_number", field=field)
    if abs(value) > LARGEST_NUMBER:
        raise InvalidInput("out_of_range", field=field, low=-LARGEST_NUMBER, high=LARGEST_NUMBER)
    return float(value)


def _check_label(others: Sequence[Column], label: str) -> None:
    if not 1 <= len(label.strip()) <= LONGEST_LABEL:
        raise InvalidInput("column_label", field="label", most=LONGEST_LABEL)
    if label.strip() in {one.label for one in others}:
        raise InvalidInput("column_twice", field="label")


def _choices(type_: ColumnType, typed: Sequence[str]) -> tuple[str, ...]:
    if type_ is not ColumnType.CHOICE:
        return ()
    choices = tuple(dict.fromkeys(one.strip() for one in typed if one.strip()))
    if not 2 <= len(choices) <= MOST_CHOICES or any(len(one) > LONGEST_LABEL for one in choices):
        raise InvalidInput("column_choices", field="choices", most=MOST_CHOICES)
    return choices


def _put(session: Session, actor: Actor, action: str, deal_list: DealList, column: Column) -> None:
    columns = [column if one.key == column.key else one for one in all_columns(deal_list)]
    _store(session, actor, action, deal_list, columns)


def _store(session: Session, actor: Actor, action: str, deal_list: DealList, columns: Sequence[Column]) -> None:
    plain = [{**asdict(one), "type": one.type.value, "choices": list(one.choices)} for one in columns]
    change(session, actor, action, deal_list, {"columns": plain}, expected_version=None)


def typed_value(column: Column, stored: object) -> object:
    """A stored value as a form and a page take it: a day as a date."""
    if column.type is ColumnType.DATE and isinstance(stored, str):
        return date.fromisoformat(stored)
    return stored
