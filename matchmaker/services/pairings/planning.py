"""The plan of pairings: proposed by the engine, taken over by an officer, agreed or declined pair by pair.

What is agreed stays in every plan, what was declined comes back in none. Taking a plan over replaces what was proposed
before and nothing else.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from sqlmodel import Session, col, select

from matchmaker.consortium import pairing as engine
from matchmaker.consortium.pairing import Unpaired
from matchmaker.errors import InvalidInput, NotFound
from matchmaker.profiles import Ints, Scores
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.changes import check_version
from matchmaker.services.pairings.evidence import TERMS, Evidence, read_evidence
from models.consortia import Pairing
from models.enums import OrganisationKind, OrganisationState, PairingType, SeatState
from models.offers import Need, Offer
from models.organisations import Organisation

MOST_EACH = 10
LONGEST_NOTE = 1000
DECISIONS = (SeatState.PROPOSED, SeatState.ACCEPTED, SeatState.DECLINED)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Bounds of a plan; an institution that says how much it can still take on is asked for no more than that."""

    parks_at_most: int = 2
    institutions_at_most: int = 3
    least_fit: float = 0.3


@dataclass(frozen=True)
class Term:
    """What one ground adds to a fit, in points of 100; `value` None is unknown and adds nothing."""

    name: str
    value: float | None
    points: float  # with one digit, so that those of a fit sum to it as it is shown


@dataclass(frozen=True)
class Reasons:
    """Why a pair suits each other in one way: terms that sum to the fit, and what they were read from."""

    type: PairingType
    fit: float | None  # None: nothing speaks for it
    coverage: float
    terms: Sequence[Term]
    offers: Sequence[Offer]
    needs: Sequence[Need]
    demands: int
    reached: int
    source: str


@dataclass(frozen=True)
class Proposed:
    """One pairing of a plan; `record` is what is stored of it already."""

    institution: Organisation
    park: Organisation
    reasons: Reasons
    record: Pairing | None


@dataclass(frozen=True)
class ParkPlan:
    park: Organisation
    pairings: Sequence[Proposed]
    unpaired: Unpaired | None


@dataclass(frozen=True)
class Proposal:
    settings: Settings
    parks: Sequence[ParkPlan]
    idle: Sequence[Organisation]  # institutions that stand in no pairing
    value: float

    @property
    def pairings(self) -> list[Proposed]:
        return [one for park in self.parks for one in park.pairings]


@dataclass(frozen=True)
class Adopted:
    added: int
    dropped: int


def propose(session: Session, actor: Actor, settings: Settings) -> Proposal:
    """The best plan by what is known now; nothing is stored."""
    require(actor, Permission.PAIRING_PLAN)
    check_settings(settings)
    evidence = read_evidence(session)
    stored = list_pairings(session, actor)
    found = engine.plan(_question(evidence, stored, settings), least_fit=settings.least_fit)
    records = {(one.institution_id, one.park_id, one.type): one for one in stored}
    parks = [_park_plan(evidence, found, records, p) for p in range(len(evidence.parks))]
    busy = set(found.pairings[:, 0].tolist())
    idle = [one for i, one in enumerate(evidence.institutions) if i not in busy]
    return Proposal(settings, parks, idle, found.value)


def adopt(session: Session, actor: Actor, settings: Settings) -> Adopted:
    """Store the plan as proposed pairings, in place of those that were proposed before."""
    proposal = propose(session, actor, settings)
    wanted = {(one.institution.id, one.park.id, one.reasons.type) for one in proposal.pairings}
    stored = {(one.institution_id, one.park_id, one.type): one for one in list_pairings(session, actor)}
    dropped = [one for key, one in stored.items() if one.state is SeatState.PROPOSED and key not in wanted]
    for record in dropped:
        audit.record(session, actor, "pairing.drop", record, changes=_key(record))
        session.delete(record)
    session.flush()
    for institution_id, park_id, way in sorted(wanted - stored.keys(), key=str):
        _add(session, actor, Pairing(institution_id=institution_id, park_id=park_id, type=way), "pairing.propose")
    return Adopted(added=len(wanted - stored.keys()), dropped=len(dropped))


def add_by_hand(
    session: Session, actor: Actor, institution_id: UUID, park_id: UUID, way: PairingType, *, note: str = ""
) -> Pairing:
    """A pairing that an officer knows to be right, whatever the figures say."""
    require(actor, Permission.PAIRING_PLAN)
    _check_kind(session, institution_id, OrganisationKind.SERVICE_INSTITUTION, field="institution")
    _check_kind(session, park_id, OrganisationKind.PARK, field="park")
    _check_note(note)
    same = select(Pairing).where(
        Pairing.institution_id == institution_id, Pairing.park_id == park_id, Pairing.type == way
    )
    if session.exec(same).first() is not None:
        raise InvalidInput("pairing_held", field="type")
    return _add(
        session,
        actor,
        Pairing(institution_id=institution_id, park_id=park_id, type=way, note=note),
        "pairing.add",
    )


def decide(
    session: Session, actor: Actor, pairing: Pairing, state: SeatState, *, note: str, expected_version: int | None
) -> None:
    """Agree on a pairing, decline it (with a word why), or put it back to proposed."""
    require(actor, Permission.PAIRING_PLAN)
    if state not in DECISIONS:
        raise InvalidInput("pairing_state", field="state")
    if state is SeatState.DECLINED and not note:
        raise InvalidInput("note_missing", field="note")
    _check_note(note)
    values: dict[str, object] = {"state": state, "note": note}
    check_version(pairing, values, expected_version=expected_version)
    changes = audit.apply_changes(pairing, values)
    if changes:
        audit.record(session, actor, "pairing.decide", pairing, changes=changes)
        session.flush()


