"""The field of chosen capabilities, which works without script."""

from collections.abc import Iterable, Sequence
from typing import Any

from wtforms import Field

from matchmaker.services.picked import MOST_TAGS, Tag

USUAL_LEVEL, USUAL_WEIGHT = 3, 1.0
LEVELS = {str(level): level for level in range(1, 10)}


def level_or_none(code: str | int | None) -> int | None:
    """Nothing said is None. ValueError for what is no level: the field says so, and does not take it for nothing."""
    if code is None or code == "":
        return None
    if len(str(code)) == 1 and str(code).isascii() and str(code).isdigit():
        return int(code)
    raise ValueError(code)


class TagsField(Field):
    """Chosen capabilities: `tags` names them, `tags-level-<code>` and the like say the rest about each."""

    def process(self, formdata: Any, data: Any = (), extra_filters: Any = None) -> None:
        self.process_errors: list[str] = []
        self.object_data = data if isinstance(data, Sequence) else ()
        self.data = tuple(self.object_data)
        self.raw_data = formdata.getlist(self.name) if formdata else None
        if formdata is not None and formdata:
            codes = dict.fromkeys(code for code in self.raw_data or () if code)
            self.data = tuple(self._tag(formdata, code) for code in list(codes)[: MOST_TAGS + 1])

    def _tag(self, formdata: Any, code: str) -> Tag:
        return Tag(
            capability_code=code[:80],
            level=LEVELS.get(formdata.get(f"{self.name}-level-{code}", ""), USUAL_LEVEL),
            weight={"0.5": 0.5, "2": 2.0}.get(formdata.get(f"{self.name}-weight-{code}", ""), USUAL_WEIGHT),
            is_must=formdata.get(f"{self.name}-must-{code}") == "y",
        )

    def add(self, codes: Iterable[str]) -> None:
        held = {tag.capability_code for tag in self.data}
        new = [code for code in dict.fromkeys(codes) if code not in held]
        self.data = (*self.data, *(Tag(capability_code=code[:80], level=USUAL_LEVEL) for code in new))[:MOST_TAGS]

    def remove(self, code: str) -> None:
        self.data = tuple(tag for tag in self.data if tag.capability_code != code)
