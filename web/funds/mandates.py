"""Mandates of a fund: the list, the check before publishing, editions, what happens to published terms, the card."""

from collections.abc import Sequence
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import NotFound
from matchmaker.services import organisations
from matchmaker.services.actors import Permission, can
from matchmaker.services.calendar import today
from matchmaker.services.mandates import catching_up, checking, editing, editions, listing, reading, seeing, steering
from models.enums import MandateStatus
from models.funds import Mandate, MandateEdition
from web import clause_sentences as clauses
from web import mandate_terms as wording
from web.access import current_actor, signed_in
from web.database import session
from web.funds.area import bp
from web.funds.mandate_cards import STATUS_TONES, card_of, may_edit, seen_by_terms, seen_today
from web.funds.mandate_forms import PublishForm, StatusForm
from web.transactions import commits


@bp.get("/funds/mandates")
@signed_in
def list_mandates() -> ResponseReturnValue:
    funds = listing.list_mine(session(), current_actor())
    return render_template(
        "funds/mandates.html", funds=funds, seen=seen_today(funds), may_edit=may_edit, tones=STATUS_TONES
    )


@bp.get("/funds/mandates/<uuid:mandate_id>/check")
@signed_in
def check_mandate(mandate_id: UUID) -> ResponseReturnValue:
    """Everything as firms will read it, with what it lacks and, for a revision, what changes."""
    mandate = seeing.get_draft(session(), current_actor(), mandate_id)
    return _render_check(mandate, PublishForm(formdata=None, version=mandate.version))


@bp.post("/funds/mandates/<uuid:mandate_id>/publish")
@signed_in
@commits
def publish(mandate_id: UUID) -> ResponseReturnValue:
    draft = seeing.get_draft(session(), current_actor(), mandate_id)
    form = PublishForm()
    if form.validate():
        with form.beside(editions.find_overtaken(session(), draft)):
            mandate = editions.publish(
                session(),
                current_actor(),
                draft,
                note=form.note.data,
                expected_version=form.version.data,
                seen_edition=form.edition.data,
            )
            flash(_("Edition %(number)s is published; firms are held against it from now on.", number=mandate.edition))
            return redirect(url_for("funds.show_clearance", mandate_id=mandate.id))
    return _render_check(draft, form), form.status


@bp.post("/funds/mandates/<uuid:mandate_id>/catch-up")
@signed_in
@commits
def catch_up(mandate_id: UUID) -> ResponseReturnValue:
    draft = seeing.get_draft(session(), current_actor(), mandate_id)
    form = PublishForm()
    if form.validate():
        with form.beside(editions.find_overtaken(session(), draft)):
            taken = catching_up.catch_up(
                session(),
                current_actor(),
                draft,
                expected_version=form.version.data,
                seen_edition=form.edition.data,
                taking=request.form.getlist("take"),
            )
            followed = _("The copy follows the published terms now; what you had changed yourself stayed.")
            flash(followed if taken else _("No term was taken over; the copy stays as it is."), "success")
            return redirect(url_for("funds.check_mandate", mandate_id=draft.id))
    return _render_check(draft, form), form.status


@bp.post("/funds/mandates/<uuid:mandate_id>/revise")
@signed_in
@commits
def revise(mandate_id: UUID) -> ResponseReturnValue:
    mandate = seeing.get_owned(session(), current_actor(), mandate_id)
    copy = editing.revise(session(), current_actor(), mandate)
    flash(_("You change a copy. Firms are held against the published terms until you publish the copy."), "info")
    return redirect(url_for("funds.show_fund", mandate_id=copy.id))


@bp.get("/funds/mandates/<uuid:mandate_id>/discard")
@signed_in
def show_discard(mandate_id: UUID) -> ResponseReturnValue:
    mandate = seeing.get_draft(session(), current_actor(), mandate_id)
    return render_template("funds/mandate_discard.html", mandate=mandate)


@bp.post("/funds/mandates/<uuid:mandate_id>/discard")
@signed_in
@commits
def discard(mandate_id: UUID) -> ResponseReturnValue:
    mandate = seeing.get_draft(session(), current_actor(), mandate_id)
    editing.discard(session(), current_actor(), mandate)
    flash(_("The draft is thrown away."), "success")
    return redirect(url_for("funds.list_mandates"))


@bp.get("/funds/mandates/<uuid:mandate_id>/status/<status_code>")
@signed_in
def show_status(mandate_id: UUID, status_code: str) -> ResponseReturnValue:
    """Asks before the mandate is paused, goes into exit, is closed, or invests again."""
    mandate = seeing.get_owned(session(), current_actor(), mandate_id)
    form = StatusForm(formdata=None, version=mandate.version)
    return render_template(
        "funds/mandate_status.html", mandate=mandate, status=_next_status(mandate, status_code), form=form
    )


