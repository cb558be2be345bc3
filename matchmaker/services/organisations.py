"""The registry entry of one organisation: who it is, what it does, its figures, its contact."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker import names, uscc
from matchmaker.errors import InvalidInput, NotFound
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, can, require
from matchmaker.services.calendar import today
from matchmaker.services.changes import change, check_version, touch
from models.accounts import Membership
from models.base import utc_now
from models.enums import MembershipRole, OrganisationKind, OrganisationState, Ownership, RevenueBand
from models.organisations import Organisation, OrganisationNode
from models.taxonomy import ChainNode

MOST_NODES = 12


@dataclass(frozen=True, kw_only=True)
class IdentityDraft:
    """Step one: who it is."""

    kind: OrganisationKind
    name_zh: str = ""
    name_en: str = ""
    uscc: str | None = None
    short_name: str = ""
    ownership: Ownership | None = None
    district_code: str | None = None
    address: str = ""
    website: str = ""
    founded_on: date | None = None
    industry_code: str | None = None


@dataclass(frozen=True, kw_only=True)
class ActivityDraft:
    """Step two: what it does."""

    summary_zh: str = ""
    summary_en: str = ""
    node_codes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FiguresDraft:
    """Step three: people and figures. None is "not said", never zero."""

    staff: int | None = None
    rd_staff_share: float | None = None
    revenue_band: RevenueBand | None = None
    rd_ratio: float | None = None
    capacity: int | None = None
    engaged: int | None = None


@dataclass(frozen=True, kw_only=True)
class ContactDraft:
    """Step four: whom to ask."""

    contact_name: str = ""
    contact_email: str = ""
    contact_phone: str = ""


def get_organisation(session: Session, organisation_id: UUID) -> Organisation:
    organisation = session.get(Organisation, organisation_id)
    if organisation is None:
        raise NotFound("organisation", organisation_id)
    return organisation


def find_kept(session: Session, organisation_id: UUID) -> UUID | None:
    """The record into which this one was merged, if it was."""
    merged = select(Organisation.merged_into_id).where(
        Organisation.id == organisation_id, Organisation.state == OrganisationState.MERGED
    )
    return session.exec(merged).first()


def get_seen(session: Session, actor: Actor, organisation_id: UUID) -> Organisation:
    """The organisation, where `actor` may know of it."""
    organisation = get_organisation(session, organisation_id)
    if not may_know(actor, organisation):
        raise NotFound("organisation", organisation_id)
    return organisation


def may_know(actor: Actor, organisation: Organisation) -> bool:
    """One that is not active, or not yet, exists only for its own people and officers."""
    is_active = organisation.state is OrganisationState.ACTIVE
    return is_active or can(actor, Permission.ORGANISATION_SEE_CLOSED, organisation.id)


def find_by_code(session: Session, actor: Actor, code: str) -> Organisation | None:
    """The organisation with this credit code, however it is typed; InvalidInput when it is no credit code."""
    require(actor, Permission.ORGANISATION_VIEW)
    normal = uscc.normalise(code)
    found = session.exec(select(Organisation).where(Organisation.uscc == normal)).first()
    return session.get(Organisation, found.merged_into_id) if found and found.merged_into_id else found


def list_namesakes(session: Session, actor: Actor, name: str) -> Sequence[Organisation]:
    """Organisations whose folded name is this one's, so that nobody is entered twice."""
    require(actor, Permission.ORGANISATION_VIEW)
    key = names.fold_name(name)
    if not key:
        return []
    same_name = select(Organisation).where(Organisation.name_key == key, Organisation.state == OrganisationState.ACTIVE)
    return session.exec(same_name.order_by(col(Organisation.created_at), col(Organisation.id)).limit(5)).all()


def get_named(session: Session, actor: Actor, text: str, *, field: str) -> Organisation:
    """The one active organisation with this full name or credit code, as somebody types it into `field` of a form."""
    require(actor, Permission.ORGANISATION_VIEW)
    is_called = sa.or_(
        col(Organisation.name_zh) == text,
        col(Organisation.name_en) == text,
        col(Organisation.uscc) == text.upper(),
        sa.and_(col(Organisation.name_key) != "", col(Organisation.name_key) == names.fold_name(text)),
    )
    active = select(Organisation).where(Organisation.state == OrganisationState.ACTIVE, is_called)
    found = session.exec(active.order_by(col(Organisation.id)).limit(2)).all()
    if not found:
        raise InvalidInput("unknown_organisation", field=field)
    if len(found) > 1:
        raise InvalidInput("several_organisations", field=field)
    return found[0]


def my_organisations(session: Session, actor: Actor) -> Sequence[Organisation]:
    """The organisations that `actor` is a member of, the earliest first."""
    mine = select(Organisation).where(
        col(Organisation.id).in_(list(actor.memberships)), Organisation.state != OrganisationState.MERGED
    )
    return session.exec(mine.order_by(col(Organisation.created_at), col(Organisation.id))).all()


def create(session: Session, actor: Actor, draft: IdentityDraft) -> Organisation:
    """Enter a new organisation; the person who does it becomes its owner."""
    require(actor, Permission.ORGANISATION_CREATE)
    values = _identity_values(session, draft)

    organisation = Organisation(**values)
    session.add(organisation)
    session.flush()
    audit.record(session, actor, "organisation.create", organisation, organisation_id=organisation.id, changes=values)
    if actor.user_id:
        make_owner(session, actor, organisation, actor.user_id)
    return organisation


def make_owner(session: Session, actor: Actor, organisation: Organisation, user_id: UUID) -> Membership:
    """Let a person act for the organisation. For the services that have already asked for permission."""
    membership = Membership(user_id=user_id, organisation_id=organisation.id, role=MembershipRole.OWNER)
    session.add(membership)
    session.flush()
    audit.record(session, actor, "membership.create", membership, changes={"user_id": user_id, "role": membership.role})
    return membership


