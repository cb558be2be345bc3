"""A mandate for a round, or a firm for a mandate, as a card: fit, clearance, patience, why, what is unknown."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext as _

from matchmaker.services.capital.naming import CapitalNames
from matchmaker.services.capital.ranking import CapitalList, Mutual, PatienceGap, RankedCapital
from matchmaker.services.evidence import Named
from models.enums import ClauseKind, ClearanceVerdict, FinancingStage
from models.funds import Mandate
from models.organisations import Organisation
from web.i18n import number
from web.labels import component_label, label
from web.sentences.bars import Bar, top_reasons, unknown_by_reason
from web.sentences.capital import years
from web.sentences.evidence import sentence
from web.sentences.unknowns import why_unknown_to_mandate, why_unknown_to_round
from web.sentences.wording import listed

VERDICT_TONES: Mapping[ClearanceVerdict, str] = {
    ClearanceVerdict.CLEARED: "good",
    ClearanceVerdict.TO_ASK: "warn",
    ClearanceVerdict.TO_WAIVE: "primary",
    ClearanceVerdict.STOPPED: "bad",
}


@dataclass(frozen=True)
class CapitalCard:
    """The points of `bars` sum to `points`, which is the fit out of 100."""

    position: int
    organisation: Organisation
    mandate: Mandate
    round_id: UUID
    amount: float | None
    stage: FinancingStage | None
    points: float
    coverage: float
    bars: Sequence[Bar]
    verdict: ClearanceVerdict
    to_ask: Sequence[ClauseKind]
    to_waive: Sequence[ClauseKind]
    gap: PatienceGap
    mutual: Mutual | None

    @property
    def verdict_tone(self) -> str:
        return VERDICT_TONES[self.verdict]

    @property
    def reasons(self) -> Sequence[Bar]:
        return top_reasons(self.bars)

    @property
    def caveats(self) -> Sequence[str]:
        """What stands in the way, and what is missing in time."""
        return [text for text in (self._asked, self._waived, self._missing_years) if text]

    @property
    def unknown(self) -> Mapping[str, Sequence[str]]:
        return unknown_by_reason(self.bars)

    @property
    def patience(self) -> str:
        """The gap as a short line."""
        if self.gap.years is None:
            return _("Patience gap not known")
        return (
            _("Patience gap %(years)s years", years=years(self.gap.years)) if self.gap.years else _("No patience gap")
        )

    @property
    def both_sides(self) -> str:
        if self.mutual is None:
            return ""
        values = {
            "both": number(100 * self.mutual.value, 0),
            "ours": number(self.points, 0),
            "theirs": number(100 * self.mutual.theirs, 0),
        }
        return _("Both sides %(both)s: %(ours)s this way, %(theirs)s the other", **values)

    @property
    def _asked(self) -> str:
        return _("Not known yet: %(clauses)s", clauses=_listed(self.to_ask)) if self.to_ask else ""

    @property
    def _waived(self) -> str:
        return _("Only with a waiver: %(clauses)s", clauses=_listed(self.to_waive)) if self.to_waive else ""

    @property
    def _missing_years(self) -> str:
        if not self.gap.years:
            return ""
        gap = {"years": years(self.gap.years), "extended": years(self.gap.extended or 0)}
        if not self.gap.extended:
            return _("The exit lies %(years)s years beyond the fund's life; an extension would reach it", **gap)
        return _("The exit lies %(years)s years beyond the fund's life, %(extended)s with an extension", **gap)


def cards_for_round(found: CapitalList, names: CapitalNames) -> list[CapitalCard]:
    """Mandates as the firm reads them."""
    return _cards(found, names, lambda component: why_unknown_to_round(component, found.silent))


def cards_for_mandate(found: CapitalList, names: CapitalNames) -> list[CapitalCard]:
    """Firms as the fund reads them."""
    return _cards(found, names, lambda component: why_unknown_to_mandate(component, found.silent))


def _cards(found: CapitalList, names: CapitalNames, why: Callable[[str], str]) -> list[CapitalCard]:
    """In the order of the list; what was deleted a moment ago is left out."""
    return [
        _card(item, names, why)
        for item in found.items
        if item.organisation_id in names.named.organisations and item.mandate_id in names.mandates
    ]


def _card(item: RankedCapital, names: CapitalNames, why: Callable[[str], str]) -> CapitalCard:
    return CapitalCard(
        position=item.position,
        organisation=names.named.organisations[item.organisation_id],
        mandate=names.mandates[item.mandate_id],
        round_id=item.round_id,
        amount=item.amount,
        stage=item.stage,
        points=item.explanation.points,
        coverage=item.explanation.coverage,
        bars=_bars(item, names.named, why),
        verdict=item.verdict,
        to_ask=item.to_ask,
        to_waive=item.to_waive,
        gap=item.patience,
        mutual=item.mutual,
    )


def _bars(item: RankedCapital, named: Named, why: Callable[[str], str]) -> list[Bar]:
    known = [
        Bar(
            term.component,
            component_label(term.component),
            term.score,
            term.points,
            term.most,
            sentence(term.evidence.code, term.evidence.facts, term.score, named),
        )
        for term in item.explanation.terms
    ]
    silent = [Bar(name, component_label(name), None, 0.0, 0.0, why(name)) for name in item.explanation.unknown]
    return known + silent


def _listed(kinds: Sequence[ClauseKind]) -> str:
    return listed(label(kind) for kind in kinds)
