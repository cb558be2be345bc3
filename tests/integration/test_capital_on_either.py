"""Money from a mandate to a moved deal: terms, clearance, dossiers, ranking, desk and stack, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import Session, select

from matchmaker.errors import InvalidInput, NotFound, Stale
from matchmaker.reader import Reader
from matchmaker.services import clearing, indexing
from matchmaker.services.calendar import today
from matchmaker.services.capital import dossiers, rounds
from matchmaker.services.capital.dossiers import DossierDraft
from matchmaker.services.capital.ranking import firms_for_mandate, funds_for_round
from matchmaker.services.capital.rounds import MilestoneDraft, RoundDraft, SupportDraft
from matchmaker.services.desk import deals, history, lists, moving, portfolio, radar, screens, stages
from matchmaker.services.desk.deals import DealDraft
from matchmaker.services.desk.lists import ListDraft
from matchmaker.services.desk.moving import Move
from matchmaker.services.desk.radar import Look, RadarFilters
from matchmaker.services.desk.screens import ScreenDraft
from matchmaker.services.mandates import editing, editions
from matchmaker.services.mandates.drafts import ClauseDraft, ClausesDraft, DirectionDraft, FundDraft, LimitsDraft
from models.desk import Deal, DealList
from models.enums import (
    ClauseForce,
    ClauseKind,
    ClearanceVerdict,
    DeclineReason,
    DossierState,
    FinancingStage,
    JobState,
    OrganisationKind,
    StackState,
    StageKind,
    SupportKind,
)
from models.funds import Mandate
from models.jobs import Job
from models.rounds import Dossier, FieldGrant, Round
from models.sessions import reading, writing
from models.taxonomy import PresetWeight, WeightPreset
from seeds.reference import read_reference, records_of
from tests import capital_records as capital
from tests import records as make
from tests.at_once import at_once
from tests.capital_records import Side
from tests.desk_records import add_stage_templates
from tests.stack_case import make_usual_case

LIMITS = LimitsDraft(ticket_low=1e6, ticket_high=1e7, stake_high=0.2, firm_age_high=8, rd_ratio_low=0.03)
ROUND = RoundDraft(
    amount=6e6,
    stage=FinancingStage.ANGEL,
    valuation=5e7,
    use_zh="用于座舱域控制器的装车试验、产线改造和首批备料。",
    trl=5,
    market_months=20,
    exit_months=60,
    closes_on=today() + timedelta(days=120),
)
MILESTONES = (MilestoneDraft(trl=6, month=6, cost=2e6), MilestoneDraft(trl=7, month=14, cost=3e6))
SUPPORTS = (SupportDraft(kind=SupportKind.INNOVATION_VOUCHER, amount=3e5, month=2, is_confirmed=True),)


PRESETS = ("funds-default", "startups-default")


def add_presets(session: Session) -> None:
    entries = read_reference()
    session.add_all(one for one in records_of(entries, WeightPreset) if one.code in PRESETS)
    session.flush()
    session.add_all(one for one in records_of(entries, PresetWeight) if one.preset_code in PRESETS)
    session.flush()


class Scene:
    """A fund that publishes its terms, and a firm that opens a round, each written by the services."""

    def __init__(self, session: Session) -> None:
        make.add_taxonomy(session)
        capital.add_rules(session)
        add_stage_templates(session)
        add_presets(session)
        self.fund = Side(one := make.organisation(session, kind=OrganisationKind.FUND), make.member(session, one))
        self.firm = capital.firm(session, nodes=("nev-cockpit",), rd_ratio=0.026)
        self.mandate = self._publish(session)
        self.round = self._open(session)

    def _publish(self, session: Session) -> Mandate:
        manager = self.fund.actor
        draft = editing.create(session, manager, self.fund.organisation, FundDraft(name_zh="座舱专项", remaining=5e7))
        life = FundDraft(
            name_zh="座舱专项",
            remaining=5e7,
            started_on=today() - timedelta(days=200),
            investment_years=4,
            exit_years=4,
        )
        stages_ = (FinancingStage.ANGEL, FinancingStage.SERIES_A)
        forced = ClauseDraft(kind=ClauseKind.RD_RATIO, force=ClauseForce.WAIVABLE, text_zh="研发投入占比不低于3%。")
        for step in (life, DirectionDraft(stages=stages_), LIMITS, ClausesDraft(clauses=(forced,))):
            editing.edit(session, manager, draft, step)
        return editions.publish(session, manager, draft, note="首次发布")

    def _open(self, session: Session) -> Round:
        sme, owner = self.firm.actor, self.firm.organisation.id
        asked = rounds.start(session, sme, owner, ROUND)
        rounds.edit(
            session, sme, asked.id, ROUND, milestones=MILESTONES, supports=SUPPORTS, expected_version=asked.version
        )
        return rounds.open_round(session, sme, asked.id, today=today())

    def verdict(self, session: Session) -> ClearanceVerdict:
        found = clearing.for_mandate(session, self.fund.actor, self.mandate.id, today=today())
        (one,) = found.firms
        return one.verdict

    def hand_in(self, session: Session) -> Dossier:
        draft = DossierDraft(fields=("round_figures", "rd_ratio"), message="附里程碑。")
        dossier = dossiers.prepare(session, self.firm.actor, self.round.id, self.mandate.id, draft)
        return dossiers.submit(session, self.firm.actor, dossier.id, today=today())

    def list(self, session: Session) -> DealList:
        draft = ListDraft(name="座舱项目", mandate_id=self.mandate.id)
        return lists.create_list(session, self.fund.actor, self.fund.organisation.id, draft)


@pytest.fixture
def scene(either):
    with writing(either.engine) as session:
        return Scene(session)


def stage_of(session: Session, deal_list: DealList, kind: StageKind):
    return next(one for one in stages.list_stages(session, deal_list) if one.kind is kind)


def test_a_dossier_turns_an_unknown_clause_into_one_that_the_fund_waives(either, scene):
    manager, firm_id = scene.fund.actor, scene.firm.organisation.id
    with writing(either.engine) as session:
        assert scene.verdict(session) is ClearanceVerdict.TO_ASK
        asked = clearing.ask(session, manager, scene.mandate.id, firm_id, ClauseKind.RD_RATIO, today=today())
        assert [one.id for one, _ in clearing.list_questions(session, scene.firm.actor, firm_id)] == [asked.id]

    with writing(either.engine) as session:
        scene.hand_in(session)
        assert scene.verdict(session) is ClearanceVerdict.TO_WAIVE
        reason = "承诺两年内达到，投决会同意放行。"
        clearing.waive(session, manager, scene.mandate.id, firm_id, ClauseKind.RD_RATIO, reason=reason, today=today())

    with reading(either.engine) as session:
        assert scene.verdict(session) is ClearanceVerdict.CLEARED
        own = clearing.for_round(session, scene.firm.actor, scene.round.id, today=today()).of(scene.mandate.id)
        assert own is not None
        assert own.verdict is ClearanceVerdict.TO_WAIVE  # what a fund waives is its own business
        (ratio,) = clearing.what_would_open(session, scene.firm.actor, scene.round.id, today=today()).opens_by(
            "rd_ratio"
        )
        assert ratio.after == (0.03,)


def test_a_declined_dossier_takes_its_grants_back_and_says_why(either, scene):
    with writing(either.engine) as session:
        sent = scene.hand_in(session)
        assert {one.field for one in session.exec(select(FieldGrant))} == {"round_figures", "rd_ratio"}

    with writing(either.engine) as session:
        reason, clause = DeclineReason.TOO_EARLY, ClauseKind.RD_RATIO
        dossiers.decline(session, scene.fund.actor, sent.id, reason, clause=clause, answer="装车试验后欢迎再递。")

    with reading(either.engine) as session:
        digest = dossiers.digest(session, scene.firm.actor, scene.firm.organisation.id)
        assert (digest.by_reason, digest.by_clause) == ({DeclineReason.TOO_EARLY: 1}, {ClauseKind.RD_RATIO: 1})
        assert session.exec(select(FieldGrant)).all() == []
        assert scene.verdict(session) is ClearanceVerdict.TO_ASK


def test_each_side_finds_the_other_with_the_same_verdict(either, scene):
    with writing(either.engine) as session:
        scene.hand_in(session)
    indexing.refresh(either)
    reader = Reader(either)

    with reading(either.engine) as session:
        funds = funds_for_round(session, scene.firm.actor, reader, scene.round.id, today=today())
        firms = firms_for_mandate(session, scene.fund.actor, reader, scene.mandate.id, today=today())

    assert [(one.mandate_id, one.verdict) for one in funds.items] == [(scene.mandate.id, ClearanceVerdict.TO_WAIVE)]
    assert [(one.organisation_id, one.verdict) for one in firms.items] == [
        (scene.firm.organisation.id, ClearanceVerdict.TO_WAIVE)
    ]


def test_a_screen_tells_what_is_new_and_a_deal_goes_its_way_against_a_rule_with_a_reason(either, scene):
    manager, fund_id, firm_id = scene.fund.actor, scene.fund.organisation.id, scene.firm.organisation.id
    indexing.refresh(either)
    reader = Reader(either)
    with writing(either.engine) as session:
        filters = RadarFilters(stage=FinancingStage.ANGEL)
        draft = ScreenDraft(name="天使轮", mandate_id=scene.mandate.id, filters=filters.plain())
        screen = screens.save_screen(session, manager, fund_id, draft)
        session.get_one(Round, scene.round.id).use_en = "Trials in two vehicle models"

    with reading(either.engine) as session:
        (watched,) = radar.watch(session, manager, reader, fund_id)
        seen = radar.look(session, manager, reader, scene.mandate.id, filters, Look(only_new=True), screen=screen)
        assert watched.new == 1
        assert [one.organisation_id for one in seen.ranked.items] == [firm_id]

    with writing(either.engine) as session:
        deal_list = scene.list(session)
        deal = deals.add_deal(session, manager, deal_list.id, firm_id)
        committee = stage_of(session, deal_list, StageKind.COMMITTEE)
        with pytest.raises(InvalidInput, match="stage_asks"):
            moving.move_deal(session, manager, deal.id, Move(stage_id=committee.id))
        moving.move_deal(session, manager, deal.id, Move(stage_id=committee.id, override="投委会主任同意先行上会"))
        paid = DealDraft(owner_id=manager.user_id, amount=2e6, paid_on=today())
        deals.update_deal(session, manager, deal.id, paid)
        held = stage_of(session, deal_list, StageKind.PORTFOLIO)
        moving.move_deal(session, manager, deal.id, Move(stage_id=held.id))

    with reading(either.engine) as session:
        (held_by,) = portfolio.read_portfolio(session, manager, fund_id, today=today())
        assert [(one.firm_id, one.paid) for one in held_by.holdings] == [(firm_id, 2e6)]
        actions = [one.action for one in history.list_history(session, manager, deal.id)]
        assert actions[:2] == ["deal.move", "deal.update"]
        with pytest.raises(NotFound):
            history.list_history(session, scene.firm.actor, deal.id)


@pytest.mark.parametrize("either", ["postgres_url"], indirect=True, ids=["postgres"])
def test_of_two_who_move_a_card_at_once_the_later_is_told_where_it_is(either, scene):
    manager = scene.fund.actor
    with writing(either.engine) as session:
        deal_list = scene.list(session)
        deal = deals.add_deal(session, manager, deal_list.id, scene.firm.organisation.id)
        deals.update_deal(session, manager, deal.id, DealDraft(owner_id=manager.user_id))
        lead, screening, dropped = (
            stage_of(session, deal_list, kind) for kind in (StageKind.LEAD, StageKind.SCREENING, StageKind.DROPPED)
        )
    drop = Move(stage_id=dropped.id, from_stage_id=lead.id, note="不再跟进", reason=DeclineReason.OTHER)

    late = at_once(
        either.engine,
        lambda session: moving.move_deal(session, manager, deal.id, Move(stage_id=screening.id, from_stage_id=lead.id)),
        lambda session: moving.move_deal(session, manager, deal.id, drop),
    )

    assert isinstance(late.exception(), (Stale, StaleDataError))
    with reading(either.engine) as session:
        assert session.get_one(Deal, deal.id).stage_id == screening.id


def test_a_stack_is_built_by_a_job_and_proved(either):
    with Session(either.engine, expire_on_commit=False) as session:
        case = make_usual_case(session)
        stack = case.build(either)
        job = session.get_one(Job, stack.job_id)

        assert job.state == JobState.DONE
        assert stack.state is StackState.PROVED
        assert stack.result


def test_terms_edited_by_two_at_once_are_those_of_the_first(either, scene):
    manager = scene.fund.actor
    with writing(either.engine) as session:
        copy = editing.revise(session, manager, session.get_one(Mandate, scene.mandate.id))
    seen = copy.version

    with writing(either.engine) as session:
        draft = session.get_one(Mandate, copy.id)
        editing.edit(session, manager, draft, LimitsDraft(ticket_low=2e6, ticket_high=1e7), expected_version=seen)

    with reading(either.engine) as session:
        draft, late = session.get_one(Mandate, copy.id), LimitsDraft(ticket_low=3e6, ticket_high=1e7)
        with pytest.raises(Stale):
            editing.edit(session, manager, draft, late, expected_version=seen)


def test_nobody_else_finds_a_draft_dossier(either, scene):
    with writing(either.engine) as session:
        begun = dossiers.prepare(session, scene.firm.actor, scene.round.id, scene.mandate.id, DossierDraft())

    with reading(either.engine) as session:
        assert begun.state is DossierState.DRAFT
        assert dossiers.list_for_fund(session, scene.fund.actor, scene.fund.organisation.id) == []
        with pytest.raises(NotFound):
            dossiers.get(session, scene.fund.actor, begun.id)
