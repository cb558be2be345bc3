"""Columns of organisations."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from scipy.sparse import csr_array
from sqlmodel import Session, select

from matchmaker.columns import sparse_rows
from matchmaker.profiles import KINDS, SIZES, UNKNOWN, Organisations
from matchmaker.store.reading import Visibility, Vocabulary, keys_of, rows_of
from models import organisations, taxonomy
from models.base import columns_of
from models.enums import OrganisationState, SizeClass

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read_organisations(
    session: Session, vocabulary: Vocabulary, *, only: Sequence[UUID] | None = None
) -> Organisations:
    """Columns of all active organisations, or of `only` some of them, in the order of their ids."""
    table = columns_of(organisations.Organisation)
    found = rows_of(
        session,
        sa.select(
            table.id,
            table.changed_at,
            table.kind,
            table.state,
            table.staff,
            table.district_code,
            table.country,
            table.region,
            table.founded_on,
            table.capacity,
            table.engaged,
            table.tags,
        ).where(table.state == OrganisationState.ACTIVE),
        table.id,
        only,
    )
    found.sort(key=lambda row: str(row.id))
    visible = Visibility(session)
    areas = dict(session.exec(select(taxonomy.District.code, taxonomy.District.area_zh)).all())
    places = [place_of(row, visible, areas) for row in found]
    row_of = {row.id: number for number, row in enumerate(found)}
    return Organisations(
        ids=keys_of([row.id for row in found]),
        changed=np.array([microseconds(row.changed_at) for row in found], dtype=np.int64),
        is_active=np.ones(len(found), dtype=bool),
        kind=np.array([KINDS.index(row.kind) for row in found], dtype=np.int8),
        size=np.array([size_of(row.staff if visible(row.id, "staff") else None) for row in found], dtype=np.int8),
        place=np.array([vocabulary.row("places", p) if p else UNKNOWN for p, _ in places], dtype=np.int32),
        area=np.array([vocabulary.row("areas", a) if a else UNKNOWN for _, a in places], dtype=np.int32),
        founded=np.array([_founded(row, visible) for row in found], dtype=np.int32),
        free_capacity=np.array([_free(row, visible) for row in found], dtype=np.float32),
        nodes=_nodes(session, vocabulary, visible, row_of, only),
        tags=sparse_rows(
            [
                (row_of[row.id], vocabulary.row("tags", tag), 1.0)
                for row in found
                if visible(row.id, "tags")
                for tag in row.tags
            ],
            rows=len(found),
            columns=vocabulary.size("tags"),
        ),
    )


def microseconds(moment: datetime) -> int:
    """Whole microseconds since 1970, exact where a float of seconds is not."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def place_of(row: Any, visible: Visibility, areas: Mapping[str, str]) -> tuple[str, str]:
    """Place and area of an organisation, each empty where it is not known or not open."""
    if row.district_code:
        return (row.district_code, areas.get(row.district_code, "")) if visible(row.id, "district_code") else ("", "")
    country = row.country if visible(row.id, "country") else ""
    region = row.region if visible(row.id, "region") else ""
    return (f"{country}/{region}" if country and region else country), country


def size_of(staff: int | None) -> int:
    """Size class by staff, industry row of the 2011 standard (micro under 20, small under 300, medium under 1,000)."""
    if staff is None:
        return UNKNOWN
    return SIZES.index(SizeClass.MICRO) + int(staff >= 20) + int(staff >= 300) + int(staff >= 1000)


def _founded(row: Any, visible: Visibility) -> int:
    return row.founded_on.toordinal() if row.founded_on and visible(row.id, "founded_on") else UNKNOWN


def _free(row: Any, visible: Visibility) -> float:
    if row.capacity is None or row.engaged is None or not (visible(row.id, "capacity") and visible(row.id, "engaged")):
        return float("nan")
    return max(row.capacity - row.engaged, 0) / row.capacity if row.capacity else 0.0


def _nodes(
    session: Session,
    vocabulary: Vocabulary,
    visible: Visibility,
    row_of: Mapping[UUID, int],
    only: Sequence[UUID] | None,
) -> csr_array:
    table = columns_of(organisations.OrganisationNode)
    found = rows_of(session, sa.select(table.organisation_id, table.node_code), table.organisation_id, only)
    return sparse_rows(
        [
            (row_of[row.organisation_id], node, 1.0)
            for row in found
            if row.organisation_id in row_of and visible(row.organisation_id, "nodes")
            # A node that is newer than the taxonomy of the columns lies beside none; the next build knows it.
            if (node := vocabulary.find("nodes", row.node_code)) != UNKNOWN
        ],
        rows=len(row_of),
        columns=vocabulary.size("nodes"),
    )
