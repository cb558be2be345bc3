"""The same chart for a narrow screen: letters stay as large as they are, and names take several lines."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

WIDTH = 210  # of the bars alone; with their names it is as wide as a telephone shows
WIDTH_WITHOUT_NAMES = 250
LINE_HEIGHT = 14
NAME_WIDTH = 14  # in halves of a Chinese character
PADDING = {"left": 10, "right": 4, "top": 6, "bottom": 6}


def narrowed(specification: str) -> str:
    """A chart of `charts` once more, narrow."""
    chart = json.loads(specification)
    names = _names(chart)
    lines = {name: wrapped(name) for name in names}
    chart["width"] = WIDTH if names else WIDTH_WITHOUT_NAMES
    chart["padding"] = PADDING
    if names:
        tallest = max(len(one) for one in lines.values())
        chart["height"] = max(chart["height"], len(names) * (LINE_HEIGHT * tallest + 6))
    for encoding in _encodings(chart):
        _narrow(encoding, lines)
    return json.dumps(chart, ensure_ascii=False, sort_keys=True)


def wrapped(name: str) -> list[str]:
    """A name in lines that stand beside a bar: broken between words, and anywhere within Chinese."""
    lines, line = [], ""
    for part in _parts(name):
        if line and _width(line + part.rstrip()) > NAME_WIDTH:
            lines.append(line.rstrip())
            line = ""
        line += part
    return [*lines, line.rstrip()]


def _parts(name: str) -> Iterator[str]:
    word = ""
    for letter in name:
        if _is_wide(letter):
            yield from filter(None, (word, letter))
            word = ""
        else:
            word += letter
            if letter == " ":
                yield word
                word = ""
    yield from filter(None, (word,))


def _width(text: str) -> int:
    return sum(2 if _is_wide(letter) else 1 for letter in text)


def _is_wide(letter: str) -> bool:
    return letter >= "\u2e80"


def _names(chart: Mapping[str, Any]) -> list[str]:
    """Those of the rows of lying bars, in their order; none where the vertical axis counts."""
    for encoding in _encodings(chart):
        y = encoding.get("y", {})
        if y.get("type") == "nominal":
            return [str(name) for name in y["sort"]]
    return []


def _encodings(chart: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for layer in chart["layer"]:
        yield layer["encoding"]


def _centred(lines: Mapping[str, list[str]]) -> dict[str, Any]:
    """Vega puts the first line beside the bar; the block has its middle there."""
    count = f"({json.dumps({name: len(one) for name, one in lines.items()}, ensure_ascii=False)})[datum.value]"
    tallest = max(len(one) for one in lines.values())
    offsets = [{"test": f"{count} == {n}", "value": -(n - 1) * LINE_HEIGHT / 2} for n in range(2, tallest + 1)]
    return {"condition": offsets, "value": 0}


def _narrow(encoding: dict[str, Any], lines: Mapping[str, list[str]]) -> None:
    y, x, colour = (encoding.get(name, {}) for name in ("y", "x", "color"))
    if y.get("type") == "nominal":
        told = json.dumps(lines, ensure_ascii=False)
        y["axis"] = {
            **y.get("axis", {}),
            "labelExpr": f"({told})[datum.label]",
            "labelLineHeight": LINE_HEIGHT,
            "labelOffset": _centred(lines),
        }
    if isinstance(x.get("axis"), dict):
        x["axis"] = {**x["axis"], "tickCount": 3}
    if isinstance(colour.get("legend"), dict):
        colour["legend"] = {**colour["legend"], "columns": 1, "labelLimit": WIDTH_WITHOUT_NAMES}
