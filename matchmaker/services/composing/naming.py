"""The names in a composition: of organisations and capabilities, all of which every signed-in person may know."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from matchmaker.consortium.asking import step_level
from models.enums import OrganisationState
from models.organisations import Organisation
from models.taxonomy import Capability

# A readiness step stands among the capabilities by a key of its own, which `step_level` knows.
__all__ = ["Named", "read_names", "step_level"]
IN_ONE_QUERY = 500


@dataclass(frozen=True)
class Named:
    """By id as text and by code; who has left the registry since is not in here."""

    organisations: Mapping[str, Organisation] = field(default_factory=dict)
    capabilities: Mapping[str, Capability] = field(default_factory=dict)


def read_names(session: Session, parts: Iterable[Any], *, also: Iterable[str] = ()) -> Named:
    """Whoever and whatever is named anywhere in `parts` of a result, and the organisations `also`."""
    words = {*_strings(list(parts)), *also}
    ids = sorted(UUID(word) for word in words if _is_id(word))
    organisations: dict[str, Organisation] = {}
    for start in range(0, len(ids), IN_ONE_QUERY):
        wanted = select(Organisation).where(
            col(Organisation.id).in_(ids[start : start + IN_ONE_QUERY]), Organisation.state == OrganisationState.ACTIVE
        )
        organisations |= {str(one.id): one for one in session.exec(wanted)}
    capabilities = select(Capability).where(col(Capability.code).in_(words))
    return Named(organisations, {one.code: one for one in session.exec(capabilities)})


def _strings(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, Mapping):
        for key, value in part.items():
            yield key
            yield from _strings(value)
    elif isinstance(part, list | tuple):
        for value in part:
            yield from _strings(value)


def _is_id(word: str) -> bool:
    return len(word) == 36 and word.count("-") == 4 and _parses(word)


def _parses(word: str) -> bool:
    try:
        UUID(word)
    except ValueError:
        return False
    return True
