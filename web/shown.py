"""What pages tell the exposure log: lists as they were shown, and which candidate of a list was opened.

A page only answers GET; the log writes afterwards, in a transaction of its own.
"""

from typing import cast
from uuid import UUID

from flask import current_app, request

from matchmaker.services.exposure import ExposureLog, Opened
from web.access import current_actor

# A link from a list carries the list in its address, so that its page can say from where it was opened.
PARAMETER = "run"


def exposure_log() -> ExposureLog:
    return cast(ExposureLog, current_app.extensions["matchmaker_exposure"])


def note_opened(candidate_id: UUID) -> None:
    """Tell the log that the candidate was opened from the list in the address; nothing where there is none."""
    run_id = request.args.get(PARAMETER, type=UUID)
    actor = current_actor()
    if run_id is not None and actor.is_signed_in:
        exposure_log().note(Opened(run_id, candidate_id, actor))
