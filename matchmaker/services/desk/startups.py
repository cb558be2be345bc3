"""What a firm lets a fund see of it, put together for one page."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from matchmaker.services import organisations, visibility
from matchmaker.services.actors import Actor
from matchmaker.services.desk import rights, verdicts
from matchmaker.services.desk.conflicts import Conflicts, conflicts_of
from matchmaker.services.desk.verdicts import Held
from matchmaker.services.visibility import ProfileView
from models.desk import Deal, DealList, DealStage
from models.enums import OrganisationState, PostingState, ProjectKind
from models.facilities import Facility
from models.organisations import Organisation
from models.track import Participation, Project


@dataclass(frozen=True)
class UsedFacility:
    """A published facility of somebody with whom the firm has a consortium on record."""

    facility: Facility
    owner: Organisation
    project: Project


@dataclass(frozen=True)
class OnList:
    deal: Deal
    deal_list: DealList
    stage: DealStage


@dataclass(frozen=True)
class Startup:
    organisation: Organisation
    fund: Organisation
    profile: ProfileView
    consortia: Sequence[Project]
    investments: Sequence[Project]
    facilities: Sequence[Facility]  # its own
    used: Sequence[UsedFacility]
    held: Sequence[Held]  # by each live mandate of the fund; none where no open round can be seen
    conflicts: Conflicts
    on_lists: Sequence[OnList]


def read_startup(session: Session, actor: Actor, fund_id: UUID, organisation_id: UUID) -> Startup:
    fund = rights.get_fund(session, actor, fund_id)
    organisation = organisations.get_seen(session, actor, organisation_id)
    profile = visibility.profile_for(session, rights.as_fund(actor, fund.id), organisation)
    projects = profile.value("projects") or ()
    consortia = [one for one in projects if one.kind is ProjectKind.CONSORTIUM]
    return Startup(
        organisation=organisation,
        fund=fund,
        profile=profile,
        consortia=consortia,
        investments=[one for one in projects if one.kind is ProjectKind.INVESTMENT],
        facilities=_facilities(session, [organisation_id]),
        used=_used(session, organisation_id, consortia),
        held=verdicts.hold(session, actor, verdicts.live_mandates(session, fund.id), organisation_id),
        conflicts=conflicts_of(session, actor, fund.id, organisation_id),
        on_lists=on_lists(session, actor, fund.id, organisation_id),
    )


def on_lists(session: Session, actor: Actor, fund_id: UUID, organisation_id: UUID) -> list[OnList]:
    """Where the fund has this firm already."""
    return list_places(session, actor, fund_id, [organisation_id])


def list_places(session: Session, actor: Actor, fund_id: UUID, organisation_ids: Sequence[UUID]) -> list[OnList]:
    """Where the fund has these firms already."""
    rights.get_fund(session, actor, fund_id)
    held = (
        select(Deal, DealList, DealStage)
        .join(DealList, col(Deal.list_id) == col(DealList.id))
        .join(DealStage, col(Deal.stage_id) == col(DealStage.id))
        .where(Deal.organisation_id == fund_id, col(Deal.candidate_id).in_(organisation_ids))
        .order_by(col(DealList.name), col(Deal.id))
    )
    return [OnList(deal, deal_list, stage) for deal, deal_list, stage in session.exec(held)]


def _facilities(session: Session, owners: Sequence[UUID]) -> Sequence[Facility]:
    published = select(Facility).where(
        col(Facility.organisation_id).in_(owners), Facility.state == PostingState.PUBLISHED
    )
    return session.exec(published.order_by(col(Facility.created_at), col(Facility.id)).limit(20)).all()


def _used(session: Session, organisation_id: UUID, consortia: Sequence[Project]) -> list[UsedFacility]:
    of_project = {one.id: one for one in consortia}
    beside = (
        select(Participation.project_id, Organisation)
        .join(Organisation, col(Participation.organisation_id) == col(Organisation.id))
        .where(col(Participation.project_id).in_(list(of_project)), Organisation.id != organisation_id)
        .where(Organisation.state == OrganisationState.ACTIVE)
    )
    partners = {one.id: (one, of_project[project_id]) for project_id, one in session.exec(beside)}
    found = _facilities(session, list(partners))
    return [UsedFacility(one, *partners[one.organisation_id]) for one in found]
