"""What can be searched, from the tables: open fields of active organisations and what they have published."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from scipy.sparse import csr_array
from sqlmodel import Session, select

from matchmaker.columns import sparse_rows
from matchmaker.profiles import KINDS, TYPES, UNKNOWN
from matchmaker.retrieval.lexical import CODE, post, sort_key, typed_forms, words_of
from matchmaker.retrieval.records import BANDS, LEVELS, RECORDS, Records, SearchColumns
from matchmaker.store.organisations import microseconds, place_of, size_of
from matchmaker.store.reading import Visibility, Vocabulary, keys_of, rows_of
from matchmaker.text.segment import fold
from models import facilities, offers, organisations, taxonomy
from models.base import columns_of
from models.enums import CooperationType, OrganisationKind, OrganisationState, PostingState, SearchRecord

FOREVER = date(9999, 12, 31).toordinal()
# How much a word counts by where it stands.
NAME, TAG, SUMMARY, TEXT, OWNER = 3.0, 1.5, 1.5, 1.0, 0.5
LISTS = ("places", "areas", "nodes", "chains", "capabilities", "schemes")


@dataclass
class Row:
    """One record on its way into the columns."""

    id: UUID
    owner: "Firm"
    record: SearchRecord
    name: str
    since: datetime
    texts: list[tuple[str, float]]
    codes: set[str] = field(default_factory=set)
    last_day: int = FOREVER
    nodes: set[str] = field(default_factory=set)
    capabilities: set[str] = field(default_factory=set)
    types: set[CooperationType] = field(default_factory=set)
    trl: tuple[int, int] | None = None


@dataclass
class Firm:
    """What of an organisation is open and is said of all its records."""

    id: UUID
    kind: OrganisationKind
    size: int
    place: str
    area: str
    names: list[str]
    place_names: list[str]
    certifications: dict[str, int] = field(default_factory=dict)

    @cached_property
    def words(self) -> list[tuple[str, float]]:
        return [(text, OWNER) for text in (*self.names, *self.place_names)]


class Terms:
    """The taxonomy as words: what nodes and capabilities are called, and what lies above what."""

    def __init__(self, session: Session) -> None:
        self.places = {
            district.code: [district.name_zh, district.name_en, district.area_zh]
            for district in session.exec(select(taxonomy.District))
        }
        self.areas = {code: names[2] for code, names in self.places.items()}
        nodes = {node.code: node for node in session.exec(select(taxonomy.ChainNode))}
        self.chain_of = {code: node.chain_code for code, node in nodes.items()}
        self._parents = {code: node.parent_code for code, node in nodes.items()}
        self.nodes = {code: [node.name_zh, node.name_en] for code, node in nodes.items()}
        capabilities = session.exec(select(taxonomy.Capability)).all()
        self.node_of = {item.code: item.node_code for item in capabilities}
        self.capabilities = {
            item.code: [
                item.name_zh,
                item.name_en,
                item.synonyms_zh.replace("|", " "),
                item.synonyms_en.replace("|", " "),
            ]
            for item in capabilities
        }

    def with_those_above(self, codes: Iterable[str]) -> set[str]:
        """The nodes and all nodes that they are part of."""
        found: set[str] = set()
        for code in codes:
            above: str | None = code
            while above is not None and above not in found:
                found.add(above)
                above = self._parents.get(above)
        return found


def read_search(session: Session) -> SearchColumns:
    """Every record that can be searched."""
    terms = Terms(session)
    return _columns(Vocabulary(dict.fromkeys(LISTS, ())), terms, _rows(session, terms, None))


def read_search_changes(session: Session, base: SearchColumns, changed: Sequence[UUID]) -> SearchColumns:
    """The present records of the `changed` organisations, in the vocabulary of `base` and what is new."""
    terms = Terms(session)
    return _columns(Vocabulary(base.vocabulary), terms, _rows(session, terms, changed))


def _rows(session: Session, terms: Terms, only: Sequence[UUID] | None) -> list[Row]:
    firms, rows = _organisations(session, terms, only)
    rows += _postings(session, terms, firms, SearchRecord.OFFER, only)
    rows += _postings(session, terms, firms, SearchRecord.NEED, only)
    rows += _facilities(session, terms, firms, only)
    return rows


def _organisations(session: Session, terms: Terms, only: Sequence[UUID] | None) -> tuple[dict[UUID, Firm], list[Row]]:
    table = columns_of(organisations.Organisation)
    visible = Visibility(session)
    found = rows_of(
        session,
        sa.select(*table).where(table.state == OrganisationState.ACTIVE),
        table.id,
        only,
    )
    firms = {row.id: _firm(row, visible, terms) for row in found}
    rows = {row.id: _organisation(row, firms[row.id], visible) for row in found}
    member = columns_of(organisations.OrganisationNode)
    for row in rows_of(session, sa.select(member.organisation_id, member.node_code), member.organisation_id, only):
        if row.organisation_id in rows and visible(row.organisation_id, "nodes"):
            rows[row.organisation_id].nodes.add(row.node_code)
    held = columns_of(organisations.Certification)
    certified = sa.select(held.organisation_id, held.scheme_code, held.valid_until)
    for row in rows_of(session, certified, held.organisation_id, only):
        if row.organisation_id in rows and visible(row.organisation_id, "certifications"):
            until = row.valid_until.toordinal() if row.valid_until else FOREVER
            valid = firms[row.organisation_id].certifications
            valid[row.scheme_code] = max(until, valid.get(row.scheme_code, 0))
    return firms, list(rows.values())


def _firm(row: Any, visible: Visibility, terms: Terms) -> Firm:
    place, area = place_of(row, visible, terms.areas)
    return Firm(
        id=row.id,
        kind=row.kind,
        size=size_of(row.staff if visible(row.id, "staff") else None),
        place=place,
        area=area,
        names=[row.name_zh, row.name_en, row.short_name],
        place_names=terms.places.get(place, [place]),
    )


def _organisation(row: Any, firm: Firm, visible: Visibility) -> Row:
    texts = [(name, NAME) for name in firm.names] + [(name, TEXT) for name in firm.place_names]
    for name in ("summary_zh", "summary_en"):
        if visible(row.id, name):
            texts.append((getattr(row, name), TEXT))
    if visible(row.id, "tags"):
        texts.extend((tag, TEXT) for tag in row.tags if not tag.startswith("node:"))
    codes = typed_forms(row.name_zh) | typed_forms(row.short_name)
    if row.uscc and visible(row.id, "uscc"):
        codes.add(CODE + fold(row.uscc))
    name = row.name_zh or row.name_en
    return Row(row.id, firm, SearchRecord.ORGANISATION, name, row.created_at, texts, codes)


def _postings(
    session: Session,
    terms: Terms,
    firms: Mapping[UUID, Firm],
    record: SearchRecord,
    only: Sequence[UUID] | None,
) -> list[Row]:
    table, tag, key = _tables(record)
    published = sa.select(*table).where(table.state == PostingState.PUBLISHED)
    rows = {
        row.id: _posting(row, firms[row.organisation_id], record)
        for row in rows_of(session, published, table.organisation_id, only)
        if row.organisation_id in firms
    }
    tagged = sa.select(key.label("key"), tag.capability_code).where(table.id == key)
    _add_capabilities(rows, rows_of(session, tagged, table.organisation_id, only), terms)
    return list(rows.values())


def _tables(record: SearchRecord) -> tuple[Any, Any, Any]:
    """The columns of a kind of posting, of its capabilities, and the one of these that points to the posting."""
    if record is SearchRecord.OFFER:
        tag = columns_of(offers.OfferCapability)
        return columns_of(offers.Offer), tag, tag.offer_id
    tag = columns_of(offers.NeedCapability)
    return columns_of(offers.Need), tag, tag.need_id


def _posting(row: Any, firm: Firm, record: SearchRecord) -> Row:
    texts = [
        (row.title_zh, NAME),
        (row.title_en, NAME),
        (row.summary_zh, SUMMARY),
        (row.summary_en, SUMMARY),
        (row.description_zh, TEXT),
        (row.description_en, TEXT),
        (row.partner_role, TEXT),
    ]
    if record is SearchRecord.OFFER:
        texts += [(row.advantages_zh, TEXT), (row.advantages_en, TEXT)]
    accepted = row.accepted_types if record is SearchRecord.NEED else []
    return Row(
        row.id,
        firm,
        record,
        row.title_zh or row.title_en,
        row.published_at or row.created_at,
        texts + firm.words,
        last_day=row.valid_until.toordinal() if row.valid_until else FOREVER,
        types={CooperationType(value) for value in (row.type, *accepted)},
        trl=(row.trl_low, row.trl_high) if row.trl_low and row.trl_high else None,
    )


def _facilities(session: Session, terms: Terms, firms: Mapping[UUID, Firm], only: Sequence[UUID] | None) -> list[Row]:
    table = columns_of(facilities.Facility)
    published = sa.select(*table).where(table.state == PostingState.PUBLISHED)
    rows = {
        row.id: _facility(row, firms[row.organisation_id])
        for row in rows_of(session, published, table.organisation_id, only)
        if row.organisation_id in firms
    }
    tag = columns_of(facilities.FacilityCapability)
    tagged = sa.select(tag.facility_id.label("key"), tag.capability_code).where(table.id == tag.facility_id)
    _add_capabilities(rows, rows_of(session, tagged, table.organisation_id, only), terms)
    for part in (columns_of(facilities.FacilityService), columns_of(facilities.FacilityEquipment)):
        named = sa.select(part.facility_id, part.name_zh, part.name_en).where(table.id == part.facility_id)
        for row in rows_of(session, named, table.organisation_id, only):
            if row.facility_id in rows:
                rows[row.facility_id].texts += [(row.name_zh, TEXT), (row.name_en, TEXT)]
    return list(rows.values())


def _facility(row: Any, firm: Firm) -> Row:
    texts = [
        (row.name_zh, NAME),
        (row.name_en, NAME),
        (row.summary_zh, SUMMARY),
        (row.summary_en, SUMMARY),
        (row.process_scale, TEXT),
    ]
    return Row(
        row.id,
        firm,
        SearchRecord.FACILITY,
        row.name_zh or row.name_en,
        row.created_at,
        texts + firm.words,
        types={CooperationType.FACILITY_ACCESS},
        trl=(row.trl_in, row.trl_out) if row.trl_in and row.trl_out else None,
    )


def _add_capabilities(rows: Mapping[UUID, Row], found: Iterable[Any], terms: Terms) -> None:
    for item in found:
        if item.key in rows:
            row = rows[item.key]
            row.capabilities.add(item.capability_code)
            row.nodes.add(terms.node_of[item.capability_code])


def _columns(vocabulary: Vocabulary, terms: Terms, rows: list[Row]) -> SearchColumns:
    rows.sort(key=lambda row: str(row.id))
    nodes = [terms.with_those_above(row.nodes) for row in rows]
    records = Records(
        ids=keys_of([row.id for row in rows]),
        owner=keys_of([row.owner.id for row in rows]),
        record=np.array([RECORDS.index(row.record) for row in rows], dtype=np.int8),
        kind=np.array([KINDS.index(row.owner.kind) for row in rows], dtype=np.int8),
        size=np.array([row.owner.size for row in rows], dtype=np.int8),
        place=_numbers(vocabulary, "places", [row.owner.place for row in rows]),
        area=_numbers(vocabulary, "areas", [row.owner.area for row in rows]),
        last_day=np.array([row.last_day for row in rows], dtype=np.int32),
        since=np.array([microseconds(row.since) for row in rows], dtype=np.int64),
        sort_key=np.array([sort_key(row.name).encode()[:60] for row in rows], dtype="S60"),
        nodes=_held(vocabulary, "nodes", nodes),
        chains=_held(vocabulary, "chains", [{terms.chain_of[code] for code in codes} for codes in nodes]),
        capabilities=_held(vocabulary, "capabilities", [row.capabilities for row in rows]),
        types=_fixed([[TYPES.index(kind) for kind in row.types] for row in rows], len(TYPES)),
        bands=_fixed([_bands(row.trl) for row in rows], len(BANDS)),
        certifications=sparse_rows(
            [
                (place, vocabulary.row("schemes", code), float(until))
                for place, row in enumerate(rows)
                for code, until in row.owner.certifications.items()
            ],
            rows=len(rows),
            columns=vocabulary.size("schemes"),
        ),
    )
    return SearchColumns(records, post(_terms(row, terms) for row in rows), vocabulary.codes)


def _terms(row: Row, terms: Terms) -> Mapping[str, float]:
    named = [text for code in sorted(row.capabilities) for text in terms.capabilities[code]]
    if not row.capabilities:
        named = [text for code in sorted(row.nodes) for text in terms.nodes[code]]
    counts = words_of([*row.texts, *((text, TAG) for text in named)])
    for code in row.codes:
        counts[code] += NAME
    return counts


def _numbers(vocabulary: Vocabulary, name: str, codes: Iterable[str]) -> np.ndarray:
    return np.array([vocabulary.row(name, code) if code else UNKNOWN for code in codes], dtype=np.int32)


def _held(vocabulary: Vocabulary, name: str, held: Sequence[Iterable[str]]) -> csr_array:
    pairs = [(row, vocabulary.row(name, code), 1.0) for row, codes in enumerate(held) for code in sorted(codes)]
    return sparse_rows(pairs, rows=len(held), columns=vocabulary.size(name))


def _fixed(held: Sequence[Iterable[int]], columns: int) -> csr_array:
    pairs = [(row, column, 1.0) for row, numbers in enumerate(held) for column in numbers]
    return sparse_rows(pairs, rows=len(held), columns=columns)


def _bands(trl: tuple[int, int] | None) -> list[int]:
    """The bands that a span of levels touches."""
    if trl is None:
        return []
    return [place for place, band in enumerate(BANDS) if trl[0] <= LEVELS[band][1] and trl[1] >= LEVELS[band][0]]
