"""A challenge in a small region, whom its poster could work with, and the composer at work without a worker."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlmodel import Session

from matchmaker.instance import Instance
from matchmaker.jobs import running
from matchmaker.services.actors import Actor
from matchmaker.services.composing import asking
from matchmaker.services.composing.settings import Settings
from matchmaker.worker.kinds import KINDS
from models.accounts import User
from models.challenges import Challenge, ChallengeAnswer, ChallengeCapability, ChallengeSeat
from models.consortia import Composition
from models.enums import (
    ChallengeKind,
    ChallengeStage,
    MembershipRole,
    OrganisationKind,
    RuleKind,
)
from models.jobs import Job
from models.organisations import Organisation
from models.rules import CompositionRule
from tests.web.region import Region, add, make_region

SOURCE = "重庆市创新联合体管理办法第七条"
LEVELS = {"cockpit-controller": 3, "head-up-display": 3, "bms-software": 2}


@dataclass
class Case:
    """What a test arranged. Firms by a short name; `index()` after the last of them."""

    region: Region
    challenge: Challenge
    firms: dict[str, Organisation] = field(default_factory=dict)

    @property
    def session(self) -> Session:
        return self.region.session

    @property
    def instance(self) -> Instance:
        return self.region.instance

    @property
    def lead(self) -> Organisation:
        return self.region.asker

    @property
    def actor(self) -> Actor:
        return Actor(user_id=self.region.owner.id, memberships={self.lead.id: MembershipRole.OWNER})

    @property
    def owner(self) -> User:
        return self.region.owner

    def add_firm(self, name: str, *capabilities: str, level: int = 4, **values: Any) -> Organisation:
        first, *others = capabilities
        firm = self.region.add_candidate(capability=first, level=level, name_zh=name, **values)
        for code in others:
            self.region.add_offer(firm, capability=code, level=level)
        self.firms[name] = firm
        return firm

    def add_rule(
        self, kind: RuleKind, *, source: str = "重庆市创新联合体管理办法第七条", **arguments: Any
    ) -> CompositionRule:
        rule = CompositionRule(challenge_id=self.challenge.id, kind=kind, arguments=arguments, source=source)
        return add(self.session, rule)

    def add_seat(self, role: str, *kinds: OrganisationKind, **values: Any) -> ChallengeSeat:
        seat = ChallengeSeat(
            challenge_id=self.challenge.id, role_zh=role, role_en=role, kinds=[kind.value for kind in kinds], **values
        )
        return add(self.session, seat)

    def add_answer(self, organisation: Organisation) -> ChallengeAnswer:
        return add(self.session, ChallengeAnswer(challenge_id=self.challenge.id, organisation_id=organisation.id))

    def index(self) -> None:
        self.region.index()

    def ask(self, **settings: Any) -> Composition:
        composition = asking.ask(self.session, self.actor, self.challenge, self.lead.id, Settings(**settings))
        self.session.commit()
        return composition

    def compose(self, **settings: Any) -> Composition:
        """Ask, and carry the job out as a worker would."""
        composition = self.ask(**settings)
        self.carry_out(composition)
        return composition

    def carry_out(self, composition: Composition) -> Job:
        job = self.session.get_one(Job, composition.job_id)
        running.carry_out(self.instance, KINDS, job.id, job.handover, worker="here-1")
        return self.fresh(composition, job)

    def fresh(self, composition: Composition, job: Job) -> Job:
        self.session.rollback()
        self.session.refresh(composition)
        self.session.refresh(job)
        return job

    def names_of(self, team: dict[str, Any]) -> set[str]:
        """Beside the lead."""
        ids = {UUID(member["organisation_id"]) for member in team["members"] if not member["is_lead"]}
        return {self.session.get_one(Organisation, key).name_zh for key in ids}


def make_case(session: Session, instance: Instance) -> Case:
    """A challenge for three capabilities, two of which must be there; nobody who has any of them yet."""
    region = make_region(session, instance)
    challenge = Challenge(
        organisation_id=region.asker.id,
        kind=ChallengeKind.CHALLENGE,
        stage=ChallengeStage.ANSWERED,
        title_zh="跨域融合座舱域控制器",
        title_en="Cross-domain cockpit controller",
        problem_zh="座舱域控制器需要支持多屏联动与抬头显示，现有方案启动慢、成本高。",
        node_codes=["nev-cockpit"],
        budget=10_000_000.0,
        members_at_most=4,
    )
    add(session, challenge)
    session.add_all(
        ChallengeCapability(
            challenge_id=challenge.id, capability_code=code, level=level, is_must=code != "bms-software"
        )
        for code, level in LEVELS.items()
    )
    session.commit()
    return Case(region, challenge)


def make_usual_case(session: Session, instance: Instance) -> Case:
    """Enough firms for several teams: two controllers, two displays, two for battery software."""
    case = make_case(session, instance)
    for name, capability in (
        *(("甲控制器", "cockpit-controller"), ("乙控制器", "cockpit-controller")),
        *(("甲显示", "head-up-display"), ("乙显示", "head-up-display")),
        *(("甲电池", "bms-software"), ("乙电池", "bms-software")),
    ):
        case.add_firm(name, capability)
    case.index()
    return case
