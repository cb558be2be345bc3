"""Challenges and scenes of chain leaders, in every stage, with answers of those whose offers speak for them."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from models.challenges import (
    Challenge,
    ChallengeAccess,
    ChallengeAnswer,
    ChallengeCapability,
    ChallengeMetric,
    ChallengeSeat,
    ChallengeStageDate,
)
from models.enums import (
    AccessState,
    AnswerState,
    ChallengeKind,
    ChallengeStage,
    EvaluationWay,
    Grade,
    MetricRelation,
)
from seeds.demo.chains import HERE
from seeds.demo.identity import HERO, SOURCE, identity
from seeds.demo.world import Body, World

S = ChallengeStage
WAY = (S.COLLECTED, S.SCREENED, S.PUBLISHED, S.ANSWERED, S.JUDGED, S.SIGNED, S.ACCEPTED)
# Days from the beginning of a stage to that of the next.
LASTS = {S.COLLECTED: 9, S.SCREENED: 12, S.PUBLISHED: 10, S.ANSWERED: 50, S.JUDGED: 25, S.SIGNED: 360}
TEXTS = tuple(f"{name}_{language}" for name in ("title", "problem", "baseline", "gives") for language in ("zh", "en"))
PLAIN = ("ip_terms", "budget", "own_money", "months", "racers", "members_at_most")
LISTS = ("answerer_kinds", "answerer_sizes", "answerer_districts", "answerer_certifications")
# The one for which no team is possible, on purpose: the composer shows the clash and the ways out of it.
CLASHING = "pack-line-handed-in"
PASSED = 16  # points of the rubric
APPROACH = (
    "以现有{capability}能力为基础，分三步完成：前 {half} 个月完成方案与样件，随后与发榜方联合试验并按必达指标逐项整改，"
    "第 {months} 个月提交第三方报告和可量产的工艺文件。每一步设验收节点，未达到指标不进入下一步。"
)
FOUNDATION = "{name}近三年持续从事{capability}，有量产或工程应用记录，试验数据和客户验收材料可现场查阅。"
TEAM = "项目负责人 1 名，研发 6 名，试验 3 名，工艺 2 名；负责人投入时间不少于 60%。"
RISKS = "主要风险是试验档期和关键材料交期；已预留两个月，并有第二供应来源。"


def challenge(world: World) -> None:
    """Add what the file says, with dates around today."""
    with (HERE / "challenges.toml").open("rb") as stream:
        entries: Sequence[Mapping[str, Any]] = tomllib.load(stream)["challenge"]
    bodies = {body.key: body for body in world.bodies}
    for entry in entries:
        posted = _post(world, bodies[entry["poster"]], entry)
        _hang_on(world, posted, entry)
        _date(world, posted)
        dice = world.dice(f"challenge/{entry['key']}")
        taken: set[str] = {entry["poster"]}
        _let_in(world, dice, posted, entry, taken)
        _answer(world, dice, posted, entry, taken)


def _post(world: World, poster: Body, entry: Mapping[str, Any]) -> Challenge:
    key = f"challenge/{entry['key']}"
    stage = S(entry["stage"])
    trl_from, trl_to = entry.get("trl", (None, None))
    is_written = stage is S.COLLECTED and not entry.get("handed_in")
    return world.add(
        Challenge,
        id=identity(key),
        organisation_id=poster.record.id,
        kind=ChallengeKind(entry["kind"]),
        stage=stage,
        is_submitted=not is_written,
        **{name: entry[name] for name in (*TEXTS, *PLAIN) if name in entry},
        **{name: list(entry.get(name, ())) for name in LISTS},
        node_codes=list(entry["nodes"]),
        trl_from=trl_from,
        trl_to=trl_to,
        answers_until=world.today + timedelta(days=entry["answers_in"]) if "answers_in" in entry else None,
        evaluation_way=EvaluationWay(entry.get("evaluation", "single")),
        secrecy=Grade(entry.get("secrecy", "open")),
        clarity_points=PASSED if stage in WAY[2:] else None,
        officer_note=entry.get("note", ""),
        source=SOURCE,
        source_key=key,
    )


def _hang_on(world: World, posted: Challenge, entry: Mapping[str, Any]) -> None:
    for at, (zh, en, relation, target, unit, baseline, measured_by) in enumerate(entry["metrics"]):
        world.add(
            ChallengeMetric,
            id=identity(f"{posted.source_key}/metric-{at}"),
            challenge_id=posted.id,
            name_zh=zh,
            name_en=en,
            relation=MetricRelation(relation),
            target=float(target),
            unit=unit,
            baseline=None if baseline == "" else float(baseline),
            measured_by=measured_by,
            position=at,
        )
    for code, level, weight, is_must in entry["tags"]:
        world.add(
            ChallengeCapability,
            challenge_id=posted.id,
            capability_code=code,
            level=level,
            weight=weight,
            is_must=is_must,
        )
    for at, (zh, en, kinds, least, most, cost) in enumerate(entry.get("seats", ())):
        world.add(
            ChallengeSeat,
            id=identity(f"{posted.source_key}/seat-{at}"),
            challenge_id=posted.id,
            role_zh=zh,
            role_en=en,
            kinds=list(kinds),
            least=least,
            most=most,
            cost=float(cost),
            position=at,
        )


def _date(world: World, posted: Challenge) -> None:
    """Stages behind it were entered one after the other; those ahead are planned."""
    reached = S.PUBLISHED if posted.stage is S.WITHDRAWN else posted.stage
    now = WAY.index(reached)
    until = posted.answers_until or world.today + timedelta(days=60)
    planned = dict(zip(WAY, _planned(until), strict=True))
    for stage in WAY[: now + 1]:
        days_ago = sum(LASTS[one] for one in WAY[WAY.index(stage) : now]) + 3
        world.add(
            ChallengeStageDate,
            challenge_id=posted.id,
            stage=stage,
            planned_on=planned[stage],
            entered_at=world.moment(days_ago),
        )
    for stage in WAY[now + 1 :]:
        ahead = world.today + timedelta(days=7 * (WAY.index(stage) - now))
        world.add(ChallengeStageDate, challenge_id=posted.id, stage=stage, planned_on=max(planned[stage], ahead))
    if posted.stage is S.WITHDRAWN:
        world.add(ChallengeStageDate, challenge_id=posted.id, stage=S.WITHDRAWN, entered_at=world.moment(1))


def _planned(until: date) -> list[date]:
    """The day on which each stage is meant to begin: the evaluation begins when answers end."""
    judged = WAY.index(S.JUDGED)
    lasts = [LASTS.get(stage, 0) for stage in WAY]
    return [
        until + timedelta(days=1 - sum(lasts[at:judged]) if at < judged else 1 + sum(lasts[judged:at]))
        for at in range(len(WAY))
    ]


def _let_in(world: World, dice: Random, posted: Challenge, entry: Mapping[str, Any], taken: set[str]) -> None:
    for one in entry.get("let_in", ()):
        who = _choose(world, dice, posted, one["who"], _skills(entry, one), taken)
        state = AccessState(one["state"])
        world.add(
            ChallengeAccess,
            id=identity(f"{posted.source_key}/access/{who.key}"),
            challenge_id=posted.id,
            organisation_id=who.record.id,
            state=state,
            purpose=one["purpose"],
            decided_at=world.moment(2) if state is AccessState.GRANTED else None,
        )


def _answer(world: World, dice: Random, posted: Challenge, entry: Mapping[str, Any], taken: set[str]) -> None:
    metrics = [one for one in world.all_of(ChallengeMetric) if one.challenge_id == posted.id]
    for one in entry.get("answers", ()):
        who = _choose(world, dice, posted, one["by"], _skills(entry, one), taken)
        capability = world.chains.skills[one["skill"]].name.zh
        world.add(
            ChallengeAnswer,
            id=identity(f"{posted.source_key}/answer/{who.key}"),
            challenge_id=posted.id,
            organisation_id=who.record.id,
            state=AnswerState(one["state"]),
            approach=APPROACH.format(capability=capability, months=one["months"], half=one["months"] // 2),
            foundation=FOUNDATION.format(capability=capability, name=who.record.short_name or who.record.name_zh),
            team=TEAM,
            risks=RISKS,
            ip_terms="同意榜单的知识产权条款。",
            asks=float(one["asks"]),
            months=one["months"],
            promises={str(metric.id): _promised(metric, one["share"]) for metric in metrics},
            submitted_at=_before(world, posted),
            points=one.get("points"),
            verdict=one.get("verdict", ""),
        )


def _skills(entry: Mapping[str, Any], one: Mapping[str, Any]) -> list[str]:
    """What speaks for an answer: its own capability, else another one that is asked for."""
    return [one["skill"], *(code for code, *_ in entry["tags"])]


def _choose(world: World, dice: Random, posted: Challenge, kind: str, skills: Sequence[str], taken: set[str]) -> Body:
    """One of its kind that offers the first of `skills` that anybody offers; the demo's own SME keeps its hands free."""
    free = [body for body in world.of_kind(kind) if body.record.staff and body.key not in {*taken, HERO}]
    districts = posted.answerer_districts
    free = [body for body in free if not districts or body.record.district_code in districts]
    able = next(found for skill in skills if (found := [body for body in free if skill in body.sells]))
    who = dice.choice(able)
    taken.add(who.key)
    return who


def _promised(metric: ChallengeMetric, share: float) -> float:
    """`share` of the way from today's figure to the target; more than 1 goes beyond it."""
    start = metric.baseline if metric.baseline is not None else 0.0
    promised = start + share * (metric.target - start)
    return round(max(0.0, promised) if metric.target >= 0 else promised, 2)


def _before(world: World, posted: Challenge) -> datetime:
    """A few days before answers ended, or lately."""
    until = posted.answers_until or world.today
    return world.moment(max(3, (world.today - until).days + 4))
