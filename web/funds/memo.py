"""The memo for the investment committee: on the page, and as Word, PDF and workbook in either language."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from matchmaker.errors import NotFound
from matchmaker.exports.charts import bars
from matchmaker.exports.content import Document, Figure, Language
from matchmaker.exports.docx import render_docx
from matchmaker.exports.memo import ClauseRow, DealRow, Memo, MilestoneRow, memo_document
from matchmaker.exports.pdf import render_pdf
from matchmaker.exports.xlsx import render_xlsx
from matchmaker.services import clearing, open_rounds, organisations, visibility
from matchmaker.services.calendar import today
from matchmaker.services.clearing import ClauseLine, PairClearance
from matchmaker.services.desk import deals, history, rights
from matchmaker.services.desk.comparables import Comparable, find_comparables, near_by_words
from matchmaker.services.mandates import listing
from matchmaker.services.visibility import ProfileView
from models.desk import Deal
from models.enums import ClauseForce, ClauseOutcome, MandateStatus
from models.funds import Mandate
from models.organisations import Organisation
from web import clause_sentences as clauses
from web.access import current_actor, signed_in
from web.database import reader, session
from web.funds.area import bp
from web.i18n import current_language, day, localised, number, percent, yuan
from web.labels import label, label_of
from web.transactions import commits

FORMATS: Mapping[str, tuple[Callable[[Document], bytes], str]] = {
    "docx": (render_docx, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "pdf": (render_pdf, "application/pdf"),
    "xlsx": (render_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
EXPIRES_SOON = timedelta(days=180)
NEAR_MONTHS = 12


@dataclass(frozen=True)
class Case:
    """What a memo is about, as this fund may see it."""

    deal: Deal
    fund: Organisation
    firm: Organisation
    mandate: Mandate
    profile: ProfileView
    round: open_rounds.SeenRound | None
    figures: open_rounds.RoundFigures | None
    pair: PairClearance | None
    compared: Sequence[Comparable]

    @property
    def stake(self) -> float | None:
        """What the amount meant buys: amount / (valuation + round); None where a side of it is not known."""
        if self.deal.amount is None or self.round is None or self.round.amount is None:
            return None
        if self.figures is None or self.figures.valuation is None:
            return None
        return self.deal.amount / (self.figures.valuation + self.round.amount)


@bp.get("/funds/desk/deals/<uuid:deal_id>/memo")
@signed_in
def show_memo(deal_id: UUID) -> ResponseReturnValue:
    deal = rights.get_deal(session(), current_actor(), deal_id)
    mandates = _mandates(deal)
    if not mandates:
        return render_template("funds/memo.html", deal=deal, firm=_firm(deal), mandates=[], chosen=None, document=None)
    chosen = _chosen(deal, mandates)
    return render_template(
        "funds/memo.html",
        deal=deal,
        firm=_firm(deal),
        mandates=mandates,
        chosen=chosen,
        document=_document(_case(deal, chosen)),
        was_made=history.has_memo(session(), deal),
    )


@bp.post("/funds/desk/deals/<uuid:deal_id>/memo")
@signed_in
@commits
def make_memo(deal_id: UUID) -> ResponseReturnValue:
    """The history keeps that it was made; the file follows, in the language and format that were chosen."""
    deal = rights.get_deal(session(), current_actor(), deal_id)
    chosen = _chosen(deal, _mandates(deal), request.form.get("mandate"))
    history.note_memo(session(), current_actor(), deal.id)
    format_ = request.form.get("format", "docx")
    language = request.form.get("language", current_language())
    return redirect(url_for("funds.download_memo", deal_id=deal.id, kind=format_, mandate=chosen.id, language=language))


@bp.get("/funds/desk/deals/<uuid:deal_id>/memo/<kind>")
@signed_in
def download_memo(deal_id: UUID, kind: str) -> ResponseReturnValue:
    if kind not in FORMATS:
        raise NotFound("format", kind)
    deal = rights.get_deal(session(), current_actor(), deal_id)
    chosen = _chosen(deal, _mandates(deal))
    language = request.args.get("language")
    render, media_type = FORMATS[kind]
    with force_locale(language if language in {"zh", "en"} else current_language()):
        content = render(_document(_case(deal, chosen)))
    name = f"memo-{_firm(deal).short_name or _firm(deal).name_en or deal.candidate_id}.{kind}"
    return send_file(BytesIO(content), mimetype=media_type, as_attachment=True, download_name=name)


def _mandates(deal: Deal) -> list[Mandate]:
    """The fund's mandates that a deal can be held against, the one of its list first."""
    fund = organisations.get_organisation(session(), deal.organisation_id)
    held = rights.get_list(session(), current_actor(), deal.list_id).mandate_id
    found = [one.mandate for one in listing.list_of(session(), current_actor(), fund)]
    usable = [one for one in found if one.status is not MandateStatus.DRAFT]
    return sorted(usable, key=lambda one: one.id != held)


