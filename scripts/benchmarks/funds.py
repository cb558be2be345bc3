"""Every startup cleared against every mandate as whole arrays, beside a twin that goes clause by clause, row by row."""

import resource
import time
from collections.abc import Sequence
from datetime import date
from random import Random
from typing import Any

import click
import numpy as np
from rich.console import Console
from rich.table import Table

from matchmaker.funding.clauses import OUTCOMES, Outcomes
from matchmaker.funding.clearance import VERDICTS, clear_blocks
from matchmaker.funding.columns import CLAUSES, STAGES, Firms, Mandates
from models.enums import ClauseForce, ClauseKind
from tests.unit.funding.clearance_twin import outcome, together
from tests.unit.funding.columns_of import firms_of, mandates_of

SEED = 20261122
TODAY = date(2026, 11, 22)
SIZES = {"nodes": 300, "words": 30, "places": 60, "schemes": 12}
KNOWN = 0.8  # the share of a startup's facts that somebody has stated
STATED = 0.6  # the share of its clauses that a mandate uses
MUST_SECONDS = 10.0
USUAL = dict.fromkeys(ClauseKind, ClauseForce.WAIVABLE) | {
    ClauseKind.STATUS: ClauseForce.HARD,
    ClauseKind.FIELD: ClauseForce.HARD,
    ClauseKind.STAGE: ClauseForce.HARD,
    ClauseKind.TICKET: ClauseForce.HARD,
    ClauseKind.REINVESTMENT: ClauseForce.SOFT,
}
Rows = Sequence[dict[str, Any]]


@click.command()
@click.option("--startups", default=20_000, show_default=True)
@click.option("--mandates", default=500, show_default=True)
@click.option("--twin-startups", default=400, show_default=True, help="How many startups the twin goes through.")
def main(startups: int, mandates: int, twin_startups: int) -> None:
    """Print one table; exit code 1 where an answer differs or the whole takes too long."""
    dice = Random(SEED)  # noqa: S311 - made-up figures, no secret
    funds = [made_up_mandate(dice) for _ in range(mandates)]
    firms = [made_up_firm(dice) for _ in range(startups)]
    columns = mandates_of(funds, sizes=SIZES), firms_of(firms, sizes=SIZES)

    seconds, counts = measure(*columns)
    judged, twin_seconds, differing = compare(funds, firms[:twin_startups])

    pairs = startups * mandates
    table = Table(title=f"{startups:,} startups against {mandates:,} mandates, {len(CLAUSES)} clauses each")
    for title in ("", "pairs", "seconds", "pairs a second", "for all pairs"):
        table.add_column(title, justify="right" if title else "left")
    table.add_row("whole arrays", f"{pairs:,}", f"{seconds:.2f}", f"{pairs / seconds:,.0f}", f"{seconds:.1f} s")
    of_all = twin_seconds * pairs / judged
    rate = judged / twin_seconds
    table.add_row("row by row", f"{judged:,}", f"{twin_seconds:.2f}", f"{rate:,.0f}", f"{of_all:,.0f} s, extrapolated")
    console = Console(width=150)
    console.print(table)
    shares = ", ".join(f"{name} {count / pairs:.1%}" for name, count in zip(VERDICTS, counts, strict=True))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    console.print(f"{shares}; peak memory with the made-up rows {peak:,.0f} MB")
    console.print(f"outcomes and verdicts that differ from the twin's: {differing} of {judged * (len(CLAUSES) + 1):,}")
    raise SystemExit(1 if differing or seconds > MUST_SECONDS else 0)


def measure(mandates: Mandates, firms: Firms) -> tuple[float, Sequence[int]]:
    """Seconds of a processor for all pairs, every outcome computed, and how many pairs come to each verdict."""
    began = time.process_time()
    counts = np.zeros(len(VERDICTS), np.int64)
    for _rows, part in clear_blocks(mandates, firms, day=TODAY.toordinal()):
        counts += np.bincount(part.verdict.ravel(), minlength=len(VERDICTS))
    return time.process_time() - began, counts.tolist()


