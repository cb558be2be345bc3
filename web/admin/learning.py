"""Views of what was learned: versions with their verdicts, one run from its data to its gates, and the live bench."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlmodel import col, select

from matchmaker.errors import NotFound
from matchmaker.services import jobs, presets
from matchmaker.services.actors import Permission, can
from matchmaker.services.learning import bench, versions
from matchmaker.services.learning.material import PROJECTS_OF
from models.enums import JobKind
from models.taxonomy import District, WeightPreset
from web.access import current_actor, permitted
from web.admin.learned import MEASURES, SLICES, bench_lines, comparison, reasons_of, untold, weight_rows
from web.database import session
from web.i18n import localised
from web.labels import purpose_label
from web.transactions import commits

bp = Blueprint("learning", __name__, url_prefix="/admin/learning")
PURPOSES = tuple(PROJECTS_OF)


@bp.get("")
@permitted(Permission.LEARNING_VIEW)
def list_runs() -> ResponseReturnValue:
    runs = versions.list_runs(session(), current_actor())
    found = [presets.find_live(session(), purpose) for purpose in PURPOSES]
    live = {one.purpose: one for one in found if one}
    return render_template(
        "admin/learning.html",
        runs=runs,
        live=live,
        earlier={purpose: _preset(one.replaced_code) for purpose, one in live.items()},
        made=versions.versions_of(session(), runs),
        may_train=_may_train(),
    )


@bp.post("/train")
@permitted(Permission.LEARNING_TRAIN)
@commits
def train() -> ResponseReturnValue:
    job = jobs.start(session(), current_actor(), JobKind.TRAIN_WEIGHTS, purpose=_purpose(request.form.get("purpose")))
    return redirect(url_for("jobs.show_job", job_id=job.id))


@bp.get("/<uuid:run_id>")
@permitted(Permission.LEARNING_VIEW)
def show_run(run_id: UUID) -> ResponseReturnValue:
    run = versions.get_run(session(), current_actor(), run_id)
    return render_template(
        "admin/training_run.html",
        run=run,
        version=versions.find_version(session(), run),
        prior=_preset(run.prior_code),
        against=_preset(run.held_out["against"]),
        rows=weight_rows(run),
        comparison=comparison(run, _districts()),
        measures=MEASURES.values(),
        untold=untold(run, _districts()),
        reasons=reasons_of(run, _districts()),
        may_train=_may_train(),
    )


@bp.post("/<uuid:run_id>/promote")
@permitted(Permission.LEARNING_TRAIN)
@commits
def promote(run_id: UUID) -> ResponseReturnValue:
    run = versions.get_run(session(), current_actor(), run_id)
    versions.promote(session(), current_actor(), run)
    flash(_("The learned version is live. Lists made from now on are scored by it."), "success")
    return redirect(url_for("learning.show_run", run_id=run.id))


@bp.post("/go-back/<preset_code>")
@permitted(Permission.LEARNING_TRAIN)
@commits
def go_back(preset_code: str) -> ResponseReturnValue:
    preset = presets.get_preset(session(), current_actor(), preset_code)
    earlier = presets.go_back(session(), current_actor(), preset)
    flash(_("Gone back: lists are scored by %(preset)s again.", preset=_name(earlier)), "success")
    return redirect(url_for("learning.list_runs"))


@bp.get("/bench")
@permitted(Permission.LEARNING_VIEW)
def show_bench() -> ResponseReturnValue:
    purpose = _purpose(request.args.get("purpose"))
    run = bench.find_latest(session(), current_actor(), purpose)
    named = {one.code: one for one in session().exec(select(WeightPreset).where(WeightPreset.purpose == purpose))}
    return render_template(
        "admin/bench.html",
        run=run,
        needed=bench.FEWEST_QUERIES,
        lines=bench_lines(run) if run else [],
        named=named,
        slices=SLICES,
        live=presets.find_live(session(), purpose),
        purpose=purpose,
        purposes=[
            (purpose_label(one), url_for("learning.show_bench", purpose=one), one == purpose) for one in PURPOSES
        ],
        may_train=_may_train(),
    )


@bp.post("/bench")
@permitted(Permission.LEARNING_TRAIN)
@commits
def measure_bench() -> ResponseReturnValue:
    job = jobs.start(session(), current_actor(), JobKind.MEASURE_BENCH, purpose=_purpose(request.form.get("purpose")))
    return redirect(url_for("jobs.show_job", job_id=job.id))


def _may_train() -> bool:
    return can(current_actor(), Permission.LEARNING_TRAIN)


def _purpose(asked: str | None) -> str:
    if asked is None:
        return PURPOSES[0]
    if asked not in PURPOSES:
        raise NotFound("purpose", asked)
    return asked


def _preset(code: str | None) -> WeightPreset | None:
    return session().get(WeightPreset, code) if code else None


def _name(preset: WeightPreset) -> str:
    return localised(preset, "name").striptags()


def _districts() -> dict[str, District]:
    return {one.code: one for one in session().exec(select(District).order_by(col(District.code)))}
