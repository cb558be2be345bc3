"""From the terms of a score to what a person reads. Nothing is calculated a second time; points are only rounded."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matchmaker.engine import Engine
from matchmaker.ranking import Ranking
from matchmaker.scoring.base import Component, Evidence


@dataclass(frozen=True, slots=True)
class Term:
    """What one component adds to a fit of 100 points, in tenths of a point."""

    component: str
    points: float
    most: float  # what it would add with a score of 1
    score: float
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Explanation:
    """`terms` sum to `points`; `unknown` are the components that could not tell.

    `lowered` is a line of its own: points that crowding takes from the place in the list. The fit stays what it is.
    """

    points: float
    coverage: float
    terms: tuple[Term, ...]
    unknown: tuple[str, ...]
    lowered: float = 0.0


def explain(engine: Engine, ranking: Ranking, row: int) -> Explanation:
    """The score of candidate `row` of `ranking`, taken apart, largest term first."""
    blend = ranking.blend
    by_name: dict[str, Component] = {component.name: component for component in engine.components}
    known = [k for k in range(len(blend.names)) if not np.isnan(blend.scores[row, k])]
    points = shares([float(blend.terms[row, k]) * 100 for k in known])
    known_weight = float(sum(blend.weights[k] for k in known))
    terms = [
        Term(
            component=blend.names[k],
            points=points[place],
            most=round(100 * float(blend.weights[k]) / known_weight, 1),
            score=float(blend.scores[row, k]),
            evidence=by_name[blend.names[k]].evidence(ranking.need, ranking.candidates, row),
        )
        for place, k in enumerate(known)
    ]
    fit = round(sum(points), 1)
    return Explanation(
        points=fit,
        coverage=float(blend.coverage[row]),
        terms=tuple(sorted(terms, key=lambda term: -term.points)),
        unknown=tuple(name for k, name in enumerate(blend.names) if k not in known),
        # A flat line of chances may take more from the order than the whole fit; no card says so.
        lowered=min(round(100 * float(ranking.lowered[row]), 1), fit),
    )


def shares(values: Sequence[float]) -> list[float]:
    """`values` rounded to tenths so that they sum to their rounded sum: the largest remainders are rounded up."""
    tenths = [value * 10 for value in values]
    floors = [int(np.floor(tenth + 1e-9)) for tenth in tenths]
    missing = round(sum(tenths)) - sum(floors)
    by_remainder = sorted(range(len(tenths)), key=lambda place: (floors[place] - tenths[place], place))
    for place in by_remainder[: max(missing, 0)]:
        floors[place] += 1
    return [floor / 10 for floor in floors]
