"""What can be searched, as columns: one row a record, with the facets by which a search is narrowed.

Only what every signed-in person may see is in here, so no count and no order can tell more than the pages do.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from matchmaker.columns import stacked, widened
from matchmaker.profiles import KINDS, SIZES, TYPES, UNKNOWN, Floats, Ints, Mask, Smalls
from matchmaker.retrieval.lexical import Hits, Words
from models.enums import ReadinessBand, SearchRecord

RECORDS = tuple(SearchRecord)
BANDS = tuple(ReadinessBand)
LEVELS: Mapping[ReadinessBand, tuple[int, int]] = {
    ReadinessBand.RESEARCH: (1, 3),
    ReadinessBand.DEVELOPMENT: (4, 6),
    ReadinessBand.DEPLOYMENT: (7, 9),
}
FIXED: Mapping[str, Sequence[str]] = {"record": RECORDS, "kind": KINDS, "size": SIZES, "type": TYPES, "trl": BANDS}
OF_OFFER = 0.6  # what a hit in one of its offers is worth to an organisation, beside one in its own words
# Facet -> vocabulary of its codes, where these are rows and no closed list.
OPEN_LISTS: Mapping[str, str] = {
    "area": "areas",
    "place": "places",
    "chain": "chains",
    "node": "nodes",
    "capability": "capabilities",
    "certification": "schemes",
}
FACETS = ("record", "kind", "area", "place", "chain", "node", "capability", "type", "trl", "certification", "size")


@dataclass(frozen=True, slots=True)
class Records:
    """Columns of organisations and of published offers, needs and facilities; kind, size and place are the owner's."""

    ids: NDArray[np.bytes_]
    owner: NDArray[np.bytes_]
    record: Smalls  # row of RECORDS
    kind: Smalls  # row of KINDS
    size: Smalls
    place: Ints
    area: Ints
    last_day: Ints  # proleptic ordinal of the last day it holds
    since: NDArray[np.int64]  # microseconds since 1970 when it was published, or entered
    sort_key: NDArray[np.bytes_]
    nodes: csr_array
    chains: csr_array
    capabilities: csr_array
    types: csr_array
    bands: csr_array
    certifications: csr_array  # the value is the ordinal of the last day it is valid

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class SearchColumns:
    """Everything that a search looks at, as it is stored."""

    records: Records
    words: Words
    vocabulary: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True, eq=False)
class Narrowed:
    """What is left of a search when its facets are chosen.

    A facet's counts are taken under all other facets, so its own choice does not empty its other values; `without`
    says for each chosen facet how many records there would be if it were dropped.
    """

    rows: Mask
    counts: Mapping[str, NDArray[np.int64]]
    without: Mapping[str, int]


