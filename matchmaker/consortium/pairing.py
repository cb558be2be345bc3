"""Pairing service institutions with parks (结对): who works with whom, in which of the four ways, for the best of all.

A pairing is an institution, a park and a way (landing of resources, R&D on common technology, incubation, market
integration). Each has a fit of known terms. The plan first gives every park somebody, where that can be; among such
plans it takes the one whose fits sum highest. Exact, by HiGHS:

    max  sum m_p, then sum fit_ipt y_ipt
    s.t. y_ipt <= x_ip,  x_ip <= sum_t y_ipt,  m_p <= sum_i x_ip
         sum_p x_ip <= parks institution i can take,  sum_i x_ip <= institutions park p can take
         sum_i y_ipt <= 1: one institution for each way of a park
"""

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from matchmaker.profiles import Ints, Mask, Scores


class Unpaired(StrEnum):
    """Why a park has nobody."""

    NO_FIT = "no_fit"  # nobody offers anything of use here
    ALL_TAKEN = "all_taken"  # those who would fit can take no more parks


@dataclass(frozen=True, slots=True, eq=False)
class Fits:
    """I x P x W: how well institution i and park p suit each other in way w; NaN where nothing speaks for it.

    fit = sum_f weight_f value_f / sum_f weight_f over the known terms; `parts` are its summands, so they sum to it.
    """

    fit: Scores
    coverage: Scores  # known weight / all weight
    parts: Scores  # I x P x W x F, 0 where the term is unknown
    values: Scores  # I x P x W x F, NaN where the term is unknown


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """`held` pairings are in every plan (rows of i, p, w), `refused` in none."""

    fit: Scores  # I x P x W
    parks_at_most: Ints  # I
    institutions_at_most: Ints  # P
    held: Ints = field(default_factory=lambda: np.empty((0, 3), np.int32))
    refused: Ints = field(default_factory=lambda: np.empty((0, 3), np.int32))


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    pairings: Ints  # k x 3: institution, park, way; in this order
    value: float  # sum of the fits
    unpaired: dict[int, Unpaired]  # park -> why


def fits(values: Scores, weights: Scores, *, offers: Mask, is_evidence: Mask) -> Fits:
    """From term values (I x P x W x F) and weights (W x F).

    No fit where the institution offers nothing of that way (`offers`, I x W), or no term that is evidence is known.
    """
    known = ~np.isnan(values)
    known_weight = (known * weights).sum(axis=-1)
    carries = (known & is_evidence & (weights > 0)).any(axis=-1) & offers[:, None, :]
    with np.errstate(invalid="ignore", divide="ignore"):
        parts = np.where(known, values, 0.0) * weights / known_weight[..., None]
    parts = np.where(carries[..., None], parts, 0.0)
    total = weights.sum(axis=-1)
    coverage = np.where(carries, known_weight / np.where(total > 0, total, 1), 0.0)
    return Fits(np.where(carries, parts.sum(axis=-1), np.nan), coverage, parts, values)


def plan(question: Question, *, least_fit: float, seconds: float = 30.0) -> Plan:
    """The best plan over pairings of at least `least_fit`; held ones are in it whatever their fit."""
    rows = _possible(question, least_fit=least_fit)
    if not len(rows):
        return _told(question, rows, np.empty(0, bool))
    model = _Model(question, rows)
    most_parks = model.best(model.parks_cost(), seconds=seconds)
    served = float(most_parks[model.served].sum())
    best = model.best(model.fit_cost(question), seconds=seconds, at_least=served)
    return _told(question, rows, best[: len(rows)] > 0.5)


def breaches(question: Question, pairings: Ints) -> list[str]:
    """What a plan breaks, by name: the judge of the solver."""
    found = []
    pairs = np.unique(pairings[:, :2], axis=0)
    if (np.bincount(pairs[:, 0], minlength=len(question.parks_at_most)) > _institution_room(question)).any():
        found.append("parks_at_most")
    if (np.bincount(pairs[:, 1], minlength=len(question.institutions_at_most)) > _park_room(question)).any():
        found.append("institutions_at_most")
    if len(np.unique(pairings[:, 1:], axis=0)) < len(pairings) - _held_twice(question):
        found.append("one_institution_a_way")
    if any(row in pairings.tolist() for row in question.refused.tolist()):
        found.append("refused")
    if any(row not in pairings.tolist() for row in question.held.tolist()):
        found.append("held")
    return found


def _possible(question: Question, *, least_fit: float) -> Ints:
    """k x 3, in order: what may be in a plan."""
    may = np.nan_to_num(question.fit, nan=-np.inf) >= least_fit
    may[tuple(question.refused.T)] = False
    may[tuple(question.held.T)] = True
    return np.argwhere(may).astype(np.int32)


def _institution_room(question: Question) -> NDArray[np.intp]:
    """What is agreed already is never too much."""
    return np.maximum(question.parks_at_most, _held_pairs(question, column=0, count=len(question.parks_at_most)))


