"""What a clause was held against: the limit that a mandate states and the fact of a firm, read from the columns.

A fact that the columns do not know is None, so what a reader may not see is in no line either.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from matchmaker.funding.calendar import years_since
from matchmaker.funding.clauses import MONTHS
from matchmaker.funding.columns import STAGES, Firms, Mandates
from matchmaker.profiles import UNKNOWN, Scores
from models.enums import ClauseKind

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """Mandate `m` and firm `n` of these columns on one day."""

    mandates: Mandates
    m: int
    firms: Firms
    n: int
    vocabulary: Mapping[str, Sequence[str]]
    day: int

    def limit(self, name: str) -> float | None:
        return _number(getattr(self.mandates, name), self.m)

    def fact(self, name: str) -> float | None:
        return _number(getattr(self.firms, name), self.n)

    def asked(self, name: str, vocabulary: str) -> tuple[str, ...]:
        return _codes(getattr(self.mandates, name), self.m, self.vocabulary[vocabulary])

    def held(self, name: str, vocabulary: str) -> tuple[str, ...]:
        return _codes(getattr(self.firms, name), self.n, self.vocabulary[vocabulary])


def limit_of(kind: ClauseKind, pair: Pair) -> Facts:
    """What the mandate says, by name; money in CNY, time in years. The status and its words are the record's."""
    return LIMITS[kind](pair)


def fact_of(kind: ClauseKind, pair: Pair) -> Facts | None:
    """What is known of the firm (of the fund, where the clause is about the fund alone); None: nothing is."""
    return FACTS[kind](pair)


def _number(column: Scores, row: int) -> float | None:
    value = float(column[row])
    return None if np.isnan(value) else value


def _codes(rows: csr_array, row: int, codes: Sequence[str]) -> tuple[str, ...]:
    return tuple(codes[column] for column in rows.indices[rows.indptr[row] : rows.indptr[row + 1]])


def _said(**facts: Any) -> Facts | None:
    """None where any of it is not known."""
    return None if any(value is None for value in facts.values()) else facts


def _trade(pair: Pair) -> Facts | None:
    words = set(pair.held("falls_under", "words")) & set(pair.asked("exclusions", "words"))
    return {"words": tuple(sorted(words))} if words or pair.firms.trade_known[pair.n] else None


def _place(pair: Pair) -> str | None:
    place = int(pair.firms.place[pair.n])
    return None if place == UNKNOWN else pair.vocabulary["places"][place]


def _age(pair: Pair) -> Facts | None:
    founded = int(pair.firms.founded[pair.n])
    if founded == UNKNOWN:
        return None
    years = float(years_since(pair.firms.founded[pair.n : pair.n + 1], day=pair.day)[0])
    return {"years": years, "founded_on": date.fromordinal(founded)}


def _stage(pair: Pair) -> Facts | None:
    row = int(pair.firms.stage[pair.n])
    return None if row == UNKNOWN else {"stage": STAGES[row]}


def _stages(pair: Pair) -> Facts:
    bits = int(pair.mandates.stages[pair.m])
    return {"stages": tuple(stage for row, stage in enumerate(STAGES) if bits >> row & 1)}


def _stake(pair: Pair) -> Facts | None:
    valuation, amount, ticket = pair.fact("valuation"), pair.fact("amount"), pair.limit("ticket_low")
    if valuation is None or amount is None or ticket is None:
        return None
    return {"stake": ticket / (valuation + amount), "valuation": valuation, "amount": amount}


def _way(pair: Pair) -> Facts | None:
    months, left = pair.fact("exit_months"), pair.limit("life_left")
    if months is None or left is None:
        return None
    years, extension = months / MONTHS, pair.limit("extension") or 0.0
    return {"years": years, "gap": max(0.0, years - left), "gap_extended": max(0.0, years - left - extension)}


