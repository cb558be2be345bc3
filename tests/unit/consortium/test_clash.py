"""A clash cannot hold, and any one fewer can: by looking at every team of many small instances."""

from dataclasses import replace

import numpy as np
import pytest

from matchmaker.consortium.clash import smallest_clash
from matchmaker.consortium.instance import Rule
from tests.unit.consortium.tight import broken_sets, make_tight

INFEASIBLE = [seed for seed in range(240) if frozenset() not in broken_sets(make_tight(seed))]


def holds(broken: set[frozenset[str]], keys: frozenset[str]) -> bool:
    return any(not keys & some for some in broken)


def test_many_of_the_instances_clash_and_many_do_not():
    assert 60 < len(INFEASIBLE) < 230


@pytest.mark.parametrize("chunk", range(4))
def test_every_clash_cannot_hold_and_is_minimal(chunk):
    for seed in INFEASIBLE[chunk::4]:
        instance = make_tight(seed)
        broken = broken_sets(instance)

        clash = smallest_clash(instance)

        assert clash, seed
        assert not holds(broken, clash), (seed, clash)
        assert all(holds(broken, clash - {key}) for key in clash), (seed, clash)


def test_where_a_team_is_possible_nothing_clashes():
    for seed in sorted(set(range(120)) - set(INFEASIBLE)):
        assert smallest_clash(make_tight(seed)) == frozenset()


def test_a_clash_names_only_what_has_to_do_with_it():
    instance = next(make_tight(seed) for seed in range(240) if seed not in INFEASIBLE)
    crowd = Rule("crowd", np.ones(len(instance)), low=5)
    few = Rule("few", np.ones(len(instance)), high=4)
    impossible = replace(instance, rules=(crowd, few), seats=(), held=np.empty(0, np.int32), barred=None)

    assert smallest_clash(impossible) == {"crowd", "few"}
