"""Personalised PageRank on projects and organisations."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from matchmaker.network.past import Measures, Past, scale_rows, share_rows


@dataclass(frozen=True, slots=True)
class WalkGraph:
    """One step of a walk: from a project to one of its members, from there to one of that member's projects.

    Recent projects are likelier by 2^(-age / half-life). The day of the query only scales all weights of a member
    alike, so one graph serves every query that sees the same past.
    """

    to_members: csr_array  # organisations x projects; column sums 1
    to_projects: csr_array  # projects x organisations; column sums 1

    @classmethod
    def of(cls, past: Past, *, half_life_years: float) -> "WalkGraph":
        weights = past.decay(int(past.day[-1]), half_life_years) if len(past) else np.empty(0)
        return cls.over(past.members, weights)

    @classmethod
    def over(cls, members: csr_array, weights: Measures) -> "WalkGraph":
        """The graph over projects x organisations, where a project is chosen by its weight."""
        to_projects = share_rows(csr_array(scale_rows(members, weights).T))
        return cls(csr_array(share_rows(members).T), csr_array(to_projects.T))

    def projects_of(self, organisation: int) -> Measures:
        """The distribution of the next project when the walk stands on the organisation."""
        start = np.zeros(self.to_projects.shape[1])
        start[organisation] = 1.0
        return np.asarray(self.to_projects @ start, np.float64)

    def visit(self, restart: Measures, *, restart_share: float, steps: int) -> Measures:
        """Where a walk stands that restarts on these projects: the share of time with each organisation.

        y <- (1 - a) O' P' y + a y0, then P' y (power iteration; what is left after n steps is under (1 - a)^n).
        """
        projects = restart
        for _ in range(steps):
            projects = (1 - restart_share) * (self.to_projects @ (self.to_members @ projects)) + restart_share * restart
        return np.asarray(self.to_members @ projects, np.float64)
