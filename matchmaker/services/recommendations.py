"""Who could meet a need, why, and what an organisation could do for another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker import eligibility, ranking, rerank
from matchmaker import profiles as engine_profiles
from matchmaker.eligibility import ELIGIBLE, Reason
from matchmaker.errors import InvalidInput, NotFound
from matchmaker.explain import Explanation, explain
from matchmaker.market.equals import free_equal
from matchmaker.network.similar import has_subject
from matchmaker.profiles import UNKNOWN, Candidates, Profiles
from matchmaker.ranking import PRICED, Ranking
from matchmaker.reader import Reader, Snapshot
from matchmaker.rerank import Floors, Mixed
from matchmaker.retrieval.candidates import of_organisation
from matchmaker.scoring.both_sides import both_sides
from matchmaker.scoring.weighting import Weighting
from matchmaker.services.actors import Actor, Permission, can, require
from matchmaker.services.crowding import Demand, Prices, prices_on
from matchmaker.services.exposure_policies import floors_on
from matchmaker.services.paging import PAGE_SIZE, Page, page_of
from matchmaker.services.presets import live_preset, read_weighting
from matchmaker.store.needs import read_need, read_record, row_of
from models.enums import PostingState
from models.offers import Need

PURPOSE = "partners"
# Without a need there is only the record to go by, and other weights have proved right for it (docs/decisions/0004).
PURPOSE_BY_RECORD = "partners_by_record"
MOST_COMPARED = 4
# Components that need something of the asking side: a subject; an asker who is in the record.
BY_SUBJECT = (
    *("track_record", "ties_in_field", "partners_in_field"),
    *("similar_consortia", "area_in_field", "kind_mix"),
)
BY_ASKER = ("ties", "walk_circle", "common_partners", "joined_asker", "like_partners")


@dataclass(frozen=True)
class Standing:
    """Where a floor of exposure comes in: who is new or small, and who stands here because of it."""

    is_newcomer: bool
    stands_out: bool  # newcomers are few among the first places of this list
    is_small: bool
    is_moved: bool
    position_by_fit: int
    projects: int


@dataclass(frozen=True)
class Recommended:
    """One organisation for one need, by the offer (or facility) that serves it best, or by its record alone."""

    position: int
    organisation_id: UUID
    offer_id: UUID | None
    is_facility: bool
    explanation: Explanation
    price: float = 0.0  # of the organisation: exp(-price) of its chance is what its place in the list stands for
    demand: Demand | None = None  # of a busy one
    equal_id: UUID | None = None  # somebody as good on the same grounds who is not over-asked
    standing: Standing | None = None  # None where the candidate was not taken from a list


@dataclass(frozen=True)
class MixPrice:
    """What the floors did to a list: how many moved up, and by how much the mean of the first places is lower."""

    newcomer_share: float
    small_share: float
    depth: int
    moved: int
    lost: float  # of the order, the list's own measure
    fit_lost: float  # of the fit that people see


@dataclass(frozen=True)
class Recommendations:
    """One page of a ranked list, with everything needed to replay it."""

    need_id: UUID | None
    need_version: int | None
    preset_code: str
    weights: Mapping[str, float]
    index_version: str
    items: Sequence[Recommended]
    found: int
    unscored: int
    hidden: Mapping[Reason, int]
    says_nothing: bool  # the query itself gives no ground for any score
    silent: frozenset[str]  # components for which the asking side gives no ground, whoever the candidate is
    seconds: Mapping[str, float]
    mix: MixPrice
    priced_on: date | None  # of which day the prices of busy candidates are; None: there are none


@dataclass(frozen=True)
class Verdict:
    """One organisation held against one need: recommended, hidden by a rule, or without any ground for a score."""

    need_id: UUID
    organisation_id: UUID
    recommended: Recommended | None
    hidden_by: Reason | None
    silent: frozenset[str] = frozenset()
    fit: float = -np.inf  # of the one recommended; -inf where there is none


@dataclass(frozen=True)
class Together:
    """Both directions as one: the chance that both say yes where weights are learned, else the harmonic mean."""

    value: float
    is_chance: bool


@dataclass(frozen=True)
class BothWays:
    """What they give us and what we give them; two different things."""

    theirs_for_ours: Sequence[Verdict]
    ours_for_theirs: Sequence[Verdict]
    together: Together | None = None  # None where one direction has no score


def for_need(
    session: Session, actor: Actor, reader: Reader, need_id: UUID, *, today: date, first: int = 0, count: int = 20
) -> Recommendations:
    """Positions `first` to `first + count` of the list for one need."""
    need = _get_need(session, actor, need_id)
    snapshot = reader.snapshot(session, today=today)
    query = read_need(session, need, snapshot.engine.profiles, snapshot.encoder, today=today)
    return _recommend(session, snapshot, query, first=first, count=count, need=need)


def for_organisation(
    session: Session,
    actor: Actor,
    reader: Reader,
    organisation_id: UUID,
    *,
    today: date,
    first: int = 0,
    count: int = 20,
) -> Recommendations:
    """Partners for an organisation that has posted no need, from what its past projects were about."""
    require(actor, Permission.RECOMMENDATION_VIEW, organisation_id)
    snapshot = reader.snapshot(session, today=today)
    row = row_of(snapshot.engine.profiles, organisation_id)
    if row is None:
        raise NotFound("organisation", organisation_id)
    query = read_record(snapshot.engine.profiles, row, today=today)
    return _recommend(session, snapshot, query, first=first, count=count, need=None)


def compare(
    session: Session, actor: Actor, reader: Reader, need_id: UUID, organisation_ids: Sequence[UUID], *, today: date
) -> Sequence[Verdict]:
    """Up to four organisations side by side for one need, in the order asked for."""
    if len(organisation_ids) > MOST_COMPARED:
        raise InvalidInput("too_many_to_compare", most=MOST_COMPARED)
    need = _get_need(session, actor, need_id)
    snapshot = reader.snapshot(session, today=today)
    query = read_need(session, need, snapshot.engine.profiles, snapshot.encoder, today=today)
    weighting = read_weighting(session, live_preset(session, PURPOSE))
    return [_judge(snapshot, weighting, need.id, query, candidate) for candidate in organisation_ids]


def both_ways(session: Session, actor: Actor, reader: Reader, ours: UUID, theirs: UUID, *, today: date) -> BothWays:
    """Our published needs against what they offer, and their published needs against what we offer."""
    require(actor, Permission.RECOMMENDATION_VIEW, ours)
    snapshot = reader.snapshot(session, today=today)
    weighting = read_weighting(session, live_preset(session, PURPOSE))

    def judge_all(asker: UUID, candidate: UUID) -> list[Verdict]:
        queries = {
            need.id: read_need(session, need, snapshot.engine.profiles, snapshot.encoder, today=today)
            for need in _live_needs(session, asker, today)
        }
        return [_judge(snapshot, weighting, need_id, query, candidate) for need_id, query in queries.items()]

    give, take = judge_all(ours, theirs), judge_all(theirs, ours)
    return BothWays(theirs_for_ours=give, ours_for_theirs=take, together=_together(weighting, give, take))


def _together(weighting: Weighting, give: Sequence[Verdict], take: Sequence[Verdict]) -> Together | None:
    """From the best need of each direction, as its fit is shown: one candidate alone has no list to be weighed in."""
    fits = [max((one.fit for one in side), default=-np.inf) for side in (give, take)]
    value = float(both_sides(weighting, np.array(fits[:1]), np.array(fits[1:]))[0])
    return None if np.isnan(value) else Together(value, is_chance=weighting.calibration is not None)


def my_needs(session: Session, actor: Actor, *, page: int = 1, size: int = PAGE_SIZE) -> Page[Need]:
    """Needs of the actor's own organisations that are published or on the way there, the latest first."""
    over = (PostingState.EXPIRED, PostingState.WITHDRAWN)
    mine = sa.select(Need).where(col(Need.organisation_id).in_(actor.memberships), col(Need.state).not_in(over))
    is_draft = col(Need.state) != PostingState.PUBLISHED
    return page_of(session, mine.order_by(is_draft, col(Need.changed_at).desc(), col(Need.id)), number=page, size=size)


