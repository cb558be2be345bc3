"""Which parts of a text a query speaks of, so that pages can mark them."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from pypinyin import Style, lazy_pinyin

from matchmaker.text.segment import fold

Piece = tuple[str, bool]
_CHINESE = re.compile(r"[㐀-鿿豈-﫿]")
SHORTEST_PINYIN = 3
BEFORE, EXCERPT, LONGEST_WORD = 30, 160, 20


def mark(text: str, tokens: Iterable[str]) -> list[Piece]:
    """`text` in pieces, each with whether it is one of the words; the pieces together are the text."""
    return _pieces(text, _marked(text, tokens))


def mark_name(name: str, tokens: Iterable[str]) -> list[Piece]:
    """The same for a name, which may have been typed in pinyin."""
    tokens = tuple(tokens)
    marked = _marked(name, tokens)
    typed = [token for token in tokens if token.isascii() and token.isalpha() and len(token) >= SHORTEST_PINYIN]
    if typed and _CHINESE.search(name) and not any(marked):
        for token in typed:
            _mark_typed(name, token, marked)
    return _pieces(name, marked)


def excerpt(texts: Sequence[str], tokens: Iterable[str]) -> list[Piece]:
    """The part of the first text with a word of the query in it, or the beginning of the first text."""
    tokens = tuple(tokens)
    told = [text for text in texts if text.strip()]
    for text in told:
        marked = _marked(text, tokens)
        if any(marked):
            start = _word_start(text, marked.index(True) - BEFORE) if len(text) > EXCERPT else 0
            return _cut(text, marked, start)
    return _cut(told[0], [False] * len(told[0]), 0) if told else []


def _word_start(text: str, place: int) -> int:
    """The first start of a word from `place` on, so that no Latin word is cut; Chinese can be cut anywhere."""
    if place <= 0:
        return 0
    space = text.find(" ", place, place + LONGEST_WORD)
    return space + 1 if space >= 0 else place


def _cut(text: str, marked: list[bool], start: int) -> list[Piece]:
    end = min(len(text), start + EXCERPT)
    if end < len(text) and (space := text.rfind(" ", end - LONGEST_WORD, end)) > start:
        end = space
    pieces = _pieces(text[start:end], marked[start:end])
    return [*([("…", False)] if start else []), *pieces, *([("…", False)] if end < len(text) else [])]


def _marked(text: str, tokens: Iterable[str]) -> list[bool]:
    folded, origin = _folded(text)
    marked = [False] * len(text)
    for token in tokens:
        for first, end in _places(folded, token):
            for place in range(first, end):
                marked[origin[place]] = True
    return marked


def _places(folded: str, token: str) -> list[tuple[int, int]]:
    if not _CHINESE.search(token):
        return [match.span() for match in re.finditer(rf"(?<![0-9a-z]){re.escape(token)}", folded)]
    found = [match.span() for match in re.finditer(re.escape(token), folded)]
    if found or len(token) < 3:
        return found
    # The record may say it in another order: then the pairs that the search went by.
    pairs = {token[place : place + 2] for place in range(len(token) - 1)}
    return [match.span() for pair in pairs for match in re.finditer(re.escape(pair), folded)]


def _folded(text: str) -> tuple[str, list[int]]:
    """The folded text, and for each of its characters the place in `text` that it came from."""
    signs: list[str] = []
    origin: list[int] = []
    for place, sign in enumerate(text):
        for part in _folded_sign(sign):
            signs.append(part)
            origin.append(place)
    return "".join(signs), origin


@lru_cache(maxsize=20_000)
def _folded_sign(sign: str) -> str:
    return fold(sign)


def _mark_typed(name: str, token: str, marked: list[bool]) -> None:
    """Mark the characters of which `token` is the pinyin, in full or by initials."""
    syllables = lazy_pinyin(name, style=Style.NORMAL, errors=_signs)
    if len(syllables) != len(name):
        return  # a sign outside the usual planes took two places: better no mark than a wrong one
    for first in range(len(name)):
        for last in range(first + 1, len(name) + 1):
            spoken = "".join(syllables[first:last]).lower()
            initials = "".join(syllable[0] for syllable in syllables[first:last]).lower()
            if initials == token or (spoken.startswith(token) and len(spoken) < len(token) + len(syllables[last - 1])):
                marked[first:last] = [True] * (last - first)
                return


def _signs(run: str) -> Any:
    return list(run)  # pypinyin takes a list for as many syllables; its types do not say so


def _pieces(text: str, marked: Sequence[bool]) -> list[Piece]:
    pieces: list[Piece] = []
    for sign, is_marked in zip(text, marked, strict=True):
        if pieces and pieces[-1][1] == is_marked:
            pieces[-1] = (pieces[-1][0] + sign, is_marked)
        else:
            pieces.append((sign, is_marked))
    return pieces
