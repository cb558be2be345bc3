"""Workbooks that nobody should send, made by code."""

import struct
import zipfile
from pathlib import Path

import xlsxwriter

from matchmaker.services.imports.limits import LARGEST_XLSX

HEADER = ["中文名称", "类型", "员工人数"]
GOOD = ["甲公司", "SME", "12"]
CONTENT_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)


def workbook(path: Path, rows, **options) -> Path:
    with xlsxwriter.Workbook(path, {"constant_memory": True, **options}) as book:
        sheet = book.add_worksheet()
        for number, cells in enumerate(rows):
            sheet.write_row(number, 0, cells)
    return path


def repacked(path: Path, change) -> Path:
    """The archive with its parts passed through `change(name, content)`."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, change(name, content))
    return path


def sheet_with(path: Path, cells: str) -> Path:
    """A workbook whose sheet has `cells` as its raw rows."""
    head = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    content = head + cells.encode() + b"</sheetData></worksheet>"
    return repacked(workbook(path, [HEADER]), lambda name, old: content if name.endswith("sheet1.xml") else old)


def inline(reference: str, text: str) -> str:
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'


def truncated(path):
    whole = workbook(path, [HEADER, GOOD]).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def wrong_magic(path):
    path.write_bytes(b"%PDF-1.7 not a workbook")


def empty(path):
    path.write_bytes(b"")


def only_an_archive(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")


def bomb(path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 50_000_000)


def lying_bomb(path):
    """An archive that says it is small: the size in its directory is not the size of what comes out."""
    bomb(path)
    content = path.read_bytes()
    path.write_bytes(content.replace(struct.pack("<L", 50_000_000), struct.pack("<L", 5_000)))


def many_parts(path):
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(300):
            archive.writestr(f"xl/{number}.xml", "<a/>")


def reaching_out(path):
    workbook(path, [HEADER, GOOD])
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("../../outside.xml", "<a/>")


def entities(path):
    xxe = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    repacked(
        workbook(path, [HEADER, GOOD]),
        lambda name, old: (
            old.split(b"?>", 1)[0].join([xxe, b""]) + old.split(b"?>", 1)[-1] if "sheet1" in name else old
        ),
    )


def entities_far_inside(path):
    """Behind a comment longer than what a careless check reads."""
    declared = b'<?xml version="1.0"?><!--' + b"x" * 2_000_000 + b'--><!DOCTYPE x [<!ENTITY a "b">]><x/>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("[Content_Types].xml", CONTENT_TYPES)
        archive.writestr("xl/workbook.xml", declared)


def entities_in_utf_16(path):
    declared = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x [<!ENTITY a "b">]><x/>'.encode("utf-16")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", CONTENT_TYPES)
        archive.writestr("xl/workbook.xml", declared)


def macros(path):
    workbook(path, [HEADER, GOOD])
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\0" * 100)


def broken_xml(path):
    repacked(workbook(path, [HEADER, GOOD]), lambda name, old: old[:-40] if "sheet1" in name else old)


def header_only(path):
    workbook(path, [HEADER])


def nothing_in_it(path):
    workbook(path, [])


def too_many_rows(path):
    """200,000 rows."""
    sheet_with(path, "".join(f"<row><c><v>{n * 7919}</v></c></row>" for n in range(200_000)))


def too_many_columns(path):
    workbook(path, [[f"h{n}" for n in range(400)], GOOD])


def too_large(path):
    path.write_bytes(b"PK\x03\x04" + b"\0" * LARGEST_XLSX)