def _get_need(session: Session, actor: Actor, need_id: UUID) -> Need:
    need = session.get(Need, need_id)
    # Whose need it is is no secret, but an unpublished one does not exist for strangers.
    if need is None or not can(actor, Permission.RECOMMENDATION_VIEW, need.organisation_id):
        raise NotFound("need", need_id)
    return need


def _live_needs(session: Session, organisation_id: UUID, today: date) -> Sequence[Need]:
    live = (Need.state == PostingState.PUBLISHED, col(Need.valid_until) >= today)
    mine = select(Need).where(Need.organisation_id == organisation_id, *live)
    return session.exec(mine.order_by(col(Need.created_at), col(Need.id))).all()


def _recommend(
    session: Session,
    snapshot: Snapshot,
    query: engine_profiles.Need,
    *,
    first: int,
    count: int,
    need: Need | None,
) -> Recommendations:
    preset = live_preset(session, PURPOSE if need else PURPOSE_BY_RECORD)
    weighting = read_weighting(session, preset)
    # How busy somebody is does not depend on who asks with what: the prices of needs hold for lists by record too.
    prices = prices_on(session, PURPOSE, date.fromordinal(query.day))
    floors = floors_on(session, preset.purpose)
    listed = list_by(snapshot, query, By(weighting, prices, floors), first=first, count=count)
    ranked = listed.mixed.ranking
    return Recommendations(
        need_id=need.id if need else None,
        need_version=need.version if need else None,
        preset_code=preset.code,
        weights=weighting.weights,
        index_version=snapshot.version,
        items=listed.items,
        found=ranked.found,
        unscored=ranked.unscored,
        hidden=ranked.hidden,
        says_nothing=_says_nothing(query),
        silent=_silent(snapshot.engine.profiles, query),
        seconds=ranked.seconds,
        mix=_price_of(listed.mixed, floors),
        priced_on=prices.made_on,
    )


