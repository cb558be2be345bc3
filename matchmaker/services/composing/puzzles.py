"""The composer's question about one challenge, from the registry as it is now: everything that an answer rests on."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import cached_property
from uuid import UUID

import numpy as np
from sqlmodel import Session, col, select

from matchmaker.consortium.asking import Asked, Question, Seat, ask, planned_costs, pool_of
from matchmaker.consortium.bound import Relaxation, relaxation
from matchmaker.consortium.compiling import Compiled, compile_rules
from matchmaker.consortium.facts import Facts
from matchmaker.consortium.instance import Instance
from matchmaker.consortium.repair import relaxed
from matchmaker.consortium.rules import TeamRule
from matchmaker.errors import InvalidInput
from matchmaker.profiles import KINDS, Profiles
from matchmaker.ranking import rank
from matchmaker.reader import Snapshot
from matchmaker.services.composing.settings import Settings, to_stored
from matchmaker.services.crowding import prices_on
from matchmaker.services.exposure_policies import floors_on
from matchmaker.services.presets import live_preset, read_weighting
from matchmaker.services.recommendations import PURPOSE
from matchmaker.store.challenges import Posed, need_of
from matchmaker.store.needs import row_of
from matchmaker.store.offers import bits_of
from matchmaker.store.reading import Visibility
from matchmaker.store.team_facts import read_facts
from models.taxonomy import ChainNode


@dataclass(frozen=True)
class SourcedRule:
    """A rule of the call with its citation."""

    rule: TeamRule
    source: str = ""


@dataclass(frozen=True, eq=False)
class Puzzle:
    """One question with what it was made from; the same inputs have the same `sha256`."""

    posed: Posed
    settings: Settings
    lead_id: UUID
    rules: tuple[SourcedRule, ...]
    facts: Facts
    compiled: Compiled
    asked: Asked
    profiles: Profiles
    newcomer_projects: int  # at most so many past projects make a newcomer
    organisation_ids: tuple[UUID, ...]  # of the candidates, the lead first
    offer_ids: tuple[UUID | None, ...]
    is_facility: tuple[bool, ...]
    index_version: str
    preset_code: str
    sha256: str

    @property
    def instance(self) -> Instance:
        return self.asked.instance

    @cached_property
    def guide(self) -> Relaxation:
        """The linear relaxation, solved once: the first search is led by it, and the proof begins with its bound."""
        return relaxation(self.instance)

    @property
    def budget(self) -> float | None:
        return self.asked.question.budget

    def rows_of(self, organisation_ids: Iterable[UUID | str]) -> np.ndarray:
        """Rows of those who are candidates, rising."""
        wanted = {str(key) for key in organisation_ids}
        return np.array([row for row, key in enumerate(self.organisation_ids) if str(key) in wanted], np.intp)


def put(
    session: Session,
    snapshot: Snapshot,
    posed: Posed,
    settings: Settings,
    *,
    lead_id: UUID,
    rules: Sequence[SourcedRule] = (),
    barred: Iterable[UUID] = (),
    today: date,
) -> Puzzle:
    """The question of `posed` for a team led by `lead_id`; `barred` are out beside those of the settings."""
    profiles = snapshot.engine.profiles
    question = _question(snapshot, posed, settings, lead_id, barred, today)
    preset = live_preset(session, PURPOSE)
    weighting = read_weighting(session, preset)
    ranking = rank(snapshot.engine, question.need, weighting, top=len(profiles.organisations))
    pool = pool_of(question, ranking, profiles)
    ids = tuple(UUID(key.decode()) for key in profiles.organisations.ids[pool.organisation])
    facts = read_facts(session, ids, sees=Visibility(session), today=today, chains=_chains(session, posed))
    cost = planned_costs(question, pool, profiles)
    cost[0] = np.nan  # what is left for the lead is not settled
    facts = replace(facts, money=cost)
    compiled = compile_rules(
        [one.rule for one in rules], facts, lead=0, members_at_most=question.members_at_most, budget=question.budget
    )
    price = prices_on(session, PURPOSE, today).rows(profiles).price
    asked = ask(question, pool, profiles, weighting, prices=price, compiled=compiled)
    asked = replace(asked, instance=relaxed(asked.instance, [one.change for one in settings.relaxed]))
    return Puzzle(
        posed=posed,
        settings=settings,
        lead_id=lead_id,
        rules=tuple(rules),
        facts=facts,
        compiled=compiled,
        asked=asked,
        profiles=profiles,
        newcomer_projects=floors_on(session, PURPOSE).projects_at_most,
        organisation_ids=ids,
        offer_ids=tuple(None if row < 0 else UUID(profiles.offers.ids[row].decode()) for row in pool.offer.tolist()),
        is_facility=tuple(row >= 0 and bool(profiles.offers.is_facility[row]) for row in pool.offer.tolist()),
        index_version=snapshot.version,
        preset_code=preset.code,
        sha256=_hash(asked.instance, ids, settings),
    )


def _question(
    snapshot: Snapshot, posed: Posed, settings: Settings, lead_id: UUID, barred: Iterable[UUID], today: date
) -> Question:
    settings.check()
    profiles = snapshot.engine.profiles
    _check_capabilities(posed, profiles)
    lead = _row(profiles, lead_id, "lead_id")
    row_of_code = {code: row for row, code in enumerate(profiles.vocabulary["capabilities"])}
    out = (row_of(profiles, key) for key in {*settings.barred, *barred} - {lead_id})
    return Question(
        need=need_of(posed, profiles, snapshot.encoder, lead=lead, today=today),
        lead=lead,
        musts=frozenset(row_of_code[one.code] for one in posed.capabilities if one.is_must),
        seats=tuple(
            Seat(seat.key, bits_of(seat.kinds, KINDS), seat.least, seat.most, seat.cost) for seat in posed.seats
        ),
        members_at_most=settings.members_at_most or posed.members_at_most,
        budget=settings.budget or posed.budget,
        held=frozenset(_row(profiles, key, "held") for key in settings.held if key != lead_id),
        barred=frozenset(row for row in out if row is not None),
    )


def _row(profiles: Profiles, organisation_id: UUID, field: str) -> int:
    row = row_of(profiles, organisation_id)
    if row is None:
        raise InvalidInput("not_in_index", field=field, id=str(organisation_id))
    return row


def _check_capabilities(posed: Posed, profiles: Profiles) -> None:
    known = set(profiles.vocabulary["capabilities"])
    if unknown := [one.code for one in posed.capabilities if one.code not in known]:
        raise InvalidInput("unknown_capabilities", field="capabilities", codes=unknown)


def _chains(session: Session, posed: Posed) -> set[str]:
    chains = select(ChainNode.chain_code).where(col(ChainNode.code).in_(posed.node_codes))
    return set(session.exec(chains).all())


def _hash(instance: Instance, ids: Sequence[UUID], settings: Settings) -> str:
    """Of every number that an answer can depend on."""
    digest = hashlib.sha256(json.dumps([list(map(str, ids)), to_stored(settings)], sort_keys=True).encode())
    for name, part in _parts_of(instance).items():
        digest.update(name.encode())
        digest.update(np.ascontiguousarray(part).tobytes())
    return digest.hexdigest()


def _parts_of(instance: Instance) -> Mapping[str, np.ndarray]:
    needed = asdict(instance.capabilities)
    parts: dict[str, np.ndarray] = {f"capabilities.{name}": np.asarray(part) for name, part in needed.items()}
    for name in ("value", "pairs", "worth", "apart", "held", "barred"):
        parts[name] = np.asarray(getattr(instance, name))
    for number, rule in enumerate(instance.rules):
        parts[f"rule.{number}.{rule.key}"] = np.append(rule.weights, [rule.low, rule.high, rule.price])
    for number, spread in enumerate(instance.spreads):
        parts[f"spread.{number}.{spread.key}"] = np.append(spread.group, spread.least)
    for number, seat in enumerate(instance.seats):
        parts[f"seat.{number}.{seat.key}"] = np.append(seat.admits, [seat.least, seat.most])
    return parts
