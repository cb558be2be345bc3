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
    "too_few": (_l("too few to tell"), "warn"),
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
class Line:
    """One measure of one group."""

    group: str
    measure: str
    queries: int
    before: float | None
    after: float | None
    low: float | None
    high: float | None
    standing: str
    tone: str


def comparison(run: TrainingRun, districts: Mapping[str, District]) -> list[Line]:
    """What can be told first, then the groups of which too little is known (one line each)."""
    compared: Sequence[Mapping[str, Any]] = run.held_out.get("compared", ())
    told = [one for one in compared if one["standing"] != "too_few"]
    untold = [one for one in compared if one["standing"] == "too_few" and one["measure"] == "ndcg"]
    return [_line(one, districts) for one in (*told, *untold)]


def _line(one: Mapping[str, Any], districts: Mapping[str, District]) -> Line:
    standing, tone = STANDINGS[one["standing"]]
    measure = "" if one["standing"] == "too_few" else str(MEASURES[one["measure"]])
    values = (one["before"], one["after"], one["low"], one["high"])
    return Line(group_label(one["group"], districts), measure, one["queries"], *values, str(standing), tone)


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
    if code == "drift":
        facts = {"component": component_label(reason["component"]), "moved": number(reason["moved"], 2)}
        return _(
            "%(component)s has moved since then: stability index %(moved)s, at most %(most)s is allowed.",
            **facts,
            most=number(reason["most"], 2),
        )
    if code == "too_few_to_tell":
        return _(
            "Nothing can be said of %(count)s groups, for fewer than %(needed)s lists want one of them: %(groups)s.",
            count=len(reason["groups"]),
            needed=reason["needed"],
            groups=_("; ").join(group_label(group, districts) for group in reason["groups"]),
        )
    return str(REASONS[code]) % dict(reason)


def bench_lines(run: BenchRun) -> list[dict[str, Any]]:
    """The contestants with the words of the page; figures stay as they were stored."""
    fewest = run.results.get("fewest_of_a_slice", 0)
    return [
        {
            **line,
            "label": str(ROLES[line["role"]]),
            "slices": [
                (str(SLICES[name]), part if part["queries"] >= fewest else {**part, "mean": None, "error": None})
                for name, part in line["slices"].items()
            ],
        }
        for line in run.results.get("lines", ())
    ]
