"""The first answer: a tabu search among the candidates that the linear relaxation finds worth a look.

The relaxation prices every candidate: its reduced cost is what a team would lose by having to take it. Those that lose
least are the kernel; among them each step values all moves (a member or nobody out, a candidate or nobody in) at once
and makes the best by worth - sum of penalty x broken, even where it is worse than staying; who just left or came has
to wait. A limit's penalty grows while it is broken and shrinks while it holds, so that the search keeps crossing the
border between teams that are allowed and those that are not, where the good ones are.
"""

from dataclasses import dataclass, field
from time import perf_counter

import numpy as np

from matchmaker.consortium.bound import Relaxation, relaxation
from matchmaker.consortium.check import breaches, worth
from matchmaker.consortium.instance import Instance, Members, Team
from matchmaker.consortium.model import may_be_members
from matchmaker.consortium.moves import Rows, State, Yardstick
from matchmaker.profiles import Scores

#: How many candidates are looked at.
KERNEL = 200

#: A start is given up after this many steps without a better team.
_PATIENCE = 60

#: The first penalty of a limit is what a member of a good team of this size is worth.
_USUAL_SIZE = 8

#: Sums of worth are exact to this.
_ROUNDING = 1e-9

#: Factors of a penalty after a step that breaks its limit, and after one that does not.
_UP, _DOWN = 1.3, 0.93


def search(
    instance: Instance, *, seed: int = 0, seconds: float = 1.0, steps: int = 500, guide: Relaxation | None = None
) -> Team | None:
    """The best team found that breaks nothing; None where none was found, which proves nothing.

    The same seed finds the same team, unless `seconds` end it before all `steps` are made; without a team it goes on.
    `guide` is the instance's relaxation, where it has been solved already.
    """
    until = perf_counter() + seconds
    guide = guide or relaxation(instance)
    if guide.bound == float("-inf"):
        return None
    hunt = _Hunt(instance, guide, np.random.default_rng(seed))
    while hunt.goes_on(steps, until):
        hunt.run(steps, until)
    return hunt.best


@dataclass(eq=False)
class _Hunt:
    """A search under way: the best team so far and the steps made."""

    instance: Instance
    guide: Relaxation
    rng: np.random.Generator
    best: Team | None = None
    step: int = 0
    yardstick: Yardstick = field(init=False)
    usual: float = field(init=False)  # a limit's first penalty
    penalty: Scores = field(init=False)
    allowed_again: Rows = field(init=False)  # m + 1, the step from which each may be moved again

    def __post_init__(self) -> None:
        self.yardstick = Yardstick(self.instance, _kernel(self.instance, self.guide))
        self.usual = max(abs(self.guide.bound) / _USUAL_SIZE, 1.0)
        self.penalty = np.full(self.yardstick.limits, self.usual)

    def goes_on(self, steps: int, until: float) -> bool:
        return self.step < steps and (self.best is None or perf_counter() < until)

    def run(self, steps: int, until: float) -> None:
        """One start, until nothing better is found for a while."""
        state = State(self.yardstick, self._start())
        self.allowed_again = np.zeros(self.yardstick.nobody + 1, dtype=np.intp)
        self._look_at(state)
        last = self.step
        while self.goes_on(min(steps, last + _PATIENCE), until):
            self.step += 1
            state = self._next(state)
            changed = self.penalty * np.where(state.broken > 0, _UP, _DOWN)
            self.penalty = np.clip(changed, self.usual / 100, self.usual * 100)
            if self._look_at(state):
                last = self.step

    def _start(self) -> Rows:
        """The held, and others as often as the relaxation has them; every second start, most of the best team."""
        held = self.yardstick.held
        if self.best is not None and self.rng.random() < 0.5:
            mine = np.flatnonzero(np.isin(self.yardstick.kernel, self.best.members))
            return np.union1d(held, mine[self.rng.random(len(mine)) < 0.6])
        share = self.guide.values[self.yardstick.kernel]
        return np.union1d(held, np.flatnonzero(self.rng.random(len(share)) < share))

    def _next(self, state: State) -> State:
        outs, ins = self._free(state)
        gain = state.gains(outs, ins) - state.breaks(outs, ins, self.penalty)
        gain[-1, -1] = -np.inf
        out, into = np.unravel_index(int(np.argmax(gain)), gain.shape)
        left, came = int(outs[out]), int(ins[into])
        self.allowed_again[left] = self.step + self.rng.integers(6, 14)
        self.allowed_again[came] = self.step + self.rng.integers(1, 4)
        return state.moved(left, came)

    def _free(self, state: State) -> tuple[Rows, Rows]:
        """Who may leave (and nobody), who may come (and nobody)."""
        nobody = self.yardstick.nobody
        waits = self.allowed_again > self.step
        waits[nobody] = False
        outside = ~waits
        outside[state.members] = False
        leaving = state.members[~waits[state.members] & ~np.isin(state.members, self.yardstick.held)]
        return np.append(leaving, nobody), np.flatnonzero(outside)

    def _look_at(self, state: State) -> bool:
        """Keep the team if it breaks nothing and is the best so far."""
        if state.broken.any() or (self.best is not None and state.worth <= self.best.value + _ROUNDING):
            return False
        members: Members = np.sort(self.yardstick.kernel[state.members])
        if breaches(self.instance, members):
            return False
        self.best = Team(members, worth(self.instance, members))
        return True


def _kernel(instance: Instance, guide: Relaxation) -> Members:
    """The held and those with the smallest reduced costs."""
    may = np.flatnonzero(may_be_members(instance))
    order = may[np.argsort(-guide.reduced[may], kind="stable")]
    return np.union1d(order[:KERNEL], instance.held).astype(np.intp)
