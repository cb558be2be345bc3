"""A challenge as a file of its own, so that a team can be composed without it standing in the registry."""

import json
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic import ConfigDict, TypeAdapter, ValidationError
from sqlmodel import Session, col, select

from matchmaker.consortium.rules import TeamRule
from matchmaker.errors import InvalidInput
from matchmaker.services.composing.puzzles import SourcedRule
from matchmaker.services.rule_sets.figures import figures_of, read_figures, stored_figures
from matchmaker.services.rule_sets.reading import rules_for
from matchmaker.store.challenges import Posed, PosedCapability, PosedSeat, PosedWords, read_posed
from models.challenges import Challenge
from models.enums import OrganisationKind, RuleKind
from models.organisations import Organisation

STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True, kw_only=True)
class FileCapability(PosedCapability):
    __pydantic_config__ = STRICT


@dataclass(frozen=True, kw_only=True)
class FileSeat:
    __pydantic_config__ = STRICT

    role_zh: str = ""
    role_en: str = ""
    kinds: tuple[OrganisationKind, ...] = ()
    least: int = 1
    most: int = 1
    cost: float | None = None


@dataclass(frozen=True, kw_only=True)
class FileRule:
    __pydantic_config__ = STRICT

    kind: RuleKind
    arguments: dict[str, Any] = field(default_factory=dict)
    is_hard: bool = True
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class ChallengeFile(PosedWords):
    """What a file holds; `lead` is an organisation by its id or its unified social credit code."""

    __pydantic_config__ = STRICT

    lead: str
    capabilities: tuple[FileCapability, ...] = ()
    seats: tuple[FileSeat, ...] = ()
    rules: tuple[FileRule, ...] = ()

    @property
    def posed(self) -> Posed:
        return Posed(
            **_words(self),
            capabilities=self.capabilities,
            seats=tuple(_seat(number, seat) for number, seat in enumerate(self.seats, start=1)),
        )

    @property
    def team_rules(self) -> tuple[SourcedRule, ...]:
        return tuple(SourcedRule(_rule(number, rule), rule.source) for number, rule in enumerate(self.rules, start=1))


ADAPTER = TypeAdapter(ChallengeFile)


def read_file(path: Path) -> ChallengeFile:
    """Raise InvalidInput with the place in the file where it is not a challenge."""
    try:
        return ADAPTER.validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"])) or "file"
        raise InvalidInput("challenge_file", field=place, problem=first["msg"]) from error


def find_lead(session: Session, named: str) -> UUID:
    """By id or by unified social credit code."""
    try:
        found = session.exec(select(Organisation.id).where(Organisation.id == UUID(named))).first()
    except ValueError:
        found = session.exec(select(Organisation.id).where(col(Organisation.uscc) == named.strip().upper())).first()
    if found is None:
        raise InvalidInput("lead_unknown", field="lead", typed=named)
    return found


def export(session: Session, challenge: Challenge) -> str:
    """A challenge of the registry in the shape of such a file, its rules written out."""
    posed = read_posed(session, challenge)
    rules = rules_for(session, rule_set_id=challenge.rule_set_id, challenge_id=challenge.id)
    written = ChallengeFile(
        lead=str(challenge.organisation_id),
        **_words(posed),
        capabilities=tuple(FileCapability(**asdict(one)) for one in posed.capabilities),
        seats=tuple(
            FileSeat(
                role_zh=one.role_zh,
                role_en=one.role_en,
                kinds=tuple(OrganisationKind(kind) for kind in one.kinds),
                least=one.least,
                most=one.most,
                cost=one.cost,
            )
            for one in posed.seats
        ),
        rules=tuple(
            FileRule(kind=one.kind, arguments=stored_figures(figures_of(one)), is_hard=one.is_hard, source=one.source)
            for one in rules
        ),
    )
    return json.dumps(ADAPTER.dump_python(written, mode="json"), ensure_ascii=False, indent=2) + "\n"


def _words(posed: PosedWords) -> dict[str, Any]:
    return {one.name: getattr(posed, one.name) for one in fields(PosedWords)}


def _seat(number: int, seat: FileSeat) -> PosedSeat:
    return PosedSeat(
        key=f"seat:{number}",
        role_zh=seat.role_zh,
        role_en=seat.role_en,
        kinds=tuple(kind.value for kind in seat.kinds),
        least=seat.least,
        most=seat.most,
        cost=seat.cost,
    )


def _rule(number: int, rule: FileRule) -> TeamRule:
    try:
        return TeamRule(key=f"rule-{number}", figures=read_figures(rule.kind, rule.arguments), is_hard=rule.is_hard)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(["rules", str(number - 1), "arguments", *map(str, first["loc"])])
        raise InvalidInput("challenge_file", field=place, problem=first["msg"]) from error
