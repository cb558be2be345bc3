"""Valid challenges with what hangs on them; a test names only what it is about."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from itertools import count
from typing import Any

from sqlmodel import Session

from matchmaker.services.calendar import today
from models.base import utc_now
from models.challenges import (
    Challenge,
    ChallengeAccess,
    ChallengeAnswer,
    ChallengeCapability,
    ChallengeMetric,
    ChallengeSeat,
    ChallengeStageDate,
)
from models.enums import AccessState, AnswerState, ChallengeKind, ChallengeStage, MetricRelation, OrganisationKind
from models.organisations import Organisation

NUMBERS = count(1)
PROBLEM = (
    "智能座舱域控制器在零下三十度冷启动需要 6 秒，整车厂要求 2 秒以内；现有方案更换存储后仍为 4.5 秒，"
    "需要从启动流程、存储和电源三个方面重新设计，并通过车规级验证。"
)


def challenge(
    session: Session,
    owner: Organisation,
    *,
    tags: Mapping[str, tuple[int, float, bool]] | None = None,
    metrics: Iterable[Mapping[str, Any]] = ({},),
    seats: Iterable[Mapping[str, Any]] = (),
    **fields: Any,
) -> Challenge:
    """A published, open challenge that takes answers; `tags` are code -> (level, weight, must)."""
    number = next(NUMBERS)
    stage = fields.get("stage", ChallengeStage.ANSWERED)
    values: dict[str, Any] = {
        "kind": ChallengeKind.CHALLENGE,
        "stage": ChallengeStage.ANSWERED,
        "is_submitted": stage is not ChallengeStage.COLLECTED,
        "title_zh": f"第{number}号榜单：座舱域控制器冷启动",
        "title_en": f"Challenge No. {number}: cold start of cockpit controllers",
        "problem_zh": PROBLEM,
        "baseline_zh": "目前冷启动 6 秒",
        "budget": 5_000_000.0,
        "own_money": 1_000_000.0,
        "months": 18,
        "answers_until": today() + timedelta(days=45),
        "ip_terms": "前景知识产权双方共有，发榜方在汽车领域优先使用",
    }
    record = Challenge(organisation_id=owner.id, **{**values, **fields})
    session.add(record)
    session.flush()
    for code, (level, weight, is_must) in (tags or {}).items():
        session.add(
            ChallengeCapability(
                challenge_id=record.id, capability_code=code, level=level, weight=weight, is_must=is_must
            )
        )
    session.add_all(_metric(record, at, one) for at, one in enumerate(metrics))
    session.add_all(_seat(record, at, one) for at, one in enumerate(seats))
    session.add(ChallengeStageDate(challenge_id=record.id, stage=record.stage, entered_at=utc_now()))
    session.flush()
    return record


def answer(session: Session, asked: Challenge, organisation: Organisation, **fields: Any) -> ChallengeAnswer:
    """A submitted answer."""
    values: dict[str, Any] = {
        "state": AnswerState.SUBMITTED,
        "approach": "重写启动流程，改用并行加载与休眠镜像，样机三个月内送测，并给出每一步的时间预算。",
        "foundation": "已为两家整车厂量产座舱控制器",
        "asks": 3_000_000.0,
        "months": 15,
        "submitted_at": utc_now(),
    }
    record = ChallengeAnswer(challenge_id=asked.id, organisation_id=organisation.id, **{**values, **fields})
    session.add(record)
    session.flush()
    return record


def let_in(session: Session, asked: Challenge, organisation: Organisation, **fields: Any) -> ChallengeAccess:
    values = {"state": AccessState.GRANTED, **fields}
    record = ChallengeAccess(challenge_id=asked.id, organisation_id=organisation.id, **values)
    session.add(record)
    session.flush()
    return record


def _metric(record: Challenge, position: int, fields: Mapping[str, Any]) -> ChallengeMetric:
    values: dict[str, Any] = {
        "name_zh": "冷启动时间",
        "name_en": "Cold start time",
        "relation": MetricRelation.AT_MOST,
        "target": 2.0,
        "unit": "s",
        "baseline": 6.0,
        "measured_by": "第三方实验室，-30 ℃ 静置 12 小时后测三次取平均",
    }
    return ChallengeMetric(challenge_id=record.id, position=position, **{**values, **fields})


def _seat(record: Challenge, position: int, fields: Mapping[str, Any]) -> ChallengeSeat:
    values: dict[str, Any] = {"role_zh": "研发", "role_en": "Research", "kinds": [OrganisationKind.LAB.value]}
    return ChallengeSeat(challenge_id=record.id, position=position, **{**values, **fields})
