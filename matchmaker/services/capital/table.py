"""Everything that one list of capital is made of: the columns as one organisation may know them, cleared, and the
engine that judges by them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from matchmaker.engine import Engine, capital_components, portfolio_components
from matchmaker.funding.clearance import STOPPED, Clearance
from matchmaker.funding.patience import Patience, patience
from matchmaker.profiles import UNKNOWN, Candidates, Ints, Need
from matchmaker.reader import Reader
from matchmaker.scoring.base import Component, LastAnswer
from matchmaker.scoring.capital import Capital
from matchmaker.services.clearing.reading import Reading, as_firm_sees, as_fund_sees
from matchmaker.store.capital.plans import read_plans
from matchmaker.store.capital.queries import query_of_mandate, query_of_round, rows_of_organisations
from models.funds import Mandate
from models.rounds import Round

# What does not depend on who reads is fitted once for the columns of a moment.
_portfolio: LastAnswer[Sequence[Component]] = LastAnswer()


@dataclass(frozen=True)
class Table:
    """Mandates and firms laid beside each other for one reader."""

    version: str
    engine: Engine
    capital: Capital
    clearance: Clearance
    patience: Patience
    fund_rows: Ints  # of each mandate the row of its organisation
    firm_rows: Ints
    today: date

    def funds(self, mandates: NDArray[np.intp]) -> Candidates:
        return _candidates(self.fund_rows, mandates)

    def firms(self, firms: NDArray[np.intp]) -> Candidates:
        return _candidates(self.firm_rows, firms)

    def round_asks(self, firm: int, use: str) -> Need:
        return query_of_round(self.engine.profiles, self.capital, firm, use=use, today=self.today)

    def mandate_asks(self, mandate: int) -> Need:
        return query_of_mandate(self.engine.profiles, self.capital, mandate, today=self.today)


def for_firm(session: Session, reader: Reader, seeking: Round, *, today: date) -> Table:
    """All published mandates beside one round, as its firm may know them."""
    reading = as_firm_sees(session, seeking, today=today)
    return _lay(session, reader, reading, today=today, seen_by=seeking.organisation_id)


def for_fund(session: Session, reader: Reader, mandate: Mandate, *, today: date) -> Table:
    """One mandate beside all open rounds, as its fund may know them."""
    reading = as_fund_sees(session, mandate, today=today)
    return _lay(session, reader, reading, today=today, seen_by=mandate.organisation_id)


def _lay(session: Session, reader: Reader, reading: Reading, *, today: date, seen_by: UUID) -> Table:
    snapshot = reader.snapshot(session, today=today)
    profiles = snapshot.engine.profiles
    ranked = np.flatnonzero((reading.clearance.verdict != STOPPED).any(axis=0))
    capital = Capital(
        mandates=reading.mandates,
        firms=reading.firms,
        plans=read_plans(session, reading.firms, rows=ranked, today=today, seen_by=seen_by),
        nodes=reading.vocabulary["nodes"],
        places=reading.vocabulary["places"],
    )
    ours = [component.fit(profiles) for component in capital_components(capital)]
    return Table(
        version=snapshot.version,
        engine=snapshot.engine.beside([*ours, *_fitted_portfolio(snapshot.engine)]),
        capital=capital,
        clearance=reading.clearance,
        patience=patience(reading.mandates, reading.firms),
        fund_rows=rows_of_organisations(profiles, reading.mandates.fund_ids.tolist()),
        firm_rows=rows_of_organisations(profiles, reading.firms.ids.tolist()),
        today=today,
    )


def _fitted_portfolio(engine: Engine) -> Sequence[Component]:
    return _portfolio.to(engine, lambda: [component.fit(engine.profiles) for component in portfolio_components()])


def _candidates(organisations: Ints, rows: NDArray[np.intp]) -> Candidates:
    return Candidates(organisations[rows], np.full(len(rows), UNKNOWN, np.int32), rows.astype(np.int32))
