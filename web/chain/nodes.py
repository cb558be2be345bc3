"""One node: its state with every record behind it, what is asked, where one may work, who could come to supply it."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from matchmaker.errors import NotFound
from matchmaker.services.actors import Permission
from matchmaker.services.calendar import today
from matchmaker.services.chain import evidence, mapping, raising
from matchmaker.services.chain.evidence import Standing
from matchmaker.services.chain.judged import NO_FILTERS
from models.offers import Need
from web.access import current_actor, permitted
from web.chain.forms import FilterForm
from web.chain.routes import common
from web.database import session

bp = Blueprint("chain_nodes", __name__, url_prefix="/officer/chain")


@bp.get("/<chain_code>/nodes/<node_code>")
@permitted(Permission.CHAIN_VIEW)
def show_node(chain_code: str, node_code: str) -> ResponseReturnValue:
    form = FilterForm(request.args)
    is_right = form.validate()
    day, filters = (form.as_of(), form.filters()) if is_right else (today(), NO_FILTERS)
    found = mapping.get_map(session(), current_actor(), chain_code, day, filters)
    node = next((one for one in found.nodes if one.code == node_code), None)
    if node is None:
        raise NotFound("chain node", node_code)
    records = evidence.read_evidence(session(), found.judged, node.code)
    linked = {one.code: one for one in found.nodes}
    page = render_template(
        "chain/node.html",
        form=form,
        found=found,
        node=node,
        parent=linked.get(node.parent_code or ""),
        below=[one for one in found.nodes if one.parent_code == node.code],
        upstream=[linked[up] for up, down in found.links if down == node.code],
        downstream=[linked[down] for up, down in found.links if up == node.code],
        counting=[line for line in records.supply if line.standing is Standing.COUNTS],
        others=[line for line in records.supply if line.standing is not Standing.COUNTS],
        demand=records.demand,
        nearest=raising.list_nearest(session(), found.judged, node.code),
        facilities=raising.list_facilities(session(), found.judged, node.code)[: raising.FACILITIES],
        funds=raising.list_funds(session(), found.judged, node.code)[: raising.FUNDS],
        raised_trl=found.judged.limits.raised_trl,
        is_need=lambda record: isinstance(record, Need),
        **common(form),
    )
    return page, 200 if is_right else 422
