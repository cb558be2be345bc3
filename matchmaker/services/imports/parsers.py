"""From the text of one cell to a value, or a CellProblem that says what is wrong with it.

Every parser reads Chinese and English forms, full width and half width.
"""

import calendar
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from email_validator import EmailNotValidError, validate_email

from matchmaker import uscc
from matchmaker.errors import InvalidInput
from matchmaker.names import fold_text
from matchmaker.services.imports import vocabulary
from matchmaker.services.imports.limits import LONGEST_CELL
from matchmaker.services.imports.problems import CellProblem
from matchmaker.services.imports.reference import Reference

# Marks that turn the direction of text: they make a name look like another one.
DIRECTION_MARKS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# What spreadsheets and web pages leave at the ends of cells besides white space.
INVISIBLE_ENDS = " \t\r\n\u00a0\u3000\u200b\u200c\u200d\ufeff"
FORMULA_ERRORS = frozenset("#REF! #N/A #VALUE! #DIV/0! #NAME? #NULL! #NUM!".split())  # noqa: SIM905 - shorter so
UNITS = {
    "": 1, "千": 10**3, "万": 10**4, "百万": 10**6, "千万": 10**7, "亿": 10**8, "百亿": 10**10, "万亿": 10**12,
    "k": 10**3, "m": 10**6, "mn": 10**6, "million": 10**6, "b": 10**9, "bn": 10**9, "billion": 10**9,
}  # fmt: skip
NUMBER = re.compile(
    r"(?:¥|￥|cny|rmb|人民币)?(?P<digits>[+-]?(?:\d{1,3}(?:,\d{3})+|\d{1,20})(?:\.\d{1,15})?)"
    r"(?P<unit>千万|百万|百亿|万亿|千|万|亿|k|mn|million|m|bn|billion|b)?"
    r"(?:元|人民币|cny|rmb|yuan|人|名|天|年|周|个|小时|平方米|m2|㎡)?"
)
LONGEST_NUMBER = 60
DATE = re.compile(
    r"(?P<year>\d{4})(?:[-/.年](?P<month>\d{1,2})(?:[-/.月](?P<day>\d{1,2})日?|月)?|年)?(?:[T ]00:00(?::00(?:\.0+)?)?)?"
)
COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
LIST_SIGNS = re.compile(r"[;|\n]+")


class Parser(Protocol):
    def parse(self, text: str, reference: Reference) -> object: ...

    @property
    def allowed(self) -> list[vocabulary.Label]:
        """The closed list it reads, for the notes of the template; empty where anything of the form goes."""
        ...


class Open:
    """Base of parsers without a closed list."""

    @property
    def allowed(self) -> list[vocabulary.Label]:
        return []


