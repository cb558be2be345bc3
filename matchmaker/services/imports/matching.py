"""Which record of the registry a row means, if any: by credit code, by key, by folded name."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col

from matchmaker.names import fold_text
from matchmaker.services.imports.problems import CellProblem
from matchmaker.services.imports.reference import Directory
from models.enums import MandateStatus
from models.funds import Mandate

Values = Mapping[str, Any]


def match_organisation(directory: Directory, values: Values) -> UUID | None:
    """The organisation that a row describes; CellProblem where it may be several or contradicts itself.

    A credit code decides; names and keys may only agree with it.
    """
    by_code = directory.by_uscc.get(values.get("uscc") or "")
    by_key = directory.by_key.get((directory.source, values.get("source_key") or ""))
    by_name = directory.named(values)
    certain = {found for found in (by_code, by_key) if found}
    if certain and by_name and not certain & by_name:
        certain |= by_name
    candidates = certain or by_name
    if len(candidates) > 1:
        names = sorted(directory.describe(found) for found in candidates)
        raise CellProblem("ambiguous_match", matches="; ".join(names[:5]))
    if not candidates:
        return None

    found = next(iter(candidates))
    known_code = directory.uscc_of.get(found)
    if values.get("uscc") and known_code and known_code != values["uscc"] and by_code != found:
        raise CellProblem("other_credit_code", match=directory.name_of[found], uscc=known_code)
    return found


@dataclass
class Belongings:
    """What organisations own of one table (offers, needs, facilities, mandates), by key and by title."""

    source: str
    fields: tuple[str, str]
    by_key: dict[tuple[str, str], UUID] = field(default_factory=dict)
    by_title: dict[tuple[UUID, str], set[UUID]] = field(default_factory=lambda: defaultdict(set))
    of_owner: dict[UUID, set[UUID]] = field(default_factory=lambda: defaultdict(set))
    owner_of: dict[UUID, UUID] = field(default_factory=dict)
    key_of: dict[UUID, str] = field(default_factory=dict)

    def add(self, record_id: UUID, values: Values) -> None:
        owner = values["organisation_id"]
        self.of_owner[owner].add(record_id)
        self.owner_of[record_id] = owner
        if values.get("source") and values.get("source_key"):
            self.by_key[values["source"], values["source_key"]] = record_id
            self.key_of[record_id] = values["source_key"]
        for title in filter(None, (values.get(name) for name in self.fields)):
            self.by_title[owner, fold_text(title)].add(record_id)

    def match(self, values: Values) -> UUID | None:
        """The record with the row's key; without one, the owner's record of that title.

        Records with other keys are other records, whatever their title.
        """
        key, owner = values.get("source_key") or "", values.get("organisation_id")
        if found := self.by_key.get((self.source, key)):
            return found
        if owner is None:
            return None
        titles = [fold_text(values[name]) for name in self.fields if values.get(name)]
        titled = set().union(*(self.by_title.get((owner, title), set()) for title in titles)) if titles else set()
        candidates = {found for found in titled if not key or found not in self.key_of}
        if len(candidates) > 1:
            raise CellProblem("ambiguous_match", matches=f"{len(candidates)} with this title")
        return next(iter(candidates), None)

    def only_one_of(self, owner: UUID) -> UUID | None:
        owned = self.of_owner.get(owner, set())
        return next(iter(owned)) if len(owned) == 1 else None


def load_belongings(session: Session, model: type[SQLModel], *, source: str) -> Belongings:
    table = model.__table__  # type: ignore[attr-defined]
    fields = ("title_zh", "title_en") if "title_zh" in table.c else ("name_zh", "name_en")
    belongings = Belongings(source, fields)
    names = ("id", "organisation_id", "source", "source_key", *fields)
    wanted = sa.select(*(table.c[name] for name in names))
    if model is Mandate:  # what a fund is still writing is nobody else's to change
        wanted = wanted.where(col(Mandate.status) != MandateStatus.DRAFT)
    for row in session.execute(wanted).mappings():
        belongings.add(row["id"], dict(row))
    return belongings
