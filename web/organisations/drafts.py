"""Typed input that survives leaving: kept by the button, and by script while somebody types."""

from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from flask import redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from matchmaker.errors import NotFound
from matchmaker.services import drafts
from web.access import current_actor, signed_in
from web.database import session
from web.forms import Form
from web.forms.base import clean_text
from web.organisations.area import bp
from web.security import safe_next
from web.transactions import commits

FORMS = frozenset({"new", "identity", "activity", "figures", "contact", "offer", "need"})
NOT_KEPT = frozenset({"csrf_token", "action", "discard"})

AnyForm = TypeVar("AnyForm", bound=Form)


@bp.post("/drafts/<form_name>")
@signed_in
@commits
def keep_draft(form_name: str) -> ResponseReturnValue:
    """Called by script while somebody types; subject: the record under edit."""
    _require_known(form_name)
    keep(form_name, _subject_in_query())
    return "", 204


@bp.post("/drafts/<form_name>/discard")
@signed_in
@commits
def discard_draft(form_name: str) -> ResponseReturnValue:
    _require_known(form_name)
    forget(form_name, _subject_in_query())
    return redirect(safe_next(request.form.get("next")))


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


def _require_known(form_name: str) -> None:
    if form_name not in FORMS:
        raise NotFound("draft", form_name)


def _subject_in_query() -> str:
    return request.args.get("subject", "")[:60]
