"""Ties of the collaboration network: who worked with whom, and who with their partners."""

from dataclasses import dataclass

import numpy as np

from matchmaker.network.past import Measures, Past
from matchmaker.profiles import Need


@dataclass(frozen=True, slots=True)
class TieStrengths:
    """How strongly one organisation is tied to each other one."""

    direct: Measures
    two_hop: Measures


def newman_weights(past: Past) -> Measures:
    """1 / (members - 1): a project of two ties more than one of fifty (Newman 2001); 0 for one without partners."""
    return past.once(
        "newman weights",
        past.rows,
        lambda: np.divide(1.0, past.sizes - 1, out=np.zeros(len(past)), where=past.sizes > 1),
    )


def ties_of(past: Past, asker: int, need: Need, *, half_life_years: float) -> TieStrengths:
    """The ties of the need's asker, worked out once for all components of a query."""
    return past.once(
        f"ties, {half_life_years}",
        need,
        lambda: ties_from(past, asker, day=need.day, half_life_years=half_life_years),
    )


def ties_from(past: Past, organisation: int, *, day: int, half_life_years: float) -> TieStrengths:
    """Direct ties t_j = sum over shared projects e of 2^(-age_e / half-life) / (members_e - 1), and two-hop ties.

    A two-hop tie follows each direct tie one step on, by the share that the next one has in that partner's own ties:
    sum_k t_k t_kj / sum_m t_km. So a partner with a thousand partners passes little to each of them.
    """
    weights = newman_weights(past) * past.decay(day, half_life_years)
    direct = np.asarray(past.projects_of @ (weights * past.took_part(organisation)), np.float64)
    direct[organisation] = 0.0
    two_hop = two_hop_over(past, direct, organisation, day=day, half_life_years=half_life_years)
    return TieStrengths(direct, two_hop)


def two_hop_over(
    past: Past,
    direct: Measures,
    organisation: int,
    *,
    day: int,
    half_life_years: float,
    likeness: Measures | float = 1.0,
) -> Measures:
    """Direct ties followed one step on; the second step goes over a project by its `likeness` in [0, 1].

    What a partner passes on is shared out over all of its ties, so where few of its projects are alike, little arrives.
    """
    weights = newman_weights(past) * past.decay(day, half_life_years)
    active = past.projects_of @ (weights * (past.sizes - 1))  # all ties of each one: every project gives one its decay
    passed_on = np.divide(direct, active, out=np.zeros_like(direct), where=active > 0)
    two_hop = _step(past, weights * likeness, passed_on)
    two_hop[organisation] = 0.0
    return two_hop


def _step(past: Past, weights: Measures, mass: Measures) -> Measures:
    """Carry mass over every tie once; nobody is tied to itself."""
    spread: Measures = past.projects_of @ (weights * (past.members @ mass))
    return spread - (past.projects_of @ weights) * mass
