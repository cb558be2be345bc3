"""What waits on the registry desk of the demo: looks, checks, and profiles that nobody has looked at for long."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from uuid import UUID

from matchmaker.services.calendar import add_working_days
from models.enums import ChaseReason, CheckOutcome, PostingState, ReviewVerdict
from models.offers import Need, Offer
from models.organisations import Certification
from models.registry import CertificationCheck, PostingReview, ProfileChase
from seeds.demo.identity import identity
from seeds.demo.world import Body, World

UNVERIFIED = 0.02
WORKING_DAYS = 5
NEW_SINCE_DAYS = 4
SENT_BACK = ("no_figures", "identity", "unclear")
POINTS = {"advantages": 2, "clarity": 3, "cooperation": 2, "language": 4}
CHECKS = (
    (CheckOutcome.MORE_ASKED, "请补充认定公告的文号、日期或网址。"),
    (CheckOutcome.REFUSED, "该批认定名单中没有贵单位，请核对认定年份。"),
)
CHASE_NOTE = "请核对人员规模、可承接合作数和联系方式。"
STALE_SHARE = 0.5


def keep_registry(world: World) -> None:
    """Nothing here changes who offers or asks what; a few postings that nobody sees are sent back."""
    dice = world.dice("registry")
    _look_at_postings(world, dice)
    _check_certifications(world, dice)
    _let_profiles_age(world, dice)


def _look_at_postings(world: World, dice: Random) -> None:
    postings: list[Offer | Need] = [*world.all_of(Offer), *world.all_of(Need)]
    waiting = [one for one in postings if one.state is PostingState.IN_REVIEW]
    for posting, reason in zip(waiting, SENT_BACK, strict=False):
        _send_back(world, posting, reason)
    for posting in waiting[len(SENT_BACK) :]:
        posting.review_by = add_working_days(world.day(dice.randint(0, 7)), WORKING_DAYS)
    for posting in postings:
        day = posting.published_at.date() if posting.published_at else None
        if posting.state is PostingState.PUBLISHED and day and day >= world.day(NEW_SINCE_DAYS):
            posting.review_by = add_working_days(day, WORKING_DAYS)


def _send_back(world: World, posting: Offer | Need, reason: str) -> None:
    posting.state = PostingState.CHANGES_ASKED
    world.add(
        PostingReview,
        id=identity(f"review/{posting.source_key}"),
        created_at=world.moment(2),
        offer_id=posting.id if isinstance(posting, Offer) else None,
        need_id=posting.id if isinstance(posting, Need) else None,
        posting_version=1,
        verdict=ReviewVerdict.CHANGES_ASKED,
        points=dict(POINTS),
        reason_code=reason,
    )


def _check_certifications(world: World, dice: Random) -> None:
    left = []
    for one in world.all_of(Certification):
        if dice.random() < UNVERIFIED:
            left.append(one)
        elif one.issued_on:
            one.verified_at = world.moment(dice.randint(1, max(1, (world.today - one.issued_on).days)))
    for certification, (outcome, note) in zip(left, CHECKS, strict=False):
        world.add(
            CertificationCheck,
            id=identity(f"check/{certification.id}"),
            created_at=world.moment(3),
            certification_id=certification.id,
            certification_version=1,
            outcome=outcome,
            note=note,
        )


def _let_profiles_age(world: World, dice: Random) -> None:
    """Half of those that have posted nothing for 200 days have not been looked at since then either."""
    last = _last_days(world)
    quiet = [body for body in world.bodies if last.get(body.record.id, world.day(400)) < world.day(200)]
    old = [body for body in quiet if dice.random() < STALE_SHARE]
    for body in old:
        body.record.changed_at = world.moment(dice.randint(150, 199))
    _chase(world, [body for body in old if (world.now - body.record.changed_at).days > 180][:3])


def _last_days(world: World) -> dict[UUID, date]:
    last: dict[UUID, date] = {}
    postings: Sequence[Offer | Need] = [*world.all_of(Offer), *world.all_of(Need)]
    for posting in postings:
        if posting.published_at:
            day = posting.published_at.date()
            last[posting.organisation_id] = max(day, last.get(posting.organisation_id, day))
    return last


def _chase(world: World, bodies: Sequence[Body]) -> None:
    for body in bodies:
        world.add(
            ProfileChase,
            id=identity(f"chase/{body.key}"),
            organisation_id=body.record.id,
            created_at=world.moment(5),
            reason=ChaseReason.STALE,
            note=CHASE_NOTE,
            due_on=world.today + timedelta(days=9),
        )
