"""Which comes first: single interventions ranked by what each would gain."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.exports.charts import Picture, bars
from matchmaker.services import jobs
from matchmaker.services.actors import Permission
from matchmaker.services.scenarios import asking, editing
from matchmaker.services.scenarios.asking import Alternatives
from matchmaker.services.scenarios.choosing import choices
from matchmaker.services.scenarios.naming import Named, named
from models.enums import InterventionKind
from models.scenarios import ScenarioRun
from web.access import current_actor, permitted
from web.choices import names_of
from web.database import session
from web.forms import Form
from web.i18n import current_language, number
from web.labels import label
from web.scenarios.area import bp
from web.scenarios.forms import ALTERNATIVES, EVERY_CHAIN, RankForm
from web.scenarios.words import sentence, signed
from web.transactions import commits

DRAWN = 12
LONGEST_NAME = 200
KIND_OF: Mapping[Alternatives, InterventionKind] = {
    Alternatives.FACILITIES: InterventionKind.OPEN_FACILITY,
    Alternatives.BASES: InterventionKind.ADD_FACILITY,
    Alternatives.FUNDS: InterventionKind.ADD_FUND,
}


@bp.get("/first")
@permitted(Permission.SCENARIO_RUN)
def show_first() -> ResponseReturnValue:
    return _render(RankForm(formdata=None))


@bp.post("/first")
@permitted(Permission.SCENARIO_RUN)
@commits
def rank() -> ResponseReturnValue:
    form = RankForm()
    if form.validate():
        with form.refusing():
            chain = form.chain_code.data or None
            asking.rank(session(), current_actor(), form.alternatives.data, chain_code=chain)
            return redirect(url_for("scenarios.show_first"))
    return _render(form), 422


def render_ranking(run: ScenarioRun, form: Form) -> str:
    kept = [row["intervention"] for row in run.result["rows"] if "intervention" in row]  # those of old kept only names
    found = named(session(), kept)
    rows = [{**row, "name": _name(row), "more": _more(row, found)} for row in run.result["rows"]]
    return render_template(
        "scenarios/ranking.html",
        run=run,
        form=form,
        rows=rows,
        can_go_on=bool(kept),
        result=run.result,
        title=ALTERNATIVES[Alternatives(run.result["alternatives"])],
        chain=_chain(run.result["chain_code"]),
        picture=_picture(rows),
        signed=signed,
    )


@bp.post("/runs/<uuid:run_id>/scenario")
@permitted(Permission.SCENARIO_RUN)
@commits
def make_of_ranking(run_id: UUID) -> ResponseReturnValue:
    run, form = asking.get_ranking(session(), current_actor(), run_id), Form()
    known = range(len(run.result["rows"]))
    places = [place for place in request.form.getlist("rows", type=int) if place in known]
    if form.validate():
        with form.refusing():
            name = _name_of_scenario(run, places)
            scenario = editing.make_of_ranking(session(), current_actor(), run, places, name=name)
            flash(_("The scenario is made. Run it to see everything that changes, or add to it."), "success")
            return redirect(url_for("scenarios.show_scenario", scenario_id=scenario.id))
    return render_ranking(run, form), 422


def _name_of_scenario(run: ScenarioRun, places: Sequence[int]) -> str:
    kind = label(KIND_OF[Alternatives(run.result["alternatives"])])
    names = _(", ").join(_name(run.result["rows"][place]) for place in places)
    return f"{kind}{_(': ')}{names}"[:LONGEST_NAME]


def _render(form: RankForm) -> str:
    job = asking.find_job(session(), current_actor(), scenario_id=None)
    return render_template(
        "scenarios/first.html",
        form=form,
        rankings=[
            (run, ALTERNATIVES[Alternatives(run.result["alternatives"])], _chain(run.result["chain_code"]), _best(run))
            for run in asking.list_rankings(session(), current_actor())
        ],
        job=job,
        is_live=asking.is_live(job),
        is_attended=jobs.is_attended(session()),
    )


def _best(run: ScenarioRun) -> str:
    rows = run.result["rows"]
    if not rows or rows[0]["gain"] <= 0:
        return _("none gains anything")
    return _("%(name)s (%(gain)s)", name=_name(rows[0]), gain=signed(rows[0]["gain"]))


def _picture(rows: list[dict[str, Any]]) -> Picture | None:
    """The first ones; a bar needs a name of its own."""
    drawn = [row for row in rows if row["gain"] > 0][:DRAWN]
    if not drawn:
        return None
    values = {f"{place}. {row['name']}": float(row["gain"]) for place, row in enumerate(drawn, start=1)}
    best = _("First: %(name)s with a gain of %(gain)s.", name=drawn[0]["name"], gain=number(drawn[0]["gain"]))
    return bars(values, title=str(_("Gain")), alt_text=best)


def _chain(code: str | None) -> str:
    if code is None:
        return str(EVERY_CHAIN)
    return names_of(choices(session(), current_actor()).chains).get(code, code)


def _name(row: dict[str, Any]) -> str:
    return str(row[f"name_{current_language()}"] or row["name_zh"] or row["name_en"])


def _more(row: dict[str, Any], found: Named) -> str:
    """Whose facility it is, or the level and the terms that were tried."""
    if row.get("organisation"):
        return _name(row["organisation"])
    return sentence(row["intervention"], found) if "intervention" in row else ""