def _main_share(pair: Pair) -> Facts | None:
    """The node by which the firm is in a main field, else what the share would be with it."""
    main = tuple(sorted(set(pair.held("nodes", "nodes")) & set(pair.asked("main_fields", "nodes"))))
    if main:
        return {"nodes": main}
    paid, paid_main = pair.limit("paid"), pair.limit("paid_main")
    after = (paid or 0.0) + (pair.limit("ticket_low") or 0.0)
    return None if paid_main is None or not after else {"nodes": (), "share": paid_main / after}


def _local(pair: Pair) -> Facts | None:
    place = _place(pair)
    return None if place is None else {"place": place, "is_local": bool(pair.firms.is_local[pair.n])}


LIMITS: Mapping[ClauseKind, Callable[[Pair], Facts]] = {
    ClauseKind.STATUS: lambda pair: {},
    ClauseKind.FIELD: lambda pair: {"nodes": pair.asked("fields", "nodes")},
    ClauseKind.EXCLUSION: lambda pair: {"words": pair.asked("exclusions", "words")},
    ClauseKind.DISTRICT: lambda pair: {"places": pair.asked("places", "places")},
    ClauseKind.STAGE: _stages,
    ClauseKind.FIRM_AGE: lambda pair: {"most": pair.limit("age_high")},
    ClauseKind.STAFF: lambda pair: {"most": pair.limit("staff_high")},
    ClauseKind.RD_RATIO: lambda pair: {"least": pair.limit("rd_ratio_low")},
    ClauseKind.CERTIFICATION: lambda pair: {"schemes": pair.asked("certifications", "schemes")},
    ClauseKind.READINESS: lambda pair: {"least": pair.limit("trl_low")},
    ClauseKind.VALUATION: lambda pair: {"most": pair.limit("valuation_high")},
    ClauseKind.TICKET: lambda pair: {"least": pair.limit("ticket_low"), "most": pair.limit("ticket_high")},
    ClauseKind.STAKE: lambda pair: {"most": pair.limit("stake_high"), "ticket": pair.limit("ticket_low")},
    ClauseKind.MONEY_LEFT: lambda pair: {"least": pair.limit("ticket_low")},
    ClauseKind.LIFE: lambda pair: {"years": pair.limit("life_left"), "extension": pair.limit("extension") or 0.0},
    ClauseKind.MAIN_FIELD_SHARE: lambda pair: {
        "least": pair.limit("main_share"),
        "nodes": pair.asked("main_fields", "nodes"),
    },
    ClauseKind.REINVESTMENT: lambda pair: {"multiple": pair.limit("reinvestment")},
}
FACTS: Mapping[ClauseKind, Callable[[Pair], Facts | None]] = {
    ClauseKind.STATUS: lambda pair: {"is_investing": bool(pair.mandates.is_investing[pair.m])},
    ClauseKind.FIELD: lambda pair: _said(nodes=pair.held("nodes", "nodes") or None),
    ClauseKind.EXCLUSION: _trade,
    ClauseKind.DISTRICT: lambda pair: _said(place=_place(pair)),
    ClauseKind.STAGE: _stage,
    ClauseKind.FIRM_AGE: _age,
    ClauseKind.STAFF: lambda pair: _said(staff=pair.fact("staff")),
    ClauseKind.RD_RATIO: lambda pair: _said(rd_ratio=pair.fact("rd_ratio")),
    ClauseKind.CERTIFICATION: lambda pair: (
        {"schemes": pair.held("certifications", "schemes")} if pair.firms.certifications_known[pair.n] else None
    ),
    ClauseKind.READINESS: lambda pair: _said(trl=pair.fact("trl")),
    ClauseKind.VALUATION: lambda pair: _said(valuation=pair.fact("valuation")),
    ClauseKind.TICKET: lambda pair: _said(amount=pair.fact("amount")),
    ClauseKind.STAKE: _stake,
    ClauseKind.MONEY_LEFT: lambda pair: _said(remaining=pair.limit("remaining")),
    ClauseKind.LIFE: _way,
    ClauseKind.MAIN_FIELD_SHARE: _main_share,
    ClauseKind.REINVESTMENT: _local,
}