def _chosen(deal: Deal, mandates: Sequence[Mandate], asked: str | None = None) -> Mandate:
    asked = asked or request.args.get("mandate", "")
    chosen = next((one for one in mandates if str(one.id) == asked), mandates[0] if mandates else None)
    if chosen is None:
        raise NotFound("mandate", deal.organisation_id)
    return chosen


def _firm(deal: Deal) -> Organisation:
    return organisations.get_organisation(session(), deal.candidate_id)


def _case(deal: Deal, mandate: Mandate) -> Case:
    firm = _firm(deal)
    profile = visibility.profile_for(session(), rights.as_fund(current_actor(), deal.organisation_id), firm)
    rounds = profile.value("rounds") or ()
    found = next((one for one in rounds if one.id == deal.round_id), rounds[0] if rounds else None)
    figures = next(
        (one for one in profile.value("round_figures") or () if found is not None and one.round_id == found.id), None
    )
    return Case(
        deal=deal,
        fund=organisations.get_organisation(session(), deal.organisation_id),
        firm=firm,
        mandate=mandate,
        profile=profile,
        round=found,
        figures=figures,
        pair=clearing.lines(session(), current_actor(), mandate.id, firm.id, today=today()) if found else None,
        compared=find_comparables(
            session(),
            fund_id=deal.organisation_id,
            firm_id=firm.id,
            nodes=profile.value("nodes") or (),
            stage=found.stage if found else None,
            today=today(),
            words=near_by_words(reader(), _told(profile, found)),
        ),
    )


def _told(profile: ProfileView, found: open_rounds.SeenRound | None) -> str:
    """What the firm says of its work and of the money, as far as the fund may read it."""
    texts = [profile.value("summary_zh"), profile.value("summary_en")]
    return "\n".join(one for one in (*texts, *((found.use_zh, found.use_en) if found else ())) if one)


def _document(case: Case) -> Document:
    language = Language(current_language())
    memo = _memo(case)
    return memo_document(memo, language, chart=_chart(memo))


def _memo(case: Case) -> Memo:
    lines = _clause_rows(case)
    return Memo(
        firm=_name(case.firm),
        fund=_name(case.fund),
        mandate=_name(case.mandate),
        dated=today(),
        facts=(
            (_("Fund"), _name(case.fund)),
            (_("Mandate"), _("%(name)s, edition %(number)s", name=_name(case.mandate), number=case.mandate.edition)),
            (_("Day"), day(today())),
        ),
        summary=_summary(case),
        about=tuple(_about(case)),
        clauses=tuple(row for row, _line in lines),
        milestones=tuple(_milestones(case)),
        deals=tuple(_deal_row(one) for one in case.compared),
        risks=tuple(_risks(case)),
        unknowns=tuple(_unknowns(case)),
        notes=tuple(
            f"{day(one.note.created_at)} {one.author}: {one.note.text}"
            for one in deals.list_notes(session(), current_actor(), case.deal.id)
        ),
        basis=tuple(_basis(case)),
    )


