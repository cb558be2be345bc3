"""`matchmaker rank` from a folder to a file."""

import pyarrow.parquet as parquet
import pytest
from click.testing import CliRunner

from matchmaker.cli import main
from matchmaker.evaluation.__main__ import benchmark
from tests.unit.evaluation.sets import CONSORTIA, INVESTMENTS, bare, write_set


def rank(command, data, out, *options):
    return CliRunner().invoke(main, ["rank", command, "--data", str(data), "--out", str(out), *options])


def answers(out):
    table = parquet.read_table(out)
    assert table.column_names == ["query_id", "candidate_id", "rank"]
    found: dict[str, list[str]] = {}
    for row in table.to_pylist():
        found.setdefault(row["query_id"], []).append(row["candidate_id"])
        assert row["rank"] == len(found[row["query_id"]])
    return found


def test_partners_are_ranked_and_the_coordinator_is_not(tmp_path):
    result = rank("partners", write_set(tmp_path / "set", CONSORTIA), tmp_path / "out" / "ranked.parquet")

    assert result.exit_code == 0, result.output
    found = answers(tmp_path / "out" / "ranked.parquet")
    assert found["q1"][0] == "bo"
    assert "ada" not in found["q1"]
    assert len(found["q1"]) == 4


def test_investors_are_ranked_and_earlier_backers_are_not(tmp_path):
    result = rank("investors", write_set(tmp_path / "set", INVESTMENTS), tmp_path / "ranked.parquet")

    assert result.exit_code == 0, result.output
    assert answers(tmp_path / "ranked.parquet")["t1"] == ["fund-c"]


def test_a_query_of_which_nothing_is_known_is_answered_too(tmp_path):
    rank("investors", write_set(tmp_path / "set", INVESTMENTS), tmp_path / "ranked.parquet")

    found = answers(tmp_path / "ranked.parquet")["t2"]
    assert sorted(found) == ["fund-a", "fund-b", "fund-c", "fund-d"]


def test_only_the_best_are_written(tmp_path):
    rank("partners", write_set(tmp_path / "set", CONSORTIA), tmp_path / "ranked.parquet", "--top", "2")

    assert len(answers(tmp_path / "ranked.parquet")["q1"]) == 2


def test_nobody_who_came_after_the_last_day_of_the_history_is_ranked(tmp_path):
    data = write_set(tmp_path / "set", CONSORTIA)

    rank("partners", data, tmp_path / "ranked.parquet", "--until", "2016-06-01")

    assert set(answers(tmp_path / "ranked.parquet")["q1"]) == {"bo", "cy"}


def test_the_same_question_gets_the_same_file(tmp_path):
    data = write_set(tmp_path / "set", CONSORTIA)

    for name in ("one", "two"):
        rank("partners", data, tmp_path / name)

    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@pytest.mark.parametrize(("command", "tables"), [("partners", CONSORTIA), ("investors", INVESTMENTS)])
def test_a_set_with_the_fewest_columns_is_still_ranked(tmp_path, command, tables):
    result = rank(command, write_set(tmp_path / "set", bare(tables)), tmp_path / "ranked.parquet")

    assert result.exit_code == 0, result.output
    assert answers(tmp_path / "ranked.parquet")


def test_the_wrong_kind_of_set_is_refused_and_nothing_is_written(tmp_path):
    result = rank("investors", write_set(tmp_path / "set", CONSORTIA), tmp_path / "ranked.parquet")

    assert result.exit_code == 1
    assert "other kind of dataset" in result.output
    assert not (tmp_path / "ranked.parquet").exists()


def test_the_bench_prints_a_table_and_takes_other_weights(tmp_path):
    data = str(write_set(tmp_path, CONSORTIA))

    shown = CliRunner().invoke(benchmark, ["quality", "--data", data, "--weight", "ties=1"])
    refused = CliRunner().invoke(benchmark, ["quality", "--data", data, "--weight", "ties"])

    assert shown.exit_code == 0, shown.output
    assert "recall@20" in shown.output
    assert "weights given" in shown.output
    assert refused.exit_code == 2
