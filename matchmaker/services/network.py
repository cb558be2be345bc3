"""Who works with whom, as every signed-in person may know it: joint projects and investments on record.

An organisation that keeps its projects back stands in nobody's network. Consortia in their rooms and deals on a fund's
desk are their members' own and are not told here.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from scipy import sparse
from sqlmodel import Session, col, select

from matchmaker.network.layout import Places, Rings, around, from_middle
from matchmaker.profiles import Scores
from matchmaker.services import organisations
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.store.reading import Visibility
from models.base import columns_of
from models.enums import OrganisationState, ProjectKind
from models.organisations import Organisation
from models.taxonomy import ChainNode
from models.track import Participation, Project

# More names than that nobody reads in one drawing.
MOST_SHOWN = 40
MOST_OUTER = 40
MOST_TITLES = 3
NODE_TAG = "node:"


@dataclass(frozen=True, slots=True)
class Filters:
    """`kind` None: both; `chain` "" : all; `year` None: all; `steps` from the organisation in focus, 1 or 2."""

    kind: ProjectKind | None = None
    chain: str = ""
    year: int | None = None
    steps: int = 1


@dataclass(frozen=True, slots=True)
class Tie:
    """Two organisations by their places in `Network.members`, and what they did together."""

    one: int
    other: int
    projects: int
    investments: int
    latest: date | None

    @property
    def count(self) -> int:
        return self.projects + self.investments


@dataclass(frozen=True)
class Network:
    """`ring`: 0 in focus, 1 its partners, 2 theirs; without a focus all are of ring 1. `partners` of each in all."""

    members: Sequence[Organisation]
    rings: Rings
    partners: Sequence[int]
    ties: Sequence[Tie]
    focus: Organisation | None
    left_out: int  # partners of the focus, or organisations with ties, that are not drawn
    titles: Mapping[tuple[int, int], Sequence[tuple[str, str]]]

    def ties_of(self, place: int) -> list[tuple[int, Tie]]:
        """Whom the member is tied to in this drawing, the strongest first."""
        found = [
            (one.other if one.one == place else one.one, one) for one in self.ties if place in (one.one, one.other)
        ]
        return sorted(found, key=lambda pair: (-pair[1].count, pair[0]))


@dataclass(frozen=True, eq=False)
class _Record:
    """Who took part in what: one row a participation; rows of projects and of organisations."""

    project: Places
    organisation: Places
    project_ids: Sequence[UUID]
    organisation_ids: Sequence[UUID]
    is_investment: Scores
    day: Sequence[date | None]

    def matrix(self, of: Scores) -> sparse.csr_array:
        """Projects x organisations; `of` weighs projects."""
        shape = (len(self.project_ids), len(self.organisation_ids))
        return sparse.csr_array((of[self.project], (self.project, self.organisation)), shape=shape)


def read_network(session: Session, actor: Actor, filters: Filters, focus_id: UUID | None = None) -> Network:
    """The best connected organisations, or one organisation with its partners and, with 2 steps, theirs."""
    require(actor, Permission.NETWORK_VIEW)
    focus = organisations.get_seen(session, actor, focus_id) if focus_id else None
    record = _read_record(session, filters, focus_id)
    together = _together(record)
    partners = np.diff(together.indptr)
    rows, ring, left_out = _chosen(record, together, partners, focus, filters.steps)
    weight = together[rows][:, rows].toarray() if len(rows) else np.zeros((0, 0))
    members = _members(session, [record.organisation_ids[row] for row in rows])
    if focus is not None and not len(rows):
        members, ring, weight = [focus], np.zeros(1, np.int32), np.zeros((1, 1))
        partners, rows = np.zeros(1, np.int32), np.zeros(1, np.int64)
    ties = _ties(record, rows) if weight.any() else []
    return Network(
        members=members,
        rings=around(weight) if focus is None else from_middle(weight, ring),
        partners=[int(number) for number in partners[rows]],
        ties=ties,
        focus=focus,
        left_out=left_out,
        titles=_titles(session, record, rows, ties) if focus is not None else {},
    )


def list_years(session: Session) -> list[int]:
    """In which something on record began, the latest first."""
    first, last = session.exec(select(sa.func.min(Project.started_on), sa.func.max(Project.started_on))).one()
    return list(range(last.year, first.year - 1, -1)) if first and last else []


def _read_record(session: Session, filters: Filters, focus_id: UUID | None) -> _Record:
    part, project, own = (columns_of(table) for table in (Participation, Project, Organisation))
    wanted = (
        sa.select(part.project_id, part.organisation_id, project.kind, project.started_on)
        .join(Project, project.id == part.project_id)
        .join(Organisation, own.id == part.organisation_id)
        .where(own.state == OrganisationState.ACTIVE)
        .order_by(part.project_id, part.organisation_id)
    )
    if filters.kind is not None:
        wanted = wanted.where(project.kind == filters.kind)
    if filters.year is not None:
        wanted = wanted.where(project.started_on.between(date(filters.year, 1, 1), date(filters.year, 12, 31)))
    if focus_id is not None:
        wanted = wanted.where(part.project_id.in_(_projects_near(focus_id, filters.steps)))
    if filters.chain:
        wanted = wanted.add_columns(project.tags)
    tags = _chain_tags(session, filters.chain)
    is_open = Visibility(session)
    told = [
        row
        for row in session.execute(wanted)
        if is_open(row.organisation_id, "projects") and (not filters.chain or tags.intersection(row.tags))
    ]
    projects = {row.project_id: row for row in told}
    of_project = {key: place for place, key in enumerate(projects)}
    of_body = {key: place for place, key in enumerate(sorted({row.organisation_id for row in told}))}
    return _Record(
        np.array([of_project[row.project_id] for row in told], dtype=np.int64),
        np.array([of_body[row.organisation_id] for row in told], dtype=np.int64),
        list(projects),
        list(of_body),
        np.array([row.kind is ProjectKind.INVESTMENT for row in projects.values()], dtype=float),
        [row.started_on for row in projects.values()],
    )


def _projects_near(focus_id: UUID, steps: int) -> Any:
    """A SELECT of the projects of the focus, of its partners and, with 2 steps, of theirs."""
    part = columns_of(Participation)
    found = sa.select(part.project_id).where(part.organisation_id == focus_id)
    for _step in range(steps):
        bodies = sa.select(part.organisation_id).where(part.project_id.in_(found))
        found = sa.select(part.project_id).where(part.organisation_id.in_(bodies))
    return found


def _chain_tags(session: Session, chain: str) -> frozenset[str]:
    if not chain:
        return frozenset()
    codes = session.exec(select(ChainNode.code).where(ChainNode.chain_code == chain))
    return frozenset(NODE_TAG + code for code in codes)


def _together(record: _Record) -> sparse.csr_array:
    """In how many projects each two took part together; nothing on the diagonal."""
    members = record.matrix(np.ones(len(record.project_ids)))
    found = sparse.csr_array(members.T @ members)
    found.setdiag(0)
    found.eliminate_zeros()
    found.sort_indices()
    return found


def _chosen(
    record: _Record, together: sparse.csr_array, partners: Places, focus: Organisation | None, steps: int
) -> tuple[Places, Places, int]:
    """Rows that are drawn, the ring of each, and how many are left out."""
    if focus is None:
        ordered = np.lexsort((np.arange(len(partners)), -np.asarray(together.sum(axis=1)).ravel(), -partners))
        tied = ordered[partners[ordered] > 0]
        return tied[:MOST_SHOWN], np.ones(min(len(tied), MOST_SHOWN), np.int32), max(len(tied) - MOST_SHOWN, 0)
    if focus.id not in record.organisation_ids:
        return np.empty(0, np.int64), np.empty(0, np.int32), 0
    middle = record.organisation_ids.index(focus.id)
    near = _strongest(together[[middle]], exclude=np.array([middle]))
    inner = near[:MOST_SHOWN]
    outer: Places = np.empty(0, np.int64)
    left_out = len(near) - len(inner)
    if steps > 1 and len(inner):
        far = _strongest(together[inner], exclude=np.concatenate([[middle], near]))
        outer = far[:MOST_OUTER]
        left_out += len(far) - len(outer)
    rows = np.concatenate([[middle], inner, outer]).astype(np.int64)
    return rows, np.repeat([0, 1, 2], [1, len(inner), len(outer)]).astype(np.int32), left_out


def _strongest(ties: sparse.csr_array, *, exclude: Places) -> Places:
    """Whom the rows are tied to, by the number of things done together; the first in the record wins a draw."""
    amount = np.asarray(ties.sum(axis=0)).ravel()
    amount[exclude] = 0
    ordered = np.argsort(-amount, kind="stable")
    return ordered[amount[ordered] > 0]


def _ties(record: _Record, rows: Places) -> list[Tie]:
    """Between those drawn, each pair once."""
    place = {int(row): number for number, row in enumerate(rows)}
    shared: dict[tuple[int, int], list[int]] = {}
    for project, bodies in _members_of(record, place):
        for at, one in enumerate(bodies):
            for other in bodies[at + 1 :]:
                shared.setdefault((one, other), []).append(project)
    return [_tie(record, pair, projects) for pair, projects in sorted(shared.items())]


def _tie(record: _Record, pair: tuple[int, int], projects: Sequence[int]) -> Tie:
    investments = int(record.is_investment[list(projects)].sum())
    days = [day for day in (record.day[project] for project in projects) if day is not None]
    return Tie(*pair, len(projects) - investments, investments, max(days, default=None))


def _members_of(record: _Record, place: Mapping[int, int]) -> list[tuple[int, list[int]]]:
    """Of each project those who are drawn, by their place in the drawing."""
    found: dict[int, list[int]] = {}
    for project, body in zip(record.project.tolist(), record.organisation.tolist(), strict=True):
        if body in place:
            found.setdefault(project, []).append(place[body])
    return [(project, sorted(bodies)) for project, bodies in found.items() if len(bodies) > 1]


def _members(session: Session, ids: Sequence[UUID]) -> list[Organisation]:
    found = {one.id: one for one in session.exec(select(Organisation).where(col(Organisation.id).in_(ids)))}
    return [found[key] for key in ids]


def _titles(
    session: Session, record: _Record, rows: Places, ties: Sequence[Tie]
) -> dict[tuple[int, int], Sequence[tuple[str, str]]]:
    """What the organisation in focus did with each partner, the latest first; no title that may name who hides it."""
    with_focus = {(one.one, one.other) for one in ties if one.one == 0}
    place = {int(row): number for number, row in enumerate(rows)}
    shared: dict[tuple[int, int], list[int]] = {pair: [] for pair in with_focus}
    for project, bodies in _members_of(record, place):
        if bodies[0] == 0:
            for other in bodies[1:]:
                shared[0, other].append(project)
    hidden = _with_who_hides(session, {record.project_ids[one] for projects in shared.values() for one in projects})
    for projects in shared.values():
        projects.sort(key=lambda one: (record.day[one] or date.min, one), reverse=True)
        projects[:] = [one for one in projects if record.project_ids[one] not in hidden][:MOST_TITLES]
    wanted = {record.project_ids[one] for projects in shared.values() for one in projects}
    named = {one.id: one for one in session.exec(select(Project).where(col(Project.id).in_(wanted)))}
    return {
        pair: [(named[key].title_zh, named[key].title_en) for key in (record.project_ids[one] for one in projects)]
        for pair, projects in shared.items()
    }


def _with_who_hides(session: Session, ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of the projects in which somebody takes part who keeps its projects back.

    Whether the title names it or not, so that a missing title does not tell.
    """
    part, is_open = columns_of(Participation), Visibility(session)
    found = session.execute(sa.select(part.project_id, part.organisation_id).where(part.project_id.in_(ids)))
    return frozenset(project for project, organisation in found if not is_open(organisation, "projects"))
