"""What components say of those who are held against each need, remembered while nothing but weights differs.

Scores of components take nearly all the time of a run, and no weight changes them. Worlds that differ in weights share
one memory; it speaks of one engine and one set of open doors, and to a world with others it has nothing to say.
"""

from dataclasses import dataclass, field

from matchmaker.engine import Engine
from matchmaker.profiles import Candidates, Mask, Scores, Smalls


@dataclass(slots=True, eq=False)
class Held:
    """Those held against one need: whom no hard rule hides, who can do all that must be, what components say."""

    judged: Candidates
    eligible: Mask
    covers: Mask
    scores: dict[str, Scores] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Remembered:
    _of: tuple[Engine, Smalls] | None = None
    _rows: dict[int, Held] = field(default_factory=dict)

    def begin(self, engine: Engine, lets_in: Smalls) -> None:
        """Forget what is known of this engine and these doors; a memory of others goes on speaking of those."""
        if self._of is None or self._is_of(engine, lets_in):
            self._of, self._rows = (engine, lets_in), {}

    def rows_of(self, engine: Engine, lets_in: Smalls) -> dict[int, Held]:
        """By the row of the need, to read and to add to; what is added for other engines or doors is not kept."""
        return self._rows if self._is_of(engine, lets_in) else {}

    def _is_of(self, engine: Engine, lets_in: Smalls) -> bool:
        return self._of is not None and self._of[0] is engine and self._of[1] is lets_in
