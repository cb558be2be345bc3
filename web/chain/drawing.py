"""Where the nodes of a chain stand on its drawing: left what supplies, right what is supplied, links between them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from matchmaker.services.chain.mapping import ChainMap, NodeLine
from web.i18n import current_language

BOX_WIDTH, BOX_HEIGHT = 196, 58
COLUMN, ROW, MARGIN = 252, 68, 12
SWEEPS = 6
# Letters that a line of a box holds.
LINE = {"zh": 12, "en": 23}


@dataclass(frozen=True)
class Placed:
    node: NodeLine
    x: int
    y: int
    lines: Sequence[str]


@dataclass(frozen=True)
class Arrow:
    upstream: str
    downstream: str
    path: str
    is_short: bool  # it starts at a node that is not covered


@dataclass(frozen=True)
class Drawing:
    """`layers` say the same to narrow screens: nodes from left to right with what each supplies."""

    nodes: Sequence[Placed]
    layers: Sequence[Sequence[tuple[NodeLine, Sequence[NodeLine]]]]
    arrows: Sequence[Arrow]
    width: int
    height: int


def draw(found: ChainMap) -> Drawing:
    """Leaves alone: they are what is covered or not, and what links run between."""
    nodes = {node.code: node for node in found.leaves}
    links = [(up, down) for up, down in found.links if up in nodes and down in nodes]
    order = _ordered(_layers(list(nodes), links), links)
    tallest = max((len(layer) for layer in order), default=0)
    placed = {
        code: _place(nodes[code], x=column, y=row, shift=(tallest - len(layer)) * ROW // 2)
        for column, layer in enumerate(order)
        for row, code in enumerate(layer)
    }
    return Drawing(
        nodes=list(placed.values()),
        layers=[
            [(nodes[code], [nodes[down] for up, down in links if up == code]) for code in layer] for layer in order
        ],
        arrows=[_arrow(placed[up], placed[down]) for up, down in links],
        width=2 * MARGIN + max(len(order) - 1, 0) * COLUMN + BOX_WIDTH,
        height=2 * MARGIN + max(tallest - 1, 0) * ROW + BOX_HEIGHT,
    )


def _layers(codes: Sequence[str], links: Sequence[tuple[str, str]]) -> list[list[str]]:
    """Every node as far right as its customers let it: beside them, not at the far left of all."""
    customers: dict[str, list[str]] = {code: [] for code in codes}
    for up, down in links:
        customers[up].append(down)

    @cache
    def steps_to_the_end(code: str) -> int:
        return max((1 + steps_to_the_end(down) for down in customers[code]), default=0)

    deepest = max((steps_to_the_end(code) for code in codes), default=0)
    layers: list[list[str]] = [[] for _ in range(deepest + 1)] if codes else []
    for code in codes:
        layers[deepest - steps_to_the_end(code)].append(code)
    return layers


def _ordered(layers: list[list[str]], links: Sequence[tuple[str, str]]) -> list[list[str]]:
    """Within its layer each node near the middle of what it is linked with, so that fewer lines cross."""
    near: dict[str, list[str]] = {}
    for up, down in links:
        near.setdefault(up, []).append(down)
        near.setdefault(down, []).append(up)
    for _ in range(SWEEPS):
        place = {code: row - len(layer) / 2 for layer in layers for row, code in enumerate(layer)}
        for layer in layers:
            layer.sort(key=lambda code: _middle(code, near, place))
            place |= {code: row - len(layer) / 2 for row, code in enumerate(layer)}
    return layers


def _middle(code: str, near: Mapping[str, Sequence[str]], place: Mapping[str, float]) -> float:
    around = [place[one] for one in near.get(code, ())]
    return sum(around) / len(around) if around else place[code]


def _place(node: NodeLine, *, x: int, y: int, shift: int) -> Placed:
    return Placed(node, MARGIN + x * COLUMN, MARGIN + shift + y * ROW, _lines(node))


def _lines(node: NodeLine) -> list[str]:
    """The name in one or two lines; what does not fit ends in dots, and the whole name is in the link's text."""
    language = current_language()
    name = (node.name_zh if language == "zh" else node.name_en) or node.name_zh or node.name_en
    most = LINE[language]
    if len(name) <= most:
        return [name]
    words = list(name) if language == "zh" else [f"{word} " for word in name.split()]
    lines = [""]
    for word in words:
        if len(lines[-1] + word.rstrip()) > most and len(lines) < 2:
            lines.append("")
        lines[-1] += word
    if len(lines[-1]) > most:
        lines[-1] = lines[-1][: most - 1].rstrip() + "…"
    return [line.strip() for line in lines]


def _arrow(up: Placed, down: Placed) -> Arrow:
    start, end = (up.x + BOX_WIDTH, up.y + BOX_HEIGHT // 2), (down.x, down.y + BOX_HEIGHT // 2)
    bend = (COLUMN - BOX_WIDTH) // 2
    path = f"M{start[0]} {start[1]}C{start[0] + bend} {start[1]} {end[0] - bend} {end[1]} {end[0]} {end[1]}"
    return Arrow(up.node.code, down.node.code, path, up.node.state != "covered")


def groups(nodes: Sequence[NodeLine]) -> list[tuple[NodeLine | None, list[NodeLine]]]:
    """Leaves under the node above them, for tables."""
    by_code = {node.code: node for node in nodes}
    leaves = [node for node in nodes if node.is_leaf]
    return [
        (by_code.get(parent) if parent else None, list(some))
        for parent, some in groupby(leaves, key=lambda node: node.parent_code)
    ]
