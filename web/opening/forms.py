"""The lines of the scorecard as one table of fields: a weight and two marks each."""

from matchmaker.services.opening.criteria import CriterionDraft
from web.forms.figures import FigureTable


class CriteriaForm(FigureTable):
    figures = ("weight", "low", "high")

    def drafts(self) -> dict[str, CriterionDraft]:
        return {
            code: CriterionDraft(**{name: cells[name].number() or 0.0 for name in self.figures})
            for code, _record, cells in self.rows
        }
