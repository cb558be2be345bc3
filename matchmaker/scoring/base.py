"""What every scoring component promises."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Generic, Self, TypeVar

import numpy as np

from matchmaker.profiles import Candidates, Need, Profiles, Scores

AnswerT = TypeVar("AnswerT")


class LastAnswer(Generic[AnswerT]):
    """What was worked out for the question asked last, so that twenty cards of one list cost no more than one.

    A question is an object that does not change (a need, a past); only the very same one is answered from memory.
    Threads may overwrite each other's answer; each still gets its own.
    """

    def __init__(self) -> None:
        self._kept: tuple[object, AnswerT] | None = None

    def to(self, question: object, work_out: Callable[[], AnswerT]) -> AnswerT:
        kept = self._kept
        if kept is None or kept[0] is not question:
            kept = (question, work_out())
            self._kept = kept
        return kept[1]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a component says what it says: a code that names the sentence, and the facts that fill it."""

    code: str
    facts: Mapping[str, object] = field(default_factory=dict)


class Component(ABC):
    """One ground for or against a candidate, seen from the need.

    `fit` only reads columns and learns names that end in `_`; scores lie in [0, 1], 1 is best, NaN says "cannot tell".
    `is_evidence` says that the component alone can carry a score; the others only shade one.
    """

    name: ClassVar[str]
    is_evidence: ClassVar[bool] = False

    @abstractmethod
    def fit(self, profiles: Profiles) -> Self: ...

    @abstractmethod
    def score_candidates(self, need: Need, candidates: Candidates) -> Scores:
        """One score per candidate; whole arrays, no loop over candidates."""

    @abstractmethod
    def evidence(self, need: Need, candidates: Candidates, row: int) -> Evidence:
        """The facts behind the score of `candidates` row `row`, which is known."""


def unknown(candidates: Candidates) -> Scores:
    """Say of nobody anything."""
    return np.full(len(candidates), np.nan)
