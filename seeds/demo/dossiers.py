"""Money between firms and funds in the demo: editions of terms, a second mandate, drafts, dossiers and questions.

They come about by the services themselves, as people would do it, so that audit, grants and editions are as they ought
to be.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from matchmaker.services import clearing
from matchmaker.services.actors import Actor
from matchmaker.services.capital import dossiers
from matchmaker.services.capital.dossiers import DossierDraft
from matchmaker.services.mandates import editing, editions, reading
from matchmaker.services.mandates.drafts import (
    ClauseDraft,
    ClausesDraft,
    DirectionDraft,
    FieldDraft,
    FundDraft,
    LimitsDraft,
)
from models.enums import (
    CapitalType,
    ClauseForce,
    ClauseKind,
    ClearanceVerdict,
    DeclineReason,
    FinancingStage,
    FundLevel,
    LeadOrFollow,
    RiskTolerance,
)
from models.funds import Mandate, MandateEdition
from models.organisations import Organisation
from models.rounds import Round
from seeds.demo.identity import HERO, SOURCE, identity
from seeds.demo.people import People

FUND, SISTER, DECLINING, ASKING = "fund-01", "fund-39", "fund-50", "fund-29"
DAYS_VALID = 150
SECOND = reading.Terms(
    fund=FundDraft(
        name_zh="智能网联汽车早期专项",
        name_en="Early-stage programme for connected vehicles",
        level=FundLevel.MUNICIPAL,
        capital_type=CapitalType.GOVERNMENT_GUIDED,
        legal_form="有限合伙",
        size=3e8,
        remaining=2.6e8,
        investment_years=5,
        exit_years=5,
        extension_years=2,
    ),
    direction=DirectionDraft(
        stages=(FinancingStage.ANGEL, FinancingStage.SERIES_A),
        fields=(
            FieldDraft(node_code="nev-cockpit", is_main=True),
            FieldDraft(node_code="nev-automated-driving", is_main=True),
            FieldDraft(node_code="nev-software"),
            FieldDraft(node_code="nev-semiconductor"),
        ),
        exclusions=("房地产", "纯贸易"),
        thesis_zh="投早投小投硬科技：面向智能座舱、自动驾驶和车载软件，支持有样车验证、尚未大规模量产的本地企业。",
        thesis_en="Early, small and hard technology: cockpits, automated driving and vehicle software of local firms "
        "whose parts run in a test vehicle and not yet in series.",
    ),
    limits=LimitsDraft(
        ticket_low=2e6,
        ticket_high=1.2e7,
        stake_high=0.15,
        leads=LeadOrFollow.BOTH,
        firm_age_high=10,
        staff_high=300,
        valuation_high=3e8,
        trl_low=5,
        certifications=("tech-sme", "innovative-sme", "high-tech"),
        main_field_share=0.6,
        reinvestment_multiple=1.0,
    ),
    clauses=ClausesDraft(
        clauses=(
            ClauseDraft(
                kind=ClauseKind.LIFE,
                force=ClauseForce.WAIVABLE,
                text_zh="预计退出晚于存续期的，可由母基金接续，须附接续安排。",
                text_en="An exit beyond the fund's life may be taken over by the mother fund, with an arrangement for it.",
                source="演示：专项管理细则第九条",
            ),
            ClauseDraft(
                kind=ClauseKind.VALUATION,
                force=ClauseForce.SOFT,
                text_zh="投前估值上限供参考，由投决会按可比交易审定。",
                text_en="The valuation limit is a guide; the committee decides by comparable deals.",
                source="演示：专项管理细则第十二条",
            ),
        ),
        risk_tolerance=RiskTolerance.HIGH,
        exemption_terms="按尽职免责清单执行，单个项目亏损不追责。",
        decision_weeks=6,
    ),
)


def pass_money_round(session: Session, people: People, today: date, manager: UUID) -> Mandate:
    """All of it; `manager` is the demo's fund person. The second mandate of their fund comes back."""
    _publish_first_editions(session)
    actor = people.of(FUND, user_id=manager)
    second = _second_mandate(session, people, actor, today)
    _write_drafts(session, people, actor, manager)
    _hand_in(session, people, actor, second, today)
    _ask(session, people, actor, today)
    return second


def _publish_first_editions(session: Session) -> None:
    """The terms of every fund as they were when they were last verified."""
    mandates = session.exec(select(Mandate).where(Mandate.source == SOURCE).order_by(col(Mandate.source_key)))
    for mandate in mandates.all():
        day = mandate.last_verified_on or mandate.created_at.date()
        session.add(
            MandateEdition(
                id=identity(f"{mandate.source_key}/edition-1"),
                created_at=datetime.combine(day, time(), UTC),
                mandate_id=mandate.id,
                number=mandate.edition,
                terms=editions.freeze(session, reading.terms_of(session, mandate)),
                note="首次发布",
            )
        )
    session.flush()


def _second_mandate(session: Session, people: People, actor: Actor, today: date) -> Mandate:
    first = session.get_one(Mandate, identity(f"{FUND}/mandate-1"))
    started = FundDraft(**{**vars(SECOND.fund), "manager": first.manager, "started_on": today - timedelta(days=400)})
    mandate = editing.create(session, actor, session.get_one(Organisation, first.organisation_id), started)
    for step in (SECOND.direction, SECOND.limits, SECOND.clauses):
        editing.edit(session, actor, mandate, step)
    return editions.publish(session, actor, mandate, note="专项设立")


