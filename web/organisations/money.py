"""Money on the home page: what waits on a fund's desk, and how a firm's round stands."""

from collections.abc import Sequence
from dataclasses import dataclass

from matchmaker.services import clearing
from matchmaker.services.actors import Permission, can
from matchmaker.services.calendar import today
from matchmaker.services.capital import dossiers, rounds
from matchmaker.services.desk import lists, radar, reading
from matchmaker.services.desk.reading import Overdue
from matchmaker.services.mandates import listing
from models.desk import Screen
from models.enums import DossierState, MandateStatus, OrganisationKind, QuestionState
from models.funds import Mandate
from models.organisations import Organisation
from models.rounds import Dossier, Round
from web.access import current_actor
from web.database import session

ANSWERED = (DossierState.TAKEN_UP, DossierState.DECLINED)


@dataclass(frozen=True)
class FundDesk:
    """What a fund's people have to answer, and what they have not begun yet."""

    dossiers: Sequence[tuple[Dossier, Organisation, Mandate]]  # handed in and not answered
    overdue: Sequence[Overdue]
    changed_screens: Sequence[Screen]  # those with alerts in which something may be new to this person
    has_mandate: bool  # a published one
    has_list: bool


@dataclass(frozen=True)
class FirmMoney:
    """How a firm's running round stands; without one, only what funds ask."""

    round: Round | None
    missing: int  # things that the round still has to say before it can be opened
    is_past: bool  # open, but past its day: funds see it no more
    questions: int
    answers: Sequence[tuple[Dossier, Mandate]]
    waiting: int  # dossiers that a fund has not answered

    @property
    def has_something(self) -> bool:
        return self.round is not None or self.questions > 0


def read_fund(fund: Organisation) -> FundDesk | None:
    """None for who is no fund, or whose desk the person may not see."""
    actor = current_actor()
    if fund.kind is not OrganisationKind.FUND or not can(actor, Permission.DEAL_VIEW, fund.id):
        return None
    handed_in = dossiers.list_for_fund(session(), actor, fund.id)
    mandates = listing.list_of(session(), actor, fund)
    return FundDesk(
        dossiers=[row for row in handed_in if row[0].state is DossierState.SUBMITTED],
        overdue=reading.list_overdue(session(), actor, fund.id),
        changed_screens=radar.list_screens_with_changes(session(), actor, fund.id),
        has_mandate=any(one.mandate.status not in (MandateStatus.DRAFT, MandateStatus.CLOSED) for one in mandates),
        has_list=bool(lists.list_lists(session(), actor, fund.id)),
    )


def read_firm(firm: Organisation) -> FirmMoney | None:
    """None for a fund, and for who may not see the firm's rounds."""
    actor = current_actor()
    if firm.kind is OrganisationKind.FUND or not can(actor, Permission.ROUND_VIEW, firm.id):
        return None
    running = rounds.running_round(session(), actor, firm.id)
    asked = clearing.list_questions(session(), actor, firm.id)
    mine = [one for one in dossiers.list_for_firm(session(), actor, firm.id) if running and one.round_id == running.id]
    return FirmMoney(
        round=running,
        missing=len(rounds.missing_to_open(session(), running, today=today())) if running else 0,
        is_past=running is not None and running.closes_on is not None and running.closes_on < today(),
        questions=sum(one.state is QuestionState.ASKED for one, _mandate in asked),
        answers=[(one, session().get_one(Mandate, one.mandate_id)) for one in mine if one.state in ANSWERED],
        waiting=sum(one.state is DossierState.SUBMITTED for one in mine),
    )