@dataclass(frozen=True, eq=False)
class By:
    """What a list is ranked by: weights, how busy candidates are, floors of exposure."""

    weighting: Weighting
    prices: Prices
    floors: Floors


@dataclass(frozen=True, eq=False)
class Listed:
    mixed: Mixed
    items: Sequence[Recommended]


def list_by(
    snapshot: Snapshot,
    query: engine_profiles.Need,
    by: By,
    *,
    first: int,
    count: int,
    among: Candidates | None = None,
) -> Listed:
    """Positions `first` to `first + count` of the list of `query`, of the candidates `among` where they are given."""
    profiles = snapshot.engine.profiles
    price, top = by.prices.rows(profiles).price, max(first + count, PRICED)
    plain = ranking.rank(snapshot.engine, query, by.weighting, top=top, among=among, prices=price)
    mixed = rerank.mixed(plain, profiles, by.floors)
    last = min(first + count, len(mixed.ranking.candidates))
    items = [
        replace(_with_price(snapshot, mixed.ranking, row, by.prices), standing=_standing(mixed, row))
        for row in range(first, last)
    ]
    return Listed(mixed, items)


def _says_nothing(query: engine_profiles.Need) -> bool:
    return query.vector is None and not query.capabilities and not len(query.tags)


def _silent(profiles: Profiles, query: engine_profiles.Need) -> frozenset[str]:
    """Components that nobody can be judged by here, because the asking side does not say what they look at."""
    is_known = query.organisation is not None
    has_home = query.place != UNKNOWN
    has_size = query.size != UNKNOWN
    says = {
        "capability": bool(query.capabilities),
        "text": query.vector is not None,
        "readiness": query.trl is not None,
        "chain": bool(query.capabilities) or bool(len(query.nodes)),
        **dict.fromkeys(BY_SUBJECT, has_subject(query)),
        **dict.fromkeys(BY_ASKER, is_known),
        "walk_follow_up": is_known or has_subject(query),
        "area_pair": query.area != UNKNOWN,
        "length": query.months > 0,
        "district": has_home,
        "size": has_size,
        "terms": query.type != UNKNOWN or query.budget is not None or has_size,
        "amount": query.amount > 0,
        "place": has_home or query.area != UNKNOWN,
        "reciprocity": is_known and bool((profiles.offers.owner == query.organisation).any()),
    }
    return frozenset(name for name, is_said in says.items() if not is_said)


