"""What a process knows: the current index with everything that was edited since, and the encoder of texts."""

import threading
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker import index
from matchmaker.engine import Engine
from matchmaker.errors import IndexMissing
from matchmaker.instance import Instance
from matchmaker.profiles import Profiles
from matchmaker.retrieval.records import Searchable, overlaid, searchable
from matchmaker.store import read_changes
from matchmaker.store.encoders import open_encoder
from matchmaker.store.organisations import microseconds
from matchmaker.store.reading import key_of
from matchmaker.store.search import read_search_changes
from matchmaker.text.embed import Encoder
from models.organisations import Organisation

# An edit is stamped before its transaction ends, so the look back reaches further than any transaction lasts.
LOOK_BACK = timedelta(minutes=5)


@dataclass(frozen=True)
class Snapshot:
    """The engine over the columns of one moment."""

    version: str
    engine: Engine
    encoder: Encoder


class Reader:
    """Follows the index folder and the edits; give each process one, and ask it at each request."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._lock = threading.Lock()
        self._stored: index.StoredIndex | None = None
        self._fitted: Engine | None = None
        self._signature: Any = None
        self._snapshot: Snapshot | None = None
        self._search_signature: Any = None
        self._searchable: Searchable | None = None
        self._encoder: Encoder | None = None

    def encoder(self, session: Session) -> Encoder:
        if self._encoder is None:
            self._encoder = open_encoder(self._instance, session)
        return self._encoder

    def snapshot(self, session: Session, *, today: date) -> Snapshot:
        """The present state. Raises IndexMissing where no index has been built."""
        with self._lock:
            stored = self._open()
            signature = self._edits_signature(session, stored)
            if self._snapshot is None or signature != self._signature:
                self._snapshot = self._overlay(session, stored, today=today)
                self._signature = signature
            return self._snapshot

    def record(self) -> Profiles:
        """The columns as the index has them: enough for the record of past projects, and nothing has to be fitted.

        Raises IndexMissing where no index has been built.
        """
        with self._lock:
            return self._open().profiles

    def search(self, session: Session, *, today: date) -> Searchable:
        """What can be searched at this moment. Raises IndexMissing where no index has been built."""
        with self._lock:
            stored = self._open()
            signature = (today, self._edits_signature(session, stored))
            if self._searchable is None or signature != self._search_signature:
                self._searchable = _overlay_search(session, stored, today=today)
                self._search_signature = signature
            return self._searchable

    def _open(self) -> index.StoredIndex:
        """The current index; a newer one takes the place of all that was made of the one before."""
        version = index.current_version(self._instance.index_folder)
        if self._stored is None or self._stored.version != version:
            self._stored = index.read(self._instance.index_folder, version)
            self._fitted = self._snapshot = self._searchable = None
        return self._stored

    def _edits_signature(self, session: Session, stored: index.StoredIndex) -> Any:
        """Moves with every edit since the index was read; cheap enough for every request."""
        return session.execute(
            sa.select(sa.func.count(), sa.func.max(Organisation.changed_at), sa.func.sum(Organisation.version)).where(
                col(Organisation.changed_at) >= stored.read_at - LOOK_BACK
            )
        ).one()

    def _overlay(self, session: Session, stored: index.StoredIndex, *, today: date) -> Snapshot:
        encoder = self.encoder(session)
        if encoder.name != stored.encoder:  # directions of two encoders have nothing to say to each other
            raise IndexMissing(f"the index was fitted with {stored.encoder}, this process runs {encoder.name}")
        if self._fitted is None:
            self._fitted = Engine.fit(stored.profiles)
        changed, stamp = _changed(session, stored)
        if not changed:
            return Snapshot(stored.version, self._fitted, encoder)
        profiles = read_changes(session, encoder, stored.profiles, changed, today=today)
        return Snapshot(f"{stored.version}+{stamp}", self._fitted.follow(profiles), encoder)


def _overlay_search(session: Session, stored: index.StoredIndex, *, today: date) -> Searchable:
    changed, _stamp = _changed(session, stored)
    if not changed:
        return searchable(stored.search, day=today.toordinal())
    fresh = read_search_changes(session, stored.search, changed)
    return overlaid(stored.search, fresh, map(key_of, changed), day=today.toordinal())


def _changed(session: Session, stored: index.StoredIndex) -> tuple[list[UUID], int]:
    """Organisations whose rows in the index are not of their last edit, and the time of the last such edit."""
    found = session.exec(
        select(Organisation.id, Organisation.changed_at)
        .where(col(Organisation.changed_at) >= stored.read_at - LOOK_BACK)
        .order_by(sa.asc("id"))
    ).all()
    changed = [(key, at) for key, at in found if microseconds(at) != _indexed(stored.profiles, key)]
    return [key for key, _ in changed], max((microseconds(at) for _, at in changed), default=0)


def _indexed(profiles: Profiles, organisation_id: UUID) -> int | None:
    """When the organisation had last been edited as the index has it; the stored rows stand in the order of ids."""
    ids = profiles.organisations.ids
    row = int(np.searchsorted(ids, key_of(organisation_id)))
    found = row < len(ids) and ids[row] == key_of(organisation_id)
    return int(profiles.organisations.changed[row]) if found else None