def _write_drafts(session: Session, people: People, actor: Actor, manager: UUID) -> None:
    """A working copy of published terms, and a mandate of the sister fund that has just been begun."""
    first = session.get_one(Mandate, identity(f"{FUND}/mandate-1"))
    copy = editing.revise(session, actor, first)
    limits = reading.stored(session, copy, LimitsDraft)
    editing.edit(session, actor, copy, LimitsDraft(**{**vars(limits), "ticket_high": 2e6, "firm_age_high": 6}))
    sister = session.get_one(Organisation, people.organisation(SISTER))
    begun = FundDraft(
        name_zh="激光与精密制造二期",
        name_en="Lasers and precision making, second fund",
        level=FundLevel.DISTRICT,
        capital_type=CapitalType.SOCIAL,
        manager=first.manager,
        size=5e8,
        remaining=5e8,
    )
    editing.create(session, people.of(SISTER, user_id=manager), sister, begun)


def _hand_in(session: Session, people: People, manager: Actor, second: Mandate, today: date) -> None:
    """One dossier is with the fund, one came back with a reason, one is being written; others' are taken up."""
    firm = people.of(HERO, user_id=identity("user/sme"))
    asked = _round(session, people.organisation(HERO))
    figures = DossierDraft(
        fields=("round_figures", "rd_staff_share"),
        message="附下一代座舱域控的里程碑与资金安排。首笔资金希望在装车试验前到位，可到现场看样机。",
        expires_on=today + timedelta(days=DAYS_VALID),
    )
    sent = dossiers.prepare(session, firm, asked.id, second.id, figures)
    dossiers.submit(session, firm, sent.id, today=today)
    tried = DossierDraft(fields=("round_figures",), message="希望对接产业基金，参与本轮并协同整车资源。")
    declined = dossiers.prepare(session, firm, asked.id, identity(f"{DECLINING}/mandate-1"), tried)
    dossiers.submit(session, firm, declined.id, today=today)
    dossiers.decline(
        session,
        people.of(DECLINING),
        declined.id,
        DeclineReason.TOO_EARLY,
        clause=ClauseKind.READINESS,
        answer="本基金要求成熟度达到7级。完成装车试验并取得第三方报告后，欢迎再次递交。",
    )
    begun = DossierDraft(message="（待补充：与本区两家供应商的合作协议）")
    dossiers.prepare(session, firm, asked.id, identity(f"{SISTER}/mandate-1"), begun)
    _hand_in_to_first(session, manager, today)


def _hand_in_to_first(session: Session, manager: Actor, today: date) -> None:
    """Two young firms that come to the seed fund: one waits, one is looked into."""
    first = identity(f"{FUND}/mandate-1")
    cleared = firms_by_verdict(session, manager, first, ClearanceVerdict.CLEARED, today=today)
    for firm_id, answer in zip(cleared, ("已安排投资经理对接，两周内反馈。", ""), strict=False):
        firm = People(session).of(session.get_one(Organisation, firm_id).source_key or "")
        kept_back = dossiers.grantable(session, firm_id)
        shown = tuple(name for name in ("round_figures", "rd_ratio") if name in kept_back)
        draft = DossierDraft(fields=shown, message="随附融资计划与里程碑，请审阅。")
        sent = dossiers.prepare(session, firm, _round(session, firm_id).id, first, draft)
        dossiers.submit(session, firm, sent.id, today=today)
        if answer:
            dossiers.take_up(session, manager, sent.id, answer)


def _ask(session: Session, people: People, manager: Actor, today: date) -> None:
    """What funds could not find out is asked: one question waits, one is answered by showing, one is not answered."""
    hero = people.organisation(HERO)
    clearing.ask(session, people.of(ASKING), identity(f"{ASKING}/mandate-1"), hero, ClauseKind.RD_RATIO, today=today)
    first = identity(f"{FUND}/mandate-1")
    unclear = firms_by_verdict(session, manager, first, ClearanceVerdict.TO_ASK, today=today)
    # Who has not written down its own way to an exit has nothing to show.
    showing = next(firm_id for firm_id in unclear if _round(session, firm_id).exit_months is not None)
    declining = next(firm_id for firm_id in unclear if firm_id != showing)
    for firm_id in (showing, declining):
        pair = clearing.lines(session, manager, first, firm_id, today=today)
        kind = next(one.kind for one in pair.lines if one.is_askable)
        question = clearing.ask(session, manager, first, firm_id, kind, today=today)
        firm = people.of(session.get_one(Organisation, firm_id).source_key or "")
        if firm_id == showing:
            clearing.answer_by_showing(session, firm, question.id, today=today)
        else:
            clearing.decline_question(session, firm, question.id, "本轮估值尚在与领投方商谈，暂不便提供。")


def firms_by_verdict(
    session: Session, actor: Actor, mandate_id: UUID, *verdicts: ClearanceVerdict, today: date
) -> Sequence[UUID]:
    """Firms with an open round, in an order that stays; each once."""
    found = clearing.for_mandate(session, actor, mandate_id, today=today)
    return sorted({one.organisation_id for one in found.firms if one.verdict in verdicts})


def _round(session: Session, organisation_id: UUID) -> Round:
    return session.exec(select(Round).where(Round.organisation_id == organisation_id)).one()
