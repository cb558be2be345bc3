"""Views of the administration."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlmodel import col, select

from matchmaker.services import audit, presets, visibility
from matchmaker.services.actors import Permission
from models.accounts import User
from web.access import current_actor, permitted
from web.admin.forms import WeightsForm, weights_form
from web.database import session
from web.transactions import commits

bp = Blueprint("admin", __name__, url_prefix="/admin")


@bp.get("/presets")
@permitted(Permission.PRESET_EDIT)
def list_presets() -> ResponseReturnValue:
    listed = presets.list_presets(session(), current_actor())
    return render_template("admin/presets.html", presets=listed)


@bp.get("/presets/<preset_code>")
@permitted(Permission.PRESET_EDIT)
def show_preset(preset_code: str) -> ResponseReturnValue:
    preset = presets.get_preset(session(), current_actor(), preset_code)
    if preset.training_run_id is not None:  # learned as it is: its page says from what
        return redirect(url_for("learning.show_run", run_id=preset.training_run_id))
    form = weights_form(presets.read_weights(session(), preset))(formdata=None)
    return render_template("admin/preset.html", preset=preset, form=form)


@bp.post("/presets/<preset_code>")
@permitted(Permission.PRESET_EDIT)
@commits
def change_preset(preset_code: str) -> ResponseReturnValue:
    preset = presets.get_preset(session(), current_actor(), preset_code)
    form: WeightsForm = weights_form(presets.read_weights(session(), preset))()
    if form.validate():
        with form.refusing():
            presets.change_weights(session(), current_actor(), preset, form.weights(), expected=form.shown())
            flash(_("The weights are saved. Lists made from now on use them where the preset is live."), "success")
            return redirect(url_for("admin.show_preset", preset_code=preset.code))
    return render_template("admin/preset.html", preset=preset, form=form), 422


@bp.post("/presets/<preset_code>/make-live")
@permitted(Permission.PRESET_EDIT)
@commits
def make_preset_live(preset_code: str) -> ResponseReturnValue:
    preset = presets.get_preset(session(), current_actor(), preset_code)
    presets.make_live(session(), current_actor(), preset)
    flash(_("The preset is live."), "success")
    return redirect(url_for("admin.list_presets"))


@bp.get("/audit")
@permitted(Permission.AUDIT_VIEW)
def list_audit() -> ResponseReturnValue:
    action = request.args.get("action", "").strip()[:80]
    entries = audit.list_entries(session(), current_actor(), action=action, page=request.args.get("page", 1, type=int))
    changes = visibility.seen_changes(session(), current_actor(), entries.items)
    who = {entry.user_id for entry in entries.items if entry.user_id}
    names = {user.id: user for user in session().exec(select(User).where(col(User.id).in_(who))).all()}
    return render_template("admin/audit.html", entries=entries, changes=changes, people=names, action=action)
