"""A score as bars: what carries it, and what cannot tell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

TOP_REASONS = 3


@dataclass(frozen=True)
class Bar:
    """A term of the score; `share` None says that the component cannot tell."""

    component: str
    label: str
    share: float | None
    points: float
    most: float
    why: str


def top_reasons(bars: Sequence[Bar]) -> Sequence[Bar]:
    """The terms that carry the score, largest first."""
    return [bar for bar in bars if bar.points > 0][:TOP_REASONS]


def unknown_by_reason(bars: Sequence[Bar]) -> Mapping[str, Sequence[str]]:
    """Why -> the components that cannot tell for that reason."""
    by_reason: dict[str, list[str]] = {}
    for bar in bars:
        if bar.share is None:
            by_reason.setdefault(bar.why, []).append(bar.label)
    return by_reason
