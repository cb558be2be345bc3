"""What a firm hands to a fund: prepared for one mandate, handed in, changed, taken back."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional

from matchmaker.services import clearing, organisations
from matchmaker.services.calendar import today
from matchmaker.services.capital import dossiers, rounds
from matchmaker.services.capital.dossiers import DossierDraft
from matchmaker.services.clearing import ClauseLine
from matchmaker.services.mandates import seeing
from models.enums import ClauseForce
from models.funds import Mandate
from models.rounds import Dossier, Round
from web import challenge_wording as wording
from web.access import current_actor, signed_in
from web.capital.area import bp
from web.capital.rounds import about_round
from web.database import session
from web.forms.edit import EditForm
from web.gaps import field_label
from web.i18n import joined
from web.labels import label
from web.transactions import commits

SEND = "send"


class DossierForm(EditForm):
    fields = SelectMultipleField(_l("What this fund may see beside your open fields"))
    message = TextAreaField(_l("A word to the fund"), validators=[Length(max=2000)])
    expires_on = DateField(_l("The fund may see it until"), validators=[Optional()])

    def offer(self, names: Any) -> None:
        """The kept-back fields of this firm are what it can give."""
        self.fields.choices = [SelectChoice(name, field_label(name)) for name in names]

    def draft(self) -> DossierDraft:
        return DossierDraft(
            fields=tuple(self.fields.data or ()), message=self.message.data, expires_on=self.expires_on.data
        )


@bp.get("/capital/rounds/<uuid:round_id>/dossiers/<uuid:mandate_id>")
@signed_in
def show_dossier(round_id: UUID, mandate_id: UUID) -> ResponseReturnValue:
    asked, mandate = rounds.get_round(session(), current_actor(), round_id), _mandate(mandate_id)
    begun = dossiers.find(session(), current_actor(), asked.id, mandate.id)
    form = DossierForm(formdata=None, obj=begun, version=begun.version if begun else None)
    return _render(asked, mandate, begun, form)


@bp.post("/capital/rounds/<uuid:round_id>/dossiers/<uuid:mandate_id>")
@signed_in
@commits
def save_dossier(round_id: UUID, mandate_id: UUID) -> ResponseReturnValue:
    asked, mandate = rounds.get_round(session(), current_actor(), round_id), _mandate(mandate_id)
    begun = dossiers.find(session(), current_actor(), asked.id, mandate.id)
    form = DossierForm()
    form.offer(dossiers.grantable(session(), asked.organisation_id))
    if form.validate():
        with form.over(begun):
            _save(asked, mandate, begun, form)
            return redirect(url_for("capital.show_dossier", round_id=asked.id, mandate_id=mandate.id))
    return _render(asked, mandate, begun, form), form.status


@bp.post("/capital/dossiers/<uuid:dossier_id>/withdraw")
@signed_in
@commits
def withdraw_dossier(dossier_id: UUID) -> ResponseReturnValue:
    withdrawn = dossiers.withdraw(session(), current_actor(), dossier_id)
    flash(_("Taken back. The fund sees neither the dossier nor what was given with it."), "success")
    return redirect(url_for("capital.show_round", round_id=withdrawn.round_id))


def _save(asked: Round, mandate: Mandate, begun: Dossier | None, form: DossierForm) -> None:
    actor = current_actor()
    if begun is None:
        saved = dossiers.prepare(session(), actor, asked.id, mandate.id, form.draft())
    else:
        saved = dossiers.edit(session(), actor, begun.id, form.draft(), expected_version=form.version.data)
    if request.form.get("action") == SEND:
        dossiers.submit(session(), actor, saved.id, today=today())
        flash(_("Handed in. The fund sees it now; its answer comes here and to your round."), "success")
    else:
        flash(_("Saved."), "success")


def _mandate(mandate_id: UUID) -> Mandate:
    return seeing.get_published(session(), current_actor(), mandate_id)


def _render(asked: Round, mandate: Mandate, begun: Dossier | None, form: DossierForm) -> str:
    kept_back = dossiers.grantable(session(), asked.organisation_id)
    form.offer(kept_back)
    lines = _lines(asked, mandate)
    return render_template(
        "capital/dossier.html",
        wanted=[(field_label(name), joined(kinds)) for name in kept_back if (kinds := _asking(lines, name))],
        unsaid=[label(line.kind) for line in lines if line.is_askable],
        **about_round(asked),
        mandate=mandate,
        fund=organisations.get_organisation(session(), mandate.organisation_id),
        dossier=begun,
        form=form,
        field_label=field_label,
        differences=wording.differences(form),
        is_with_fund=begun is not None and begun.state in dossiers.WITH_THE_FUND,
    )


def _lines(asked: Round, mandate: Mandate) -> list[ClauseLine]:
    """The clauses that decide, held against all that the firm knows of itself; none where nobody holds them now."""
    fund = clearing.for_round(session(), current_actor(), asked.id, today=today()).of(mandate.id)
    return [line for line in fund.lines if line.force is not ClauseForce.SOFT] if fund else []


def _asking(lines: Sequence[ClauseLine], field: str) -> list[str]:
    """The clauses that read a field of the profile."""
    return [label(line.kind) for line in lines if field in clearing.FIELDS_OF.get(line.kind, ())]
