"""Small track records for tests of whatever judges by the past."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from hypothesis import strategies as st
from scipy.sparse import csr_array

from matchmaker.network.past import DAYS_A_YEAR
from matchmaker.profiles import UNKNOWN, History, Profiles
from tests.unit.engine.world import TODAY, Firm, world

TAGS = ("topic:battery", "topic:cockpit", "topic:forging", "call:one", "call:two")
WORDS = 4
FIRMS = 6


@dataclass(frozen=True)
class Joint:
    """A past project; `years` ago, None for one without a date."""

    members: Sequence[int]
    years: float | None = 1.0
    tags: Sequence[str] = ()
    lead: int = UNKNOWN
    amount: float = float("nan")
    months: float = float("nan")
    stage: int = UNKNOWN
    words: Sequence[float] = (0.0,) * WORDS


def days_ago(years: float) -> int:
    return TODAY - round(years * DAYS_A_YEAR)


def tag_rows(*tags: str) -> np.ndarray:
    return np.array([TAGS.index(tag) for tag in tags], np.int32)


def words_of(*weights: float) -> csr_array:
    return csr_array(np.array([weights], np.float32) / np.linalg.norm(weights))


def recorded(projects: Sequence[Joint], firms: Sequence[Firm] = (Firm(),) * FIRMS) -> Profiles:
    profiles = world(firms)
    return replace(
        profiles,
        history=history_of(projects, len(firms)),
        vocabulary={**profiles.vocabulary, "tags": list(TAGS), "words": ["a", "b", "c", "d"]},
    )


def history_of(projects: Sequence[Joint], firms: int) -> History:
    members = np.zeros((len(projects), firms), np.float32)
    tags = np.zeros((len(projects), len(TAGS)), np.float32)
    words = np.zeros((len(projects), WORDS), np.float32)
    for row, project in enumerate(projects):
        members[row, list(project.members)] = 1
        tags[row, [TAGS.index(tag) for tag in project.tags]] = 1
        length = np.linalg.norm(project.words)
        words[row] = np.array(project.words) / (length or 1)
    return History(
        ids=np.array([f"project-{row:04d}" for row in range(len(projects))], dtype="S36"),
        kind=np.zeros(len(projects), np.int8),
        day=np.array([UNKNOWN if p.years is None else days_ago(p.years) for p in projects], np.int32),
        months=np.array([p.months for p in projects], np.float32),
        amount=np.array([p.amount for p in projects], np.float32),
        stage=np.array([p.stage for p in projects], np.int32),
        lead=np.array([p.lead for p in projects], np.int32),
        members=csr_array(members),
        tags=csr_array(tags),
        words=csr_array(words),
    )


projects = st.builds(
    Joint,
    members=st.lists(st.integers(0, FIRMS - 1), unique=True, max_size=FIRMS),
    years=st.none() | st.integers(-3, 12).map(float),
    tags=st.lists(st.sampled_from(TAGS), unique=True, max_size=3),
    lead=st.integers(-1, FIRMS - 1),
    amount=st.sampled_from([float("nan"), 1e5, 1e6, 3e7]),
    months=st.sampled_from([float("nan"), 12.0, 24.0, 60.0]),
    stage=st.integers(-1, 2),
    words=st.lists(st.sampled_from([0.0, 1.0, 2.0]), min_size=WORDS, max_size=WORDS),
)
firms = st.builds(Firm, place=st.integers(-1, 3), area=st.integers(-1, 2))
