"""Asking for a match run, stopping it, going on with it, and finding those that were asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from importlib.metadata import version
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput, NotFound
from matchmaker.jobs import asking
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.calendar import today
from matchmaker.services.challenges import recusal
from matchmaker.services.crowding import STALE_AFTER, latest_run
from matchmaker.services.exposure_policies import floors_on
from matchmaker.services.paging import Page, page_of
from matchmaker.services.presets import check_weights, live_preset, read_weighting, to_stored
from matchmaker.services.recommendations import PURPOSE
from matchmaker.services.runs import working
from matchmaker.services.runs.settings import (
    MOST_LINES,
    Constraints,
    RunDraft,
    floors_to_stored,
    with_weights,
)
from matchmaker.services.scope import Scope, find_scope, needs_in
from models.enums import JobKind, JobState, RunState, ScopeKind
from models.jobs import Job
from models.reports import MatchRun, Report, ReportSchedule
from models.taxonomy import WeightPreset


@dataclass(frozen=True)
class AskedRun:
    """A run as people follow it: with its job, and its state by both."""

    run: MatchRun
    job: Job | None

    @property
    def is_live(self) -> bool:
        """The job of a report has more to do when the lists are whole."""
        is_working = self.job is not None and self.job.state in asking.WAITING_OR_RUNNING
        return is_working and self.run.state is RunState.RUNNING

    @property
    def state(self) -> RunState:
        """Whether it is still worked on says the job: one that was stopped or failed left the row as it was."""
        if self.run.state is RunState.RUNNING and not self.is_live:
            return RunState.ENDED
        return self.run.state

    @property
    def has_failed(self) -> bool:
        return self.job is not None and self.job.state is JobState.FAILED

    @property
    def may_go_on(self) -> bool:
        return self.state is RunState.ENDED and self.job is not None and self.job.kind == JobKind.RUN_MATCHES


def list_presets(session: Session, actor: Actor) -> Sequence[WeightPreset]:
    """Those by which a run can be ranked, the live one first."""
    require(actor, Permission.REPORT_VIEW)
    table = WeightPreset
    order = (col(table.is_live).desc(), col(table.position_in_list), col(table.code))
    return session.exec(select(table).where(table.purpose == PURPOSE).order_by(*order)).all()


def ask(session: Session, actor: Actor, draft: RunDraft) -> MatchRun:
    """Freeze what is chosen and have it worked out.

    Raises InvalidInput naming the field where a constraint or a weight cannot be, or the scope asks for nothing.
    """
    run = freeze(session, actor, draft)
    job = asking.enqueue(session, JobKind.RUN_MATCHES, arguments={"run_id": str(run.id)}, asked_by=actor.user_id)
    run.job_id = job.id
    audit.record(session, actor, "run.ask", run, changes=_told(run))
    session.flush()
    return run


def freeze(session: Session, actor: Actor, draft: RunDraft, *, asked_on: date | None = None) -> MatchRun:
    """The run with everything it is to be worked out by; who asks for a job of its own calls `ask`.

    `asked_on` is the day of asking where that is not today in China.
    """
    require(actor, Permission.REPORT_MAKE)
    recusal.require_none_in(session, actor, draft.scope.kind, draft.scope.code)
    draft.constraints.check()
    if draft.as_of > (asked_on or today()):
        raise InvalidInput("run_in_future", field="as_of")
    preset = _preset(session, draft.preset_code)
    weighting = read_weighting(session, preset)
    if draft.weights is not None:
        check_weights(draft.weights, weighting.weights)
    needs = count_needs(session, draft)
    if not needs:
        raise InvalidInput("scope_without_needs", field="scope")
    if needs * draft.constraints.depth > MOST_LINES:
        raise InvalidInput("run_too_large", field="depth", needs=needs, most=max(1, MOST_LINES // needs))
    run = MatchRun(
        name=draft.name,
        scope_kind=draft.scope.kind,
        scope_code=draft.scope.code,
        organisation_ids=[str(one) for one in draft.scope.organisation_ids],
        preset_code=preset.code,
        weights=to_stored(with_weights(weighting, draft.weights)),
        constraints=_frozen(session, draft),
        as_of=draft.as_of,
        code_version=version("matchmaker"),
        needs=needs,
        asked_by=actor.user_id,
    )
    session.add(run)
    session.flush()
    return run


def count_needs(session: Session, draft: RunDraft) -> int:
    asked = needs_in(draft.scope, draft.as_of).subquery()
    return session.scalar(sa.select(sa.func.count()).select_from(asked)) or 0


def scope_of(session: Session, row: MatchRun | Report | ReportSchedule) -> Scope:
    ids = tuple(UUID(one) for one in getattr(row, "organisation_ids", ()))
    return find_scope(session, row.scope_kind, row.scope_code, ids)


def constraints_of(run: MatchRun) -> Constraints:
    """Those that were chosen, without what was frozen because of them."""
    stored = run.constraints
    return Constraints(
        depth=stored["depth"],
        kinds=tuple(stored["kinds"]),
        districts=tuple(stored["districts"]),
        least_points=stored["least_points"],
        with_prices=stored["with_prices"],
        with_floors=stored["with_floors"],
    )


def get(session: Session, actor: Actor, run_id: UUID) -> AskedRun:
    require(actor, Permission.REPORT_VIEW)
    run = session.get(MatchRun, run_id)
    if run is None:
        raise NotFound("match run", run_id)
    recusal.require_none_in(session, actor, run.scope_kind, run.scope_code)
    return with_job(session, run)


def list_runs(session: Session, actor: Actor, *, kind: ScopeKind | None = None, page: int = 1) -> Page[AskedRun]:
    """The latest first, those of reports among them; none of a challenge that the actor keeps out of."""
    require(actor, Permission.REPORT_VIEW)
    wanted = sa.select(MatchRun).where(recusal.not_kept_out(session, actor, MatchRun))
    wanted = wanted.order_by(col(MatchRun.created_at).desc(), col(MatchRun.id).desc())
    if kind is not None:
        wanted = wanted.where(col(MatchRun.scope_kind) == kind)
    found = page_of(session, wanted, number=page)
    return replace(found, items=[with_job(session, run) for run in found.items])


def stop(session: Session, actor: Actor, run_id: UUID) -> None:
    """What is worked out stays."""
    asked = get(session, actor, run_id)
    working.end(session, actor, "run.stop", asked.run, asked.job if asked.is_live else None, refusal="run_ended")


def go_on(session: Session, actor: Actor, run_id: UUID) -> None:
    """Work out the lists that are still missing."""
    asked = get(session, actor, run_id)
    job = asked.job if asked.may_go_on else None
    working.take_up(session, actor, "run.go_on", asked.run, job, state=RunState.RUNNING, refusal="run_not_ended_early")


def with_job(session: Session, run: MatchRun) -> AskedRun:
    return AskedRun(run, session.get(Job, run.job_id) if run.job_id else None)


def _preset(session: Session, code: str) -> WeightPreset:
    if not code:
        return live_preset(session, PURPOSE)
    preset = session.get(WeightPreset, code)
    if preset is None or preset.purpose != PURPOSE:
        raise InvalidInput("preset_unknown", field="preset")
    return preset


def _frozen(session: Session, draft: RunDraft) -> dict[str, Any]:
    """The constraints, and the prices and floors that hold now where they are to count."""
    chosen = draft.constraints
    prices = latest_run(session, PURPOSE) if chosen.with_prices else None
    if prices is not None and draft.as_of - prices.data_as_of > STALE_AFTER:
        prices = None
    return {
        "depth": chosen.depth,
        "kinds": sorted(chosen.kinds),
        "districts": sorted(chosen.districts),
        "least_points": chosen.least_points,
        "with_prices": chosen.with_prices,
        "with_floors": chosen.with_floors,
        "prices_run": str(prices.id) if prices else None,
        "prices_on": prices.data_as_of.isoformat() if prices else None,
        "floors": floors_to_stored(floors_on(session, PURPOSE)) if chosen.with_floors else None,
    }


def _told(run: MatchRun) -> Mapping[str, object]:
    names = ("scope_kind", "scope_code", "preset_code", "weights", "constraints", "as_of")
    return {name: [None, getattr(run, name)] for name in names}
