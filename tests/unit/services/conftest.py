"""A database with a small taxonomy in it, and a chain leader with a challenge that is not handed in yet."""

import pytest

from matchmaker.services.challenges import editing
from matchmaker.services.challenges.drafts import MetricsDraft
from models.enums import OrganisationKind
from tests import records as make
from tests.challenge_drafts import METRIC, PROBLEM, TEAM, terms


@pytest.fixture
def registry(session):
    make.add_taxonomy(session)
    session.commit()
    return session


@pytest.fixture
def leader(registry):
    return make.organisation(registry, kind=OrganisationKind.CHAIN_LEADER)


@pytest.fixture
def poster(registry, leader):
    return make.member(registry, leader)


@pytest.fixture
def officer(registry):
    return make.officer(registry)


@pytest.fixture
def stranger(registry):
    return make.member(registry, make.organisation(registry))


@pytest.fixture
def draft(registry, leader, poster):
    """A challenge that is written in full and not handed in."""
    record = editing.create(registry, poster, leader, PROBLEM)
    for step in (MetricsDraft(metrics=(METRIC,)), TEAM, terms()):
        editing.edit(registry, poster, record, step)
    return record
