"""What-if: the run again of what is touched equals the full run, and changes sum to the difference of the totals."""

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.chain.doors import ALL, MEMBERS
from matchmaker.columns import take
from matchmaker.funding.columns import CLAUSES
from matchmaker.profiles import RequiredCapability
from matchmaker.ranking import rank
from matchmaker.what_if import needs, rounds
from matchmaker.what_if.applying import apply
from matchmaker.what_if.changes import difference, net, totals
from matchmaker.what_if.interventions import (
    AddFacility,
    AddFund,
    ChangeMandate,
    ChangeRule,
    ChangeWeight,
    Intervention,
    OpenFacility,
    RaiseCertification,
    Unknown,
)
from matchmaker.what_if.running import Outcome, rerun, run, touched
from matchmaker.what_if.world import World
from models.enums import ClauseForce, ClauseKind, FinancingStage
from tests.unit.what_if.made_up import PLACES, SCHEMES, WEIGHTS, made_up

KINDS_OF_CHANGE = (
    OpenFacility,
    AddFacility,
    AddFund,
    ChangeMandate,
    ChangeRule,
    ChangeWeight,
    RaiseCertification,
)


def some_of(kind: type, world: World, seed: int) -> Intervention:
    """An intervention of this kind that the world knows of."""
    dice = np.random.default_rng(seed)

    def pick(values):
        return values[int(dice.integers(0, len(values)))]

    if kind is OpenFacility:
        closed = world.profiles.offers.ids[world.lets_in != ALL]
        return OpenFacility(facility_id=pick(closed).decode())
    if kind is AddFacility:
        operator = pick(["", pick(world.profiles.organisations.ids).decode()])
        node = pick(world.profiles.vocabulary["nodes"])
        return AddFacility(node=node, level=int(dice.integers(2, 6)), operator=operator, district=pick(PLACES))
    if kind is AddFund:
        terms = {"ticket_low": 5e5, "ticket_high": 2e7, "money": pick([None, 1e8])}
        return AddFund(stages=(pick(list(FinancingStage)),), nodes=(pick(world.money.nodes),), **terms)
    if kind is ChangeMandate:
        mandate = pick(world.money.mandates.ids).decode()
        if dice.random() < 0.5:
            return ChangeMandate(mandate_id=mandate, limit="ticket_high", value=pick([None, 5e7]))
        return ChangeMandate(mandate_id=mandate, clause=ClauseKind.STAGE, force=ClauseForce.SOFT)
    if kind is ChangeRule:
        rules = [rule.key for call in world.calls for rule in call.rules]
        changes = [
            ChangeRule(clause=pick(CLAUSES), force=ClauseForce.SOFT),
            ChangeRule(limit="suppliers_for_covered", value=3),
            *([ChangeRule(rule_id=pick(rules), left_out=True)] if rules else []),
        ]
        return pick(changes)
    if kind is ChangeWeight:
        return ChangeWeight(component=pick(sorted(WEIGHTS)), weight=float(pick([0.0, 5.0, 40.0])))
    holders = tuple(sorted({pick(world.profiles.organisations.ids).decode() for _ in range(5)}))
    return RaiseCertification(scheme=pick(SCHEMES), organisation_ids=holders, speaks_of_nodes=True)


def assert_same(first: Outcome, second: Outcome) -> None:
    for part in fields(Outcome):
        mine, theirs = getattr(first, part.name), getattr(second, part.name)
        if isinstance(mine, np.ndarray):
            np.testing.assert_array_equal(mine, theirs, err_msg=part.name)
            continue
        for column in fields(mine):
            np.testing.assert_array_equal(
                getattr(mine, column.name), getattr(theirs, column.name), err_msg=f"{part.name}.{column.name}"
            )


