"""Company: who is likely to come because others are who worked with it before."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.sparse import diags_array

from matchmaker.network.past import Measures, Past
from matchmaker.profiles import Ints

HALF_LIFE_YEARS = 3.0
SUREST = 0.99  # nobody is certain to bring anybody along


@dataclass(frozen=True, slots=True)
class Company:
    """What some organisations did together: joint_ij = sum over the projects of both of 2^(-age / half-life).

    Ages are counted back from the latest project known; own_i is the same sum over all projects of i.
    """

    joint: Measures  # i x j, 0 where i = j
    own: Measures

    @classmethod
    def among(cls, past: Past, organisations: Ints, *, half_life_years: float = HALF_LIFE_YEARS) -> Self:
        if len(past) == 0:
            return cls(np.zeros((len(organisations), len(organisations))), np.zeros(len(organisations)))
        rows = past.projects_of[organisations]
        decay = diags_array(past.decay(int(past.day[-1]), half_life_years))
        joint = (rows @ decay @ rows.T).toarray()
        own = joint.diagonal().copy()
        np.fill_diagonal(joint, 0.0)
        return cls(joint, own)

    def beside(self, chance: Measures) -> Measures:
        """i x 5: how much company each has in those who come with these chances.

        By what its joint projects are a share of: the others' projects, both sides' (geometric mean), its own. Then the
        chance that at least one of the others brings it along, and the second with chances that sum to 1.
        """
        theirs, mine = 1 + self.own[None, :], 1 + self.own[:, None]
        brings, both = self.joint / theirs, self.joint / np.sqrt(theirs * mine)
        nobody = np.prod(1 - np.minimum(brings, SUREST) * chance, axis=1)
        odds = chance / np.maximum(1 - chance, 1e-9)
        share = odds / max(odds.sum(), 1e-9)
        parts = (brings @ chance, both @ chance, self.joint @ chance / (1 + self.own), 1 - nobody, both @ share)
        return np.column_stack(parts)
