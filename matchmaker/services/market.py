"""Clearing the market: from all live needs to a price of each organisation that is asked beyond its capacity."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from importlib.metadata import version
from typing import Any
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.instance import Instance
from matchmaker.market.check import overload
from matchmaker.market.graph import Market
from matchmaker.market.load import HIGHEST, READ, LoadPrices, Steps, load_prices
from matchmaker.profiles import UNKNOWN, Ints, Mask, Profiles, Scores
from matchmaker.ranking import PRICED, rank
from matchmaker.reader import Reader, Snapshot
from matchmaker.scoring.weighting import Weighting
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.calendar import today as day_in_china
from matchmaker.services.crowding import LEAST_ASKERS
from matchmaker.services.presets import live_preset, read_weighting
from matchmaker.services.recommendations import PURPOSE
from matchmaker.store.needs import read_need
from matchmaker.store.reading import Visibility, key_of, keys_of
from models.enums import PostingState
from models.market import OrganisationPrice, PriceRun
from models.offers import Need
from models.organisations import Organisation
from models.sessions import reading, writing

# Where nobody says how many collaborations it can carry, the price is made with this; it is shown nowhere.
COMMON_CAPACITY = 3.0
# An organisation with many needs counts like one with so many, so that posting more does not move others' prices.
MOST_NEEDS = 3.0
# Prices of this many runs are kept, the rows of the runs themselves for ever.
RUNS_WITH_PRICES = 2
NEEDS_AT_ONCE = 500

Advance = Callable[[int], None]


@dataclass(frozen=True, eq=False)
class Cleared:
    """What one clearing found, before it is stored."""

    run: PriceRun
    prices: Sequence[Mapping[str, Any]]  # values of OrganisationPrice


def refresh_prices(
    instance: Instance, actor: Actor, *, today: date | None = None, advance: Advance | None = None
) -> PriceRun:
    """Clear the market and make the result current. What takes long only reads, so nobody waits for it."""
    with reading(instance.engine) as session:
        cleared = clear_market(session, actor, Reader(instance), today=today or day_in_china(), advance=advance)
    with writing(instance.engine) as session:
        return keep_prices(session, actor, cleared)


def compute_prices(session: Session, actor: Actor, reader: Reader, *, today: date) -> PriceRun:
    """The same in one session, for a small market; the caller commits."""
    return keep_prices(session, actor, clear_market(session, actor, reader, today=today))


def clear_market(
    session: Session, actor: Actor, reader: Reader, *, today: date, advance: Advance | None = None
) -> Cleared:
    """Prices from the first PRICED candidates of every live need, by the live weighting; reads only."""
    require(actor, Permission.PRICE_COMPUTE)
    snapshot = reader.snapshot(session, today=today)
    preset = live_preset(session, PURPOSE)
    needs = _live_needs(session, snapshot.engine.profiles, today)
    lists = _lists(session, snapshot, read_weighting(session, preset), needs, today=today, advance=advance)
    capacity, is_known = _capacities(session, snapshot.engine.profiles)
    askers = _askers(lists.candidate, lists.asker, len(capacity))
    market = Market(
        lists.candidate,
        lists.chance,
        # A learned chance speaks of both sides already, and so does a fit with a term for what the other side needs.
        np.broadcast_to(np.float32(1), lists.chance.shape),
        _weights(lists.asker),
        np.where(askers >= LEAST_ASKERS, capacity, np.inf),
    )
    steps = Steps()
    found = load_prices(market, steps)
    rows = np.unique(lists.candidate[market.is_listed])
    run = PriceRun(
        purpose=PURPOSE,
        preset_code=preset.code,
        index_version=snapshot.version,
        code_version=version("matchmaker"),
        data_as_of=today,
        settings=_settings(steps),
        inputs_sha256=_hash(snapshot.engine.profiles, market),
        needs=len(needs),
        candidates=len(rows),
        priced=int((found.price > 0).sum()),
        overload=overload(market, found.load),
        overload_after=overload(market, found.load_after),
    )
    return Cleared(run, _price_rows(snapshot.engine.profiles, rows, found, capacity, is_known, askers))


def keep_prices(session: Session, actor: Actor, cleared: Cleared) -> PriceRun:
    """Make a clearing the current one of its purpose. Organisations deleted meanwhile are left out."""
    require(actor, Permission.PRICE_COMPUTE)
    run = cleared.run
    session.add(run)
    session.flush()
    here = set(session.exec(select(Organisation.id)).all())
    values = [{"run_id": run.id, **row} for row in cleared.prices if row["organisation_id"] in here]
    if values:
        session.execute(sa.insert(OrganisationPrice), values)
    _forget_old_prices(session, run.purpose)
    counts = {name: getattr(run, name) for name in ("purpose", "needs", "candidates", "priced")}
    audit.record(session, actor, "prices.compute", run, changes=counts)
    session.flush()
    return run


@dataclass(frozen=True, eq=False)
class Lists:
    """The best candidates of each need: rows of organisations, UNKNOWN behind the end of a shorter list."""

    asker: Ints  # row of the organisation that has the need
    candidate: Ints  # n x PRICED
    chance: Any  # n x PRICED, single precision


def _lists(
    session: Session,
    snapshot: Snapshot,
    weighting: Weighting,
    needs: Sequence[tuple[UUID, int]],
    *,
    today: date,
    advance: Advance | None,
) -> Lists:
    candidate = np.full((len(needs), PRICED), UNKNOWN, dtype=np.int32)
    chance = np.zeros((len(needs), PRICED), dtype=np.float32)
    for place, need in enumerate(_read_needs(session, [key for key, _ in needs])):
        query = read_need(session, need, snapshot.engine.profiles, snapshot.encoder, today=today)
        ranked = rank(snapshot.engine, query, weighting, top=PRICED)
        count = len(ranked.candidates)
        candidate[place, :count] = ranked.candidates.organisation
        chance[place, :count] = weighting.chance(ranked.blend.order)
        if advance is not None:
            advance(1)
    return Lists(np.array([asker for _, asker in needs], dtype=np.int32), candidate, chance)


def _live_needs(session: Session, profiles: Profiles, today: date) -> list[tuple[UUID, int]]:
    """Needs that are shown to everybody today, with the row of who has each, in the order of their ids."""
    live = select(Need.id, Need.organisation_id).where(
        Need.state == PostingState.PUBLISHED, col(Need.valid_until) >= today
    )
    found = session.exec(live.order_by(col(Need.id))).all()
    is_active = profiles.organisations.is_active
    row_of_key = {key: row for row, key in enumerate(profiles.organisations.ids) if is_active[row]}
    return [(need, row_of_key[key_of(owner)]) for need, owner in found if key_of(owner) in row_of_key]


def _read_needs(session: Session, keys: Sequence[UUID]) -> Iterator[Need]:
    """The needs in this order, some at a time, because all of them would not fit in memory beside the market."""
    for start in range(0, len(keys), NEEDS_AT_ONCE):
        wanted = keys[start : start + NEEDS_AT_ONCE]
        found = {need.id: need for need in session.exec(select(Need).where(col(Need.id).in_(wanted)))}
        yield from (found[key] for key in wanted)


def _weights(asker: Ints) -> Scores:
    """How much each need counts: an organisation with k of them counts like one with MOST_NEEDS at most."""
    needs = np.bincount(asker, minlength=1)[asker] if len(asker) else np.empty(0)
    return np.minimum(1.0, MOST_NEEDS / np.maximum(needs, 1))


def _askers(candidate: Ints, asker: Ints, among: int) -> Ints:
    """On the first READ places of how many different organisations each candidate stands by fit alone."""
    read = candidate[:, :READ]
    pairs = np.stack([np.broadcast_to(asker[:, None], read.shape)[read != UNKNOWN], read[read != UNKNOWN]], axis=1)
    return np.bincount(np.unique(pairs, axis=0)[:, 1], minlength=among).astype(np.int32)


def _capacities(session: Session, profiles: Profiles) -> tuple[Scores, Mask]:
    """How many more collaborations each organisation can carry, and whether everybody may see that."""
    capacity = np.full(len(profiles.organisations), COMMON_CAPACITY)
    is_known = np.zeros(len(capacity), dtype=bool)
    table = Organisation
    told = select(table.id, table.capacity, table.engaged).where(
        col(table.capacity).is_not(None), col(table.engaged).is_not(None)
    )
    visible = Visibility(session)
    free = {
        key: max((all_of_it or 0) - (engaged or 0), 0)
        for key, all_of_it, engaged in session.exec(told)
        if visible(key, "capacity") and visible(key, "engaged")
    }
    row_of_key = {key: row for row, key in enumerate(profiles.organisations.ids)}
    for key, number in zip(keys_of(list(free)), free.values(), strict=True):
        row = row_of_key.get(key)
        if row is not None:
            capacity[row], is_known[row] = number, True
    return capacity, is_known


def _price_rows(
    profiles: Profiles, rows: Any, found: LoadPrices, capacity: Scores, is_known: Mask, askers: Ints
) -> list[Mapping[str, Any]]:
    return [
        {
            "organisation_id": UUID(profiles.organisations.ids[row].decode()),
            "price": float(found.price[row]),
            "load": float(found.load[row]),
            "load_after": float(found.load_after[row]),
            "capacity": float(capacity[row]),
            "is_capacity_known": bool(is_known[row]),
            "askers": int(askers[row]),
        }
        for row in rows
    ]


def _settings(steps: Steps) -> dict[str, Any]:
    return {
        "method": "load price",
        "listed": PRICED,
        "read": READ,
        "highest_price": HIGHEST,
        "common_capacity": COMMON_CAPACITY,
        "most_needs": MOST_NEEDS,
        "least_askers": LEAST_ASKERS,
        **asdict(steps),
    }


def _hash(profiles: Profiles, market: Market) -> str:
    """Over everything that the prices follow from."""
    digest = hashlib.sha256()
    for column in (profiles.organisations.ids, market.candidate, market.asks, market.weight, market.capacity):
        digest.update(np.ascontiguousarray(column).tobytes())
    return digest.hexdigest()


def _forget_old_prices(session: Session, purpose: str) -> None:
    newest = (
        select(PriceRun.id).where(PriceRun.purpose == purpose).order_by(col(PriceRun.created_at).desc(), sa.desc("id"))
    )
    old = session.exec(newest.offset(RUNS_WITH_PRICES)).all()
    session.execute(sa.delete(OrganisationPrice).where(col(OrganisationPrice.run_id).in_(old)))
