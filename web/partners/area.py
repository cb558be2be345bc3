"""What the views of this area share: the blueprint, places in a list."""

from uuid import UUID

from flask import Blueprint, request

from matchmaker.services.paging import PAGE_SIZE

bp = Blueprint("partners", __name__)

# Past a million pages only a typing error leads.
LAST_PAGE = 1_000_000


def page_number() -> int:
    return min(max(1, request.args.get("page", 1, type=int)), LAST_PAGE)


def last_page(found: int) -> int:
    return max(1, -(-found // PAGE_SIZE))


def chosen_ids() -> list[UUID]:
    """The organisations put aside for comparison: they live in the address, each once, in the order chosen."""
    return list(dict.fromkeys(request.args.getlist("with", type=UUID)))
