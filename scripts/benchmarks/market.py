"""Accepted requests and exposure on made-up markets with and without prices, and what prices cost at full size."""

import resource
import time
from collections.abc import Sequence
from statistics import mean

import click
import numpy as np
from rich.console import Console
from rich.table import Table

from matchmaker.market.check import faults_of_equilibrium, faults_of_prices
from matchmaker.market.equilibrium import equilibrium
from matchmaker.market.graph import Market
from matchmaker.market.load import carried, load_prices
from scripts.benchmarks.markets import (
    BEHAVIOURS,
    CAPACITY,
    LISTED,
    OURS,
    PRODUCT,
    exposure_gini,
    made_up_world,
    misjudged,
    policies,
)

SKEWS = (0.0, 1.0, 2.0)
SEED = 20261122
MISJUDGED_BY = 0.5
# What the shipped policy must reach at skew 1, against the product of both acceptances.
MUST_RATIO, MUST_GINI = 1.5, 0.45


@click.command()
@click.option("--size", default=8_000, show_default=True, help="Askers, and as many receivers.")
@click.option("--worlds", default=3, show_default=True, help="Made-up worlds to average over.")
@click.option("--at-scale", default=0, help="Only time the prices of a market with this many on each side.")
def main(size: int, worlds: int, at_scale: int) -> None:
    """Print one table; exit code 1 where the shipped policy misses what it must reach."""
    console = Console(width=150)
    if at_scale:
        console.print(_at_scale(at_scale))
        return
    table = Table(title=f"Mutual accepts, {size:,} x {size:,}, mean of {worlds} worlds (in brackets: of the product's)")
    table.add_column("skew", justify="right")
    table.add_column("lists ordered by", no_wrap=True)
    for title in (*_columns(), "exposure Gini"):
        table.add_column(title, justify="right")
    holds = True
    for skew in SKEWS:
        measured = measure(size, skew, worlds)
        for policy, figures in measured.items():
            table.add_row(f"{skew:g}", policy, *_written(figures, measured[PRODUCT]))
        table.add_section()
        if skew == 1.0:
            ours, product = measured[OURS], measured[PRODUCT]
            holds = ours[0] >= MUST_RATIO * product[0] and ours[-1] < MUST_GINI
    console.print(table)
    console.print(f"must: {MUST_RATIO} of the product's accepts and a Gini under {MUST_GINI} at skew 1: {_word(holds)}")
    raise SystemExit(0 if holds else 1)


def measure(size: int, skew: float, worlds: int) -> dict[str, Sequence[float]]:
    """Policy -> mean accepts by each behaviour, the same when chances are misjudged, and the exposure Gini."""
    gathered: dict[str, list[Sequence[float]]] = {}
    for number in range(worlds):
        world = made_up_world(size, skew=skew, seed=SEED + number)
        real = misjudged(world, by=MISJUDGED_BY, seed=SEED + number)
        for policy, lists in policies(world).items():
            accepts = [behave(one, lists, SEED) for one in (world, real) for behave in BEHAVIOURS.values()]
            gathered.setdefault(policy, []).append([*accepts, exposure_gini(lists, size)])
    return {policy: [mean(column) for column in zip(*rows, strict=True)] for policy, rows in gathered.items()}


def _columns() -> list[str]:
    return [*BEHAVIOURS, *(f"{name}, misjudged" for name in BEHAVIOURS)]


def _written(figures: Sequence[float], product: Sequence[float]) -> list[str]:
    accepts = zip(figures[:-1], product[:-1], strict=True)
    return [*(f"{ours:,.0f} ({ours / theirs:.2f})" for ours, theirs in accepts), f"{figures[-1]:.3f}"]


def _word(holds: bool) -> str:
    return "reached" if holds else "MISSED"


def made_up_market(size: int) -> Market:
    """Lists without a whole matrix behind them: some candidates stand on many, chances are drawn at random."""
    generator = np.random.default_rng(SEED)
    # By the square of a uniform number the first tenth of the candidates has three times its share of places.
    drawn = (generator.random((size, LISTED)) ** 2 * size).astype(np.int32)
    drawn.sort(axis=1)
    drawn[:, 1:][drawn[:, 1:] == drawn[:, :-1]] = -1  # a candidate stands on a list once
    asks, accepts = (generator.random((size, LISTED), dtype=np.float32) for _ in range(2))
    return Market(drawn, asks, accepts, np.ones(size), np.full(size, CAPACITY))


def _at_scale(size: int) -> Table:
    table = Table(title=f"Prices of a market of {size:,} x {size:,} with lists of {LISTED}")
    for title in ("method", "processor s", "faults", "carried by fit alone", "with prices", "peak memory MB"):
        table.add_column(title, justify="left" if title == "method" else "right")
    market = made_up_market(size)
    table.add_row("the market itself", "", "", "", "", _peak())
    start = time.process_time()
    found = equilibrium(market)
    seconds = f"{time.process_time() - start:.1f}"
    faults = str(len(faults_of_equilibrium(market, found)))
    table.add_row(f"TU, {found.turns} turns, last moved {found.moved:.1e}", seconds, faults, "", "", _peak())
    start = time.process_time()
    prices = load_prices(market)
    seconds = f"{time.process_time() - start:.1f}"
    before, after = (f"{carried(market, load):,.0f}" for load in (prices.load, prices.load_after))
    table.add_row("load price", seconds, str(len(faults_of_prices(market, prices))), before, after, _peak())
    return table


def _peak() -> str:
    return f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f}"


if __name__ == "__main__":
    main()
