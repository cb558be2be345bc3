"""What became of the candidates that were shown for needs, as of a day."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import numpy as np
from sqlmodel import Session, col, select

from matchmaker.learning.positions import Showings
from matchmaker.services.calendar import start_of
from models.enums import DeclineReason, InteractionKind, OutcomeKind
from models.matching import Interaction, RankingRun

K = InteractionKind
# An event further along the way from the first glance to the contract says more than one before it.
STAGES: Mapping[InteractionKind, int] = {
    K.USEFUL: 0,
    K.NOT_USEFUL: 1,
    K.SHORTLISTED: 1,
    K.ASKED: 1,
    K.ACCEPTED: 2,
    K.DECLINED: 2,
    K.AGREED: 3,
    K.CONTRACTED: 4,
}
# Whoever was asked and has not answered is of interest to one side, as whoever is on a shortlist.
OUTCOME_OF: Mapping[InteractionKind, OutcomeKind] = {
    kind: OutcomeKind.SHORTLISTED if kind is K.ASKED else OutcomeKind(kind.value) for kind in STAGES
}


class Pair(NamedTuple):
    need_id: UUID
    candidate_id: UUID


@dataclass(frozen=True, slots=True)
class Showing:
    """A candidate on a list, with the offer or facility by which it stood there."""

    pair: Pair
    at: datetime
    run_id: UUID
    position: int
    offer_id: UUID | None


@dataclass(frozen=True, slots=True)
class Answer:
    """The furthest that a candidate has come for a need, and where the first of it came from."""

    pair: Pair
    kind: OutcomeKind
    reason: DeclineReason | None
    first_at: datetime
    settled_at: datetime
    run_id: UUID | None
    offer_id: UUID | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """One row to learn from: a candidate for a need on the day of its list, and what had become of it."""

    pair: Pair
    day: int  # proleptic ordinal of the list; only what happened before it may speak
    settled: int  # of the day on which it was known
    kind: OutcomeKind
    reason: DeclineReason | None
    position: int | None  # None: not on a list that was kept
    offer_id: UUID | None


def end_of(day: date, *, asked_at: datetime | None = None) -> datetime:
    """The end of the day in China, or the moment on it at which it was asked: what came later was not known."""
    end = start_of(day + timedelta(days=1))
    return end if asked_at is None else min(end, asked_at)


def read_answers(session: Session, *, as_of: date, asked_at: datetime | None = None) -> dict[Pair, Answer]:
    """Of every pair that something was done with, what weighs most."""
    until = end_of(as_of, asked_at=asked_at)
    known = select(Interaction).where(col(Interaction.kind).in_(list(STAGES)), Interaction.created_at < until)
    events: dict[Pair, list[Interaction]] = defaultdict(list)
    for event in session.exec(known.order_by(col(Interaction.created_at), col(Interaction.id))):
        if event.need_id is not None:
            events[Pair(event.need_id, event.candidate_id)].append(event)
    return {pair: _answer(pair, of_pair) for pair, of_pair in events.items()}


def _answer(pair: Pair, events: Sequence[Interaction]) -> Answer:
    last = max(enumerate(events), key=lambda one: (STAGES[one[1].kind], one[0]))[1]
    first = next((event for event in events if event.run_id), events[0])
    return Answer(
        pair=pair,
        kind=OUTCOME_OF[last.kind],
        reason=last.reason,
        first_at=events[0].created_at,
        settled_at=last.created_at,
        run_id=first.run_id,
        offer_id=first.offer_id,
    )


def read_showings(
    session: Session, answers: Mapping[Pair, Answer], *, as_of: date, asked_at: datetime | None = None
) -> list[Showing]:
    """Every place on the lists of needs that somebody has answered for: only those lists were worked with."""
    needs = {pair.need_id for pair in answers}
    worked_with = col(RankingRun.need_id).in_(select(Interaction.need_id))
    runs = select(RankingRun).where(worked_with, RankingRun.created_at < end_of(as_of, asked_at=asked_at))
    ordered = runs.order_by(col(RankingRun.created_at), col(RankingRun.id))
    return [one for run in session.exec(ordered) if run.need_id in needs for one in _lines(run)]


def _lines(run: RankingRun) -> Iterator[Showing]:
    for line in run.shown:
        assert run.need_id is not None
        pair = Pair(run.need_id, UUID(line["organisation_id"]))
        offer_id = UUID(line["offer_id"]) if line["offer_id"] else None
        yield Showing(pair, run.created_at, run.id, int(line["position"]), offer_id)


def settle(answers: Mapping[Pair, Answer], showings: Iterable[Showing]) -> list[Outcome]:
    """One outcome a pair and day of a list, in a fixed order.

    A candidate that was shown before it was answered was passed over; once answered, later lists say nothing new. An
    answer that came from no list that was kept stands for itself on its own day.
    """
    outcomes: dict[tuple[Pair, int], Outcome] = {}
    found: set[Pair] = set()
    for showing in showings:
        answer = answers.get(showing.pair)
        is_it = answer is not None and showing.run_id == answer.run_id
        if answer is not None and not is_it and showing.at >= answer.first_at:
            continue
        outcome = _answered(answer, showing) if answer and is_it else _passed_over(showing)
        key = (outcome.pair, outcome.day)
        if is_it or key not in outcomes:
            outcomes[key] = outcome
        if is_it:
            found.add(showing.pair)
    for pair in answers.keys() - found:
        outcome = _answered(answers[pair], None)
        outcomes[pair, outcome.day] = outcome
    return sorted(outcomes.values(), key=lambda one: (one.day, str(one.pair.need_id), str(one.pair.candidate_id)))


def _answered(answer: Answer, showing: Showing | None) -> Outcome:
    return Outcome(
        pair=answer.pair,
        day=(showing.at if showing else answer.first_at).toordinal(),
        settled=answer.settled_at.toordinal(),
        kind=answer.kind,
        reason=answer.reason,
        position=showing.position if showing else None,
        offer_id=showing.offer_id if showing else answer.offer_id,
    )


def _passed_over(showing: Showing) -> Outcome:
    day = showing.at.toordinal()
    return Outcome(showing.pair, day, day, OutcomeKind.PASSED_OVER, None, showing.position, showing.offer_id)


def read_opened(session: Session, *, as_of: date, asked_at: datetime | None = None) -> frozenset[tuple[UUID, UUID]]:
    """Lists and candidates whose page was opened from the list: no answer, but a sign that the place was looked at."""
    until = end_of(as_of, asked_at=asked_at)
    opened = select(Interaction.run_id, Interaction.candidate_id).where(
        Interaction.kind == K.OPENED, Interaction.created_at < until
    )
    return frozenset((run_id, candidate_id) for run_id, candidate_id in session.exec(opened) if run_id is not None)


def as_experiment(
    answers: Mapping[Pair, Answer], showings: Sequence[Showing], opened: frozenset[tuple[UUID, UUID]] = frozenset()
) -> Showings:
    """All showings by number, for learning how far down people look: by what was answered, and what was opened."""
    number = {pair: row for row, pair in enumerate(sorted({one.pair for one in showings}))}
    return Showings(
        pair=np.array([number[one.pair] for one in showings], np.int64),
        position=np.array([one.position for one in showings], np.int64),
        answered=np.array(
            [
                _came_from(answers.get(one.pair), one) or (one.run_id, one.pair.candidate_id) in opened
                for one in showings
            ],
            np.bool_,
        ),
    )


def _came_from(answer: Answer | None, showing: Showing) -> bool:
    return answer is not None and answer.run_id == showing.run_id
