"""What a training run and a bench say, as rows and sentences of a page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from models.learning import BenchRun, TrainingRun
from models.taxonomy import District
from web.i18n import localised, number
from web.labels import component_label, label_of

MEASURES: Mapping[str, object] = {
    "ndcg": _l("Order of the list (nDCG@20)"),
    "log_loss": _l("Surprise at outcomes (log loss)"),
    "calibration": _l("Calibration error"),
}
STANDINGS: Mapping[str, tuple[object, str]] = {
    "better": (_l("better"), "good"),
    "not_worse": (_l("not worse"), ""),
    "worse": (_l("worse"), "bad"),
}
ROLES: Mapping[str, object] = {
    "live": _l("Live now"),
    "before": _l("Live before"),
    "default": _l("Set by people"),
    "popularity": _l("Popularity: who was in the most projects"),
}
SLICES: Mapping[str, object] = {
    "no_tie": _l("Partners without an earlier tie"),
    "one_project": _l("At most one earlier project"),
    "newcomer": _l("In the record for under two years"),
    "small": _l("Micro and small firms"),
}
REASONS: Mapping[str, object] = {
    "too_few_outcomes": _l(
        "There are too few outcomes to learn from: %(found)s lists with a wanted candidate; it takes %(needed)s."
    ),
    "nothing_to_compare": _l("Before %(before)s no list has both somebody who was wanted and somebody who was not."),
    "held_out_too_small": _l("The last period has %(found)s lists with a wanted candidate; it takes %(needed)s."),
    "no_gain": _l("It does no better than the live weights beyond chance, so there is no reason to change."),
}


@dataclass(frozen=True)
class WeightRow:
    """A component under the weights in use and the learned ones; shares of 1, None where it has no part."""

    label: str
    before: float | None
    after: float | None
    points: Sequence[tuple[float, float]]  # of the curve; none: the score as it is

    @property
    def line(self) -> str:
        """Of an SVG polyline in a box of 100 x 60, from the lower left."""
        return " ".join(f"{100 * x:.1f},{60 - 60 * y:.1f}" for x, y in self.points)


def weight_rows(run: TrainingRun) -> list[WeightRow]:
    """The heaviest learned component first; those that only the old weights have come last."""
    before = _shares(run.held_out["before"]["weights"])
    after = _shares(run.result["weights"]) if run.result else {}
    curves = run.result["curves"] if run.result else {}
    names = sorted({*before, *after}, key=lambda name: (-after.get(name, 0.0), -before.get(name, 0.0), name))
    return [WeightRow(component_label(one), before.get(one), after.get(one), _points(curves.get(one))) for one in names]


def _shares(weights: Mapping[str, float]) -> dict[str, float]:
    whole = sum(weights.values()) or 1.0
    return {name: weight / whole for name, weight in weights.items() if weight}


def _points(curve: Mapping[str, Sequence[float]] | None) -> list[tuple[float, float]]:
    return list(zip(curve["knots"], curve["values"], strict=True)) if curve else []


@dataclass(frozen=True)
class Cell:
    """One measure of a group under both weightings, with the judgement of it."""

    before: float
    after: float
    low: float
    high: float
    standing: str
    tone: str


@dataclass(frozen=True)
class Group:
    label: str
    queries: int
    cells: Sequence[Cell]  # in the order of MEASURES


def comparison(run: TrainingRun, districts: Mapping[str, District]) -> list[Group]:
    """The groups of which something can be told, with everybody first."""
    told = [one for one in run.held_out.get("compared", ()) if one["standing"] != "too_few"]
    names = dict.fromkeys(one["group"] for one in told)
    return [_group(name, [one for one in told if one["group"] == name], districts) for name in names]


def _group(name: str, of_group: Sequence[Mapping[str, Any]], districts: Mapping[str, District]) -> Group:
    cells = {one["measure"]: _cell(one) for one in of_group}
    return Group(group_label(name, districts), of_group[0]["queries"], [cells[measure] for measure in MEASURES])


def _cell(one: Mapping[str, Any]) -> Cell:
    standing, tone = STANDINGS[one["standing"]]
    return Cell(one["before"], one["after"], one["low"], one["high"], str(standing), tone)


def untold(run: TrainingRun, districts: Mapping[str, District]) -> list[tuple[str, int]]:
    """Groups of which nothing can be said, with the lists that want one of them."""
    groups: Mapping[str, int] = next(
        (reason["groups"] for reason in run.reasons if reason["code"] == "too_few_to_tell"), {}
    )
    return [(group_label(group, districts), lists) for group, lists in groups.items()]


def group_label(group: str, districts: Mapping[str, District]) -> str:
    family, _colon, value = group.partition(":")
    if family == "newcomer":
        return _("Newcomers") if value == "yes" else _("With earlier projects")
    if family == "size":
        return label_of("SizeClass", value)
    if family == "district":
        district = districts.get(value)
        return localised(district, "name").striptags() if district else value.removeprefix("CN/")
    return _("Everybody")


@dataclass(frozen=True)
class Reason:
    text: str
    refuses: bool


def reasons_of(run: TrainingRun, districts: Mapping[str, District]) -> list[Reason]:
    return [Reason(_sentence(reason, districts), reason["refuses"]) for reason in run.reasons]


def _sentence(reason: Mapping[str, Any], districts: Mapping[str, District]) -> str:
    code = reason["code"]
    if code == "worse":
        facts = {"group": group_label(reason["group"], districts), "measure": MEASURES[reason["measure"]]}
        return _("Worse for %(group)s: %(measure)s.", **facts)
    if code == "moved":
        moved = sorted(reason["components"].items(), key=lambda one: -one[1])
        return _(
            "The record has moved between what was learned from and the last period (stability index above %(most)s): "
            "%(components)s. The last period judged it as it has become; how it will move on nobody knows. Whoever "
            "makes this version live answers for that.",
            components=_(", ").join(f"{component_label(name)} {number(index, 2)}" for name, index in moved),
            most=number(reason["most"], 2),
        )
    if code == "drift":  # of earlier trainings, which it refused
        facts = {"component": component_label(reason["component"]), "moved": number(reason["moved"], 2)}
        return _(
            "%(component)s has moved since then: stability index %(moved)s, at most %(most)s is allowed.",
            **facts,
            most=number(reason["most"], 2),
        )
    if code == "too_few_to_tell":
        return _(
            "Nothing can be said of %(count)s groups: fewer than %(needed)s lists wanted somebody of them. "
            "Whoever makes this version live answers for that.",
            count=len(reason["groups"]),
            needed=reason["needed"],
        )
    return str(REASONS[code]) % dict(reason)


def bench_lines(run: BenchRun) -> list[dict[str, Any]]:
    """The contestants with the words of the page; a slice of too few lists has no figure."""
    fewest = run.results.get("fewest_of_a_slice", 0)
    return [
        {
            **line,
            "label": str(ROLES[line["role"]]),
            "slices": {
                name: part if part["queries"] >= fewest else {**part, "mean": None, "error": None}
                for name, part in line["slices"].items()
            },
        }
        for line in run.results.get("lines", ())
    ]
