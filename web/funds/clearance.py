"""Clearance on the fund's side: open rounds by what stands in their way, and one firm clause by clause."""

from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import NotFound
from matchmaker.services import clearing, organisations
from matchmaker.services.actors import Permission, can
from matchmaker.services.calendar import today
from matchmaker.services.clearing import ClauseLine
from matchmaker.services.mandates import cleared, seeing
from matchmaker.services.mandates.cleared import Cleared, Filters
from models.enums import ClauseForce, ClauseKind, ClauseOutcome, ClearanceVerdict, QuestionState
from models.funds import Mandate
from models.rounds import FactQuestion
from web import clause_sentences as clauses
from web.access import current_actor, signed_in
from web.database import session
from web.funds.area import bp
from web.funds.mandate_forms import WaiverForm
from web.funds.radar import editable_lists
from web.labels import LABELS, label
from web.rendering import page_url
from web.shown import note_opened
from web.transactions import commits

AnyEnum = TypeVar("AnyEnum", bound=StrEnum)


@bp.get("/funds/mandates/<uuid:mandate_id>/clearance")
@signed_in
def show_clearance(mandate_id: UUID) -> ResponseReturnValue:
    mandate = seeing.get_published(session(), current_actor(), mandate_id)
    filters = Filters(
        verdict=_member(ClearanceVerdict, "verdict"),
        clause=_member(ClauseKind, "clause"),
        outcome=_member(ClauseOutcome, "outcome"),
    )
    page = request.args.get("page", 1, type=int)
    found = cleared.list_cleared(session(), current_actor(), mandate, filters, page=page, today=today())
    return render_template(
        "funds/clearance.html",
        mandate=mandate,
        found=found,
        verdicts=_verdict_options(filters, found),
        in_the_way=_clause_options(filters, found),
        chips=_chips(filters),
        clauses=clauses,
    )


@bp.get("/funds/mandates/<uuid:mandate_id>/firms/<uuid:organisation_id>")
@signed_in
def show_firm(mandate_id: UUID, organisation_id: UUID) -> ResponseReturnValue:
    mandate = seeing.get_published(session(), current_actor(), mandate_id)
    pair = clearing.lines(session(), current_actor(), mandate.id, organisation_id, today=today())
    note_opened(organisation_id)
    frozen, names = clauses.frozen_terms(mandate), clauses.code_names()
    shown = [_line(line, frozen, names) for line in pair.lines]
    asked = clearing.questions_of(session(), current_actor(), mandate.id, organisation_id)
    return render_template(
        "funds/clearance_firm.html",
        mandate=mandate,
        firm=organisations.get_organisation(session(), organisation_id),
        pair=pair,
        counting=[one for one in shown if one["line"].force is not ClauseForce.SOFT],
        soft=[one for one in shown if one["line"].force is ClauseForce.SOFT],
        asked=asked,
        to_ask=[line for line in pair.lines if line.is_askable and _is_open(asked.get(line.kind))],
        waived={one.kind: one for one in _waivers_of(mandate, organisation_id)},
        may_act=can(current_actor(), Permission.DEAL_EDIT, mandate.organisation_id),
        life_ends_on=clauses.life_ends_on(frozen),
        deal_lists=editable_lists(mandate.organisation_id),
        clauses=clauses,
    )


@bp.post("/funds/mandates/<uuid:mandate_id>/firms/<uuid:organisation_id>/ask/<kind>")
@signed_in
@commits
def ask_firm(mandate_id: UUID, organisation_id: UUID, kind: str) -> ResponseReturnValue:
    """One click: the question says by itself what the clause needs."""
    clearing.ask(session(), current_actor(), mandate_id, organisation_id, _kind(kind), today=today())
    flash(_("The firm is asked. The clause is judged anew as soon as it answers."), "success")
    return redirect(_firm_url(mandate_id, organisation_id))


@bp.post("/funds/mandates/<uuid:mandate_id>/firms/<uuid:organisation_id>/ask")
@signed_in
@commits
def ask_all(mandate_id: UUID, organisation_id: UUID) -> ResponseReturnValue:
    """Everything that is not known and that the firm can say."""
    pair = clearing.lines(session(), current_actor(), mandate_id, organisation_id, today=today())
    for line in pair.lines:
        if line.is_askable:
            clearing.ask(session(), current_actor(), mandate_id, organisation_id, line.kind, today=today())
    flash(_("The firm is asked. The clauses are judged anew as soon as it answers."), "success")
    return redirect(_firm_url(mandate_id, organisation_id))


@bp.get("/funds/mandates/<uuid:mandate_id>/firms/<uuid:organisation_id>/waive/<kind>")
@signed_in
def show_waive(mandate_id: UUID, organisation_id: UUID, kind: str) -> ResponseReturnValue:
    return _render_waive(mandate_id, organisation_id, _kind(kind), WaiverForm(formdata=None))


@bp.post("/funds/mandates/<uuid:mandate_id>/firms/<uuid:organisation_id>/waive/<kind>")
@signed_in
@commits
def waive(mandate_id: UUID, organisation_id: UUID, kind: str) -> ResponseReturnValue:
    form = WaiverForm()
    if form.validate():
        with form.refusing():
            clearing.waive(
                session(),
                current_actor(),
                mandate_id,
                organisation_id,
                _kind(kind),
                reason=form.reason.data,
                today=today(),
            )
            flash(_("The firm passes this clause."), "success")
            return redirect(_firm_url(mandate_id, organisation_id))
    return _render_waive(mandate_id, organisation_id, _kind(kind), form), 422


