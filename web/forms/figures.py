"""Reference rows as one table of fields: figures and their sources, all sent at once."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

from flask_babel import gettext as _

from matchmaker.errors import InvalidInput
from web.refusals import refusal_text


@dataclass
class Cell:
    """One field of the table: what stands in it, and what is wrong with it."""

    name: str
    text: str
    error: str = ""

    def number(self) -> float | None:
        try:
            return float(self.text.replace(",", "").strip())
        except ValueError:
            return None


class FigureTable:
    """What is typed stays as it was typed; an error stands at its cell, which is called `<code>-<column>`.

    `figures` are columns of numbers, `words` of text; a figure may be left empty where `may_be_empty` says so.
    """

    figures: ClassVar[tuple[str, ...]]
    words: ClassVar[tuple[str, ...]] = ()
    may_be_empty: ClassVar[bool] = False

    def __init__(self, records: Mapping[str, Any], typed: Mapping[str, str] | None = None) -> None:
        """`records` by their code; None for one that is not there yet."""
        self.form_errors: list[str] = []
        self._typed = typed or {}
        self.rows = [(code, record, self._cells(code, record)) for code, record in records.items()]

    def _cells(self, code: str, record: Any) -> dict[str, Cell]:
        stored = {name: getattr(record, name, None) for name in (*self.figures, *self.words)}
        return {
            name: Cell(f"{code}-{name}", self._typed.get(f"{code}-{name}", _plain(value)).strip())
            for name, value in stored.items()
        }

    @property
    def cells(self) -> list[Cell]:
        return [cell for _code, _record, cells in self.rows for cell in cells.values()]

    @property
    def errors(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.error]

    def validate(self) -> bool:
        for _code, _record, cells in self.rows:
            for cell in (cells[name] for name in self.figures):
                if cell.number() is None and not (self.may_be_empty and not cell.text):
                    cell.error = _("Enter a number, such as 2 or 99.5")
        return not self.errors

    def expected_versions(self) -> dict[str, int | None]:
        """0 where a row was not there when the page was opened."""
        seen = {code: self._typed.get(f"{code}-version", "") for code, _record, _cells in self.rows}
        return {code: int(text) if text.isdecimal() else 0 for code, text in seen.items()}

    @contextmanager
    def refusing(self) -> Iterator[None]:
        """A rule that the service found broken becomes the error of its cell, or of the whole table."""
        try:
            yield
        except InvalidInput as error:
            cell = next((one for one in self.cells if one.name == error.field), None)
            if cell is None:
                self.form_errors.append(refusal_text(error))
            else:
                cell.error = refusal_text(error)


def _plain(value: float | str | None) -> str:
    return "" if value is None else value if isinstance(value, str) else f"{value:.10g}"
