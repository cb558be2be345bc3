"""Columns of firms that seek money, each by one round, as one organisation may know them."""

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from scipy.sparse import csr_array
from sqlmodel import Session, col

from matchmaker.columns import sparse_rows, stacked, take
from matchmaker.funding.columns import STAGES, Firms
from matchmaker.profiles import UNKNOWN, Scores
from matchmaker.store.capital.seeing import SeenBy
from matchmaker.store.capital.words import FallsUnder
from matchmaker.store.reading import Vocabulary, keys_of, rows_of
from models.base import columns_of, utc_now
from models.enums import OrganisationState, RoundState
from models.organisations import Certification, FieldGrade, Organisation, OrganisationNode
from models.rounds import Round
from models.taxonomy import ChainNode, FieldGradeDefault, Industry

KEPT = 8  # readings that a process remembers; each is of another day, database or set of words
LOOK_BACK = timedelta(minutes=5)  # longer than any transaction lasts
HOME = "CN"


def is_open(day: date) -> sa.ColumnElement[bool]:
    """Whether a round is open on `day`: a condition for statements."""
    not_past = sa.or_(col(Round.closes_on).is_(None), col(Round.closes_on) >= day)
    return sa.and_(col(Round.state) == RoundState.OPEN, not_past)


def read_firms(
    session: Session, vocabulary: Vocabulary, *, today: date, seen_by: UUID | None = None, of: UUID | None = None
) -> Firms:
    """Columns of all firms with an open round that `seen_by` may know of, in the order of their rounds' ids; every
    fact that it may not see is unknown. Nobody: as every signed-in person sees them.

    `of`: the open rounds of one organisation. What everybody may see of all is remembered until something is edited;
    the organisations of which the reader knows more are read anew and take their place.
    """
    sees = SeenBy(session, seen_by, today=today)
    if of is not None:
        condition = sa.and_(is_open(today), col(Round.organisation_id) == of)
        return _read(session, vocabulary, sees, condition, today=today)
    everybody = _remembered(session, vocabulary, today)
    if not sees.beyond_open:
        return everybody
    of_reader = col(Round.organisation_id).in_(sorted(sees.beyond_open))
    known = _read(session, vocabulary, sees, sa.and_(is_open(today), of_reader), today=today)
    others = np.flatnonzero(~np.isin(everybody.round_ids, known.round_ids))
    both = stacked(take(everybody, others), known)
    return take(both, np.argsort(both.round_ids, kind="stable"))


def read_own(session: Session, vocabulary: Vocabulary, one: Round, *, today: date) -> Firms:
    """A firm with one of its rounds, whatever the round's state, with all the facts that it knows of itself."""
    sees = SeenBy(session, one.organisation_id, today=today)
    return _read(session, vocabulary, sees, col(Round.id) == one.id, today=today)


def read_shown(session: Session, vocabulary: Vocabulary, one: Round, *, today: date, to: UUID | None) -> Firms:
    """The same firm as `to` (nobody: everybody) would see it, were the round open; no row where it would not be."""
    sees = SeenBy(session, to, today=today)
    return _read(session, vocabulary, sees, col(Round.id) == one.id, today=today)


_memory: OrderedDict[Any, tuple[Any, Firms, Sequence[str]]] = OrderedDict()
_lock = threading.Lock()


def _remembered(session: Session, vocabulary: Vocabulary, today: date) -> Firms:
    """The columns that are the same for everybody, read once until something is edited."""
    key = (str(session.get_bind().engine.url), today, _codes(vocabulary))
    signature = _signature(session)
    with _lock:
        held = _memory.get(key)
    if held is None or held[0] != signature:
        sees = SeenBy(session, None, today=today)
        firms = _read(session, vocabulary, sees, is_open(today), today=today)
        held = (signature, firms, tuple(vocabulary.codes["places"]))
        with _lock:
            _memory[key] = held
            _memory.move_to_end(key)
            while len(_memory) > KEPT:
                _memory.popitem(last=False)
    # Places outside the list of districts got their numbers while it was read.
    for code in held[2]:
        vocabulary.row("places", code)
    return held[1]