def compare(funds: Rows, firms: Rows) -> tuple[int, float, int]:
    """Pairs that the twin judged, its seconds of a processor, and how many answers are not those of the arrays."""
    columns = mandates_of(funds, sizes=SIZES), firms_of(firms, sizes=SIZES)
    parts = [part for _rows, part in clear_blocks(*columns, day=TODAY.toordinal())]
    outcomes: Outcomes = np.concatenate([part.outcomes for part in parts], axis=1)
    verdicts: Outcomes = np.concatenate([part.verdict for part in parts])
    seconds, differing = 0.0, 0
    for m, fund in enumerate(funds):
        began = time.process_time()
        theirs = [{kind: outcome(kind, fund, firm, TODAY) for kind in CLAUSES} for firm in firms]
        together_theirs = [together(fund, one) for one in theirs]
        seconds += time.process_time() - began
        for n, one in enumerate(theirs):
            ours = [OUTCOMES[code] for code in outcomes[:, m, n]]
            differing += sum(mine is not other for mine, other in zip(ours, one.values(), strict=True))
            differing += VERDICTS[verdicts[m, n]] is not together_theirs[n]
    return len(funds) * len(firms), seconds, differing


def made_up_mandate(dice: Random) -> dict[str, Any]:
    """Terms in the ranges of funds that publish theirs; which of them it states is drawn."""
    ticket = dice.choice((2e5, 5e5, 1e6, 5e6, 5e7))
    main = set(dice.sample(range(SIZES["nodes"]), 8))
    terms: dict[str, Any] = {
        "fields": main | set(dice.sample(range(SIZES["nodes"]), 30)),
        "main_fields": main,
        "exclusions": set(dice.sample(range(SIZES["words"]), 2)),
        "places": set(dice.sample(range(SIZES["places"]), 5)),
        "stages": set(dice.sample(STAGES, 2)),
        "certifications": set(dice.sample(range(SIZES["schemes"]), 3)),
        "age_high": dice.choice((3, 5, 8)),
        "staff_high": dice.choice((50, 100, 300)),
        "valuation_high": dice.choice((5e7, 1e8, 1e9)),
        "rd_ratio_low": dice.choice((0.03, 0.05)),
        "trl_low": dice.randint(3, 7),
        "ticket_low": ticket,
        "stake_high": dice.choice((0.1, 0.2, 0.3)),
        "remaining": dice.choice((0.5, 2, 20)) * ticket,
        "life_left": dice.uniform(0, 18),
        "extension": dice.choice((1, 2, 3)),
        "main_share": 0.6,
        "paid": 20 * ticket,
        "paid_main": dice.uniform(0, 20) * ticket,
        "reinvestment": dice.choice((1.0, 1.2, 1.5)),
    }
    stated = {name: value for name, value in terms.items() if dice.random() < STATED}
    return stated | {"is_investing": dice.random() < 0.85, "force": USUAL}


def made_up_firm(dice: Random) -> dict[str, Any]:
    amount = dice.choice((1e6, 5e6, 2e7, 1e8))
    facts: dict[str, Any] = {
        "nodes": set(dice.sample(range(SIZES["nodes"]), 3)),
        "falls_under": {dice.randrange(SIZES["words"])} if dice.random() < 0.05 else set(),
        "trade_known": True,
        "place": dice.randrange(SIZES["places"]),
        "is_local": dice.random() < 0.8,
        "stage": dice.choice(STAGES),
        "founded": date(dice.randint(2008, 2026), dice.randint(1, 12), dice.randint(1, 28)),
        "staff": dice.randint(3, 500),
        "rd_ratio": dice.uniform(0, 0.2),
        "certifications": set(dice.sample(range(SIZES["schemes"]), 2)),
        "trl": dice.randint(2, 9),
        "amount": amount,
        "valuation": amount * dice.uniform(3, 15),
        "exit_months": dice.randint(24, 180),
    }
    return {name: value for name, value in facts.items() if dice.random() < KNOWN}


if __name__ == "__main__":
    main()
