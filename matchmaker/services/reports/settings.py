"""What an officer chooses for a report: about what, of which time, in which languages and formats, with what in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from matchmaker.errors import InvalidInput
from matchmaker.services.runs.settings import MOST_PLACES, Constraints
from matchmaker.services.scope import Scope
from models.enums import DocumentFormat, ReportKind, ReportSection, ScopeKind

LANGUAGES = ("zh", "en")
LONGEST_DAYS = 366 * 3
# Needs whose lists a document shows whole; the run behind it holds them all.
MOST_SHOWN = 100
SCOPES: Mapping[ReportKind, tuple[ScopeKind, ...]] = {
    ReportKind.MONTHLY: (ScopeKind.CHAIN, ScopeKind.REGION, ScopeKind.NODE, ScopeKind.DISTRICT),
    ReportKind.CHAIN: (ScopeKind.CHAIN, ScopeKind.NODE),
    ReportKind.CALL: (ScopeKind.CALL,),
    ReportKind.DISTRICT: (ScopeKind.DISTRICT,),
    ReportKind.ORGANISATION: (ScopeKind.ORGANISATION,),
}
S = ReportSection
# One organisation's funnel and exposure would tell of it what is its own; there are no breakdowns of one.
OF_ONE = (S.SUMMARY, S.MATCHES, S.CHANGES, S.METHOD, S.APPENDIX)
USUAL_SECTIONS: Mapping[ReportKind, tuple[ReportSection, ...]] = {
    **dict.fromkeys(ReportKind, tuple(ReportSection)),
    ReportKind.CALL: OF_ONE,
    ReportKind.ORGANISATION: OF_ONE,
}


@dataclass(frozen=True, kw_only=True)
class ReportSettings:
    """What is asked for beside scope and time; a schedule keeps it whole."""

    languages: tuple[str, ...] = LANGUAGES
    formats: tuple[DocumentFormat, ...] = tuple(DocumentFormat)
    sections: tuple[ReportSection, ...] = tuple(ReportSection)
    constraints: Constraints = field(default_factory=lambda: Constraints(depth=5))
    needs_shown: int = 10
    is_anonymous: bool = False
    preset_code: str = ""
    weights: Mapping[str, float] | None = None

    def check(self, kind: ReportKind) -> None:
        """Raises InvalidInput that names the field."""
        if not self.languages or set(self.languages) - set(LANGUAGES):
            raise InvalidInput("choose_some", field="languages")
        if not self.formats:
            raise InvalidInput("choose_some", field="formats")
        if not self.sections:
            raise InvalidInput("choose_some", field="sections")
        if set(self.sections) - set(USUAL_SECTIONS[kind]):
            raise InvalidInput("section_not_of_kind", field="sections", kind=kind)
        if not 1 <= self.needs_shown <= MOST_SHOWN:
            raise InvalidInput("out_of_range", field="needs_shown", low=1, high=MOST_SHOWN)
        if not 1 <= self.constraints.depth <= MOST_PLACES:
            raise InvalidInput("out_of_range", field="depth", low=1, high=MOST_PLACES)
        self.constraints.check()


@dataclass(frozen=True, kw_only=True)
class ReportDraft:
    """`run_id` is a whole run of the same scope to take the lists from; None: lists are made for this report."""

    kind: ReportKind
    scope: Scope
    period_from: date
    period_to: date
    as_of: date
    settings: ReportSettings = field(default_factory=ReportSettings)
    run_id: UUID | None = None

    def check(self) -> None:
        if self.scope.kind not in SCOPES[self.kind]:
            raise InvalidInput("scope_not_of_kind", field="scope", kind=self.kind)
        if self.period_from > self.period_to:
            raise InvalidInput("ends_before_it_starts", field="period_to")
        if (self.period_to - self.period_from).days > LONGEST_DAYS:
            raise InvalidInput("period_too_long", field="period_from", days=LONGEST_DAYS)
        if self.period_to > self.as_of:
            raise InvalidInput("period_not_over", field="period_to")
        self.settings.check(self.kind)


def ordered_sections(sections: tuple[ReportSection, ...]) -> list[ReportSection]:
    """As they stand in the document."""
    return [section for section in ReportSection if section in sections]


def to_stored(settings: ReportSettings) -> dict[str, Any]:
    """What has no column of its own, as JSON."""
    chosen = settings.constraints
    return {
        "depth": chosen.depth,
        "kinds": sorted(chosen.kinds),
        "districts": sorted(chosen.districts),
        "least_points": chosen.least_points,
        "with_prices": chosen.with_prices,
        "with_floors": chosen.with_floors,
        "needs_shown": settings.needs_shown,
        "anonymous": settings.is_anonymous,
        "preset": settings.preset_code,
        "weights": dict(settings.weights) if settings.weights is not None else None,
    }


def settings_of(row: Any) -> ReportSettings:
    """Those of a stored report or schedule."""
    stored = row.settings
    return ReportSettings(
        languages=tuple(row.languages),
        formats=tuple(DocumentFormat(one) for one in row.formats),
        sections=tuple(ReportSection(one) for one in row.sections),
        constraints=Constraints(
            depth=stored["depth"],
            kinds=tuple(stored["kinds"]),
            districts=tuple(stored["districts"]),
            least_points=stored["least_points"],
            with_prices=stored["with_prices"],
            with_floors=stored["with_floors"],
        ),
        needs_shown=stored["needs_shown"],
        is_anonymous=stored["anonymous"],
        preset_code=stored["preset"],
        weights=stored["weights"],
    )
