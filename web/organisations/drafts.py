"""Kept input of long forms, by script while somebody types, and its discarding; for the forms of all areas."""

from flask import redirect, request
from flask.typing import ResponseReturnValue

from matchmaker.errors import NotFound
from web.access import signed_in
from web.kept import forget, keep
from web.organisations.area import bp
from web.security import safe_next
from web.transactions import commits

CHALLENGE_FORMS = frozenset({"challenge", "challenge-metrics", "challenge-team", "challenge-terms", "challenge-answer"})
ROUND_FORMS = frozenset({"round-figures", "round-way", "round-money"})
MANDATE_FORMS = frozenset({"mandate-fund", "mandate-direction", "mandate-limits", "mandate-clauses"})
PROFILE_FORMS = frozenset({"new", "identity", "activity", "figures", "contact", "offer", "need"})
FORMS = PROFILE_FORMS | CHALLENGE_FORMS | ROUND_FORMS | MANDATE_FORMS


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


def _require_known(form_name: str) -> None:
    if form_name not in FORMS:
        raise NotFound("draft", form_name)


def _subject_in_query() -> str:
    return request.args.get("subject", "")[:60]
