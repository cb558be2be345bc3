"""Up to five firms side by side: figures, clause outcomes, who they are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.services import organisations, reference, visibility
from matchmaker.services.calendar import today
from matchmaker.services.clearing import ClauseLine
from matchmaker.services.desk import rights, startups, verdicts
from matchmaker.services.desk.startups import OnList
from matchmaker.services.desk.verdicts import Held
from matchmaker.services.visibility import Hidden, ProfileView
from models.enums import ClauseKind, Grade
from models.funds import Mandate
from models.organisations import Organisation
from web import clause_sentences as clauses
from web import profile_words
from web.access import current_actor, signed_in
from web.choices import name_of, names_of
from web.database import session
from web.funds.area import bp
from web.funds.firms import chosen_fund
from web.i18n import day, number, percent, yuan
from web.labels import label

MOST_COMPARED = 5


@dataclass(frozen=True)
class Column:
    """One firm as the fund may know it; `held` is None where it has no open round that can be seen."""

    firm: Organisation
    profile: ProfileView
    held: Held | None
    on_lists: Sequence[OnList]

    @property
    def round(self) -> Any:
        """The latest open round that is shown."""
        return next(iter(self.profile.value("rounds") or ()), None)

    @property
    def figures(self) -> Any:
        shown = self.profile.value("round_figures") or ()
        return next((one for one in shown if self.round and one.round_id == self.round.id), None)

    def line(self, kind: ClauseKind) -> ClauseLine | None:
        return next((one for one in self.held.pair.lines if one.kind is kind), None) if self.held else None


@dataclass(frozen=True)
class Row:
    label: str
    cells: Sequence[str]
    group: str = ""
    tones: Sequence[str] = ()

    @property
    def differs(self) -> bool:
        return len(set(self.cells)) > 1


@bp.get("/funds/compare")
@signed_in
def compare_firms() -> ResponseReturnValue:
    """The firms come in the address (`with`), the mandate too, and so does "differences only"."""
    fund = chosen_fund()
    mandates = verdicts.live_mandates(session(), fund.id)
    asked = request.args.get("mandate", type=UUID)
    mandate = next((one for one in mandates if one.id == asked), None) or next(iter(mandates), None)
    keys = list(dict.fromkeys(request.args.getlist("with", type=UUID)))
    columns = [_column(fund, mandate, key) for key in keys[:MOST_COMPARED]]
    rows = list_rows(columns, mandate)
    only_differences = request.args.get("only") == "differences" and len(columns) > 1
    shown = [row for row in rows if row.differs] if only_differences else rows
    return render_template(
        "funds/compare.html",
        fund=fund,
        mandates=mandates,
        mandate=mandate,
        columns=columns,
        rows=shown,
        left_out=len(rows) - len(shown),
        only_differences=only_differences,
        too_many=len(keys) > MOST_COMPARED,
        most=MOST_COMPARED,
    )


def list_rows(columns: Sequence[Column], mandate: Mandate | None) -> list[Row]:
    """Every row of the table. Nothing is in it that the fund may not see on the pages of the firms."""
    if not columns:
        return []
    return [
        *_clause_rows(columns, mandate),
        *_grouped(_("The round"), _round_rows(columns)),
        *_grouped(_("The firm"), _firm_rows(columns)),
        *_grouped(_("At your fund"), [Row(_("On your lists"), [_listed(column) for column in columns])]),
    ]


def _column(fund: Organisation, mandate: Mandate | None, organisation_id: UUID) -> Column:
    actor = current_actor()
    firm = organisations.get_seen(session(), actor, organisation_id)
    held = verdicts.hold(session(), actor, [mandate] if mandate else [], organisation_id)
    return Column(
        firm=firm,
        profile=visibility.profile_for(session(), rights.as_fund(actor, fund.id), firm),
        held=next(iter(held), None),
        on_lists=startups.on_lists(session(), actor, fund.id, organisation_id),
    )


def _clause_rows(columns: Sequence[Column], mandate: Mandate | None) -> list[Row]:
    if mandate is None or not any(column.held for column in columns):
        return []
    names = clauses.code_names()
    asked = {line.kind for column in columns if column.held for line in column.held.pair.lines}
    verdict = Row(
        _("Verdict"),
        [label(column.held.pair.verdict) if column.held else _("no open round") for column in columns],
        tones=[clauses.VERDICT_TONES[column.held.pair.verdict] if column.held else "" for column in columns],
    )
    rows = [_clause_row(kind, columns, names) for kind in ClauseKind if kind in asked]
    return _grouped(_("Clauses of %(mandate)s", mandate=name_of(mandate)), [verdict, *rows])


def _clause_row(kind: ClauseKind, columns: Sequence[Column], names: clauses.Names) -> Row:
    lines = [column.line(kind) for column in columns]
    return Row(
        label(kind),
        [f"{_outcome(line)}{_(': ')}{clauses.fact_sentence(line, names)}" if line else "—" for line in lines],
        tones=[clauses.OUTCOME_TONES[line.outcome] if line and not line.is_waived else "" for line in lines],
    )


def _outcome(line: ClauseLine) -> str:
    return _("Let pass") if line.is_waived else label(line.outcome)


def _round_rows(columns: Sequence[Column]) -> list[Row]:
    def of_round(name: str, write: Callable[[Any], str]) -> list[str]:
        return [_cell(column, "rounds", column.round, name, write) for column in columns]

    def of_figures(name: str, write: Callable[[Any], str]) -> list[str]:
        return [_cell(column, "round_figures", column.figures, name, write) for column in columns]

    return [
        Row(_("Amount sought"), of_round("amount", yuan)),
        Row(_("Financing stage"), of_round("stage", label)),
        Row(_("Readiness level reached today"), of_round("trl", lambda level: f"TRL {level}")),
        Row(_("Milestones"), of_round("milestones", lambda steps: number(len(steps)))),
        Row(_("Round closes on"), of_round("closes_on", day)),
        Row(_("Valuation before the money"), of_figures("valuation", yuan)),
        Row(_("Months until the market"), of_figures("market_months", number)),
        Row(_("Months until a fund can leave"), of_figures("exit_months", number)),
        Row(_("Months that its own money lasts"), of_figures("runway_months", number)),
    ]


def _firm_rows(columns: Sequence[Column]) -> list[Row]:
    districts = names_of(reference.list_districts(session()))
    nodes = names_of(reference.list_nodes(session()))

    def of_firm(name: str, write: Callable[[Any], str]) -> list[str]:
        return [_cell(column, name, column.profile, name, write) for column in columns]

    return [
        Row(_("District"), of_firm("district_code", lambda code: districts.get(code, code))),
        Row(_("Founded on"), of_firm("founded_on", day)),
        Row(_("Staff"), of_firm("staff", number)),
        Row(_("R&D spending"), of_firm("rd_ratio", lambda share: percent(share, 1))),
        Row(_("Chain nodes"), of_firm("nodes", lambda codes: clauses.listed(nodes.get(one, one) for one in codes))),
        Row(_("Certifications that hold"), of_firm("certifications", _certifications)),
    ]


def _cell(column: Column, field: str, holder: Any, name: str, write: Callable[[Any], str]) -> str:
    """What may be shown, a dash for what nobody has said, and plain words for what is not open."""
    seen = column.profile[field]
    if isinstance(seen, Hidden):
        return _("visible on request") if seen.grade is Grade.CONDITIONAL else _("not open")
    value = holder.value(name) if isinstance(holder, ProfileView) else getattr(holder, name, None)
    return "—" if value in (None, "", ()) else write(value)


def _certifications(held: Sequence[Any]) -> str:
    schemes = names_of(reference.list_schemes(session()))
    valid = [one for one in held if profile_words.is_valid(one, today())]
    return clauses.listed(schemes.get(one.scheme_code, one.scheme_code) for one in valid) or "—"


def _listed(column: Column) -> str:
    return clauses.listed(f"{one.deal_list.name}{_(': ')}{name_of(one.stage)}" for one in column.on_lists) or "—"


def _grouped(title: str, rows: Sequence[Row]) -> list[Row]:
    return [replace(row, group=title) if place == 0 else row for place, row in enumerate(rows)]
