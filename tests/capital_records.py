"""A fund with a mandate and a firm with an open round, in a database with the small taxonomy of `records`."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, SQLModel

from matchmaker.services import clearing
from matchmaker.services.actors import Actor
from matchmaker.services.clearing import ClauseLine, FundClearance, PairClearance
from models.desk import Deal, DealList, DealStage
from models.enums import (
    ClauseForce,
    ClauseKind,
    ClauseOutcome,
    FinancingStage,
    Grade,
    MandateStatus,
    OrganisationKind,
    ParticipationRole,
    ProjectKind,
    RoundState,
    StageKind,
)
from models.funds import ClauseDefault, Mandate, MandateField
from models.organisations import Certification, FieldGrade, Organisation, OrganisationNode
from models.rounds import Round
from models.taxonomy import FieldGradeDefault
from models.track import Participation, Project
from tests import records as make

TODAY = date(2026, 11, 22)
WAIVABLE = (ClauseKind.FIRM_AGE, ClauseKind.STAFF, ClauseKind.RD_RATIO, ClauseKind.CERTIFICATION, ClauseKind.VALUATION)


@dataclass
class Side:
    """An organisation, somebody who works there, and what it seeks."""

    organisation: Organisation
    actor: Actor


def add_rules(session: Session) -> None:
    """The usual forces, and the grades of what a round says."""
    for kind in ClauseKind:
        force = ClauseForce.WAIVABLE if kind in WAIVABLE or kind is ClauseKind.LIFE else ClauseForce.HARD
        force = ClauseForce.SOFT if kind is ClauseKind.REINVESTMENT else force
        session.add(ClauseDefault(kind=kind, force=force, source="usual"))
    for field, grade in (("rounds", Grade.OPEN), ("round_figures", Grade.CONDITIONAL)):
        if session.get(FieldGradeDefault, field) is None:
            session.add(FieldGradeDefault(field=field, grade=grade, source="test"))
    session.flush()


def fund(session: Session, **values: Any) -> Side:
    one = make.organisation(session, kind=OrganisationKind.FUND, **values)
    return Side(one, make.member(session, one))


def mandate(session: Session, of: Side, *, fields: dict[str, bool] | None = None, **values: Any) -> Mandate:
    usual = {"name_zh": "天使基金", "status": MandateStatus.INVESTING}
    record = Mandate(organisation_id=of.organisation.id, **{**usual, **values})
    session.add(record)
    session.flush()
    for code, is_main in (fields or {}).items():
        session.add(MandateField(mandate_id=record.id, node_code=code, is_main=is_main))
    session.flush()
    return record


def firm(session: Session, *, nodes: tuple[str, ...] = ("nev-cockpit",), **values: Any) -> Side:
    usual: dict[str, Any] = {
        "district_code": "500112",
        "founded_on": date(2023, 5, 1),
        "staff": 60,
        "rd_ratio": 0.026,
        "industry_code": "C3670",
    }
    one = make.organisation(session, **{**usual, **values})
    session.add_all(OrganisationNode(organisation_id=one.id, node_code=code) for code in nodes)
    session.flush()
    return Side(one, make.member(session, one))


def open_round(session: Session, of: Side, **values: Any) -> Round:
    usual: dict[str, Any] = {
        "amount": 5e6,
        "stage": FinancingStage.ANGEL,
        "valuation": 4e7,
        "trl": 6,
        "market_months": 18,
        "exit_months": 60,
        "state": RoundState.OPEN,
        "opened_on": date(2026, 10, 1),
        "closes_on": date(2076, 6, 1),  # open still on whichever day the tests run
    }
    record = Round(organisation_id=of.organisation.id, **{**usual, **values})
    session.add(record)
    session.flush()
    return record


def close_field(session: Session, of: Side, field: str) -> None:
    session.add(FieldGrade(organisation_id=of.organisation.id, field=field, grade=Grade.CLOSED))
    session.flush()


def certify(session: Session, of: Side, *, valid_until: date | None = None) -> Certification:
    record = Certification(organisation_id=of.organisation.id, scheme_code="high-tech", valid_until=valid_until)
    session.add(record)
    session.flush()
    return record


@dataclass
class Market:
    """A fund that invests in cockpits, and a firm that makes them and seeks money."""

    fund: Side
    firm: Side
    mandate: Mandate
    round: Round


def add_market(session: Session) -> Market:
    add_rules(session)
    of_fund, of_firm = fund(session), firm(session)
    return Market(
        of_fund, of_firm, mandate(session, of_fund, fields={"nev-cockpit": True}), open_round(session, of_firm)
    )


def say(session: Session, record: SQLModel, **values: Any) -> None:
    for name, value in values.items():
        setattr(record, name, value)
    session.add(record)
    session.flush()


def as_fund(session: Session, market: Market) -> PairClearance:
    return clearing.lines(session, market.fund.actor, market.mandate.id, market.firm.organisation.id, today=TODAY)


def as_firm(session: Session, market: Market) -> FundClearance:
    found = clearing.for_round(session, market.firm.actor, market.round.id, today=TODAY).of(market.mandate.id)
    assert found is not None
    return found


def line(pair: PairClearance | FundClearance, kind: ClauseKind) -> ClauseLine:
    return next(one for one in pair.lines if one.kind is kind)


def outcome(pair: PairClearance | FundClearance, kind: ClauseKind) -> ClauseOutcome:
    return line(pair, kind).outcome


def add_deal(session: Session, fund: Side, mandate: Mandate, firm: Side, amount: float) -> None:
    """One that the fund has in its portfolio."""
    desk = DealList(organisation_id=fund.organisation.id, mandate_id=mandate.id, name="项目库")
    session.add(desk)
    session.flush()
    column = DealStage(list_id=desk.id, kind=StageKind.PORTFOLIO, name_zh="投后")
    session.add(column)
    session.flush()
    deal = Deal(
        list_id=desk.id,
        organisation_id=fund.organisation.id,
        candidate_id=firm.organisation.id,
        stage_id=column.id,
        amount=amount,
    )
    session.add(deal)
    session.flush()


def add_investment(session: Session, fund: Side, firm: Side, amount: float) -> None:
    project = Project(kind=ProjectKind.INVESTMENT, title_zh="天使轮", started_on=date(2025, 1, 1))
    session.add(project)
    session.flush()
    for side, role, paid in ((fund, ParticipationRole.INVESTOR, amount), (firm, ParticipationRole.INVESTEE, None)):
        part = Participation(project_id=project.id, organisation_id=side.organisation.id, role=role, amount=paid)
        session.add(part)
    session.flush()
