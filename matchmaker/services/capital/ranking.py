"""Which money fits a round, and which firms fit a mandate: one engine, both directions, clearance before any rank.

Everything is judged by what the side that asks may know: a firm knows all of its own, a fund what is open and what was
handed to it. What may not be seen is unknown, in the score, in the verdict and in what the other side would say.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session, col, select

from matchmaker import ranking
from matchmaker.errors import NotFound
from matchmaker.explain import Explanation, explain
from matchmaker.funding.clauses import FAILED, WAIVABLE
from matchmaker.funding.clauses import UNKNOWN as NOT_SAID
from matchmaker.funding.clearance import STOPPED, VERDICTS
from matchmaker.funding.columns import CLAUSES, STAGES
from matchmaker.profiles import UNKNOWN, Candidates, Ints, Mask, Need
from matchmaker.ranking import Ranking
from matchmaker.reader import Reader
from matchmaker.scoring.blend import blend
from matchmaker.scoring.both_sides import both_sides
from matchmaker.scoring.weighting import Weighting
from matchmaker.services.actors import Actor, Permission, can
from matchmaker.services.capital.silence import silent_of_mandate, silent_of_round
from matchmaker.services.capital.table import Table, for_firm, for_fund
from matchmaker.services.clearing.reading import get_mandate
from matchmaker.services.presets import live_preset, read_weighting
from models.enums import ClauseKind, ClearanceVerdict, FinancingStage
from models.rounds import Round

FUNDS, STARTUPS = "funds", "startups"  # purposes of the presets

Outcomes = NDArray[np.uint8]
KindT = TypeVar("KindT")


@dataclass(frozen=True, kw_only=True)
class FirmFilters:
    """Which firms of a list are looked at; empty: all. What is not known, or not shown, is in no choice.

    `rounds` are the only ones looked at; firms `without` are passed over.
    """

    stages: frozenset[FinancingStage] = frozenset()
    nodes: frozenset[str] = frozenset()
    districts: frozenset[str] = frozenset()
    verdicts: frozenset[ClearanceVerdict] = frozenset()
    rounds: frozenset[UUID] | None = None
    without: frozenset[UUID] = frozenset()


@dataclass(frozen=True)
class PatienceGap:
    """Years by which the way is longer than the fund's life; None where one of the two is not known."""

    years: float | None
    extended: float | None  # the same, if the fund takes every extension that it has
    until_market: float | None


@dataclass(frozen=True)
class Mutual:
    """Both directions as one number: the chance that both say yes where weights are learned, else the harmonic mean."""

    value: float
    theirs: float  # fit of who asks for the other side, by what the asker may know
    is_chance: bool


@dataclass(frozen=True)
class RankedCapital:
    """One mandate for a round, or one round for a mandate. `organisation_id` is of the candidate: a fund, or a firm."""

    position: int
    organisation_id: UUID
    mandate_id: UUID
    round_id: UUID
    amount: float | None  # that the round seeks
    stage: FinancingStage | None
    verdict: ClearanceVerdict
    to_ask: tuple[ClauseKind, ...]
    to_waive: tuple[ClauseKind, ...]
    patience: PatienceGap
    explanation: Explanation
    mutual: Mutual | None = None  # None where the other direction has no score
    # Who is ranked here is judged by no offer; its evidence is read as that of any candidate.
    offer_id: None = None
    is_facility: bool = False
    equal_id: None = None


@dataclass(frozen=True)
class CapitalList:
    """One page of a ranked list. A candidate that fails two clauses is stopped once and counted under both."""

    preset_code: str
    weights: Mapping[str, float]
    index_version: str
    items: Sequence[RankedCapital]
    found: int  # with a score, on all pages
    unscored: int  # nothing stops them, but nothing is known that could carry a score
    stopped: int
    stopped_by: Mapping[ClauseKind, int]
    by_verdict: Mapping[ClearanceVerdict, int]  # of all looked at, before a choice of verdicts
    silent: frozenset[str] = frozenset()  # components for which the asking side gives no ground
    seconds: Mapping[str, float] = field(default_factory=dict)


def funds_for_round(
    session: Session,
    actor: Actor,
    reader: Reader,
    round_id: UUID,
    *,
    today: date,
    first: int = 0,
    count: int = 20,
    verdicts: frozenset[ClearanceVerdict] = frozenset(),
) -> CapitalList:
    """Positions `first` to `first + count` of the published mandates for one round, as its firm may know them."""
    seeking = session.get(Round, round_id)
    if seeking is None or not can(actor, Permission.CAPITAL_VIEW, seeking.organisation_id):
        raise NotFound("round", round_id)
    table = for_firm(session, reader, seeking, today=today)
    if len(table.capital.firms) == 0:  # its firm has been closed
        raise NotFound("round", round_id)
    asking = _ForRound(table, _weighting(session, FUNDS), uses_of(session, [round_id]))
    looked_at = np.ones(len(table.capital.mandates), bool)
    return _list(session, asking, 0, looked_at, verdicts, first=first, count=count)


