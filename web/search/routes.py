"""The search page. All of its state lives in the address, so a search can be kept, sent and gone back to."""

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.services import search as searching
from matchmaker.services.actors import Permission, can
from matchmaker.services.calendar import today
from matchmaker.services.search import Results, SearchQuery
from models.enums import SearchSort
from web.access import current_actor, permitted
from web.database import reader, session
from web.labels import label
from web.rendering import page_url
from web.search.cards import card
from web.search.facets import FACET_TITLES, list_chips, list_facets, list_tabs

bp = Blueprint("search", __name__)

LONGEST_TEXT, LONGEST_CODE, MOST_CHOSEN, LAST_PAGE = 200, 120, 20, 1_000_000
SORTS = {sort.value: sort for sort in SearchSort}


@bp.get("/search")
@permitted(Permission.SEARCH)
def results() -> ResponseReturnValue:
    query = _read_query()
    found = searching.search(session(), current_actor(), reader(), query, today=today())
    return render_template(
        "search/results.html",
        query=query,
        found=found,
        cards=[card(item, found.tokens) for item in found.page.items],
        tabs_shown=list_tabs(found),
        facets_shown=list_facets(found),
        chips_shown=list_chips(found),
        sorts=_list_sorts(found, query),
        kept=_kept(),
        ways_out=_list_ways_out(found),
        near=found.near,
        no_filter_url=_without_filters(),
        need_url=_need_url(),
    )


def _read_query() -> SearchQuery:
    """What the address asks for. Of what nobody can have chosen on the page, the reasonable part counts."""
    asked = request.args
    return SearchQuery(
        text=asked.get("q", "").strip()[:LONGEST_TEXT],
        chosen={
            facet: tuple(dict.fromkeys(code[:LONGEST_CODE] for code in asked.getlist(facet) if code))[:MOST_CHOSEN]
            for facet in FACET_TITLES
            if any(asked.getlist(facet))
        },
        sort=SORTS.get(asked.get("sort", "")),
        page=min(max(1, asked.get("page", 1, type=int)), LAST_PAGE),
    )


def _kept() -> list[tuple[str, str]]:
    """What a new text keeps of the present address: filters and order, not the page."""
    names = (*FACET_TITLES, "sort")
    return [(name, value) for name in names for value in request.args.getlist(name) if value]


def _list_sorts(found: Results, query: SearchQuery) -> list[tuple[str, str, bool]]:
    offered = [sort for sort in SearchSort if query.text or sort is not SearchSort.RELEVANCE]
    return [(label(sort), page_url(sort=sort.value, page=None), sort is found.sort) for sort in offered]


def _list_ways_out(found: Results) -> list[tuple[str, int, str]]:
    """What to drop, how many records that gives, and the address without it."""
    ways = []
    for way in found.ways_out:
        if way.drop == searching.WORDS:
            ways.append((_("Without the words"), way.count, page_url(q=None, page=None)))
        elif way.drop == searching.ALL_FILTERS:
            ways.append((_("Without any filter"), way.count, _without_filters()))
        else:
            title = _("Without “%(filter)s”", filter=FACET_TITLES[way.drop])
            ways.append((title, way.count, page_url(**{way.drop: None, "page": None})))
    return ways


def _without_filters() -> str:
    return page_url(**dict.fromkeys(FACET_TITLES), page=None)


def _need_url() -> str:
    """Where the person can describe what was not found: for their organisation, or after joining one."""
    actor = current_actor()
    for organisation_id in actor.memberships:
        if can(actor, Permission.POSTING_EDIT, organisation_id):
            return url_for("organisations.show_new_need", organisation_id=organisation_id)
    return url_for("organisations.show_join")
