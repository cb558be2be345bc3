"""The fitted columns on disk: plain arrays and one manifest, mapped into memory and shared by all processes.

A build writes a folder of its own and then points `current` at it, so a reader sees the old index or the new one and
never a half. No pickles: what is loaded cannot run.
"""

import json
import os
import shutil
import time
from collections.abc import Mapping, Set
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from matchmaker.errors import IndexMissing
from matchmaker.profiles import History, Offers, Organisations, PostedNeeds, Profiles, Refusals, Taxonomy
from matchmaker.retrieval.lexical import Words
from matchmaker.retrieval.records import Records, SearchColumns

FORMAT = 5
BLOCKS: Mapping[str, type] = {
    "organisations": Organisations,
    "offers": Offers,
    "history": History,
    "taxonomy": Taxonomy,
    "needs": PostedNeeds,
    "refusals": Refusals,
}
SEARCH_BLOCKS: Mapping[str, type] = {"records": Records, "words": Words}
# A folder without a manifest is being written, or its build was killed; after so long nobody writes it any more.
ABANDONED_AFTER_SECONDS = 24 * 3600


@dataclass(frozen=True)
class StoredIndex:
    """Columns as they were when the index was built."""

    version: str
    read_at: datetime  # the database was read then or a little later
    encoder: str
    profiles: Profiles
    search: SearchColumns


def write(folder: Path, profiles: Profiles, search: SearchColumns, *, read_at: datetime, encoder: str) -> str:
    """Store both under `folder` as the current index and give back its version."""
    version = read_at.strftime("%Y%m%dT%H%M%S%fZ")
    target = folder / version
    target.mkdir(parents=True, exist_ok=True)
    before = _pointed_at(folder)
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "version": version,
        "read_at": read_at.isoformat(),
        "encoder": encoder,
        "as_of": profiles.as_of,
        "vocabulary": dict(profiles.vocabulary),
        "search_vocabulary": dict(search.vocabulary),
        "columns": {},
    }
    for whole, names in ((profiles, BLOCKS), (search, SEARCH_BLOCKS)):
        for name in names:
            manifest["columns"] |= _write_block(target, name, getattr(whole, name))
    (target / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False), encoding="utf-8")
    _bring_to_disk(target)
    _point_at(folder, version)
    _forget_all_but(folder, {version, before})
    return version


def _write_block(target: Path, name: str, block: Any) -> dict[str, Any]:
    names = [item.name for item in fields(block)]
    return {f"{name}.{item}": _write_column(target, f"{name}.{item}", block, item) for item in names}


def _write_column(target: Path, name: str, block: object, attribute: str) -> dict[str, Any]:
    column = getattr(block, attribute)
    if isinstance(column, np.ndarray):
        np.save(target / f"{name}.npy", column, allow_pickle=False)
        return {"kind": "array"}
    for part in ("data", "indices", "indptr"):
        np.save(target / f"{name}.{part}.npy", getattr(column, part), allow_pickle=False)
    return {"kind": "sparse", "shape": list(column.shape)}


def _bring_to_disk(target: Path) -> None:
    # The pointer must not outlive a power cut that the columns do not.
    for path in target.iterdir():
        with path.open("rb+") as file:
            os.fsync(file.fileno())


def _point_at(folder: Path, version: str) -> None:
    fresh = folder / f"current.{version}"  # a name of its own, because another build may end at the same time
    with fresh.open("w", encoding="utf-8") as file:
        file.write(version)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(folder / "current")


def _forget_all_but(folder: Path, kept: Set[str]) -> None:
    """Remove versions that nobody is about to open.

    A reader that has just read the pointer may still open the version before. Those that map an older one keep its
    pages: deleting the files does not take them away on POSIX.
    """
    for path in folder.iterdir():
        if path.is_dir() and path.name not in kept and not _is_being_written(path):
            shutil.rmtree(path, ignore_errors=True)


def _is_being_written(version: Path) -> bool:
    is_whole = (version / "manifest.json").exists()
    return not is_whole and time.time() - version.stat().st_mtime < ABANDONED_AFTER_SECONDS


def current_version(folder: Path) -> str:
    version = _pointed_at(folder)
    if not version:
        raise IndexMissing("no index has been built yet")
    return version


def _pointed_at(folder: Path) -> str:
    try:
        return (folder / "current").read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return ""


def _manifest(source: Path) -> dict[str, Any]:
    """What a version says of itself. Raises IndexMissing where this code cannot read it."""
    try:
        manifest: dict[str, Any] = json.loads((source / "manifest.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise IndexMissing(f"the index {source.name} is gone") from None
    if manifest["format"] != FORMAT:
        raise IndexMissing(f"the index {source.name} has format {manifest['format']}, this code reads {FORMAT}")
    return manifest


def is_readable(folder: Path, *, encoder: str) -> bool:
    """Whether there is a current index that this code can read, of texts as `encoder` sees them."""
    try:
        return bool(_manifest(folder / current_version(folder))["encoder"] == encoder)
    except IndexMissing:
        return False


def read(folder: Path, version: str) -> StoredIndex:
    """Map one version into memory."""
    source = folder / version
    manifest = _manifest(source)
    blocks, searched = (
        {name: _read_block(source, name, kind, manifest["columns"]) for name, kind in kinds.items()}
        for kinds in (BLOCKS, SEARCH_BLOCKS)
    )
    return StoredIndex(
        version=version,
        read_at=datetime.fromisoformat(manifest["read_at"]).astimezone(UTC),
        encoder=manifest["encoder"],
        profiles=Profiles(**blocks, vocabulary=manifest["vocabulary"], as_of=manifest["as_of"]),
        search=SearchColumns(**searched, vocabulary=manifest["search_vocabulary"]),
    )


def _read_block(source: Path, name: str, kind: type, columns: Mapping[str, Mapping[str, Any]]) -> Any:
    assert is_dataclass(kind)
    return kind(
        **{
            item.name: _read_column(source, f"{name}.{item.name}", columns[f"{name}.{item.name}"])
            for item in fields(kind)
        }
    )


def _read_column(source: Path, name: str, facts: Mapping[str, Any]) -> NDArray[Any] | csr_array:
    if facts["kind"] == "array":
        return _map(source / f"{name}.npy")
    data, indices, indptr = (_map(source / f"{name}.{part}.npy") for part in ("data", "indices", "indptr"))
    return csr_array((data, indices, indptr), shape=tuple(facts["shape"]), copy=False)


def _map(path: Path) -> NDArray[Any]:
    try:
        return np.load(path, allow_pickle=False, mmap_mode="r")
    except ValueError:  # an empty array cannot be mapped
        return np.load(path, allow_pickle=False)
