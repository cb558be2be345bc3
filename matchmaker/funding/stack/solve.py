"""The best plan and the proof that none is better: HiGHS, one aim after the other.

First the gap is made as small as it can be; among the plans with that gap, dilution; among those within `NEAR` of the
least dilution, the number of funds, and among equal numbers the better fit. Each aim that is reached becomes a row.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from time import perf_counter

import highspy
import numpy as np
from highspy.highs import HighsCallbackEvent

from matchmaker.funding.stack.check import TOLERANCE
from matchmaker.funding.stack.instance import Instance
from matchmaker.funding.stack.model import Aim, Model, aiming, formulate, holding, with_shortfalls
from matchmaker.profiles import Scores
from matchmaker.solver import SOLVED, load

USUAL = (Aim.GAP, Aim.DILUTION, Aim.FUNDS)

#: Plans whose dilution is within this share of the least count as equal: no firm deals with one fund more for that.
NEAR = 0.01

#: What a month's idle money weighs against money that dilutes, once the funds are chosen.
LATE = 0.01

#: Searching near the relaxation for better plans takes longer here than the proof that finds them anyway.
NO_NEIGHBOURHOODS = {"mip_heuristic_run_rens": False, "mip_heuristic_run_rins": False}

IN_MONEY = frozenset({Aim.GAP, Aim.DILUTION})

#: So often the search is looked at while the solver is at work.
SECONDS_BETWEEN = 0.2


@dataclass(frozen=True, slots=True)
class Reached:
    """What a plan comes to in one aim and what no plan can be below; equal where it is proved."""

    value: float
    bound: float
    is_proved: bool


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """`tickets` are F x P, CNY. Not every aim is there where time ran out before."""

    tickets: Scores
    reached: Mapping[Aim, Reached]
    seconds: float

    @property
    def gap(self) -> float:
        return self.reached[Aim.GAP].value

    @property
    def is_proved(self) -> bool:
        return all(one.is_proved for one in self.reached.values())

    @property
    def funds(self) -> tuple[int, ...]:
        return tuple(np.flatnonzero(self.tickets.sum(axis=1) > 0).tolist())


Watch = Callable[[Plan], None]


def ignore(plan: Plan) -> None:
    """Watches nothing."""


def solve(
    instance: Instance,
    *,
    aims: Sequence[Aim] = USUAL,
    relaxed: str = "",
    added_from: int | None = None,
    seconds: float = 60.0,
    watch: Watch = ignore,
) -> Plan:
    """The best plan by `aims`, each under the ones before it. There always is one: to pay nothing breaks nothing.

    The limit of key `relaxed` may be broken (Aim.SLACK says how far), funds from row `added_from` on count as added
    (Aim.ADDED). `watch` is told the best plan so far a few times a second, and whenever an aim is reached; what it
    raises stops the search within a moment and passes on.
    """
    run = _Run(instance, formulate(instance, relaxed=relaxed, added_from=added_from), seconds, watch)
    for aim in run.close(aims):
        if not run.reach(aim):
            break
    run.trim()
    return run.plan()


class _Run:
    """A model that gets tighter aim by aim, with the best values so far."""

    def __init__(self, instance: Instance, model: Model, seconds: float, watch: Watch) -> None:
        self.shape, self.model, self.watch = instance.funds.allowed.shape, model, watch
        self.begun, self.seconds = perf_counter(), seconds
        self.values = np.zeros(len(model.objective))
        self.values[model.gap] = model.upper[model.gap]
        self.reached: dict[Aim, Reached] = {}

    def close(self, aims: Sequence[Aim]) -> Sequence[Aim]:
        """The aims that are left: where a plan without a gap is found at once, the gap is none of them any more."""
        if len(aims) < 2 or aims[0] is not Aim.GAP:
            return aims
        model, upper = self.model, self.model.upper.copy()
        upper[model.gap] = 0.0
        closed = Reached(0.0, 0.0, is_proved=True)
        found = self._best(replace(model, upper=upper), aims[1], None, {Aim.GAP: closed})
        if found.values is None:
            return aims
        self.model, self.values = replace(model, upper=upper), found.values
        self._tell(Aim.GAP, closed)
        self._keep(aims[1], found)
        return aims[2:] if found.is_proved else ()

    def reach(self, aim: Aim) -> bool:
        """Whether the aim was reached for good in the time that is left."""
        found = self._best(self.model, aim, self.values, self.reached)
        self._keep(aim, found)
        return found.is_proved

    def trim(self) -> None:
        """Of the funds that were chosen no money beyond the need, and none much earlier than it is needed; where a gap
        stays, it lies as late as it can."""
        if Aim.FUNDS not in self.reached or not self.reached[Aim.FUNDS].is_proved:
            return
        upper = np.where(self.model.takes_part & (self.values < 0.5), 0.0, self.model.upper)
        cost = self.model.aims[Aim.DILUTION] + LATE * self.model.aims[Aim.EARLY]
        look = _Look(lambda _values, _bound: self.watch(self.plan()))
        model, width = replace(self.model, upper=upper, objective=cost), len(self.values)
        if self.values[model.gap] > 1000 * TOLERANCE:
            model = with_shortfalls(model)
        start = np.append(self.values, np.full(len(model.objective) - width, self.values[model.gap]))
        found = _solved(model, start, self._left(), look)
        self.values = self.values if found.values is None else found.values[:width]

    def plan(self) -> Plan:
        return self._plan(self.values, self.reached)

    def _plan(self, values: Scores, reached: Mapping[Aim, Reached]) -> Plan:
        return Plan(self.model.tickets(values, self.shape), dict(reached), perf_counter() - self.begun)

    def _best(self, model: Model, aim: Aim, start: Scores | None, known: Mapping[Aim, Reached]) -> "_Found":
        """The best values by one aim; `known` is what all of them reach."""

        def tell(values: Scores | None, bound: float) -> None:
            best = start if values is None else values
            if best is None:  # until anything is found, that nobody pays is the best plan
                self.watch(self._plan(self.values, {Aim.GAP: self._so_far(Aim.GAP, self.values, 0.0)}))
            else:
                self.watch(self._plan(best, {**known, aim: self._so_far(aim, best, bound)}))

        return _solved(aiming(model, aim), start, self._left(), _Look(tell))

    def _so_far(self, aim: Aim, values: Scores, bound: float) -> Reached:
        return _reached(aim, float(-self.model.aims[aim] @ values), bound, self.model.unit, is_proved=False)

    def _keep(self, aim: Aim, found: "_Found") -> None:
        if found.values is not None:
            self.values = found.values
        value = float(-self.model.aims[aim] @ self.values)
        self._tell(
            aim, _reached(aim, value, value if found.is_proved else found.bound, self.model.unit, found.is_proved)
        )
        self.model = holding(self.model, aim, -value - _room(aim, value))

    def _tell(self, aim: Aim, reached: Reached) -> None:
        self.reached[aim] = reached
        self.watch(self.plan())

    def _left(self) -> float:
        return max(self.seconds - (perf_counter() - self.begun), 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """`values` is None where there are none, or none were found in time; no better ones are below `bound`."""

    values: Scores | None
    bound: float
    is_proved: bool


class _Look:
    """Looks at one run of the solver. An error must not pass through that: it is kept, and raised behind it."""

    def __init__(self, tell: Callable[[Scores | None, float], None]) -> None:
        self._tell, self._told = tell, perf_counter()
        self._values: Scores | None = None
        self._stopped_by: BaseException | None = None

    def run(self, solver: highspy.Highs) -> None:
        solver.cbMipImprovingSolution.subscribe(self._improved)
        solver.cbMipInterrupt.subscribe(self._passed)
        solver.run()
        if self._stopped_by is not None:
            raise self._stopped_by

    def _improved(self, event: HighsCallbackEvent) -> None:
        self._values = np.array(event.data_out.mip_solution)

    def _passed(self, event: HighsCallbackEvent) -> None:
        if self._stopped_by is None and perf_counter() - self._told > SECONDS_BETWEEN:
            self._told = perf_counter()
            try:
                self._tell(self._values, _bound(event.data_out.mip_dual_bound))
            except BaseException as error:
                self._stopped_by = error
        event.interrupt(self._stopped_by is not None)


def _solved(model: Model, start: Scores | None, seconds: float, look: _Look) -> _Found:
    solver = load(model, seconds=seconds, options=NO_NEIGHBOURHOODS)
    solver.setOptionValue("mip_allow_restart", False)
    if start is not None:
        solver.setSolution(len(start), np.arange(len(start), dtype=np.int32), start)
    look.run(solver)
    info = solver.getInfo()
    bound = _bound(info.mip_dual_bound)
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return _Found(None, bound, is_proved=False)
    return _Found(np.array(solver.getSolution().col_value), bound, solver.getModelStatus() in SOLVED)


def _bound(dual: float) -> float:
    """What no plan can be below: the solver asks for the most of what lies below 0."""
    return max(-float(dual), 0.0) if np.isfinite(dual) else 0.0


def _reached(aim: Aim, value: float, bound: float, unit: float, is_proved: bool) -> Reached:
    """In CNY, or in whole funds: what they lack of a full fit counts less than half a fund."""
    if aim in IN_MONEY:
        return Reached(max(value, 0.0) * unit, max(bound, 0.0) * unit, is_proved)
    if aim in (Aim.FUNDS, Aim.ADDED):
        return Reached(float(round(value)), float(np.ceil(bound - 0.5)), is_proved)
    return Reached(value, bound, is_proved)


def _room(aim: Aim, value: float) -> float:
    """How far the aims after it may leave an aim again, in the model's units."""
    if aim in (Aim.FUNDS, Aim.ADDED):
        return 0.5
    return (NEAR * value if aim is Aim.DILUTION else 0.0) + 100 * TOLERANCE / 2
