"""Whom a facility lets in: the one rule of the chain map and of what-ifs.

A facility counts where it is known to let others in: everybody, or who stands in its chain. Who is a member is not on
record, so one that is there for its members counts for nobody. One that says nothing of it counts for nobody either:
unknown is unknown, and it is told beside how many these are.
"""

from collections.abc import Mapping

from matchmaker.profiles import UNKNOWN
from models.enums import OpenTo

ALL, CHAIN, MEMBERS = range(3)
CODES: Mapping[OpenTo, int] = {OpenTo.ALL: ALL, OpenTo.CHAIN: CHAIN, OpenTo.MEMBERS: MEMBERS}
TO_OTHERS = (OpenTo.ALL, OpenTo.CHAIN)


def door_of(open_to: str | None) -> int:
    """UNKNOWN where nobody has said."""
    return UNKNOWN if open_to is None else CODES[OpenTo(open_to)]
