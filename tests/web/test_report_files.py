"""The files of a report: what they say, for whom they can be read, that they are the same each time."""

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from flask import Flask
from lxml import etree, html  # type: ignore[import-untyped]
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from matchmaker.exports.content import Figure, Language, Table
from matchmaker.instance import Instance
from matchmaker.services.hashing import sha256_of
from matchmaker.services.reports.anonymous import without_names
from matchmaker.services.reports.content import Content, Renderer
from models.enums import DocumentFormat, ReportSection
from tests.browser.papers import squeezed, text_of_pdf, text_of_word, text_of_workbook
from tests.report_content import make_content, make_need
from tests.report_facts import make_chain, make_funnel, make_indicators
from web import create_app
from web.reports.rendering import document_of, renderer

HOSTILE = '=1+1|#read("/etc/passwd") <script>alert(1)</script> &amp; *fett* $x$ {{7*7}} %(name)s'
CONTROLS = "\x00\x0b\x1b\u202e\ud800"
# Run in a process of its own, elsewhere on Earth, with other seeds: prints the checksum of each file.
ELSEWHERE = """
import hashlib, json, sys
from pathlib import Path
from matchmaker.instance import Instance
from models.enums import DocumentFormat
from tests.report_content import make_content
from web import create_app
from web.reports.rendering import renderer

render = renderer(create_app(Instance(Path(sys.argv[1])), testing=True))
write = render(make_content(needs=2, depth=3), "zh")
print(json.dumps({one.value: hashlib.sha256(write(one)).hexdigest() for one in DocumentFormat}))
"""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """Documents need words only: no database, nobody signed in."""
    return create_app(Instance(tmp_path_factory.mktemp("papers")), testing=True)


@pytest.fixture(scope="module")
def render(app: Flask) -> Renderer:
    return renderer(app)


@pytest.fixture(scope="module")
def content() -> Content:
    return make_content()


@pytest.fixture(scope="module")
def files(render: Renderer, content: Content) -> dict[tuple[str, DocumentFormat], bytes]:
    writers = {language: render(content, language) for language in Language}
    return {(language, kind): write(kind) for language, write in writers.items() for kind in DocumentFormat}


def text_of_html(page: bytes) -> str:
    return " ".join(html.fromstring(page.decode()).body.itertext())


TEXT_OF = {
    DocumentFormat.PDF: text_of_pdf,
    DocumentFormat.DOCX: text_of_word,
    DocumentFormat.XLSX: text_of_workbook,
    DocumentFormat.HTML: text_of_html,
}


@pytest.mark.parametrize("kind", DocumentFormat)
@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        (
            "zh",
            (
                *("供需对接月度报告", "智能网联新能源汽车产业链", "2026年10月1日至2026年10月31日"),
                "范围内共有需求5项，其中4项（80%）找到候选机构（匹配度不低于40分）",
                "产业链共18个环节，已覆盖9个（50%），单一来源4个，仅区域外供应3个，缺失2个",
                "按需求计，“已发出意向”至“双方有意”的转化率为37.5%，低于公开基准44%",
                "1项需求暂无候选机构，包括“铝合金一体化压铸模具寿命提升”",
            ),
        ),
        (
            "en",
            (
                *(
                    "Monthly report on matching",
                    "Intelligent connected new-energy vehicles",
                    "1 Oct 2026 – 31 Oct 2026",
                ),
                "4 of 5 needs have at least one candidate (80%), with a fit of 40 points or more.",
                "Of 18 nodes of the chain 9 are covered (50%)",
                'Of the needs, 37.5% went from "Interest expressed" to "Mutual interest", below the published 44%',
                '1 need has no candidate: "Longer life of moulds for one-piece aluminium die-casting".',
            ),
        ),
    ],
)
def test_every_file_tells_the_findings_in_its_language(files, language, wanted, kind):
    text = squeezed(TEXT_OF[kind](files[language, kind]))

    for sentence in wanted:
        assert squeezed(sentence) in text


