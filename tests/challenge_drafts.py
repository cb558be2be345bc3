"""The four steps of a challenge that is clear in every respect."""

from datetime import timedelta
from typing import Any

from matchmaker.services.calendar import today
from matchmaker.services.challenges.drafts import (
    MetricDraft,
    ProblemDraft,
    SeatDraft,
    TeamDraft,
    TermsDraft,
)
from matchmaker.services.picked import Tag
from models.enums import ChallengeKind, MetricRelation

LONG = (
    "零下三十度静置一夜后，座舱域控制器从上电到仪表可用需要 6 秒，整车厂要求 2 秒以内；"
    "更换存储后仍为 4.5 秒，需要重做启动流程。"
)
PROBLEM = ProblemDraft(
    kind=ChallengeKind.CHALLENGE,
    title_zh="两秒冷启动",
    problem_zh=LONG,
    baseline_zh="6 秒",
    node_codes=("nev-cockpit",),
)
METRIC = MetricDraft(
    name_zh="冷启动", relation=MetricRelation.AT_MOST, target=2, unit="s", baseline=6, measured_by="第三方实验室"
)
TEAM = TeamDraft(
    tags=(Tag(capability_code="cockpit-controller", level=3, is_must=True),),
    seats=(SeatDraft(role_zh="研发", kinds=("lab",), least=1, most=2, cost=1e6),),
)


def terms(**fields: Any) -> TermsDraft:
    return TermsDraft(
        **{
            "budget": 5e6,
            "own_money": 1e6,
            "months": 12,
            "answers_until": today() + timedelta(days=40),
            "ip_terms": "共有",
        }
        | fields
    )
