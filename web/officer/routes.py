"""Views of the officer's desk."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlmodel import col, select

from matchmaker.services import claims
from matchmaker.services.actors import Permission
from models.accounts import OrganisationClaim, User
from models.enums import ClaimState
from models.organisations import Organisation
from web.access import current_actor, permitted
from web.database import session
from web.officer.forms import DecisionForm
from web.transactions import commits

bp = Blueprint("officer", __name__, url_prefix="/officer")


@bp.get("/claims")
@permitted(Permission.CLAIM_DECIDE)
def list_claims() -> ResponseReturnValue:
    state = request.args.get("state", ClaimState.PENDING, type=ClaimState)
    page = claims.list_claims(session(), current_actor(), state, page=request.args.get("page", 1, type=int))
    return render_template("officer/claims.html", claims=page, state=state, states=ClaimState, **_about(page.items))


@bp.get("/claims/<uuid:claim_id>")
@permitted(Permission.CLAIM_DECIDE)
def show_claim(claim_id: UUID) -> ResponseReturnValue:
    asked = claims.get_claim(session(), current_actor(), claim_id)
    return render_template("officer/claim.html", claim=asked, form=DecisionForm(formdata=None), **_about([asked]))


@bp.post("/claims/<uuid:claim_id>/approve")
@permitted(Permission.CLAIM_DECIDE)
@commits
def approve_claim(claim_id: UUID) -> ResponseReturnValue:
    asked = claims.get_claim(session(), current_actor(), claim_id)
    form = DecisionForm()
    if form.validate():
        with form.refusing():
            claims.approve(session(), current_actor(), asked, form.decision_note.data or "")
            flash(_("The claim is approved; the person may act for the organisation now."), "success")
            return redirect(url_for("officer.list_claims"))
    return render_template("officer/claim.html", claim=asked, form=form, **_about([asked])), 422


@bp.post("/claims/<uuid:claim_id>/decline")
@permitted(Permission.CLAIM_DECIDE)
@commits
def decline_claim(claim_id: UUID) -> ResponseReturnValue:
    asked = claims.get_claim(session(), current_actor(), claim_id)
    form = DecisionForm()
    if form.validate():
        with form.refusing():
            claims.decline(session(), current_actor(), asked, form.decision_note.data or "")
            flash(_("The claim is declined; the person can read your note."), "success")
            return redirect(url_for("officer.list_claims"))
    return render_template("officer/claim.html", claim=asked, form=form, **_about([asked])), 422


def _about(asked: Sequence[OrganisationClaim]) -> dict[str, Mapping[UUID, object]]:
    """The people and organisations of these claims, in two queries."""
    people = select(User).where(col(User.id).in_({claim.user_id for claim in asked}))
    named = select(Organisation).where(col(Organisation.id).in_({claim.organisation_id for claim in asked}))
    return {
        "people": {user.id: user for user in session().exec(people)},
        "organisations": {organisation.id: organisation for organisation in session().exec(named)},
    }
