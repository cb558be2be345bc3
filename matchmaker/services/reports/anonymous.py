"""Content without anybody's name: organisations and keys are numbers, titles that people wrote are left out."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

UUID_TEXT = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
OWNER_KEYS = ("organisation_id", "id")
# Free text may name its author.
TITLES = ("offers", "needs", "facilities", "projects")


def without_names(content: Mapping[str, Any]) -> dict[str, Any]:
    """The same facts about numbered organisations, numbered in the order in which they first stand in the content."""
    hidden: dict[str, Any] = _Numbers().hide(content)
    return hidden


class _Numbers:
    def __init__(self) -> None:
        self._keys: dict[str, str] = {}
        self._firms: dict[str, int] = {}
        self._needs: dict[str, int] = {}

    def hide(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return self._hide_row(value)
        if isinstance(value, (list, tuple)):
            return [self.hide(one) for one in value]
        if isinstance(value, str) and UUID_TEXT.fullmatch(value):
            return self._key(value)
        return value

    def _hide_row(self, row: Mapping[str, Any]) -> dict[str, Any]:
        titles = {**row, **self._title(row)} if "title_zh" in row else dict(row)
        named = {**titles, **self._name(titles)} if "name_zh" in titles else titles
        if "subject_zh" in named:
            named |= {"subject_zh": "", "subject_en": "", "district_code": None}
        return {self.hide(key): self._part(key, one) for key, one in named.items()}

    def _part(self, key: str, value: Any) -> Any:
        return self._hide_tables(value) if key == "names" else self.hide(value)

    def _name(self, row: Mapping[str, Any]) -> dict[str, str]:
        """The number in place of the name, where the row is about an organisation."""
        owner = next((row[key] for key in OWNER_KEYS if isinstance(row.get(key), str)), None)
        if owner is None or not UUID_TEXT.fullmatch(owner):
            return {}
        return _firm_name(self._firms.setdefault(owner, len(self._firms) + 1))

    def _title(self, row: Mapping[str, Any]) -> dict[str, str]:
        key = str(row.get("need_id") or row.get("id") or "")
        number = self._needs.setdefault(key, len(self._needs) + 1)
        return {"title_zh": f"需求 {number:03d}", "title_en": f"Need {number:03d}"}

    def _hide_tables(self, names: Mapping[str, Any]) -> dict[str, Any]:
        """Names of places, capabilities and nodes are nobody's."""
        firms = {
            self._key(key): {
                **_firm_name(self._firms.setdefault(key, len(self._firms) + 1)),
                "kind": row["kind"],
                "district_code": None,
                "open": row["open"],
            }
            for key, row in names["organisations"].items()
        }
        return {**names, **{table: {} for table in TITLES}, "organisations": firms}

    def _key(self, key: str) -> str:
        return self._keys.setdefault(key, str(UUID(int=len(self._keys) + 1)))


def _firm_name(number: int) -> dict[str, str]:
    return {"name_zh": f"机构 {number:03d}", "name_en": f"Organisation {number:03d}"}
