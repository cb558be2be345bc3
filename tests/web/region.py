"""A small region with an index: an asker with a need, and organisations that could meet it."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlmodel import Session

from matchmaker.instance import Instance
from matchmaker.services import indexing
from models.accounts import User
from models.enums import (
    CooperationType,
    MembershipRole,
    OrganisationKind,
    ParticipationRole,
    PostingState,
    ProjectKind,
)
from models.facilities import Facility, FacilityCapability
from models.offers import Need, NeedCapability, Offer, OfferCapability
from models.organisations import Organisation, OrganisationNode
from models.taxonomy import PresetWeight
from models.track import Participation, Project
from tests.factories import make_facility, make_member, make_need, make_offer, make_organisation, make_user
from tests.records import add_taxonomy

CAPABILITIES = ("cockpit-controller", "head-up-display", "bms-software")
SUMMARIES = (
    "座舱域控制器的硬件设计与量产，供多家整车厂使用，支持多屏联动。",
    "抬头显示光学模组的设计与试制，可做样件验证。",
    "电池管理软件的开发与标定，已在两个车型上量产。",
)
MORE_WEIGHTS = {"chain": 8, "track_record": 10, "capacity": 4, "size": 4, "terms": 4, "walk": 6}


# Before every day that tests ask about.
LONG_AGO = datetime(2026, 1, 5, tzinfo=UTC)


@dataclass
class Region:
    """What a test arranged; commit and call `index()` after changing it by hand."""

    session: Session
    instance: Instance
    asker: Organisation
    owner: User
    need: Need

    def index(self) -> None:
        self.session.commit()
        indexing.refresh(self.instance)

    def add_candidate(self, *, capability: str = "cockpit-controller", level: int = 3, **values: Any) -> Organisation:
        """An organisation with one offer of `capability`; alike offers say the same, so that texts break no ties."""
        organisation = add(self.session, make_organisation(**{"district_code": "500112", "staff": 80, **values}))
        self.add_offer(organisation, capability=capability, level=level)
        return organisation

    def add_offer(
        self, organisation: Organisation, *, capability: str = "cockpit-controller", level: int = 3, **values: Any
    ) -> Offer:
        text = SUMMARIES[CAPABILITIES.index(capability)]
        told = {"title_zh": text[:8], "title_en": capability, "summary_zh": text, "trl_low": 6, "trl_high": 8}
        told["published_at"] = LONG_AGO
        offer = add(self.session, make_offer(organisation, **{**told, **values}))
        self.session.add(OfferCapability(offer_id=offer.id, capability_code=capability, level=level))
        self.session.flush()
        return offer

    def add_person(self, role: MembershipRole | None = None) -> User:
        """A person of the asker's with this role, or a stranger."""
        user = add(self.session, make_user())
        if role is not None:
            self.session.add(make_member(user, self.asker, role))
        self.session.commit()
        return user

    def add_project(
        self, *members: Organisation, title: str = "智能座舱联合攻关", day: date = date(2024, 5, 1)
    ) -> Project:
        tags = ["node:nev-cockpit"]
        project = add(self.session, Project(kind=ProjectKind.CONSORTIUM, title_zh=title, tags=tags, started_on=day))
        for place, member in enumerate(members):
            role = ParticipationRole.COORDINATOR if place == 0 else ParticipationRole.PARTICIPANT
            self.session.add(Participation(project_id=project.id, organisation_id=member.id, role=role))
        self.session.flush()
        return project


def add(session: Session, record: Any) -> Any:
    session.add(record)
    session.flush()
    return record


def make_region(session: Session, instance: Instance) -> Region:
    """An asker in Yubei who needs a cockpit controller of level 3; nobody who could meet it yet."""
    add_taxonomy(session)
    session.add_all(
        PresetWeight(preset_code="partners", component=component, weight=weight)
        for component, weight in MORE_WEIGHTS.items()
    )
    asker = add(session, make_organisation(name_zh="重庆屏联智舱科技有限公司", district_code="500112", staff=120))
    owner = add(session, make_user())
    session.add(make_member(owner, asker))
    need = add_need(session, asker, ["cockpit-controller"], trl_low=6, trl_high=8)
    session.commit()
    return Region(session, instance, asker, owner, need)


def add_need(session: Session, owner: Organisation, capabilities: Sequence[str], **values: Any) -> Need:
    need = add(session, make_need(owner, **{"title_zh": "寻找座舱域控制器合作方", **values}))
    session.add_all(NeedCapability(need_id=need.id, capability_code=code, level=3) for code in capabilities)
    session.flush()
    return need


def fill_at_random(region: Region, seed: int, *, organisations: int = 30) -> None:
    """Organisations as a real registry has them: some full, some nearly empty, some with facilities or a record."""
    dice = random.Random(seed)
    made = [_random_organisation(region, dice) for _number in range(organisations)]
    for _number in range(organisations // 3):
        members = dice.sample([region.asker, *made], dice.randint(2, 4))
        region.add_project(*members, day=date(dice.randint(2015, 2025), dice.randint(1, 12), 1))
    region.session.commit()


def _random_organisation(region: Region, dice: random.Random) -> Organisation:
    def maybe(value: Any) -> Any:
        return value if dice.random() < 0.7 else None

    session = region.session
    organisation = add(
        session,
        make_organisation(
            kind=dice.choice([OrganisationKind.SME, OrganisationKind.LAB, OrganisationKind.CHAIN_LEADER]),
            district_code=maybe(dice.choice(["500112", "500107"])),
            staff=maybe(dice.randint(3, 4000)),
            capacity=maybe(4),
            engaged=maybe(dice.randint(0, 3)),
        ),
    )
    if dice.random() < 0.6:
        node = dice.choice(["nev-cockpit", "nev-bms"])
        session.add(OrganisationNode(organisation_id=organisation.id, node_code=node))
    for _number in range(dice.randint(0, 2)):
        _random_offer(region, dice, organisation)
    if dice.random() < 0.2:
        facility: Facility = add(
            session, make_facility(organisation, summary_zh=dice.choice(SUMMARIES), trl_in=4, trl_out=7)
        )
        session.add(FacilityCapability(facility_id=facility.id, capability_code=dice.choice(CAPABILITIES), level=4))
    session.flush()
    return organisation


def _random_offer(region: Region, dice: random.Random, organisation: Organisation) -> None:
    trl = dice.choice([None, 3, 6, 8])
    offer = add(
        region.session,
        make_offer(
            organisation,
            type=dice.choice(list(CooperationType)),
            title_en="" if dice.random() < 0.3 else "Cockpit parts",
            summary_zh=dice.choice(SUMMARIES),
            trl_low=trl,
            trl_high=trl,
            state=dice.choice([PostingState.PUBLISHED, PostingState.PUBLISHED, PostingState.DRAFT]),
            budget_low=100_000.0 if dice.random() < 0.5 else None,
            budget_high=900_000.0,
        ),
    )
    for code in dice.sample(CAPABILITIES, dice.randint(0, 2)):
        region.session.add(OfferCapability(offer_id=offer.id, capability_code=code, level=dice.randint(1, 5)))
