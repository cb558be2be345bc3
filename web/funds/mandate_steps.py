"""The steps in which a mandate is written, each with a live preview of what the terms would see."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import NotFound
from matchmaker.services import organisations
from matchmaker.services.actors import Permission
from matchmaker.services.mandates import drafts, editing, editions, finding, reading, seeing
from matchmaker.services.mandates.drafts import (
    FIXED_FORCES,
    ClauseDraft,
    ClausesDraft,
    DirectionDraft,
    FundDraft,
    LimitsDraft,
)
from matchmaker.services.mandates.reading import Terms
from models.enums import ClauseForce
from models.funds import Mandate
from models.organisations import Organisation
from web import clause_sentences as clauses
from web import kept
from web import mandate_terms as wording
from web.access import current_actor, permitted, signed_in
from web.database import session
from web.forms.edit import EditForm
from web.forms.steps import put_up_steps
from web.funds.area import bp
from web.funds.mandate_cards import seen_by_terms
from web.funds.mandate_forms import ClausesForm, DirectionForm, FundForm, LimitsForm
from web.transactions import commits

writers_only = permitted(Permission.MANDATE_EDIT, organisation="organisation_id")
STEPS = ("fund", "direction", "limits", "clauses")
KEPT_AS = {step: f"mandate-{step}" for step in STEPS}
FORMS: dict[str, type[Any]] = {
    "fund": FundForm,
    "direction": DirectionForm,
    "limits": LimitsForm,
    "clauses": ClausesForm,
}
DRAFTS: dict[str, type[Any]] = {
    "fund": FundDraft,
    "direction": DirectionDraft,
    "limits": LimitsDraft,
    "clauses": ClausesDraft,
}
NEXT = {
    "fund": "funds.show_direction",
    "direction": "funds.show_limits",
    "limits": "funds.show_clauses",
    "clauses": "funds.check_mandate",
}
NOTHING_YET = Terms(fund=FundDraft(), direction=DirectionDraft(), limits=LimitsDraft(), clauses=ClausesDraft())


@bp.get("/organisations/<uuid:organisation_id>/mandates/new")
@writers_only
def show_new(organisation_id: UUID) -> ResponseReturnValue:
    fund = organisations.get_organisation(session(), organisation_id)
    named = {"name_zh": fund.name_zh, "name_en": fund.name_en}
    return _render_new(fund, kept.open_form(FundForm, KEPT_AS["fund"], fund.id, **named))


@bp.post("/organisations/<uuid:organisation_id>/mandates/new")
@writers_only
@commits
def create_mandate(organisation_id: UUID) -> ResponseReturnValue:
    fund = organisations.get_organisation(session(), organisation_id)
    form = FundForm()
    action = request.form.get("action")
    if action == "save":
        return _keep("fund", fund.id, url_for("funds.show_new", organisation_id=fund.id))
    if action == "preview":
        return _render_new(fund, form, _seen_typed(form, NOTHING_YET, fund.id))
    if form.validate():
        with form.refusing():
            mandate = editing.create(session(), current_actor(), fund, form.draft())
            kept.forget(KEPT_AS["fund"], fund.id)
            flash(_("Saved. Only the fund's own people and officers see it until it is published."), "success")
            return redirect(url_for("funds.show_direction", mandate_id=mandate.id))
    return _render_new(fund, form), 422


@bp.post("/organisations/<uuid:organisation_id>/mandates/preview")
@writers_only
def preview_new(organisation_id: UUID) -> ResponseReturnValue:
    """A part of a page, for the script: what the typed terms would see. Nothing is stored."""
    return _render_preview(_seen_typed(FundForm(), NOTHING_YET, organisation_id))


@bp.post("/funds/mandates/<uuid:mandate_id>/preview/<step>")
@signed_in
def preview_step(mandate_id: UUID, step: str) -> ResponseReturnValue:
    """A part of a page, for the script: what the typed step would make of the open rounds. Nothing is stored."""
    if step not in FORMS:
        raise NotFound("step of a mandate", step)
    mandate = seeing.get_draft(session(), current_actor(), mandate_id)
    terms = reading.terms_of(session(), mandate)
    return _render_preview(_seen_typed(FORMS[step](), terms, mandate.organisation_id, mandate))


def _show(step: str, mandate_id: UUID) -> ResponseReturnValue:
    mandate = seeing.get_draft(session(), current_actor(), mandate_id)
    stored = reading.stored(session(), mandate, DRAFTS[step])
    values = {name: getattr(stored, name) for name in stored.__dataclass_fields__}
    form = kept.open_form(FORMS[step], KEPT_AS[step], mandate.id, version=mandate.version, **values)
    return _render(mandate, step, form)


def _save(step: str, mandate_id: UUID) -> ResponseReturnValue:
    mandate = seeing.get_draft(session(), current_actor(), mandate_id)
    form = FORMS[step]()
    if answer := _use_button(mandate, step, form):
        return answer
    if form.validate():
        with form.over(mandate):
            version = form.version.data
            editing.edit(session(), current_actor(), mandate, form.draft(), expected_version=version)
            kept.forget(KEPT_AS[step], mandate.id)
            flash(_("Saved."), "success")
            return redirect(url_for(NEXT[step], mandate_id=mandate.id))
    return _render(mandate, step, form, seen=_seen_unsaved(form, mandate)), form.status


def _use_button(mandate: Mandate, step: str, form: Any) -> ResponseReturnValue | None:
    """Buttons that change what is on the form, or only look at it, and save nothing but the person's own draft."""
    action = request.form.get("action", "")
    if action not in {"save", "preview", "find", "add"} and not request.form.get("remove"):
        return None
    if action == "save":
        return _keep(step, mandate.id, url_for(f"funds.show_{step}", mandate_id=mandate.id))
    kept.keep(KEPT_AS[step], mandate.id)
    found = finding.find_nodes(session(), form.find.data or "") if step == "direction" and action == "find" else None
    seen = _seen_typed(form, reading.terms_of(session(), mandate), mandate.organisation_id, mandate)
    if action != "preview":
        _forget_errors(form)
    return _render(mandate, step, form, seen=seen, found=found)


