"""A document as one web page that needs nothing else: no script, no address outside, its drawings in it."""

import re
from functools import cache
from pathlib import Path
from typing import get_args

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from matchmaker.exports.charts import on_page
from matchmaker.exports.content import UNPRINTABLE, Block, Document, Figure, Heading

KINDS = {kind: kind.__name__.lower() for kind in get_args(Block)}
TAGS = {"zh": "zh-CN", "en": "en-GB"}
# Two drawings on one page may both name a part `clip0`.
IDENTIFIER = re.compile(r'(\bid="|url\(#|href="#)')
# A picture tells its content once, by its label; the parts of it are for the eye.
ROLES = re.compile(r' (?:role|aria-roledescription|aria-label|aria-hidden)="[^"]*"')


def render_html(document: Document) -> bytes:
    """The same document gives the same bytes."""
    page = _template().render(
        document=document,
        tag=TAGS[document.language],
        kinds=KINDS,
        drawings={
            place: _drawing(block.drawing.svg(), place)
            for place, block in enumerate(document.blocks)
            if isinstance(block, Figure)
        },
        headings=[one for one in document.blocks if isinstance(one, Heading) and one.level == 1 and one.anchor],
    )
    return UNPRINTABLE.sub("", page).encode()


def _drawing(svg: str, number: int) -> Markup:
    """The drawing, whose letters come from Vega, which escapes them."""
    own = IDENTIFIER.sub(rf"\1drawing{number}-", ROLES.sub("", on_page(svg)))
    return Markup(own.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1))  # noqa: S704


@cache
def _template() -> Template:
    folder = FileSystemLoader(Path(__file__).parent)
    made = Environment(
        loader=folder, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, optimized=False
    )
    return made.get_template("document.html")
