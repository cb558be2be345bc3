"""Whom work of this kind, led from here, usually takes in: by area, by kind of organisation, by length."""

from abc import abstractmethod
from typing import Self

import numpy as np

from matchmaker.network.past import Measures, Past, Timeline
from matchmaker.network.similar import joint_projects_like
from matchmaker.profiles import KINDS, UNKNOWN, Candidates, Ints, Need, Profiles, Scores, Smalls
from matchmaker.scoring.base import Component, Evidence, LastAnswer, unknown
from matchmaker.scoring.curves import lift_share

HALF_LIFE_YEARS = 4.0


class GroupLift(Component):
    """How much oftener members of the candidate's group are taken in here than everywhere.

    Over memberships without the leads', decayed by age: o = share of the group in the projects that count here,
    drawn with `prior` memberships behind it into e, its share in all projects (with one membership more for each
    group, so that none is impossible). Score o / (o + e), the logistic of the log-lift: one half where it is as
    everywhere. NaN where the group of the candidate is not known, where the need does not say what is compared, and
    where nobody of a known group joined a project that counts.
    """

    def __init__(self, *, prior: float = 20.0) -> None:
        self.prior = prior

    def fit(self, profiles: Profiles) -> Self:
        self.timeline_ = Timeline.of(profiles)
        self.area_: Ints = profiles.organisations.area
        self.kind_: Smalls = profiles.organisations.kind
        self.areas_ = profiles.vocabulary.get("areas", ())
        self._last: LastAnswer[Measures | None] = LastAnswer()
        return self

    @property
    @abstractmethod
    def groups(self) -> Ints | Smalls:
        """The group of each organisation."""

    @abstractmethod
    def _counting(self, past: Past, need: Need) -> Measures | None:
        """What each project counts here; None where the need does not say."""

    def score_candidates(self, need: Need, candidates: Candidates) -> Scores:
        scores = self._last.to(need, lambda: self._scores_of_groups(need))
        if scores is None:
            return unknown(candidates)
        group = self.groups[candidates.organisation]
        return np.where(group == UNKNOWN, np.nan, scores[group])

    def _scores_of_groups(self, need: Need) -> Measures | None:
        past = self.timeline_.known_to(need)
        here = self._counting(past, need)
        if here is None:
            return None
        observed = self._by_group(past.joined.T @ here)
        if not observed.any():
            return None
        everywhere = self._by_group(past.once("joined of late", need, lambda: _joined_of_late(past, need.day)))
        expected = (everywhere + 1) / (everywhere.sum() + len(everywhere))
        share = (observed + self.prior * expected) / (observed.sum() + self.prior)
        return np.asarray(lift_share(share, expected), np.float64)

    def _by_group(self, of_organisation: Measures) -> Measures:
        """Memberships of each group, from those of each organisation."""
        known = self.groups != UNKNOWN
        size = int(self.groups.max(initial=0)) + 1
        return np.bincount(self.groups[known], of_organisation[known], size).astype(np.float64)

    def _facts(self, need: Need, candidates: Candidates, row: int) -> dict[str, object]:
        score = float(self.score_candidates(need, candidates.take(np.array([row])))[0])
        return {"times": score / (1 - score)}


class AreaPair(GroupLift):
    """Projects led from the asker's area: which areas they take in."""

    name = "area_pair"

    @property
    def groups(self) -> Ints:
        return self.area_

    def _counting(self, past: Past, need: Need) -> Measures | None:
        if need.area == UNKNOWN:
            return None
        return past.led_from(self.area_, need.area) * past.decay(need.day, HALF_LIFE_YEARS)

    def evidence(self, need: Need, candidates: Candidates, row: int) -> Evidence:
        area = self.areas_[self.area_[candidates.organisation[row]]]
        return Evidence("area_pair.lift", {**self._facts(need, candidates, row), "area": area})


class AreaInField(AreaPair):
    """Joint projects that resemble the need: which areas take part in them."""

    name = "area_in_field"

    def _counting(self, past: Past, need: Need) -> Measures | None:
        return joint_projects_like(past, need, half_life_years=HALF_LIFE_YEARS)

    def evidence(self, need: Need, candidates: Candidates, row: int) -> Evidence:
        area = self.areas_[self.area_[candidates.organisation[row]]]
        return Evidence("area_in_field.lift", {**self._facts(need, candidates, row), "area": area})


class KindMix(GroupLift):
    """Joint projects that resemble the need, those led by the asker's kind twice: which kinds take part in them."""

    name = "kind_mix"

    @property
    def groups(self) -> Smalls:
        return self.kind_

    def _counting(self, past: Past, need: Need) -> Measures | None:
        alike = joint_projects_like(past, need, half_life_years=HALF_LIFE_YEARS)
        return alike * (1 + past.led_from(self.kind_, need.kind))

    def evidence(self, need: Need, candidates: Candidates, row: int) -> Evidence:
        kind = KINDS[self.kind_[candidates.organisation[row]]].value
        return Evidence("kind_mix.lift", {**self._facts(need, candidates, row), "kind": kind})


class LengthHabit(Component):
    """exp(-|difference of natural logs|) between the length asked for and the candidate's usual one.

    Usual: the mean log length of its projects, drawn with `prior` projects behind it into everybody's. NaN for a need
    that does not say how long, and for a candidate none of whose projects says it.
    """

    name = "length"

    def __init__(self, *, prior: float = 2.0) -> None:
        self.prior = prior

    def fit(self, profiles: Profiles) -> Self:
        self.timeline_ = Timeline.of(profiles)
        return self

    def score_candidates(self, need: Need, candidates: Candidates) -> Scores:
        if not need.months > 0:
            return unknown(candidates)
        usual, counts = self._usual(self.timeline_.known_to(need))
        score = np.exp(-np.abs(usual - np.log(need.months)))[candidates.organisation]
        return np.where(counts[candidates.organisation] > 0, score, np.nan)

    def evidence(self, need: Need, candidates: Candidates, row: int) -> Evidence:
        usual, counts = self._usual(self.timeline_.known_to(need))
        candidate = candidates.organisation[row]
        facts = {"months": float(np.exp(usual[candidate])), "asked": float(need.months)}
        return Evidence("length.usual", {**facts, "projects": int(counts[candidate])})

    def _usual(self, past: Past) -> tuple[Measures, Measures]:
        return past.once(f"usual length, {self.prior}", past.rows, lambda: self._measure(past))

    def _measure(self, past: Past) -> tuple[Measures, Measures]:
        known = past.months > 0
        logs = np.log(np.where(known, past.months, 1.0).astype(np.float64))
        overall = float(logs[known].mean()) if known.any() else 0.0
        counts = past.projects_of @ known.astype(np.float64)
        usual = (past.projects_of @ np.where(known, logs, 0.0) + self.prior * overall) / (counts + self.prior)
        return usual, counts


def _joined_of_late(past: Past, day: int) -> Measures:
    return np.asarray(past.joined.T @ past.decay(day, HALF_LIFE_YEARS), np.float64)
