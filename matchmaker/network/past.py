"""The history as it was known on a day.

Whatever judges by the record asks `Timeline.known_to(need)`, so nothing that happened on that day or later can speak.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import date
from functools import cached_property
from typing import Any, ClassVar, TypeVar, cast
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array

from matchmaker.profiles import UNKNOWN, Floats, History, Ints, Need, Profiles, Smalls

DAYS_A_YEAR = 365.25
DAYS_A_MONTH = DAYS_A_YEAR / 12
SNAPSHOTS_KEPT = 2

Rows = NDArray[np.intp]
Measures = NDArray[np.float64]
AnswerT = TypeVar("AnswerT")


class Past:
    """What was known before some day: the earlier projects in the order of their days, undated ones left out."""

    def __init__(self, history: History, rows: Rows, families: csr_array) -> None:
        self._answers: dict[str, tuple[object, Any]] = {}
        self.rows = rows  # rows of the history
        self.families = families  # tags x families, 1 where the tag is of the family
        self.ids = history.ids[rows]
        self.day: Ints = history.day[rows]
        self.months: Floats = history.months[rows]
        self.amount: Floats = history.amount[rows]
        self.stage: Ints = history.stage[rows]
        self.lead: Ints = history.lead[rows]
        # In double precision once, because every product with a vector of doubles would convert it again.
        self.members = csr_array(history.members[rows], dtype=np.float64)
        self.tags = csr_array(history.tags[rows], dtype=np.float64)
        self.words = csr_array(history.words[rows])

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def projects_of(self) -> csr_array:
        """Organisations x projects."""
        return csr_array(self.members.T)

    @cached_property
    def joined(self) -> csr_array:
        """Projects x organisations: who took part without being the lead."""
        members = self.members.tocoo()
        others = members.col != self.lead[members.row]
        rows, columns = members.row[others], members.col[others]
        return csr_array((np.ones(len(rows)), (rows, columns)), shape=self.members.shape)

    @cached_property
    def project_counts(self) -> Measures:
        """How many earlier projects each organisation has."""
        return np.diff(self.projects_of.indptr).astype(np.float64)

    @cached_property
    def sizes(self) -> Measures:
        return np.diff(self.members.indptr).astype(np.float64)

    @cached_property
    def idf(self) -> Measures:
        """How telling each tag is: ln((1 + projects) / (1 + projects with the tag)) + 1."""
        with_tag = np.bincount(self.tags.indices, minlength=self.tags.shape[1])
        return np.log((1 + len(self)) / (1 + with_tag)) + 1

    @cached_property
    def family_weights(self) -> csr_array:
        """Projects x families: the sum of squared idf of the project's tags of that family."""
        return csr_array(self.tags.power(2) @ scale_rows(self.families, self.idf**2))

    @cached_property
    def has_family(self) -> csr_array:
        """Projects x families: 1 where the project has a tag of that family."""
        return csr_array(self.family_weights.astype(bool), dtype=np.float64)

    def decay(self, day: int, half_life_years: float) -> Measures:
        """2^(-age / half-life) of each project on `day`."""
        return np.exp2((self.day.astype(np.float64) - day) / (half_life_years * DAYS_A_YEAR))

    def led_from(self, column: Ints | Smalls, value: int) -> Measures:
        """1 for each project whose lead has `value` in `column`, a column of the organisations, else 0."""
        if value == UNKNOWN:
            return np.zeros(len(self))
        led = np.flatnonzero(self.lead != UNKNOWN)
        holds = np.zeros(len(self))
        holds[led] = column[self.lead[led]] == value
        return holds

    def once(self, name: str, question: object, work_out: Callable[[], AnswerT]) -> AnswerT:
        """What was worked out under `name` for the very same question, else worked out now.

        Only the last question is remembered: the components of one query ask the same, those of the next never again.
        """
        kept = self._answers.get(name)
        if kept is None or kept[0] is not question:
            kept = self._answers[name] = (question, work_out())
        return cast(AnswerT, kept[1])

    def of_both(self, one: int, other: int) -> Rows:
        """Projects in which both took part."""
        return np.intersect1d(self.of(one), self.of(other))

    def took_part(self, organisation: int) -> Measures:
        """1 for each project in which the organisation took part, else 0."""
        took_part = np.zeros(len(self))
        took_part[self.of(organisation)] = 1.0
        return took_part

    def of(self, organisation: int) -> Rows:
        """Projects in which the organisation took part, the latest last."""
        start, end = self.projects_of.indptr[organisation : organisation + 2]
        return self.projects_of.indices[start:end].astype(np.intp)


