"""A map of who moves in whose circles: nearby stand those who worked with the same others, at any remove."""

import numpy as np
from scipy.sparse import csr_array, diags_array
from scipy.sparse.linalg import svds

from matchmaker.network.past import Measures, Past
from matchmaker.network.ties import newman_weights

DIMENSIONS = 64
HALF_LIFE_YEARS = 3.0
FAINT = 1e-2
SHORTEST = 1e-6  # what is shorter is what rounding has left of nothing


def circle_map(past: Past) -> Measures:
    """Organisations x dimensions, rows of unit length; zeros for one without a joint project.

    Truncated singular value decomposition of projects x organisations, a project weighted by the root of
    2^(-age / 3 years) / (members - 1) and an organisation by one over the fourth root of its ties, so that neither
    a big project nor a busy organisation draws the map to itself. A past that has no more dimensions than the map
    keeps all of them; else `DIMENSIONS`, those of the largest values. Worked out once for a past.
    """
    return past.once("circle map", past.rows, lambda: _draw(past))


def _draw(past: Past) -> Measures:
    joint = np.flatnonzero(past.sizes > 1)
    if len(joint) == 0:
        return np.zeros((past.members.shape[1], 1))
    weights = np.sqrt(newman_weights(past) * past.decay(int(past.day[-1]), HALF_LIFE_YEARS))[joint]
    weighted = csr_array(diags_array(weights) @ past.members[joint])
    ties = np.sqrt(np.asarray(weighted.power(2).sum(axis=0)).ravel() + FAINT)
    return unit(_main_axes(csr_array(weighted @ diags_array(1 / np.sqrt(ties)))))


def _main_axes(matrix: csr_array) -> Measures:
    """Columns of the matrix by its right singular vectors, each as long as its singular value."""
    if min(matrix.shape) <= DIMENSIONS:
        _, values, axes = np.linalg.svd(matrix.toarray(), full_matrices=False)
    else:  # the same start for the same past, so that the map does not change from call to call
        rng = np.random.default_rng(0)
        _, values, axes = svds(matrix, k=DIMENSIONS, v0=rng.normal(size=min(matrix.shape)), rng=rng)
    return np.asarray(axes.T * values, np.float64)


def unit(rows: Measures) -> Measures:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > SHORTEST)
