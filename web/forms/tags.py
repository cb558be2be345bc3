"""The field of chosen capabilities, which works without script."""

from collections.abc import Sequence
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


def chosen_codes(formdata: Any, name: str, *, most: int) -> list[str]:
    """What is chosen on a form with a picker: what was before and what is ticked now, without what is taken away.

    Whichever button sends the form: who ticks a box and saves at once means it. Too many are kept, to be told of.
    """
    codes = dict.fromkeys(code[:80] for code in (*formdata.getlist(name), *formdata.getlist("pick")) if code)
    codes.pop(formdata.get("remove", "")[:80], None)
    return list(codes)[: 2 * most + 20]


class TagsField(Field):
    """Chosen capabilities: `tags` names them, `tags-level-<code>` and the like say the rest about each."""

    def process(self, formdata: Any, data: Any = (), extra_filters: Any = None) -> None:
        self.process_errors: list[str] = []
        self.object_data = data if isinstance(data, Sequence) else ()
        self.data = tuple(self.object_data)
        self.raw_data = formdata.getlist(self.name) if formdata else None
        if formdata is not None and formdata:
            codes = chosen_codes(formdata, self.name, most=MOST_TAGS)
            self.data = tuple(self._tag(formdata, code) for code in codes)

    def _tag(self, formdata: Any, code: str) -> Tag:
        return Tag(
            capability_code=code,
            level=LEVELS.get(formdata.get(f"{self.name}-level-{code}", ""), USUAL_LEVEL),
            weight={"0.5": 0.5, "2": 2.0}.get(formdata.get(f"{self.name}-weight-{code}", ""), USUAL_WEIGHT),
            is_must=formdata.get(f"{self.name}-must-{code}") == "y",
        )
