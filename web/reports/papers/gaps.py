"""Where the chain is thin: states of nodes, the gaps that are asked for most, and who is nearest to closing them."""

from collections.abc import Iterator, Mapping

from flask_babel import gettext as _
from flask_babel import ngettext

from matchmaker.exports.charts import parts
from matchmaker.exports.content import Block, Heading, Line
from models.enums import NodeState
from web.i18n import number
from web.labels import label, label_of
from web.reports.papers.words import (
    Content,
    Row,
    basis,
    bullets,
    figure,
    fine_table,
    in_words,
    name,
    pairs_in_words,
    paragraph,
    quoted,
    share_of,
    strong,
    text,
    whole,
)
from web.sentences.wording import listed

# From good to bad, each apart from its neighbour in colour and in lightness.
STATE_COLOURS = {
    NodeState.COVERED: "#0b6e55",
    NodeState.SINGLE_SOURCE: "#b5651d",
    NodeState.OUTSIDE_ONLY: "#5b6f9e",
    NodeState.MISSING: "#a61d24",
}
MOST_NAMED = 5
# Where many supply a node nobody reads the names; where one or two do, everybody does.
MOST_SUPPLIERS = 2


def gaps_blocks(content: Content) -> Iterator[Block]:
    told = content["gaps"]
    if not told["chains"]:
        yield paragraph(_("No chain lies in the scope."))
        return
    yield _states_chart(told)
    yield _states(told)
    for chain in told["chains"]:
        yield Heading(name(chain), level=2)
        yield from bullets(chain_sentences(told, chain))
        yield _nodes(told, chain)
    yield basis(content, "gaps")


def _states_chart(told: Row) -> Block:
    names = {state: label(state) for state in NodeState}
    rows = {
        name(chain): {names[state]: float(chain["counts"].get(state, 0)) for state in NodeState}
        for chain in told["chains"]
    }
    words = pairs_in_words((chain, pairs_in_words(_counted(values))) for chain, values in rows.items())
    caption = _("Nodes by state")
    picture = parts(
        rows,
        names=list(names.values()),
        title=_("number of nodes"),
        alt_text=in_words(caption, words),
        colours=list(STATE_COLOURS.values()),
    )
    return figure(caption, picture)


def _counted(values: dict[str, float]) -> Iterator[tuple[str, str]]:
    return ((state, number(count)) for state, count in values.items())


def _states(told: Row) -> Block:
    head = (_("Industrial chain"), *map(label, NodeState), _("Nodes in all"))
    rows = (
        (
            text(name(chain)),
            *(whole(chain["counts"].get(state, 0)) for state in NodeState),
            whole(sum(chain["counts"].values())),
        )
        for chain in told["chains"]
    )
    return fine_table(_("Nodes of each chain by state"), head, rows, (34, 13, 13, 13, 13, 14), numbers=range(1, 6))


def chain_sentences(told: Row, chain: Row) -> Iterator[str]:
    counts, nodes = chain["counts"], {node["code"]: node for node in chain["nodes"]}
    if not any(counts.values()):
        return
    yield states_sentence(counts)
    asked = [nodes[code] for code in gaps_of(told, chain) if code in nodes and nodes[code]["demand"]]
    if asked:
        named = listed(map(asked_node, asked[:MOST_NAMED]))
        yield _("The gaps that are asked for most: %(nodes)s.", nodes=named)
    sole = [one for one in chain["nodes"] if one["local"] == 1 and one["suppliers"]]
    if sole:
        named = listed(
            _("%(name)s (%(kind)s)", name=name(one), kind=name(one["suppliers"][0])) for one in sole[:MOST_NAMED]
        )
        yield _("Supplied by one alone: %(nodes)s.", nodes=named)


def states_sentence(counts: Mapping[str, int]) -> str:
    """By the names of the states only: how many suppliers cover a node is a row, so no sentence may say "two"."""
    total = sum(counts.values())
    return ngettext(
        "Of %(total)s node %(covered)s is covered (%(share)s); on a single source: %(single)s, on suppliers outside: "
        "%(outside)s, without any: %(missing)s.",
        "Of %(total)s nodes of the chain %(covered)s are covered (%(share)s); %(single)s hang on a single source, "
        "%(outside)s on suppliers outside, %(missing)s have none.",
        total,
        total=number(total),
        covered=number(counts.get(NodeState.COVERED, 0)),
        share=share_of(counts.get(NodeState.COVERED, 0) / total if total else None),
        single=number(counts.get(NodeState.SINGLE_SOURCE, 0)),
        outside=number(counts.get(NodeState.OUTSIDE_ONLY, 0)),
        missing=number(counts.get(NodeState.MISSING, 0)),
    )


def asked_node(one: Row) -> str:
    return _(
        "%(node)s (%(state)s, asked for by %(needs)s)", node=name(one), state=_state(one), needs=number(one["demand"])
    )


def gaps_of(told: Row, chain: Row) -> list[str]:
    return list(chain.get("gaps") or told.get("gaps") or ())


def nearest_of(told: Row, chain: Row) -> Row:
    found: Row = chain.get("nearest") or told.get("nearest") or {}
    return found


def _nodes(told: Row, chain: Row) -> Block:
    """Gaps first, the most asked on top; then what is covered."""
    nodes = {node["code"]: node for node in chain["nodes"]}
    gaps = [code for code in gaps_of(told, chain) if code in nodes]
    rest = [code for code in nodes if code not in gaps]
    head = (
        _("Node of the chain"),
        _("State of the node"),
        _("Suppliers here"),
        _("Suppliers outside"),
        _("Needs"),
        _("Who supplies, or is nearest"),
    )
    rows = (_node(nodes[code], nearest_of(told, chain).get(code, ())) for code in (*gaps, *rest))
    caption = _("Nodes of %(chain)s", chain=quoted(name(chain)))
    return fine_table(caption, head, rows, (21, 14, 10, 10, 8, 37), numbers=(2, 3, 4))


def _node(node: Row, nearest: object) -> tuple[Line, ...]:
    is_gap = node["state"] != NodeState.COVERED
    state = _state(node)
    return (
        text(name(node)),
        strong(state) if is_gap else text(state),
        whole(node["local"]),
        whole(node["outside"]),
        whole(node["demand"]),
        text(_suppliers(node, nearest)),
    )


def _suppliers(node: Row, nearest: object) -> str:
    if node["suppliers"]:
        named = listed(name(one) for one in node["suppliers"][:MOST_SUPPLIERS])
        return named if node["local"] <= MOST_SUPPLIERS else _("%(names)s and more", names=named)
    rows = nearest if isinstance(nearest, list) else []
    if not rows:
        return _("nobody is known")
    return _("nearest: %(names)s", names=listed(name(one) for one in rows))


def _state(node: Row) -> str:
    return label_of(NodeState, node["state"])
