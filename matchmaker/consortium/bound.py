"""What no team can exceed: the linear relaxation, tightened by cuts."""

from dataclasses import dataclass

import numpy as np

from matchmaker.consortium.cuts import strengthened
from matchmaker.consortium.instance import Instance
from matchmaker.consortium.model import Model, formulate
from matchmaker.profiles import Scores
from matchmaker.solver import HOPELESS, SOLVED, load, relax


@dataclass(frozen=True, slots=True, eq=False)
class Relaxation:
    """The model with fractions of members allowed. No team is worth more than `bound`, -inf where not even fractions
    make one; a team that has variable j at its other bound is worth at most bound - |reduced_j|."""

    model: Model
    bound: float
    values: Scores  # v
    reduced: Scores  # v, below zero: at its lower bound; above: at its upper


def relaxation(instance: Instance) -> Relaxation:
    return relaxed(strengthened(instance, formulate(instance)))


def relaxed(model: Model) -> Relaxation:
    nothing = np.zeros(len(model.objective))
    if model.is_contradiction:
        return Relaxation(model, float("-inf"), nothing, nothing)
    solver = load(model)
    relax(solver, model)
    solver.run()
    status = solver.getModelStatus()
    if status in HOPELESS:
        return Relaxation(model, float("-inf"), nothing, nothing)
    if status not in SOLVED:
        raise ArithmeticError(f"The relaxation ended with {solver.modelStatusToString(status)}")
    value, solution = float(solver.getInfo().objective_function_value), solver.getSolution()
    return Relaxation(model, value + rounding(value), np.array(solution.col_value), np.array(solution.col_dual))


def rounding(value: float) -> float:
    """How well the solver knows a value; a bound is put that much higher, so that it stays one."""
    return 1e-7 * max(1.0, abs(value))
