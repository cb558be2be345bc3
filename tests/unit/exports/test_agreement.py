"""The draft agreement as content, as Word and as PDF."""

import io
from dataclasses import replace
from datetime import date
from typing import Any

import docx
import pytest
from pypdf import PdfReader

from matchmaker.exports import pdf
from matchmaker.exports.agreement import Agreement, Party, Right, agreement_document, checksum
from matchmaker.exports.content import Document, Language, Notice, Phrase, blanks_in
from matchmaker.exports.docx import render_docx
from matchmaker.exports.pdf import NotRendered, render_pdf

LEAD = Phrase("重庆长岭汽车股份有限公司", "Chongqing Changling Automobile Co., Ltd.")
FIRM = Phrase("重庆屏联智舱科技有限公司", "Chongqing Pinglian Smart Cockpit")
HOSTILE = '#read("/etc/passwd") *bold* $x^2$ <script>alert(1)</script> {{7*7}}'


def make_party(name: Phrase, **values: Any) -> Party:
    complete = {
        "role": Phrase("研发", "R&D"),
        "uscc": "91500000MA5U0TEST1",
        "address": "重庆市渝北区",
        "tasks": "完成样件试制",
        "money": 1_000_000.0,
        "own_money": 500_000.0,
        "benefit_percent": 50.0,
    }
    return Party(name=name, **{**complete, **values})


def make_agreement(**values: Any) -> Agreement:
    complete = {
        "name": Phrase("智能座舱创新联合体", "Smart cockpit consortium"),
        "goal": Phrase("十八个月内完成座舱域控制器样件", "Cockpit controller samples within 18 months"),
        "challenge": None,
        "parties": (make_party(LEAD, is_lead=True), make_party(FIRM)),
        "background": (Right(title="座舱操作系统", owners=(FIRM,), users=(LEAD,), terms="免费用于本项目"),),
        "foreground": (Right(title="控制器样件", owners=(LEAD, FIRM), users=(LEAD, FIRM), terms="共有"),),
        "organs": "设理事会，每方一票。",
        "liable_body": "由牵头单位对外承担责任。",
        "breach": "违约方赔偿损失。",
        "entry_exit": "经理事会同意可以加入。\n提前三个月通知可以退出。",
        "secrecy": "保密期三年。",
        "budget": 3_000_000.0,
        "starts_on": date(2026, 12, 1),
        "months": 18,
        "version": 2,
        "dated": date(2026, 11, 20),
        "is_signed": False,
    }
    return Agreement(**{**complete, **values})


def text_of_pdf(content: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).replace("\u200b", "")


def text_of_docx(content: bytes) -> str:
    word = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in word.paragraphs] + cells)


def front_of(document: Document) -> list[Notice]:
    return [block for block in document.blocks if isinstance(block, Notice)]


@pytest.mark.parametrize("language", Language)
def test_a_complete_draft_says_that_it_is_a_draft_and_that_nothing_is_missing(language):
    document = agreement_document(make_agreement(), language)

    assert blanks_in(document.blocks) == ()
    assert [notice.items for notice in front_of(document)] == [(), ()]
    assert document.title in ("创新联合体协议（草案）", "Innovation consortium agreement (draft)")


def test_everything_that_is_missing_is_listed_at_the_front_with_whose_it_is():
    firm = make_party(FIRM, own_money=None, benefit_percent=None, uscc="")
    agreement = make_agreement(parties=(make_party(LEAD, is_lead=True), firm), breach="", starts_on=None, foreground=())

    blanks = blanks_in(agreement_document(agreement, Language.ZH).blocks)

    listed = [item[0].text for item in front_of(agreement_document(agreement, Language.ZH))[1].items]
    assert listed == list(blanks)
    assert set(blanks) == {
        f"{FIRM.zh}：统一社会信用代码",
        f"{FIRM.zh}：自筹投入",
        f"{FIRM.zh}：分配比例",
        "起始日期",
        "前景知识产权（合作产生）",
        "违约责任",
    }


