"""From a round, its milestones and support, and the published mandates to the frozen question."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput
from matchmaker.funding.clauses import MONTHS
from matchmaker.funding.clearance import VERDICTS
from matchmaker.funding.columns import STAGES, Mandates
from matchmaker.funding.stack.instance import LimitKind, spread
from matchmaker.funding.stack.phases import Access, Phase, access
from matchmaker.services.capital.rounds import milestones_of, supports_of
from matchmaker.services.clearing.reading import as_firm_sees
from matchmaker.services.stacks.questions import Plain, allowed_by_stage, stage_codes
from matchmaker.services.stacks.settings import Terms
from models.enums import LeadOrFollow
from models.funds import Mandate, TypicalFund
from models.rounds import Round, RoundMilestone, RoundSupport
from models.taxonomy import RelayHop

# A mandate that does not say whether it leads is asked, as a clause that is not known is: it stops no plan.
LEADS = frozenset({LeadOrFollow.LEAD, LeadOrFollow.BOTH, None})


@dataclass(frozen=True)
class Way:
    """The milestones ahead with what the money of each phase is for."""

    milestones: Sequence[RoundMilestone]
    need: np.ndarray  # T
    phases: Sequence[Phase]


def freeze(session: Session, one: Round, terms: Terms, *, today: date) -> Plain:
    """The question of `terms` for a round, by all that its firm knows; raises InvalidInput where it cannot be put."""
    way = _way(session, one, terms)
    months = len(way.need)
    supports = supports_of(session, one.id)
    reading = as_firm_sees(session, one, today=today)
    found = access(reading.mandates, reading.firms, way.phases, day=today.toordinal())
    phases = list(_phases(way, found, terms))
    return {
        "version": 1,
        "asked_on": today.isoformat(),
        "round_id": str(one.id),
        "organisation_id": str(one.organisation_id),
        "need": way.need.tolist(),
        "support": _support(supports, terms, months),
        "phases": phases,
        "milestones": [_milestone(row, terms) for row in way.milestones],
        "supports": [_support_row(row, terms, months) for row in supports],
        "valuation": one.valuation,
        "exit_months": None if one.exit_months is None else one.exit_months + terms.shift_months,
        "limits": list(_limits(terms)),
        "funds": list(_funds(session, reading.mandates, found, terms)),
        "typical": [_typical(row, phases) for row in _typical_rows(session)],
    }


def _way(session: Session, one: Round, terms: Terms) -> Way:
    """Milestones that the firm has reached need no money any more."""
    ahead = [row for row in milestones_of(session, one.id) if one.trl is None or row.trl > one.trl]
    if not ahead:
        raise InvalidInput("no_milestones", field="milestones")
    if unpriced := [row.trl for row in ahead if row.cost is None]:
        raise InvalidInput("milestone_without_cost", field="milestones", trl=unpriced[0])
    costs = np.array([row.cost for row in ahead], dtype=float)
    if costs.sum() <= 0:
        raise InvalidInput("milestones_cost_nothing", field="milestones")
    months = np.array([row.month for row in ahead], dtype=np.int32) + terms.shift_months
    need, begins = spread(costs, months, start=terms.shift_months)
    return Way(ahead, need, _to_phases(session, one, ahead, begins.tolist(), len(need), terms))


def _to_phases(
    session: Session, one: Round, ahead: Sequence[RoundMilestone], begins: Sequence[int], months: int, terms: Terms
) -> Sequence[Phase]:
    """A phase begins where a milestone does; milestones that begin together share it."""
    hops = session.exec(select(RelayHop).order_by(col(RelayHop.position_in_list), col(RelayHop.code))).all()
    starts = sorted(set(begins))
    phases = []
    for number, month in enumerate(starts):
        first = begins.index(month)
        trl = ahead[first - 1].trl if first else one.trl
        phases.append(
            Phase(
                month=month,
                until=starts[number + 1] if number + 1 < len(starts) else months,
                trl=trl,
                target=ahead[first].trl,
                stages=_stages(one, hops, ahead[first].trl, is_first=number == 0),
                price=(1 + terms.uplift) ** number,
            )
        )
    return phases


def _stages(one: Round, hops: Iterable[RelayHop], target: int, *, is_first: bool) -> tuple[int, ...]:
    """The first phase is the round itself; later ones are of the stages that carry the step to `target`, none earlier
    than the round's."""
    if is_first and one.stage is not None:
        return (STAGES.index(one.stage),)
    carried = {
        stage for hop in hops if hop.trl_low < target <= hop.trl_high for stage in hop.stages.split("|") if stage
    }
    lowest = 0 if one.stage is None else STAGES.index(one.stage)
    rows = sorted(row for row, stage in enumerate(STAGES) if stage in carried)
    later = tuple(row for row in rows if row >= lowest)
    return later or ((lowest,) if rows else ())


