"""The funnel counted once more: row by row, by the definitions of decision 0026."""

from collections import defaultdict
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from matchmaker.services.calendar import start_of
from matchmaker.services.funnel.events import STAGES
from models.audit import AuditEntry
from models.base import CHINA
from models.consortia import Consortium, Seat
from models.desk import Deal, DealStage
from models.enums import (
    ConsortiumState,
    DossierState,
    FunnelStage,
    InteractionKind,
    MatchOutcomeKind,
    MatchOutcomeState,
    SeatState,
    StageKind,
)
from models.interest import Interest
from models.matching import Interaction, RankingRun
from models.outcomes import MatchOutcome
from models.rounds import Dossier
from tests.funnel_region import FIRST, LAST, rows_of

F, K = FunnelStage, InteractionKind
LATE = (StageKind.SIGNING, StageKind.PORTFOLIO, StageKind.EXIT)
STAGE_OF = {
    K.SHOWN: F.RECOMMENDED,
    K.ASKED: F.INTEREST,
    K.DECLINED: F.INTEREST,
    K.ACCEPTED: F.MUTUAL,
    K.AGREED: F.AGREEMENT,
    K.CONTRACTED: F.CONTRACT,
}


class Step(NamedTuple):
    way: str
    seeker: UUID
    candidate: UUID
    stage: FunnelStage
    at: datetime | date
    need: UUID | None = None
    reason: str | None = None
    is_word: bool = True
    is_named: bool = True  # officers may read it with both names

    @property
    def pair(self):
        return self.way, self.seeker, self.candidate

    @property
    def moment(self):
        return self.at if isinstance(self.at, datetime) else start_of(self.at)


def plain_steps(session):
    """Everything of the period."""
    parts = (lists, answers, openings, teams, dossiers, outcomes)
    told = [step for part in parts for step in part(session) if is_in(step)]
    for source in (radars, radar_openings, signings, payments):
        on_desks = [step for step in source(session) if is_in(step)]
        sides_of_desks = [{step.seeker for step in on_desks}, {step.candidate for step in on_desks}]
        told += on_desks if min(map(len, sides_of_desks)) >= 3 else []
    return told


def is_in(step):
    return FIRST <= step.moment.astimezone(CHINA).date() <= LAST


def lists(session):
    for run in rows_of(session, RankingRun):
        way = "capital" if run.round_id else "partners"
        for line in run.shown if not run.mandate_id else []:
            candidate = UUID(line["organisation_id"])
            yield Step(way, run.organisation_id, candidate, F.RECOMMENDED, run.created_at, run.need_id, is_word=False)


def openings(session):
    """Those with a need behind them are among the answers."""
    runs = {one.id: one for one in rows_of(session, RankingRun)}
    for one in rows_of(session, Interaction):
        run = runs.get(one.run_id)
        if run and one.kind is K.OPENED and not one.need_id and not run.mandate_id:
            way = "capital" if run.round_id else "partners"
            pair = (way, one.organisation_id, one.candidate_id)
            yield Step(*pair, F.VIEWED, one.created_at, is_word=False, is_named=False)


def radars(session):
    for run in rows_of(session, RankingRun):
        for line in run.shown if run.mandate_id else []:
            firm = UUID(line["organisation_id"])
            pair = ("capital", firm, run.organisation_id)
            yield Step(*pair, F.RECOMMENDED, run.created_at, is_word=False, is_named=False)


def radar_openings(session):
    radars = {one.id for one in rows_of(session, RankingRun) if one.mandate_id}
    for one in rows_of(session, Interaction):
        if one.kind is K.OPENED and one.run_id in radars:
            pair = ("capital", one.candidate_id, one.organisation_id)
            yield Step(*pair, F.VIEWED, one.created_at, is_word=False, is_named=False)


def answers(session):
    said = [one for one in rows_of(session, Interaction) if one.need_id]
    for one in said:
        stage, reason = STAGE_OF.get(one.kind, F.VIEWED), None
        if one.kind in (K.DECLINED, K.NOT_USEFUL):
            reason = one.reason.value
        if one.kind is K.WITHDRAWN:
            reason, stage = "withdrawn", F.INTEREST if was_asked(said, one) else F.VIEWED
        pair = ("partners", one.organisation_id, one.candidate_id)
        is_word = one.kind is not K.OPENED
        yield Step(*pair, stage, one.created_at, one.need_id, reason, is_word, is_named=False)


def was_asked(said, withdrawn):
    return any(
        one.kind is K.ASKED
        and (one.need_id, one.candidate_id) == (withdrawn.need_id, withdrawn.candidate_id)
        and one.created_at <= withdrawn.created_at
        for one in said
    )


