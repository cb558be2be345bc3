"""A chain leader, a firm and an officer in the browser, with one published challenge between them."""

import pytest
from sqlmodel import select

from models.challenges import Challenge, ClarityLimit
from models.enums import OrganisationKind, PlatformRole
from models.rules import ClarityCriterion
from tests import challenge_factory as challenges
from tests import records as make
from tests.factories import make_member, make_user


@pytest.fixture
def taxonomy(session):
    make.add_taxonomy(session)
    for at, code in enumerate(("problem", "benefit", "conditions", "language")):
        session.add(ClarityCriterion(code=code, name_zh=code, name_en=code, position_in_list=at, source="test"))
    session.add(ClarityLimit(code="publish_points", value=10, source="test"))
    session.commit()


@pytest.fixture
def leader(session, taxonomy):
    record = make.organisation(session, kind=OrganisationKind.CHAIN_LEADER, name_zh="重庆链主汽车有限公司")
    session.commit()
    return record


@pytest.fixture
def firm(session, taxonomy):
    record = make.organisation(session, name_zh="重庆座舱科技有限公司", district_code="500112", staff=80)
    session.commit()
    return record


@pytest.fixture
def person_of(session, sign_in):
    """A browser in which somebody of the organisation is signed in."""

    def open_browser(organisation):
        user = make_user()
        session.add(user)
        session.flush()
        session.add(make_member(user, organisation))
        session.commit()
        return sign_in(user)

    return open_browser


@pytest.fixture
def officer(session, sign_in):
    user = make_user(PlatformRole.OFFICER)
    session.add(user)
    session.commit()
    return sign_in(user)


@pytest.fixture
def asked(session, leader):
    record = challenges.challenge(session, leader, tags={"cockpit-controller": (3, 1.0, True)})
    session.commit()
    return record


def look_again(session):
    """What requests have committed since is seen in a new transaction, by records that are read anew."""
    session.rollback()
    session.expire_all()


def the_challenge(session):
    look_again(session)
    return session.exec(select(Challenge)).one()
