"""What in a teaser may tell whose it is. Help for the officer who reads it; it decides nothing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from models.offers import Need, Offer
from models.organisations import Organisation

FIELDS = ("title", "summary", "description", "advantages")
SHORTEST_NAME = 3
# Forms of company that stand behind many names; without them the name is still the name.
LEGAL_FORM = re.compile(r"(?:股份有限公司|有限责任公司|有限公司|研究院|集团)$")
# Every pattern reads a stretch of bounded length, so that no text makes it slow.
PATTERNS = {
    "link": re.compile(r"https?://\S{1,200}|www\.[\w.-]{1,100}|\b[a-z0-9-]{1,60}\.(?:com|cn|net|org|tech)\b", re.I),
    "e_mail": re.compile(r"[\w.+-]{1,64}@[\w-]{1,60}\.[\w.-]{1,60}"),
    "phone": re.compile(r"(?<!\d)(?:1[3-9]\d{9}|0\d{2,3}[- ]?\d{7,8}|400[- ]?\d{3}[- ]?\d{4})(?!\d)"),
    "patent": re.compile(r"(?<![A-Za-z0-9])(?:ZL|CN|US|EP|WO|PCT)[/ ]?\d{7,13}(?:\.[\dXx])?[A-Z]?\d?"),
    "credit_code": re.compile(r"(?<![0-9A-Z])[0-9A-Z]{2}\d{6}[0-9A-Z]{10}(?![0-9A-Z])"),
    "mark": re.compile(r"[^\s，。；、,;.]{0,20}[®™]"),
}


@dataclass(frozen=True)
class Hint:
    """A stretch of a text, and why it may give the organisation away."""

    code: str  # link, e_mail, phone, patent, credit_code, mark, name
    field: str
    text: str


def hints(posting: Offer | Need, owner: Organisation) -> tuple[Hint, ...]:
    return tuple(dict.fromkeys(_hints(posting, owner)))


def _hints(posting: Offer | Need, owner: Organisation) -> Iterator[Hint]:
    names = own_names(owner)
    for field in (f"{name}_{language}" for name in FIELDS for language in ("zh", "en")):
        text = getattr(posting, field, "")
        for code, pattern in PATTERNS.items():
            yield from (Hint(code, field, found[0]) for found in pattern.finditer(text))
        yield from (Hint("name", field, name) for name in names if name.casefold() in text.casefold())


def own_names(owner: Organisation) -> tuple[str, ...]:
    """What the organisation is called, in full and without its legal form; too short a name says nothing."""
    full = (owner.name_zh, owner.name_en, owner.short_name)
    names = dict.fromkeys((*full, LEGAL_FORM.sub("", owner.name_zh)))
    return tuple(name for name in names if len(name) >= SHORTEST_NAME)
