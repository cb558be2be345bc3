"""The organisations put aside for comparison. They live in the address, so the tray works without script."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import url_for

from matchmaker.services.evidence import Named
from matchmaker.services.recommendations import MOST_COMPARED
from models.organisations import Organisation
from web.rendering import page_url


@dataclass(frozen=True)
class Tray:
    need_id: UUID
    chosen: Sequence[UUID]
    named: Named

    @property
    def organisations(self) -> list[Organisation]:
        return [self.named.organisations[key] for key in self.chosen if key in self.named.organisations]

    @property
    def is_full(self) -> bool:
        return len(self.chosen) >= MOST_COMPARED

    @property
    def most(self) -> int:
        return MOST_COMPARED

    @property
    def compare_url(self) -> str:
        values: dict[str, Any] = {"need_id": self.need_id, "with": [str(key) for key in self.chosen]}
        return url_for("partners.compare", **values)

    @property
    def empty_url(self) -> str:
        return page_url(**{"with": None})

    def toggle_url(self, organisation_id: UUID) -> str:
        """This page with the organisation put aside, or no longer."""
        kept = [key for key in self.chosen if key != organisation_id]
        if organisation_id not in self.chosen:
            kept.append(organisation_id)
        return f"{page_url(**{'with': [str(key) for key in kept]})}#card-{organisation_id}"
