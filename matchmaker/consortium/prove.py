"""The best team, and the proof that none is better."""

from collections.abc import Callable
from dataclasses import dataclass

from matchmaker.consortium.instance import Instance, Team


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a proof is: the best team so far, what no team can exceed, and seconds since the start."""

    team: Team | None
    bound: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Proof:
    """`team` is the best one found. Proved: none is better (`is_proved`) or none is possible (`is_infeasible`)."""

    team: Team | None
    bound: float
    is_proved: bool
    is_infeasible: bool


def ignore(progress: Progress) -> None:
    """Watches nothing."""


def prove(
    instance: Instance, *, start: Team | None = None, seconds: float = 30.0, watch: Callable[[Progress], None] = ignore
) -> Proof:
    """Solve exactly. `watch` is told of progress a few times a second; what it raises stops the proof and passes on."""
    raise NotImplementedError
