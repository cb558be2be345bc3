"""Rounds and mandates held against each other: money, stage, field, district, patience.

Each ground judges a pair of a mandate and a firm, so it says the same whichever of the two asks. Whether a clause
stands in the way is not said here but by clearance (`matchmaker.funding`), which comes before.
"""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, eye_array

from matchmaker.funding.columns import STAGES, TOLERANCES, Firms, Mandates
from matchmaker.profiles import UNKNOWN, Candidates, Ints, Need, Profiles, Scores
from matchmaker.scoring.base import Component, Evidence, unknown
from models.enums import RiskTolerance

HIGH = TOLERANCES.index(RiskTolerance.HIGH)
MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True, eq=False)
class Plans:
    """Columns of the milestones of n firms, in the rows of `Firms`; NaN: not known to the reader."""

    milestones: Scores  # how many
    costed: Scores  # how many of them have a cost
    first_month: Scores  # of the nearest, from the start of the round


@dataclass(frozen=True, slots=True, eq=False)
class Capital:
    """Mandates and firms that seek money, as one reader may know them, with the codes of their nodes and places."""

    mandates: Mandates
    firms: Firms
    plans: Plans
    nodes: Sequence[str]
    places: Sequence[str]


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Rows of mandates and of firms, one pair for each candidate."""

    mandates: Ints
    firms: Ints

    def __len__(self) -> int:
        return len(self.mandates)

    @classmethod
    def of(cls, need: Need, candidates: Candidates) -> "Pairs | None":
        """None for a query that is about something else."""
        own = need.round if need.mandate == UNKNOWN else need.mandate
        if own == UNKNOWN:
            return None
        ours = np.full(len(candidates), own, np.int32)
        return cls(candidates.terms, ours) if need.mandate == UNKNOWN else cls(ours, candidates.terms)


class CapitalComponent(Component):
    """A ground that a mandate and a firm give together; NaN where either leaves it open."""

    def __init__(self, capital: Capital) -> None:
        self.capital = capital

    def fit(self, profiles: Profiles) -> Self:
        return self

    def score_candidates(self, need: Need, candidates: Candidates) -> Scores:
        pairs = Pairs.of(need, candidates)
        if pairs is None:
            return unknown(candidates)
        scores = unknown(candidates)
        held = np.flatnonzero((pairs.mandates != UNKNOWN) & (pairs.firms != UNKNOWN))
        scores[held] = self._judge(Pairs(pairs.mandates[held], pairs.firms[held]))
        return scores

    def evidence(self, need: Need, candidates: Candidates, row: int) -> Evidence:
        pairs = Pairs.of(need, candidates)
        assert pairs is not None
        return self._tell(int(pairs.mandates[row]), int(pairs.firms[row]))

    @abstractmethod
    def _judge(self, pairs: Pairs) -> Scores:
        """A score for each pair."""

    @abstractmethod
    def _tell(self, mandate: int, firm: int) -> Evidence:
        """The facts behind the score of one pair, which is known."""


class TicketMeeting(CapitalComponent):
    """min(1, amount / ticket_low, ticket_high / amount): how much of the round one ticket carries.

    1 where the amount lies within the tickets; above them the share that the largest ticket covers (others may join),
    below them the share of the smallest ticket that the round has room for. A limit not stated limits nothing.
    """

    name = "ticket"
    is_evidence = True

    def _judge(self, pairs: Pairs) -> Scores:
        low, high = self.capital.mandates.ticket_low[pairs.mandates], self.capital.mandates.ticket_high[pairs.mandates]
        amount = self.capital.firms.amount[pairs.firms]
        room = np.where(low > amount, amount / np.where(low > 0, low, 1.0), 1.0)
        covered = np.where(high < amount, high / np.where(amount > 0, amount, 1.0), 1.0)
        known = ~np.isnan(amount) & ~(np.isnan(low) & np.isnan(high))
        return np.where(known, np.minimum(room, covered), np.nan)

    def _tell(self, mandate: int, firm: int) -> Evidence:
        mandates = self.capital.mandates
        facts = {
            "asked": float(self.capital.firms.amount[firm]),
            "low": _or_none(mandates.ticket_low[mandate]),
            "high": _or_none(mandates.ticket_high[mandate]),
        }
        return Evidence("ticket.range", facts)


class StageNearness(CapitalComponent):
    """max(0, 1 - steps / 2), with the steps from the round's stage to the nearest stage of the mandate."""

    name = "stage_asked"

    def _judge(self, pairs: Pairs) -> Scores:
        asked = self.capital.firms.stage[pairs.firms].astype(np.int64)
        stages = self.capital.mandates.stages[pairs.mandates]
        nearness = self._nearness()[stages, np.maximum(asked, 0)]
        return np.where((asked == UNKNOWN) | (stages == 0), np.nan, nearness)

    def _nearness(self) -> Scores:
        """Sets of stages, as bits, x stages."""
        order = np.arange(len(STAGES))
        sets = np.arange(1 << len(STAGES))
        named = (sets[:, None] >> order) & 1
        steps = np.abs(order[:, None] - order[None, :])
        nearest = np.where(named[:, :, None] == 1, steps[None, :, :], len(STAGES)).min(axis=1)
        return np.asarray(np.maximum(1 - nearest / 2, 0.0), np.float64)

    def _tell(self, mandate: int, firm: int) -> Evidence:
        named = int(self.capital.mandates.stages[mandate])
        stages = [stage.value for number, stage in enumerate(STAGES) if named >> number & 1]
        return Evidence("stage_asked.named", {"asked": STAGES[self.capital.firms.stage[firm]].value, "stages": stages})


