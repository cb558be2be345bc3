from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlmodel import Session, select

from matchmaker.errors import NotAllowed
from matchmaker.services.actors import PLATFORM, VISITOR
from matchmaker.services.imports.checking import state_of_registry
from matchmaker.services.imports.drafts import CHUNK
from matchmaker.services.imports.judging import find_uses
from matchmaker.services.imports.previews import preview
from matchmaker.services.imports.problems import ImportRefused
from matchmaker.services.imports.tables import KINDS
from matchmaker.services.imports.undoing import foresee, undo
from models.audit import AuditEntry
from models.base import utc_now
from models.enums import ImportState, OrganisationKind
from models.funds import Mandate
from models.offers import OfferCapability
from models.organisations import Organisation, OrganisationNode
from tests.factories import make_offer, make_organisation
from tests.import_tables import add_reference, import_rows, make_table

ORGANISATIONS = "中文名称|英文名称|类型|信用代码|员工人数"
FUNDS = "基金名称|投资方案中文名称|单笔上限|投资阶段|投资领域"
OFFERS = "所属单位|标题|合作类型|能力"


@pytest.fixture
def registry(session: Session) -> Session:
    """A session on a registry with reference data and nobody in it."""
    add_reference(session)
    session.commit()
    return session


def codes(plan):
    return [(problem.row, problem.code) for problem in plan.problems]


def only(session, model):
    return session.exec(select(model)).one()


def test_undo_removes_what_was_made_and_restores_what_was_changed(registry):
    registry.add(make_organisation(name_zh="甲公司", name_en="", staff=5))
    registry.flush()
    registry.add(OrganisationNode(organisation_id=only(registry, Organisation).id, node_code="battery"))
    registry.commit()
    batch = import_rows(
        registry,
        "organisations",
        "中文名称|类型|员工人数|产业链环节",
        ["甲公司", "实验室", "9", "智能座舱"],
        ["乙公司", "SME", "1", ""],
    )
    registry.commit()

    report = undo(registry, PLATFORM, batch.id)

    organisation = only(registry, Organisation)
    assert (report.removed, report.restored, report.kept) == (1, 1, ())
    assert (organisation.name_zh, organisation.staff, organisation.kind) == ("甲公司", 5, OrganisationKind.SME)
    assert only(registry, OrganisationNode).node_code == "battery"
    assert batch.state == ImportState.UNDONE


def test_undo_leaves_a_field_that_somebody_has_changed_since_and_says_so(registry):
    registry.add(make_organisation(name_zh="甲公司", staff=5, address="旧"))
    registry.commit()
    batch = import_rows(registry, "organisations", "中文名称|员工人数|地址", ["甲公司", "9", "新"])
    only(registry, Organisation).staff = 12
    registry.commit()

    report = undo(registry, PLATFORM, batch.id)

    organisation = only(registry, Organisation)
    assert (organisation.staff, organisation.address) == (12, "旧")
    assert [(kept.reason, kept.fields) for kept in report.kept] == [("changed_since", ("staff",))]


def test_undo_keeps_an_organisation_on_which_something_hangs_by_now(registry):
    organisations = import_rows(registry, "organisations", ORGANISATIONS, ["甲公司", "", "SME", "", "5"])
    offers = import_rows(registry, "offers", OFFERS, ["甲公司", "标题", "供应", "HUD"])
    registry.commit()

    kept = undo(registry, PLATFORM, organisations.id).kept
    removed = undo(registry, PLATFORM, offers.id).removed

    assert [(item.reason, item.fields) for item in kept] == [("in_use", ("offers",))]
    assert removed == 1
    assert registry.exec(select(OfferCapability)).all() == []


def test_a_fund_goes_with_its_mandate_when_its_import_is_undone(registry):
    batch = import_rows(registry, "funds", FUNDS, ["云岭基金", "", "200万", "种子轮", "智能座舱"])
    registry.commit()

    report = undo(registry, PLATFORM, batch.id)

    assert (report.removed, report.kept) == (2, ())
    assert registry.exec(select(Organisation)).all() == []