@pytest.mark.parametrize("kind", KINDS_OF_CHANGE, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_running_again_what_is_touched_equals_the_full_run(kind, seed):
    before = made_up(seed)
    after = apply(before, [some_of(kind, before, seed)])

    again = rerun(run(before), before, after)

    assert_same(again, run(after))


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 10_000), kinds=st.lists(st.sampled_from(KINDS_OF_CHANGE), min_size=2, max_size=5, unique=True)
)
def test_so_does_any_mix_and_its_changes_sum_to_the_difference_of_the_totals(seed, kinds):
    before = made_up(seed, organisations=24, calls=2)
    after = apply(before, [some_of(kind, before, seed + place) for place, kind in enumerate(kinds)])
    old = run(before)

    new = rerun(old, before, after)
    found = difference((before, old), (after, new))

    assert_same(new, run(after))
    was, now = totals(before, old), totals(after, run(after))
    for name in ("needs", "rounds", "gaps", "calls", "places"):
        assert net(getattr(found, name)) == now[name] - was[name]
    for row, name in enumerate(name for name in now if name.startswith("nodes_")):
        turned = sum((one.after == row) - (one.before == row) for one in found.nodes)
        assert turned == now[name] - was[name]


def test_nothing_changes_where_nothing_is_done():
    world = made_up(4)
    outcome = run(world)

    changed = difference((world, outcome), (world, rerun(outcome, world, apply(world, []))))

    assert all(not getattr(changed, name) for name in ("needs", "rounds", "gaps", "calls", "nodes", "places"))
    assert changed.needs_range.low == changed.needs_range.high == 0


def test_the_world_that_is_changed_stays_as_it_was():
    world = made_up(5)
    before = run(world)

    apply(world, [some_of(kind, world, 5) for kind in KINDS_OF_CHANGE])

    assert_same(before, run(world))


def test_the_order_of_interventions_does_not_matter_where_they_are_about_different_things():
    world = made_up(6)
    kinds = (OpenFacility, AddFund, RaiseCertification, ChangeRule, ChangeWeight)
    interventions = [some_of(kind, world, 6) for kind in kinds]

    forwards, backwards = (run(apply(world, order)) for order in (interventions, interventions[::-1]))

    assert_same(forwards, backwards)


def test_only_needs_near_what_a_facility_can_do_or_of_its_owner_are_touched():
    world = made_up(7, organisations=200, chains=8, nodes_of_chain=6)
    facility = some_of(OpenFacility, world, 7)

    found = touched(world, apply(world, [facility]))

    assert len(found.needs) < len(world.needs) / 4
    assert not len(found.mandates)
    assert not len(found.firms)


def test_the_list_of_a_need_is_the_one_that_the_engine_ranks():
    world = made_up(8)
    row = next(row for row, one in enumerate(world.needs) if one.capabilities)
    need = world.needs[row]

    ranked = rank(world.engine, need, world.weighting, top=world.first, among=needs.among(world, need))
    judged = needs.judge(world, [row])

    assert [key for key in judged.first[0].tolist() if key >= 0] == ranked.candidates.organisation.tolist()


def test_a_need_that_only_a_closed_facility_could_meet_is_met_when_it_opens():
    world, row, facility = with_one_closed_answer()
    before = run(world)

    after = rerun(before, world, apply(world, [OpenFacility(facility_id=facility)]))

    assert before.needs.met[row] == 0
    assert after.needs.met[row] == 1


def test_of_a_need_that_names_no_capability_nothing_is_said():
    world = made_up(9)
    row = next(row for row, one in enumerate(world.needs) if not one.capabilities)

    assert run(world).needs.met[row] == -1


def test_weights_that_are_not_shaken_leave_a_range_without_width():
    world = made_up(10)
    steady = replace(world, shakes={name: np.ones(3) for name in world.shakes})
    outcome = run(steady)
    met = outcome.needs.met == 1

    assert (outcome.needs.shaken[met] == 1).all()
    assert (outcome.needs.shaken[outcome.needs.met == 0] == 0).all()


def test_what_the_world_does_not_have_is_named():
    world = made_up(11)

    with pytest.raises(Unknown) as refused:
        apply(world, [OpenFacility(facility_id="nobody's")])

    assert refused.value.field == "facility_id"