class Timeline:
    """A history in the order of its days, so that what was known before one is a prefix.

    Ask for it by `Timeline.of`: everybody who learns from the same history shares one, and with it the pasts cut from
    it and what they remember.
    """

    _alive: ClassVar[WeakValueDictionary[int, "Timeline"]] = WeakValueDictionary()

    @classmethod
    def of(cls, profiles: Profiles) -> "Timeline":
        shared = cls._alive.get(id(profiles.history))
        if shared is None or not shared._tells_of(profiles):
            shared = cls._alive[id(profiles.history)] = cls(profiles)
        return shared

    def __init__(self, profiles: Profiles) -> None:
        history = profiles.history
        dated = np.flatnonzero(history.day != UNKNOWN)
        in_order = dated[np.argsort(history.day[dated], kind="stable")]
        self._history = history
        self._tags = profiles.vocabulary.get("tags", ())
        self._order = {UNKNOWN: in_order} | {
            int(kind): in_order[history.kind[in_order] == kind] for kind in np.unique(history.kind)
        }
        self._days = {kind: history.day[order] for kind, order in self._order.items()}
        self._families = _families(self._tags, history.tags.shape[1])
        self._kept: OrderedDict[tuple[int, int], Past] = OrderedDict()

    def _tells_of(self, profiles: Profiles) -> bool:
        """The very same history, its tags read by the very same names."""
        return self._history is profiles.history and self._tags is profiles.vocabulary.get("tags", ())

    def known_to(self, need: Need) -> Past:
        """What happened before the need's day and is of the kind that may speak for its candidates."""
        return self.before(need.day, kind=need.project_kind)

    def before(self, day: int, *, kind: int = UNKNOWN) -> Past:
        """What happened before `day`; only projects of `kind`, when it is given."""
        order = self._order.get(kind, self._order[UNKNOWN][:0])
        length = int(np.searchsorted(self._days[kind], day, side="left")) if len(order) else 0
        past = self._kept.get((kind, length))
        if past is None:
            past = self._kept[kind, length] = Past(self._history, order[:length], self._families)
            while len(self._kept) > SNAPSHOTS_KEPT:
                self._kept.popitem(last=False)
        return past


def months_between(start: date | None, end: date | None) -> float | None:
    """None where one of the two is not known, or the end does not come after the start."""
    if start is None or end is None or end <= start:
        return None
    return (end - start).days / DAYS_A_MONTH


def scale_rows(matrix: csr_array, weights: Measures) -> csr_array:
    return csr_array(diags_array(weights) @ matrix)


def share_rows(matrix: csr_array) -> csr_array:
    """Each row divided by its sum; empty rows stay empty."""
    sums = np.asarray(matrix.sum(axis=1)).ravel()
    return scale_rows(matrix, np.divide(1.0, sums, out=np.zeros(len(sums)), where=sums > 0))


def _families(tags: Sequence[str], width: int) -> csr_array:
    """Tags x families; a tag's family is what stands before its colon."""
    names = [tag.partition(":")[0] for tag in tags] or [""] * width
    numbers = {name: number for number, name in enumerate(dict.fromkeys(names))}
    columns = np.array([numbers[name] for name in names], np.int32)
    shape = (width, max(len(numbers), 1))
    return csr_array((np.ones(width), (np.arange(width), columns)), shape=shape)
