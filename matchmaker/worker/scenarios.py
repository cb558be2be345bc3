"""Running a scenario, or ranking single interventions, as a job: one step works it out, the same transaction keeps it.

Killed at any moment it is worked out again from the registry as it then is: a run never mixes two moments, and is
kept once.
"""

from typing import Any

from sqlmodel import Session

from matchmaker.instance import Instance
from matchmaker.jobs.running import Message, Work
from matchmaker.services.calendar import today
from matchmaker.services.scenarios import running
from matchmaker.services.scenarios.asking import Alternatives
from models.scenarios import ScenarioRun
from models.sessions import reading


def run_scenario(instance: Instance, work: Work) -> Message:
    def work_out() -> ScenarioRun:
        with reading(instance.engine) as session:
            return _work_out(session, instance, work)

    def keep(session: Session, run: ScenarioRun) -> dict[str, Any]:
        return running.keep(session, run, asked_by=work.asked_by, of=work.arguments)

    facts = work.step("run", work_out, save=keep)
    return Message("ranking_done" if "alternatives" in work.arguments else "scenario_ran", facts)


def _work_out(session: Session, instance: Instance, work: Work) -> ScenarioRun:
    if "alternatives" not in work.arguments:
        return running.work_out(session, instance, work.arguments["interventions"], today=today(), advance=work.advance)
    return running.rank_out(
        session,
        instance,
        Alternatives(work.arguments["alternatives"]),
        work.arguments["chain_code"],
        today=today(),
        advance=work.advance,
        report=work.report,
    )
