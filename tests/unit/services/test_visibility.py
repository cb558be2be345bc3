"""Every field, at every grade, for every kind of person."""

from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from matchmaker.errors import InvalidInput, NotAllowed
from matchmaker.services import credentials, visibility
from matchmaker.services.actors import PLATFORM, VISITOR, Actor
from matchmaker.services.calendar import today
from matchmaker.services.credentials import CertificationDraft
from matchmaker.services.visibility import FIELDS, NEVER_OPEN, Hidden, Shown, Unknown
from models.audit import AuditEntry
from models.base import utc_now
from models.enums import DeclineReason, DossierState, Grade, MembershipRole, OrganisationKind, PlatformRole, RoundState
from models.organisations import FieldGrade, Organisation
from models.rounds import Dossier, FieldGrant
from models.taxonomy import FieldGradeDefault
from tests import records as make
from tests.factories import make_mandate, make_round

ROOT = Path(__file__).parents[3]
FILLED = {
    "contact_name": "王工",
    "contact_email": "wang@example.com",
    "contact_phone": "023-63000000",
    "staff": 40,
    "rd_ratio": 0.08,
    "summary_zh": "做座舱域控制器",
    "website": "https://example.com",
}
INSIDE = {"owner", "editor", "viewer", "officer", "platform"}


@pytest.fixture
def stage(registry):
    """An organisation with every kind of person around it."""
    sme, rival = make.organisation(registry, **FILLED), make.organisation(registry)
    people = {role.value: make.member(registry, sme, role=role) for role in MembershipRole}
    people |= {
        "rival": make.member(registry, rival),
        "newcomer": Actor(user_id=make.person(registry).id),
        "officer": make.officer(registry),
        "administrator": Actor(user_id=make.person(registry).id, roles=frozenset({PlatformRole.ADMINISTRATOR})),
        "auditor": Actor(user_id=make.person(registry).id, roles=frozenset({PlatformRole.AUDITOR})),
        "platform": PLATFORM,
    }
    registry.commit()
    return registry, sme, people


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(field=st.sampled_from(FIELDS), grade=st.sampled_from(list(Grade)), kind=st.data())
def test_a_field_is_shown_exactly_to_those_whom_its_grade_admits(stage, field, grade, kind):
    session, sme, people = stage
    name = kind.draw(st.sampled_from(sorted(people)))
    session.merge(FieldGradeDefault(field=field, grade=grade, source="test"))
    session.flush()

    view = visibility.profile_for(session, people[name], sme)[field]

    effective = Grade.CONDITIONAL if grade is Grade.OPEN and field in NEVER_OPEN else grade
    may_see = name in INSIDE or effective is Grade.OPEN
    assert isinstance(view, (Shown, Unknown)) if may_see else view == Hidden(effective)
    session.rollback()


def test_a_hidden_field_looks_the_same_filled_or_empty(registry):
    filled, empty = make.organisation(registry, **FILLED), make.organisation(registry)
    stranger = Actor(user_id=make.person(registry).id)

    views = [visibility.profile_for(registry, stranger, one) for one in (filled, empty)]

    for field in ("contact_name", "contact_email", "contact_phone", "rd_ratio"):
        assert views[0][field] == views[1][field]
        assert views[0].value(field) is None


def test_unknown_is_not_hidden_and_not_zero(registry):
    sme = make.organisation(registry, capacity=0)
    view = visibility.profile_for(registry, make.member(registry, sme), sme)

    assert view["capacity"] == Shown(0)
    assert view["staff"] == Unknown()


def test_a_visitor_sees_no_profile(registry):
    with pytest.raises(NotAllowed):
        visibility.profile_for(registry, VISITOR, make.organisation(registry))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    field=st.sampled_from([*FIELDS, "name_zh"]), usual=st.sampled_from(Grade), own=st.none() | st.sampled_from(Grade)
)
def test_the_condition_opens_to_everybody_what_the_grade_opens(stage, field, usual, own):
    session, sme, _people = stage
    other = make.organisation(session)
    session.merge(FieldGradeDefault(field=field, grade=usual, source="test"))
    if own:
        session.add(FieldGrade(organisation_id=sme.id, field=field, grade=own))
    session.flush()

    found = session.exec(select(Organisation.id).where(visibility.is_open(session, col(Organisation.id), field))).all()

    grades = visibility.grade_of(session, [sme.id, other.id], field)
    assert {one.id for one in (sme, other)} & set(found) == {key for key in grades if grades[key] is Grade.OPEN}
    session.rollback()


