"""Who is counted apart, on a record small enough to see."""

from dataclasses import replace

import pytest

from matchmaker.evaluation.datasets import read_source, validation_part
from matchmaker.evaluation.slices import Asker, Slice, askers, narrow, read_small_firms
from tests.unit.evaluation.sets import CONSORTIA, INVESTMENTS, bare, write_set


def validation(folder, tables):
    return validation_part(read_source(write_set(folder, tables)))


def narrowed(dataset, names, *, small=frozenset()):
    """The slices of the one query when these organisations are to be found."""
    ids = [i.decode() for i in dataset.profiles.organisations.ids]
    wanted = frozenset(ids.index(name) for name in names)
    slices = narrow(dataset, [wanted], small=frozenset(small))
    return {part: {ids[row] for row in rows[0]} for part, rows in slices.items()}


def test_partners_of_the_asker_before_the_day_have_a_tie(tmp_path):
    dataset = validation(tmp_path, CONSORTIA)  # ada asks; bo and cy were with her, di was not

    assert narrowed(dataset, ["bo", "cy", "di"])[Slice.NO_TIE] == {"di"}


def test_whoever_has_one_project_or_none_is_counted_apart(tmp_path):
    dataset = validation(tmp_path, CONSORTIA)  # bo and cy have two, di one, ed none before the query

    assert narrowed(dataset, ["bo", "cy", "di", "ed"])[Slice.ONE_PROJECT] == {"di", "ed"}


def test_newcomers_are_not_yet_two_years_in_the_record(tmp_path):
    projects = {**CONSORTIA["projects"], "start_date": ["2015-01-01", "2016-05-01", "2016-07-02", "2018-07-01", None]}
    dataset = validation(tmp_path, {**CONSORTIA, "projects": projects})  # di's only project is p3

    assert narrowed(dataset, ["bo", "cy", "di", "ed"])[Slice.NEWCOMER] == {"di", "ed"}


def test_an_asker_nobody_knows_has_a_tie_to_nobody(tmp_path):
    dataset = validation(tmp_path, CONSORTIA)
    (query,) = dataset.queries

    stranger = replace(dataset, queries=(replace(query, need=replace(query.need, organisation=None)),))

    assert narrowed(stranger, ["bo", "di"])[Slice.NO_TIE] == {"bo", "di"}


@pytest.mark.parametrize(
    "column",
    [{"sme_evidence": [False, True, None, False, True]}, {"size": ["large", "micro", None, "medium", "small"]}],
)
def test_small_firms_are_those_the_data_set_says_are_small(tmp_path, column):
    folder = write_set(tmp_path, {**CONSORTIA, "organisations": {**CONSORTIA["organisations"], **column}})

    small = read_small_firms(folder)

    assert small == {"bo", "ed"}
    assert narrowed(validation_part(read_source(folder)), ["bo", "cy"], small=small)[Slice.SMALL] == {"bo"}


@pytest.mark.parametrize("tables", [CONSORTIA, INVESTMENTS, bare(CONSORTIA)])
def test_a_data_set_that_is_silent_about_size_has_no_small_firms(tmp_path, tables):
    assert read_small_firms(write_set(tmp_path, tables)) == frozenset()


def test_who_is_not_to_be_found_is_in_no_slice(tmp_path):
    dataset = validation(tmp_path, CONSORTIA)

    slices = narrowed(dataset, ["bo"], small={"bo", "di", "ed"})

    assert slices == {Slice.NO_TIE: set(), Slice.ONE_PROJECT: set(), Slice.NEWCOMER: set(), Slice.SMALL: {"bo"}}


def test_askers_are_told_apart_by_their_projects_before_the_day(tmp_path):
    dataset = validation(tmp_path, CONSORTIA)
    (query,) = dataset.queries
    ids = dataset.profiles.organisations.ids.tolist()

    asked_by = [None, ids.index(b"ed"), ids.index(b"ada")]
    several = tuple(replace(query, need=replace(query.need, organisation=row)) for row in asked_by)

    assert askers(replace(dataset, queries=several)) == (Asker.FIRST_TIME, Asker.FIRST_TIME, Asker.BEGINNER)


def test_five_projects_make_an_asker_established(tmp_path):
    tables = {name: {key: list(values) for key, values in table.items()} for name, table in CONSORTIA.items()}
    for name in ("projects", "participations"):
        for column, values in tables[name].items():
            values += [f"again-{n}" for n in range(4)] if column == "project_id" else values[:1] * 4

    dataset = validation(tmp_path, tables)  # ada had p1 and p2 before, and four like p1 now

    assert askers(dataset) == (Asker.ESTABLISHED,)
