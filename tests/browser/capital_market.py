"""Funds, firms and their people for the journeys of capital, made beside the demo: they need nothing of it."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from uuid import UUID

from sqlmodel import Session

from matchmaker.instance import Instance
from matchmaker.services.actors import Actor
from matchmaker.services.calendar import today
from matchmaker.services.capital import rounds
from matchmaker.services.capital.rounds import MilestoneDraft, RoundDraft
from matchmaker.services.desk import deals, lists
from matchmaker.services.desk.deals import DealDraft
from matchmaker.services.desk.lists import ListDraft
from matchmaker.services.mandates import editing, editions
from matchmaker.services.mandates.drafts import DirectionDraft, FieldDraft, FundDraft, LimitsDraft
from models.accounts import Membership, User
from models.base import new_id
from models.enums import FinancingStage, LeadOrFollow, MembershipRole, OrganisationKind
from models.organisations import Organisation, OrganisationNode
from models.sessions import writing
from tests.browser.live import LiveApp
from web.demo import demo_token

# Not from 1: whoever runs these against an app that stays must not meet the people of the last time.
numbers = count(time.time_ns() % 9_000_000 + 1_000_000)
NODE = "nev-cockpit"


@dataclass(frozen=True)
class Side:
    """An organisation, and the link by which somebody of it signs in."""

    id: UUID
    name_zh: str
    name_en: str
    actor: Actor
    link: str

    def name(self, language: str) -> str:
        return self.name_zh if language == "zh" else self.name_en


@dataclass(frozen=True)
class Market:
    """Makes records in the app's own database, as other people would who came before."""

    app: LiveApp

    def add_fund(self) -> Side:
        number = next(numbers)
        return self._add(
            Organisation(
                id=new_id(),
                kind=OrganisationKind.FUND,
                name_zh=f"重庆嘉陵{number}号创业投资基金",
                name_en=f"Jialing Venture Fund {number}",
                district_code="500112",
            )
        )

    def add_firm(self) -> Side:
        """A young cockpit firm of the region that spends 2.6 % of its sales on research."""
        number = next(numbers)
        return self._add(
            Organisation(
                id=new_id(),
                kind=OrganisationKind.SME,
                name_zh=f"重庆嘉屏{number}智舱有限公司",
                name_en=f"Jiaping Cockpits {number}",
                district_code="500112",
                founded_on=date(today().year - 3, 5, 1),
                staff=60,
                rd_ratio=0.026,
                industry_code="C3670",
            ),
            nodes=(NODE,),
        )

    def publish_mandate(self, fund: Side) -> UUID:
        """Early cockpit firms, CNY 1 to 8 million each, for 12 years; 3 % of sales for research."""
        with self._writing() as session:
            organisation = session.get_one(Organisation, fund.id)
            begun = FundDraft(
                name_zh=fund.name_zh,
                name_en=fund.name_en,
                remaining=9e7,
                started_on=today() - timedelta(days=400),
                investment_years=5,
                exit_years=7,
                extension_years=2,
            )
            mandate = editing.create(session, fund.actor, organisation, begun)
            direction = DirectionDraft(
                stages=(FinancingStage.ANGEL, FinancingStage.SERIES_A),
                fields=(FieldDraft(node_code=NODE, is_main=True),),
            )
            editing.edit(session, fund.actor, mandate, direction)
            limits = LimitsDraft(
                ticket_low=1e6,
                ticket_high=8e6,
                stake_high=0.3,
                leads=LeadOrFollow.BOTH,
                firm_age_high=8,
                rd_ratio_low=0.03,
            )
            editing.edit(session, fund.actor, mandate, limits)
            return editions.publish(session, fund.actor, mandate).id

    def open_round(self, firm: Side) -> UUID:
        """CNY 5 million in two milestones over 18 months."""
        with self._writing() as session:
            draft = RoundDraft(
                amount=5e6,
                stage=FinancingStage.ANGEL,
                valuation=4e7,
                use_zh="用于座舱域控制器的样件试制、台架验证与首批产线工装。",
                use_en="Samples of the cockpit controller, bench tests, and tools for the first line.",
                runway_months=9,
                trl=5,
                market_months=24,
                exit_months=72,
                closes_on=today() + timedelta(days=90),
            )
            milestones = [
                MilestoneDraft(trl=6, month=8, cost=2e6, title_zh="样件通过台架试验", title_en="Bench tests passed"),
                MilestoneDraft(trl=7, month=18, cost=3e6, title_zh="装车验证", title_en="Proved in a vehicle"),
            ]
            started = rounds.start(session, firm.actor, firm.id, draft)
            rounds.edit(session, firm.actor, started.id, draft, milestones=milestones, expected_version=None)
            return rounds.open_round(session, firm.actor, started.id, today=today()).id

    def add_list(self, fund: Side, firms: list[Side]) -> tuple[UUID, list[UUID]]:
        """A list on the fund's desk with a deal for each firm, all in the hands of the fund's person."""
        with self._writing() as session:
            made = lists.create_list(session, fund.actor, fund.id, ListDraft(name="Seed"))
            held = [deals.add_deal(session, fund.actor, made.id, firm.id) for firm in firms]
            for deal in held:
                deals.update_deal(session, fund.actor, deal.id, DealDraft(owner_id=fund.actor.user_id))
            return made.id, [deal.id for deal in held]

    def _add(self, organisation: Organisation, *, nodes: Sequence[str] = ()) -> Side:
        person = User(email=f"person-{new_id()}@example.org", name="周明", password=None)
        with self._writing() as session:
            session.add_all([organisation, person])
            session.flush()
            role = MembershipRole.OWNER
            session.add(Membership(user_id=person.id, organisation_id=organisation.id, role=role))
            session.add_all(OrganisationNode(organisation_id=organisation.id, node_code=code) for code in nodes)
            session.flush()
            actor = Actor(user_id=person.id, memberships={organisation.id: role})
            names = (organisation.name_zh, organisation.name_en)
            token = demo_token(person.id, Instance(self.app.instance))
            return Side(organisation.id, *names, actor, f"{self.app.address}/demo/sign-in/{token}")

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        instance = Instance(self.app.instance)
        with writing(instance.engine) as session:
            yield session
        instance.engine.dispose()
