"""Views of jobs: what waits, runs and has ended; starting, stopping and repeating them."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlmodel import col, select

from matchmaker.services import jobs
from models.accounts import User
from models.enums import JobKind, JobState
from models.jobs import Job
from web.access import current_actor, signed_in
from web.admin.messages import about_job, told
from web.database import session
from web.transactions import commits

bp = Blueprint("jobs", __name__, url_prefix="/jobs")
UNFINISHED = (JobState.QUEUED, JobState.RUNNING)


@bp.get("")
@signed_in
def list_jobs() -> ResponseReturnValue:
    state = request.args.get("state", None, type=JobState)
    found = jobs.list_jobs(session(), current_actor(), state=state, page=request.args.get("page", 1, type=int))
    return render_template(
        "admin/jobs.html",
        jobs=found,
        state=state,
        people=_people(found.items),
        startable=[(kind, about_job(kind)) for kind in jobs.list_startable(current_actor())],
        is_live=any(job.state in UNFINISHED for job in found.items),
        is_attended=jobs.is_attended(session()),
        told=told,
    )


@bp.get("/<uuid:job_id>")
@signed_in
def show_job(job_id: UUID) -> ResponseReturnValue:
    job = jobs.get_job(session(), current_actor(), job_id)
    return render_template(
        "admin/job.html",
        job=job,
        people=_people([job]),
        steps=jobs.count_steps(session(), job),
        is_live=job.state in UNFINISHED,
        can_stop=jobs.may_cancel(current_actor(), job),
        can_repeat=job.state in jobs.ENDED_EARLY and jobs.may_ask_again(current_actor(), job),
        is_attended=jobs.is_attended(session()),
        about=about_job(job.kind),
        told=told,
    )


@bp.post("/<kind>/start")
@signed_in
@commits
def start(kind: str) -> ResponseReturnValue:
    if kind not in jobs.STARTED_BY_HAND:
        abort(404)
    job = jobs.start(session(), current_actor(), JobKind(kind))
    return redirect(url_for("jobs.show_job", job_id=job.id))


@bp.post("/<uuid:job_id>/cancel")
@signed_in
@commits
def cancel(job_id: UUID) -> ResponseReturnValue:
    job = jobs.get_job(session(), current_actor(), job_id)
    jobs.cancel(session(), current_actor(), job)
    if job.state is JobState.RUNNING:
        flash(_("The job stops as soon as it can do so without leaving anything half done."), "success")
    return redirect(url_for("jobs.show_job", job_id=job.id))


@bp.post("/<uuid:job_id>/again")
@signed_in
@commits
def ask_again(job_id: UUID) -> ResponseReturnValue:
    job = jobs.get_job(session(), current_actor(), job_id)
    jobs.ask_again(session(), current_actor(), job)
    return redirect(url_for("jobs.show_job", job_id=job.id))


def _people(found: Sequence[Job]) -> dict[object, User]:
    who = {job.asked_by for job in found if job.asked_by}
    return {user.id: user for user in session().exec(select(User).where(col(User.id).in_(who))).all()}
