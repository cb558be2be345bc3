"""A firm with a round, milestones and support, funds that could pay, and the worker at work without a worker."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlmodel import Session

from matchmaker.instance import Instance
from matchmaker.jobs import running
from matchmaker.services.actors import Actor
from matchmaker.services.stacks import asking
from matchmaker.services.stacks.settings import Terms
from matchmaker.worker.kinds import KINDS
from models.enums import CapitalType, FinancingStage, LeadOrFollow, SupportKind
from models.funds import Mandate, TypicalFund
from models.jobs import Job
from models.rounds import CapitalStack, Round, RoundMilestone, RoundSupport
from models.taxonomy import RelayHop
from tests import capital_records as capital
from tests import records as make
from tests.capital_records import Side

TODAY = capital.TODAY
HOPS = (
    ("pilot", 4, 7, "angel|series_a"),
    ("scene", 7, 8, "series_a|series_b"),
    ("production", 8, 9, "series_b|growth"),
)


@dataclass
class Case:
    """Milestones at months 6, 12, 24: 3, 6 and 9 million; a voucher of half a million in month 2."""

    session: Session
    firm: Side
    round: Round
    mandates: dict[str, Mandate] = field(default_factory=dict)

    @property
    def actor(self) -> Actor:
        return self.firm.actor

    def add_fund(self, name: str, *, stages: tuple[str, ...], **values: Any) -> Mandate:
        """One that has just begun to invest in cockpits, leads, and lives for ten years."""
        usual: dict[str, Any] = {
            "name_zh": name,
            "stages": list(stages),
            "ticket_low": 1e6,
            "ticket_high": 1e7,
            "leads": LeadOrFollow.BOTH,
            "capital_type": CapitalType.SOCIAL,
            "started_on": date(2026, 1, 1),
            "investment_years": 5,
            "exit_years": 5,
        }
        owner = capital.fund(self.session, name_zh=f"{name}管理公司")
        record = capital.mandate(self.session, owner, fields={"nev-cockpit": False}, **{**usual, **values})
        self.mandates[name] = record
        return record

    def ask(self, **terms: Any) -> CapitalStack:
        stack = asking.ask(self.session, self.actor, self.round.id, Terms(**terms), today=TODAY)
        self.session.commit()
        return stack

    def build(self, instance: Instance, **terms: Any) -> CapitalStack:
        """Ask, and carry the job out as a worker would."""
        return self.carry_out(instance, self.ask(**terms))

    def carry_out(self, instance: Instance, stack: CapitalStack, **watched: Callable[[], bool]) -> CapitalStack:
        job = self.session.get_one(Job, stack.job_id)
        self.session.commit()  # what it holds, the worker would wait for
        running.carry_out(instance, KINDS, job.id, job.handover, worker="here-1", **watched)
        self.session.refresh(stack)
        return stack

    def names_of(self, plan: dict[str, Any]) -> set[str]:
        by_key = {str(one.id): name for name, one in self.mandates.items()}
        return {by_key[row["key"]] for row in plan["funds"]}


def make_case(session: Session, **values: Any) -> Case:
    """Nobody yet who could pay."""
    make.add_taxonomy(session)
    capital.add_rules(session)
    session.add_all(
        RelayHop(code=code, name_zh=code, name_en=code, trl_low=low, trl_high=high, stages=stages, source="test")
        for code, low, high, stages in HOPS
        if session.get(RelayHop, code) is None
    )
    session.add(
        TypicalFund(
            code="growth-social",
            name_zh="成长基金",
            name_en="Growth fund",
            capital_type=CapitalType.SOCIAL,
            stages="series_b|growth",
            ticket_low=5e6,
            ticket_high=5e7,
            life_years=12,
            source="test",
        )
    )
    firm = capital.firm(session)
    usual = {"amount": 1.8e7, "stage": FinancingStage.ANGEL, "valuation": 6e7, "trl": 5, "exit_months": 60}
    one = capital.open_round(session, firm, **{**usual, **values})
    session.add_all(
        RoundMilestone(round_id=one.id, trl=trl, month=month, cost=cost)
        for trl, month, cost in ((6, 6, 3e6), (8, 12, 6e6), (9, 24, 9e6))
    )
    session.add(
        RoundSupport(
            round_id=one.id, kind=SupportKind.INNOVATION_VOUCHER, amount=5e5, month=2, is_confirmed=True, title_zh="券"
        )
    )
    session.commit()
    return Case(session, firm, one)


def make_usual_case(session: Session, **values: Any) -> Case:
    """An angel fund, one for series A and B that lives shorter than the way to the exit, and one for growth."""
    case = make_case(session, **values)
    case.add_fund("天使", stages=("seed", "angel"), ticket_high=4e6)
    case.add_fund("耐心", stages=("angel", "series_a"), capital_type=CapitalType.GOVERNMENT_GUIDED, exit_years=15)
    case.add_fund("接力", stages=("series_a", "series_b"), investment_years=2, exit_years=1)
    case.add_fund("成长", stages=("series_b", "growth"), ticket_low=5e6, ticket_high=2e7)
    session.commit()
    return case
