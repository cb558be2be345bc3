"""Columns of what organisations have posted as needs: the side by which a match is read the other way round."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from scipy.sparse import csr_array
from sqlmodel import Session

from matchmaker.columns import sparse_rows
from matchmaker.profiles import KINDS, SIZES, TYPES, UNKNOWN, PostedNeeds
from matchmaker.store.offers import bits_of, encode_both, last_day_of
from matchmaker.store.reading import Vocabulary, key_of, keys_of, rows_of, text_of
from matchmaker.text.embed import Encoder, Side
from matchmaker.text.segment import says_something
from models import offers
from models.base import CHINA, columns_of
from models.enums import PostingState


def read_posted_needs(
    session: Session,
    vocabulary: Vocabulary,
    encoder: Encoder,
    row_of: Mapping[bytes, int],
    *,
    only: Sequence[UUID] | None = None,
) -> PostedNeeds:
    """Columns of published needs, which everybody signed in may read, in the order of their ids."""
    rows = [row for row in _published(session, only) if key_of(row.organisation_id) in row_of]
    rows.sort(key=lambda row: str(row.id))
    levels, weights = _capabilities(session, vocabulary, {row.id: place for place, row in enumerate(rows)}, only)
    return PostedNeeds(
        ids=keys_of([row.id for row in rows]),
        owner=np.array([row_of[key_of(row.organisation_id)] for row in rows], dtype=np.int32),
        first_day=np.array(
            [row.published_at.astimezone(CHINA).toordinal() if row.published_at else UNKNOWN for row in rows],
            dtype=np.int32,
        ),
        last_day=np.array([last_day_of(row.valid_until) for row in rows], dtype=np.int32),
        types=np.array([bits_of(row.accepted_types, TYPES) for row in rows], dtype=np.uint16),
        wants_kinds=np.array([bits_of(row.partner_kinds, KINDS) for row in rows], dtype=np.uint16),
        wants_sizes=np.array([bits_of(row.partner_sizes, SIZES) for row in rows], dtype=np.uint16),
        levels=levels,
        weights=weights,
        places=sparse_rows(
            [
                (place, vocabulary.row("places", code), 1.0)
                for place, row in enumerate(rows)
                for code in row.partner_districts
            ],
            rows=len(rows),
            columns=vocabulary.size("places"),
        ),
        vectors=encode_both(encoder, [_told(row) for row in rows], Side.NEED),
    )


def _published(session: Session, only: Sequence[UUID] | None) -> list[Any]:
    table = columns_of(offers.Need)
    query = sa.select(*table).where(table.state == PostingState.PUBLISHED)
    return rows_of(session, query, table.organisation_id, only)


def _told(row: Any) -> tuple[str, str]:
    """The need in Chinese and in English, as a query of it reads them: a word or two is nobody's in particular."""
    zh = text_of(row.title_zh, row.summary_zh, row.description_zh)
    en = text_of(row.title_en, row.summary_en, row.description_en)
    return zh if says_something(zh) else "", en if says_something(en) else ""


def _capabilities(
    session: Session, vocabulary: Vocabulary, place_of: Mapping[UUID, int], only: Sequence[UUID] | None
) -> tuple[csr_array, csr_array]:
    """Level and weight of what each need asks for, in the same places."""
    tags, need = columns_of(offers.NeedCapability), columns_of(offers.Need)
    query = sa.select(tags.need_id, tags.capability_code, tags.level, tags.weight).where(need.id == tags.need_id)
    found = [
        (place_of[row.need_id], column, row.level, row.weight)
        for row in rows_of(session, query, need.organisation_id, only)
        if row.need_id in place_of and (column := vocabulary.find("capabilities", row.capability_code)) != UNKNOWN
    ]
    shape = {"rows": len(place_of), "columns": vocabulary.size("capabilities")}
    return (
        sparse_rows([(row, column, float(level)) for row, column, level, _ in found], **shape),
        sparse_rows([(row, column, float(weight)) for row, column, _, weight in found], **shape),
    )
