"""What the views of this area share: the blueprint, the log of what was shown, places in a list."""

from typing import cast
from uuid import UUID

from flask import Blueprint, current_app, request

from matchmaker.services.exposure import ExposureLog
from matchmaker.services.paging import PAGE_SIZE

bp = Blueprint("partners", __name__)

# Past a million pages only a typing error leads.
LAST_PAGE = 1_000_000


def exposure_log() -> ExposureLog:
    return cast(ExposureLog, current_app.extensions["matchmaker_exposure"])


def page_number() -> int:
    return min(max(1, request.args.get("page", 1, type=int)), LAST_PAGE)


def last_page(found: int) -> int:
    return max(1, -(-found // PAGE_SIZE))


def chosen_ids() -> list[UUID]:
    """The organisations put aside for comparison: they live in the address, each once, in the order chosen."""
    return list(dict.fromkeys(request.args.getlist("with", type=UUID)))
