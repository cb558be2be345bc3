"""Mandates and firms in columns as one side of a deal may know them, cleared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from matchmaker.columns import take
from matchmaker.errors import NotFound
from matchmaker.funding.clauses import NOT_ASKED, UNKNOWN
from matchmaker.funding.clearance import Clearance, Waivers, clear
from matchmaker.funding.columns import CLAUSES, Firms, Mandates
from matchmaker.services.actors import Actor, Permission, can
from matchmaker.store.capital import (
    Terms,
    columns_of_terms,
    read_firms,
    read_grantees,
    read_mandates,
    read_own,
    read_shown,
    read_terms,
    read_vocabulary,
    read_waivers,
)
from matchmaker.store.reading import Vocabulary, key_of
from models.funds import Mandate
from models.rounds import Round


@dataclass(frozen=True, eq=False)
class Reading:
    """Columns of one moment with what the clauses say; rows of `clearance` are those of the columns."""

    mandates: Mandates
    firms: Firms
    vocabulary: Mapping[str, Sequence[str]]
    day: int
    waivers: Waivers
    clearance: Clearance


def get_mandate(session: Session, actor: Actor, mandate_id: UUID) -> Mandate:
    """A mandate for its fund's own people and officers, who may look at its clearance; to others it does not exist."""
    found = session.get(Mandate, mandate_id)
    if found is None or not can(actor, Permission.CAPITAL_VIEW, found.organisation_id):
        raise NotFound("mandate", mandate_id)
    return found


def get_round(session: Session, actor: Actor, round_id: UUID) -> Round:
    """A round for its firm's own people and officers."""
    found = session.get(Round, round_id)
    if found is None or not can(actor, Permission.ROUND_VIEW, found.organisation_id):
        raise NotFound("round", round_id)
    return found


def as_fund_sees(
    session: Session, mandate: Mandate, *, today: date, organisation_id: UUID | None = None, actor: Actor | None = None
) -> Reading:
    """One mandate against all open rounds, or against those of one firm, as the fund may see them; waivers count.

    `actor` is somebody who reads over the fund's shoulder: who may not see its desk does not learn what it has paid.
    """
    terms = read_terms(session, [mandate])
    return terms_as_fund_sees(session, terms[0], today=today, organisation_id=organisation_id, actor=actor)


def terms_as_fund_sees(
    session: Session, terms: Terms, *, today: date, organisation_id: UUID | None = None, actor: Actor | None = None
) -> Reading:
    """The same for terms that need not be saved."""
    fund_id = terms.mandate.organisation_id
    is_told = actor is None or can(actor, Permission.DEAL_VIEW, fund_id)
    vocabulary = read_vocabulary(session, also=[terms.mandate])
    mandates = columns_of_terms(session, vocabulary, [terms], today=today, seen_by=fund_id if is_told else None)
    firms = read_firms(session, vocabulary, today=today, seen_by=fund_id, of=organisation_id)
    waivers = read_waivers(session, mandates, firms)
    return _cleared(mandates, firms, vocabulary.codes, today, waivers)


def as_firm_sees(session: Session, one: Round, *, today: date) -> Reading:
    """One's own round against all published mandates, with all of one's own facts.

    What funds have waived and paid is theirs: it is not in here.
    """
    vocabulary = read_vocabulary(session)
    mandates = read_mandates(session, vocabulary, today=today, seen_by=one.organisation_id)
    firms = read_own(session, vocabulary, one, today=today)
    return _cleared(mandates, firms, vocabulary.codes, today, Waivers())


def kept_back(session: Session, one: Round, reading: Reading, *, today: date) -> NDArray[np.bool_]:
    """(C, m): clauses that are known to the firm itself and unknown to the fund, for want of a field that it may see.

    `reading` is what `as_firm_sees`. All clauses of a fund are where it may not know of the round at all.
    """
    own = reading.clearance.outcomes[:, :, 0]
    found = _unknown_to(session, one, reading, reading.mandates, to=None, today=today)
    funds = reading.mandates.fund_ids.tolist()
    for fund_id in read_grantees(session, one.organisation_id, today=today):
        rows = np.flatnonzero([fund == key_of(fund_id) for fund in funds])
        if len(rows):
            theirs = take(reading.mandates, rows)
            found[:, rows] = _unknown_to(session, one, reading, theirs, to=fund_id, today=today)
    return np.asarray(found & (own != UNKNOWN) & (own != NOT_ASKED))


def _unknown_to(
    session: Session, one: Round, reading: Reading, mandates: Mandates, *, to: UUID | None, today: date
) -> NDArray[np.bool_]:
    vocabulary = Vocabulary(reading.vocabulary)
    shown = read_shown(session, vocabulary, one, today=today, to=to)
    if not len(shown):
        return np.ones((len(CLAUSES), len(mandates)), bool)
    return np.asarray(clear(mandates, shown, day=reading.day).outcomes[:, :, 0] == UNKNOWN)


def _cleared(
    mandates: Mandates, firms: Firms, codes: Mapping[str, Sequence[str]], today: date, waivers: Waivers
) -> Reading:
    day = today.toordinal()
    found = clear(mandates, firms, day=day, waivers=waivers)
    return Reading(mandates, firms, dict(codes), day, waivers, found)