def test_a_zero_is_no_blank():
    agreement = make_agreement(parties=(make_party(LEAD, is_lead=True, money=0.0, own_money=0.0),))

    document = agreement_document(agreement, Language.EN)

    assert blanks_in(document.blocks) == ()
    assert "CNY 0" in text_of_docx(render_docx(document))


def test_shares_in_hundredths_sum_exactly():
    shares = [33.33, 33.33, 33.34]
    parties = tuple(make_party(LEAD, benefit_percent=share) for share in shares)

    document = agreement_document(make_agreement(parties=parties), Language.ZH)

    assert "100.00 %" in text_of_docx(render_docx(document))


def test_a_signed_agreement_is_no_draft_and_tells_when_each_signed():
    parties = tuple(replace(party, signed_on=date(2026, 11, 21)) for party in make_agreement().parties)

    document = agreement_document(make_agreement(parties=parties, is_signed=True), Language.EN)

    text = text_of_docx(render_docx(document))
    assert front_of(document) == []
    assert document.title == "Innovation consortium agreement"
    assert text.count("signed on the platform on 21 November 2026") == 2


def test_the_checksum_follows_the_content_and_nothing_else():
    assert checksum(make_agreement()) == checksum(make_agreement())
    assert checksum(make_agreement()) != checksum(make_agreement(budget=3_000_000.01))


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("render", [render_docx, render_pdf])
def test_the_same_agreement_gives_the_same_bytes(language, render):
    document = agreement_document(make_agreement(breach=""), language)

    assert render(document) == render(document)


def test_the_pdf_is_tagged_titled_and_its_chinese_text_can_be_read_out():
    content = render_pdf(agreement_document(make_agreement(breach=""), Language.ZH))

    reader = PdfReader(io.BytesIO(content))
    text = text_of_pdf(content)
    assert reader.metadata is not None
    assert reader.metadata.title == "创新联合体协议（草案） - 智能座舱创新联合体"
    assert "/StructTreeRoot" in reader.root_object
    for wanted in (LEAD.zh, FIRM.zh, "违约责任", "【待填写】", "待填写事项（1", "100.00"):
        assert wanted in text


def test_blanks_are_highlighted_in_word():
    content = render_docx(agreement_document(make_agreement(secrecy=""), Language.ZH))

    word = docx.Document(io.BytesIO(content))
    runs = [run for paragraph in word.paragraphs for run in paragraph.runs]
    assert [run.text for run in runs if run.font.highlight_color] == ["【待填写】"]
    fonts = word.styles["Normal"].element.rPr.rFonts
    assert fonts.get(docx.oxml.ns.qn("w:eastAsia")) == "Microsoft YaHei"


@pytest.mark.parametrize("language", Language)
def test_what_people_typed_stays_text(language):
    name = Phrase(HOSTILE, HOSTILE)
    agreement = make_agreement(
        name=name, parties=(make_party(name, tasks=HOSTILE, is_lead=True),), organs=f"{HOSTILE}\x00\x0b\ud800\u202e"
    )
    document = agreement_document(agreement, language)

    page, word = text_of_pdf(render_pdf(document)), text_of_docx(render_docx(document))

    for text in (page, word):
        squeezed = "".join(text.split())
        assert "".join(HOSTILE.split()) in squeezed
        assert "root:" not in text
        assert "49" not in squeezed


def test_a_long_word_and_a_long_text_fit_on_the_page():
    agreement = make_agreement(organs="字" * 20_000, parties=(make_party(Phrase("W" * 200, ""), is_lead=True),))

    content = render_pdf(agreement_document(agreement, Language.EN))

    assert len(PdfReader(io.BytesIO(content)).pages) > 5


def test_a_name_in_one_language_stands_in_the_other_document_too():
    agreement = make_agreement(name=Phrase("只有中文名", ""), goal=Phrase("", "English goal only"))

    assert agreement_document(agreement, Language.EN).subtitle == "只有中文名"
    assert "English goal only" in text_of_docx(render_docx(agreement_document(agreement, Language.ZH)))


def test_a_document_that_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(pdf, "MOST_SECONDS", 0.01)

    with pytest.raises(NotRendered):
        render_pdf(agreement_document(make_agreement(), Language.ZH))
