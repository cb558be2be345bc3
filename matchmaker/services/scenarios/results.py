"""What a run found, as facts that JSON holds: names in both languages, codes and numbers, no sentences."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import numpy as np
from sqlmodel import Session, SQLModel, col, select

from matchmaker.chain.supply import STATES
from matchmaker.profiles import UNKNOWN
from matchmaker.services.hashing import sha256_of
from matchmaker.services.scenarios.worlds import Base
from matchmaker.what_if.changes import Item, Range, difference, net, totals
from matchmaker.what_if.running import Outcome
from matchmaker.what_if.world import SPREAD, World
from models.challenges import Challenge
from models.offers import Need
from models.organisations import Organisation
from models.taxonomy import ChainNode

MOST_LISTED = 200  # of each kind; the rest is told as a number
MOST_PLACES = 30  # organisations that gain, and that lose
Facts = dict[str, Any]


def hash_of(base: Base, interventions: Any, code_version: str) -> str:
    """Of everything that a result follows from."""
    return sha256_of({"base": base.sha256, "interventions": interventions, "code": code_version})


def tell(session: Session, base: Base, world: World, outcome: Outcome) -> Facts:
    """Everything that a run shows."""
    changes = difference((base.world, base.outcome), (world, outcome))
    return {
        "totals": {"before": dict(totals(base.world, base.outcome)), "after": dict(totals(world, outcome))},
        "ranges": {name: _ends(getattr(changes, f"{name}_range")) for name in ("needs", "rounds", "gaps")},
        "needs": _needs(session, base, world, outcome, changes.needs),
        "rounds": _rounds(session, base, world, outcome, changes.rounds),
        "gaps": _rounds(session, base, world, outcome, changes.gaps),
        "calls": _calls(session, world, changes.calls),
        "nodes": _nodes(session, world, changes.nodes),
        "places": _places(session, world, changes.places),
        "unlisted": {
            name: max(0, len(getattr(changes, name)) - MOST_LISTED)
            for name in ("needs", "rounds", "gaps", "calls", "nodes")
        },
        **limits_of(world, outcome),
    }


def limits_of(world: World, outcome: Outcome) -> Facts:
    """By what it was judged, and of what nothing can be said."""
    return {
        "line": world.line,
        "first": world.first,
        "draws": int(outcome.needs.shaken.shape[1]),
        "spread": SPREAD,
        "unknown": {
            "needs": int((outcome.needs.met == UNKNOWN).sum()),
            "gaps": int((outcome.rounds.covered == UNKNOWN).sum()),
            "calls": int((outcome.teams.feasible == UNKNOWN).sum()),
            "facilities": int((world.lets_in == UNKNOWN).sum()),
        },
    }


def gain_of(base: Base, world: World, outcome: Outcome) -> Facts:
    """What one intervention comes to, in figures by which it can be ranked."""
    changes = difference((base.world, base.outcome), (world, outcome))
    better = sum(one.after < one.before for one in changes.nodes)  # STATES go from good to bad
    worse = sum(one.after > one.before for one in changes.nodes)
    found = {name: net(getattr(changes, name)) for name in ("needs", "rounds", "gaps", "calls")}
    return {
        **found,
        "nodes": better - worse,
        "range": _ends(changes.needs_range),
        "losers": sum(one.after < one.before for one in changes.places),
        "gain": found["needs"] + found["gaps"] + found["calls"] + better - worse,
    }


def _needs(session: Session, base: Base, world: World, outcome: Outcome, items: Sequence[Item]) -> list[Facts]:
    listed = items[:MOST_LISTED]
    ids = [_uuid(world.need_ids[one.row]) for one in listed]
    found = _by_id(session, Need, ids)
    people = _people(session, [one.organisation_id for one in found.values()], world, outcome.needs.by, listed)
    return [
        {
            "id": str(key),
            **_title(found.get(key)),
            "organisation": people.get(found[key].organisation_id) if key in found else None,
            "before": one.before,
            "after": one.after,
            "fit_before": _number(base.outcome.needs.best[one.row]),
            "fit": _number(outcome.needs.best[one.row]),
            "coverage": _number(outcome.needs.coverage[one.row]),
            "by": _told_by(people, world, int(outcome.needs.by[one.row])),
            "certain": _certain(base, outcome, one),
        }
        for key, one in zip(ids, listed, strict=True)
    ]


def _certain(base: Base, outcome: Outcome, one: Item) -> float | None:
    """In what share of the draws it changes the same way."""
    before, after = base.outcome.needs.shaken[one.row], outcome.needs.shaken[one.row]
    return float(((before == one.before) & (after == one.after)).mean()) if len(after) else None


def _rounds(session: Session, base: Base, world: World, outcome: Outcome, items: Sequence[Item]) -> list[Facts]:
    listed, firms = items[:MOST_LISTED], world.money.firms
    people = _named(session, [_uuid(firms.ids[one.row]) for one in listed])
    return [
        {
            "id": firms.round_ids[one.row].decode(),
            "organisation": people.get(_uuid(firms.ids[one.row])),
            "amount": _number(firms.amount[one.row]),
            "money_before": _number(base.outcome.rounds.money[one.row]),
            "money": _number(outcome.rounds.money[one.row]),
            "before": one.before,
            "after": one.after,
        }
        for one in listed
    ]


def _calls(session: Session, world: World, items: Sequence[Item]) -> list[Facts]:
    listed = items[:MOST_LISTED]
    found = _by_id(session, Challenge, [UUID(world.calls[one.row].key) for one in listed])
    people = _named(session, [one.organisation_id for one in found.values()])
    told = []
    for one in listed:
        call = found.get(UUID(world.calls[one.row].key))
        told.append(
            {
                "id": world.calls[one.row].key,
                **_title(call),
                "organisation": people.get(call.organisation_id) if call else None,
                "before": one.before,
                "after": one.after,
            }
        )
    return told


def _nodes(session: Session, world: World, items: Sequence[Item]) -> list[Facts]:
    listed = items[:MOST_LISTED]
    codes = [world.chain.nodes[one.row] for one in listed]
    named = {node.code: node for node in session.exec(select(ChainNode).where(col(ChainNode.code).in_(codes)))}
    return [
        {
            "code": code,
            "chain": named[code].chain_code,
            "name_zh": named[code].name_zh,
            "name_en": named[code].name_en,
            "before": STATES[one.before].value,
            "after": STATES[one.after].value,
        }
        for code, one in zip(codes, listed, strict=True)
        if code in named
    ]


def _places(session: Session, world: World, items: Sequence[Item]) -> Facts:
    """Who stands on more, and who on fewer first places; the largest changes first, the others as a sum."""
    ordered = sorted(items, key=lambda one: (-abs(one.after - one.before), one.row))
    gains = [one for one in ordered if one.after > one.before]
    losses = [one for one in ordered if one.after < one.before]
    shown = [*gains[:MOST_PLACES], *losses[:MOST_PLACES]]
    ids = world.profiles.organisations.ids
    people = _named(session, [key for one in shown if (key := _uuid_or_none(ids[one.row])) is not None])
    told = [
        {
            "organisation": people.get(_uuid_or_none(ids[one.row])),
            "before": one.before,
            "after": one.after,
        }
        for one in shown
    ]
    return {
        "gain": told[: len(gains[:MOST_PLACES])],
        "lose": told[len(gains[:MOST_PLACES]) :],
        "gaining": len(gains),
        "losing": len(losses),
        "net": net(tuple(items)),
    }


def _people(
    session: Session, owners: Iterable[UUID], world: World, by: Any, items: Sequence[Item]
) -> Mapping[UUID | None, Facts]:
    ids = world.profiles.organisations.ids
    rows = [int(by[one.row]) for one in items if by[one.row] != UNKNOWN]
    keys = [key for row in rows if (key := _uuid_or_none(ids[row])) is not None]
    return _named(session, [*owners, *keys])


def _told_by(people: Mapping[UUID | None, Facts], world: World, row: int) -> Facts | None:
    """Who meets a need best; a new base has no name of its own."""
    if row == UNKNOWN:
        return None
    key = _uuid_or_none(world.profiles.organisations.ids[row])
    return people.get(key, {"id": None, "name_zh": "", "name_en": ""})


def _named(session: Session, ids: Sequence[UUID]) -> Mapping[UUID | None, Facts]:
    found = _by_id(session, Organisation, ids)
    return {key: {"id": str(key), "name_zh": one.name_zh, "name_en": one.name_en} for key, one in found.items()}


def _by_id(session: Session, table: type[SQLModel], ids: Sequence[UUID]) -> dict[UUID, Any]:
    """In pieces, because a statement holds so many values only."""
    found: dict[UUID, Any] = {}
    unique = list(dict.fromkeys(ids))
    for start in range(0, len(unique), 500):
        some = unique[start : start + 500]
        key = table.id  # type: ignore[attr-defined]
        found |= {one.id: one for one in session.exec(select(table).where(col(key).in_(some)))}  # type: ignore[attr-defined]
    return found


def _title(record: Any) -> Facts:
    return {"title_zh": record.title_zh if record else "", "title_en": record.title_en if record else ""}


def _ends(found: Range) -> list[int]:
    return [found.low, found.high]


def _number(value: Any) -> float | None:
    return None if np.isnan(value) else round(float(value), 6)


def _uuid(key: bytes) -> UUID:
    return UUID(key.decode())


def _uuid_or_none(key: bytes) -> UUID | None:
    """A new base is no record."""
    try:
        return UUID(key.decode())
    except ValueError:
        return None
