"""What waits for a person, in words and with the way to each list: on the registry desk, and for who they act for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from matchmaker.services import waiting, workbench
from matchmaker.services.waiting import Wait
from matchmaker.services.workbench import Task, Waiting
from models.organisations import Organisation
from web.access import current_actor
from web.database import session
from web.i18n import day

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


def _tile(found: Waiting) -> Tile:
    endpoint, arguments = LISTS[found.task]
    url = url_for(endpoint, **arguments) if endpoint in current_app.view_functions else ""
    return Tile(found.task, found.count, str(LABELS[found.task]), _note(found), url, found.overdue > 0)


def _note(found: Waiting) -> str:
    if found.overdue:
        return ngettext("%(num)s is overdue", "%(num)s are overdue", found.overdue)
    if found.count == 0:
        return _("Nothing waits.")
    return _("The oldest comes first.") if found.task in (Task.CLAIMS, Task.CHALLENGES) else ""


@dataclass(frozen=True)
class Call:
    """Something that waits for the person in the name of one of their organisations."""

    organisation: Organisation
    label: str
    note: str
    url: str


# What is said of so many, and the list behind it; lists of one organisation are told which.
CALLS: Mapping[Wait, tuple[Callable[[int], str], str]] = {
    Wait.REQUESTS: (
        lambda n: ngettext("%(num)s request to work together", "%(num)s requests to work together", n),
        "partners.list_interests",
    ),
    Wait.INVITATIONS: (
        lambda n: ngettext("%(num)s consortium asks you in", "%(num)s consortia ask you in", n),
        "consortia.list_rooms",
    ),
    Wait.DOSSIERS: (
        lambda n: ngettext("%(num)s dossier to answer", "%(num)s dossiers to answer", n),
        "funds.list_dossiers",
    ),
    Wait.QUESTIONS: (
        lambda n: ngettext("%(num)s question of a fund", "%(num)s questions of funds", n),
        "capital.list_questions",
    ),
    Wait.OUTCOMES: (
        lambda n: ngettext("%(num)s outcome to confirm or dispute", "%(num)s outcomes to confirm or dispute", n),
        "outcomes.list_matches",
    ),
    Wait.DATA_REQUESTS: (
        lambda n: ngettext("%(num)s data request to decide", "%(num)s data requests to decide", n),
        "requests.list_requests",
    ),
    Wait.CERTIFICATIONS: (
        lambda n: ngettext("%(num)s certification ends within 90 days", "%(num)s certifications end within 90 days", n),
        "organisations.show_parts",
    ),
}
OF_ONE = frozenset({"capital.list_questions", "organisations.show_parts"})


def calls() -> list[Call]:
    """For the present person; empty for who has nothing to answer."""
    return [_call(one) for one in waiting.list_waiting(session(), current_actor())]


def _call(one: waiting.Waiting) -> Call:
    say, endpoint = CALLS[one.wait]
    arguments: dict[str, Any] = {"organisation_id": one.organisation.id} if endpoint in OF_ONE else {}
    url = url_for(endpoint, **arguments) if endpoint in current_app.view_functions else ""
    return Call(one.organisation, say(one.count), _since(one), url)


def _since(one: waiting.Waiting) -> str:
    if one.day is None:
        return ""
    if one.wait is Wait.CERTIFICATIONS:
        return _("the first on %(day)s", day=day(one.day))
    return _("waiting since %(day)s", day=day(one.day))
