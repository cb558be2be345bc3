"""The figures by which nodes are judged, as one table that officers keep."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.services.actors import Permission
from matchmaker.services.chain import limits
from matchmaker.services.chain.limits import LimitDraft
from web.access import current_actor, permitted
from web.chain.routes import bp
from web.database import session
from web.forms.figures import FigureTable
from web.transactions import commits


class LimitsForm(FigureTable):
    figures = ("value",)
    words = ("source_zh", "source")

    def drafts(self) -> dict[str, LimitDraft]:
        return {
            code: LimitDraft(cells["value"].number() or 0.0, cells["source"].text, cells["source_zh"].text)
            for code, _record, cells in self.rows
        }


@bp.get("/limits")
@permitted(Permission.INDICATOR_EDIT)
def show_limits() -> ResponseReturnValue:
    return _render(_form())


@bp.post("/limits")
@permitted(Permission.INDICATOR_EDIT)
@commits
def change_limits() -> ResponseReturnValue:
    form = _form(request.form)
    if form.validate():
        with form.refusing():
            limits.change(session(), current_actor(), form.drafts(), expected_versions=form.expected_versions())
            flash(
                _("The figures are saved. Maps and what-ifs follow them from now on; maps kept earlier stay."),
                "success",
            )
            return redirect(url_for("chain.show_map"))
    return _render(form), 422


def _form(typed: dict[str, str] | None = None) -> LimitsForm:
    return LimitsForm({one.code: one for one in limits.list_all(session())}, typed)


def _render(form: LimitsForm) -> str:
    return render_template("chain/limits.html", form=form, bounds=limits.BOUNDS)
