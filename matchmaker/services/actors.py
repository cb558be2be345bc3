"""Who acts, and what they may do. One table of permissions for the whole platform."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from matchmaker.errors import NotAllowed
from models.enums import MembershipRole, PlatformRole


class Permission(StrEnum):
    ORGANISATION_VIEW = "organisation:view"
    ORGANISATION_CREATE = "organisation:create"
    ORGANISATION_CLAIM = "organisation:claim"
    ORGANISATION_EDIT = "organisation:edit"
    ORGANISATION_SEE_CLOSED = "organisation:see-closed"
    CLAIM_DECIDE = "claim:decide"
    POSTING_VIEW = "posting:view"
    POSTING_EDIT = "posting:edit"
    RECOMMENDATION_VIEW = "recommendation:view"
    FEEDBACK_GIVE = "feedback:give"
    INTEREST_VIEW = "interest:view"
    INTEREST_EXPRESS = "interest:express"
    INTEREST_ANSWER = "interest:answer"
    EXPOSURE_EDIT = "exposure:edit"
    SEARCH = "search:use"
    PRESET_EDIT = "preset:edit"
    LEARNING_VIEW = "learning:view"
    LEARNING_TRAIN = "learning:train"
    PRICE_COMPUTE = "price:compute"
    PRICE_VIEW = "price:view"
    IMPORT = "import:run"
    AUDIT_VIEW = "audit:view"
    JOB_RUN = "job:run"
    ACCOUNT_MANAGE = "account:manage"
    RETENTION_EDIT = "retention:edit"
    CHALLENGE_VIEW = "challenge:view"
    CHALLENGE_EDIT = "challenge:edit"
    CHALLENGE_ANSWER = "challenge:answer"
    CHALLENGE_STAGE = "challenge:stage"
    CHALLENGE_COMPOSE = "challenge:compose"
    RULES_VIEW = "rules:view"
    RULES_EDIT = "rules:edit"
    CONSORTIUM_VIEW = "consortium:view"
    CONSORTIUM_EDIT = "consortium:edit"
    RELAY_VIEW = "relay:view"
    PAIRING_PLAN = "pairing:plan"
    MANDATE_VIEW = "mandate:view"
    MANDATE_EDIT = "mandate:edit"
    ROUND_VIEW = "round:view"
    ROUND_EDIT = "round:edit"
    DOSSIER_SEND = "dossier:send"
    DOSSIER_ANSWER = "dossier:answer"
    CAPITAL_VIEW = "capital:view"
    DEAL_VIEW = "deal:view"
    DEAL_EDIT = "deal:edit"
    STACK_BUILD = "stack:build"
    REGISTRY_CURATE = "registry:curate"
    POSTING_REVIEW = "posting:review"
    CHAIN_VIEW = "chain:view"
    INDICATOR_VIEW = "indicator:view"
    INDICATOR_EDIT = "indicator:edit"
    SCENARIO_RUN = "scenario:run"
    REPORT_VIEW = "report:view"
    REPORT_MAKE = "report:make"
    FUNNEL_VIEW = "funnel:view"
    OUTCOME_STATE = "outcome:state"
    NETWORK_VIEW = "network:view"
    SCORECARD_VIEW = "scorecard:view"
    DATA_REQUEST = "data:request"
    DATA_DECIDE = "data:decide"
    DATA_PUBLISH = "data:publish"


P = Permission

SIGNED_IN = frozenset(
    {
        P.ORGANISATION_VIEW,
        P.ORGANISATION_CREATE,
        P.ORGANISATION_CLAIM,
        P.POSTING_VIEW,
        P.SEARCH,
        P.CHALLENGE_VIEW,
        P.RULES_VIEW,
        P.RELAY_VIEW,
        P.MANDATE_VIEW,
        P.NETWORK_VIEW,
        P.SCORECARD_VIEW,
    }
)

LOOKING = frozenset(
    {
        P.RECOMMENDATION_VIEW,
        P.ORGANISATION_SEE_CLOSED,
        P.INTEREST_VIEW,
        P.CONSORTIUM_VIEW,
        P.ROUND_VIEW,
        P.CAPITAL_VIEW,
        P.DEAL_VIEW,
    }
)
ACTING = LOOKING | {
    P.ORGANISATION_EDIT,
    P.POSTING_EDIT,
    P.FEEDBACK_GIVE,
    P.INTEREST_EXPRESS,
    P.INTEREST_ANSWER,
    P.CHALLENGE_EDIT,
    P.CHALLENGE_ANSWER,
    P.CHALLENGE_COMPOSE,
    P.CONSORTIUM_EDIT,
    P.MANDATE_EDIT,
    P.ROUND_EDIT,
    P.DOSSIER_SEND,
    P.DOSSIER_ANSWER,
    P.DEAL_EDIT,
    P.STACK_BUILD,
    P.OUTCOME_STATE,
    P.DATA_REQUEST,
    P.DATA_DECIDE,
}

FOR_MEMBERS: Mapping[MembershipRole, frozenset[Permission]] = {
    MembershipRole.VIEWER: LOOKING,
    MembershipRole.EDITOR: ACTING,
    MembershipRole.OWNER: ACTING,
}

ON_THE_PLATFORM: Mapping[PlatformRole, frozenset[Permission]] = {
    PlatformRole.OFFICER: frozenset(
        {
            P.ORGANISATION_SEE_CLOSED,
            P.CLAIM_DECIDE,
            P.RECOMMENDATION_VIEW,
            P.ORGANISATION_EDIT,
            P.POSTING_EDIT,
            P.IMPORT,
            P.EXPOSURE_EDIT,
            P.PRICE_COMPUTE,
            P.PRICE_VIEW,
            P.LEARNING_VIEW,
            P.CHALLENGE_EDIT,
            P.CHALLENGE_STAGE,
            P.CHALLENGE_COMPOSE,
            P.RULES_EDIT,
            P.CONSORTIUM_VIEW,
            P.PAIRING_PLAN,
            P.MANDATE_EDIT,
            P.ROUND_VIEW,
            P.CAPITAL_VIEW,
            P.STACK_BUILD,
            P.REGISTRY_CURATE,
            P.POSTING_REVIEW,
            P.CHAIN_VIEW,
            P.INDICATOR_VIEW,
            P.INDICATOR_EDIT,
            P.SCENARIO_RUN,
            P.REPORT_VIEW,
            P.REPORT_MAKE,
            P.FUNNEL_VIEW,
            P.DATA_DECIDE,
            P.DATA_PUBLISH,
        }
    ),
    PlatformRole.ADMINISTRATOR: frozenset(
        {
            P.CLAIM_DECIDE,
            P.PRESET_EDIT,
            P.IMPORT,
            P.AUDIT_VIEW,
            P.JOB_RUN,
            P.ACCOUNT_MANAGE,
            P.RETENTION_EDIT,
            P.EXPOSURE_EDIT,
            P.PRICE_COMPUTE,
            P.PRICE_VIEW,
            P.LEARNING_VIEW,
            P.LEARNING_TRAIN,
            P.RULES_EDIT,
            P.REGISTRY_CURATE,
            P.CHAIN_VIEW,
            P.INDICATOR_VIEW,
            P.INDICATOR_EDIT,
        }
    ),
    PlatformRole.AUDITOR: frozenset(
        {
            P.AUDIT_VIEW,
            P.PRICE_VIEW,
            P.LEARNING_VIEW,
            P.CHAIN_VIEW,
            P.INDICATOR_VIEW,
            P.REPORT_VIEW,
            P.FUNNEL_VIEW,
        }
    ),
}


@dataclass(frozen=True)
class Actor:
    """A person as the services know them; `user_id` None with no rights is a visitor."""

    user_id: UUID | None = None
    roles: frozenset[PlatformRole] = frozenset()
    memberships: Mapping[UUID, MembershipRole] = field(default_factory=dict)

    @property
    def is_signed_in(self) -> bool:
        return self.user_id is not None


VISITOR = Actor()
# The platform's own hand: imports from the command line, demo data, nightly jobs.
PLATFORM = Actor(roles=frozenset(PlatformRole))


def can(actor: Actor, permission: Permission, organisation_id: UUID | None = None) -> bool:
    """Whether `actor` may do this, for `organisation_id` where the permission is about one organisation."""
    if any(permission in ON_THE_PLATFORM[role] for role in actor.roles):
        return True
    if (actor.is_signed_in or actor.roles) and permission in SIGNED_IN:
        return True
    membership = actor.memberships.get(organisation_id) if organisation_id else None
    return membership is not None and permission in FOR_MEMBERS[membership]


def require(actor: Actor, permission: Permission, organisation_id: UUID | None = None) -> None:
    """Raise NotAllowed unless `can`."""
    if not can(actor, permission, organisation_id):
        raise NotAllowed(permission, organisation_id)
