"""The lines of the scorecard as one table of fields: a weight and two marks each."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from flask_babel import gettext as _

from matchmaker.errors import InvalidInput
from matchmaker.services.opening.criteria import CriterionDraft
from models.opening import OpeningCriterion
from web.refusals import refusal_text

FIGURES = ("weight", "low", "high")


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


class CriteriaForm:
    """What is typed stays as it was typed; an error stands at its cell."""

    def __init__(self, criteria: Sequence[OpeningCriterion], typed: Mapping[str, str] | None = None) -> None:
        self.form_errors: list[str] = []
        self._typed = typed or {}
        self.rows = [(criterion, self._cells(criterion)) for criterion in criteria]

    def _cells(self, criterion: OpeningCriterion) -> list[Cell]:
        stored = {name: getattr(criterion, name) for name in FIGURES}
        return [
            Cell(f"{criterion.code}-{name}", self._typed.get(f"{criterion.code}-{name}", _plain(stored[name])))
            for name in FIGURES
        ]

    @property
    def cells(self) -> list[Cell]:
        return [cell for _criterion, cells in self.rows for cell in cells]

    @property
    def errors(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.error]

    def validate(self) -> bool:
        for cell in self.cells:
            if cell.number() is None:
                cell.error = _("Enter a number, such as 2 or 99.5")
        return not self.errors

    def drafts(self) -> dict[str, CriterionDraft]:
        return {
            criterion.code: CriterionDraft(*(cell.number() or 0.0 for cell in cells)) for criterion, cells in self.rows
        }

    def expected_versions(self) -> dict[str, int | None]:
        seen = {criterion.code: self._typed.get(f"{criterion.code}-version", "") for criterion, _cells in self.rows}
        return {code: int(text) if text.isdigit() else 0 for code, text in seen.items()}

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


def _plain(value: float | None) -> str:
    return "" if value is None else f"{value:.10g}"
