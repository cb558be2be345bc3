"""Mixing a list: newcomers and small firms get their share of the first places, at the least cost in order."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from matchmaker.profiles import PROJECT_KINDS, SIZES, UNKNOWN, Mask, Profiles, Scores
from matchmaker.ranking import PRICED, WORTH_SHOWING, Ranking, evidence_of, take_rows
from models.enums import ProjectKind, SizeClass

Rows = NDArray[np.intp]
PARTNERSHIP = PROJECT_KINDS.index(ProjectKind.CONSORTIUM)


@dataclass(frozen=True, slots=True)
class Floors:
    """How many of the first `depth` places are for newcomers and for small firms, at least, and at what price.

    Who moves up stands within `nearness` of the last place (as a share of its value) and is justified by itself. The
    first places lose at most `largest_loss` of their mean value; where that or the number of those who are justified
    does not suffice, the floors are met as far as it goes.
    """

    newcomer_share: float = 0.0
    small_share: float = 0.0
    depth: int = 20
    largest_loss: float = 0.02
    nearness: float = 0.1
    projects_at_most: int = 1
    founded_within_days: int = 365
    small_sizes: frozenset[SizeClass] = frozenset({SizeClass.MICRO, SizeClass.SMALL})

    @property
    def wanted(self) -> tuple[int, int]:
        """Places of newcomers and of small firms, whole ones."""
        return tuple(int(share * self.depth + 1e-9) for share in (self.newcomer_share, self.small_share))  # type: ignore[return-value]


@dataclass(frozen=True, slots=True, eq=False)
class Mix:
    """A list in another order: `order` holds the rows of the list before."""

    order: Rows
    moved: Rows  # rows of the list before that a floor has brought among the first places
    lost: float  # by how much the mean value of the first places is lower


@dataclass(frozen=True, slots=True, eq=False)
class Mixed:
    """A mixed ranking, with what is told of it: who is a newcomer or small, where each stood before, the price."""

    ranking: Ranking
    before: Rows  # row of the unmixed list
    is_moved: Mask  # stands among the first places because of a floor
    is_newcomer: Mask
    is_small: Mask
    projects: NDArray[np.intp]  # on record
    newcomers_stand_out: bool  # at most half of the first places are theirs: a badge that all carry says nothing
    lost: float  # of the mean order of the first places
    fit_lost: float  # of their mean fit, as people see it


def mixed(ranking: Ranking, profiles: Profiles, floors: Floors) -> Mixed:
    """`ranking` with the floors met; it must hold as many rows as prices reach, whatever page is shown."""
    organisations = ranking.candidates.organisation
    projects = projects_before(profiles, ranking.need.day)
    is_newcomer = newcomers(profiles, floors, projects, day=ranking.need.day)[organisations]
    is_small = np.isin(profiles.organisations.size[organisations], [SIZES.index(size) for size in floors.small_sizes])
    reach = slice(0, PRICED)
    mix = choose(
        (ranking.blend.order - ranking.lowered)[reach],
        is_newcomer[reach],
        is_small[reach],
        (evidence_of(ranking.blend) >= WORTH_SHOWING)[reach],
        floors,
    )
    order = np.concatenate([mix.order, np.arange(len(mix.order), len(organisations))])
    fit = ranking.blend.fit
    return Mixed(
        ranking=replace(
            ranking,
            candidates=ranking.candidates.take(order),
            blend=take_rows(ranking.blend, order),
            lowered=ranking.lowered[order],
        ),
        before=order,
        is_moved=np.isin(order, mix.moved),
        is_newcomer=is_newcomer[order],
        is_small=is_small[order],
        projects=projects[organisations][order],
        newcomers_stand_out=bool(_mean(is_newcomer[order][: floors.depth].astype(float)) <= 0.5),
        lost=mix.lost,
        fit_lost=_mean(fit[: floors.depth]) - _mean(fit[order][: floors.depth]),
    )


def projects_before(profiles: Profiles, day: int) -> NDArray[np.intp]:
    """How many joint projects begun before `day` each organisation has on record."""
    history = profiles.history
    counts = (history.kind == PARTNERSHIP) & (history.day < day)
    took_part = np.repeat(counts, np.diff(history.members.indptr))
    return np.bincount(history.members.indices[took_part], minlength=len(profiles.organisations))


def newcomers(profiles: Profiles, floors: Floors, projects: NDArray[np.intp], *, day: int) -> Mask:
    """Organisations with few projects on record, or founded lately."""
    founded = profiles.organisations.founded
    is_young = (founded != UNKNOWN) & (founded > day - floors.founded_within_days) & (founded <= day)
    return (projects <= floors.projects_at_most) | is_young


def choose(values: Scores, is_newcomer: Mask, is_small: Mask, is_justified: Mask, floors: Floors) -> Mix:
    """Who stands among the first places, by the highest sum of `values` that meets the floors; the list is sorted.

    Candidates fall into four groups (neither, newcomer, small, both). Of each group the best are taken, so a choice is
    four numbers that sum to the depth, and all of them are tried.
    """
    depth = min(floors.depth, len(values))
    rows = np.arange(len(values))
    if depth == 0 or depth == len(values) or floors.wanted == (0, 0):
        return Mix(rows, rows[:0], 0.0)
    cut = values[depth - 1]
    may_move = is_justified & (values >= cut - floors.nearness * abs(cut)) & (is_newcomer | is_small)
    group = is_newcomer + 2 * is_small.astype(np.intp)
    groups = [rows[(group == which) & ((rows < depth) | may_move)] for which in range(4)]
    taken = _best_counts(values, groups, depth, floors)
    first = np.sort(np.concatenate([members[:count] for members, count in zip(groups, taken, strict=True)]))
    behind = np.setdiff1d(rows, first)
    lost = _mean(values[:depth]) - _mean(values[first])
    return Mix(np.concatenate([first, behind]), first[first >= depth], max(lost, 0.0))


def _best_counts(values: Scores, groups: Sequence[Rows], depth: int, floors: Floors) -> tuple[int, ...]:
    """How many to take of each group: the fewest places short, then the least lost, then the fewest moved."""
    sizes = [min(len(members), depth) for members in groups]
    some = np.meshgrid(*(np.arange(size + 1) for size in sizes[1:]), indexing="ij")
    newcomer, small, both = (counts.ravel() for counts in some)
    neither = depth - newcomer - small - both
    fits = (neither >= 0) & (neither <= sizes[0])
    counts = np.stack([neither, newcomer, small, both])[:, fits]
    sums = [np.concatenate([[0.0], np.cumsum(values[members])]) for members in groups]
    lost = values[:depth].sum() - sum(total[count] for total, count in zip(sums, counts, strict=True))
    wanted = floors.wanted
    short = np.maximum(wanted[0] - counts[1] - counts[3], 0) + np.maximum(wanted[1] - counts[2] - counts[3], 0)
    core = np.array([np.count_nonzero(members < depth) for members in groups])
    moved = np.maximum(counts - core[:, None], 0).sum(axis=0)
    allowed = np.flatnonzero((lost <= floors.largest_loss * depth + 1e-12) | (moved == 0))
    best = allowed[np.lexsort((moved[allowed], np.round(lost[allowed], 9), short[allowed]))[0]]
    return tuple(int(count) for count in counts[:, best])


def _mean(values: Scores) -> float:
    return float(values.mean()) if len(values) else 0.0
