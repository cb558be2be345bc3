"""What an officer chooses for a match run, and what is frozen of it."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from matchmaker.errors import InvalidInput
from matchmaker.rerank import Floors
from matchmaker.scoring.weighting import Weighting
from matchmaker.services.scope import Scope
from models.enums import OrganisationKind, SizeClass

MOST_PLACES = 50
# Lines of one run: more is a file that nobody reads and no page holds.
MOST_LINES = 20_000


@dataclass(frozen=True, kw_only=True)
class Constraints:
    """`kinds` and `districts` are those that candidates may be of (empty: any); `least_points` of 100 is the fit."""

    depth: int = 10
    kinds: tuple[OrganisationKind, ...] = ()
    districts: tuple[str, ...] = ()
    least_points: float = 0.0
    with_prices: bool = True
    with_floors: bool = True

    def check(self) -> None:
        """Raises InvalidInput that names the field."""
        if not 1 <= self.depth <= MOST_PLACES:
            raise InvalidInput("out_of_range", field="depth", low=1, high=MOST_PLACES)
        if not math.isfinite(self.least_points) or not 0 <= self.least_points <= 100:
            raise InvalidInput("out_of_range", field="least_points", low=0, high=100)


@dataclass(frozen=True, kw_only=True)
class RunDraft:
    """`weights` None: those of the preset as they are."""

    scope: Scope
    preset_code: str
    constraints: Constraints = field(default_factory=Constraints)
    weights: Mapping[str, float] | None = None
    name: str = ""
    as_of: date


def with_weights(weighting: Weighting, weights: Mapping[str, float] | None) -> Weighting:
    """Own weights read scores by the same curves; a calibration was learned for others, so it does not hold."""
    return weighting if weights is None else Weighting(dict(weights), weighting.curves)


def floors_to_stored(floors: Floors) -> dict[str, Any]:
    return {**asdict(floors), "small_sizes": sorted(floors.small_sizes)}


def floors_of(stored: Mapping[str, Any] | None) -> Floors:
    if stored is None:
        return Floors()
    return Floors(**{**stored, "small_sizes": frozenset(SizeClass(size) for size in stored["small_sizes"])})
