"""How alike two records are: grounds for and against, each worth some points; their sum is the likeness.

The points are logarithms of odds, as in Fellegi and Sunter's record linkage: likeness = 1 / (1 + exp(-sum)). They are
set by hand (docs/decisions/0025-registry.md says by what); the grounds shown are the sum's own terms.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
import pypinyin
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

Indices = NDArray[np.int64]

# Two records that have nothing to do with each other but a block in common.
START = -5.0
SAME_NAME = 6.0
SAME_SOUND = 5.0  # 云岭 and 云领: typed by ear
NAME_IN_PINYIN = 3.0  # one has a Chinese name only, the other an English one that spells it
NAME_SLOPE, NAME_NEUTRAL, NAME_MOST = 12.0, 0.37, 5.5
NEAR_CODE, OTHER_CODE = 4.0, -3.0
SAME_WEBSITE, SAME_PHONE, SAME_MAIL_DOMAIN = 3.5, 3.0, 2.0
SAME_DISTRICT, OTHER_DISTRICT = 0.5, -1.0
OTHER_KIND = -1.0
LEAST_LISTED = 0.5

# What more records share than this tells nothing: a park's telephone, a provider of mail, a city's portal.
MOST_SHARING = 5
WINDOW = 8  # neighbours in a sorted order that are compared
CODE_CHARACTERS_APART = 2
COMMON_SHARE = 0.02
LEAST_OVERLAP = 0.35
CHUNK = 1_000
PLACE = re.compile(r"^(?:中国)?(?:重庆市?)?")
PLACE_WORDS = frozenset({"chongqing", "china", "the"})
# Pairs of letters of the Chinese name, of words of the English one: both are compared as one bag.
NAME_PARTS = r"[^\s]+"


@dataclass(frozen=True, kw_only=True)
class Described:
    """A record as it is compared: everything folded, empty where it is not known."""

    id: UUID
    shown: str
    name_zh: str = ""
    name_en: str = ""
    uscc: str = ""
    host: str = ""
    mail_domain: str = ""
    phone: str = ""
    district: str = ""
    kind: str = ""


@dataclass(frozen=True, kw_only=True)
class LikePair:
    """`grounds`: by code the points; they and START sum to the odds behind the likeness."""

    first: UUID
    second: UUID
    first_name: str
    second_name: str
    likeness: float
    grounds: Mapping[str, float]


def find_pairs(records: Sequence[Described], *, new: frozenset[UUID] | None = None) -> list[LikePair]:
    """All pairs that look like one organisation, the likest first; with `new`, only those with one of these.

    No record is held against all others: pairs come from blocks and from neighbours in sorted orders.
    """
    if len(records) < 2:
        return []
    columns = _Columns(records)
    first, second = columns.candidates()
    if new is not None:
        is_new = np.array([record.id in new for record in records])
        kept = is_new[first] | is_new[second]
        first, second = first[kept], second[kept]
    points = columns.points(first, second)
    total = START + sum(points.values())
    likeness = 1 / (1 + np.exp(-total))
    order = np.lexsort((second, first, -likeness))
    listed = [place for place in order if likeness[place] >= LEAST_LISTED]
    return [_pair(records, first[i], second[i], likeness[i], points, i) for i in listed]


def _pair(
    records: Sequence[Described], first: int, second: int, likeness: float, points: Mapping[str, Any], place: int
) -> LikePair:
    one, other = records[first], records[second]
    grounds = {code: round(float(values[place]), 2) for code, values in points.items() if values[place]}
    return LikePair(
        first=one.id,
        second=other.id,
        first_name=one.shown,
        second_name=other.shown,
        likeness=round(float(likeness), 4),
        grounds=grounds,
    )


class _Columns:
    """The records as columns; `candidates` finds pairs of rows, `points` judges them."""

    def __init__(self, records: Sequence[Described]) -> None:
        self.count = len(records)
        self.records = records
        self.zh = _texts(record.name_zh for record in records)
        self.en = _texts(record.name_en for record in records)
        self.codes = _texts(record.uscc for record in records)
        self.sounds = _texts(_sound(record.name_zh) for record in records)
        self.names = _name_vectors(records)
        self.shared = {
            "website": _texts(_rare([record.host for record in records])),
            "phone": _texts(_rare([record.phone for record in records])),
            "mail_domain": _texts(_rare([record.mail_domain for record in records])),
        }
        self.district = _texts(record.district for record in records)
        self.kind = _texts(record.kind for record in records)

    def candidates(self) -> tuple[Indices, Indices]:
        keys = [self.zh, self.en, self.sounds, *self.shared.values()]
        found = [*(_same(values) for values in keys), *self._neighbours(), self._spelled(), self._alike()]
        first = np.concatenate([pair[0] for pair in found]).astype(np.int64)
        second = np.concatenate([pair[1] for pair in found]).astype(np.int64)
        low, high = np.minimum(first, second), np.maximum(first, second)
        apart = low != high
        unique = np.unique(low[apart] * self.count + high[apart])
        return unique // self.count, unique % self.count

    def _neighbours(self) -> Iterator[tuple[Indices, Indices]]:
        """Credit codes with one or two characters mistyped stand near each other when sorted from either end."""
        for turned in (1, -1):
            order = np.array(sorted((i for i, c in enumerate(self.codes) if c), key=lambda i: self.codes[i][::turned]))
            for distance in range(1, WINDOW + 1):
                yield order[:-distance].astype(np.int64), order[distance:].astype(np.int64)

    def _spelled(self) -> tuple[Indices, Indices]:
        """An English name without a Chinese one, beside a Chinese one whose first syllables it spells."""
        by_sound: dict[str, list[int]] = defaultdict(list)
        for place, record in enumerate(self.records):
            if record.name_zh and not record.name_en:
                for sound in _first_sounds(record.name_zh):
                    by_sound[sound].append(place)
        pairs = [
            (place, other)
            for place, record in enumerate(self.records)
            if record.name_en and not record.name_zh
            for other in by_sound.get(_first_word(record.name_en), ())[:WINDOW]
        ]
        return _as_pairs(pairs)

    def _alike(self) -> tuple[Indices, Indices]:
        """Names that share rare parts, by the product of the sparse matrix with itself, in chunks."""
        often = np.asarray((self.names > 0).sum(axis=0)).ravel()
        rare = self.names[:, often <= max(MOST_SHARING * 4, COMMON_SHARE * self.count)].tocsr()
        turned = rare.T.tocsr()
        firsts, seconds = [], []
        for start in range(0, self.count, CHUNK):
            product = (rare[start : start + CHUNK] @ turned).tocoo()
            near = (product.data >= LEAST_OVERLAP) & (product.row + start < product.col)
            firsts.append(product.row[near] + start)
            seconds.append(product.col[near])
        return np.concatenate(firsts), np.concatenate(seconds)

    def points(self, first: Indices, second: Indices) -> dict[str, NDArray[np.float64]]:
        """Points by ground; of the grounds about the name only the strongest counts."""
        grounds = self._name_points(first, second)
        known = (self.codes[first] != "") & (self.codes[second] != "")
        near = known & (_characters_apart(self.codes[first], self.codes[second]) <= CODE_CHARACTERS_APART)
        grounds["near_code"] = np.where(near, NEAR_CODE, 0.0)
        grounds["other_code"] = np.where(known & ~near, OTHER_CODE, 0.0)
        worth = {"website": SAME_WEBSITE, "phone": SAME_PHONE, "mail_domain": SAME_MAIL_DOMAIN}
        for name, values in self.shared.items():
            grounds[f"same_{name}"] = np.where(_equal(values, first, second), worth[name], 0.0)
        for name, values, same, other in (
            ("district", self.district, SAME_DISTRICT, OTHER_DISTRICT),
            ("kind", self.kind, 0.0, OTHER_KIND),
        ):
            both = (values[first] != "") & (values[second] != "")
            grounds[f"same_{name}"] = np.where(both & (values[first] == values[second]), same, 0.0)
            grounds[f"other_{name}"] = np.where(both & (values[first] != values[second]), other, 0.0)
        return grounds

    def _name_points(self, first: Indices, second: Indices) -> dict[str, NDArray[np.float64]]:
        same = _equal(self.zh, first, second) | _equal(self.en, first, second)
        sound = _equal(self.sounds, first, second)
        overlap = np.asarray(self.names[first].multiply(self.names[second]).sum(axis=1)).ravel()
        spelled = np.array([self._is_spelled(i, j) for i, j in zip(first, second, strict=True)], dtype=bool)
        each = {
            "same_name": np.where(same, SAME_NAME, 0.0),
            "same_sound": np.where(sound, SAME_SOUND, 0.0),
            "like_name": np.clip(NAME_SLOPE * (overlap - NAME_NEUTRAL), 0.0, NAME_MOST),
            "name_in_pinyin": np.where(spelled, NAME_IN_PINYIN, 0.0),
        }
        best = np.argmax(np.stack(list(each.values())), axis=0) if len(first) else np.zeros(0, dtype=int)
        return {code: np.where(best == place, values, 0.0) for place, (code, values) in enumerate(each.items())}

    def _is_spelled(self, one: int, other: int) -> bool:
        if self.zh[one] and self.en[other] and not self.en[one] and not self.zh[other]:
            return _first_word(self.records[other].name_en) in _first_sounds(self.records[one].name_zh)
        if self.zh[other] and self.en[one] and not self.en[other] and not self.zh[one]:
            return self._is_spelled(other, one)
        return False


def _texts(values: Iterable[str]) -> NDArray[Any]:
    return np.array(list(values), dtype=object)


def _rare(values: Sequence[str]) -> list[str]:
    """The values without those that so many share that they tell nothing."""
    counted = Counter(values)
    return [value if counted[value] <= MOST_SHARING else "" for value in values]


def _equal(values: NDArray[Any], first: Indices, second: Indices) -> NDArray[np.bool_]:
    return np.asarray((values[first] == values[second]) & (values[first] != ""), dtype=bool)


def _same(values: NDArray[Any]) -> tuple[Indices, Indices]:
    """Rows with the same value; in a large group each is held against those that follow it only."""
    groups: dict[str, list[int]] = defaultdict(list)
    for place, value in enumerate(values):
        if value:
            groups[value].append(place)
    return _as_pairs(
        (group[i], other) for group in groups.values() for i in range(len(group)) for other in group[i + 1 : i + WINDOW]
    )


def _as_pairs(pairs: Iterable[tuple[int, int]]) -> tuple[Indices, Indices]:
    both = np.array(list(pairs), dtype=np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def _characters_apart(first: NDArray[Any], second: NDArray[Any]) -> NDArray[np.int64]:
    """In how many places two codes of the same length differ; codes of another length are wholly apart."""
    ones, others = first.astype("U18").view("U1").reshape(-1, 18), second.astype("U18").view("U1").reshape(-1, 18)
    return np.asarray((ones != others).sum(axis=1), dtype=np.int64)


def _name_vectors(records: Sequence[Described]) -> sparse.csr_matrix:
    """Rarity-weighted parts of names, of length one: pairs of signs in Chinese, words in English."""
    parts = [" ".join(_parts(record)) for record in records]
    if not any(parts):
        return sparse.csr_matrix((len(records), 1))
    return TfidfVectorizer(token_pattern=NAME_PARTS, lowercase=False, sublinear_tf=True).fit_transform(parts).tocsr()


def _parts(record: Described) -> Iterator[str]:
    if record.name_zh:
        yield from (record.name_zh[i : i + 2] for i in range(max(1, len(record.name_zh) - 1)))
    else:
        yield from record.name_en.split()


def _sound(name_zh: str) -> str:
    return "".join(pypinyin.lazy_pinyin(name_zh)) if len(name_zh) > 1 else ""


def _first_sounds(name_zh: str) -> list[str]:
    syllables = pypinyin.lazy_pinyin(PLACE.sub("", name_zh)[:4])
    return ["".join(syllables[:length]) for length in range(2, len(syllables) + 1)]


def _first_word(name_en: str) -> str:
    return next((word for word in name_en.split() if word not in PLACE_WORDS), "")