def test_a_field_without_a_default_is_open_to_nobody_in_tables_too(registry):
    sme = make.organisation(registry)
    registry.delete(registry.get(FieldGradeDefault, "staff"))
    registry.flush()

    found = select(Organisation.id).where(visibility.is_open(registry, col(Organisation.id), "staff"))
    assert sme.id not in registry.exec(found).all()


def test_a_field_without_a_default_is_closed(registry):
    sme = make.organisation(registry, **FILLED)
    registry.delete(registry.get(FieldGradeDefault, "staff"))
    registry.flush()

    assert visibility.grades_of(registry, sme.id)["staff"] is Grade.CLOSED
    assert visibility.grade_of(registry, [sme.id], "staff") == {sme.id: Grade.CLOSED}


def test_an_organisation_sets_a_grade_of_its_own(registry):
    sme, other = make.organisation(registry, **FILLED), make.organisation(registry, **FILLED)
    owner, stranger = make.member(registry, sme), make.member(registry, other)

    visibility.set_grade(registry, owner, sme, "staff", Grade.CLOSED, reason="竞争敏感")

    assert visibility.profile_for(registry, stranger, sme)["staff"] == Hidden(Grade.CLOSED)
    assert visibility.profile_for(registry, owner, sme)["staff"] == Shown(40)
    assert visibility.grade_of(registry, [sme.id, other.id], "staff") == {sme.id: Grade.CLOSED, other.id: Grade.OPEN}
    changes = {"field": "staff", "grade": ["open", "closed"], "reason": "竞争敏感"}
    assert registry.exec(select(AuditEntry)).one().changes == changes


@pytest.mark.parametrize("field", sorted(NEVER_OPEN))
def test_contact_data_cannot_be_opened(registry, field):
    sme = make.organisation(registry, **FILLED)
    owner = make.member(registry, sme)

    with pytest.raises(InvalidInput, match="grade_not_allowed"):
        visibility.set_grade(registry, owner, sme, field, Grade.OPEN)
    # Not even by a row that came in some other way.
    registry.add(FieldGrade(organisation_id=sme.id, field=field, grade=Grade.OPEN))
    registry.flush()
    assert visibility.grades_of(registry, sme.id)[field] is Grade.CONDITIONAL


def test_a_stranger_sets_no_grade(registry):
    sme, rival = make.organisation(registry), make.organisation(registry)

    with pytest.raises(NotAllowed):
        visibility.set_grade(registry, make.member(registry, rival), sme, "staff", Grade.OPEN)


def test_every_profile_field_has_a_default_grade_in_the_reference_data():
    lines = (ROOT / "seeds/reference/field_grades.csv").read_text().splitlines()[1:]

    assert set(FIELDS) <= {line.split(",")[0] for line in lines}


def test_a_profile_always_says_whom_it_is_about(registry):
    sme = make.organisation(registry, name_en="Liangjiang Drive")
    view = visibility.profile_for(registry, Actor(user_id=make.person(registry).id), sme)

    assert (view.name_zh, view.name_en, view.kind) == (sme.name_zh, "Liangjiang Drive", OrganisationKind.SME)
    assert {f.name for f in fields(view)} >= {"organisation_id", "fields"}


def grant_to(session, sme, fund, *, field, expires_on=None):
    session.add(FieldGrant(organisation_id=sme.id, field=field, grantee_id=fund.id, expires_on=expires_on))
    session.flush()


@pytest.fixture
def dossier(registry):
    """A firm that keeps its R&D ratio back, and a fund with somebody who looks."""
    sme, fund = make.organisation(registry, **FILLED), make.organisation(registry, kind=OrganisationKind.FUND)
    return registry, sme, fund, make.member(registry, fund, role=MembershipRole.VIEWER)


