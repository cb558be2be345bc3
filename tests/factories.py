"""Valid records for tests: each sets only what it is about. They do not add themselves to a session."""

import itertools
from datetime import timedelta
from typing import Any

from models.accounts import Membership, Role, User
from models.base import new_id, utc_now
from models.enums import (
    CooperationType,
    FinancingStage,
    MembershipRole,
    OrganisationKind,
    PlatformRole,
    PostingState,
    RoundState,
)
from models.facilities import Facility
from models.funds import Mandate
from models.offers import Need, Offer
from models.organisations import Organisation
from models.rounds import Round

_count = itertools.count(1)


def make_organisation(**values: Any) -> Organisation:
    number = next(_count)
    defaults: dict[str, Any] = {
        "id": new_id(),
        "kind": OrganisationKind.SME,
        "name_zh": f"重庆第{number}科技有限公司",
        "name_en": f"Chongqing Technology No. {number}",
    }
    return Organisation(**{**defaults, **values})


def make_offer(organisation: Organisation, **values: Any) -> Offer:
    return Offer(**{**_posting(organisation), **values})


def make_need(organisation: Organisation, **values: Any) -> Need:
    return Need(**{**_posting(organisation), **values})


def _posting(organisation: Organisation) -> dict[str, Any]:
    number = next(_count)
    return {
        "id": new_id(),
        "organisation_id": organisation.id,
        "type": CooperationType.RESEARCH,
        "title_zh": f"第{number}项合作",
        "title_en": f"Co-operation No. {number}",
        "summary_zh": "寻找在智能座舱域控制器方面有量产经验的合作伙伴，共同完成样件试制与验证。",
        "state": PostingState.PUBLISHED,
        "valid_until": (utc_now() + timedelta(days=300)).date(),
        "published_at": utc_now(),
    }


def make_facility(organisation: Organisation, **values: Any) -> Facility:
    number = next(_count)
    defaults: dict[str, Any] = {
        "id": new_id(),
        "organisation_id": organisation.id,
        "name_zh": f"第{number}中试线",
        "name_en": f"Pilot line No. {number}",
    }
    return Facility(**{**defaults, **values})


def make_mandate(organisation: Organisation, **values: Any) -> Mandate:
    number = next(_count)
    defaults: dict[str, Any] = {"id": new_id(), "organisation_id": organisation.id, "name_zh": f"第{number}号基金"}
    return Mandate(**{**defaults, **values})


def make_fund(**values: Any) -> Organisation:
    number = next(_count)
    names = {"name_zh": f"重庆第{number}号创业投资基金", "name_en": f"Chongqing Venture Fund No. {number}"}
    return make_organisation(kind=OrganisationKind.FUND, **{**names, **values})


def make_round(organisation: Organisation, **values: Any) -> Round:
    """An open round of which only the amount and the stage are said."""
    defaults: dict[str, Any] = {
        "id": new_id(),
        "organisation_id": organisation.id,
        "amount": 5_000_000.0,
        "stage": FinancingStage.ANGEL,
        "state": RoundState.OPEN,
        "opened_on": utc_now().date(),
        "closes_on": (utc_now() + timedelta(days=200)).date(),
    }
    return Round(**{**defaults, **values})


def make_user(*roles: PlatformRole, **values: Any) -> User:
    """A person; their roles come as new rows, so give one role to one person of a test only."""
    number = next(_count)
    defaults: dict[str, Any] = {"id": new_id(), "email": f"person{number}@company.example", "name": f"Person {number}"}
    user = User(**{**defaults, **values})
    user.roles = [Role(name=role) for role in roles]
    return user


def make_member(
    user: User, organisation: Organisation, role: MembershipRole = MembershipRole.OWNER, **values: Any
) -> Membership:
    return Membership(user_id=user.id, organisation_id=organisation.id, role=role, **values)
