"""Outcomes as files of the installation, so that a process that starts anew need not work the same out again.

Plain arrays without pickles, named by the hash of everything that they follow from; safe to delete.
"""

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any
from uuid import uuid4
from zipfile import BadZipFile

import numpy as np

from matchmaker.what_if.needs import NeedsOutcome
from matchmaker.what_if.rounds import RoundsOutcome
from matchmaker.what_if.running import Outcome
from matchmaker.what_if.teams import TeamsOutcome

KEPT = 3  # files; of an older registry nobody asks again
FOLDER = "what_if"


def load(folder: Path, sha256: str) -> Outcome | None:
    """The outcome of the world with this hash; None where none is kept that can be read."""
    path = _path(folder, sha256)
    try:
        with np.load(path, allow_pickle=False) as stored:
            arrays = dict(stored)
        return _outcome(arrays)
    except (OSError, BadZipFile, KeyError, ValueError):
        return None


def save(folder: Path, sha256: str, outcome: Outcome) -> None:
    """Put in its place whole, so that nobody reads half of it; the oldest beyond KEPT go."""
    path = _path(folder, sha256)
    path.parent.mkdir(exist_ok=True, mode=0o700)
    new = path.with_name(f"{uuid4().hex}.new.npz")
    np.savez_compressed(new, allow_pickle=False, **_arrays(outcome))
    new.replace(path)
    for old in sorted(path.parent.glob("*.npz"), key=_age, reverse=True)[KEPT:]:
        old.unlink(missing_ok=True)


def _age(path: Path) -> float:
    """0 where another process has taken it away meanwhile."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _path(folder: Path, sha256: str) -> Path:
    return folder / FOLDER / f"{sha256}.npz"


def _arrays(outcome: Outcome) -> dict[str, Any]:
    parts = {"needs": outcome.needs, "rounds": outcome.rounds, "teams": outcome.teams}
    found = {
        f"{part}.{column.name}": np.asarray(getattr(value, column.name))
        for part, value in parts.items()
        for column in fields(value)  # type: ignore[arg-type]
    }
    return {**found, "nodes": outcome.nodes}


def _outcome(arrays: Mapping[str, Any]) -> Outcome:
    def columns(part: str, table: type[Any]) -> dict[str, Any]:
        return {column.name: arrays[f"{part}.{column.name}"] for column in fields(table)}

    teams = columns("teams", TeamsOutcome)
    return Outcome(
        needs=NeedsOutcome(**columns("needs", NeedsOutcome)),
        rounds=RoundsOutcome(**columns("rounds", RoundsOutcome)),
        teams=TeamsOutcome(teams["feasible"], tuple(str(mark) for mark in teams["asked"].tolist())),
        nodes=arrays["nodes"],
    )
