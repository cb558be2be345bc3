"""Challenges in words: what is vague, who may answer, which step comes next."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from matchmaker.errors import Recused
from matchmaker.services.challenges import stages
from matchmaker.services.challenges.clarity import Finding
from matchmaker.services.challenges.eligibility import Check, Condition, Eligibility, Outcome
from models.accounts import User
from models.challenges import ChallengeMetric
from models.enums import AccessState, AnswerState, ChallengeStage, MetricRelation, OrganisationKind, SizeClass
from web.forms.edit import ConflictForm
from web.i18n import current_language, joined
from web.labels import label

S = ChallengeStage
WAY = stages.WAY
STAGE_TONES: Mapping[ChallengeStage, str] = {
    S.PUBLISHED: "primary",
    S.ANSWERED: "good",
    S.JUDGED: "teal",
    S.SIGNED: "teal",
    S.ACCEPTED: "good",
    S.WITHDRAWN: "warn",
}
ANSWER_TONES: Mapping[AnswerState, str] = {
    AnswerState.SUBMITTED: "primary",
    AnswerState.SHORTLISTED: "teal",
    AnswerState.SELECTED: "good",
    AnswerState.DECLINED: "warn",
}
ACCESS_TONES: Mapping[AccessState, str] = {AccessState.GRANTED: "good", AccessState.REFUSED: "warn"}
OUTCOME_TONES: Mapping[Outcome, str] = {Outcome.MET: "good", Outcome.NOT_MET: "bad", Outcome.UNKNOWN: "warn"}
OUTCOMES: Mapping[Outcome, object] = {
    Outcome.MET: _l("met"),
    Outcome.NOT_MET: _l("not met"),
    Outcome.UNKNOWN: _l("not known"),
}
CONDITIONS: Mapping[Condition, object] = {
    Condition.OWN: _l("your own post"),
    Condition.KIND: _l("kind of organisation"),
    Condition.SIZE: _l("size"),
    Condition.DISTRICT: _l("district"),
    Condition.CERTIFICATION: _l("certification"),
}
FINDINGS: Mapping[str, object] = {
    "problem_missing": _l("The problem is not described."),
    "problem_short": _l("The problem has %(length)s characters; nobody can judge it from so little."),
    "problem_no_figure": _l("The problem has no figure: how often, how much, how long?"),
    "baseline_missing": _l("How it is done today is not said, so nobody sees what would be gained."),
    "nodes_missing": _l("No place in the industrial chain is chosen, so fewer will find it."),
    "scene_gives_nothing": _l("A scene says what it opens: line, data, samples, people, days."),
    "metrics_missing": _l("There is no metric: by what will you see that it is solved?"),
    "metric_no_must": _l("No metric is a must; say which one decides."),
    "metric_no_unit": _l("“%(name)s” has no unit."),
    "metric_no_baseline": _l("“%(name)s” has no figure of today."),
    "metric_not_measured": _l("“%(name)s” does not say how and by whom it is measured."),
    "metric_reached_today": _l("“%(name)s” is reached by today's figure already."),
    "capabilities_missing": _l("No capability is named, so matching has nothing to go by."),
    "capability_no_must": _l("No capability is a must; say what the team cannot do without."),
    "budget_missing": _l("The budget is not said."),
    "months_missing": _l("How long the work may take is not said."),
    "ip_terms_missing": _l("The IP terms are empty; this is what answers fail over most often."),
    "deadline_missing": _l("There is no last day for answers."),
    "deadline_past": _l("The last day for answers is over."),
    "deadline_near": _l("Answers are due in less than %(days)s days; few can form a team so fast."),
    "vague_word": _l("“%(word)s” says nothing that can be measured. %(advice)s."),
}
MOVES: Mapping[ChallengeStage, object] = {
    S.SCREENED: _l("Begin the screening"),
    S.COLLECTED: _l("Ask for changes"),
    S.PUBLISHED: _l("Publish"),
    S.ANSWERED: _l("Open for answers"),
    S.JUDGED: _l("Begin the evaluation"),
    S.SIGNED: _l("Go on to signing"),
    S.ACCEPTED: _l("Accept the result"),
    S.WITHDRAWN: _l("Withdraw it"),
}
ENDPOINT_OF_STEP = {
    "problem": "challenges.show_problem",
    "metrics": "challenges.show_metrics",
    "team": "challenges.show_team",
    "terms": "challenges.show_terms",
}
NOTED = frozenset({S.COLLECTED, S.WITHDRAWN})


def localised_text(zh: str, en: str) -> str:
    first, second = (en, zh) if current_language() == "en" else (zh, en)
    return first or second


def finding_text(finding: Finding) -> str:
    facts = dict(finding.facts)
    told = localised_text(str(facts.pop("zh", "")), str(facts.pop("en", "")))
    return str(FINDINGS[finding.code]) % {**facts, "name": told, "advice": told}


def finding_url(finding: Finding, challenge_id: UUID) -> str:
    return url_for(ENDPOINT_OF_STEP[finding.step], challenge_id=challenge_id, _anchor=finding.field)


def eligibility_text(verdict: Eligibility) -> str:
    """One line for a row: may answer, may not and why, or what nobody knows."""
    if verdict.outcome is Outcome.MET:
        return _("You may answer")
    named = [check for check in verdict.open_checks if check.outcome is verdict.outcome]
    conditions = _(", ").join(str(CONDITIONS[check.condition]) for check in named)
    if verdict.outcome is Outcome.NOT_MET:
        return _("Not for you: %(conditions)s", conditions=conditions)
    return _("Not known: %(conditions)s", conditions=conditions)


def wanted_text(check: Check, names: Mapping[str, str]) -> str:
    return _(", ").join(_word(check.condition, code, names) for code in check.wanted)


def actual_text(check: Check, names: Mapping[str, str]) -> str:
    return _("not known") if check.actual is None else _word(check.condition, check.actual, names)


def _word(condition: Condition, code: str, names: Mapping[str, str]) -> str:
    if condition is Condition.KIND:
        return label(OrganisationKind(code))
    if condition is Condition.SIZE:
        return label(SizeClass(code))
    return names.get(code, code)


def metric_name(metric: ChallengeMetric) -> str:
    return localised_text(metric.name_zh, metric.name_en)


def metric_target(metric: ChallengeMetric) -> str:
    """The figure that is asked for, as short as it is said: ≤ 2 s."""
    sign = {MetricRelation.AT_LEAST: "≥", MetricRelation.AT_MOST: "≤", MetricRelation.EQUAL: "="}[metric.relation]
    return f"{sign} {figure(metric.target)} {metric.unit}".strip()


def figure(value: float | None, unit: str = "") -> str:
    return "—" if value is None else f"{value:,g} {unit}".strip()


def differences(form: ConflictForm) -> list[tuple[str, str, str]]:
    """Field by field what somebody else saved and what is typed here; rows as their first words."""
    return [
        (str(form[name].label.text) if name in form else name, _in_words(theirs), _in_words(yours))
        for name, (theirs, yours) in form.differences.items()
    ]


def _in_words(value: Any) -> str:
    if value in (None, "", (), []):
        return "—"
    if isinstance(value, (tuple, list)):
        return "、".join(_in_words(one) for one in value)
    for name in ("name_zh", "role_zh", "capability_code"):
        if hasattr(value, name):
            return _row_in_words(value, name)
    if isinstance(value, Mapping):
        return "、".join(_in_words(one) for one in value.values())
    return label(value) if hasattr(value, "value") else str(value)


def _row_in_words(row: Any, name: str) -> str:
    first = getattr(row, name) or getattr(row, name.replace("_zh", "_en"), "")
    rest = [getattr(row, other) for other in ("target", "unit", "level", "least", "most") if hasattr(row, other)]
    return " ".join([str(first), *(f"{one:g}" if isinstance(one, float) else str(one) for one in rest)])


def recusal_text(error: Recused) -> str:
    """The answer to an officer who tried to read what rivals wrote."""
    tried = _("This attempt is entered in the audit log.")
    return f"{_keeps_out(error.others)} {tried}"


def recusal_note(others: Sequence[User]) -> str:
    """The same on a page that the officer may read."""
    return _keeps_out([person.name or person.email for person in others])


def _keeps_out(names: Sequence[str]) -> str:
    why = _(
        "Conflict of interest: an organisation of yours competes in this challenge. You do not read what others hand "
        "in, and you do not steer the challenge."
    )
    then = (
        _("Who takes over: %(names)s.", names=joined(names))
        if names
        else _("No other officer is free to take over; an administrator appoints one.")
    )
    return f"{why} {then}"
