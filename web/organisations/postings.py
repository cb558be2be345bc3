"""Offers and needs: lists, pages, the form with its picker, publishing."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.services import completeness, organisations, postings, reference
from matchmaker.services.actors import Permission, can
from matchmaker.services.calendar import today
from models.offers import Need, Offer
from models.organisations import Organisation
from web import kept, picking
from web.access import current_actor, permitted, signed_in
from web.choices import names_of
from web.database import session
from web.organisations import cards, reviewed
from web.organisations.area import bp
from web.organisations.posting_forms import NeedForm, OfferForm, PostingForm
from web.picking import Picker
from web.shown import note_opened
from web.transactions import commits

writers_only = permitted(Permission.POSTING_EDIT, organisation="organisation_id")


@bp.get("/organisations/<uuid:organisation_id>/offers")
@signed_in
def list_offers(organisation_id: UUID) -> ResponseReturnValue:
    organisation = organisations.get_seen(session(), current_actor(), organisation_id)
    page = postings.list_offers(session(), current_actor(), organisation, page=_page_number())
    return _render_list(organisation, page, "offer")


@bp.get("/organisations/<uuid:organisation_id>/needs")
@signed_in
def list_needs(organisation_id: UUID) -> ResponseReturnValue:
    organisation = organisations.get_seen(session(), current_actor(), organisation_id)
    page = postings.list_needs(session(), current_actor(), organisation, page=_page_number())
    return _render_list(organisation, page, "need")


@bp.get("/organisations/<uuid:organisation_id>/offers/new")
@writers_only
def show_new_offer(organisation_id: UUID) -> ResponseReturnValue:
    organisation = organisations.get_organisation(session(), organisation_id)
    return _render_form(organisation, kept.open_form(OfferForm, "offer", organisation.id), "offer")


@bp.post("/organisations/<uuid:organisation_id>/offers/new")
@writers_only
@commits
def create_offer(organisation_id: UUID) -> ResponseReturnValue:
    organisation = organisations.get_organisation(session(), organisation_id)
    form = OfferForm()
    if picked := picking.use_picker(form, "offer", organisation.id):
        return _render_form(organisation, form, "offer", picker=picked)
    if form.validate():
        with form.refusing():
            offer = postings.create_offer(session(), current_actor(), organisation, form.draft())
            return _saved(offer, "offer", organisation.id)
    return _render_form(organisation, form, "offer"), 422


@bp.get("/organisations/<uuid:organisation_id>/needs/new")
@writers_only
def show_new_need(organisation_id: UUID) -> ResponseReturnValue:
    organisation = organisations.get_organisation(session(), organisation_id)
    return _render_form(organisation, kept.open_form(NeedForm, "need", organisation.id), "need")


@bp.post("/organisations/<uuid:organisation_id>/needs/new")
@writers_only
@commits
def create_need(organisation_id: UUID) -> ResponseReturnValue:
    organisation = organisations.get_organisation(session(), organisation_id)
    form = NeedForm()
    if picked := picking.use_picker(form, "need", organisation.id):
        return _render_form(organisation, form, "need", picker=picked)
    if form.validate():
        with form.refusing():
            need = postings.create_need(session(), current_actor(), organisation, form.draft())
            return _saved(need, "need", organisation.id)
    return _render_form(organisation, form, "need"), 422


@bp.get("/offers/<uuid:offer_id>")
@signed_in
def show_offer(offer_id: UUID) -> ResponseReturnValue:
    offer = postings.get_offer(session(), current_actor(), offer_id)
    note_opened(offer.organisation_id)
    return _render_posting(offer, "offer")


@bp.get("/needs/<uuid:need_id>")
@signed_in
def show_need(need_id: UUID) -> ResponseReturnValue:
    return _render_posting(postings.get_need(session(), current_actor(), need_id), "need")


@bp.get("/offers/<uuid:offer_id>/edit")
@signed_in
def show_edit_offer(offer_id: UUID) -> ResponseReturnValue:
    offer = postings.get_editable(session(), current_actor(), Offer, offer_id)
    values = postings.values_of(session(), offer)
    form = kept.open_form(OfferForm, "offer", offer.id, version=offer.version, **values)
    return _render_form(_owner(offer), form, "offer", posting=offer)


@bp.post("/offers/<uuid:offer_id>/edit")
@signed_in
@commits
def edit_offer(offer_id: UUID) -> ResponseReturnValue:
    offer = postings.get_editable(session(), current_actor(), Offer, offer_id)
    form = OfferForm()
    if picked := picking.use_picker(form, "offer", offer.id):
        return _render_form(_owner(offer), form, "offer", posting=offer, picker=picked)
    if form.validate():
        with form.over(offer):
            version = form.version.data
            postings.update_offer(session(), current_actor(), offer, form.draft(), expected_version=version)
            return _saved(offer, "offer", offer.id)
    return _render_form(_owner(offer), form, "offer", posting=offer), form.status


@bp.get("/needs/<uuid:need_id>/edit")
@signed_in
def show_edit_need(need_id: UUID) -> ResponseReturnValue:
    need = postings.get_editable(session(), current_actor(), Need, need_id)
    values = postings.values_of(session(), need)
    form = kept.open_form(NeedForm, "need", need.id, version=need.version, **values)
    return _render_form(_owner(need), form, "need", posting=need)


@bp.post("/needs/<uuid:need_id>/edit")
@signed_in
@commits
def edit_need(need_id: UUID) -> ResponseReturnValue:
    need = postings.get_editable(session(), current_actor(), Need, need_id)
    form = NeedForm()
    if picked := picking.use_picker(form, "need", need.id):
        return _render_form(_owner(need), form, "need", posting=need, picker=picked)
    if form.validate():
        with form.over(need):
            version = form.version.data
            postings.update_need(session(), current_actor(), need, form.draft(), expected_version=version)
            return _saved(need, "need", need.id)
    return _render_form(_owner(need), form, "need", posting=need), form.status


def _saved(posting: Offer | Need, kind: str, subject: UUID) -> ResponseReturnValue:
    """To the page of the posting; the button chosen may publish it in the same go."""
    kept.forget(kind, subject)
    if request.form.get("action") == "publish":
        postings.publish(session(), current_actor(), posting)
        flash(reviewed.said(posting, _("It is published and can be found now.")), "success")
    else:
        flash(_("Saved."), "success")
    return redirect(_url_of(posting))


def _url_of(posting: Offer | Need) -> str:
    if isinstance(posting, Offer):
        return url_for("organisations.show_offer", offer_id=posting.id)
    return url_for("organisations.show_need", need_id=posting.id)


def _owner(posting: Offer | Need) -> Organisation:
    return organisations.get_organisation(session(), posting.organisation_id)


def _page_number() -> int:
    return request.args.get("page", 1, type=int)


def _render_list(organisation: Organisation, page: Any, kind: str) -> str:
    return render_template(
        "organisations/postings.html",
        organisation=organisation,
        page=page,
        kind=kind,
        may_edit=can(current_actor(), Permission.POSTING_EDIT, organisation.id),
        cards=cards,
    )


def _render_form(
    organisation: Organisation,
    form: PostingForm,
    kind: str,
    *,
    posting: Offer | Need | None = None,
    picker: Picker | None = None,
) -> str:
    return render_template(
        "organisations/posting_form.html",
        organisation=organisation,
        form=form,
        kind=kind,
        posting=posting,
        picker=picker,
        tag_rows=picking.tag_rows(form.tags.data),
        levels=picking.LEVELS,
        importance=picking.IMPORTANCE,
        readiness=reference.list_levels(session()),
        subject=posting.id if posting else organisation.id,
        kept_at=kept.saved_at(kind, posting.id if posting else organisation.id),
        differences=picking.differences(form),
    )


def _render_posting(posting: Offer | Need, kind: str) -> str:
    owner = _owner(posting)
    may_edit = can(current_actor(), Permission.POSTING_EDIT, owner.id)
    measure = completeness.of_offer if isinstance(posting, Offer) else completeness.of_need
    return render_template(
        "organisations/posting.html",
        posting=posting,
        kind=kind,
        organisation=owner,
        tag_rows=picking.tag_rows(postings.list_tags(session(), posting)),
        districts=names_of(reference.list_districts(session())) if posting.partner_districts else {},
        may_edit=may_edit,
        may_match=can(current_actor(), Permission.RECOMMENDATION_VIEW, owner.id),
        measured=measure(session(), owner, posting) if may_edit else None,  # type: ignore[arg-type]
        reviewed=reviewed.read(posting),
        state=postings.state_on(posting, today()),
        cards=cards,
    )
