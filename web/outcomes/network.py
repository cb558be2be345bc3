"""Who works with whom: a drawing with its list, and one organisation in focus."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import numpy as np
from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.services import network, reference
from matchmaker.services.actors import Permission
from matchmaker.services.network import Filters, Network, Tie
from models.enums import ProjectKind
from models.organisations import Organisation
from web.access import current_actor, permitted
from web.choices import name_of
from web.database import session
from web.i18n import current_language

bp = Blueprint("network", __name__)

# Units of the drawing: rings, and room for names around the outer one.
RADII = {1: (0.0, 230.0), 2: (0.0, 130.0, 300.0)}
NAME_ROOM = 140.0
LONGEST_NAME = {"zh": 12, "en": 20}
DOT, FOCUS_DOT = 5.0, 9.0


@dataclass(frozen=True)
class Point:
    """A dot with its name: turned along its spoke, and readable on the left side too."""

    x: float
    y: float
    size: float
    name: str
    url: str
    label_x: float
    label_y: float
    turn: float
    anchor: str
    is_focus: bool
    ring: int


@dataclass(frozen=True)
class Line:
    x1: float
    y1: float
    x2: float
    y2: float
    width: float
    kind: str


@bp.get("/network")
@permitted(Permission.NETWORK_VIEW)
def show_network() -> ResponseReturnValue:
    filters, focus_id, wrong = _read_filters()
    found = network.read_network(session(), current_actor(), filters, focus_id)
    return render_template(
        "outcomes/network.html",
        found=found,
        filters=filters,
        wrong=wrong,
        points=_points(found, filters),
        lines=_lines(found),
        half=max(RADII[_rings(found)]) + NAME_ROOM,
        chains={group.chain.code: group.chain for group in reference.list_node_groups(session())},
        years=network.list_years(session()),
        kinds=list(ProjectKind),
        focus_url=lambda organisation: _url(filters, organisation),
        no_focus_url=_url(replace(filters, steps=1), None),
        most=network.MOST_SHOWN,
    )


def _read_filters() -> tuple[Filters, UUID | None, str]:
    """What the address asks for; what nobody can have chosen counts as not said."""
    asked = request.args
    kind, year, focus = asked.get("kind", ""), asked.get("year", type=int), asked.get("focus", "")
    chain = asked.get("chain", "")
    known = {group.chain.code for group in reference.list_node_groups(session())}
    filters = Filters(
        kind=ProjectKind(kind) if kind in set(ProjectKind) else None,
        chain=chain if chain in known else "",
        year=year if year is not None and 1900 < year < 2200 else None,
        steps=2 if asked.get("steps") == "2" else 1,
    )
    if not focus:
        return filters, None, ""
    try:
        focus_id = UUID(focus)
    except ValueError:
        return filters, None, _("The organisation in the address could not be read; all are shown.")
    return filters, focus_id, ""


def _url(filters: Filters, focus: Organisation | None) -> str:
    told: dict[str, Any] = {
        "kind": filters.kind.value if filters.kind else None,
        "chain": filters.chain or None,
        "year": filters.year,
        "steps": 2 if filters.steps == 2 and focus else None,
        "focus": focus.id if focus else None,
    }
    return url_for("network.show_network", **told)


def _rings(found: Network) -> int:
    return 2 if len(found.rings.ring) and int(found.rings.ring.max()) == 2 else 1


def _places(found: Network) -> Any:
    return found.rings.places(RADII[_rings(found)]) if len(found.members) else np.zeros((0, 2))


def _points(found: Network, filters: Filters) -> list[Point]:
    names = _names(found.members)
    return [
        _point(found, filters, place, names[place], float(x), float(y)) for place, (x, y) in enumerate(_places(found))
    ]


def _point(found: Network, filters: Filters, place: int, name: str, x: float, y: float) -> Point:
    body, ring, angle = found.members[place], int(found.rings.ring[place]), float(found.rings.angle[place])
    is_focus = ring == 0
    size = FOCUS_DOT if is_focus else DOT
    is_left = np.cos(angle) < -1e-9
    away = size + 5
    return Point(
        x=round(x, 1),
        y=round(y, 1),
        size=size,
        name=name,
        url=_url(filters, body),
        label_x=0.0 if is_focus else round(x + away * float(np.cos(angle)), 1),
        label_y=-size - 6 if is_focus else round(y + away * float(np.sin(angle)), 1),
        turn=0.0 if is_focus else round(float(np.degrees(angle)) + (180 if is_left else 0), 1),
        anchor="middle" if is_focus else "end" if is_left else "start",
        is_focus=is_focus,
        ring=ring,
    )


def _lines(found: Network) -> list[Line]:
    places = [(round(float(x), 1), round(float(y), 1)) for x, y in _places(found)]
    return [
        Line(*places[tie.one], *places[tie.other], round(min(1 + 0.8 * (tie.count - 1), 5.0), 1), _kind(tie))
        for tie in found.ties
    ]


def _kind(tie: Tie) -> str:
    if tie.projects and tie.investments:
        return "both"
    return "investment" if tie.investments else "project"


def _names(members: Sequence[Organisation]) -> list[str]:
    """Names that fit on their spokes, in the reader's language; a first word that most share tells nobody apart."""
    language = current_language()
    names = [(one.short_name if language == "zh" else one.name_en) or name_of(one) for one in members]
    first = Counter(name.split(" ")[0] for name in names if " " in name).most_common(1)
    if first and first[0][1] > len(names) / 2:
        names = [name.removeprefix(first[0][0] + " ") for name in names]
    return [_short(name) for name in names]


def _short(name: str) -> str:
    longest = LONGEST_NAME["en" if name.isascii() else "zh"]
    return name if len(name) <= longest else name[: longest - 1] + "…"
