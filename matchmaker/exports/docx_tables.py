"""Tables of a Word file, written as XML at once: python-docx looks every cell up anew, which is slow in long ones."""

from collections.abc import Iterator, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Cm, Pt

from matchmaker.exports.content import UNPRINTABLE, Layout, Line, Span, Table

HALF_POINTS = {Layout.PLAIN: 21, Layout.FINE: 17, Layout.WIDE: 14}
HEAD_FILL, LINK, RULE = "EEF2F8", "0958D9", "BFBFBF"
TURNED_HEIGHT = 1700  # twentieths of a point: room for the longest name of a component
# Above this many letters a name does not fit over a column of figures; Chinese goes on in the next line.
LONGEST_UPRIGHT = 6


def add_table(word: Any, block: Table, *, width_cm: float) -> None:
    """The head comes again on every page, and no row is torn in two."""
    if block.layout is not Layout.PLAIN:
        caption = word.add_paragraph()
        caption.add_run(block.caption).bold = True
        caption.paragraph_format.keep_with_next = True
        caption.paragraph_format.space_before, caption.paragraph_format.space_after = Pt(8), Pt(3)
    after = word.add_paragraph()
    after.paragraph_format.space_after = Pt(0)
    after._p.addprevious(
        parse_xml(_table(block, [Cm(width_cm * share / sum(block.widths)).twips for share in block.widths]))
    )


def _table(block: Table, widths: Sequence[int]) -> str:
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    rows = "".join(_row(block, row, widths) for row in block.rows)
    return (
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        f'{_borders()}<w:tblLayout w:type="fixed"/>{_margins(block)}<w:tblLook w:val="0420" w:firstRow="1"/>'
        f"<w:tblCaption w:val={quoteattr(_clean(block.caption))}/></w:tblPr>"
        f"<w:tblGrid>{columns}</w:tblGrid>{_head(block, widths)}{rows}</w:tbl>"
    )


def _borders() -> str:
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    drawn = "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="{RULE}"/>' for side in sides)
    return f"<w:tblBorders>{drawn}</w:tblBorders>"


def _margins(block: Table) -> str:
    if block.layout is Layout.PLAIN:
        return ""
    side = 40 if block.layout is Layout.WIDE else 70
    return f'<w:tblCellMar><w:left w:w="{side}" w:type="dxa"/><w:right w:w="{side}" w:type="dxa"/></w:tblCellMar>'


def _head(block: Table, widths: Sequence[int]) -> str:
    turned = {
        column
        for column, text in enumerate(block.head)
        if block.layout is Layout.WIDE and column in block.numbers and len(text) > LONGEST_UPRIGHT and text.isascii()
    }
    height = f'<w:trHeight w:val="{TURNED_HEIGHT}" w:hRule="atLeast"/>' if turned else ""
    cells = "".join(
        _cell(
            block,
            column,
            (Span(text, is_strong=True),),
            width,
            f'<w:shd w:val="clear" w:color="auto" w:fill="{HEAD_FILL}"/>'
            + ('<w:textDirection w:val="btLr"/>' if column in turned else "")
            + '<w:vAlign w:val="bottom"/>',
        )
        for column, (text, width) in enumerate(zip(block.head, widths, strict=True))
    )
    return f"<w:tr><w:trPr><w:cantSplit/>{height}<w:tblHeader/></w:trPr>{cells}</w:tr>"


def _row(block: Table, row: Sequence[Line], widths: Sequence[int]) -> str:
    cells = "".join(
        _cell(block, column, line, width) for column, (line, width) in enumerate(zip(row, widths, strict=True))
    )
    return f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cells}</w:tr>"


def _cell(block: Table, column: int, line: Line, width: int, look: str = "") -> str:
    side = '<w:jc w:val="right"/>' if column in block.numbers else ""
    size = HALF_POINTS[block.layout]
    spacing = '<w:spacing w:after="0"/>' if block.layout is not Layout.PLAIN else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{look}</w:tcPr>'
        f"<w:p><w:pPr>{spacing}{side}</w:pPr>{''.join(_runs(line, size))}</w:p></w:tc>"
    )


def _runs(line: Line, size: int) -> Iterator[str]:
    for span in line:
        look = (
            ("<w:b/>" if span.is_strong else "")
            + (f'<w:color w:val="{LINK}"/>' if span.link else "")
            + f'<w:sz w:val="{size}"/><w:szCs w:val="{size}"/>'
            + ('<w:highlight w:val="yellow"/>' if span.blank else "")
        )
        parts = "<w:br/>".join(
            f'<w:t xml:space="preserve">{escape(part)}</w:t>' for part in _clean(span.text).split("\n")
        )
        run = f"<w:r><w:rPr>{look}</w:rPr>{parts}</w:r>"
        yield f"<w:hyperlink w:anchor={quoteattr(span.link)}>{run}</w:hyperlink>" if span.link else run


def _clean(text: str) -> str:
    return UNPRINTABLE.sub("", text)
