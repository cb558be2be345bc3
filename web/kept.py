"""Typed input that survives leaving: kept for the person alone until the form is sent or the draft discarded."""

from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from flask import request
from werkzeug.datastructures import MultiDict

from matchmaker.services import drafts
from web.access import current_actor
from web.database import session
from web.forms import Form
from web.forms.base import clean_text

NOT_KEPT = frozenset({"csrf_token", "action", "discard"})

AnyForm = TypeVar("AnyForm", bound=Form)


def keep(form_name: str, subject: UUID | str = "") -> None:
    """Keep what this request has typed into the form."""
    typed = {name: [clean_text(value) for value in values] for name, values in request.form.lists()}
    answers = {name: values for name, values in typed.items() if name not in NOT_KEPT}
    drafts.save_draft(session(), current_actor(), form_name, answers, subject=str(subject))


def forget(form_name: str, subject: UUID | str = "") -> None:
    drafts.delete_draft(session(), current_actor(), form_name, subject=str(subject))


def saved_at(form_name: str, subject: UUID | str = "") -> datetime | None:
    return drafts.saved_at(session(), current_actor(), form_name, subject=str(subject))


def open_form(form_class: type[AnyForm], form_name: str, subject: UUID | str, **values: Any) -> AnyForm:
    """The form with the kept draft in it, else with `values`."""
    answers = drafts.load_draft(session(), current_actor(), form_name, subject=str(subject))
    if answers:
        return form_class(formdata=MultiDict(answers))
    return form_class(formdata=None, **values)