def update_identity(
    session: Session,
    actor: Actor,
    organisation: Organisation,
    draft: IdentityDraft,
    *,
    expected_version: int | None = None,
) -> None:
    require(actor, Permission.ORGANISATION_EDIT, organisation.id)
    values = _identity_values(session, draft, organisation=organisation)
    _update(session, actor, organisation, "organisation.update-identity", values, expected_version)


def update_activity(
    session: Session,
    actor: Actor,
    organisation: Organisation,
    draft: ActivityDraft,
    *,
    expected_version: int | None = None,
) -> None:
    """Both the summaries and the chain nodes; the nodes are replaced by those of the draft."""
    require(actor, Permission.ORGANISATION_EDIT, organisation.id)
    yours = {**asdict(draft), "node_codes": tuple(sorted(set(draft.node_codes)))}
    theirs = {name: getattr(organisation, name) for name in ("summary_zh", "summary_en")}
    theirs["node_codes"] = tuple(list_node_codes(session, organisation))
    check_version(organisation, yours, theirs=theirs, expected_version=expected_version)

    summaries = {"summary_zh": draft.summary_zh, "summary_en": draft.summary_en}
    _update(session, actor, organisation, "organisation.update-activity", summaries, None)
    set_nodes(session, actor, organisation, draft.node_codes)


def update_figures(
    session: Session,
    actor: Actor,
    organisation: Organisation,
    draft: FiguresDraft,
    *,
    expected_version: int | None = None,
) -> None:
    require(actor, Permission.ORGANISATION_EDIT, organisation.id)
    _check_figures(draft)
    _update(session, actor, organisation, "organisation.update-figures", asdict(draft), expected_version)


def update_contact(
    session: Session,
    actor: Actor,
    organisation: Organisation,
    draft: ContactDraft,
    *,
    expected_version: int | None = None,
) -> None:
    require(actor, Permission.ORGANISATION_EDIT, organisation.id)
    _update(session, actor, organisation, "organisation.update-contact", asdict(draft), expected_version)


def list_node_codes(session: Session, organisation: Organisation) -> list[str]:
    mine = select(OrganisationNode.node_code).where(OrganisationNode.organisation_id == organisation.id)
    return list(session.exec(mine.order_by(OrganisationNode.node_code)))


def set_nodes(session: Session, actor: Actor, organisation: Organisation, node_codes: Sequence[str]) -> None:
    """Replace the chain nodes at which the organisation works."""
    require(actor, Permission.ORGANISATION_EDIT, organisation.id)
    before, after = list_node_codes(session, organisation), sorted(set(node_codes))
    if before == after:
        return
    _check_nodes(session, after)

    session.execute(sa.delete(OrganisationNode).where(col(OrganisationNode.organisation_id) == organisation.id))
    session.add_all(OrganisationNode(organisation_id=organisation.id, node_code=code) for code in after)
    audit.record(
        session,
        actor,
        "organisation.set-nodes",
        organisation,
        organisation_id=organisation.id,
        changes={"nodes": [before, after]},
    )
    # Through the record, not `touch`: the nodes are on the same form as the summaries, so its version moves.
    organisation.changed_at = utc_now()
    session.flush()


def values_of(organisation: Organisation, draft: type[Any]) -> dict[str, Any]:
    """What the organisation holds now of the fields of a draft class: the start of an edit form."""
    return {f.name: getattr(organisation, f.name) for f in fields(draft) if hasattr(organisation, f.name)}


def _update(
    session: Session,
    actor: Actor,
    organisation: Organisation,
    action: str,
    values: Mapping[str, object],
    expected_version: int | None,
) -> None:
    if organisation.state is OrganisationState.MERGED:  # nobody would ever read what is written there
        raise InvalidInput("merged_already", name=organisation.name_zh or organisation.name_en)
    if change(session, actor, action, organisation, values, expected_version=expected_version):
        touch(session, organisation)


def _identity_values(
    session: Session, draft: IdentityDraft, *, organisation: Organisation | None = None
) -> dict[str, Any]:
    if not (draft.name_zh or draft.name_en):
        raise InvalidInput("name_missing", field="name_zh")
    code = uscc.normalise(draft.uscc) if draft.uscc else None
    holder = session.exec(select(Organisation).where(Organisation.uscc == code)).first() if code else None
    if holder is not None and holder is not organisation:
        raise InvalidInput("uscc_taken", field="uscc", organisation_id=holder.id, typed=code)
    if draft.founded_on and draft.founded_on > today():
        raise InvalidInput("founded_in_future", field="founded_on")
    key = names.fold_name(draft.name_zh or draft.name_en)
    return {**asdict(draft), "uscc": code, "name_key": key}


def _check_figures(draft: FiguresDraft) -> None:
    for name in ("staff", "capacity", "engaged"):
        if (value := getattr(draft, name)) is not None and not 0 <= value <= 10_000_000:
            raise InvalidInput("out_of_range", field=name, low=0, high=10_000_000)
    for name in ("rd_staff_share", "rd_ratio"):
        if (value := getattr(draft, name)) is not None and not 0 <= value <= 1:
            raise InvalidInput("out_of_range", field=name, low=0, high=1)


def _check_nodes(session: Session, codes: Sequence[str]) -> None:
    if len(codes) > MOST_NODES:
        raise InvalidInput("too_many_nodes", field="node_codes", most=MOST_NODES, given=len(codes))
    known = set(session.exec(select(ChainNode.code).where(col(ChainNode.code).in_(codes))))
    if unknown := [code for code in codes if code not in known]:
        raise InvalidInput("unknown_nodes", field="node_codes", codes=unknown)