class FieldMeeting(CapitalComponent):
    """max over the firm's chain nodes a and the mandate's nodes b of r(a, b) * v(b).

    r is 1 for the same node and falls with the way along supply links and the tree; v is 1 for a main field, `other`
    for another one, and 1 for all where the mandate calls none the main one.
    """

    name = "invested_field"
    is_evidence = True

    def __init__(self, capital: Capital, *, other: float = 0.8) -> None:
        super().__init__(capital)
        self.other = other

    def fit(self, profiles: Profiles) -> Self:
        self.related_ = _among(self.capital.nodes, profiles)
        mandates = self.capital.mandates
        has_main = np.diff(mandates.main_fields.indptr) > 0
        worth = csr_array(mandates.fields.astype(bool), dtype=np.float64)
        worth.data *= np.repeat(np.where(has_main, self.other, 1.0), np.diff(worth.indptr))
        self.worth_ = csr_array(worth.maximum(csr_array(mandates.main_fields.astype(bool), dtype=np.float64)))
        return self

    def _judge(self, pairs: Pairs) -> Scores:
        if not len(pairs):
            return np.empty(0)
        # One side is the asker's, so its reach is worked out once.
        if (pairs.mandates == pairs.mandates[0]).all():
            return best_of_rows(self.capital.firms.nodes, self._reach_of_mandate(int(pairs.mandates[0])), pairs.firms)
        return best_of_rows(self.worth_, self._reach_of_firm(int(pairs.firms[0])), pairs.mandates)

    def _reach_of_mandate(self, mandate: int) -> Scores | None:
        """What each node is worth to the mandate; None where it invests in any."""
        worth = self.worth_[[mandate]]
        if worth.nnz == 0:
            return None
        near = self.related_[worth.indices].toarray()
        return np.asarray((near * worth.data[:, None]).max(axis=0), np.float64)

    def _reach_of_firm(self, firm: int) -> Scores | None:
        """How near each node lies to where the firm stands; None where nobody knows."""
        nodes = self.capital.firms.nodes[[firm]].indices
        return np.asarray(self.related_[nodes].toarray().max(axis=0), np.float64) if len(nodes) else None

    def _tell(self, mandate: int, firm: int) -> Evidence:
        nodes, worth = self.capital.firms.nodes[[firm]].indices, self.worth_[[mandate]]
        value = self.related_[nodes].toarray()[:, worth.indices] * worth.data[None, :]
        ours, theirs = np.unravel_index(int(np.argmax(value)), value.shape)
        node, field = int(nodes[ours]), int(worth.indices[theirs])
        facts = {"node": self.capital.nodes[node], "field": self.capital.nodes[field]}
        if node != field:
            return Evidence("invested_field.near" if value.max() > 0 else "invested_field.far", facts)
        is_main = self.capital.mandates.main_fields[[mandate]].indices
        return Evidence("invested_field.main" if field in is_main else "invested_field.other", facts)


class DistrictAsked(CapitalComponent):
    """1 where the firm is in one of the mandate's districts, else 0; NaN for a mandate that names none."""

    name = "mandate_place"

    def _judge(self, pairs: Pairs) -> Scores:
        place = self.capital.firms.place[pairs.firms]
        named = self.capital.mandates.places
        width = max(len(self.capital.places), 1)
        rows = np.repeat(np.arange(named.shape[0]), np.diff(named.indptr))
        holds = np.isin(pairs.mandates.astype(np.int64) * width + place, rows * width + named.indices)
        says_nothing = (np.diff(named.indptr) == 0)[pairs.mandates] | (place == UNKNOWN)
        return np.where(says_nothing, np.nan, holds.astype(np.float64))

    def _tell(self, mandate: int, firm: int) -> Evidence:
        place = int(self.capital.firms.place[firm])
        inside = place in self.capital.mandates.places[[mandate]].indices
        return Evidence(
            "mandate_place.inside" if inside else "mandate_place.outside", {"place": self.capital.places[place]}
        )


