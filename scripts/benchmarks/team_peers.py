"""What else one could do with a question: take who looks best one by one, or ask another solver."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from matchmaker.consortium.check import breaches, worth
from matchmaker.consortium.instance import Instance, Team
from matchmaker.consortium.model import formulate, members_of, values_of
from matchmaker.consortium.moves import Yardstick
from matchmaker.profiles import Scores

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Answer:
    """What a peer found: NaN where it found no team that breaks nothing."""

    value: float
    seconds: float
    is_proved: bool = False


def greedy(instance: Instance, cost: Scores | None = None) -> Answer:
    """One after the other, whoever adds most (by cost, where given) and breaks no upper bound; while a seat, must or
    district is missing, only those who help with it."""
    begun = perf_counter()
    table = Yardstick(instance, np.arange(len(instance)))
    team: list[int] = []
    while (who := _next(instance, table, team, cost)) is not None:
        team.append(who)
    members = np.array(sorted(team), dtype=np.intp)
    value = worth(instance, members) if not breaches(instance, members) else float("nan")
    return Answer(value, perf_counter() - begun)


def _next(instance: Instance, table: Yardstick, team: list[int], cost: Scores | None) -> int | None:
    n, is_upper = len(instance), table.most > 0
    holders = table.has[team].sum(axis=0)
    gain = table.value[:n] + table.synergy[team].sum(axis=0)[:n]
    gain += table.has[:n] @ ((holders == 0) * table.weight + (holders == 1) * table.second)
    over = table.sums[:, team].sum(axis=1)[:, None] + table.sums[:, :n] - table.most[:, None]
    possible = (over[is_upper] <= 0).all(axis=0) & (table.apart[team].sum(axis=0)[:n] == 0)
    possible[team] = False

    missing = np.maximum(table.sums[~is_upper][:, team].sum(axis=1) - table.most[~is_upper], 0)
    helps = (missing[:, None] > 0) & (table.sums[~is_upper, :n] < 0)
    for group, least in zip(table.groups, table.least, strict=True):
        present = set(group[team].tolist())
        if len(present) < least:
            helps = np.vstack([helps, ~np.isin(group[:n], list(present))])
    if helps.any():
        possible &= helps.any(axis=0)
    elif not (gain[possible] > 0).any():
        return None
    if not possible.any():
        return None
    return int(np.argmax(np.where(possible, gain if cost is None else gain / cost, -np.inf)))


def highs_alone(instance: Instance, *, seconds: float) -> Answer:
    """The plain formulation in scipy's HiGHS: without start, cuts and settling."""
    begun = perf_counter()
    model = formulate(instance)
    found = milp(
        -model.objective,
        integrality=model.whole.astype(int),
        bounds=Bounds(model.lower, model.upper),
        constraints=LinearConstraint(model.matrix, model.low, model.high),
        options={"time_limit": seconds},
    )
    value = worth(instance, members_of(model, found.x)) if found.x is not None else float("nan")
    return Answer(value, perf_counter() - begun, is_proved=found.status == 0)


def cp_sat(instance: Instance, hint: Team, *, seconds: float) -> Answer:
    """The plain formulation in CP-SAT, eight workers, with our first team as hint."""
    model = formulate(instance)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.npz"
        np.savez(
            path,
            objective=model.objective,
            lower=model.lower,
            upper=model.upper,
            weights=model.matrix.data,
            columns=model.matrix.indices,
            starts=model.matrix.indptr,
            shape=model.matrix.shape,
            low=model.low,
            high=model.high,
            scale=model.scale,
            hint=values_of(instance, model, hint.members),
        )
        command = [sys.executable, "-m", "scripts.benchmarks.ortools_peer", str(path), str(seconds)]
        told = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout
    answer = json.loads(told)
    value = float("nan") if answer["value"] is None else float(answer["value"])
    return Answer(value, float(answer["seconds"]), bool(answer["is_proved"]))