def _codes(vocabulary: Vocabulary) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(vocabulary.codes[name]) for name in ("nodes", "schemes", "places", "words"))


def _signature(session: Session) -> Any:
    """Changes with every edit of what the columns are read from: an organisation's clock moves with all it owns.

    The latest stamp alone would miss an edit that was stamped before another and came to be seen after it.
    """
    since = utc_now() - LOOK_BACK
    edits = []
    for table in (Round, Organisation, FieldGrade, Certification):
        column = columns_of(table).changed_at
        whole = session.execute(sa.select(sa.func.count(), sa.func.max(column)).select_from(column.table)).one()
        recent = session.execute(sa.select(column).where(column >= since).order_by(column)).scalars().all()
        edits.append((*whole, *recent))
    grades = columns_of(FieldGradeDefault)
    usual = session.execute(sa.select(grades.field, grades.grade).order_by(grades.field)).all()
    return tuple(edits), tuple(map(tuple, usual))


def _read(
    session: Session,
    vocabulary: Vocabulary,
    sees: SeenBy,
    condition: sa.ColumnElement[bool],
    *,
    today: date,
) -> Firms:
    rows = [row for row in _rows(session, condition) if sees(row.organisation_id, "rounds")]
    rows.sort(key=lambda row: str(row.id))
    seen = [_Seen(row, sees) for row in rows]
    owners = sorted({row.organisation_id for row in rows})
    nodes = _nodes(session, owners, sees)
    held = _certifications(session, owners, sees)
    trades = [_trade(one, nodes.get(one.organisation_id, {})) for one in seen]
    falls_under = FallsUnder(vocabulary)
    places = [_place(one) for one in seen]
    return Firms(
        ids=keys_of([one.organisation_id for one in seen]),
        round_ids=keys_of([row.id for row in rows]),
        nodes=_sparse([nodes.get(one.organisation_id, {}) for one in seen], vocabulary, "nodes"),
        falls_under=sparse_rows(
            [(n, word, 1.0) for n, terms in enumerate(trades) for term in terms for word in falls_under(term)],
            rows=len(rows),
            columns=vocabulary.size("words"),
        ),
        trade_known=np.array(
            [bool(one["industry_code"] or nodes.get(one.organisation_id)) for one in seen], dtype=bool
        ),
        place=np.array([vocabulary.row("places", place) if place else UNKNOWN for place in places], np.int32),
        is_local=np.array([one["district_code"] is not None for one in seen], dtype=bool),
        stage=np.array([UNKNOWN if row.stage is None else STAGES.index(row.stage) for row in rows], np.int8),
        founded=np.array([_day(one["founded_on"]) for one in seen], np.int32),
        staff=_measured(seen, "staff"),
        rd_ratio=_measured(seen, "rd_ratio"),
        certifications=_sparse(
            [_valid(held.get(one.organisation_id, []), today) for one in seen], vocabulary, "schemes"
        ),
        certifications_known=np.array([one.organisation_id in held for one in seen], dtype=bool),
        trl=_measured(seen, "trl"),
        amount=_measured(seen, "amount"),
        valuation=_measured(seen, "valuation"),
        market_months=_measured(seen, "market_months"),
        exit_months=_measured(seen, "exit_months"),
    )


# Of a round's facts those that a grade of their own keeps; the others are what the field `rounds` shows.
FIELD_OF: Mapping[str, str] = {
    "amount": "rounds",
    "trl": "rounds",
    "stage": "rounds",
    "valuation": "round_figures",
    "market_months": "round_figures",
    "exit_months": "round_figures",
    "industry_zh": "industry_code",
    "industry_en": "industry_code",
}


