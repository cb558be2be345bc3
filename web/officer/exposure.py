"""Floors for newcomers and small firms: what they are, what they would cost, and setting them."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.services import exposure_policies, exposure_preview, reference
from matchmaker.services.actors import Permission
from matchmaker.services.calendar import today
from matchmaker.services.exposure_preview import Preview
from models.exposure import ExposurePolicy
from web.access import current_actor, permitted
from web.database import reader, session
from web.officer.forms import PERCENT, ExposureForm
from web.transactions import commits

bp = Blueprint("exposure", __name__, url_prefix="/officer/exposure")


@bp.get("/")
@permitted(Permission.EXPOSURE_EDIT)
def list_policies() -> ResponseReturnValue:
    listed = exposure_policies.list_policies(session(), current_actor())
    return render_template("officer/exposure_policies.html", policies=listed)


@bp.get("/<purpose>")
@permitted(Permission.EXPOSURE_EDIT)
def show_policy(purpose: str) -> ResponseReturnValue:
    """As it is set, or with floors that another page proposes in the address; nothing is saved by looking."""
    policy = exposure_policies.get_policy(session(), current_actor(), purpose)
    form = ExposureForm.showing(policy)
    for field in (form.newcomer_share, form.small_share):
        proposed = request.args.get(field.name, type=float)
        if proposed is not None and 0 <= proposed <= PERCENT * exposure_policies.HIGHEST_SHARE:
            field.data = proposed
    return _render(policy, form)


@bp.post("/<purpose>/preview")
@permitted(Permission.EXPOSURE_EDIT)
def preview_policy(purpose: str) -> ResponseReturnValue:
    """Measures what was typed on live needs; nothing is stored, so it does not commit."""
    policy = exposure_policies.get_policy(session(), current_actor(), purpose)
    form = ExposureForm()
    if form.validate():
        with form.refusing():
            measured = exposure_preview.preview(
                session(), current_actor(), reader(), policy, form.draft(), today=today()
            )
            return _render(policy, form, measured)
    return _render(policy, form), 422


@bp.post("/<purpose>")
@permitted(Permission.EXPOSURE_EDIT)
@commits
def change_policy(purpose: str) -> ResponseReturnValue:
    policy = exposure_policies.get_policy(session(), current_actor(), purpose)
    form = ExposureForm()
    if form.validate():
        with form.refusing():
            exposure_policies.change_policy(
                session(), current_actor(), policy, form.draft(), expected_version=form.version.data
            )
            flash(_("The floors are saved. Lists asked for from now on follow them."), "success")
            return redirect(url_for("exposure.show_policy", purpose=purpose))
    return _render(policy, form), 422


def _render(policy: ExposurePolicy, form: ExposureForm, measured: Preview | None = None) -> str:
    return render_template(
        "officer/exposure.html",
        policy=policy,
        form=form,
        measured=measured,
        districts={row.code: row for row in reference.list_districts(session())} if measured else {},
    )
