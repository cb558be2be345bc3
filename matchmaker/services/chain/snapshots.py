"""The map as it was seen on a day, kept, because not all that it rests on says later what it was before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from matchmaker.services import audit
from matchmaker.services.actors import PLATFORM, Actor, Permission, require
from matchmaker.services.chain.judged import Judged, judge_map
from matchmaker.services.chain.mapping import ChainMap, lay_out
from models.chain import ChainSnapshot
from models.taxonomy import Chain


@dataclass(frozen=True)
class Kept:
    chains: int
    changed: int


def keep_day(session: Session, actor: Actor, day: date) -> Kept:
    """Keep every chain as it stands on `day`; what was kept of the same day before gives way. Flushes."""
    require(actor, Permission.INDICATOR_EDIT)
    judged = judge_map(session, day)
    chains = session.exec(select(Chain).order_by(col(Chain.position_in_list), col(Chain.code))).all()
    changed = sum(_keep(session, lay_out(session, chain, judged)) for chain in chains)
    session.flush()
    if actor is not PLATFORM:
        first = _of(session, chains[0].code, day) if chains else None
        if first is not None:
            audit.record(session, actor, "chain.keep", first, changes={"as_of": day.isoformat()})
    return Kept(len(chains), changed)


def _keep(session: Session, found: ChainMap) -> bool:
    nodes, digest = [_plain(found.judged, node.code) for node in found.nodes], found.judged.inputs_sha256
    kept = _of(session, found.chain.code, found.day)
    if kept is not None and kept.inputs_sha256 == digest:
        return False
    snapshot = kept or ChainSnapshot(chain_code=found.chain.code, as_of=found.day, inputs_sha256=digest)
    snapshot.nodes, snapshot.inputs_sha256 = nodes, digest
    session.add(snapshot)
    return True


def _plain(judged: Judged, code: str) -> dict[str, Any]:
    row, states = judged.row[code], judged.states
    return {
        "code": code,
        "state": judged.state(row).value,
        "local": int(states.local[row]),
        "outside": int(states.outside[row]),
        "demand": int(states.demand[row]),
        "unmet": int(states.unmet[row]),
        "suppliers": judged.suppliers(code),
    }


def list_days(session: Session, chain_code: str) -> Sequence[date]:
    """The days that were kept, latest first."""
    wanted = select(col(ChainSnapshot.as_of)).where(ChainSnapshot.chain_code == chain_code)
    return session.exec(wanted.order_by(col(ChainSnapshot.as_of).desc())).all()


def find_kept(session: Session, chain_code: str, day: date) -> Mapping[str, Mapping[str, Any]] | None:
    """The nodes of that very day by their codes, as they were seen then."""
    kept = _of(session, chain_code, day)
    return None if kept is None else {node["code"]: node for node in kept.nodes}


def _of(session: Session, chain_code: str, day: date) -> ChainSnapshot | None:
    wanted = select(ChainSnapshot).where(ChainSnapshot.chain_code == chain_code, ChainSnapshot.as_of == day)
    return session.exec(wanted).first()
