"""Finding records by words: Chinese and English, pairs of characters, pinyin, credit codes.

Each word of the query counts with its BM25 weight. Four kinds of terms lie in one sorted list, told apart by their
first sign: words as cut by the dictionary (none), pairs of Chinese characters (`_`), which find what the dictionary
cut elsewhere, names as typed on a Latin keyboard (`~`), and credit codes (`=`), which are found whole or not at all.
"""

import re
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pypinyin import Style, lazy_pinyin

from matchmaker.names import CHINESE_FORMS
from matchmaker.profiles import Floats, Ints, Mask
from matchmaker.text.segment import fold, words

SATURATION = 1.2  # BM25's k1: how soon one more mention of a word stops to count
LENGTH_SHARE = 0.4  # BM25's b: how far a long text is held against itself
USUAL_LENGTH = 60.0  # a fixed yardstick in place of the mean, so that a new record changes no other one's weights
TERM_BYTES = 32
MOST_TOKENS = 12
LONGEST_QUERY = 200
LONGEST_PINYIN = 28
LONGEST_NAME = 60
SHORTEST_PREFIX = 3
# What a match is worth beside the very word.
OF_PAIRS, OF_PREFIX, OF_PINYIN, OF_CODE = 0.7, 0.5, 0.6, 3.0

PAIR, PINYIN, CODE = "_", "~", "="
_CHINESE = re.compile(r"[㐀-鿿豈-﫿]+")
_CREDIT_CODE = re.compile(r"(?=.*[0-9])[0-9a-z]{18}")


