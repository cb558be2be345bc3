"""How the candidate hangs together with the asker's circle, as far as the circle has done what is needed."""

from abc import abstractmethod
from typing import Self

import numpy as np

from matchmaker.network.circles import circle_map, unit
from matchmaker.network.past import Measures, Past, Rows, Timeline
from matchmaker.network.similar import has_subject, joint_projects_like, likeness
from matchmaker.network.ties import TieStrengths, newman_weights, ties_of, two_hop_over
from matchmaker.profiles import Candidates, Ints, Need, Profiles, Scores
from matchmaker.scoring.base import Component, Evidence, LastAnswer, unknown
from matchmaker.scoring.curves import log_share

HALF_LIFE_YEARS = 3.0


class CircleComponent(Component):
    """A quantity of each organisation, read by `curves.log_share` with `typical`.

    NaN where the asker or the candidate has no project before the need's day, and where the need says nothing that a
    component with `asks_subject` compares.
    """

    is_evidence = True
    asks_subject = False

    def __init__(self, *, typical: float) -> None:
        self.typical = typical

    def fit(self, profiles: Profiles) -> Self:
        self.timeline_ = Timeline.of(profiles)
        self.organisation_ids_ = profiles.organisations.ids
        self._last: LastAnswer[Measures] = LastAnswer()
        return self

    def score_candidates(self, need: Need, candidates: Candidates) -> Scores:
        past, asker = self.timeline_.known_to(need), need.organisation
        if asker is None or past.project_counts[asker] == 0 or (self.asks_subject and not has_subject(need)):
            return unknown(candidates)
        quantity = self._last.to(need, lambda: self._measure(past, asker, need))[candidates.organisation]
        has_record = past.project_counts[candidates.organisation] > 0
        return np.where(has_record, log_share(np.maximum(quantity, 0.0), self.typical), np.nan)

    @abstractmethod
    def _measure(self, past: Past, asker: int, need: Need) -> Measures:
        """The quantity of each organisation."""


class TiesInField(CircleComponent):
    """Direct ties through projects that resemble the need.

    sum over shared projects e of likeness_e * 2^(-age_e / 3 years) / (members_e - 1); likeness is the similarity of
    tags and words times the closeness in length (`matchmaker.network.similar`).
    """

    name = "ties_in_field"
    asks_subject = True

    def __init__(self, *, typical: float = 0.001) -> None:
        super().__init__(typical=typical)

    def _measure(self, past: Past, asker: int, need: Need) -> Measures:
        weights = newman_weights(past) * past.decay(need.day, HALF_LIFE_YEARS) * likeness(past, need)
        tied = np.asarray(past.projects_of @ (weights * past.took_part(asker)), np.float64)
        tied[asker] = 0.0
        return tied

    def evidence(self, need: Need, candidates: Candidates, row: int) -> Evidence:
        past, asker = self.timeline_.known_to(need), need.organisation
        assert asker is not None
        shared = past.of_both(asker, int(candidates.organisation[row]))
        alike = shared[likeness(past, need)[shared] > 0]
        ids = [i.decode() for i in past.ids[alike[-3:]][::-1]]
        return Evidence("ties_in_field.shared", {"projects": len(alike), "of": len(shared), "ids": ids})


class PartnersInField(CircleComponent):
    """Two-hop ties of which the second step is a project that resembles the need: who did this with our partners.

    Each direct tie is passed on by the share that its projects like the need have in all of that partner's ties.
    """

    name = "partners_in_field"
    asks_subject = True

    def __init__(self, *, typical: float = 0.0003) -> None:
        super().__init__(typical=typical)

    def _measure(self, past: Past, asker: int, need: Need) -> Measures:
        ties = circle_of(past, asker, need)
        return two_hop_over(
            past, ties.direct, asker, day=need.day, half_life_years=HALF_LIFE_YEARS, likeness=likeness(past, need)
        )

    def evidence(self, need: Need, candidates: Candidates, row: int) -> Evidence:
        past, asker = self.timeline_.known_to(need), need.organisation
        assert asker is not None
        candidate, direct = int(candidates.organisation[row]), circle_of(past, asker, need).direct
        own = past.of(candidate)
        alike = own[likeness(past, need)[own] > 0]
        through = partners_in(past, alike, direct, candidate)
        together = sum(bool(np.isin(past.members[[one]].indices, through).any()) for one in alike)
        ids = [i.decode() for i in self.organisation_ids_[through[:3]]]
        return Evidence("partners_in_field.through", {"partners": len(through), "projects": together, "ids": ids})


