"""Challenges for one organisation: what its offers do of what each needs, and whether it may answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
from sqlmodel import Session, col, select

from matchmaker.errors import IndexMissing
from matchmaker.profiles import UNKNOWN, Need, Profiles, RequiredCapability
from matchmaker.reader import Reader
from matchmaker.retrieval.candidates import of_organisation
from matchmaker.scoring.capability import CapabilityCover
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.challenges import eligibility
from matchmaker.services.challenges.eligibility import Eligibility, Outcome
from matchmaker.services.challenges.reading import list_tags
from matchmaker.services.challenges.seeing import ChallengeView, seen_by, view_of
from matchmaker.services.picked import Tag
from matchmaker.store.needs import row_of
from models.challenges import Challenge
from models.enums import ChallengeStage, OrganisationKind
from models.organisations import Organisation

COMING = (ChallengeStage.PUBLISHED, ChallengeStage.ANSWERED)
# Below a twentieth of what is needed, an offer only stands somewhere near in the taxonomy.
LEAST_SHARE = 0.05
FIRST = {Outcome.MET: 0, Outcome.UNKNOWN: 1, Outcome.NOT_MET: 2}


@dataclass(frozen=True)
class Covered:
    """What the best offer does of the needed capabilities: a share of their weight, and which ones, by code."""

    share: float
    offer_id: UUID | None
    covered: Sequence[str]
    near: Sequence[str]
    missing: Sequence[str]


@dataclass(frozen=True)
class Match:
    """A challenge for an organisation; `cover` is None where nothing can be said (no need or no offer with
    capabilities)."""

    challenge: ChallengeView
    eligibility: Eligibility
    cover: Covered | None


def for_organisation(
    session: Session, actor: Actor, reader: Reader, organisation: Organisation, *, today: date, count: int = 5
) -> Sequence[Match]:
    """Challenges that take or will take answers, by what the organisation's best offer does of them.

    Needs meet offers: each challenge is held against every offer of the organisation by the engine's own component.
    Of which next to nothing is done is left out; of which nothing can be said comes last.
    """
    require(actor, Permission.ORGANISATION_SEE_CLOSED, organisation.id)
    if organisation.kind is OrganisationKind.FUND:
        return []
    profiles = _profiles(session, reader, today)
    who = eligibility.answerer(session, organisation)
    found = [
        (one, eligibility.judge(who, one), _covered(profiles, list_tags(session, one.id), organisation.id, today))
        for one in _coming(session, actor, organisation, today)
    ]
    found = [one for one in found if one[2] is None or one[2].share >= LEAST_SHARE]
    found.sort(key=lambda match: (-(match[2].share if match[2] else 0.0), FIRST[match[1].outcome]))
    return [Match(view_of(session, actor, one), verdict, cover) for one, verdict, cover in found[:count]]


def cover(
    session: Session, actor: Actor, reader: Reader, challenge: ChallengeView, organisation_id: UUID, *, today: date
) -> Covered | None:
    """What an organisation's own offers do of one challenge, for its people."""
    require(actor, Permission.ORGANISATION_SEE_CLOSED, organisation_id)
    return _covered(_profiles(session, reader, today), challenge.tags, organisation_id, today)


def _coming(session: Session, actor: Actor, organisation: Organisation, today: date) -> Sequence[Challenge]:
    """Those whose answers are due first come first, where nothing else tells them apart."""
    return session.exec(
        select(Challenge)
        .where(seen_by(actor), col(Challenge.stage).in_(COMING), col(Challenge.organisation_id) != organisation.id)
        .where(col(Challenge.answers_until) >= today)
        .order_by(col(Challenge.answers_until), col(Challenge.id))
    ).all()


def _profiles(session: Session, reader: Reader, today: date) -> Profiles | None:
    """None where there is no index yet: whether somebody may answer is known without one."""
    try:
        return reader.snapshot(session, today=today).engine.profiles
    except IndexMissing:
        return None


def _covered(profiles: Profiles | None, tags: Sequence[Tag], organisation_id: UUID, today: date) -> Covered | None:
    row = row_of(profiles, organisation_id) if profiles else None
    if profiles is None or row is None:
        return None
    need = Need(day=today.toordinal(), capabilities=_required(profiles, tags))
    among = of_organisation(profiles, row)
    live = among.take((among.offer != UNKNOWN) & (profiles.offers.last_day[among.offer] >= need.day))
    if not need.capabilities or not len(live):
        return None
    component = CapabilityCover().fit(profiles)  # keeps the columns, computes nothing
    shares = component.score_candidates(need, live)
    if np.isnan(shares).all():
        return None
    best = int(np.nanargmax(shares))
    said: Any = component.evidence(need, live, best).facts
    return Covered(
        share=float(shares[best]),
        offer_id=_offer_id(profiles, int(live.offer[best])),
        **{name: [fact["asked"] for fact in said[name]] for name in ("covered", "near", "missing")},
    )


def _offer_id(profiles: Profiles, offer: int) -> UUID | None:
    """None for an open facility, which is none of the offers that people write."""
    return None if profiles.offers.is_facility[offer] else UUID(profiles.offers.ids[offer].decode())


def _required(profiles: Profiles, tags: Sequence[Tag]) -> tuple[RequiredCapability, ...]:
    column_of = {code: column for column, code in enumerate(profiles.vocabulary["capabilities"])}
    return tuple(
        RequiredCapability(column_of[tag.capability_code], tag.level, tag.weight, tag.is_must)
        for tag in tags
        if tag.capability_code in column_of
    )
