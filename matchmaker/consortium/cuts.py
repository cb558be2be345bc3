"""Rows that no team breaks but the linear relaxation does: they bring its bound down towards the best team.

size       sum of z over pairs worth something <= S (S - 1) / 2, S the most members a team can have
star       sum over partners j of i: a_j z_ij <= (b - a_i) x_i, for each rule sum a_j x_j <= b with no a below zero
           (sizes, budgets, counts of seats): the rule, multiplied by x_i
clique     sum of x over those who all stay apart from one another <= 1
triangle   z_ij + z_ik <= x_i where j and k stay apart
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from matchmaker.consortium.instance import Instance
from matchmaker.consortium.model import Model, Rows, extended
from matchmaker.consortium.seating import necessary_sets
from matchmaker.profiles import Ints, Scores


def strengthened(instance: Instance, model: Model) -> Model:
    """`model` with the cuts, which carry no key."""
    rows = Rows(len(model.objective))
    for clique in cliques(instance.apart, len(instance)):
        rows.add(clique, high=1.0)
    if len(instance.pairs):
        _add_stars(rows, instance, model)
        _add_triangles(rows, instance, model)
    return extended(model, rows)


def packings(instance: Instance) -> Iterator[tuple[Scores, float]]:
    """Everything of the form sum a_i x_i <= b with no a below zero."""
    for rule in instance.rules:
        if rule.high < np.inf and (rule.weights >= 0).all():
            yield rule.weights, rule.high
    if not instance.seats:
        return
    yield np.ones(len(instance)), float(sum(seat.most for seat in instance.seats))
    for count in necessary_sets(instance.seats):
        if count.high < np.inf:
            yield count.who.astype(float), count.high


def _most_members(bounds: list[tuple[Scores, float]], n: int) -> int:
    """How many members a team can have at most, by each upper bound taken alone."""
    sums = [(np.cumsum(np.sort(weights)), high) for weights, high in bounds]
    return min([n, *(int(np.searchsorted(sum_, high + 1e-9, side="right")) for sum_, high in sums)])


def cliques(apart: Ints, n: int) -> list[list[int]]:
    """Sets of three or more who all stay apart, such that every pair is in one of those that can be grown from it."""
    neighbours: list[set[int]] = [set() for _ in range(n)]
    for one, other in apart.tolist():
        neighbours[one].add(other)
        neighbours[other].add(one)
    covered: set[tuple[int, int]] = set()
    found = []
    for one, other in apart.tolist():
        if (min(one, other), max(one, other)) in covered:
            continue
        clique, common = [one, other], neighbours[one] & neighbours[other]
        while common:
            nearest = min(common, key=lambda member: (-len(neighbours[member] & common), member))
            clique.append(nearest)
            common &= neighbours[nearest]
        if len(clique) > 2:
            found.append(sorted(clique))
            covered |= {(a, b) for a in clique for b in clique if a < b}
    return found


def _add_stars(rows: Rows, instance: Instance, model: Model) -> None:
    gains = np.flatnonzero(instance.worth > 0)
    bounds = list(packings(instance))
    size = _most_members(bounds, len(instance))
    if len(gains) > size * (size - 1) // 2:
        rows.add(model.parts["z"].start + gains, high=size * (size - 1) / 2)
    weights = np.array([np.ones(len(instance)), *(weights for weights, _ in bounds)])
    most = np.array([float(size), *(high for _, high in bounds)])
    for member, pairs, partners in _stars(instance, gains):
        left, taken = most - weights[:, member], weights[:, partners]
        # Otherwise it says no more than z_ij <= x_i.
        for bound in np.flatnonzero((taken.sum(axis=1) > left) & (left >= 0)):
            columns = [*(model.parts["z"].start + pairs), member]
            rows.add(columns, [*taken[bound], -left[bound]], high=0.0)


def _stars(instance: Instance, gains: NDArray[np.intp]) -> Iterator[tuple[int, NDArray[np.intp], Ints]]:
    """Each candidate with its pairs worth something and the other ends of these."""
    ends = instance.pairs[gains]
    for member in np.unique(ends):
        mine = (ends == member).any(axis=1)
        yield int(member), gains[mine], ends[mine].sum(axis=1) - member


def _add_triangles(rows: Rows, instance: Instance, model: Model) -> None:
    apart = {frozenset(pair) for pair in instance.apart.tolist()}
    for member, pairs, partners in _stars(instance, np.flatnonzero(instance.worth > 0)):
        for a in range(len(pairs)):
            for b in range(a):
                if frozenset((int(partners[a]), int(partners[b]))) in apart:
                    z = model.parts["z"].start
                    rows.add([z + pairs[a], z + pairs[b], member], [1.0, 1.0, -1.0], high=0.0)
