"""A document as a Word file that is the same to the byte whenever it is made."""

import io
import zipfile
import zlib
from datetime import UTC, datetime, time
from typing import Any

import docx
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_COLOR_INDEX, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from matchmaker.exports.content import (
    Block,
    Bullets,
    Contents,
    Document,
    Figure,
    Front,
    Heading,
    Language,
    Line,
    Notice,
    Orientation,
    PageBreak,
    Paragraph,
    Span,
    Table,
)
from matchmaker.exports.docx_tables import add_table

# Fonts that Word has on Windows and macOS; a reader without them shows its own.
LATIN, EAST_ASIAN = "Arial", "Microsoft YaHei"
PAGE_CM, MARGIN_CM = (21.0, 29.7), 2.0
LINK = RGBColor(0x09, 0x58, 0xD9)
INK = RGBColor(0x1F, 0x1F, 0x1F)
STYLES = ("Normal", "Title", "Subtitle", "Heading 1", "Heading 2", "List Bullet", "Header", "Footer")
# Files inside the archive carry a day, and the archive's format begins in 1980.
FIXED_MOMENT = (1980, 1, 1, 0, 0, 0)


def render_docx(document: Document) -> bytes:
    word = docx.Document()
    _prepare(word, document)
    _add_front(word, document)
    for block, following in zip(document.blocks, (*document.blocks[1:], None), strict=True):
        _add(word, block, document)
        if isinstance(block, Paragraph) and isinstance(following, Table | Figure):
            word.paragraphs[-1].paragraph_format.keep_with_next = True
    return _same_bytes(word)


def _prepare(word: Any, document: Document) -> None:
    section = word.sections[0]
    section.page_width, section.page_height = Cm(PAGE_CM[0]), Cm(PAGE_CM[1])
    section.left_margin = section.right_margin = Cm(MARGIN_CM)
    section.top_margin = section.bottom_margin = Cm(2.2)
    for name in STYLES:
        _set_font(word.styles[name])
    word.styles["Normal"].font.size = Pt(10.5)
    word.styles["Title"].font.size, word.styles["Subtitle"].font.size = Pt(20), Pt(13)
    word.styles["Subtitle"].font.italic = False
    word.styles["Header"].font.size = word.styles["Footer"].font.size = Pt(8.5)
    word.styles["Heading 1"].font.size, word.styles["Heading 2"].font.size = Pt(14), Pt(12)
    _set_languages(word)
    section.header.paragraphs[0].text = document.running_head
    _number_pages(section.footer.paragraphs[0], document.running_foot)
    moment = datetime.combine(document.made_on, time(), UTC)
    properties = word.core_properties
    properties.title, properties.subject = document.title, document.subtitle
    properties.author = properties.last_modified_by = document.author
    properties.created = properties.modified = moment
    properties.language = "zh-CN" if document.language is Language.ZH else "en-GB"
    properties.comments = ""


def _add_front(word: Any, document: Document) -> None:
    title = word.add_paragraph(document.title, style="Title")
    word.add_paragraph(document.subtitle, style="Subtitle")
    if document.front is Front.COVER:
        word.sections[0].different_first_page_header_footer = True
        title.runs[0].font.size = Pt(26)
        title.paragraph_format.space_before = Cm(5)
        word.add_paragraph().paragraph_format.space_after = Cm(4)
    for label, value in document.facts:
        line = word.add_paragraph()
        line.add_run(f"{label}  ").bold = True
        line.add_run(value)
        line.paragraph_format.space_after = Pt(2)


def _set_font(style: Any) -> None:
    """Word takes the font of Chinese characters from an attribute of its own; a theme's font would win over both."""
    style.font.name, style.font.color.rgb = LATIN, INK
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:eastAsia"), EAST_ASIAN)


def _set_languages(word: Any) -> None:
    """Of Latin letters and of Chinese ones, whatever the document is in: else Latin words are torn at any letter."""
    properties = word.styles["Normal"].element.get_or_add_rPr()
    element = OxmlElement("w:lang")
    element.set(qn("w:val"), "en-GB")
    element.set(qn("w:eastAsia"), "zh-CN")
    properties.append(element)


