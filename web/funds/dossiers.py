"""What firms have handed in to a fund: the inbox, one dossier, the fund's answer."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import Length

from matchmaker.services import organisations
from matchmaker.services.actors import Permission, can
from matchmaker.services.capital import dossiers
from models.enums import ClauseKind, DeclineReason, DossierState, OrganisationKind
from models.funds import Mandate
from models.rounds import Dossier
from web.access import current_actor, signed_in
from web.database import session
from web.forms import EnumField, Form, InputNeeded
from web.funds.area import bp
from web.gaps import field_label
from web.transactions import commits

# Both forms stand on one page, and each has a word to the firm.
BESIDE = "decline-"


class TakeUpForm(Form):
    answer = TextAreaField(_l("A word to the firm"), validators=[Length(max=1000)])


class DeclineForm(Form):
    reason = EnumField(_l("Why you decline"), DeclineReason, empty=_l("Please choose"), validators=[InputNeeded()])
    clause = EnumField(_l("Clause in the way"), ClauseKind, empty=_l("None in particular"))
    answer = TextAreaField(_l("A word to the firm"), validators=[Length(max=1000)])


@bp.get("/funds/dossiers")
@signed_in
def list_dossiers() -> ResponseReturnValue:
    mine = organisations.my_organisations(session(), current_actor())
    inboxes = [
        (fund, dossiers.list_for_fund(session(), current_actor(), fund.id))
        for fund in mine
        if fund.kind is OrganisationKind.FUND
    ]
    return render_template("funds/dossiers.html", inboxes=inboxes)


@bp.get("/funds/dossiers/<uuid:dossier_id>")
@signed_in
def show_dossier(dossier_id: UUID) -> ResponseReturnValue:
    found = dossiers.get(session(), current_actor(), dossier_id)
    return _render(found, TakeUpForm(formdata=None), DeclineForm(formdata=None, prefix=BESIDE))


@bp.post("/funds/dossiers/<uuid:dossier_id>/take-up")
@signed_in
@commits
def take_up(dossier_id: UUID) -> ResponseReturnValue:
    form = TakeUpForm()
    found = dossiers.get(session(), current_actor(), dossier_id)
    if form.validate():
        with form.refusing():
            dossiers.take_up(session(), current_actor(), dossier_id, form.answer.data)
            flash(_("Taken up. The firm is told so."), "success")
            return redirect(url_for("funds.show_dossier", dossier_id=dossier_id))
    return _render(found, form, DeclineForm(formdata=None, prefix=BESIDE)), 422


@bp.post("/funds/dossiers/<uuid:dossier_id>/decline")
@signed_in
@commits
def decline(dossier_id: UUID) -> ResponseReturnValue:
    form = DeclineForm(prefix=BESIDE)
    found = dossiers.get(session(), current_actor(), dossier_id)
    if form.validate():
        with form.refusing():
            told = {"clause": form.clause.data, "answer": form.answer.data}
            dossiers.decline(session(), current_actor(), dossier_id, form.reason.data, **told)
            flash(
                _("Declined. The firm reads the reason, and you no longer see what was given with the dossier."),
                "success",
            )
            return redirect(url_for("funds.show_dossier", dossier_id=dossier_id))
    return _render(found, TakeUpForm(formdata=None), form), 422


def _render(found: Dossier, taking: TakeUpForm, declining: DeclineForm) -> str:
    may_answer = can(current_actor(), Permission.DOSSIER_ANSWER, found.fund_id)
    return render_template(
        "funds/dossier.html",
        dossier=found,
        firm=_firm(found),
        fund=organisations.get_organisation(session(), found.fund_id),
        mandate=_mandate(found),
        taking=taking,
        declining=declining,
        may_take_up=may_answer and found.state is DossierState.SUBMITTED,
        may_decline=may_answer and found.state in dossiers.WITH_THE_FUND,
        field_label=field_label,
    )


def _firm(one: Dossier) -> object:
    return organisations.get_organisation(session(), one.organisation_id)


def _mandate(one: Dossier) -> Mandate:
    return session().get_one(Mandate, one.mandate_id)