@dataclass(frozen=True, slots=True)
class Words:
    """Which term stands in which records: of term t the entries `starts[t]` to `starts[t + 1]` of `rows`."""

    terms: NDArray[np.bytes_]  # sorted
    starts: NDArray[np.int64]
    rows: Ints
    weights: NDArray[np.float16]

    def exactly(self, term: str) -> tuple[Ints, Floats]:
        key = _key(term, self.terms.dtype)
        place = int(np.searchsorted(self.terms, key))
        found = place < len(self.terms) and self.terms[place] == key
        return self._entries(place, place + 1) if found else self._entries(0, 0)

    def beginning(self, start: str) -> tuple[Ints, Floats]:
        """The records with any term that begins so."""
        low = _key(start, self.terms.dtype)
        high = np.array(low.item()[: self.terms.dtype.itemsize - 1] + b"\xff", dtype=self.terms.dtype)
        return self._entries(int(np.searchsorted(self.terms, low)), int(np.searchsorted(self.terms, high)))

    def _entries(self, first: int, end: int) -> tuple[Ints, Floats]:
        if first >= end:
            return np.empty(0, np.int32), np.empty(0, np.float32)
        part = slice(int(self.starts[first]), int(self.starts[end]))
        return self.rows[part], self.weights[part].astype(np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Hits:
    """What a query found. `is_partial`: no record had every word, so those with at least half of their worth count."""

    rows: Mask
    scores: Floats
    tokens: tuple[str, ...]
    absent: tuple[str, ...]  # words of the query that no record has
    is_partial: bool


def _key(term: str, kind: np.dtype) -> NDArray[np.bytes_]:
    return np.array(term.encode()[: kind.itemsize], dtype=kind)


def words_of(fields: Iterable[tuple[str, float]]) -> defaultdict[str, float]:
    """Terms of a record's texts, each counted with the weight of the field it stands in."""
    counts: defaultdict[str, float] = defaultdict(float)
    for text, weight in fields:
        for term in _terms_of_name(text) if len(text) <= LONGEST_NAME else _terms_of(text):
            counts[term] += weight
    return counts


@lru_cache(maxsize=20_000)
def _terms_of_name(text: str) -> tuple[str, ...]:
    """Remembered, because names of places, owners and capabilities come again with each of their records."""
    return _terms_of(text)


def _terms_of(text: str) -> tuple[str, ...]:
    return (*words(text), *(PAIR + pair for pair in pairs(fold(text))))


def pairs(folded: str) -> Iterator[str]:
    """Each Chinese character with its successor; the last one of a run alone, so no character goes missing."""
    for run in _CHINESE.findall(folded):
        for place in range(len(run)):
            yield run[place : place + 2]


def typed_forms(name: str) -> set[str]:
    """Pinyin terms of a Chinese name: in full and by initials, from each character on.

    People leave out the city in front, so `hdxcl` finds 重庆华东新材料有限公司 too.
    """
    core = CHINESE_FORMS.sub("", fold(name))
    if not _CHINESE.search(core):
        return set()
    syllables = lazy_pinyin(core, style=Style.NORMAL, errors=_letters)
    starts = range(len(syllables))
    full = {"".join(syllables[start:])[:LONGEST_PINYIN] for start in starts}
    initials = {"".join(syllable[0] for syllable in syllables[start:])[:LONGEST_PINYIN] for start in starts}
    return {PINYIN + form for form in full | initials if len(form) >= SHORTEST_PREFIX}


def _letters(run: str) -> Any:
    """What is no Chinese, letter by letter: pypinyin takes a list for as many syllables, its types do not say so."""
    return [sign for sign in run if sign.isalnum()]


def sort_key(name: str) -> str:
    """By which names stand in the order of a Chinese dictionary: syllable by syllable, Latin letters among them."""
    return " ".join(lazy_pinyin(fold(name), style=Style.NORMAL))


def post(documents: Iterable[Mapping[str, float]]) -> Words:
    """The term lists of records; document i is record i."""
    number: dict[str, int] = {}
    terms, rows, weights = array("q"), array("i"), array("f")
    for row, counts in enumerate(documents):
        length = sum(count for term, count in counts.items() if term[0] not in (PAIR, PINYIN, CODE))
        held_back = SATURATION * (1 - LENGTH_SHARE + LENGTH_SHARE * length / USUAL_LENGTH)
        for term, count in counts.items():
            terms.append(number.setdefault(term, len(number)))
            rows.append(row)
            weights.append(count * (SATURATION + 1) / (count + held_back))
    # Very long terms that begin alike become one.
    keys, rank = np.unique(np.array([term.encode() for term in number], dtype=f"S{TERM_BYTES}"), return_inverse=True)
    column = rank[np.frombuffer(terms, dtype=np.int64)] if terms else np.empty(0, np.int64)
    by_term = np.argsort(column, kind="stable")
    starts = np.zeros(len(keys) + 1, dtype=np.int64)
    np.cumsum(np.bincount(column, minlength=len(keys)), out=starts[1:])
    return Words(
        terms=keys,
        starts=starts,
        rows=np.array(rows, dtype=np.int32)[by_term],
        weights=np.array(weights, dtype=np.float16)[by_term],
    )


def tokens_of(query: str) -> tuple[str, ...]:
    """The words of a query that a record must have. Short Chinese words inside a longer one say nothing more."""
    text = fold(query.encode("utf-8", "ignore").decode()[:LONGEST_QUERY])
    whole = re.sub(r"\s", "", text)
    if _CREDIT_CODE.fullmatch(whole):
        return (whole,)
    found = list(dict.fromkeys(words(text)))
    longest = [word for word in found if not any(word != other and _lies_in(word, other) for other in found)]
    return tuple(longest[:MOST_TOKENS])


def _lies_in(word: str, other: str) -> bool:
    return word in other and bool(_CHINESE.fullmatch(word))


def find(query: str, parts: Sequence[tuple[int, Words]], alive: Mask) -> Hits:
    """Records that have every word of `query`, with their BM25 scores.

    `parts` are term lists with the row at which each begins. Where no record has all words, those count whose words
    carry at least half of the worth (inverse document frequency) of all words that occur.
    """
    tokens = tokens_of(query)
    strengths = np.zeros((len(tokens), len(alive)), dtype=np.float32)
    for place, token in enumerate(tokens):
        strengths[place] = np.where(alive, _strength(token, parts, len(alive)), 0)
    has = strengths > 0
    occurrences = has.sum(axis=1)
    worth = np.log1p((alive.sum() - occurrences + 0.5) / (occurrences + 0.5)).astype(np.float32)
    absent = tuple(token for token, count in zip(tokens, occurrences, strict=True) if count == 0)
    full: Mask = np.asarray(has.all(axis=0)) if tokens else np.zeros(len(alive), dtype=bool)
    is_partial = len(tokens) > 1 and not full.any()
    if is_partial:
        occurring = occurrences > 0
        enough = worth[occurring] @ has[occurring] >= 0.5 * worth[occurring].sum()
        full = np.asarray(enough & has.any(axis=0))
    return Hits(full, worth @ strengths, tokens, absent, is_partial and bool(full.any()))


def _strength(token: str, parts: Sequence[tuple[int, Words]], size: int) -> Floats:
    best = np.zeros(size, dtype=np.float32)
    ends = [first for first, _ in parts[1:]] + [size]
    for (first, part), end in zip(parts, ends, strict=True):
        _strength_in(token, part, best[first:end])
    return best


def _strength_in(token: str, part: Words, best: Floats) -> None:
    """Raise `best` to what each record of `part` has of `token`."""
    _raise(best, *part.exactly(token))
    if _CHINESE.search(token):
        np.maximum(best, OF_PAIRS * _by_pairs(token, part, len(best)), out=best)
        return
    _raise(best, *part.exactly(CODE + token), OF_CODE)
    if len(token) >= SHORTEST_PREFIX:
        _raise(best, *part.beginning(token), OF_PREFIX)
        _raise(best, *part.beginning(PINYIN + token), OF_PINYIN)


def _by_pairs(token: str, part: Words, size: int) -> Floats:
    """What records have whose text holds each pair of characters of `token`: nearly always the token itself."""
    if len(token) == 1:
        single = np.zeros(size, dtype=np.float32)
        _raise(single, *part.beginning(PAIR + token))
        return single
    least = np.full(size, np.inf, dtype=np.float32)
    for pair in pairs(token):
        if len(pair) < 2:
            continue
        has = np.zeros(size, dtype=np.float32)
        _raise(has, *part.exactly(PAIR + pair))
        np.minimum(least, has, out=least)
    return np.where(np.isfinite(least), least, 0).astype(np.float32)


def _raise(best: Floats, rows: Ints, weights: Floats, factor: float = 1.0) -> None:
    np.maximum.at(best, rows, factor * weights)
