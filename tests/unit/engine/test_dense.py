"""Nearest texts by one bit a dimension: what it finds, and how it keeps its promise."""

import numpy as np
import pytest

from matchmaker.profiles import Floats
from matchmaker.retrieval.dense import LEAST_RECALL, DenseRetrieval
from matchmaker.text.embed import to_bytes


def texts(count: int, *, seed: int = 1, dimensions: int = 64) -> Floats:
    """Unit rows in clusters, as texts lie: about a tenth as many subjects as texts."""
    generator = np.random.default_rng(seed)
    subjects = generator.standard_normal((max(1, count // 10), dimensions))
    noise = 0.7 * generator.standard_normal((count, dimensions))
    rows = subjects[generator.integers(len(subjects), size=count)] + noise
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def slow_search(vectors: Floats, vector: Floats, *, top: int) -> np.ndarray:
    """Every cosine, written for reading."""
    return np.argsort(-(vectors @ vector), kind="stable")[:top]


def test_few_texts_are_all_measured_in_full() -> None:
    vectors = texts(500)
    dense = DenseRetrieval().fit(to_bytes(vectors))

    found = dense.search(vectors[7], top=20)

    rounded = to_bytes(vectors).astype(np.float32)
    rounded /= np.linalg.norm(rounded, axis=1, keepdims=True)
    np.testing.assert_array_equal(found, slow_search(rounded, vectors[7], top=20))


def test_the_build_finds_how_many_rows_it_must_measure_again() -> None:
    vectors = texts(6_000)
    dense = DenseRetrieval().fit(to_bytes(vectors))

    queries = texts(6_040)[6_000:]
    recall = [np.isin(slow_search(vectors, query, top=50), dense.search(query, top=50)).mean() for query in queries]

    assert np.mean(recall) >= LEAST_RECALL - 0.02
    assert dense.rescored_ < len(vectors)


def test_a_filter_costs_no_recall() -> None:
    vectors = texts(6_000)
    dense = DenseRetrieval().fit(to_bytes(vectors))
    among = np.arange(6_000) % 10 == 3

    found = dense.search(vectors[3], among=among, top=30)

    allowed = np.flatnonzero(among)
    truth = allowed[slow_search(vectors[allowed], vectors[3], top=30)]
    assert np.isin(truth, found).mean() >= LEAST_RECALL
    assert among[found].all()


def test_an_edit_is_followed_without_measuring_again() -> None:
    vectors = texts(6_000)
    dense = DenseRetrieval().fit(to_bytes(vectors))
    vectors[5] = texts(6_001)[6_000]

    followed = dense.follow(to_bytes(vectors))

    assert followed.search(vectors[5], top=1).tolist() == [5]
    assert followed.rescored_ == dense.rescored_


def test_rows_without_text_are_never_found() -> None:
    vectors = texts(100)
    vectors[::2] = 0
    dense = DenseRetrieval().fit(to_bytes(vectors))

    assert (dense.search(vectors[1], top=100) % 2 == 1).all()


@pytest.mark.parametrize("count", [0, 1])
def test_next_to_nothing_can_be_searched(count: int) -> None:
    dense = DenseRetrieval().fit(to_bytes(texts(10))[:count])

    assert len(dense.search(texts(1)[0], top=5)) == count
