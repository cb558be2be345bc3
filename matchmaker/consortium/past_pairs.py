"""Who of the candidates has worked with whom: what a team gains from members that know each other."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, triu

from matchmaker.network.past import Past, Timeline, scale_rows
from matchmaker.network.similar import has_subject, joint_projects_like
from matchmaker.network.ties import newman_weights
from matchmaker.profiles import Ints, Need, Profiles, Scores
from matchmaker.scoring.curves import log_share

HALF_LIFE_YEARS = 3.0
# Chosen on past consortia, as the likeness was (docs/benchmarks.md).
TYPICAL = 0.01
PER_CANDIDATE, MOST = 3, 1_000


@dataclass(frozen=True, slots=True, eq=False)
class PastPairs:
    """Pairs of candidates, how close each is in [0, 1], and in how many projects both were."""

    pairs: Ints  # p x 2, rows of the candidates
    closeness: Scores
    projects: Ints


def past_pairs(profiles: Profiles, need: Need, organisations: Ints, *, without: int | None = None) -> PastPairs:
    """The closest pairs by joint projects before the need's day, `PER_CANDIDATE` each and `MOST` in all.

    The tie of two is t = sum over their joint projects of likeness^2 * 2^(-age / half-life) / (members - 1), with the
    likeness of the project to the need (1 where the need has no subject): who has worked together on something else
    is no closer for it here. Closeness is l / (1 + l) with l = ln(1 + t / `TYPICAL`). `without` is a row in no pair.
    """
    past = Timeline.of(profiles).known_to(need)
    rows = np.array([row for row in range(len(organisations)) if row != without], np.int32)
    members = csr_array(past.members[:, organisations[rows]])
    tie = triu(_shared(past, need, members), k=1).tocoo()
    chosen = np.fromiter(_closest(tie.row, tie.col, tie.data), np.intp)
    pairs = np.stack([tie.row[chosen], tie.col[chosen]], axis=1)
    both = [past.of_both(*organisations[rows[pair]]) for pair in pairs]
    return PastPairs(
        rows[pairs].astype(np.int32).reshape(-1, 2),
        log_share(tie.data[chosen], TYPICAL),
        np.array([len(projects) for projects in both], np.int32),
    )


def _shared(past: Past, need: Need, members: csr_array) -> csr_array:
    counts = joint_projects_like(past, need, half_life_years=HALF_LIFE_YEARS)
    if not has_subject(need):
        counts = past.decay(need.day, HALF_LIFE_YEARS)
    return csr_array(members.T @ scale_rows(members, newman_weights(past) * counts))


def _closest(first: Ints, second: Ints, tie: Scores) -> Iterator[int]:
    """Pairs by strength, each candidate in so many of them; equal ones in the order of the candidates."""
    left = np.full(int(max(first.max(initial=-1), second.max(initial=-1))) + 1, PER_CANDIDATE)
    found = 0
    for pair in np.lexsort((second, first, -tie)):
        if found == MOST:
            return
        if tie[pair] > 0 and left[first[pair]] and left[second[pair]]:
            left[first[pair]] -= 1
            left[second[pair]] -= 1
            found += 1
            yield int(pair)
