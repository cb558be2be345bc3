"""What each member brings to a team, and who could take its place."""

from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from matchmaker.consortium.check import breaches, worth
from matchmaker.consortium.instance import Instance, Members, Team
from matchmaker.consortium.model import may_be_members
from matchmaker.consortium.moves import State, Yardstick
from matchmaker.consortium.seating import seats_of
from matchmaker.profiles import Mask, Scores

#: Tables of pairs are dense, so not too many candidates at a time.
_AT_ONCE = 400


@dataclass(frozen=True, slots=True)
class Substitute:
    """Somebody who could take a member's seat without breaking a rule, and how much the team would lose (below zero:
    gain)."""

    candidate: int
    loss: float


@dataclass(frozen=True, slots=True, eq=False)
class MemberStudy:
    """One member.

    seat           its key, "" without seats
    covers         K, the capabilities it has at the level asked for
    alone_covers   K, those that no other member has
    marginal       worth of the team - worth of the team without it
    substitutes    who could replace it, the others staying, without breaking a rule that the team keeps; least loss
                   first. For a held member too: it may decline
    is_single_point   without it the team breaks a rule or loses a capability, and nobody could bring both back
    """

    member: int
    seat: str
    covers: Mask
    alone_covers: Mask
    marginal: float
    substitutes: tuple[Substitute, ...]
    is_single_point: bool


def study(instance: Instance, team: Team, *, substitutes: int = 5) -> list[MemberStudy]:
    """One study a member, in the order of `team.members`."""
    seats = seats_of(instance, team.members) or ("",) * len(team.members)
    outside = np.setdiff1d(np.flatnonzero(may_be_members(instance)), team.members)
    states = [
        _state(instance, team.members, some) for some in np.array_split(outside, max(1, -(-len(outside) // _AT_ONCE)))
    ]
    return [
        _study(_Swaps(instance, team, int(member), outside, states), seat, substitutes)
        for member, seat in zip(team.members, seats, strict=True)
    ]


def _state(instance: Instance, members: Members, candidates: Members) -> State:
    kernel = np.union1d(members, candidates).astype(np.intp)
    return State(Yardstick(instance, kernel), np.searchsorted(kernel, members))


def _study(swaps: "_Swaps", seat: str, most: int) -> MemberStudy:
    instance, member, others = swaps.instance, swaps.member, swaps.others
    has = instance.capabilities.levels >= instance.capabilities.required
    covers: Mask = has[member]
    alone: Mask = covers & ~np.any(has[others], axis=0)
    brings_back: Mask = np.logical_and.reduce(has[:, alone], axis=1)
    is_needed = bool(alone.any()) or not swaps.keeps_rules(others)
    return MemberStudy(
        member=member,
        seat=seat,
        covers=covers,
        alone_covers=alone,
        marginal=swaps.value - worth(instance, others),
        substitutes=tuple(swaps.first(most)),
        is_single_point=is_needed and not swaps.first(1, among=brings_back),
    )


class _Swaps:
    """Who could come for a member, best first. Sums, groups and pairs apart are looked at for all candidates at once;
    the judge has the last word on those who pass."""

    def __init__(self, instance: Instance, team: Team, member: int, outside: Members, states: list[State]) -> None:
        # The member may decline, so nobody holds it in its own seat.
        self.instance = replace(instance, held=instance.held[instance.held != member])
        self.member, self.value = member, worth(instance, team.members)
        self.others = team.members[team.members != member]
        self.accepted = _keys(self.instance, team.members)
        found = [_one_swaps(state, member) for state in states]
        self.candidates = outside
        self.gain = np.concatenate([gain for gain, _ in found])
        self.passes = np.concatenate([passes for _, passes in found])

    def first(self, count: int, *, among: Mask | None = None) -> list[Substitute]:
        passes = self.passes if among is None else self.passes & among[self.candidates]
        places = np.flatnonzero(passes)
        ordered = self.candidates[places[np.argsort(-self.gain[places], kind="stable")]]
        teams = ((int(who), np.append(self.others, who)) for who in ordered)
        allowed = ((who, members) for who, members in teams if self.keeps_rules(members))
        return [Substitute(who, self.value - worth(self.instance, members)) for who, members in islice(allowed, count)]

    def keeps_rules(self, members: Members) -> bool:
        """Breaks nothing that the team as it is keeps."""
        return _keys(self.instance, members) <= self.accepted


def _one_swaps(state: State, member: int) -> tuple[Scores, Mask]:
    """For each other kernel candidate in place of `member`: what the team gains, and whether it keeps its limits."""
    kernel = state.yardstick.kernel
    outs = np.searchsorted(kernel, [member])
    ins = np.setdiff1d(np.arange(len(kernel)), state.members)
    broken = state.breaks(outs, ins, (state.broken == 0).astype(float))
    return state.gains(outs, ins)[0], broken[0] <= 0


def _keys(instance: Instance, members: Members) -> frozenset[str]:
    return frozenset(breach.key for breach in breaches(instance, members))
