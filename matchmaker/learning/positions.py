"""How likely each place of a list is to be looked at, learned from candidates that stood at different places."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.isotonic import isotonic_regression

from matchmaker.profiles import Mask, Scores

# A row may count for at most so many, or one lucky answer far down the list would outweigh the rest.
MOST_WEIGHT = 10.0
# What is assumed of the places counts like so many answers at each, so that little data changes it little.
PULL = 10.0
ROUNDS = 100


@dataclass(frozen=True, slots=True, eq=False)
class Showings:
    """n times that a candidate stood on a list. Rows with the same `pair` are the same candidate for the same need.

    A candidate that has had its answer may go on being shown; `answered` marks the one showing that it came from.
    """

    pair: NDArray[np.int64]
    position: NDArray[np.int64]  # from 1
    answered: Mask

    def __len__(self) -> int:
        return len(self.pair)


def assumed(places: int) -> Scores:
    """1 / log2(r + 1): what is believed of place r before anything is known."""
    return np.asarray(1 / np.log2(np.arange(places) + 2), np.float64)


def examination(showings: Showings, *, places: int, pull: float = PULL) -> Scores:
    """The chance that each place is looked at, relative to the first; it never rises down the list.

    The position-based model: an answer comes where the place is looked at (theta_r) and the candidate deserves one
    (gamma of the pair), at the rate theta_r gamma. Given that a pair was answered once, where it stood says at which
    place with the chances theta_r / sum theta over its places, whatever gamma is; so the same candidate at different
    places is the experiment, and how good lists are drops out. Solved by minorisation, as Bradley and Terry's model is,
    with `pull` answers of `assumed` at each place.
    """
    place = np.minimum(showings.position, places) - 1
    _, pair = np.unique(showings.pair, return_inverse=True)
    answers_of = np.bincount(pair, showings.answered)
    tells = _stood_elsewhere(pair, place)
    prior = assumed(places)
    answers_at = np.bincount(place, showings.answered & tells, places)
    theta, expected = prior, prior
    for _ in range(ROUNDS):
        rate = answers_of / np.maximum(np.bincount(pair, theta[place]), 1e-12)
        expected = np.asarray(np.bincount(place, rate[pair] * tells, places), np.float64)
        theta = (answers_at + pull * prior) / (expected + pull)
    falling = isotonic_regression(theta, sample_weight=expected + pull, increasing=False)
    return np.asarray(np.clip(falling / falling[0], 0.0, 1.0), np.float64)


def _stood_elsewhere(pair: NDArray[np.intp], place: NDArray[np.int64]) -> Mask:
    """Rows whose pair stood at another place too; the others cannot tell the place from the candidate."""
    count = int(pair.max(initial=-1)) + 1
    lowest, highest = np.full(count, np.iinfo(np.int64).max), np.full(count, -1, np.int64)
    np.minimum.at(lowest, pair, place)
    np.maximum.at(highest, pair, place)
    return np.asarray(lowest[pair] < highest[pair])


def weights_of(position: NDArray[np.int64], answered: Mask, theta: Scores) -> Scores:
    """What each showing counts for, so that every place speaks as if all were looked at.

    An answer at place r stands for 1 / theta_r of its kind, at most `MOST_WEIGHT`. Who was passed over counts by the
    chance of having been looked at, over the same theta_r: (1 - g) / (1 - theta_r g), with g the share of candidates
    that get an answer where they are looked at.
    """
    looked = theta[np.minimum(position, len(theta)) - 1]
    inverse = np.minimum(1 / np.maximum(looked, 1e-9), MOST_WEIGHT)
    share = min(float(inverse[answered].sum() / max(len(position), 1)), 0.95)
    return np.asarray(np.where(answered, inverse, (1 - share) / (1 - looked * share)), np.float64)
