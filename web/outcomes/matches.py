"""What came of our matches: say it, confirm or dispute what the other side says, take back."""

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.fields.choices import SelectChoice

from matchmaker.errors import NotFound
from matchmaker.services import organisations
from matchmaker.services.actors import Permission, can, require
from matchmaker.services.calendar import today
from matchmaker.services.outcomes import matches, stating
from matchmaker.services.outcomes.matches import Match, MatchKind
from models.enums import MatchOutcomeKind, MatchOutcomeState
from models.organisations import Organisation
from models.outcomes import MatchOutcome
from web.access import current_actor, permitted, signed_in
from web.choices import name_of
from web.database import session
from web.outcomes.forms import YES, OutcomeAnswerForm, OutcomeForm
from web.transactions import commits

bp = Blueprint("outcomes", __name__, url_prefix="/outcomes")

KINDS: Mapping[MatchKind, object] = {
    MatchKind.INTEREST: _l("Need answered"),
    MatchKind.CONSORTIUM: _l("Consortium signed"),
    MatchKind.DEAL: _l("Investment"),
}
TONES: Mapping[MatchOutcomeState, str] = {
    MatchOutcomeState.STATED: "warn",
    MatchOutcomeState.CONFIRMED: "good",
    MatchOutcomeState.DISPUTED: "bad",
}


@bp.get("/")
@signed_in
def list_matches() -> ResponseReturnValue:
    actor = current_actor()
    ours = [
        (
            organisation,
            stating.list_to_answer(session(), actor, organisation.id),
            matches.list_matches(session(), actor, organisation.id),
            can(actor, Permission.OUTCOME_STATE, organisation.id),
        )
        for organisation in organisations.my_organisations(session(), actor)
    ]
    stated_by = {one.stated_by_id for _, waiting, _, _ in ours for one in waiting}
    return render_template(
        "outcomes/matches.html",
        ours=ours,
        kinds=KINDS,
        tones=TONES,
        names={key: session().get_one(Organisation, key) for key in stated_by},
    )


@bp.get("/<uuid:organisation_id>/<kind>/<uuid:match_id>/new")
@permitted(Permission.OUTCOME_STATE, organisation="organisation_id")
def show_new(organisation_id: UUID, kind: str, match_id: UUID) -> ResponseReturnValue:
    match = _match(organisation_id, kind, match_id)
    return _render_new(match, OutcomeForm(formdata=None, happened_on=today()))


@bp.post("/<uuid:organisation_id>/<kind>/<uuid:match_id>/new")
@permitted(Permission.OUTCOME_STATE, organisation="organisation_id")
@commits
def state(organisation_id: UUID, kind: str, match_id: UUID) -> ResponseReturnValue:
    match = _match(organisation_id, kind, match_id)
    form = OutcomeForm()
    if form.validate():
        with form.refusing():
            stating.state_outcome(
                session(),
                current_actor(),
                organisation_id,
                match.kind,
                match.id,
                form.draft(),
                other_id=form.other_id.data,
            )
            flash(_("Stated. It counts once the other side has confirmed it."), "success")
            return redirect(url_for("outcomes.list_matches"))
    return _render_new(match, form), 422


@bp.get("/<uuid:outcome_id>")
@signed_in
def show_outcome(outcome_id: UUID) -> ResponseReturnValue:
    outcome = stating.get_outcome(session(), current_actor(), outcome_id)
    form = OutcomeAnswerForm(formdata=None, answer=outcome.answer)
    form.version.data = outcome.version
    return _render(outcome, form)


@bp.post("/<uuid:outcome_id>/answer")
@signed_in
@commits
def answer(outcome_id: UUID) -> ResponseReturnValue:
    outcome = stating.get_outcome(session(), current_actor(), outcome_id)
    require(current_actor(), Permission.OUTCOME_STATE, outcome.other_id)
    form = OutcomeAnswerForm()
    if form.validate():
        with form.refusing():
            say = stating.confirm if form.kind.data == YES else stating.dispute
            words, version = form.answer.data or "", form.version.data
            say(session(), current_actor(), outcome_id, words, expected_version=version)
            flash(_("Your answer is with them."), "success")
            return redirect(url_for("outcomes.show_outcome", outcome_id=outcome_id))
    return _render(outcome, form), 422


@bp.post("/<uuid:outcome_id>/take-back")
@signed_in
@commits
def take_back(outcome_id: UUID) -> ResponseReturnValue:
    stating.take_back(session(), current_actor(), outcome_id)
    flash(_("Taken back. Nobody reads it any more."), "success")
    return redirect(url_for("outcomes.list_matches"))


def _match(organisation_id: UUID, kind: str, match_id: UUID) -> Match:
    if kind not in set(MatchKind):
        raise NotFound("match", match_id)
    return matches.get_match(session(), current_actor(), organisation_id, MatchKind(kind), match_id)


def _render_new(match: Match, form: OutcomeForm) -> str:
    form.other_id.choices = [SelectChoice(str(one.id), name_of(one)) for one in match.others]
    return render_template(
        "outcomes/new.html",
        match=match,
        form=form,
        organisation=session().get_one(Organisation, match.organisation_id),
        kinds=KINDS,
        action=request.path,
    )


def _render(outcome: MatchOutcome, form: OutcomeAnswerForm) -> str:
    actor = current_actor()
    sides = stating.sides_of(actor, outcome)
    may_state = {side for side in sides if can(actor, Permission.OUTCOME_STATE, side)}
    is_open = outcome.state in stating.UNSETTLED
    return render_template(
        "outcomes/outcome.html",
        outcome=outcome,
        form=form,
        stater=session().get_one(Organisation, outcome.stated_by_id),
        other=session().get_one(Organisation, outcome.other_id),
        tone=TONES[outcome.state],
        may_answer=is_open and outcome.other_id in may_state,
        may_take_back=is_open and outcome.stated_by_id in may_state,
        moved=outcome.kind is MatchOutcomeKind.TRL_MOVED,
        ours=sides[0],
    )
