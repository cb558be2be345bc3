"""The workbench: where a person stands, and what to do next."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.services import claims, completeness, drafts, interests, organisations, postings
from matchmaker.services.calendar import today
from matchmaker.services.challenges import listing, matching
from matchmaker.services.challenges.listing import Filters
from matchmaker.services.challenges.matching import Match
from matchmaker.services.challenges.seeing import ChallengeView
from matchmaker.services.completeness import Completeness
from matchmaker.services.consortia import rooms
from matchmaker.services.consortia.rooms import RoomEntry
from matchmaker.services.interests import Request
from matchmaker.services.paging import Page
from models.enums import OrganisationKind
from models.offers import Need, Offer
from models.organisations import Organisation
from web import challenge_wording
from web.access import current_actor, signed_in
from web.database import reader, session
from web.organisations import cards
from web.organisations.area import bp
from web.organisations.asked import Keeping, read_keeping
from web.organisations.money import FirmMoney, FundDesk, read_firm, read_fund
from web.waiting import calls, tiles


@dataclass(frozen=True)
class Step:
    """One of the few things to do before partners, or firms that seek money, come."""

    label: str
    why: str
    url: str
    is_done: bool


@dataclass(frozen=True)
class Desk:
    """One of the person's organisations with what is on its desk."""

    organisation: Organisation
    measured: Completeness
    offers: Page[Offer]
    needs: Page[Need]
    received: Sequence[Request]
    sent: Sequence[Request]
    steps: list[Step]
    challenges: Sequence[Match]
    posted: Page[ChallengeView]
    invited: Sequence[RoomEntry]
    consortia: Sequence[RoomEntry]
    fund: FundDesk | None
    money: FirmMoney | None
    keeping: Keeping | None


@bp.get("/home")
@signed_in
def show_home() -> ResponseReturnValue:
    actor = current_actor()
    desks = [_read_desk(organisation) for organisation in organisations.my_organisations(session(), actor)[:5]]
    asked = claims.my_claims(session(), actor)
    return render_template(
        "organisations/home.html",
        desks=desks,
        claims=[(one, organisations.get_organisation(session(), one.organisation_id)) for one in asked[:5]],
        waiting=tiles(),
        calls=calls(),
        wording=challenge_wording,
        has_draft=bool(drafts.load_draft(session(), actor, "new")),
        day=today(),
        cards=cards,
    )


def _read_desk(organisation: Organisation) -> Desk:
    actor = current_actor()
    measured = completeness.of_profile(session(), organisation)
    offers = postings.list_offers(session(), actor, organisation)
    needs = postings.list_needs(session(), actor, organisation)
    fund = read_fund(organisation)
    return Desk(
        organisation,
        measured,
        offers,
        needs,
        interests.requests_received(session(), actor, organisation.id),
        interests.requests_sent(session(), actor, organisation.id),
        _list_steps(organisation, measured, needs, fund),
        matching.for_organisation(session(), actor, reader(), organisation, today=today()),
        listing.list_challenges(session(), actor, Filters(poster=organisation.id), size=5).page,
        rooms.list_invitations(session(), actor, organisation.id),
        rooms.list_rooms(session(), actor, organisation.id),
        fund,
        read_firm(organisation),
        read_keeping(organisation),
    )


def _list_fund_steps(measured: Completeness, fund: FundDesk) -> list[Step]:
    """A fund looks for firms, not for partners of its own."""
    missing = {gap.field for gap in measured.gaps}
    return [
        Step(
            _("Publish a mandate"),
            _("What the fund may and wants to invest in: every firm that seeks money is held against it."),
            url_for("funds.list_mandates"),
            fund.has_mandate,
        ),
        Step(
            _("State the capital and the life of the fund"),
            _("Type of capital, money left and the years to the exit decide which firms the fund can carry."),
            url_for("funds.list_mandates"),
            not {"capital_type", "remaining", "fund_life"} & missing,
        ),
        Step(
            _("Begin a list on the deal desk"),
            _("Firms from the radar go onto it, and from stage to stage until the exit."),
            url_for("funds.list_lists"),
            fund.has_list,
        ),
    ]


def _list_steps(
    organisation: Organisation, measured: Completeness, needs: Page[Need], fund: FundDesk | None
) -> list[Step]:
    if organisation.kind is OrganisationKind.FUND:
        return _list_fund_steps(measured, fund) if fund else []
    return [*_list_own_steps(organisation, measured), *_list_partner_steps(organisation, needs)]


def _list_own_steps(organisation: Organisation, measured: Completeness) -> list[Step]:
    """What others find the organisation by."""
    missing = {gap.field for gap in measured.gaps}
    return [
        Step(
            _("Say what you do"),
            _("Chain nodes and a summary: this is how others find you."),
            url_for("organisations.show_activity", organisation_id=organisation.id),
            not {"nodes", "summary"} & missing,
        ),
        Step(
            _("Enter your figures"),
            _("Staff, revenue and free capacity decide who is the right size for you."),
            url_for("organisations.show_figures", organisation_id=organisation.id),
            not {"staff", "capacity"} & missing,
        ),
        Step(
            _("Publish an offer"),
            _("Needs of others are held against your offers, never against your profile."),
            url_for("organisations.show_new_offer", organisation_id=organisation.id),
            "offer" not in missing,
        ),
    ]


def _list_partner_steps(organisation: Organisation, needs: Page[Need]) -> list[Step]:
    """What it finds others by."""
    live_need = next((need for need in needs.items if postings.is_live(need, today())), None)
    here = url_for("organisations.list_needs", organisation_id=organisation.id)
    return [
        Step(
            _("Publish a need"),
            _("One clear need is enough to get explained partners."),
            url_for("organisations.show_new_need", organisation_id=organisation.id),
            live_need is not None,
        ),
        Step(
            _("Look at your partners"),
            _("Every partner comes with reasons, with what is unknown, and with who was left out and why."),
            url_for("partners.show_need", need_id=live_need.id) if live_need else here,
            postings.has_looked_at_partners(session(), organisation),
        ),
    ]
