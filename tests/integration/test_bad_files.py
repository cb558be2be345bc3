"""Files that nobody should send: each is refused with one sentence or imported with errors row by row."""

import io
import resource
import zipfile

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, func, select

from matchmaker.services.actors import PLATFORM
from matchmaker.services.imports import workbooks
from matchmaker.services.imports.limits import MOST_ROWS
from matchmaker.services.imports.previews import preview
from matchmaker.services.imports.problems import ImportRefused
from matchmaker.services.imports.reading import read_head, read_table
from matchmaker.services.imports.tables import KINDS
from models.organisations import Organisation
from tests.bad_workbooks import (
    GOOD,
    HEADER,
    bomb,
    broken_xml,
    empty,
    entities,
    entities_far_inside,
    entities_in_utf_16,
    header_only,
    inline,
    lying_bomb,
    macros,
    many_parts,
    nothing_in_it,
    only_an_archive,
    reaching_out,
    sheet_with,
    too_large,
    too_many_columns,
    too_many_rows,
    truncated,
    workbook,
    wrong_magic,
)
from tests.import_tables import add_reference, as_csv, make_table


@pytest.mark.parametrize(
    ("make", "codes"),
    [
        (truncated, {"damaged_workbook"}),
        (wrong_magic, {"not_a_workbook"}),
        (empty, {"empty_file"}),
        (only_an_archive, {"damaged_workbook"}),
        (bomb, {"unsafe_workbook"}),
        (lying_bomb, {"damaged_workbook", "unsafe_workbook"}),
        (many_parts, {"unsafe_workbook"}),
        (reaching_out, {"unsafe_workbook"}),
        (entities, {"unsafe_workbook"}),
        (entities_far_inside, {"unsafe_workbook"}),
        (entities_in_utf_16, {"unsafe_workbook"}),
        (macros, {"unsafe_workbook"}),
        (broken_xml, {"damaged_workbook"}),
        (header_only, {"no_rows"}),
        (nothing_in_it, {"empty_file"}),
        (too_many_rows, {"too_many_rows"}),
        (too_many_columns, {"too_many_columns"}),
        (too_large, {"too_big"}),
    ],
)
def test_a_bad_workbook_is_refused_with_one_sentence_and_no_harm_to_us(tmp_path, make, codes):
    path = tmp_path / "bad.xlsx"
    make(path)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    with pytest.raises(ImportRefused) as caught:
        read_table(path)

    assert caught.value.code in codes
    assert str(caught.value).endswith(".")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000  # kB


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.csv", b"", "empty_file"),
        ("a.csv", b"\n\n  \n", "empty_file"),
        ("a.csv", b"\xef\xbb\xbf", "empty_file"),
        ("a.csv", "中文名称,类型\n".encode(), "no_rows"),
        ("a.csv", b"name,name\nx,y\n", "duplicate_header"),
        ("a.csv", b'name,kind\n"never closed,SME\n', "broken_csv"),
        ("a.csv", b"name,kind\n" + b"x" * 200_000 + b",SME\n", "broken_csv"),
        ("a.csv", b"name\n" + b"x\n" * (MOST_ROWS + 1), "too_many_rows"),
        ("a.csv", b"name\n" + b"x," * 400 + b"y\n", "too_many_columns"),
        ("a.csv", b"PK\x03\x04rest", "workbook_named_csv"),
        ("a.csv", b"\xff\xfe\x00", "unknown_encoding"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old_workbook"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old_workbook"),
        ("a.pdf", b"%PDF", "not_a_table"),
    ],
)
def test_a_bad_file_is_refused_with_one_sentence(tmp_path, name, content, code):
    (tmp_path / name).write_bytes(content)

    with pytest.raises(ImportRefused) as caught:
        read_table(tmp_path / name)

    assert caught.value.code == code
    assert str(caught.value)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ImportRefused, match=r"no file none\.csv"):
        read_table(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("encoding", "delimiter", "newline"),
    [
        ("utf-8", ",", "\n"),
        ("utf-8-sig", ",", "\r\n"),
        ("gb18030", ",", "\r\n"),
        ("gbk", ";", "\n"),
        ("utf-16", "\t", "\r\n"),
        ("utf-8", ";", "\r"),
    ],
)
def test_tables_are_read_as_spreadsheets_save_them(tmp_path, encoding, delimiter, newline):
    text = as_csv([HEADER, GOOD, [], ["乙，公司\n二厂", "SME", "3"]], delimiter=delimiter).replace("\r\n", newline)
    (tmp_path / "a.csv").write_bytes(text.encode(encoding))

    table = read_table(tmp_path / "a.csv")

    assert table.headers == tuple(HEADER)
    assert [(row.number, row.cells) for row in table.rows] == [(2, tuple(GOOD)), (4, ("乙，公司\n二厂", "SME", "3"))]


HEADERS_OF_SEVEN = "企业名称,类型,员工人数,区县,地址,网址,简介"


def test_a_title_above_the_header_and_who_filled_it_in_are_passed_over(tmp_path):
    path = tmp_path / "名单.csv"
    rows = ["2026年企业名单,,,,,,", "填报机构：某局,,,,,日期：11月,", HEADERS_OF_SEVEN, "甲公司,SME,3,,,,"]
    path.write_text("\n".join(rows), encoding="gb18030")

    table, head = read_table(path), read_head(path, rows=5)

    assert table.headers == head.headers == tuple(HEADERS_OF_SEVEN.split(","))
    assert [row.number for row in table.rows] == [4]


