"""What people write may hold characters that the font of documents does not have."""

from datetime import date
from io import BytesIO

import pytest
from pypdf import PdfReader

from matchmaker.exports.content import Document, Language, Paragraph, plain
from matchmaker.exports.glyphs import with_shapes
from matchmaker.exports.pdf import render_pdf


@pytest.mark.parametrize(
    "text", ["中试基地（重庆）", "𠮷龘 é Жя ⑳ → ≥ “”", "a\u200bb\u200dc", "CO₂ 10⁶", "葛\U000e0100", "plain"]
)
def test_what_can_be_shown_stays_as_it_is(text):
    assert with_shapes(text) == text


@pytest.mark.parametrize(("text", "shown"), [("车🚗", "车□"), ("ไทย", "□□□"), ("\ue000", "□")])
def test_what_cannot_be_shown_becomes_a_box(text, shown):
    assert with_shapes(text) == shown


def test_an_emoji_in_a_name_does_not_stop_a_pdf():
    document = Document(
        title="走查🚗",
        subtitle="",
        language=Language.ZH,
        made_on=date(2026, 11, 23),
        author="",
        running_head="😀",
        facts=(("机构", "某某公司🏭"),),
        blocks=(Paragraph(plain("正文❤️ CO₂")),),
    )

    pdf = render_pdf(document)

    assert "正文□ CO₂" in PdfReader(BytesIO(pdf)).pages[0].extract_text().replace("\ufe0f", "")
