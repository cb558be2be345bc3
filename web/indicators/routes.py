"""Pages of indicators: all of a scope, one with its comparisons and series, files to take away."""

from io import BytesIO
from typing import Any

from flask import Blueprint, flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.services import jobs
from matchmaker.services.actors import Permission, can
from matchmaker.services.calendar import today
from matchmaker.services.indicators import comparing, definitions, keeping, told
from matchmaker.services.indicators.catalogue import read_formula
from matchmaker.services.scope import Scope
from models.enums import JobKind
from models.indicators import Indicator
from web.access import current_actor, permitted
from web.database import session
from web.indicators import charts, files
from web.indicators.words import change_text, figure_text, in_words
from web.region_scopes import scope_groups, scope_in_address, scope_name, scope_value
from web.transactions import commits

bp = Blueprint("indicators", __name__, url_prefix="/officer/indicators")


@bp.get("/")
@permitted(Permission.INDICATOR_VIEW)
def list_indicators() -> ResponseReturnValue:
    scope = scope_in_address()
    lines = comparing.list_lines(session(), current_actor(), scope, today())
    everything = definitions.list_indicators(session(), current_actor())
    return render_template(
        "indicators/list.html",
        lines=lines,
        hidden=[one for one in everything if not one.is_shown],
        **_of_scope(scope),
        amount_of=amount_of,
    )


@bp.get("/table/<kind>")
@permitted(Permission.INDICATOR_VIEW)
def download_table(kind: str) -> ResponseReturnValue:
    """What is on the page, as a file to hand on: figures behind which under three organisations stand are left out."""
    scope = scope_in_address()
    facts = told.tell_indicators(session(), scope, today())
    content, media_type = files.table_file(facts, kind, scope_name(scope))
    name = f"indicators-{scope.kind}{'-' + scope.code if scope.code else ''}-{today()}.{kind}"
    return send_file(BytesIO(content), mimetype=media_type, as_attachment=True, download_name=name)


@bp.get("/<indicator_code>")
@permitted(Permission.INDICATOR_VIEW)
def show_indicator(indicator_code: str) -> ResponseReturnValue:
    indicator = definitions.get_indicator(session(), current_actor(), indicator_code)
    scope = scope_in_address()
    compared = comparing.compare(session(), current_actor(), indicator, scope, today())
    kept = keeping.series(session(), current_actor(), indicator, scope)
    amount = amount_of(indicator)
    return render_template(
        "indicators/indicator.html",
        indicator=indicator,
        words=in_words(read_formula(indicator.formula, indicator.unit), indicator.unit),
        compared=compared,
        kept=list(reversed(kept)),
        drawn=charts.all_of(indicator, compared, kept, scope_name(scope)),
        **_of_scope(scope),
        scope_value=scope_value,
        amount=amount,
    )


@bp.post("/keep")
@permitted(Permission.INDICATOR_EDIT)
@commits
def keep_figures() -> ResponseReturnValue:
    """The figures of today, kept by a worker now and not only tonight."""
    job = jobs.start(session(), current_actor(), JobKind.COMPUTE_INDICATORS)
    flash(_("The figures of today are being kept. They join the series in a minute."), "success")
    if can(current_actor(), Permission.JOB_RUN):
        return redirect(url_for("jobs.show_job", job_id=job.id))
    return redirect(url_for("indicators.list_indicators"))


@bp.post("/<indicator_code>/hide")
@permitted(Permission.INDICATOR_EDIT)
@commits
def hide_indicator(indicator_code: str) -> ResponseReturnValue:
    indicator = definitions.get_indicator(session(), current_actor(), indicator_code)
    definitions.hide(session(), current_actor(), indicator)
    flash(_("It is hidden: lists and reports leave it out. Its figures stay."), "success")
    return redirect(url_for("indicators.show_indicator", indicator_code=indicator.code))


@bp.post("/<indicator_code>/show")
@permitted(Permission.INDICATOR_EDIT)
@commits
def unhide_indicator(indicator_code: str) -> ResponseReturnValue:
    indicator = definitions.get_indicator(session(), current_actor(), indicator_code)
    definitions.show(session(), current_actor(), indicator)
    flash(_("It is shown again, in lists and in reports."), "success")
    return redirect(url_for("indicators.show_indicator", indicator_code=indicator.code))


def _of_scope(scope: Scope) -> dict[str, Any]:
    """What every page about a part of the region is told."""
    return {
        "scope": scope,
        "chosen": scope_value(scope),
        "name": scope_name(scope),
        "groups": scope_groups(),
        "as_of": today(),
        "may_edit": may_edit(),
        "figure_text": figure_text,
        "change_text": change_text,
    }


def amount_of(indicator: Indicator) -> str | None:
    """The field that is summed or averaged, which says how its figure reads."""
    amount = indicator.formula.get("amount")
    return str(amount) if amount else None


def may_edit() -> bool:
    return can(current_actor(), Permission.INDICATOR_EDIT)
