"""What a fund holds: money by field against the share it promised, re-investment, life left, and what to hand over.

Everything is read as this fund may see it; where something is not recorded the figure is None and not zero.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import numpy as np
from sqlmodel import Session, col, select

from matchmaker.funding.clearance import CLEARED, TO_ASK, clear
from matchmaker.funding.columns import Firms, Mandates
from matchmaker.profiles import UNKNOWN
from matchmaker.services.actors import Actor
from matchmaker.services.desk import rights
from matchmaker.store.capital import SeenBy, read_firms, read_mandates, read_vocabulary
from matchmaker.store.capital.paid import Payment, read_payments
from matchmaker.store.reading import Vocabulary, key_of
from models.enums import MandateStatus
from models.funds import Mandate
from models.organisations import Organisation

MOST_TAKERS = 5


@dataclass(frozen=True)
class Holding:
    """One firm that the fund has paid; `firm_id` None: the record does not say whom."""

    firm_id: UUID | None
    paid: float
    last_on: date | None
    is_main: bool | None  # None: its place on the chain is not known
    is_local: bool | None


@dataclass(frozen=True)
class HandOver:
    """A firm whose way goes on beyond this fund: `years_short` of its exit, or a stage that the mandate leaves out."""

    firm_id: UUID
    years_short: float | None
    is_beyond_stage: bool
    takers: tuple[tuple[UUID, UUID], ...]  # fund and mandate that could take over, those with nothing in the way first


@dataclass(frozen=True)
class MandatePortfolio:
    """Money in CNY, years from today. None: not recorded."""

    mandate: Mandate
    holdings: Sequence[Holding]
    paid: float | None
    paid_main: float | None
    local: float | None  # at least; firms whose place is not known are not in it
    owed: float | None  # of local re-investment, on what is paid so far
    investing_left: float | None
    life_left: float | None
    extension: float | None
    hand_overs: Sequence[HandOver]

    @property
    def is_local_whole(self) -> bool:
        return all(one.is_local is not None for one in self.holdings)

    @property
    def main_share(self) -> float | None:
        return self.paid_main / self.paid if self.paid and self.paid_main is not None else None

    @property
    def main_short(self) -> float | None:
        """What is missing in main fields for the share that was promised, of what is paid so far; None: nothing, or
        not known."""
        promised = self.mandate.main_field_share
        if promised is None or self.paid is None or self.paid_main is None:
            return None
        missing = promised * self.paid - self.paid_main
        return missing if missing > 0 else None

    @property
    def local_short(self) -> float | None:
        """The same of local re-investment; not known where a firm's place is not."""
        if self.owed is None or self.local is None or not self.is_local_whole:
            return None
        return self.owed - self.local if self.owed > self.local else None


def read_portfolio(session: Session, actor: Actor, fund_id: UUID, *, today: date) -> list[MandatePortfolio]:
    """Each mandate of one fund that was published, with what was paid by it; for the fund's own people."""
    rights.get_fund(session, actor, fund_id)
    own = select(Mandate).where(Mandate.organisation_id == fund_id, Mandate.status != MandateStatus.DRAFT)
    mandates = session.exec(own.order_by(col(Mandate.created_at), col(Mandate.id))).all()
    paid = read_payments(session, mandates, today=today, seen_by=fund_id)
    board = _Board(session, fund_id, today, {one.firm_id for payments in paid.values() for one in payments})
    return [board.of(one, paid[one.id]) for one in mandates]


