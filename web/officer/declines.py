"""What declined requests lower on lists, and for how long."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import NotFound
from matchmaker.services import decline_effects
from matchmaker.services.actors import Permission
from models.interest import DeclineEffect
from web.access import current_actor, permitted
from web.database import session
from web.officer.forms import DeclineEffectForm
from web.transactions import commits

bp = Blueprint("declines", __name__, url_prefix="/officer/declines")


@bp.get("/")
@permitted(Permission.EXPOSURE_EDIT)
def list_effects() -> ResponseReturnValue:
    return render_template(
        "officer/declines.html",
        effects=decline_effects.list_effects(session(), current_actor()),
        meanings=decline_effects.list_meanings(session(), current_actor()),
    )


@bp.get("/<component_name>")
@permitted(Permission.EXPOSURE_EDIT)
def show_effect(component_name: str) -> ResponseReturnValue:
    return _render(component_name, DeclineEffectForm.showing(_effect(component_name)))


@bp.post("/<component_name>")
@permitted(Permission.EXPOSURE_EDIT)
@commits
def change_effect(component_name: str) -> ResponseReturnValue:
    form = DeclineEffectForm()
    if form.validate():
        with form.refusing():
            decline_effects.change_effect(
                session(), current_actor(), component_name, form.draft(), expected=form.shown()
            )
            flash(_("The rule is saved. Lists asked for from now on follow it."), "success")
            return redirect(url_for("declines.list_effects"))
    return _render(component_name, form), 422


def _effect(component_name: str) -> DeclineEffect:
    for effect in decline_effects.list_effects(session(), current_actor()):
        if effect.component == component_name:
            return effect
    raise NotFound("decline effect", component_name)


def _render(component_name: str, form: DeclineEffectForm) -> str:
    return render_template("officer/decline_effect.html", effect=_effect(component_name), form=form)
