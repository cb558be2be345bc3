"""Does what the offer says meet what the need says, in whichever language?"""

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from matchmaker.columns import RowLengths
from matchmaker.profiles import UNKNOWN, Candidates, Floats, Need, Profiles, Scores
from matchmaker.scoring.base import Component, Evidence, unknown


class TextMeeting(Component):
    """Cosine of need text and offer text, on a straight line from `low` (0) to `high` (1).

    Need and offer are encoded as question and answer, each less the mean of its side and language, so unrelated
    texts lie about 0: half of all pairs of the demo lie below `low`, nearly all planted ones below `high`
    (docs/decisions/0002-texts-and-vectors.md).
    """

    name = "text"
    is_evidence = True

    def __init__(self, *, low: float = 0.05, high: float = 0.50) -> None:
        self.low = low
        self.high = high

    def fit(self, profiles: Profiles) -> Self:
        self.vectors_ = profiles.offers.vectors
        self.lengths_ = RowLengths(self.vectors_)
        return self

    def score_candidates(self, need: Need, candidates: Candidates) -> Scores:
        scores = unknown(candidates)
        if need.vector is None:
            return scores
        judged = np.flatnonzero(candidates.offer != UNKNOWN)
        cosines = self._cosines(need.vector, candidates.offer[judged])
        scores[judged] = np.clip((cosines - self.low) / (self.high - self.low), 0, 1)
        return scores

    def _cosines(self, vector: Floats, offers: NDArray[Any]) -> Floats:
        found = self.vectors_[offers].astype(np.float32)
        lengths = self.lengths_.of(offers)
        return np.divide(found @ vector, lengths, out=np.full(len(offers), np.nan, np.float32), where=lengths > 0)

    def evidence(self, need: Need, candidates: Candidates, row: int) -> Evidence:
        assert need.vector is not None
        cosine = float(self._cosines(need.vector, candidates.offer[[row]])[0])
        return Evidence("text.meeting", {"cosine": round(cosine, 3)})
