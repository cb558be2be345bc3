"""What is different from the report before: candidates, needs, nodes, indicators."""

from collections.abc import Iterator

from flask_babel import gettext as _

from matchmaker.exports.content import Block, Line
from models.enums import NodeState
from web.i18n import number
from web.labels import label_of
from web.reports.papers.words import (
    SHORT_HASH,
    Content,
    Row,
    fine_table,
    name,
    on,
    paragraph,
    span_of_days,
    text,
    title,
    unit_cell,
    whole,
)
from web.sentences.wording import listed


def changes_blocks(content: Content) -> Iterator[Block]:
    changes = content["changes"]
    previous = changes["previous"]
    if previous is None:
        yield paragraph(
            _(
                "When this report was asked for there was no finished one of its kind and scope; "
                "the next will be held against this."
            )
        )
        return
    yield paragraph(
        _(
            "Held against the report of %(period)s, as of %(day)s, with the checksum %(hash)s.",
            period=span_of_days(previous["from"], previous["to"]),
            day=on(previous["as_of"]),
            hash=previous["content_sha256"][:SHORT_HASH],
        )
    )
    if not any(changes["totals"].values()):
        yield paragraph(_("Nothing has changed since then."))
        return
    yield _totals(changes["totals"])
    yield from _candidates(changes)
    yield from _needs(changes)
    if changes["nodes"]:
        yield _nodes(changes["nodes"])
    if changes["indicators"]:
        yield _indicators(changes["indicators"])
    if changes.get("formulas"):  # a report of the first format does not say
        yield paragraph(
            _(
                "Not held against the report before, which used another formula or does not say which: %(names)s.",
                names=listed(name(one) for one in changes["formulas"]),
            )
        )


def _totals(totals: Row) -> Block:
    names = {
        "new": _("Candidates who came into a list"),
        "lost": _("Candidates who left a list"),
        "moved": _("Candidates whose place changed"),
        "needs_new": _("Needs that are new"),
        "needs_gone": _("Needs that are gone"),
        "nodes": _("Nodes whose state changed"),
        "indicators": _("Indicators that moved"),
        "formulas": _("Indicators with another formula"),
    }
    rows = ((text(what), whole(totals[key])) for key, what in names.items() if totals.get(key))
    return fine_table(_("Changes at a glance"), (_("What changed"), _("How many")), rows, (75, 25), numbers=(1,))


def _candidates(changes: Row) -> Iterator[Block]:
    head = (_("For the need"), _("Candidate"), _("Place now"), _("Place before"))
    kinds = (
        ("new", _("New candidates")),
        ("lost", _("Candidates no longer listed")),
        ("moved", _("Candidates on another place")),
    )
    for key, caption in kinds:
        if changes[key]:
            yield fine_table(
                _cut(caption, changes, key),
                head,
                (_place(one, key) for one in changes[key]),
                (42, 36, 11, 11),
                numbers=(2, 3),
            )


def _place(one: Row, key: str) -> tuple[Line, ...]:
    now = None if key == "lost" else one["position"]
    before = one["position"] if key == "lost" else one.get("before")
    return text(title(one["need"])), text(name(one["organisation"])), whole(now), whole(before)


def _cut(caption: str, changes: Row, key: str) -> str:
    shown, total = len(changes[key]), changes["totals"][key]
    if shown == total:
        return caption
    return _(
        "%(caption)s (the first %(shown)s of %(total)s)", caption=caption, shown=number(shown), total=number(total)
    )


def _needs(changes: Row) -> Iterator[Block]:
    rows = [
        *((text(title(one)), text(_("new"))) for one in changes["needs_new"]),
        *((text(title(one)), text(_("gone"))) for one in changes["needs_gone"]),
    ]
    if rows:
        yield fine_table(_("Needs that came and went"), (_("Title of the need"), _("What happened")), rows, (78, 22))


def _nodes(nodes: list[Row]) -> Block:
    rows = (
        (text(name(one)), text(label_of(NodeState, one["before"])), text(label_of(NodeState, one["after"])))
        for one in nodes
    )
    head = (_("Node of the chain"), _("State before"), _("State now"))
    return fine_table(_("Nodes in another state"), head, rows, (50, 25, 25))


def _indicators(rows: list[Row]) -> Block:
    told = (
        (text(name(one)), unit_cell(one["before"], one["unit"]), unit_cell(one["after"], one["unit"]), _direction(one))
        for one in rows
    )
    head = (_("Name of the indicator"), _("Figure before"), _("Now"), _("Direction of the change"))
    return fine_table(_("Indicators that moved"), head, told, (46, 18, 18, 18), numbers=(1, 2))


def _direction(one: Row) -> Line:
    if one["before"] is None or one["after"] is None or not one["better"]:
        return text("—")
    return text(_("for the better") if one["better"] * (one["after"] - one["before"]) > 0 else _("for the worse"))
