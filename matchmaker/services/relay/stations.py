"""Everybody who could take a technology further: open facilities, live offers and published scenes, hop by hop.

Figures are taken from what is stated: a facility's lead time and price list, an offer's lowest price, a scene's months
and the own money that it asks for. How long the work itself takes is the hop's usual length, an assumption.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.services.actors import Actor
from matchmaker.services.calendar import today
from matchmaker.services.challenges.seeing import seen_by
from matchmaker.services.relay.asking import Question
from matchmaker.services.relay.nearness import Nearness
from matchmaker.store.reading import Visibility
from models.challenges import Challenge, ChallengeCapability
from models.enums import ChallengeKind, ChallengeStage, OpenTo, OrganisationKind, OrganisationState, PostingState
from models.facilities import Facility, FacilityCapability, FacilityService
from models.offers import Offer, OfferCapability
from models.organisations import Organisation, OrganisationNode
from models.taxonomy import ChainNode, RelayHop

DAYS_A_MONTH = 30.4375
OFFER_COLUMNS = ("id", "organisation_id", "type", "title_zh", "title_en", "trl_low", "trl_high", "budget_low")


class StationKind(StrEnum):
    FACILITY = "facility"
    OFFER = "offer"
    SCENE = "scene"


@dataclass(frozen=True, kw_only=True)
class Station:
    """One who could carry a hop. `months` is waiting and work where both are stated; `assumed_months` is the part that
    is the hop's usual length. `money` is at least what it costs; None is unknown."""

    kind: StationKind
    id: UUID
    organisation_id: UUID
    hop: int
    title_zh: str
    title_en: str
    trl_in: int | None
    trl_out: int | None
    waiting_months: float | None = None
    stated_months: float | None = None
    assumed_months: float | None = None
    money: float | None = None
    list_price: float | None = None  # before the discount
    closeness: float = 0.0
    open_to: OpenTo | None = None
    is_open: bool = True

    @property
    def months(self) -> float | None:
        work = self.stated_months if self.stated_months is not None else self.assumed_months
        return None if work is None else work + (self.waiting_months or 0.0)


@dataclass(frozen=True)
class Surroundings:
    """What the stations are judged by, read once."""

    hops: Sequence[RelayHop]
    owners: Mapping[UUID, OrganisationKind]  # active organisations
    nodes: Mapping[UUID, frozenset[str]]  # open chain nodes of each organisation
    chain_of: Mapping[str, str]
    question: Question
    nearness: Nearness

    @property
    def asks_as_sme(self) -> bool:
        asker = self.question.organisation_id
        return asker is not None and self.owners.get(asker) is OrganisationKind.SME

    def chains(self, node_codes: Iterable[str]) -> set[str]:
        return {self.chain_of[code] for code in node_codes if code in self.chain_of}


def list_hops(session: Session) -> Sequence[RelayHop]:
    return session.exec(select(RelayHop).order_by(col(RelayHop.position_in_list), RelayHop.code)).all()


def list_stations(session: Session, actor: Actor, question: Question) -> list[Station]:
    """All of them, those that miss something among them; in a fixed order."""
    around = _look_around(session, question)
    found = [*_facilities(session, around), *_offers(session, around), *_scenes(session, actor, around)]
    return sorted(found, key=lambda station: (station.hop, str(station.id)))


def hop_of(
    hops: Sequence[RelayHop], owner: OrganisationKind, trl_out: int | None, *, type_: str = "", facility: bool = False
) -> int | None:
    """The first hop that admits it and reaches as high as it does; else the last that admits it."""
    admitting = [row for row, hop in enumerate(hops) if _admits(hop, owner, type_=type_, facility=facility)]
    if not admitting:
        return None
    return next((row for row in admitting if trl_out is not None and hops[row].trl_high >= trl_out), admitting[-1])


def _admits(hop: RelayHop, owner: OrganisationKind, *, type_: str, facility: bool) -> bool:
    is_taken = hop.takes_facilities if facility else type_ in hop.offer_types.split("|")
    return is_taken and owner in hop.owner_kinds.split("|")


def _look_around(session: Session, question: Question) -> Surroundings:
    # Columns, not records: a few thousand rows of which two or three fields are read.
    active = select(Organisation.id, Organisation.kind).where(Organisation.state == OrganisationState.ACTIVE)
    owners = {key: OrganisationKind(kind) for key, kind in session.exec(active)}
    is_open = Visibility(session)
    nodes: dict[UUID, set[str]] = defaultdict(set)
    for owner_id, code in session.exec(select(OrganisationNode.organisation_id, OrganisationNode.node_code)):
        if is_open(owner_id, "nodes"):
            nodes[owner_id].add(code)
    return Surroundings(
        hops=list_hops(session),
        owners=owners,
        nodes={key: frozenset(codes) for key, codes in nodes.items()},
        chain_of=dict(session.exec(select(ChainNode.code, ChainNode.chain_code)).all()),
        question=question,
        nearness=Nearness(session, question),
    )


