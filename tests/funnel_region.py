"""A region that lives at random, and its funnel counted once more: row by row, by the definitions of decision 0026."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

from sqlmodel import select

from matchmaker.services.calendar import start_of
from matchmaker.services.funnel.events import STAGES
from models.base import CHINA
from models.consortia import Consortium, Seat
from models.desk import Deal, DealList, DealStage
from models.enums import (
    ConsortiumState,
    DeclineReason,
    DossierState,
    FunnelStage,
    InteractionKind,
    InterestState,
    MatchOutcomeKind,
    MatchOutcomeState,
    OrganisationKind,
    SeatState,
    StageKind,
)
from models.interest import Interest
from models.matching import Interaction, RankingRun
from models.outcomes import MatchOutcome
from models.rounds import Dossier, Round
from tests import factories
from tests import records as make

F, K = FunnelStage, InteractionKind
FIRST, LAST = date(2026, 3, 1), date(2026, 8, 31)
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
STAGE_OF = {
    K.SHOWN: F.RECOMMENDED,
    K.ASKED: F.INTEREST,
    K.DECLINED: F.INTEREST,
    K.ACCEPTED: F.MUTUAL,
    K.AGREED: F.AGREEMENT,
    K.CONTRACTED: F.CONTRACT,
}


AGREED = {
    **dict.fromkeys(("organs", "liable_body", "breach", "entry_exit", "secrecy", "dissolved_reason"), "协商确定"),
    "budget": 1e6,
    "starts_on": date(2026, 1, 1),
    "months": 12,
}


def rows_of(session, table):
    return session.exec(select(table)).all()


class Region:
    """Firms, labs and funds that do everything at random, over a year of which the period is a part."""

    def __init__(self, session, seed):
        self.session, self.dice = session, Random(seed)
        districts = ["500112", "500107", None]
        self.firms = [make.organisation(session, district_code=self.dice.choice(districts)) for _ in range(9)]
        self.funds = [make.organisation(session, kind=OrganisationKind.FUND) for _ in range(4)]
        self.needs = [make.need(session, firm) for firm in self.firms for _ in range(2)]

    def moment(self):
        return BEGAN + timedelta(minutes=self.dice.randrange(365 * 24 * 60))

    def add(self, record):
        """For what others point to; leaves are added and written together."""
        self.session.add(record)
        self.session.flush()
        return record

    def live(self):
        for _ in range(60):
            self.show()
        for _ in range(150):
            self.say()
        for _ in range(8):
            self.team_up()
        for firm in self.firms[:6]:
            self.seek_money(firm)
        self.keep_desks()
        for _ in range(30):
            self.outcome()
        return self

    def others(self, owner_id, number):
        return self.dice.sample([one for one in self.firms if one.id != owner_id], number)

    def show(self):
        need = self.dice.choice(self.needs)
        shown = [
            {"position": place, "organisation_id": str(one.id), "offer_id": None, "is_facility": False}
            for place, one in enumerate(self.others(need.organisation_id, 4), start=1)
        ]
        self.session.add(
            RankingRun(
                organisation_id=need.organisation_id,
                need_id=self.dice.choice([need.id, None]),
                preset_code="partners",
                index_version="1",
                shown=shown,
                created_at=self.moment(),
            )
        )

    def say(self):
        need, kind = self.dice.choice(self.needs), self.dice.choice(list(K))
        is_no = kind in (K.DECLINED, K.NOT_USEFUL)
        self.session.add(
            Interaction(
                kind=kind,
                organisation_id=need.organisation_id,
                candidate_id=self.others(need.organisation_id, 1)[0].id,
                need_id=self.dice.choice([need.id, need.id, None]),
                reason=self.dice.choice(list(DeclineReason)) if is_no else None,
                created_at=self.moment(),
            )
        )

    def team_up(self):
        lead, *members = self.dice.sample(self.firms, 4)
        room = self.add(Consortium(lead_id=lead.id, name_zh="联合体", created_at=self.moment(), **AGREED))
        self.session.add(Seat(consortium_id=room.id, organisation_id=lead.id, is_lead=True, state=SeatState.ACCEPTED))
        for member in members:
            self.seat(room, member)
        self.session.flush()  # what is signed does not change any more
        room.state = self.dice.choice(list(ConsortiumState))
        room.signed_on, room.changed_at = self.moment().date(), self.moment()
        self.session.flush()

    def seat(self, room, member):
        state = self.dice.choice([SeatState.PROPOSED, SeatState.INVITED, SeatState.ACCEPTED, SeatState.DECLINED])
        invited = self.moment()
        self.session.add(
            Seat(
                consortium_id=room.id,
                organisation_id=member.id,
                state=state,
                created_at=invited - timedelta(days=3),
                invited_at=None if state is SeatState.PROPOSED else invited,
                answered_at=invited + timedelta(days=5) if state in (SeatState.ACCEPTED, SeatState.DECLINED) else None,
                reason=self.dice.choice(list(DeclineReason)) if state is SeatState.DECLINED else None,
            )
        )

    def seek_money(self, firm):
        money_round = self.add(Round(**factories.make_round(firm).model_dump()))
        for fund in self.dice.sample(self.funds, 3):
            mandate = self.add(factories.make_mandate(fund))
            state, sent = self.dice.choice(list(DossierState)), self.moment()
            is_no = state is DossierState.DECLINED
            self.session.add(
                Dossier(
                    round_id=money_round.id,
                    organisation_id=firm.id,
                    mandate_id=mandate.id,
                    fund_id=fund.id,
                    state=state,
                    submitted_at=None if state is DossierState.DRAFT else sent,
                    answered_at=sent + timedelta(days=9) if is_no or state is DossierState.TAKEN_UP else None,
                    reason=self.dice.choice(list(DeclineReason)) if is_no else None,
                    changed_at=sent + timedelta(days=12),
                )
            )

    def keep_desks(self, number=3):
        for fund in self.funds[:number]:
            listed = self.add(DealList(organisation_id=fund.id, name="清单"))
            stages = {kind: self.add(DealStage(list_id=listed.id, kind=kind, name_zh=kind.value)) for kind in StageKind}
            for firm in self.dice.sample(self.firms, 4):
                kind = self.dice.choice([StageKind.SIGNING, StageKind.PORTFOLIO, StageKind.SCREENING])
                is_paid = kind is StageKind.PORTFOLIO and self.dice.random() < 0.7
                self.session.add(
                    Deal(
                        list_id=listed.id,
                        organisation_id=fund.id,
                        candidate_id=firm.id,
                        stage_id=stages[kind].id,
                        changed_at=self.moment(),
                        paid_on=self.moment().date() if is_paid else None,
                    )
                )

    def outcome(self):
        kind = self.dice.choice(list(MatchOutcomeKind))
        moved = {"trl_from": 4, "trl_to": 6} if kind is MatchOutcomeKind.TRL_MOVED else {}
        self.session.add(
            MatchOutcome(
                kind=kind,
                happened_on=self.moment().date(),
                amount=self.dice.choice([None, 1e6, 2e6]),
                state=self.dice.choice(list(MatchOutcomeState)),
                **moved,
                **self.match(),
            )
        )

    def match(self):
        if self.dice.random() < 0.4:
            deal = self.dice.choice(rows_of(self.session, Deal))
            return {"deal_id": deal.id, "stated_by_id": deal.organisation_id, "other_id": deal.candidate_id}
        if self.dice.random() < 0.3:
            seats = [one for one in rows_of(self.session, Seat) if not one.is_lead]
            seat = self.dice.choice(seats)
            lead = self.session.get_one(Consortium, seat.consortium_id).lead_id
            sides = self.dice.sample([lead, seat.organisation_id], 2)
            return {"consortium_id": seat.consortium_id, "stated_by_id": sides[0], "other_id": sides[1]}
        interest = self.interest()
        sides = self.dice.sample([interest.organisation_id, interest.candidate_id], 2)
        return {"interest_id": interest.id, "stated_by_id": sides[0], "other_id": sides[1]}

    def interest(self):
        need = self.dice.choice(self.needs)
        other = self.others(need.organisation_id, 1)[0]
        held = [
            one for one in rows_of(self.session, Interest) if (one.need_id, one.candidate_id) == (need.id, other.id)
        ]
        return (
            held[0]
            if held
            else self.add(
                Interest(
                    need_id=need.id,
                    organisation_id=need.organisation_id,
                    candidate_id=other.id,
                    state=InterestState.ACCEPTED,
                    asked_at=BEGAN,
                )
            )
        )


class Step(NamedTuple):
    way: str
    seeker: UUID
    candidate: UUID
    stage: FunnelStage
    at: datetime | date
    need: UUID | None = None
    reason: str | None = None
    is_word: bool = True

    @property
    def pair(self):
        return self.way, self.seeker, self.candidate

    @property
    def moment(self):
        return self.at if isinstance(self.at, datetime) else start_of(self.at)


def plain_steps(session):
    """Everything of the period."""
    told = [step for part in (lists, answers, teams, dossiers, outcomes) for step in part(session) if is_in(step)]
    on_desks = [step for step in desks(session) if is_in(step)]
    sides_of_desks = [{step.seeker for step in on_desks}, {step.candidate for step in on_desks}]
    return told + (on_desks if min(map(len, sides_of_desks)) >= 3 else [])


def is_in(step):
    return FIRST <= step.moment.astimezone(CHINA).date() <= LAST


def lists(session):
    for run in rows_of(session, RankingRun):
        for line in run.shown:
            candidate = UUID(line["organisation_id"])
            yield Step(
                "partners", run.organisation_id, candidate, F.RECOMMENDED, run.created_at, run.need_id, is_word=False
            )


def answers(session):
    said = [one for one in rows_of(session, Interaction) if one.need_id]
    for one in said:
        stage, reason = STAGE_OF.get(one.kind, F.VIEWED), None
        if one.kind in (K.DECLINED, K.NOT_USEFUL):
            reason = one.reason.value
        if one.kind is K.WITHDRAWN:
            reason, stage = "withdrawn", F.INTEREST if was_asked(said, one) else F.VIEWED
        yield Step("partners", one.organisation_id, one.candidate_id, stage, one.created_at, one.need_id, reason)


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


def desks(session):
    kinds = {one.id: one.kind for one in rows_of(session, DealStage)}
    for one in rows_of(session, Deal):
        pair = ("capital", one.candidate_id, one.organisation_id)
        if kinds[one.stage_id] in (StageKind.SIGNING, StageKind.PORTFOLIO):
            yield Step(*pair, F.AGREEMENT, one.changed_at)
        if kinds[one.stage_id] is StageKind.PORTFOLIO and one.paid_on:
            yield Step(*pair, F.CONTRACT, one.paid_on)


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


def furthest_of(steps, key):
    """By `key` of a step (None is left out) the number of the furthest stage."""
    furthest: dict[Any, int] = {}
    for step in steps:
        if key(step) is not None:
            furthest[key(step)] = max(furthest.get(key(step), 0), STAGES.index(step.stage))
    return furthest


def reached(furthest):
    """How many are at each stage or further."""
    return [sum(number >= rank for number in furthest.values()) for rank in range(len(STAGES))]


def last_reasons(steps):
    """By pair the reason of the last word about it; of words of one moment a no speaks."""
    of_pair = defaultdict(list)
    for step in steps:
        of_pair[step.pair].append(step)
    last = {
        pair: max(said, key=lambda one: (one.is_word, one.moment, one.reason is not None))
        for pair, said in of_pair.items()
    }
    return {pair: one.reason or "open" for pair, one in last.items()}
