"""The rounds with which an organisation seeks money now: what stands in its profile, and the figures kept apart.

Who may see which of the two is asked in `visibility`; the readers here ask nobody.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from matchmaker.services.calendar import today
from matchmaker.store.capital import is_open
from models.enums import FinancingStage
from models.organisations import Organisation
from models.rounds import Round, RoundMilestone, RoundSupport


@dataclass(frozen=True)
class SeenMilestone:
    id: UUID
    trl: int
    month: int
    title_zh: str
    title_en: str


@dataclass(frozen=True)
class SeenRound:
    """Of an open round what the field `rounds` shows."""

    id: UUID
    stage: FinancingStage | None
    amount: float | None
    trl: int | None
    use_zh: str
    use_en: str
    opened_on: date | None
    closes_on: date | None
    milestones: tuple[SeenMilestone, ...]


@dataclass(frozen=True)
class RoundFigures:
    """Of an open round what the field `round_figures` shows."""

    round_id: UUID
    valuation: float | None
    runway_months: int | None
    market_months: int | None
    exit_months: int | None
    stake_most: float | None
    funds_most: int | None
    costs: Mapping[UUID, float | None]  # by milestone
    supports: tuple[RoundSupport, ...]


def rounds_of(session: Session, organisation: Organisation) -> tuple[SeenRound, ...]:
    return tuple(
        SeenRound(
            id=one.id,
            stage=one.stage,
            amount=one.amount,
            trl=one.trl,
            use_zh=one.use_zh,
            use_en=one.use_en,
            opened_on=one.opened_on,
            closes_on=one.closes_on,
            milestones=tuple(
                SeenMilestone(step.id, step.trl, step.month, step.title_zh, step.title_en)
                for step in _milestones(session, one)
            ),
        )
        for one in _open_rounds(session, organisation)
    )


def figures_of(session: Session, organisation: Organisation) -> tuple[RoundFigures, ...]:
    return tuple(
        RoundFigures(
            round_id=one.id,
            valuation=one.valuation,
            runway_months=one.runway_months,
            market_months=one.market_months,
            exit_months=one.exit_months,
            stake_most=one.stake_most,
            funds_most=one.funds_most,
            costs={step.id: step.cost for step in _milestones(session, one)},
            supports=_supports(session, one),
        )
        for one in _open_rounds(session, organisation)
    )


def _open_rounds(session: Session, organisation: Organisation) -> list[Round]:
    mine = select(Round).where(Round.organisation_id == organisation.id, is_open(today()))
    return list(session.exec(mine.order_by(col(Round.opened_on).desc().nulls_last(), col(Round.id))))


def _milestones(session: Session, one: Round) -> list[RoundMilestone]:
    steps = select(RoundMilestone).where(RoundMilestone.round_id == one.id)
    return list(session.exec(steps.order_by(col(RoundMilestone.month), col(RoundMilestone.trl))))


def _supports(session: Session, one: Round) -> tuple[RoundSupport, ...]:
    supports = select(RoundSupport).where(RoundSupport.round_id == one.id)
    return tuple(session.exec(supports.order_by(col(RoundSupport.month), col(RoundSupport.id))))