@bp.post("/funds/mandates/<uuid:mandate_id>/firms/<uuid:organisation_id>/take-back/<kind>")
@signed_in
@commits
def take_back_waiver(mandate_id: UUID, organisation_id: UUID, kind: str) -> ResponseReturnValue:
    form = WaiverForm()
    if form.validate():
        with form.refusing():
            clearing.take_back_waiver(
                session(), current_actor(), mandate_id, organisation_id, _kind(kind), reason=form.reason.data
            )
            flash(_("The clause stands again."), "success")
            return redirect(_firm_url(mandate_id, organisation_id))
    return _render_waive(mandate_id, organisation_id, _kind(kind), form), 422


def _render_waive(mandate_id: UUID, organisation_id: UUID, kind: ClauseKind, form: WaiverForm) -> str:
    """Letting a firm pass, or taking that back: which of the two the clause's present state says."""
    mandate = seeing.get_published(session(), current_actor(), mandate_id)
    pair = clearing.lines(session(), current_actor(), mandate.id, organisation_id, today=today())
    line = next((one for one in pair.lines if one.kind is kind and one.outcome is ClauseOutcome.WAIVABLE), None)
    if line is None:
        raise NotFound("clause that can be waived", kind)
    return render_template(
        "funds/clearance_waive.html",
        mandate=mandate,
        firm=organisations.get_organisation(session(), organisation_id),
        form=form,
        waiver=next((one for one in _waivers_of(mandate, organisation_id) if one.kind is kind), None),
        **_line(line, clauses.frozen_terms(mandate), clauses.code_names()),
        clauses=clauses,
    )


def _line(line: ClauseLine, frozen: clauses.FrozenTerms, names: clauses.Names) -> dict[str, Any]:
    """A clause of the table in words."""
    own = {"text_zh": line.text_zh, "text_en": line.text_en}
    return {
        "line": line,
        "own_words": clauses.own_words(own),
        "limit": clauses.limit_sentence(line.kind, frozen, names),
        "fact": clauses.fact_sentence(line, names),
        "meaning": clauses.outcome_sentence(line),
    }


def _is_open(question: FactQuestion | None) -> bool:
    """Whether it can be asked: not yet, or once more after an answer that did not bring the fact."""
    return question is None or question.state is QuestionState.ANSWERED


def _waivers_of(mandate: Mandate, organisation_id: UUID) -> list[Any]:
    listed = clearing.list_waivers(session(), current_actor(), mandate.id)
    return [one for one in listed if one.organisation_id == organisation_id]


def _firm_url(mandate_id: UUID, organisation_id: UUID) -> str:
    return url_for("funds.show_firm", mandate_id=mandate_id, organisation_id=organisation_id)


def _kind(code: str) -> ClauseKind:
    if code not in set(ClauseKind):
        raise NotFound("clause", code)
    return ClauseKind(code)


def _member(values: type[AnyEnum], name: str) -> AnyEnum | None:
    code = request.args.get(name, "")
    return values(code) if code in {value.value for value in values} else None


Option = tuple[str, int, str, bool]


def _verdict_options(filters: Filters, found: Cleared) -> list[Option]:
    return [
        (str(text), found.counts[verdict], _without_page(verdict=None if is_chosen else verdict.value), is_chosen)
        for verdict, text in LABELS[ClearanceVerdict].items()
        if isinstance(verdict, ClearanceVerdict)
        for is_chosen in [filters.verdict is verdict]
    ]


def _clause_options(filters: Filters, found: Cleared) -> list[tuple[str, list[Option]]]:
    """By what comes of it, each clause that stands in somebody's way with how many."""
    titles = {
        ClauseOutcome.FAILED: (_("Stopped by"), "failed"),
        ClauseOutcome.WAIVABLE: (_("Could be waived"), "waivable"),
        ClauseOutcome.UNKNOWN: (_("To be asked"), "unknown"),
    }
    return [
        (
            title,
            [
                _clause_option(one.kind, outcome, getattr(one, counted), filters)
                for one in sorted(found.clauses, key=lambda one: -int(getattr(one, counted)))
                if getattr(one, counted)
            ],
        )
        for outcome, (title, counted) in titles.items()
    ]


def _clause_option(kind: ClauseKind, outcome: ClauseOutcome, count: int, filters: Filters) -> Option:
    is_chosen = (filters.clause, filters.outcome) == (kind, outcome)
    wanted = (None, None) if is_chosen else (kind.value, outcome.value)
    return label(kind), count, _without_page(clause=wanted[0], outcome=wanted[1]), is_chosen


def _chips(filters: Filters) -> list[tuple[str, str]]:
    """The filters in force, each with the address without it."""
    chosen = []
    if filters.verdict:
        chosen.append((label(filters.verdict), _without_page(verdict=None)))
    if filters.clause:
        words = [label(filters.clause), *([label(filters.outcome)] if filters.outcome else [])]
        chosen.append((_(": ").join(words), _without_page(clause=None, outcome=None)))
    return chosen


def _without_page(**changes: str | None) -> str:
    """This page with other filters, from its first page on."""
    return page_url(**changes, page=None)