class Facet(Protocol):
    """One way to narrow a search."""

    def holding(self, values: NDArray[np.intp]) -> Mask:
        """The rows that have any of `values`."""
        ...

    def counts(self, rows: Mask) -> NDArray[np.int64]:
        """How many of `rows` have each value."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class OneValue:
    """A facet of which each row has one value, or UNKNOWN."""

    values: NDArray[np.signedinteger]
    size: int

    def holding(self, values: NDArray[np.intp]) -> Mask:
        return np.isin(self.values, values)

    def counts(self, rows: Mask) -> NDArray[np.int64]:
        # UNKNOWN is -1 and falls into the first place, which is cut off.
        return np.bincount(self.values[rows].astype(np.int64) + 1, minlength=self.size + 1)[1:]


@dataclass(frozen=True, slots=True, eq=False)
class ManyValues:
    """A facet of which a row may have any number of values."""

    matrix: csr_array

    def holding(self, values: NDArray[np.intp]) -> Mask:
        wanted = np.zeros(self.matrix.shape[1], dtype=np.float32)
        wanted[values] = 1
        return np.asarray(self.matrix @ wanted > 0)

    def counts(self, rows: Mask) -> NDArray[np.int64]:
        return np.rint(self.matrix.T @ rows.astype(np.float64)).astype(np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Searchable:
    """The columns of one day with all edits, ready to be searched."""

    records: Records
    words: Sequence[tuple[int, Words]]  # term lists, each with the row at which it begins
    vocabulary: Mapping[str, Sequence[str]]
    facets: Mapping[str, Facet]
    alive: Mask  # the row is the present state of its record, and its last day is not over
    offered_by: Ints  # of an open offer or facility the row of its organisation, else UNKNOWN

    def codes(self, facet: str) -> Sequence[str]:
        return FIXED[facet] if facet in FIXED else self.vocabulary[OPEN_LISTS[facet]]

    def numbers(self, facet: str, codes: Iterable[str]) -> NDArray[np.intp]:
        """The values with these codes; a code that no record has is no value."""
        row_of = {code: row for row, code in enumerate(self.codes(facet))}
        return np.array([row_of[code] for code in codes if code in row_of], dtype=np.intp)


def searchable(columns: SearchColumns, *, day: int) -> Searchable:
    """The columns as they were stored."""
    return _searchable(
        columns.records, [(0, columns.words)], columns.vocabulary, np.ones(len(columns.records), bool), day
    )


def overlaid(base: SearchColumns, fresh: SearchColumns, changed: Iterable[bytes], *, day: int) -> Searchable:
    """`base`, but the `changed` organisations with all that hangs on them as they are in `fresh`."""
    kept = ~np.isin(base.records.owner, np.array(list(changed), dtype=base.records.owner.dtype))
    present = np.concatenate([kept, np.ones(len(fresh.records), dtype=bool)])
    parts = [(0, base.words), (len(base.records), fresh.words)]
    return _searchable(stacked(base.records, fresh.records), parts, fresh.vocabulary, present, day)


def narrow(found: Searchable, rows: Mask, chosen: Mapping[str, NDArray[np.intp]]) -> Narrowed:
    """Of `rows` those that have, of every chosen facet, any of the chosen values; with the counts of all facets."""
    missing = {name: ~found.facets[name].holding(values) for name, values in chosen.items()}
    misses = np.zeros(len(rows), dtype=np.int8)
    for mask in missing.values():
        misses += mask
    within = rows & found.alive
    left = within & (misses == 0)
    # A row counts for a facet when it misses nothing, or only what was chosen in that very facet.
    beside = {name: left | (within & (misses == 1) & mask) for name, mask in missing.items()}
    return Narrowed(
        rows=left,
        counts={name: facet.counts(beside.get(name, left)) for name, facet in found.facets.items()},
        without={name: int(mask.sum()) for name, mask in beside.items()},
    )


def with_those_who_offer(found: Searchable, hits: Hits) -> Hits:
    """The hits, and the organisations of which an open offer or facility is among them."""
    offers = np.flatnonzero(hits.rows & (found.offered_by != UNKNOWN))
    rows, scores = hits.rows.copy(), hits.scores.copy()
    rows[found.offered_by[offers]] = True
    np.maximum.at(scores, found.offered_by[offers], OF_OFFER * hits.scores[offers])
    return replace(hits, rows=rows, scores=scores)


def _searchable(
    records: Records,
    words: Sequence[tuple[int, Words]],
    vocabulary: Mapping[str, Sequence[str]],
    present: Mask,
    day: int,
) -> Searchable:
    alive = present & (records.last_day >= day)
    offered_by = _offered_by(records, alive)
    records = replace(records, capabilities=_with_what_is_offered(records.capabilities, offered_by))
    valid = _with_values(records.certifications, (records.certifications.data >= day).astype(np.float32))
    facets: dict[str, Facet] = {
        "record": OneValue(records.record, len(RECORDS)),
        "kind": OneValue(records.kind, len(KINDS)),
        "size": OneValue(records.size, len(SIZES)),
        "place": OneValue(records.place, len(vocabulary["places"])),
        "area": OneValue(records.area, len(vocabulary["areas"])),
        "chain": ManyValues(widened(records.chains, len(vocabulary["chains"]))),
        "node": ManyValues(widened(records.nodes, len(vocabulary["nodes"]))),
        "capability": ManyValues(widened(records.capabilities, len(vocabulary["capabilities"]))),
        "type": ManyValues(records.types),
        "trl": ManyValues(records.bands),
        "certification": ManyValues(widened(valid, len(vocabulary["schemes"]))),
    }
    return Searchable(records, words, vocabulary, facets, alive, offered_by)


def _offered_by(records: Records, alive: Mask) -> Ints:
    owner_of = np.full(len(records), UNKNOWN, dtype=np.int32)
    firms = np.flatnonzero(alive & (records.record == RECORDS.index(SearchRecord.ORGANISATION)))
    given = np.isin(records.record, [RECORDS.index(SearchRecord.OFFER), RECORDS.index(SearchRecord.FACILITY)])
    offers = np.flatnonzero(alive & given)
    if not len(firms) or not len(offers):
        return owner_of
    firms = firms[np.argsort(records.ids[firms])]
    place = np.minimum(np.searchsorted(records.ids[firms], records.owner[offers]), len(firms) - 1)
    known = records.ids[firms[place]] == records.owner[offers]
    owner_of[offers[known]] = firms[place[known]]
    return owner_of


def _with_what_is_offered(capabilities: csr_array, offered_by: Ints) -> csr_array:
    """Capabilities of each record; an organisation has those of its offers and facilities that are open today."""
    offers = np.flatnonzero(offered_by != UNKNOWN)
    size = len(offered_by)
    owns = csr_array((np.ones(len(offers), np.float32), (offered_by[offers], offers)), shape=(size, size))
    together = csr_array(capabilities + owns @ capabilities)
    return _with_values(together, np.ones_like(together.data))


def _with_values(matrix: csr_array, values: Floats) -> csr_array:
    return csr_array((values, matrix.indices, matrix.indptr), shape=matrix.shape)
