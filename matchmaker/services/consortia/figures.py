"""What a room's team looks like as a whole, and which other consortia share its members."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.consortium.indicators import Indicator, coverage, indicators, overlaps_of
from matchmaker.profiles import Smalls
from matchmaker.services.actors import Actor
from matchmaker.services.calendar import today
from matchmaker.services.consortia import checking, rooms
from matchmaker.services.consortia.rooms import Room
from matchmaker.services.exposure_policies import floors_on
from matchmaker.services.recommendations import PURPOSE
from matchmaker.store.team_facts import read_facts
from models.base import columns_of
from models.challenges import ChallengeCapability
from models.consortia import Consortium, Seat
from models.enums import ConsortiumState, PostingState, SeatState
from models.offers import Offer, OfferCapability
from models.organisations import OrganisationNode

__all__ = ["Indicator", "Shared", "indicators_of", "overlaps_with"]


@dataclass(frozen=True)
class Shared:
    """Another consortium with members in common; `share` is of the smaller of the two."""

    consortium: Consortium
    members: int
    share: float


def indicators_of(session: Session, room: Room) -> Mapping[str, Indicator]:
    """Over everybody who is on a seat, by what the room may know of them; under the names that compositions use."""
    seated = [seat for seat in room.seats if seat.organisation_id]
    ids = [seat.organisation_id for seat in seated if seat.organisation_id]
    sees = checking.seen_in(session, room)
    facts = read_facts(session, ids, sees=sees, today=today())
    money = np.array([np.nan if seat.money is None else seat.money for seat in seated], np.float64)
    nodes = _nodes(session, ids)
    found = indicators(
        replace(facts, money=money),
        coverage=_coverage(session, room, ids),
        nodes=[nodes.get(key) if sees(key, "nodes") else None for key in ids],
        newcomer_projects_at_most=floors_on(session, PURPOSE).projects_at_most,
    )
    return {
        "coverage": found.coverage,
        "newcomers": found.newcomers,
        "smes": found.smes,
        "state": found.ownership.state,
        "private": found.ownership.private,
        "node_span": found.node_span,
        "concentration": found.concentration,
    }


def overlaps_with(session: Session, actor: Actor, room: Room) -> Sequence[Shared]:
    """Living consortia that share members with this one, as far as the reader is inside them; the closest first."""
    mine = {seat.organisation_id for seat in room.members}
    others = (
        select(Seat.consortium_id)
        .join(Consortium, col(Consortium.id) == col(Seat.consortium_id))
        .where(
            col(Seat.organisation_id).in_(mine),
            Seat.state == SeatState.ACCEPTED,
            Consortium.state != ConsortiumState.DISSOLVED,
        )
    )
    seats = (
        select(Seat.organisation_id, Consortium)
        .join(Consortium, col(Consortium.id) == col(Seat.consortium_id))
        .where(col(Consortium.id).in_(others), Seat.state == SeatState.ACCEPTED)
    )
    near: dict[UUID, Consortium] = {}
    teams: dict[UUID, set[UUID]] = {}
    for member, consortium in session.exec(seats):
        near[consortium.id] = consortium
        teams.setdefault(consortium.id, set()).update([member] if member else [])
    seen = rooms.open_rooms(session, actor, near.values(), teams)
    open_to = {str(one.id): {str(member) for member in teams[one.id]} for one in seen}
    return [
        Shared(near[UUID(one.second)], len(one.shared), one.share)
        for one in overlaps_of(str(room.consortium.id), open_to)
    ]


def _coverage(session: Session, room: Room, ids: Sequence[UUID]) -> Indicator:
    """Of what the challenge needs, by the published offers of those on seats."""
    wanted = select(ChallengeCapability).where(ChallengeCapability.challenge_id == room.consortium.challenge_id)
    needed = session.exec(wanted.order_by(ChallengeCapability.capability_code)).all()
    codes = [one.capability_code for one in needed]
    levels: Smalls = np.zeros((len(ids), len(codes)), np.int8)
    table, offers = columns_of(OfferCapability), columns_of(Offer)
    held = (
        sa.select(offers.organisation_id, table.capability_code, sa.func.max(table.level))
        .join_from(table.offer_id.table, offers.id.table, table.offer_id == offers.id)
        .where(
            offers.organisation_id.in_(ids),
            table.capability_code.in_(codes),
            offers.state == PostingState.PUBLISHED,
            offers.valid_until >= today(),
        )
        .group_by(offers.organisation_id, table.capability_code)
    )
    for organisation_id, code, level in session.execute(held):
        levels[ids.index(organisation_id), codes.index(code)] = level
    required = np.array([one.level for one in needed], np.int8)
    return coverage(levels, required, np.array([one.weight for one in needed], np.float64))


def _nodes(session: Session, ids: Sequence[UUID]) -> Mapping[UUID, list[str]]:
    nodes: dict[UUID, list[str]] = {}
    for one in session.exec(select(OrganisationNode).where(col(OrganisationNode.organisation_id).in_(ids))):
        nodes.setdefault(one.organisation_id, []).append(one.node_code)
    return nodes
