"""Offers and needs: writing them, publishing them, keeping them alive."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput, NotFound
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, can, require
from matchmaker.services.calendar import add_months, today
from matchmaker.services.changes import check_version, touch
from matchmaker.services.paging import Page, page_of
from matchmaker.services.picked import Tag, check_known, check_range, check_tags
from matchmaker.services.reviews import policies
from models.base import utc_now
from models.enums import CooperationType, DevelopmentStage, IpStatus, OrganisationState, PostingState
from models.matching import RankingRun
from models.offers import Need, NeedCapability, Offer, OfferCapability
from models.organisations import Organisation
from models.taxonomy import District

MONTHS_VALID = 12
SENT_TWICE_WITHIN = timedelta(minutes=1)
SUMMARY_AT_LEAST = 20

AnyPosting = TypeVar("AnyPosting", Offer, Need)


@dataclass(frozen=True, kw_only=True)
class PostingDraft:
    type: CooperationType
    title_zh: str = ""
    title_en: str = ""
    summary_zh: str = ""
    summary_en: str = ""
    description_zh: str = ""
    description_en: str = ""
    trl_low: int | None = None
    trl_high: int | None = None
    partner_role: str = ""
    partner_kinds: tuple[str, ...] = ()
    partner_sizes: tuple[str, ...] = ()
    partner_districts: tuple[str, ...] = ()
    budget_low: float | None = None
    budget_high: float | None = None
    tags: tuple[Tag, ...] = ()


@dataclass(frozen=True, kw_only=True)
class OfferDraft(PostingDraft):
    advantages_zh: str = ""
    advantages_en: str = ""
    stage: DevelopmentStage | None = None
    ip_status: IpStatus | None = None


@dataclass(frozen=True, kw_only=True)
class NeedDraft(PostingDraft):
    accepted_types: tuple[str, ...] = ()


def create_offer(session: Session, actor: Actor, organisation: Organisation, draft: OfferDraft) -> Offer:
    """A new offer, as a draft that only its own people see."""
    return _create(session, actor, organisation, draft, Offer)


def create_need(session: Session, actor: Actor, organisation: Organisation, draft: NeedDraft) -> Need:
    """A new need, as a draft that only its own people see."""
    return _create(session, actor, organisation, draft, Need)


def update_offer(
    session: Session, actor: Actor, offer: Offer, draft: OfferDraft, *, expected_version: int | None = None
) -> None:
    _update(session, actor, offer, draft, expected_version)


def update_need(
    session: Session, actor: Actor, need: Need, draft: NeedDraft, *, expected_version: int | None = None
) -> None:
    _update(session, actor, need, draft, expected_version)


def get_offer(session: Session, actor: Actor, offer_id: UUID) -> Offer:
    return _get(session, actor, Offer, offer_id)


def get_need(session: Session, actor: Actor, need_id: UUID) -> Need:
    return _get(session, actor, Need, need_id)


def get_editable(session: Session, actor: Actor, table: type[AnyPosting], posting_id: UUID) -> AnyPosting:
    """A posting that `actor` may change; one that they may not even see is not found."""
    posting = _get(session, actor, table, posting_id)
    require(actor, Permission.POSTING_EDIT, posting.organisation_id)
    return posting


def list_offers(session: Session, actor: Actor, organisation: Organisation, *, page: int = 1) -> Page[Offer]:
    """Its offers that `actor` may see, the latest first."""
    return _list(session, actor, organisation, Offer, page)


def list_needs(session: Session, actor: Actor, organisation: Organisation, *, page: int = 1) -> Page[Need]:
    """Its needs that `actor` may see, the latest first."""
    return _list(session, actor, organisation, Need, page)


def list_tags(session: Session, posting: Offer | Need) -> tuple[Tag, ...]:
    """The capability tags of an offer or need, in a fixed order."""
    if isinstance(posting, Offer):
        held = select(OfferCapability).where(OfferCapability.offer_id == posting.id)
        offered = session.exec(held.order_by(OfferCapability.capability_code))
        return tuple(Tag(capability_code=tag.capability_code, level=tag.level) for tag in offered)
    asked = select(NeedCapability).where(NeedCapability.need_id == posting.id)
    return tuple(
        Tag(capability_code=tag.capability_code, level=tag.level, weight=tag.weight, is_must=tag.is_must)
        for tag in session.exec(asked.order_by(NeedCapability.capability_code))
    )


def is_live(posting: Offer | Need, day: date) -> bool:
    """Published, and its last day not yet over."""
    return posting.state is PostingState.PUBLISHED and posting.valid_until is not None and posting.valid_until >= day


def state_on(posting: Offer | Need, day: date) -> PostingState:
    """The state to show: a published posting whose last day is over has expired, also before a job has noted it."""
    if posting.state is PostingState.PUBLISHED and not is_live(posting, day):
        return PostingState.EXPIRED
    return posting.state


def publish(session: Session, actor: Actor, posting: Offer | Need) -> None:
    """Show it to everybody for twelve months, or hand it in where somebody has to look at it first."""
    require(actor, Permission.POSTING_EDIT, posting.organisation_id)
    check_publishable(session, posting)
    _hand_in(session, actor, posting, "publish")


def withdraw(session: Session, actor: Actor, posting: Offer | Need) -> None:
    """Take it back; it can be published again."""
    require(actor, Permission.POSTING_EDIT, posting.organisation_id)
    if posting.state not in (PostingState.PUBLISHED, PostingState.IN_REVIEW):
        raise InvalidInput("not_published", state=posting.state)
    _set_state(session, actor, posting, "withdraw", {"state": PostingState.WITHDRAWN, "review_by": None})


def renew(session: Session, actor: Actor, posting: Offer | Need) -> None:
    """Another twelve months from today, for what is published or has expired."""
    require(actor, Permission.POSTING_EDIT, posting.organisation_id)
    if posting.state not in (PostingState.PUBLISHED, PostingState.EXPIRED):
        raise InvalidInput("not_published", state=posting.state)
    check_publishable(session, posting)
    if posting.state is PostingState.EXPIRED:  # it may have been written on since it was last seen
        _hand_in(session, actor, posting, "renew")
    else:
        _set_state(session, actor, posting, "renew", {"valid_until": add_months(today(), MONTHS_VALID)})


def has_looked_at_partners(session: Session, organisation: Organisation) -> bool:
    """Whether anybody has opened a list of partners for it."""
    of_partners = sa.and_(col(RankingRun.round_id).is_(None), col(RankingRun.mandate_id).is_(None))
    runs = sa.select(sa.literal(1)).where(col(RankingRun.organisation_id) == organisation.id, of_partners)
    return session.scalar(runs.limit(1)) is not None


def check_publishable(session: Session, posting: Offer | Need) -> None:
    """Raise InvalidInput at the first thing without which nobody could judge it."""
    if not (posting.title_zh or posting.title_en):
        raise InvalidInput("title_missing", field="title_zh")
    longest = max(len(posting.summary_zh), len(posting.summary_en))
    if longest < SUMMARY_AT_LEAST:
        raise InvalidInput("summary_too_short", field="summary_zh", at_least=SUMMARY_AT_LEAST, length=longest)
    if not list_tags(session, posting) and not (posting.description_zh or posting.description_en):
        raise InvalidInput("tags_or_description", field="tags")


def values_of(session: Session, posting: Offer | Need) -> dict[str, Any]:
    """What it holds now, under the names of its draft: the start of an edit form."""
    draft = OfferDraft if isinstance(posting, Offer) else NeedDraft
    columns = {f.name: getattr(posting, f.name) for f in fields(draft) if f.name != "tags"}
    return {**columns, "tags": list_tags(session, posting)}


def _create(
    session: Session, actor: Actor, organisation: Organisation, draft: PostingDraft, table: type[AnyPosting]
) -> AnyPosting:
    if organisation.merged_into_id:  # a form that was opened before the merge
        organisation = session.get_one(Organisation, organisation.merged_into_id)
    require(actor, Permission.POSTING_EDIT, organisation.id)
    _check(session, draft)
    values = _columns(draft)
    _lock(session, organisation)
    if sent_before := _find_sent_before(session, organisation, draft, table):
        return sent_before

    posting = table(organisation_id=organisation.id, **values)
    session.add(posting)
    session.flush()
    _replace_tags(session, posting, draft.tags)
    changes = {**values, "tags": draft.tags}
    audit.record(session, actor, f"{_word(posting)}.create", posting, changes=_for_audit(changes))
    touch(session, organisation)
    return posting


def _lock(session: Session, organisation: Organisation) -> None:
    """Whoever enters something for the same organisation waits until this is committed (SQLite locks as a whole)."""
    row = select(Organisation.id).where(Organisation.id == organisation.id)
    session.exec(row.with_for_update(key_share=True)).one()


def _find_sent_before(
    session: Session, organisation: Organisation, draft: PostingDraft, table: type[AnyPosting]
) -> AnyPosting | None:
    """The same posting of a moment ago: without script nothing keeps a button from being pressed twice."""
    recent = select(table).where(
        table.organisation_id == organisation.id, col(table.created_at) >= utc_now() - SENT_TWICE_WITHIN
    )
    latest = session.exec(recent.order_by(col(table.created_at).desc(), col(table.id).desc())).first()
    if latest is None or list_tags(session, latest) != _in_order(draft.tags):
        return None
    return latest if all(getattr(latest, name) == value for name, value in _columns(draft).items()) else None


def _in_order(tags: Sequence[Tag]) -> tuple[Tag, ...]:
    return tuple(sorted(tags, key=lambda tag: tag.capability_code))


def _update(
    session: Session, actor: Actor, posting: Offer | Need, draft: PostingDraft, expected_version: int | None
) -> None:
    require(actor, Permission.POSTING_EDIT, posting.organisation_id)
    _check(session, draft)
    tags = _in_order(draft.tags)
    yours = {**_columns(draft), "tags": tags}
    theirs = {name: getattr(posting, name) for name in yours if name != "tags"} | {"tags": list_tags(session, posting)}
    check_version(posting, yours, theirs=theirs, expected_version=expected_version)

    changes = audit.apply_changes(posting, _columns(draft))
    if tags != theirs["tags"]:
        changes["tags"] = [theirs["tags"], tags]
        _replace_tags(session, posting, tags)
    if not changes:
        return
    posting.changed_at = utc_now()  # tags alone move the version too
    if posting.state in (PostingState.PUBLISHED, PostingState.IN_REVIEW):
        check_publishable(session, posting)
    changes |= audit.apply_changes(posting, policies.values_when_edited(session, actor, posting))
    audit.record(session, actor, f"{_word(posting)}.update", posting, changes=_for_audit(changes))
    touch(session, session.get_one(Organisation, posting.organisation_id))


def _get(session: Session, actor: Actor, table: type[AnyPosting], posting_id: UUID) -> AnyPosting:
    """A posting that `actor` may see: published ones all, others only their own people and officers."""
    require(actor, Permission.POSTING_VIEW)
    posting = session.get(table, posting_id)
    if posting is None or not may_see(session, actor, posting):
        raise NotFound(table.__tablename__, posting_id)
    return posting


def may_see(session: Session, actor: Actor, posting: Offer | Need) -> bool:
    return _is_open(session, posting) or _sees_drafts(actor, posting.organisation_id)


def _is_open(session: Session, posting: Offer | Need) -> bool:
    """Whether everybody who is signed in may see it."""
    owner = session.get_one(Organisation, posting.organisation_id)
    return is_live(posting, today()) and owner.state is OrganisationState.ACTIVE


def _list(
    session: Session, actor: Actor, organisation: Organisation, table: type[AnyPosting], page: int
) -> Page[AnyPosting]:
    require(actor, Permission.POSTING_VIEW)
    wanted = sa.select(table).where(col(table.organisation_id) == organisation.id)
    if not _sees_drafts(actor, organisation.id):
        wanted = wanted.where(col(table.state) == PostingState.PUBLISHED, col(table.valid_until) >= today())
    return page_of(session, wanted.order_by(col(table.changed_at).desc(), col(table.id)), number=page)


def _sees_drafts(actor: Actor, organisation_id: UUID) -> bool:
    return can(actor, Permission.ORGANISATION_SEE_CLOSED, organisation_id)


def _hand_in(session: Session, actor: Actor, posting: Offer | Need, verb: str) -> None:
    end = add_months(today(), MONTHS_VALID)
    seen = {"state": PostingState.PUBLISHED, "valid_until": end, "published_at": utc_now()}
    _set_state(session, actor, posting, verb, policies.values_when_handed_in(session, actor, posting, seen))


def _set_state(session: Session, actor: Actor, posting: Offer | Need, verb: str, values: Mapping[str, object]) -> None:
    changes = audit.apply_changes(posting, values)
    audit.record(session, actor, f"{_word(posting)}.{verb}", posting, changes=changes)
    touch(session, session.get_one(Organisation, posting.organisation_id))


def _columns(draft: PostingDraft) -> dict[str, Any]:
    """The draft as column values: JSON columns hold lists."""
    values = {f.name: getattr(draft, f.name) for f in fields(draft) if f.name != "tags"}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def _replace_tags(session: Session, posting: Offer | Need, tags: Sequence[Tag]) -> None:
    if isinstance(posting, Offer):
        session.execute(sa.delete(OfferCapability).where(col(OfferCapability.offer_id) == posting.id))
        session.add_all(
            OfferCapability(offer_id=posting.id, capability_code=tag.capability_code, level=tag.level) for tag in tags
        )
    else:
        session.execute(sa.delete(NeedCapability).where(col(NeedCapability.need_id) == posting.id))
        session.add_all(
            NeedCapability(
                need_id=posting.id,
                capability_code=tag.capability_code,
                level=tag.level,
                weight=tag.weight,
                is_must=tag.is_must,
            )
            for tag in tags
        )
    session.flush()


def _check(session: Session, draft: PostingDraft) -> None:
    if not (draft.title_zh or draft.title_en):
        raise InvalidInput("title_missing", field="title_zh")
    check_range(draft.trl_low, draft.trl_high, fields=("trl_low", "trl_high"))
    _check_budget(draft)
    check_tags(session, draft.tags)
    check_known(session, District, draft.partner_districts, "unknown_districts", "partner_districts")


def _check_budget(draft: PostingDraft) -> None:
    low, high = draft.budget_low, draft.budget_high
    if low is None and high is None:
        return
    if high is None:
        raise InvalidInput("budget_end", field="budget_high")
    if not 0 <= (low or 0) <= high <= 1e13:
        raise InvalidInput("budget_order", field="budget_high")


def _word(posting: Offer | Need) -> str:
    return "offer" if isinstance(posting, Offer) else "need"


def _for_audit(changes: Mapping[str, object]) -> dict[str, object]:
    """Tags as codes with their levels, so that the account can be read."""
    return {name: _tags_in_words(value) if name == "tags" else value for name, value in changes.items()}


def _tags_in_words(value: Any) -> Any:
    if not isinstance(value, Tag):
        return [_tags_in_words(item) for item in value]
    weight = f":x{value.weight:g}" if value.weight != 1 else ""
    return f"{value.capability_code}:{value.level}{weight}{'!' * value.is_must}"
