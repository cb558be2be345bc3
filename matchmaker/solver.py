"""HiGHS, the one solver of the engine: models into it, bounds and solutions out of it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

import highspy
import numpy as np
from scipy.sparse import csr_array

from matchmaker.profiles import Mask, Scores

#: The solver has the best solution; of a model without variables that is none.
SOLVED = (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kModelEmpty)

#: It has shown that there is no solution; every variable has bounds, so nothing here is unbounded.
HOPELESS = (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible)


#: As the solver comes.
NO_OPTIONS: Mapping[str, bool] = MappingProxyType({})


class Program(Protocol):
    """max objective @ v, low <= matrix @ v <= high, lower <= v <= upper, v whole where `whole` says so."""

    @property
    def objective(self) -> Scores: ...
    @property
    def lower(self) -> Scores: ...
    @property
    def upper(self) -> Scores: ...
    @property
    def whole(self) -> Mask: ...
    @property
    def matrix(self) -> csr_array: ...
    @property
    def low(self) -> Scores: ...
    @property
    def high(self) -> Scores: ...


def load(
    model: Program, *, seconds: float = highspy.kHighsInf, options: Mapping[str, bool] = NO_OPTIONS
) -> highspy.Highs:
    """A solver that has the model, with `options` of its own. One thread and a fixed seed: the same question has the
    same answer."""
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    for name, value in {
        "output_flag": False,
        "threads": 1,
        "random_seed": 0,
        "time_limit": float(seconds),
        "mip_rel_gap": 0.0,
        "mip_abs_gap": 1e-6,
        **options,
    }.items():
        solver.setOptionValue(name, value)
    solver.passModel(_linear_program(model))
    return solver


def relax(solver: highspy.Highs, model: Program) -> None:
    """Forget which variables are whole."""
    columns = np.arange(len(model.objective), dtype=np.int32)
    solver.changeColsIntegrality(len(columns), columns, np.zeros(len(columns), dtype=np.uint8))


def _linear_program(model: Program) -> highspy.HighsLp:
    matrix: csr_array = model.matrix
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = matrix.shape[1], matrix.shape[0]
    program.sense_ = highspy.ObjSense.kMaximize
    program.col_cost_ = model.objective
    program.col_lower_, program.col_upper_ = model.lower, model.upper
    program.row_lower_, program.row_upper_ = model.low, model.high
    program.integrality_ = [
        highspy.HighsVarType.kInteger if whole else highspy.HighsVarType.kContinuous for whole in model.whole
    ]
    program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    program.a_matrix_.num_col_, program.a_matrix_.num_row_ = matrix.shape[1], matrix.shape[0]
    program.a_matrix_.start_ = matrix.indptr.astype(np.int32)
    program.a_matrix_.index_ = matrix.indices.astype(np.int32)
    program.a_matrix_.value_ = matrix.data
    return program
