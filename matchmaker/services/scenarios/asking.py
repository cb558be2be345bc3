"""Having a scenario run, or single interventions ranked, by a job; finding what came of it."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput, NotFound
from matchmaker.jobs import asking
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.scenarios.editing import latest_runs
from models.enums import JobKind
from models.jobs import Job
from models.scenarios import Scenario, ScenarioRun
from models.taxonomy import Chain

KEPT = 20  # runs that a page lists
MOST_COMPARED = 6


class Alternatives(StrEnum):
    """Which single interventions are held against one another."""

    FACILITIES = "facilities"  # each facility that is closed opens
    BASES = "bases"  # a pilot base at each node that is not covered
    FUNDS = "funds"  # one more fund of each usual kind


def ask(session: Session, actor: Actor, scenario: Scenario) -> Job:
    """Have the scenario run as it is now; one that is being run already is joined."""
    require(actor, Permission.SCENARIO_RUN)
    if not scenario.interventions:
        raise InvalidInput("scenario_empty")
    arguments = {
        "scenario_id": str(scenario.id),
        "scenario_version": scenario.version,
        "interventions": scenario.interventions,
    }
    key = f"{JobKind.RUN_SCENARIO}:{scenario.id}:{scenario.version}"
    job = asking.enqueue(session, JobKind.RUN_SCENARIO, arguments=arguments, key=key, asked_by=actor.user_id)
    audit.record(session, actor, "scenario.run", scenario, changes={"version": [None, scenario.version]})
    session.flush()
    return job


def rank(session: Session, actor: Actor, alternatives: Alternatives, *, chain_code: str | None) -> Job:
    """Have single interventions of a kind ranked by what each would gain, in one chain or in all."""
    require(actor, Permission.SCENARIO_RUN)
    if chain_code is not None and session.get(Chain, chain_code) is None:
        raise InvalidInput("unknown_choice", field="chain_code", codes=chain_code)
    arguments = {"alternatives": alternatives.value, "chain_code": chain_code}
    key = f"{JobKind.RUN_SCENARIO}:{alternatives}:{chain_code or 'all'}"
    job = asking.enqueue(session, JobKind.RUN_SCENARIO, arguments=arguments, key=key, asked_by=actor.user_id)
    audit.record(session, actor, "scenario.rank", job, changes={"alternatives": [None, alternatives]})
    session.flush()
    return job


def find_job(session: Session, actor: Actor, **arguments: Any) -> Job | None:
    """The latest job with these arguments, whether it goes on or has ended; its run says what it found."""
    require(actor, Permission.SCENARIO_RUN)
    wanted = select(Job).where(Job.kind == JobKind.RUN_SCENARIO)
    for name, value in arguments.items():
        said = col(Job.arguments)[name].as_string()
        wanted = wanted.where(said.is_(None) if value is None else said == str(value))
    return session.exec(wanted.order_by(col(Job.created_at).desc(), col(Job.id).desc())).first()


def is_live(job: Job | None) -> bool:
    return job is not None and job.state in asking.WAITING_OR_RUNNING


def get_run(session: Session, actor: Actor, run_id: UUID) -> ScenarioRun:
    require(actor, Permission.SCENARIO_RUN)
    found = session.get(ScenarioRun, run_id)
    if found is None:
        raise NotFound("scenario run", run_id)
    return found


def get_ranking(session: Session, actor: Actor, run_id: UUID) -> ScenarioRun:
    run = get_run(session, actor, run_id)
    if run.scenario_id is not None:
        raise NotFound("ranking", run_id)
    return run


def list_runs(session: Session, actor: Actor, scenario: Scenario) -> Sequence[ScenarioRun]:
    """Of one scenario, the latest first."""
    require(actor, Permission.SCENARIO_RUN)
    mine = select(ScenarioRun).where(ScenarioRun.scenario_id == scenario.id)
    return session.exec(mine.order_by(col(ScenarioRun.created_at).desc(), col(ScenarioRun.id).desc()).limit(KEPT)).all()


def list_rankings(session: Session, actor: Actor) -> Sequence[ScenarioRun]:
    """The latest of each kind and chain first."""
    require(actor, Permission.SCENARIO_RUN)
    rankings = select(ScenarioRun).where(col(ScenarioRun.scenario_id).is_(None))
    latest = rankings.order_by(col(ScenarioRun.created_at).desc(), col(ScenarioRun.id).desc())
    return session.exec(latest.limit(KEPT)).all()


def list_comparable(session: Session, actor: Actor) -> Sequence[tuple[Scenario, ScenarioRun]]:
    """Each scenario's latest run."""
    require(actor, Permission.SCENARIO_RUN)
    joined = select(Scenario, ScenarioRun).join(ScenarioRun, col(ScenarioRun.scenario_id) == col(Scenario.id))
    return session.exec(joined.where(col(ScenarioRun.id).in_(latest_runs())).order_by(col(Scenario.name))).all()


def compare(session: Session, actor: Actor, run_ids: Sequence[UUID]) -> Sequence[tuple[Scenario, ScenarioRun]]:
    """Runs side by side, in the order that is asked for. Raises InvalidInput where these are not two to six."""
    require(actor, Permission.SCENARIO_RUN)
    wanted = list(dict.fromkeys(run_ids))
    if not 2 <= len(wanted) <= MOST_COMPARED:
        raise InvalidInput("compare_some", field="runs", most=MOST_COMPARED)
    joined = select(Scenario, ScenarioRun).join(ScenarioRun, col(ScenarioRun.scenario_id) == col(Scenario.id))
    found = {run.id: (scenario, run) for scenario, run in session.exec(joined.where(col(ScenarioRun.id).in_(wanted)))}
    if missing := [key for key in wanted if key not in found]:
        raise NotFound("scenario run", missing[0])
    return [found[key] for key in wanted]
