"""A capital stack as one person reads it, with names.

    read(session, actor, stack_id) -> StackReading     NotFound for whoever may not see the round
    .asked      Asked: .stack (the row), .job, .state (StackState), .is_live, .has_failed
    .round, .terms (settings.Terms as asked), .question, .result, .mandates (key -> mandate row), .funds (organisations)

Money is CNY, months count from the start of the round, shares lie in [0, 1], None is "not known". Everywhere `key` is
the id of a mandate as text, but in `added` (code of a typical fund) and in bands (None: support, which takes no stake).

`question`, there from the moment of asking:
    need, support     one amount a month; len(need) months
    phases            [{month, until, trl, target, stages: [code], price, open_to: funds that may pay,
                        stopped_by: {code of a clause, or "investing_over" | "life_over": funds},
                        not_counted: {verdict: funds}}]
    milestones        [{trl, month, cost, title_zh, title_en}], those that are still ahead
    supports          [{kind, title_zh, title_en, amount, month, is_confirmed, is_counted}]
    valuation, exit_months
    funds             [{key, fund_id, edition, ticket_low, ticket_high, stake_high, may_lead, capital_type, life_months,
                        extension_months, fit, phases: [bool], verdicts: [verdict by phase]}]
    typical           the same of typical funds, with name_zh, name_en, source
    limits            [{kind: stake|funds|patience|least|most|lead, value, capital_type}]

`result`, each part there as soon as it is worked out, so use `.get`:
    plan              one Plan
    alternatives      up to three Plans, each with enters: [key], leaves: [key] against the best
    repairs           [{gap: what stays open, closes: bool, funds, paid, is_proved,
                        added: [{key, name_zh, name_en, source, capital_type, life_months, ticket_low, ticket_high,
                                 fund: its key in `plan`, amount, phases: [{phase, month, amount}]}],
                        limit: None or {key, kind, capital_type, value: as asked, after: as it would have to be},
                        plan: the Plan then, without `seconds`; stacks of old have none}]
                      the smallest change that closes the gap first; empty where there is no gap
    rooms             [{key, kind, capital_type, value, stands: where the plan is, is_used_up,
                        moved: the limit one step further, gap and shares of the best plan then}]; moved is None where
                      the limit does not hold the plan back
    Plan = {
        tickets       [{key, phase, month, amount, stake: of that fund after the phase}]
        funds         [{key, amount, share: of the money, stake: in the end, first: month it comes in, until: month its
                        life ends or the exit comes, stays: to the exit, takers: [key] who may take over}], the relay
        months        [{month, need, support, paid, cash: left at its end, gap}], the table beside the picture
        bands         [{key, amounts: by month}] whose money pays the need; with the gap they sum to the need
        gap, gaps     all that no money closes, and [{from, to, amount}] of months in a row (资金断层)
        paid          all that funds pay
        dilution      what all funds hold in the end; None without a valuation
        shares        {capital type: share of the money}
        patience      share of the money that can stay to the exit; None where the exit is not known
        proof         {aim: {value, bound, is_proved}}, aims gap (CNY), dilution (CNY at the first price), funds
        is_proved, seconds
    }
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from matchmaker.services.actors import Actor
from matchmaker.services.clearing.reading import get_round
from matchmaker.services.stacks.asking import Asked, get
from matchmaker.services.stacks.settings import Terms, from_stored
from models.funds import Mandate
from models.organisations import Organisation
from models.rounds import Round


@dataclass(frozen=True)
class StackReading:
    """What a page shows; `mandates` by key, `funds` by the id of the organisation. Those that are gone are missing."""

    asked: Asked
    round: Round
    terms: Terms
    mandates: Mapping[str, Mandate]
    funds: Mapping[UUID, Organisation]

    @property
    def question(self) -> Mapping[str, Any]:
        return self.asked.stack.question

    @property
    def result(self) -> Mapping[str, Any]:
        return self.asked.stack.result

    @property
    def plan(self) -> Mapping[str, Any] | None:
        return self.result.get("plan")


def read(session: Session, actor: Actor, stack_id: UUID) -> StackReading:
    """One stack for whoever may read its round."""
    asked = get(session, actor, stack_id)
    stack = asked.stack
    mandates = read_mandates(session, [row["key"] for row in stack.question["funds"]])
    return StackReading(
        asked=asked,
        round=get_round(session, actor, stack.round_id),
        terms=from_stored(stack.terms),
        mandates=mandates,
        funds=_organisations(session, {one.organisation_id for one in mandates.values()}),
    )


def read_mandates(session: Session, keys: Iterable[str]) -> Mapping[str, Mandate]:
    """The mandates of these keys that are still there; that a mandate was published once made its name open."""
    wanted: Sequence[UUID] = [UUID(key) for key in keys]
    return {str(one.id): one for one in session.exec(select(Mandate).where(col(Mandate.id).in_(wanted)))}


def _organisations(session: Session, ids: Iterable[UUID]) -> Mapping[UUID, Organisation]:
    found = session.exec(select(Organisation).where(col(Organisation.id).in_(set(ids))))
    return {one.id: one for one in found}
