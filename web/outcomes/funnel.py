"""The funnel from recommendation to outcome, beside published figures, and the pairs behind its numbers."""

from collections.abc import Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from matchmaker.errors import NotFound
from matchmaker.exports.charts import Picture, bars
from matchmaker.services.actors import Permission, can
from matchmaker.services.calendar import today
from matchmaker.services.funnel import reading
from matchmaker.services.funnel.events import Ended, Way
from models.enums import DeclineReason, FunnelStage, MatchOutcomeKind, RateCount
from web.access import current_actor, permitted
from web.database import session
from web.i18n import number
from web.labels import label
from web.outcomes.asked import Asked, list_scopes, read_asked

bp = Blueprint("funnel", __name__, url_prefix="/officer")

DEFINITIONS: Mapping[FunnelStage, object] = {
    FunnelStage.RECOMMENDED: _l("Stood on a list that was shown, or was put on a seat of a team"),
    FunnelStage.VIEWED: _l("One side opened it from a list, said something of it or put it on its shortlist"),
    FunnelStage.INTEREST: _l("One side has asked the other: a request, an invitation, a dossier"),
    FunnelStage.MUTUAL: _l("The other side has said yes"),
    FunnelStage.AGREEMENT: _l("They agreed to work together, signed a consortium, or a deal came to be signed"),
    FunnelStage.CONTRACT: _l("A contract is signed, or money is paid"),
    FunnelStage.OUTCOME: _l("Pilot run, funding or higher readiness, stated by one side and confirmed by the other"),
}
ENDED: Mapping[str, object] = {
    Ended.OPEN: _l("Nothing more said so far"),
    Ended.WITHDRAWN: _l("Withdrawn by the side that asked"),
    Ended.DISSOLVED: _l("The consortium was dissolved"),
    Ended.TOO_FEW: _l("Other reasons, each of one or two pairs"),
}
WAYS: Mapping[Way, object] = {Way.PARTNERS: _l("Partners"), Way.CAPITAL: _l("Capital")}


@bp.get("/funnel")
@permitted(Permission.FUNNEL_VIEW)
def show_funnel() -> ResponseReturnValue:
    asked = read_asked()
    asked = replace(asked, period=reading.told_period(current_actor(), asked.period, today=today()))
    told = reading.read_funnel(session(), current_actor(), asked.scope, asked.period)
    names = reading.may_read_names(current_actor())
    return render_template(
        "outcomes/funnel.html",
        asked=asked,
        scopes=list_scopes(),
        told=told,
        stages=[{**row, "stage": FunnelStage(row["stage"])} for row in told["stages"]],
        drop_off=_drop_off(told),
        rates=[SimpleNamespace(**_rate(row, told)) for row in told["base_rates"]],
        outcomes=[{**row, "kind": MatchOutcomeKind(row["kind"])} for row in told["outcomes"]],
        chart=_chart(told, asked, names),
        definitions=DEFINITIONS,
        may_read_names=names,
        may_edit_rates=can(current_actor(), Permission.INDICATOR_EDIT),
    )


@bp.get("/funnel/pairs/<kind>")
@permitted(Permission.FUNNEL_VIEW)
def list_pairs(kind: str) -> ResponseReturnValue:
    """`kind` is the stage; officers only, the service says."""
    if kind not in set(FunnelStage):
        raise NotFound("stage", kind)
    asked, stage = read_asked(), FunnelStage(kind)
    page = request.args.get("page", 1, type=int)
    found = reading.list_pairs(session(), current_actor(), asked.scope, asked.period, stage, page=page)
    told = reading.read_funnel(session(), current_actor(), asked.scope, asked.period)
    counts = {row["stage"]: row["count"] for row in told["stages"]}
    return render_template("outcomes/pairs.html", asked=asked, stage=stage, found=found, count=counts[stage], ways=WAYS)


def reason_text(reason: str) -> str:
    return str(ENDED[reason]) if reason in ENDED else str(label(DeclineReason(reason)))


def _drop_off(told: Mapping[str, Any]) -> list[tuple[FunnelStage, int, list[tuple[str, int]]]]:
    """By stage: how many came no further, and why, with the most frequent first."""
    by_stage: dict[FunnelStage, list[tuple[str, int]]] = {}
    for row in told["drop_off"]:
        by_stage.setdefault(FunnelStage(row["stage"]), []).append((reason_text(row["reason"]), row["count"]))
    return [(stage, sum(count for _, count in rows), rows) for stage, rows in by_stage.items()]


def _rate(row: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    """A published rate beside ours between the same stages, of what it counts."""
    of = {one["stage"]: one for one in told["stages"]}
    start, end = of.get(row["from_stage"]), of.get(row["to_stage"])
    counts = RateCount(row["counts"]) if row["counts"] else None
    name = "count" if counts is RateCount.PAIRS else "needs"
    return {
        **row,
        "counts": counts,
        "from_stage": FunnelStage(row["from_stage"]) if start else None,
        "to_stage": FunnelStage(row["to_stage"]) if end else None,
        "ours": end[name] / start[name] if counts and start and end and start[name] else None,
    }


def _chart(told: Mapping[str, Any], asked: Asked, names: bool) -> Picture | None:
    counts = {str(label(FunnelStage(row["stage"]))): float(row["count"]) for row in told["stages"]}
    if not any(counts.values()):
        return None
    links = {
        str(label(FunnelStage(row["stage"]))): url_for("funnel.list_pairs", kind=row["stage"], **asked.address)
        for row in told["stages"]
    }
    words = "; ".join(f"{name} {number(count)}" for name, count in counts.items())
    title = _("Pairs of organisations")
    return bars(counts, title=title, alt_text=f"{title}: {words}", links=links if names else None)
