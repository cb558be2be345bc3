"""What rows may refer to: the reference data by any of their names, and the organisations of the registry."""

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session

from matchmaker import uscc
from matchmaker.names import fold_name, fold_text
from matchmaker.services.imports.problems import CellProblem
from models.enums import OrganisationState
from models.organisations import Organisation
from models.taxonomy import Capability, CertificationScheme, ChainNode, District, Industry, Named

TABLES: Mapping[str, type[Named]] = {
    "capability": Capability,
    "chain node": ChainNode,
    "district": District,
    "certification": CertificationScheme,
    "industry": Industry,
}
# How people shorten the names of districts: 重庆市渝北区 is also 渝北区, 渝北, Yubei District and Yubei.
DISTRICT_ENDS = re.compile(r"(?:自治县|新区|区|县|\s+(?:new area|district|county|autonomous county))$", re.IGNORECASE)
MOST_SUGGESTIONS = 200  # looking for near names is slow, and nobody reads more


@dataclass
class Lookup:
    """One reference table: any word for a row, folded, to the codes it may mean."""

    what: str
    codes: dict[str, str] = field(default_factory=dict)
    names: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    synonyms: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    hints: dict[str, str] = field(default_factory=dict)

    def add(self, code: str, names: Iterable[str], synonyms: Iterable[str] = ()) -> None:
        self.codes[fold_text(code)] = code
        for words, table in ((names, self.names), (synonyms, self.synonyms)):
            for folded in filter(None, map(fold_text, words)):
                table[folded].add(code)

    def find(self, text: str) -> str:
        """The code that `text` means: a code before a name, a name before a synonym."""
        folded = fold_text(text)
        if folded in self.codes:
            return self.codes[folded]
        found = self.names.get(folded) or self.synonyms.get(folded) or set()
        if len(found) > 1:
            raise CellProblem("ambiguous_code", what=self.what, codes=", ".join(sorted(found)))
        if not found:
            raise CellProblem("unknown_code", what=self.what, hint=self._hint(folded))
        return next(iter(found))

    def _hint(self, folded: str) -> str:
        if folded not in self.hints and len(self.hints) < MOST_SUGGESTIONS:
            near = difflib.get_close_matches(folded[:80], [*self.names, *self.synonyms, *self.codes], n=3, cutoff=0.6)
            self.hints[folded] = f"; near: {', '.join(near)}" if near else ""
        return self.hints.get(folded, "")


@dataclass
class Directory:
    """The organisations of the registry as tables name them."""

    by_uscc: dict[str, UUID] = field(default_factory=dict)
    by_key: dict[tuple[str, str], UUID] = field(default_factory=dict)
    by_name: dict[str, set[UUID]] = field(default_factory=lambda: defaultdict(set))
    uscc_of: dict[UUID, str] = field(default_factory=dict)
    name_of: dict[UUID, str] = field(default_factory=dict)
    source: str = ""
    former: set[str] = field(default_factory=set)

    def add(self, record_id: UUID, values: Mapping[str, Any]) -> None:
        if code := values.get("uscc"):
            self.by_uscc[code] = record_id
            self.uscc_of[record_id] = code
        if values.get("source") and values.get("source_key"):
            self.by_key[values["source"], values["source_key"]] = record_id
        for name in filter(None, (values.get("name_zh"), values.get("name_en"))):
            self.by_name[fold_name(name)].add(record_id)
        self.name_of[record_id] = values.get("name_zh") or values.get("name_en") or ""

    def add_former(self, record_id: UUID, values: Mapping[str, Any]) -> None:
        """What the organisation was known by before it was merged; what it is called now goes before that."""
        if code := values.get("uscc"):
            self.by_uscc.setdefault(code, record_id)
            self.former.add(code)
        if values.get("source") and values.get("source_key"):
            self.by_key.setdefault((values["source"], values["source_key"]), record_id)
            self.former.add(values["source_key"])
        for name in filter(None, (values.get("name_zh"), values.get("name_en"))):
            if fold_name(name) not in self.by_name:
                self.by_name[fold_name(name)] = {record_id}
                self.former.add(fold_name(name))

    def without_former(self, values: dict[str, Any]) -> None:
        """Cells by which a row names a record that was merged away find it; they do not overwrite who it is now."""
        for name in ("uscc", "source_key", "name_zh", "name_en"):
            value = values.get(name) or ""
            if value and (fold_name(value) if name.startswith("name") else value) in self.former:
                del values[name]

    def named(self, values: Mapping[str, Any]) -> set[UUID]:
        """All that bear the Chinese or the English name of `values`."""
        names = filter(None, (values.get("name_zh"), values.get("name_en")))
        return set().union(*(self.by_name.get(fold_name(name), set()) for name in names))

    def describe(self, record_id: UUID) -> str:
        code = self.uscc_of.get(record_id)
        return f"{self.name_of[record_id]} ({code})" if code else self.name_of[record_id]

    def find(self, text: str) -> UUID:
        if found := self.by_uscc.get(uscc.fold(text)) or self.by_key.get((self.source, text)):
            return found
        named = self.by_name.get(fold_name(text), set())
        if len(named) > 1:
            raise CellProblem("ambiguous_organisation")
        if not named:
            raise CellProblem("unknown_organisation")
        return next(iter(named))


@dataclass
class Reference:
    lookups: Mapping[str, Lookup]
    organisations: Directory

    def lookup(self, table: str) -> Lookup:
        return self.lookups[table]


def load_reference(session: Session, *, source: str) -> Reference:
    """Read the reference data and the names of all organisations once, for all rows."""
    return Reference({what: _load_lookup(session, what) for what in TABLES}, _load_directory(session, source))


def _load_lookup(session: Session, what: str) -> Lookup:
    lookup = Lookup(what)
    for row in session.execute(sa.select(TABLES[what].__table__)).mappings():  # type: ignore[attr-defined]
        synonyms = f"{row.get('synonyms_zh', '')}|{row.get('synonyms_en', '')}".split("|")
        names = [row["name_zh"], row["name_en"]]
        lookup.add(row["code"], names, [*synonyms, *_short_district(names)] if what == "district" else synonyms)
    return lookup


def _short_district(names: Iterable[str]) -> list[str]:
    without_city = [re.sub(r"^重庆市?", "", name) or name for name in names]
    shortened = [DISTRICT_ENDS.sub("", name) for name in without_city]
    # One sign left says nothing: 忠县 stays 忠县.
    return [name for name in [*without_city, *shortened, *(f"重庆市{n}" for n in without_city)] if len(name) > 1]


def _load_directory(session: Session, source: str) -> Directory:
    directory = Directory(source=source)
    table = Organisation.__table__  # type: ignore[attr-defined]
    columns = (table.c[name] for name in ("id", "uscc", "name_zh", "name_en", "source", "source_key"))
    present = sa.select(*columns).where(table.c.state != OrganisationState.MERGED)
    for row in session.execute(present).mappings():
        directory.add(row["id"], dict(row))
    # A merged organisation lives on in another: its code, its key and its names lead there.
    merged = sa.select(*columns, table.c.merged_into_id).where(table.c.state == OrganisationState.MERGED)
    for row in session.execute(merged).mappings():
        if row["merged_into_id"] in directory.name_of:
            directory.add_former(row["merged_into_id"], dict(row))
    return directory
