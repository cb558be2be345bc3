"""A table may bring newer facts; what people have checked and published on the older ones is not lost."""

from datetime import date

import pytest
import sqlalchemy as sa
from sqlmodel import Session, select

from matchmaker.services.actors import PLATFORM
from matchmaker.services.certifications import checking, queue
from matchmaker.services.certifications.checking import Finding
from matchmaker.services.imports.applying import lay_out, write_all
from matchmaker.services.imports.undoing import undo
from matchmaker.services.mandates import editions
from models.audit import AuditEntry
from models.enums import CheckOutcome, Grade
from models.funds import Mandate
from models.organisations import Certification, Organisation
from models.registry import CertificationCheck
from models.taxonomy import CertificationScheme, FieldGradeDefault
from tests.import_tables import add_reference, import_rows, plan_rows

FIRMS = "中文名称|类型|资质认定"
FUNDS = "基金名称|单笔下限|单笔上限|投资阶段|核实日期"


@pytest.fixture
def registry(session: Session) -> Session:
    add_reference(session)
    scheme = CertificationScheme(
        code="little-giant", name_zh="小巨人", name_en="Little giant", ladder="firm", rank=5, source="test"
    )
    session.add_all([scheme, FieldGradeDefault(field="certifications", grade=Grade.OPEN, source="test")])
    session.commit()
    return session


def only(session, model):
    return session.exec(select(model)).one()


def held(session, scheme: str) -> Certification:
    return session.exec(select(Certification).where(Certification.scheme_code == scheme)).one()


def verify(session, certification) -> CertificationCheck:
    found = Finding(outcome=CheckOutcome.VERIFIED, held_against="名单")
    return checking.check(session, PLATFORM, certification, found, seen_version=certification.version)


@pytest.fixture
def verified(registry):
    """A firm with two certifications, the first of them verified by what its owner has added to the table."""
    import_rows(registry, "organisations", FIRMS, ["甲公司", "SME", "高新技术企业:2037-11; 小巨人:2036-12"])
    certification = held(registry, "high-tech")
    certification.evidence, certification.number = "https://example.com/list", "GR2024"
    registry.flush()
    verify(registry, certification)
    registry.commit()
    return certification.id


def test_a_contradicted_certification_waits_again_and_keeps_its_check_its_evidence_and_its_key(registry, verified):
    import_rows(registry, "organisations", FIRMS, ["甲公司", "SME", "高新技术企业:2038-11"])

    certification = held(registry, "high-tech")
    doubt = registry.exec(select(AuditEntry).where(AuditEntry.action == "certification.doubt")).one()
    assert (certification.id, certification.number, certification.evidence) == (
        verified,
        "GR2024",
        "https://example.com/list",
    )
    assert [check.held_against for check in queue.list_checks(registry, certification)] == ["名单"]
    assert doubt.changes["valid_until"] == ["2037-11-30", "2038-11-30"]
    assert doubt.subject_id == str(verified)
    waiting = queue.list_part(registry, PLATFORM, queue.Part.TO_CHECK).items
    assert {one.certification.scheme_code for one in waiting} == {"high-tech", "little-giant"}


def test_a_certification_that_a_table_does_not_name_stays(registry, verified):
    import_rows(registry, "organisations", FIRMS, ["甲公司", "SME", "小巨人:2039-12"])

    assert held(registry, "high-tech").verified_at is not None
    assert held(registry, "little-giant").valid_until == date(2039, 12, 31)


def test_undo_brings_a_contradicted_verification_back_with_its_check(registry, verified):
    batch = import_rows(registry, "organisations", FIRMS, ["甲公司", "SME", "高新技术企业:2038-11"])

    report = undo(registry, PLATFORM, batch.id)

    certification = held(registry, "high-tech")
    assert report.restored == 1
    assert (certification.valid_until, certification.verified_at is not None) == (date(2037, 11, 30), True)
    assert queue.last_checks(registry, [certification])[verified].outcome is CheckOutcome.VERIFIED


def test_undo_leaves_what_an_officer_has_looked_at_since(registry):
    batch = import_rows(registry, "organisations", FIRMS, ["甲公司", "SME", "高新技术企业:2037-11"])
    certification = only(registry, Certification)
    more = Finding(outcome=CheckOutcome.MORE_ASKED, note="请上传证书")
    checking.check(registry, PLATFORM, certification, more, seen_version=certification.version)
    registry.commit()

    report = undo(registry, PLATFORM, batch.id)

    assert [(one.reason, one.fields) for one in report.kept] == [("changed_since", ("certifications",))]
    assert only(registry, CertificationCheck).note == "请上传证书"


def test_a_table_that_changes_published_terms_makes_an_edition_and_so_does_taking_it_back(registry):
    import_rows(registry, "funds", FUNDS, ["云岭基金", "50万", "200万", "种子轮", "2026-01-01"])
    batch = import_rows(registry, "funds", FUNDS, ["云岭基金", "50万", "300万", "种子轮", "2026-09-01"])

    undo(registry, PLATFORM, batch.id)

    mandate = only(registry, Mandate)
    found = editions.list_editions(registry, mandate)
    assert [(one.number, one.terms["ticket_high"]) for one in found] == [(3, 2e6), (2, 3e6), (1, 2e6)]
    assert "test.csv" in found[0].note
    assert mandate.edition == 3


def test_a_table_that_changes_no_term_makes_no_edition(registry):
    import_rows(registry, "funds", FUNDS, ["云岭基金", "50万", "200万", "种子轮", "2026-01-01"])

    import_rows(registry, "funds", FUNDS, ["云岭基金", "50万", "200万", "种子轮", "2026-09-01"])

    assert only(registry, Mandate).edition == 1


def test_undo_keeps_a_mandate_that_its_fund_has_published_since(registry):
    batch = import_rows(registry, "funds", FUNDS, ["云岭基金", "50万", "200万", "种子轮", "2026-01-01"])
    mandate = only(registry, Mandate)
    mandate.edition += 1
    registry.commit()

    report = undo(registry, PLATFORM, batch.id)

    assert ("mandates", "changed_since", ("edition",)) in [
        (one.record_type, one.reason, one.fields) for one in report.kept
    ]
    assert registry.exec(select(Organisation)).all() != []


def statements_for(session: Session, *rows: list[str]) -> int:
    sent: list[str] = []
    engine = session.get_bind().engine

    def note(_connection, _cursor, statement, _parameters, _context, _many):
        sent.append(statement)

    plan = lay_out(plan_rows(session, "organisations", FIRMS, *rows))
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        write_all(session, PLATFORM, plan)
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    return len(sent)


def firms(low: int, high: int) -> list[list[str]]:
    return [[f"甲{n}公司", "SME", "小巨人:2039-12"] for n in range(low, high)]


def test_others_wait_for_as_many_statements_whether_a_table_has_ten_rows_or_two_hundred(registry):
    few = statements_for(registry, *firms(0, 10))

    assert statements_for(registry, *firms(10, 210)) == few