@bp.post("/funds/mandates/<uuid:mandate_id>/status/<status_code>")
@signed_in
@commits
def change_status(mandate_id: UUID, status_code: str) -> ResponseReturnValue:
    mandate = seeing.get_owned(session(), current_actor(), mandate_id)
    status = _next_status(mandate, status_code)
    steering.move(session(), current_actor(), mandate, status, expected_version=StatusForm().version.data)
    flash(_("The status is changed."), "success")
    return redirect(url_for("funds.show_card", mandate_id=mandate.id))


@bp.post("/funds/mandates/<uuid:mandate_id>/verify")
@signed_in
@commits
def verify(mandate_id: UUID) -> ResponseReturnValue:
    mandate = seeing.get_owned(session(), current_actor(), mandate_id)
    steering.verify(session(), current_actor(), mandate)
    flash(_("Noted: the terms hold as of today."), "success")
    return redirect(url_for("funds.show_card", mandate_id=mandate.id))


@bp.get("/funds/mandates/<uuid:mandate_id>/editions")
@signed_in
def list_editions(mandate_id: UUID) -> ResponseReturnValue:
    """All editions, and what differs between two: the address names them, else it is the last two."""
    mandate = seeing.get_published(session(), current_actor(), mandate_id)
    found = editions.list_editions(session(), mandate)
    latest = found[0].number if found else 0
    after = request.args.get("to", latest, type=int)
    before = request.args.get("from", after - 1, type=int)
    by_number = {one.number: one for one in found}
    pair = (by_number.get(before), by_number.get(after))
    differences = editions.compare(pair[0].terms, pair[1].terms) if pair[0] and pair[1] else ()
    return render_template(
        "funds/mandate_editions.html",
        mandate=mandate,
        editions=found,
        before=pair[0],
        after=pair[1],
        differences=differences,
        drift=[wording.term_label(one.name) for one in _drift(mandate, found)],
        names=clauses.code_names(),
        wording=wording,
    )


def _drift(mandate: Mandate, found: Sequence[MandateEdition]) -> Sequence[editions.Difference]:
    """What the mandate says that its latest edition does not: tables come in without publishing."""
    return editions.compare(found[0].terms, clauses.frozen_terms(mandate)) if found else ()


@bp.get("/funds/<uuid:mandate_id>")
@signed_in
def show_card(mandate_id: UUID) -> ResponseReturnValue:
    """What a fund wants, for everybody: what is published, in words."""
    mandate = seeing.get_published(session(), current_actor(), mandate_id)
    frozen = clauses.frozen_terms(mandate)
    is_mine = may_edit(mandate.organisation_id)
    life_ends_on = clauses.life_ends_on(frozen)
    return render_template(
        "funds/mandate.html",
        mandate=mandate,
        fund=organisations.get_organisation(session(), mandate.organisation_id),
        may_edit=is_mine,
        may_clear=can(current_actor(), Permission.CAPITAL_VIEW, mandate.organisation_id),
        revision=editing.find_revision(session(), mandate) if is_mine else None,
        moves=steering.MOVES[mandate.status] if is_mine else (),
        life_ends_on=life_ends_on,
        life_is_over=life_ends_on is not None and life_ends_on < today(),
        tones=STATUS_TONES,
        **card_of(frozen),
    )


def _next_status(mandate: Mandate, code: str) -> MandateStatus:
    """The status that the address names, where the mandate can go there."""
    if code not in steering.MOVES[mandate.status]:
        raise NotFound("status of a mandate", code)
    return MandateStatus(code)


def _render_check(mandate: Mandate, form: PublishForm) -> str:
    terms = reading.terms_of(session(), mandate)
    frozen = editions.freeze(session(), terms)
    found = checking.findings(terms)
    revised = session().get(Mandate, mandate.revises_id) if mandate.revises_id else None
    return render_template(
        "funds/mandate_check.html",
        form=form,
        mandate=mandate,
        fund=organisations.get_organisation(session(), mandate.organisation_id),
        findings=found,
        is_stopped=any(one.stops for one in found),
        revised=revised,
        overtaken=editions.find_overtaken(session(), mandate),
        changes=editions.compare(clauses.frozen_terms(revised), frozen) if revised else (),
        **seen_by_terms(terms, mandate.organisation_id, mandate),
        **card_of(frozen),
    )
