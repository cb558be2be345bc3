"""The words of past projects, and a new text in the same words."""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_array

from matchmaker.text.segment import words


def weigh(texts: Sequence[str]) -> tuple[csr_array, list[str]]:
    """TF-IDF rows of unit length for `texts`, and the words of the columns."""
    if not any(text.strip() for text in texts):
        return csr_array((len(texts), 0), dtype=np.float32), []
    # Loaded when it is first needed: it takes most of a second, which a start of the server has no use for.
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(analyzer=lambda text: list(words(text)), min_df=1, dtype=np.float32)
    matrix = csr_array(vectorizer.fit_transform(texts))
    return _narrow(matrix), [str(word) for word in vectorizer.get_feature_names_out()]


def weigh_like(text: str, history: csr_array, words_of_columns: Sequence[str]) -> csr_array:
    """`text` as one row in the columns of `history`, with the same inverse document frequencies."""
    said = set(words(text))
    row_of_word = {word: row for row, word in enumerate(words_of_columns) if word in said}
    rows = [row_of_word[word] for word in words(text) if word in row_of_word]
    counts = np.bincount(rows, minlength=history.shape[1]).astype(np.float32) if rows else None
    if counts is None:
        return csr_array((1, history.shape[1]), dtype=np.float32)
    documents = np.bincount(history.indices, minlength=history.shape[1])
    counts *= np.log((1 + history.shape[0]) / (1 + documents)) + 1
    return _narrow(csr_array(counts[None, :] / np.linalg.norm(counts)))


def _narrow(matrix: csr_array) -> csr_array:
    return csr_array(
        (matrix.data.astype(np.float32), matrix.indices.astype(np.int32), matrix.indptr.astype(np.int32)),
        shape=matrix.shape,
    )
