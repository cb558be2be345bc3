"""Mandates and firms in columns as one side of a deal may know them, cleared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session

from matchmaker.errors import NotFound
from matchmaker.funding.clearance import Clearance, Waivers, clear
from matchmaker.funding.columns import Firms, Mandates
from matchmaker.services.actors import Actor, Permission, can
from matchmaker.store.capital import (
    Terms,
    columns_of_terms,
    read_firms,
    read_mandates,
    read_own,
    read_terms,
    read_vocabulary,
    read_waivers,
)
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


def as_fund_sees(session: Session, mandate: Mandate, *, today: date, organisation_id: UUID | None = None) -> Reading:
    """One mandate against all open rounds, or against those of one firm, as the fund may see them; waivers count."""
    terms = read_terms(session, [mandate])
    return terms_as_fund_sees(session, terms[0], today=today, organisation_id=organisation_id)


def terms_as_fund_sees(session: Session, terms: Terms, *, today: date, organisation_id: UUID | None = None) -> Reading:
    """The same for terms that need not be saved."""
    fund_id = terms.mandate.organisation_id
    vocabulary = read_vocabulary(session, also=[terms.mandate])
    mandates = columns_of_terms(session, vocabulary, [terms], today=today, seen_by=fund_id)
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


def _cleared(
    mandates: Mandates, firms: Firms, codes: Mapping[str, Sequence[str]], today: date, waivers: Waivers
) -> Reading:
    day = today.toordinal()
    found = clear(mandates, firms, day=day, waivers=waivers)
    return Reading(mandates, firms, dict(codes), day, waivers, found)
