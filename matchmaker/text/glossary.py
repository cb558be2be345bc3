"""The names and synonyms of capabilities, found in running text of either language."""

from collections.abc import Iterable, Mapping

from matchmaker.text.segment import fold, is_chinese


class Glossary:
    """Finds terms by their surfaces; the longest match wins, English ones only as whole words."""

    def __init__(self, surfaces_of: Mapping[str, Iterable[str]]) -> None:
        """`surfaces_of` maps a code to the names under which it goes."""
        self._code_of = {
            fold(surface): code for code, surfaces in surfaces_of.items() for surface in surfaces if len(surface) > 1
        }
        self._lengths = sorted({len(surface) for surface in self._code_of}, reverse=True)

    def codes(self, text: str) -> list[str]:
        """Codes of the terms named in `text`, in order of appearance, each once."""
        folded = fold(text)
        found: dict[str, None] = {}
        start = 0
        while start < len(folded):
            length = self._match_at(folded, start)
            if length:
                found[self._code_of[folded[start : start + length]]] = None
            start += length or 1
        return list(found)

    def _match_at(self, text: str, start: int) -> int:
        for length in self._lengths:
            surface = text[start : start + length]
            if len(surface) == length and surface in self._code_of and _stands_alone(text, start, length):
                return length
        return 0


def _stands_alone(text: str, start: int, length: int) -> bool:
    if is_chinese(text[start : start + length]):
        return True
    before = text[start - 1 : start]
    after = text[start + length : start + length + 1]
    return not (before.isascii() and before.isalnum()) and not (after.isascii() and after.isalnum())
