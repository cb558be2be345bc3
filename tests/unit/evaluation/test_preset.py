"""The weights with which public data sets are answered."""

import pytest

from matchmaker.engine import column_components, history_components
from matchmaker.errors import NotFound
from matchmaker.evaluation.contestants import PURPOSES
from matchmaker.evaluation.replay import read_preset


@pytest.mark.parametrize("purpose", sorted({purpose for purposes in PURPOSES.values() for purpose in purposes}))
def test_every_weight_belongs_to_a_component_of_the_engine(purpose):
    components = {component.name for component in [*column_components(), *history_components()]}

    weights = read_preset(purpose)

    assert set(weights) <= components
    assert sum(weights.values()) > 0


def test_a_purpose_without_a_live_preset_is_named(tmp_path):
    (tmp_path / "presets.csv").write_text("code,purpose,is_live\nold,partners,false\n")
    (tmp_path / "preset_weights.csv").write_text("preset_code,component,weight\nold,ties,1\n")

    with pytest.raises(NotFound, match="partners"):
        read_preset("partners", folder=tmp_path)
