"""What somebody asks of a capital stack beside the round itself, as it is stored with the answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from matchmaker.errors import InvalidInput
from models.enums import CapitalType, ClearanceVerdict
from models.rounds import Round

MOST_FUNDS = 20
LONGEST_SHIFT = 36
LARGEST_UPLIFT = 1.0
OPEN_TO_TALK = (ClearanceVerdict.CLEARED, ClearanceVerdict.TO_ASK)
Shares = Mapping[CapitalType, float]
NONE: Shares = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class Terms:
    """Limits of a plan. None: no limit. Shares are of the money that funds pay, from 0 to 1.

    `shift_months` puts all milestones so many months later; `uplift` is by what share the price of a share rises from
    phase to phase (0: a flat price, which dilutes most). `confirmed_only` counts only support that is confirmed.
    """

    stake_most: float | None = None
    funds_most: int | None = None
    patience: float | None = None
    least: Shares = field(default_factory=lambda: NONE)
    most: Shares = field(default_factory=lambda: NONE)
    shift_months: int = 0
    uplift: float = 0.0
    confirmed_only: bool = True
    verdicts: tuple[ClearanceVerdict, ...] = OPEN_TO_TALK

    def check(self) -> None:
        """Raise InvalidInput naming the field that cannot be."""
        _within("stake_most", self.stake_most, 0.01, 1.0)
        _within("funds_most", self.funds_most, 1, MOST_FUNDS)
        _within("patience", self.patience, 0.0, 1.0)
        _within("shift_months", self.shift_months, 0, LONGEST_SHIFT)
        _within("uplift", self.uplift, 0.0, LARGEST_UPLIFT)
        for name in ("least", "most"):
            for capital, share in getattr(self, name).items():
                _within(f"{name}_{capital}", share, 0.0, 1.0)
        for capital, share in self.least.items():
            if share > self.most.get(capital, 1.0):
                raise InvalidInput("least_above_most", field=f"least_{capital}")
        if sum(self.least.values()) > 1.0 + 1e-9:
            raise InvalidInput("shares_above_all", field="least")
        if not self.verdicts or ClearanceVerdict.STOPPED in self.verdicts:
            raise InvalidInput("no_verdicts", field="verdicts")


def usual_terms(one: Round) -> Terms:
    """What the round itself says of its limits."""
    return Terms(stake_most=one.stake_most, funds_most=one.funds_most)


def _within(name: str, value: float | None, low: float, high: float) -> None:
    if value is not None and not low <= value <= high:
        raise InvalidInput("out_of_range", field=name, low=low, high=high)


def to_stored(terms: Terms) -> dict[str, Any]:
    return {
        "stake_most": terms.stake_most,
        "funds_most": terms.funds_most,
        "patience": terms.patience,
        "least": {str(capital): share for capital, share in sorted(terms.least.items())},
        "most": {str(capital): share for capital, share in sorted(terms.most.items())},
        "shift_months": terms.shift_months,
        "uplift": terms.uplift,
        "confirmed_only": terms.confirmed_only,
        "verdicts": [str(one) for one in terms.verdicts],
    }


def from_stored(stored: Mapping[str, Any]) -> Terms:
    shares = {name: {CapitalType(key): share for key, share in stored[name].items()} for name in ("least", "most")}
    verdicts = tuple(ClearanceVerdict(one) for one in stored["verdicts"])
    return Terms(**{**stored, **shares, "verdicts": verdicts})
