"""How close what somebody can do is to what is asked for: by capabilities on the taxonomy, else by chain nodes."""

from collections.abc import Iterable, Mapping

import numpy as np
from sqlmodel import Session

from matchmaker.profiles import UNKNOWN, Ints
from matchmaker.services.relay.asking import Question
from matchmaker.store import read_taxonomy
from matchmaker.store.reading import Vocabulary
from matchmaker.taxonomy import SAME_NODE


class Nearness:
    """closeness = sum_q w_q max_c s(q, c) / sum_q w_q over the capabilities asked for, s as in matching.

    Who names no capability, or is asked by a node alone, is judged by nodes: the closest pair on the chain.
    """

    def __init__(self, session: Session, question: Question) -> None:
        self._vocabulary = Vocabulary()
        taxonomy = read_taxonomy(session, self._vocabulary)
        self._similarity = taxonomy.similarity.toarray()
        self._related = taxonomy.related.toarray()
        self._node_of = taxonomy.node_of_capability
        self._asked = self._rows("capabilities", question.weights)
        self._weights = np.array([question.weights[self._code(row)] for row in self._asked])
        asked_nodes = [*self._node_of[self._asked].tolist(), *self._rows("nodes", question.node_codes).tolist()]
        self.asked_nodes = np.unique(np.array([node for node in asked_nodes if node != UNKNOWN], np.int32))

    def of_partner(self, capability_codes: Iterable[str], node_codes: Iterable[str]) -> float:
        """Of somebody who works on the technology. Without capabilities, standing at the very node counts as much as
        another capability of that node does."""
        held = self._rows("capabilities", capability_codes)
        if len(self._asked) and len(held):
            best = self._similarity[np.ix_(self._asked, held)].max(axis=1)
            return float(best @ self._weights / self._weights.sum())
        return SAME_NODE * self._related_to(np.union1d(self._node_of[held], self._rows("nodes", node_codes)))

    def of_scene(self, capability_codes: Iterable[str], node_codes: Iterable[str]) -> float:
        """Of a place where the technology is used. One that says for what is judged by that; else by where it stands:
        what it supplies lies one link down the chain."""
        codes = list(capability_codes)
        if codes and len(self._asked):
            return self.of_partner(codes, ())
        return self._related_to(self._rows("nodes", node_codes))

    def _related_to(self, nodes: Ints) -> float:
        nodes = nodes[nodes != UNKNOWN]
        if not len(self.asked_nodes) or not len(nodes):
            return 0.0
        return float(self._related[np.ix_(self.asked_nodes, nodes)].max())

    def asked_node_codes(self) -> tuple[str, ...]:
        codes = self._vocabulary.codes["nodes"]
        return tuple(codes[row] for row in self.asked_nodes)

    def _rows(self, name: str, codes: Iterable[str] | Mapping[str, float]) -> Ints:
        rows = [self._vocabulary.find(name, code) for code in codes]
        return np.array([row for row in rows if row != UNKNOWN], np.int32)

    def _code(self, row: int) -> str:
        return self._vocabulary.codes["capabilities"][row]