def test_what_was_worked_out_before_a_fund_changed_its_mandate_no_longer_holds(registry):
    import_rows(registry, "funds", FUNDS, ["云岭基金", "", "200万", "种子轮", "智能座舱"])
    registry.commit()
    mark = state_of_registry(registry)
    assert state_of_registry(registry) == mark

    only(registry, Mandate).ticket_high = 3_000_000.0  # by the fund's own hand, past the record of the organisation
    registry.flush()

    assert state_of_registry(registry) != mark


def test_an_import_is_undone_only_once(registry):
    batch = import_rows(registry, "organisations", ORGANISATIONS, ["甲公司", "", "SME", "", "5"])
    undo(registry, PLATFORM, batch.id)

    with pytest.raises(ImportRefused, match="undone already"):
        undo(registry, PLATFORM, batch.id)


def test_a_file_may_be_imported_again_after_it_was_undone(registry):
    row = ["甲公司", "", "SME", "", "5"]
    undo(registry, PLATFORM, import_rows(registry, "organisations", ORGANISATIONS, row).id)

    assert import_rows(registry, "organisations", ORGANISATIONS, row).created == 1


def test_each_import_and_each_undo_leaves_one_audit_row(registry):
    batch = import_rows(registry, "organisations", ORGANISATIONS, ["甲公司", "", "SME", "", "5"])
    undo(registry, PLATFORM, batch.id)

    entries = registry.exec(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [entry.action for entry in entries] == ["import.apply", "import.undo"]
    assert {entry.subject_id for entry in entries} == {str(batch.id)}


def test_an_import_moves_the_clock_of_the_organisation_so_that_the_index_reads_it_again(registry):
    long_ago = utc_now() - timedelta(days=9)
    registry.add(make_organisation(name_zh="甲公司", changed_at=long_ago))
    registry.commit()
    version = only(registry, Organisation).version

    import_rows(registry, "offers", OFFERS, ["甲公司", "标题", "供应", "HUD"])
    registry.expire_all()

    assert only(registry, Organisation).changed_at > long_ago + timedelta(days=8)
    assert only(registry, Organisation).version == version


def test_a_stranger_may_neither_preview_nor_undo_an_import(registry):
    with pytest.raises(NotAllowed):
        preview(registry, VISITOR, make_table("name|kind", ["x", "SME"]), "organisations")
    with pytest.raises(NotAllowed):
        undo(registry, VISITOR, uuid4())


def test_only_the_undo_itself_holds_the_batch_and_a_look_ahead_does_not(registry):
    batch = import_rows(registry, "organisations", ORGANISATIONS, ["甲公司", "", "SME", "", "5"])
    registry.commit()
    said: list[str] = []

    def note(executed):
        said.append(str(executed.statement.compile(dialect=postgresql.dialect())))

    sa.event.listen(registry, "do_orm_execute", note)

    foresee(registry, PLATFORM, batch.id)
    looked = [one for one in said if "FOR UPDATE" in one]
    undo(registry, PLATFORM, batch.id)

    assert said
    assert looked == []
    assert any("FOR UPDATE" in one for one in said)


def test_who_uses_a_thousand_records_is_asked_in_statements_that_any_database_takes(registry):
    organisations = [make_organisation(name_zh=f"公司{number}") for number in range(2 * CHUNK + 60)]
    registry.add_all(organisations)
    registry.flush()
    registry.add_all(make_offer(one) for one in organisations)
    registry.commit()
    wanted = {one.id for one in organisations[: 2 * CHUNK + 50]}
    most: list[int] = []

    def note(connection, cursor, statement, parameters, context, executemany):
        most.append(len(parameters))

    sa.event.listen(registry.connection(), "before_cursor_execute", note)

    uses = find_uses(registry, KINDS["organisations"].parts[0], wanted, {})

    assert set(uses) == wanted
    assert max(most) <= CHUNK + 1
