"""The scorecard as facts for reports: open fields only, plain values, both names."""

from datetime import date
from typing import Any

from sqlmodel import Session

from matchmaker.services.hashing import sha256_of
from matchmaker.services.opening.scorecard import FacilityScore, Group, group_by_ownership, score_facilities
from matchmaker.services.scope import Scope


def tell_scorecard(session: Session, scope: Scope, day: date) -> dict[str, Any]:
    """{"facilities": [{"id", "name_zh", "name_en", "operator": {"id", "name_zh", "name_en", "ownership"}, "score",
    "coverage", "lines": [{"code", "name_zh", "name_en", "weight", "raw", "value", "points"}]}], "ownership":
    [{"key", "facilities", "score", "coverage"}], "as_of", "inputs_sha256"}; the most open first, scores of 100.
    """
    scores = score_facilities(session, scope, day)
    facts = {
        "facilities": [_facility(score) for score in scores],
        "ownership": [_group(group) for group in group_by_ownership(scores)],
    }
    return {**facts, "as_of": str(day), "inputs_sha256": sha256_of({**facts, "as_of": str(day)})}


def _facility(score: FacilityScore) -> dict[str, Any]:
    return {
        "id": str(score.facility_id),
        "name_zh": score.name_zh,
        "name_en": score.name_en,
        "operator": {
            "id": str(score.operator_id),
            "name_zh": score.operator_zh,
            "name_en": score.operator_en,
            "ownership": score.ownership.value if score.ownership else None,
        },
        "score": score.score,
        "coverage": score.coverage,
        "lines": [
            {
                "code": line.criterion.code,
                "name_zh": line.criterion.name_zh,
                "name_en": line.criterion.name_en,
                "weight": line.criterion.weight,
                "raw": line.raw,
                "value": line.value,
                "points": line.points,
            }
            for line in score.lines
        ],
    }


def _group(group: Group) -> dict[str, Any]:
    return {"key": group.key, "facilities": group.facilities, "score": group.score, "coverage": group.coverage}
