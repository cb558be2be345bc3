"""A document as a PDF for print, archive and screen readers (PDF/UA-1), set by Typst in a process of its own."""

import json
import subprocess
import sys
from dataclasses import asdict
from typing import Any

from matchmaker.errors import MatchmakerError
from matchmaker.exports import phrases
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
        "page": [before, between, after],
        "facts": document.facts,
        "blocks": [_block(block) for block in document.blocks],
    }


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Heading(text, level):
            return {"kind": "heading", "text": text, "level": level}
        case Paragraph(line):
            return {"kind": "paragraph", "line": _line(line)}
        case Bullets(items):
            return {"kind": "bullets", "items": [_line(item) for item in items]}
        case Notice(title, items):
            return {"kind": "notice", "title": title, "items": [_line(item) for item in items]}
        case Figure(caption, alt, svg, _png):
            return {"kind": "figure", "caption": caption, "alt": alt, "svg": svg}
        case Table():
            rows = [[_line(cell) for cell in row] for row in block.rows]
            return {**asdict(block), "kind": "table", "rows": rows, "numbers": sorted(block.numbers)}


def _line(line: Line) -> list[dict[str, Any]]:
    return [{"lines": span.text.split("\n"), "blank": bool(span.blank), "strong": span.is_strong} for span in line]
