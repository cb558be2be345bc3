"""An instance as a mixed-integer linear model: maximise over who is a member.

    max  sum value_i x_i + sum (weight_k c_k + second_k d_k) + sum worth_p z_p
    s.t. low <= sum w_i x_i <= high                   each rule
         c_k + d_k <= sum of x_i who have k,  d_k <= c_k;  c_k = 1 where k is a must
         sum y_g >= least,  y_g <= sum of x_i in g    each spread
         counts over sets of seats (`seating.hall_sets`), or places s_ir where seats are many
         z_p <= x_i, z_p <= x_j where a pair is worth something; z_p >= x_i + x_j - 1 where it costs
         x_i + x_j <= 1 where two stay apart;  x_i = 1 for the held, 0 for the barred

x is binary; c and d too, because two holders may be worth more than twice one; y and z are whole once x is. Each row
has the keys of the rules it speaks for, so that another model can relax it by key.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array, vstack

from matchmaker.consortium.instance import INFINITE, Instance, Members
from matchmaker.consortium.seating import MOST_SEATS_AS_COUNTS, admission, hall_sets
from matchmaker.profiles import Mask, Scores

Keys = tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """max objective @ v, low <= matrix @ v <= high, lower <= v <= upper.

    `parts` says which variables are which: "x" (one a candidate), "c" and "d" (one a capability), "z" (one a pair),
    "y" (one a group, spread after spread) and, with many seats, "s". A row is `scale` times smaller than the rule it
    stands for, so one unit of the rule is 1 / scale in the row.
    """

    objective: Scores  # v
    lower: Scores  # v
    upper: Scores  # v
    whole: Mask  # v
    matrix: csr_array  # r x v
    low: Scores  # r
    high: Scores  # r
    scale: Scores  # r
    keys: tuple[Keys, ...]  # r; () for a row that says what variables mean
    parts: dict[str, slice]

    @property
    def is_contradiction(self) -> bool:
        """Somebody is held and may not be, or there is nobody and something is asked: no solver needs to be asked."""
        wanted = (self.low > 0) | (self.high < 0)
        return bool((self.lower > self.upper).any() or (len(self.objective) == 0 and wanted.any()))


class Rows:
    """Rows of a model, collected one by one or many at once."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.blocks: list[csr_array] = [csr_array((0, width))]
        self.low: list[Scores] = [np.empty(0)]
        self.high: list[Scores] = [np.empty(0)]
        self.scale: list[Scores] = [np.empty(0)]
        self.keys: list[Keys] = []

    def add(
        self,
        columns: ArrayLike,
        weights: ArrayLike = 1.0,
        *,
        low: float = -INFINITE,
        high: float = INFINITE,
        keys: Keys = (),
    ) -> None:
        """One row; divided by its largest weight, so that the solver's tolerance means the same in every rule."""
        columns = np.asarray(columns, dtype=np.intp)
        weights = np.broadcast_to(np.asarray(weights, dtype=float), columns.shape)
        scale = float(np.abs(weights).max(initial=0.0)) or 1.0
        rows = np.zeros(len(columns), dtype=np.intp)
        self._append(rows, columns, weights / scale, np.array([low / scale]), np.array([high / scale]), [keys], scale)

    def add_each(
        self, columns: NDArray[np.intp], weights: Sequence[float], *, high: float, keys: Iterable[Keys] = ()
    ) -> None:
        """For each row of `columns` (m x t): sum of weights_t x columns_t <= high."""
        count, width = columns.shape
        named = list(keys) or [()] * count
        rows = np.repeat(np.arange(count), width)
        bounds = np.full(count, -INFINITE), np.full(count, high)
        self._append(rows, columns.ravel(), np.tile(np.asarray(weights, dtype=float), count), *bounds, named, 1.0)

    def _append(
        self,
        rows: NDArray[np.intp],
        columns: NDArray[np.intp],
        weights: Scores,
        low: Scores,
        high: Scores,
        keys: list[Keys],
        scale: float,
    ) -> None:
        self.blocks.append(csr_array((weights, (rows, columns)), shape=(len(low), self.width)))
        self.low.append(low)
        self.high.append(high)
        self.scale.append(np.full(len(low), scale))
        self.keys += keys


def extended(model: Model, rows: Rows) -> Model:
    """`model` with more rows."""
    return replace(
        model,
        matrix=vstack([model.matrix, *rows.blocks], format="csr"),
        low=np.concatenate([model.low, *rows.low]),
        high=np.concatenate([model.high, *rows.high]),
        scale=np.concatenate([model.scale, *rows.scale]),
        keys=(*model.keys, *rows.keys),
    )


def formulate(instance: Instance) -> Model:
    """The model, without the cuts of `cuts.strengthened`: every rule is in rows that carry its key."""
    empty = _variables(instance)
    rows = Rows(len(empty.objective))
    for rule in instance.rules:
        touched = np.flatnonzero(rule.weights)
        rows.add(touched, rule.weights[touched], low=rule.low, high=rule.high, keys=(rule.key,))
    _add_capabilities(rows, instance, empty.parts)
    _add_spreads(rows, instance, empty.parts)
    _add_seats(rows, instance, empty.parts)
    _add_pairs(rows, instance, empty.parts)
    rows.add_each(instance.apart.astype(np.intp), (1.0, 1.0), high=1.0, keys=[(key,) for key in instance.apart_keys])
    return extended(empty, rows)


