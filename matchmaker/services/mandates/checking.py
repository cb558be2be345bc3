"""What a draft still lacks: things without which it cannot be published, and things that readers will miss."""

from collections.abc import Iterator
from dataclasses import dataclass

from matchmaker.services.mandates.reading import Terms

# The step on which a field is written.
STEP_OF = {
    "name_zh": "fund", "remaining": "fund", "started_on": "fund", "manager": "fund",
    "stages": "direction", "fields": "direction", "thesis_zh": "direction",
    "ticket_low": "limits", "ticket_high": "limits", "main_field_share": "limits", "stake_high": "limits",
    "decision_weeks": "clauses", "risk_tolerance": "clauses",
}  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """`code` says what; `stops` whether it keeps the terms from being published."""

    code: str
    field: str
    stops: bool = False

    @property
    def step(self) -> str:
        return STEP_OF[self.field]


def findings(terms: Terms) -> tuple[Finding, ...]:
    """Everything that a mandate lacks, what stops first."""
    return tuple(sorted([*_stopping(terms), *_missed(terms)], key=lambda one: not one.stops))


def _stopping(terms: Terms) -> Iterator[Finding]:
    if not (terms.fund.name_zh or terms.fund.name_en):
        yield Finding("name_missing", "name_zh", stops=True)
    if not terms.direction.stages:
        yield Finding("stages_missing", "stages", stops=True)
    if terms.limits.ticket_low is None:
        yield Finding("ticket_low_missing", "ticket_low", stops=True)
    if terms.limits.ticket_high is None:
        yield Finding("ticket_high_missing", "ticket_high", stops=True)
    if terms.limits.main_field_share and not terms.direction.main_fields:
        yield Finding("main_field_missing", "fields", stops=True)


def _missed(terms: Terms) -> Iterator[Finding]:
    fund, limits = terms.fund, terms.limits
    if not (terms.direction.thesis_zh or terms.direction.thesis_en):
        yield Finding("thesis_missing", "thesis_zh")
    if not terms.direction.fields:
        yield Finding("fields_missing", "fields")
    if fund.started_on is None or fund.investment_years is None or fund.exit_years is None:
        yield Finding("life_missing", "started_on")
    if fund.remaining is None:
        yield Finding("remaining_missing", "remaining")
    elif limits.ticket_low is not None and fund.remaining < limits.ticket_low:
        yield Finding("remaining_under_ticket", "remaining")
    if terms.clauses.risk_tolerance is None:
        yield Finding("tolerance_missing", "risk_tolerance")
    if terms.clauses.decision_weeks is None:
        yield Finding("weeks_missing", "decision_weeks")
