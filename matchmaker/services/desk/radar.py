"""The radar of a fund: open rounds ranked for one of its mandates, filtered, and what is new among them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from sqlmodel import Session, col, select

from matchmaker.reader import Reader
from matchmaker.services.actors import Actor
from matchmaker.services.calendar import today
from matchmaker.services.capital.ranking import CapitalList, FirmFilters, firms_for_mandate
from matchmaker.services.clearing.reading import get_mandate
from matchmaker.services.desk import screens
from matchmaker.store.capital import SeenBy, is_open
from models.base import utc_now
from models.desk import Screen
from models.enums import ClearanceVerdict, FinancingStage
from models.matching import RankingRun
from models.organisations import Certification
from models.rounds import Round
from models.taxonomy import ChainNode

TEN_THOUSAND, MOST_MONEY = 10_000, 1e13
VISIT = timedelta(hours=1)  # what was looked at within it is of the same visit
AnyEnum = TypeVar("AnyEnum", bound=StrEnum)


@dataclass(frozen=True, kw_only=True)
class RadarFilters:
    """What a screen looks for; empty: everything. What is not known, or not shown, is in no choice.

    Amounts are CNY here and CNY 10,000 in an address or a stored screen, as people type them.
    """

    stage: FinancingStage | None = None
    node: str = ""
    district: str = ""
    verdict: ClearanceVerdict | None = None
    amount_low: float | None = None
    amount_high: float | None = None
    trl_low: int | None = None
    certification: str = ""

    @classmethod
    def read(cls, plain: Mapping[str, object]) -> "RadarFilters":
        """From an address or a stored screen; what cannot be read is left out."""
        return cls(
            stage=_member(FinancingStage, plain.get("stage")),
            node=str(plain.get("node") or "")[:80],
            district=str(plain.get("district") or "")[:80],
            verdict=_member(ClearanceVerdict, plain.get("verdict")),
            amount_low=_amount(plain.get("amount_low")),
            amount_high=_amount(plain.get("amount_high")),
            trl_low=_level(plain.get("trl_low")),
            certification=str(plain.get("certification") or "")[:80],
        )

    def plain(self) -> dict[str, str]:
        """As an address or a stored screen has it."""
        said = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {name: _text(value) for name, value in said.items() if value not in (None, "")}


@dataclass(frozen=True)
class Seen:
    """One page of the radar. `new` are the rounds opened or changed `since` the screen was looked through, or without a
    screen since the person was here before; None where that was never."""

    ranked: CapitalList
    new: frozenset[UUID] = frozenset()
    muted: frozenset[UUID] = frozenset()
    since: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Look:
    """How the radar is looked at: only what is new, and which page."""

    only_new: bool = False
    with_muted: bool = False
    first: int = 0
    count: int = 20


@dataclass(frozen=True)
class Watched:
    """A screen in the list of screens: how many firms are new in it; None where it gives no alerts."""

    screen: Screen
    new: int | None
    muted: frozenset[UUID] = field(default_factory=frozenset)


def look(
    session: Session,
    actor: Actor,
    reader: Reader,
    mandate_id: UUID,
    filters: RadarFilters,
    how: Look,
    *,
    screen: Screen | None = None,
) -> Seen:
    """A page of firms with open rounds for one mandate; with a screen its muted firms are left out, its news known."""
    mandate = get_mandate(session, actor, mandate_id)
    sees = SeenBy(session, mandate.organisation_id, today=today())
    mutes = screens.muted(session, actor, [screen])[screen.id] if screen else frozenset()
    since = (
        screens.seen_until(session, actor, [screen])[screen.id] if screen else last_visit(session, actor, mandate_id)
    )
    new = _changed_since(session, since) if since else frozenset()
    rounds = _rounds(session, filters, sees)
    if how.only_new and since is not None:
        rounds = new if rounds is None else rounds & new
    chosen = _firm_filters(session, filters, rounds, frozenset() if how.with_muted else mutes)
    ranked = firms_for_mandate(
        session, actor, reader, mandate_id, today=today(), first=how.first, count=how.count, filters=chosen
    )
    return Seen(ranked, new, mutes, since)


def last_visit(session: Session, actor: Actor, mandate_id: UUID) -> datetime | None:
    """When this person looked at firms for a mandate before the present visit; lists that were shown are on record."""
    mine = select(RankingRun.created_at).where(
        RankingRun.mandate_id == mandate_id,
        RankingRun.user_id == actor.user_id,
        col(RankingRun.created_at) < utc_now() - VISIT,
    )
    return session.exec(mine.order_by(col(RankingRun.created_at).desc()).limit(1)).first()


def list_screens_with_changes(session: Session, actor: Actor, fund_id: UUID) -> list[Screen]:
    """The screens with alerts in which something may be new to this person: a round has been opened or changed.

    Whether the firm is among those that the screen finds, `watch` tells: it takes a ranking for each.
    """
    alerting = [one for one in screens.list_screens(session, actor, fund_id) if one.alerts and one.mandate_id]
    until = screens.seen_until(session, actor, alerting)
    changed = _visible_since(session, fund_id, min(until.values())) if until else []
    mutes = screens.muted(session, actor, alerting) if changed else {}
    return [
        one
        for one in alerting
        if any(_may_be_new_in(each, one, since=until[one.id], muted=mutes[one.id]) for each in changed)
    ]


def _visible_since(session: Session, fund_id: UUID, since: datetime) -> Sequence[Round]:
    changed = session.exec(select(Round).where(is_open(today()), col(Round.changed_at) > since)).all()
    sees = SeenBy(session, fund_id, today=today()) if changed else None
    return [one for one in changed if sees and sees(one.organisation_id, "rounds")]


def _may_be_new_in(changed: Round, screen: Screen, *, since: datetime, muted: frozenset[UUID]) -> bool:
    stage = RadarFilters.read(screen.filters).stage
    return changed.changed_at > since and changed.organisation_id not in muted and stage in (None, changed.stage)


def watch(session: Session, actor: Actor, reader: Reader, fund_id: UUID) -> list[Watched]:
    """The screens of a person with how many firms are new in each. Read anew each time; nothing is written."""
    listed = screens.list_screens(session, actor, fund_id)
    mutes = screens.muted(session, actor, listed)
    until = screens.seen_until(session, actor, listed)
    return [
        Watched(one, _count_new(session, actor, reader, one, until[one.id]) if one.alerts else None, mutes[one.id])
        for one in listed
    ]


def _count_new(session: Session, actor: Actor, reader: Reader, screen: Screen, until: datetime) -> int:
    # Most screens have no news; those need no ranking.
    if screen.mandate_id is None or not _changed_since(session, until):
        return 0
    filters = RadarFilters.read(screen.filters)
    how = Look(only_new=True, count=1)
    return look(session, actor, reader, screen.mandate_id, filters, how, screen=screen).ranked.found


def _changed_since(session: Session, until: datetime) -> frozenset[UUID]:
    changed = select(Round.id).where(is_open(today()), col(Round.changed_at) > until)
    return frozenset(session.exec(changed))


def _firm_filters(
    session: Session, filters: RadarFilters, rounds: frozenset[UUID] | None, without: frozenset[UUID]
) -> FirmFilters:
    return FirmFilters(
        stages=frozenset({filters.stage} if filters.stage else ()),
        nodes=_with_children(session, filters.node),
        districts=frozenset({filters.district} if filters.district else ()),
        verdicts=frozenset({filters.verdict} if filters.verdict else ()),
        rounds=rounds,
        without=without,
    )


def _rounds(session: Session, filters: RadarFilters, sees: SeenBy) -> frozenset[UUID] | None:
    """The rounds that pass by amount, readiness and certification, as far as the fund may know; None: nobody asks."""
    if not (filters.amount_low or filters.amount_high or filters.trl_low or filters.certification):
        return None
    wanted = select(Round).where(is_open(today()))
    if filters.amount_low is not None:
        wanted = wanted.where(col(Round.amount) >= filters.amount_low)
    if filters.amount_high is not None:
        wanted = wanted.where(col(Round.amount) <= filters.amount_high)
    if filters.trl_low is not None:
        wanted = wanted.where(col(Round.trl) >= filters.trl_low)
    listed = session.exec(wanted).all()
    if filters.certification:
        holders = _holders(session, filters.certification)
        listed = [
            one for one in listed if one.organisation_id in holders and sees(one.organisation_id, "certifications")
        ]
    return frozenset(one.id for one in listed if sees(one.organisation_id, "rounds"))


def _holders(session: Session, scheme: str) -> frozenset[UUID]:
    held: Sequence[Certification] = session.exec(select(Certification).where(Certification.scheme_code == scheme)).all()
    return frozenset(one.organisation_id for one in held if one.valid_until is None or one.valid_until >= today())


def _with_children(session: Session, node: str) -> frozenset[str]:
    """A node with all below it."""
    if not node:
        return frozenset()
    parents = dict(session.exec(select(ChainNode.code, ChainNode.parent_code)).all())
    return frozenset(code for code in parents if node in _line_up(code, parents)) or frozenset({node})


def _line_up(code: str | None, parents: Mapping[str, str | None]) -> Iterable[str]:
    seen: list[str] = []
    while code and code not in seen:
        seen.append(code)
        code = parents.get(code)
    return seen


def _member(values: type[AnyEnum], code: object) -> AnyEnum | None:
    return values(code) if code in {value.value for value in values} else None


def _amount(typed: object) -> float | None:
    try:
        value = float(str(typed)) * TEN_THOUSAND
    except ValueError:
        return None
    return value if 0 <= value <= MOST_MONEY else None


def _level(typed: object) -> int | None:
    text = str(typed or "")
    return int(text) if len(text) == 1 and text in "123456789" else None


def _text(value: object) -> str:
    return f"{value / TEN_THOUSAND:.15g}" if isinstance(value, float) else str(getattr(value, "value", value))
