"""Reads the tables of a data set; a column that is missing reads as unknown in every row."""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as parquet
from numpy.typing import NDArray
from scipy.sparse import csr_array

from matchmaker.errors import InvalidInput
from matchmaker.profiles import UNKNOWN, Floats, Ints

Row = dict[str, Any]
SEPARATOR = re.compile(r"[|;]")


def read_rows(path: Path, columns: Sequence[str]) -> list[Row]:
    """The rows of a parquet file, each with exactly these columns."""
    if not path.is_file():
        raise InvalidInput("file_missing", field=path.name, folder=str(path.parent))
    present = set(parquet.read_schema(path).names)
    rows: list[Row] = parquet.read_table(path, columns=[c for c in columns if c in present]).to_pylist()
    absent = dict.fromkeys(c for c in columns if c not in present)
    return [{**absent, **row} for row in rows]


def parse_day(value: object) -> int:
    """Ordinal of a date, of ISO text, or of 1 January where only the year is known; UNKNOWN otherwise."""
    if isinstance(value, dt.datetime):
        return value.date().toordinal()
    if isinstance(value, dt.date):
        return value.toordinal()
    text = str(value).strip().removesuffix(".0") if value is not None else ""
    if re.fullmatch(r"(1[89]|20)\d\d", text):
        return dt.date(int(text), 1, 1).toordinal()
    try:
        return dt.date.fromisoformat(text[:10]).toordinal()
    except ValueError:
        return UNKNOWN


def parse_amount(value: object) -> float:
    """A positive sum of money; NaN where it is unknown or no sum."""
    try:
        amount = float(str(value))
    except ValueError:
        return float("nan")
    return amount if 0 < amount < float("inf") else float("nan")


def split_values(value: object) -> list[str]:
    """What several values joined by | or ; say, each once."""
    parts = (part.strip() for part in SEPARATOR.split(str(value))) if value is not None else ()
    return list(dict.fromkeys(part for part in parts if part))


class Vocabulary:
    """Gives every word the number of its first coming."""

    def __init__(self) -> None:
        self._rows: dict[str, int] = {}

    def add(self, word: str | None) -> int:
        return UNKNOWN if not word else self._rows.setdefault(word, len(self._rows))

    def find(self, word: str) -> int:
        return self._rows.get(word, UNKNOWN)

    def words(self) -> tuple[str, ...]:
        return tuple(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


def indicator(row_columns: Sequence[Iterable[int]], width: int) -> csr_array:
    """A sparse matrix with 1 where a row names a column."""
    sorted_columns = [sorted(set(columns)) for columns in row_columns]
    starts = np.cumsum([0, *(len(columns) for columns in sorted_columns)])
    flat = np.array([c for columns in sorted_columns for c in columns], np.int32)
    return csr_array((np.ones(len(flat), np.float32), flat, starts), shape=(len(row_columns), width))


def ints(values: Iterable[int]) -> Ints:
    return np.array(list(values), np.int32)


def floats(values: Iterable[float]) -> Floats:
    return np.array(list(values), np.float32)


def encode_ids(ids: Iterable[str]) -> NDArray[np.bytes_]:
    return np.array([i.encode() for i in ids] or [b""], "S")[: None if ids else 0]


def no_columns(rows: int) -> csr_array:
    return csr_array(np.empty((rows, 0), np.float32))
