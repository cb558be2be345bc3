"""What all readers of tables share: vocabularies, grades, keys, chunks."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session, select

from matchmaker.profiles import UNKNOWN
from models import organisations, taxonomy
from models.enums import Grade


class Vocabulary:
    """Codes and their row numbers, by name; a new code gets the next number."""

    def __init__(self, known: Mapping[str, Sequence[str]] | None = None) -> None:
        self.codes: dict[str, list[str]] = {name: list(codes) for name, codes in (known or {}).items()}
        self._rows = {name: {code: row for row, code in enumerate(codes)} for name, codes in self.codes.items()}

    def row(self, name: str, code: str) -> int:
        rows = self._rows.setdefault(name, {})
        codes = self.codes.setdefault(name, [])
        if code not in rows:
            rows[code] = len(codes)
            codes.append(code)
        return rows[code]

    def find(self, name: str, code: str) -> int:
        return self._rows.get(name, {}).get(code, UNKNOWN)

    def size(self, name: str) -> int:
        return len(self.codes.get(name, ()))


class Visibility:
    """Whether a field of an organisation is open to every signed-in person."""

    def __init__(self, session: Session) -> None:
        grades = session.exec(select(taxonomy.FieldGradeDefault.field, taxonomy.FieldGradeDefault.grade)).all()
        self._default = dict(grades)
        own = organisations.FieldGrade
        self._own = {
            (key, name): grade for key, name, grade in session.exec(select(own.organisation_id, own.field, own.grade))
        }

    def __call__(self, organisation_id: UUID, name: str) -> bool:
        default = self._default.get(name, Grade.CLOSED)
        return self._own.get((organisation_id, name), default) == Grade.OPEN


def key_of(identity: UUID) -> bytes:
    return str(identity).encode()


def keys_of(identities: Sequence[UUID]) -> NDArray[Any]:
    return np.array([str(identity) for identity in identities], dtype="S36")


def rows_of(session: Session, query: Any, owner: Any, only: Sequence[UUID] | None) -> list[Any]:
    """All rows of `query`, or those whose `owner` is among `only` some organisations."""
    if only is None:
        return list(session.execute(query).all())
    found: list[Any] = []
    for start in range(0, len(only), 500):
        found.extend(session.execute(query.where(owner.in_(only[start : start + 500]))).all())
    return found


def small(values: Iterable[int | None]) -> NDArray[Any]:
    return np.array([UNKNOWN if value is None else value for value in values], dtype=np.int8)


def measured(values: Iterable[float | None]) -> NDArray[Any]:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float32)


def text_of(*parts: str) -> str:
    """What a posting says in one language, most telling part first, or nothing."""
    return "\n".join(part for part in parts if part.strip())
