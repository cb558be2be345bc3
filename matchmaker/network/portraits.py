"""Portraits: what the record of an organisation is like, and how a need stands to it, whoever else comes.

No column is good or bad in itself, so none is a component. They are for those who find out what goes with what.
"""

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from matchmaker.network.deals import Deals
from matchmaker.network.past import DAYS_A_YEAR, Measures, Past, scale_rows, share_rows
from matchmaker.profiles import UNKNOWN, Floats, Ints, Need, Organisations

HALF_LIVES = (0.25, 0.5, 1.0, 3.0)  # years
RECORD = 3.0  # half-life of the means, in years

TRAITS = (
    *("joined_quarter", "joined_half", "joined_year", "joined_three_years", "joined_ever", "leads_each"),
    *("years_since_last", "years_since_first", "usual_amount", "spread_of_amounts", "usual_partners"),
    *("usual_turn", "first_turns", "usual_stage", "usual_age", "usual_months"),
    *("one_field", "one_place", "one_area", "kind"),
)
FACTS = (
    *("led", "age", "years_since_led", "last_stage", "last_amount", "partners_before"),
    *("years_unrecorded", "asked_stage", "asked_amount", "asked_months", "asked_tags"),
)
GAPS = ("gap_of_age", "gap_of_amount", "gap_of_months", "gap_of_turn")
NAMES = (*TRAITS, *FACTS, *GAPS)


def portray(past: Past, organisations: Organisations, need: Need, candidates: Ints) -> Measures:
    """Candidates x `NAMES`: the traits of each, the facts of the need, and the gaps between them. NaN is unknown."""
    if len(past) == 0:
        return np.full((len(candidates), len(NAMES)), np.nan)
    deals = past.once("deals", organisations.founded, lambda: Deals(past, organisations.founded))
    traits = past.once("traits", organisations, lambda: _traits(deals, organisations))[candidates]
    facts = _facts(deals, need)
    return np.column_stack([traits, np.tile(facts, (len(candidates), 1)), _gaps(traits, facts)])


def _traits(deals: Deals, organisations: Organisations) -> Measures:
    """Organisations x `TRAITS`, by the projects that they joined without leading them.

    Means are weighted by 2^(-age / 3 years); amounts and ages by their logarithms. `leads_each` is how many leads there
    are for each project joined; `one_...` is the chance that two draws among the weighted projects agree.
    """
    past = deals.past
    joined = csr_array(past.joined.T)
    weights = deals.decay(RECORD)
    mean = partial(_mean, joined, weights)
    count = np.diff(joined.indptr).astype(np.float64)
    amount = mean(deals.log_amount)
    years = (deals.as_of - past.day) / DAYS_A_YEAR
    return np.column_stack(
        [
            *(joined @ deals.decay(half_life) for half_life in HALF_LIVES),
            count,
            _ratio(np.diff(csr_array(joined @ _of_lead(past)).indptr), count),
            _extreme(np.minimum, joined, years),
            _extreme(np.maximum, joined, years),
            amount,
            np.sqrt(np.maximum(mean(deals.log_amount**2) - amount**2, 0)),
            mean(np.log1p(past.sizes)),
            mean(deals.rounds_before),
            mean((deals.rounds_before == 0).astype(np.float64)),
            mean(_lateness(deals)[past.stage]),
            mean(deals.log_age),
            mean(_log_months(past.months)),
            _agreement(scale_rows(joined.T, weights), past.tags),
            _agreement(scale_rows(joined.T, weights), _led_from(past, organisations.place)),
            _agreement(scale_rows(joined.T, weights), _led_from(past, organisations.area)),
            np.where(organisations.kind == UNKNOWN, np.nan, organisations.kind),
        ]
    )


def _facts(deals: Deals, need: Need) -> Measures:
    led = deals.rounds_of(need.organisation)
    last, late = led[-1:], _lateness(deals)
    return np.array(
        [
            len(led),
            deals.log_age_of(need),
            _only((need.day - deals.past.day[last]) / DAYS_A_YEAR),
            _only(late[deals.past.stage[last]]),
            _only(deals.log_amount[last]),
            deals.backers_of(need.organisation).sum(),
            (need.day - deals.as_of) / DAYS_A_YEAR,
            late[need.stage] if need.stage < len(late) else np.nan,
            np.log10(need.amount) if need.amount > 0 else np.nan,
            np.log(need.months) if need.months > 0 else np.nan,
            len(need.tags),
        ]
    )


def _gaps(traits: Measures, facts: Measures) -> Measures:
    trait = {name: traits[:, k] for k, name in enumerate(TRAITS)}
    fact = dict(zip(FACTS, facts, strict=True))
    amount = fact["last_amount"] if np.isnan(fact["asked_amount"]) else fact["asked_amount"]
    return np.column_stack(
        [
            np.abs(trait["usual_age"] - fact["age"]),
            trait["usual_amount"] - amount,
            np.abs(trait["usual_months"] - fact["asked_months"]),
            trait["usual_turn"] - fact["led"],
        ]
    )


def _lateness(deals: Deals) -> Measures:
    """How late each stage comes: the mean number of earlier rounds of those at it. The last entry, of none, is NaN.

    Stages are numbered as they come in a record; this means the same in every one.
    """
    stage, known = deals.past.stage, deals.past.stage != UNKNOWN
    size = int(stage.max(initial=UNKNOWN)) + 1
    total = np.bincount(stage[known], weights=deals.rounds_before[known], minlength=size)
    return np.append(_ratio(total, np.bincount(stage[known], minlength=size)), np.nan)


def _mean(joined: csr_array, weights: Measures, values: Measures) -> Measures:
    known = ~np.isnan(values)
    return _ratio(joined @ np.where(known, weights * np.nan_to_num(values), 0), joined @ np.where(known, weights, 0))


def _agreement(shares: csr_array, marks: csr_array) -> Measures:
    """sum over marks of the squared share that each has in what the organisation joined; NaN where none is known."""
    held = csr_array(shares.T @ marks)
    agreed = np.asarray(share_rows(held).power(2).sum(axis=1), np.float64).ravel()
    return np.where(np.diff(held.indptr) > 0, agreed, np.nan)


def _of_lead(past: Past) -> csr_array:
    """Projects x organisations: who led."""
    known = np.flatnonzero(past.lead != UNKNOWN)
    return csr_array((np.ones(len(known)), (known, past.lead[known])), shape=past.members.shape)


def _led_from(past: Past, column: Ints) -> csr_array:
    """Projects x places: where the lead sits."""
    where = np.where(past.lead != UNKNOWN, column[past.lead], UNKNOWN)
    known = np.flatnonzero(where != UNKNOWN)
    shape = (len(past), int(column.max(initial=0)) + 1)
    return csr_array((np.ones(len(known)), (known, where[known])), shape=shape)


def _extreme(pick: np.ufunc, joined: csr_array, years: Measures) -> Measures:
    """The least or the greatest of each organisation's projects; NaN where it has none."""
    some = np.diff(joined.indptr) > 0
    found = np.full(joined.shape[0], np.nan)
    found[some] = pick.reduceat(years[joined.indices], joined.indptr[:-1][some])
    return found


def _log_months(months: Floats) -> Measures:
    return np.where(months > 0, np.log(np.where(months > 0, months, 1.0).astype(np.float64)), np.nan)


def _only(values: Measures) -> float:
    return float(values[0]) if len(values) else float("nan")


def _ratio(part: NDArray[Any], whole: NDArray[Any]) -> Measures:
    return np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0)
