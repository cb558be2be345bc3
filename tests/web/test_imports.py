"""A table handed in on the page: columns named, rows checked and taken in by jobs, taken back within a day."""

from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from sqlmodel import Session, select

from matchmaker.jobs import running
from matchmaker.services import accounts
from matchmaker.services.imports import uploads
from matchmaker.worker.kinds import KINDS
from models.accounts import Role
from models.base import utc_now
from models.enums import Grade, ImportState, JobState, PlatformRole, UploadState
from models.jobs import ImportBatch, Job
from models.organisations import Organisation
from models.registry import ColumnMapping, ImportUpload
from models.taxonomy import FieldGradeDefault
from tests.factories import make_organisation, make_user
from tests.import_tables import add_reference, as_csv
from tests.web.conftest import post

HEADER = ["企业名称", "类型", "信用代码", "职工", "备注"]
GOOD = ["重庆云岭智能座舱有限公司", "中小企业", "91500000MA5U4T9X1U", "126", "老客户"]
BAD = ["重庆某某公司", "中小企业", "", "很多", ""]


@pytest.fixture
def officer(session: Session):
    add_reference(session)
    user = make_user(PlatformRole.OFFICER)
    session.add(user)
    session.commit()
    return user


@pytest.fixture
def desk(sign_in, officer):
    return sign_in(officer)


def table(*rows: list[str], encoding: str = "utf-8") -> bytes:
    return as_csv([HEADER, *rows]).encode(encoding)


def hand_in(desk, content: bytes, *, name: str = "企业名单.csv", kind: str = "organisations"):
    return post(desk, "/officer/imports", {"kind": kind, "file": (BytesIO(content), name)})


def work_off(instance, session: Session) -> list[JobState]:
    """Carry out all that waits, as a worker does; how each ended."""
    session.rollback()
    waiting = session.exec(select(Job.id, Job.handover).where(Job.state == JobState.QUEUED)).all()
    session.rollback()
    for job_id, handover in waiting:
        running.carry_out(instance, KINDS, job_id, handover, worker="test")
    ended = [session.get_one(Job, job_id).state for job_id, _ in waiting]
    session.rollback()
    return ended


def name_columns(desk, url: str, *fields: str):
    return post(desk, f"{url}/columns", {f"column_{place}": field for place, field in enumerate(fields)})


FIELDS = ("name_zh", "kind", "uscc", "staff", "")


def brought_to_preview(desk, instance, session, *rows: list[str]) -> str:
    url = hand_in(desk, table(*rows)).headers["Location"]
    assert name_columns(desk, url, *FIELDS).status_code == 302
    work_off(instance, session)
    return url


def only_upload(session: Session) -> ImportUpload:
    return session.exec(select(ImportUpload).execution_options(populate_existing=True)).one()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_columns_are_proposed_by_their_headers_in_any_encoding(desk, session, encoding):
    response = hand_in(desk, table(GOOD, encoding=encoding))

    page = desk.get(response.headers["Location"])
    assert "企业名称" in page.text
    assert '<option selected value="name_zh">' in page.text
    assert '<option selected value="uscc">' in page.text
    assert only_upload(session).state is UploadState.UPLOADED


def test_what_a_header_meant_is_remembered_the_next_time(desk, session):
    url = hand_in(desk, table(GOOD)).headers["Location"]
    name_columns(desk, url, "name_zh", "kind", "uscc", "staff", "")

    again = hand_in(desk, table(GOOD, BAD)).headers["Location"]

    assert session.get_one(ColumnMapping, ("organisations", "职工")).column == "staff"
    assert '<option selected value="staff">' in desk.get(again).text


def test_a_file_that_is_no_table_is_refused_with_its_reason(desk, session):
    for content, name, reason in (
        (b"", "empty.csv", "文件是空的"),
        (b"PK\x03\x04not a zip", "broken.xlsx", "已损坏"),
        (b"\xd0\xcf\x11\xe0old", "old.xls", ".xls"),
        (b"%PDF", "paper.pdf", "既不是"),
    ):
        response = hand_in(desk, content, name=name)

        assert response.status_code == 422
        assert reason in response.text
    assert session.exec(select(ImportUpload)).all() == []


