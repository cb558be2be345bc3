"""What came of the demo's matches: contracts confirmed, pilot runs, one that waits and one that is disputed.

They are stated by the services that people use, so the funnel, the audit log and the pages tell one story.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.services import calendar, data_requests, interests
from matchmaker.services.data_requests import RequestDraft
from matchmaker.services.outcomes import stating
from matchmaker.services.outcomes.drafts import OutcomeDraft
from matchmaker.services.outcomes.matches import MatchKind
from models.consortia import Consortium
from models.enums import ConsortiumState, InterestState, MatchOutcomeKind, PostingState
from models.interest import Interest
from models.offers import Need, NeedCapability, Offer, OfferCapability
from seeds.demo.hero import WANTED
from seeds.demo.identity import HERO, identity
from seeds.demo.people import People

K = MatchOutcomeKind
# Of the contracts and agreements on record, so many are told to have come to something.
TOLD = 24
# By turns: what came of it, the amount in CNY, and levels of readiness.
STORIES: Sequence[tuple[MatchOutcomeKind, float | None, tuple[int, int] | None]] = (
    (K.CONTRACT, 860_000.0, None),
    (K.PILOT_RUN, 320_000.0, None),
    (K.CONTRACT, 1_450_000.0, None),
    (K.TRL_MOVED, None, (5, 6)),
    (K.CONTRACT, 540_000.0, None),
    (K.FUNDING, 2_000_000.0, None),
)


def tell_outcomes(session: Session, people: People, today: date) -> None:
    """State and confirm outcomes of interests that came far, and ask for a kept-back field once."""
    far = select(Interest).where(col(Interest.state).in_([InterestState.CONTRACTED, InterestState.AGREED]))
    for number, interest in enumerate(session.exec(far.order_by(col(Interest.id)).limit(TOLD)).all()):
        _tell(session, people, interest, number, today)
    _wait_for_the_pilot_base(session, people)
    _agree_with_a_partner(session, people)
    _ask_for_data(session, people)


def _wait_for_the_pilot_base(session: Session, people: People) -> None:
    """The lead of the signed consortium says that a pilot run is done; the pilot base of the demo has to confirm."""
    lead = people.organisation("leader-08")
    signed = select(Consortium.id).where(Consortium.lead_id == lead, Consortium.state == ConsortiumState.SIGNED)
    # It was signed on the day by the clock, which in China may be one on from the demo's.
    done_on = calendar.today()
    draft = OutcomeDraft(kind=K.PILOT_RUN, happened_on=done_on, amount=180_000.0, note="首批二十套液冷枪线试制完成。")
    stating.state_outcome(
        session,
        people.of("leader-08"),
        lead,
        MatchKind.CONSORTIUM,
        session.exec(signed).one(),
        draft,
        other_id=people.organisation("base-01"),
    )


def _agree_with_a_partner(session: Session, people: People) -> None:
    """The SME and a partner have agreed; what came of it is for whoever tries the demo to say."""
    firm = people.of(HERO, user_id=identity("user/sme"))
    need, partner = _find_partner(session, people.organisation(HERO))
    message = "一米长的曲面盖板贴合后起泡，希望先安排一批试制，再谈批量。"
    asked = interests.ask(session, firm, need, partner, message)
    interests.accept(session, people.acting_for(partner), asked.id, "可以承接，请寄样件，两周内给出试制方案。")
    interests.agree(session, firm, asked.id)


def _find_partner(session: Session, organisation_id: UUID) -> tuple[UUID, UUID]:
    """(its need, who offers that), the first by their keys.

    It asks for a capability that `hero` keeps apart from those reserved for planted needs, so what fits those stays.
    """
    offered = (
        sa.select(col(Need.id), col(Offer.organisation_id))
        .join(NeedCapability, col(NeedCapability.need_id) == col(Need.id))
        .join(OfferCapability, col(OfferCapability.capability_code) == col(NeedCapability.capability_code))
        .join(Offer, col(Offer.id) == col(OfferCapability.offer_id))
        .where(col(Need.organisation_id) == organisation_id, col(Offer.organisation_id) != organisation_id)
        .where(
            col(NeedCapability.capability_code) == WANTED[0], col(OfferCapability.level) >= col(NeedCapability.level)
        )
        .where(col(Need.state) == PostingState.PUBLISHED, col(Offer.state) == PostingState.PUBLISHED)
        .order_by(col(Need.source_key), col(Offer.source_key))
    )
    need, partner = session.execute(offered.limit(1)).one()
    return need, partner


def _tell(session: Session, people: People, interest: Interest, number: int, today: date) -> None:
    kind, amount, levels = STORIES[number % len(STORIES)]
    asked = (interest.asked_at or interest.created_at).date()
    draft = OutcomeDraft(
        kind=kind,
        happened_on=min(max(interest.changed_at.date(), asked + timedelta(days=1)), today),
        amount=amount,
        trl_from=levels[0] if levels else None,
        trl_to=levels[1] if levels else None,
    )
    asker, candidate = (people.acting_for(key) for key in (interest.organisation_id, interest.candidate_id))
    said = stating.state_outcome(session, asker, interest.organisation_id, MatchKind.INTEREST, interest.id, draft)
    if number % 8 == 6:
        return
    if number % 8 == 7:
        stating.dispute(session, candidate, said.id, "试制已完成，但尚未验收，请待验收后再填报。")
        return
    stating.confirm(session, candidate, said.id, "情况属实。")


def _ask_for_data(session: Session, people: People) -> None:
    """The leader of the demo would like to see what share of its sales the SME spends on R&D."""
    draft = RequestDraft(
        fields=("rd_ratio",),
        purpose="用于核对联合体牵头与参与条件中的研发投入要求，仅项目组三人查看。",
        wanted_until=calendar.today() + timedelta(days=90),  # it is asked on the day by the clock
    )
    leader = people.organisation("leader-01")
    data_requests.ask(session, people.of("leader-01"), leader, people.organisation(HERO), draft)
