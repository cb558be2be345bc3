"""Small worlds of columns for engine tests; a test names only what it is about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from matchmaker import taxonomy
from matchmaker.columns import sparse_rows
from matchmaker.profiles import (
    KINDS,
    SIZES,
    TYPES,
    UNKNOWN,
    Candidates,
    History,
    Need,
    Offers,
    Organisations,
    PostedNeeds,
    Profiles,
    Refusals,
)
from models.enums import CooperationType, OrganisationKind, SizeClass

TODAY = date(2026, 11, 1).toordinal()
DIMENSIONS = 8
CAPABILITIES = [("cockpit", "displays"), ("hud", "displays"), ("radar", "sensing"), ("forging", "metal")]
NODES: list[tuple[str, str | None]] = [("car", None), ("displays", "car"), ("metal", None), ("sensing", "car")]
LINKS = [("metal", "displays")]


@dataclass(frozen=True)
class Firm:
    kind: OrganisationKind = OrganisationKind.SME
    size: SizeClass | None = None
    place: int = UNKNOWN
    area: int = UNKNOWN
    free: float = float("nan")
    founded: int = UNKNOWN
    nodes: Sequence[str] = ()


@dataclass(frozen=True)
class Offered:
    owner: int
    levels: Mapping[str, int] = field(default_factory=dict)
    trl: tuple[int, int] | None = None
    type: CooperationType = CooperationType.RESEARCH
    vector: Sequence[float] | None = None
    wants_kinds: Sequence[OrganisationKind] = ()
    wants_sizes: Sequence[SizeClass] = ()
    places: Sequence[int] = ()
    last_day: int = TODAY + 100
    budget: tuple[float, float] = (float("nan"), float("nan"))


@dataclass(frozen=True)
class Asked:
    """A need that somebody has posted: capability -> (level, weight)."""

    owner: int
    levels: Mapping[str, tuple[int, float]] = field(default_factory=dict)
    vector: Sequence[float] | None = None
    types: Sequence[CooperationType] = ()
    wants_kinds: Sequence[OrganisationKind] = ()
    wants_sizes: Sequence[SizeClass] = ()
    places: Sequence[int] = ()
    first_day: int = TODAY - 10
    last_day: int = TODAY + 100


@dataclass(frozen=True)
class Refused:
    owner: int
    component: str = "capacity"
    day: int = TODAY
    half_life: float = 45.0
    window: int = 90


REFUSED = ("capacity", "terms", "readiness")


def world(
    firms: Sequence[Firm],
    offers: Sequence[Offered] = (),
    needs: Sequence[Asked] = (),
    refusals: Sequence[Refused] = (),
) -> Profiles:
    capability_row = {code: row for row, (code, _) in enumerate(CAPABILITIES)}
    node_row = {code: row for row, (code, _) in enumerate(NODES)}
    return Profiles(
        organisations=Organisations(
            ids=_ids("firm", len(firms)),
            changed=np.zeros(len(firms), dtype=np.int64),
            is_active=np.ones(len(firms), dtype=bool),
            kind=np.array([KINDS.index(firm.kind) for firm in firms], dtype=np.int8),
            size=np.array([UNKNOWN if firm.size is None else SIZES.index(firm.size) for firm in firms], dtype=np.int8),
            place=np.array([firm.place for firm in firms], dtype=np.int32),
            area=np.array([firm.area for firm in firms], dtype=np.int32),
            founded=np.array([firm.founded for firm in firms], dtype=np.int32),
            free_capacity=np.array([firm.free for firm in firms], dtype=np.float32),
            nodes=sparse_rows(
                [(row, node_row[node], 1.0) for row, firm in enumerate(firms) for node in firm.nodes],
                rows=len(firms),
                columns=len(NODES),
            ),
            tags=csr_array((len(firms), 0), dtype=np.float32),
        ),
        offers=Offers(
            ids=_ids("offer", len(offers)),
            owner=np.array([offer.owner for offer in offers], dtype=np.int32),
            is_facility=np.zeros(len(offers), dtype=bool),
            type=np.array([TYPES.index(offer.type) for offer in offers], dtype=np.int8),
            trl_low=np.array([offer.trl[0] if offer.trl else UNKNOWN for offer in offers], dtype=np.int8),
            trl_high=np.array([offer.trl[1] if offer.trl else UNKNOWN for offer in offers], dtype=np.int8),
            budget_low=np.array([offer.budget[0] for offer in offers], dtype=np.float32),
            budget_high=np.array([offer.budget[1] for offer in offers], dtype=np.float32),
            wants_kinds=np.array([bits(offer.wants_kinds, KINDS) for offer in offers], dtype=np.uint16),
            wants_sizes=np.array([bits(offer.wants_sizes, SIZES) for offer in offers], dtype=np.uint16),
            last_day=np.array([offer.last_day for offer in offers], dtype=np.int32),
            capabilities=sparse_rows(
                [
                    (row, capability_row[code], float(level))
                    for row, offer in enumerate(offers)
                    for code, level in offer.levels.items()
                ],
                rows=len(offers),
                columns=len(CAPABILITIES),
            ),
            places=sparse_rows(
                [(row, place, 1.0) for row, offer in enumerate(offers) for place in offer.places],
                rows=len(offers),
                columns=10,
            ),
            vectors=np.array([direction(offer.vector) for offer in offers], dtype=np.int8).reshape(
                len(offers), DIMENSIONS
            ),
        ),
        history=no_history(len(firms)),
        taxonomy=taxonomy.build(capabilities=CAPABILITIES, nodes=NODES, links=LINKS),
        vocabulary={
            "capabilities": [code for code, _ in CAPABILITIES],
            "nodes": [code for code, _ in NODES],
            "places": [f"place-{row}" for row in range(10)],
            "areas": [f"area-{row}" for row in range(4)],
            "tags": [],
            "stages": [],
            "words": [],
            "refused": list(REFUSED),
        },
        as_of=TODAY,
        needs=_posted(needs),
        refusals=_refused(refusals),
    )


def _posted(needs: Sequence[Asked]) -> PostedNeeds:
    asked = [(row, column(code), pair) for row, need in enumerate(needs) for code, pair in need.levels.items()]
    shape = {"rows": len(needs), "columns": len(CAPABILITIES)}
    return PostedNeeds(
        ids=_ids("need", len(needs)),
        owner=np.array([need.owner for need in needs], dtype=np.int32),
        first_day=np.array([need.first_day for need in needs], dtype=np.int32),
        last_day=np.array([need.last_day for need in needs], dtype=np.int32),
        types=np.array([bits(need.types, TYPES) for need in needs], dtype=np.uint16),
        wants_kinds=np.array([bits(need.wants_kinds, KINDS) for need in needs], dtype=np.uint16),
        wants_sizes=np.array([bits(need.wants_sizes, SIZES) for need in needs], dtype=np.uint16),
        levels=sparse_rows([(row, code, float(level)) for row, code, (level, _) in asked], **shape),
        weights=sparse_rows([(row, code, float(weight)) for row, code, (_, weight) in asked], **shape),
        places=sparse_rows(
            [(row, place, 1.0) for row, need in enumerate(needs) for place in need.places], rows=len(needs), columns=10
        ),
        vectors=np.array([direction(need.vector) for need in needs], dtype=np.int8).reshape(len(needs), DIMENSIONS),
    )


def _refused(refusals: Sequence[Refused]) -> Refusals:
    return Refusals(
        owner=np.array([one.owner for one in refusals], dtype=np.int32),
        component=np.array([REFUSED.index(one.component) for one in refusals], dtype=np.int32),
        day=np.array([one.day for one in refusals], dtype=np.int32),
        half_life=np.array([one.half_life for one in refusals], dtype=np.float32),
        window=np.array([one.window for one in refusals], dtype=np.int32),
    )


def no_history(firms: int) -> History:
    return History(
        ids=_ids("project", 0),
        kind=np.empty(0, dtype=np.int8),
        day=np.empty(0, dtype=np.int32),
        months=np.empty(0, dtype=np.float32),
        amount=np.empty(0, dtype=np.float32),
        stage=np.empty(0, dtype=np.int32),
        lead=np.empty(0, dtype=np.int32),
        members=csr_array((0, firms), dtype=np.float32),
        tags=csr_array((0, 0), dtype=np.float32),
        words=csr_array((0, 0), dtype=np.float32),
    )


def need(**known: Any) -> Need:
    return Need(**{"day": TODAY, **known})


def column(code: str) -> int:
    return [name for name, _ in CAPABILITIES].index(code)


def everybody(profiles: Profiles) -> Candidates:
    """Each offer, and each organisation without one."""
    bare = np.setdiff1d(np.arange(len(profiles.organisations)), profiles.offers.owner)
    return Candidates(
        np.concatenate([profiles.offers.owner, bare]).astype(np.int32),
        np.concatenate([np.arange(len(profiles.offers)), np.full(len(bare), UNKNOWN)]).astype(np.int32),
    )


def direction(vector: Sequence[float] | None) -> list[int]:
    if vector is None:
        return [0] * DIMENSIONS
    largest = max(abs(value) for value in vector)
    padded = [*vector, *([0.0] * (DIMENSIONS - len(vector)))]
    return [round(127 * value / largest) for value in padded]


def bits(values: Sequence[str], members: Sequence[str]) -> int:
    return sum(1 << members.index(value) for value in values)


def _ids(word: str, count: int) -> Any:
    return np.array([f"{word}-{number:04d}" for number in range(count)], dtype="S36")
