"""Does the candidate stand where the need points to on the chain?"""

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from matchmaker.columns import entries
from matchmaker.profiles import UNKNOWN, Candidates, Need, Profiles, Scores
from matchmaker.scoring.base import Component, Evidence, LastAnswer, unknown


class ChainAdjacency(Component):
    """How near the candidate's chain nodes lie to the nodes that the need is about.

    max over both of r(a, b), which is 1 for the same node and falls with the way along supply links and the tree.
    A need that names no node is held against what supplies the asker's own nodes; the asker's own nodes never count
    for themselves, since who stands there is a rival.
    """

    name = "chain"

    def fit(self, profiles: Profiles) -> Self:
        self.nodes_ = profiles.organisations.nodes
        self.related_ = profiles.taxonomy.related
        self.supplies_ = profiles.taxonomy.supplies
        self.names_ = profiles.vocabulary["nodes"]
        self.node_of_capability_ = profiles.taxonomy.node_of_capability
        self._last_nearness: LastAnswer[NDArray[Any] | None] = LastAnswer()
        return self

    def _nearness(self, need: Need) -> NDArray[Any] | None:
        """Worth of each node to the need, or None where neither need nor asker names a node."""
        return self._last_nearness.to(need, lambda: self._measure(need))

    def _measure(self, need: Need) -> NDArray[Any] | None:
        asked = np.unique(self.node_of_capability_[[item.column for item in need.capabilities]])
        asked = asked[asked != UNKNOWN]
        if len(asked):
            return np.asarray(self.related_[asked].max(axis=0).todense()).ravel()
        if len(need.nodes):
            return np.asarray(self.supplies_[:, need.nodes].max(axis=1).todense()).ravel()
        return None

    def score_candidates(self, need: Need, candidates: Candidates) -> Scores:
        scores = unknown(candidates)
        nearness = self._nearness(need)
        if nearness is None:
            return scores
        stated = np.flatnonzero((np.diff(self.nodes_.indptr) > 0)[candidates.organisation])
        nodes = self.nodes_[candidates.organisation[stated]]
        if len(stated):
            scores[stated] = np.maximum.reduceat(nearness[nodes.indices], nodes.indptr[:-1])
        return scores

    def evidence(self, need: Need, candidates: Candidates, row: int) -> Evidence:
        nearness = self._nearness(need)
        assert nearness is not None
        nodes, _values = entries(self.nodes_, candidates.organisation[row])
        best = nodes[int(np.argmax(nearness[nodes]))]
        return Evidence("chain.node", {"node": self.names_[best], "nearness": round(float(nearness[best]), 2)})
