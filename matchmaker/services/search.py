"""Finding organisations, offers, needs and facilities by words and facets.

Everything is counted over columns that hold only what every signed-in person may see, so nobody's rights change what
is found, how often, or in which order.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeAlias, cast
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session, col, select

from matchmaker.profiles import SIZES, UNKNOWN
from matchmaker.reader import Reader
from matchmaker.retrieval import lexical
from matchmaker.retrieval.lexical import Hits
from matchmaker.retrieval.records import FACETS, FIXED, RECORDS, Narrowed, Searchable, narrow, with_those_who_offer
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.capabilities import search_capabilities, suggest_capabilities
from matchmaker.services.paging import PAGE_SIZE, Page
from matchmaker.services.visibility import open_fields
from matchmaker.text import marking
from models.enums import OrganisationKind, SearchRecord, SearchSort, SizeClass
from models.facilities import Facility
from models.offers import Need, Offer
from models.organisations import Organisation
from models.taxonomy import Capability, CertificationScheme, Chain, ChainNode, District

Posting: TypeAlias = Offer | Need | Facility

MOST_NEAR = 6
WORDS, ALL_FILTERS = "words", "filters"
POSTINGS: Mapping[SearchRecord, type[Offer] | type[Need] | type[Facility]] = {
    SearchRecord.OFFER: Offer,
    SearchRecord.NEED: Need,
    SearchRecord.FACILITY: Facility,
}
mark, mark_name, excerpt = marking.mark, marking.mark_name, marking.excerpt


@dataclass(frozen=True, kw_only=True)
class SearchQuery:
    """What somebody looks for: words, and per facet the codes of which a record must have one."""

    text: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: SearchSort | None = None
    page: int = 1


@dataclass(frozen=True)
class Name:
    """A code as people read it."""

    code: str
    name_zh: str
    name_en: str


@dataclass(frozen=True)
class Value:
    name: Name
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class FacetView:
    """The values that would find something under all other filters, the most frequent first."""

    facet: str
    values: tuple[Value, ...]

    @property
    def chosen(self) -> tuple[Value, ...]:
        return tuple(value for value in self.values if value.is_chosen)


@dataclass(frozen=True)
class Owner:
    id: UUID
    kind: OrganisationKind
    name_zh: str
    name_en: str
    short_name: str
    summary_zh: str
    summary_en: str


@dataclass(frozen=True)
class Found:
    """One record of the page, with what everybody may know of it. `posting` is None where an organisation was found."""

    record: SearchRecord
    organisation: Owner
    posting: Posting | None
    place: Name | None
    size: SizeClass | None
    nodes: tuple[Name, ...]
    capabilities: tuple[Capability, ...]
    certifications: tuple[Name, ...]


@dataclass(frozen=True)
class WayOut:
    """What to drop (one facet, the words, or all filters), and how many records there would be then."""

    drop: str
    count: int


@dataclass(frozen=True)
class NearCapability:
    capability: Capability
    count: int


@dataclass(frozen=True)
class Results:
    page: Page[Found]
    facets: Mapping[str, FacetView]
    sort: SearchSort
    tokens: tuple[str, ...]
    absent: tuple[str, ...]
    is_partial: bool
    ways_out: tuple[WayOut, ...]
    near: tuple[NearCapability, ...]


def search(session: Session, actor: Actor, reader: Reader, query: SearchQuery, *, today: date) -> Results:
    """One page of what `query` finds, with the counts of all facets; where nothing is found, what would help."""
    require(actor, Permission.SEARCH)
    columns = reader.search(session, today=today)
    chosen = {facet: columns.numbers(facet, codes) for facet, codes in query.chosen.items() if codes}
    hits = _hits(columns, query.text)
    narrowed = narrow(columns, hits.rows, chosen)
    sort = query.sort or (SearchSort.RELEVANCE if query.text else SearchSort.NEWEST)
    rows = _ordered(columns, np.flatnonzero(narrowed.rows), hits, sort)
    total = len(rows)
    number = min(max(1, query.page), max(1, -(-total // PAGE_SIZE)))
    names = _Names(session)
    shown = rows[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    return Results(
        page=Page(_read(session, columns, names, shown), number, PAGE_SIZE, total),
        facets={facet: _view(facet, columns, narrowed, query, names) for facet in FACETS},
        sort=sort,
        tokens=hits.tokens,
        absent=hits.absent,
        is_partial=hits.is_partial,
        ways_out=() if total else _ways_out(columns, narrowed, chosen, query, hits),
        near=() if total else _near(session, columns, chosen, query, hits.tokens),
    )


def _hits(columns: Searchable, text: str) -> Hits:
    if not text.strip():
        return Hits(columns.alive, np.zeros(len(columns.alive), dtype=np.float32), (), (), is_partial=False)
    return with_those_who_offer(columns, lexical.find(text, columns.words, columns.alive))


def _ordered(columns: Searchable, rows: NDArray[np.intp], hits: Hits, sort: SearchSort) -> NDArray[np.intp]:
    """`rows` in the order asked for; ties stand newest first, then in the order of the columns."""
    records = columns.records
    if sort is SearchSort.NAME:
        return rows[np.argsort(records.sort_key[rows], kind="stable")]
    newest_first = rows[np.argsort(-records.since[rows], kind="stable")]
    if sort is SearchSort.NEWEST:
        return newest_first
    return newest_first[np.argsort(-hits.scores[newest_first], kind="stable")]


def _view(facet: str, columns: Searchable, narrowed: Narrowed, query: SearchQuery, names: "_Names") -> FacetView:
    counts = narrowed.counts[facet]
    codes = columns.codes(facet)
    chosen = query.chosen.get(facet, ())
    count_of = {codes[int(row)]: int(counts[row]) for row in np.flatnonzero(counts)}
    count_of |= {code: 0 for code in chosen if code not in count_of}
    if facet in FIXED:
        order = [code for code in codes if code in count_of]
    else:
        order = sorted(count_of, key=lambda code: (-count_of[code], code))
    return FacetView(facet, tuple(Value(names.name(facet, code), count_of[code], code in chosen) for code in order))


def _ways_out(
    columns: Searchable, narrowed: Narrowed, chosen: Mapping[str, NDArray[np.intp]], query: SearchQuery, hits: Hits
) -> tuple[WayOut, ...]:
    ways = [WayOut(facet, count) for facet, count in narrowed.without.items() if count]
    if query.text.strip() and chosen:
        ways.append(WayOut(WORDS, int(narrow(columns, columns.alive, chosen).rows.sum())))
    if len(chosen) > 1:
        ways.append(WayOut(ALL_FILTERS, int((hits.rows & columns.alive).sum())))
    return tuple(sorted((way for way in ways if way.count), key=lambda way: -way.count))


def _near(
    session: Session,
    columns: Searchable,
    chosen: Mapping[str, NDArray[np.intp]],
    query: SearchQuery,
    tokens: Iterable[str],
) -> tuple[NearCapability, ...]:
    """Capabilities that the words name or that lie at the same chain node, with what they would find."""
    named = [item.capability for item in suggest_capabilities(session, query.text)] if query.text.strip() else []
    for token in () if named else tokens:
        named += search_capabilities(session, token).items
    asked = set(query.chosen.get("capability", ()))
    named += session.exec(select(Capability).where(col(Capability.code).in_(asked))).all()
    nodes = {capability.node_code for capability in named}
    beside = session.exec(select(Capability).where(col(Capability.node_code).in_(nodes))).all()
    others = {facet: values for facet, values in chosen.items() if facet != "capability"}
    counts = narrow(columns, columns.alive, others).counts["capability"]
    row_of = {code: row for row, code in enumerate(columns.codes("capability"))}
    known = {item.code: item for item in (*named, *beside) if item.code in row_of and item.code not in asked}
    found = [NearCapability(item, int(counts[row_of[code]])) for code, item in known.items()]
    named_codes = {item.code for item in named}
    found.sort(key=lambda near: (near.capability.code not in named_codes, -near.count, near.capability.code))
    return tuple(near for near in found if near.count)[:MOST_NEAR]


def _read(session: Session, columns: Searchable, names: "_Names", rows: NDArray[np.intp]) -> list[Found]:
    """The records at these rows, in a few queries; one that was deleted since is left out."""
    records = columns.records
    keys = [UUID(records.ids[row].decode()) for row in rows]
    owners = _owners(session, [UUID(records.owner[row].decode()) for row in rows])
    postings: dict[UUID, Posting] = {}
    for kind, table in POSTINGS.items():
        wanted = [key for key, row in zip(keys, rows, strict=True) if RECORDS[records.record[row]] is kind]
        if wanted:
            found_here = session.exec(select(table).where(col(table.id).in_(wanted)))
            postings |= {item.id: cast(Posting, item) for item in found_here}
    held = {facet: [_codes(columns, facet, row) for row in rows] for facet in ("node", "capability", "certification")}
    capabilities = _capabilities(session, held["capability"])
    found = []
    for place, (key, row) in enumerate(zip(keys, rows, strict=True)):
        kind = RECORDS[records.record[row]]
        owner = owners.get(UUID(records.owner[row].decode()))
        if owner is None or (kind is not SearchRecord.ORGANISATION and key not in postings):
            continue
        size, at = records.size[row], records.place[row]
        found.append(
            Found(
                record=kind,
                organisation=owner,
                posting=postings.get(key),
                place=names.name("place", columns.codes("place")[at]) if at != UNKNOWN else None,
                size=SIZES[size] if size != UNKNOWN else None,
                nodes=tuple(names.name("node", code) for code in names.most_special(held["node"][place])),
                capabilities=tuple(capabilities[code] for code in held["capability"][place] if code in capabilities),
                certifications=tuple(names.name("certification", code) for code in held["certification"][place]),
            )
        )
    return found


def _codes(columns: Searchable, facet: str, row: int) -> list[str]:
    matrix = columns.facets[facet].matrix  # type: ignore[attr-defined]
    part = slice(matrix.indptr[row], matrix.indptr[row + 1])
    codes = columns.codes(facet)
    return [codes[column] for column, value in zip(matrix.indices[part], matrix.data[part], strict=True) if value]


def _owners(session: Session, keys: Sequence[UUID]) -> dict[UUID, Owner]:
    """The organisations, with their summaries where these are open."""
    shown = open_fields(session, keys, ("summary_zh", "summary_en"))
    return {
        item.id: Owner(
            item.id,
            item.kind,
            item.name_zh,
            item.name_en,
            item.short_name,
            item.summary_zh if "summary_zh" in shown[item.id] else "",
            item.summary_en if "summary_en" in shown[item.id] else "",
        )
        for item in session.exec(select(Organisation).where(col(Organisation.id).in_(set(keys))))
    }


def _capabilities(session: Session, held: Iterable[Iterable[str]]) -> dict[str, Capability]:
    codes = {code for row in held for code in row}
    return {item.code: item for item in session.exec(select(Capability).where(col(Capability.code).in_(codes)))}


class _Names:
    """What codes are called; a code without a name of its own is shown as it is."""

    TABLES: Mapping[str, Any] = {
        "place": District,
        "chain": Chain,
        "node": ChainNode,
        "capability": Capability,
        "certification": CertificationScheme,
    }

    def __init__(self, session: Session) -> None:
        self._names = {
            facet: {row[0]: Name(*row) for row in session.exec(select(table.code, table.name_zh, table.name_en))}
            for facet, table in self.TABLES.items()
        }
        self._parents = dict(session.exec(select(ChainNode.code, ChainNode.parent_code)).all())
        areas = session.exec(select(District.area_zh, District.area_en).distinct()).all()
        self._names["area"] = {zh: Name(zh, zh, en) for zh, en in areas}

    def most_special(self, nodes: Sequence[str]) -> list[str]:
        """The nodes without those that others of them are part of."""
        broader = {self._parents.get(code) for code in nodes}  # None: a node that left the taxonomy since
        return [code for code in nodes if code not in broader]

    def name(self, facet: str, code: str) -> Name:
        return self._names.get(facet, {}).get(code) or Name(code, code, code)
