"""Rule sets: what is in force, the editor of drafts, a team held against an edition, two editions compared."""

from itertools import groupby
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.services.actors import Permission, can
from matchmaker.services.rule_sets import comparing, editions, reading, rules
from models.enums import RuleKind, RuleSetState
from models.rules import CompositionRule, RuleSet
from web.access import current_actor, permitted
from web.database import session
from web.forms.rules import RULE_FORMS, RuleForm, kind_in_address
from web.officer.rule_forms import RuleSetForm
from web.rule_sentences import rule_sentences
from web.transactions import commits

bp = Blueprint("rules", __name__, url_prefix="/rules")


@bp.get("/")
@permitted(Permission.RULES_VIEW)
def list_sets() -> ResponseReturnValue:
    listed = editions.list_sets(session(), current_actor())
    families = [list(group) for _family, group in groupby(listed, key=lambda one: one.family)]
    families.sort(key=lambda family: family[0].name_zh or family[0].name_en)
    return render_template(
        "officer/rule_sets.html",
        in_use=[family for family in families if not family[0].is_template],
        templates=[family for family in families if family[0].is_template],
        counts=reading.count_rules(session()),
        may_edit=_may_edit(),
    )


@bp.get("/new")
@permitted(Permission.RULES_EDIT)
def show_new() -> ResponseReturnValue:
    origin = _origin()
    return _render_set(RuleSetForm.copying(origin) if origin else RuleSetForm(formdata=None), origin=origin)


@bp.post("/new")
@permitted(Permission.RULES_EDIT)
@commits
def create_set() -> ResponseReturnValue:
    form, origin = RuleSetForm(), _origin()
    if form.validate():
        with form.refusing():
            made = editions.create_set(session(), current_actor(), form.draft(), copied_from=origin)
            flash(_("The draft is there. Add rules, each with its citation, then publish it."), "success")
            return redirect(url_for("rules.show_set", rule_set_id=made.id))
    return _render_set(form, origin=origin), 422


@bp.get("/<uuid:rule_set_id>")
@permitted(Permission.RULES_VIEW)
def show_set(rule_set_id: UUID) -> ResponseReturnValue:
    rule_set = _get(rule_set_id)
    listed = reading.rules_in(session(), rule_set)
    return render_template(
        "officer/rule_set.html",
        rule_set=rule_set,
        rules=list(zip(listed, rule_sentences(listed), strict=True)),
        editions=editions.list_editions(session(), current_actor(), rule_set),
        kinds=list(RuleKind),
        may_edit=_may_edit(),
        is_draft=rule_set.state is RuleSetState.DRAFT,
    )


@bp.get("/<uuid:rule_set_id>/edit")
@permitted(Permission.RULES_EDIT)
def show_edit(rule_set_id: UUID) -> ResponseReturnValue:
    rule_set = _get(rule_set_id)
    editions.require_draft(rule_set)
    return _render_set(RuleSetForm.showing(rule_set), rule_set=rule_set)


@bp.post("/<uuid:rule_set_id>/edit")
@permitted(Permission.RULES_EDIT)
@commits
def change_set(rule_set_id: UUID) -> ResponseReturnValue:
    rule_set, form = _get(rule_set_id), RuleSetForm()
    if form.validate():
        with form.refusing():
            editions.change_set(session(), current_actor(), rule_set, form.draft(), expected_version=form.version.data)
            flash(_("Saved."), "success")
            return redirect(url_for("rules.show_set", rule_set_id=rule_set.id))
    return _render_set(form, rule_set=rule_set), 422


@bp.post("/<uuid:rule_set_id>/publish")
@permitted(Permission.RULES_EDIT)
@commits
def publish(rule_set_id: UUID) -> ResponseReturnValue:
    rule_set = _get(rule_set_id)
    seen = request.form.get("version", type=int)
    editions.publish(session(), current_actor(), rule_set, expected_version=seen)
    flash(_("Edition %(edition)s is published and does not change any more.", edition=rule_set.edition), "success")
    return redirect(url_for("rules.show_set", rule_set_id=rule_set.id))


@bp.post("/<uuid:rule_set_id>/edition")
@permitted(Permission.RULES_EDIT)
@commits
def start_edition(rule_set_id: UUID) -> ResponseReturnValue:
    draft = editions.start_edition(session(), current_actor(), _get(rule_set_id))
    flash(_("This is the draft of edition %(edition)s. The published one stays in force.", edition=draft.edition))
    return redirect(url_for("rules.show_set", rule_set_id=draft.id))


@bp.get("/<uuid:rule_set_id>/delete")
@permitted(Permission.RULES_EDIT)
def show_delete(rule_set_id: UUID) -> ResponseReturnValue:
    rule_set = _get(rule_set_id)
    editions.require_draft(rule_set)
    return render_template("officer/rule_set_delete.html", rule_set=rule_set)


@bp.post("/<uuid:rule_set_id>/delete")
@permitted(Permission.RULES_EDIT)
@commits
def delete_set(rule_set_id: UUID) -> ResponseReturnValue:
    editions.delete_set(session(), current_actor(), _get(rule_set_id))
    flash(_("The draft is deleted."), "success")
    return redirect(url_for("rules.list_sets"))


