"""What declined requests lower on lists: rows that officers set, one a component."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput, NotFound, Stale
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, require
from models.base import utc_now
from models.consortia import Seat
from models.enums import InterestState, SeatState
from models.interest import DeclineEffect, Interest
from models.organisations import Organisation
from models.taxonomy import DeclineMeaning

# With one, a list would tell everybody what a single organisation was answered; with two, each of the two could take
# itself away and know of the other.
FEWEST_ASKERS = 3
MOST_ASKERS, MOST_DAYS = 100, 730


@dataclass(frozen=True, kw_only=True)
class EffectDraft:
    least_askers: int
    window_days: int
    half_life_days: float


def list_effects(session: Session, actor: Actor) -> Sequence[DeclineEffect]:
    require(actor, Permission.EXPOSURE_EDIT)
    return session.exec(select(DeclineEffect).order_by(col(DeclineEffect.component))).all()


def list_meanings(session: Session, actor: Actor) -> Sequence[DeclineMeaning]:
    """Which component each reason speaks of."""
    require(actor, Permission.EXPOSURE_EDIT)
    return session.exec(
        select(DeclineMeaning).order_by(col(DeclineMeaning.reason), col(DeclineMeaning.component))
    ).all()


def draft_of(effect: DeclineEffect) -> EffectDraft:
    return EffectDraft(**{name: getattr(effect, name) for name in EffectDraft.__dataclass_fields__})


def change_effect(session: Session, actor: Actor, component: str, draft: EffectDraft, *, expected: EffectDraft) -> None:
    """Set the rule of a component; `expected` is what the editor was shown. It holds from the next list on."""
    require(actor, Permission.EXPOSURE_EDIT)
    effect = session.exec(select(DeclineEffect).where(DeclineEffect.component == component).with_for_update()).first()
    if effect is None:
        raise NotFound("decline effect", component)
    _check(draft)
    _check_fresh(asdict(draft_of(effect)), asdict(draft), asdict(expected))
    changes = audit.apply_changes(effect, asdict(draft))
    if not changes:
        return
    audit.record(session, actor, "decline_effect.change", effect, changes={"component": component, **changes})
    session.flush()
    _read_again(session)


def _check(draft: EffectDraft) -> None:
    bounds = {
        "least_askers": (FEWEST_ASKERS, MOST_ASKERS),
        "window_days": (1, MOST_DAYS),
        "half_life_days": (1, MOST_DAYS),
    }
    for name, (low, high) in bounds.items():
        value = getattr(draft, name)
        if not math.isfinite(value) or not low <= value <= high:
            raise InvalidInput("out_of_range", field=name, low=low, high=high)


def _check_fresh(stored: Mapping[str, object], yours: Mapping[str, object], expected: Mapping[str, object]) -> None:
    moved = [name for name in stored if stored[name] != expected[name]]
    if moved:
        raise Stale("decline_effects", {name: (stored[name], yours[name]) for name in moved})


def _read_again(session: Session) -> None:
    """Move the clock of all who have declined, so that the index reads their answers by the new rule."""
    declined = select(Interest.candidate_id).where(Interest.state == InterestState.DECLINED)
    left = select(Seat.organisation_id).where(Seat.state == SeatState.DECLINED)
    has_declined = col(Organisation.id).in_(declined) | col(Organisation.id).in_(left)
    session.execute(sa.update(Organisation).where(has_declined).values(changed_at=utc_now()))
