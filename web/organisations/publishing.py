"""Publishing, withdrawing and renewing an offer or a need: one button each."""

from uuid import UUID

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.services import postings
from models.offers import Need, Offer
from web.access import current_actor, signed_in
from web.database import session
from web.organisations import reviewed
from web.organisations.area import bp
from web.transactions import commits


@bp.post("/offers/<uuid:offer_id>/publish")
@signed_in
@commits
def publish_offer(offer_id: UUID) -> ResponseReturnValue:
    offer = postings.get_editable(session(), current_actor(), Offer, offer_id)
    postings.publish(session(), current_actor(), offer)
    flash(reviewed.said(offer, _("Your offer is published. Needs that fit it find it from now on.")), "success")
    return redirect(url_for("organisations.show_offer", offer_id=offer.id))


@bp.post("/offers/<uuid:offer_id>/withdraw")
@signed_in
@commits
def withdraw_offer(offer_id: UUID) -> ResponseReturnValue:
    offer = postings.get_editable(session(), current_actor(), Offer, offer_id)
    postings.withdraw(session(), current_actor(), offer)
    flash(_("Your offer is withdrawn. Only your own people see it now; you can publish it again."), "success")
    return redirect(url_for("organisations.show_offer", offer_id=offer.id))


@bp.post("/offers/<uuid:offer_id>/renew")
@signed_in
@commits
def renew_offer(offer_id: UUID) -> ResponseReturnValue:
    offer = postings.get_editable(session(), current_actor(), Offer, offer_id)
    postings.renew(session(), current_actor(), offer)
    flash(reviewed.said(offer, _("Your offer holds for another twelve months.")), "success")
    return redirect(url_for("organisations.show_offer", offer_id=offer.id))


@bp.post("/needs/<uuid:need_id>/publish")
@signed_in
@commits
def publish_need(need_id: UUID) -> ResponseReturnValue:
    need = postings.get_editable(session(), current_actor(), Need, need_id)
    postings.publish(session(), current_actor(), need)
    flash(reviewed.said(need, _("Your need is published. Look at the partners for it.")), "success")
    return redirect(url_for("organisations.show_need", need_id=need.id))


@bp.post("/needs/<uuid:need_id>/withdraw")
@signed_in
@commits
def withdraw_need(need_id: UUID) -> ResponseReturnValue:
    need = postings.get_editable(session(), current_actor(), Need, need_id)
    postings.withdraw(session(), current_actor(), need)
    flash(_("Your need is withdrawn. Only your own people see it now; you can publish it again."), "success")
    return redirect(url_for("organisations.show_need", need_id=need.id))


@bp.post("/needs/<uuid:need_id>/renew")
@signed_in
@commits
def renew_need(need_id: UUID) -> ResponseReturnValue:
    need = postings.get_editable(session(), current_actor(), Need, need_id)
    postings.renew(session(), current_actor(), need)
    flash(reviewed.said(need, _("Your need holds for another twelve months.")), "success")
    return redirect(url_for("organisations.show_need", need_id=need.id))
