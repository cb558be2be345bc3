"""The fitted columns on disk: plain arrays and one manifest, mapped into memory and shared by all processes.

A build writes a folder of its own and then points `current` at it, so a reader sees the old index or the new one and
never a half. No pickles: what is loaded cannot run.
"""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from matchmaker.errors import IndexMissing
from matchmaker.profiles import History, Offers, Organisations, Profiles, Taxonomy
from matchmaker.retrieval.lexical import Words
from matchmaker.retrieval.records import Records, SearchColumns

FORMAT = 3
BLOCKS: Mapping[str, type] = {
    "organisations": Organisations,
    "offers": Offers,
    "history": History,
    "taxonomy": Taxonomy,
}
SEARCH_BLOCKS: Mapping[str, type] = {"records": Records, "words": Words}
KEPT_VERSIONS = 2


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
    _point_at(folder, version)
    _forget_old(folder)
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


def _point_at(folder: Path, version: str) -> None:
    fresh = folder / "current.new"
    fresh.write_text(version, encoding="utf-8")
    fresh.replace(folder / "current")


def _forget_old(folder: Path) -> None:
    # Readers that still map an old version keep its pages; deleting the files does not take them away on POSIX.
    versions = sorted(path for path in folder.iterdir() if path.is_dir())
    for path in versions[:-KEPT_VERSIONS]:
        shutil.rmtree(path, ignore_errors=True)


def current_version(folder: Path) -> str:
    try:
        return (folder / "current").read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        raise IndexMissing("no index has been built yet") from None


def _manifest(source: Path) -> dict[str, Any]:
    """What a version says of itself. Raises IndexMissing where this code cannot read it."""
    try:
        manifest: dict[str, Any] = json.loads((source / "manifest.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise IndexMissing(f"the index {source.name} is gone") from None
    if manifest["format"] != FORMAT:
        raise IndexMissing(f"the index {source.name} has format {manifest['format']}, this code reads {FORMAT}")
    return manifest


def is_readable(folder: Path) -> bool:
    """Whether there is a current index that this code can read."""
    try:
        _manifest(folder / current_version(folder))
    except IndexMissing:
        return False
    return True


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
