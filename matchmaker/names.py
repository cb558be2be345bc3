"""Folding names, so that one organisation is found again however its name was typed."""

import re
import unicodedata
from functools import lru_cache

import opencc

KEY_LENGTH = 200
# Forms of incorporation as they end a Chinese name; longer forms first, because the shorter ones end them too.
CHINESE_FORMS = re.compile("(?:股份有限公司|有限责任公司|有限公司|特殊普通合伙|普通合伙|有限合伙)$")
# The same for names in Latin letters, as the words that are left when full stops and commas are gone.
LATIN_FORMS = frozenset(
    tuple(form.split())
    for forms in (
        "co ltd|company ltd|company limited|limited company|pte ltd|pty ltd|private limited|pvt ltd|ltd|limited|co",
        "inc|incorporated|corp|corporation|llc|llp|lp|plc|gmbh|gmbh co kg|mbh|ag|kg|se|kft|zrt",
        "s a|sa|sas|s a s|sarl|s a r l|b v|bv|n v|nv|s r l|srl|s p a|spa|s l|sl|oy|oyj|ab|a s|as|aps",
        "d o o|doo|s r o|sro|sp z o o",
    )
    for form in forms.split("|")
)
LONGEST_FORM = max(map(len, LATIN_FORMS))


@lru_cache(maxsize=1)
def _simplifier() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def fold_text(text: str) -> str:
    """Letters and digits only, in one width, one case and simplified characters."""
    return "".join(_words(text))


def fold_name(text: str) -> str:
    """The name as duplicates are compared: `fold_text` without the form of incorporation.

    A name made of nothing but signs, or of nothing but a legal form, keeps them: an empty key would match everything.
    """
    words = _words(text)
    kept = "".join(_without_latin_form(words))
    return (CHINESE_FORMS.sub("", kept) or kept or _in_one_shape(text).strip())[:KEY_LENGTH]


def _words(text: str) -> list[str]:
    return "".join(sign if unicodedata.category(sign)[0] in "LMN" else " " for sign in _in_one_shape(text)).split()


def _in_one_shape(text: str) -> str:
    # Half a surrogate pair is no character, and the simplifier refuses it.
    folded = unicodedata.normalize("NFKC", text.encode("utf-8", "ignore").decode()).casefold()
    return folded if folded.isascii() else _simplifier().convert(folded)


def _without_latin_form(words: list[str]) -> list[str]:
    for length in range(min(LONGEST_FORM, len(words) - 1), 0, -1):
        if tuple(words[-length:]) in LATIN_FORMS:
            return _without_latin_form(words[:-length])
    return words
