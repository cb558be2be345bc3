"""What a challenge is written as: one frozen draft per step of its form, checked before anything is stored."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Session

from matchmaker.errors import InvalidInput
from matchmaker.services.picked import Tag, check_known, check_range, check_tags
from models.enums import ChallengeKind, EvaluationWay, Grade, MetricRelation, OrganisationKind, RuleSetState, SizeClass
from models.rules import RuleSet
from models.taxonomy import CertificationScheme, ChainNode, District

MOST_METRICS = 12
MOST_SEATS = 10
MOST_NODES = 12
MOST_MONEY = 1e13


@dataclass(frozen=True, kw_only=True)
class MetricDraft:
    """A figure to be reached: `target` today is `baseline`."""

    name_zh: str = ""
    name_en: str = ""
    relation: MetricRelation = MetricRelation.AT_LEAST
    target: float
    unit: str = ""
    baseline: float | None = None
    is_must: bool = True
    measured_by: str = ""


@dataclass(frozen=True, kw_only=True)
class SeatDraft:
    """A role of the consortium, who may fill it, how many of them, and what each is planned to receive in CNY."""

    role_zh: str = ""
    role_en: str = ""
    kinds: tuple[str, ...] = ()
    least: int = 1
    most: int = 1
    cost: float | None = None


@dataclass(frozen=True, kw_only=True)
class ProblemDraft:
    """Step one: what is asked, how it is done today, what is given."""

    kind: ChallengeKind
    title_zh: str = ""
    title_en: str = ""
    problem_zh: str = ""
    problem_en: str = ""
    baseline_zh: str = ""
    baseline_en: str = ""
    gives_zh: str = ""
    gives_en: str = ""
    node_codes: tuple[str, ...] = ()
    trl_from: int | None = None
    trl_to: int | None = None


@dataclass(frozen=True, kw_only=True)
class MetricsDraft:
    """Step two: the figures that an answer has to reach."""

    metrics: tuple[MetricDraft, ...] = ()


@dataclass(frozen=True, kw_only=True)
class TeamDraft:
    """Step three: the capabilities that are needed, the seats, and the rules of the team."""

    tags: tuple[Tag, ...] = ()
    seats: tuple[SeatDraft, ...] = ()
    members_at_most: int = 8
    rule_set_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class TermsDraft:
    """Step four: money, time, rights, who may answer, how answers are judged, who may read."""

    budget: float | None = None
    own_money: float | None = None
    months: int | None = None
    answers_until: date | None = None
    ip_terms: str = ""
    answerer_kinds: tuple[str, ...] = ()
    answerer_sizes: tuple[str, ...] = ()
    answerer_districts: tuple[str, ...] = ()
    answerer_certifications: tuple[str, ...] = ()
    evaluation_way: EvaluationWay = EvaluationWay.SINGLE
    racers: int = 1
    secrecy: Grade = Grade.OPEN


StepDraft = ProblemDraft | MetricsDraft | TeamDraft | TermsDraft


def check(session: Session, draft: StepDraft) -> None:
    """Raise InvalidInput at the first thing that could not be stored or would mean nothing."""
    match draft:
        case ProblemDraft():
            _check_problem(session, draft)
        case MetricsDraft():
            _check_metrics(draft)
        case TeamDraft():
            _check_team(session, draft)
        case TermsDraft():
            _check_terms(session, draft)


def check_amount(field: str, amount: float | None) -> None:
    if amount is not None and not 0 <= amount <= MOST_MONEY:
        raise InvalidInput("out_of_range", field=field, low=0, high=MOST_MONEY)


def check_months(months: int | None) -> None:
    if months is not None and not 1 <= months <= 120:
        raise InvalidInput("out_of_range", field="months", low=1, high=120)


def _check_problem(session: Session, draft: ProblemDraft) -> None:
    if not (draft.title_zh or draft.title_en):
        raise InvalidInput("title_missing", field="title_zh")
    check_range(draft.trl_from, draft.trl_to, fields=("trl_from", "trl_to"))
    if len(draft.node_codes) > MOST_NODES:
        raise InvalidInput("too_many_nodes", field="node_codes", most=MOST_NODES, given=len(draft.node_codes))
    check_known(session, ChainNode, draft.node_codes, "unknown_nodes", "node_codes")


def _check_metrics(draft: MetricsDraft) -> None:
    if len(draft.metrics) > MOST_METRICS:
        raise InvalidInput("too_many_metrics", field="metrics", most=MOST_METRICS, given=len(draft.metrics))
    for row, metric in enumerate(draft.metrics, start=1):
        if not (metric.name_zh or metric.name_en):
            raise InvalidInput("metric_without_name", field="metrics", row=row)
        if not math.isfinite(metric.target) or not math.isfinite(metric.baseline or 0):
            raise InvalidInput("metric_without_figure", field="metrics", row=row)


def _check_team(session: Session, draft: TeamDraft) -> None:
    check_tags(session, draft.tags)
    if len(draft.seats) > MOST_SEATS:
        raise InvalidInput("too_many_seats", field="seats", most=MOST_SEATS, given=len(draft.seats))
    for row, seat in enumerate(draft.seats, start=1):
        _check_seat(seat, row)
    if not 2 <= draft.members_at_most <= 30:
        raise InvalidInput("out_of_range", field="members_at_most", low=2, high=30)
    if sum(seat.least for seat in draft.seats) > draft.members_at_most:
        raise InvalidInput("seats_over_members", field="seats", most=draft.members_at_most)
    _check_rule_set(session, draft.rule_set_id)


def _check_seat(seat: SeatDraft, row: int) -> None:
    if not (seat.role_zh or seat.role_en):
        raise InvalidInput("seat_without_role", field="seats", row=row)
    if not 0 <= seat.least <= seat.most <= 30 or seat.most == 0:
        raise InvalidInput("seat_count", field="seats", row=row)
    if set(seat.kinds) - {kind.value for kind in OrganisationKind}:
        raise InvalidInput("seat_kind", field="seats", row=row)
    check_amount("seats", seat.cost)


def _check_rule_set(session: Session, rule_set_id: UUID | None) -> None:
    rules = session.get(RuleSet, rule_set_id) if rule_set_id else None
    if rule_set_id and (rules is None or rules.state is RuleSetState.DRAFT):
        raise InvalidInput("rule_set_not_published", field="rule_set_id")


def _check_terms(session: Session, draft: TermsDraft) -> None:
    check_amount("budget", draft.budget)
    check_amount("own_money", draft.own_money)
    if draft.own_money and draft.own_money > (draft.budget or 0):
        raise InvalidInput("own_money_over_budget", field="own_money")
    check_months(draft.months)
    if not 1 <= draft.racers <= 10:
        raise InvalidInput("out_of_range", field="racers", low=1, high=10)
    if (draft.evaluation_way is EvaluationWay.RACE) is not (draft.racers > 1):
        raise InvalidInput("racers_of_way", field="racers")
    _check_listed("answerer_kinds", draft.answerer_kinds, OrganisationKind)
    _check_listed("answerer_sizes", draft.answerer_sizes, SizeClass)
    check_known(session, District, draft.answerer_districts, "unknown_districts", "answerer_districts")
    check_known(
        session, CertificationScheme, draft.answerer_certifications, "unknown_schemes", "answerer_certifications"
    )


def _check_listed(field: str, codes: Sequence[str], values: Any) -> None:
    if unknown := [code for code in codes if code not in {value.value for value in values}]:
        raise InvalidInput("unknown_choice", field=field, codes=unknown)