def test_a_workbook_gives_values_as_people_would_type_them(tmp_path):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["数", "小数", "日期", "公式", "合并", "布尔", "错误"])
        sheet.write_number(1, 0, 12)
        sheet.write_number(1, 1, 0.35)
        sheet.write_number(1, 2, 45352, book.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.write_formula(1, 3, "=6*7", value="42")
        sheet.merge_range(1, 4, 2, 4, "并")
        sheet.write(1, 5, True)
        sheet.write_formula(1, 6, "=1/0", value="#DIV/0!")

    assert read_table(path).rows[0].cells == ("12", "0.35", "2024-03-01", "42", "并", "yes", "#DIV/0!")


def test_a_cell_at_the_far_end_of_a_sheet_costs_nothing(tmp_path):
    rows = (
        f'<row r="1">{inline("A1", "中文名称")}</row><row r="2">{inline("A2", "甲公司")}</row>'
        f'<row r="1048576">{inline("XFD1048576", "far")}</row>'
    )

    table = read_table(sheet_with(tmp_path / "a.xlsx", rows))

    assert [row.cells for row in table.rows] == [("甲公司",)]


@pytest.mark.slow
def test_a_workbook_whose_reading_eats_memory_stops_its_child_only(tmp_path, monkeypatch):
    monkeypatch.setattr(workbooks, "LARGEST_RATIO", 10**9)
    # One wide character makes the whole cell four times as wide in memory.
    rows = f'<row r="1">{inline("A1", "中文名称")}</row><row r="2">{inline("A2", "x" * 100_000_000 + "🚗")}</row>'
    path = sheet_with(tmp_path / "a.xlsx", rows)

    with pytest.raises(ImportRefused) as caught:
        read_table(path)

    assert caught.value.code == "workbook_too_big"


def test_a_workbook_that_takes_too_long_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(workbooks, "CHILD_SECONDS", 0.01)

    with pytest.raises(ImportRefused) as caught:
        read_table(workbook(tmp_path / "a.xlsx", [HEADER, GOOD]))

    assert caught.value.code == "workbook_took_too_long"


@pytest.fixture
def registry(session: Session) -> Session:
    add_reference(session)
    session.commit()
    return session


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        (["甲\0公司", "SME", "1"], "中文名称", "control_character"),
        (["甲公司", "SME", "#REF!"], "员工人数", "formula_error"),
        (["甲" * 201, "SME", "1"], "中文名称", "too_long"),
        (["甲" * 40_000, "SME", "1"], "中文名称", "too_long"),
        (["甲公司", "SME", "1" * 400], "员工人数", "not_a_number"),
        (["甲公司", "SME", "1", "more"], "", "too_many_cells_in_row"),
        (["甲公司", "", "1"], "类型 / Kind", "required"),
    ],
)
def test_a_bad_cell_is_an_error_of_its_row_and_column(registry, cells, column, code):
    plan = preview(registry, PLATFORM, make_table("|".join(HEADER), cells, ["乙公司", "SME", "2"]), "organisations")

    assert [(problem.row, problem.column, problem.code) for problem in plan.problems] == [(2, column, code)]
    assert plan.created == 1


def test_a_cell_of_ten_megabytes_in_a_workbook_is_an_error_of_its_row(registry, tmp_path, monkeypatch):
    monkeypatch.setattr(workbooks, "LARGEST_RATIO", 10**9)
    rows = (
        "".join(
            f'<row r="{n}">{inline(f"A{n}", a)}{inline(f"B{n}", "SME" if n > 1 else "类型")}</row>' for n, a in cells
        )
        for cells in ([(1, "中文名称"), (2, "x" * 10_000_000), (3, "乙公司")],)
    )
    table = read_table(sheet_with(tmp_path / "a.xlsx", next(iter(rows))))

    plan = preview(registry, PLATFORM, table, "organisations")

    assert [(problem.row, problem.code) for problem in plan.problems] == [(2, "too_long")]


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ("颜色|形状", "no_known_column"),
        ("中文名称|企业名称|类型", "same_field_twice"),
    ],
)
def test_headers_that_make_no_sense_are_refused(registry, headers, code):
    with pytest.raises(ImportRefused) as caught:
        preview(registry, PLATFORM, make_table(headers, ["x", "y", "z"]), "organisations")

    assert caught.value.code == code


def test_an_unknown_header_is_named_and_left_out(registry):
    plan = preview(registry, PLATFORM, make_table("中文名称|类型|颜色", ["甲公司", "SME", "红"]), "organisations")

    assert plan.ignored_headers == ("颜色",)
    assert plan.created == 1


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(sorted(KINDS)),
    cells=st.lists(
        st.lists(st.text(alphabet=st.characters(exclude_categories=()), max_size=40), max_size=30),
        min_size=1,
        max_size=4,
    ),
)
def test_whatever_stands_in_the_cells_the_preview_tells_and_changes_nothing(registry, kind, cells):
    headers = "|".join(column.zh for column in KINDS[kind].columns)

    plan = preview(registry, PLATFORM, make_table(headers, *cells), kind)

    assert all(problem.sentence for problem in plan.problems)
    assert registry.exec(select(func.count()).select_from(Organisation)).one() == 0


@settings(max_examples=100)
@given(content=st.binary(max_size=300))
def test_whatever_stands_in_a_file_it_is_read_or_refused(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("any") / "a.csv"
    path.write_bytes(content)

    try:
        table = read_table(path)
    except ImportRefused as refusal:
        message = str(refusal)
    else:
        message = " ".join(table.headers)

    assert isinstance(message, str)


def test_an_archive_that_only_looks_like_one_is_refused(tmp_path):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    (tmp_path / "a.xlsx").write_bytes(stream.getvalue())

    with pytest.raises(ImportRefused) as caught:
        read_table(tmp_path / "a.xlsx")

    assert caught.value.code == "damaged_workbook"
