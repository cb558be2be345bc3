"""Who works with whom: only what everybody may see, bounded, and the same drawing for the same ties."""

from datetime import date

import numpy as np
import pytest

from matchmaker.errors import NotAllowed, NotFound
from matchmaker.network.layout import around, from_middle
from matchmaker.services.actors import VISITOR
from matchmaker.services.network import MOST_SHOWN, Filters, list_years, read_network
from models.enums import Grade, OrganisationState, ParticipationRole, ProjectKind
from models.organisations import FieldGrade
from models.track import Participation, Project
from tests import records as make


def together(session, *bodies, kind=ProjectKind.CONSORTIUM, year=2024, tags=()):
    project = Project(kind=kind, title_zh="联合项目", started_on=date(year, 5, 1), tags=list(tags))
    session.add(project)
    session.flush()
    session.add_all(
        Participation(project_id=project.id, organisation_id=one.id, role=ParticipationRole.PARTICIPANT)
        for one in bodies
    )
    session.flush()
    return project


@pytest.fixture
def bodies(registry):
    return [make.organisation(registry, name_zh=f"机构{number}") for number in range(5)]


def names(found):
    return [one.name_zh for one in found.members]


def test_the_focus_stands_in_the_middle_with_its_partners_the_closest_first(registry, stranger, bodies):
    hub, often, once, far, _alone = bodies
    together(registry, hub, often)
    together(registry, hub, often, once, kind=ProjectKind.INVESTMENT, year=2025)
    together(registry, once, far)

    found = read_network(registry, stranger, Filters(), hub.id)

    assert names(found) == ["机构0", "机构1", "机构2"]
    assert [(tie.projects, tie.investments, tie.latest) for _, tie in found.ties_of(0)] == [
        (1, 1, date(2025, 5, 1)),
        (0, 1, date(2025, 5, 1)),
    ]
    assert found.titles[0, 1] == [("联合项目", "")] * 2


def test_a_title_is_not_told_where_somebody_takes_part_who_hides_its_projects(registry, stranger, bodies):
    hub, partner, hidden, *_others = bodies
    registry.add(FieldGrade(organisation_id=hidden.id, field="projects", grade=Grade.CLOSED))
    together(registry, hub, partner, hidden).title_zh = "机构2牵头的联合项目"
    together(registry, hub, partner, year=2020)

    found = read_network(registry, stranger, Filters(), hub.id)

    assert names(found) == ["机构0", "机构1"]
    assert found.ties_of(0)[0][1].projects == 2
    assert found.titles[0, 1] == [("联合项目", "")]


def test_two_steps_reach_the_partners_of_partners(registry, stranger, bodies):
    hub, near, far, farther, _alone = bodies
    together(registry, hub, near)
    together(registry, near, far)
    together(registry, far, farther)

    found = read_network(registry, stranger, Filters(steps=2), hub.id)

    assert dict(zip(names(found), found.rings.ring.tolist(), strict=True)) == {"机构0": 0, "机构1": 1, "机构2": 2}


@pytest.mark.parametrize(
    "filters",
    [Filters(kind=ProjectKind.INVESTMENT), Filters(year=2023), Filters(chain="nev")],
    ids=["kind", "year", "chain"],
)
def test_filters_keep_ties_of_their_kind_year_and_chain(registry, stranger, bodies, filters):
    hub, wanted, other, *_ = bodies
    together(registry, hub, wanted, kind=ProjectKind.INVESTMENT, year=2023, tags=["node:nev-bms"])
    together(registry, hub, other, tags=["node:elsewhere"])

    found = read_network(registry, stranger, filters, hub.id)

    assert names(found) == ["机构0", "机构1"]


def test_who_keeps_its_projects_back_stands_in_nobodys_network(registry, stranger, officer, bodies):
    hub, hidden, open_one, *_ = bodies
    together(registry, hub, hidden, open_one)
    registry.add(FieldGrade(organisation_id=hidden.id, field="projects", grade=Grade.CONDITIONAL))
    registry.flush()

    for actor in (stranger, officer):
        assert names(read_network(registry, actor, Filters(), hub.id)) == ["机构0", "机构2"]
        assert read_network(registry, actor, Filters(), hidden.id).ties == []
        assert set(names(read_network(registry, actor, Filters()))) == {"机构0", "机构2"}


def test_organisations_that_are_closed_are_not_drawn(registry, stranger, bodies):
    hub, closed, *_ = bodies
    together(registry, hub, closed)
    closed.state = OrganisationState.CLOSED
    registry.flush()

    assert read_network(registry, stranger, Filters(), hub.id).ties == []
    with pytest.raises(NotFound):
        read_network(registry, stranger, Filters(), closed.id)


def test_more_than_can_be_read_are_left_out_and_counted(registry, stranger):
    hub = make.organisation(registry)
    partners = [make.organisation(registry) for _ in range(MOST_SHOWN + 7)]
    for one in partners:
        together(registry, hub, one)

    found = read_network(registry, stranger, Filters(), hub.id)

    assert (len(found.members), found.left_out) == (MOST_SHOWN + 1, 7)


def test_nobody_at_all_is_no_error(registry, stranger, bodies):
    assert read_network(registry, stranger, Filters()).members == []
    assert names(read_network(registry, stranger, Filters(), bodies[0].id)) == ["机构0"]
    assert list_years(registry) == []


def test_a_visitor_sees_no_network(registry):
    with pytest.raises(NotAllowed):
        read_network(registry, VISITOR, Filters())


def weights(count, seed=1):
    dice = np.random.default_rng(seed)
    found = np.triu(dice.integers(0, 3, (count, count)).astype(float), 1)
    return found + found.T


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 17, 40])
def test_all_stand_at_places_of_their_own_and_the_same_each_time(count):
    rings = around(weights(count))

    places = rings.places((0.0, 100.0))
    assert np.array_equal(places, around(weights(count)).places((0.0, 100.0)))
    assert len({(round(x, 3), round(y, 3)) for x, y in places}) == count


def test_those_who_are_tied_stand_side_by_side():
    two_groups = np.kron(np.eye(2), np.ones((6, 6)))
    order = np.random.default_rng(3).permutation(12)

    angle = around(two_groups[np.ix_(order, order)]).angle

    group = (order >= 6)[np.argsort(angle)]
    assert int((group != np.roll(group, 1)).sum()) == 2


def test_far_partners_stand_near_whom_they_hang_on():
    ring = np.array([0, 1, 1, 1, 1, 2, 2, 2, 2])
    weight = np.zeros((9, 9))
    for near, far in ((1, 7), (2, 5), (3, 8), (4, 6)):
        weight[near, far] = weight[far, near] = 1

    angle = from_middle(weight, ring).angle

    for near, far in ((1, 7), (2, 5), (3, 8), (4, 6)):
        assert abs(np.angle(np.exp(1j * (angle[near] - angle[far])))) < np.pi / 4
