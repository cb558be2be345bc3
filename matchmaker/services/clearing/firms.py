"""The fund's side: open rounds held against one mandate, as far as the fund may know them."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session

from matchmaker.errors import NotFound
from matchmaker.funding.contribution import contribution
from matchmaker.services.actors import Actor, Permission, require
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
from matchmaker.services.clearing.reading import Reading, as_fund_sees, get_mandate, terms_as_fund_sees
from matchmaker.store.capital import Terms
from models.enums import ClearanceVerdict
from models.funds import Mandate


@dataclass(frozen=True)
class FirmClearance:
    """One open round for one mandate."""

    organisation_id: UUID
    round_id: UUID
    verdict: ClearanceVerdict


@dataclass(frozen=True)
class MandateClearance:
    """All open rounds that the fund may know of, in the order of their ids."""

    mandate: Mandate
    firms: tuple[FirmClearance, ...]
    counts: dict[ClearanceVerdict, int]
    in_the_way: tuple[ClauseCount, ...]

    @property
    def seen(self) -> int:
        """How many firms the mandate lets through, those with something to ask or to waive included."""
        return len(self.firms) - self.counts[ClearanceVerdict.STOPPED]


@dataclass(frozen=True)
class PairClearance:
    """One mandate and one firm, clause by clause, as the fund may see it."""

    mandate: Mandate
    organisation_id: UUID
    round_id: UUID
    verdict: ClearanceVerdict
    lines: tuple[ClauseLine, ...]
    patience: PairPatience
    contribution: PairContribution | None


def for_mandate(session: Session, actor: Actor, mandate_id: UUID, *, today: date) -> MandateClearance:
    """The verdict on every open round, the fund's waivers counted; the lines of one pair come by `lines`."""
    mandate = get_mandate(session, actor, mandate_id)
    return _firms(mandate, as_fund_sees(session, mandate, today=today, actor=actor))


def preview(session: Session, actor: Actor, terms: Terms, *, today: date) -> MandateClearance:
    """The same for terms that are not saved: the mandate of `terms` is a record that is in no session."""
    require(actor, Permission.MANDATE_EDIT, terms.mandate.organisation_id)
    return _firms(terms.mandate, terms_as_fund_sees(session, terms, today=today, actor=actor))


def lines(session: Session, actor: Actor, mandate_id: UUID, organisation_id: UUID, *, today: date) -> PairClearance:
    """Clause by clause. Raises NotFound where the firm has no open round that the fund may know of."""
    mandate = get_mandate(session, actor, mandate_id)
    reading = as_fund_sees(session, mandate, today=today, organisation_id=organisation_id, actor=actor)
    if not len(reading.firms):
        raise NotFound("round", organisation_id)
    n = len(reading.firms) - 1  # ids grow with time, so the last is the latest
    wordings = read_wordings(session, [mandate.id])
    found = contribution(reading.mandates, reading.firms)
    return PairClearance(
        mandate=mandate,
        organisation_id=organisation_id,
        round_id=UUID(reading.firms.round_ids[n].decode()),
        verdict=verdict_of(reading, 0, n),
        lines=lines_of(reading, wordings, mandate, 0, n),
        patience=patience_of(reading)[0, n],
        contribution=contribution_of(reading, found, wordings, 0, n),
    )


def _firms(mandate: Mandate, reading: Reading) -> MandateClearance:
    keys = zip(reading.firms.ids.tolist(), reading.firms.round_ids.tolist(), strict=True)
    found = tuple(
        FirmClearance(UUID(firm.decode()), UUID(one.decode()), verdict_of(reading, 0, n))
        for n, (firm, one) in enumerate(keys)
    )
    return MandateClearance(mandate, found, verdict_counts(reading), counts_of(reading))