def _summary(case: Case) -> str:
    if case.round is None:
        return _("%(firm)s has no open round that the fund may see.", firm=_name(case.firm))
    told = _(
        "%(firm)s seeks %(amount)s (%(stage)s).",
        firm=_name(case.firm),
        amount=yuan(case.round.amount),
        stage=label(case.round.stage),
    )
    if case.deal.amount is not None:
        told += " " + _("The fund means to pay %(amount)s.", amount=yuan(case.deal.amount))
    if case.stake is not None:
        told += " " + _("After this round that is a stake of %(share)s.", share=percent(case.stake, 2))
    if case.pair is not None:
        told += " " + _("Clearance: %(verdict)s.", verdict=label(case.pair.verdict))
    return told


def _about(case: Case) -> Iterator[tuple[str, str]]:
    profile = case.profile
    names = clauses.code_names()
    yield _("Founded on"), day(profile.value("founded_on"))
    yield _("District"), names.get(profile.value("district_code") or "", "—")
    yield _("Staff"), number(profile.value("staff"))
    yield _("R&D spending as a share of sales"), percent(profile.value("rd_ratio"), 1)
    yield (
        _("Places in the industrial chain"),
        clauses.listed(names.get(one, one) for one in profile.value("nodes") or ()) or "—",
    )
    yield _("Readiness level reached today"), number(case.round.trl) if case.round else "—"
    yield _("Valuation before the money"), yuan(case.figures.valuation if case.figures else None)
    yield _("Certifications"), _certifications(profile, names)
    if case.round is not None:
        yield _("What the money is for"), str(localised(case.round, "use").striptags()) or "—"


def _certifications(profile: ProfileView, names: Mapping[str, str]) -> str:
    held = profile.value("certifications") or ()
    told = [names.get(one.scheme_code, one.scheme_code) + _validity(one.valid_until) for one in held]
    return clauses.listed(told) or "—"


def _validity(until: date | None) -> str:
    if until is None:
        return ""
    return _(" (expired on %(day)s)", day=day(until)) if until < today() else _(" (until %(day)s)", day=day(until))


def _clause_rows(case: Case) -> list[tuple[ClauseRow, ClauseLine]]:
    if case.pair is None:
        return []
    frozen, names = clauses.frozen_terms(case.mandate), clauses.code_names()
    rows = []
    for line in case.pair.lines:
        own = line.text_zh if current_language() == "zh" else line.text_en
        outcome = label(line.outcome) + (_(", waived") if line.is_waived else "")
        limit = own or clauses.limit_sentence(line.kind, frozen, names)
        rows.append(
            (ClauseRow(label(line.kind), label(line.force), limit, clauses.fact_sentence(line, names), outcome), line)
        )
    return rows


def _milestones(case: Case) -> Iterator[MilestoneRow]:
    if case.round is None:
        return
    costs = case.figures.costs if case.figures else {}
    for one in case.round.milestones:
        yield MilestoneRow(one.trl, str(localised(one, "title").striptags()), one.month, costs.get(one.id))


def _deal_row(one: Comparable) -> DealRow:
    return DealRow(
        day=day(one.project.started_on),
        firm=_name(one.firm) if one.firm else _("not to be named"),
        stage=label_of("FinancingStage", one.project.stage),
        investors=clauses.listed(_name(investor) for investor in one.investors) or _("not to be named"),
        amount=one.amount,
        alike=_alike(one),
    )


def _alike(one: Comparable) -> str:
    names = clauses.code_names()
    told = [names.get(code, code) for code in one.shared]
    if one.words is not None:
        told.append(_("words %(share)s", share=percent(one.words)))
    return clauses.listed(told) or "—"


