"""Certifications held against their evidence: what counts on a day, what a check changes, the queue."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from matchmaker.errors import InvalidInput, NotAllowed, Stale
from matchmaker.services import credentials
from matchmaker.services.actors import Actor
from matchmaker.services.calendar import today
from matchmaker.services.certifications import checking, queue
from matchmaker.services.certifications.checking import Finding, proposed_end
from matchmaker.services.certifications.queue import Part
from matchmaker.services.certifications.standing import counts_on, standing_on
from matchmaker.services.credentials import CertificationDraft, CertificationProof
from models.audit import AuditEntry
from models.base import new_id
from models.enums import CheckOutcome
from models.organisations import Certification
from models.taxonomy import CertificationScheme
from tests import records as make

PROOF = {"issuer": "重庆市科学技术局", "number": "GR202351100001", "issued_on": date(2025, 3, 1)}
VERIFIED = Finding(outcome=CheckOutcome.VERIFIED, held_against="2025年第一批认定名单第17号")
MORE = Finding(outcome=CheckOutcome.MORE_ASKED, note="请附证书编号")
REFUSED = Finding(outcome=CheckOutcome.REFUSED, note="名单中没有贵单位")


@pytest.fixture
def sme(registry):
    return make.organisation(registry)


@pytest.fixture
def owner(registry, sme):
    return make.member(registry, sme)


@pytest.fixture
def held(registry, sme, owner):
    draft = CertificationDraft(scheme_code="high-tech", **PROOF, valid_until=today() + timedelta(days=400))
    certification = credentials.add_certification(registry, owner, sme, draft)
    registry.flush()
    return certification


def check(registry, actor, held, finding):
    return checking.check(registry, actor, held, finding, seen_version=held.version)


def parts_of(registry, officer):
    found = {part: queue.list_part(registry, officer, part) for part in Part}
    assert {part: queue.count_part(registry, officer, part) for part in Part} == {
        part: page.total for part, page in found.items()
    }
    return {part for part, page in found.items() if page.items}


@pytest.mark.parametrize(
    ("until", "holds", "ends_soon"),
    [(None, None, False), (0, True, True), (90, True, True), (91, True, False), (-1, False, False)],
)
def test_a_certification_holds_through_its_last_day(until, holds, ends_soon):
    day = date(2026, 11, 22)
    last_day = None if until is None else day + timedelta(days=until)
    one = Certification(organisation_id=new_id(), scheme_code="high-tech", valid_until=last_day)

    standing = standing_on(one, day)

    assert (standing.holds, standing.ends_soon, standing.counts) == (holds, ends_soon, False)


def test_only_what_is_verified_and_not_over_counts_and_tables_say_the_same(registry, officer, sme, held):
    def counts():
        in_tables = set(registry.exec(select(Certification.id).where(counts_on(today()))))
        assert in_tables == ({held.id} if standing_on(held, today()).counts else set())
        return bool(in_tables)

    assert not counts()
    check(registry, officer, held, VERIFIED)
    assert counts()
    held.valid_until = today() - timedelta(days=1)
    registry.flush()
    assert not counts()


def test_a_new_certification_waits_and_a_verified_one_does_not(registry, officer, held):
    assert parts_of(registry, officer) == {Part.TO_CHECK}

    noted = check(registry, officer, held, VERIFIED)

    assert parts_of(registry, officer) == {Part.VERIFIED}
    assert (noted.held_against, noted.checked_by) == (VERIFIED.held_against, officer.user_id)
    (entry,) = registry.exec(select(AuditEntry).where(AuditEntry.action == "certification.check")).all()
    assert entry.changes["outcome"] == "verified"


def test_the_latest_check_counts(registry, officer, held):
    check(registry, officer, held, VERIFIED)

    check(registry, officer, held, REFUSED)

    assert held.verified_at is None
    assert parts_of(registry, officer) == {Part.REFUSED}


def test_evidence_that_was_asked_for_brings_it_back_into_the_queue(registry, officer, owner, sme, held):
    check(registry, officer, held, MORE)
    assert parts_of(registry, officer) == {Part.ASKED}
    assert queue.last_checks(registry, [held])[held.id].note == MORE.note

    proof = CertificationProof(**PROOF, valid_until=held.valid_until, evidence="公告 https://example.com/17")
    credentials.update_certification(registry, owner, sme, held, proof)

    assert parts_of(registry, officer) == {Part.TO_CHECK}
    assert queue.last_checks(registry, [held]) == {}
    assert len(queue.list_checks(registry, held)) == 1


@pytest.mark.parametrize(
    ("changed", "stays"),
    [
        ({"evidence": "公告第17号"}, True),
        ({"number": "GR202351100002"}, False),
        ({"issuer": "科技部"}, False),
        ({"issued_on": date(2025, 3, 2)}, False),
        ({"valid_until": None}, False),
    ],
)
def test_an_edit_of_what_was_checked_takes_the_verification_away(registry, officer, owner, sme, held, changed, stays):
    check(registry, officer, held, VERIFIED)

    proof = CertificationProof(**{**PROOF, "valid_until": held.valid_until, **changed})
    credentials.update_certification(registry, owner, sme, held, proof)

    assert (held.verified_at is not None) is stays


def test_the_end_is_proposed_from_the_years_of_the_scheme(registry, officer, held):
    scheme = registry.get_one(CertificationScheme, "high-tech")
    scheme.valid_years = 3
    held.valid_until = None

    end = proposed_end(held, scheme)
    checking.check(
        registry,
        officer,
        held,
        Finding(outcome=CheckOutcome.VERIFIED, held_against="名单", valid_until=end),
        seen_version=held.version,
    )

    assert (end, held.valid_until) == (date(2028, 3, 1), date(2028, 3, 1))
    scheme.valid_years, held.valid_until = None, None
    assert proposed_end(held, scheme) is None


@pytest.mark.parametrize(
    ("finding", "field"),
    [
        (Finding(outcome=CheckOutcome.VERIFIED), "held_against"),
        (Finding(outcome=CheckOutcome.MORE_ASKED, held_against="名单"), "note"),
        (Finding(outcome=CheckOutcome.REFUSED), "note"),
        (Finding(outcome=CheckOutcome.VERIFIED, held_against="名单", valid_until=date(2020, 1, 1)), "valid_until"),
    ],
)
def test_a_check_says_what_it_was_held_against_or_why(registry, officer, held, finding, field):
    with pytest.raises(InvalidInput) as refused:
        check(registry, officer, held, finding)

    assert refused.value.field == field
    assert held.verified_at is None


def test_nobody_verifies_the_own_organisation_and_owners_verify_nothing(registry, officer, owner, held):
    inside = Actor(user_id=officer.user_id, roles=officer.roles, memberships=owner.memberships)

    with pytest.raises(InvalidInput):
        check(registry, inside, held, VERIFIED)
    with pytest.raises(NotAllowed):
        check(registry, owner, held, VERIFIED)


def test_a_check_of_what_has_changed_since_is_refused_with_the_difference(registry, officer, owner, sme, held):
    seen = held.version
    proof = CertificationProof(**{**PROOF, "number": "GR1"}, valid_until=held.valid_until)
    credentials.update_certification(registry, owner, sme, held, proof)

    with pytest.raises(Stale) as conflict:
        checking.check(registry, officer, held, VERIFIED, seen_version=seen)

    assert conflict.value.differences == {"number": ("GR1", PROOF["number"])}


def test_what_ends_soon_and_what_is_over_are_listed_by_their_day(registry, officer, sme, held):
    held.valid_until = today() + timedelta(days=90)
    over = Certification(organisation_id=sme.id, scheme_code="high-tech", valid_until=today() - timedelta(days=1))
    long_over = Certification(
        organisation_id=sme.id, scheme_code="high-tech", valid_until=today() - timedelta(days=366)
    )
    registry.add_all([over, long_over])
    registry.flush()

    ending, past = (queue.list_part(registry, officer, part) for part in (Part.ENDING, Part.OVER))

    assert [one.certification.id for one in ending.items] == [held.id]
    assert [one.certification.id for one in past.items] == [over.id]
