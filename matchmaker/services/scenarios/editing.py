"""Making scenarios and changing them; nothing in the registry changes by it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput, NotFound
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.changes import change
from matchmaker.services.scenarios.stored import MOST_INTERVENTIONS, Stored, check, read, write
from models.scenarios import Scenario, ScenarioRun
from models.taxonomy import Chain


def list_scenarios(session: Session, actor: Actor) -> Sequence[tuple[Scenario, ScenarioRun | None]]:
    """All of the region's, the latest changed first: officers work on them together."""
    require(actor, Permission.SCENARIO_RUN)
    found = session.exec(select(Scenario).order_by(col(Scenario.changed_at).desc(), col(Scenario.id))).all()
    runs = {
        run.scenario_id: run for run in session.exec(select(ScenarioRun).where(col(ScenarioRun.id).in_(latest_runs())))
    }
    return [(one, runs.get(one.id)) for one in found]


def get(session: Session, actor: Actor, scenario_id: UUID) -> Scenario:
    require(actor, Permission.SCENARIO_RUN)
    found = session.get(Scenario, scenario_id)
    if found is None:
        raise NotFound("scenario", scenario_id)
    return found


def make(session: Session, actor: Actor, *, name: str, note: str = "", chain_code: str | None = None) -> Scenario:
    require(actor, Permission.SCENARIO_RUN)
    _check_head(session, name, chain_code)
    scenario = Scenario(name=name.strip(), note=note.strip(), chain_code=chain_code, made_by=actor.user_id)
    session.add(scenario)
    session.flush()
    audit.record(session, actor, "scenario.make", scenario, changes={"name": [None, scenario.name]})
    session.flush()
    return scenario


def make_of_ranking(session: Session, actor: Actor, run: ScenarioRun, places: Sequence[int], *, name: str) -> Scenario:
    """A scenario of the interventions at these places of a ranking, to see them together or to change them."""
    rows = run.result["rows"]
    chosen = [rows[place] for place in dict.fromkeys(places) if "intervention" in rows[place]]
    if not chosen:
        raise InvalidInput("choose_some", field="rows")
    scenario = make(session, actor, name=name, chain_code=run.result["chain_code"])
    for row in chosen:
        add(session, actor, scenario, row["intervention"], expected_version=scenario.version)
    return scenario


def rename(
    session: Session, actor: Actor, scenario: Scenario, values: Mapping[str, Any], *, expected_version: int | None
) -> None:
    """Name, note and chain. Raises Stale where somebody else has changed them meanwhile."""
    require(actor, Permission.SCENARIO_RUN)
    _check_head(session, values.get("name", scenario.name), values.get("chain_code"))
    change(session, actor, "scenario.change", scenario, values, expected_version=expected_version)


def add(session: Session, actor: Actor, scenario: Scenario, stored: Stored, *, expected_version: int | None) -> None:
    """One more intervention, behind the others. Raises InvalidInput with the field that cannot be."""
    require(actor, Permission.SCENARIO_RUN)
    if len(scenario.interventions) >= MOST_INTERVENTIONS:
        raise InvalidInput("too_many_interventions", most=MOST_INTERVENTIONS)
    chosen = read(stored)
    check(session, chosen)
    plain = write(chosen)
    if plain in scenario.interventions:
        raise InvalidInput("intervention_twice", field="kind")
    values = {"interventions": [*scenario.interventions, plain]}
    change(session, actor, "scenario.change", scenario, values, expected_version=expected_version)


def remove(session: Session, actor: Actor, scenario: Scenario, place: int, *, expected_version: int | None) -> None:
    require(actor, Permission.SCENARIO_RUN)
    if not 0 <= place < len(scenario.interventions):
        raise NotFound("intervention", place)
    left = [one for number, one in enumerate(scenario.interventions) if number != place]
    change(session, actor, "scenario.change", scenario, {"interventions": left}, expected_version=expected_version)


def copy(session: Session, actor: Actor, scenario: Scenario, *, name: str) -> Scenario:
    """The same interventions under another name, to go on from."""
    copied = make(session, actor, name=name, note=scenario.note, chain_code=scenario.chain_code)
    copied.interventions = list(scenario.interventions)
    session.flush()
    return copied


def delete(session: Session, actor: Actor, scenario: Scenario) -> None:
    """The scenario with its runs."""
    require(actor, Permission.SCENARIO_RUN)
    audit.record(session, actor, "scenario.delete", scenario, changes={"name": [scenario.name, None]})
    session.delete(scenario)
    session.flush()


def _check_head(session: Session, name: str, chain_code: str | None) -> None:
    if not name.strip():
        raise InvalidInput("name_missing", field="name")
    if chain_code is not None and session.get(Chain, chain_code) is None:
        raise InvalidInput("unknown_choice", field="chain_code", codes=chain_code)


def latest_runs() -> Any:
    """A SELECT of the id of each scenario's latest run."""
    newest_first = (col(ScenarioRun.created_at).desc(), col(ScenarioRun.id).desc())
    place = sa.func.row_number().over(partition_by=col(ScenarioRun.scenario_id), order_by=newest_first).label("place")
    numbered = sa.select(col(ScenarioRun.id), place).where(col(ScenarioRun.scenario_id).is_not(None)).subquery()
    return sa.select(numbered.c.id).where(numbered.c.place == 1)