class _Board:
    """All published mandates and all open rounds as one fund may see them, held against one another once."""

    def __init__(self, session: Session, fund_id: UUID, today: date, paid: Collection[UUID | None]) -> None:
        self._vocabulary: Vocabulary = read_vocabulary(session)
        self._mandates: Mandates = read_mandates(session, self._vocabulary, today=today, seen_by=fund_id)
        self._firms: Firms = read_firms(session, self._vocabulary, today=today, seen_by=fund_id)
        self._verdict = clear(self._mandates, self._firms, day=today.toordinal()).verdict
        self._is_other = self._mandates.fund_ids != key_of(fund_id)
        self._sees = SeenBy(session, fund_id, today=today)
        firms = session.exec(select(Organisation).where(col(Organisation.id).in_(paid)))
        self._paid = {one.id: one for one in firms}

    def of(self, mandate: Mandate, paid: Sequence[Payment]) -> MandatePortfolio:
        found = np.flatnonzero(self._mandates.ids == key_of(mandate.id))
        if not len(found):  # the fund itself is no longer active
            return MandatePortfolio(mandate, [], None, None, None, None, None, None, None, [])
        m, columns = int(found[0]), self._mandates
        holdings = self._holdings(m, paid)
        located = [one for one in holdings if one.is_local is not None]
        return MandatePortfolio(
            mandate=mandate,
            holdings=holdings,
            paid=_known(columns.paid[m]),
            paid_main=_known(columns.paid_main[m]),
            local=sum(one.paid for one in located if one.is_local) if located else None,
            owed=_known(columns.reinvestment[m] * columns.paid[m]),
            investing_left=_known(columns.investing_left[m]),
            life_left=_known(columns.life_left[m]),
            extension=_known(columns.extension[m]),
            hand_overs=[over for one in holdings if (over := self._hand_over(m, one)) is not None],
        )

    def _holdings(self, m: int, paid: Sequence[Payment]) -> list[Holding]:
        """One row a firm, whom it paid most first."""
        by_firm: dict[UUID | None, list[Payment]] = defaultdict(list)
        for one in paid:
            by_firm[one.firm_id].append(one)
        mains = {self._vocabulary.codes["nodes"][row] for row in self._mandates.main_fields[[m]].indices}
        found = [
            Holding(
                firm_id=firm_id,
                paid=sum(one.amount for one in payments),
                last_on=max((one.paid_on for one in payments if one.paid_on), default=None),
                is_main=bool(payments[0].nodes & mains) if payments[0].nodes and mains else None,
                is_local=self._is_local(firm_id),
            )
            for firm_id, payments in by_firm.items()
        ]
        return sorted(found, key=lambda one: (-one.paid, str(one.firm_id)))

    def _is_local(self, firm_id: UUID | None) -> bool | None:
        """Registered in the region, as the clause of re-investment counts it."""
        firm = self._paid.get(firm_id) if firm_id else None
        if firm is None or not self._sees(firm.id, "district_code"):
            return None
        return True if firm.district_code is not None else (False if firm.region else None)

    def _hand_over(self, m: int, holding: Holding) -> HandOver | None:
        """None where the firm seeks no money now, or can stay where it is."""
        if holding.firm_id is None:
            return None
        rows = np.flatnonzero(self._firms.ids == key_of(holding.firm_id))
        if not len(rows):
            return None
        n, columns = int(rows[0]), self._mandates
        short = _known(self._firms.exit_months[n] / 12 - columns.life_left[m])
        years_short = short if short is not None and short > 0 else None
        is_beyond = bool(columns.stages[m]) and self._firms.stage[n] != UNKNOWN and not self._takes_stage(m, n)
        if years_short is None and not is_beyond:
            return None
        return HandOver(holding.firm_id, years_short, is_beyond, self._takers(n))

    def _takes_stage(self, m: int, n: int) -> bool:
        return bool(self._mandates.stages[m] >> self._firms.stage[n] & 1)

    def _takers(self, n: int) -> tuple[tuple[UUID, UUID], ...]:
        verdict, columns = self._verdict[:, n], self._mandates
        rows = [
            *np.flatnonzero(self._is_other & (verdict == CLEARED)),
            *np.flatnonzero(self._is_other & (verdict == TO_ASK)),
        ]
        return tuple((_uuid(columns.fund_ids[m]), _uuid(columns.ids[m])) for m in rows[:MOST_TAKERS])


def _known(figure: float) -> float | None:
    return None if np.isnan(figure) else float(figure)


def _uuid(key: bytes) -> UUID:
    return UUID(key.decode())
