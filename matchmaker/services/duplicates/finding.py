"""Reading organisations as they are compared, and keeping the pairs that look like one."""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.names import fold_name
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.audit import plain
from matchmaker.services.duplicates.likeness import Described, LikePair, find_pairs
from models.base import columns_of
from models.enums import DuplicateState, OrganisationState
from models.organisations import Organisation
from models.registry import DuplicatePair

COMPARED = ["id", "name_zh", "name_en", "uscc", "website", "contact_email", "contact_phone", "district_code", "kind"]
PHONE_DIGITS = 8  # a number with and without its area code is the same
LATIN_WORD = re.compile(r"[a-z0-9]+")
# Mail of these says who delivers it, not whose it is.
FREE_MAIL = frozenset(
    {
        *("qq.com", "163.com", "126.com", "yeah.net", "sina.com", "sina.cn", "sohu.com", "139.com", "189.cn"),
        *("foxmail.com", "aliyun.com", "gmail.com", "outlook.com", "hotmail.com", "yahoo.com", "icloud.com"),
    }
)


def find_all(session: Session, actor: Actor) -> list[LikePair]:
    """All pairs of the registry that look like one organisation, the likest first."""
    require(actor, Permission.REGISTRY_CURATE)
    return find_pairs(_read(session))


def find_among(session: Session, new: Sequence[Described]) -> list[LikePair]:
    """Pairs of one of `new` with a record of the registry or with another of them; the new one comes second."""
    ids = frozenset(record.id for record in new)
    pairs = find_pairs([*_read(session), *new], new=ids)
    return [pair for pair in pairs if pair.second in ids]


def _read(session: Session) -> list[Described]:
    columns = columns_of(Organisation)
    wanted = sa.select(*(columns[name] for name in COMPARED)).where(columns.state != OrganisationState.MERGED)
    return [describe(row["id"], dict(row)) for row in session.execute(wanted.order_by(columns.id)).mappings()]


def describe(record_id: UUID, values: Mapping[str, Any]) -> Described:
    name_zh, name_en = values.get("name_zh") or "", values.get("name_en") or ""
    return Described(
        id=record_id,
        shown=name_zh or name_en,
        name_zh=fold_name(name_zh) if name_zh else "",
        name_en=" ".join(LATIN_WORD.findall(name_en.casefold())),
        uscc=values.get("uscc") or "",
        host=_host(values.get("website") or ""),
        mail_domain=_mail_domain(values.get("contact_email") or ""),
        phone=_digits(values.get("contact_phone") or ""),
        district=values.get("district_code") or "",
        kind=str(plain(values.get("kind")) or ""),
    )


def _host(website: str) -> str:
    try:
        host = urlsplit(website if "//" in website else f"//{website}").hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.")


def _mail_domain(address: str) -> str:
    domain = address.rpartition("@")[2].casefold()
    return "" if domain in FREE_MAIL else domain


def _digits(phone: str) -> str:
    digits = "".join(sign for sign in phone if sign.isdecimal())
    return digits[-PHONE_DIGITS:] if len(digits) >= PHONE_DIGITS else ""


def keep(session: Session, pairs: Sequence[LikePair]) -> dict[str, int]:
    """Put what was found beside what officers have decided: a pair that was kept apart is not asked about again."""
    known = {(pair.first_id, pair.second_id): pair for pair in session.exec(select(DuplicatePair))}
    alive = set(session.exec(select(Organisation.id).where(col(Organisation.state) != OrganisationState.MERGED)))
    found: set[tuple[UUID, UUID]] = set()
    new = 0
    for pair in pairs:
        first, second = sorted((pair.first, pair.second))
        if first not in alive or second not in alive:
            continue
        found.add((first, second))
        kept = known.get((first, second))
        if kept is None:
            session.add(_row(first, second, pair))
            new += 1
        elif kept.state is DuplicateState.OPEN and kept.grounds != dict(pair.grounds):
            kept.likeness, kept.grounds = pair.likeness, dict(pair.grounds)
    gone = [pair for key, pair in known.items() if pair.state is DuplicateState.OPEN and key not in found]
    for stale in gone:
        session.delete(stale)
    session.flush()
    waiting = select(sa.func.count()).where(DuplicatePair.state == DuplicateState.OPEN)
    return {"new": new, "waiting": session.exec(waiting).one(), "gone": len(gone)}


def _row(first: UUID, second: UUID, pair: LikePair) -> DuplicatePair:
    return DuplicatePair(first_id=first, second_id=second, likeness=pair.likeness, grounds=dict(pair.grounds))
