"""The past as one can read it: the same quantities as the components of consortia, one project after the other."""

from collections.abc import Callable, Sequence
from math import exp, isnan, log

import numpy as np

from matchmaker.network.past import DAYS_A_YEAR, Timeline
from matchmaker.network.similar import similarity
from matchmaker.profiles import KINDS, UNKNOWN, Need, Profiles
from tests.unit.engine.record import FIRMS, Joint, days_ago
from tests.unit.engine.world import Firm

NAN = float("nan")


def curve(quantity: float, typical: float) -> float:
    return log(1 + quantity / typical) / (1 + log(1 + quantity / typical))


class Twin:
    """Similarity of tags and words is taken from the engine; its own twin stands in `test_network`."""

    def __init__(self, profiles: Profiles, record: Sequence[Joint], firms: Sequence[Firm], asked: Need) -> None:
        self.asked, self.asker, self.firms = asked, asked.organisation, firms
        known = [p for p in record if p.years is not None and days_ago(p.years) < asked.day]
        self.projects = sorted(known, key=lambda p: days_ago(p.years or 0))
        alike = similarity(Timeline(profiles).known_to(asked), asked)
        self.similarity = [0.0 if isnan(one) else float(one) for one in alike]
        self.says_something = len(asked.tags) > 0 or asked.words is not None
        self.rows = range(len(self.projects))

    def of(self, who: int | None) -> list[int]:
        return [row for row in self.rows if who in self.projects[row].members]

    def decay(self, row: int, half_life: float) -> float:
        return 2 ** (-(self.asked.day - days_ago(self.projects[row].years or 0)) / (half_life * DAYS_A_YEAR))

    def closeness(self, row: int) -> float:
        months = self.projects[row].months
        if isnan(self.asked.months):
            return 1.0
        return 0.3 if isnan(months) else exp(-2 * abs(log(months / self.asked.months)))

    def likeness(self, row: int) -> float:
        return self.similarity[row] * self.closeness(row)

    def joint_like(self, row: int, half_life: float) -> float:
        weight = self.similarity[row] ** 2 * self.decay(row, half_life)
        return weight * self.closeness(row) if len(self.projects[row].members) > 1 and weight > 1e-9 else 0.0

    def share(self, row: int) -> float:
        """What one member is tied to each of the others by."""
        return 1 / (len(self.projects[row].members) - 1)

    def tie(self, one: int | None, other: int, like: Callable[[int], float] = lambda _row: 1.0) -> float:
        if one == other:
            return 0.0
        both = [row for row in self.of(one) if other in self.projects[row].members]
        return sum(self.share(row) * self.decay(row, 3) * like(row) for row in both)

    def has_record(self, who: int | None) -> bool:
        return bool(self.of(who))

    def both_known(self, who: int) -> bool:
        return self.asker is not None and self.has_record(self.asker) and self.has_record(who)

    def ties_in_field(self, who: int) -> float:
        if not self.both_known(who) or not self.says_something:
            return NAN
        return curve(self.tie(self.asker, who, self.likeness), 0.001)

    def partners_in_field(self, who: int) -> float:
        if not self.both_known(who) or not self.says_something:
            return NAN
        passed_on = 0.0
        for partner in range(FIRMS):
            to_all = sum(self.tie(partner, other) for other in range(FIRMS))
            if to_all > 0 and who != self.asker:
                passed_on += self.tie(self.asker, partner) * self.tie(partner, who, self.likeness) / to_all
        return curve(passed_on, 0.0003)

    def partners(self) -> set[int]:
        return {member for row in self.of(self.asker) for member in self.projects[row].members} - {self.asker}

    def common_partners(self, who: int) -> float:
        if not self.both_known(who):
            return NAN
        seen = [row for row in self.of(who) if len(self.projects[row].members) > 1]
        return curve(
            sum(len(self.partners() & set(self.projects[row].members)) * self.share(row) for row in seen), 0.03
        )

    def joined_asker(self, who: int) -> float:
        if not self.both_known(who):
            return NAN
        return curve(sum(self.decay(row, 3) for row in self.of(who) if self.projects[row].lead == self.asker), 0.1)

    def similar_consortia(self, who: int) -> float:
        if not self.says_something or not self.has_record(who):
            return NAN
        total = 0.0
        for row in self.of(who):
            if len(self.projects[row].members) > 1:
                lead = self.projects[row].lead
                home = 2.5 if lead != UNKNOWN and self.firms[lead].area == self.asked.area != UNKNOWN else 1.0
                kind = 1.7 if lead != UNKNOWN and self.kind(lead) == self.asked.kind else 1.0
                total += self.joint_like(row, 2) * self.share(row) * home * kind
        return curve(total, 0.003)

    def kind(self, who: int) -> int:
        return KINDS.index(self.firms[who].kind)

    def like_partners(self, who: int) -> float:
        """Every project a direction, whole: what a truncated map comes near to."""
        if not self.both_known(who):
            return NAN
        last = max(days_ago(p.years or 0) for p in self.projects)
        places = np.zeros((FIRMS, len(self.projects)))
        for row, project in enumerate(self.projects):
            if len(project.members) > 1:
                age = (last - days_ago(project.years or 0)) / DAYS_A_YEAR
                places[list(project.members), row] = (2 ** (-age / 3) * self.share(row)) ** 0.5
        places /= ((places**2).sum(axis=1, keepdims=True) + 0.01) ** 0.25
        lengths = np.linalg.norm(places, axis=1, keepdims=True)
        places = np.divide(places, lengths, out=np.zeros_like(places), where=lengths > 0)
        centre = sum(self.tie(self.asker, other) * places[other] for other in range(FIRMS))
        length = float(np.linalg.norm(centre))
        return max(float(places[who] @ centre) / length, 0.0) if length > 0 else NAN

    def lift(self, who: int, group: Callable[[int], int], counts: Callable[[int], float]) -> float:
        """Score of the candidate's group where project `row` counts `counts(row)`."""
        groups = range(max([group(one) for one in range(FIRMS)] + [0]) + 1)

        def joined(number: int, weight: Callable[[int], float]) -> float:
            joins = [(row, one) for row in self.rows for one in self.projects[row].members]
            return sum(weight(row) for row, one in joins if one != self.projects[row].lead and group(one) == number)

        here = {number: joined(number, counts) for number in groups}
        everywhere = {number: joined(number, lambda row: self.decay(row, 4)) for number in groups}
        if group(who) == UNKNOWN or sum(here.values()) == 0:
            return NAN
        expected = (everywhere[group(who)] + 1) / (sum(everywhere.values()) + len(groups))
        share = (here[group(who)] + 20 * expected) / (sum(here.values()) + 20)
        return share / (share + expected)

    def area(self, who: int) -> int:
        return self.firms[who].area

    def area_pair(self, who: int) -> float:
        if self.asked.area == UNKNOWN:
            return NAN
        led = [p.lead != UNKNOWN and self.area(p.lead) == self.asked.area for p in self.projects]
        return self.lift(who, self.area, lambda row: led[row] * self.decay(row, 4))

    def area_in_field(self, who: int) -> float:
        return self.lift(who, self.area, lambda row: self.joint_like(row, 4))

    def kind_mix(self, who: int) -> float:
        twice = [p.lead != UNKNOWN and self.kind(p.lead) == self.asked.kind for p in self.projects]
        return self.lift(who, self.kind, lambda row: self.joint_like(row, 4) * (1 + twice[row]))

    def length(self, who: int) -> float:
        logs = {row: log(self.projects[row].months) for row in self.rows if not isnan(self.projects[row].months)}
        own = [logs[row] for row in self.of(who) if row in logs]
        if isnan(self.asked.months) or not own:
            return NAN
        usual = (sum(own) + 2 * sum(logs.values()) / len(logs)) / (len(own) + 2)
        return exp(-abs(usual - log(self.asked.months)))
