"""The answer: the cheapest and the fastest way, what is missing on it and who is nearest, and whose money fits."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from sqlmodel import Session, col, select

from matchmaker.consortium import relay as engine
from matchmaker.errors import InvalidInput
from matchmaker.profiles import UNKNOWN
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.relay.asking import Question, check_levels
from matchmaker.services.relay.nearness import Nearness
from matchmaker.services.relay.stations import Station, list_hops, list_stations
from models.enums import FinancingStage, MandateStatus, OrganisationState
from models.funds import Mandate, MandateField
from models.organisations import Organisation
from models.taxonomy import ChainNode, RelayHop

# From `near` on a station can be taken, from `close` on it does the very thing; below `near` it can only be the nearest
# to a gap. A capability of the same chain node is worth .45, the one that is asked for 1 (matchmaker/taxonomy.py).
FITNESS = engine.Fitness(near=0.3, close=0.6)
MOST_FUNDS = 3


@dataclass(frozen=True)
class Nearest:
    """Who comes nearest to closing a gap, and by what it misses."""

    station: Station
    miss: engine.Miss


@dataclass(frozen=True)
class Step:
    """One hand-over. Without a station it is a gap; `nearest` is None where nobody stands at that hop at all."""

    hop: RelayHop
    trl_from: int
    trl_to: int
    station: Station | None
    nearest: Nearest | None
    funds: Sequence["FittingFund"]

    @property
    def is_near(self) -> bool:
        """The station does something near to what is needed, not the thing itself."""
        return self.station is not None and self.station.closeness < FITNESS.close


@dataclass(frozen=True)
class FittingFund:
    mandate_id: UUID
    organisation_id: UUID
    stages: tuple[FinancingStage, ...]  # of the fund and of this hop
    ticket_low: float | None
    ticket_high: float | None
    is_main_field: bool


@dataclass(frozen=True)
class Way:
    steps: Sequence[Step]
    money: float
    months: float
    unpriced: int
    untimed: int
    missing_levels: int
    assumed_months: float
    skipped: Sequence[RelayHop]  # hops that this way has no need of

    @property
    def gaps(self) -> int:
        return sum(step.station is None for step in self.steps)


@dataclass(frozen=True)
class Relay:
    """`others` are the ways between: none is beaten in both money and months by another."""

    question: Question
    cheapest: Way
    fastest: Way
    others: Sequence[Way]
    looked_at: int
    hops: Sequence[RelayHop]
    organisations: Mapping[UUID, Organisation]  # of all stations and funds above


def find_relay(session: Session, actor: Actor, question: Question) -> Relay:
    require(actor, Permission.RELAY_VIEW)
    check_levels(question.trl_from, question.trl_to)
    if question.says_nothing:
        raise InvalidInput("relay_says_nothing", field="about")
    hops = list_hops(session)
    stations = list_stations(session, actor, question)
    columns = columns_of(stations)
    spans = [engine.HopRange(hop.trl_low, hop.trl_high) for hop in hops]
    found = engine.find_ways(columns, spans, start=question.trl_from, goal=question.trl_to, fitness=FITNESS)
    funds = _fitting_funds(session, question, hops)
    ways = {way: _told(way, columns, stations, hops, funds) for way in found}
    cheapest, fastest = engine.cheapest(found), engine.fastest(found)
    others = [told for way, told in ways.items() if way not in (cheapest, fastest)]
    return Relay(
        question=question,
        cheapest=ways[cheapest],
        fastest=ways[fastest],
        others=others,
        looked_at=len(stations),
        hops=hops,
        organisations=_organisations(session, ways.values()),
    )


def _organisations(session: Session, ways: Iterable[Way]) -> dict[UUID, Organisation]:
    steps = [step for way in ways for step in way.steps]
    stations = [step.station or (step.nearest.station if step.nearest else None) for step in steps]
    ids = {station.organisation_id for station in stations if station}
    ids |= {fund.organisation_id for step in steps for fund in step.funds}
    found = session.exec(select(Organisation).where(col(Organisation.id).in_(ids)))
    return {organisation.id: organisation for organisation in found}


def columns_of(stations: Sequence[Station]) -> engine.Stations:
    return engine.Stations(
        hop=np.array([station.hop for station in stations], np.int32),
        trl_in=np.array([UNKNOWN if one.trl_in is None else one.trl_in for one in stations], np.int32),
        trl_out=np.array([UNKNOWN if one.trl_out is None else one.trl_out for one in stations], np.int32),
        months=np.array([np.nan if one.months is None else one.months for one in stations], float),
        money=np.array([np.nan if one.money is None else one.money for one in stations], float),
        closeness=np.array([station.closeness for station in stations], float),
        is_open=np.array([station.is_open for station in stations], bool),
    )


def _told(
    way: engine.Way,
    columns: engine.Stations,
    stations: Sequence[Station],
    hops: Sequence[RelayHop],
    funds: Sequence[Sequence[FittingFund]],
) -> Way:
    steps = [
        Step(
            hop=hops[leg.hop],
            trl_from=leg.trl_from,
            trl_to=leg.trl_to,
            station=None if leg.is_missing else stations[leg.station],
            nearest=_nearest(leg, columns, stations) if leg.is_missing else None,
            funds=funds[leg.hop],
        )
        for leg in way.legs
    ]
    assumed = [one.station.assumed_months for one in steps if one.station and one.station.stated_months is None]
    used = {step.hop.code for step in steps}
    lowest, highest = way.legs[0].trl_from, way.legs[-1].trl_to
    skipped = [hop for hop in hops if hop.code not in used and hop.trl_low < highest and hop.trl_high > lowest]
    return Way(
        steps=steps,
        money=way.money,
        months=way.months,
        unpriced=way.unpriced,
        untimed=way.untimed,
        missing_levels=way.missing_levels,
        assumed_months=sum(months for months in assumed if months is not None),
        skipped=skipped,
    )


def _nearest(gap: engine.Leg, columns: engine.Stations, stations: Sequence[Station]) -> Nearest | None:
    miss = engine.nearest(columns, gap, least_closeness=FITNESS.near)
    return None if miss is None else Nearest(stations[miss.station], miss)


def _fitting_funds(session: Session, question: Question, hops: Sequence[RelayHop]) -> list[list[FittingFund]]:
    """For each hop, funds that invest now, at one of its stages, in a node that is asked for or one above it."""
    parents = dict(session.exec(select(ChainNode.code, ChainNode.parent_code)).all())
    asked = Nearness(session, question).asked_node_codes()
    wanted = {code for node in asked for code in (node, parents.get(node)) if code}
    fields: dict[UUID, dict[str, bool]] = defaultdict(dict)
    for field in session.exec(select(MandateField)):
        if field.node_code in wanted:
            fields[field.mandate_id][field.node_code] = field.is_main
    investing = (
        select(Mandate)
        .join(Organisation)
        .where(Mandate.status == MandateStatus.INVESTING, Organisation.state == OrganisationState.ACTIVE)
    )
    mandates = [mandate for mandate in session.exec(investing) if mandate.id in fields]
    return [_of_hop(hop, mandates, fields) for hop in hops]


def _of_hop(hop: RelayHop, mandates: Sequence[Mandate], fields: dict[UUID, dict[str, bool]]) -> list[FittingFund]:
    wanted = hop.stages.split("|")
    fitting = [
        FittingFund(
            mandate_id=mandate.id,
            organisation_id=mandate.organisation_id,
            stages=tuple(FinancingStage(stage) for stage in mandate.stages if stage in wanted),
            ticket_low=mandate.ticket_low,
            ticket_high=mandate.ticket_high,
            is_main_field=any(fields[mandate.id].values()),
        )
        for mandate in mandates
        if set(mandate.stages) & set(wanted)
    ]
    return sorted(fitting, key=lambda fund: (not fund.is_main_field, -(fund.ticket_high or 0), str(fund.mandate_id)))[
        :MOST_FUNDS
    ]
