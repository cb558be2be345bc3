"""What is learned from, as columns: candidates scored strictly as of the day of their list, and their outcomes."""

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import Any, TypeVar, cast
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sqlmodel import Session, col, select

from matchmaker.learning.examples import Examples
from matchmaker.learning.positions import MOST_WEIGHT, PULL, examination, weights_of
from matchmaker.network.past import Timeline
from matchmaker.profiles import KINDS, PROJECT_KINDS, SIZES, UNKNOWN, Candidates, Ints, Mask, Need, Profiles, Scores
from matchmaker.reader import Snapshot
from matchmaker.scoring.base import Component
from matchmaker.services.learning.outcomes import (
    Outcome,
    as_experiment,
    read_answers,
    read_opened,
    read_showings,
    settle,
)
from matchmaker.services.recommendations import PURPOSE, PURPOSE_BY_RECORD
from matchmaker.store.needs import asker, read_need
from matchmaker.store.reading import key_of
from models import offers as tables
from models.enums import DeclineReason, OrganisationKind, OutcomeKind, ProjectKind
from models.taxonomy import DeclineMeaning, OutcomeValue

Report = Callable[[int, int], None]
ColumnT = TypeVar("ColumnT", bound=NDArray[Any])
PURPOSE_INVESTORS = "investors"
# Which past projects tell about lists of a purpose; partners are learned from what people do in the app as well.
PROJECTS_OF: Mapping[str, ProjectKind] = {
    PURPOSE: ProjectKind.CONSORTIUM,
    PURPOSE_BY_RECORD: ProjectKind.CONSORTIUM,
    PURPOSE_INVESTORS: ProjectKind.INVESTMENT,
}
PLACES = 100
NO_PLACES: Scores = np.empty(0)
NEWCOMER_PROJECTS = 1


