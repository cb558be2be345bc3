"""A table on its way in: its columns named, its rows checked, taken in or thrown away."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import partial
from io import BytesIO
from typing import Any, cast
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from matchmaker.services import jobs
from matchmaker.services.actors import Permission
from matchmaker.services.imports import mending, uploads
from matchmaker.services.imports.tables import get_kind
from matchmaker.services.imports.uploads import OnItsWay, TakeIn
from matchmaker.services.paging import Page
from models.enums import UploadState
from web.access import current_actor, permitted
from web.clause_sentences import Names, code_names
from web.database import session
from web.forms import VersionedForm
from web.i18n import current_language
from web.import_words import problem_text
from web.labels import LABELS
from web.officer.import_jobs import job_said
from web.officer.imports import TYPES, bp, kind_name
from web.transactions import commits

PAGE_SIZE = 50
TOLD = 4
# What a cell of these holds are codes, with a date beside some.
CODED = frozenset({"certifications", "nodes", "fields", "district_code", "districts", "partner_districts"})
STEPS = (_l("Hand in"), _l("Name the columns"), _l("Look through"), _l("Take in"))


class Part(StrEnum):
    """A part of what checking found."""

    PROBLEMS = "problems"
    DUPLICATES = "duplicates"
    UPDATED = "updated"
    CREATED = "created"
    UNCHANGED = "unchanged"


PARTS: Mapping[Part, object] = {
    Part.PROBLEMS: _l("What is wrong"),
    Part.DUPLICATES: _l("Possible duplicates"),
    Part.UPDATED: _l("Will change"),
    Part.CREATED: _l("Will be new"),
    Part.UNCHANGED: _l("As it is already"),
}


class ColumnsForm(VersionedForm):
    """One choice for each header; the fields are made from the table, see `columns_form`."""

    def mapping(self, headers: Sequence[str]) -> dict[str, str]:
        return {header: self[f"column_{place}"].data for place, header in enumerate(headers) if header}


def columns_form(upload: Any, *, with_input: bool) -> ColumnsForm:
    kind = get_kind(upload.kind)
    zh = current_language() == "zh"
    named = [SelectChoice(column.name, column.zh if zh else column.en) for column in kind.columns]
    choices = [SelectChoice("", _("— leave out —")), *named]
    headers = upload.found.get("headers", [])
    fields = {f"column_{place}": SelectField(header, choices=choices) for place, header in enumerate(headers) if header}
    made = cast(type[ColumnsForm], type("TheseColumns", (ColumnsForm,), fields))
    if with_input:
        return made()
    proposed = uploads.propose(session(), upload)
    values = {f"column_{place}": name for place, name in enumerate(proposed) if headers[place]}
    return made(formdata=None, version=upload.version, **values)


@bp.get("/<uuid:upload_id>")
@permitted(Permission.IMPORT)
def show_upload(upload_id: UUID) -> ResponseReturnValue:
    """The step at which the table is; `?step=columns` goes back to naming them."""
    found = uploads.get(session(), current_actor(), upload_id)
    upload = found.upload
    if upload.state is UploadState.APPLIED and upload.batch_id:
        return redirect(url_for("imports.show_batch", batch_id=upload.batch_id))
    if upload.state is UploadState.DISCARDED:
        return render_template("officer/import_gone.html", upload=upload)
    if found.is_live:
        return _render_progress(found)
    wants_columns = request.args.get("step") == "columns" or found.refusal is not None
    if upload.state is UploadState.UPLOADED or wants_columns:
        return _render_columns(found, columns_form(upload, with_input=False))
    if upload.state is UploadState.CHECKED:
        return _render_preview(found)
    return _render_progress(found)


@bp.post("/<uuid:upload_id>/columns")
@permitted(Permission.IMPORT)
@commits
def name_columns(upload_id: UUID) -> ResponseReturnValue:
    found = uploads.get(session(), current_actor(), upload_id)
    form = columns_form(found.upload, with_input=True)
    if form.validate():
        with form.refusing():
            mapping = form.mapping(found.upload.found.get("headers", []))
            uploads.name_columns(session(), current_actor(), upload_id, mapping, expected_version=form.version.data)
            return redirect(url_for("imports.show_upload", upload_id=upload_id))
    return _render_columns(found, form), 422


@bp.post("/<uuid:upload_id>/check")
@permitted(Permission.IMPORT)
@commits
def check_again(upload_id: UUID) -> ResponseReturnValue:
    uploads.check_again(session(), current_actor(), upload_id)
    return redirect(url_for("imports.show_upload", upload_id=upload_id))


@bp.post("/<uuid:upload_id>/take-in")
@permitted(Permission.IMPORT)
@commits
def take_in(upload_id: UUID) -> ResponseReturnValue:
    how = TakeIn.GOOD_ROWS if request.form.get("how") == TakeIn.GOOD_ROWS else TakeIn.WHOLE
    version = request.form.get("version", type=int)
    uploads.ask_take_in(session(), current_actor(), upload_id, how, expected_version=version)
    return redirect(url_for("imports.show_upload", upload_id=upload_id))


@bp.post("/<uuid:upload_id>/discard")
@permitted(Permission.IMPORT)
@commits
def discard(upload_id: UUID) -> ResponseReturnValue:
    uploads.discard(session(), current_actor(), upload_id)
    flash(_("The table has been thrown away; the registry is as it was."), "success")
    return redirect(url_for("imports.list_imports"))


@bp.get("/<uuid:upload_id>/rows/<file_name>")
@permitted(Permission.IMPORT)
def download_bad_rows(upload_id: UUID, file_name: str) -> ResponseReturnValue:
    """The wrong rows as they came, with a column of reasons: to mend and hand in again."""
    suffix = file_name.rpartition(".")[2]
    if suffix not in TYPES:
        abort(404)
    table, problems = uploads.bad_rows(session(), current_actor(), upload_id)
    told = {row: "; ".join(map(_tell, found)) for row, found in problems.items()}
    write = mending.as_csv if suffix == "csv" else mending.as_xlsx
    content = BytesIO(write(table, told, header=_("Why it was left out")))
    return send_file(content, TYPES[suffix], as_attachment=True, download_name=f"{_('rows to mend')}.{suffix}")


def _tell(problem: Mapping[str, Any]) -> str:
    text = problem_text(problem["code"], problem["facts"])
    return f"{problem['column']}: {text}" if problem["column"] else text


def _render_columns(found: OnItsWay, form: ColumnsForm) -> str:
    refusal = found.refusal
    return render_template(
        "officer/import_columns.html",
        upload=found.upload,
        form=form,
        steps=STEPS,
        kind_name=kind_name,
        refused=problem_text(refusal["code"], refusal["facts"]) if refusal else "",
        required=[column.name for column in get_kind(found.upload.kind).columns if column.is_required],
    )


def _render_progress(found: OnItsWay) -> str:
    job = found.job
    return render_template(
        "officer/import_progress.html",
        upload=found.upload,
        job=job,
        is_live=found.is_live,
        said=job_said(job),
        steps=STEPS,
        kind_name=kind_name,
        is_attended=jobs.is_attended(session()),
    )


def _render_preview(found: OnItsWay) -> str:
    told = found.upload.found
    parts = {part: told.get(part, []) for part in Part}
    part = _chosen(parts)
    size, number = PAGE_SIZE, max(1, request.args.get("page", 1, type=int))
    rows = parts[part]
    number = min(number, max(1, -(-len(rows) // size)))
    return render_template(
        "officer/import_preview.html",
        upload=found.upload,
        counts=told["counts"],
        found=told,
        parts=[(one, PARTS[one], len(rows)) for one, rows in parts.items()],
        part=part,
        rows=Page(rows[(number - 1) * size : number * size], number, size, len(rows)),
        said=job_said(found.job),
        steps=STEPS,
        kind_name=kind_name,
        column_name=_column_names(found.upload.kind),
        problem_text=problem_text,
        show_value=partial(_show_value, code_names()),
        told_changes=_told_changes,
        is_mine=found.upload.uploaded_by == current_actor().user_id,
    )


def _told_changes(row: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Field, before, after, and whether it is kept back: as it is taken of a table that was checked without asking."""
    return [(*change, True) if len(change) < TOLD else tuple(change) for change in row.get("changes", [])]


def _chosen(parts: Mapping[Part, Sequence[Any]]) -> Part:
    wanted = request.args.get("part", "")
    if wanted in list(Part):
        return Part(wanted)
    return next((part for part, rows in parts.items() if rows), Part.CREATED)


def _column_names(kind: str) -> dict[str, str]:
    zh = current_language() == "zh"
    return {column.name: column.zh if zh else column.en for column in get_kind(kind).columns}


def _show_value(names: Names, field: str, value: Any) -> str:
    """A value as it is kept, in words where it is a code or a member of a closed list."""
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field in CODED and isinstance(value, str):
        return _("; ").join(" ".join(names.get(word, word) for word in item.split()) for item in value.split("; "))
    return next((str(named[one]) for values, named in LABELS.items() for one in values if one == value), str(value))
