"""Other good teams that are clearly different."""

from dataclasses import dataclass

from matchmaker.consortium.instance import Instance, Team


@dataclass(frozen=True, slots=True)
class Alternatives:
    """Best first. `proved` says of each that no better one is as different, `is_complete` that there is no other."""

    teams: tuple[Team, ...]
    proved: tuple[bool, ...]
    is_complete: bool


def alternatives(
    instance: Instance, best: Team, *, count: int = 5, differ: int = 3, seconds: float = 10.0
) -> Alternatives:
    """Up to `count` teams, each with at least `differ` members who are not in `best`, nor in any one before it."""
    raise NotImplementedError