class Patience(CapitalComponent):
    """1 - max(0, exit - life_left) / exit, in years: the share of the way to an exit that the fund can go along.

    A long way is no penalty where the fund's life reaches its end, or where its tolerance of risk is high: then 1.
    """

    name = "patience"

    def _judge(self, pairs: Pairs) -> Scores:
        exit_years = self.capital.firms.exit_months[pairs.firms] / MONTHS_A_YEAR
        life = self.capital.mandates.life_left[pairs.mandates]
        missing = np.maximum(exit_years - np.maximum(life, 0), 0)
        share = 1 - missing / np.where(exit_years > 0, exit_years, 1.0)
        tolerant = self.capital.mandates.tolerance[pairs.mandates] == HIGH
        return np.where(tolerant & ~np.isnan(exit_years), 1.0, share)

    def _tell(self, mandate: int, firm: int) -> Evidence:
        exit_years = float(self.capital.firms.exit_months[firm] / MONTHS_A_YEAR)
        life = _or_none(self.capital.mandates.life_left[mandate])
        gap = None if life is None else max(exit_years - max(life, 0.0), 0.0)
        facts = {"exit_years": exit_years, "life_years": life, "gap_years": gap}
        if gap is not None and gap == 0:
            return Evidence("patience.reaches", facts)
        tolerant = self.capital.mandates.tolerance[mandate] == HIGH
        return Evidence("patience.tolerant" if tolerant else "patience.short", facts)


class MoneyLeft(CapitalComponent):
    """x / (1 + x), with x = how many tickets for this round the money left would pay: one half where just one.

    The ticket for a round is its amount, but at least the mandate's smallest and at most its largest ticket. 0 once the
    investment period is over.
    """

    name = "money_left"

    def _judge(self, pairs: Pairs) -> Scores:
        remaining = self.capital.mandates.remaining[pairs.mandates]
        ticket = self._ticket(pairs)
        times = np.maximum(remaining, 0) / np.where(ticket > 0, ticket, np.nan)
        over = self.capital.mandates.investing_left[pairs.mandates] <= 0
        return np.where(np.isnan(times), np.nan, np.where(over, 0.0, times / (1 + times)))

    def _ticket(self, pairs: Pairs) -> Scores:
        mandates = self.capital.mandates
        amount = self.capital.firms.amount[pairs.firms]
        at_most = np.fmin(amount, mandates.ticket_high[pairs.mandates])
        return np.fmax(at_most, mandates.ticket_low[pairs.mandates])

    def _tell(self, mandate: int, firm: int) -> Evidence:
        one = Pairs(np.array([mandate], np.int32), np.array([firm], np.int32))
        facts = {
            "remaining": float(self.capital.mandates.remaining[mandate]),
            "ticket": float(self._ticket(one)[0]),
            "years": _or_none(self.capital.mandates.investing_left[mandate]),
        }
        over = facts["years"] is not None and facts["years"] <= 0
        return Evidence("money_left.over" if over else "money_left.tickets", facts)


def best_of_rows(matrix: csr_array, values: Scores | None, rows: NDArray[Any]) -> Scores:
    """max over the columns of each row of `values` times what stands there; NaN where a row, or `values`, is empty."""
    scores = np.full(len(rows), np.nan)
    stated = np.flatnonzero(np.diff(matrix.indptr)[rows] > 0)
    if values is None or not len(stated):
        return scores
    taken = matrix[rows[stated]]
    scores[stated] = np.maximum.reduceat(values[taken.indices] * taken.data, taken.indptr[:-1])
    return scores


def _among(codes: Sequence[str], profiles: Profiles) -> csr_array:
    """How nodes lie to one another, in the order of `codes`; one that the taxonomy does not know lies beside none."""
    row_of = {code: row for row, code in enumerate(profiles.vocabulary["nodes"])}
    pairs = [(row, row_of[code]) for row, code in enumerate(codes) if code in row_of]
    rows, known = np.array(pairs, np.int64).reshape(-1, 2).T
    chosen = csr_array((np.ones(len(rows)), (rows, known)), shape=(len(codes), profiles.taxonomy.related.shape[0]))
    return csr_array((chosen @ profiles.taxonomy.related @ chosen.T).maximum(eye_array(len(codes), format="csr")))


def _or_none(value: Any) -> float | None:
    return None if np.isnan(value) else float(value)
