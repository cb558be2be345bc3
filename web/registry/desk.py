"""The desk: what waits, each number with the list behind it."""

from flask import render_template
from flask.typing import ResponseReturnValue

from matchmaker.services.actors import Permission, can
from web.access import current_actor
from web.registry.area import bp, curators_only
from web.waiting import tiles


@bp.get("")
@curators_only
def show_desk() -> ResponseReturnValue:
    shown = tiles()
    return render_template(
        "registry/desk.html",
        tiles=shown,
        is_clear=not any(tile.count for tile in shown),
        may_review=can(current_actor(), Permission.POSTING_REVIEW),
        may_import=can(current_actor(), Permission.IMPORT),
    )
