"""Which function carries out which kind of job. Above the services, because what a job does is a use case."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from matchmaker.instance import Instance
from matchmaker.jobs.running import Message, Work, WorkFunction
from matchmaker.reader import Reader
from matchmaker.services import indexing, market, retention
from matchmaker.services.actors import PLATFORM
from matchmaker.services.calendar import today
from matchmaker.services.reports.content import Renderer
from matchmaker.worker.composing import compose_team
from matchmaker.worker.duplicates import find_duplicates
from matchmaker.worker.importing import apply_import, check_import, discard_uploads, undo_import
from matchmaker.worker.indicators import compute_indicators
from matchmaker.worker.opening import publish_data
from matchmaker.worker.reporting import reporting_with
from matchmaker.worker.runs import run_matches
from matchmaker.worker.scenarios import run_scenario
from matchmaker.worker.stacking import build_stack
from models.base import utc_now
from models.enums import JobKind
from models.learning import BenchRun, TrainingRun
from models.sessions import reading


def rebuild_index(instance: Instance, work: Work) -> Message:
    """Nothing to undo and nothing to keep: an index counts from the moment that it is whole."""
    built = indexing.refresh(instance, advance=work.advance)
    return Message("index_rebuilt", {"organisations": built.organisations, "offers": built.offers})


def compute_prices(instance: Instance, work: Work) -> Message:
    def clear() -> market.Cleared:
        with reading(instance.engine) as session:
            return market.clear_market(session, PLATFORM, Reader(instance), today=today(), advance=work.advance)

    def keep(session: Session, cleared: market.Cleared) -> dict[str, Any]:
        run = market.keep_prices(session, PLATFORM, cleared)
        return {"needs": run.needs, "candidates": run.candidates, "priced": run.priced}

    return Message("prices_computed", work.step("prices", clear, save=keep))


def clear_old(_instance: Instance, work: Work) -> Message:
    def save(session: Session, _none: None) -> dict[str, Any]:
        return dict(retention.clear(session, now=utc_now()))

    return Message("old_cleared", work.step("clear", lambda: None, save=save))


def train_weights(instance: Instance, work: Work) -> Message:
    from matchmaker.services.learning import training

    purpose, day = work.arguments["purpose"], today()

    def study() -> TrainingRun:
        with reading(instance.engine) as session:
            seed, reader = _seed(work), Reader(instance)
            return training.study(session, PLATFORM, reader, purpose=purpose, today=day, seed=seed, report=work.report)

    def keep(session: Session, run: TrainingRun) -> dict[str, Any]:
        run.asked_by = work.asked_by
        kept = training.keep(session, PLATFORM, run, job_id=work.job_id)
        return {"verdict": kept.verdict, "queries": kept.queries, "examples": kept.examples}

    facts = work.step("training", study, save=keep)
    return Message(f"training_{facts['verdict']}", facts)


def measure_bench(instance: Instance, work: Work) -> Message:
    from matchmaker.services.learning import bench

    purpose, day = work.arguments["purpose"], today()

    def measure() -> BenchRun:
        with reading(instance.engine) as session:
            seed, reader = _seed(work), Reader(instance)
            return bench.measure(session, PLATFORM, reader, purpose=purpose, today=day, seed=seed, report=work.report)

    def keep(session: Session, run: BenchRun) -> dict[str, Any]:
        run.asked_by = work.asked_by
        kept = bench.keep(session, PLATFORM, run, job_id=work.job_id)
        return {"outcomes": kept.outcomes, "needed": kept.needed}

    facts = work.step("bench", measure, save=keep)
    return Message("bench_measured" if facts["outcomes"] >= facts["needed"] else "bench_too_few", facts)


def _seed(work: Work) -> int:
    """Another one for each job, and the same one when a job is taken up again."""
    return work.job_id.int % 2**31


KINDS: Mapping[str, WorkFunction] = {
    JobKind.REBUILD_INDEX: rebuild_index,
    JobKind.COMPUTE_PRICES: compute_prices,
    JobKind.TRAIN_WEIGHTS: train_weights,
    JobKind.MEASURE_BENCH: measure_bench,
    JobKind.COMPOSE_TEAM: compose_team,
    JobKind.BUILD_STACK: build_stack,
    JobKind.RUN_SCENARIO: run_scenario,
    JobKind.COMPUTE_INDICATORS: compute_indicators,
    JobKind.PUBLISH_DATA: publish_data,
    JobKind.FIND_DUPLICATES: find_duplicates,
    JobKind.CHECK_IMPORT: check_import,
    JobKind.APPLY_IMPORT: apply_import,
    JobKind.UNDO_IMPORT: undo_import,
    JobKind.DISCARD_UPLOADS: discard_uploads,
    JobKind.RUN_MATCHES: run_matches,
    JobKind.CLEAR_OLD: clear_old,
}


def with_rendering(render: Renderer) -> Mapping[str, WorkFunction]:
    """All kinds; documents have sentences, so what makes them is handed in by who may know the web's words."""
    return {**KINDS, JobKind.MAKE_REPORT: reporting_with(render)}