def _facilities(session: Session, around: Surroundings) -> Iterator[Station]:
    tags = _codes(session.exec(select(FacilityCapability.facility_id, FacilityCapability.capability_code)).all())
    prices = _price_lists(session)
    for facility in session.exec(select(Facility).where(Facility.state == PostingState.PUBLISHED)):
        owner_id = facility.organisation_id
        hop = _hop(around, owner_id, facility.trl_out, facility=True)
        if hop is None:
            continue
        lines = prices.get(facility.id, [])
        days = facility.lead_time_days
        nodes = around.nodes.get(owner_id, frozenset())
        yield Station(
            kind=StationKind.FACILITY,
            id=facility.id,
            organisation_id=owner_id,
            hop=hop,
            title_zh=facility.name_zh,
            title_en=facility.name_en,
            trl_in=facility.trl_in,
            trl_out=facility.trl_out,
            waiting_months=None if days is None else days / DAYS_A_MONTH,
            assumed_months=around.hops[hop].months,
            money=price_once(lines, discounted=around.asks_as_sme),
            list_price=price_once(lines, discounted=False),
            closeness=around.nearness.of_partner(tags[facility.id], nodes),
            open_to=facility.open_to,
            is_open=_is_open(facility.open_to, owner_id, around),
        )


def price_once(lines: Sequence[FacilityService], *, discounted: bool) -> float | None:
    """Every priced line of the list once, in its unit: the least that a full verification costs."""
    prices = [line.price * (1 - (line.sme_discount or 0.0) * discounted) for line in lines if line.price is not None]
    return sum(prices) if prices else None


def _price_lists(session: Session) -> dict[UUID, list[FacilityService]]:
    lists: dict[UUID, list[FacilityService]] = defaultdict(list)
    for line in session.exec(select(FacilityService)):
        lists[line.facility_id].append(line)
    return lists


def _is_open(open_to: OpenTo | None, owner_id: UUID, around: Surroundings) -> bool:
    """Open to the one who asks. Where nobody has said to whom, one may ask: a route names whom to ask, and says so.

    What is counted as open on the map and in what-ifs is ruled in chain/doors.py.
    """
    if open_to is OpenTo.MEMBERS:
        return False
    if open_to is not OpenTo.CHAIN:
        return True
    mine = around.chains(around.nearness.asked_node_codes())
    if around.question.organisation_id is not None:
        mine |= around.chains(around.nodes.get(around.question.organisation_id, ()))
    return bool(mine & around.chains(around.nodes.get(owner_id, ())))


def _offers(session: Session, around: Surroundings) -> Iterator[Station]:
    tags = _codes(session.exec(select(OfferCapability.offer_id, OfferCapability.capability_code)).all())
    live = sa.select(*(getattr(Offer, name) for name in OFFER_COLUMNS)).where(
        col(Offer.state) == PostingState.PUBLISHED, col(Offer.valid_until) >= today()
    )
    for offer in session.execute(live):
        owner_id = offer.organisation_id
        hop = _hop(around, owner_id, offer.trl_high, type_=offer.type)
        if hop is None:
            continue
        span = around.hops[hop]
        nodes = around.nodes.get(owner_id, frozenset())
        judge = around.nearness.of_scene if span.takes_scenes else around.nearness.of_partner
        yield Station(
            kind=StationKind.OFFER,
            id=offer.id,
            organisation_id=owner_id,
            hop=hop,
            title_zh=offer.title_zh,
            title_en=offer.title_en,
            # An offer says how far its own thing is; what is more than the hop, it does not do for others.
            trl_in=None if offer.trl_low is None else max(offer.trl_low, span.trl_low),
            trl_out=None if offer.trl_high is None else min(offer.trl_high, span.trl_high),
            assumed_months=span.months,
            money=offer.budget_low,
            list_price=offer.budget_low,
            closeness=judge(tags[offer.id], nodes),
        )


def _scenes(session: Session, actor: Actor, around: Surroundings) -> Iterator[Station]:
    hop = next((row for row, hop in enumerate(around.hops) if hop.takes_scenes), None)
    if hop is None:
        return
    tags = _codes(session.exec(select(ChallengeCapability.challenge_id, ChallengeCapability.capability_code)).all())
    until = col(Challenge.answers_until)
    scenes = select(Challenge).where(
        Challenge.kind == ChallengeKind.SCENE,
        col(Challenge.stage).in_((ChallengeStage.PUBLISHED, ChallengeStage.ANSWERED)),
        sa.or_(until.is_(None), until >= today()),  # whoever comes later is not let in any more
        seen_by(actor),
    )
    for scene in session.exec(scenes):
        if scene.organisation_id not in around.owners or scene.organisation_id == around.question.organisation_id:
            continue
        nodes = scene.node_codes or list(around.nodes.get(scene.organisation_id, frozenset()))
        yield Station(
            kind=StationKind.SCENE,
            id=scene.id,
            organisation_id=scene.organisation_id,
            hop=hop,
            title_zh=scene.title_zh,
            title_en=scene.title_en,
            trl_in=scene.trl_from,
            trl_out=scene.trl_to,
            stated_months=scene.months,
            assumed_months=around.hops[hop].months,
            money=scene.own_money,
            list_price=scene.own_money,
            closeness=around.nearness.of_scene(tags[scene.id], nodes),
        )


def _hop(
    around: Surroundings, owner_id: UUID, trl_out: int | None, *, type_: str = "", facility: bool = False
) -> int | None:
    """Its hop; None for who is closed, carries none, or asks: nobody is shown itself as the partner."""
    kind = around.owners.get(owner_id)
    if kind is None or owner_id == around.question.organisation_id:
        return None
    return hop_of(around.hops, kind, trl_out, type_=type_, facility=facility)


def _codes(rows: Iterable[tuple[UUID, str]]) -> defaultdict[UUID, list[str]]:
    codes: defaultdict[UUID, list[str]] = defaultdict(list)
    for key, code in rows:
        codes[key].append(code)
    return codes
