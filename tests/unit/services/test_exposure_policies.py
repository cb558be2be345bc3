"""Setting floors, and what they are measured to do before they are set."""

from dataclasses import replace

import pytest
from sqlmodel import select

from matchmaker.errors import InvalidInput, NotAllowed, NotFound, Stale
from matchmaker.rerank import Floors
from matchmaker.services import exposure_policies
from matchmaker.services.exposure_policies import draft_of, floors_on
from models.audit import AuditEntry
from models.exposure import ExposurePolicy
from tests import records as make


@pytest.fixture
def policy(registry):
    policy = ExposurePolicy(purpose="partners", newcomer_share=0.1, small_share=0.2, source="test")
    registry.add(policy)
    registry.flush()
    return policy


def change(session, policy, *, actor=None, expected_version=None, **values):
    draft = replace(draft_of(policy), **values)
    actor = actor or make.officer(session)
    exposure_policies.change_policy(session, actor, policy, draft, expected_version=expected_version)


def test_without_a_policy_there_is_no_floor(registry):
    assert floors_on(registry, "partners") == Floors()
    assert Floors().wanted == (0, 0)


def test_the_policy_of_a_purpose_is_the_floor_of_its_lists_only(registry, policy):
    assert floors_on(registry, "partners").wanted == (2, 4)
    assert floors_on(registry, "investors").wanted == (0, 0)


def test_a_change_is_audited_with_before_and_after(registry, policy):
    change(registry, policy, newcomer_share=0.3)

    entry = registry.exec(select(AuditEntry).where(AuditEntry.action == "exposure.change")).one()
    assert entry.changes == {"purpose": "partners", "newcomer_share": [0.1, 0.3]}
    assert floors_on(registry, "partners").wanted == (6, 4)


def test_what_is_not_changed_leaves_no_trace(registry, policy):
    change(registry, policy)

    assert registry.exec(select(AuditEntry)).all() == []


def test_who_changes_what_a_colleague_has_changed_since_is_told(registry, policy):
    seen = policy.version
    change(registry, policy, depth=10)

    with pytest.raises(Stale) as refused:
        change(registry, policy, depth=30, expected_version=seen)

    assert refused.value.differences == {"depth": (10, 30)}


@pytest.mark.parametrize(
    ("field", "value"),
    [("newcomer_share", 0.6), ("small_share", -0.1), ("depth", 4), ("depth", 51), ("largest_loss", float("nan"))],
)
def test_a_floor_out_of_its_range_is_refused_by_name(registry, policy, field, value):
    with pytest.raises(InvalidInput) as refused:
        change(registry, policy, **{field: value})

    assert (refused.value.code, refused.value.field) == ("out_of_range", field)


def test_only_officers_and_administrators_set_floors(registry, policy):
    with pytest.raises(NotAllowed):
        change(registry, policy, actor=make.member(registry, make.organisation(registry)), depth=10)
    with pytest.raises(NotAllowed):
        exposure_policies.list_policies(registry, make.member(registry, make.organisation(registry)))


def test_a_purpose_without_a_policy_is_not_found(registry):
    with pytest.raises(NotFound):
        exposure_policies.get_policy(registry, make.officer(registry), "partners")
