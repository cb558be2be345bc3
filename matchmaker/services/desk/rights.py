"""Who may see and change a desk. To everybody else its lists and deals do not exist."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput, NotFound
from matchmaker.services import organisations
from matchmaker.services.actors import Actor, Permission, can, require
from models.accounts import Membership, User
from models.desk import Deal, DealList
from models.enums import OrganisationKind
from models.funds import Mandate
from models.organisations import Organisation


@dataclass(frozen=True)
class Person:
    """Somebody of the fund, as colleagues call them."""

    id: UUID
    name: str


def list_funds(session: Session, actor: Actor) -> list[Organisation]:
    """The actor's funds whose desk they may see."""
    mine = organisations.my_organisations(session, actor)
    return [one for one in mine if one.kind is OrganisationKind.FUND and can(actor, Permission.DEAL_VIEW, one.id)]


def get_fund(session: Session, actor: Actor, fund_id: UUID) -> Organisation:
    fund = session.get(Organisation, fund_id)
    if fund is None or not can(actor, Permission.DEAL_VIEW, fund_id):
        raise NotFound("fund", fund_id)
    if fund.kind is not OrganisationKind.FUND:
        raise InvalidInput("not_a_fund")
    return fund


def as_fund(actor: Actor, fund_id: UUID) -> Actor:
    """The actor as a person of this fund alone: what another organisation of theirs was given is not for its papers."""
    held = {key: role for key, role in actor.memberships.items() if key == fund_id}
    return replace(actor, roles=frozenset(), memberships=held)


def get_list(session: Session, actor: Actor, list_id: UUID) -> DealList:
    deal_list = session.get(DealList, list_id)
    if deal_list is None or not can(actor, Permission.DEAL_VIEW, deal_list.organisation_id):
        raise NotFound("list", list_id)
    return deal_list


def get_editable_list(session: Session, actor: Actor, list_id: UUID) -> DealList:
    deal_list = get_list(session, actor, list_id)
    require(actor, Permission.DEAL_EDIT, deal_list.organisation_id)
    return deal_list


def get_deal(session: Session, actor: Actor, deal_id: UUID) -> Deal:
    deal = session.get(Deal, deal_id)
    if deal is None or not can(actor, Permission.DEAL_VIEW, deal.organisation_id):
        raise NotFound("deal", deal_id)
    return deal


def get_editable_deal(session: Session, actor: Actor, deal_id: UUID) -> Deal:
    deal = get_deal(session, actor, deal_id)
    require(actor, Permission.DEAL_EDIT, deal.organisation_id)
    return deal


def list_people(session: Session, fund_id: UUID) -> Sequence[Person]:
    """The people of a fund. For services that have asked for permission."""
    people = select(User).join(Membership, col(Membership.user_id) == col(User.id))
    of_fund = people.where(Membership.organisation_id == fund_id, col(User.active).is_(True))
    return [Person(one.id, one.name or one.email) for one in session.exec(of_fund.order_by(User.name, User.email))]


def check_person(session: Session, fund_id: UUID, user_id: UUID | None, *, field: str) -> None:
    if user_id is not None and user_id not in {one.id for one in list_people(session, fund_id)}:
        raise InvalidInput("not_of_the_fund", field=field)


def check_mandate(session: Session, fund_id: UUID, mandate_id: UUID | None, *, field: str) -> None:
    """One of the fund's own; not a copy on which terms are being changed, which goes when it is published."""
    mandate = session.get(Mandate, mandate_id) if mandate_id else None
    is_own = mandate is not None and mandate.organisation_id == fund_id and mandate.revises_id is None
    if mandate_id is not None and not is_own:
        raise InvalidInput("unknown_mandate", field=field)
