"""Conflicts of interest on record: the list, adding a pair, taking one off."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.services.actors import Permission
from matchmaker.services.rule_sets import conflicts
from web.access import current_actor, permitted
from web.database import session
from web.officer.rule_forms import ConflictForm
from web.transactions import commits

bp = Blueprint("conflicts", __name__, url_prefix="/rules/conflicts")


@bp.get("/")
@permitted(Permission.RULES_EDIT)
def list_conflicts() -> ResponseReturnValue:
    return _render(ConflictForm(formdata=None))


@bp.post("/")
@permitted(Permission.RULES_EDIT)
@commits
def add_conflict() -> ResponseReturnValue:
    form = ConflictForm()
    if form.validate():
        with form.refusing():
            conflicts.add_conflict(session(), current_actor(), form.draft())
            flash(_("The pair is on record. Teams that are looked for from now on keep it apart."), "success")
            return redirect(url_for("conflicts.list_conflicts"))
    return _render(form), 422


@bp.get("/<uuid:conflict_id>/remove")
@permitted(Permission.RULES_EDIT)
def show_removal(conflict_id: UUID) -> ResponseReturnValue:
    found = conflicts.get_conflict(session(), current_actor(), conflict_id)
    return render_template("officer/conflict_remove.html", conflict=found)


@bp.post("/<uuid:conflict_id>/remove")
@permitted(Permission.RULES_EDIT)
@commits
def remove_conflict(conflict_id: UUID) -> ResponseReturnValue:
    found = conflicts.get_conflict(session(), current_actor(), conflict_id)
    conflicts.remove_conflict(session(), current_actor(), found.record)
    flash(_("The pair is off the record."), "success")
    return redirect(url_for("conflicts.list_conflicts"))


def _render(form: ConflictForm) -> str:
    listed = conflicts.list_conflicts(session(), current_actor())
    return render_template("officer/conflicts.html", form=form, conflicts=listed)