class _Seen:
    """The facts of one firm and its round; None where unknown or not to be seen."""

    def __init__(self, row: Any, sees: SeenBy) -> None:
        self._row, self._sees = row, sees
        self.organisation_id: UUID = row.organisation_id

    def __getitem__(self, name: str) -> Any:
        is_seen = self._sees(self.organisation_id, FIELD_OF.get(name, name))
        return getattr(self._row, name) if is_seen else None


def _rows(session: Session, condition: sa.ColumnElement[bool]) -> list[Any]:
    rounds, firms, industries = columns_of(Round), columns_of(Organisation), columns_of(Industry)
    of_round = ("id", "organisation_id", "stage", "amount", "trl", "valuation", "market_months", "exit_months")
    of_firm = ("district_code", "country", "region", "founded_on", "staff", "rd_ratio", "tags", "industry_code")
    wanted = (
        sa.select(
            *(rounds[name] for name in of_round),
            *(firms[name] for name in of_firm),
            industries.name_zh.label("industry_zh"),
            industries.name_en.label("industry_en"),
        )
        .join_from(rounds.id.table, firms.id.table, rounds.organisation_id == firms.id)
        .join(industries.code.table, firms.industry_code == industries.code, isouter=True)
        .where(firms.state == OrganisationState.ACTIVE, condition)
    )
    return list(session.execute(wanted).all())


def _nodes(session: Session, owners: Sequence[UUID], sees: SeenBy) -> dict[UUID, dict[str, tuple[str, str]]]:
    """By firm: the codes of the chain nodes at which it works, with their names."""
    works, nodes = columns_of(OrganisationNode), columns_of(ChainNode)
    wanted = sa.select(works.organisation_id, works.node_code, nodes.name_zh, nodes.name_en).join_from(
        works.organisation_id.table, nodes.code.table, works.node_code == nodes.code
    )
    found: dict[UUID, dict[str, tuple[str, str]]] = {}
    for row in rows_of(session, wanted, works.organisation_id, owners):
        if sees(row.organisation_id, "nodes"):
            found.setdefault(row.organisation_id, {})[row.node_code] = (row.name_zh, row.name_en)
    return found


def _certifications(session: Session, owners: Sequence[UUID], sees: SeenBy) -> dict[UUID, list[Any]]:
    """By firm: all that are on record, the expired ones too; a firm without any is not in here."""
    table = columns_of(Certification)
    wanted = sa.select(table.organisation_id, table.scheme_code, table.valid_until)
    found: dict[UUID, list[Any]] = {}
    for row in rows_of(session, wanted, table.organisation_id, owners):
        if sees(row.organisation_id, "certifications"):
            found.setdefault(row.organisation_id, []).append(row)
    return found


def _valid(held: Sequence[Any], today: date) -> list[str]:
    return [row.scheme_code for row in held if row.valid_until is None or row.valid_until >= today]


def _trade(one: _Seen, nodes: Mapping[str, tuple[str, str]]) -> list[str]:
    """All that says what the firm does, as far as it is seen."""
    named = (name for names in nodes.values() for name in names)
    return [term for term in (one["industry_zh"], one["industry_en"], *(one["tags"] or ()), *named) if term]


def _place(one: _Seen) -> str:
    """A district, or a place outside; that a firm is somewhere in the country is not known well enough."""
    if one["district_code"]:
        return str(one["district_code"])
    country, region = one["country"] or "", one["region"] or ""
    if region:
        return f"{country}/{region}"
    return country if country != HOME else ""


def _day(value: date | None) -> int:
    return UNKNOWN if value is None else value.toordinal()


def _measured(seen: Sequence[_Seen], name: str) -> Scores:
    found = [one[name] for one in seen]
    return np.array([np.nan if value is None else value for value in found], np.float64)


def _sparse(codes: Sequence[Sequence[str] | Mapping[str, Any]], vocabulary: Vocabulary, name: str) -> csr_array:
    pairs = [(row, vocabulary.find(name, code), 1.0) for row, some in enumerate(codes) for code in some]
    known = [pair for pair in pairs if pair[1] != UNKNOWN]
    return sparse_rows(known, rows=len(codes), columns=vocabulary.size(name))
