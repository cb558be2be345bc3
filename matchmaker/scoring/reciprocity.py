"""The other way round: does what the asker offers meet what the candidate has posted as needs?"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from matchmaker.columns import RowLengths, entries
from matchmaker.profiles import UNKNOWN, Candidates, Mask, Need, Profiles, Scores
from matchmaker.scoring.base import Component, Evidence, unknown

LEVELS = np.arange(1, 6)
Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Meeting:
    """Some posted needs (`rows`) held against all that one asker offers; NaN where nothing can be said."""

    rows: Rows
    score: Scores  # by the offer that meets the need best
    offer: Rows  # which one that is
    welcomes: Mask  # whether the need's wishes leave the asker in


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What some posted needs ask for: a row each, a column a capability."""

    levels: csr_array
    weights: csr_array


class Reciprocity(Component):
    """The best pair of an offer of the asker and a live need of the candidate.

    A pair scores the mean of what is known of capability cover (as in `capability`, with the sides changed) and text
    meeting (as in `text`); an offer of a kind that the need does not accept scores 0, and so does every offer where
    the need's wishes leave the asker out (kind, size, district). A candidate without a need that an offer of the
    asker could be held against is not judged.
    """

    name = "reciprocity"

    def __init__(self, *, text_low: float = 0.05, text_high: float = 0.50) -> None:
        self.text_low = text_low
        self.text_high = text_high

    def fit(self, profiles: Profiles) -> Self:
        self.profiles_ = profiles
        self.offer_lengths_ = RowLengths(profiles.offers.vectors)
        self.need_lengths_ = RowLengths(profiles.needs.vectors)
        return self

    def score_candidates(self, need: Need, candidates: Candidates) -> Scores:
        scores = unknown(candidates)
        offers = self._offers(need)
        if not len(offers) or not len(self.profiles_.needs):
            return scores
        meeting = self._meet(need, offers, self._needs_of(need, candidates.organisation))
        best = self._best_of_each(meeting)[candidates.organisation]
        scores[best != UNKNOWN] = meeting.score[best[best != UNKNOWN]]
        return scores

    def evidence(self, need: Need, candidates: Candidates, row: int) -> Evidence:
        one = candidates.organisation[[row]]
        meeting = self._meet(need, self._offers(need), self._needs_of(need, one))
        met = int(self._best_of_each(meeting)[one[0]])
        posted = self.profiles_.needs.ids[meeting.rows[met]].decode()
        if not meeting.welcomes[met]:
            return Evidence("reciprocity.unwelcome", {"need": posted})
        offers, offer = self.profiles_.offers, int(meeting.offer[met])
        facts = {"offer": offers.ids[offer].decode(), "is_facility": bool(offers.is_facility[offer])}
        return Evidence("reciprocity.need", {"need": posted, **facts})

    def _offers(self, need: Need) -> Rows:
        """What the asker offers on the day of the query."""
        offers = self.profiles_.offers
        asker = UNKNOWN if need.organisation is None else need.organisation
        return np.flatnonzero((offers.owner == asker) & (offers.last_day >= need.day))

    def _needs_of(self, need: Need, organisations: NDArray[np.int32]) -> Rows:
        """Needs of these organisations, posted by the day of the query and not run out by then."""
        posted = self.profiles_.needs
        is_judged = np.zeros(len(self.profiles_.organisations), dtype=bool)
        is_judged[organisations] = True
        is_live = (posted.first_day <= need.day) & (posted.last_day >= need.day)
        return np.flatnonzero(is_live & is_judged[posted.owner])

    def _meet(self, need: Need, offers: Rows, rows: Rows) -> Meeting:
        text = self._text(offers, rows)
        asked = Asked(self.profiles_.needs.levels[rows], self.profiles_.needs.weights[rows])
        pairs = np.stack([self._pairs(int(offer), rows, asked, text[:, place]) for place, offer in enumerate(offers)])
        which = np.argmax(np.nan_to_num(pairs, nan=-1.0), axis=0)
        score = pairs[which, np.arange(len(rows))]
        welcomes = self._welcomes(need, rows)
        return Meeting(rows, np.where(welcomes | np.isnan(score), score, 0.0), offers[which], welcomes)

    def _pairs(self, offer: int, rows: Rows, asked: Asked, text: Scores) -> Scores:
        """One offer held against each of the needs."""
        parts = np.stack([self._cover(offer, asked), text])
        known = ~np.isnan(parts)
        count = known.sum(axis=0)
        total = np.where(known, parts, 0.0).sum(axis=0)
        accepted = self.profiles_.needs.types[rows]
        accepts = _is_wanted(accepted, int(self.profiles_.offers.type[offer]))
        return np.divide(total * accepts, count, out=np.full(len(total), np.nan), where=count > 0)

    def _cover(self, offer: int, asked: Asked) -> Scores:
        """sum_j w_j * max_i s(i, j) * min(1, level_i / level_j) / sum_j w_j over what each need asks for (j)."""
        levels, weights = asked.levels, asked.weights
        offered, offered_levels = entries(self.profiles_.offers.capabilities, offer)
        cover = np.full(levels.shape[0], np.nan)
        asks = np.flatnonzero(np.diff(levels.indptr) > 0)
        if not len(offered) or not len(asks):
            return cover
        nearness = self.profiles_.taxonomy.similarity[offered].toarray()
        reached = np.minimum(1, offered_levels[None, :] / LEVELS[:, None])
        best = (nearness[None, :, :] * reached[:, :, None]).max(axis=1)  # by the level asked for, and the capability
        answers = best[levels.data.astype(np.intp) - 1, levels.indices] * weights.data
        starts = levels.indptr[asks]
        cover[asks] = np.add.reduceat(answers, starts) / np.add.reduceat(weights.data, starts)
        return cover

    def _text(self, offers: Rows, rows: Rows) -> Scores:
        """Needs x offers."""
        asked = self.profiles_.needs.vectors[rows].astype(np.float32)
        said = self.profiles_.offers.vectors[offers].astype(np.float32)
        lengths = np.outer(self.need_lengths_.of(rows), self.offer_lengths_.of(offers))
        cosines = np.divide(asked @ said.T, lengths, out=np.full(lengths.shape, np.nan), where=lengths > 0)
        return np.clip((cosines - self.text_low) / (self.text_high - self.text_low), 0, 1)

    def _welcomes(self, need: Need, rows: Rows) -> Mask:
        """What is unknown of the asker is held against nobody."""
        posted = self.profiles_.needs
        meets_kind = _is_wanted(posted.wants_kinds[rows], need.kind) & _is_wanted(posted.wants_sizes[rows], need.size)
        if need.place == UNKNOWN:
            return meets_kind
        places = posted.places[rows]
        named = np.repeat(np.arange(len(rows)), np.diff(places.indptr))
        here = np.diff(places.indptr) == 0
        here[named[places.indices == need.place]] = True
        return meets_kind & here

    def _best_of_each(self, meeting: Meeting) -> Rows:
        """For each organisation the place in `meeting` of its need with the best score, the first of equals."""
        best = np.full(len(self.profiles_.organisations), UNKNOWN, dtype=np.intp)
        known = np.flatnonzero(~np.isnan(meeting.score))
        best_last = known[np.lexsort((-known, meeting.score[known]))]
        best[self.profiles_.needs.owner[meeting.rows[best_last]]] = best_last
        return best


def _is_wanted(bits: NDArray[np.uint16], member: int) -> Mask:
    if member == UNKNOWN:
        return np.ones(len(bits), dtype=bool)
    return (bits == 0) | ((bits >> np.uint16(member)) & 1 == 1)
