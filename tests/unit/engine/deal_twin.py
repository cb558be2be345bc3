"""What components say of investors, the slow readable way: one round and one organisation after the other."""

from collections.abc import Sequence
from dataclasses import replace
from math import exp, log, log2, log10, pi, sqrt

import numpy as np

from matchmaker.network.past import DAYS_A_YEAR, Timeline
from matchmaker.network.similar import similarity
from matchmaker.profiles import UNKNOWN, Need, Profiles
from matchmaker.scoring.deals import DealVolume, RoundActivity, RoundHabit
from matchmaker.scoring.fields import CountryHabit, FieldActivity, RegionHabit, StateHabit
from matchmaker.scoring.habits import AgeHabit, StageHabit, TurnHabit
from matchmaker.scoring.pace import Rise, SyndicateSize
from matchmaker.scoring.syndicate import BackersWalk, Followers
from matchmaker.scoring.taste import Taste
from tests.unit.engine.record import FIRMS, TAGS, Joint, days_ago, recorded
from tests.unit.engine.world import Firm

BATTERY, WEST, HERE = 4, 0, 2
WORDS_OF_TAGS = ("region:west", "region:east", "country:here", "state:here|west", "tag:battery")
NOBODY_SAYS_WHEN = (Firm(),) * FIRMS


def rounds(record: list[Joint], firms: Sequence[Firm] = NOBODY_SAYS_WHEN) -> Profiles:
    profiles = recorded(record, firms)
    words = {"tags": list(WORDS_OF_TAGS), "stages": ["seed", "angel", "series_a"]}
    return replace(profiles, vocabulary={**profiles.vocabulary, **words})


