"""Is it clear what is asked? An automatic look that names what is vague and where, before people judge it."""

import dataclasses
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session, select

from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.calendar import today
from matchmaker.services.capabilities import match_terms
from matchmaker.services.challenges.reading import list_metrics, list_tags
from models.challenges import Challenge, ChallengeMetric, ClarityLimit, VagueWord
from models.enums import ChallengeKind, MetricRelation

TEXTS = (
    *("title_zh", "title_en", "problem_zh", "problem_en", "baseline_zh", "baseline_en", "gives_zh", "gives_en"),
    "ip_terms",
)
HAS_FIGURE = re.compile(r"\d|[一二三四五六七八九十百千两]+[个年月天倍成台套辆]")


@dataclass(frozen=True)
class Finding:
    """One thing that is vague or missing, at a field of a step of the form. `stops`: it cannot be handed in so."""

    code: str
    step: str  # problem, metrics, team, terms
    field: str
    stops: bool = False
    facts: Mapping[str, object] = dataclasses.field(default_factory=dict)


def findings(session: Session, actor: Actor, challenge: Challenge) -> tuple[Finding, ...]:
    """What a reader would have to ask back about, in the order of the form; for the poster and officers."""
    require(actor, Permission.CHALLENGE_EDIT, challenge.organisation_id)
    limits = limits_of(session)
    return (
        *_of_problem(challenge, limits),
        *_of_metrics(list_metrics(session, challenge.id)),
        *_of_team(session, challenge),
        *_of_terms(challenge, limits),
        *_vague(session, challenge),
    )


def limits_of(session: Session) -> dict[str, float]:
    return {limit.code: limit.value for limit in session.exec(select(ClarityLimit))}


def _of_problem(challenge: Challenge, limits: Mapping[str, float]) -> Iterator[Finding]:
    both = {language: getattr(challenge, f"problem_{language}") for language in ("zh", "en")}
    texts = {language: text for language, text in both.items() if text}
    if not texts:
        yield Finding("problem_missing", "problem", "problem_zh", stops=True)
    elif all(len(text) < limits.get(f"problem_characters_{language}", 0) for language, text in texts.items()):
        length = max(map(len, texts.values()))
        yield Finding("problem_short", "problem", "problem_zh", facts={"length": length})
    elif not HAS_FIGURE.search("".join(texts.values())):
        yield Finding("problem_no_figure", "problem", "problem_zh")
    if not (challenge.baseline_zh or challenge.baseline_en):
        yield Finding("baseline_missing", "problem", "baseline_zh")
    if not challenge.node_codes:
        yield Finding("nodes_missing", "problem", "node_codes")
    if challenge.kind is ChallengeKind.SCENE and not (challenge.gives_zh or challenge.gives_en):
        yield Finding("scene_gives_nothing", "problem", "gives_zh")


def _of_metrics(metrics: tuple[ChallengeMetric, ...]) -> Iterator[Finding]:
    if not metrics:
        yield Finding("metrics_missing", "metrics", "metrics", stops=True)
    elif not any(metric.is_must for metric in metrics):
        yield Finding("metric_no_must", "metrics", "metrics")
    for row, metric in enumerate(metrics):
        facts = {"zh": metric.name_zh or metric.name_en, "en": metric.name_en or metric.name_zh}
        lacks = {
            "metric_no_unit": not metric.unit,
            "metric_no_baseline": metric.baseline is None,
            "metric_not_measured": not metric.measured_by,
            "metric_reached_today": _is_reached(metric),
        }
        yield from (
            Finding(code, "metrics", f"metrics-{row}", facts=facts) for code, is_lacking in lacks.items() if is_lacking
        )


def _is_reached(metric: ChallengeMetric) -> bool:
    """Today's figure is as good as the one that is asked for."""
    return metric.baseline is not None and meets(metric, metric.baseline)


def meets(metric: ChallengeMetric, figure: float) -> bool:
    """Whether a figure reaches the target."""
    if metric.relation is MetricRelation.AT_LEAST:
        return figure >= metric.target
    if metric.relation is MetricRelation.AT_MOST:
        return figure <= metric.target
    return figure == metric.target


def _of_team(session: Session, challenge: Challenge) -> Iterator[Finding]:
    tags = list_tags(session, challenge.id)
    if not tags:
        yield Finding("capabilities_missing", "team", "tags")
    elif not any(tag.is_must for tag in tags):
        yield Finding("capability_no_must", "team", "tags")


def _of_terms(challenge: Challenge, limits: Mapping[str, float]) -> Iterator[Finding]:
    if not challenge.budget:
        yield Finding("budget_missing", "terms", "budget")
    if challenge.months is None:
        yield Finding("months_missing", "terms", "months")
    if not challenge.ip_terms:
        yield Finding("ip_terms_missing", "terms", "ip_terms")
    yield from _of_deadline(challenge, int(limits.get("days_to_deadline", 0)))


def _of_deadline(challenge: Challenge, days: int) -> Iterator[Finding]:
    until = challenge.answers_until
    if until is None:
        yield Finding("deadline_missing", "terms", "answers_until", stops=True)
    elif until < today():
        yield Finding("deadline_past", "terms", "answers_until", stops=True)
    elif until < today() + timedelta(days=days):
        yield Finding("deadline_near", "terms", "answers_until", facts={"days": days})


def _vague(session: Session, challenge: Challenge) -> Iterator[Finding]:
    """Words that promise without a figure, at the field in which they stand."""
    words = {word.word: word for word in session.exec(select(VagueWord))}
    terms = {word: (word,) for word in words}
    for name in TEXTS:
        for word in match_terms(getattr(challenge, name), terms):
            yield Finding("vague_word", "terms" if name == "ip_terms" else "problem", name, facts=_said(words[word]))
    for row, metric in enumerate(list_metrics(session, challenge.id)):
        for word in match_terms(f"{metric.name_zh}\n{metric.name_en}\n{metric.measured_by}", terms):
            yield Finding("vague_word", "metrics", f"metrics-{row}", facts=_said(words[word]))


def _said(word: VagueWord) -> dict[str, object]:
    return {"word": word.word, "zh": word.advice_zh, "en": word.advice_en}