@bp.get("/<uuid:rule_set_id>/compare")
@permitted(Permission.RULES_VIEW)
def compare_editions(rule_set_id: UUID) -> ResponseReturnValue:
    """The edition against an earlier one, or another set altogether (`with`); by default the one before it."""
    after = _get(rule_set_id)
    others = [one for one in editions.list_editions(session(), current_actor(), after) if one.id != after.id]
    chosen = request.args.get("with", type=UUID)
    before = _get(chosen) if chosen else next((one for one in others if one.edition < after.edition), None)
    found = comparing.compare(session(), before, after) if before else []
    was, is_now = rule_sentences([one.before for one in found]), rule_sentences([one.after for one in found])
    return render_template(
        "officer/rule_set_compare.html",
        before=before,
        after=after,
        others=others,
        differences=list(zip(found, was, is_now, strict=True)),
    )


@bp.get("/<uuid:rule_set_id>/rules/new")
@permitted(Permission.RULES_EDIT)
def show_new_rule(rule_set_id: UUID) -> ResponseReturnValue:
    rule_set, kind = _get(rule_set_id), kind_in_address()
    rules.require_editing(current_actor(), rule_set)
    form = RULE_FORMS[kind](formdata=None, source=rule_set.source)
    return _render_rule(rule_set, kind, form)


@bp.post("/<uuid:rule_set_id>/rules/new")
@permitted(Permission.RULES_EDIT)
@commits
def add_rule(rule_set_id: UUID) -> ResponseReturnValue:
    rule_set, kind = _get(rule_set_id), kind_in_address()
    form = RULE_FORMS[kind]()
    if form.validate():
        with form.refusing():
            rules.add_rule(session(), current_actor(), rule_set, form.draft())
            flash(_("The rule is added."), "success")
            return redirect(url_for("rules.show_set", rule_set_id=rule_set.id, _anchor="rules"))
    return _render_rule(rule_set, kind, form), 422


@bp.get("/<uuid:rule_set_id>/rules/<uuid:rule_id>")
@permitted(Permission.RULES_EDIT)
def show_rule(rule_set_id: UUID, rule_id: UUID) -> ResponseReturnValue:
    rule_set, rule = _get_both(rule_set_id, rule_id)
    rules.require_editing(current_actor(), rule_set)
    return _render_rule(rule_set, rule.kind, RULE_FORMS[rule.kind].showing(rule), rule=rule)


@bp.post("/<uuid:rule_set_id>/rules/<uuid:rule_id>")
@permitted(Permission.RULES_EDIT)
@commits
def change_rule(rule_set_id: UUID, rule_id: UUID) -> ResponseReturnValue:
    rule_set, rule = _get_both(rule_set_id, rule_id)
    form = RULE_FORMS[rule.kind]()
    if form.validate():
        with form.refusing():
            rules.change_rule(
                session(), current_actor(), rule_set, rule, form.draft(), expected_version=form.version.data
            )
            flash(_("The rule is saved."), "success")
            return redirect(url_for("rules.show_set", rule_set_id=rule_set.id, _anchor="rules"))
    return _render_rule(rule_set, rule.kind, form, rule=rule), 422


@bp.post("/<uuid:rule_set_id>/rules/<uuid:rule_id>/up")
@permitted(Permission.RULES_EDIT)
@commits
def move_rule_up(rule_set_id: UUID, rule_id: UUID) -> ResponseReturnValue:
    rule_set, rule = _get_both(rule_set_id, rule_id)
    rules.move_up(session(), current_actor(), rule_set, rule)
    return redirect(url_for("rules.show_set", rule_set_id=rule_set.id, _anchor="rules"))


@bp.post("/<uuid:rule_set_id>/rules/<uuid:rule_id>/remove")
@permitted(Permission.RULES_EDIT)
@commits
def remove_rule(rule_set_id: UUID, rule_id: UUID) -> ResponseReturnValue:
    rule_set, rule = _get_both(rule_set_id, rule_id)
    rules.remove_rule(session(), current_actor(), rule_set, rule)
    flash(_("The rule is removed."), "success")
    return redirect(url_for("rules.show_set", rule_set_id=rule_set.id, _anchor="rules"))


def _may_edit() -> bool:
    return can(current_actor(), Permission.RULES_EDIT)


def _get(rule_set_id: UUID) -> RuleSet:
    return editions.get_set(session(), current_actor(), rule_set_id)


def _get_both(rule_set_id: UUID, rule_id: UUID) -> tuple[RuleSet, CompositionRule]:
    rule_set = _get(rule_set_id)
    return rule_set, reading.get_rule(session(), rule_set, rule_id)


def _origin() -> RuleSet | None:
    """The set that a new one is copied from, where the address names one."""
    key = request.args.get("from", type=UUID)
    return _get(key) if key else None


def _render_set(form: RuleSetForm, *, rule_set: RuleSet | None = None, origin: RuleSet | None = None) -> str:
    return render_template("officer/rule_set_form.html", form=form, rule_set=rule_set, origin=origin)


def _render_rule(rule_set: RuleSet, kind: RuleKind, form: RuleForm, *, rule: CompositionRule | None = None) -> str:
    return render_template("officer/rule_form.html", rule_set=rule_set, kind=kind, form=form, rule=rule)
