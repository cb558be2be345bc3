"""The mandates of the funds that somebody manages, fund by fund."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from matchmaker.services import organisations
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.mandates import seeing
from models.enums import MandateStatus, OrganisationKind
from models.funds import Mandate
from models.organisations import Organisation

# What invests stands first, what is over last.
ORDER = (
    MandateStatus.INVESTING,
    MandateStatus.PAUSED,
    MandateStatus.EXITING,
    MandateStatus.DRAFT,
    MandateStatus.CLOSED,
)


@dataclass(frozen=True)
class Listed:
    """A mandate, and the working copy of it where somebody is changing its terms."""

    mandate: Mandate
    revision: Mandate | None


@dataclass(frozen=True)
class FundMandates:
    fund: Organisation
    mandates: Sequence[Listed]


def my_funds(session: Session, actor: Actor) -> list[Organisation]:
    """The funds that `actor` is a member of."""
    return [one for one in organisations.my_organisations(session, actor) if one.kind is OrganisationKind.FUND]


def list_mine(session: Session, actor: Actor) -> list[FundMandates]:
    """Every fund of `actor` with its mandates, drafts among them."""
    return [FundMandates(fund, list_of(session, actor, fund)) for fund in my_funds(session, actor)]


def list_of(session: Session, actor: Actor, fund: Organisation) -> list[Listed]:
    """The mandates of one fund that exist for `actor`; a working copy stands with what it revises."""
    require(actor, Permission.MANDATE_VIEW)
    wanted = select(Mandate).where(Mandate.organisation_id == fund.id, seeing.seen_by(actor))
    rows = session.exec(wanted.order_by(col(Mandate.created_at), col(Mandate.id))).all()
    revisions = {row.revises_id: row for row in rows if row.revises_id}
    own = sorted((row for row in rows if row.revises_id is None), key=lambda row: ORDER.index(row.status))
    return [Listed(row, revisions.get(row.id)) for row in own]