@pytest.mark.parametrize("kind", DocumentFormat)
def test_every_file_carries_its_day_and_the_checksum_of_its_content(files, content, kind):
    text = squeezed(TEXT_OF[kind](files["zh", kind]))

    assert sha256_of(content) in text
    assert "数据截至2026年10月31日" in text
    for part in content["inputs"].values():
        assert part in text


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("kind", DocumentFormat)
def test_no_sentence_is_left_unfilled(files, language, kind):
    text = TEXT_OF[kind](files[language, kind])

    assert not re.search(r"%\(|\{|None|nan\b|Markup", text)


def test_another_process_in_another_place_makes_the_same_bytes(render, tmp_path):
    content = make_content(needs=2, depth=3)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG"))},
        "TZ": "America/New_York",
        "LC_ALL": "C",
        "PYTHONHASHSEED": "7",
        "PYTHONUTF8": "1",
    }

    done = subprocess.run(
        [sys.executable, "-c", ELSEWHERE, str(tmp_path)], capture_output=True, env=environment, check=True, timeout=120
    )

    write = render(content, "zh")
    here = {kind.value: sha256(write(kind)).hexdigest() for kind in DocumentFormat}
    assert json.loads(done.stdout.splitlines()[-1]) == here


def test_a_figure_more_is_another_file(render, content):
    other = make_content(funnel=make_funnel() | {"drop_off": []})

    assert render(other, "zh")(DocumentFormat.HTML) != render(content, "zh")(DocumentFormat.HTML)


@pytest.mark.parametrize("language", Language)
def test_a_screen_reader_finds_its_way_through_the_pdf(files, content, language):
    reader: Any = PdfReader(io.BytesIO(files[language, DocumentFormat.PDF]))

    root = reader.root_object
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == {"zh": "zh-CN", "en": "en-GB"}[language]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert "pdfuaid" in reader.xmp_metadata.stream.get_data().decode()
    bookmarks = [one["/Title"] for one in reader.outline if isinstance(one, dict)]
    assert len(bookmarks) == len(content["sections"])
    tags = list(tags_of(root["/StructTreeRoot"]))
    figures = [tag for tag in tags if str(tag["/S"]) == "/Figure"]
    assert len(figures) == 6
    assert all(len(tag["/Alt"]) > 30 for tag in figures)
    assert {"/H1", "/H2", "/Table", "/TH", "/TD", "/Link"} <= {tag["/S"] for tag in tags}


def tags_of(node: Any) -> Iterator[DictionaryObject]:
    node = node.get_object()
    if isinstance(node, list):
        for child in node:
            yield from tags_of(child)
    elif isinstance(node, DictionaryObject):
        if "/S" in node:
            yield node
        if "/K" in node:
            yield from tags_of(node["/K"])


def test_the_head_of_a_long_table_comes_again_on_every_page(render):
    content = make_content(needs=1, depth=300, sections=["appendix"])

    pages = PdfReader(io.BytesIO(render(content, "zh")(DocumentFormat.PDF))).pages

    texts = [squeezed(page.extract_text()) for page in pages[1:]]
    assert len(texts) > 5
    assert all("候选机构匹配度" in text for text in texts)
    assert sum(text.count("科技有限公司") for text in texts) == 300


def test_the_pages_of_the_appendix_lie_on_their_side(files):
    pages = PdfReader(io.BytesIO(files["zh", DocumentFormat.PDF])).pages
    word = docx.Document(io.BytesIO(files["zh", DocumentFormat.DOCX]))

    assert pages[0].mediabox.width < pages[0].mediabox.height
    assert pages[-1].mediabox.width > pages[-1].mediabox.height
    assert [one.orientation for one in word.sections][-1] == WD_ORIENT.LANDSCAPE


def test_word_has_real_headings_heads_of_tables_and_words_for_pictures(files, content):
    word: Any = docx.Document(io.BytesIO(files["zh", DocumentFormat.DOCX]))

    headings = [one.text for one in word.paragraphs if one.style.name == "Heading 1"]
    assert len(headings) == len(content["sections"])
    assert headings[0] == "一、摘要"
    assert all(table.rows[0]._tr.xpath("w:trPr/w:tblHeader") for table in word.tables)
    pictures = word.element.xpath("//wp:docPr")
    assert len(pictures) == 6
    assert all(len(one.get("descr")) > 30 for one in pictures)
    marks = set(word.element.xpath("//w:bookmarkStart/@w:name"))
    assert {one.get(qn("w:anchor")) for one in word.element.xpath("//w:hyperlink")} <= marks


