"""The figures of a report's first page, read off its parts; the sentences around them are the document's."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

Told = dict[str, Any]
MOST_GAPS = 5


def tell_lists(lists: Iterable[Told]) -> Told:
    """Of all lists of the run, whichever a document shows."""
    needs, without, places = 0, [], 0
    firms: set[str] = set()
    first: list[Told] = []
    for one in lists:
        needs += 1
        candidates = one["candidates"]
        places += len(candidates)
        firms.update(candidate["organisation_id"] for candidate in candidates)
        first += candidates[:1]
        if not candidates:
            without.append(one["need"]["need_id"])
    return {
        "needs": needs,
        "needs_with_candidates": needs - len(without),
        "needs_without": without,
        "candidates": places,
        "organisations": len(firms),
        "mean_points": _mean(one["points"] for one in first),
        "mean_coverage": _mean(one["coverage"] for one in first),
    }


def tell_summary(lists: Told, parts: Mapping[str, Any]) -> Told:
    """`lists` as `tell_lists` found them, and what the other parts come to."""
    return {
        **lists,
        "nodes": _states(parts["gaps"]) if parts["gaps"] else None,
        "gaps": _gaps(parts["gaps"]) if parts["gaps"] else [],
        "indicators": _targets(parts["indicators"]["rows"]) if parts["indicators"] else None,
        "changes": parts["changes"]["totals"] if parts["changes"] and parts["changes"]["previous"] else None,
        "confirmed": _confirmed(parts["funnel"]) if parts["funnel"] else None,
    }


def _mean(values: Iterable[float]) -> float | None:
    known = list(values)
    return round(sum(known) / len(known), 4) if known else None


def _states(gaps: Told) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for chain in gaps["chains"]:
        counts.update(chain["counts"])
    return dict(sorted(counts.items()))


def _gaps(gaps: Told) -> list[Told]:
    """The first gaps of each chain, the most asked first."""
    found = []
    for chain in gaps["chains"]:
        nodes = {node["code"]: node for node in chain["nodes"]}
        listed = chain["gaps"] if "gaps" in chain else gaps.get("gaps", ())
        found += [nodes[code] for code in listed if code in nodes]
    found.sort(key=lambda node: -node["demand"])
    names = ("code", "name_zh", "name_en", "state", "demand")
    return [{name: node[name] for name in names} for node in found[:MOST_GAPS]]


def _targets(rows: Iterable[Told]) -> dict[str, int]:
    """How many published targets are met, are not, and cannot be told."""
    counts = {"met": 0, "missed": 0, "unknown": 0}
    for row in rows:
        if row["target"] is None or not row["better"]:
            continue
        if row["value"] is None:
            counts["unknown"] += 1
            continue
        is_met = row["better"] * (row["value"] - row["target"]) >= 0
        counts["met" if is_met else "missed"] += 1
    return counts


def _confirmed(funnel: Told) -> int:
    return sum(one["confirmed"] for one in funnel["outcomes"])