def test_a_grant_shows_one_kept_back_field_to_the_people_of_one_organisation(dossier, stranger):
    session, sme, fund, viewer = dossier
    grant_to(session, sme, fund, field="rd_ratio")

    views = visibility.profile_for(session, viewer, sme)

    assert views["rd_ratio"] == Shown(0.08)
    assert isinstance(views["contact_email"], Hidden)
    assert isinstance(visibility.profile_for(session, stranger, sme)["rd_ratio"], Hidden)


@pytest.mark.parametrize(("days_left", "is_shown"), [(-1, False), (0, True), (30, True)])
def test_a_grant_holds_until_the_end_of_its_last_day(dossier, days_left, is_shown):
    session, sme, fund, viewer = dossier
    grant_to(session, sme, fund, field="rd_ratio", expires_on=today() + timedelta(days=days_left))

    view = visibility.profile_for(session, viewer, sme)["rd_ratio"]

    assert isinstance(view, Shown) is is_shown


def test_what_a_dossier_gives_is_seen_from_the_day_it_is_handed_in_until_it_is_declined(dossier):
    session, sme, fund, viewer = dossier
    seeking, mandate = make_round(sme), make_mandate(fund)
    session.add_all([seeking, mandate])
    session.flush()
    folder = Dossier(round_id=seeking.id, organisation_id=sme.id, mandate_id=mandate.id, fund_id=fund.id)
    session.add(folder)
    session.flush()
    session.add(FieldGrant(organisation_id=sme.id, field="rd_ratio", grantee_id=fund.id, dossier_id=folder.id))

    seen = []
    for state in (DossierState.DRAFT, DossierState.SUBMITTED, DossierState.TAKEN_UP, DossierState.DECLINED):
        folder.state, folder.submitted_at, folder.reason = state, utc_now(), DeclineReason.TERMS
        session.flush()
        seen.append(isinstance(visibility.profile_for(session, viewer, sme)["rd_ratio"], Shown))

    assert seen == [False, True, True, False]


def test_a_grant_of_one_firm_opens_nothing_of_another(dossier):
    session, sme, fund, viewer = dossier
    other = make.organisation(session, **FILLED)
    grant_to(session, sme, fund, field="rd_ratio")

    assert isinstance(visibility.profile_for(session, viewer, other)["rd_ratio"], Hidden)


def test_the_rounds_of_a_profile_are_those_open_today_and_their_figures_stand_apart(dossier):
    session, sme, fund, viewer = dossier
    for field, grade in (("rounds", Grade.OPEN), ("round_figures", Grade.CONDITIONAL)):
        session.merge(FieldGradeDefault(field=field, grade=grade, source="test"))
    now = make_round(sme, valuation=40_000_000.0)
    past = make_round(sme, state=RoundState.CLOSED)
    session.add_all([now, past, make_round(sme, state=RoundState.DRAFT)])
    session.flush()

    before = visibility.profile_for(session, viewer, sme)
    grant_to(session, sme, fund, field="round_figures")
    after = visibility.profile_for(session, viewer, sme)

    assert [one.id for one in before.value("rounds")] == [now.id]
    assert not hasattr(before.value("rounds")[0], "valuation")
    assert isinstance(before["round_figures"], Hidden)
    assert [one.valuation for one in after.value("round_figures")] == [40_000_000.0]


def test_a_kept_back_certification_is_read_in_the_log_by_its_own_people_only(registry):
    firm = make.organisation(registry)
    owner = make.member(registry, firm)
    registry.add(FieldGrade(organisation_id=firm.id, field="certifications", grade=Grade.CLOSED))
    credentials.add_certification(registry, owner, firm, CertificationDraft(scheme_code="high-tech", number="GR1"))
    both = Actor(roles=frozenset({PlatformRole.OFFICER, PlatformRole.AUDITOR}))
    rows = registry.exec(select(AuditEntry).where(AuditEntry.subject_type == "certifications")).all()

    assert "GR1" in str(visibility.seen_changes(registry, owner, rows))
    assert "GR1" not in str(visibility.seen_changes(registry, both, rows))
