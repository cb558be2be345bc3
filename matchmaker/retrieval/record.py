"""Organisations that took part in earlier work on what is needed, or together with the one who asks."""

import numpy as np
from numpy.typing import NDArray

from matchmaker.profiles import UNKNOWN, History, Need


def retrieve(need: Need, history: History, *, top: int) -> NDArray[np.intp]:
    """The `top` organisations by how much of their earlier work shares a tag or a member with the need."""
    if not len(history):
        return np.empty(0, dtype=np.intp)
    earlier = (history.day != UNKNOWN) & (history.day < need.day)
    if need.project_kind != UNKNOWN:
        earlier &= history.kind == need.project_kind
    shared = np.zeros(len(history), dtype=np.float32)
    if len(need.tags):
        asked = np.zeros(history.tags.shape[1], dtype=np.float32)
        asked[need.tags] = 1
        shared += (history.tags @ asked) / len(need.tags)
    if need.organisation is not None and need.organisation < history.members.shape[1]:
        shared += history.members[:, [need.organisation]].toarray().ravel()
    value = history.members.T @ (shared * earlier)
    hits = np.flatnonzero(value > 0)
    return hits[np.argsort(-value[hits], kind="stable")[:top]]
