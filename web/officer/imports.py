"""What came in by tables, handing one in, taking an import back, and empty tables to fill in."""

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from matchmaker.services import jobs
from matchmaker.services.actors import Permission
from matchmaker.services.imports import templates, undoing, uploads
from matchmaker.services.imports.tables import KINDS
from models.base import utc_now
from web.access import current_actor, permitted
from web.database import session
from web.forms import Form
from web.i18n import current_language
from web.officer.import_jobs import job_said
from web.transactions import commits

bp = Blueprint("imports", __name__, url_prefix="/officer/imports")

TYPES: Mapping[str, str] = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MOST_KEPT_SHOWN = 200
MOST_FORESEEN = 1_000


def kind_name(name: str) -> str:
    kind = KINDS.get(name)
    if kind is None:
        return name
    return kind.zh if current_language() == "zh" else kind.en.capitalize()


class HandInForm(Form):
    kind = SelectField(
        _l("What the table lists"), choices=lambda: [SelectChoice(name, kind_name(name)) for name in KINDS]
    )
    file = FileField(_l("Table (.xlsx or .csv)"), validators=[FileRequired(_l("Choose a file."))])


@bp.get("")
@permitted(Permission.IMPORT)
def list_imports() -> ResponseReturnValue:
    return _render_list(HandInForm(formdata=None))


@bp.post("")
@permitted(Permission.IMPORT)
@commits
def hand_in() -> ResponseReturnValue:
    form = HandInForm()
    if form.validate():
        file = form.file.data
        with form.refusing():
            name = file.filename or ""
            upload = uploads.hand_in(session(), current_actor(), form.kind.data, name, file.read())
            return redirect(url_for("imports.show_upload", upload_id=upload.id))
    return _render_list(form), 422


def _render_list(form: HandInForm) -> str:
    page = undoing.page_of_batches(session(), current_actor(), page=request.args.get("page", 1, type=int))
    return render_template(
        "officer/imports.html",
        form=form,
        batches=page,
        waiting=uploads.list_open(session(), current_actor()).items,
        kinds=KINDS,
        formats=TYPES,
        kind_name=kind_name,
    )


@bp.get("/templates/<file_name>")
@permitted(Permission.IMPORT)
def download_template(file_name: str) -> ResponseReturnValue:
    """An empty table of one kind: `offers.csv`, `funds.xlsx`."""
    kind, _dot, suffix = file_name.rpartition(".")
    if kind not in KINDS or suffix not in TYPES:
        abort(404)
    with TemporaryDirectory() as folder:
        path = Path(folder) / file_name
        templates.write(KINDS[kind], path)
        content = BytesIO(path.read_bytes())
    return send_file(content, TYPES[suffix], as_attachment=True, download_name=file_name)


@bp.get("/batches/<uuid:batch_id>")
@permitted(Permission.IMPORT)
def show_batch(batch_id: UUID) -> ResponseReturnValue:
    """What an import did, and what taking it back would do now."""
    batch = uploads.get_batch(session(), current_actor(), batch_id)
    job = uploads.find_undo_job(session(), batch_id)
    is_live = uploads.is_live(job)
    may_undo = uploads.may_undo(batch, now=utc_now()) and batch.kind in KINDS and not is_live
    # Looking ahead reads every record of the import: in a long one only when somebody asks.
    looks = may_undo and (batch.created + batch.updated <= MOST_FORESEEN or "look" in request.args)
    return render_template(
        "officer/import_batch.html",
        batch=batch,
        kind_name=kind_name,
        job=job,
        job_said=job_said(job),
        is_live=is_live,
        may_undo=may_undo,
        until=batch.created_at + uploads.UNDO_FOR,
        foreseen=undoing.foresee(session(), current_actor(), batch_id) if looks else None,
        most=MOST_KEPT_SHOWN,
        is_attended=jobs.is_attended(session()),
    )


@bp.post("/batches/<uuid:batch_id>/undo")
@permitted(Permission.IMPORT)
@commits
def undo_batch(batch_id: UUID) -> ResponseReturnValue:
    uploads.ask_undo(session(), current_actor(), batch_id)
    flash(_("The import is being taken back."), "success")
    return redirect(url_for("imports.show_batch", batch_id=batch_id))
