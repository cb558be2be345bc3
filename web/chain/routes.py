"""The map: all chains at a glance, one chain as graph, matrix or table, and what has changed since a day."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.services.actors import Permission, can
from matchmaker.services.calendar import today
from matchmaker.services.chain import changes, mapping, snapshots
from matchmaker.services.chain.judged import NO_FILTERS
from matchmaker.services.chain.mapping import ChainMap
from models.enums import NodeState, SupplySource
from web.access import current_actor, permitted
from web.chain import files
from web.chain.drawing import BOX_HEIGHT, BOX_WIDTH, draw, groups
from web.chain.forms import FilterForm, SinceForm
from web.choices import any_districts
from web.database import session
from web.transactions import commits

bp = Blueprint("chain", __name__, url_prefix="/officer/chain")
TONES = {
    NodeState.COVERED: "good",
    NodeState.SINGLE_SOURCE: "warn",
    NodeState.OUTSIDE_ONLY: "primary",
    NodeState.MISSING: "bad",
}
USUAL_SPAN = timedelta(days=90)


@bp.get("/")
@permitted(Permission.CHAIN_VIEW)
def show_map() -> ResponseReturnValue:
    form = FilterForm(request.args)
    is_right = form.validate()
    day, filters = (form.as_of(), form.filters()) if is_right else (today(), NO_FILTERS)
    maps = mapping.list_maps(session(), current_actor(), day, filters)
    page = render_template(
        "chain/map.html",
        form=form,
        maps=maps,
        day=day,
        worst=mapping.WORST_SHOWN,
        may_keep=can(current_actor(), Permission.INDICATOR_EDIT),
        kept=snapshots.list_days(session(), maps[0].chain.code)[:1] if maps else [],
        **common(form),
    )
    return page, 200 if is_right else 422


@bp.post("/keep")
@permitted(Permission.INDICATOR_EDIT)
@commits
def keep_map() -> ResponseReturnValue:
    if snapshots.keep_day(session(), current_actor(), today()):
        flash(_("The map of today is kept. Later days can be held against it."), "success")
    else:
        flash(_("The map of today had been kept already, and nothing has changed since."), "info")
    return redirect(url_for("chain.show_map"))


@bp.get("/<chain_code>")
@permitted(Permission.CHAIN_VIEW)
def show_chain(chain_code: str) -> ResponseReturnValue:
    form = FilterForm(request.args)
    is_right = form.validate()
    found = _map(chain_code, form, is_right=is_right)
    look = request.args.get("look", "graph")
    page = render_template(
        "chain/chain.html",
        form=form,
        found=found,
        look=look if look in LOOKS else "graph",
        **LOOKS.get(look, _as_graph)(found),
        **common(form),
    )
    return page, 200 if is_right else 422


def _map(chain_code: str, form: FilterForm, *, is_right: bool) -> ChainMap:
    day, filters = (form.as_of(), form.filters()) if is_right else (today(), NO_FILTERS)
    return mapping.get_map(session(), current_actor(), chain_code, day, filters)


def _as_graph(found: ChainMap) -> dict[str, Any]:
    return {"drawn": draw(found), "box": (BOX_WIDTH, BOX_HEIGHT)}


def _as_matrix(found: ChainMap) -> dict[str, Any]:
    names = {choice.value: choice.label for choice in any_districts()}
    return {
        "matrix": mapping.cross(found),
        "groups": groups(found.nodes),
        "district_names": names,
        "sources": list(SupplySource),
    }


def _as_table(found: ChainMap) -> dict[str, Any]:
    chosen = request.args.get("state", "")
    rows = found.gaps if request.args.get("order") == "asked" else found.leaves
    if chosen in set(NodeState):
        rows = [node for node in rows if node.state == chosen]
    parents = {node.code: node for node in found.nodes}
    return {"rows": rows, "chosen": chosen, "parents": parents, "order": request.args.get("order", "")}


LOOKS: dict[str, Callable[[ChainMap], dict[str, Any]]] = {"graph": _as_graph, "matrix": _as_matrix, "table": _as_table}


@bp.get("/<chain_code>/table/<kind>")
@permitted(Permission.CHAIN_VIEW)
def download_table(chain_code: str, kind: str) -> ResponseReturnValue:
    form = FilterForm(request.args)
    found = _map(chain_code, form, is_right=form.validate())
    content, media_type = files.table_file(found, kind)
    name = f"chain-{chain_code}-{found.day}.{kind}"
    return send_file(BytesIO(content), mimetype=media_type, as_attachment=True, download_name=name)


@bp.get("/<chain_code>/changes")
@permitted(Permission.CHAIN_VIEW)
def show_changes(chain_code: str) -> ResponseReturnValue:
    form = SinceForm(request.args)
    is_right = form.validate()
    day, filters = (form.as_of(), form.filters()) if is_right else (today(), NO_FILTERS)
    since = (form.since.data if is_right else None) or day - USUAL_SPAN
    form.since.data, form.day.data = since, day
    found = changes.compare(session(), current_actor(), chain_code, day, since=since, filters=filters)
    page = render_template(
        "chain/changes.html",
        form=form,
        found=found,
        days=snapshots.list_days(session(), chain_code),
        **common(form),
    )
    return page, 200 if is_right else 422


def common(form: FilterForm) -> dict[str, Any]:
    """What every page of the map needs: the filters to carry on, tones, the figures by which nodes are judged."""
    kept = {name: request.args[name] for name in ("district", "ownership", "day") if request.args.get(name)}
    return {
        "kept_filters": kept,
        "is_filtered": bool(form.district.data or form.ownership.data),
        "of_district": bool(form.district.data),
        "tones": TONES,
        "states": list(NodeState),
        "limits": mapping.list_limits(session()),
        "may_edit_limits": can(current_actor(), Permission.INDICATOR_EDIT),
    }
