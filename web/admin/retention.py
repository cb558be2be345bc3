"""Views of retention: how many days what has served is kept."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import IntegerField
from wtforms.validators import NumberRange

from matchmaker.services import retention
from matchmaker.services.actors import Permission
from models.audit import RetentionRule
from web.access import current_actor, permitted
from web.choices import name_of
from web.database import session
from web.forms import InputNeeded
from web.forms.edit import PartForm
from web.transactions import commits

bp = Blueprint("retention", __name__, url_prefix="/admin/retention")


@bp.get("")
@permitted(Permission.RETENTION_EDIT)
def show_rules() -> ResponseReturnValue:
    rules = retention.list_rules(session(), current_actor())
    days = {rule.code: rule.days for rule in rules}
    return _render(_form_over(rules)(formdata=None, seen=retention.seen_rules(session()), **days))


@bp.post("")
@permitted(Permission.RETENTION_EDIT)
@commits
def change_rules() -> ResponseReturnValue:
    rules = retention.list_rules(session(), current_actor())
    form = _form_over(rules)()
    if form.validate():
        with form.over(lambda: retention.seen_rules(session())):
            days = {rule.code: form[rule.code].data for rule in rules}
            retention.change_rules(session(), current_actor(), days, seen=form.seen.data)
            flash(_("Saved; the next clearing goes by it."), "success")
            return redirect(url_for("retention.show_rules"))
    return _render(form), form.status


def _form_over(rules: Sequence[RetentionRule]) -> type[PartForm]:
    """A field for each rule, under its own name."""
    fields = {
        rule.code: IntegerField(
            name_of(rule), validators=[InputNeeded(), NumberRange(min=rule.least_days, max=retention.LONGEST)]
        )
        for rule in rules
    }
    return type("RetentionForm", (PartForm,), fields)


def _render(form: PartForm) -> str:
    rules = retention.list_rules(session(), current_actor())
    differences = [(form[code].label.text, *pair) for code, pair in form.differences.items()]
    return render_template("admin/retention.html", form=form, rules=rules, differences=differences)
