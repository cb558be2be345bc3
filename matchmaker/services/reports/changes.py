"""What is different from the last report of the same kind and scope: matches, states of nodes, indicators."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlmodel import Session, col, select

from matchmaker.services.reports.content import MOST_CHANGES, Content
from models.reports import MatchRunList, Report

Told = dict[str, Any]
Places = Mapping[tuple[str, str], Told]


def tell_changes(
    session: Session, report: Report, previous: Report | None, *, gaps: Told | None, indicators: Told | None
) -> Told:
    """Against `previous`, whose content is frozen; where there is none, everything is empty and says so."""
    if previous is None or previous.content is None:
        return {"previous": None, **_cut(_nothing())}
    before, after = _lists(session, previous), _lists(session, report)
    found = _matches(before, after) if previous.run_id is not None else _nothing()
    found["nodes"] = nodes_turned(previous.content, gaps)
    found["indicators"], found["formulas"] = indicators_moved(previous.content, indicators)
    told = {
        "from": previous.period_from.isoformat(),
        "to": previous.period_to.isoformat(),
        "as_of": previous.as_of.isoformat(),
        "content_sha256": previous.content_sha256,
    }
    return {"previous": told, **_cut(found)}


def _nothing() -> dict[str, list[Told]]:
    return {name: [] for name in ("new", "lost", "moved", "needs_new", "needs_gone", "nodes", "indicators", "formulas")}


def _cut(found: Mapping[str, Sequence[Told]]) -> Told:
    totals = {name: len(rows) for name, rows in found.items()}
    return {**{name: list(rows[:MOST_CHANGES]) for name, rows in found.items()}, "totals": totals}


def _lists(session: Session, report: Report) -> Sequence[Told]:
    if report.run_id is None:
        return ()
    rows = select(MatchRunList).where(MatchRunList.run_id == report.run_id).order_by(col(MatchRunList.position))
    return [one.told for one in session.exec(rows)]


def _matches(before: Sequence[Told], after: Sequence[Told]) -> dict[str, list[Told]]:
    """Of needs that stand in both: who came, who went, who stands elsewhere; needs that came and went beside it."""
    needs_before, needs_after = ({one["need"]["need_id"]: one for one in lists} for lists in (before, after))
    in_both = needs_before.keys() & needs_after.keys()
    places_before = _places(one for key, one in needs_before.items() if key in in_both)
    places_after = _places(one for key, one in needs_after.items() if key in in_both)
    found = _nothing()
    found["new"] = [one for key, one in places_after.items() if key not in places_before]
    found["lost"] = [one for key, one in places_before.items() if key not in places_after]
    found["moved"] = [
        {**one, "before": places_before[key]["position"]}
        for key, one in places_after.items()
        if key in places_before and places_before[key]["position"] != one["position"]
    ]
    found["moved"].sort(key=lambda one: -abs(one["before"] - one["position"]))
    found["needs_new"] = [_need(one) for key, one in needs_after.items() if key not in in_both]
    found["needs_gone"] = [_need(one) for key, one in needs_before.items() if key not in in_both]
    return found


def _places(lists: Iterable[Told]) -> Places:
    return {
        (one["need"]["need_id"], candidate["organisation_id"]): {
            "need": _need(one),
            "organisation": {
                "id": candidate["organisation_id"],
                "name_zh": candidate["name_zh"],
                "name_en": candidate["name_en"],
            },
            "position": candidate["position"],
        }
        for one in lists
        for candidate in one["candidates"]
    }


def _need(one: Told) -> Told:
    need = one["need"]
    return {"id": need["need_id"], "title_zh": need["title_zh"], "title_en": need["title_en"]}


def nodes_turned(before: Content, gaps: Told | None) -> list[Told]:
    """Nodes that stand in both and are in another state."""
    if gaps is None or before.get("gaps") is None:
        return []
    earlier = {node["code"]: node["state"] for chain in before["gaps"]["chains"] for node in chain["nodes"]}
    return [
        {**_named(node), "before": earlier[node["code"]], "after": node["state"]}
        for chain in gaps["chains"]
        for node in chain["nodes"]
        if node["code"] in earlier and earlier[node["code"]] != node["state"]
    ]


def indicators_moved(before: Content, indicators: Told | None) -> tuple[list[Told], list[Told]]:
    """Those whose figure is another, and those that cannot be held against the earlier one: another formula, or the
    earlier report does not say which it was."""
    if indicators is None or before.get("indicators") is None:
        return [], []
    earlier = {row["code"]: row for row in before["indicators"]["rows"]}
    in_both = [(row, earlier[row["code"]]) for row in indicators["rows"] if row["code"] in earlier]
    is_same = [row["formula_sha256"] == then.get("formula_sha256") for row, then in in_both]
    moved = [
        {**_named(row), "unit": row["unit"], "better": row["better"], "before": then["value"], "after": row["value"]}
        for (row, then), same in zip(in_both, is_same, strict=True)
        if same and row["value"] != then["value"]
    ]
    return moved, [_named(row) for (row, _then), same in zip(in_both, is_same, strict=True) if not same]


def _named(row: Told) -> Told:
    return {name: row[name] for name in ("code", "name_zh", "name_en")}
