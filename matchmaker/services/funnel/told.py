"""The funnel as facts for reports: plain values, no sentences."""

from datetime import date
from typing import Any

from sqlmodel import Session

from matchmaker.services.funnel.counting import Funnel, count_funnel
from matchmaker.services.funnel.events import STAGES, Period, Way
from matchmaker.services.funnel.rates import list_rates
from matchmaker.services.scope import Scope
from models.outcomes import BaseRate


def tell_funnel(session: Session, scope: Scope, first: date, last: date) -> dict[str, Any]:
    """Pairs by stage with the share of the stage before, why they ended, published rates, and outcomes."""
    counted = count_funnel(session, scope, Period(first, last))
    return {
        "stages": stages_of(counted),
        "drop_off": [
            {"stage": stage.value, "reason": reason, "count": count} for stage, reason, count in counted.drop_off()
        ],
        "base_rates": [rate_of(row) for row in list_rates(session)],
        "outcomes": [
            {
                "kind": one.kind.value,
                "confirmed": one.confirmed,
                "stated": one.stated,
                "disputed": one.disputed,
                "amount": one.amount,
            }
            for one in counted.outcomes
        ],
        "from": first.isoformat(),
        "to": last.isoformat(),
    }


def stages_of(counted: Funnel) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = []
    for stage in STAGES:
        count, before = counted.reached(stage), told[-1]["count"] if told else 0
        told.append(
            {
                "stage": stage.value,
                "count": count,
                "of_before": count / before if before else None,
                "needs": counted.needs[stage],
                **{way.value: counted.reached(stage, way) for way in Way},
            }
        )
    return told


def rate_of(row: BaseRate) -> dict[str, Any]:
    return {
        "code": row.code,
        "name_zh": row.name_zh,
        "name_en": row.name_en,
        "value": row.value,
        "text_zh": row.text_zh,
        "text_en": row.text_en,
        "from_stage": row.from_stage.value if row.from_stage else None,
        "to_stage": row.to_stage.value if row.to_stage else None,
        "counts": row.counts.value if row.counts else None,
        "source": row.source,
        "source_zh": row.source_zh,
    }