def test_a_fund_that_asks_nothing_clears_every_round_and_covers_what_it_can_pay():
    world = made_up(12)

    after = run(apply(world, [AddFund(money=1e9, ticket_high=1e9)]))

    assert (after.rounds.cleared == 1).all()
    known = ~np.isnan(world.money.firms.amount)
    assert (after.rounds.covered[known] == 1).all()
    assert (after.rounds.covered[~known] == -1).all()


def test_a_fund_that_does_not_say_how_much_it_pays_covers_nothing_for_sure_and_perhaps_everything():
    world = made_up(12)

    after = run(apply(world, [AddFund()]))

    money = replace(world.money, mandates=take(world.money.mandates, np.empty(0, np.intp)))
    alone = rounds.judge(apply(replace(world, money=money), [AddFund()]).money, day=world.day)
    known = ~np.isnan(world.money.firms.amount)
    assert (alone.covered[known & (world.money.firms.amount > 0)] == 0).all()
    assert (alone.perhaps_covered[known] == 1).all()
    assert (after.rounds.perhaps_covered[known] == 1).all()


def test_a_rule_that_is_left_out_can_only_make_more_teams_possible():
    world = made_up(13, calls=6)
    rules = [rule.key for call in world.calls for rule in call.rules]

    before, after = run(world), run(apply(world, [ChangeRule(rule_id=key, left_out=True) for key in rules]))

    assert (after.teams.feasible >= before.teams.feasible).all()


def with_one_closed_answer() -> tuple[World, int, str]:
    """A need that only one facility, which is for members, can do; the line is low."""
    world = replace(made_up(14), line=0.01)
    offers = world.profiles.offers
    names = np.diff(offers.capabilities.indptr) > 0
    row = int(np.flatnonzero((world.lets_in == MEMBERS) & names)[0])
    column, level = int(offers.capabilities[[row]].indices[0]), int(offers.capabilities[[row]].data[0])
    able = offers.capabilities[:, [column]].toarray().ravel() >= level
    able[row] = False
    place = next(
        place for place, one in enumerate(world.needs) if one.capabilities and one.organisation != offers.owner[row]
    )
    need = world.needs[place]
    asked = replace(need, capabilities=(RequiredCapability(column, level, is_must=True),), types=frozenset())
    firms = world.profiles.organisations
    profiles = replace(
        world.profiles,
        offers=take(offers, np.flatnonzero(~able)),
        organisations=replace(firms, free_capacity=np.full(len(firms), 0.5, np.float32)),
    )
    every = tuple(asked if other == place else one for other, one in enumerate(world.needs))
    changed = replace(world, needs=every, engine=world.engine.follow(profiles), lets_in=world.lets_in[~able])
    return changed, place, offers.ids[row].decode()


def test_a_changed_weight_asks_no_component_again(monkeypatch):
    world = made_up(4)
    outcome = run(world)
    asked: list[str] = []
    for component in {type(one) for one in world.engine.components}:
        monkeypatch.setattr(component, "score_candidates", lambda one, _need, _judged: asked.append(one.name))

    rerun(outcome, world, apply(world, [ChangeWeight(component="text", weight=50.0)]))

    assert asked == []


def test_what_is_remembered_speaks_of_one_set_of_open_doors():
    world = made_up(4)
    run(world)
    facility = world.profiles.offers.ids[np.flatnonzero(world.lets_in == MEMBERS)[0]].decode()

    opened = apply(world, [OpenFacility(facility_id=facility)])

    assert world.remembered.rows_of(world.engine, world.lets_in)
    assert not opened.remembered.rows_of(opened.engine, opened.lets_in)


def test_a_full_run_of_a_changed_world_leaves_the_base_its_memory():
    world = made_up(4)
    run(world)
    facility = world.profiles.offers.ids[np.flatnonzero(world.lets_in == MEMBERS)[0]].decode()

    run(apply(world, [OpenFacility(facility_id=facility)]))

    assert world.remembered.rows_of(world.engine, world.lets_in)
