"""What every template may call, and the addresses of static files."""

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, current_app, request, url_for
from flask_bootstrap import Bootstrap5
from jinja2 import StrictUndefined
from markupsafe import Markup

from matchmaker.exports.charts import on_page
from web.access import current_actor, current_person
from web.config import current_instance
from web.demo import is_demo_request
from web.gaps import gap_label, gap_url, mandate_effect
from web.labels import component_label, label, label_of, purpose_label
from web.navigation import list_menu

SEARCH = "search.results"
STATIC = Path(__file__).parent / "static"


def register_rendering(app: Flask) -> None:
    Bootstrap5(app)
    # A name that a view forgot is a mistake to see at once, not an empty place on the page.
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.policies["ext.i18n.trimmed"] = True  # as scripts/translations reads the templates
    app.jinja_env.optimized = False  # else a filter on a constant is worked out once, in the first reader's language
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        gap_label=gap_label,
        gap_url=gap_url,
        mandate_effect=mandate_effect,
        asset=asset,
        page_url=page_url,
        current_actor=current_actor,
        current_person=current_person,
        current_instance=current_instance,
        is_demo_request=is_demo_request,
        list_menu=list_menu,
        label_of=label_of,
        component_label=component_label,
        purpose_label=purpose_label,
        search_url=search_url,
        drawing=drawing,
    )
    app.jinja_env.filters["label"] = label


def asset(name: str) -> str:
    """The address of a static file; it changes with the content, so browsers may keep it for a year."""
    return _address(request.script_root, name)


@lru_cache
def _address(_root: str, name: str) -> str:
    # The same for all requests where the app stands; a page shows its icons dozens of times.
    return url_for("static", filename=name, v=_digest(name))


@lru_cache
def _digest(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]


def drawing(svg: str) -> Markup:
    """A chart of `matchmaker.exports.charts` on a page: letters and lines in the colour of the text around them.

    The words in it are escaped where it is drawn, and nothing else makes such drawings.
    """
    return Markup(on_page(svg))  # noqa: S704


def search_url() -> str:
    """Where the search box at the top leads; empty while no area answers it."""
    return url_for(SEARCH) if SEARCH in current_app.view_functions else ""


def page_url(**changes: object) -> str:
    """This page with other parameters in its address; None or an empty value takes one out."""
    kept: dict[str, object] = {name: request.args.getlist(name) for name in request.args}
    kept.update(changes)
    wanted = {name: value for name, value in kept.items() if value not in (None, "", [])}
    return url_for(request.endpoint or "public.home", **{**(request.view_args or {}), **wanted})