class Twin:
    """The same judgements, one round and one organisation after the other."""

    def __init__(self, record: list[Joint], firms: list[Firm], asked: Need) -> None:
        self.asked, self.firms, self.record = asked, firms, record
        known = [p for p in record if p.years is not None and days_ago(p.years) < asked.day]
        self.rounds = sorted(known, key=lambda p: days_ago(p.years))
        self.as_of = days_ago(self.rounds[-1].years) if self.rounds else 0

    def turn(self, row: int) -> int:
        lead = self.rounds[row].lead
        return sum(p.lead == lead != UNKNOWN for p in self.rounds[:row])

    def payers(self, row: int) -> list[int]:
        return [m for m in self.rounds[row].members if m != self.rounds[row].lead]

    def backers_before(self, row: int) -> set[int]:
        lead = self.rounds[row].lead
        return {m for k in range(row) if self.rounds[k].lead == lead != UNKNOWN for m in self.payers(k)}

    def entries(self, who: int) -> list[int]:
        return [r for r in range(len(self.rounds)) if who in self.payers(r) and who not in self.backers_before(r)]

    def own_rounds(self) -> list[int]:
        lead = self.asked.organisation
        return [r for r, p in enumerate(self.rounds) if lead is not None and p.lead == lead]

    def backers(self) -> set[int]:
        return {m for r in self.own_rounds() for m in self.payers(r)}

    def decay(self, row: int, half_life: float) -> float:
        return 2 ** ((days_ago(self.rounds[row].years) - self.as_of) / (half_life * DAYS_A_YEAR))

    def age(self, lead: int | None, day: int) -> float | None:
        if lead is None or lead == UNKNOWN or self.firms[lead].founded == UNKNOWN:
            return None
        years = (day - self.firms[lead].founded) / DAYS_A_YEAR
        return log2(max(years, 0.5)) if years >= 0 else None

    def age_at(self, row: int) -> float | None:
        return self.age(self.rounds[row].lead, days_ago(self.rounds[row].years))

    def likeness(self, row: int) -> float:
        one, asked, like = self.rounds[row], self.asked, 1.0
        if asked.stage != UNKNOWN:
            like *= 1.0 if one.stage == asked.stage else 0.6 if one.stage == UNKNOWN else 0.4
        if asked.amount > 0:
            like *= exp(-2 * abs(log10(one.amount) - log10(asked.amount))) if one.amount > 0 else 0.3
        if asked.organisation is not None:
            like *= 1.0 if min(self.turn(row), 3) == min(len(self.own_rounds()), 3) else 0.4
        own, its = self.age(asked.organisation, asked.day), self.age_at(row)
        if own is not None:
            like *= exp(-0.6 * abs(own - its)) if its is not None else 0.5
        return like

    def share(self, who: int, holds, weight, prior: float) -> tuple[float, float]:
        everything = range(len(self.rounds))
        overall = (sum(weight(r) * holds(r) for r in everything) + 1) / (sum(map(weight, everything)) + 2)
        own = self.entries(who)
        total = sum(map(weight, own))
        return (sum(weight(r) * holds(r) for r in own) + prior * overall) / (total + prior), overall

    def lift(self, who: int, holds, weight, prior: float) -> float:
        own, overall = self.share(who, holds, weight, prior)
        return own / (own + overall)

    def with_tag(self, *columns: int) -> list[bool]:
        return [any(TAGS[c] in p.tags for c in columns) for p in self.rounds]

    def round_habit(self, who: int) -> float | None:
        asked = self.asked
        if asked.stage == UNKNOWN and not asked.amount > 0 and asked.organisation is None:
            return None
        return self.share(who, self.likeness, lambda r: self.decay(r, 2), 1)[0]

    def round_activity(self, who: int) -> float:
        return curve(sum(self.decay(r, 1) * self.likeness(r) for r in self.entries(who)), 1)

    def deal_volume(self, who: int) -> float:
        return curve(sum(self.decay(r, 2) for r in range(len(self.rounds)) if who in self.payers(r)), 3)

    def stage(self, who: int) -> float | None:
        asked, known = self.asked, [one.stage != UNKNOWN for one in self.rounds]
        if not any(known) or (asked.stage == UNKNOWN and not asked.amount > 0 and asked.organisation is None):
            return None
        chances = self.chances()
        return self.lift(
            who, lambda r: chances.get(self.rounds[r].stage, 0.0), lambda r: self.decay(r, 4) * known[r], 2
        )

    def chances(self) -> dict[int, float]:
        if self.asked.stage != UNKNOWN:
            return {self.asked.stage: 1.0}
        usual = [1.0] * (max(one.stage for one in self.rounds) + 1)
        found = [0.0] * len(usual)
        for row, one in enumerate(self.rounds):
            if one.stage != UNKNOWN:
                usual[one.stage] += self.decay(row, 1)
                found[one.stage] += self.decay(row, 1) * self.stood_alike(row)
        weights = [f + 0.05 * u / sum(usual) for f, u in zip(found, usual, strict=True)]
        return dict(enumerate(shared_out(weights)))

    def stood_alike(self, row: int) -> float:
        asked, own = self.asked, self.own_rounds()
        alike = 0.02 + self.similarity(row)
        alike *= nearness(self.age_at(row), self.age(asked.organisation, asked.day), 2)
        alike *= nearness(tenfolds(self.rounds[row].amount), tenfolds(asked.amount), 3)
        if asked.organisation is None:
            return alike
        alike *= 1.0 if min(self.turn(row), 3) == min(len(own), 3) else 0.05
        if not own:
            return alike
        before = [r for r in range(row) if self.rounds[r].lead == self.rounds[row].lead != UNKNOWN]
        stage = self.rounds[before[-1]].stage if before else UNKNOWN
        alike *= 1.0 if stage == self.rounds[own[-1]].stage else 0.5 if stage == UNKNOWN else 0.05
        amount = tenfolds(self.rounds[before[-1]].amount) if before else None
        years = self.log_years(before[-1], days_ago(self.rounds[row].years)) if before else None
        alike *= nearness(amount, tenfolds(self.rounds[own[-1]].amount), 4)
        return alike * nearness(years, self.log_years(own[-1], asked.day), 0.7)

    def similarity(self, row: int) -> float:
        everything = rounds(self.record, self.firms)
        past = Timeline.of(everything).known_to(self.asked)
        return float(np.nan_to_num(similarity(past, self.asked))[row])

    def log_years(self, row: int, day: int) -> float:
        return log2(max((day - days_ago(self.rounds[row].years)) / DAYS_A_YEAR, 0.25))

    def turn_habit(self, who: int) -> float | None:
        if self.asked.organisation is None:
            return None
        is_first = not self.own_rounds()
        return self.lift(who, lambda r: (self.turn(r) == 0) == is_first, lambda r: self.decay(r, 4), 2)

    def startup_age(self, who: int) -> float | None:
        asked = self.age(self.asked.organisation, self.asked.day)
        known = {r: age for r in range(len(self.rounds)) if (age := self.age_at(r)) is not None}
        own = [r for r in self.entries(who) if r in known]
        if asked is None or not own:
            return None
        total = sum(self.decay(r, 4) for r in known)
        mean = sum(self.decay(r, 4) * age for r, age in known.items()) / total
        spread = max(sum(self.decay(r, 4) * (age - mean) ** 2 for r, age in known.items()) / total, 0.01)
        weight = sum(self.decay(r, 4) for r in own)
        mu = (sum(self.decay(r, 4) * known[r] for r in own) + 2 * mean) / (weight + 2)
        variance = (sum(self.decay(r, 4) * (known[r] - mu) ** 2 for r in own) + 3 * spread) / (weight + 3)
        density = exp(-((asked - mu) ** 2) / (2 * variance)) / sqrt(2 * pi * variance)
        return density / (density + 1)

    def place(self, who: int, family: tuple[int, ...]) -> float | None:
        asked = [c for c in self.asked.tags if c in family]
        if not asked:
            return None
        has, known = self.with_tag(*asked), self.with_tag(*family)
        return self.lift(who, lambda r: has[r], lambda r: self.decay(r, 4) * known[r], 2)

    def field_activity(self, who: int) -> float | None:
        if BATTERY not in self.asked.tags:
            return None
        has = self.with_tag(BATTERY)
        return curve(sum(self.decay(r, 0.5) * has[r] for r in self.entries(who)), 0.5)

    def taste(self, who: int) -> float | None:
        idf = [log((1 + len(self.rounds)) / (1 + sum(self.with_tag(c)))) + 1 for c in range(len(TAGS))]
        taken = np.array([
            [log(1 + sum(self.decay(r, 2) * idf[c] for r in self.entries(m) if self.with_tag(c)[r]))
             for c in range(len(TAGS))]
            for m in range(FIRMS)
        ])  # fmt: skip
        asked = np.array([idf[c] * (c in self.asked.tags) for c in range(len(TAGS))])
        told = np.linalg.pinv(taken) @ taken @ asked
        lengths = np.linalg.norm(told), np.linalg.norm(taken[who])
        return (1 + taken[who] @ told / (lengths[0] * lengths[1])) / 2 if min(lengths) > 1e-9 else None

    def syndicate_size(self, who: int) -> float | None:
        size = {r: log(1 + len(self.entrants(r))) for r in range(len(self.rounds)) if self.entrants(r)}
        alike = {r: self.similarity(r) ** 2 * self.decay(r, 2) * self.likeness(r) for r in size}
        if sum(alike.values()) < 1e-9:
            return None
        expected = sum(alike[r] * size[r] for r in size) / sum(alike.values())
        everybody = sum(self.decay(r, 3) * size[r] for r in size) / sum(self.decay(r, 3) for r in size)
        own = self.entries(who)
        weight = sum(self.decay(r, 3) for r in own)
        usual = (sum(self.decay(r, 3) * size[r] for r in own) + 2 * everybody) / (weight + 2)
        return exp(-1.5 * abs(usual - expected))

    def rise(self, who: int) -> float:
        everybody = range(len(self.rounds))
        own = self.entries(who)
        pace = sum(self.decay(r, 0.5) for r in everybody) / sum(self.decay(r, 3) for r in everybody)
        recent = 0.3 + sum(self.decay(r, 0.5) for r in own)
        return recent / (recent + 0.3 + pace * sum(self.decay(r, 3) for r in own))

    def followers(self, who: int) -> float | None:
        if not self.backers():
            return None
        return curve(sum(self.follows(b, who) / (1 + sum(self.follows(b, m) for m in range(FIRMS)))
                         for b in self.backers()), 0.02)  # fmt: skip

    def follows(self, backer: int, who: int) -> float:
        after = [r for r in self.entries(who) if backer in self.backers_before(r)]
        return sum(self.decay(r, 3) / len(self.backers_before(r)) for r in after)

    def backers_walk(self, who: int) -> float | None:
        return self.walk(self.start_at_backers(), 0.3, who)

    def start_at_backers(self) -> list[float]:
        return shared_out([sum(self.step(b)[r] for b in self.backers()) for r in range(len(self.rounds))])

    def step(self, who: int) -> list[float]:
        own = self.entries(who)
        return shared_out([self.decay(r, 2) if r in own else 0.0 for r in range(len(self.rounds))])

    def entrants(self, row: int) -> list[int]:
        return [who for who in range(FIRMS) if row in self.entries(who)]

    def walk(self, restart: list[float], share: float, who: int) -> float | None:
        entrants = [self.entrants(r) for r in range(len(self.rounds))]
        steps = [self.step(m) for m in range(FIRMS)]
        at = restart
        for _ in range(6):
            visits = [sum(at[r] / len(e) for r, e in enumerate(entrants) if m in e) for m in range(FIRMS)]
            at = [
                (1 - share) * sum(visits[m] * steps[m][r] for m in range(FIRMS)) + share * restart[r]
                for r in range(len(self.rounds))
            ]
        visits = [sum(at[r] / len(e) for r, e in enumerate(entrants) if m in e) for m in range(FIRMS)]
        return min(log(1 + FIRMS * visits[who]) / log(1 + FIRMS), 1) if any(visits) else None


