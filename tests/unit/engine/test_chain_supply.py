"""The state of chain nodes: exact small chains, then arrays held against the slow twin."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from matchmaker.chain.columns import SOURCES
from matchmaker.chain.crossing import by_district, by_source
from matchmaker.chain.supply import STATES, Limits, judge, nearest
from models.enums import NodeState, SupplySource
from tests.unit.engine.chain_twin import as_lists, columns_of, judge_slowly

OFFER, FACILITY, CERTIFICATION = (SOURCES.index(one) for one in SupplySource)
TODAY = 100
LIMITS = Limits()


def one_node(supply, *, local=(True, True, False), demand=()):
    columns = columns_of(
        parents=[-1], node_of_capability=[0, 0], local=list(local), supply=list(supply), demand=list(demand)
    )
    return judge(columns, day=TODAY, limits=LIMITS)


def says(organisation, *, level=4, source=OFFER, capability=0, first=1, last=200):
    return (organisation, 0, capability, level, source, first, last)


def asks(organisation, *, level=3, capability=0, first=1, last=200):
    return (organisation, 0, capability, level, first, last)


def state_of(states, node=0):
    return STATES[states.state[node]]


def test_two_suppliers_here_cover_a_node():
    assert state_of(one_node([says(0), says(1)])) is NodeState.COVERED


def test_one_supplier_that_says_it_twice_is_a_single_source():
    states = one_node([says(0), says(0, source=FACILITY), says(0, capability=1)])

    assert (state_of(states), states.local[0]) == (NodeState.SINGLE_SOURCE, 1)


def test_suppliers_outside_alone_are_no_cover():
    assert state_of(one_node([says(2)])) is NodeState.OUTSIDE_ONLY


def test_what_is_below_the_least_level_supplies_nobody():
    assert state_of(one_node([says(0, level=2), says(1, level=2)])) is NodeState.MISSING


def test_a_certification_counts_whatever_its_level():
    assert state_of(one_node([says(0, level=0, source=CERTIFICATION, capability=-1)])) is NodeState.SINGLE_SOURCE


def test_a_statement_counts_from_its_first_day_to_its_last():
    columns = columns_of(
        parents=[-1], node_of_capability=[0], local=[True], supply=[(0, 0, 0, 3, OFFER, TODAY, TODAY + 1)]
    )

    states = [state_of(judge(columns, day=TODAY + shift, limits=LIMITS)) for shift in (-1, 0, 1, 2)]

    assert states == [NodeState.MISSING, NodeState.SINGLE_SOURCE, NodeState.SINGLE_SOURCE, NodeState.MISSING]


def test_a_parent_is_as_good_as_its_weakest_leaf_and_counts_everybody_once():
    columns = columns_of(
        parents=[-1, 0, 0],
        node_of_capability=[1, 2],
        local=[True, True],
        supply=[(0, 1, 0, 3, OFFER, 1, 200), (1, 1, 0, 3, OFFER, 1, 200), (0, 2, 1, 3, OFFER, 1, 200)],
    )

    states = judge(columns, day=TODAY, limits=LIMITS)

    assert [state_of(states, node) for node in range(3)] == [
        NodeState.SINGLE_SOURCE,
        NodeState.COVERED,
        NodeState.SINGLE_SOURCE,
    ]
    assert states.local.tolist() == [2, 2, 1]


def test_who_asks_does_not_meet_its_own_need():
    alone = one_node([says(0)], demand=[asks(0)])
    with_another = one_node([says(0), says(1)], demand=[asks(0)])

    assert (alone.unmet[0], with_another.unmet[0]) == (1, 0)


def test_a_need_is_met_at_the_level_it_asks_for_even_below_the_least_one():
    states = one_node([says(0, level=2)], demand=[asks(1, level=2), asks(1, level=3)])

    assert (states.demand[0], states.unmet[0]) == (2, 1)


def test_a_need_is_not_met_from_outside():
    assert one_node([says(2)], demand=[asks(0)]).unmet[0] == 1


def test_who_can_do_more_of_a_node_has_the_larger_share_of_it():
    states = one_node([says(0), says(0, capability=1), says(1)])

    assert states.largest[0] == 2 / 3
    assert np.isclose(states.concentration[0], 5 / 9)


def test_where_nobody_supplies_there_is_no_concentration():
    assert np.isnan(one_node([]).concentration[0])


def test_with_a_home_of_its_own_a_district_sees_the_others_as_outside():
    columns = columns_of(
        parents=[-1],
        node_of_capability=[0],
        local=[True, True],
        districts=[0, 1],
        supply=[says(0), says(1)],
    )

    states = judge(columns, day=TODAY, limits=LIMITS, home=columns.district == 0)

    assert (state_of(states), states.outside[0]) == (NodeState.SINGLE_SOURCE, 1)


def test_an_empty_region_has_no_nodes_and_no_faults():
    columns = columns_of(parents=[], node_of_capability=[], local=[])

    assert len(judge(columns, day=TODAY, limits=LIMITS).state) == 0


def test_the_nearest_stand_at_related_nodes_and_do_not_supply_the_node_itself():
    columns = columns_of(
        parents=[-1, -1, -1],
        node_of_capability=[0, 1, 2],
        local=[True, True, True, False],
        supply=[
            (0, 0, 0, 4, OFFER, 1, 200),
            (0, 1, 1, 5, OFFER, 1, 200),
            (1, 1, 1, 3, OFFER, 1, 200),
            (2, 2, 2, 5, OFFER, 1, 200),
            (3, 1, 1, 5, OFFER, 1, 200),
        ],
    )
    related = csr_array(np.array([[1, 0.6, 0.3], [0.6, 1, 0], [0.3, 0, 1]], np.float32))

    found = nearest(columns, related, node=0, day=TODAY, limits=LIMITS)

    assert found.organisation.tolist() == [1, 2]
    assert found.node.tolist() == [1, 2]
    assert np.allclose(found.closeness, [0.36, 0.3])


@st.composite
def regions(draw):
    """A few nodes in two levels, a few organisations, whatever they say."""
    groups, leaves, bodies = draw(st.integers(1, 2)), draw(st.integers(1, 4)), draw(st.integers(1, 5))
    parents = [-1] * groups + [draw(st.integers(-1, groups - 1)) for _ in range(leaves)]
    nodes = len(parents)
    capabilities = [draw(st.integers(0, nodes - 1)) for _ in range(draw(st.integers(1, 5)))]
    days = st.integers(90, 110)

    def statement(with_source):
        capability = draw(st.integers(-1, len(capabilities) - 1))
        node = draw(st.integers(0, nodes - 1)) if capability < 0 else capabilities[capability]
        source = [CERTIFICATION if capability < 0 else draw(st.sampled_from((OFFER, FACILITY)))] if with_source else []
        level = draw(st.integers(0, 5)) if capability < 0 or not with_source else draw(st.integers(1, 5))
        first = draw(days)
        return (
            draw(st.integers(0, bodies - 1)),
            node,
            capability,
            level,
            *source,
            first,
            first + draw(st.integers(0, 15)),
        )

    return columns_of(
        parents=parents,
        node_of_capability=capabilities,
        local=draw(st.lists(st.booleans(), min_size=bodies, max_size=bodies)),
        supply=[statement(True) for _ in range(draw(st.integers(0, 12)))],
        demand=[statement(False) for _ in range(draw(st.integers(0, 6)))],
    )


@settings(max_examples=150, deadline=None)
@given(regions(), st.integers(1, 5), st.integers(1, 3), st.data())
def test_the_arrays_equal_the_slow_twin(columns, least_level, for_covered, data):
    limits = replace(LIMITS, least_level=least_level, suppliers_for_covered=for_covered)
    size = len(columns.organisation_ids)
    mask = st.lists(st.booleans(), min_size=size, max_size=size).map(lambda bits: np.array(bits, bool))
    keep, home = data.draw(st.none() | mask), data.draw(st.none() | mask)

    fast = as_lists(judge(columns, day=TODAY, limits=limits, keep=keep, home=home))
    slow = judge_slowly(columns, day=TODAY, limits=limits, keep=keep, home=home)

    for name, values in slow.items():
        assert np.allclose(fast[name], values, equal_nan=True), name


@settings(max_examples=60, deadline=None)
@given(regions())
def test_districts_and_those_elsewhere_sum_to_all_suppliers(columns):
    states = judge(columns, day=TODAY, limits=LIMITS)

    places = by_district(columns, day=TODAY, limits=LIMITS)
    sources = by_source(columns, day=TODAY, limits=LIMITS)

    assert places.sum(axis=1).tolist() == (states.local + states.outside).tolist()
    assert (sources.max(axis=1) <= states.local + states.outside).all()


@settings(max_examples=60, deadline=None)
@given(regions())
def test_a_higher_least_level_makes_no_node_better(columns):
    lower, higher = (judge(columns, day=TODAY, limits=replace(LIMITS, least_level=level)).state for level in (2, 4))

    assert (higher >= lower).all()
