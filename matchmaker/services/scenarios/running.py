"""Running a scenario and ranking single interventions, as the worker does it: worked out first, then kept."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from importlib.metadata import version
from time import perf_counter
from typing import Any
from uuid import UUID

from sqlmodel import Session

from matchmaker.errors import InvalidInput
from matchmaker.instance import Instance
from matchmaker.services import audit
from matchmaker.services.actors import PLATFORM
from matchmaker.services.scenarios.asking import Alternatives
from matchmaker.services.scenarios.choosing import alternatives_of, settled
from matchmaker.services.scenarios.results import gain_of, hash_of, limits_of, tell
from matchmaker.services.scenarios.stored import Stored, read, write
from matchmaker.services.scenarios.worlds import Base, base_of
from matchmaker.what_if.applying import apply
from matchmaker.what_if.changes import totals
from matchmaker.what_if.interventions import Intervention, RaiseCertification, Unknown
from matchmaker.what_if.running import rerun
from models.scenarios import Scenario, ScenarioRun

Advance = Callable[[int], None]
SHOWN_NAMES = 20


def work_out(
    session: Session,
    instance: Instance,
    stored: Sequence[Stored],
    *,
    today: date,
    advance: Advance = lambda _done: None,
) -> ScenarioRun:
    """What these interventions change, as a run that is not kept yet; changes nothing itself.

    Raises InvalidInput where one names what is no longer there.
    """
    base = base_of(session, instance, today=today, advance=advance)
    began = perf_counter()
    interventions = [settled(session, base, read(one)) for one in stored]
    world = _applied(base, interventions)
    outcome = rerun(base.outcome, base.world, world)
    frozen = [_frozen(one, made) for one, made in zip(stored, interventions, strict=True)]
    return _run(base, frozen, tell(session, base, world, outcome), today=today, seconds=perf_counter() - began)


def rank_out(
    session: Session,
    instance: Instance,
    kind: Alternatives,
    chain_code: str | None,
    *,
    today: date,
    advance: Advance = lambda _done: None,
    report: Callable[[int, int], None] = lambda _done, _total: None,
) -> ScenarioRun:
    """Single interventions by what each would gain, the best first; of equals the one that more rounds gain from,
    then the one with fewer who lose."""
    base = base_of(session, instance, today=today, advance=advance)
    began = perf_counter()
    found = alternatives_of(session, base, kind, chain_code)
    rows = []
    for done, (intervention, told) in enumerate(found):
        world = _applied(base, [intervention])
        outcome = rerun(base.outcome, base.world, world)
        rows.append({**told, "intervention": write(intervention), **gain_of(base, world, outcome)})
        report(done + 1, len(found))
    rows.sort(key=lambda row: (-row["gain"], -row["rounds"], row["losers"], row.get("id") or row.get("code")))
    result = {
        "alternatives": kind.value,
        "chain_code": chain_code,
        "rows": rows,
        "totals": {"before": dict(totals(base.world, base.outcome))},
        **limits_of(base.world, base.outcome),
    }
    return _run(
        base, [{"kind": kind.value, "chain_code": chain_code}], result, today=today, seconds=perf_counter() - began
    )


def keep(session: Session, run: ScenarioRun, *, asked_by: UUID | None, of: Mapping[str, Any]) -> dict[str, Any]:
    """The run as a row, with its account. A scenario that was deleted meanwhile keeps none."""
    if scenario_id := of.get("scenario_id"):
        if session.get(Scenario, UUID(scenario_id)) is None:
            raise InvalidInput("scenario_gone")
        run.scenario_id, run.scenario_version = UUID(scenario_id), of["scenario_version"]
    run.asked_by = asked_by
    session.add(run)
    session.flush()
    audit.record(session, PLATFORM, "scenario.ran", run, changes={"inputs_sha256": [None, run.inputs_sha256]})
    session.flush()
    return {"run_id": str(run.id)}


def _applied(base: Base, interventions: Sequence[Intervention]) -> Any:
    try:
        return apply(base.world, interventions)
    except Unknown as error:
        raise InvalidInput("intervention_gone", field=error.field, value=str(error.value)) from error


def _frozen(stored: Stored, made: Intervention) -> Stored:
    """What was chosen, with whom it came to be about."""
    if isinstance(made, RaiseCertification):
        return {**stored, "organisation_ids": list(made.organisation_ids), "speaks_of_nodes": made.speaks_of_nodes}
    return dict(stored)


def _run(
    base: Base, interventions: list[Stored], result: Mapping[str, Any], *, today: date, seconds: float
) -> ScenarioRun:
    code = version("matchmaker")
    return ScenarioRun(
        interventions=interventions,
        data_as_of=today,
        index_version=base.index_version,
        code_version=code,
        inputs_sha256=hash_of(base, interventions, code),
        result=dict(result),
        seconds=seconds,
    )
