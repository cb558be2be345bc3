"""The bench as tables for a terminal: how good, for whom, and the engine's own lines more closely."""

import math
from collections.abc import Iterator, Sequence

from rich import box
from rich.table import Table

from matchmaker.evaluation.bench import MEASURES, RECALL, Exam, Line
from matchmaker.evaluation.bootstrap import Comparison
from matchmaker.evaluation.composing import Line as TeamLine
from matchmaker.evaluation.metrics import Estimate, Reliability, group_means
from matchmaker.evaluation.slices import Asker, Slice

WIDTH = 150
UNKNOWN = "-"


def tables(name: str, exam: Exam, lines: Sequence[Line]) -> Iterator[Table]:
    yield _quality(name, lines)
    yield _slices(exam, lines)
    yield _askers(exam, lines)
    inspected = [line for line in lines if line.inspection]
    yield _inspections(inspected)
    for line in inspected:
        if line.inspection and line.inspection.reliability:
            yield _chances(line.label, line.inspection.reliability)


def comparison_table(one: Line, other: Line) -> Table:
    """Every measure of two lines on the same queries."""
    title = f"{one.label} against {other.label}, paired bootstrap"
    table = _table("measure", "first", "second", "difference [95 %]", "share better", title=title)
    for measure in (*MEASURES, *Slice):
        compared = one.against(other, measure)
        means = (_estimate(line.mean(measure)) for line in (one, other))
        table.add_row(_name(measure), *means, _difference(compared), _percent(compared.share_better))
    return table


def team_table(line: TeamLine) -> Table:
    """One ranking: its list beside the teams composed of it."""
    title = f"{line.label}, {len(line.of_list):,} queries, places {line.way.value}"
    heads = ("first of the list", "composed team", "difference [95 %]", "share better", "pair worth", "proved")
    table = _table("coverage", *heads, title=title)
    of_list, of_team = line.means
    compared = line.compared
    cells = (_estimate(of_list), _estimate(of_team), _difference(compared), _percent(compared.share_better))
    table.add_row("share of the partners", *cells, f"{line.share:g}", _percent(line.proved))
    return table


def _quality(name: str, lines: Sequence[Line]) -> Table:
    title = f"Validation part of {name}, {lines[0].queries:,} queries, ± standard error"
    heads = ("ranking", *MEASURES, f"{RECALL} against the first", "share better", "ms a query")
    table = _table(*heads, title=title)
    for line in lines:
        compared = line.against(lines[0])
        cells = (_difference(compared), _percent(compared.share_better)) if line is not lines[0] else (UNKNOWN, UNKNOWN)
        table.add_row(line.label, *(_estimate(line.mean(m)) for m in MEASURES), *cells, f"{line.milliseconds:.1f}")
    return table


def _slices(exam: Exam, lines: Sequence[Line]) -> Table:
    heads = (f"{part.value} ({exam.queries_with(part):,})" for part in Slice)
    title = f"{RECALL} by who was to be found (queries that have such a one)"
    table = _table("ranking", "all", *heads, "shown", "Gini", title=title)
    for line in lines:
        cells = (_estimate(line.mean(measure)) for measure in (RECALL, *Slice))
        table.add_row(line.label, *cells, _percent(line.coverage), _number(line.exposure_gini))
    return table


def _askers(exam: Exam, lines: Sequence[Line]) -> Table:
    present = [asker for asker in Asker if asker in exam.askers]
    heads = (f"{asker.value} ({exam.askers.count(asker):,})" for asker in present)
    table = _table("ranking", *heads, title=f"{RECALL} by what was known of the one who asks (queries)")
    for line in lines:
        means = group_means(line.values[RECALL], exam.askers)
        table.add_row(line.label, *(_estimate(means[asker]) for asker in present))
    return table


def _inspections(lines: Sequence[Line]) -> Table:
    heads = ("ranking", "Kendall's tau", "first 20 kept", "calibration error")
    table = _table(*heads, title="The engine with every weight swayed by up to 20 %, and what its chances are worth")
    for line in lines:
        if line.inspection:
            steady = (line.inspection.tau, line.inspection.overlap_20)
            error = line.inspection.reliability.calibration_error if line.inspection.reliability else math.nan
            table.add_row(line.label, *map(_estimate, steady), _number(error))
    return table


def _chances(label: str, chances: Reliability) -> Table:
    table = _table("promised", "came about", "share of the rows", title=f"Chances of the first 100: {label}")
    for row in zip(chances.chance, chances.came_about, chances.mass, strict=True):
        table.add_row(*map(_number, row))
    return table


def _table(first: str, *others: str, title: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(first, no_wrap=True)
    for head in others:
        table.add_column(head, justify="right")
    return table


def _name(measure: str) -> str:
    return f"{RECALL}, {measure.value}" if isinstance(measure, Slice) else measure


def _estimate(estimate: Estimate) -> str:
    mean = _number(estimate.mean)
    return mean if math.isnan(estimate.error) else f"{mean} ± {_number(estimate.error)}"


def _difference(compared: Comparison) -> str:
    if math.isnan(compared.difference):
        return UNKNOWN
    return f"{_signed(compared.difference)} [{_signed(compared.low)}, {_signed(compared.high)}]"


def _percent(share: float) -> str:
    return UNKNOWN if math.isnan(share) else f"{share:.1%}"


def _number(number: float) -> str:
    """Three decimals, without the nought in front."""
    return UNKNOWN if math.isnan(number) else f"{number:.3f}".replace("0.", ".", 1)


def _signed(number: float) -> str:
    return f"{number:+.3f}".replace("0.", ".", 1)
