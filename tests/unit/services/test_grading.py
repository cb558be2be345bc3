"""Grades that officers change with a reason, and who reads them."""

import pytest
from sqlmodel import select

from matchmaker.errors import InvalidInput, NotAllowed, Stale
from matchmaker.services import grading, visibility
from models.audit import AuditEntry
from models.enums import Grade
from tests import records as make


@pytest.fixture
def sme(registry):
    return make.organisation(registry)


@pytest.fixture
def owner(registry, sme):
    return make.member(registry, sme)


def line_of(registry, actor, sme, field):
    return next(line for line in grading.list_lines(registry, actor, sme) if line.field == field)


def test_an_officer_changes_a_grade_with_a_reason_that_the_organisation_reads(registry, officer, owner, sme):
    grading.change_grade(registry, officer, sme, "staff", Grade.CLOSED, reason="涉及保密项目", seen=Grade.OPEN)

    line = line_of(registry, owner, sme, "staff")
    assert (line.grade, line.default, line.differs) == (Grade.CLOSED, Grade.OPEN, True)
    (change,) = grading.list_changes_by_officers(registry, owner, sme)
    assert (change.before, change.after, change.reason) == (Grade.OPEN, Grade.CLOSED, "涉及保密项目")
    assert change.person is not None
    assert change.person.id == officer.user_id


def test_what_its_own_people_set_is_told_apart(registry, officer, owner, sme):
    visibility.set_grade(registry, owner, sme, "staff", Grade.CONDITIONAL)

    line = line_of(registry, officer, sme, "staff")

    assert line.last is not None
    assert line.last.is_of_the_organisation
    assert grading.list_changes_by_officers(registry, owner, sme) == []
    assert [one.id for one in grading.list_graded(registry, officer).items] == [sme.id]


def test_no_reason_no_change(registry, officer, sme):
    with pytest.raises(InvalidInput) as refused:
        grading.change_grade(registry, officer, sme, "staff", Grade.CLOSED, reason="")

    assert (refused.value.code, refused.value.field) == ("reason_missing", "reason")
    assert registry.exec(select(AuditEntry)).all() == []


def test_contact_data_is_never_opened_to_everybody(registry, officer, sme):
    with pytest.raises(InvalidInput) as refused:
        grading.change_grade(registry, officer, sme, "contact_phone", Grade.OPEN, reason="方便联系")

    assert refused.value.code == "grade_not_allowed"


def test_a_grade_that_somebody_else_has_changed_since_is_not_overwritten(registry, officer, owner, sme):
    visibility.set_grade(registry, owner, sme, "staff", Grade.CONDITIONAL)

    with pytest.raises(Stale) as conflict:
        grading.change_grade(registry, officer, sme, "staff", Grade.CLOSED, reason="保密", seen=Grade.OPEN)

    assert conflict.value.differences == {"grade": (Grade.CONDITIONAL, Grade.CLOSED)}


def test_others_neither_read_nor_change_grades(registry, stranger, owner, sme):
    for refused in (
        lambda: grading.list_lines(registry, stranger, sme),
        lambda: grading.list_changes_by_officers(registry, stranger, sme),
        lambda: grading.change_grade(registry, owner, sme, "staff", Grade.CLOSED, reason="保密"),
        lambda: grading.list_graded(registry, owner),
    ):
        with pytest.raises(NotAllowed):
            refused()


def test_an_organisation_is_found_by_a_part_of_its_name(registry, officer, sme):
    assert [one.id for one in grading.list_graded(registry, officer, named=sme.name_zh[2:6]).items] == [sme.id]
    assert grading.list_graded(registry, officer, named="100%").items == []
