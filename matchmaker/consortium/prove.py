"""The best team, and the proof that none is better: HiGHS, told of the best team known and what no better one has.

Where the relaxation is worth `bound` and a known team `value`, a candidate whose reduced cost is below value - bound
is in no better team (and a member whose reduced cost is above bound - value is in all): most are settled before the
solver begins.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from time import perf_counter

import highspy
import numpy as np
from highspy.highs import HighsCallbackEvent

from matchmaker.consortium.bound import Relaxation, relaxation, rounding
from matchmaker.consortium.check import breaches, worth
from matchmaker.consortium.instance import Instance, Members, Team
from matchmaker.consortium.model import Model, members_of, values_of
from matchmaker.solver import HOPELESS, SOLVED, load

#: `watch` is told this often, and whenever something has changed.
_SECONDS_BETWEEN = 0.2


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a proof is: the best team so far, what no team can exceed, and seconds since the start."""

    team: Team | None
    bound: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Proof:
    """`team` is the best one found. Proved: none is better (`is_proved`) or none is possible (`is_infeasible`)."""

    team: Team | None
    bound: float
    is_proved: bool
    is_infeasible: bool


def ignore(progress: Progress) -> None:
    """Watches nothing."""


def prove(
    instance: Instance,
    *,
    start: Team | None = None,
    seconds: float = 30.0,
    watch: Callable[[Progress], None] = ignore,
    guide: Relaxation | None = None,
) -> Proof:
    """Solve exactly. `watch` is told of progress a few times a second; what it raises stops the proof and passes on.

    `start` breaks no rule; a good one makes the proof several times shorter. Without time left the proof says what it
    has got to: the best team, and a bound that holds.
    """
    begun = perf_counter()
    guide = guide or relaxation(instance)
    if guide.bound == float("-inf"):
        return Proof(None, guide.bound, is_proved=False, is_infeasible=True)
    watch(Progress(start, guide.bound, perf_counter() - begun))
    if start is not None and guide.bound <= start.value + 2 * rounding(start.value):
        return Proof(start, start.value, is_proved=True, is_infeasible=False)
    run = _Run(instance, guide, start, begun, watch)
    return run.solve(max(seconds - (perf_counter() - begun), 0.0))


class _Run:
    """One run of the solver, and what it has told so far."""

    def __init__(
        self,
        instance: Instance,
        guide: Relaxation,
        start: Team | None,
        begun: float,
        watch: Callable[[Progress], None],
    ) -> None:
        self.instance, self.guide, self.begun, self.watch = instance, guide, begun, watch
        self.team, self.bound = start, guide.bound
        self.model = guide.model if start is None else settled(guide, start.value)
        self.told = perf_counter()
        self.stopped_by: BaseException | None = None

    def solve(self, seconds: float) -> Proof:
        solver = load(self.model, seconds=seconds)
        # Restarts solve the root again from scratch, which takes most of the time here: few nodes are needed.
        solver.setOptionValue("mip_allow_restart", False)
        if self.team is not None:
            values = values_of(self.instance, self.model, self.team.members)
            solver.setSolution(len(values), np.arange(len(values), dtype=np.int32), values)
        solver.cbMipImprovingSolution.subscribe(self._improved)
        solver.cbMipInterrupt.subscribe(self._passed)
        solver.run()
        if self.stopped_by is not None:
            raise self.stopped_by
        return self._ended(solver)

    def _improved(self, event: HighsCallbackEvent) -> None:
        self._keep(members_of(self.model, event.data_out.mip_solution))
        self._tell(event)

    def _passed(self, event: HighsCallbackEvent) -> None:
        bound = float(event.data_out.mip_dual_bound)
        # What is settled leaves the model only teams better than the known one; its own bound says nothing below that.
        known = self.team.value if self.team else float("-inf")
        self.bound = min(self.bound, max(bound, known))
        if self.stopped_by is not None or perf_counter() - self.told > _SECONDS_BETWEEN:
            self._tell(event)

    def _tell(self, event: HighsCallbackEvent) -> None:
        """An error must not pass through the solver: it is kept, the solver is asked to end, and it is raised then."""
        self.told = perf_counter()
        if self.stopped_by is None:
            try:
                self.watch(Progress(self.team, self.bound, self.told - self.begun))
            except BaseException as error:
                self.stopped_by = error
        event.interrupt(self.stopped_by is not None)

    def _keep(self, members: Members) -> None:
        value = worth(self.instance, members)
        if (self.team is None or value > self.team.value) and not breaches(self.instance, members):
            self.team = Team(members, value)

    def _ended(self, solver: highspy.Highs) -> Proof:
        status = solver.getModelStatus()
        if status in SOLVED:
            self._keep(members_of(self.model, solver.getSolution().col_value))
        if status in HOPELESS and self.team is None:
            return Proof(None, float("-inf"), is_proved=False, is_infeasible=True)
        if status in (*SOLVED, *HOPELESS) and self.team is not None:
            return Proof(self.team, self.team.value, is_proved=True, is_infeasible=False)
        return Proof(self.team, self.bound, is_proved=False, is_infeasible=False)


def settled(guide: Relaxation, value: float) -> Model:
    """The model of the teams that are worth more than `value`, with everybody settled whose reduced cost tells."""
    model, room = guide.model, guide.bound - value
    whole = model.whole
    lower = np.where(whole & (guide.reduced > room), model.upper, model.lower)
    upper = np.where(whole & (guide.reduced < -room), model.lower, model.upper)
    return replace(model, lower=lower, upper=upper)
