"""The map as it was seen on a day, kept, because not all that it rests on says later what it was before."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.chain.judged import Judged, judge_map
from matchmaker.services.chain.mapping import lay_out
from models.chain import ChainSnapshot
from models.taxonomy import Chain


def keep_day(session: Session, actor: Actor, day: date) -> int:
    """Keep every chain as it stands on `day`, at somebody's wish; how many of them were not kept like this already."""
    require(actor, Permission.INDICATOR_EDIT)
    changed = keep(session, work_out(session, day))
    for snapshot in changed:
        facts = {"chain_code": snapshot.chain_code, "as_of": day.isoformat()}
        audit.record(session, actor, "chain.keep", snapshot, changes=facts)
    return len(changed)


def work_out(session: Session, day: date) -> list[ChainSnapshot]:
    """All chains as they stand on `day`; reads only."""
    judged = judge_map(session, day)
    chains = session.exec(select(Chain).order_by(col(Chain.position_in_list), col(Chain.code))).all()
    return [
        ChainSnapshot(
            chain_code=chain.code,
            as_of=day,
            nodes=[_plain(judged, node.code) for node in lay_out(session, chain, judged).nodes],
            inputs_sha256=judged.inputs_sha256,
        )
        for chain in chains
    ]


def keep(session: Session, found: Sequence[ChainSnapshot]) -> list[ChainSnapshot]:
    """Store them; what was kept of the same day from other inputs gives way. Those that were new or other; flushes."""
    stored = [snapshot for one in found if (snapshot := _store(session, one)) is not None]
    session.flush()
    return stored


def _store(session: Session, found: ChainSnapshot) -> ChainSnapshot | None:
    kept = _of(session, found.chain_code, found.as_of)
    if kept is None:
        session.add(found)
        return found
    if kept.inputs_sha256 == found.inputs_sha256:
        return None
    kept.nodes, kept.inputs_sha256 = found.nodes, found.inputs_sha256
    return kept


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
