"""What somebody asks of the composer beside the challenge itself, as it is stored with the answer."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from matchmaker.consortium.asking import BUDGET, SIZE
from matchmaker.consortium.repair import Change
from matchmaker.errors import InvalidInput
from models.enums import RepairKind

MOST_PINNED = 20
LEAST_SIZE, MOST_SIZE = 2, 30
MOST_MONEY = 1e13
GIVES_WAY = frozenset({RepairKind.LOWER, RepairKind.RAISE, RepairKind.DO_WITHOUT})


@dataclass(frozen=True, kw_only=True)
class Relaxed:
    """A bound that was let go, from what to what."""

    kind: RepairKind
    key: str
    before: float = 0.0
    after: float = 0.0

    @property
    def change(self) -> Change:
        return Change(self.kind, 0.0, self.key, self.before, self.after)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Members that have to be in or must not be, money and size where they differ from the challenge's."""

    held: tuple[UUID, ...] = ()
    barred: tuple[UUID, ...] = ()
    budget: float | None = None
    members_at_most: int | None = None
    relaxed: tuple[Relaxed, ...] = ()

    def check(self) -> None:
        if len(self.held) > MOST_PINNED or len(self.barred) > MOST_PINNED:
            raise InvalidInput("too_many_pinned", field="held", most=MOST_PINNED)
        if set(self.held) & set(self.barred):
            raise InvalidInput("held_and_barred", field="barred")
        if self.budget is not None and not 0 < self.budget <= MOST_MONEY:
            raise InvalidInput("out_of_range", field="budget", low=1, high=MOST_MONEY)
        if self.members_at_most is not None and not LEAST_SIZE <= self.members_at_most <= MOST_SIZE:
            raise InvalidInput("out_of_range", field="members_at_most", low=LEAST_SIZE, high=MOST_SIZE)

    def with_relaxed(self, relaxed: Relaxed) -> "Settings":
        """A larger budget or team is a setting of its own, everything else a bound that gives way."""
        values: dict[str, Any] = {name: getattr(self, name) for name in Settings.__dataclass_fields__}
        if relaxed.key == BUDGET:
            values["budget"] = relaxed.after
        elif relaxed.key == SIZE:
            values["members_at_most"] = int(relaxed.after)
        else:
            values["relaxed"] = (*self.relaxed, relaxed)
        return Settings(**values)


def to_stored(settings: Settings) -> dict[str, Any]:
    return {
        "held": [str(key) for key in settings.held],
        "barred": [str(key) for key in settings.barred],
        "budget": settings.budget,
        "members_at_most": settings.members_at_most,
        "relaxed": [asdict(one) for one in settings.relaxed],
    }


def from_stored(stored: Mapping[str, Any]) -> Settings:
    return Settings(
        held=tuple(UUID(key) for key in stored.get("held", ())),
        barred=tuple(UUID(key) for key in stored.get("barred", ())),
        budget=stored.get("budget"),
        members_at_most=stored.get("members_at_most"),
        relaxed=tuple(Relaxed(**{**one, "kind": RepairKind(one["kind"])}) for one in stored.get("relaxed", ())),
    )