def _forget_errors(form: Any) -> None:
    """Who looks for a field has not finished the form."""
    for field in form:
        field.errors = ()
    form.form_errors.clear()


def _keep(step: str, subject: UUID, url: str) -> ResponseReturnValue:
    kept.keep(KEPT_AS[step], subject)
    flash(_("Your draft is kept. Nobody else sees it until you save the step."), "success")
    return redirect(url)


def _seen_typed(form: Any, terms: Terms, organisation_id: UUID, mandate: Mandate | None = None) -> dict[str, Any]:
    """What the typed form would make of the open rounds; where it cannot be read, what is stored does."""
    is_readable = False
    if form.validate():
        with form.refusing():
            drafts.check(session(), form.draft())
            terms, is_readable = terms.with_step(form.draft()), True
    return seen_by_terms(terms, organisation_id, mandate) | {"is_readable": is_readable}


def _seen_unsaved(form: Any, mandate: Mandate) -> dict[str, Any]:
    """Of a form that was not taken: where a colleague was faster it can be read nevertheless."""
    terms = reading.terms_of(session(), mandate)
    is_readable = bool(form.differences)
    if is_readable:
        terms = terms.with_step(form.draft())
    return seen_by_terms(terms, mandate.organisation_id, mandate) | {"is_readable": is_readable}


def _render_preview(seen: dict[str, Any]) -> str:
    return render_template("funds/_mandate_preview.html", **seen)


def _render_new(fund: Organisation, form: FundForm, seen: dict[str, Any] | None = None) -> str:
    return render_template(
        "funds/mandate_fund.html",
        **_frame("fund", form, fund.id),
        **(seen or seen_by_terms(NOTHING_YET, fund.id)),
        fund=fund,
        mandate=None,
        preview_url=url_for("funds.preview_new", organisation_id=fund.id),
    )


def _render(
    mandate: Mandate,
    step: str,
    form: Any,
    *,
    seen: dict[str, Any] | None = None,
    found: Sequence[finding.FoundNode] | None = None,
) -> str:
    terms = reading.terms_of(session(), mandate)
    return render_template(
        f"funds/mandate_{step}.html",
        **_frame(step, form, mandate.id),
        **(seen or seen_by_terms(terms, mandate.organisation_id, mandate)),
        fund=organisations.get_organisation(session(), mandate.organisation_id),
        mandate=mandate,
        preview_url=url_for("funds.preview_step", mandate_id=mandate.id, step=step),
        names=clauses.code_names(),
        found=found,
        clause_rows=_clause_rows(form, terms) if step == "clauses" else [],
    )


def _clause_rows(form: Any, terms: Terms) -> list[tuple[ClauseDraft, str, ClauseForce]]:
    """Each clause that is stated as it stands on the form, with the sentence of its limit and the usual force."""
    typed = {clause.kind: clause for clause in form.clauses.data}
    frozen, names = editions.freeze(session(), terms), clauses.code_names()
    usual = reading.default_forces(session())
    return [
        (
            typed.get(held.kind, held),
            clauses.limit_sentence(held.kind, frozen, names),
            usual.get(held.kind, ClauseForce.HARD),
        )
        for held in reading.held_clauses(session(), terms)
    ]


def _frame(step: str, form: EditForm, subject: UUID) -> dict[str, Any]:
    return {
        "form": form,
        "step": STEPS.index(step) + 1,
        "form_name": KEPT_AS[step],
        "subject": subject,
        "kept_at": kept.saved_at(KEPT_AS[step], subject),
        "differences": _differences(form),
        "fixed": FIXED_FORCES,
    }


def _differences(form: EditForm) -> list[tuple[str, str, str]]:
    """Term by term what somebody else saved and what is typed here."""
    names = clauses.code_names()

    def say(name: str, value: Any) -> str:
        plain = editions.plain_value(value)
        if name == "clauses":
            return clauses.listed(wording.clause_name_and_words(one) for one in plain) or "—"
        return wording.term_words(name, plain, names)

    return [
        (wording.term_label(name), say(name, theirs), say(name, yours))
        for name, (theirs, yours) in form.differences.items()
    ]


put_up_steps(bp, "/funds/mandates/<uuid:mandate_id>", STEPS, show=_show, save=_save)
