"""How open the region's labs and pilot bases are, line by line; officers set what a line counts."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.services.actors import Permission, can
from matchmaker.services.calendar import today
from matchmaker.services.opening import criteria, scorecard
from matchmaker.services.scope import REGION
from models.opening import OpeningCriterion
from web.access import current_actor, permitted
from web.database import session
from web.opening.forms import CriteriaForm
from web.region_scopes import scope_groups, scope_in_address, scope_name, scope_value
from web.transactions import commits

bp = Blueprint("opening", __name__, url_prefix="/open-facilities")
PAGE_SIZE = 30


@bp.get("/")
@permitted(Permission.SCORECARD_VIEW)
def show_scorecard() -> ResponseReturnValue:
    scope = scope_in_address()
    scores = scorecard.list_scores(session(), current_actor(), scope, today())
    page = max(1, min(request.args.get("page", 1, type=int), -(-len(scores) // PAGE_SIZE)))
    return render_template(
        "opening/scorecard.html",
        scores=scores[(page - 1) * PAGE_SIZE : page * PAGE_SIZE],
        total=len(scores),
        page=page,
        size=PAGE_SIZE,
        ownership=scorecard.group_by_ownership(scores),
        operators=scorecard.group_by_operator(scores),
        criteria=criteria.list_criteria(session()),
        chosen=scope_value(scope),
        name=scope_name(scope),
        groups=scope_groups(),
        as_of=today(),
        may_edit=_may_edit(),
    )


@bp.get("/<uuid:facility_id>")
@permitted(Permission.SCORECARD_VIEW)
def show_facility(facility_id: UUID) -> ResponseReturnValue:
    score = scorecard.get_score(session(), current_actor(), facility_id, REGION, today())
    return render_template("opening/facility.html", score=score, as_of=today())


@bp.get("/criteria")
@permitted(Permission.INDICATOR_EDIT)
def show_criteria() -> ResponseReturnValue:
    return _render(CriteriaForm(_criteria()))


@bp.post("/criteria")
@permitted(Permission.INDICATOR_EDIT)
@commits
def change_criteria() -> ResponseReturnValue:
    form = CriteriaForm(_criteria(), request.form)
    if form.validate():
        with form.refusing():
            criteria.change_criteria(
                session(), current_actor(), form.drafts(), expected_versions=form.expected_versions()
            )
            flash(_("The lines are saved. The scorecard follows them from now on."), "success")
            return redirect(url_for("opening.show_scorecard"))
    return _render(form), 422


def _render(form: CriteriaForm) -> str:
    return render_template("opening/criteria.html", form=form)


def _criteria() -> dict[str, OpeningCriterion]:
    return {one.code: one for one in criteria.list_criteria(session())}


def _may_edit() -> bool:
    return can(current_actor(), Permission.INDICATOR_EDIT)
