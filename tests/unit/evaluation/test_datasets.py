"""Reading data sets, and what a query may know."""

import datetime as dt

import numpy as np
import pytest

from matchmaker.errors import InvalidInput
from matchmaker.evaluation.datasets import asked_part, read_source, validation_part, without_outcome
from matchmaker.evaluation.tables import parse_amount, parse_day, split_values
from matchmaker.network.past import Timeline
from matchmaker.profiles import KINDS, UNKNOWN
from models.enums import OrganisationKind
from tests.unit.evaluation.sets import CONSORTIA, INVESTMENTS, bare, write_set


def names(dataset, rows):
    return sorted(dataset.profiles.organisations.ids[row].decode() for row in rows)


def day(text):
    return dt.date.fromisoformat(text).toordinal()


@pytest.mark.parametrize(
    ("value", "ordinal"),
    [
        ("2018-07-01", day("2018-07-01")),
        ("2018-07-01 00:00:00", day("2018-07-01")),
        (dt.date(2018, 7, 1), day("2018-07-01")),
        (dt.datetime(2018, 7, 1, tzinfo=dt.UTC), day("2018-07-01")),
        (2018, day("2018-01-01")),
        (2018.0, day("2018-01-01")),
        ("soon", UNKNOWN),
        (None, UNKNOWN),
        (float("nan"), UNKNOWN),
    ],
)
def test_days_are_read_from_dates_texts_and_years(value, ordinal):
    assert parse_day(value) == ordinal


def test_sums_are_read_and_lists_are_split():
    assert parse_amount("5000") == 5000
    assert np.isnan(parse_amount(0))
    assert np.isnan(parse_amount(None))
    assert split_values("LEIT| SC3;LEIT||") == ["LEIT", "SC3"]
    assert split_values(None) == []


def test_projects_become_history_with_tags_words_and_lead(tmp_path):
    dataset = asked_part(read_source(write_set(tmp_path, CONSORTIA)))

    history, tags = dataset.profiles.history, dataset.profiles.vocabulary["tags"]
    assert history.ids.tolist() == [b"p1", b"p2", b"p3", b"p4", b"p5"]
    assert names(dataset, history.members[[0]].indices) == ["ada", "bo", "cy"]
    assert names(dataset, [history.lead[0]]) == ["ada"]
    assert {tags[c] for c in history.tags[[0]].indices} == {"programme:LEIT", "programme:SC3", "topic:T1", "scheme:RIA"}
    assert np.linalg.norm(history.words[[0]].toarray()) == pytest.approx(1)


def test_organisations_have_kind_place_and_area(tmp_path):
    organisations = asked_part(read_source(write_set(tmp_path, CONSORTIA))).profiles.organisations

    row = organisations.ids.tolist().index
    assert organisations.kind[row(b"ada")] == KINDS.index(OrganisationKind.LAB)
    assert organisations.place[row(b"cy")] == organisations.place[row(b"di")] != organisations.place[row(b"ada")]
    assert organisations.area[row(b"bo")] == organisations.area[row(b"ada")]
    assert organisations.place[row(b"bo")] == organisations.area[row(b"ed")] == UNKNOWN


def test_a_coordinator_is_no_candidate_and_a_newcomer_may_ask(tmp_path):
    dataset = asked_part(read_source(write_set(tmp_path, CONSORTIA)))

    first, second = dataset.queries

    assert names(dataset, dataset.candidates_for(first.need).organisation) == ["bo", "cy", "di", "ed"]
    assert names(dataset, dataset.candidates_for(second.need).organisation) == ["ada", "bo", "cy", "di", "ed"]
    assert second.need.words is None
    assert len(second.need.tags) == 0


def test_validation_asks_for_whom_the_past_knows_and_sees_nothing_later(tmp_path):
    dataset = validation_part(read_source(write_set(tmp_path, CONSORTIA)))

    (query,) = dataset.queries

    assert query.id == "p4"  # p5 has no partner at all
    assert names(dataset, query.relevant) == ["bo", "ed"]
    assert names(dataset, dataset.pool.organisation) == ["ada", "bo", "cy", "di"]
    assert dataset.profiles.history.day.max() < query.need.day


def test_history_may_end_before_a_day(tmp_path):
    source = read_source(write_set(tmp_path, CONSORTIA))

    dataset = asked_part(source, day("2016-06-01"))

    assert dataset.profiles.history.ids.tolist() == [b"p1", b"p2"]
    assert names(dataset, dataset.pool.organisation) == ["ada", "bo", "cy"]


def test_earlier_backers_are_no_candidates(tmp_path):
    dataset = asked_part(read_source(write_set(tmp_path, INVESTMENTS)))

    first, second = dataset.queries

    assert names(dataset, dataset.candidates_for(first.need).organisation) == ["fund-c"]
    assert names(dataset, dataset.candidates_for(second.need).organisation) == ["fund-a", "fund-b", "fund-c", "fund-d"]
    assert first.need.amount == 5e6


def test_a_round_is_one_row_with_the_startup_as_its_lead(tmp_path):
    dataset = asked_part(read_source(write_set(tmp_path, INVESTMENTS)))

    history, vocabulary = dataset.profiles.history, dataset.profiles.vocabulary
    assert names(dataset, history.members[[0]].indices) == ["cells", "fund-a", "fund-b"]
    assert names(dataset, [history.lead[0]]) == ["cells"]
    assert vocabulary["stages"][history.stage[0]] == "series-a"
    assert {"tag:Energy", "category:cleantech"} <= {vocabulary["tags"][c] for c in history.tags[[0]].indices}


def test_what_only_a_closed_round_tells_can_be_left_out(tmp_path):
    dataset = without_outcome(asked_part(read_source(write_set(tmp_path, INVESTMENTS))))

    assert all(np.isnan(query.need.amount) and query.need.stage == UNKNOWN for query in dataset.queries)


@pytest.mark.parametrize("tables", [CONSORTIA, INVESTMENTS])
def test_missing_columns_never_stop_a_reading(tmp_path, tables):
    dataset = asked_part(read_source(write_set(tmp_path, bare(tables))))

    assert len(dataset.queries) == 2
    assert len(dataset.pool) > 0
    assert Timeline(dataset.profiles).before(day("2019-12-31")).project_counts.sum() > 0


def test_a_folder_of_neither_shape_and_one_without_its_tables_are_named(tmp_path):
    with pytest.raises(InvalidInput, match="unknown_dataset"):
        read_source(tmp_path)
    write_set(tmp_path, {"participations": CONSORTIA["participations"]})
    with pytest.raises(InvalidInput, match=r"projects\.parquet"):
        read_source(tmp_path)
