"""The audit log as a chain: each seal is a hash over one entry and the seal before, so what is sealed cannot be
changed, taken out or put in between without all later seals being wrong.

An entry is sealed after its transaction has committed, by a worker, in the order in which it is found: a change never
waits for another's entry, as it would have to if it took the last hash itself. Until then, a minute at most where a
worker lives, an entry is not protected; `verify` says how many those are.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from math import inf
from time import monotonic

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from models.audit import AuditEntry, AuditSeal
from models.sessions import reading, writing

BEFORE_THE_FIRST = "0" * 64
AT_ONCE = 1_000
# Keys are given when a row is written and seen when it is committed; no transaction lets so many others overtake it.
OVERTAKEN_AT_MOST = 100_000


@dataclass(frozen=True)
class Broken:
    """The first place at which the chain does not hold; `entry_id` is what should stand there."""

    position: int
    entry_id: int
    reason: str


@dataclass(frozen=True)
class Verdict:
    """How far the chain goes, its last hash, how many entries are not in it, and where it breaks (None: nowhere).

    `lost` of the unsealed ones are too far behind the chain ever to come into it; the others wait for the next sealing.
    """

    sealed: int
    head: str
    unsealed: int
    lost: int
    broken: Broken | None


def seal_all(engine: Engine, *, seconds: float = inf) -> None:
    """Seal what has been committed since the last time, so many in one short transaction.

    After so many seconds the rest waits for the next time: a long log that was never sealed takes minutes.
    """
    until = monotonic() + seconds
    while monotonic() < until and _is_something_new(engine):
        with writing(engine) as session:
            seal_some(session)


def seal_some(session: Session) -> int:
    """Put the next entries into the chain. Two who do so at once want the same position, and the later one fails."""
    last = _last(session)
    position, sha256 = (last.position, last.sha256) if last else (0, BEFORE_THE_FIRST)
    waiting = session.exec(_unsealed(session).order_by(col(AuditEntry.id)).limit(AT_ONCE)).all()
    for entry in waiting:
        position, sha256 = position + 1, digest(sha256, entry)
        session.add(AuditSeal(position=position, entry_id=entry.id or 0, sha256=sha256))
    session.flush()
    return len(waiting)


def verify(session: Session) -> Verdict:
    """Work the whole chain out anew from the entries."""
    sha256, sealed = BEFORE_THE_FIRST, 0
    for expected, (seal, entry) in zip(count(1), _pairs(session), strict=False):
        sha256 = digest(sha256, entry) if entry is not None else ""
        reason = _fault(seal, entry, expected, sha256)
        if reason:
            broken = Broken(seal.position, seal.entry_id, reason)
            return Verdict(sealed, seal.sha256, *_count_unsealed(session), broken)
        sealed = expected
    return Verdict(sealed, sha256, *_count_unsealed(session), None)


def hash_at(session: Session, position: int) -> str:
    """The seal at this place, to be held against one that was noted elsewhere; empty where there is none."""
    seal = session.get(AuditSeal, position)
    return seal.sha256 if seal else ""


def digest(before: str, entry: AuditEntry) -> str:
    """Of all that an entry says and of the hash before it."""
    said = [
        entry.id,
        entry.at.isoformat(),  # UTC, whatever the database and the zone of its server
        str(entry.user_id or ""),
        entry.action,
        entry.subject_type,
        entry.subject_id,
        str(entry.organisation_id or ""),
        entry.changes,
    ]
    return hashlib.sha256(f"{before}\n{json.dumps(said, sort_keys=True)}".encode()).hexdigest()


def _fault(seal: AuditSeal, entry: AuditEntry | None, expected: int, sha256: str) -> str:
    if seal.position != expected:
        return "seal_missing"
    if entry is None:
        return "entry_missing"
    return "" if sha256 == seal.sha256 else "entry_changed"


def _pairs(session: Session) -> Iterator[tuple[AuditSeal, AuditEntry | None]]:
    """The chain from its beginning, so many at once: it is longer than memory need be."""
    both = select(AuditSeal, AuditEntry).join(AuditEntry, col(AuditEntry.id) == col(AuditSeal.entry_id), isouter=True)
    in_order = both.order_by(col(AuditSeal.position)).limit(AT_ONCE)
    position = 0
    while some := session.exec(in_order.where(col(AuditSeal.position) > position)).all():
        yield from some
        position = some[-1][0].position
        session.expunge_all()


def _last(session: Session) -> AuditSeal | None:
    return session.exec(select(AuditSeal).order_by(col(AuditSeal.position).desc()).limit(1)).first()


def _unsealed(session: Session) -> SelectOfScalar[AuditEntry]:
    return select(AuditEntry).where(~_has_seal(), col(AuditEntry.id) > _furthest_behind(session))


def _has_seal() -> sa.ColumnElement[bool]:
    return sa.select(col(AuditSeal.position)).where(col(AuditSeal.entry_id) == col(AuditEntry.id)).exists()


def _furthest_behind(session: Session) -> int:
    """The last key that no sealing looks at any more."""
    return (session.scalar(sa.select(sa.func.max(col(AuditSeal.entry_id)))) or 0) - OVERTAKEN_AT_MOST


def _is_something_new(engine: Engine) -> bool:
    with reading(engine) as session:
        return session.exec(_unsealed(session).limit(1)).first() is not None


def _count_unsealed(session: Session) -> tuple[int, int]:
    """Those that are not in the chain, and how many of them never will be."""
    is_lost = col(AuditEntry.id) <= _furthest_behind(session)
    numbers = sa.select(sa.func.count(), sa.func.count().filter(is_lost)).select_from(AuditEntry)
    every, lost = session.execute(numbers.where(~_has_seal())).one()
    return every, lost