class CommonPartners(CircleComponent):
    """sum over the candidate's projects of the asker's partners in them / (members - 1), whenever that was.

    A candidate that is a partner itself counts among them: that is a tie of the asker to each of its projects too.
    """

    name = "common_partners"

    def __init__(self, *, typical: float = 0.03) -> None:
        super().__init__(typical=typical)

    def _measure(self, past: Past, asker: int, need: Need) -> Measures:
        partners = (past.projects_of @ past.took_part(asker) > 0).astype(np.float64)
        partners[asker] = 0.0
        return np.asarray(past.projects_of @ (newman_weights(past) * (past.members @ partners)), np.float64)

    def evidence(self, need: Need, candidates: Candidates, row: int) -> Evidence:
        past, asker = self.timeline_.known_to(need), need.organisation
        assert asker is not None
        candidate = int(candidates.organisation[row])
        partners = np.unique(past.members[past.of(asker)].indices)
        theirs = np.unique(past.members[past.of(candidate)].indices)
        common = np.setdiff1d(np.intersect1d(partners, theirs), [asker, candidate])
        strongest = common[np.argsort(-circle_of(past, asker, need).direct[common], kind="stable")]
        ids = [i.decode() for i in self.organisation_ids_[strongest[:3]]]
        joint = len(past.of_both(asker, candidate))
        return Evidence("common_partners.shared", {"partners": len(common), "joint": joint, "ids": ids})


class JoinedAsker(CircleComponent):
    """sum over projects that the asker led and the candidate joined of 2^(-age / 3 years)."""

    name = "joined_asker"

    def __init__(self, *, typical: float = 0.1) -> None:
        super().__init__(typical=typical)

    def _measure(self, past: Past, asker: int, need: Need) -> Measures:
        led = (past.lead == asker) * past.decay(need.day, HALF_LIFE_YEARS)
        return np.asarray(past.projects_of @ led, np.float64)

    def evidence(self, need: Need, candidates: Candidates, row: int) -> Evidence:
        past = self.timeline_.known_to(need)
        own = past.of(int(candidates.organisation[row]))
        led = own[past.lead[own] == need.organisation]  # not all records have the lead among the members
        ids = [i.decode() for i in past.ids[led[-3:]][::-1]]
        return Evidence("joined_asker.joined", {"projects": len(led), "ids": ids})


