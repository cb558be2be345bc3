"""The region as the engine sees it, with what it comes to: read and worked out once until something is edited.

Everything is what every signed-in person may see, so that no figure of a scenario tells more than the pages do.
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
from scipy.sparse import csr_array
from sqlmodel import Session, col, select

from matchmaker.chain.doors import ALL, door_of
from matchmaker.consortium.asking import Seat
from matchmaker.funding.columns import CLAUSES, FORCES
from matchmaker.instance import Instance
from matchmaker.profiles import KINDS, UNKNOWN, Profiles
from matchmaker.reader import Reader, Snapshot
from matchmaker.services.hashing import sha256_of
from matchmaker.services.presets import live_preset, read_weighting, to_stored
from matchmaker.services.recommendations import PURPOSE
from matchmaker.services.rule_sets.reading import team_rules
from matchmaker.services.scenarios import kept
from matchmaker.store.capital import read_firms, read_mandates, read_vocabulary
from matchmaker.store.chain import read_chain, read_limits, read_line
from matchmaker.store.challenges import need_of, read_posed
from matchmaker.store.edits import signature_of
from matchmaker.store.needs import read_need, row_of
from matchmaker.store.offers import bits_of
from matchmaker.store.reading import Visibility
from matchmaker.store.team_facts import read_facts
from matchmaker.what_if.running import Outcome, run
from matchmaker.what_if.world import Call, Money, World, shakes_of
from models.challenges import Challenge
from models.enums import ChallengeStage, ClauseForce, PostingState
from models.facilities import Facility
from models.funds import ClauseDefault, Mandate, MandateClause
from models.offers import Need, Offer
from models.organisations import Certification, FieldGrade, Organisation
from models.rounds import Round
from models.rules import CompositionRule
from models.taxonomy import ChainNode

KEPT = 2  # worlds that a process remembers, each of another installation
OPEN_STAGES = (ChallengeStage.PUBLISHED, ChallengeStage.ANSWERED)
EDITED = (Organisation, Offer, Need, Facility, Certification, Challenge, Mandate, Round, CompositionRule, FieldGrade)
Advance = Callable[[int], None]


@dataclass(frozen=True, eq=False)
class Base:
    """A world as it is, and what it comes to."""

    world: World
    outcome: Outcome
    index_version: str
    sha256: str  # of everything in the world


_bases: OrderedDict[Path, tuple[Any, Base]] = OrderedDict()
_readers: dict[Path, Reader] = {}
_lock = threading.Lock()


def base_of(session: Session, instance: Instance, *, today: date, advance: Advance = lambda _done: None) -> Base:
    """The base of what-ifs of today; what takes long is done once, then remembered until something is edited."""
    with _lock:
        reader = _readers.setdefault(instance.folder, Reader(instance))
    snapshot = reader.snapshot(session, today=today)
    signature = (today, snapshot.version, _signature(session))
    with _lock:
        held = _bases.get(instance.folder)
    if held is None or held[0] != signature:
        world = read_world(session, snapshot, today=today)
        held = (signature, _worked_out(instance, world, snapshot.version, advance))
        with _lock:
            _bases[instance.folder] = held
            _bases.move_to_end(instance.folder)
            while len(_bases) > KEPT:
                _bases.popitem(last=False)
    return held[1]


def forget() -> None:
    """Let go of what this process remembers; what is kept in files stays."""
    with _lock:
        _bases.clear()
        _readers.clear()


def _worked_out(instance: Instance, world: World, index_version: str, advance: Advance) -> Base:
    sha256 = fingerprint(world)
    mark = sha256_of([sha256, version("matchmaker")])
    outcome = kept.load(instance.folder, mark)
    if outcome is None:
        outcome = run(world, advance=advance)
        kept.save(instance.folder, mark, outcome)
    else:  # what the run would have remembered is gathered by the first answer that needs it
        world.remembered.begin(world.engine, world.lets_in)
    return Base(world, outcome, index_version, sha256)


def _signature(session: Session) -> Any:
    """Changes with everything that a world is read from; what has no clock is told by what it says."""
    usual = session.exec(select(ClauseDefault.kind, ClauseDefault.force).order_by(col(ClauseDefault.kind))).all()
    weighting = to_stored(read_weighting(session, live_preset(session, PURPOSE)))
    return signature_of(session, EDITED), tuple(usual), repr(weighting), read_limits(session), read_line(session)


def read_world(session: Session, snapshot: Snapshot, *, today: date) -> World:
    profiles = snapshot.engine.profiles
    weighting = read_weighting(session, live_preset(session, PURPOSE))
    needs = _needs(session, today)
    return World(
        engine=snapshot.engine,
        weighting=weighting,
        need_ids=np.array([str(one.id) for one in needs], "S36"),
        needs=tuple(read_need(session, one, profiles, snapshot.encoder, today=today) for one in needs),
        lets_in=_lets_in(session, profiles),
        chain_of_node=_chains(session, profiles),
        money=_money(session, today),
        calls=tuple(_calls(session, snapshot, today)),
        facts=read_facts(
            session,
            [UUID(key.decode()) for key in profiles.organisations.ids.tolist()],
            sees=Visibility(session),
            today=today,
        ),
        chain=read_chain(session),
        limits=read_limits(session),
        line=read_line(session),
        day=today.toordinal(),
        shakes=shakes_of(list(weighting.weights)),
    )


def _needs(session: Session, today: date) -> list[Need]:
    of_active = select(Organisation.id).where(Organisation.state == "active")
    live = select(Need).where(
        Need.state == PostingState.PUBLISHED,
        col(Need.valid_until) >= today,
        col(Need.organisation_id).in_(of_active),
    )
    return list(session.exec(live.order_by(col(Need.id))))


def _lets_in(session: Session, profiles: Profiles) -> Any:
    """Facilities by what they say; offers are there for everybody."""
    said = {str(key).encode(): door_of(open_to) for key, open_to in session.exec(select(Facility.id, Facility.open_to))}
    return np.array([said.get(key, ALL) for key in profiles.offers.ids.tolist()], np.int8)


def _chains(session: Session, profiles: Profiles) -> Any:
    chain_of = dict(session.exec(select(ChainNode.code, ChainNode.chain_code)).all())
    codes = sorted(set(chain_of.values()))
    return np.array(
        [codes.index(chain_of[node]) if node in chain_of else UNKNOWN for node in profiles.vocabulary["nodes"]],
        np.int32,
    )


def _money(session: Session, today: date) -> Money:
    vocabulary = read_vocabulary(session)
    mandates = read_mandates(session, vocabulary, today=today)
    firms = read_firms(session, vocabulary, today=today)
    own = set(session.exec(select(MandateClause.mandate_id, MandateClause.kind)).all())
    keys = [UUID(key.decode()) for key in mandates.ids.tolist()]
    usual = dict(session.exec(select(ClauseDefault.kind, ClauseDefault.force)).all())
    return Money(
        mandates=mandates,
        firms=firms,
        follows_usual=np.array([[(key, kind) not in own for kind in CLAUSES] for key in keys], bool).reshape(
            len(keys), len(CLAUSES)
        ),
        usual=np.array([FORCES.index(usual.get(kind, ClauseForce.HARD)) for kind in CLAUSES], np.uint8),
        nodes=vocabulary.codes["nodes"],
        places=vocabulary.codes["places"],
        schemes=vocabulary.codes["schemes"],
    )


def _calls(session: Session, snapshot: Snapshot, today: date) -> Iterable[Call]:
    """Open challenges of organisations that are in the columns; what is kept back of one plays no part."""
    profiles = snapshot.engine.profiles
    found = session.exec(select(Challenge).where(col(Challenge.stage).in_(OPEN_STAGES)).order_by(col(Challenge.id)))
    for one in found:
        lead = row_of(profiles, one.organisation_id)
        if lead is None or not profiles.organisations.is_active[lead]:
            continue
        posed = read_posed(session, one, with_brief=False)
        need = need_of(posed, profiles, snapshot.encoder, lead=lead, today=today)
        column = {code: row for row, code in enumerate(profiles.vocabulary["capabilities"])}
        yield Call(
            key=str(one.id),
            need=need,
            lead=lead,
            musts=frozenset(column[tag.code] for tag in posed.capabilities if tag.is_must and tag.code in column),
            seats=tuple(
                Seat(seat.key, bits_of(seat.kinds, KINDS), seat.least, seat.most, seat.cost) for seat in posed.seats
            ),
            rules=team_rules(session, rule_set_id=one.rule_set_id, challenge_id=one.id),
            members_at_most=posed.members_at_most,
            budget=posed.budget,
        )


def fingerprint(world: World) -> str:
    """SHA-256 of everything that an outcome depends on; components are told by their names and the columns."""
    digest = hashlib.sha256()
    for part in fields(world):
        value = getattr(world, part.name)
        if part.name == "remembered":
            continue
        if part.name == "engine":
            _feed(digest, value.profiles)
            _feed(digest, [component.name for component in value.components])
        else:
            _feed(digest, value)
    return digest.hexdigest()


def _feed(digest: Any, value: Any) -> None:
    if isinstance(value, csr_array):
        value = (value.shape, value.indptr, value.indices, value.data)
    if isinstance(value, np.ndarray):
        digest.update(f"{value.dtype}{value.shape}".encode())
        digest.update(np.ascontiguousarray(value).tobytes())
    elif is_dataclass(value):
        for part in fields(value):
            _feed(digest, part.name)
            _feed(digest, getattr(value, part.name))
    elif isinstance(value, Mapping):
        for name in sorted(value):
            _feed(digest, name)
            _feed(digest, value[name])
    elif isinstance(value, (tuple, list)):
        digest.update(f"[{len(value)}".encode())
        for item in value:
            _feed(digest, item)
    elif isinstance(value, (set, frozenset)):
        _feed(digest, sorted(value))
    else:
        digest.update(repr(value).encode("utf-8", "replace"))
