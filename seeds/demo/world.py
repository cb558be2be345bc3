"""What the generator works on: one region, all its records, and the dice that make it the same every time."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from random import Random
from typing import Any, TypeVar, cast

from sqlmodel import SQLModel

from models.organisations import Organisation
from models.taxonomy import CertificationScheme, District, ReadinessLevel
from seeds.demo.chains import Chains, Skill, Words, read_chains
from seeds.demo.names import Namer
from seeds.demo.phrasing import Phrasing
from seeds.demo.thin_nodes import read_thin
from seeds.reference import read_reference, records_of

Table = TypeVar("Table", bound=SQLModel)

SEED = 33618


@dataclass
class Body:
    """An organisation of the demo with what the generator must remember about it."""

    key: str
    record: Organisation
    nodes: tuple[str, ...]
    sells: set[str] = field(default_factory=set)
    wants: set[str] = field(default_factory=set)

    @property
    def age(self) -> int:
        founded = self.record.founded_on
        return 1 if founded is None else max(1, (self.record.created_at.date() - founded).days // 365)


class World:
    def __init__(self, today: date) -> None:
        self.today = today
        self.now = datetime.combine(today, time(), UTC)
        reference = read_reference()
        self.thin = read_thin()
        # Nobody comes to stand at a thin node by chance: they are planted when all others are there.
        self.chains: Chains = read_chains(reference, without={node.code for node in self.thin})
        self.all_chains: Chains = read_chains(reference)
        self.districts = {district.code: district.name_zh for district in records_of(reference, District)}
        self.certificate_years = {row.code: row.valid_years for row in records_of(reference, CertificationScheme)}
        self.evidence = {row.level: Words(row.name_zh, row.name_en) for row in records_of(reference, ReadinessLevel)}
        self.phrasing = Phrasing(self.dice("phrasing"))
        self.namer = Namer(self.dice("names"))
        self.reserved: frozenset[str] = frozenset()
        self.bodies: list[Body] = []
        self.records: list[SQLModel] = []
        self._counts: Counter[str] = Counter()

    def dice(self, part: str) -> Random:
        """Each part of the world rolls its own dice, so that a change in one leaves the others alone."""
        return Random(f"{SEED}:{part}")

    def add(self, table: type[Table], **values: Any) -> Table:
        """A new record, dated today."""
        # All defaults are given here, for pydantic takes ten times as long to work them out.
        given = {name: default() for name, default in _defaults(table)} | {
            "created_at": self.now,
            "changed_at": self.now,
        }
        given = {name: value for name, value in given.items() if name in table.model_fields}
        record = table(**{**given, **values})
        self.records.append(record)
        return record

    def count_for(self, name: str) -> int:
        """1, 2, 3 ... for each name."""
        self._counts[name] += 1
        return self._counts[name]

    def of_kind(self, kind: str) -> list[Body]:
        return [body for body in self.bodies if body.record.kind == kind]

    def open_skills(self, node: str) -> tuple[Skill, ...]:
        """Capabilities of `node` that are not reserved for the planted key."""
        return tuple(skill for skill in self.chains.by_node[node] if skill.code not in self.reserved)

    def day(self, days_ago: int) -> date:
        return self.today - timedelta(days=days_ago)

    def moment(self, days_ago: int) -> datetime:
        return self.now - timedelta(days=days_ago)

    def all_of(self, table: type[Table]) -> Sequence[Table]:
        return [record for record in self.records if isinstance(record, table)]


@cache
def _defaults(table: type[SQLModel]) -> tuple[tuple[str, Callable[[], Any]], ...]:
    fields = table.model_fields.items()
    made = {name: field.default_factory for name, field in fields if field.default_factory is not None}
    return tuple((name, cast("Callable[[], Any]", factory)) for name, factory in made.items() if name != "id")
