"""A document as a PDF for print, archive and screen readers (PDF/UA-1), set by Typst in a process of its own."""

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from matchmaker.errors import MatchmakerError
from matchmaker.exports import phrases
from matchmaker.exports.content import (
    Block,
    Bullets,
    Contents,
    Document,
    Figure,
    Heading,
    Language,
    Line,
    Notice,
    Orientation,
    PageBreak,
    Paragraph,
    Table,
)

CHILD = "matchmaker.exports.typesetting"
MOST_SECONDS = 30


class NotRendered(MatchmakerError):
    """The typesetter did not come to an end, or refused the document."""


def render_pdf(document: Document) -> bytes:
    """The same document gives the same bytes."""
    source = json.dumps(as_json(document), ensure_ascii=False)
    command = [sys.executable, "-m", CHILD]
    try:
        done = subprocess.run(  # noqa: S603 - our own module; the document goes through its standard input
            command, input=source.encode("utf-8", "replace"), capture_output=True, timeout=MOST_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise NotRendered(f"no PDF after {MOST_SECONDS} s") from error
    if done.returncode:
        raise NotRendered(done.stderr.decode("utf-8", "replace")[-2_000:])
    return done.stdout


def as_json(document: Document) -> dict[str, Any]:
    """The document as the template reads it."""
    language = document.language
    before, between, after = phrases.PAGE(language, page="\n", pages="\n").split("\n")
    return {
        "title": document.title,
        "subtitle": document.subtitle,
        "language": "zh" if language is Language.ZH else "en",
        "made_on": [document.made_on.year, document.made_on.month, document.made_on.day],
        "author": document.author,
        "running_head": document.running_head,
        "running_foot": document.running_foot,
        "page": [before, between, after],
        "front": document.front,
        "facts": document.facts,
        "sheets": _sheets(document.blocks),
    }


def _sheets(blocks: Sequence[Block]) -> list[dict[str, Any]]:
    """The blocks from one page break to the next."""
    sheets: list[dict[str, Any]] = [{"is_flipped": False, "blocks": []}]
    for block in blocks:
        if isinstance(block, PageBreak):
            sheets.append({"is_flipped": block.orientation is Orientation.LANDSCAPE, "blocks": []})
        else:
            sheets[-1]["blocks"].append(_block(block))
    return sheets


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Heading(text, level, anchor):
            return {"kind": "heading", "text": text, "level": level, "anchor": anchor}
        case Paragraph(line):
            return {"kind": "paragraph", "line": _line(line)}
        case Bullets(items):
            return {"kind": "bullets", "items": [_line(item) for item in items]}
        case Notice(title, items):
            return {"kind": "notice", "title": title, "items": [_line(item) for item in items]}
        case Figure(caption, alt, drawing):
            return {"kind": "figure", "caption": caption, "alt": alt, "svg": drawing.svg()}
        case Contents(title):
            return {"kind": "contents", "title": title}
        case PageBreak():
            raise ValueError("a page break parts sheets and stands in none")
        case Table():
            rows = [[_line(cell) for cell in row] for row in block.rows]
            return {
                "kind": "table",
                "caption": block.caption,
                "head": block.head,
                "rows": rows,
                "widths": block.widths,
                "numbers": sorted(block.numbers),
                "has_total": block.has_total,
                "layout": block.layout,
            }


def _line(line: Line) -> list[dict[str, Any]]:
    return [
        {
            "lines": span.text.split("\n"),
            "blank": bool(span.blank),
            "strong": span.is_strong,
            "link": span.link,
        }
        for span in line
    ]