def test_the_preview_names_every_bad_row_and_what_would_be_new(desk, instance, session):
    url = brought_to_preview(desk, instance, session, GOOD, BAD)

    page = desk.get(url).text

    assert "很多" in page
    assert "不是数字" in page
    assert "职工" in page
    assert session.exec(select(Organisation)).all() == []
    created = desk.get(url + "?part=created").text
    assert "重庆云岭智能座舱有限公司" in created


def test_a_change_is_shown_field_by_field(desk, instance, session):
    session.add(make_organisation(name_zh=GOOD[0], uscc=GOOD[2], staff=1003))
    session.add(FieldGradeDefault(field="staff", grade=Grade.OPEN, source="test"))
    session.commit()

    url = brought_to_preview(desk, instance, session, GOOD)

    page = desk.get(url).text
    assert "1003" in page
    assert "126" in page
    assert "员工人数" in page


def test_of_a_value_that_is_kept_back_the_preview_tells_only_that_it_would_change(desk, sign_in, instance, session):
    session.add(make_organisation(name_zh=GOOD[0], uscc=GOOD[2], staff=1003))
    session.add(FieldGradeDefault(field="staff", grade=Grade.CLOSED, source="test"))
    administrator = make_user(PlatformRole.ADMINISTRATOR)
    session.add(administrator)
    session.commit()

    url = brought_to_preview(desk, instance, session, GOOD)

    mine = desk.get(url).text
    theirs = sign_in(administrator).get(url).text
    assert "1003" not in mine + theirs
    assert "126" in mine
    assert "126" not in theirs
    assert "1003" not in str(only_upload(session).found)


def test_a_new_row_that_looks_like_a_registered_organisation_is_pointed_out(desk, instance, session):
    session.add(make_organisation(name_zh="重庆云岭智能座舱科技有限公司", uscc=None, staff=100))
    session.commit()

    url = brought_to_preview(desk, instance, session, GOOD)

    page = desk.get(url + "?part=duplicates").text
    assert "重庆云岭智能座舱科技有限公司" in page


def test_the_wrong_rows_are_downloaded_with_reasons_mended_and_handed_in_again(desk, instance, session):
    url = brought_to_preview(desk, instance, session, GOOD, BAD)

    text = desk.get(f"{url}/rows/rows.csv").data.decode("utf-8-sig")
    book = load_workbook(BytesIO(desk.get(f"{url}/rows/rows.xlsx").data))

    header, row = text.splitlines()[:2]
    assert header.startswith("企业名称,类型,信用代码,职工,备注,")
    assert row.startswith("重庆某某公司,中小企业,,很多,,")
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    assert [cell.value for cell in sheet[2]][3] == "很多"
    mended = text.replace("很多", "12").encode()
    again = hand_in(desk, mended, name="mended.csv").headers["Location"]
    name_columns(desk, again, *FIELDS, "")
    work_off(instance, session)
    post(desk, f"{again}/take-in", {"how": "whole"})
    work_off(instance, session)
    assert [one.staff for one in session.exec(select(Organisation))] == [12]


def test_with_a_wrong_row_the_whole_is_refused_and_the_good_rows_come_in_when_asked(desk, instance, session):
    url = brought_to_preview(desk, instance, session, GOOD, BAD)

    refused = post(desk, f"{url}/take-in", {"how": "whole"})
    assert refused.status_code == 422
    post(desk, f"{url}/take-in", {"how": "good_rows"})
    work_off(instance, session)

    assert [one.name_zh for one in session.exec(select(Organisation))] == [GOOD[0]]
    batch = session.exec(select(ImportBatch)).one()
    assert (batch.created, batch.skipped, batch.file_name) == (1, 1, "企业名单.csv")
    assert desk.get(url).headers["Location"].endswith(f"/officer/imports/batches/{batch.id}")


