"""Public data sets as the engine sees them: profiles, and needs whose answer is known or asked.

Two shapes are read. Consortia: organisations, projects, participations, test_queries. Investments: investors, startups,
investments, test_queries. What happened on a day is one row of the history; a need sees only earlier rows.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array
from sklearn.feature_extraction.text import TfidfVectorizer

from matchmaker.errors import InvalidInput
from matchmaker.evaluation.tables import (
    Vocabulary,
    encode_ids,
    floats,
    indicator,
    ints,
    no_columns,
)
from matchmaker.profiles import (
    KINDS,
    PROJECT_KINDS,
    UNKNOWN,
    Candidates,
    History,
    Need,
    Offers,
    Organisations,
    Profiles,
    Taxonomy,
)
from models.enums import OrganisationKind, ProjectKind


@dataclass(frozen=True, slots=True)
class Query:
    """A need with its name in the data set, and who answered it where that is known."""

    id: str
    need: Need
    relevant: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Dataset:
    """Everything that a ranking of one data set needs."""

    profiles: Profiles
    pool: Candidates  # everybody who may be ranked; a need's `excluded` still go
    queries: tuple[Query, ...]

    def candidates_for(self, need: Need) -> Candidates:
        out = set(need.excluded) | ({need.organisation} if need.organisation is not None else set())
        return self.pool.take(~np.isin(self.pool.organisation, list(out)))


@dataclass(frozen=True, slots=True)
class Party:
    """An organisation as a data set has it."""

    id: str
    kind: OrganisationKind | None = None
    place: str | None = None
    area: str | None = None
    founded: int = UNKNOWN
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """A project or a financing round: who, when, about what."""

    id: str
    day: int
    lead: str | None
    members: tuple[str, ...]
    tags: tuple[str, ...] = ()
    text: str = ""
    stage: str | None = None
    amount: float = float("nan")
    months: float = float("nan")
    answers: tuple[str, ...] = ()  # members that were to be found
    split: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A data set as it was read, before it is cut in time."""

    kind: ProjectKind
    parties: tuple[Party, ...]
    events: tuple[Event, ...]
    asked: tuple[Event, ...]
    candidates: frozenset[str]  # who may be ranked, over all events

    def ends(self) -> int:
        """The day after the last event that is dated; 1 where none is."""
        return max((event.day for event in self.events), default=0) + 1

    def until(self, day: int | None) -> tuple[Event, ...]:
        return self.events if day is None else tuple(e for e in self.events if UNKNOWN < e.day < day)


def read_source(folder: Path) -> Source:
    """Read a data set of either shape; which one, its files say."""
    from matchmaker.evaluation import consortia, investments

    if (folder / "participations.parquet").is_file():
        return consortia.read(folder)
    if (folder / "investments.parquet").is_file():
        return investments.read(folder)
    raise InvalidInput("unknown_dataset", field="data", folder=str(folder))


def asked_part(source: Source, history_until: int | None = None) -> Dataset:
    """The asked queries; history is everything known, or what lies before the day `history_until`."""
    return _lay_out(source, source.until(history_until), source.asked)


def validation_part(source: Source) -> Dataset:
    """The validation events as queries, held against what lies before the first of them.

    Asked is every event with a lead and at least one answer that was known before; whoever was not is no candidate.
    """
    held_out = [e for e in source.events if e.split == "validation" and e.day > UNKNOWN]
    if not held_out:
        raise InvalidInput("no_validation_part", field="split")
    history = source.until(min(e.day for e in held_out))
    known = {m for e in history for m in e.members}
    return _lay_out(source, history, [e for e in held_out if e.lead and known.intersection(e.answers)])


def lesson_part(source: Source, start: int, end: int) -> Dataset:
    """Events of the days from `start` until before `end` as queries, held against what lies before `start`."""
    history = source.until(start)
    known = {m for e in history for m in e.members}
    asked = [e for e in source.events if start <= e.day < end and e.lead and known.intersection(e.answers)]
    return _lay_out(source, history, asked)


def without_outcome(dataset: Dataset) -> Dataset:
    """The same queries without what is known only once a round is closed: its amount and its stage."""
    queries = (replace(q, need=replace(q.need, amount=float("nan"), stage=UNKNOWN)) for q in dataset.queries)
    return replace(dataset, queries=tuple(queries))


def _lay_out(source: Source, history: Sequence[Event], asked: Sequence[Event]) -> Dataset:
    columns = _Columns(source, history)
    queries = tuple(columns.query(event) for event in asked)
    members = {m for e in history for m in e.members} & source.candidates
    rows = ints(sorted(columns.rows[m] for m in members))
    return Dataset(columns.profiles(), Candidates(rows, np.full(len(rows), UNKNOWN, np.int32)), queries)


