"""The floors of exposure: what share of a list's first places is for newcomers and small firms, set by officers."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput, NotFound
from matchmaker.rerank import Floors
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.changes import check_version
from models.enums import SizeClass
from models.exposure import ExposurePolicy

HIGHEST_SHARE, LOWEST_DEPTH, HIGHEST_DEPTH = 0.5, 5, 50


@dataclass(frozen=True, kw_only=True)
class PolicyDraft:
    """What an officer sets; shares and losses lie in [0, 1]."""

    newcomer_share: float
    small_share: float
    depth: int
    largest_loss: float
    nearness: float
    projects_at_most: int
    founded_within_days: int

    def floors(self, small_sizes: Sequence[str]) -> Floors:
        return Floors(**asdict(self), small_sizes=frozenset(SizeClass(size) for size in small_sizes))


def draft_of(policy: ExposurePolicy) -> PolicyDraft:
    return PolicyDraft(**{name: getattr(policy, name) for name in PolicyDraft.__dataclass_fields__})


def list_policies(session: Session, actor: Actor) -> Sequence[ExposurePolicy]:
    require(actor, Permission.EXPOSURE_EDIT)
    return session.exec(select(ExposurePolicy).order_by(col(ExposurePolicy.purpose))).all()


def get_policy(session: Session, actor: Actor, purpose: str) -> ExposurePolicy:
    require(actor, Permission.EXPOSURE_EDIT)
    policy = session.get(ExposurePolicy, purpose)
    if policy is None:
        raise NotFound("exposure policy", purpose)
    return policy


def floors_on(session: Session, purpose: str) -> Floors:
    """The floors of this kind of list at present; none where no policy is set."""
    policy = session.get(ExposurePolicy, purpose)
    return Floors() if policy is None else draft_of(policy).floors(policy.small_sizes)


def change_policy(
    session: Session, actor: Actor, policy: ExposurePolicy, draft: PolicyDraft, *, expected_version: int | None
) -> None:
    """Set the floors; lists asked for from now on follow them."""
    require(actor, Permission.EXPOSURE_EDIT)
    check_draft(draft)
    values = asdict(draft)
    check_version(policy, values, expected_version=expected_version)
    changes = audit.apply_changes(policy, values)
    if changes:
        audit.record(session, actor, "exposure.change", policy, changes={"purpose": policy.purpose, **changes})
        session.flush()


def check_draft(draft: PolicyDraft) -> None:
    bounds = {
        "newcomer_share": (0, HIGHEST_SHARE),
        "small_share": (0, HIGHEST_SHARE),
        "depth": (LOWEST_DEPTH, HIGHEST_DEPTH),
        "largest_loss": (0, 1),
        "nearness": (0, 1),
        "projects_at_most": (0, 1000),
        "founded_within_days": (0, 36500),
    }
    for name, (low, high) in bounds.items():
        value = getattr(draft, name)
        if not math.isfinite(value) or not low <= value <= high:
            raise InvalidInput("out_of_range", field=name, low=low, high=high)
