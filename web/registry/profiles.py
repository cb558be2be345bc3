"""Profiles that nobody has looked at for long, and asking their people to look again."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from matchmaker.services import reference
from matchmaker.services.freshness import ages, chasing
from matchmaker.services.freshness.ages import Filters
from models.enums import ChaseReason, OrganisationKind
from web.access import current_actor
from web.choices import names_of
from web.database import session
from web.registry import words
from web.registry.area import bp, curators_only
from web.registry.forms import ChaseForm
from web.transactions import commits


@bp.get("/profiles")
@curators_only
def list_profiles() -> ResponseReturnValue:
    filters = _filters()
    form = ChaseForm.asking(filters.reason or ChaseReason.STALE, chasing.usual_day())
    return _render(filters, form)


@bp.post("/profiles/chase")
@curators_only
@commits
def chase_profiles() -> ResponseReturnValue:
    """Ask those that are ticked."""
    form = ChaseForm()
    if form.validate():
        with form.refusing():
            chased = chasing.chase(session(), current_actor(), _ticked(), form.draft())
            flash(_said(len(chased.asked), len(chased.left_out)), "success" if chased.asked else "warning")
            return redirect(url_for("registry.list_profiles", **_kept()))
    return _render(_filters(), form), 422


@bp.post("/profiles/<uuid:organisation_id>/insist")
@curators_only
@commits
def insist_on_profile(organisation_id: UUID) -> ResponseReturnValue:
    """Ask one again that was asked a few days ago."""
    form = ChaseForm()
    if form.validate():
        with form.refusing():
            chasing.insist(session(), current_actor(), organisation_id, form.draft())
            flash(_("It is asked once more."), "success")
            return redirect(url_for("registry.list_profiles", **_kept()))
    return _render(_filters(), form), 422


def _ticked() -> list[UUID]:
    found = []
    for text in request.form.getlist("organisations"):
        try:
            found.append(UUID(text))
        except ValueError:
            continue  # tampered with
    return found


def _said(asked: int, left_out: int) -> str:
    said = ngettext("%(num)s organisation is asked.", "%(num)s organisations are asked.", asked)
    if not left_out:
        return said
    rest = ngettext(
        "%(num)s was asked within the last 14 days and is not asked again.",
        "%(num)s were asked within the last 14 days and are not asked again.",
        left_out,
    )
    return f"{said} {rest}"


def _filters() -> Filters:
    is_open = request.values.get("asked") == "open"
    usual = None if is_open else ChaseReason.STALE
    return Filters(
        reason=request.values.get("why", usual, type=ChaseReason),
        kind=request.values.get("kind", None, type=OrganisationKind),
        district=request.values.get("district", ""),
        open_only=is_open,
    )


def _kept() -> dict[str, Any]:
    names = ("why", "kind", "district", "asked")
    return {name: request.values[name] for name in names if request.values.get(name)}


def _render(filters: Filters, form: ChaseForm) -> str:
    page = ages.list_profiles(session(), current_actor(), filters, page=request.args.get("page", 1, type=int))
    ids = [one.organisation.id for one in page.items]
    lacks = filters.reason is ChaseReason.INCOMPLETE
    return render_template(
        "registry/profiles.html",
        page=page,
        filters=filters,
        form=form,
        kept=_kept(),
        ticked=set(_ticked()) if form.is_submitted() else set(),
        counts={one: ages.count_profiles(session(), current_actor(), Filters(reason=one)) for one in ChaseReason},
        waiting=chasing.count_open(session(), current_actor()),
        missing=ages.missing_main_fields(session(), ids) if lacks else {},
        limits=ages.list_limits(session()),
        kinds=OrganisationKind,
        districts=names_of(reference.list_districts(session())),
        words=words,
    )
