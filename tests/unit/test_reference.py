"""The reference data that we ship: it resolves, it says where it comes from, and loading it is repeatable."""

import csv
from graphlib import TopologicalSorter

import pytest
from sqlmodel import select

from matchmaker.errors import InvalidInput
from matchmaker.services.rule_sets.figures import RuleDraft, check_draft, figures_of
from matchmaker.services.rule_sets.reading import rules_in
from models.enums import RuleSetState
from models.organisations import Organisation
from models.rules import ClarityCriterion, RuleSet
from models.taxonomy import (
    Capability,
    CertificationScheme,
    ChainLink,
    ChainNode,
    Cluster,
    District,
    FieldGradeDefault,
    PresetWeight,
    ReadinessLevel,
)
from seeds import reference


@pytest.fixture(scope="module")
def entries():
    return reference.read_reference()


@pytest.fixture
def shipped_copy(tmp_path, monkeypatch):
    """The shipped files in a folder where a test may damage them."""
    import shutil

    folder = tmp_path / "reference"
    shutil.copytree(reference.FOLDER, folder)
    monkeypatch.setattr(reference, "FOLDER", folder)
    return folder


def records(entries, table):
    return [entry.record for entry in entries[table]]


def leaves(entries):
    nodes = records(entries, ChainNode)
    return {node.code for node in nodes} - {node.parent_code for node in nodes}


def test_every_table_of_reference_data_is_filled(session):
    reference.load_reference(session)

    for source in (*reference.TAXONOMY, *reference.DEFAULTS):
        assert session.exec(select(source.table)).first() is not None, source.table


def test_loading_twice_changes_nothing(session):
    reference.load_reference(session)
    session.commit()
    before = {source.table: rows(session, source.table) for source in reference.TAXONOMY}

    reference.load_reference(session)

    assert not session.new
    assert not session.dirty
    assert {source.table: rows(session, source.table) for source in reference.TAXONOMY} == before


def rows(session, table):
    return sorted(str(record.model_dump()) for record in session.exec(select(table)))


def test_a_changed_name_in_the_files_reaches_the_tables(session):
    reference.load_reference(session)
    session.get_one(Cluster, "smart-nev").name_en = "Cars"

    reference.load_reference(session)

    assert session.get_one(Cluster, "smart-nev").name_en == "Intelligent connected new-energy vehicles"


def test_weights_that_an_administrator_has_edited_are_kept(session):
    reference.load_reference(session)
    session.get_one(PresetWeight, ("partners-default", "text")).weight = 33

    reference.load_reference(session)

    assert session.get_one(PresetWeight, ("partners-default", "text")).weight == 33


def test_there_are_at_least_250_capabilities_with_both_names(entries):
    capabilities = records(entries, Capability)

    assert len(capabilities) >= 250
    assert all(capability.name_zh and capability.name_en for capability in capabilities)


def test_capabilities_hang_on_leaf_nodes_and_every_leaf_has_some(entries):
    nodes = {capability.node_code for capability in records(entries, Capability)}

    assert nodes == leaves(entries)


def test_every_leaf_node_is_linked(entries):
    linked = {code for link in records(entries, ChainLink) for code in (link.upstream_code, link.downstream_code)}

    assert leaves(entries) <= linked


def test_links_run_in_no_circle(entries):
    suppliers: dict[str, set[str]] = {}
    for link in records(entries, ChainLink):
        suppliers.setdefault(link.downstream_code, set()).add(link.upstream_code)

    order = list(TopologicalSorter(suppliers).static_order())

    assert len(order) == len(set(order))


def test_every_row_says_where_it_comes_from():
    for path in reference.FOLDER.rglob("*.csv"):
        with path.open(encoding="utf-8", newline="") as stream:
            assert all(row["source"].strip() for row in csv.DictReader(stream)), path


def test_the_clusters_are_the_33618(entries):
    tiers = [cluster.tier for cluster in records(entries, Cluster)]

    assert [tiers.count(tier) for tier in ("trillion", "500bn", "100bn", "rising")] == [3, 3, 6, 18]


def test_all_38_districts_and_two_functional_areas_are_there(entries):
    codes = [district.code for district in records(entries, District)]

    assert sum(code.isdigit() and len(code) == 6 for code in codes) == 38
    assert {code for code in codes if not code.isdigit()} == {"cq-liangjiang", "cq-science-city"}


def test_readiness_has_nine_levels(entries):
    assert [level.level for level in records(entries, ReadinessLevel)] == list(range(1, 10))


def test_ranks_on_a_ladder_differ(entries):
    ranks = [(scheme.ladder, scheme.rank) for scheme in records(entries, CertificationScheme)]

    assert len(ranks) == len(set(ranks))


def test_every_graded_field_is_a_field_of_the_profile(entries):
    beside = {"certifications", "patents", "nodes", "projects", "rounds", "round_figures"}
    internal = {"id", "created_at", "changed_at", "version", "name_key", "source", "source_key"}
    internal |= {"looked_at", "merged_into_id"}  # what curators note

    graded = {default.field for default in records(entries, FieldGradeDefault)}

    assert graded == (Organisation.model_fields.keys() - internal) | beside


@pytest.mark.parametrize(
    ("file", "old", "new", "column"),
    [
        ("districts.csv", "GB/T 2260\n", "\n", "source"),
        ("chains.csv", "smart-nev", "smart-cars", "cluster_code"),
        ("clusters.csv", "trillion", "enormous", "tier"),
        ("clusters.csv", "food-farm-products", "smart-nev", "code"),
        ("readiness.csv", "\n3,", "\nthree,", "level"),
        (
            "chains/nev/links.csv",
            "nev-battery-cell,nev-battery-pack",
            "nev-battery-cell,nev-nothing",
            "downstream_code",
        ),
        (
            "chains/nev/links.csv",
            "\nnev-battery-cell,",
            "\nnev-battery-pack,nev-battery-materials,x\nnev-battery-cell,",
            "downstream",
        ),
    ],
)
def test_a_damaged_file_is_refused_with_its_file_row_and_column(shipped_copy, file, old, new, column):
    path = shipped_copy / file
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")

    with pytest.raises(InvalidInput) as caught:
        reference.read_reference()

    assert caught.value.code == "reference_row"
    assert caught.value.facts["file"] == file
    assert str(caught.value.facts["row"]).isdigit()
    assert caught.value.field == column


def test_every_template_of_rules_is_published_and_every_rule_of_it_can_be_meant(session):
    reference.load_reference(session)

    templates = session.exec(select(RuleSet)).all()
    assert {template.state for template in templates} == {RuleSetState.PUBLISHED}
    assert all(template.is_template for template in templates)
    for template in templates:
        assert rules_in(session, template)
        for rule in rules_in(session, template):
            check_draft(session, RuleDraft(figures=figures_of(rule), source=rule.source))


def test_a_rule_whose_figures_cannot_be_read_is_named_by_its_row(shipped_copy):
    file = shipped_copy / "composition_rules.csv"
    file.write_text(file.read_text(encoding="utf-8").replace('""least"": 30}', '""fewest"": 30}', 1), encoding="utf-8")

    with pytest.raises(InvalidInput) as refused:
        reference.read_reference()

    assert refused.value.facts["file"] == "composition_rules.csv"
    assert refused.value.field == "arguments"


def test_the_rubric_of_clarity_has_twenty_points_in_four_categories(session):
    reference.load_reference(session)

    criteria = session.exec(select(ClarityCriterion)).all()
    assert [criterion.most for criterion in criteria] == [5, 5, 5, 5]
