"""Who may see what of an organisation: every field with its grade, and changing one with a reason."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import NotFound
from matchmaker.services import grading, organisations
from matchmaker.services.grading import GradeLine
from models.enums import Grade
from models.organisations import Organisation
from web.access import current_actor
from web.database import session
from web.registry import words
from web.registry.area import bp, curators_only
from web.registry.forms import GradeForm
from web.transactions import commits


@bp.get("/grades")
@curators_only
def list_graded() -> ResponseReturnValue:
    """Those with grades of their own, or those whose name or credit code is typed."""
    named = request.args.get("q", "").strip()[:200]
    page = grading.list_graded(session(), current_actor(), named=named, page=request.args.get("page", 1, type=int))
    return render_template("registry/graded.html", page=page, named=named)


@bp.get("/organisations/<uuid:organisation_id>/grades")
@curators_only
def show_grades(organisation_id: UUID) -> ResponseReturnValue:
    organisation = organisations.get_organisation(session(), organisation_id)
    return render_template(
        "registry/grades.html",
        organisation=organisation,
        lines=grading.list_lines(session(), current_actor(), organisation),
        words=words,
    )


@bp.get("/organisations/<uuid:organisation_id>/grades/<field>")
@curators_only
def show_grade(organisation_id: UUID, field: str) -> ResponseReturnValue:
    organisation = organisations.get_organisation(session(), organisation_id)
    line = _line(organisation, field)
    return _render(
        organisation, line, GradeForm.of(line.allowed, formdata=None, grade=line.grade, seen=line.grade.value)
    )


@bp.post("/organisations/<uuid:organisation_id>/grades/<field>")
@curators_only
@commits
def change_grade(organisation_id: UUID, field: str) -> ResponseReturnValue:
    organisation = organisations.get_organisation(session(), organisation_id)
    line = _line(organisation, field)
    form = GradeForm.of(line.allowed)
    if form.validate():
        with form.over(lambda: line.grade.value):
            grading.change_grade(
                session(),
                current_actor(),
                organisation,
                field,
                form.grade.data,
                reason=form.reason.data,
                seen=_seen(form),
            )
            flash(_("The grade is changed. The organisation reads it with your reason."), "success")
            return redirect(url_for("registry.show_grades", organisation_id=organisation.id))
    return _render(organisation, line, form), form.status


def _seen(form: GradeForm) -> Grade | None:
    try:
        return Grade(form.seen.data or "")
    except ValueError:
        return None


def _line(organisation: Organisation, field: str) -> GradeLine:
    lines = grading.list_lines(session(), current_actor(), organisation)
    found = next((line for line in lines if line.field == field), None)
    if found is None:
        raise NotFound("field", field)
    return found


def _render(organisation: Organisation, line: GradeLine, form: GradeForm) -> str:
    return render_template(
        "registry/grade.html",
        organisation=organisation,
        line=line,
        form=form,
        differences=words.differences(form),
        words=words,
    )
