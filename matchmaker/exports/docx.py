"""A document as a Word file that is the same to the byte whenever it is made."""

import io
import zipfile
from datetime import UTC, datetime, time
from typing import Any

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_COLOR_INDEX
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from matchmaker.exports.content import (
    Block,
    Bullets,
    Document,
    Figure,
    Heading,
    Language,
    Line,
    Notice,
    Paragraph,
    Table,
)

# Fonts that Word has on Windows and macOS; a reader without them shows its own.
LATIN, EAST_ASIAN = "Arial", "Microsoft YaHei"
PAGE_WIDTH_CM = 17.0
INK = RGBColor(0x1F, 0x1F, 0x1F)
STYLES = ("Normal", "Title", "Subtitle", "Heading 1", "Heading 2", "List Bullet", "Header", "Footer")
# Files inside the archive carry a day, and the archive's format begins in 1980.
FIXED_MOMENT = (1980, 1, 1, 0, 0, 0)


def render_docx(document: Document) -> bytes:
    word = docx.Document()
    _prepare(word, document)
    word.add_paragraph(document.title, style="Title")
    word.add_paragraph(document.subtitle, style="Subtitle")
    for label, value in document.facts:
        line = word.add_paragraph()
        line.add_run(f"{label}  ").bold = True
        line.add_run(value)
        line.paragraph_format.space_after = Pt(2)
    for block in document.blocks:
        _add(word, block)
    return _same_bytes(word)


def _prepare(word: Any, document: Document) -> None:
    section = word.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin = section.bottom_margin = Cm(2.2)
    for name in STYLES:
        _set_font(word.styles[name])
    word.styles["Normal"].font.size = Pt(10.5)
    word.styles["Title"].font.size, word.styles["Subtitle"].font.size = Pt(20), Pt(13)
    word.styles["Subtitle"].font.italic = False
    word.styles["Heading 1"].font.size, word.styles["Heading 2"].font.size = Pt(14), Pt(12)
    _set_language(word, document.language)
    section.header.paragraphs[0].text = document.running_head
    _number_pages(section.footer.paragraphs[0])
    moment = datetime.combine(document.made_on, time(), UTC)
    properties = word.core_properties
    properties.title, properties.subject = document.title, document.subtitle
    properties.author = properties.last_modified_by = document.author
    properties.created = properties.modified = moment
    properties.language = "zh-CN" if document.language is Language.ZH else "en-GB"
    properties.comments = ""


def _set_font(style: Any) -> None:
    """Word takes the font of Chinese characters from an attribute of its own; a theme's font would win over both."""
    style.font.name, style.font.color.rgb = LATIN, INK
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:eastAsia"), EAST_ASIAN)


def _set_language(word: Any, language: Language) -> None:
    properties = word.styles["Normal"].element.get_or_add_rPr()
    element = OxmlElement("w:lang")
    element.set(qn("w:val"), "en-GB")
    element.set(qn("w:eastAsia"), "zh-CN")
    properties.append(element)
    if language is Language.ZH:
        element.set(qn("w:val"), "zh-CN")


def _number_pages(paragraph: Any) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for field in ("PAGE", None, "NUMPAGES"):
        if field is None:
            paragraph.add_run(" / ")
            continue
        element = OxmlElement("w:fldSimple")
        element.set(qn("w:instr"), field)
        paragraph._p.append(element)


def _add(word: Any, block: Block) -> None:
    match block:
        case Heading(text, level):
            word.add_heading(text, level=level)
        case Paragraph(line):
            _write(word.add_paragraph(), line)
        case Bullets(items):
            for item in items:
                _write(word.add_paragraph(style="List Bullet"), item)
        case Notice(title, items):
            _add_notice(word, title, items)
        case Figure():
            _add_figure(word, block)
        case Table():
            _add_table(word, block)


def _add_notice(word: Any, title: str, items: tuple[Line, ...]) -> None:
    cell = word.add_table(rows=1, cols=1, style="Table Grid").cell(0, 0)
    cell.paragraphs[0].add_run(title).bold = True
    for item in items:
        _write(cell.add_paragraph(style="List Bullet"), item)
    word.add_paragraph().paragraph_format.space_after = Pt(0)


def _add_figure(word: Any, block: Figure) -> None:
    paragraph = word.add_paragraph()
    drawn = paragraph.add_run().add_picture(io.BytesIO(block.png), width=Cm(PAGE_WIDTH_CM))
    drawn._inline.docPr.set("descr", block.alt)
    paragraph.paragraph_format.keep_with_next = True
    word.add_paragraph().add_run(block.caption).italic = False


def _add_table(word: Any, block: Table) -> None:
    table = word.add_table(rows=1, cols=len(block.head), style="Table Grid")
    table.autofit = False
    for cell, text in zip(table.rows[0].cells, block.head, strict=True):
        cell.paragraphs[0].add_run(text).bold = True
    header = OxmlElement("w:tblHeader")  # the head comes again on every page
    header.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(header)
    for row in block.rows:
        for cell, line in zip(table.add_row().cells, row, strict=True):
            _write(cell.paragraphs[0], line)
    _set_widths(table, block)
    word.add_paragraph().paragraph_format.space_after = Pt(0)


def _set_widths(table: Any, block: Table) -> None:
    widths = [Cm(PAGE_WIDTH_CM * share / sum(block.widths)) for share in block.widths]
    for row in table.rows:
        for column, (cell, width) in enumerate(zip(row.cells, widths, strict=True)):
            cell.width = width
            if column in block.numbers:
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _write(paragraph: Any, line: Line) -> None:
    for span in line:
        run = paragraph.add_run(span.text)
        run.bold = span.is_strong or None
        if span.blank:
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW


def _same_bytes(word: Any) -> bytes:
    """The archive once more, without the moment at which it was packed."""
    packed, fixed = io.BytesIO(), io.BytesIO()
    word.save(packed)
    with zipfile.ZipFile(packed) as source, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            target.writestr(zipfile.ZipInfo(name, FIXED_MOMENT), source.read(name), zipfile.ZIP_DEFLATED)
    return fixed.getvalue()
