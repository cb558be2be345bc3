"""Which money fits a round: funds ranked and cleared, clause by clause, what one change would open, what funds ask."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import Length

from matchmaker.errors import NotFound
from matchmaker.services import clearing, exposure, organisations
from matchmaker.services.actors import Permission, can
from matchmaker.services.calendar import today
from matchmaker.services.capital import grants, naming, ranking, rounds
from matchmaker.services.clearing import ClauseLine, Opening
from matchmaker.services.paging import PAGE_SIZE
from models.enums import ClauseForce, ClearanceVerdict
from models.funds import Mandate
from models.organisations import Organisation
from models.rounds import Dossier, FactQuestion, Round
from web import capital_cards
from web import challenge_wording as wording
from web import clause_sentences as clauses
from web.access import current_actor, permitted, signed_in
from web.capital.area import bp
from web.capital.rounds import about_round
from web.database import reader, session
from web.forms.edit import EditForm
from web.gaps import field_label
from web.i18n import day, number, percent, yuan
from web.labels import LABELS
from web.rendering import page_url
from web.shown import exposure_log, note_opened
from web.transactions import commits

MOST_OPENINGS = 5
LAST_PAGE = 1_000_000
# Where a firm changes what a change is about.
STEP_OF_FACT: Mapping[str, str] = {
    "rd_ratio": "organisations.show_figures",
    "staff": "organisations.show_figures",
    "certifications": "organisations.show_parts",
    "founded_on": "organisations.show_identity",
    "district_code": "organisations.show_identity",
    "industry_code": "organisations.show_identity",
    "nodes": "organisations.show_activity",
    "trl": "capital.show_way",
    "exit_months": "capital.show_way",
    "valuation": "capital.show_figures",
    "amount": "capital.show_figures",
    "stage": "capital.show_figures",
}
FACTS: Mapping[str, object] = {
    "trl": _l("Readiness level reached today"),
    "exit_months": _l("Months until a fund can leave"),
    "valuation": _l("Valuation before the money"),
    "amount": _l("Amount sought"),
    "stage": _l("Financing stage"),
}


@dataclass(frozen=True)
class Change:
    """One changed fact in words, and the mandates that it would open."""

    label: str
    before: str
    after: str
    url: str
    mandates: Sequence[Mandate]


class QuestionForm(EditForm):
    answer = TextAreaField(_l("Your answer in words"), validators=[Length(max=500)])


@bp.get("/capital/rounds/<uuid:round_id>/funds")
@signed_in
def list_funds(round_id: UUID) -> ResponseReturnValue:
    asked = rounds.get_round(session(), current_actor(), round_id)
    page = min(max(1, request.args.get("page", 1, type=int)), LAST_PAGE)
    chosen = _chosen_verdict()
    found = ranking.funds_for_round(
        session(),
        current_actor(),
        reader(),
        asked.id,
        today=today(),
        first=PAGE_SIZE * (page - 1),
        count=PAGE_SIZE,
        verdicts=frozenset({chosen}) if chosen else frozenset(),
    )
    around = about_round(asked)
    run = exposure.run_of_funds(current_actor(), asked, found)
    answer = render_template(
        "capital/funds.html",
        **around,
        found=found,
        run=run,
        cards=capital_cards.cards_for_round(found, naming.read_names(session(), found.items)),
        page=page,
        size=PAGE_SIZE,
        verdicts=_verdict_options(found, chosen),
        chosen=chosen,
        changes=_changes(asked),
        begun=_begun(around["dossiers"], asked.id),
        clauses=clauses,
    )
    if found.items:
        exposure_log().note(run)
    return answer


@bp.get("/capital/rounds/<uuid:round_id>/funds/<uuid:mandate_id>")
@signed_in
def show_fund(round_id: UUID, mandate_id: UUID) -> ResponseReturnValue:
    """One mandate clause by clause, with all of the firm's own facts."""
    asked = rounds.get_round(session(), current_actor(), round_id)
    fund = clearing.for_round(session(), current_actor(), asked.id, today=today()).of(mandate_id)
    if fund is None:
        raise NotFound("mandate", mandate_id)
    note_opened(fund.mandate.organisation_id)
    around = about_round(asked)
    frozen, names = clauses.frozen_terms(fund.mandate), clauses.code_names()
    shown = [_line(line, frozen, names) for line in fund.lines]
    openings = clearing.what_would_open(session(), current_actor(), asked.id, today=today())
    return render_template(
        "capital/fund.html",
        **around,
        fund=fund,
        owner=organisations.get_organisation(session(), fund.mandate.organisation_id),
        counting=[one for one in shown if one["line"].force is not ClauseForce.SOFT],
        soft=[one for one in shown if one["line"].force is ClauseForce.SOFT],
        changes=[
            _change(
                Opening(one.fact, one.before, (one.after,), (mandate_id,)), asked, {mandate_id: fund.mandate}, names
            )
            for one in openings.by_mandate.get(mandate_id, ())
        ],
        life_ends_on=clauses.life_ends_on(frozen),
        dossier=_begun(around["dossiers"], asked.id).get(mandate_id),
        clauses=clauses,
    )


@bp.get("/organisations/<uuid:organisation_id>/fund-questions")
@permitted(Permission.ROUND_VIEW, organisation="organisation_id")
def list_questions(organisation_id: UUID) -> ResponseReturnValue:
    asked = clearing.list_questions(session(), current_actor(), organisation_id)
    firm = organisations.get_organisation(session(), organisation_id)
    return _render_questions(firm, [(one, mandate, _question_form(one)) for one, mandate in asked])