def test_a_table_sent_twice_and_by_two_officers_comes_in_once(desk, sign_in, instance, session):
    url = brought_to_preview(desk, instance, session, GOOD)
    role = session.exec(select(Role).where(Role.name == PlatformRole.OFFICER)).one()
    other = make_user()
    other.roles = [role]
    session.add(other)
    session.commit()
    colleague = sign_in(other)
    for one in (desk, desk, colleague):
        assert post(one, f"{url}/take-in", {"how": "whole"}).status_code == 302
    work_off(instance, session)

    late = post(colleague, f"{url}/take-in", {"how": "whole"})

    assert late.status_code == 422
    assert len(session.exec(select(Organisation)).all()) == 1
    assert len(session.exec(select(ImportBatch)).all()) == 1


def test_an_import_is_taken_back_on_its_page(desk, instance, session):
    url = brought_to_preview(desk, instance, session, GOOD)
    post(desk, f"{url}/take-in", {"how": "whole"})
    work_off(instance, session)
    batch = session.exec(select(ImportBatch)).one()
    page = f"/officer/imports/batches/{batch.id}"
    assert "撤回" in desk.get(page).text

    post(desk, f"{page}/undo")
    work_off(instance, session)

    assert session.exec(select(Organisation)).all() == []
    assert session.exec(select(ImportBatch.state)).one() is ImportState.UNDONE
    assert desk.get(page).status_code == 200


def test_undo_says_before_what_would_stay_and_leaves_it(desk, instance, session):
    url = brought_to_preview(desk, instance, session, GOOD)
    post(desk, f"{url}/take-in", {"how": "whole"})
    work_off(instance, session)
    session.exec(select(Organisation)).one().staff = 200
    session.commit()
    batch = session.exec(select(ImportBatch)).one()

    page = desk.get(f"/officer/imports/batches/{batch.id}").text
    post(desk, f"/officer/imports/batches/{batch.id}/undo")
    work_off(instance, session)

    assert "staff" in page
    assert session.exec(select(Organisation.staff)).one() == 200


def test_after_a_day_an_import_is_not_taken_back_here(desk, instance, session):
    url = brought_to_preview(desk, instance, session, GOOD)
    post(desk, f"{url}/take-in", {"how": "whole"})
    work_off(instance, session)
    batch = session.exec(select(ImportBatch)).one()
    batch.created_at = utc_now() - timedelta(hours=25)
    session.add(batch)
    session.commit()

    assert post(desk, f"/officer/imports/batches/{batch.id}/undo").status_code == 422


def test_the_registry_that_changed_between_look_and_taking_in_is_looked_at_again(desk, instance, session):
    url = brought_to_preview(desk, instance, session, GOOD)
    session.add(make_organisation(name_zh=GOOD[0], uscc=GOOD[2], staff=1))
    session.commit()

    post(desk, f"{url}/take-in", {"how": "whole"})
    work_off(instance, session)

    batch = session.exec(select(ImportBatch)).one()
    assert (batch.created, batch.updated) == (0, 1)
    assert session.exec(select(Organisation.staff)).one() == 126


def test_who_has_lost_the_right_meanwhile_takes_nothing_in(desk, officer, instance, session):
    url = brought_to_preview(desk, instance, session, GOOD)
    post(desk, f"{url}/take-in", {"how": "whole"})
    officer.active = False
    session.add(officer)
    session.commit()

    ended = work_off(instance, session)

    assert ended == [JobState.FAILED]
    assert session.exec(select(Organisation)).all() == []


def test_the_night_throws_old_tables_away_with_their_bytes(desk, instance, session, officer):
    hand_in(desk, table(GOOD))
    actor = accounts.actor_of(session, officer.id)
    now = utc_now()

    assert uploads.discard_old(session, now=now + timedelta(days=6)) == 0
    assert uploads.discard_old(session, now=now + timedelta(days=8)) == 1

    upload = uploads.get(session, actor, only_upload(session).id).upload
    assert upload.state is UploadState.DISCARDED
    assert upload.content == b""


def test_a_table_thrown_away_is_gone_and_says_so(desk, session):
    url = hand_in(desk, table(GOOD)).headers["Location"]

    post(desk, f"{url}/discard")

    assert only_upload(session).content == b""
    assert desk.get(url).status_code == 200
    assert post(desk, f"{url}/check").status_code == 422
