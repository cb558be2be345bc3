"""Pairing of service institutions with parks: the plan with its reasons, and what became of each pair."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import FloatField, IntegerField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from matchmaker.services.actors import Permission
from matchmaker.services.paging import Page
from matchmaker.services.pairings import planning
from matchmaker.services.pairings.planning import LONGEST_NOTE, MOST_EACH, Reasons, Settings, Term
from models.consortia import Pairing
from models.enums import PairingType, SeatState
from models.organisations import Organisation
from web.access import current_actor, permitted
from web.database import session
from web.forms import EnumField, Form, InputNeeded, InRange, VersionedForm
from web.i18n import localised, number
from web.transactions import commits

PARKS_A_PAGE = 10
bp = Blueprint("pairings", __name__, url_prefix="/officer/pairings")

STATES = {
    SeatState.PROPOSED: _l("Pair proposed"),
    SeatState.ACCEPTED: _l("Paired"),
    SeatState.DECLINED: _l("Not to be paired"),
}
TONES = {SeatState.ACCEPTED: "good", SeatState.DECLINED: "bad"}


class PlanForm(Form):
    """Bounds of the plan; asking changes nothing, so they travel in the address."""

    class Meta(Form.Meta):
        csrf = False

    parks_at_most = IntegerField(
        _l("Parks for one institution, at most"), validators=[InputNeeded(), InRange(1, MOST_EACH)], default=2
    )
    institutions_at_most = IntegerField(
        _l("Institutions for one park, at most"), validators=[InputNeeded(), InRange(1, MOST_EACH)], default=3
    )
    least_fit = FloatField(_l("Fit of a pair, at least"), validators=[InputNeeded(), InRange(0, 100)], default=30)

    def settings(self) -> Settings:
        return Settings(
            parks_at_most=self.parks_at_most.data,
            institutions_at_most=self.institutions_at_most.data,
            least_fit=self.least_fit.data / 100,
        )


class DecisionForm(VersionedForm):
    state = SelectField(_l("What became of it"), coerce=SeatState)
    note = TextAreaField(_l("Note"), validators=[Length(max=LONGEST_NOTE)])

    def __init__(self, *args: object, **named: object) -> None:
        super().__init__(*args, **named)
        self.state.choices = [SelectChoice(state.value, str(text)) for state, text in STATES.items()]


class NewPairingForm(Form):
    institution = SelectField(_l("Service institution"), validators=[InputNeeded()])
    park = SelectField(_l("Park"), validators=[InputNeeded()])
    type = EnumField(_l("Way of working together"), PairingType, validators=[InputNeeded()])
    note = TextAreaField(_l("Note"), validators=[Length(max=LONGEST_NOTE)])

    def __init__(self, *args: object, **named: object) -> None:
        super().__init__(*args, **named)
        institutions, parks = planning.list_sides(session(), current_actor())
        self.institution.choices = [_choice(one) for one in institutions]
        self.park.choices = [_choice(one) for one in parks]


def _choice(organisation: Organisation) -> SelectChoice:
    return SelectChoice(str(organisation.id), localised(organisation, "name").striptags())


@bp.get("/")
@permitted(Permission.PAIRING_PLAN)
def show_plan() -> ResponseReturnValue:
    form = PlanForm(request.args if "least_fit" in request.args else None)
    if "least_fit" not in request.args or form.validate():
        with form.refusing():
            proposal = planning.propose(session(), current_actor(), form.settings())
            return _render_plan(form, proposal)
    return _render_plan(form, None), 422


@bp.post("/adopt")
@permitted(Permission.PAIRING_PLAN)
@commits
def adopt_plan() -> ResponseReturnValue:
    form = PlanForm()
    if form.validate():
        with form.refusing():
            done = planning.adopt(session(), current_actor(), form.settings())
            told = _(
                "The plan is taken over: %(added)s pairs added, %(dropped)s dropped.",
                added=done.added,
                dropped=done.dropped,
            )
            flash(told, "success")
            return redirect(url_for("pairings.list_pairings"))
    return _render_plan(form, None), 422


@bp.get("/records")
@permitted(Permission.PAIRING_PLAN)
def list_pairings() -> ResponseReturnValue:
    return _render_list(NewPairingForm(formdata=None))


@bp.post("/records")
@permitted(Permission.PAIRING_PLAN)
@commits
def add_pairing() -> ResponseReturnValue:
    form = NewPairingForm()
    if form.validate():
        with form.refusing():
            pairing = planning.add_by_hand(
                session(),
                current_actor(),
                UUID(form.institution.data),
                UUID(form.park.data),
                form.type.data,
                note=form.note.data,
            )
            flash(_("The pair is added."), "success")
            return redirect(url_for("pairings.show_pairing", pairing_id=pairing.id))
    return _render_list(form), 422


@bp.get("/<uuid:pairing_id>")
@permitted(Permission.PAIRING_PLAN)
def show_pairing(pairing_id: UUID) -> ResponseReturnValue:
    pairing = planning.get_pairing(session(), current_actor(), pairing_id)
    form = DecisionForm(formdata=None, data={"state": pairing.state, "note": pairing.note, "version": pairing.version})
    return _render_pairing(pairing, form)


@bp.post("/<uuid:pairing_id>")
@permitted(Permission.PAIRING_PLAN)
@commits
def decide_pairing(pairing_id: UUID) -> ResponseReturnValue:
    pairing = planning.get_pairing(session(), current_actor(), pairing_id)
    form = DecisionForm()
    if form.validate():
        with form.refusing():
            planning.decide(
                session(),
                current_actor(),
                pairing,
                form.state.data,
                note=form.note.data,
                expected_version=form.version.data,
            )
            flash(_("Saved. New plans keep to it."), "success")
            return redirect(url_for("pairings.list_pairings"))
    return _render_pairing(pairing, form), 422


def _render_plan(form: PlanForm, proposal: planning.Proposal | None) -> str:
    return render_template(
        "officer/pairings.html",
        form=form,
        proposal=proposal,
        shown=_page(proposal),
        sentence=sentence,
        main_ground=main_ground,
        states=STATES,
        tones=TONES,
    )


def _render_list(form: NewPairingForm) -> str:
    stored = planning.list_pairings(session(), current_actor())
    return render_template(
        "officer/pairing_records.html",
        form=form,
        rows=[(one, *_sides(one)) for one in stored],
        states=STATES,
        tones=TONES,
    )


def _render_pairing(pairing: Pairing, form: DecisionForm) -> str:
    institution, park = _sides(pairing)
    return render_template(
        "officer/pairing.html",
        form=form,
        pairing=pairing,
        institution=institution,
        park=park,
        reasons=planning.reasons_for(session(), current_actor(), pairing),
        sentence=sentence,
        states=STATES,
        tones=TONES,
    )


def _sides(pairing: Pairing) -> tuple[Organisation, Organisation]:
    return session().get_one(Organisation, pairing.institution_id), session().get_one(Organisation, pairing.park_id)


def _page(proposal: planning.Proposal | None) -> Page[planning.ParkPlan]:
    """The parks with somebody, some at a time."""
    parks = [one for one in proposal.parks if one.pairings] if proposal else []
    asked = request.args.get("page", "1")
    last = max(1, -(-len(parks) // PARKS_A_PAGE))
    here = min(int(asked), last) if asked.isascii() and asked.isdigit() and len(asked) < 5 and int(asked) else 1
    start = (here - 1) * PARKS_A_PAGE
    return Page(parks[start : start + PARKS_A_PAGE], here, PARKS_A_PAGE, len(parks))


def main_ground(reasons: Reasons) -> str:
    """The ground that adds most to the fit."""
    return sentence(reasons, max(reasons.terms, key=lambda term: term.points))


def sentence(reasons: Reasons, term: Term) -> str:
    """One ground of a fit, as people read it."""
    if term.value is None:
        return str(_UNKNOWN[term.name])
    share = number(100 * term.value)
    if term.name == "need":
        asked = ngettext("%(num)s need of the park", "%(num)s needs of the park", len(reasons.needs))
        return _("Its offers answer %(share)s%% of what is asked in %(needs)s", share=share, needs=asked)
    if term.name == "tenants":
        counts = {"reached": reasons.reached, "all": reasons.demands}
        if reasons.type is PairingType.INCUBATION:
            return _("Its offers suit %(reached)s of %(all)s young firms in the park's district", **counts)
        return _("Its offers reach %(reached)s of %(all)s needs of firms in the park's district", **counts)
    if term.name == "chain":
        return _chain_sentence(term.value)
    return {1.0: _("In the same district"), 0.5: _("In the same part of the city")}.get(
        term.value, _("In another part of the city")
    )


def _chain_sentence(value: float) -> str:
    if value >= 1:
        return _("Works at the park's own chain node")
    return _("Works next to the park's chain node") if value > 0 else _("Works elsewhere on the chains")


_UNKNOWN = {
    "need": _l("The park has posted no need of this kind"),
    "tenants": _l("Nothing is known of such needs in the park's district"),
    "chain": _l("The park's chain nodes are not known"),
    "district": _l("One of the two districts is not known"),
}
