"""Rules of one challenge beside those of its rule set: written by the poster until the challenge is handed in."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.services.challenges import editing, seeing
from matchmaker.services.rule_sets import reading, rules
from models.challenges import Challenge
from models.enums import RuleKind
from models.rules import CompositionRule
from web.access import current_actor, signed_in
from web.challenges.area import bp
from web.database import session
from web.forms.rules import RULE_FORMS, RuleForm, kind_in_address
from web.rule_sentences import rule_sentences
from web.transactions import commits


@bp.get("/challenges/<uuid:challenge_id>/rules")
@signed_in
def show_rules(challenge_id: UUID) -> ResponseReturnValue:
    challenge = _get(challenge_id)
    own = reading.rules_in(session(), challenge)
    of_set = reading.rules_for(session(), rule_set_id=challenge.rule_set_id, challenge_id=None)
    return render_template(
        "challenges/own_rules.html",
        challenge=seeing.view_of(session(), current_actor(), challenge),
        own=list(zip(own, rule_sentences(own), strict=True)),
        of_set=list(zip(of_set, rule_sentences(of_set), strict=True)),
        kinds=list(RuleKind),
        is_editable=editing.is_editable(challenge),
    )


@bp.get("/challenges/<uuid:challenge_id>/rules/new")
@signed_in
def show_new_rule(challenge_id: UUID) -> ResponseReturnValue:
    challenge, kind = _get(challenge_id), kind_in_address()
    rules.require_editing(current_actor(), challenge)
    return _render(challenge, kind, RULE_FORMS[kind](formdata=None))


@bp.post("/challenges/<uuid:challenge_id>/rules/new")
@signed_in
@commits
def add_rule(challenge_id: UUID) -> ResponseReturnValue:
    challenge, kind = _get(challenge_id), kind_in_address()
    form = RULE_FORMS[kind]()
    if form.validate():
        with form.refusing():
            rules.add_rule(session(), current_actor(), challenge, form.draft())
            flash(_("The rule is added."), "success")
            return redirect(url_for("challenges.show_rules", challenge_id=challenge.id))
    return _render(challenge, kind, form), 422


@bp.get("/challenges/<uuid:challenge_id>/rules/<uuid:rule_id>")
@signed_in
def show_rule(challenge_id: UUID, rule_id: UUID) -> ResponseReturnValue:
    challenge = _get(challenge_id)
    rule = reading.get_rule(session(), challenge, rule_id)
    rules.require_editing(current_actor(), challenge)
    return _render(challenge, rule.kind, RULE_FORMS[rule.kind].showing(rule), rule=rule)


@bp.post("/challenges/<uuid:challenge_id>/rules/<uuid:rule_id>")
@signed_in
@commits
def change_rule(challenge_id: UUID, rule_id: UUID) -> ResponseReturnValue:
    challenge = _get(challenge_id)
    rule = reading.get_rule(session(), challenge, rule_id)
    form = RULE_FORMS[rule.kind]()
    if form.validate():
        with form.refusing():
            version = form.version.data
            rules.change_rule(session(), current_actor(), challenge, rule, form.draft(), expected_version=version)
            flash(_("The rule is saved."), "success")
            return redirect(url_for("challenges.show_rules", challenge_id=challenge.id))
    return _render(challenge, rule.kind, form, rule=rule), 422


@bp.post("/challenges/<uuid:challenge_id>/rules/<uuid:rule_id>/remove")
@signed_in
@commits
def remove_rule(challenge_id: UUID, rule_id: UUID) -> ResponseReturnValue:
    challenge = _get(challenge_id)
    rules.remove_rule(session(), current_actor(), challenge, reading.get_rule(session(), challenge, rule_id))
    flash(_("The rule is removed."), "success")
    return redirect(url_for("challenges.show_rules", challenge_id=challenge.id))


def _get(challenge_id: UUID) -> Challenge:
    return editing.get_editable(session(), current_actor(), challenge_id)


def _render(challenge: Challenge, kind: RuleKind, form: RuleForm, *, rule: CompositionRule | None = None) -> str:
    view = seeing.view_of(session(), current_actor(), challenge)
    return render_template("challenges/own_rule.html", challenge=view, kind=kind, form=form, rule=rule)
