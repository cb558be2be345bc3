"""The process that sets one PDF: little memory, little time, no files but the template and the font.

`python -m matchmaker.exports.typesetting` reads the document as JSON from its standard input and writes the PDF.
"""

import json
import re
import sys
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from matchmaker.exports.glyphs import with_shapes

MOST_SECONDS = 25
MOST_BYTES = 3 * 2**30
TEMPLATE = Path(__file__).parent / "document.typ"
# A word without a place to break would run out of its column.
LONG_WORD = re.compile(r"[!-~]{19,}")
PIECE = 8
# Not words: a drawing, and the names that links go by.
UNTOUCHED = frozenset({"svg", "anchor", "link"})


def main() -> int:
    limit_resources()
    sys.stdout.buffer.write(set_text(sys.stdin.buffer.read().decode("utf-8")))
    return 0


def set_text(text: str) -> bytes:
    """The PDF of a document in JSON, with boxes for what cannot be shown where the typesetter refuses it as it is."""
    import typst

    try:
        return set_pdf(json.loads(text))
    except typst.TypstError:
        shown = with_shapes(text)
        if shown == text:
            raise
    return set_pdf(json.loads(shown))


def set_pdf(document: dict[str, Any]) -> bytes:
    import typst

    year, month, day = document["made_on"]
    moment = datetime(year, month, day, tzinfo=UTC)
    pdf = typst.compile(
        str(TEMPLATE),
        root=str(TEMPLATE.parent),
        sys_inputs={"document": json.dumps({**document, "sheets": breakable(document["sheets"])}, ensure_ascii=False)},
        font_paths=[str(files("manimgx_fonts_cjk"))],
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
        timestamp=moment,
    )
    return bytes(pdf)


def breakable(value: Any) -> Any:
    """The same document with places to break in its longest words."""
    if isinstance(value, str):
        return LONG_WORD.sub(_in_pieces, value)
    if isinstance(value, list):
        return [breakable(item) for item in value]
    if isinstance(value, dict):
        return {name: item if name in UNTOUCHED else breakable(item) for name, item in value.items()}
    return value


def _in_pieces(word: re.Match[str]) -> str:
    text = word.group()
    return "\u200b".join(text[start : start + PIECE] for start in range(0, len(text), PIECE))


def limit_resources() -> None:
    try:
        import resource
    except ImportError:  # not on Windows: there the parent's time limit is all
        return
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    if sys.platform == "linux":  # elsewhere the system counts libraries that nobody uses
        resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))


if __name__ == "__main__":
    raise SystemExit(main())
