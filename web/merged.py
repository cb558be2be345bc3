"""What is sent from a page that was opened before a merge: nothing is written to a record that nobody reads."""

from uuid import UUID

from flask import Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.services import organisations
from web.database import session
from web.errors import typed_input
from web.refusals import field_label

# What is new lands with the record that was kept; there is nothing there that it could overwrite.
LANDS = frozenset({"organisations.create_offer", "organisations.create_need"})
# Pages of an organisation's own people, which lead on to the record that was kept.
OWN_PAGES = "organisations."


def register_merged(app: Flask) -> None:
    app.before_request(_lead_to_kept)


def _lead_to_kept() -> ResponseReturnValue | None:
    named = (request.view_args or {}).get("organisation_id")
    endpoint = request.endpoint or ""
    if named is None or endpoint in LANDS or endpoint == "organisations.show_organisation":
        return None
    is_read = request.method in {"GET", "HEAD"}
    if is_read and not endpoint.startswith(OWN_PAGES):
        return None
    kept_id = organisations.find_kept(session(), named)
    if kept_id is None:
        return None
    return _lead_on(endpoint, kept_id) if is_read else _refuse(kept_id)


def _lead_on(endpoint: str, kept_id: UUID) -> ResponseReturnValue:
    flash(_("The record that you asked for was merged into this one."), "info")
    return redirect(url_for(endpoint, **{**(request.view_args or {}), "organisation_id": kept_id}))


def _refuse(kept_id: UUID) -> ResponseReturnValue:
    kept = organisations.get_organisation(session(), kept_id)
    typed = {field_label(name): value for name, value in typed_input().items()}
    return render_template("errors/merged.html", kept=kept, typed=typed), 409