@bp.post("/fund-questions/<uuid:question_id>")
@signed_in
@commits
def answer_question(question_id: UUID) -> ResponseReturnValue:
    """Show the fact to the fund that asks, say it in words, or decline."""
    question = clearing.get_question(session(), current_actor(), question_id)
    form = QuestionForm(prefix=_prefix(question))
    if form.validate():
        with form.over(question):
            _answer(question, form)
            flash(_("The fund reads your answer."), "success")
            return redirect(url_for("capital.list_questions", organisation_id=question.organisation_id))
    asked = clearing.list_questions(session(), current_actor(), question.organisation_id)
    firm = organisations.get_organisation(session(), question.organisation_id)
    forms = [(one, mandate, form if one.id == question.id else _question_form(one)) for one, mandate in asked]
    return _render_questions(firm, forms, form), form.status


@bp.post("/fund-grants/<uuid:grant_id>/take-back")
@signed_in
@commits
def take_back_grant(grant_id: UUID) -> ResponseReturnValue:
    firm_id = grants.take_back(session(), current_actor(), grant_id)
    flash(_("Taken back: the fund sees it no more."), "success")
    return redirect(url_for("capital.list_questions", organisation_id=firm_id))


def _answer(question: FactQuestion, form: QuestionForm) -> None:
    version = form.version.data
    match request.form.get("action"):
        case "show":
            clearing.answer_by_showing(session(), current_actor(), question.id, today=today(), expected_version=version)
        case "decline":
            clearing.decline_question(
                session(), current_actor(), question.id, form.answer.data, expected_version=version
            )
        case _:
            clearing.answer(session(), current_actor(), question.id, form.answer.data, expected_version=version)


def _render_questions(firm: Organisation, asked: Sequence[Any], failed: QuestionForm | None = None) -> str:
    return render_template(
        "capital/questions.html",
        firm=firm,
        asked=asked,
        failed=failed,
        fields_of=clearing.FIELDS_OF,
        days_shown=clearing.DAYS_SHOWN,
        field_names=lambda names: clauses.listed(field_label(name) for name in names),
        shown=grants.list_grants(session(), current_actor(), firm.id, today=today()),
        field_label=field_label,
        may_answer=can(current_actor(), Permission.DOSSIER_SEND, firm.id),
        differences=wording.differences(failed) if failed else [],
        clauses=clauses,
    )


def _question_form(question: FactQuestion) -> QuestionForm:
    return QuestionForm(formdata=None, prefix=_prefix(question), answer=question.answer, version=question.version)


def _prefix(question: FactQuestion) -> str:
    """Many of them stand on one page."""
    return f"q{question.id.hex[-8:]}-"


def _chosen_verdict() -> ClearanceVerdict | None:
    code = request.args.get("verdict", "")
    return ClearanceVerdict(code) if code in set(ClearanceVerdict) else None


def _verdict_options(found: ranking.CapitalList, chosen: ClearanceVerdict | None) -> list[tuple[str, int, str, bool]]:
    return [
        (
            str(LABELS[ClearanceVerdict][verdict]),
            found.by_verdict.get(verdict, 0),
            page_url(verdict=verdict.value, page=None),
            verdict is chosen,
        )
        for verdict in ClearanceVerdict
        if verdict is not ClearanceVerdict.STOPPED
    ]


def _begun(all_of_firm: Sequence[Dossier], round_id: UUID) -> dict[UUID, Dossier]:
    return {one.mandate_id: one for one in all_of_firm if one.round_id == round_id}


def _line(line: ClauseLine, frozen: clauses.FrozenTerms, names: clauses.Names) -> dict[str, Any]:
    return {
        "line": line,
        "limit": clauses.limit_sentence(line.kind, frozen, names),
        "own_words": clauses.own_words({"text_zh": line.text_zh, "text_en": line.text_en}),
        "fact": clauses.fact_sentence(line, names),
    }


def _changes(asked: Round) -> list[Change]:
    """What one changed fact would open, what opens most first."""
    openings = clearing.what_would_open(session(), current_actor(), asked.id, today=today())
    shown = openings.by_fact[:MOST_OPENINGS]
    mandates = {key: session().get_one(Mandate, key) for one in shown for key in one.mandate_ids}
    names = clauses.code_names()
    return [_change(one, asked, mandates, names) for one in shown]


def _change(one: Opening, asked: Round, mandates: Mapping[UUID, Mandate], names: clauses.Names) -> Change:
    afters = [_in_words(one.fact, value, names) for value in one.after]
    return Change(
        label=str(FACTS[one.fact]) if one.fact in FACTS else field_label(one.fact),
        before=_in_words(one.fact, one.before, names) if one.before is not None else _("not said yet"),
        after=_(" or ").join(afters[:3]) + (_(" and others") if len(afters) > 3 else ""),
        url=_where(one.fact, asked),
        mandates=[mandates[key] for key in one.mandate_ids],
    )


def _in_words(fact: str, value: Any, names: clauses.Names) -> str:
    if value is None:
        return _("said")
    if fact in ("valuation", "amount"):
        return yuan(value)
    if fact == "rd_ratio":
        return percent(value, 1)
    if fact == "stage":
        return str(LABELS[type(value)][value])
    if isinstance(value, date):
        return day(value)
    if isinstance(value, tuple):
        return clauses.listed(names.get(code, code) for code in value)
    return names.get(value, value) if isinstance(value, str) else number(value, 1 if value % 1 else 0)


def _where(fact: str, asked: Round) -> str:
    endpoint = STEP_OF_FACT[fact]
    if endpoint.startswith("capital."):
        return url_for(endpoint, round_id=asked.id)
    return url_for(endpoint, organisation_id=asked.organisation_id)
