"""Hard rules: who is no candidate for a need, with one reason each. A rule never lowers a score, it removes."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matchmaker.profiles import UNKNOWN, Candidates, Mask, Need, Profiles, Smalls


class Reason(StrEnum):
    """Why a candidate is hidden; the first that holds is named."""

    OWN = "own"
    EXCLUDED = "excluded"
    EXPIRED = "expired"
    KIND_NOT_WANTED = "kind_not_wanted"
    PLACE_NOT_WANTED = "place_not_wanted"
    TYPE_NOT_ACCEPTED = "type_not_accepted"
    OTHER_KIND_WANTED = "other_kind_wanted"
    OTHER_PLACE_WANTED = "other_place_wanted"
    NO_FREE_CAPACITY = "no_free_capacity"
    MUST_MISSING = "must_missing"


ELIGIBLE = UNKNOWN
Rule = Callable[[Need, Profiles, Candidates], Mask]


def reasons(need: Need, profiles: Profiles, candidates: Candidates) -> Smalls:
    """Row of `Reason` per candidate, ELIGIBLE where none holds. What is unknown never excludes."""
    verdicts = np.full(len(candidates), ELIGIBLE, dtype=np.int8)
    for number, reason in enumerate(Reason):
        open_still = np.flatnonzero(verdicts == ELIGIBLE)
        breaks = RULES[reason](need, profiles, candidates.take(open_still))
        verdicts[open_still[breaks]] = number
    return verdicts


def _own(need: Need, profiles: Profiles, candidates: Candidates) -> Mask:
    return candidates.organisation == (UNKNOWN if need.organisation is None else need.organisation)


def _excluded(need: Need, profiles: Profiles, candidates: Candidates) -> Mask:
    return np.isin(candidates.organisation, list(need.excluded))


def _expired(need: Need, profiles: Profiles, candidates: Candidates) -> Mask:
    return _of_offer(profiles.offers.last_day < need.day, candidates)


def _kind_not_wanted(need: Need, profiles: Profiles, candidates: Candidates) -> Mask:
    kind = profiles.organisations.kind[candidates.organisation]
    return _unwelcome(np.full(len(candidates), need.wants_kinds, dtype=np.uint16), kind)


def _place_not_wanted(need: Need, profiles: Profiles, candidates: Candidates) -> Mask:
    place = profiles.organisations.place[candidates.organisation]
    if not need.wants_places:
        return np.zeros(len(candidates), dtype=bool)
    return (place != UNKNOWN) & ~np.isin(place, list(need.wants_places))


def _type_not_accepted(need: Need, profiles: Profiles, candidates: Candidates) -> Mask:
    if not need.types:
        return np.zeros(len(candidates), dtype=bool)
    return _of_offer(~np.isin(profiles.offers.type, list(need.types)), candidates)


def _other_kind_wanted(need: Need, profiles: Profiles, candidates: Candidates) -> Mask:
    return _of_offer(_unwelcome(profiles.offers.wants_kinds, np.int8(need.kind)), candidates)


def _other_place_wanted(need: Need, profiles: Profiles, candidates: Candidates) -> Mask:
    if need.place == UNKNOWN:
        return np.zeros(len(candidates), dtype=bool)
    places = profiles.offers.places
    has_wishes = np.diff(places.indptr) > 0
    welcomes = np.zeros(places.shape[0], dtype=bool)
    rows_of_wishes = np.repeat(np.arange(places.shape[0]), np.diff(places.indptr))
    welcomes[rows_of_wishes[places.indices == need.place]] = True
    return _of_offer(has_wishes & ~welcomes, candidates)


def _no_free_capacity(need: Need, profiles: Profiles, candidates: Candidates) -> Mask:
    return profiles.organisations.free_capacity[candidates.organisation] <= 0  # NaN compares as False: unknown stays


def _must_missing(need: Need, profiles: Profiles, candidates: Candidates) -> Mask:
    missing = np.zeros(len(candidates), dtype=bool)
    musts = [required for required in need.capabilities if required.is_must]
    if not musts:
        return missing
    judged = np.flatnonzero(candidates.offer != UNKNOWN)
    levels = profiles.offers.capabilities[candidates.offer[judged]]
    stated = np.diff(levels.indptr) > 0
    for required in musts:
        reached = levels[:, [required.column]].toarray().ravel() >= required.level
        missing[judged] |= stated & ~reached
    return missing


def _of_offer(breaks: Mask, candidates: Candidates) -> Mask:
    """What holds of its offer holds of the candidate; who is judged by the record alone breaks nothing."""
    has_offer = candidates.offer != UNKNOWN
    result = np.zeros(len(candidates), dtype=bool)
    result[has_offer] = breaks[candidates.offer[has_offer]]
    return result


def _unwelcome(wanted_bits: NDArray[Any], kind: NDArray[Any] | np.int8) -> Mask:
    welcome = (wanted_bits >> np.maximum(kind, 0).astype(np.uint16)) & 1
    return (wanted_bits != 0) & (kind != UNKNOWN) & (welcome == 0)


RULES: dict[Reason, Rule] = {
    Reason.OWN: _own,
    Reason.EXCLUDED: _excluded,
    Reason.EXPIRED: _expired,
    Reason.KIND_NOT_WANTED: _kind_not_wanted,
    Reason.PLACE_NOT_WANTED: _place_not_wanted,
    Reason.TYPE_NOT_ACCEPTED: _type_not_accepted,
    Reason.OTHER_KIND_WANTED: _other_kind_wanted,
    Reason.OTHER_PLACE_WANTED: _other_place_wanted,
    Reason.NO_FREE_CAPACITY: _no_free_capacity,
    Reason.MUST_MISSING: _must_missing,
}
