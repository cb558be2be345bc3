"""One set of candidates out of all ways of finding them."""

import numpy as np
from numpy.typing import NDArray

from matchmaker.profiles import UNKNOWN, Candidates, Need, Profiles
from matchmaker.retrieval import record, tags
from matchmaker.retrieval.dense import DenseRetrieval

# Below this many rows finding costs more than scoring everybody.
SCORE_ALL = 5_000
TOP_DENSE = 2_000
TOP_TAGS = 1_000
TOP_RECORD = 1_000


def retrieve(need: Need, profiles: Profiles, dense: DenseRetrieval) -> Candidates:
    """Offers and bare organisations worth scoring for `need`, each once, in the order of their rows."""
    bare = _without_offers(profiles)
    if len(profiles.offers) + len(bare) <= SCORE_ALL:
        return _together(profiles, np.arange(len(profiles.offers)), bare)
    offers = [tags.retrieve(need.capabilities, profiles, top=TOP_TAGS)]
    if need.vector is not None:
        offers.append(dense.search(need.vector, top=TOP_DENSE))
    by_record = record.retrieve(need, profiles.history, top=TOP_RECORD)
    bare = bare[np.isin(bare, by_record)]
    of_known = np.flatnonzero(np.isin(profiles.offers.owner, by_record))
    return _together(profiles, np.unique(np.concatenate([*offers, of_known])), bare)


def of_organisation(profiles: Profiles, organisation: int) -> Candidates:
    """Everything by which one organisation can be judged: its offers, or its record alone; a closed one by nothing."""
    offers = np.flatnonzero(profiles.offers.owner == organisation)
    by_record = not len(offers) and profiles.organisations.is_active[organisation]
    return _together(profiles, offers, np.flatnonzero([by_record]) + organisation)


def _without_offers(profiles: Profiles) -> NDArray[np.intp]:
    has_offer = np.zeros(len(profiles.organisations), dtype=bool)
    has_offer[profiles.offers.owner] = True
    return np.flatnonzero(~has_offer & profiles.organisations.is_active)


def _together(profiles: Profiles, offers: NDArray[np.intp], bare: NDArray[np.intp]) -> Candidates:
    owners = profiles.offers.owner[offers]
    return Candidates(
        np.concatenate([owners, bare]).astype(np.int32),
        np.concatenate([offers, np.full(len(bare), UNKNOWN)]).astype(np.int32),
    )
