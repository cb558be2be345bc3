"""What no team can exceed: the linear relaxation, tightened by cuts."""

import highspy

from matchmaker.consortium.cuts import strengthened
from matchmaker.consortium.instance import Instance
from matchmaker.consortium.model import Model, formulate
from matchmaker.consortium.solver import load, relax

#: The relaxation's optimum is known to about this share; the bound is put that much higher, so that it stays one.
_ROUNDING = 1e-7


def linear_bound(instance: Instance) -> float:
    """No team is worth more; -inf where even the relaxation has no solution, so that no team is possible."""
    return relaxed_bound(strengthened(instance, formulate(instance)))


def relaxed_bound(model: Model) -> float:
    """As `linear_bound`, of a model."""
    if model.is_contradiction:
        return float("-inf")
    solver = load(model)
    relax(solver, model)
    solver.run()
    status = solver.getModelStatus()
    if status == highspy.HighsModelStatus.kInfeasible:
        return float("-inf")
    if status != highspy.HighsModelStatus.kOptimal:
        raise ArithmeticError(f"The relaxation ended with {solver.modelStatusToString(status)}")
    value = float(solver.getInfo().objective_function_value)
    return value + _ROUNDING * max(1.0, abs(value))
