"""What came in by tables, and empty tables to fill in. Importing itself is done with `matchmaker import`."""

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Blueprint, abort, render_template, request, send_file
from flask.typing import ResponseReturnValue

from matchmaker.services.actors import Permission
from matchmaker.services.imports import templates, undoing
from matchmaker.services.imports.tables import KINDS
from web.access import current_actor, permitted
from web.database import session

bp = Blueprint("imports", __name__, url_prefix="/officer/imports")

TYPES: Mapping[str, str] = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@bp.get("")
@permitted(Permission.IMPORT)
def list_imports() -> ResponseReturnValue:
    page = undoing.page_of_batches(session(), current_actor(), page=request.args.get("page", 1, type=int))
    return render_template("officer/imports.html", batches=page, kinds=KINDS, formats=TYPES)


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
