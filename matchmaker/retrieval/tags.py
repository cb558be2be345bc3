"""Offers that name a capability that is asked for, or a near one."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from matchmaker.profiles import Profiles, RequiredCapability


def relevance(required: tuple[RequiredCapability, ...], similarity: csr_array) -> NDArray[np.float32]:
    """How much each capability is worth to the need: the weight of what is asked, times how near it lies."""
    worth = np.zeros(similarity.shape[0], dtype=np.float32)
    for item in required:
        begin, end = similarity.indptr[item.column], similarity.indptr[item.column + 1]
        near = similarity.indices[begin:end]
        worth[near] = np.maximum(worth[near], item.weight * similarity.data[begin:end])
    return worth


def retrieve(required: tuple[RequiredCapability, ...], profiles: Profiles, *, top: int) -> NDArray[np.intp]:
    """The `top` offers by summed relevance of what they can do; only offers that can do something of it."""
    if not required:
        return np.empty(0, dtype=np.intp)
    worth = relevance(required, profiles.taxonomy.similarity)
    capabilities = profiles.offers.capabilities
    value = (
        csr_array(
            (np.ones_like(capabilities.data), capabilities.indices, capabilities.indptr), shape=capabilities.shape
        )
        @ worth
    )
    hits = np.flatnonzero(value > 0)
    return hits[np.argsort(-value[hits], kind="stable")[:top]]