class _Columns:
    """Turns parties and events into columns."""

    def __init__(self, source: Source, history: Sequence[Event]) -> None:
        self.source, self.history = source, history
        self.places, self.areas, self.tags, self.stages = Vocabulary(), Vocabulary(), Vocabulary(), Vocabulary()
        self.parties = sorted(source.parties, key=lambda p: p.id)
        self.rows = {party.id: row for row, party in enumerate(self.parties)}
        self.kind = np.array([KINDS.index(p.kind) if p.kind else UNKNOWN for p in self.parties], np.int8)
        self.place = ints(self.places.add(p.place) for p in self.parties)
        self.area = ints(self.areas.add(p.area) for p in self.parties)
        self.history_tags = [[self.tags.add(t) for t in event.tags] for event in history]
        self.stage = ints(self.stages.add(event.stage) for event in history)
        self.words, self.vectoriser = _fit_words([event.text for event in history])
        self.backers = _earlier_members(source) if source.kind == ProjectKind.INVESTMENT else {}

    def profiles(self) -> Profiles:
        n = len(self.parties)
        organisation_tags = [[self.tags.add(t) for t in p.tags] for p in self.parties]
        organisations = Organisations(
            ids=encode_ids([p.id for p in self.parties]),
            changed=np.zeros(n, np.int64),
            is_active=np.ones(n, bool),
            kind=self.kind,
            size=np.full(n, UNKNOWN, np.int8),
            place=self.place,
            area=self.area,
            founded=ints(p.founded for p in self.parties),
            free_capacity=np.full(n, np.nan, np.float32),
            nodes=no_columns(n),
            tags=indicator(organisation_tags, len(self.tags)),
        )
        days = [e.day for e in self.history]
        vocabulary = {
            "places": self.places.words(),
            "areas": self.areas.words(),
            "tags": self.tags.words(),
            "stages": self.stages.words(),
            "nodes": (),
            "capabilities": (),
        }
        as_of = max(days, default=dt.date.min.toordinal()) + 1
        return Profiles(organisations, _no_offers(), self._history(), _no_taxonomy(), vocabulary, as_of)

    def _history(self) -> History:
        members = [[self.rows[m] for m in event.members] for event in self.history]
        return History(
            ids=encode_ids([e.id for e in self.history]),
            kind=np.full(len(self.history), PROJECT_KINDS.index(self.source.kind), np.int8),
            day=ints(e.day for e in self.history),
            months=floats(e.months for e in self.history),
            amount=floats(e.amount for e in self.history),
            stage=self.stage,
            lead=ints(self.rows.get(e.lead or "", UNKNOWN) for e in self.history),
            members=indicator(members, len(self.parties)),
            tags=indicator(self.history_tags, len(self.tags)),
            words=self.words,
        )

    def query(self, event: Event) -> Query:
        asker = self.rows.get(event.lead or "")
        known_days = [e.day for e in self.history]
        need = Need(
            day=event.day if event.day > UNKNOWN else max(known_days, default=0) + 1,
            organisation=asker,
            kind=int(self.kind[asker]) if asker is not None else UNKNOWN,
            place=int(self.place[asker]) if asker is not None else UNKNOWN,
            area=int(self.area[asker]) if asker is not None else UNKNOWN,
            tags=ints(t for t in map(self.tags.find, event.tags) if t != UNKNOWN),
            words=self._words_of(event.text),
            stage=self.stages.find(event.stage or ""),
            amount=event.amount if self.source.kind == ProjectKind.INVESTMENT else float("nan"),
            months=event.months,
            excluded=self._earlier_backers(event),
        )
        return Query(event.id, need, frozenset(self.rows[m] for m in event.answers if m in self.rows))

    def _words_of(self, text: str) -> csr_array | None:
        if self.vectoriser is None or not text:
            return None
        words = csr_array(self.vectoriser.transform([text]))
        return words if words.nnz else None

    def _earlier_backers(self, event: Event) -> frozenset[int]:
        earlier = self.backers.get(event.lead or "", [])
        return frozenset(self.rows[m] for day, m in earlier if day < event.day)


def _fit_words(texts: Sequence[str]) -> tuple[csr_array, TfidfVectorizer | None]:
    """TF-IDF rows of unit length; a history without texts has no words at all."""
    if sum(bool(text) for text in texts) < 2:
        return no_columns(len(texts)), None
    vectoriser = TfidfVectorizer(
        sublinear_tf=True, stop_words="english", max_features=50_000, min_df=2, dtype=np.float32
    )
    try:
        return csr_array(vectoriser.fit_transform(texts)), vectoriser
    except ValueError:  # no word comes twice
        return no_columns(len(texts)), None


def _earlier_members(source: Source) -> dict[str, list[tuple[int, str]]]:
    """For each startup, when who put money into it."""
    backers: dict[str, list[tuple[int, str]]] = {}
    for event in source.events:
        if event.lead and event.day > UNKNOWN:
            backers.setdefault(event.lead, []).extend((event.day, m) for m in event.members if m != event.lead)
    return backers


def _no_offers() -> Offers:
    whole = np.empty(0, np.int32)
    small, bits, measured = np.empty(0, np.int8), np.empty(0, np.uint16), np.empty(0, np.float32)
    return Offers(
        ids=encode_ids([]),
        owner=whole,
        is_facility=np.empty(0, np.bool_),
        type=small,
        trl_low=small,
        trl_high=small,
        budget_low=measured,
        budget_high=measured,
        wants_kinds=bits,
        wants_sizes=bits,
        last_day=whole,
        capabilities=no_columns(0),
        places=no_columns(0),
        vectors=np.empty((0, 64), np.int8),
    )


def _no_taxonomy() -> Taxonomy:
    return Taxonomy(no_columns(0), np.empty(0, np.int32), no_columns(0), no_columns(0))


def tags_of(family: str, values: Iterable[str]) -> list[str]:
    return [f"{family}:{value}" for value in values]
