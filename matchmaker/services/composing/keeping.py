"""What the worker writes into a composition, step by step. Each is called in a transaction of its own."""

from importlib.metadata import version
from typing import Any
from uuid import UUID

from sqlmodel import Session

from matchmaker.services import audit
from matchmaker.services.actors import PLATFORM
from matchmaker.services.composing import results
from matchmaker.services.composing.puzzles import Puzzle
from matchmaker.services.composing.solving import Found, team_of
from models.base import utc_now
from models.consortia import Composition
from models.enums import CompositionState

#: Points of the closing gap that are kept; a proof of a minute has fewer.
MOST_POINTS = 120


def begin(session: Session, composition_id: UUID, puzzle: Puzzle) -> None:
    """Write down what the answers will rest on; whatever was found for another question is dropped."""
    composition = _get(session, composition_id)
    composition.candidates = len(puzzle.instance)
    composition.index_version = puzzle.index_version
    composition.preset_code = puzzle.preset_code
    composition.code_version = version("matchmaker")
    composition.inputs_sha256 = puzzle.sha256
    composition.state = CompositionState.SEARCHING
    composition.value = composition.bound = composition.ended_at = None
    composition.result = {"question": results.question_of(puzzle), "teams": [], "gap": []}


def show(session: Session, composition_id: UUID, puzzle: Puzzle, found: Found, *, seconds: float) -> None:
    """The best team so far and how much better one could be; may be written again and again."""
    composition = _get(session, composition_id)
    team = team_of(puzzle, found.team)
    composition.value, composition.bound = found.value, found.bound
    changes: dict[str, Any] = {}
    if team is not None:
        changes["teams"] = [results.team_of(puzzle, team, is_proved=found.is_proved)]
    point = {"seconds": round(seconds, 2), "value": found.value, "bound": found.bound}
    changes["gap"] = [*composition.result.get("gap", ()), point][-MOST_POINTS:]
    _change(composition, changes)


def keep_found(session: Session, composition_id: UUID, puzzle: Puzzle, found: Found, *, seconds: float) -> None:
    """As `show`, for good: behind a step."""
    show(session, composition_id, puzzle, found, seconds=seconds)
    composition = _get(session, composition_id)
    if found.is_proved and found.team is not None:
        composition.state = CompositionState.PROVED


def keep_study(session: Session, composition_id: UUID, team: dict[str, Any]) -> None:
    """What each member of the best team brings."""
    composition = _get(session, composition_id)
    _change(composition, {"teams": [team]})


def keep_others(session: Session, composition_id: UUID, teams: list[dict[str, Any]]) -> None:
    composition = _get(session, composition_id)
    _change(composition, {"teams": [*composition.result["teams"][:1], *teams], "has_others": True})


def keep_clash(session: Session, composition_id: UUID, clash: dict[str, Any]) -> None:
    composition = _get(session, composition_id)
    composition.state = CompositionState.CLASH
    composition.value = composition.bound = None
    _change(composition, {"teams": [], **clash})


def end(session: Session, composition_id: UUID) -> None:
    """Nothing more will come; a search that was not proved ends as it is."""
    composition = _get(session, composition_id)
    if composition.state is CompositionState.SEARCHING:
        composition.state = CompositionState.ENDED
    composition.ended_at = utc_now()
    changes = {"state": [CompositionState.SEARCHING, composition.state], "value": [None, composition.value]}
    audit.record(
        session, PLATFORM, "composition.end", composition, organisation_id=composition.lead_id, changes=changes
    )


def _get(session: Session, composition_id: UUID) -> Composition:
    return session.get_one(Composition, composition_id)


def _change(composition: Composition, changes: dict[str, Any]) -> None:
    composition.result = {**composition.result, **changes}