@dataclass(frozen=True, slots=True)
class Rules:
    """What outcomes are worth and what reasons speak about: the reference rows, as one value."""

    value: Mapping[OutcomeKind, float]
    strength: Mapping[OutcomeKind, float]
    meaning: Mapping[DeclineReason, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Sampling:
    """How many past projects are asked again, and against how many who were not in them."""

    most_projects: int = 1000
    others_a_project: int = 60
    # A past project tells nothing of who was shown and not wanted, nor of offers, so beside what people do in the app
    # it counts for little; by itself it counts in full.
    share_beside_app: float = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """One query as it was on its day, with the candidates whose outcome is known."""

    name: str
    need: Need
    candidates: Candidates
    kinds: tuple[OutcomeKind, ...]
    reasons: tuple[DeclineReason | None, ...]
    settled: Ints
    weight: Scores
    is_in_app: bool


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """n rows of all queries, the earliest first. `examples` has the scores as they are, for judging a list;
    `lessons` has them as training reads them, where a decline only speaks about what its reason names."""

    examples: Examples
    lessons: Examples
    is_evidence: Mask  # of the components
    names: tuple[str, ...]  # of the queries
    needs: tuple[Need, ...]
    kinds: tuple[OutcomeKind, ...]
    candidate: Ints
    day: Ints
    settled: Ints
    is_in_app: Mask
    is_judged: Mask  # what lists of the purpose are judged by: what people did with them, where people see them
    groups: Mapping[str, Mask]
    examination: tuple[float, ...]  # how likely each place is looked at, where lists tell

    @property
    def counts(self) -> dict[str, int]:
        return {kind.value: count for kind, count in sorted(Counter(self.kinds).items())}

    @property
    def sha256(self) -> str:
        """Of everything that a fit sees."""
        digest = hashlib.sha256("\n".join((*self.examples.names, *self.names, *self.kinds)).encode())
        rows = self.lessons
        for column in (rows.scores, rows.outcome, rows.weight, rows.query, self.day, self.settled, self.candidate):
            digest.update(np.ascontiguousarray(column).tobytes())
        return digest.hexdigest()


def read_rules(session: Session) -> Rules:
    values = session.exec(select(OutcomeValue)).all()
    meanings: dict[DeclineReason, frozenset[str]] = {}
    for row in session.exec(select(DeclineMeaning)):
        meanings[row.reason] = meanings.get(row.reason, frozenset()) | {row.component}
    return Rules({v.kind: v.value for v in values}, {v.kind: v.strength for v in values}, meanings)


def collect(
    session: Session,
    snapshot: Snapshot,
    *,
    purpose: str,
    names: Collection[str],
    as_of: date,
    sampling: Sampling,
    seed: int,
    report: Report,
    pull: float = PULL,
    asked_at: datetime | None = None,
) -> Material:
    """Everything known about lists of a purpose up to `as_of`, under the components `names`.

    Of the day itself only what was known at `asked_at`, where that is given.

    The same tables, index and seed give the same bytes.
    """
    rules = read_rules(session)
    theta, in_app = (
        _asked_in_app(session, snapshot, rules, as_of, asked_at, pull) if purpose == PURPOSE else (NO_PLACES, [])
    )
    past = _asked_in_the_past(snapshot.engine.profiles, PROJECTS_OF[purpose], rules, as_of, sampling, seed)
    share = sampling.share_beside_app if purpose == PURPOSE else 1.0
    asked = [*in_app, *(replace(one, weight=share * one.weight) for one in past)]
    asked.sort(key=lambda one: (one.need.day, one.name))
    components = [component for component in snapshot.engine.components if component.name in names]
    return _columns(snapshot, components, asked, rules, theta, report, judges_app=purpose == PURPOSE)


def _asked_in_app(
    session: Session, snapshot: Snapshot, rules: Rules, as_of: date, asked_at: datetime | None, pull: float
) -> tuple[Scores, list[Asked]]:
    """How likely each place of a list is looked at, and the lists that people worked with."""
    answers = read_answers(session, as_of=as_of, asked_at=asked_at)
    showings = read_showings(session, answers, as_of=as_of, asked_at=asked_at)
    opened = read_opened(session, as_of=as_of, asked_at=asked_at)
    theta = examination(as_experiment(answers, showings, opened), places=PLACES, pull=pull)
    rows = _Rows(snapshot.engine.profiles)
    known = [one for one in settle(answers, showings) if one.pair.candidate_id in rows]
    weight = _weights(known, theta, rules)
    needs = _needs(session, snapshot, {one.pair.need_id for one in known})
    lists = groupby(range(len(known)), key=lambda row: (known[row].day, known[row].pair.need_id))
    asked = []
    for (day, need_id), places in lists:
        of_list = list(places)
        outcomes = [known[row] for row in of_list]
        asked.append(
            Asked(
                name=f"need:{need_id}:{date.fromordinal(day)}",
                need=replace(needs[need_id], day=day),
                candidates=rows.candidates(outcomes),
                kinds=tuple(one.kind for one in outcomes),
                reasons=tuple(one.reason for one in outcomes),
                settled=np.array([one.settled for one in outcomes], np.int32),
                weight=weight[of_list],
                is_in_app=True,
            )
        )
    return theta, asked


def _weights(outcomes: Sequence[Outcome], theta: Scores, rules: Rules) -> Scores:
    """Strength of the kind times what the place makes up for; an answer from no kept list counts as it is."""
    strength = np.array([rules.strength[one.kind] for one in outcomes])
    position = np.array([one.position or 1 for one in outcomes], np.int64)
    answered = np.array([one.kind is not OutcomeKind.PASSED_OVER for one in outcomes], np.bool_)
    was_listed = np.array([one.position is not None for one in outcomes], np.bool_)
    return np.where(was_listed, weights_of(position, answered, theta), 1.0) * strength


def _needs(session: Session, snapshot: Snapshot, ids: set[UUID]) -> dict[UUID, Need]:
    records = session.exec(select(tables.Need).where(col(tables.Need.id).in_(ids))).all()
    profiles, encoder = snapshot.engine.profiles, snapshot.encoder
    return {one.id: read_need(session, one, profiles, encoder, today=date.min) for one in records}


class _Rows:
    """Where organisations and offers stand in the columns."""

    def __init__(self, profiles: Profiles) -> None:
        self._organisations = {key: row for row, key in enumerate(profiles.organisations.ids)}
        self._offers = {key: row for row, key in enumerate(profiles.offers.ids)}

    def __contains__(self, organisation_id: UUID) -> bool:
        return key_of(organisation_id) in self._organisations

    def candidates(self, outcomes: Sequence[Outcome]) -> Candidates:
        """Each by the offer that it stood on the list with; one that is withdrawn since then by its record alone."""
        offers = [self._offers.get(key_of(one.offer_id), UNKNOWN) if one.offer_id else UNKNOWN for one in outcomes]
        organisations = [self._organisations[key_of(one.pair.candidate_id)] for one in outcomes]
        return Candidates(np.array(organisations, np.int32), np.array(offers, np.int32))


def _asked_in_the_past(
    profiles: Profiles, kind: ProjectKind, rules: Rules, as_of: date, sampling: Sampling, seed: int
) -> Iterator[Asked]:
    """Past projects asked again by who led them: its members came about, a sample of the others did not."""
    history = profiles.history
    of_kind = (history.kind == PROJECT_KINDS.index(kind)) & (history.lead != UNKNOWN)
    known = np.flatnonzero(of_kind & (history.day != UNKNOWN) & (history.day <= as_of.toordinal()))
    latest = known[np.lexsort((history.ids[known], -history.day[known]))][: sampling.most_projects]
    pool = _pool(profiles, kind)
    for row in latest:
        need = _need_of_project(profiles, int(row))
        members = np.setdiff1d(history.members[[row]].indices, [need.organisation]).astype(np.int32)
        others = np.setdiff1d(pool, [need.organisation, *members])
        if len(members) and len(others):
            yield _asked_again(str(history.ids[row], "ascii"), need, members, others, rules, sampling, seed)


def _pool(profiles: Profiles, kind: ProjectKind) -> Ints:
    """Who could have been in a project of this kind."""
    active = profiles.organisations.is_active
    if kind is ProjectKind.INVESTMENT:
        active = active & (profiles.organisations.kind == KINDS.index(OrganisationKind.FUND))
    return np.flatnonzero(active).astype(np.int32)


def _need_of_project(profiles: Profiles, row: int) -> Need:
    history = profiles.history
    words = csr_array(history.words[[row]])
    day = int(history.day[row])
    return replace(
        asker(profiles, int(history.lead[row]), today=date.fromordinal(day)),
        tags=history.tags[[row]].indices.astype(np.int32),
        words=words if words.nnz else None,
        project_kind=int(history.kind[row]),
        stage=int(history.stage[row]),
        amount=float(history.amount[row])
        if history.kind[row] == PROJECT_KINDS.index(ProjectKind.INVESTMENT)
        else np.nan,
    )


def _asked_again(
    name: str, need: Need, members: Ints, others: Ints, rules: Rules, sampling: Sampling, seed: int
) -> Asked:
    # Dice of each project's own, so that one project more changes nothing about the rest.
    own = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")
    count = min(sampling.others_a_project, len(others))
    drawn = np.sort(np.random.default_rng([seed, own]).choice(others, count, replace=False))
    stands_for = min(len(others) / count, MOST_WEIGHT)
    yes, no = OutcomeKind.TEAMED_UP, OutcomeKind.NOT_TEAMED_UP
    organisations = np.concatenate([members, drawn]).astype(np.int32)
    strength = [rules.strength[yes]] * len(members) + [rules.strength[no] * stands_for] * count
    return Asked(
        name=f"project:{name}",
        need=need,
        candidates=Candidates(organisations, np.full(len(organisations), UNKNOWN, np.int32)),
        kinds=(yes,) * len(members) + (no,) * count,
        reasons=(None,) * len(organisations),
        settled=np.full(len(organisations), need.day, np.int32),
        weight=np.array(strength),
        is_in_app=False,
    )


def _columns(
    snapshot: Snapshot,
    components: Sequence[Component],
    asked: Sequence[Asked],
    rules: Rules,
    theta: Scores,
    report: Report,
    *,
    judges_app: bool,
) -> Material:
    profiles = snapshot.engine.profiles
    sizes = [len(one.candidates) for one in asked]
    kinds = tuple(kind for one in asked for kind in one.kinds)
    candidate = _joined([one.candidates.organisation for one in asked], np.empty(0, np.int32))
    examples = Examples(
        names=tuple(component.name for component in components),
        scores=_scored(components, asked, report),
        outcome=np.array([rules.value[kind] for kind in kinds], np.float64),
        query=np.repeat(np.arange(len(asked)), sizes),
        weight=_joined([one.weight for one in asked], np.empty(0)),
    )
    reasons = [reason for one in asked for reason in one.reasons]
    is_in_app = np.repeat(np.array([one.is_in_app for one in asked], np.bool_), sizes)
    return Material(
        examples=examples,
        lessons=replace(examples, scores=_as_lessons(examples, kinds, reasons, rules)),
        is_evidence=np.array([component.is_evidence for component in components], np.bool_),
        names=tuple(one.name for one in asked),
        needs=tuple(one.need for one in asked),
        kinds=kinds,
        candidate=candidate,
        day=np.repeat(np.array([one.need.day for one in asked], np.int32), sizes),
        settled=_joined([one.settled for one in asked], np.empty(0, np.int32)),
        is_in_app=is_in_app,
        is_judged=is_in_app if judges_app else np.ones(len(kinds), np.bool_),
        groups=_groups(profiles, candidate, _projects(profiles, asked) <= NEWCOMER_PROJECTS),
        examination=tuple(np.round(theta, 4).tolist()),
    )


def _scored(components: Sequence[Component], asked: Sequence[Asked], report: Report) -> Scores:
    scores = [np.empty((0, len(components)))]
    for done, one in enumerate(asked, start=1):
        scores.append(np.stack([c.score_candidates(one.need, one.candidates) for c in components], axis=1))
        report(done, len(asked))
    return np.concatenate(scores)


def _projects(profiles: Profiles, asked: Sequence[Asked]) -> Scores:
    """How many projects each candidate had before the day it was judged on."""
    timeline = Timeline.of(profiles)
    counts = [timeline.known_to(one.need).project_counts[one.candidates.organisation] for one in asked]
    return _joined(counts, np.empty(0))


def _joined(columns: Sequence[ColumnT], nothing: ColumnT) -> ColumnT:
    """The columns one behind the other; `nothing` is the column of no rows."""
    return cast("ColumnT", np.concatenate([nothing, *columns], dtype=nothing.dtype))


def _as_lessons(
    examples: Examples, kinds: Sequence[OutcomeKind], reasons: Sequence[DeclineReason | None], rules: Rules
) -> Scores:
    """Scores with what a reason for declining does not speak about left open.

    "No capacity" is no word against the candidate's capability. Where the reason names nothing, or only what is
    unknown of this candidate, the whole row speaks.
    """
    scores = examples.scores.copy()
    refusals = (OutcomeKind.DECLINED, OutcomeKind.NOT_USEFUL)
    for row, (kind, reason) in enumerate(zip(kinds, reasons, strict=True)):
        named = rules.meaning.get(reason, frozenset()) if reason and kind in refusals else frozenset()
        speaks = np.array([name in named for name in examples.names], np.bool_)
        if (~np.isnan(scores[row, speaks])).any():
            scores[row, ~speaks] = np.nan
    return scores


def _groups(profiles: Profiles, candidate: Ints, is_newcomer: Mask) -> dict[str, Mask]:
    """Rows by what their candidate is: newcomer or not (at most one earlier project), size, district."""
    size, place = profiles.organisations.size[candidate], profiles.organisations.place[candidate]
    districts = sorted(set(place.tolist()) - {UNKNOWN}, key=lambda row: profiles.vocabulary["places"][row])
    return {
        "newcomer:yes": is_newcomer,
        "newcomer:no": ~is_newcomer,
        **{f"size:{one.value}": size == row for row, one in enumerate(SIZES) if (size == row).any()},
        **{f"district:{profiles.vocabulary['places'][row]}": place == row for row in districts},
    }
