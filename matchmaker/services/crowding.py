"""Who is busy: the prices of the latest run, as lists and cards use them.

They rest on nothing but what every signed-in person may see: published needs, published offers, open capacities. Real
requests are not counted, so no list can tell that somebody has asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.profiles import Mask, Profiles, Scores
from matchmaker.scoring.base import LastAnswer
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.store.reading import key_of
from models.base import columns_of
from models.market import OrganisationPrice, PriceRun

# Needs come and go; what was worked out longer ago says nothing of today.
STALE_AFTER = timedelta(days=7)
# Fewer organisations' needs make nobody busy, so that no single one can do that to another.
LEAST_ASKERS = 3
# Upper ends of the bands in which the number of those who ask is told; the last band has no end.
BANDS = (5, 10, 20)


@dataclass(frozen=True)
class Demand:
    """What a card may say of a busy organisation: needs of `least` to `most` organisations lead to it.

    Who is not over-asked by fit alone has a price where requests that others cannot carry would come to it; who is may
    have none, where no list holds anybody else to ask.
    """

    price: float
    is_over_asked: bool
    least: int
    most: int | None
    is_capacity_known: bool


@dataclass(frozen=True)
class Prices:
    """The prices that hold on a day; empty where nothing has been worked out, or too long ago."""

    by_organisation: Mapping[UUID, Demand]
    made_on: date | None = None
    _of_columns: LastAnswer["PriceRows"] = field(default_factory=LastAnswer, compare=False)

    def of(self, organisation_id: UUID) -> float:
        return self.by_organisation[organisation_id].price if organisation_id in self.by_organisation else 0.0

    def rows(self, profiles: Profiles) -> "PriceRows":
        """By the rows of the columns; not to be changed by who asks."""
        return self._of_columns.to(profiles, lambda: self._rows(profiles))

    def _rows(self, profiles: Profiles) -> "PriceRows":
        ids = profiles.organisations.ids
        price, is_busy = np.zeros(len(ids)), np.zeros(len(ids), dtype=bool)
        if self.by_organisation:
            known = sorted((key_of(key), demand.price) for key, demand in self.by_organisation.items())
            keys = np.array([key for key, _ in known], dtype=ids.dtype)
            place = np.minimum(np.searchsorted(keys, ids), len(keys) - 1)
            is_busy = keys[place] == ids
            price = np.where(is_busy, np.array([price for _, price in known])[place], 0.0)
        return PriceRows(price, is_busy)


@dataclass(frozen=True, eq=False)
class PriceRows:
    """The prices and who is busy, by rows of the organisations."""

    price: Scores
    is_busy: Mask


# What a run says never changes, so a process reads the latest one of a purpose once.
_latest: dict[str, tuple[UUID, Prices]] = {}


def prices_on(session: Session, purpose: str, today: date) -> Prices:
    """Every busy organisation, by the latest run of the purpose."""
    run = latest_run(session, purpose)
    if run is None or today - run.data_as_of > STALE_AFTER:
        return Prices({})
    kept = _latest.get(purpose)
    if kept is None or kept[0] != run.id:
        kept = _latest[purpose] = (run.id, prices_of(session, run))
    return kept[1]


def prices_of(session: Session, run: PriceRun) -> Prices:
    """Every busy organisation by this run, however old it is."""
    table = columns_of(OrganisationPrice)
    is_over_asked = (table.load > table.capacity) & (table.askers >= LEAST_ASKERS)
    columns = (table.organisation_id, table.price, is_over_asked, table.askers, table.is_capacity_known)
    found = session.execute(sa.select(*columns).where(table.run_id == run.id, (table.price > 0) | is_over_asked))
    return Prices(
        {key: Demand(price, over, *band_of(askers), known) for key, price, over, askers, known in found},
        run.data_as_of,
    )


def latest_run(session: Session, purpose: str) -> PriceRun | None:
    runs = select(PriceRun).where(PriceRun.purpose == purpose).order_by(col(PriceRun.created_at).desc(), sa.desc("id"))
    return session.exec(runs.limit(1)).first()


def busiest(session: Session, actor: Actor, purpose: str, *, count: int) -> Sequence[OrganisationPrice]:
    """The organisations with the highest prices, for those who watch over the market."""
    require(actor, Permission.PRICE_VIEW)
    run = latest_run(session, purpose)
    if run is None:
        return []
    table = OrganisationPrice
    priced = select(table).where(table.run_id == run.id, table.price > 0)
    return session.exec(
        priced.order_by(sa.desc("price"), sa.desc("load"), sa.asc("organisation_id")).limit(count)
    ).all()


def band_of(askers: int) -> tuple[int, int | None]:
    """The band that holds the number: 3 to 5, 6 to 10, 11 to 20, 21 and more."""
    starts = (LEAST_ASKERS, *(end + 1 for end in BANDS))
    number = sum(askers > end for end in BANDS)
    return starts[number], BANDS[number] if number < len(BANDS) else None