def firms_for_mandate(
    session: Session,
    actor: Actor,
    reader: Reader,
    mandate_id: UUID,
    *,
    today: date,
    first: int = 0,
    count: int = 20,
    filters: FirmFilters | None = None,
) -> CapitalList:
    """Positions `first` to `first + count` of the open rounds for one mandate, as its fund may know them."""
    mandate = get_mandate(session, actor, mandate_id)
    table = for_fund(session, reader, mandate, today=today)
    chosen = filters or FirmFilters()
    asking = _ForMandate(table, _weighting(session, STARTUPS))
    return _list(session, asking, 0, _looked_at(table, chosen), chosen.verdicts, first=first, count=count)


class _ForRound:
    """Mandates are judged for rounds."""

    purpose = FUNDS

    def __init__(self, table: Table, weighting: Weighting, uses: Mapping[bytes, str]) -> None:
        self.table, self.weighting, self._uses = table, weighting, uses

    def query(self, firm: int) -> Need:
        return self.table.round_asks(firm, self._uses.get(self.table.capital.firms.round_ids[firm], ""))

    def candidates(self, mandates: NDArray[np.intp]) -> Candidates:
        return self.table.funds(mandates)

    def silent(self, need: Need) -> frozenset[str]:
        return silent_of_round(self.table, need)

    def pair(self, firm: int, mandate: int) -> tuple[int, int]:
        """Rows of the mandate and of the firm."""
        return mandate, firm

    def outcomes(self, firm: int) -> tuple[Outcomes, Outcomes]:
        """Of each mandate what stands in the way, clause by clause, and its verdict."""
        return self.table.clearance.in_the_way[:, :, firm], self.table.clearance.verdict[:, firm]

    def other_side(self, session: Session, weighting: Weighting, _shown: Ints) -> "_ForMandate":
        return _ForMandate(self.table, weighting)

    @property
    def rows(self) -> Ints:
        return self.table.fund_rows


class _ForMandate:
    """Firms with a round are judged for mandates."""

    purpose = STARTUPS

    def __init__(self, table: Table, weighting: Weighting) -> None:
        self.table, self.weighting = table, weighting

    def query(self, mandate: int) -> Need:
        return self.table.mandate_asks(mandate)

    def candidates(self, firms: NDArray[np.intp]) -> Candidates:
        return self.table.firms(firms)

    def silent(self, need: Need) -> frozenset[str]:
        return silent_of_mandate(self.table, need)

    def pair(self, mandate: int, firm: int) -> tuple[int, int]:
        return mandate, firm

    def outcomes(self, mandate: int) -> tuple[Outcomes, Outcomes]:
        return self.table.clearance.in_the_way[:, mandate, :], self.table.clearance.verdict[mandate]

    def other_side(self, session: Session, weighting: Weighting, shown: Ints) -> _ForRound:
        rounds = [UUID(key.decode()) for key in self.table.capital.firms.round_ids[shown]]
        return _ForRound(self.table, weighting, uses_of(session, rounds))

    @property
    def rows(self) -> Ints:
        return self.table.firm_rows


_Asking = _ForRound | _ForMandate
_OTHER = {FUNDS: STARTUPS, STARTUPS: FUNDS}


def _list(
    session: Session,
    asking: _Asking,
    own: int,
    looked_at: Mask,
    verdicts: frozenset[ClearanceVerdict],
    *,
    first: int,
    count: int,
) -> CapitalList:
    in_the_way, verdict = asking.outcomes(own)
    stopped = looked_at & (verdict == STOPPED)
    wanted = np.isin(verdict, [VERDICTS.index(one) for one in verdicts]) if verdicts else np.ones(len(verdict), bool)
    rows = np.flatnonzero(looked_at & ~stopped & wanted & (asking.rows != UNKNOWN))
    need = asking.query(own)
    ranked = ranking.rank_terms(
        asking.table.engine, need, asking.weighting, among=asking.candidates(rows), top=first + count
    )
    shown = range(first, len(ranked.candidates))
    mutual = _mutual(session, asking, own, ranked, shown)
    preset = live_preset(session, asking.purpose)
    return CapitalList(
        preset_code=preset.code,
        weights=asking.weighting.weights,
        index_version=asking.table.version,
        items=[_item(asking, own, ranked, row, both) for row, both in zip(shown, mutual, strict=True)],
        found=ranked.found,
        unscored=ranked.unscored,
        stopped=int(stopped.sum()),
        stopped_by=_counted(CLAUSES, (in_the_way[:, stopped] == FAILED).sum(axis=1)),
        by_verdict=_counted(VERDICTS, np.bincount(verdict[looked_at], minlength=len(VERDICTS))),
        silent=asking.silent(need),
        seconds=ranked.seconds,
    )


