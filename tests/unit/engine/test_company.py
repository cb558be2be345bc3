"""Who comes because others come, against a slow twin that one can read."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.network.company import Company
from matchmaker.network.past import Past, Timeline
from tests.unit.engine.record import FIRMS, Joint, projects, recorded
from tests.unit.engine.world import TODAY

EVERYBODY = np.arange(FIRMS, dtype=np.int32)


def past_of(*joint: Joint) -> Past:
    return Timeline(recorded(joint)).before(TODAY)


@given(record=st.lists(projects, max_size=7))
def test_joint_projects_are_counted_by_age_from_the_latest_one(record: list[Joint]) -> None:
    past = past_of(*record)

    company = Company.among(past, EVERYBODY)

    took_part = past.members.toarray()
    decay = 2.0 ** ((past.day - past.day.max(initial=0)) / (3 * 365.25))
    for one in EVERYBODY:
        for other in EVERYBODY:
            joint = float((decay * took_part[:, one] * took_part[:, other]).sum())
            expected = company.own[one] if one == other else company.joint[one, other]
            assert expected == pytest.approx(joint)


def test_who_works_with_those_who_are_likely_to_come_has_company() -> None:
    company = Company.among(past_of(Joint([0, 1]), Joint([2, 3])), EVERYBODY)

    beside = company.beside(np.array([0.9, 0.1, 0.1, 0.1, 0.1, 0.1]))

    assert (beside[1] > beside[3]).all()
    assert (beside[3] > 0).all()
    assert (beside[4] == 0).all()


def test_a_chance_of_ones_own_is_no_company() -> None:
    company = Company.among(past_of(Joint([0, 1])), EVERYBODY)

    beside = company.beside(np.array([0.9, 0.0, 0.0, 0.0, 0.0, 0.0]))

    assert (beside[0] == 0).all()


def test_without_a_past_nobody_has_company() -> None:
    assert (Company.among(past_of(), EVERYBODY).beside(np.full(FIRMS, 0.5)) == 0).all()
