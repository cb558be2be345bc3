"""Past deals that resemble a firm's round: what was paid for the like, when, by whom, as far as everybody may know.

Likeness = (2/3 x nearness + 1/3 x (same stage)) x 2 ** (-years since / 5), where nearness is the mean of
|nodes of both| / |nodes of either| and of the cosine of weighted words, as far as each can be told.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.errors import IndexMissing
from matchmaker.network.similar import word_cosines
from matchmaker.reader import Reader
from matchmaker.store.capital import SeenBy
from matchmaker.store.capital.paid import CURRENCY
from matchmaker.text.history import weigh_like
from models.enums import ParticipationRole, ProjectKind
from models.organisations import Organisation
from models.track import Participation, Project

HALF_LIFE_YEARS = 5.0
NODE = "node:"
SHARE_OF_NEARNESS = 2 / 3
ALIKE_IN_WORDS = 0.15  # from here on a deal is one of the like whatever its places on the chain are

#: Of past deals how near their words are; those without a text are missing.
Words = Mapping[UUID, float]
NO_WORDS: Words = MappingProxyType({})


@dataclass(frozen=True)
class Comparable:
    project: Project
    firm: Organisation | None  # None: the record does not say, or the reader may not know
    investors: tuple[Organisation, ...]
    is_ours: bool
    likeness: float
    shared: tuple[str, ...]  # codes of the chain nodes of both
    words: float | None  # how near its words are; None where there are none to compare

    @property
    def amount(self) -> float | None:
        """In CNY; None where it is not known, or was paid in other money."""
        return self.project.amount if self.project.currency == CURRENCY else None


def near_by_words(reader: Reader, text: str) -> Words:
    """How near the words of past projects are to `text`, by the columns of the index; nothing is learnt here."""
    try:
        columns = reader.record()
    except IndexMissing:
        return NO_WORDS
    history = columns.history
    cosines = word_cosines(history.words, weigh_like(text, history.words, columns.vocabulary["words"]))
    told = np.flatnonzero(~np.isnan(cosines))
    return {UUID(history.ids[row].decode()): float(cosines[row]) for row in told}


def find_comparables(
    session: Session,
    *,
    fund_id: UUID,
    firm_id: UUID,
    nodes: Collection[str],
    stage: str | None,
    today: date,
    words: Words = NO_WORDS,
    count: int = 8,
) -> list[Comparable]:
    """The likest first; deals of the firm itself are no comparison. For services that have asked for permission."""
    wanted = {f"{NODE}{code}" for code in nodes}
    scored = [
        (likeness, project)
        for project in _deals(session, before=today)
        if (likeness := _likeness(project, wanted, words.get(project.id), stage, today)) > 0
    ]
    scored.sort(key=lambda one: (-one[0], str(one[1].id)))
    likest = scored[: 4 * count]  # some of them are the firm's own or kept back
    parties = _parties(session, [project.id for _, project in likest])
    sees = SeenBy(session, fund_id, today=today)
    found = []
    for likeness, project in likest:
        paid_to, paid_by = parties[project.id]
        if paid_to is not None and paid_to.id == firm_id:
            continue
        shown = tuple(one for one in paid_by if one.id == fund_id or sees(one.id, "projects"))
        firm = paid_to if paid_to is not None and sees(paid_to.id, "projects") else None
        if firm is None and not shown:
            continue  # kept back by everybody who took part, so its amount and its day are, too
        is_ours = any(one.id == fund_id for one in paid_by)
        shared = tuple(sorted(tag.removeprefix(NODE) for tag in wanted.intersection(project.tags)))
        found.append(Comparable(project, firm, shown, is_ours, round(likeness, 6), shared, words.get(project.id)))
    return found[:count]


def _deals(session: Session, *, before: date) -> Sequence[Project]:
    wanted = select(Project).where(Project.kind == ProjectKind.INVESTMENT, col(Project.started_on) < before)
    return session.exec(wanted.order_by(col(Project.id))).all()


def _likeness(project: Project, wanted: set[str], words: float | None, stage: str | None, today: date) -> float:
    nodes = {tag for tag in project.tags if tag.startswith(NODE)}
    by_nodes = len(nodes & wanted) / len(nodes | wanted) if nodes and wanted else None
    if project.started_on is None or not (by_nodes or (words or 0.0) >= ALIKE_IN_WORDS):
        return 0.0
    told = [one for one in (by_nodes, words) if one is not None]
    same_stage = float(bool(stage) and project.stage == stage)
    years = (today - project.started_on).days / 365.25
    likeness = SHARE_OF_NEARNESS * sum(told) / len(told) + (1 - SHARE_OF_NEARNESS) * same_stage
    return likeness * 2.0 ** (-years / HALF_LIFE_YEARS)


def _parties(
    session: Session, project_ids: Sequence[UUID]
) -> dict[UUID, tuple[Organisation | None, list[Organisation]]]:
    """Of each project who was paid, and who paid."""
    wanted = (
        sa.select(Participation.project_id, Participation.role, Organisation)  # type: ignore[call-overload]
        .join(Organisation, col(Organisation.id) == col(Participation.organisation_id))
        .where(col(Participation.project_id).in_(project_ids))
        .order_by(col(Organisation.id))
    )
    paid_to: dict[UUID, Organisation] = {}
    paid_by: dict[UUID, list[Organisation]] = defaultdict(list)
    for project_id, role, organisation in session.execute(wanted):
        if role is ParticipationRole.INVESTEE:
            paid_to[project_id] = organisation
        elif role is ParticipationRole.INVESTOR:
            paid_by[project_id].append(organisation)
    return {one: (paid_to.get(one), paid_by[one]) for one in project_ids}
