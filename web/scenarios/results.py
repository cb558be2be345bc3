"""What a run found, and several runs side by side."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from matchmaker.errors import InvalidInput
from matchmaker.services.actors import Permission
from matchmaker.services.scenarios import asking, editing
from matchmaker.services.scenarios.naming import named
from models.enums import NodeState
from web.access import current_actor, permitted
from web.database import session
from web.forms import Form
from web.i18n import number
from web.labels import label
from web.refusals import refusal_text
from web.scenarios.area import bp
from web.scenarios.words import sentence, signed

FIGURES: Mapping[str, object] = {
    "needs": _l("Needs met"),
    "rounds": _l("Rounds that a fund clears"),
    "gaps": _l("Rounds whose amount is covered"),
    "calls": _l("Challenges with a possible team"),
}


@bp.get("/runs/<uuid:run_id>")
@permitted(Permission.SCENARIO_RUN)
def show_run(run_id: UUID) -> ResponseReturnValue:
    run = asking.get_run(session(), current_actor(), run_id)
    if run.scenario_id is None:
        from web.scenarios.first import render_ranking

        return render_ranking(run, Form())
    found = named(session(), run.interventions)
    return render_template(
        "scenarios/run.html",
        run=run,
        scenario=editing.get(session(), current_actor(), run.scenario_id),
        lines=[sentence(one, found) for one in run.interventions],
        raised=[
            found.organisations[key]
            for one in run.interventions
            for key in one.get("organisation_ids", ())
            if key in found.organisations
        ],
        figures=[(name, text, *_change(run.result, name)) for name, text in FIGURES.items()],
        told=told(run.result),
        result=run.result,
        state_label=lambda code: label(NodeState(code)),
        signed=signed,
    )


@bp.get("/compare")
@permitted(Permission.SCENARIO_RUN)
def compare() -> ResponseReturnValue:
    """Without runs that are chosen: what can be."""
    chosen, error = [_id(one) for one in request.args.getlist("runs")], ""
    pairs: Any = []
    if chosen:
        try:
            pairs = asking.compare(session(), current_actor(), [one for one in chosen if one is not None])
        except InvalidInput as refused:
            error = refusal_text(refused)
    return render_template(
        "scenarios/compare.html",
        pairs=pairs,
        error=error,
        chosen={str(one) for one in chosen},
        comparable=asking.list_comparable(session(), current_actor()),
        rows=_side_by_side([run.result for _scenario, run in pairs]),
    ), 422 if error else 200


def told(result: Mapping[str, Any]) -> list[str]:
    """The main things in sentences; where nothing changes, that."""
    lines = [text for name in FIGURES if (text := _sentence(result, name))]
    nodes = result["nodes"]
    if nodes:
        lines.append(
            ngettext("%(num)s chain node changes its state.", "%(num)s chain nodes change their state.", len(nodes))
        )
    places = result["places"]
    if places["gaining"] or places["losing"]:
        lines.append(
            _(
                "%(gaining)s organisations stand on more first places of lists than before, %(losing)s on fewer.",
                gaining=number(places["gaining"]),
                losing=number(places["losing"]),
            )
        )
    return lines or [_("Nothing changes by it, as far as published offers, needs, rounds and challenges say.")]


def _sentence(result: Mapping[str, Any], name: str) -> str:
    before, after, change, ends = _change(result, name)
    if not change and not result[name] and (not ends or ends[0] == ends[1] == 0):
        return ""
    texts = {
        "needs": _(
            "%(change)s needs met: %(after)s instead of %(before)s",
            change=signed(change),
            after=number(after),
            before=number(before),
        ),
        "rounds": _(
            "%(change)s rounds that a fund clears: %(after)s instead of %(before)s",
            change=signed(change),
            after=number(after),
            before=number(before),
        ),
        "gaps": _(
            "%(change)s rounds whose amount is covered: %(after)s instead of %(before)s",
            change=signed(change),
            after=number(after),
            before=number(before),
        ),
        "calls": _(
            "%(change)s challenges with a possible team: %(after)s instead of %(before)s",
            change=signed(change),
            after=number(after),
            before=number(before),
        ),
    }
    if not ends or ends[0] == ends[1]:
        return texts[name] + _(".")
    return texts[name] + _(" (uncertain: between %(low)s and %(high)s).", low=signed(ends[0]), high=signed(ends[1]))


def _change(result: Mapping[str, Any], name: str) -> tuple[int, int, int, list[int] | None]:
    before, after = result["totals"]["before"][name], result["totals"]["after"][name]
    return before, after, after - before, result["ranges"].get(name)


def _side_by_side(results: list[Mapping[str, Any]]) -> list[tuple[str, list[str]]]:
    """Label, then one cell a run."""
    rows = [(str(text), [_cell(one, name) for one in results]) for name, text in FIGURES.items()]
    for state in NodeState:
        name = f"nodes_{state.value}"
        rows.append((_("Chain nodes: %(state)s", state=label(state)), [_cell(one, name) for one in results]))
    rows.append((_("Organisations with more first places"), [number(one["places"]["gaining"]) for one in results]))
    rows.append((_("Organisations with fewer first places"), [number(one["places"]["losing"]) for one in results]))
    return rows


def _cell(result: Mapping[str, Any], name: str) -> str:
    before, after, change, ends = _change(result, name)
    plain = _("%(change)s (%(before)s → %(after)s)", change=signed(change), before=number(before), after=number(after))
    if not ends or ends[0] == ends[1]:
        return plain
    return plain + _(", between %(low)s and %(high)s", low=signed(ends[0]), high=signed(ends[1]))


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
