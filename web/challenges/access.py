"""Being let in to what a challenge keeps back: asking, inviting, deciding, shutting out again."""

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.services import organisations
from matchmaker.services.actors import Permission
from matchmaker.services.challenges import access, editing
from models.enums import AccessState
from web.access import current_actor, permitted, signed_in
from web.challenges.answer_forms import DecideForm, InviteForm, PurposeForm
from web.challenges.area import bp
from web.database import session
from web.transactions import commits


@bp.post("/challenges/<uuid:challenge_id>/access/<uuid:organisation_id>")
@permitted(Permission.CHALLENGE_ANSWER, organisation="organisation_id")
@commits
def ask_access(challenge_id: UUID, organisation_id: UUID) -> ResponseReturnValue:
    form = PurposeForm()
    purpose = (form.purpose.data or "") if form.validate() else ""
    access.ask(session(), current_actor(), challenge_id, organisation_id, purpose)
    flash(_("You have asked to be let in. The poster decides; you see the answer here."), "success")
    return redirect(url_for("challenges.show_challenge", challenge_id=challenge_id))


@bp.post("/challenges/<uuid:challenge_id>/invite")
@signed_in
@commits
def invite(challenge_id: UUID) -> ResponseReturnValue:
    challenge = editing.get_editable(session(), current_actor(), challenge_id)
    form = InviteForm()
    named = (form.who.data or "") if form.validate() else ""
    organisation = organisations.get_named(session(), current_actor(), named, field="who")
    access.invite(session(), current_actor(), challenge, organisation, form.note.data or "")
    flash(_("The organisation is let in and sees the whole challenge."), "success")
    return redirect(url_for("challenges.show_challenge", challenge_id=challenge.id, _anchor="access"))


@bp.post("/challenge-access/<uuid:access_id>/decide")
@signed_in
@commits
def decide_access(access_id: UUID) -> ResponseReturnValue:
    asked = access.get(session(), current_actor(), access_id)
    form = DecideForm()
    state = AccessState.GRANTED if request.form.get("action") == "grant" else AccessState.REFUSED
    note = (form.note.data or "") if form.validate() else ""
    access.decide(session(), current_actor(), asked, state, note)
    flash(_("Decided; the organisation sees it on the page of the challenge."), "success")
    return redirect(url_for("challenges.show_challenge", challenge_id=asked.challenge_id, _anchor="access"))


@bp.post("/challenge-access/<uuid:access_id>/revoke")
@signed_in
@commits
def revoke_access(access_id: UUID) -> ResponseReturnValue:
    granted = access.get(session(), current_actor(), access_id)
    form = DecideForm()
    reason = (form.note.data or "") if form.validate() else ""
    access.revoke(session(), current_actor(), granted, reason)
    flash(_("Taken back: from now on the organisation does not read it any more."), "success")
    return redirect(url_for("challenges.show_challenge", challenge_id=granted.challenge_id, _anchor="access"))
