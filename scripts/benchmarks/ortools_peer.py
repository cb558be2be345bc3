"""CP-SAT on one question, in a process of its own: its libraries and HiGHS's do not live together.

Usage: python -m scripts.benchmarks.ortools_peer MODEL.npz SECONDS; prints JSON with seconds, value, is_proved.
"""

import json
import sys
import time

import numpy as np
from ortools.sat.python import cp_model
from scipy.sparse import csr_array

#: Values have one digit behind the point.
TENTHS = 10

FAR = 2**60


def main(path: str, seconds: float) -> None:
    begun = time.perf_counter()
    with np.load(path) as stored:
        model, variables = _formulated(stored)
        for variable, value in zip(variables, stored["hint"], strict=True):
            model.add_hint(variable, round(float(value)))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 8
    solver.parameters.linearization_level = 2
    solver.parameters.max_time_in_seconds = seconds
    status = solver.solve(model)
    print(
        json.dumps(
            {
                "seconds": time.perf_counter() - begun,
                "value": solver.objective_value / TENTHS if status in (cp_model.OPTIMAL, cp_model.FEASIBLE) else None,
                "is_proved": status == cp_model.OPTIMAL,
            }
        )
    )


def _formulated(stored: np.lib.npyio.NpzFile) -> tuple[cp_model.CpModel, list[cp_model.IntVar]]:
    model = cp_model.CpModel()
    bounds = zip(stored["lower"], stored["upper"], strict=True)
    variables = [model.new_int_var(round(float(low)), round(float(high)), "") for low, high in bounds]
    matrix = csr_array((stored["weights"], stored["columns"], stored["starts"]), shape=tuple(stored["shape"]))
    for row in range(matrix.shape[0]):
        span = slice(matrix.indptr[row], matrix.indptr[row + 1])
        weights = np.rint(matrix.data[span] * stored["scale"][row]).astype(int)
        total = sum(int(w) * variables[v] for w, v in zip(weights, matrix.indices[span], strict=True))
        low, high = (_whole(stored[side][row] * stored["scale"][row]) for side in ("low", "high"))
        model.add_linear_constraint(total, low, high)
    values = np.rint(stored["objective"] * TENTHS).astype(int)
    model.maximize(sum(int(value) * variable for value, variable in zip(values, variables, strict=True) if value))
    return model, variables


def _whole(bound: float) -> int:
    return round(float(np.clip(bound, -FAR, FAR)))


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