def _item(asking: _Asking, own: int, ranked: Ranking, row: int, mutual: Mutual | None) -> RankedCapital:
    table, judged = asking.table, int(ranked.candidates.terms[row])
    mandate, firm = asking.pair(own, judged)
    in_the_way, verdict = asking.outcomes(own)
    organisation = ranked.candidates.organisation[row]
    gaps = (table.patience.gap, table.patience.gap_extended, table.patience.until_market)
    return RankedCapital(
        position=row + 1,
        organisation_id=_uuid(table.engine.profiles.organisations.ids[organisation]),
        mandate_id=_uuid(table.capital.mandates.ids[mandate]),
        round_id=_uuid(table.capital.firms.round_ids[firm]),
        amount=_or_none(table.capital.firms.amount[firm]),
        stage=None if table.capital.firms.stage[firm] == UNKNOWN else STAGES[table.capital.firms.stage[firm]],
        verdict=VERDICTS[verdict[judged]],
        to_ask=_clauses(in_the_way[:, judged] == NOT_SAID),
        to_waive=_clauses(in_the_way[:, judged] == WAIVABLE),
        patience=PatienceGap(*(_or_none(gap[mandate, firm]) for gap in gaps)),
        explanation=explain(table.engine, ranked, row),
        mutual=mutual,
    )


def _mutual(
    session: Session, asking: _Asking, own: int, ranked: Ranking, shown: Sequence[int]
) -> Sequence[Mutual | None]:
    """The other direction of each row, by the same columns: nobody learns by it what is not shown to them."""
    weighting = _weighting(session, _OTHER[asking.purpose])
    judged = ranked.candidates.terms[list(shown)]
    other = asking.other_side(session, weighting, judged)
    only_us = other.candidates(np.array([own]))
    theirs = [_fit(other, int(row), only_us) for row in judged]
    ours = ranked.blend.fit[list(shown)]
    both = both_sides(asking.weighting, ours, np.array(theirs))
    is_chance = asking.weighting.calibration is not None
    return [
        None if np.isnan(value) else Mutual(float(value), float(fit), is_chance)
        for value, fit in zip(both, theirs, strict=True)
    ]


def _fit(asking: _Asking, own: int, candidates: Candidates) -> float:
    if candidates.organisation[0] == UNKNOWN:
        return float("nan")
    return float(blend(asking.table.engine.components, asking.weighting, asking.query(own), candidates).fit[0])


def _looked_at(table: Table, filters: FirmFilters) -> Mask:
    firms = table.capital.firms
    chosen = np.ones(len(firms), bool)
    if filters.stages:
        chosen &= np.isin(firms.stage, [STAGES.index(stage) for stage in filters.stages])
    if filters.districts:
        chosen &= np.isin(firms.place, [n for n, code in enumerate(table.capital.places) if code in filters.districts])
    if filters.nodes:
        named = np.array([code in filters.nodes for code in table.capital.nodes], np.float64)
        chosen &= firms.nodes @ named > 0
    if filters.rounds is not None:
        chosen &= np.isin(firms.round_ids, _keys(filters.rounds))
    return chosen & ~np.isin(firms.ids, _keys(filters.without))


def uses_of(session: Session, rounds: Iterable[UUID]) -> dict[bytes, str]:
    """What rounds say that the money is for; it is shown with the round."""
    found = session.exec(select(Round.id, Round.use_zh, Round.use_en).where(col(Round.id).in_(list(rounds))))
    return {str(key).encode(): f"{zh}\n{en}".strip() for key, zh, en in found}


def _weighting(session: Session, purpose: str) -> Weighting:
    return read_weighting(session, live_preset(session, purpose))


def _keys(ids: Iterable[UUID]) -> NDArray[np.bytes_]:
    return np.array(sorted(str(one) for one in ids), dtype="S36")


def _clauses(holds: Mask) -> tuple[ClauseKind, ...]:
    return tuple(kind for kind, is_held in zip(CLAUSES, holds, strict=True) if is_held)


def _counted(kinds: Sequence[KindT], counts: NDArray[np.int64]) -> dict[KindT, int]:
    """The most frequent first."""
    order = np.argsort(-counts, kind="stable")
    return {kinds[row]: int(counts[row]) for row in order if counts[row]}


def _or_none(value: np.float64) -> float | None:
    return None if np.isnan(value) else float(value)


def _uuid(key: bytes) -> UUID:
    return UUID(key.decode())
