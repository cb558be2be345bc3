"""The firm's side: every published mandate held against one's own round, with all of one's own facts."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from matchmaker.funding.clearance import VERDICTS
from matchmaker.funding.columns import CLAUSES
from matchmaker.funding.contribution import contribution
from matchmaker.services.actors import Actor
from matchmaker.services.clearing.lines import (
    ClauseCount,
    ClauseLine,
    PairContribution,
    PairPatience,
    contribution_of,
    counts_of,
    lines_of,
    patience_of,
    read_wordings,
    verdict_counts,
    verdict_of,
)
from matchmaker.services.clearing.reading import Reading, as_firm_sees, get_round, kept_back
from models.enums import ClauseKind, ClearanceVerdict
from models.funds import Mandate
from models.rounds import Round


@dataclass(frozen=True)
class FundClearance:
    """One mandate for one's own round."""

    mandate: Mandate
    verdict: ClearanceVerdict
    lines: tuple[ClauseLine, ...]
    patience: PairPatience
    contribution: PairContribution | None
    kept_back: tuple[ClauseKind, ...]  # met or not, the fund cannot know: it would have to ask


@dataclass(frozen=True)
class RoundClearance:
    """All published mandates, what is least in the way first."""

    round: Round
    funds: tuple[FundClearance, ...]
    counts: dict[ClearanceVerdict, int]
    in_the_way: tuple[ClauseCount, ...]

    def of(self, mandate_id: UUID) -> FundClearance | None:
        return next((one for one in self.funds if one.mandate.id == mandate_id), None)


def for_round(session: Session, actor: Actor, round_id: UUID, *, today: date) -> RoundClearance:
    """What every published mandate says of one's own round, drafts of one's own included.

    Waivers are the fund's own business: a clause that a fund waived is WAIVABLE here like before.
    """
    one = get_round(session, actor, round_id)
    reading = as_firm_sees(session, one, today=today)
    if not len(reading.firms):
        return RoundClearance(one, (), verdict_counts(reading), ())
    hidden = kept_back(session, one, reading, today=today)
    mandates = _records(session, reading)
    wordings = read_wordings(session, [mandate.id for mandate in mandates])
    ways = patience_of(reading)
    added = contribution(reading.mandates, reading.firms)
    found = [
        FundClearance(
            mandate=mandate,
            verdict=verdict_of(reading, m, 0),
            lines=lines_of(reading, wordings, mandate, m, 0),
            patience=ways[m, 0],
            contribution=contribution_of(reading, added, wordings, m, 0),
            kept_back=tuple(kind for kind, is_back in zip(CLAUSES, hidden[:, m], strict=True) if is_back),
        )
        for m, mandate in enumerate(mandates)
    ]
    found.sort(key=lambda fund: (VERDICTS.index(fund.verdict), fund.mandate.name_zh, str(fund.mandate.id)))
    return RoundClearance(one, tuple(found), verdict_counts(reading), counts_of(reading))


def _records(session: Session, reading: Reading) -> list[Mandate]:
    """In the order of the columns."""
    ids = [UUID(key.decode()) for key in reading.mandates.ids]
    found: dict[UUID, Mandate] = {}
    for start in range(0, len(ids), 500):
        some = session.exec(select(Mandate).where(col(Mandate.id).in_(ids[start : start + 500])))
        found |= {one.id: one for one in some}
    return [found[key] for key in ids]