def members_of(model: Model, values: ArrayLike) -> Members:
    """The members in a solution of the model."""
    return np.flatnonzero(np.asarray(values)[model.parts["x"]] > 0.5)


def values_of(instance: Instance, model: Model, members: Members) -> Scores:
    """The solution of the model that a team is, apart from who sits where."""
    values = np.zeros(len(model.objective))
    inside = values[model.parts["x"]]
    inside[members] = 1.0
    needed = instance.capabilities
    holders = (needed.levels[members] >= needed.required).sum(axis=0)
    values[model.parts["c"]], values[model.parts["d"]] = holders >= 1, holders >= 2
    values[model.parts["z"]] = inside[instance.pairs].all(axis=1) if len(instance.pairs) else []
    present = [np.isin(groups_of(spread.group), spread.group[members]) for spread in instance.spreads]
    values[model.parts["y"]] = np.concatenate(present) if present else []
    return values


def groups_of(group: ArrayLike) -> NDArray[np.intp]:
    """The groups of a spread, each once, in the order of their variables."""
    groups = np.unique(group)
    return groups[groups >= 0]


def _variables(instance: Instance) -> Model:
    needed, n, k = instance.capabilities, len(instance), len(instance.capabilities.keys)
    groups = sum(len(groups_of(spread.group)) for spread in instance.spreads)
    places = int(admission(instance.seats).sum()) if len(instance.seats) > MOST_SEATS_AS_COUNTS else 0
    sizes = {"x": n, "c": k, "d": k, "z": len(instance.pairs), "y": groups, "s": places}
    ends = np.cumsum(list(sizes.values()))
    parts = {name: slice(int(end) - size, int(end)) for (name, size), end in zip(sizes.items(), ends, strict=True)}

    width = int(ends[-1])
    objective, lower, upper = np.zeros(width), np.zeros(width), np.ones(width)
    objective[parts["x"]], objective[parts["z"]] = instance.value, instance.worth
    objective[parts["c"]], objective[parts["d"]] = needed.weight, needed.second
    lower[instance.held] = 1.0
    upper[:n][~may_be_members(instance)] = 0.0
    whole = np.zeros(width, dtype=bool)
    for name in ("x", "c", "d", "s"):
        whole[parts[name]] = True
    return Model(
        objective=objective,
        lower=lower,
        upper=upper,
        whole=whole,
        matrix=csr_array((0, width)),
        low=np.empty(0),
        high=np.empty(0),
        scale=np.empty(0),
        keys=(),
        parts=parts,
    )


def may_be_members(instance: Instance) -> Mask:
    """n, who is not barred and fits a seat, where there are seats."""
    allowed = np.ones(len(instance), dtype=bool) if instance.barred is None else ~instance.barred
    return allowed & admission(instance.seats).any(axis=1) if instance.seats else allowed


def _add_capabilities(rows: Rows, instance: Instance, parts: dict[str, slice]) -> None:
    needed = instance.capabilities
    has = needed.levels >= needed.required
    for k, key in enumerate(needed.keys):
        c, d = parts["c"].start + k, parts["d"].start + k
        holders = np.flatnonzero(has[:, k])
        rows.add([c, d, *holders], [1.0, 1.0, *(-1.0 for _ in holders)], high=0.0)
        rows.add([d, c], [1.0, -1.0], high=0.0)
        if needed.must[k]:
            rows.add([c], low=1.0, keys=(key,))


def _add_spreads(rows: Rows, instance: Instance, parts: dict[str, slice]) -> None:
    first = parts["y"].start
    for spread in instance.spreads:
        groups = groups_of(spread.group)
        for place, group in enumerate(groups, start=first):
            members = np.flatnonzero(spread.group == group)
            rows.add([place, *members], [1.0, *(-1.0 for _ in members)], high=0.0)
        rows.add(np.arange(first, first + len(groups)), low=spread.least, keys=(spread.key,))
        first += len(groups)


def _add_seats(rows: Rows, instance: Instance, parts: dict[str, slice]) -> None:
    if not instance.seats:
        return
    if len(instance.seats) > MOST_SEATS_AS_COUNTS:
        _add_places(rows, instance, parts)
        return
    for count in hall_sets(instance.seats):
        keys = tuple(instance.seats[seat].key for seat in count.seats)
        rows.add(np.flatnonzero(count.who), low=count.low, high=count.high, keys=keys)


def _add_places(rows: Rows, instance: Instance, parts: dict[str, slice]) -> None:
    who, seat = np.nonzero(admission(instance.seats))
    places = parts["s"].start + np.arange(len(who))
    for member in np.unique(who):
        mine = places[who == member]
        rows.add([member, *mine], [-1.0, *(1.0 for _ in mine)], low=0.0, high=0.0)
    for number, role in enumerate(instance.seats):
        rows.add(places[seat == number], low=role.least, high=role.most, keys=(role.key,))


def _add_pairs(rows: Rows, instance: Instance, parts: dict[str, slice]) -> None:
    meeting = parts["z"].start + np.arange(len(instance.pairs))
    gains = instance.worth > 0
    for end in (0, 1):
        rows.add_each(np.stack([meeting, instance.pairs[:, end]], axis=1)[gains], (1.0, -1.0), high=0.0)
    costs = np.column_stack([meeting, instance.pairs])[~gains]
    rows.add_each(costs, (-1.0, 1.0, 1.0), high=1.0)