def tenfolds(amount: float) -> float | None:
    return log10(amount) if amount > 0 else None


def nearness(value: float | None, asked: float | None, steepness: float) -> float:
    if asked is None:
        return 1.0
    return 0.5 if value is None else exp(-steepness * abs(value - asked))


def curve(quantity: float, typical: float) -> float:
    return log(1 + quantity / typical) / (1 + log(1 + quantity / typical))


def shared_out(weights: list[float]) -> list[float]:
    return [w / sum(weights) for w in weights] if sum(weights) > 0 else weights


TWINS = {
    RoundHabit: Twin.round_habit,
    RoundActivity: Twin.round_activity,
    DealVolume: Twin.deal_volume,
    StageHabit: Twin.stage,
    AgeHabit: Twin.startup_age,
    TurnHabit: Twin.turn_habit,
    BackersWalk: Twin.backers_walk,
    Followers: Twin.followers,
    RegionHabit: lambda twin, who: twin.place(who, (0, 1)),
    CountryHabit: lambda twin, who: twin.place(who, (2,)),
    StateHabit: lambda twin, who: twin.place(who, (3,)),
    FieldActivity: Twin.field_activity,
    Taste: Twin.taste,
    SyndicateSize: Twin.syndicate_size,
    Rise: Twin.rise,
}
