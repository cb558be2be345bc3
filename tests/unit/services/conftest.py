"""A database with a small taxonomy in it."""

import pytest

from tests import records as make


@pytest.fixture
def registry(session):
    make.add_taxonomy(session)
    session.commit()
    return session
