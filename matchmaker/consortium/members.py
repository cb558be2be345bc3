"""What each member brings to a team, and who could take its place."""

from dataclasses import dataclass

from matchmaker.consortium.instance import Instance, Team
from matchmaker.profiles import Mask


@dataclass(frozen=True, slots=True)
class Substitute:
    """Somebody who could take a member's seat without breaking a rule, and how much the team would lose."""

    candidate: int
    loss: float


@dataclass(frozen=True, slots=True, eq=False)
class MemberStudy:
    """One member: its seat ("" without seats), what it covers, what only it covers, what the team is worth more with it
    than without, and the best substitutes. A single point of failure covers something alone and has no substitute
    that keeps all rules."""

    member: int
    seat: str
    covers: Mask  # K
    alone_covers: Mask  # K
    marginal: float
    substitutes: tuple[Substitute, ...]
    is_single_point: bool


def study(instance: Instance, team: Team, *, substitutes: int = 5) -> list[MemberStudy]:
    """One study a member, in the order of `team.members`."""
    raise NotImplementedError
