"""What would make a room's team pass: the cheapest changes around those who have said yes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
from sqlmodel import Session

from matchmaker.consortium.check import breaches
from matchmaker.consortium.repair import repairs
from matchmaker.errors import InvalidInput
from matchmaker.profiles import Mask
from matchmaker.reader import Reader
from matchmaker.services.actors import Actor
from matchmaker.services.composing import asking, reading
from matchmaker.services.composing.naming import read_names
from matchmaker.services.composing.puzzles import Puzzle
from matchmaker.services.composing.reading import Reading
from matchmaker.services.composing.results import question_of, repair_of
from matchmaker.services.consortia import rooms
from matchmaker.services.consortia.rooms import Room
from matchmaker.store.needs import row_of
from models.consortia import Composition
from models.enums import SeatState
from models.organisations import Organisation

IN_THE_TEAM = frozenset({SeatState.PROPOSED, SeatState.INVITED, SeatState.ACCEPTED})
# A page waits for it; the price of a repair is least in any case, its team the best found by then.
SECONDS = 3.0


@dataclass(frozen=True)
class Mending:
    """`repairs` as plain values like those of a composition, whose `reading` has the names in them.

    `outside` are in the room and no candidates of the composer, so that nothing is known of what they can do.
    """

    reading: Reading
    passes: bool
    repairs: Sequence[dict[str, Any]]
    outside: Sequence[Organisation]


def mend(session: Session, actor: Actor, reader: Reader, consortium_id: UUID, *, today: date) -> Mending:
    """The team of the room as it stands, with the repairs that the composer's question allows; for its lead."""
    room = rooms.get_room(session, actor, consortium_id)
    rooms.require_lead(actor, room)
    composition = session.get(Composition, room.consortium.composition_id) if room.consortium.composition_id else None
    if composition is None:
        raise InvalidInput("no_composition")
    puzzle = asking.read_puzzle(session, reader, composition, today=today)
    team = _members(room, IN_THE_TEAM)
    present = puzzle.rows_of(team)
    found = repairs(
        puzzle.instance,
        present=present,
        accepted=puzzle.rows_of(_members(room, {SeatState.ACCEPTED})),
        busy=_busy(puzzle),
        seconds=SECONDS,
    )
    told = [repair_of(puzzle, one) for one in found]
    read = reading.read(session, actor, composition.id, today=today)
    question = question_of(puzzle)  # of today: rules and seats may be others than when the team was composed
    names = read_names(session, [told, question, composition.result], also=map(str, team))
    known = {puzzle.organisation_ids[row] for row in present.tolist()}
    return Mending(
        reading=replace(read, named=names, question=question),
        passes=not breaches(puzzle.instance, present),
        repairs=told,
        outside=[room.organisations[key] for key in team if key not in known],
    )


def _members(room: Room, states: frozenset[SeatState] | set[SeatState]) -> list[UUID]:
    return [seat.organisation_id for seat in room.seats if seat.organisation_id and seat.state in states]


def _busy(puzzle: Puzzle) -> Mask:
    """Who says that it can take on nothing more; the lead has chosen to."""
    free = puzzle.profiles.organisations.free_capacity
    rows = [row_of(puzzle.profiles, key) for key in puzzle.organisation_ids]
    return np.array([number > 0 and row is not None and free[row] == 0 for number, row in enumerate(rows)], bool)