def _number_pages(paragraph: Any, foot: str) -> None:
    if foot:
        stops = paragraph.paragraph_format.tab_stops
        for usual in paragraph.style.paragraph_format.tab_stops:
            stops.add_tab_stop(usual.position, WD_TAB_ALIGNMENT.CLEAR)
        stops.add_tab_stop(Cm(PAGE_CM[0] - 2 * MARGIN_CM), WD_TAB_ALIGNMENT.RIGHT)
        paragraph.add_run(f"{foot}\t")
    else:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for field in ("PAGE", None, "NUMPAGES"):
        if field is None:
            paragraph.add_run(" / ")
            continue
        element = OxmlElement("w:fldSimple")
        element.set(qn("w:instr"), field)
        paragraph._p.append(element)


def _add(word: Any, block: Block, document: Document) -> None:
    match block:
        case Heading():
            _add_heading(word, block)
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
            add_table(word, block, width_cm=_text_width(word))
        case Contents(title):
            _add_contents(word, title, document)
        case PageBreak(orientation):
            _turn_page(word, orientation)


def _text_width(word: Any) -> float:
    return float(word.sections[-1].page_width.cm) - 2 * MARGIN_CM


def _turn_page(word: Any, orientation: Orientation) -> None:
    """A new section each time: each has its own orientation, and only the cover goes without header."""
    section = word.add_section(WD_SECTION.NEW_PAGE)
    section.different_first_page_header_footer = False
    is_landscape = orientation is Orientation.LANDSCAPE
    section.orientation = WD_ORIENT.LANDSCAPE if is_landscape else WD_ORIENT.PORTRAIT
    width, height = reversed(PAGE_CM) if is_landscape else PAGE_CM
    section.page_width, section.page_height = Cm(width), Cm(height)


def _add_heading(word: Any, block: Heading) -> None:
    heading = word.add_heading(block.text, level=block.level)
    if block.anchor:
        _mark(heading, block.anchor)


def _mark(heading: Any, anchor: str) -> None:
    """A bookmark that links go to; its number has to differ from all others."""
    number = str(zlib.crc32(anchor.encode()) & 0x7FFFFFFF)
    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    start.set(qn("w:id"), number)
    start.set(qn("w:name"), anchor)
    end.set(qn("w:id"), number)
    heading._p.insert(1 if heading._p.pPr is not None else 0, start)
    heading._p.append(end)


def _add_contents(word: Any, title: str, document: Document) -> None:
    word.add_paragraph().add_run(title).bold = True
    for block in document.blocks:
        if isinstance(block, Heading) and block.level == 1 and block.anchor:
            line = word.add_paragraph()
            _write(line, (Span(block.text, link=block.anchor),))
            line.paragraph_format.space_after = Pt(4)


def _add_notice(word: Any, title: str, items: tuple[Line, ...]) -> None:
    box = word.add_table(rows=1, cols=1, style="Table Grid")
    box.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    cell = box.cell(0, 0)
    cell.paragraphs[0].add_run(title).bold = True
    for item in items:
        _write(cell.add_paragraph(style="List Bullet"), item)
    word.add_paragraph().paragraph_format.space_after = Pt(0)


def _add_figure(word: Any, block: Figure) -> None:
    paragraph = word.add_paragraph()
    drawn = paragraph.add_run().add_picture(io.BytesIO(block.drawing.png()), width=Cm(_text_width(word)))
    drawn._inline.docPr.set("descr", block.alt)
    paragraph.paragraph_format.keep_with_next = True
    word.add_paragraph().add_run(block.caption).italic = False


def _write(paragraph: Any, line: Line) -> None:
    for span in line:
        run = paragraph.add_run(span.text)
        run.bold = span.is_strong or None
        if span.blank:
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW
        if span.link:
            _link(paragraph, run, span.link)


def _link(paragraph: Any, run: Any, anchor: str) -> None:
    run.font.color.rgb = LINK
    element = OxmlElement("w:hyperlink")
    element.set(qn("w:anchor"), anchor)
    element.append(run._r)
    paragraph._p.append(element)


def _same_bytes(word: Any) -> bytes:
    """The archive once more, without the moment at which it was packed."""
    packed, fixed = io.BytesIO(), io.BytesIO()
    word.save(packed)
    with zipfile.ZipFile(packed) as source, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            target.writestr(zipfile.ZipInfo(name, FIXED_MOMENT), source.read(name), zipfile.ZIP_DEFLATED)
    return fixed.getvalue()
