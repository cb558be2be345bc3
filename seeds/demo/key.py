"""The planted answer key: who was made to fit which need, who is a rival, and who misses by a hair."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

FILE_NAME = "demo_key.json"


class Flaw(StrEnum):
    """Why a near miss is no fit."""

    LEVEL_TOO_LOW = "level_too_low"
    TOO_EARLY = "too_early"
    EXPIRED = "expired"
    FULL = "full"
    WRONG_KIND = "wrong_kind"


@dataclass(frozen=True)
class Planted:
    """An offer and its organisation; keys are `source_key`s, ids are primary keys as text."""

    offer_key: str
    offer_id: str
    organisation_key: str
    organisation_id: str


@dataclass(frozen=True)
class NearMiss(Planted):
    flaw: Flaw


@dataclass(frozen=True)
class Rival:
    """Sells what the owner of the need sells, and so looks like a good match to whoever compares profiles."""

    organisation_key: str
    organisation_id: str


@dataclass(frozen=True)
class PlantedNeed:
    need_key: str
    need_id: str
    owner_key: str
    owner_id: str
    capability: str
    is_tagged: bool
    is_cross_lingual: bool
    fits: tuple[Planted, ...]
    rivals: tuple[Rival, ...]
    near_misses: tuple[NearMiss, ...]


def write_key(folder: Path, key: Sequence[PlantedNeed]) -> Path:
    path = folder / FILE_NAME
    path.write_text(json.dumps([asdict(entry) for entry in key], ensure_ascii=False, indent=1), encoding="utf-8")
    return path