def _phases(way: Way, found: Access, terms: Terms) -> Iterable[Plain]:
    wanted = [VERDICTS.index(one) for one in terms.verdicts]
    for number, phase in enumerate(way.phases):
        verdict = found.verdict[:, number]
        others = {str(one): int((verdict == row).sum()) for row, one in enumerate(VERDICTS) if row not in wanted}
        yield {
            "month": phase.month,
            "until": phase.until,
            "trl": phase.trl,
            "target": phase.target,
            "stages": stage_codes(phase.stages),
            "price": phase.price,
            "open_to": int(np.isin(verdict, wanted).sum()),
            "stopped_by": dict(found.left_out[number]),
            "not_counted": {name: count for name, count in others.items() if count},
        }


def _support(supports: Sequence[RoundSupport], terms: Terms, months: int) -> list[float]:
    """By month; what comes in after the last milestone pays nothing of the way to it."""
    coming = np.zeros(months)
    for row in supports:
        if _counts(row, terms, months):
            coming[row.month] += row.amount
    return [float(amount) for amount in coming]


def _counts(row: RoundSupport, terms: Terms, months: int) -> bool:
    return row.month < months and (row.is_confirmed or not terms.confirmed_only)


def _support_row(row: RoundSupport, terms: Terms, months: int) -> Plain:
    return {
        "kind": str(row.kind),
        "title_zh": row.title_zh,
        "title_en": row.title_en,
        "amount": row.amount,
        "month": row.month,
        "is_confirmed": row.is_confirmed,
        "is_counted": _counts(row, terms, months),
    }


def _milestone(row: RoundMilestone, terms: Terms) -> Plain:
    return {
        "trl": row.trl,
        "month": row.month + terms.shift_months,
        "cost": row.cost,
        "title_zh": row.title_zh,
        "title_en": row.title_en,
    }


def _limits(terms: Terms) -> Iterable[Plain]:
    listed: list[tuple[LimitKind, float | None]] = [
        (LimitKind.STAKE, terms.stake_most),
        (LimitKind.FUNDS, terms.funds_most),
        (LimitKind.PATIENCE, terms.patience),
    ]
    for kind, value in listed:
        if value is not None:
            yield {"kind": str(kind), "value": float(value), "capital_type": None}
    for kind, shares in ((LimitKind.LEAST, terms.least), (LimitKind.MOST, terms.most)):
        for capital, share in sorted(shares.items()):
            yield {"kind": str(kind), "value": float(share), "capital_type": str(capital)}
    yield {"kind": str(LimitKind.LEAD), "value": 1.0, "capital_type": None}


def _funds(session: Session, mandates: Mandates, found: Access, terms: Terms) -> Iterable[Plain]:
    """Those that may pay in some phase, in the order of their mandates' ids."""
    wanted = np.isin(found.verdict, [VERDICTS.index(one) for one in terms.verdicts])
    rows = np.flatnonzero(wanted.any(axis=1))
    records = _records(session, [UUID(mandates.ids[row].decode()) for row in rows])
    for row in rows.tolist():
        record = records[UUID(mandates.ids[row].decode())]
        yield {
            "key": str(record.id),
            "fund_id": str(record.organisation_id),
            "edition": record.edition,
            "ticket_low": _number(mandates.ticket_low[row]),
            "ticket_high": _number(np.fmin(mandates.ticket_high[row], mandates.remaining[row])),
            "stake_high": _number(mandates.stake_high[row]),
            "may_lead": record.leads in LEADS,
            "capital_type": None if record.capital_type is None else str(record.capital_type),
            "life_months": _number(mandates.life_left[row] * MONTHS),
            "extension_months": _number(mandates.extension[row] * MONTHS),
            "fit": float(found.fit[row]),
            "phases": wanted[row].tolist(),
            "verdicts": [str(VERDICTS[one]) for one in found.verdict[row]],
        }


def _records(session: Session, ids: Sequence[UUID]) -> Mapping[UUID, Mandate]:
    return {one.id: one for one in session.exec(select(Mandate).where(col(Mandate.id).in_(ids)))}


def _typical_rows(session: Session) -> Sequence[TypicalFund]:
    return session.exec(select(TypicalFund).order_by(col(TypicalFund.position_in_list), col(TypicalFund.code))).all()


def _typical(row: TypicalFund, phases: Sequence[Mapping[str, Any]]) -> Plain:
    return {
        "key": row.code,
        "name_zh": row.name_zh,
        "name_en": row.name_en,
        "source": row.source,
        "ticket_low": row.ticket_low,
        "ticket_high": row.ticket_high,
        "stake_high": row.stake_high,
        "may_lead": row.leads in LEADS,
        "capital_type": str(row.capital_type),
        "life_months": row.life_years * MONTHS,
        "fit": 1.0,
        "phases": allowed_by_stage(row.stages, phases),
    }


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
