"""Views of the composer: have a team composed for a challenge, follow the proof, see why each member is in."""

from collections.abc import Iterable
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from matchmaker.services import jobs
from matchmaker.services.calendar import today
from matchmaker.services.challenges import seeing
from matchmaker.services.composing import asking, reading, repairing
from matchmaker.services.composing.reading import Reading
from matchmaker.services.composing.settings import LEAST_SIZE, MOST_SIZE, Settings
from models.organisations import Organisation
from web.access import current_actor, signed_in
from web.consortia import composition_cards as cards
from web.consortia.composition_sentences import Words
from web.database import session
from web.forms import Form, InRange
from web.forms.fields import YuanField
from web.i18n import localised
from web.rule_sentences import names_for, verdict_lines
from web.transactions import commits

bp = Blueprint("compositions", __name__)


def to_id(value: object) -> UUID:
    """What was sent, or what is stored already."""
    return value if isinstance(value, UUID) else UUID(str(value))


class AskForm(Form):
    """For whose team, and what differs from the challenge."""

    lead_id = SelectField(_l("Whose team"), coerce=to_id, choices=list)
    held = SelectMultipleField(_l("Have to be in"), coerce=to_id, choices=list)
    barred = SelectMultipleField(_l("Must not be in"), coerce=to_id, choices=list)
    budget = YuanField(_l("Budget"), validators=[Optional()])
    members_at_most = IntegerField(
        _l("Members at most"), validators=[Optional(), InRange(min=LEAST_SIZE, max=MOST_SIZE)]
    )

    def offer(self, leads: Iterable[Organisation], known: Iterable[Organisation]) -> None:
        """What there is to choose from; nobody types an id."""
        self.lead_id.choices = [SelectChoice(str(one.id), str(localised(one, "name"))) for one in leads]
        choices = [SelectChoice(str(one.id), str(localised(one, "name"))) for one in known]
        self.held.choices, self.barred.choices = choices, choices

    def settings(self, before: Settings) -> Settings:
        """What was relaxed before stays relaxed."""
        return Settings(
            held=tuple(self.held.data or ()),
            barred=tuple(self.barred.data or ()),
            budget=self.budget.data,
            members_at_most=self.members_at_most.data,
            relaxed=before.relaxed,
        )


@bp.get("/challenges/<uuid:challenge_id>/compositions")
@signed_in
def list_compositions(challenge_id: UUID) -> ResponseReturnValue:
    return _show_list(challenge_id, AskForm(formdata=None))


@bp.post("/challenges/<uuid:challenge_id>/compositions")
@signed_in
@commits
def ask(challenge_id: UUID) -> ResponseReturnValue:
    challenge = seeing.get_seen(session(), current_actor(), challenge_id)
    form = AskForm()
    form.offer(asking.list_leads(session(), current_actor(), challenge), ())
    if form.validate():
        with form.refusing():
            lead_id, settings = form.lead_id.data, form.settings(Settings())
            composition = asking.ask(session(), current_actor(), challenge, lead_id, settings)
            return redirect(url_for("compositions.show", composition_id=composition.id))
    return _show_list(challenge_id, form), 422


@bp.get("/compositions/<uuid:composition_id>")
@signed_in
def show(composition_id: UUID) -> ResponseReturnValue:
    found = reading.read(session(), current_actor(), composition_id, today=today())
    return _show(found, _again_form(found, formdata=None))


@bp.post("/compositions/<uuid:composition_id>/again")
@signed_in
@commits
def ask_again(composition_id: UUID) -> ResponseReturnValue:
    found = reading.read(session(), current_actor(), composition_id, today=today())
    form = _again_form(found)
    if form.validate():
        with form.refusing():
            settings, lead_id = form.settings(found.settings), found.lead.id
            composition = asking.ask(session(), current_actor(), found.challenge, lead_id, settings)
            return redirect(url_for("compositions.show", composition_id=composition.id))
    return _show(found, form), 422


@bp.post("/compositions/<uuid:composition_id>/repairs/<int:number>")
@signed_in
@commits
def repair(composition_id: UUID, number: int) -> ResponseReturnValue:
    found = reading.read(session(), current_actor(), composition_id, today=today())
    composition = repairing.ask_repaired(session(), current_actor(), found, number)
    return redirect(url_for("compositions.show", composition_id=composition.id))


@bp.post("/compositions/<uuid:composition_id>/stop")
@signed_in
@commits
def stop(composition_id: UUID) -> ResponseReturnValue:
    asked = asking.get(session(), current_actor(), composition_id)
    asking.stop(session(), current_actor(), asked.composition)
    flash(_("The search stops; the best team so far stays."), "success")
    return redirect(url_for("compositions.show", composition_id=composition_id))


def _show_list(challenge_id: UUID, form: AskForm) -> str:
    challenge = seeing.get_seen(session(), current_actor(), challenge_id)
    leads = asking.list_leads(session(), current_actor(), challenge)
    if not leads:
        abort(404)  # who takes no part composes no team here, and learns nothing of those who do
    form.offer(leads, ())
    asked = asking.list_asked(session(), current_actor(), challenge_id)
    return render_template(
        "consortia/compositions.html",
        challenge=challenge,
        asked=asked,
        leads={one.id: one for one in leads},
        form=form,
        is_live=any(one.is_live for one in asked),
        is_attended=jobs.is_attended(session()),
    )


def _again_form(found: Reading, **named: object) -> AskForm:
    """Prefilled with what was asked; one can hold or bar whoever stands on the page."""
    form = AskForm(
        **named,
        lead_id=found.lead.id,
        held=list(found.settings.held),
        barred=list(found.settings.barred),
        budget=found.settings.budget,
        members_at_most=found.settings.members_at_most,
    )
    known = sorted(found.named.organisations.values(), key=lambda one: (one.name_zh or one.name_en, str(one.id)))
    form.offer([found.lead], [one for one in known if one.id != found.lead.id])
    return form


def _show(found: Reading, form: AskForm) -> str:
    organisations = found.judgement.organisations if found.judgement else {}
    rule_names = names_for({**found.named.organisations, **organisations})
    words = Words(found, rule_names)
    return render_template(
        "consortia/composition.html",
        reading=found,
        composition=found.asked.composition,
        state=found.asked.state,
        gap=cards.gap_of(found),
        team=found.teams[0] if found.teams else None,
        parts=cards.parts_of(found.teams[0]) if found.teams else [],
        indicators=cards.indicators_of(found.teams[0]) if found.teams else [],
        matrix=cards.matrix_of(found, words) if found.teams else [],
        columns=[words.name(one["organisation_id"]) for one in found.teams[0]["members"]] if found.teams else [],
        members=cards.members_of(found, words) if found.teams else [],
        pairs=cards.pairs_of(found, words) if found.teams else [],
        others=cards.others_of(found, words) if found.teams else [],
        verdicts=verdict_lines(found.judgement.rules, rule_names) if found.judgement else [],
        clash=cards.clash_of(found, words),
        repairs=cards.repairs_of(found, words),
        relaxed=cards.relaxed_of(found, words),
        form=form,
        is_attended=jobs.is_attended(session()),
    )
