"""The other way round: does what the asker offers meet what the candidate has posted as needs?"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from matchmaker.profiles import UNKNOWN, Candidates, Mask, Need, Profiles, Scores
from matchmaker.scoring.base import Component, Evidence, LastAnswer, unknown

LEVELS = np.arange(1, 6)
Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Meeting:
    """Every posted need held against all that one asker offers; NaN where nothing can be said."""

    score: Scores  # a need, by the offer that meets it best
    offer: Rows  # which one that is
    welcomes: Mask  # whether the need's wishes leave the asker in
    best: Rows  # an organisation: its need that is met best; UNKNOWN where none can be judged


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
        self.lengths_ = np.linalg.norm(profiles.needs.vectors.astype(np.float32), axis=1)
        self._last: LastAnswer[Meeting] = LastAnswer()
        return self

    def score_candidates(self, need: Need, candidates: Candidates) -> Scores:
        scores = unknown(candidates)
        if need.organisation is None or not len(self.profiles_.needs):
            return scores
        meeting = self._last.to(need, lambda: self._meet(need))
        best = meeting.best[candidates.organisation]
        scores[best != UNKNOWN] = meeting.score[best[best != UNKNOWN]]
        return scores

    def evidence(self, need: Need, candidates: Candidates, row: int) -> Evidence:
        meeting = self._last.to(need, lambda: self._meet(need))
        met = int(meeting.best[candidates.organisation[row]])
        posted = self.profiles_.needs.ids[met].decode()
        if not meeting.welcomes[met]:
            return Evidence("reciprocity.unwelcome", {"need": posted})
        offers, offer = self.profiles_.offers, int(meeting.offer[met])
        facts = {"offer": offers.ids[offer].decode(), "is_facility": bool(offers.is_facility[offer])}
        return Evidence("reciprocity.need", {"need": posted, **facts})

    def _meet(self, need: Need) -> Meeting:
        offers = np.flatnonzero(self._is_offered(need))
        if not len(offers):
            nothing = np.full(len(self.profiles_.needs), np.nan)
            return Meeting(nothing, np.zeros(len(nothing), np.intp), nothing > 0, self._best_of_each(nothing))
        pairs = np.stack([self._pairs(int(offer)) for offer in offers])
        which = np.argmax(np.nan_to_num(pairs, nan=-1.0), axis=0)
        score = pairs[which, np.arange(pairs.shape[1])]
        welcomes = self._welcomes(need)
        score = np.where(welcomes | np.isnan(score), score, 0.0)
        score[~self._is_live(need)] = np.nan
        return Meeting(score, offers[which], welcomes, self._best_of_each(score))

    def _is_offered(self, need: Need) -> Mask:
        offers = self.profiles_.offers
        return (offers.owner == need.organisation) & (offers.last_day >= need.day)

    def _is_live(self, need: Need) -> Mask:
        """Posted by the day of the query, and not run out by then."""
        posted = self.profiles_.needs
        return (posted.first_day <= need.day) & (posted.last_day >= need.day)

    def _pairs(self, offer: int) -> Scores:
        """One offer held against every need."""
        parts = np.stack([self._cover(offer), self._text(offer)])
        known = ~np.isnan(parts)
        count = known.sum(axis=0)
        total = np.where(known, parts, 0.0).sum(axis=0)
        accepted = self.profiles_.needs.types
        accepts = (accepted == 0) | ((accepted >> np.uint16(self.profiles_.offers.type[offer])) & 1 == 1)
        return np.divide(total * accepts, count, out=np.full(len(total), np.nan), where=count > 0)

    def _cover(self, offer: int) -> Scores:
        """sum_j w_j * max_i s(i, j) * min(1, level_i / level_j) / sum_j w_j over what each need asks for (j)."""
        levels, weights = self.profiles_.needs.levels, self.profiles_.needs.weights
        offered = self.profiles_.offers.capabilities[[offer]]
        cover = np.full(levels.shape[0], np.nan)
        asks = np.flatnonzero(np.diff(levels.indptr) > 0)
        if not offered.nnz or not len(asks):
            return cover
        nearness = self.profiles_.taxonomy.similarity[offered.indices].toarray()
        reached = np.minimum(1, offered.data[None, :] / LEVELS[:, None])
        best = (nearness[None, :, :] * reached[:, :, None]).max(axis=1)  # by the level asked for, and the capability
        answers = best[levels.data.astype(np.intp) - 1, levels.indices] * weights.data
        starts = levels.indptr[asks]
        cover[asks] = np.add.reduceat(answers, starts) / np.add.reduceat(weights.data, starts)
        return cover

    def _text(self, offer: int) -> Scores:
        said = self.profiles_.offers.vectors[offer].astype(np.float32)
        lengths = self.lengths_ * np.linalg.norm(said)
        products = self.profiles_.needs.vectors @ said
        cosines = np.divide(products, lengths, out=np.full(len(lengths), np.nan), where=lengths > 0)
        return np.clip((cosines - self.text_low) / (self.text_high - self.text_low), 0, 1)

    def _welcomes(self, need: Need) -> Mask:
        """What is unknown of the asker is held against nobody."""
        posted = self.profiles_.needs
        meets_kind = _is_wanted(posted.wants_kinds, need.kind) & _is_wanted(posted.wants_sizes, need.size)
        if need.place == UNKNOWN:
            return meets_kind
        anywhere = np.diff(posted.places.indptr) == 0
        here = np.zeros(len(posted), dtype=bool)
        rows = np.repeat(np.arange(len(posted)), np.diff(posted.places.indptr))
        here[rows[posted.places.indices == need.place]] = True
        return meets_kind & (anywhere | here)

    def _best_of_each(self, score: Scores) -> Rows:
        """For each organisation the need with the best score, the first of equals."""
        best = np.full(len(self.profiles_.organisations), UNKNOWN, dtype=np.intp)
        known = np.flatnonzero(~np.isnan(score))
        best_last = known[np.lexsort((-known, score[known]))]
        best[self.profiles_.needs.owner[best_last]] = best_last
        return best


def _is_wanted(bits: NDArray[np.uint16], member: int) -> Mask:
    if member == UNKNOWN:
        return np.ones(len(bits), dtype=bool)
    return (bits == 0) | ((bits >> np.uint16(member)) & 1 == 1)
