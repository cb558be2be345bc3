"""What-if on a made-up region: what an intervention touches worked out again, beside the full run it must equal."""

import time
from collections.abc import Sequence
from dataclasses import fields

import click
import numpy as np
from rich.console import Console
from rich.table import Table

from matchmaker.what_if.applying import apply
from matchmaker.what_if.changes import difference, net, totals
from matchmaker.what_if.interventions import (
    AddFacility,
    AddFund,
    ChangeMandate,
    ChangeRule,
    ChangeWeight,
    Intervention,
    OpenFacility,
    RaiseCertification,
)
from matchmaker.what_if.running import Outcome, rerun, run, touched
from matchmaker.what_if.world import ALL, World
from models.enums import FinancingStage
from tests.unit.what_if.made_up import SCHEMES, made_up

SEED = 20261122
MUST_SECONDS = 5.0


@click.command()
@click.option("--organisations", default=10_000, show_default=True)
@click.option("--calls", default=40, show_default=True, help="Open challenges.")
def main(organisations: int, calls: int) -> None:
    """Print one table; exit code 1 where an answer differs or takes too long."""
    before = made_up(SEED, organisations=organisations, chains=8, nodes_of_chain=12, calls=calls)
    began = time.perf_counter()
    old = run(before)
    full_seconds = time.perf_counter() - began
    sizes = f"{len(before.needs):,} needs, {len(before.profiles.offers):,} offers, {len(before.money.firms):,} rounds"
    table = Table(title=f"{organisations:,} organisations, {sizes}; full run {full_seconds:.1f} s")
    for title in ("", "needs touched", "again, s", "full, s", "again / full", "equal", "sums agree"):
        table.add_column(title, justify="right" if title else "left")
    failed = False
    for name, interventions in _scenarios(before):
        row, is_wrong = _measure(before, old, interventions)
        failed |= is_wrong or float(row[1]) > MUST_SECONDS
        table.add_row(name, *row)
    Console(width=130).print(table)
    raise SystemExit(1 if failed else 0)


def _scenarios(world: World) -> Sequence[tuple[str, list[Intervention]]]:
    closed = [key.decode() for key in world.profiles.offers.ids[world.lets_in != ALL][:3]]
    firms = tuple(key.decode() for key in world.profiles.organisations.ids[:10])
    rule = next(rule.key for call in world.calls for rule in call.rules)
    opened = OpenFacility(facility_id=closed[0])
    base = AddFacility(node=world.profiles.vocabulary["nodes"][5], district="500101")
    fund = AddFund(stages=(FinancingStage.ANGEL,), ticket_high=1e7, money=5e8)
    raised = RaiseCertification(scheme=SCHEMES[0], organisation_ids=firms, speaks_of_nodes=True)
    mandate = ChangeMandate(mandate_id=world.money.mandates.ids[0].decode(), limit="ticket_high", value=1e9)
    return [
        ("open a facility", [opened]),
        ("add a pilot base", [base]),
        ("add a fund", [fund]),
        ("mandate", [mandate]),
        ("rule left out", [ChangeRule(rule_id=rule, left_out=True)]),
        ("ten firms certified", [raised]),
        ("all of these", [opened, base, fund, mandate, raised, ChangeRule(rule_id=rule, left_out=True)]),
        ("weight", [ChangeWeight(component="text", weight=10.0)]),
    ]


def _measure(before: World, old: Outcome, interventions: Sequence[Intervention]) -> tuple[list[str], bool]:
    began = time.perf_counter()
    after = apply(before, interventions)
    new = rerun(old, before, after)
    changes = difference((before, old), (after, new))
    again_seconds = time.perf_counter() - began
    began = time.perf_counter()
    full = run(after)
    full_seconds = time.perf_counter() - began
    same = _is_same(new, full)
    was, now = totals(before, old), totals(after, full)
    sums = all(net(getattr(changes, name)) == now[name] - was[name] for name in ("needs", "rounds", "gaps", "calls"))
    shown = [
        f"{len(touched(before, after).needs):,}",
        f"{again_seconds:.2f}",
        f"{full_seconds:.1f}",
        f"{again_seconds / full_seconds:.3f}",
        "yes" if same else "NO",
        "yes" if sums else "NO",
    ]
    return shown, not (same and sums)


def _is_same(first: Outcome, second: Outcome) -> bool:
    return np.array_equal(first.nodes, second.nodes) and all(
        _equal(getattr(mine, column.name), getattr(theirs, column.name))
        for mine, theirs in ((first.needs, second.needs), (first.rounds, second.rounds), (first.teams, second.teams))
        for column in fields(mine)
    )


def _equal(mine: object, theirs: object) -> bool:
    if isinstance(mine, np.ndarray):
        return bool(np.array_equal(mine, theirs, equal_nan=mine.dtype.kind == "f"))  # type: ignore[arg-type]
    return mine == theirs


if __name__ == "__main__":
    main()
