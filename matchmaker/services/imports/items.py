"""Cells that list things with figures of their own: capabilities with levels, certificates with dates, price lists.

Each item becomes the fields of one row of a child table, as pairs, so that a repeated item can be told from two that
name the same thing.
"""

import re
import unicodedata
from dataclasses import dataclass, field

from matchmaker.services.imports.parsers import Choice, Code, LastDay, Number, Open, Text, Whole
from matchmaker.services.imports.problems import CellProblem
from matchmaker.services.imports.reference import Reference
from matchmaker.services.imports.vocabulary import Label
from models.enums import FacilityServiceType, PriceUnit

Item = tuple[tuple[str, object], ...]

# A level that the table leaves out: what is offered is taken as delivered to customers; a need asks for nothing more
# than the capability itself.
OFFERED_LEVEL = 3
NEEDED_LEVEL = 1
IPC_CLASS = re.compile(r"[A-H]\d{2}[A-Z]?")
QUANTITY = re.compile(r"(?P<name>.+?)\s*[x×*]\s*(?P<quantity>\d{1,6})")


def split_item(text: str) -> list[str]:
    """The parts of `name:figure:figure`; the colon may be full width."""
    return [part.strip() for part in text.replace("：", ":").split(":")]


def parse_level(text: str) -> int:
    level = unicodedata.normalize("NFKC", text).strip()
    if level not in ("1", "2", "3", "4", "5"):
        raise CellProblem("bad_level")
    return int(level)


@dataclass(frozen=True)
class OfferedCapability(Open):
    """`name` or `name:level`."""

    def parse(self, text: str, reference: Reference) -> Item:
        name, level = _name_and_level(text)
        code = Code("capability").parse(name, reference)
        return (("capability_code", code), ("level", parse_level(level) if level else OFFERED_LEVEL))


@dataclass(frozen=True)
class NeededCapability(Open):
    """`name`, `name:level`; an exclamation mark at the end says that it must be there."""

    def parse(self, text: str, reference: Reference) -> Item:
        folded = text.replace("！", "!")
        name, level = _name_and_level(folded.rstrip("! "))
        code = Code("capability").parse(name, reference)
        least = parse_level(level) if level else NEEDED_LEVEL
        return (("capability_code", code), ("level", least), ("is_must", folded.endswith("!")))


def _name_and_level(text: str) -> tuple[str, str]:
    name, *rest = split_item(text)
    if len(rest) > 1:
        raise CellProblem("bad_item", shape="name:level")
    return name, rest[0] if rest else ""


@dataclass(frozen=True)
class Node(Open):
    """A chain node."""

    def parse(self, text: str, reference: Reference) -> Item:
        return (("node_code", Code("chain node").parse(text, reference)),)


@dataclass(frozen=True)
class Certificate(Open):
    """`scheme` or `scheme:valid until`."""

    def parse(self, text: str, reference: Reference) -> Item:
        scheme, *rest = split_item(text)
        if len(rest) > 1:
            raise CellProblem("bad_item", shape="scheme:valid until")
        code = Code("certification").parse(scheme, reference)
        # An unsaid date must not wipe out one that is known.
        return (("scheme_code", code), *((("valid_until", LastDay().parse(rest[0], reference)),) if rest else ()))


@dataclass(frozen=True)
class PatentClass(Open):
    """`H01M:granted` or `H01M:granted/applied`."""

    def parse(self, text: str, reference: Reference) -> Item:
        ipc, *rest = split_item(unicodedata.normalize("NFKC", text).upper())
        counts = rest[0].split("/") if len(rest) == 1 else []
        if not IPC_CLASS.fullmatch(ipc) or not 1 <= len(counts) <= 2:
            raise CellProblem("bad_item", shape="IPC class:granted/applied")
        granted, applied = (Whole(high=1_000_000).parse(count, reference) for count in (*counts, "0")[:2])
        return (("ipc_class", ipc), ("granted", granted), ("applied", applied))


@dataclass(frozen=True)
class FacilityServiceItem:
    """`type`, `type:price/unit` or `type:price/unit:name`."""

    kind: Choice = field(default_factory=lambda: Choice(FacilityServiceType))

    @property
    def allowed(self) -> list[Label]:
        return self.kind.allowed

    def parse(self, text: str, reference: Reference) -> Item:
        kind, *rest = split_item(text)
        if len(rest) > 2:
            raise CellProblem("bad_item", shape="type:price/unit:name")
        price, _, unit = (rest[0] if rest else "").partition("/")
        name = rest[1] if len(rest) == 2 else ""
        return (
            ("type", self.kind.parse(kind, reference)),
            (f"name_{_language(name)}", Text(200).parse(name, reference)),
            ("price", Number().parse(price, reference) if price else None),
            ("unit", Choice(PriceUnit).parse(unit, reference) if unit else None),
        )


@dataclass(frozen=True)
class EquipmentItem(Open):
    """`name`, `name x2`, `name x2:original value`."""

    def parse(self, text: str, reference: Reference) -> Item:
        label, *rest = split_item(text)
        if len(rest) > 1:
            raise CellProblem("bad_item", shape="name x2:original value")
        counted = QUANTITY.fullmatch(label) if len(label) <= 300 else None
        name = counted["name"] if counted else label
        return (
            (f"name_{_language(name)}", Text(200).parse(name, reference)),
            ("quantity", Whole(low=1, high=100_000).parse(counted["quantity"], reference) if counted else 1),
            ("original_value", Number().parse(rest[0], reference) if rest else None),
        )


def _language(text: str) -> str:
    return "zh" if any("\u3400" <= sign <= "\u9fff" for sign in text) else "en"
