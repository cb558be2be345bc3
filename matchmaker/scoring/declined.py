"""What a candidate has lately said no for lowers its score by the component that the reason speaks of."""

from typing import Self

import numpy as np

from matchmaker.profiles import Candidates, Mask, Need, Profiles, Scores
from matchmaker.scoring.base import Component, Evidence


class Declined(Component):
    """The score of `component`, halved by every two fresh answers that spoke of it.

    score * 2 ** (-r / 2), where r sums 2 ** (-age / half_life) over the candidate's answers by such a reason within
    their window. Where the component cannot tell, it still cannot, unless `unstated` says what to start from.
    """

    def __init__(self, component: Component, *, unstated: float = float("nan")) -> None:
        self.component = component
        self.unstated = unstated
        self.name = component.name  # type: ignore[misc]
        self.is_evidence = component.is_evidence  # type: ignore[misc]

    def fit(self, profiles: Profiles) -> Self:
        self.component.fit(profiles)
        names = list(profiles.vocabulary.get("refused", ()))
        self.refusals_ = profiles.refusals
        speaks = names.index(self.name) if self.name in names else len(names)
        self.rows_ = np.flatnonzero(profiles.refusals.component == speaks)
        self.organisations_ = len(profiles.organisations)
        return self

    def score_candidates(self, need: Need, candidates: Candidates) -> Scores:
        scores = self.component.score_candidates(need, candidates)
        if not len(self.rows_):
            return scores
        refused = self._refused(need)[candidates.organisation]
        start = np.where(np.isnan(scores) & (refused > 0), self.unstated, scores)
        return start * 2.0 ** (-refused / 2)

    def evidence(self, need: Need, candidates: Candidates, row: int) -> Evidence:
        is_told = self._is_told(need, candidates, row)
        said = self.component.evidence(need, candidates, row) if is_told else Evidence(f"{self.name}.declined")
        days = self.refusals_.day[self.rows_][self._counts(need) & self._is_of(candidates, row)]
        if not len(days):
            return said
        return Evidence(said.code, {**said.facts, "declined": len(days), "declined_since": int(days.min())})

    def _is_told(self, need: Need, candidates: Candidates, row: int) -> bool:
        """Whether the component itself can tell; a score that is known starts from there, or from what is unstated."""
        if np.isnan(self.unstated):
            return True
        return not np.isnan(self.component.score_candidates(need, candidates.take(np.array([row])))[0])

    def _refused(self, need: Need) -> Scores:
        """How much each organisation has refused by now."""
        ages = need.day - self.refusals_.day[self.rows_]
        weight = np.where(self._counts(need), 2.0 ** (-ages / self.refusals_.half_life[self.rows_]), 0.0)
        counted = np.bincount(self.refusals_.owner[self.rows_], weight, minlength=self.organisations_)
        return counted.astype(np.float64)

    def _counts(self, need: Need) -> Mask:
        ages = need.day - self.refusals_.day[self.rows_]
        return (ages >= 0) & (ages <= self.refusals_.window[self.rows_])

    def _is_of(self, candidates: Candidates, row: int) -> Mask:
        return self.refusals_.owner[self.rows_] == candidates.organisation[row]
