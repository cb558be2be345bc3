"""Composition rules and verdicts on teams as sentences, for every area that shows them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import ceil, inf
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from matchmaker.services import reference
from matchmaker.services.rule_sets.figures import (
    Apart,
    AtPositions,
    ConflictsApart,
    DifferentDistricts,
    Figures,
    FromDistricts,
    LargestShare,
    LeadIs,
    LeadReaches,
    MemberCount,
    Newcomers,
    OfKinds,
    OwnershipShare,
    OwnMoney,
    SmeShare,
    TechnicalStaff,
    Together,
    figures_of,
)
from matchmaker.services.rule_sets.judging import JudgedRule, organisations_named
from models.enums import LeadFigure, Quantifier, RuleKind, RuleOutcome
from models.rules import CompositionRule
from web.database import session
from web.i18n import current_language, number, percent, yuan
from web.labels import label

SHARES = frozenset({RuleKind.SME_SHARE, RuleKind.OWNERSHIP_SHARE, RuleKind.LARGEST_SHARE, RuleKind.OWN_MONEY_SHARE})
YES_OR_NO = frozenset(
    {
        RuleKind.LEAD_KIND,
        RuleKind.LEAD_THRESHOLD,
        RuleKind.CONFLICTS_APART,
        RuleKind.PAIR_APART,
        RuleKind.PAIR_TOGETHER,
    }
)


@dataclass(frozen=True)
class Names:
    """What codes and ids in rules are called; `organisations` by id as text."""

    districts: Mapping[str, Any] = field(default_factory=dict)
    schemes: Mapping[str, Any] = field(default_factory=dict)
    organisations: Mapping[str, Any] = field(default_factory=dict)

    def of(self, key: str | UUID) -> str:
        row = self.organisations.get(str(key))
        return _name_of(row) if row else _("an organisation that is no longer there")


@dataclass(frozen=True)
class VerdictLine:
    """A verdict as a page shows it: the rule, what was found, and what to do next (empty where nothing is)."""

    judged: JudgedRule
    kind: str
    rule: str
    found: str
    next_step: str

    @property
    def outcome(self) -> RuleOutcome:
        return self.judged.outcome

    @property
    def is_hard(self) -> bool:
        return self.judged.rule.is_hard

    @property
    def source(self) -> str:
        return self.judged.rule.source


def names_for(organisations: Mapping[str, Any]) -> Names:
    """Names of all districts and certifications, and of these organisations."""
    return Names(
        districts={row.code: row for row in reference.list_districts(session())},
        schemes={row.code: row for row in reference.list_schemes(session())},
        organisations=organisations,
    )


def verdict_lines(judged: Sequence[JudgedRule], names: Names) -> list[VerdictLine]:
    """Broken first, then what has to be asked, then what is met; hard rules before soft ones."""
    order = [RuleOutcome.BROKEN, RuleOutcome.UNKNOWN, RuleOutcome.MET]
    lines = [
        VerdictLine(
            judged=one,
            kind=label(one.rule.kind),
            rule=rule_sentence(one.figures, names),
            found=found_sentence(one, names),
            next_step=next_step(one, names),
        )
        for one in judged
    ]
    return sorted(lines, key=lambda line: (order.index(line.outcome), not line.is_hard))


# --- what a rule says ---


def rule_sentences(listed: Sequence[CompositionRule | None]) -> list[str]:
    """What each rule says; nothing where there is none."""
    names = names_for(organisations_named(session(), [], [rule for rule in listed if rule]))
    return [rule_sentence(figures_of(rule), names) if rule else "" for rule in listed]


def rule_sentence(figures: Figures, names: Names) -> str:
    return SENTENCES[type(figures)](figures, names)


def _lead_is(figures: LeadIs, names: Names) -> str:
    parts = [
        _("The lead is one of: %(kinds)s.", kinds=_labels(figures.kinds)) if figures.kinds else "",
        _("Its ownership is one of: %(ownerships)s.", ownerships=_labels(figures.ownerships))
        if figures.ownerships
        else "",
        _(
            "It holds one of: %(certifications)s.",
            certifications=_listed(_coded(names.schemes, code) for code in figures.certifications),
        )
        if figures.certifications
        else "",
    ]
    return ("" if current_language() == "zh" else " ").join(part for part in parts if part)


def _lead_reaches(figures: LeadReaches, _names: Names) -> str:
    thresholds = [
        _("%(figure)s at least %(amount)s", figure=label(one.figure), amount=_figure(one.figure, one.least))
        for one in figures.thresholds
    ]
    if len(thresholds) == 1:
        return _("The lead reaches: %(thresholds)s.", thresholds=thresholds[0])
    if figures.needed is Quantifier.ANY:
        return _("The lead reaches at least one of: %(thresholds)s.", thresholds=_listed(thresholds))
    return _("The lead reaches all of: %(thresholds)s.", thresholds=_listed(thresholds))


def _members(figures: MemberCount, _names: Names) -> str:
    return _("Members, the lead included: %(count)s.", count=_between(figures, number))


def _of_kinds(figures: OfKinds, _names: Names) -> str:
    return _("Members of kind %(kinds)s: %(count)s.", kinds=_labels(figures.kinds), count=_between(figures, number))


def _from_districts(figures: FromDistricts, names: Names) -> str:
    districts = _listed(_coded(names.districts, code) for code in figures.districts)
    return _("Members from %(districts)s: %(count)s.", districts=districts, count=_between(figures, number))


def _different_districts(figures: DifferentDistricts, _names: Names) -> str:
    return _("Different districts among the members: at least %(count)s.", count=number(figures.least))


def _at_positions(figures: AtPositions, _names: Names) -> str:
    return _(
        "Members at these places of the chain, %(positions)s: %(count)s.",
        positions=_labels(figures.positions),
        count=_between(figures, number),
    )


def _sme_share(figures: SmeShare, _names: Names) -> str:
    return _("SMEs among the members: %(share)s.", share=_between(figures, _percent))


def _ownership_share(figures: OwnershipShare, _names: Names) -> str:
    return _(
        "Members with ownership %(ownerships)s: %(share)s of all.",
        ownerships=_labels(figures.ownerships),
        share=_between(figures, _percent),
    )


def _largest_share(figures: LargestShare, _names: Names) -> str:
    return _("No member receives more than %(share)s of the money.", share=_percent(figures.most))


def _own_money(figures: OwnMoney, _names: Names) -> str:
    return _("The members bring at least %(share)s of the budget themselves.", share=_percent(figures.least))


def _technical_staff(figures: TechnicalStaff, _names: Names) -> str:
    return _("Technical staff of all members together: at least %(count)s.", count=number(figures.least))


def _newcomers(figures: Newcomers, _names: Names) -> str:
    return _(
        "Newcomers, with at most %(projects)s past projects on record: at least %(count)s.",
        projects=number(figures.projects_at_most),
        count=number(figures.least),
    )


def _conflicts(_figures: ConflictsApart, _names: Names) -> str:
    return _("No two members have a conflict of interest on record.")


def _apart(figures: Apart, names: Names) -> str:
    pair = {"first": names.of(figures.first), "second": names.of(figures.second)}
    return _("%(first)s and %(second)s do not sit in the same consortium.", **pair)


def _together(figures: Together, names: Names) -> str:
    pair = {"first": names.of(figures.first), "second": names.of(figures.second)}
    return _("%(first)s and %(second)s take part together or not at all.", **pair)


SENTENCES: Mapping[type, Callable[[Any, Names], str]] = {
    LeadIs: _lead_is,
    LeadReaches: _lead_reaches,
    MemberCount: _members,
    OfKinds: _of_kinds,
    FromDistricts: _from_districts,
    DifferentDistricts: _different_districts,
    AtPositions: _at_positions,
    SmeShare: _sme_share,
    OwnershipShare: _ownership_share,
    LargestShare: _largest_share,
    OwnMoney: _own_money,
    TechnicalStaff: _technical_staff,
    Newcomers: _newcomers,
    ConflictsApart: _conflicts,
    Apart: _apart,
    Together: _together,
}


# --- what was found ---


def found_sentence(judged: JudgedRule, names: Names) -> str:
    """What the team comes to, as far as it is known."""
    verdict = judged.verdict
    if verdict.kind is RuleKind.LEAD_THRESHOLD and verdict.reached:
        spans = (
            _("%(figure)s: %(found)s", figure=label(figure), found=_figure_span(figure, low, high))
            for figure, low, high in verdict.reached
        )
        return ("；" if current_language() == "zh" else "; ").join(spans)
    if verdict.kind in YES_OR_NO:
        return _found_of_pair_or_lead(judged, names)
    return _("Found: %(found)s", found=_span(verdict.low, verdict.high, _shower(verdict.kind)))


def _found_of_pair_or_lead(judged: JudgedRule, names: Names) -> str:
    who = _listed(names.of(key) for key in judged.who or judged.unknown)
    if judged.outcome is RuleOutcome.MET:
        return _("Nothing stands against it")
    if judged.rule.kind is RuleKind.LEAD_KIND:
        return (
            _("What is known of the lead: %(kinds)s", kinds=_kinds_of(judged, names)) if who else _("Nobody leads yet")
        )
    if judged.rule.kind is RuleKind.LEAD_THRESHOLD:
        return _("Nobody leads yet")
    return _("Concerned: %(who)s", who=who)


def _kinds_of(judged: JudgedRule, names: Names) -> str:
    rows = [names.organisations.get(str(key)) for key in judged.who or judged.unknown]
    return _listed(_name_of(row) + _(": ") + label(row.kind) for row in rows if row)


def next_step(judged: JudgedRule, names: Names) -> str:
    """What would settle it: whom to ask for what, whom to bring in, whom to leave out."""
    if judged.outcome is RuleOutcome.MET:
        return ""
    if judged.outcome is RuleOutcome.UNKNOWN:
        return _asked(judged, names)
    return _settled(judged, names)


def _asked(judged: JudgedRule, names: Names) -> str:
    if not judged.unknown:
        return _("Say first who leads.")
    who = _listed(names.of(key) for key in judged.unknown)
    return _("Ask for %(what)s: %(who)s", what=_what_to_ask(judged.rule.kind), who=who)


def _what_to_ask(kind: RuleKind) -> str:
    asked: Mapping[RuleKind, str] = {
        RuleKind.LEAD_KIND: _("ownership and certifications"),
        RuleKind.LEAD_THRESHOLD: _("the figures named"),
        RuleKind.KIND_COUNT: _("the kind of organisation"),
        RuleKind.DISTRICT_COUNT: _("the district"),
        RuleKind.DISTRICT_SPREAD: _("the district"),
        RuleKind.CHAIN_POSITION_COUNT: _("the places in the chain"),
        RuleKind.OWNERSHIP_SHARE: _("ownership"),
        RuleKind.LARGEST_SHARE: _("the money that each receives"),
        RuleKind.OWN_MONEY_SHARE: _("own money"),
        RuleKind.TECHNICAL_STAFF: _("technical staff"),
        RuleKind.NEWCOMER_COUNT: _("past projects"),
        RuleKind.CONFLICTS_APART: _("a yes to the seat, after which conflicts on record are told"),
    }
    return asked.get(kind, _("what is missing"))


def _settled(judged: JudgedRule, names: Names) -> str:
    verdict, who = judged.verdict, _listed(names.of(key) for key in judged.who)
    match verdict.kind:
        case RuleKind.LEAD_KIND | RuleKind.LEAD_THRESHOLD:
            return _("By this rule another member has to lead: not %(who)s", who=who)
        case RuleKind.CONFLICTS_APART | RuleKind.PAIR_APART:
            return _("Keep only one of them: %(who)s", who=who)
        case RuleKind.PAIR_TOGETHER:
            return _("Bring in the other one too, or leave out: %(who)s", who=who)
        case RuleKind.LARGEST_SHARE:
            return (
                _("Lower the share of: %(who)s", who=who) if who else _("Bring in more members, so that shares fall.")
            )
    if verdict.low > verdict.most:
        return _(
            "Too much by %(excess)s; it comes from: %(who)s",
            excess=_gap(verdict.low - verdict.most, verdict.kind),
            who=who,
        )
    return _("Missing: %(gap)s", gap=_gap(verdict.least - verdict.high, verdict.kind))


def _gap(amount: float, kind: RuleKind) -> str:
    return _percent(amount) if kind in SHARES else number(ceil(amount - 1e-9))


# --- pieces ---


def _shower(kind: RuleKind) -> Callable[[float], str]:
    return _percent if kind in SHARES else number


def _percent(share: float) -> str:
    return percent(share, 1)


def _between(figures: Any, show: Callable[[float], str]) -> str:
    least, most = figures.least, figures.most
    if most is None:
        return _("at least %(number)s", number=show(least))
    if least is None:
        return _("at most %(number)s", number=show(most))
    return show(least) if least == most else _("%(low)s to %(high)s", low=show(least), high=show(most))


def _span(low: float, high: float, show: Callable[[float], str]) -> str:
    if low == high:
        return show(low)
    if high == inf:
        return _("at least %(number)s", number=show(low)) if low > 0 else _("not known")
    return _("%(low)s to %(high)s", low=show(low), high=show(high))


def _figure_span(figure: LeadFigure, low: float, high: float) -> str:
    if low == 0 and high == (1 if figure is LeadFigure.RD_RATIO else inf):
        return _("not known")
    return _span(low, high, lambda amount: _figure(figure, amount))


def _figure(figure: LeadFigure, amount: float) -> str:
    if figure is LeadFigure.RD_RATIO:
        return _percent(amount)
    return yuan(amount) if figure in (LeadFigure.RD_SPENDING, LeadFigure.REVENUE) else number(amount)


def _labels(members: Sequence[StrEnum]) -> str:
    return _listed(label(member) for member in members)


def _listed(items: Any) -> str:
    return ("、" if current_language() == "zh" else ", ").join(items)


def _coded(rows: Mapping[str, Any], code: str) -> str:
    return _name_of(rows[code]) if code in rows else code


def _name_of(row: Any) -> str:
    other = "en" if current_language() == "zh" else "zh"
    return str(getattr(row, f"name_{current_language()}") or getattr(row, f"name_{other}"))
