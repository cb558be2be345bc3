"""What a consortium looks like in figures: plain functions over the columns of its members.

A figure is taken over those of whom it is known, and says of how many it is not. Where nobody is known it is NaN.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from matchmaker.consortium.facts import OWNERSHIPS, Facts
from matchmaker.profiles import KINDS, UNKNOWN, Mask, Scores, Smalls
from models.enums import OrganisationKind, Ownership

STATE = (Ownership.CENTRAL_STATE, Ownership.MUNICIPAL_STATE, Ownership.DISTRICT_STATE)
NO_FIGURE = float("nan")


@dataclass(frozen=True, slots=True)
class Indicator:
    """`value` over the `known` members (or amounts); of `unknown` more it could not be told."""

    value: float
    known: int
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class OwnershipMix:
    """Shares of members by who owns them; they sum to 1. Mixed, foreign and public ones are `other`."""

    state: Indicator
    private: Indicator
    other: Indicator


@dataclass(frozen=True, slots=True)
class Indicators:
    coverage: Indicator
    newcomers: Indicator
    smes: Indicator
    ownership: OwnershipMix
    node_span: Indicator
    concentration: Indicator


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two consortia that share members, by their keys."""

    first: str
    second: str
    shared: frozenset[str]
    share: float  # of the smaller one


def indicators(
    facts: Facts,
    *,
    coverage: Indicator,
    nodes: Sequence[Collection[str] | None],
    newcomer_projects_at_most: int,
) -> Indicators:
    """All of a team whose members are the rows of `facts`; `nodes` are each member's chain nodes, None: not known."""
    return Indicators(
        coverage=coverage,
        newcomers=newcomer_share(facts.projects, projects_at_most=newcomer_projects_at_most),
        smes=sme_share(facts.kind),
        ownership=ownership_mix(facts.ownership),
        node_span=node_span(nodes),
        concentration=concentration(facts.money),
    )


def coverage(levels: Smalls, required: Smalls, weight: Scores) -> Indicator:
    """sum of w_k over the capabilities k that some member has at the level asked for / sum of w_k.

    `levels` is n x K, 0: not at all or not known. Capabilities count as known, all of them.
    """
    if not len(required) or weight.sum() <= 0:
        return Indicator(NO_FIGURE, 0)
    is_met = (levels >= required).any(axis=0)
    return Indicator(float(weight[is_met].sum() / weight.sum()), len(required))


def share(has: Smalls) -> Indicator:
    """Members who have it / members of whom it is known; `has` is 1, 0 or UNKNOWN."""
    known = has != UNKNOWN
    return Indicator(_ratio(float((has == 1).sum()), int(known.sum())), int(known.sum()), int((~known).sum()))


def newcomer_share(projects: Scores, *, projects_at_most: int) -> Indicator:
    """Members with at most so many past joint projects / members whose record may be seen."""
    return share(_told(projects <= projects_at_most, ~np.isnan(projects)))


def sme_share(kind: Smalls) -> Indicator:
    """Members that are small and medium-sized firms / members whose kind is known."""
    return share(_told(kind == KINDS.index(OrganisationKind.SME), kind != UNKNOWN))


def ownership_mix(ownership: Smalls) -> OwnershipMix:
    """State firms, private firms and all others / members whose ownership is known."""
    known = ownership != UNKNOWN
    is_state = np.isin(ownership, [OWNERSHIPS.index(one) for one in STATE])
    is_private = ownership == OWNERSHIPS.index(Ownership.PRIVATE)
    return OwnershipMix(
        state=share(_told(is_state, known)),
        private=share(_told(is_private, known)),
        other=share(_told(~is_state & ~is_private, known)),
    )


def node_span(nodes: Sequence[Collection[str] | None]) -> Indicator:
    """How many different chain nodes the members stand at, together."""
    known = [codes for codes in nodes if codes is not None]
    span = float(len({code for codes in known for code in codes})) if known else NO_FIGURE
    return Indicator(span, len(known), len(nodes) - len(known))


def concentration(money: ArrayLike) -> Indicator:
    """Herfindahl-Hirschman index of the money: sum of (m_i / sum of m)^2 over the members whose share is settled.

    1 where one receives everything, 1 / n where n receive the same.
    """
    amounts = np.asarray(money, float)
    known = amounts[~np.isnan(amounts)]
    total = known.sum()
    value = float(((known / total) ** 2).sum()) if total > 0 else NO_FIGURE
    return Indicator(value, len(known), len(amounts) - len(known))


def overlaps(teams: Mapping[str, Collection[str]]) -> list[Overlap]:
    """Pairs of consortia with members in common: |A and B| / min(|A|, |B|), the closest first, then by key."""
    found = []
    for first, second in combinations(sorted(teams), 2):
        here, there = frozenset(teams[first]), frozenset(teams[second])
        if shared := here & there:
            found.append(Overlap(first, second, shared, len(shared) / min(len(here), len(there))))
    return sorted(found, key=lambda one: (-one.share, one.first, one.second))


def overlaps_of(team: str, teams: Mapping[str, Collection[str]]) -> list[Overlap]:
    """Those of one consortium, which stands first in each."""
    mine = [one for one in overlaps(teams) if team in (one.first, one.second)]
    return [one if one.first == team else Overlap(team, one.first, one.shared, one.share) for one in mine]


def _told(holds: Mask, known: Mask) -> NDArray[np.int8]:
    return np.where(known, holds.astype(np.int8), np.int8(UNKNOWN))


def _ratio(count: float, of: int) -> float:
    return count / of if of else NO_FIGURE
