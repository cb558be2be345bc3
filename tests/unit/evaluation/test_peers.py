"""The public library that the bench can measure beside the engine; without it only its absence can be tested."""

from importlib.util import find_spec

import numpy as np
import pytest
from click.testing import CliRunner

from matchmaker.evaluation.__main__ import benchmark
from matchmaker.evaluation.baselines import asked_items, items_of
from matchmaker.evaluation.contestants import peers
from matchmaker.evaluation.datasets import read_source, validation_part
from matchmaker.evaluation.replay import replay
from matchmaker.network.past import Timeline
from tests.unit.evaluation.sets import CONSORTIA, INVESTMENTS, bare, write_set

HAS_LIBRARY = find_spec("implicit") is not None
needs_library = pytest.mark.skipif(not HAS_LIBRARY, reason="scripts/benchmark quality --peers installs it")


def first_query(folder, tables):
    dataset = validation_part(read_source(write_set(folder, tables)))
    return dataset, Timeline(dataset.profiles).known_to(dataset.queries[0].need), dataset.queries[0].need


def test_a_query_is_made_of_the_asker_its_earlier_backers_and_its_tags(tmp_path):
    dataset, past, need = first_query(tmp_path, INVESTMENTS)
    organisations = len(dataset.profiles.organisations)
    ids = [i.decode() for i in dataset.profiles.organisations.ids]

    asked = asked_items(past, need)

    assert len(asked) == items_of(past).shape[1]
    assert {ids[row] for row in np.flatnonzero(asked[:organisations])} == {"packs", "fund-a"}
    tags = dataset.profiles.vocabulary["tags"]
    assert {tags[row] for row in np.flatnonzero(asked[organisations:])} == {
        *("tag:Energy", "country:usa", "region:sf bay", "city:palo alto")
    }


@needs_library
@pytest.mark.parametrize("tables", [CONSORTIA, INVESTMENTS])
def test_each_peer_answers_every_query_with_everybody_once_and_always_alike(tmp_path, tables):
    dataset, _, need = first_query(tmp_path, tables)
    pool = sorted(dataset.candidates_for(need).organisation)

    for contestant in peers(dataset):
        once, again = (replay(dataset, contestant.ranker()).ranked[0].tolist() for _ in range(2))

        assert sorted(once) == pool
        assert once == again


@needs_library
def test_a_peer_finds_the_earlier_partner_first(tmp_path):
    folder = tmp_path / "set"
    projects = {**CONSORTIA["projects"], "programme": [None] * 5, "topic": [None] * 5, "funding_scheme": [None] * 5}
    dataset, _, _ = first_query(folder, {**CONSORTIA, "projects": projects})
    ids = dataset.profiles.organisations.ids
    least_squares, _ = peers(dataset)

    ranked = replay(dataset, least_squares.ranker()).ranked[0]

    assert ids[ranked[0]] == b"bo"  # twice with ada, cy once


@needs_library
def test_a_set_with_the_fewest_columns_is_answered_too(tmp_path):
    dataset, _, _ = first_query(tmp_path, bare(CONSORTIA))

    for contestant in peers(dataset):
        assert len(replay(dataset, contestant.ranker()).ranked[0]) == 3


@pytest.mark.skipif(HAS_LIBRARY, reason="the library is here")
def test_without_the_library_it_is_said_how_to_get_it_before_anything_is_measured(tmp_path):
    refused = CliRunner().invoke(benchmark, ["quality", "--data", str(write_set(tmp_path, CONSORTIA)), "--peers"])

    assert refused.exit_code == 1
    assert "scripts/benchmark quality --peers" in refused.output
    assert "popularity ..." not in refused.output
