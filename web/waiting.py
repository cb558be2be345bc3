"""What waits on the registry desk, in words and with the way to each list: on the desk and on the home page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from matchmaker.services import workbench
from matchmaker.services.workbench import Task, Waiting
from web.access import current_actor
from web.database import session

LABELS: Mapping[Task, object] = {
    Task.POSTINGS: _l("offers and needs to review"),
    Task.CLAIMS: _l("claims wait for a decision"),
    Task.CHALLENGES: _l("challenges wait for the screening"),
    Task.CERTIFICATIONS: _l("certifications to verify"),
    Task.CERTIFICATIONS_ENDING: _l("certifications end within 90 days"),
    Task.DUPLICATES: _l("pairs that may be one organisation"),
    Task.STALE: _l("profiles not looked at for long"),
    Task.CHASED: _l("organisations asked that have not answered"),
    Task.DATA_REQUESTS: _l("data requests wait for a decision"),
    Task.FAILED_JOBS: _l("background jobs failed"),
}
# The list behind each number; one whose area is not there leads nowhere.
LISTS: Mapping[Task, tuple[str, dict[str, Any]]] = {
    Task.POSTINGS: ("registry.list_reviews", {}),
    Task.CLAIMS: ("officer.list_claims", {}),
    Task.CHALLENGES: ("challenges.list_queue", {}),
    Task.CERTIFICATIONS: ("registry.list_certifications", {}),
    Task.CERTIFICATIONS_ENDING: ("registry.list_certifications", {"part": "ending"}),
    Task.DUPLICATES: ("duplicates.list_pairs", {}),
    Task.STALE: ("registry.list_profiles", {}),
    Task.CHASED: ("registry.list_profiles", {"asked": "open"}),
    Task.DATA_REQUESTS: ("requests.list_requests", {}),
    Task.FAILED_JOBS: ("jobs.list_jobs", {"state": "failed"}),
}


@dataclass(frozen=True)
class Tile:
    task: Task
    count: int
    label: str
    note: str
    url: str
    is_late: bool


def tiles() -> list[Tile]:
    """For the present person; empty for who has no work on the desk."""
    return [_tile(one) for one in workbench.list_waiting(session(), current_actor())]


def _tile(waiting: Waiting) -> Tile:
    endpoint, arguments = LISTS[waiting.task]
    url = url_for(endpoint, **arguments) if endpoint in current_app.view_functions else ""
    return Tile(waiting.task, waiting.count, str(LABELS[waiting.task]), _note(waiting), url, waiting.overdue > 0)


def _note(waiting: Waiting) -> str:
    if waiting.overdue:
        return ngettext("%(num)s is overdue", "%(num)s are overdue", waiting.overdue)
    if waiting.count == 0:
        return _("Nothing waits.")
    return _("The oldest comes first.") if waiting.task in (Task.CLAIMS, Task.CHALLENGES) else ""