def _park_room(question: Question) -> NDArray[np.intp]:
    most = question.institutions_at_most
    return np.maximum(most, _held_pairs(question, column=1, count=len(most)))


def _held_pairs(question: Question, *, column: int, count: int) -> NDArray[np.intp]:
    pairs = np.unique(question.held[:, :2], axis=0)
    return np.bincount(pairs[:, column], minlength=count)


def _held_twice(question: Question) -> int:
    """How many held pairings share their park and way with another held one."""
    return len(question.held) - len(np.unique(question.held[:, 1:], axis=0))


class _Model:
    """Columns: y for each possible pairing, x for each pair, m for each park that can have somebody."""

    def __init__(self, question: Question, rows: Ints) -> None:
        self.pairs, self.pair_of = np.unique(rows[:, :2], axis=0, return_inverse=True)
        self.parks, park_of = np.unique(self.pairs[:, 1], return_inverse=True)
        k, pairs, parks = len(rows), len(self.pairs), len(self.parks)
        self.columns = k + pairs + parks
        self.served = slice(k + pairs, self.columns)
        self._is_pair = np.zeros(self.columns)
        self._is_pair[k : k + pairs] = 1
        self._rows: list[int] = []
        self._at: list[int] = []
        self._weights: list[float] = []
        self._low: list[float] = []
        self._high: list[float] = []
        pair_of, park_of = self.pair_of.ravel(), park_of.ravel()
        x, m = k + np.arange(pairs), k + pairs + np.arange(parks)
        for y in range(k):
            self._add([y, x[pair_of[y]]], [1.0, -1.0], high=0)
        for pair in range(pairs):
            mine = np.flatnonzero(pair_of == pair)
            self._add([x[pair], *mine], [1.0, *[-1.0] * len(mine)], high=0)
        for park in range(parks):
            mine = x[park_of == park]
            self._add([m[park], *mine], [1.0, *[-1.0] * len(mine)], high=0)
            self._add(mine, [1.0] * len(mine), high=float(_park_room(question)[self.parks[park]]))
        for institution in np.unique(self.pairs[:, 0]):
            mine = x[self.pairs[:, 0] == institution]
            self._add(mine, [1.0] * len(mine), high=float(_institution_room(question)[institution]))
        self._one_a_way(question, rows)
        self.lower = np.zeros(self.columns)
        held = {tuple(row) for row in question.held.tolist()}
        self.lower[[y for y, row in enumerate(rows.tolist()) if tuple(row) in held]] = 1
        self._fits = np.nan_to_num(question.fit[tuple(rows.T)])

    def parks_cost(self) -> Scores:
        cost = np.zeros(self.columns)
        cost[self.served] = -1
        return cost

    def fit_cost(self, question: Question) -> Scores:
        cost = np.zeros(self.columns)
        cost[: len(self._fits)] = -self._fits
        return cost

    def best(self, cost: Scores, *, seconds: float, at_least: float = 0.0) -> Scores:
        served = np.zeros(self.columns)
        served[self.served] = 1
        matrix = csr_array((self._weights, (self._rows, self._at)), shape=(len(self._low), self.columns))
        solved = milp(
            cost,
            # With the pairs chosen, ways are a transport problem and parks a count: both come out whole by themselves.
            integrality=self._is_pair,
            bounds=Bounds(self.lower, np.ones(self.columns)),
            constraints=[
                LinearConstraint(matrix, self._low, self._high),
                LinearConstraint(served[None, :], at_least - 0.5, np.inf),
            ],
            options={"mip_rel_gap": 0.0, "time_limit": seconds},
        )
        return np.zeros(self.columns) if solved.x is None else solved.x

    def _one_a_way(self, question: Question, rows: Ints) -> None:
        held = question.held.tolist()
        for park, way in np.unique(rows[:, 1:], axis=0):
            mine = np.flatnonzero((rows[:, 1] == park) & (rows[:, 2] == way))
            agreed = sum(one[1] == park and one[2] == way for one in held)
            self._add(mine, [1.0] * len(mine), high=float(max(1, agreed)))

    def _add(self, columns: NDArray[np.intp] | list[int], weights: list[float], *, high: float) -> None:
        row = len(self._low)
        self._rows += [row] * len(columns)
        self._at += [int(column) for column in columns]
        self._weights += weights
        self._low.append(-np.inf)
        self._high.append(high)


def _told(question: Question, rows: Ints, chosen: Mask) -> Plan:
    pairings = rows[chosen]
    value = float(np.nan_to_num(question.fit[tuple(pairings.T)]).sum()) if len(pairings) else 0.0
    with_somebody = set(pairings[:, 1].tolist())
    could = set(rows[:, 1].tolist())
    parks = range(question.fit.shape[1])
    unpaired = {p: Unpaired.ALL_TAKEN if p in could else Unpaired.NO_FIT for p in parks if p not in with_somebody}
    return Plan(pairings, value, unpaired)
