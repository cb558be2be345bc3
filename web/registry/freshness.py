"""After how many days profiles are stale, as one table that officers keep."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.services.freshness import limits
from matchmaker.services.freshness.limits import FreshnessDraft
from models.enums import OrganisationKind
from models.registry import FreshnessLimit
from web.access import current_actor
from web.database import session
from web.forms.figures import FigureTable
from web.registry.area import bp, curators_only
from web.transactions import commits


class FreshnessForm(FigureTable):
    figures = ("days",)
    words = ("source_zh", "source")
    may_be_empty = True

    def drafts(self) -> dict[OrganisationKind, FreshnessDraft]:
        found = {}
        for kind, _record, cells in self.rows:
            days = cells["days"].number()
            whole = None if days is None else int(days)
            found[OrganisationKind(kind)] = FreshnessDraft(whole, cells["source"].text, cells["source_zh"].text)
        return found

    def validate(self) -> bool:
        """Days are whole, so that nothing is rounded behind anybody's back."""
        for _kind, _record, cells in self.rows:
            days = cells["days"].number()
            if days is not None and not days.is_integer():
                cells["days"].error = _("Enter a whole number of days.")
        return super().validate()


@bp.get("/profiles/limits")
@curators_only
def show_freshness_limits() -> ResponseReturnValue:
    return _render(FreshnessForm(_rows()))


@bp.post("/profiles/limits")
@curators_only
@commits
def change_freshness_limits() -> ResponseReturnValue:
    form = FreshnessForm(_rows(), request.form)
    if form.validate():
        with form.refusing():
            versions = {OrganisationKind(kind): seen for kind, seen in form.expected_versions().items()}
            limits.change(session(), current_actor(), form.drafts(), expected_versions=versions)
            flash(_("The days are saved. Lists of stale profiles follow them from now on."), "success")
            return redirect(url_for("registry.list_profiles"))
    return _render(form), 422


def _rows() -> dict[str, FreshnessLimit | None]:
    return {kind.value: limit for kind, limit in limits.list_all(session()).items()}


def _render(form: FreshnessForm) -> str:
    return render_template("registry/freshness_limits.html", form=form)
