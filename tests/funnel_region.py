"""A region that lives at random."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import UUID

from sqlmodel import select

from matchmaker.services import audit
from matchmaker.services.actors import VISITOR
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
from models.funds import Mandate
from models.interest import Interest
from models.matching import Interaction, RankingRun
from models.outcomes import MatchOutcome
from models.rounds import Dossier, Round
from tests import factories
from tests import records as make

F, K = FunnelStage, InteractionKind
FIRST, LAST = date(2026, 3, 1), date(2026, 8, 31)
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)

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
        for _ in range(80):
            self.show_capital()
        for _ in range(60):
            self.open()
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

    def show_capital(self):
        """A firm sees funds for its round, or a fund sees firms for its mandate; each side once in a while twice."""
        money_round, mandate = (self.dice.choice(rows_of(self.session, table)) for table in (Round, Mandate))
        is_radar = self.dice.random() < 0.5
        own, others = (mandate, self.firms) if is_radar else (money_round, self.funds)
        self.session.add(
            RankingRun(
                organisation_id=own.organisation_id,
                mandate_id=own.id if is_radar else None,
                round_id=None if is_radar else own.id,
                preset_code="capital",
                index_version="1",
                shown=[
                    {"position": place, "organisation_id": str(one.id), "offer_id": None, "is_facility": False}
                    for place, one in enumerate(self.dice.sample(others, 3), start=1)
                ],
                created_at=self.moment(),
            )
        )

    def open(self):
        """Somebody opens a candidate of a list."""
        run = self.dice.choice(rows_of(self.session, RankingRun))
        line = self.dice.choice(run.shown)
        self.session.add(
            Interaction(
                kind=K.OPENED,
                organisation_id=run.organisation_id,
                candidate_id=UUID(line["organisation_id"]),
                need_id=run.need_id,
                run_id=run.id,
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
                deal = self.add(
                    Deal(
                        list_id=listed.id,
                        organisation_id=fund.id,
                        candidate_id=firm.id,
                        stage_id=stages[kind].id,
                        created_at=self.moment(),
                        changed_at=self.moment(),
                        paid_on=self.moment().date() if is_paid else None,
                    )
                )
                self.move(deal, stages)

    def move(self, deal, stages):
        """Back and forth, at last to where the deal stands; of some nothing is written down."""
        if self.dice.random() < 0.2:
            return
        way = [self.dice.choice(list(stages.values())).id for _ in range(self.dice.randrange(1, 5))] + [deal.stage_id]
        moments = sorted(self.moment() for _ in way)
        for before, after, at in zip(way, way[1:], moments, strict=False):
            entry = audit.record(self.session, VISITOR, "deal.move", deal, changes={"stage_id": [before, after]})
            entry.at = at

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
