"""The unified social credit code (统一社会信用代码, GB 32100): folding what people type, and its check character."""

import re
import unicodedata

from matchmaker.errors import InvalidInput

LENGTH = 18
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = tuple(pow(3, place, 31) for place in range(LENGTH - 1))
# Authority (a letter for the army or for rural collectives), kind of body, GB/T 2260 region, organisation, check.
FORM = re.compile(rf"[{ALPHABET}]\d{{7}}[{ALPHABET}]{{10}}", re.ASCII)
SEPARATORS = re.compile(r"[\s\-‐‑–—·.]+")


def normalise(text: str) -> str:
    """The code as it is stored, or InvalidInput `uscc_length`, `uscc_characters` or `uscc_check`.

    Full-width forms are folded first: `４` counts as `4`, and the folded form is what we keep.
    """
    code = fold(text)
    if len(code) != LENGTH:
        raise InvalidInput("uscc_length", field="uscc", length=len(code), expected=LENGTH)
    if not FORM.fullmatch(code):
        raise InvalidInput("uscc_characters", field="uscc", typed=code)
    if code[-1] != check_character(code[:-1]):
        raise InvalidInput("uscc_check", field="uscc", typed=code)
    return code


def is_valid(text: str) -> bool:
    try:
        normalise(text)
    except InvalidInput:
        return False
    return True


def fold(text: str) -> str:
    """Full-width to ASCII, upper case, without spaces and dashes."""
    return SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper()


def check_character(first_17: str) -> str:
    total = sum(ALPHABET.index(character) * weight for character, weight in zip(first_17, WEIGHTS, strict=True))
    return ALPHABET[-total % 31]
