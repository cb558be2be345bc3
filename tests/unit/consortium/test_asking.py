"""From a ranked list to the composer's question: who comes in, and what a team's worth is made of."""

from dataclasses import replace

import numpy as np
import pytest

from matchmaker.consortium import asking
from matchmaker.consortium.asking import EFFORT, FIT, PAIR, Question, Seat, ask, pool_of
from matchmaker.consortium.check import worth
from matchmaker.consortium.past_pairs import past_pairs
from matchmaker.engine import Engine
from matchmaker.profiles import KINDS, RequiredCapability
from matchmaker.ranking import rank
from matchmaker.scoring.weighting import Weighting
from models.enums import OrganisationKind
from tests.unit.engine.record import Joint, history_of
from tests.unit.engine.world import Firm, Offered, need, world

WEIGHTS = {"capability": 10.0}
COCKPIT, HUD, RADAR = 0, 1, 2
LEAD = 0


def profiles(*offers: Offered, firms: int = 6):
    return world([Firm() for _ in range(firms)], offers)


def question(*, required=((COCKPIT, 3), (HUD, 3)), **values) -> Question:
    wanted = tuple(RequiredCapability(column, level) for column, level in required)
    return Question(
        need=need(organisation=LEAD, kind=KINDS.index(OrganisationKind.SME), capabilities=wanted), lead=LEAD, **values
    )


def with_history(columns, *projects: list[int]):
    """A year ago each of these were in a project together."""
    return replace(
        columns, history=history_of([Joint(members=tuple(one)) for one in projects], len(columns.organisations))
    )


def asked(columns, asked_for: Question, *, prices=None):
    ranking = rank(Engine.fit(columns), asked_for.need, WEIGHTS, top=len(columns.organisations))
    pool = pool_of(asked_for, ranking, columns)
    return ask(asked_for, pool, columns, Weighting(WEIGHTS), prices=prices)


def rows_of(found, *organisations: int) -> np.ndarray:
    return np.flatnonzero(np.isin(found.pool.organisation, organisations))


def test_the_lead_is_the_first_candidate_and_in_every_team():
    columns = profiles(Offered(1, {"cockpit": 4}), Offered(2, {"hud": 3}))

    found = asked(columns, question())

    assert found.pool.organisation[0] == LEAD
    assert found.instance.held.tolist() == [0]


def test_the_parts_of_a_team_sum_to_what_the_checker_says_it_is_worth():
    columns = profiles(Offered(1, {"cockpit": 4, "hud": 3}), Offered(2, {"hud": 3}), Offered(3, {"cockpit": 2}))
    found = asked(columns, question())
    team = rows_of(found, LEAD, 1, 2)

    parts = found.parts(team)

    assert parts.total == pytest.approx(worth(found.instance, team))
    assert parts.effort == -2 * EFFORT
    assert parts.capabilities == pytest.approx(2 * asking.CAPABILITY)
    assert parts.seconds == pytest.approx(asking.SECOND)


def test_a_step_of_readiness_is_told_from_a_capability_by_its_key():
    columns = profiles(Offered(1, {"cockpit": 4}))
    wanted = question()
    found = asked(columns, replace(wanted, need=replace(wanted.need, trl=(4, 6))))

    assert [asking.step_level(key) for key in found.instance.capabilities.keys] == [None, None, 4, 5]


def test_a_team_is_worth_more_for_each_step_of_readiness_that_an_offer_for_the_need_takes():
    columns = profiles(
        Offered(1, {"cockpit": 4}, trl=(4, 6)), Offered(2, {"hud": 3}), Offered(3, {"radar": 3}, trl=(6, 9))
    )
    wanted = question()
    wanted = replace(wanted, need=replace(wanted.need, trl=(4, 8)))

    found = asked(columns, wanted)
    lab, other = rows_of(found, LEAD, 1), rows_of(found, LEAD, 2)

    assert found.instance.capabilities.keys[-4:] == ("trl:4", "trl:5", "trl:6", "trl:7")
    assert found.parts(lab).relay == 2 * asking.STEP
    assert found.parts(other).relay == 0, "an offer that names no level takes no step"
    assert found.instance.capabilities.levels[:, -2:].max() == 0, "nor does one for something else"
    assert found.parts(lab).total == pytest.approx(worth(found.instance, lab))


def test_a_busy_candidate_counts_less_by_what_lists_take_off():
    columns = profiles(Offered(1, {"cockpit": 4}), Offered(2, {"hud": 3}))
    prices = np.zeros(6)
    prices[1] = 1.0

    found = asked(columns, question(), prices=prices)
    free = asked(columns, question())

    row = rows_of(found, 1)[0]
    assert found.crowding[row] == pytest.approx(-FIT * free.pool.order[row] * (1 - np.exp(-1.0)))
    assert found.fit[row] == free.fit[row]


