"""Open data: for everybody to take, and for officers to look at, publish and withdraw."""

from io import BytesIO
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.services import jobs
from matchmaker.services.actors import Permission, can
from matchmaker.services.calendar import today
from matchmaker.services.opening import open_data
from matchmaker.services.opening.data_tables import TABLES
from models.enums import JobKind
from web.access import current_actor, permitted, public
from web.database import session
from web.transactions import commits

bp = Blueprint("open_data", __name__, url_prefix="/open-data")
desk = Blueprint("data_desk", __name__, url_prefix="/officer/open-data")


@bp.get("/")
@public
def show_data() -> ResponseReturnValue:
    releases = open_data.list_releases(session())
    latest = releases[0] if releases else None
    return render_template(
        "opening/data.html",
        latest=latest,
        files=open_data.list_files(session(), latest) if latest else [],
        earlier=releases[1:],
        tables=TABLES,
        licence_url=open_data.LICENCES.get(latest.licence, "") if latest else "",
        may_publish=can(current_actor(), Permission.DATA_PUBLISH),
    )


@bp.get("/<uuid:release_id>/<file_name>")
@public
def download_file(release_id: UUID, file_name: str) -> ResponseReturnValue:
    release = open_data.get_release(session(), release_id)
    found = open_data.get_file(session(), release, file_name)
    return send_file(BytesIO(found.content), mimetype=found.media_type, as_attachment=True, download_name=found.name)


@desk.get("/")
@permitted(Permission.DATA_PUBLISH)
def show_desk() -> ResponseReturnValue:
    return render_template(
        "opening/data_desk.html",
        releases=open_data.all_releases(session()),
        licences=open_data.LICENCES,
        proposed=open_data.proposed_licence(session()),
        built=None,
        samples={},
        tables=TABLES,
    )


@desk.get("/look")
@permitted(Permission.DATA_PUBLISH)
def look_before() -> ResponseReturnValue:
    """What would be published today: rows of each table, and the first of them. Nothing is stored."""
    licence = request.args.get("licence", "")
    licence = licence if licence in open_data.LICENCES else open_data.proposed_licence(session())
    built = open_data.build(session(), today(), licence)
    return render_template(
        "opening/data_desk.html",
        releases=open_data.all_releases(session()),
        licences=open_data.LICENCES,
        proposed=licence,
        built=built,
        samples={one.name: _first_lines(one.content) for one in built.files if one.name.endswith(".csv")},
        tables=TABLES,
    )


@desk.post("/publish")
@permitted(Permission.DATA_PUBLISH)
@commits
def publish() -> ResponseReturnValue:
    licence = request.form.get("licence", "")
    open_data.check_licence(licence)
    jobs.start(session(), current_actor(), JobKind.PUBLISH_DATA, licence=licence)
    flash(_("The open data of today are being made. They stand on the public page in a minute."), "success")
    return redirect(url_for("data_desk.show_desk"))


@desk.get("/<uuid:release_id>/withdraw")
@permitted(Permission.DATA_PUBLISH)
def show_withdraw(release_id: UUID) -> ResponseReturnValue:
    return render_template("opening/data_withdraw.html", release=open_data.get_release(session(), release_id))


@desk.post("/<uuid:release_id>/withdraw")
@permitted(Permission.DATA_PUBLISH)
@commits
def withdraw(release_id: UUID) -> ResponseReturnValue:
    open_data.withdraw(session(), current_actor(), open_data.get_release(session(), release_id))
    flash(_("Withdrawn. Its files cannot be taken here any more."), "success")
    return redirect(url_for("data_desk.show_desk"))


def _first_lines(content: bytes) -> str:
    return "\n".join(content.decode("utf-8-sig").splitlines()[:4])
