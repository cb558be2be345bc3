"""The best plan and the proof that none is better: HiGHS, one aim after the other.

First the gap is made as small as it can be; among the plans with that gap, dilution; among those within `NEAR` of the
least dilution, the number of funds, and among equal numbers the better fit. Each aim that is reached becomes a row.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from time import perf_counter

import highspy
import numpy as np

from matchmaker.funding.stack.check import TOLERANCE
from matchmaker.funding.stack.instance import Instance
from matchmaker.funding.stack.model import Aim, Model, aiming, formulate, holding
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


def ignore(aim: Aim, reached: Reached) -> None:
    """Watches nothing."""


def solve(
    instance: Instance,
    *,
    aims: Sequence[Aim] = USUAL,
    relaxed: str = "",
    added_from: int | None = None,
    seconds: float = 60.0,
    watch: Callable[[Aim, Reached], None] = ignore,
) -> Plan:
    """The best plan by `aims`, each under the ones before it. There always is one: to pay nothing breaks nothing.

    The limit of key `relaxed` may be broken (Aim.SLACK says how far), funds from row `added_from` on count as added
    (Aim.ADDED). What `watch` raises ends it between two aims.
    """
    run = _Run(instance, formulate(instance, relaxed=relaxed, added_from=added_from), seconds, watch)
    for aim in run.close(aims):
        if not run.reach(aim):
            break
    run.trim()
    return run.plan()


class _Run:
    """A model that gets tighter aim by aim, with the best values so far."""

    def __init__(self, instance: Instance, model: Model, seconds: float, watch: Callable[[Aim, Reached], None]) -> None:
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
        found = _best(aiming(replace(model, upper=upper), aims[1]), None, seconds=self._left())
        if found.values is None:
            return aims
        self.model = replace(model, upper=upper)
        self._tell(Aim.GAP, Reached(0.0, 0.0, is_proved=True))
        self._keep(aims[1], found)
        return aims[2:] if found.is_proved else ()

    def reach(self, aim: Aim) -> bool:
        """Whether the aim was reached for good in the time that is left."""
        found = _best(aiming(self.model, aim), self.values, seconds=self._left())
        self._keep(aim, found)
        return found.is_proved

    def trim(self) -> None:
        """Of the funds that were chosen no money beyond the need, and none much earlier than it is needed."""
        if Aim.FUNDS not in self.reached or not self.reached[Aim.FUNDS].is_proved:
            return
        upper = np.where(self.model.takes_part & (self.values < 0.5), 0.0, self.model.upper)
        cost = self.model.aims[Aim.DILUTION] + LATE * self.model.aims[Aim.EARLY]
        found = _best(replace(self.model, upper=upper, objective=cost), self.values, seconds=self._left())
        self.values = self.values if found.values is None else found.values

    def plan(self) -> Plan:
        tickets = self.model.tickets(self.values, self.shape)
        return Plan(tickets, self.reached, perf_counter() - self.begun)

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
        self.watch(aim, reached)

    def _left(self) -> float:
        return max(self.seconds - (perf_counter() - self.begun), 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """`values` is None where there are none, or none were found in time; no better ones are below `bound`."""

    values: Scores | None
    bound: float
    is_proved: bool


def _best(model: Model, start: Scores | None, *, seconds: float) -> _Found:
    solver = load(model, seconds=seconds, options=NO_NEIGHBOURHOODS)
    solver.setOptionValue("mip_allow_restart", False)
    if start is not None:
        solver.setSolution(len(start), np.arange(len(start), dtype=np.int32), start)
    solver.run()
    info = solver.getInfo()
    bound = max(float(-info.mip_dual_bound), 0.0) if np.isfinite(info.mip_dual_bound) else 0.0
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return _Found(None, bound, is_proved=False)
    return _Found(np.array(solver.getSolution().col_value), bound, solver.getModelStatus() in SOLVED)


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