def test_no_must_of_the_team_hides_who_does_not_have_it():
    columns = profiles(Offered(1, {"cockpit": 4}), Offered(2, {"hud": 3}))

    found = asked(columns, question(musts=frozenset({COCKPIT, HUD})))

    assert {1, 2} <= set(found.pool.organisation.tolist())
    assert found.instance.capabilities.must.tolist() == [True, True]


def test_only_offers_that_stand_open_to_the_asker_tell_a_level():
    columns = profiles(
        Offered(1, {"cockpit": 4}, wants_kinds=[OrganisationKind.LAB]),
        Offered(1, {"cockpit": 2}),
        Offered(0, {"hud": 5}),
    )

    found = asked(columns, question())

    assert found.pool.levels[rows_of(found, 1)[0]].tolist() == [2, 0]
    assert found.pool.levels[0].tolist() == [0, 5]


def test_who_has_a_scarce_must_comes_in_however_low_it_stands(monkeypatch):
    monkeypatch.setattr(asking, "MOST", 2)
    monkeypatch.setattr(asking, "PER_MUST", 1)
    columns = profiles(*(Offered(owner, {"cockpit": 5}) for owner in (1, 2, 3, 4)), Offered(5, {"hud": 1}))

    found = asked(columns, question(required=((COCKPIT, 1), (HUD, 1)), musts=frozenset({HUD})))

    assert 5 in found.pool.organisation
    assert len(found.pool) == 3
    assert found.pool.left_out == 3


def test_who_is_held_without_any_ground_for_a_fit_comes_in_with_no_points():
    columns = profiles(Offered(1, {"cockpit": 4}))

    found = asked(columns, question(held=frozenset({4})))

    row = rows_of(found, 4)[0]
    assert np.isnan(found.pool.fit[row])
    assert found.instance.value[row] == -EFFORT
    assert found.instance.held.tolist() == [0, row]


def test_a_seat_admits_its_kinds_and_the_lead_sits_apart_where_it_fits_none():
    lab = 1 << KINDS.index(OrganisationKind.LAB)
    columns = world(
        [Firm(), Firm(kind=OrganisationKind.LAB), Firm()], [Offered(1, {"cockpit": 4}), Offered(2, {"cockpit": 4})]
    )

    found = asked(columns, question(seats=(Seat("test", kinds=lab),)))

    seat, own = found.instance.seats
    assert found.pool.organisation[seat.admits].tolist() == [1]
    assert own.admits.tolist() == [True, False, False]


def test_a_candidate_of_two_seats_is_planned_at_the_dearer_one_so_that_the_budget_holds_wherever_it_sits():
    columns = profiles(Offered(1, {"cockpit": 4}))

    found = asked(columns, question(seats=(Seat("a", cost=10.0), Seat("b", cost=30.0)), budget=40.0))

    assert found.cost.tolist() == [0.0, 30.0]
    budget = next(rule for rule in found.instance.rules if rule.key == asking.BUDGET)
    assert budget.high == 40.0
    assert budget.weights.tolist() == [0.0, 30.0]


def test_a_cost_that_nobody_has_said_is_unknown_and_takes_nothing_of_the_budget():
    columns = profiles(Offered(1, {"cockpit": 4}))

    found = asked(columns, question(budget=40.0))

    assert np.isnan(found.cost[1])


def test_pairs_are_closest_first_three_a_candidate_and_without_the_lead():
    firms = 8
    columns = with_history(
        profiles(*(Offered(owner, {"cockpit": 4}) for owner in range(1, firms)), firms=firms),
        list(range(firms)),
        [1, 2],
    )
    asked_for = question()

    found = past_pairs(columns, asked_for.need, np.arange(firms, dtype=np.int32), without=LEAD)

    assert found.pairs[0].tolist() == [1, 2]
    assert found.projects[0] == 2
    assert (np.diff(found.closeness) <= 0).all()
    assert LEAD not in found.pairs
    assert np.bincount(found.pairs.ravel()).max() == 3


def test_members_who_have_worked_together_add_what_their_pair_is_worth():
    columns = with_history(profiles(Offered(1, {"cockpit": 4}), Offered(2, {"hud": 3})), [1, 2])
    found = asked(columns, question())

    parts = found.parts(rows_of(found, LEAD, 1, 2))

    assert 0 < parts.pairs <= PAIR
    assert found.parts(rows_of(found, LEAD, 1)).pairs == 0


def test_a_barred_organisation_is_in_no_team_and_the_lead_cannot_be_barred():
    columns = profiles(Offered(1, {"cockpit": 4}), Offered(2, {"hud": 3}))

    found = asked(columns, replace(question(), barred=frozenset({LEAD, 2})))

    assert found.pool.organisation[found.instance.barred].tolist() == [2]