def teams(session):
    rooms = {one.id: one for one in rows_of(session, Consortium)}
    for seat in rows_of(session, Seat):
        room = rooms[seat.consortium_id]
        if seat.organisation_id == room.lead_id:
            continue
        pair = ("partners", room.lead_id, seat.organisation_id)
        yield Step(*pair, F.RECOMMENDED, seat.created_at)
        if seat.invited_at:
            yield Step(*pair, F.INTEREST, seat.invited_at)
        if seat.state is SeatState.ACCEPTED:
            yield Step(*pair, F.MUTUAL, seat.answered_at)
            if room.state is ConsortiumState.DISSOLVED:
                yield Step(*pair, F.MUTUAL, room.changed_at, reason="dissolved")
            if room.state is ConsortiumState.SIGNED:
                yield Step(*pair, F.AGREEMENT, room.signed_on)
        if seat.state is SeatState.DECLINED:
            yield Step(*pair, F.INTEREST, seat.answered_at, reason=seat.reason.value)


def dossiers(session):
    for one in rows_of(session, Dossier):
        pair = ("capital", one.organisation_id, one.fund_id)
        if one.submitted_at:
            yield Step(*pair, F.INTEREST, one.submitted_at)
        if one.state is DossierState.TAKEN_UP:
            yield Step(*pair, F.MUTUAL, one.answered_at)
        if one.state is DossierState.DECLINED:
            yield Step(*pair, F.INTEREST, one.answered_at, reason=one.reason.value)
        if one.state is DossierState.WITHDRAWN:
            yield Step(*pair, F.INTEREST, one.changed_at, reason="withdrawn")


def signings(session):
    """When a deal that stands late came from an earlier stage the last time; of no history, when it came at all."""
    kinds = {one.id: one.kind for one in rows_of(session, DealStage)}
    for one in rows_of(session, Deal):
        if kinds[one.stage_id] not in LATE:
            continue
        moves = [entry for entry in rows_of(session, AuditEntry) if entry.subject_id == str(one.id)]
        came = [
            entry.at
            for entry in moves
            if [kinds[UUID(stage)] in LATE for stage in entry.changes["stage_id"]] == [False, True]
        ]
        pair = ("capital", one.candidate_id, one.organisation_id)
        yield Step(*pair, F.AGREEMENT, max(came, default=one.created_at), is_named=False)


def payments(session):
    kinds = {one.id: one.kind for one in rows_of(session, DealStage)}
    for one in rows_of(session, Deal):
        if kinds[one.stage_id] is StageKind.PORTFOLIO and one.paid_on:
            yield Step("capital", one.candidate_id, one.organisation_id, F.CONTRACT, one.paid_on, is_named=False)


def outcomes(session):
    for one in rows_of(session, MatchOutcome):
        if one.state is MatchOutcomeState.CONFIRMED:
            stage = F.CONTRACT if one.kind is MatchOutcomeKind.CONTRACT else F.OUTCOME
            way, seeker, candidate, need = sides(session, one)
            yield Step(way, seeker, candidate, stage, one.happened_on, need)


def sides(session, one):
    if one.interest_id:
        of = session.get_one(Interest, one.interest_id)
        return "partners", of.organisation_id, of.candidate_id, of.need_id
    if one.deal_id:
        of = session.get_one(Deal, one.deal_id)
        return "capital", of.candidate_id, of.organisation_id, None
    lead = session.get_one(Consortium, one.consortium_id).lead_id
    return "partners", lead, one.other_id if one.stated_by_id == lead else one.stated_by_id, None


def furthest_of(steps):
    """By pair the number of the furthest stage."""
    furthest: dict[Any, int] = {}
    for step in steps:
        furthest[step.pair] = max(furthest.get(step.pair, 0), STAGES.index(step.stage))
    return furthest


def told_of(steps):
    """By pair the furthest stage that may be told: by name, and beyond as long as three a side come along."""
    furthest = furthest_of(steps)
    named = furthest_of(step for step in steps if step.is_named)
    told = {pair: named.get(pair, -1) for pair in furthest}
    for way in ("partners", "capital"):
        for rank in range(len(STAGES)):
            coming = [
                pair
                for pair, so_far in told.items()
                if pair[0] == way and so_far == rank - 1 and furthest[pair] >= rank
            ]
            if len({pair[1] for pair in coming}) >= 3 and len({pair[2] for pair in coming}) >= 3:
                told.update(dict.fromkeys(coming, rank))
    return {pair: rank for pair, rank in told.items() if rank >= 0}


def told_of_needs(steps):
    """By need how far its pairs are told to be."""
    told, needs = told_of(steps), defaultdict(list)
    for step in steps:
        if step.need and step.pair in told:
            needs[step.need].append(min(STAGES.index(step.stage), told[step.pair]))
    return {need: max(ranks) for need, ranks in needs.items()}


def reached(furthest):
    """How many are at each stage or further."""
    return [sum(number >= rank for number in furthest.values()) for rank in range(len(STAGES))]


def last_reasons(steps):
    """By pair the reason of the last word about it; of words of one moment a no speaks; none where not all is told."""
    told, furthest = told_of(steps), furthest_of(steps)
    of_pair = defaultdict(list)
    for step in steps:
        of_pair[step.pair].append(step)
    last = {
        pair: max(said, key=lambda one: (one.is_word, one.moment, one.reason is not None))
        for pair, said in of_pair.items()
    }
    return {
        pair: (one.reason if told[pair] == furthest[pair] else None) or "open"
        for pair, one in last.items()
        if pair in told
    }
