"""What an investor's entries have in common beyond single tags."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.sparse import csr_array, diags_array
from scipy.sparse.linalg import svds

from matchmaker.network.deals import Deals
from matchmaker.network.past import Measures
from matchmaker.profiles import Candidates, Need, Profiles
from matchmaker.scoring.base import Evidence, LastAnswer
from matchmaker.scoring.deals import DealComponent

FAINT = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Themes:
    """What organisations and tags have to do with each theme."""

    organisations: Measures  # n x themes, of unit length; NaN for one without a tag
    tags: Measures  # themes x tags


class Taste(DealComponent):
    """How near the need lies to what the candidate usually comes into, where tags that go together make a theme.

    Investors x tags, ln(1 + sum over entries of 2^(-age / half-life) idf), is drawn to its `themes` strongest themes
    (truncated singular value decomposition); the score is (1 + cosine) / 2 of the candidate and of the need's tags
    among the themes. NaN for a need without a known tag, and for a candidate whose rounds have none.
    """

    name = "taste"

    def __init__(self, *, half_life_years: float = 2.0, themes: int = 32) -> None:
        self.half_life_years = half_life_years
        self.themes = themes

    def fit(self, profiles: Profiles) -> Self:
        self._last_themes: LastAnswer[Themes] = LastAnswer()
        return super().fit(profiles)

    def _measure(self, deals: Deals, need: Need) -> Measures | None:
        themes = self._last_themes.to(deals, lambda: self._learn(deals))
        wanted = np.zeros(deals.past.tags.shape[1])
        known = need.tags[need.tags < len(wanted)]  # a tag that is newer than the history is in no theme
        wanted[known] = deals.past.idf[known]
        asked = themes.tags @ wanted
        length = np.linalg.norm(asked)
        if length < FAINT:
            return None
        return np.asarray((1 + np.clip(themes.organisations @ (asked / length), -1, 1)) / 2, np.float64)

    def _learn(self, deals: Deals) -> Themes:
        weighted = diags_array(deals.decay(self.half_life_years)) @ deals.past.tags @ diags_array(deals.past.idf)
        taken = csr_array(deals.entries @ weighted)
        taken.data = np.log1p(taken.data)
        left, strengths, right = _decompose(taken, self.themes)
        told = strengths > FAINT  # a theme of no strength is any direction at all
        rows = (left * strengths)[:, told]
        length = np.linalg.norm(rows, axis=1, keepdims=True)
        return Themes(np.where(length > FAINT, rows / np.maximum(length, FAINT), np.nan), right[told])

    def evidence(self, need: Need, candidates: Candidates, row: int) -> Evidence:
        deals, candidate = self._deals(need), int(candidates.organisation[row])
        scores = self._measured(deals, need)
        cosine = 0.0 if scores is None else float(2 * scores[candidate] - 1)
        return Evidence("taste.themes", {"cosine": cosine, "deals": int(deals.entry_counts[candidate])})


def _decompose(matrix: csr_array, themes: int) -> tuple[Measures, Measures, Measures]:
    """The strongest themes; all there are where the matrix is small. The start is fixed, so the answer is too."""
    if min(matrix.shape) <= themes:
        left, strengths, right = np.linalg.svd(matrix.toarray(), full_matrices=False)
    else:
        left, strengths, right = svds(matrix, k=themes, v0=np.ones(min(matrix.shape)))
    return left, strengths, right