def _risks(case: Case) -> Iterator[str]:
    """What the data at hand say against it; each line names its ground."""
    for row, line in _clause_rows(case):
        if line.force is ClauseForce.SOFT:
            continue
        if line.is_waived:
            yield _("Waived by the fund: %(clause)s. %(fact)s", clause=row.name, fact=row.fact)
        elif line.outcome in (ClauseOutcome.FAILED, ClauseOutcome.WAIVABLE):
            yield _("Not met: %(clause)s. %(limit)s; %(fact)s", clause=row.name, limit=row.limit, fact=row.fact)
    if case.pair is not None and case.pair.patience.gap:
        yield _(
            "Patience gap: the exit is expected %(years)s years after the fund's life ends.",
            years=number(case.pair.patience.gap, 1),
        )
    yield from _risks_of_the_terms(case)
    if case.deal.override:
        yield _("It entered its stage against the rules: %(why)s", why=case.deal.override)
    yield from _risks_of_the_way(case, today())


def _risks_of_the_terms(case: Case) -> Iterator[str]:
    """What is meant to be paid, held against the mandate; its clauses only ask whether a least ticket is possible."""
    amount, mandate = case.deal.amount, case.mandate
    if amount is not None and mandate.ticket_high is not None and amount > mandate.ticket_high:
        yield _(
            "The amount meant, %(amount)s, is above the largest ticket of the mandate, %(most)s.",
            amount=yuan(amount),
            most=yuan(mandate.ticket_high),
        )
    if case.stake is not None and mandate.stake_high is not None and case.stake > mandate.stake_high:
        yield _(
            "The amount meant buys %(share)s, more than the largest stake of the mandate, %(most)s.",
            share=percent(case.stake, 2),
            most=percent(mandate.stake_high, 2),
        )


def _risks_of_the_way(case: Case, now: date) -> Iterator[str]:
    for one in case.profile.value("certifications") or ():
        if one.valid_until is not None and one.valid_until <= now + EXPIRES_SOON:
            name = clauses.code_names().get(one.scheme_code, one.scheme_code)
            if one.valid_until < now:
                yield _("A certification has expired: %(name)s, on %(day)s.", name=name, day=day(one.valid_until))
            else:
                yield _("A certification runs out: %(name)s on %(day)s.", name=name, day=day(one.valid_until))
    if case.round is not None:
        if not any(one.month <= NEAR_MONTHS for one in case.round.milestones):
            yield _("No milestone falls into the first twelve months.")
        if case.figures is not None:
            uncosted = sum(case.figures.costs.get(one.id) is None for one in case.round.milestones)
            if uncosted:
                yield ngettext("One milestone has no cost.", "%(num)s milestones have no cost.", uncosted)
            weeks, runway = case.mandate.decision_weeks, case.figures.runway_months
            if weeks is not None and runway is not None and runway * 52 / 12 < weeks:
                yield _(
                    "The firm's own money lasts %(months)s months, the decision takes %(weeks)s weeks.",
                    months=runway,
                    weeks=weeks,
                )


def _unknowns(case: Case) -> Iterator[str]:
    for row, line in _clause_rows(case):
        if line.outcome is ClauseOutcome.UNKNOWN and not line.is_waived:
            yield _("%(clause)s: %(limit)s", clause=row.name, limit=row.limit)
    if case.round is not None and case.figures is None:
        yield _("Valuation, costs and limits of the round have not been given to the fund.")


def _basis(case: Case) -> Iterator[tuple[str, str]]:
    yield _("Facts as this fund may see them on"), day(today())
    yield _("Mandate"), _("%(name)s, edition %(number)s", name=_name(case.mandate), number=case.mandate.edition)
    verified = case.mandate.last_verified_on
    yield _("Mandate last verified on"), day(verified) if verified else "—"
    yield (
        _("Comparable deals"),
        _("from the registry; likeness by chain node, words and stage, half as much after five years"),
    )


def _chart(memo: Memo) -> Figure | None:
    costed = {f"TRL {one.trl}": one.cost / 1e4 for one in memo.milestones if one.cost}
    if not costed:
        return None
    alt = _(
        "Cost by milestone: %(costs)s", costs=", ".join(f"{name} {yuan(cost * 1e4)}" for name, cost in costed.items())
    )
    picture = bars(costed, title=_("CNY 10,000"), alt_text=alt, unit_format=",.1~f")
    return Figure(_("Cost by milestone"), alt, picture)


def _name(record: Any) -> str:
    return str(localised(record, "name").striptags())