def list_pairings(session: Session, actor: Actor) -> Sequence[Pairing]:
    require(actor, Permission.PAIRING_PLAN)
    return session.exec(select(Pairing).order_by(col(Pairing.park_id), col(Pairing.institution_id), Pairing.type)).all()


def get_pairing(session: Session, actor: Actor, pairing_id: UUID) -> Pairing:
    require(actor, Permission.PAIRING_PLAN)
    pairing = session.get(Pairing, pairing_id)
    if pairing is None:
        raise NotFound("pairing", pairing_id)
    return pairing


def reasons_for(session: Session, actor: Actor, pairing: Pairing) -> Reasons | None:
    """What speaks for a pairing today; None where one of the two is not active any more."""
    require(actor, Permission.PAIRING_PLAN)
    evidence = read_evidence(session)
    rows = evidence.rows_of(pairing.institution_id, pairing.park_id, pairing.type)
    return _reasons(evidence, *rows) if rows else None


def list_sides(session: Session, actor: Actor) -> tuple[Sequence[Organisation], Sequence[Organisation]]:
    """The active institutions and parks, by name, from which a pairing can be made by hand."""
    require(actor, Permission.PAIRING_PLAN)
    kinds = (OrganisationKind.SERVICE_INSTITUTION, OrganisationKind.PARK)
    first, second = (
        session.exec(
            select(Organisation)
            .where(Organisation.kind == kind, Organisation.state == OrganisationState.ACTIVE)
            .order_by(Organisation.name_zh, Organisation.name_en)
        ).all()
        for kind in kinds
    )
    return first, second


def check_settings(settings: Settings) -> None:
    bounds = {"parks_at_most": (1, MOST_EACH), "institutions_at_most": (1, MOST_EACH), "least_fit": (0, 1)}
    for name, (low, high) in bounds.items():
        value = getattr(settings, name)
        if not math.isfinite(value) or not low <= value <= high:
            raise InvalidInput("out_of_range", field=name, low=low, high=high)


def _question(evidence: Evidence, stored: Sequence[Pairing], settings: Settings) -> engine.Question:
    most = settings.parks_at_most
    return engine.Question(
        fit=evidence.fits.fit,
        parks_at_most=np.array([min(most, evidence.free.get(one.id, most)) for one in evidence.institutions], np.int32),
        institutions_at_most=np.full(len(evidence.parks), settings.institutions_at_most, np.int32),
        held=_rows(evidence, [one for one in stored if one.state is SeatState.ACCEPTED]),
        refused=_rows(evidence, [one for one in stored if one.state is SeatState.DECLINED]),
    )


def _rows(evidence: Evidence, pairings: Sequence[Pairing]) -> Ints:
    found = [evidence.rows_of(one.institution_id, one.park_id, one.type) for one in pairings]
    return np.array([rows for rows in found if rows], np.int32).reshape(-1, 3)


def _park_plan(
    evidence: Evidence, found: engine.Plan, records: Mapping[tuple[UUID, UUID, PairingType], Pairing], p: int
) -> ParkPlan:
    park = evidence.parks[p]
    pairings = []
    for i, _p, w in found.pairings[found.pairings[:, 1] == p].tolist():
        institution, way = evidence.institutions[i], evidence.ways[w].type
        record = records.get((institution.id, park.id, way))
        pairings.append(Proposed(institution, park, _reasons(evidence, i, p, w), record))
    return ParkPlan(park, pairings, found.unpaired.get(p))


def _reasons(evidence: Evidence, i: int, p: int, w: int) -> Reasons:
    fits, way = evidence.fits, evidence.ways[w]
    fit = float(fits.fit[i, p, w])
    points = _in_points(fits.parts[i, p, w])
    terms = [
        Term(name, None if np.isnan(value) else float(value), shown)
        for name, value, shown in zip(TERMS, fits.values[i, p, w], points, strict=True)
    ]
    return Reasons(
        type=way.type,
        fit=None if math.isnan(fit) else fit,
        coverage=float(fits.coverage[i, p, w]),
        terms=terms,
        offers=evidence.offers.get((evidence.institutions[i].id, way.type), ()),
        needs=evidence.needs.get((evidence.parks[p].id, way.type), ()),
        demands=int(evidence.demands[p, w]),
        reached=int(evidence.reached[i, p, w]),
        source=way.source,
    )


def _in_points(parts: Scores) -> list[float]:
    """Parts of a fit as points with one digit that sum to the fit with one digit."""
    sums = np.round(100 * np.cumsum(parts), 1)
    return [float(round(step, 1)) for step in np.diff(sums, prepend=0.0)]


def _add(session: Session, actor: Actor, pairing: Pairing, action: str) -> Pairing:
    session.add(pairing)
    session.flush()
    audit.record(session, actor, action, pairing, changes=_key(pairing))
    return pairing


def _key(pairing: Pairing) -> dict[str, object]:
    return {"institution": pairing.institution_id, "park": pairing.park_id, "type": pairing.type}


def _check_kind(session: Session, organisation_id: UUID, kind: OrganisationKind, *, field: str) -> None:
    found = session.get(Organisation, organisation_id)
    if found is None or found.kind is not kind:
        raise InvalidInput("wrong_kind", field=field, kind=kind)


def _check_note(note: str) -> None:
    if len(note) > LONGEST_NOTE:
        raise InvalidInput("too_long", field="note", most=LONGEST_NOTE)
