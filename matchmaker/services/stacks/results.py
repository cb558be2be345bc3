"""What a stack keeps of its answers: plain values by the keys of the question, from which pages and exports read.

Names are not in here: they are read when somebody looks, by what that person may see.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from matchmaker.funding.stack.check import TOLERANCE, dilution, flow, share_of, stakes
from matchmaker.funding.stack.instance import CAPITALS, Instance
from matchmaker.funding.stack.relay import relay
from matchmaker.funding.stack.repair import Added, Repair
from matchmaker.funding.stack.room import Room
from matchmaker.funding.stack.solve import Plan
from matchmaker.profiles import Scores

Plain = dict[str, Any]


def plan_of(instance: Instance, plan: Plan) -> Plain:
    """One plan, in full."""
    tickets = plan.tickets
    return {
        "tickets": _tickets(instance, tickets),
        "funds": _funds(instance, tickets),
        "months": _months(instance, tickets),
        "bands": _bands(instance, tickets),
        "gap": float(flow(instance, tickets).gap.sum()),
        "gaps": _gaps(instance, tickets),
        "paid": float(tickets.sum()),
        "dilution": _known(dilution(instance, tickets)),
        "shares": {
            str(capital): _known(share_of(tickets, instance.funds.capital == row))
            for row, capital in enumerate(CAPITALS)
        },
        "patience": None if np.isnan(instance.exit_months) else _known(share_of(tickets, instance.stays)),
        "proof": {
            str(aim): {"value": one.value, "bound": one.bound, "is_proved": one.is_proved}
            for aim, one in plan.reached.items()
        },
        "is_proved": plan.is_proved,
        "seconds": round(plan.seconds, 3),
    }


def alternative_of(instance: Instance, best: Plan, plan: Plan) -> Plain:
    """Another plan, and which funds it has in place of which."""
    keys, mine, theirs = instance.funds.keys, set(plan.funds), set(best.funds)
    return plan_of(instance, plan) | {
        "enters": [keys[row] for row in sorted(mine - theirs)],
        "leaves": [keys[row] for row in sorted(theirs - mine)],
    }


def repair_of(instance: Instance, question: Mapping[str, Any], repair: Repair) -> Plain:
    """What would have to be otherwise, and what would then stay open."""
    kinds = {row["key"]: row for row in question["typical"]}
    tiny = 10 * TOLERANCE * float(instance.need.sum())
    plan = plan_of(repair.changed, repair.plan)
    del plan["seconds"]  # how long it took says nothing of what would be
    return {
        "gap": repair.gap,
        "closes": repair.gap <= tiny,
        "added": [_added(instance, kinds[one.key], one) for one in repair.added],
        "limit": None if repair.limit is None else _limit(repair.limit) | {"after": _known(repair.after)},
        "funds": len(repair.plan.funds),
        "paid": float(repair.plan.tickets.sum()),
        "is_proved": repair.plan.is_proved,
        "plan": plan,
    }


def _added(instance: Instance, kind: Mapping[str, Any], one: Added) -> Plain:
    columns = ("key", "name_zh", "name_en", "source", "capital_type", "life_months", "ticket_low", "ticket_high")
    paid = [
        {"phase": phase, "month": int(instance.phases[phase]), "amount": float(one.tickets[phase])}
        for phase in np.flatnonzero(one.tickets).tolist()
    ]
    return {name: kind[name] for name in columns} | {
        "fund": one.fund,
        "amount": float(one.tickets.sum()),
        "phases": paid,
    }


def room_of(room: Room) -> Plain:
    return _limit(room.limit) | {
        "stands": _known(room.stands),
        "is_used_up": room.is_used_up,
        "moved": _known(room.moved),
        "gap": _known(room.gap),
        "shares": _known(room.shares),
    }


def _limit(limit: Any) -> Plain:
    capital = str(CAPITALS[limit.capital]) if limit.capital >= 0 else None
    return {"key": limit.key, "kind": str(limit.kind), "capital_type": capital, "value": limit.value}


def _tickets(instance: Instance, tickets: Scores) -> list[Plain]:
    held = stakes(instance, tickets)
    return [
        {
            "key": instance.funds.keys[row],
            "phase": phase,
            "month": int(instance.phases[phase]),
            "amount": float(tickets[row, phase]),
            "stake": _known(held[row, phase]),
        }
        for phase in range(tickets.shape[1])
        for row in np.flatnonzero(tickets[:, phase] > 0).tolist()
    ]


def _funds(instance: Instance, tickets: Scores) -> list[Plain]:
    """In the order in which they come in; with whom each can hand over to when its life ends before the exit."""
    keys, held, total = instance.funds.keys, stakes(instance, tickets)[:, -1], tickets.sum()
    return [
        {
            "key": keys[leg.fund],
            "amount": float(tickets[leg.fund].sum()),
            "share": float(tickets[leg.fund].sum() / total),
            "stake": _known(held[leg.fund]),
            "first": leg.first,
            "until": _known(leg.until),
            "stays": leg.stays,
            "takers": [keys[row] for row in leg.takers],
        }
        for leg in relay(instance, tickets)
    ]


def _months(instance: Instance, tickets: Scores) -> list[Plain]:
    found = flow(instance, tickets)
    columns = (instance.need, instance.support, found.paid, found.cash, found.gap)
    return [
        {"month": month, "need": need, "support": support, "paid": paid, "cash": cash, "gap": gap}
        for month, (need, support, paid, cash, gap) in enumerate(zip(*(row.tolist() for row in columns), strict=True))
    ]


def _bands(instance: Instance, tickets: Scores) -> list[Plain]:
    """Whose money pays each month's need, the money that came in first being spent first; with the gap they sum to the
    need. Support is key None, and comes before what funds pay in the same month."""
    payers = np.flatnonzero(tickets.sum(axis=1) > 0).tolist()
    purses: list[tuple[int, str | None, float]] = [
        (month, None, float(amount)) for month, amount in enumerate(instance.support.tolist()) if amount > 0
    ]
    purses += [
        (int(instance.phases[phase]), instance.funds.keys[row], float(tickets[row, phase]))
        for phase in range(tickets.shape[1])
        for row in payers
        if tickets[row, phase] > 0
    ]
    purses.sort(key=lambda purse: (purse[0], purse[1] is not None))
    return _spent(purses, instance.need - flow(instance, tickets).gap)


def _spent(purses: Sequence[tuple[int, str | None, float]], paid: Scores) -> list[Plain]:
    spent: dict[str | None, Scores] = {}
    open_to = paid.copy()
    for first, key, amount in purses:
        mine = spent.setdefault(key, np.zeros(len(paid)))
        room = np.cumsum(open_to[first:])
        used = np.diff(np.minimum(room, amount), prepend=0.0)
        mine[first:] += used
        open_to[first:] -= used
    return [{"key": key, "amounts": [float(amount) for amount in amounts]} for key, amounts in spent.items()]


def _gaps(instance: Instance, tickets: Scores) -> list[Plain]:
    """Months in a row that are not paid in full."""
    gap, found = flow(instance, tickets).gap.tolist(), list[Plain]()
    for month, amount in enumerate(gap):
        if amount <= 0:
            continue
        if found and found[-1]["to"] == month - 1:
            found[-1] |= {"to": month, "amount": found[-1]["amount"] + amount}
        else:
            found.append({"from": month, "to": month, "amount": amount})
    return found


def _known(value: float | None) -> float | None:
    return None if value is None or not np.isfinite(value) else float(value)
