"""Past projects that resemble a need, by their tags and by their words."""

import numpy as np
from scipy.sparse import csr_array

from matchmaker.network.past import Measures, Past
from matchmaker.profiles import Ints, Need

FAINT = 1e-9
LENGTH_STEEPNESS = 2.0  # twice as long counts a quarter
UNKNOWN_LENGTH = 0.3


def similarity(past: Past, need: Need) -> Measures:
    """Cosine of each past project to the need in [0, 1]: the mean of tags and words, where both can be told."""
    return past.once("similarity", need, lambda: _similarity(past, need))


def _similarity(past: Past, need: Need) -> Measures:
    by_tags, by_words = tag_similarity(past, need.tags), word_similarity(past, need.words)
    known = (~np.isnan(by_tags)).astype(float) + ~np.isnan(by_words)
    total = np.nan_to_num(by_tags) + np.nan_to_num(by_words)
    return np.divide(total, known, out=np.full(len(past), np.nan), where=known > 0)


def tag_similarity(past: Past, tags: Ints) -> Measures:
    """Cosine of idf-weighted tags over the families (topic, call, ...) in which both have a tag.

    A project whose call nobody recorded is no less similar for that. NaN where they share no family.
    """
    wanted = np.zeros(past.tags.shape[1])
    learned = tags[tags < len(wanted)]  # a tag that is newer than the history is in no project of it
    wanted[learned] = past.idf[learned]
    wanted_by_family = past.families.T @ wanted**2
    asked = (wanted_by_family > 0).astype(float)
    length = np.sqrt((past.family_weights @ asked) * (past.has_family @ wanted_by_family))
    overlap = past.tags @ (past.idf * wanted)
    cosine = np.divide(overlap, length, out=np.full(len(past), np.nan), where=length > 0)
    return np.minimum(cosine, 1.0)


def word_similarity(past: Past, words: csr_array | None) -> Measures:
    """Cosine of weighted words; NaN where the project has no text, or the need none."""
    return word_cosines(past.words, words)


def word_cosines(texts: csr_array, words: csr_array | None) -> Measures:
    """The same for any rows of weighted words."""
    if words is None or words.nnz == 0:
        return np.full(texts.shape[0], np.nan)
    cosine = np.asarray(texts @ words.toarray().ravel(), np.float64)
    return np.where(np.diff(texts.indptr) > 0, np.clip(cosine, 0.0, 1.0), np.nan)


def length_closeness(past: Past, months: float) -> Measures:
    """exp(-`LENGTH_STEEPNESS` |ln(its months / those asked for)|); a small value for a project that does not say.

    How long it lasts tells a training network from a demonstration plant where nobody recorded the kind of project.
    1 for all where the need does not say.
    """
    if not months > 0:
        return np.ones(len(past))
    said = past.months > 0
    ratio = np.where(said, past.months, months).astype(np.float64) / months
    return np.where(said, np.exp(-LENGTH_STEEPNESS * np.abs(np.log(ratio))), UNKNOWN_LENGTH)


def _closeness(past: Past, need: Need) -> Measures:
    return past.once("length closeness", need, lambda: length_closeness(past, need.months))


def has_subject(need: Need) -> bool:
    """Whether the need says anything that a project could resemble."""
    return len(need.tags) > 0 or (need.words is not None and need.words.nnz > 0)


def likeness(past: Past, need: Need) -> Measures:
    """Similarity of tags and words times closeness in length; 0 where nothing can be compared."""
    return past.once("likeness", need, lambda: np.nan_to_num(similarity(past, need)) * _closeness(past, need))


def joint_projects_like(past: Past, need: Need, *, half_life_years: float) -> Measures:
    """similarity^2 * closeness in length * 2^(-age / half-life) of projects with two members at least; 0 for others."""

    def work_out() -> Measures:
        alike = similar_projects(past, need, half_life_years=half_life_years)
        return np.where(past.sizes > 1, alike * _closeness(past, need), 0.0)

    return past.once(f"joint projects like, {half_life_years}", need, work_out)


def similar_projects(past: Past, need: Need, *, half_life_years: float) -> Measures:
    """similarity^2 * 2^(-age / half-life), so that a few near projects outweigh many faint ones; 0 where unknown."""
    return weights_of(similarity(past, need), past, day=need.day, half_life_years=half_life_years)


def weights_of(likeness: Measures, past: Past, *, day: int, half_life_years: float) -> Measures:
    """The same from a similarity that is known already."""
    weights = np.nan_to_num(likeness) ** 2 * past.decay(day, half_life_years)
    return np.where(weights > FAINT, weights, 0.0)
