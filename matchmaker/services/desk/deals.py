"""Deals: a firm comes onto a list, is cared for by somebody, and is noted about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput
from matchmaker.services import audit, organisations, visibility
from matchmaker.services.actors import Actor
from matchmaker.services.calendar import today
from matchmaker.services.changes import check_version
from matchmaker.services.desk import columns, rights, stages
from models.accounts import User
from models.base import utc_now
from models.desk import Deal, DealList, DealNote, DealStage
from models.enums import InteractionKind, StageKind
from models.matching import Interaction
from models.organisations import Organisation

MOST_DEALS = 2000
MOST_TAGS = 12
LONGEST_TAG = 40
LONGEST_NOTE = 4000
MOST_MONEY = 1e12


@dataclass(frozen=True, kw_only=True)
class DealDraft:
    owner_id: UUID | None = None
    due_on: date | None = None
    tags: tuple[str, ...] = ()
    amount: float | None = None
    paid_on: date | None = None
    values: Mapping[str, object] = field(default_factory=dict)  # of the list's own columns, by key


@dataclass(frozen=True)
class Note:
    note: DealNote
    author: str


def add_deal(
    session: Session, actor: Actor, list_id: UUID, candidate_id: UUID, *, round_id: UUID | None = None
) -> Deal:
    """Put a firm on a list, at its first stage. One that is there already stays where it is."""
    deal_list = rights.get_editable_list(session, actor, list_id)
    candidate = organisations.get_seen(session, actor, candidate_id)
    if held := find_deal(session, deal_list, candidate_id):
        return held
    if candidate_id == deal_list.organisation_id:
        raise InvalidInput("own_fund")
    if _count(session, deal_list) >= MOST_DEALS:
        raise InvalidInput("too_many_deals", most=MOST_DEALS)

    deal = Deal(
        list_id=deal_list.id,
        organisation_id=deal_list.organisation_id,
        candidate_id=candidate_id,
        round_id=_round(session, rights.as_fund(actor, deal_list.organisation_id), candidate, round_id),
        stage_id=_first_stage(session, deal_list).id,
    )
    session.add(deal)
    session.flush()
    audit.record(session, actor, "deal.add", deal, changes={"candidate_id": candidate_id, "round_id": deal.round_id})
    tell_training(session, actor, deal, InteractionKind.SHORTLISTED)
    return deal


def find_deal(session: Session, deal_list: DealList, candidate_id: UUID) -> Deal | None:
    same = select(Deal).where(Deal.list_id == deal_list.id, Deal.candidate_id == candidate_id)
    return session.exec(same).first()


def update_deal(
    session: Session, actor: Actor, deal_id: UUID, draft: DealDraft, *, expected_version: int | None = None
) -> None:
    deal = rights.get_editable_deal(session, actor, deal_id)
    deal_list = rights.get_list(session, actor, deal.list_id)
    rights.check_person(session, deal.organisation_id, draft.owner_id, field="owner_id")
    _check_figures(draft)
    stored = columns.checked_values(deal_list, draft.values)
    away = {key: one for key, one in deal.values.items() if key not in {c.key for c in columns.columns_of(deal_list)}}
    values = {
        "owner_id": draft.owner_id,
        "due_on": draft.due_on,
        "tags": checked_tags(draft.tags),
        "amount": draft.amount,
        "paid_on": draft.paid_on,
        "values": {**away, **stored},
    }
    theirs, yours = _field_by_field(session, vars(deal)), _field_by_field(session, values)
    check_version(deal, yours, theirs={name: theirs.get(name) for name in yours}, expected_version=expected_version)
    store(session, actor, "deal.update", deal, values)


def tag_deal(session: Session, actor: Actor, deal_id: UUID, tag: str) -> bool:
    """Put one more tag on a deal; tells whether it was new."""
    deal = rights.get_editable_deal(session, actor, deal_id)
    if tag.strip() in deal.tags:
        return False
    store(session, actor, "deal.tag", deal, {"tags": checked_tags([*deal.tags, tag])})
    return True


def store(session: Session, actor: Actor, action: str, deal: Deal, values: Mapping[str, object]) -> None:
    """Change a deal with its audit row, which is its history. For the services of the desk."""
    if changes := audit.apply_changes(deal, values):
        audit.record(session, actor, action, deal, changes=changes)
        session.flush()


def add_note(session: Session, actor: Actor, deal_id: UUID, text: str) -> DealNote:
    deal = rights.get_editable_deal(session, actor, deal_id)
    if not text.strip() or len(text) > LONGEST_NOTE:
        raise InvalidInput("note_length", field="text", most=LONGEST_NOTE)
    note = DealNote(deal_id=deal.id, user_id=actor.user_id, text=text.strip())
    session.add(note)
    session.flush()
    audit.record(session, actor, "deal.note", note, organisation_id=deal.organisation_id)
    return note


def list_notes(session: Session, actor: Actor, deal_id: UUID) -> list[Note]:
    """The latest first."""
    deal = rights.get_deal(session, actor, deal_id)
    written = select(DealNote, User).outerjoin(User, col(DealNote.user_id) == col(User.id))
    mine = written.where(DealNote.deal_id == deal.id)
    ordered = mine.order_by(col(DealNote.created_at).desc(), col(DealNote.id).desc())
    return [Note(note, (user.name or user.email) if user else "") for note, user in session.exec(ordered)]


def checked_tags(typed: Sequence[str]) -> list[str]:
    tags = list(dict.fromkeys(one.strip() for one in typed if one.strip()))
    if len(tags) > MOST_TAGS or any(len(one) > LONGEST_TAG for one in tags):
        raise InvalidInput("deal_tags", field="tags", most=MOST_TAGS, longest=LONGEST_TAG)
    return tags


def tell_training(session: Session, actor: Actor, deal: Deal, kind: InteractionKind) -> None:
    """What a fund does with a firm is an event as on the lists of partners; there is no need behind it."""
    session.add(
        Interaction(
            kind=kind,
            user_id=actor.user_id,
            organisation_id=deal.organisation_id,
            candidate_id=deal.candidate_id,
            reason=deal.reason,
            created_at=utc_now(),
        )
    )


def _first_stage(session: Session, deal_list: DealList) -> DealStage:
    listed = stages.list_stages(session, deal_list)
    return next((one for one in listed if one.kind is StageKind.LEAD), listed[0])


def _round(session: Session, actor: Actor, candidate: Organisation, round_id: UUID | None) -> UUID | None:
    """The round that is meant, or the one that is open, where the fund may know of it."""
    shown = visibility.profile_for(session, actor, candidate).value("rounds") or ()
    open_ids = [one.id for one in shown]
    if round_id in open_ids or round_id is None:
        return round_id or next(iter(open_ids), None)
    raise InvalidInput("unknown_round")


def _check_figures(draft: DealDraft) -> None:
    if draft.amount is not None and not 0 <= draft.amount <= MOST_MONEY:
        raise InvalidInput("deal_amount", field="amount")
    if draft.paid_on is not None and draft.paid_on > today():
        raise InvalidInput("paid_in_future", field="paid_on")
    if draft.paid_on is not None and draft.amount is None:
        raise InvalidInput("paid_without_amount", field="amount")


def _field_by_field(session: Session, values: Mapping[str, object]) -> dict[str, object]:
    """What two people may have changed at once, in words and by the name of its field."""
    names = ("owner_id", "due_on", "tags", "amount", "paid_on")
    flat = {name: values[name] for name in names}
    owner = session.get(User, values["owner_id"]) if values["owner_id"] else None
    flat["owner_id"] = (owner.name or owner.email) if owner else None
    own = values["values"]
    assert isinstance(own, Mapping)
    return flat | {f"value_{key}": value for key, value in own.items()}


def _count(session: Session, deal_list: DealList) -> int:
    return session.exec(select(sa.func.count()).select_from(Deal).where(Deal.list_id == deal_list.id)).one()