def _judge(
    snapshot: Snapshot, weighting: Weighting, need_id: UUID, query: engine_profiles.Need, candidate: UUID
) -> Verdict:
    profiles = snapshot.engine.profiles
    row = row_of(profiles, candidate)
    if row is None:
        return Verdict(need_id, candidate, None, None)
    among = of_organisation(profiles, row)
    ranked = ranking.rank(snapshot.engine, query, weighting, top=1, among=among)
    if len(ranked.candidates):
        fit = float(ranked.blend.fit[0])
        return Verdict(need_id, candidate, _recommended(snapshot, ranked, 0), None, _silent(profiles, query), fit)
    return Verdict(need_id, candidate, None, _hiding_rule(query, profiles, among), _silent(profiles, query))


def _hiding_rule(query: engine_profiles.Need, profiles: Profiles, among: Candidates) -> Reason | None:
    verdicts = eligibility.reasons(query, profiles, among)
    hidden = verdicts[verdicts != ELIGIBLE]
    return list(Reason)[int(np.bincount(hidden).argmax())] if len(hidden) == len(verdicts) and len(hidden) else None


def _recommended(snapshot: Snapshot, ranked: Ranking, row: int) -> Recommended:
    profiles = snapshot.engine.profiles
    offer = int(ranked.candidates.offer[row])
    return Recommended(
        position=row + 1,
        organisation_id=_uuid(profiles.organisations.ids[ranked.candidates.organisation[row]]),
        offer_id=None if offer == UNKNOWN else _uuid(profiles.offers.ids[offer]),
        is_facility=offer != UNKNOWN and bool(profiles.offers.is_facility[offer]),
        explanation=explain(snapshot.engine, ranked, row),
    )


def _standing(mixed: Mixed, row: int) -> Standing:
    return Standing(
        is_newcomer=bool(mixed.is_newcomer[row]),
        stands_out=mixed.newcomers_stand_out,
        is_small=bool(mixed.is_small[row]),
        is_moved=bool(mixed.is_moved[row]),
        position_by_fit=int(mixed.before[row]) + 1,
        projects=int(mixed.projects[row]),
    )


def _price_of(mixed: Mixed, floors: Floors) -> MixPrice:
    return MixPrice(
        newcomer_share=floors.newcomer_share,
        small_share=floors.small_share,
        depth=floors.depth,
        moved=int(mixed.is_moved.sum()),
        lost=round(mixed.lost, 6),
        fit_lost=round(mixed.fit_lost, 6),
    )


def _with_price(snapshot: Snapshot, ranked: Ranking, row: int, prices: Prices) -> Recommended:
    """The line of a list; a busy one says so, and who is as good and is not."""
    one = _recommended(snapshot, ranked, row)
    demand = prices.by_organisation.get(one.organisation_id)
    if demand is None:
        return one
    profiles = snapshot.engine.profiles
    rows = ranked.candidates.organisation
    equal = free_equal(ranked, row, prices.rows(profiles).is_busy[rows])
    return replace(
        one,
        price=demand.price,
        demand=demand,
        equal_id=None if equal is None else _uuid(profiles.organisations.ids[rows[equal]]),
    )


def _uuid(key: bytes) -> UUID:
    return UUID(key.decode())