def test_the_workbook_holds_numbers_to_reckon_with_under_a_head_that_stays(files, content):
    book: Any = openpyxl.load_workbook(io.BytesIO(files["zh", DocumentFormat.XLSX]))

    tables = book.worksheets[1:]
    assert all(sheet.freeze_panes == "A2" and sheet.auto_filter.ref for sheet in tables)
    sheet = book["全部评分"]
    row = next(sheet.iter_rows(min_row=2, max_row=2, values_only=True))
    first = content["matches"]["needs"][0]["candidates"][0]
    assert row[1:4] == (1, first["name_zh"], first["points"])
    assert sum(value for value in row[5:] if isinstance(value, int | float)) == pytest.approx(first["points"])
    cells = [cell for one in book.worksheets for line in one.iter_rows() for cell in line]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    assert any(cell.number_format == "0.0%" and 0 < cell.value < 1 for cell in cells)


def test_the_web_page_stands_alone_and_every_link_leads_somewhere(files):
    page = files["en", DocumentFormat.HTML].decode()
    tree = html.fromstring(page)

    assert tree.get("lang") == "en-GB"
    assert not tree.xpath("//script | //link | //img | //iframe | //object | //form")
    assert not re.search(r"(?:src|href)=\"(?!#)", page)
    assert "url(http" not in page
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in tree.xpath("//@href")} <= set(ids)
    assert all(len(one.get("aria-label")) > 30 for one in tree.xpath("//div[@role='img']"))
    assert all(table.xpath("caption") and table.xpath(".//th[@scope='col']") for table in tree.xpath("//table"))


@pytest.mark.parametrize("kind", DocumentFormat)
def test_what_people_typed_stays_text(render, kind):
    need = make_need(0, 2, title_zh=HOSTILE + CONTROLS, organisation={"id": "x", "name_zh": HOSTILE, "name_en": ""})
    content = make_content(needs=1, depth=2)
    content["matches"] |= {"needs": [need]}
    need["candidates"][0] |= {"name_zh": HOSTILE, "subject_zh": "名" * 300, "subject_en": ""}
    need["candidates"][1] |= {"name_zh": "W" * 300}

    made = render(content, "zh")(kind)

    text = squeezed(TEXT_OF[kind](made))
    assert squeezed(HOSTILE) in text
    assert "root:" not in text
    assert "49" not in text.split(squeezed(HOSTILE))[1][:20]
    assert text.count("名") >= 300
    if kind is DocumentFormat.HTML:
        assert "<script" not in made.decode()


@pytest.mark.parametrize("kind", DocumentFormat)
@pytest.mark.parametrize("language", Language)
def test_a_region_where_nothing_happened_yet_has_a_report_that_says_so(render, language, kind):
    content = make_content(
        needs=0,
        gaps={"chains": [], "as_of": "2026-10-31", "inputs_sha256": "3" * 64},
        indicators={"rows": [], "as_of": "2026-10-31", "inputs_sha256": "4" * 64},
        funnel={"stages": [], "drop_off": [], "base_rates": [], "outcomes": []},
        exposure={"groups": {}, "gini": None, "busy": [], "lists": 0, "from": "2026-10-01", "to": "2026-10-31"},
        changes={"previous": None, "totals": {}},
    )

    text = TEXT_OF[kind](render(content, language)(kind))

    said = {
        "zh": ("范围内没有有效需求", "范围内没有产业链", "本期没有推荐记录", "本期没有展示推荐名单", "尚无已完成的"),
        "en": ("No valid need lay in the scope", "No chain lies in the scope", "No list was shown in the period"),
    }
    for sentence in said[language]:
        assert squeezed(sentence) in squeezed(text)
    assert not re.search(r"None|nan\b|%\(", text)


