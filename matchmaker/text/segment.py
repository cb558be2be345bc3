"""Cutting Chinese and English text into the words by which it is found."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import rjieba
from opencc import OpenCC
from pypinyin import Style, lazy_pinyin

_CJK = re.compile(r"[㐀-鿿豈-﫿]")
_WORD = re.compile(r"[0-9a-z㐀-鿿豈-﫿+#.]*[0-9a-z㐀-鿿豈-﫿+#]")
MAX_CHARACTERS = 6_000
LEAST_LETTERS = 16


@lru_cache(maxsize=1)
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


def fold(text: str) -> str:
    """One spelling for what reads the same: compatibility forms, letter case, traditional characters."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return str(_simplifier().convert(folded)) if _CJK.search(folded) else folded


def is_chinese(text: str) -> bool:
    """Whether at least a fifth of the letters are Chinese: enough where firm and product names stay Latin."""
    letters = sum(character.isalpha() for character in text)
    return letters > 0 and len(_CJK.findall(text)) * 5 >= letters


def says_something(text: str) -> bool:
    """Whether a text is long enough to be told from others: about eight Chinese characters or three English words."""
    letters = sum(character.isalpha() for character in text)
    return letters + len(_CJK.findall(text)) >= LEAST_LETTERS


def words(text: str) -> Iterator[str]:
    """The search words of `text`: long Chinese words together with the short ones inside them."""
    for word in rjieba.cut_for_search(fold(text[:MAX_CHARACTERS])):
        if _WORD.fullmatch(word):
            yield word


def pinyin_words(name: str) -> tuple[str, str]:
    """How people type a Chinese name on a Latin keyboard: in full (`chongqing`) and by initials (`cq`)."""
    syllables = lazy_pinyin(fold(name), style=Style.NORMAL, errors="ignore")
    return "".join(syllables), "".join(syllable[0] for syllable in syllables)
