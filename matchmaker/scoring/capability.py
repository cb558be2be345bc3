"""Does the offer do what the need asks for, at the level it asks for?"""

from typing import Self

import numpy as np

from matchmaker.columns import entries
from matchmaker.profiles import Candidates, Need, Profiles, RequiredCapability, Scores
from matchmaker.scoring.base import Component, Evidence, unknown


class CapabilityCover(Component):
    """Weighted share of the needed capabilities that an offer covers.

    sum_j w_j * max_i s(i, j) * min(1, level_i / level_j) / sum_j w_j, over what the need asks (j) and the offer can do
    (i); s is 1 for the same capability and falls with the way between two in the taxonomy.
    """

    name = "capability"
    is_evidence = True

    def fit(self, profiles: Profiles) -> Self:
        self.profiles_ = profiles
        return self

    def score_candidates(self, need: Need, candidates: Candidates) -> Scores:
        scores = unknown(candidates)
        if not need.capabilities:
            return scores
        offered = self.profiles_.offers.capabilities
        stated = candidates.rows_whose_offer(np.diff(offered.indptr) > 0)
        if not len(stated):
            return scores
        levels = offered[candidates.offer[stated]]
        covered = sum(item.weight * self._best(item, levels) for item in need.capabilities)
        scores[stated] = covered / sum(item.weight for item in need.capabilities)
        return scores

    def _best(self, required: RequiredCapability, levels) -> Scores:  # type: ignore[no-untyped-def]
        """The best answer of each row of `levels` to one required capability; every row has an entry."""
        nearness = self._nearness(required)
        answers = nearness[levels.indices] * np.minimum(1, levels.data / required.level)
        return np.maximum.reduceat(answers, levels.indptr[:-1]).astype(np.float64)

    def _nearness(self, required: RequiredCapability) -> Scores:
        """Of every capability to the required one; the way between two is as long there as back."""
        similarity = self.profiles_.taxonomy.similarity
        nearness = np.zeros(similarity.shape[1], dtype=similarity.dtype)
        columns, values = entries(similarity, required.column)
        nearness[columns] = values
        return nearness

    def evidence(self, need: Need, candidates: Candidates, row: int) -> Evidence:
        offered, levels = entries(self.profiles_.offers.capabilities, candidates.offer[row])
        names = self.profiles_.vocabulary["capabilities"]
        covered, near, missing = [], [], []
        for item in need.capabilities:
            answers = self._nearness(item)[offered] * np.minimum(1, levels / item.level)
            best = int(np.argmax(answers))
            fact = {
                "asked": names[item.column],
                "asked_level": item.level,
                "offered": names[offered[best]],
                "offered_level": int(levels[best]),
            }
            if answers[best] == 0:
                missing.append({"asked": names[item.column], "asked_level": item.level})
            elif offered[best] == item.column:
                covered.append(fact)
            else:
                near.append(fact)
        return Evidence("capability.cover", {"covered": covered, "near": near, "missing": missing})