def test_what_is_no_reason_is_not_named_as_the_reason_for_a_no(render):
    ended = [("too_few", 90), ("withdrawn", 80), ("dissolved", 70), ("open", 60), ("no_capacity", 11)]
    told = {**make_funnel(), "drop_off": [{"stage": "interest", "reason": why, "count": many} for why, many in ended]}

    text = squeezed(TEXT_OF[DocumentFormat.HTML](render(make_content(funnel=told), "en")(DocumentFormat.HTML)))

    assert squeezed("The reason given most often for a no") in text
    assert squeezed("(counted: 11") in text
    assert squeezed("(counted: 90") not in text


def test_a_figure_kept_back_for_too_few_is_not_called_unknown(render):
    told = make_indicators()
    told["rows"] = [{**row, "value": None, "before": None, "suppressed": True} for row in told["rows"]]

    text = squeezed(TEXT_OF[DocumentFormat.HTML](render(make_content(indicators=told), "en")(DocumentFormat.HTML)))

    assert squeezed("kept back: too few") in text
    assert squeezed("Cannot be told from what the registry knows") not in text


def test_no_sentence_says_how_many_suppliers_cover_a_node_and_only_one_alone_is_called_so(render):
    told = make_chain()
    nodes = [node for chain in told["chains"] for node in chain["nodes"] if node["suppliers"]]
    for node in nodes:
        node["state"], node["local"] = "single_source", 2  # where the limits ask for three

    text = squeezed(TEXT_OF[DocumentFormat.HTML](render(make_content(gaps=told), "en")(DocumentFormat.HTML)))

    assert nodes
    assert squeezed("hang on a single source") in text
    assert squeezed("two or more suppliers") not in text
    assert squeezed("Supplied by one alone") not in text


def test_sections_nobody_asked_for_are_not_in_it(app):
    content = make_content(funnel=None, exposure=None, sections=["summary", "gaps", "appendix"])

    document = document_of(app, content, "en")

    captions = [one.caption for one in document.blocks if isinstance(one, Table | Figure)]
    assert "Steps of matches" not in captions
    assert "Candidates for" not in " ".join(captions)
    assert [text for text in captions if text.startswith("Nodes")]


@pytest.mark.parametrize("section", ReportSection)
def test_every_section_can_stand_alone(render, section):
    content = make_content(needs=2, depth=2, sections=[section.value], method=None)
    content["method"] = make_content()["method"] if section is ReportSection.METHOD else None

    assert render(content, "zh")(DocumentFormat.HTML)


def test_a_report_without_names_names_nobody(render, content):
    hidden = without_names(content)
    named = {one["name_zh"] for need in content["matches"]["needs"] for one in need["candidates"]}

    text = text_of_html(render({**hidden, "anonymous": True}, "zh")(DocumentFormat.HTML))

    assert "已隐去，以编号代替" in text
    assert "机构 001" in text
    assert not [name for name in named if name in text]


def test_days_of_a_workbook_are_no_texts_where_a_table_holds_days(files):
    book: Any = openpyxl.load_workbook(io.BytesIO(files["zh", DocumentFormat.XLSX]))

    days = [cell for one in book.worksheets for line in one.iter_rows() for cell in line if cell.is_date]

    assert days
    assert all(isinstance(cell.value, datetime) and cell.number_format == "yyyy-mm-dd" for cell in days)


def test_chinese_letters_of_the_pdf_are_in_the_file(files):
    reader: Any = PdfReader(io.BytesIO(files["zh", DocumentFormat.PDF]))

    fonts = {font for page in reader.pages for font in page["/Resources"]["/Font"].values()}
    names = {str(font.get_object()["/BaseFont"]) for font in fonts}
    assert names
    assert all("Noto" in name and "+" in name for name in names)


def test_the_drawings_hold_no_style_and_are_well_formed(app, content):
    drawings = [one.drawing.svg() for one in document_of(app, content, "zh").blocks if isinstance(one, Figure)]

    for svg in drawings:
        etree.fromstring(svg.encode())
        assert "style=" not in svg
        assert "<script" not in svg


def test_the_folder_of_the_instance_is_not_named_in_a_file(files, app):
    folder = str(Path(app.instance_path).parent).encode()

    assert not [key for key, made in files.items() if folder in made]
