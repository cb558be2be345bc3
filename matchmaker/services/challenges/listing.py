"""Lists of challenges with filters and counts; every one of them holds only what exists for the reader."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.calendar import today
from matchmaker.services.challenges import eligibility
from matchmaker.services.challenges.eligibility import Eligibility, Outcome
from matchmaker.services.challenges.seeing import ChallengeView, seen_by, view_of
from matchmaker.services.paging import PAGE_SIZE, Page
from models.challenges import Challenge
from models.enums import ChallengeKind, ChallengeStage
from models.organisations import Organisation
from models.taxonomy import ChainNode


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What a list is narrowed to; `answerer` is an organisation that may answer, or of which it is not known."""

    kind: ChallengeKind | None = None
    stage: ChallengeStage | None = None
    chain: str = ""
    district: str = ""
    words: str = ""
    is_open: bool = False
    answerer: UUID | None = None
    poster: UUID | None = None


@dataclass(frozen=True)
class Listed:
    """A page of a list, and how many there are per choice of a filter when the others stay as they are."""

    page: Page[ChallengeView]
    counts: Mapping[str, Mapping[str, int]]
    eligibility: Mapping[UUID, Eligibility]


def list_challenges(
    session: Session, actor: Actor, filters: Filters, *, page: int = 1, size: int = PAGE_SIZE
) -> Listed:
    """The seen challenges, those that take answers first, by the day on which that ends."""
    require(actor, Permission.CHALLENGE_VIEW)
    found = _Found(session, actor, filters)
    chosen = sorted(found.matching(filters), key=_order)
    last = max(1, -(-len(chosen) // size))
    number = min(max(1, page), last)
    items = [view_of(session, actor, one) for one in chosen[(number - 1) * size : number * size]]
    counts = {
        name: Counter(value for one in found.matching(without) for value in found.of(one, name))
        for name, without in {
            "kind": replace(filters, kind=None),
            "stage": replace(filters, stage=None),
            "chain": replace(filters, chain=""),
            "district": replace(filters, district=""),
        }.items()
    }
    verdicts = {one.id: found.verdicts[one.id] for one in items if one.id in found.verdicts}
    return Listed(Page(items, number, size, len(chosen)), counts, verdicts)


class _Found:
    """All challenges that exist for the reader; there are hundreds, so filters and counts run over them here."""

    def __init__(self, session: Session, actor: Actor, filters: Filters) -> None:
        self.challenges: Sequence[Challenge] = session.exec(select(Challenge).where(seen_by(actor))).all()
        self.chain_of = dict(session.exec(select(ChainNode.code, ChainNode.chain_code)).all())
        owners = {one.organisation_id for one in self.challenges}
        homes = sa.select(col(Organisation.id), col(Organisation.district_code)).where(col(Organisation.id).in_(owners))
        self.district_of = {owner: district or "" for owner, district in session.execute(homes)}
        self.verdicts = _verdicts(session, actor, filters.answerer, self.challenges)

    def matching(self, filters: Filters) -> list[Challenge]:
        return [one for one in self.challenges if self._matches(one, filters)]

    def of(self, challenge: Challenge, name: str) -> set[str]:
        """The values of a challenge that a filter asks about."""
        values: dict[str, set[str]] = {
            "kind": {challenge.kind.value},
            "stage": {challenge.stage.value},
            "chain": {self.chain_of.get(code, "") for code in challenge.node_codes},
            "district": {self.district_of.get(challenge.organisation_id, "")},
        }
        return values[name] - {""}

    def _matches(self, challenge: Challenge, filters: Filters) -> bool:
        wanted = {name: getattr(filters, name) for name in ("kind", "stage", "chain", "district")}
        if any(value and value not in self.of(challenge, name) for name, value in wanted.items()):
            return False
        if filters.poster and challenge.organisation_id != filters.poster:
            return False
        if filters.is_open and not _is_open(challenge):
            return False
        if filters.answerer and self.verdicts[challenge.id].outcome is Outcome.NOT_MET:
            return False
        return _says(challenge, filters.words)


def _verdicts(
    session: Session, actor: Actor, answerer: UUID | None, challenges: Sequence[Challenge]
) -> dict[UUID, Eligibility]:
    if answerer is None:
        return {}
    # The verdict tells facts of the organisation, so only its own people ask for it.
    require(actor, Permission.ORGANISATION_SEE_CLOSED, answerer)
    who = eligibility.answerer(session, session.get_one(Organisation, answerer))
    return {one.id: eligibility.judge(who, one) for one in challenges}


def _says(challenge: Challenge, words: str) -> bool:
    """Every word stands in a title: nothing that may be secret is searched."""
    titles = f"{challenge.title_zh}\n{challenge.title_en}".lower()
    return all(word in titles for word in words.lower().split())


def _is_open(challenge: Challenge) -> bool:
    until = challenge.answers_until
    return challenge.stage is ChallengeStage.ANSWERED and until is not None and until >= today()


def _order(challenge: Challenge) -> tuple[Any, ...]:
    is_open = _is_open(challenge)
    until = challenge.answers_until.toordinal() if is_open and challenge.answers_until else 0
    return (not is_open, until, -challenge.changed_at.timestamp(), challenge.id)
