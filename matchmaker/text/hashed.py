"""Vectors without a language model, for machines on which the sentence encoder cannot run."""

from collections.abc import Callable, Sequence

import numpy as np

from matchmaker.profiles import Floats
from matchmaker.text.embed import MAX_CHARACTERS, Side, unit_rows
from matchmaker.text.segment import words

WIDTH = 2**14


class HashedWords:
    """Words hashed to a wide space and projected to a narrow one; cosines keep to within about 1/sqrt(dimensions).

    Languages meet only in the terms that `terms_of` finds in both, which weigh as much as three words each.
    It needs no fit, so its vectors can be kept and compared for ever.
    """

    name = "hashed-words-1"
    dimensions = 384

    def __init__(self, terms_of: Callable[[str], Sequence[str]]) -> None:
        # Loaded when it is first needed: it takes most of a second, which a start of the server has no use for.
        from sklearn.feature_extraction.text import HashingVectorizer

        self._terms_of = terms_of
        self._hashing = HashingVectorizer(n_features=WIDTH, analyzer=self._features, norm="l2")
        projection = np.random.default_rng(20261122).standard_normal((WIDTH, self.dimensions), dtype=np.float32)
        self._projection = projection / np.float32(np.sqrt(self.dimensions))

    def _features(self, text: str) -> list[str]:
        terms = [f"{term}#{copy}" for term in self._terms_of(text) for copy in range(3)]
        return [*(word for word in words(text) if len(word) > 1), *terms]

    def encode(self, texts: Sequence[str], side: Side) -> Floats:
        counts = self._hashing.transform([text[:MAX_CHARACTERS] for text in texts])
        return unit_rows(np.asarray(counts @ self._projection, dtype=np.float32))
