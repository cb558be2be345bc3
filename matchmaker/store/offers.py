"""Columns of offers and of facilities, which are standing offers of access."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlmodel import Session

from matchmaker.columns import sparse_rows
from matchmaker.profiles import KINDS, SIZES, TYPES, UNKNOWN, Ints, Offers
from matchmaker.store.reading import Vocabulary, key_of, keys_of, measured, rows_of, small, text_of
from matchmaker.text.embed import Encoder, Side, to_bytes, unit_rows
from models import facilities, offers
from models.base import CHINA, columns_of
from models.enums import CooperationType, PostingState

FOREVER = date(9999, 12, 31).toordinal()


def read_offers(
    session: Session,
    vocabulary: Vocabulary,
    encoder: Encoder,
    row_of: Mapping[bytes, int],
    *,
    only: Sequence[UUID] | None = None,
) -> Offers:
    """Columns of published offers and open facilities, in the order of their ids."""
    rows = [
        row
        for row in (*_published_offers(session, only), *_open_facilities(session, only))
        if key_of(row["organisation_id"]) in row_of
    ]
    rows.sort(key=lambda row: str(row["id"]))
    number = {row["id"]: place for place, row in enumerate(rows)}
    # A capability that is newer than the taxonomy of the columns lies at no distance to any; the next build knows it.
    levels = [
        (number[key], row, float(level))
        for key, code, level in _levels(session, only)
        if key in number and (row := vocabulary.find("capabilities", code)) != UNKNOWN
    ]
    return Offers(
        ids=keys_of([row["id"] for row in rows]),
        owner=np.array([row_of[key_of(row["organisation_id"])] for row in rows], dtype=np.int32),
        is_facility=np.array([row["is_facility"] for row in rows], dtype=bool),
        type=np.array([TYPES.index(row["type"]) for row in rows], dtype=np.int8),
        trl_low=small([row["trl_low"] for row in rows]),
        trl_high=small([row["trl_high"] for row in rows]),
        budget_low=measured([row["budget_low"] for row in rows]),
        budget_high=measured([row["budget_high"] for row in rows]),
        wants_kinds=np.array([bits_of(row["partner_kinds"], KINDS) for row in rows], dtype=np.uint16),
        wants_sizes=np.array([bits_of(row["partner_sizes"], SIZES) for row in rows], dtype=np.uint16),
        last_day=np.array([last_day_of(row["valid_until"]) for row in rows], dtype=np.int32),
        capabilities=sparse_rows(levels, rows=len(rows), columns=vocabulary.size("capabilities")),
        places=sparse_rows(
            [
                (place, vocabulary.row("places", code), 1.0)
                for place, row in enumerate(rows)
                for code in row["partner_districts"]
            ],
            rows=len(rows),
            columns=vocabulary.size("places"),
        ),
        vectors=encode_both(encoder, [(row["text_zh"], row["text_en"]) for row in rows], Side.OFFER),
    )


def first_days(session: Session, offers_read: Offers) -> Ints:
    """The day, as an ordinal, since which each offer was to be seen: published, or entered where nobody noted that."""
    offer, facility = columns_of(offers.Offer), columns_of(facilities.Facility)
    found = [
        *session.execute(sa.select(offer.id, sa.func.coalesce(offer.published_at, offer.created_at))),
        *session.execute(sa.select(facility.id, facility.created_at)),
    ]
    days = {key_of(key): at.astimezone(CHINA).toordinal() for key, at in found}
    return np.array([days.get(key, FOREVER) for key in offers_read.ids.tolist()], np.int32)


def _published_offers(session: Session, only: Sequence[UUID] | None) -> list[dict[str, Any]]:
    table = columns_of(offers.Offer)
    query = sa.select(*table).where(table.state == PostingState.PUBLISHED)
    return [
        {
            **row._mapping,
            "is_facility": False,
            "text_zh": text_of(row.title_zh, row.summary_zh, row.advantages_zh),
            "text_en": text_of(row.title_en, row.summary_en, row.advantages_en),
        }
        for row in rows_of(session, query, table.organisation_id, only)
    ]


def _open_facilities(session: Session, only: Sequence[UUID] | None) -> list[dict[str, Any]]:
    """Facilities read as standing offers of access."""
    table = columns_of(facilities.Facility)
    query = sa.select(*table).where(table.state == PostingState.PUBLISHED)
    return [
        {
            "id": row.id,
            "organisation_id": row.organisation_id,
            "is_facility": True,
            "type": CooperationType.FACILITY_ACCESS,
            "trl_low": row.trl_in,
            "trl_high": row.trl_out,
            "budget_low": None,
            "budget_high": None,
            "partner_kinds": [],
            "partner_sizes": [],
            "partner_districts": [],
            "valid_until": None,
            "text_zh": text_of(row.name_zh, row.summary_zh),
            "text_en": text_of(row.name_en, row.summary_en),
        }
        for row in rows_of(session, query, table.organisation_id, only)
    ]


def _levels(session: Session, only: Sequence[UUID] | None) -> list[Any]:
    of_offers, offer = columns_of(offers.OfferCapability), columns_of(offers.Offer)
    of_facilities, facility = columns_of(facilities.FacilityCapability), columns_of(facilities.Facility)
    queries = (
        (
            sa.select(of_offers.offer_id, of_offers.capability_code, of_offers.level).where(
                offer.id == of_offers.offer_id
            ),
            offer.organisation_id,
        ),
        (
            sa.select(of_facilities.facility_id, of_facilities.capability_code, of_facilities.level).where(
                facility.id == of_facilities.facility_id
            ),
            facility.organisation_id,
        ),
    )
    return [row for query, owner in queries for row in rows_of(session, query, owner, only)]


def encode_both(encoder: Encoder, texts: Sequence[tuple[str, str]], side: Side) -> NDArray[np.int8]:
    """One direction per pair of a Chinese and an English text: their mean where both are there."""
    chinese = encoder.encode([zh for zh, _ in texts], side)
    english = encoder.encode([en for _, en in texts], side)
    return to_bytes(unit_rows(chinese + english)) if len(texts) else np.zeros((0, encoder.dimensions), dtype=np.int8)


def bits_of(values: Iterable[str], members: Sequence[str]) -> int:
    return sum(1 << members.index(value) for value in set(values))


def last_day_of(day: date | None) -> int:
    return day.toordinal() if day else FOREVER
