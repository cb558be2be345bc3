"""What the engine sees: columns of organisations, offers and history, and one need held against them.

Row i of a column is organisation (or offer, or project) i. Codes (places, tags, capabilities, chain nodes) are row
numbers of a vocabulary. Unknown is -1 in whole-number columns, NaN in measured ones, an empty row in sparse ones.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from models.enums import (
    CooperationType,
    OrganisationKind,
    ProjectKind,
    SizeClass,
)

KINDS = tuple(OrganisationKind)
SIZES = tuple(SizeClass)
TYPES = tuple(CooperationType)
PROJECT_KINDS = tuple(ProjectKind)
UNKNOWN = -1

Ints = NDArray[np.int32]
Smalls = NDArray[np.int8]
Floats = NDArray[np.float32]
Scores = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Organisations:
    """Columns of n organisations. Only what every signed-in person may see is in here."""

    ids: NDArray[np.bytes_]
    changed: NDArray[np.int64]  # time of the last edit in microseconds, by which edits are told from what is indexed
    is_active: Mask  # False: closed since the index was read; its row stays, so that the others keep their numbers
    kind: Smalls  # row of KINDS
    size: Smalls  # row of SIZES
    place: Ints  # row of the vocabulary "places": a district, or a city outside
    area: Ints  # row of the vocabulary "areas": the part of the city, or the country
    founded: Ints  # proleptic ordinal of the day it was founded
    free_capacity: Floats  # share of its capacity that is free, in [0, 1]
    nodes: csr_array  # n x chain nodes
    tags: csr_array  # n x tags: what it says of itself, in the words of the history

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Offers:
    """Columns of m offers and open facilities. `owner` is a row of the organisations."""

    ids: NDArray[np.bytes_]
    owner: Ints
    is_facility: Mask
    type: Smalls  # row of TYPES
    trl_low: Smalls
    trl_high: Smalls
    budget_low: Floats  # CNY
    budget_high: Floats
    wants_kinds: NDArray[np.uint16]  # bit k: KINDS[k] is welcome; 0: anybody
    wants_sizes: NDArray[np.uint16]
    last_day: Ints  # proleptic ordinal of the last day it holds
    capabilities: csr_array  # m x capabilities, level 1 to 5
    places: csr_array  # m x places whose organisations are welcome; empty: anywhere
    vectors: NDArray[np.int8]  # m x d, direction of the text; zeros: no text

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class PostedNeeds:
    """Columns of r published needs, by which the other side of a match is read. `owner` is a row of organisations."""

    ids: NDArray[np.bytes_]
    owner: Ints
    first_day: Ints  # proleptic ordinal of the day it was published
    last_day: Ints
    types: NDArray[np.uint16]  # bit k: TYPES[k] is accepted; 0: any
    wants_kinds: NDArray[np.uint16]  # bits as in Offers
    wants_sizes: NDArray[np.uint16]
    levels: csr_array  # r x capabilities, the level asked for, 1 to 5
    weights: csr_array  # r x capabilities, in the places of `levels`
    places: csr_array  # r x places whose organisations are wanted; empty: anywhere
    vectors: NDArray[np.int8]  # r x d, direction of the text as a question; zeros: no text

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Refusals:
    """Columns of q answers by which an organisation declined to work on a need, where enough askers heard the like."""

    owner: Ints  # who declined, a row of organisations
    component: Ints  # what the reason speaks of, a row of the vocabulary "refused"
    day: Ints  # proleptic ordinal of the answer
    half_life: Floats  # days in which an answer comes to count half
    window: Ints  # days after which it counts no more

    def __len__(self) -> int:
        return len(self.owner)


@dataclass(frozen=True, slots=True)
class History:
    """Columns of e past projects and investments, with who took part."""

    ids: NDArray[np.bytes_]
    kind: Smalls  # row of PROJECT_KINDS
    day: Ints  # proleptic ordinal of the start; UNKNOWN where not dated
    months: Floats  # how long it was to last
    amount: Floats
    stage: Ints  # row of the vocabulary "stages"
    lead: Ints  # organisation row of the coordinator, or of the startup that was paid
    members: csr_array  # e x n, 1 where the organisation took part (the lead too)
    tags: csr_array  # e x tags
    words: csr_array  # e x words, weighted and of unit length; no column at all where no project has a text

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """How capabilities and chain nodes lie to one another."""

    similarity: csr_array  # capabilities x capabilities, 1 on the diagonal, falling with the way through the tree
    node_of_capability: Ints
    supplies: csr_array  # nodes x nodes, 1 where the row supplies the column
    related: csr_array  # nodes x nodes, 1 on the diagonal, falling with the way along links and tree


def no_needs() -> PostedNeeds:
    """Where nobody has posted any."""
    whole, bits, sparse = np.empty(0, np.int32), np.empty(0, np.uint16), csr_array((0, 0), dtype=np.float32)
    return PostedNeeds(
        np.empty(0, "S36"), whole, whole, whole, bits, bits, bits, sparse, sparse, sparse, np.empty((0, 0), np.int8)
    )


def no_refusals() -> Refusals:
    whole = np.empty(0, np.int32)
    return Refusals(whole, whole, whole, np.empty(0, np.float32), whole)


@dataclass(frozen=True, slots=True)
class Profiles:
    """Everything that a query is held against."""

    organisations: Organisations
    offers: Offers
    history: History
    taxonomy: Taxonomy
    vocabulary: Mapping[str, Sequence[str]]
    as_of: int  # ordinal of the day the columns were read
    needs: PostedNeeds = field(default_factory=no_needs)
    refusals: Refusals = field(default_factory=no_refusals)


@dataclass(frozen=True, slots=True)
class RequiredCapability:
    column: int
    level: int
    weight: float = 1.0
    is_must: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Need:
    """One query: what somebody needs, and who asks.

    `organisation` is the asker's row, or None when the asker is in no column yet. For an investment the asker is the
    startup, `amount` the money sought and `tags` the field. Only what happened before `day` may speak for a candidate.
    """

    day: int
    organisation: int | None = None
    kind: int = UNKNOWN
    size: int = UNKNOWN
    place: int = UNKNOWN
    area: int = UNKNOWN
    nodes: Ints = field(default_factory=lambda: np.empty(0, np.int32))
    capabilities: tuple[RequiredCapability, ...] = ()
    vector: Floats | None = None  # unit length, same space as Offers.vectors
    trl: tuple[int, int] | None = None
    type: int = UNKNOWN  # row of TYPES: how the asker would like to work together
    types: frozenset[int] = frozenset()  # the only ones accepted; empty: any
    wants_kinds: int = 0  # bits as in Offers.wants_kinds
    wants_sizes: int = 0
    wants_places: frozenset[int] = frozenset()
    budget: tuple[float, float] | None = None
    tags: Ints = field(default_factory=lambda: np.empty(0, np.int32))
    words: csr_array | None = None  # 1 x words, as in History.words
    project_kind: int = UNKNOWN  # row of PROJECT_KINDS: which past events may speak for a candidate; UNKNOWN: all
    stage: int = UNKNOWN
    amount: float = float("nan")
    months: float = float("nan")  # how long the work is to last
    excluded: frozenset[int] = frozenset()  # organisations that are no candidates, beside the asker
    round: int = UNKNOWN  # row of the firms that seek money: the asker's round, where funds are looked for
    mandate: int = UNKNOWN  # row of the mandates: the asker's, where firms are looked for


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Rows under judgement: an organisation, and the offer it is judged by (UNKNOWN: by its record alone).

    `terms` is a row of the mandates where funds are judged for a round, of the firms where these are for a mandate.
    """

    organisation: Ints
    offer: Ints
    terms: Ints = field(default_factory=lambda: np.empty(0, np.int32))

    def __post_init__(self) -> None:
        if len(self.terms) != len(self.organisation):  # nobody is judged by terms
            object.__setattr__(self, "terms", np.full(len(self.organisation), UNKNOWN, np.int32))

    def __len__(self) -> int:
        return len(self.organisation)

    def rows_whose_offer(self, holds: Mask) -> NDArray[np.intp]:
        """Rows judged by an offer for which `holds`, a column of the offers, is true."""
        has_offer = np.flatnonzero(self.offer != UNKNOWN)
        return has_offer[holds[self.offer[has_offer]]]

    def take(self, rows: NDArray[np.intp] | Mask) -> "Candidates":
        return Candidates(self.organisation[rows], self.offer[rows], self.terms[rows])
