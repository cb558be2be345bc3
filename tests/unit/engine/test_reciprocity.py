"""Needs of the candidate against offers of the asker, fast as in the engine and slow as one would say it."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.profiles import KINDS, SIZES, TYPES, UNKNOWN, Need, Profiles
from matchmaker.scoring.reciprocity import Reciprocity
from models.enums import CooperationType, OrganisationKind, SizeClass
from tests.unit.engine.test_components import firms, levels, vectors
from tests.unit.engine.world import CAPABILITIES, TODAY, Asked, Firm, Offered, everybody, need, world

codes = st.sampled_from([code for code, _ in CAPABILITIES])
asked_levels = st.dictionaries(codes, st.tuples(st.integers(1, 5), st.floats(0.5, 3)), max_size=3)
asker = st.builds(
    Need,
    day=st.just(TODAY),
    organisation=st.just(0),
    kind=st.integers(-1, len(KINDS) - 1),
    size=st.integers(-1, len(SIZES) - 1),
    place=st.integers(-1, 4),
)


@st.composite
def worlds(draw: st.DrawFn) -> Profiles:
    some = draw(st.lists(firms, min_size=2, max_size=5))
    owners = st.integers(0, len(some) - 1)
    offered = st.builds(
        Offered,
        owner=owners,
        levels=levels,
        vector=vectors,
        type=st.sampled_from(CooperationType),
        last_day=st.sampled_from([TODAY - 1, TODAY]),
    )
    posted = st.builds(
        Asked,
        owner=owners,
        levels=asked_levels,
        vector=vectors,
        types=st.lists(st.sampled_from(CooperationType), max_size=2, unique=True),
        wants_kinds=st.lists(st.sampled_from(OrganisationKind), max_size=2, unique=True),
        wants_sizes=st.lists(st.sampled_from(SizeClass), max_size=2, unique=True),
        places=st.lists(st.integers(0, 4), max_size=2, unique=True),
        first_day=st.sampled_from([TODAY - 1, TODAY, TODAY + 1]),
        last_day=st.sampled_from([TODAY - 1, TODAY]),
    )
    return world(some, draw(st.lists(offered, max_size=4)), draw(st.lists(posted, max_size=5)))


def slow_score(profiles: Profiles, query: Need, organisation: int) -> float:
    """What the docstring of the component says, pair by pair."""
    met = [
        pair if welcome(profiles, query, row) else 0.0
        for row in range(len(profiles.needs))
        if profiles.needs.owner[row] == organisation
        and profiles.needs.first_day[row] <= query.day <= profiles.needs.last_day[row]
        for offer in range(len(profiles.offers))
        if profiles.offers.owner[offer] == query.organisation and profiles.offers.last_day[offer] >= query.day
        if not np.isnan(pair := slow_pair(profiles, offer, row))
    ]
    return max(met, default=float("nan"))


def slow_pair(profiles: Profiles, offer: int, row: int) -> float:
    known = [part for part in (slow_cover(profiles, offer, row), slow_text(profiles, offer, row)) if not np.isnan(part)]
    if not known:
        return float("nan")
    accepted = int(profiles.needs.types[row])
    return sum(known) / len(known) if not accepted or accepted >> int(profiles.offers.type[offer]) & 1 else 0.0


def slow_cover(profiles: Profiles, offer: int, row: int) -> float:
    offered = profiles.offers.capabilities[[offer]].toarray()[0]
    levels, weights = (one[[row]].toarray()[0] for one in (profiles.needs.levels, profiles.needs.weights))
    similarity = profiles.taxonomy.similarity.toarray()
    if not offered.any() or not levels.any():
        return float("nan")
    best = [
        max(similarity[i, j] * min(1, offered[i] / levels[j]) for i in np.flatnonzero(offered))
        for j in np.flatnonzero(levels)
    ]
    return float(np.average(best, weights=weights[levels > 0]))


def slow_text(profiles: Profiles, offer: int, row: int) -> float:
    theirs, ours = (one.astype(float) for one in (profiles.needs.vectors[row], profiles.offers.vectors[offer]))
    lengths = float(np.linalg.norm(theirs) * np.linalg.norm(ours))
    return min(max((theirs @ ours / lengths - 0.05) / 0.45, 0.0), 1.0) if lengths else float("nan")


def welcome(profiles: Profiles, query: Need, row: int) -> bool:
    wishes = profiles.needs
    kinds, sizes = int(wishes.wants_kinds[row]), int(wishes.wants_sizes[row])
    places = wishes.places[[row]].indices.tolist()
    return all(
        (
            query.kind == UNKNOWN or not kinds or kinds >> query.kind & 1,
            query.size == UNKNOWN or not sizes or sizes >> query.size & 1,
            query.place == UNKNOWN or not places or query.place in places,
        )
    )


@given(profiles=worlds(), query=asker)
def test_the_fast_score_is_the_slow_one(profiles: Profiles, query: Need) -> None:
    candidates = everybody(profiles)

    scores = Reciprocity().fit(profiles).score_candidates(query, candidates)

    slow = [slow_score(profiles, query, int(organisation)) for organisation in candidates.organisation]
    np.testing.assert_allclose(scores, slow, atol=1e-6)


@given(profiles=worlds(), query=asker)
def test_what_is_known_names_a_need_of_the_candidate(profiles: Profiles, query: Need) -> None:
    candidates, component = everybody(profiles), Reciprocity().fit(profiles)
    scores = component.score_candidates(query, candidates)

    for row in np.flatnonzero(~np.isnan(scores)):
        said = component.evidence(query, candidates, int(row))
        posted = profiles.needs.ids.tolist().index(str(said.facts["need"]).encode())
        assert profiles.needs.owner[posted] == candidates.organisation[row]
        assert (said.code == "reciprocity.need") == welcome(profiles, query, posted)


def both(*needs: Asked, offer: Offered | None = None) -> Profiles:
    """Firm 0 asks, firm 1 is the candidate."""
    return world([Firm(), Firm()], [offer or Offered(owner=0, levels={"hud": 3})], needs)


def score(profiles: Profiles, **asked: object) -> float:
    query = need(organisation=0, **asked)
    return float(Reciprocity().fit(profiles).score_candidates(query, everybody(profiles))[-1])


def test_an_offer_of_the_asker_that_a_need_of_the_candidate_asks_for_scores_in_full() -> None:
    assert score(both(Asked(owner=1, levels={"hud": (3, 1.0)}))) == 1.0


def test_the_best_pair_counts() -> None:
    assert score(both(Asked(1, {"forging": (5, 1.0)}), Asked(1, {"hud": (3, 1.0)}))) == 1.0


def test_half_the_level_is_half_the_score() -> None:
    assert score(both(Asked(1, {"hud": (4, 1.0)}), offer=Offered(0, {"hud": 2}))) == 0.5


def test_a_need_that_wishes_for_others_is_not_met() -> None:
    lab = KINDS.index(OrganisationKind.LAB)

    assert score(both(Asked(1, {"hud": (3, 1.0)}, wants_kinds=[OrganisationKind.SME])), kind=lab) == 0.0


def test_an_offer_of_a_kind_that_is_not_accepted_does_not_meet_it() -> None:
    wanted = [kind for kind in TYPES if kind is not CooperationType.RESEARCH]

    assert score(both(Asked(1, {"hud": (3, 1.0)}, types=wanted))) == 0.0


def test_nothing_is_known_of_who_posts_nothing_or_where_the_asker_offers_nothing() -> None:
    posted = Asked(1, {"hud": (3, 1.0)})

    assert np.isnan(score(both()))
    assert np.isnan(score(both(replace(posted, last_day=TODAY - 1))))
    assert np.isnan(score(both(posted, offer=Offered(1, {"hud": 3}))))
    assert np.isnan(score(both(posted, offer=Offered(0, {"hud": 3}, last_day=TODAY - 1))))


def test_a_need_posted_later_than_the_query_changes_nothing() -> None:
    now = Asked(1, {"forging": (3, 1.0)})
    later = Asked(1, {"hud": (3, 1.0)}, first_day=TODAY + 1)

    assert score(both(now)) == score(both(now, later))


@given(profiles=worlds(), query=asker, more=st.integers(1, 4))
def test_an_asker_who_can_do_more_never_meets_a_need_less(profiles: Profiles, query: Need, more: int) -> None:
    offers = profiles.offers
    higher = offers.capabilities.copy()
    higher.data = np.minimum(higher.data + more, 5)
    better = replace(profiles, offers=replace(offers, capabilities=higher))

    before, after = (Reciprocity().fit(one).score_candidates(query, everybody(one)) for one in (profiles, better))

    assert (np.isnan(before) == np.isnan(after)).all()
    assert (np.nan_to_num(after) >= np.nan_to_num(before) - 1e-9).all()
