"""Columns of past projects and investments."""

from collections.abc import Mapping

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session

from matchmaker.columns import sparse_rows
from matchmaker.network.past import months_between
from matchmaker.profiles import PROJECT_KINDS, UNKNOWN, History
from matchmaker.store.reading import Visibility, Vocabulary, key_of, keys_of, measured, text_of
from matchmaker.text.history import weigh
from models import track
from models.base import columns_of
from models.enums import ParticipationRole


def read_history(session: Session, vocabulary: Vocabulary, row_of: Mapping[bytes, int]) -> History:
    table, part = columns_of(track.Project), columns_of(track.Participation)
    projects = session.execute(
        sa.select(
            table.id,
            table.kind,
            table.tags,
            table.stage,
            table.started_on,
            table.ended_on,
            table.amount,
            table.title_zh,
            table.title_en,
            table.summary_zh,
            table.summary_en,
        ).order_by(table.started_on.nulls_first(), table.id)
    ).all()
    visible = Visibility(session)
    number = {row.id: place for place, row in enumerate(projects)}
    lead = np.full(len(projects), UNKNOWN, dtype=np.int32)
    members: list[tuple[int, int, float]] = []
    for project_id, organisation_id, role in session.execute(
        sa.select(part.project_id, part.organisation_id, part.role)
    ):
        row = row_of.get(key_of(organisation_id))
        if row is None or not visible(organisation_id, "projects"):
            continue
        members.append((number[project_id], row, 1.0))
        if role in (ParticipationRole.COORDINATOR, ParticipationRole.INVESTEE):
            lead[number[project_id]] = row
    text, vocabulary.codes["words"] = weigh(
        [text_of(row.title_zh, row.title_en, row.summary_zh, row.summary_en) for row in projects]
    )
    tags = [(place, vocabulary.row("tags", tag), 1.0) for place, row in enumerate(projects) for tag in row.tags]
    return History(
        ids=keys_of([row.id for row in projects]),
        kind=np.array([PROJECT_KINDS.index(row.kind) for row in projects], dtype=np.int8),
        day=np.array([row.started_on.toordinal() if row.started_on else UNKNOWN for row in projects], dtype=np.int32),
        months=measured([months_between(row.started_on, row.ended_on) for row in projects]),
        amount=measured([row.amount for row in projects]),
        stage=np.array(
            [vocabulary.row("stages", row.stage) if row.stage else UNKNOWN for row in projects], dtype=np.int32
        ),
        lead=lead,
        members=sparse_rows(members, rows=len(projects), columns=len(row_of)),
        tags=sparse_rows(tags, rows=len(projects), columns=vocabulary.size("tags")),
        words=text,
    )