def clean(text: str) -> str:
    """The cell as people meant it; invisible characters inside are refused."""
    if len(text) > LONGEST_CELL:
        raise CellProblem("too_long", length=len(text), limit=LONGEST_CELL)
    kept = unicodedata.normalize("NFC", text).strip(INVISIBLE_ENDS).replace("\r\n", "\n")
    for sign in kept:
        if sign in DIRECTION_MARKS or (unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\t"):
            raise CellProblem("control_character", character=f"U+{ord(sign):04X}")
    if kept in FORMULA_ERRORS:
        raise CellProblem("formula_error")
    return kept


def compact(text: str) -> str:
    """Half width, lower case, no spaces: how numbers and dates are compared with their patterns."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


@dataclass(frozen=True)
class Text(Open):
    limit: int

    def parse(self, text: str, reference: Reference) -> str:
        if len(text) > self.limit:
            raise CellProblem("too_long", length=len(text), limit=self.limit)
        return text


@dataclass(frozen=True)
class Number(Open):
    low: float = 0
    high: float = 1e15

    def parse(self, text: str, reference: Reference) -> float:
        return float(self._within(_amount(text)))

    def _within(self, amount: Decimal) -> Decimal:
        if not self.low <= amount <= self.high:
            raise CellProblem("out_of_range", low=f"{self.low:,.0f}", high=f"{self.high:,.0f}")
        return amount


@dataclass(frozen=True)
class Whole(Number):
    high: float = 10_000_000

    def parse(self, text: str, reference: Reference) -> int:
        amount = self._within(_amount(text))
        if amount != int(amount):
            raise CellProblem("not_whole")
        return int(amount)


def _amount(text: str) -> Decimal:
    folded = compact(text)
    match = NUMBER.fullmatch(folded) if len(folded) <= LONGEST_NUMBER else None
    if match is None:
        raise CellProblem("not_a_number")
    return Decimal(match["digits"].replace(",", "")) * UNITS[match["unit"] or ""]


@dataclass(frozen=True)
class Share(Open):
    """A share of one. A bare 6.5 is refused: whoever wrote it may have meant 0.65 or 6.5 %."""

    def parse(self, text: str, reference: Reference) -> float:
        folded = compact(text)
        per_cent = folded.endswith("%")
        try:
            amount = _amount(folded.removesuffix("%")) / (100 if per_cent else 1)
        except CellProblem:
            raise CellProblem("not_a_share") from None
        if not per_cent and amount >= 1:
            raise CellProblem("not_a_share")
        if not 0 <= amount <= 1:
            raise CellProblem("out_of_range", low="0%", high="100%")
        return float(amount)


@dataclass(frozen=True)
class Day(Open):
    """A date; a month or a year stands for its first day."""

    def parse(self, text: str, reference: Reference) -> date:
        year, month, day = _date_parts(text)
        return _date(year, month or 1, day or 1)


@dataclass(frozen=True)
class LastDay(Open):
    """A date until which something holds; a month or a year stands for its last day."""

    def parse(self, text: str, reference: Reference) -> date:
        year, month, day = _date_parts(text)
        month = month or 12
        return _date(year, month, day or (calendar.monthrange(year, month)[1] if 1 <= month <= 12 else 1))


def _date_parts(text: str) -> tuple[int, int | None, int | None]:
    folded = unicodedata.normalize("NFKC", text).strip()
    if len(folded) > LONGEST_NUMBER:
        raise CellProblem("not_a_date")
    if compacted := COMPACT_DATE.fullmatch(folded):
        year, month, day = map(int, compacted.groups())
        return _known_year(year), month, day
    match = DATE.fullmatch(folded) or DATE.fullmatch(compact(text))
    if match is None:
        raise CellProblem("not_a_date")
    month_text, day_text = match["month"], match["day"]
    return _known_year(int(match["year"])), int(month_text) if month_text else None, int(day_text) if day_text else None


def _known_year(year: int) -> int:
    if not 1800 <= year <= 2200:
        raise CellProblem("not_a_date")
    return year


def _date(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise CellProblem("not_a_date") from None


@dataclass(frozen=True)
class YesNo:
    allowed: list[vocabulary.Label] = field(
        default_factory=lambda: [vocabulary.Label(zh="是", en="yes"), vocabulary.Label("否", "no")]
    )

    def parse(self, text: str, reference: Reference) -> bool:
        folded = fold_text(text)
        if folded not in vocabulary.YES | vocabulary.NO:
            raise CellProblem("not_yes_or_no")
        return folded in vocabulary.YES


@dataclass(frozen=True)
class Choice:
    values: type[StrEnum]

    @property
    def allowed(self) -> list[vocabulary.Label]:
        return [vocabulary.label(member) for member in vocabulary.members(self.values)]

    def parse(self, text: str, reference: Reference) -> StrEnum:
        member = vocabulary.find_member(self.values, text)
        if member is None:
            raise CellProblem("unknown_value", allowed="; ".join(f"{a.zh} / {a.en}" for a in self.allowed))
        return member


@dataclass(frozen=True)
class CreditCode(Open):
    def parse(self, text: str, reference: Reference) -> str:
        try:
            return uscc.normalise(text)
        except InvalidInput as error:
            raise CellProblem(error.code, **error.facts) from None


@dataclass(frozen=True)
class Email(Open):
    limit: int = 254

    def parse(self, text: str, reference: Reference) -> str:
        try:
            address = validate_email(text, check_deliverability=False).normalized
        except EmailNotValidError:
            raise CellProblem("not_an_email") from None
        if len(address) > self.limit:
            raise CellProblem("too_long", length=len(address), limit=self.limit)
        return address


@dataclass(frozen=True)
class Website(Open):
    """An http address; `javascript:` and its like never get in."""

    limit: int = 300
    form = re.compile(
        r"(?:https?://)?[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,10}(?::\d{1,5})?(?:[/?#][^\s<>\"']*)?", re.IGNORECASE
    )

    def parse(self, text: str, reference: Reference) -> str:
        if len(text) > self.limit:
            raise CellProblem("too_long", length=len(text), limit=self.limit)
        if not self.form.fullmatch(text):
            raise CellProblem("not_a_website")
        return text if text.lower().startswith("http") else f"https://{text}"


@dataclass(frozen=True)
class Code(Open):
    """A row of the reference data, by its code or one of its names."""

    table: str

    def parse(self, text: str, reference: Reference) -> str:
        return reference.lookup(self.table).find(text)


@dataclass(frozen=True)
class OrganisationRef(Open):
    """An organisation of the registry, by credit code, name or key."""

    def parse(self, text: str, reference: Reference) -> object:
        return reference.organisations.find(text)


@dataclass(frozen=True)
class ListOf:
    """Several values in one cell, apart by ; | or a new line, and by 、 where no single value has it in its name."""

    item: Parser
    most: int = 50

    @property
    def allowed(self) -> list[vocabulary.Label]:
        return self.item.allowed

    def parse(self, text: str, reference: Reference) -> list[object]:
        pieces = [piece.strip() for piece in LIST_SIGNS.split(text.replace("；", ";").replace("｜", "|"))]
        values: list[object] = []
        for piece in filter(None, pieces):
            values += self._parse_piece(piece, reference)
            if len(values) > self.most:
                raise CellProblem("out_of_range", low="1", high=f"{self.most} items")
        return list(dict.fromkeys(values))

    def _parse_piece(self, piece: str, reference: Reference) -> list[object]:
        if "、" not in piece:
            return [self.item.parse(piece, reference)]
        try:
            return [self.item.parse(piece, reference)]
        except CellProblem:
            return [self.item.parse(part.strip(), reference) for part in piece.split("、") if part.strip()]
