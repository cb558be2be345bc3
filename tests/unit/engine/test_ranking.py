"""From candidates to a list: one place per organisation, stable ties, what is hidden, what is explained."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.eligibility import Reason
from matchmaker.engine import Engine
from matchmaker.explain import explain
from matchmaker.profiles import KINDS, Need, Profiles, RequiredCapability
from matchmaker.ranking import Ranking, rank
from matchmaker.retrieval.candidates import of_organisation
from models.enums import OrganisationKind
from tests.unit.engine.test_components import needs, worlds
from tests.unit.engine.world import Firm, Offered, bits, column, need, world

WEIGHTS = {"capability": 30.0, "text": 20.0, "readiness": 8.0, "chain": 8.0, "district": 4.0, "capacity": 4.0}
COCKPIT = (RequiredCapability(column("cockpit"), 3),)


def ranked(profiles: Profiles, asked: Need, *, top: int = 10) -> Ranking:
    return rank(Engine.fit(profiles), asked, WEIGHTS, top=top)


def test_each_organisation_stands_once_by_its_best_offer() -> None:
    profiles = world(
        [Firm(), Firm()], [Offered(owner=0, levels={"cockpit": 1}), Offered(owner=0, levels={"cockpit": 3})]
    )

    result = ranked(profiles, need(capabilities=COCKPIT))

    assert result.candidates.organisation.tolist() == [0]
    assert result.candidates.offer.tolist() == [1]


def test_equals_stand_in_the_order_of_their_ids() -> None:
    profiles = world([Firm()] * 6, [Offered(owner=owner, levels={"cockpit": 3}) for owner in (4, 2, 5, 0, 3, 1)])

    result = ranked(profiles, need(capabilities=COCKPIT))

    assert result.candidates.organisation.tolist() == [0, 1, 2, 3, 4, 5]


def test_an_empty_profile_has_no_score() -> None:
    profiles = world([Firm(place=1, free=1.0), Firm()], [Offered(owner=1, levels={"cockpit": 3})])

    result = ranked(profiles, need(capabilities=COCKPIT, place=1))

    assert result.candidates.organisation.tolist() == [1]
    assert result.unscored == 1


def test_a_need_that_says_nothing_scores_nobody() -> None:
    profiles = world([Firm(place=1)], [Offered(owner=0, levels={"cockpit": 3})])

    result = ranked(profiles, need(place=1))

    assert len(result.candidates) == 0
    assert result.unscored == 1


def test_what_a_rule_hides_is_counted_by_the_rule() -> None:
    full = Firm(free=0.0)
    profiles = world([Firm(), full, full], [Offered(owner=owner, levels={"cockpit": 3}) for owner in range(3)])

    result = ranked(profiles, need(capabilities=COCKPIT))

    assert result.candidates.organisation.tolist() == [0]
    assert result.hidden == {Reason.NO_FREE_CAPACITY: 2}


def test_nobody_is_counted_as_hidden_who_could_not_help_anyway() -> None:
    profiles = world([Firm(free=0.0)], [Offered(owner=0, levels={"forging": 5})])

    assert ranked(profiles, need(capabilities=COCKPIT)).hidden == {}


def test_the_top_is_the_head_of_the_whole_list() -> None:
    profiles = world([Firm()] * 5, [Offered(owner=row, levels={"cockpit": row + 1}) for row in range(5)])
    asked = need(capabilities=(RequiredCapability(column("cockpit"), 5),))

    few, all_of_them = ranked(profiles, asked, top=2), ranked(profiles, asked)

    assert few.candidates.organisation.tolist() == all_of_them.candidates.organisation.tolist()[:2] == [4, 3]
    assert few.found == all_of_them.found == 5


@settings(max_examples=50)
@given(profiles=worlds, asked=needs)
def test_shown_terms_sum_to_the_shown_score_on_every_card(profiles: Profiles, asked: Need) -> None:
    engine = Engine.fit(profiles)
    result = rank(engine, asked, WEIGHTS, top=10)

    for row in range(len(result.candidates)):
        explanation = explain(engine, result, row)
        assert sum(term.points for term in explanation.terms) == pytest.approx(explanation.points)
        assert explanation.points == pytest.approx(100 * result.blend.fit[row], abs=0.051)
        assert {term.component for term in explanation.terms}.isdisjoint(explanation.unknown)


@settings(max_examples=50)
@given(profiles=worlds, asked=needs)
def test_the_list_falls_in_the_order_it_promises(profiles: Profiles, asked: Need) -> None:
    result = ranked(profiles, asked)

    assert (np.diff(np.round(result.blend.order, 9)) <= 0).all()


@given(kinds=st.lists(st.sampled_from(OrganisationKind), min_size=1, max_size=3, unique=True))
def test_only_wanted_kinds_are_listed(kinds: list[OrganisationKind]) -> None:
    everyone = [Firm(kind=kind) for kind in OrganisationKind]
    profiles = world(everyone, [Offered(owner=row, levels={"cockpit": 3}) for row in range(len(everyone))])

    result = ranked(profiles, need(capabilities=COCKPIT, wants_kinds=bits(kinds, KINDS)))

    assert {everyone[row].kind for row in result.candidates.organisation} == set(kinds)


def test_who_closed_since_the_index_was_fitted_is_not_judged_by_the_record_either() -> None:
    profiles = world([Firm(), Firm()])
    closed = replace(profiles, organisations=replace(profiles.organisations, is_active=np.array([False, True])))

    assert len(of_organisation(closed, 0)) == 0
    assert of_organisation(closed, 1).organisation.tolist() == [1]
