"""The bench from a folder to its tables."""

import math
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner

from matchmaker.evaluation.__main__ import benchmark
from matchmaker.evaluation.bench import MEASURES, RECALL, measure, read_exam, run
from matchmaker.evaluation.contestants import by_weights
from matchmaker.evaluation.inspection import inspect
from matchmaker.evaluation.replay import Answers
from matchmaker.evaluation.slices import Slice
from matchmaker.scoring.weighting import Calibration, Weighting
from tests.unit.evaluation.sets import CONSORTIA, INVESTMENTS, bare, write_set

SPLIT = INVESTMENTS["investments"]["split"]
BARE_INVESTMENTS = {**bare(INVESTMENTS), "investments": {**bare(INVESTMENTS)["investments"], "split": SPLIT}}
SMALLEST_PART = {"consortia": bare(CONSORTIA), "investments": BARE_INVESTMENTS}


def measured(folder, **options):
    exam, contestants = read_exam(folder, **options)
    return exam, {line.label: line for line in run(exam, contestants)}


def bench(folder, *options):
    return CliRunner().invoke(benchmark, ["quality", "--data", str(folder), *options])


@pytest.mark.parametrize("tables", [CONSORTIA, INVESTMENTS])
def test_the_engine_comes_first_and_all_others_answer_the_same_queries(tmp_path, tables):
    exam, lines = measured(write_set(tmp_path, tables))

    assert next(iter(lines)).startswith("Matchmaker")
    assert {"popularity", "PageRank alone", "TF-IDF alone", "item-kNN"} <= set(lines)
    for line in lines.values():
        assert line.queries == len(exam.relevant) == 1
        assert all(len(line.values[name]) == 1 for name in (*MEASURES, *Slice))
        assert line.mean("MRR").mean == 1  # only one is to be found, and he is the only one or well known


@pytest.mark.parametrize("tables", SMALLEST_PART.values(), ids=SMALLEST_PART)
def test_a_set_without_text_topics_places_and_amounts_is_measured_too(tmp_path, tables):
    _, lines = measured(write_set(tmp_path, tables))

    assert all(not math.isnan(line.mean(RECALL).mean) for line in lines.values())
    assert bench(tmp_path).exit_code == 0


def test_weights_given_come_before_the_live_ones(tmp_path):
    _, lines = measured(write_set(tmp_path, CONSORTIA), field=by_weights({"ties": 1.0}))

    assert list(lines)[:2] == ["Matchmaker (weights given)", "Matchmaker, learned"]


def many_queries(count):
    """The same validation project several times over, by ada with bo."""
    copies = [f"p4-{n}" for n in range(count)]
    tables = {name: {key: list(values) for key, values in table.items()} for name, table in CONSORTIA.items()}
    for column, values in tables["projects"].items():
        values += copies if column == "project_id" else [values[3]] * count
    took_part = tables["participations"]
    took_part["project_id"] += [copy for copy in copies for _ in range(2)]
    took_part["org_id"] += ["ada", "bo"] * count
    took_part["role"] += ["coordinator", "participant"] * count
    return tables


def test_some_of_the_queries_are_spread_over_all_of_them(tmp_path):
    folder = write_set(tmp_path, many_queries(8))

    exam, lines = measured(folder, queries=3)

    assert [query.id for query in exam.dataset.queries] == ["p4", "p4-3", "p4-7"]
    assert {line.queries for line in lines.values()} == {3}


def test_a_line_is_counted_by_hand(tmp_path):
    exam, _ = read_exam(write_set(tmp_path, CONSORTIA))
    ids = [i.decode() for i in exam.dataset.profiles.organisations.ids]
    shown = np.array([ids.index("di"), ids.index("bo")], np.int32)

    line = measure("by hand", exam, Answers((shown,), (0.002,)))

    assert line.mean(RECALL).mean == 1  # bo is the only one that may be found
    assert line.mean("MRR").mean == 1 / 2
    assert line.milliseconds == 2
    assert line.coverage == 2 / 4
    assert line.exposure_gini == pytest.approx(0.5)  # ada, bo, cy, di: two of the four are shown
    assert math.isnan(line.mean(Slice.NO_TIE).mean)  # bo was a partner before


def test_lists_hold_when_weights_sway_only_if_one_component_decides(tmp_path):
    exam, _ = read_exam(write_set(tmp_path, CONSORTIA))

    one = inspect(exam.dataset, exam.relevant, Weighting({"ties": 3.0}))

    assert one.tau.mean == 1
    assert one.overlap_20.mean == 1
    assert one.reliability is None


def test_promised_chances_are_held_against_what_came_about(tmp_path):
    exam, _ = read_exam(write_set(tmp_path, CONSORTIA))
    certain = Weighting({"ties": 1.0}, calibration=Calibration(slope=0.0, shift=100.0))

    found = inspect(exam.dataset, exam.relevant, certain)

    assert found.reliability is not None
    assert found.reliability.chance.tolist() == [1]
    assert found.reliability.came_about == pytest.approx([1 / 3])  # bo of bo, cy and di
    assert found.reliability.calibration_error == pytest.approx(2 / 3)


def test_the_command_prints_the_tables_and_compares_two_lines_by_every_measure(tmp_path):
    shown = bench(write_set(tmp_path, CONSORTIA), "--compare", "(partners)", "PageRank")

    assert shown.exit_code == 0, shown.output
    for part in (
        "recall@20",
        "no earlier tie",
        "1 to 4 projects (1)",
        "Kendall's tau",
        "Matchmaker (partners) against PageRank alone",
    ):
        assert part in shown.output


def test_a_line_that_is_not_there_is_named_before_anything_is_measured(tmp_path):
    refused = bench(write_set(tmp_path, CONSORTIA), "--compare", "Matchmaker", "PageRank")

    assert refused.exit_code == 2
    said = " ".join(refused.output.split())
    assert "'Matchmaker' names 3 of: Matchmaker, learned; boosted variant; Matchmaker (partners_by_record);" in said
    assert "popularity ..." not in refused.output


def test_the_same_ranking_is_no_better_than_itself(tmp_path):
    _, lines = measured(write_set(tmp_path, many_queries(4)))
    first, *_ = lines.values()

    assert first.against(replace(first, label="twin")).difference == 0
