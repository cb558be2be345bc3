"""A capital stack as a mixed-integer linear model, with one objective for each thing that plans are compared by.

    t_fp  ticket of fund f in phase p      y_fp  it pays one          z_f  it takes part at all
    m_p   money of phase p                 w_p   there is some        g    gap: the most by which money ever falls short

    low_f y_fp <= t_fp <= high_f y_fp,  sum_p t_fp <= high_f z_f,  y_fp <= z_f,  m_p = sum_f t_fp
    need up to month t - support up to t - sum of m_p closed by t <= g              each month before money comes in
    sum of t_fq / r_q, q <= p, <= s_f (V + sum of m_q / r_q, q <= p) where f pays in p    stake of f after phase p
    sum m_p / r_p <= V S / (1 - S)                                                  total stake at most S
    sum z_f <= N;  sum of t of those who stay >= a sum m;  of a capital type >= lo sum m, <= hi sum m
    y_fp <= w_p <= sum of y_fp that may lead;  sum of z_f in an earlier set <= half of it

r is the price of a share against the first phase's, V the valuation before the money. Who pays t_fp gets t_fp / r_p
shares where there were V, so stakes are linear in money: exact, no bound. The gap of month t is what g grows by in it,
so one variable stands for all months. Money is in units of a hundredth of the need. Each limit has a slack in its rows,
held at 0 but for the one that is relaxed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array, diags_array, eye_array, hstack, vstack

from matchmaker.funding.stack.check import most_kept
from matchmaker.funding.stack.instance import INFINITE, Instance, Limit, LimitKind
from matchmaker.profiles import Mask, Scores


class Aim(StrEnum):
    """What a plan is good by; less is better of each."""

    GAP = "gap"
    SLACK = "slack"  # of the relaxed limit
    ADDED = "added"  # funds beyond those that there are
    DILUTION = "dilution"
    EARLY = "early"  # money times the share of all months that lie ahead when it is paid
    FUNDS = "funds"  # their number; among equal numbers, what they lack of a full fit


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """max objective @ v, low <= matrix @ v <= high, lower <= v <= upper; `aims` are objectives to choose from."""

    objective: Scores
    lower: Scores
    upper: Scores
    whole: Mask
    matrix: csr_array
    low: Scores
    high: Scores
    cells: tuple[NDArray[np.intp], NDArray[np.intp]]  # fund and phase of each ticket variable
    gap: int
    takes_part: Mask  # which variables say that a fund takes part
    aims: Mapping[Aim, Scores]
    unit: float

    def tickets(self, values: Scores, shape: tuple[int, int]) -> Scores:
        """F x P, CNY. A ticket that is not paid is exactly 0."""
        count = len(self.cells[0])
        found = np.zeros(shape)
        found[self.cells] = np.where(values[count : 2 * count] > 0.5, values[:count], 0.0) * self.unit
        return found


def aiming(model: Model, aim: Aim) -> Model:
    return replace(model, objective=model.aims[aim])


def holding(model: Model, aim: Aim, least: float) -> Model:
    """`model` with one more row: the aim is reached at least so far."""
    row = csr_array(model.aims[aim].reshape(1, -1))
    return replace(
        model,
        matrix=vstack([model.matrix, row], format="csr"),
        low=np.append(model.low, least),
        high=np.append(model.high, INFINITE),
    )


def with_shortfalls(model: Model) -> Model:
    """The same with what is missing by each month that is looked at as a variable of its own, behind the others; the
    objective asks for little of it, so that a gap that stays lies as late as it can."""
    looked_at = np.flatnonzero(model.matrix[:, [model.gap]].toarray().ravel() > 0)
    count, others = len(looked_at), np.ones(len(model.objective))
    others[model.gap] = 0.0
    own = hstack([model.matrix[looked_at] @ diags_array(others), eye_array(count)])
    before = hstack([model.matrix, csr_array((model.matrix.shape[0], count))])
    return replace(
        model,
        objective=np.append(model.objective, np.full(count, -1.0)),
        lower=np.append(model.lower, np.zeros(count)),
        upper=np.append(model.upper, np.full(count, model.upper[model.gap])),
        whole=np.append(model.whole, np.zeros(count, dtype=bool)),
        matrix=vstack([before, own], format="csr"),
        low=np.append(model.low, model.low[looked_at]),
        high=np.append(model.high, np.full(count, INFINITE)),
    )


def formulate(instance: Instance, *, relaxed: str = "", added_from: int | None = None) -> Model:
    """The model; the limit of key `relaxed` may be broken for its slack; funds from `added_from` on are added ones."""
    return _Builder(instance).build(relaxed, len(instance.funds) if added_from is None else added_from)


def lack_weight(funds: int) -> float:
    """So little that all funds together lack less than half a fund counts."""
    return 0.5 / max(funds, 1)


class _Builder:
    """Columns in the order t, y, z, m, w, g, slacks; rows as they are added."""

    def __init__(self, instance: Instance) -> None:
        self.instance, self.unit = instance, instance.unit
        self.phase_count = len(instance.phases)
        open_to = instance.funds.allowed & (self._most() > 0)[:, None]
        self.fund, self.phase = np.nonzero(open_to)
        sizes = [len(self.fund), len(self.fund), len(instance.funds), self.phase_count, self.phase_count]
        ends = np.cumsum([*sizes, 1, len(instance.limits)])
        self.t, self.y, self.z, self.m, self.w, self.g, self.slack = (
            np.arange(start, end) for start, end in zip([0, *ends[:-1]], ends, strict=True)
        )
        self.width = int(ends[-1])
        self.rows: list[tuple[NDArray[np.intp], Scores]] = []
        self.low: list[float] = []
        self.high: list[float] = []

    def build(self, relaxed: str, added_from: int) -> Model:
        self._tickets()
        self._money()
        self._gap()
        self._stakes()
        self._leads()
        for limit, slack in zip(self.instance.limits, self.slack, strict=True):
            self._limit(limit, int(slack))
        for earlier in self.instance.excluded:
            self.add(self.z[list(earlier)], 1.0, high=most_kept(earlier))
        upper = self._upper(relaxed)
        whole = np.zeros(self.width, dtype=bool)
        whole[self.y], whole[self.z] = True, True
        starts = np.cumsum([0, *(len(columns) for columns, _ in self.rows)])
        matrix = csr_array(
            (
                np.concatenate([weights for _, weights in self.rows]),
                np.concatenate([columns for columns, _ in self.rows]),
                starts,
            ),
            shape=(len(self.rows), self.width),
        )
        return Model(
            objective=np.zeros(self.width),
            lower=np.zeros(self.width),
            upper=upper,
            whole=whole,
            matrix=matrix,
            low=np.array(self.low),
            high=np.array(self.high),
            cells=(self.fund, self.phase),
            gap=int(self.g[0]),
            takes_part=np.isin(np.arange(self.width), self.z),
            aims=self._aims(added_from),
            unit=self.unit,
        )

    def add(self, columns: ArrayLike, weights: ArrayLike, *, low: float = -INFINITE, high: float = INFINITE) -> None:
        columns, weights = np.asarray(columns, dtype=np.intp), np.asarray(weights, dtype=float)
        self.rows.append((columns, weights if weights.ndim else np.full(columns.shape, weights)))
        self.low.append(low)
        self.high.append(high)

    def _most(self) -> Scores:
        """Most that each fund can pay, in units; 0 where its least ticket is above that."""
        floor = self.instance.ticket_floor
        most = np.minimum(self.instance.funds.ticket_high, self.instance.need.sum() + floor)
        return np.where(most >= floor, most, 0.0) / self.unit

    def _upper(self, relaxed: str) -> Scores:
        most = self._most()
        upper = np.ones(self.width)
        upper[self.t] = most[self.fund]
        upper[self.m] = np.bincount(self.phase, most[self.fund], minlength=self.phase_count)
        upper[self.g] = self.instance.need.sum() / self.unit
        upper[self.slack] = [INFINITE if limit.key == relaxed else 0.0 for limit in self.instance.limits]
        return upper

    def _tickets(self) -> None:
        most, least = self._most(), self.instance.ticket_floor / self.unit
        # Three rows a cell, all at once: t <= most y, t >= least y, y <= z.
        one, pays = np.ones(len(self.fund)), np.column_stack([self.t, self.y])
        columns = np.stack([pays, pays, np.column_stack([self.y, self.z[self.fund]])], axis=1).reshape(-1, 2)
        limits = [np.column_stack([one, -other]) for other in (most[self.fund], least[self.fund], one)]
        self.rows += zip(columns, np.stack(limits, axis=1).reshape(-1, 2), strict=True)
        self.low += [-INFINITE, 0.0, -INFINITE] * len(self.fund)
        self.high += [0.0, INFINITE, 0.0] * len(self.fund)
        for fund in np.unique(self.fund):
            cells = np.flatnonzero(self.fund == fund)
            self.add([*self.y[cells], self.z[fund]], [*np.ones(len(cells)), -1.0], low=0.0)
            if len(cells) > 1:
                self.add([*self.t[cells], self.z[fund]], [*np.ones(len(cells)), -most[fund]], high=0.0)

    def _money(self) -> None:
        for phase in range(self.phase_count):
            cells = np.flatnonzero(self.phase == phase)
            self.add([*self.t[cells], self.m[phase]], [*np.ones(len(cells)), -1.0], low=0.0, high=0.0)

    def _gap(self) -> None:
        """Only the months before money comes in: within a stretch without any, the last is the worst."""
        instance = self.instance
        missing = np.cumsum(instance.need - instance.support) / self.unit
        months = len(missing)
        arrivals = {*instance.phases.tolist(), *np.flatnonzero(instance.support).tolist(), months}
        for month in range(months):
            if month + 1 in arrivals and missing[month] > 0:
                closed = self.m[instance.phases <= month]
                self.add([*closed, *self.g], np.ones(len(closed) + 1), low=missing[month])

    def _stakes(self) -> None:
        """Where a fund could come to hold too much at all."""
        instance, most = self.instance, self._most()
        value = instance.valuation / self.unit
        if np.isnan(value):
            return
        stake = instance.funds.stake_high
        could = (stake < 1) & (most * (1 - stake) > stake * value * instance.price.min())
        for cell in np.flatnonzero(could[self.fund]):
            fund, phase = self.fund[cell], self.phase[cell]
            own = np.flatnonzero((self.fund == fund) & (self.phase <= phase))
            shares = 1 / instance.price
            # Once it has left a phase out, what others pay there dilutes it: the row need not hold where it pays not.
            loose = max(float((most[fund] * shares.max()) - stake[fund] * value), 0.0)
            self.add(
                [*self.t[own], *self.m[: phase + 1], self.y[cell]],
                [*shares[self.phase[own]], *(-stake[fund] * shares[: phase + 1]), loose],
                high=stake[fund] * value + loose,
            )

    def _leads(self) -> None:
        for cell, phase in enumerate(self.phase):
            self.add([self.y[cell], self.w[phase]], [1.0, -1.0], high=0.0)

    def _limit(self, limit: Limit, slack: int) -> None:
        instance = self.instance
        match limit.kind:
            case LimitKind.STAKE if not np.isnan(instance.valuation) and limit.value < 1:
                room = limit.value / (1 - limit.value) * instance.valuation / self.unit
                self.add([*self.m, slack], [*(1 / instance.price), -1.0], high=room)
            case LimitKind.FUNDS:
                self.add([*self.z, slack], [*np.ones(len(self.z)), -1.0], high=limit.value)
            case LimitKind.PATIENCE if not np.isnan(instance.exit_months):
                self._share(instance.stays, slack, low=limit.value)
            case LimitKind.LEAST:
                self._share(instance.funds.capital == limit.capital, slack, low=limit.value)
            case LimitKind.MOST:
                self._share(instance.funds.capital == limit.capital, slack, high=limit.value)
            case LimitKind.LEAD if limit.value > 0:
                may_lead = instance.funds.may_lead[self.fund]
                for phase in range(self.phase_count):
                    leads = self.y[may_lead & (self.phase == phase)]
                    self.add([*leads, self.w[phase], slack], [*np.ones(len(leads)), -1.0, 1.0], low=0.0)

    def _share(self, which: Mask, slack: int, *, low: float | None = None, high: float | None = None) -> None:
        cells = self.t[which[self.fund]]
        ones = np.ones(len(cells))
        if low is not None:
            self.add([*cells, *self.m, slack], [*ones, *np.full(self.phase_count, -low), 1.0], low=0.0)
        if high is not None:
            self.add([*cells, *self.m, slack], [*ones, *np.full(self.phase_count, -high), -1.0], high=0.0)

    def _aims(self, added_from: int) -> Mapping[Aim, Scores]:
        aims = {aim: np.zeros(self.width) for aim in Aim}
        aims[Aim.GAP][self.g] = -1.0
        aims[Aim.SLACK][self.slack] = -1.0
        aims[Aim.ADDED][self.z[added_from:]] = -1.0
        aims[Aim.DILUTION][self.m] = -1.0 / self.instance.price
        aims[Aim.EARLY][self.m] = self.instance.phases / len(self.instance.need) - 1.0
        aims[Aim.FUNDS][self.z] = -1.0 - (1.0 - self.instance.funds.fit) * lack_weight(len(self.z))
        return aims