class SimilarConsortia(Component):
    """Past consortia like the need that were put together from where the asker is, summed over their members.

    sum over the candidate's joint projects e of
    similarity_e^2 * closeness_e * 2^(-age_e / 2 years) / (members_e - 1) * home_e * kind_e
    with similarity and closeness in length from `matchmaker.network.similar`, home_e = `same_area` where the lead is of
    the asker's area and kind_e = `same_kind` where it is of its kind, else 1.
    """

    name = "similar_consortia"
    is_evidence = True

    def __init__(self, *, typical: float = 0.003, same_area: float = 2.5, same_kind: float = 1.7) -> None:
        self.typical = typical
        self.same_area = same_area
        self.same_kind = same_kind

    def fit(self, profiles: Profiles) -> Self:
        self.area_ = profiles.organisations.area
        self.kind_ = profiles.organisations.kind
        self.timeline_ = Timeline.of(profiles)
        self._last: LastAnswer[Measures] = LastAnswer()
        return self

    def score_candidates(self, need: Need, candidates: Candidates) -> Scores:
        """Known without an asker's record too: what is like the need does not depend on it."""
        if not has_subject(need):
            return unknown(candidates)
        past = self.timeline_.known_to(need)
        quantity = past.projects_of @ self._weights(past, need)
        has_record = past.project_counts[candidates.organisation] > 0
        return np.where(has_record, log_share(quantity[candidates.organisation], self.typical), np.nan)

    def _weights(self, past: Past, need: Need) -> Measures:
        return self._last.to(need, lambda: self._weigh(past, need))

    def _weigh(self, past: Past, need: Need) -> Measures:
        weights = joint_projects_like(past, need, half_life_years=2.0) * newman_weights(past)
        home = 1 + (self.same_area - 1) * past.led_from(self.area_, need.area)
        kind = 1 + (self.same_kind - 1) * past.led_from(self.kind_, need.kind)
        return np.asarray(weights * home * kind, np.float64)

    def evidence(self, need: Need, candidates: Candidates, row: int) -> Evidence:
        past = self.timeline_.known_to(need)
        own = past.of(int(candidates.organisation[row]))
        weights = self._weights(past, need)[own]
        nearest = own[np.argsort(-weights, kind="stable")][: int((weights > 0).sum())]
        facts = {
            "projects": len(nearest),
            "of": len(own),
            "led_from_area": int(past.led_from(self.area_, need.area)[nearest].sum()),
            "ids": [i.decode() for i in past.ids[nearest[:3]]],
        }
        return Evidence("similar_consortia.members", facts)


class LikePartners(CircleComponent):
    """How near the candidate stands to the asker's partners on the map of circles (`matchmaker.network.circles`).

    Cosine to the centre of the partners, each weighted by its tie to the asker; 0 where it points away. NaN where the
    asker has no partner yet, or none that stands on the map.
    """

    name = "like_partners"

    def __init__(self) -> None:
        super().__init__(typical=1.0)

    def score_candidates(self, need: Need, candidates: Candidates) -> Scores:
        past, asker = self.timeline_.known_to(need), need.organisation
        if asker is None:
            return unknown(candidates)
        nearness = self._last.to(need, lambda: self._measure(past, asker, need))[candidates.organisation]
        has_record = past.project_counts[candidates.organisation] > 0
        return np.where(has_record, np.clip(nearness, 0.0, 1.0), np.nan)

    def _measure(self, past: Past, asker: int, need: Need) -> Measures:
        places, direct = circle_map(past), circle_of(past, asker, need).direct
        tied = np.flatnonzero(direct)
        strongest = direct.max(initial=0.0) or 1.0  # only the direction counts: old ties point as well as fresh ones
        centre = unit((direct[tied] / strongest @ places[tied])[None])[0]
        return places @ centre if centre.any() else np.full(len(places), np.nan)

    def evidence(self, need: Need, candidates: Candidates, row: int) -> Evidence:
        past, asker = self.timeline_.known_to(need), need.organisation
        assert asker is not None
        candidate, direct = int(candidates.organisation[row]), circle_of(past, asker, need).direct
        partners = np.flatnonzero(direct)
        partners = partners[partners != candidate]
        near = circle_map(past)[partners] @ circle_map(past)[candidate]
        nearest = partners[np.argsort(-near, kind="stable")][: int((near > 0).sum())][:3]
        ids = [i.decode() for i in self.organisation_ids_[nearest]]
        return Evidence("like_partners.near", {"partners": len(partners), "ids": ids})


def circle_of(past: Past, asker: int, need: Need) -> TieStrengths:
    return ties_of(past, asker, need, half_life_years=HALF_LIFE_YEARS)


def partners_in(past: Past, projects: Rows, direct: Measures, candidate: int) -> Ints:
    """Members of these projects that are tied to the asker, the strongest first; the candidate is not its own."""
    members = np.unique(past.members[projects].indices)
    tied = members[(direct[members] > 0) & (members != candidate)]
    return tied[np.argsort(-direct[tied], kind="stable")]
