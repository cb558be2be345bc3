"""One query's time by stage, and the text scan beside scikit-learn's exact nearest neighbours on the same vectors."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

import click
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from sklearn.neighbors import NearestNeighbors
from sqlmodel import col, select

from matchmaker.instance import Instance
from matchmaker.profiles import Floats, Need
from matchmaker.ranking import rank
from matchmaker.reader import Reader, Snapshot
from matchmaker.retrieval.dense import DenseRetrieval
from matchmaker.services.calendar import today
from matchmaker.services.presets import live_preset, read_weights
from matchmaker.store.needs import read_need, read_record
from matchmaker.text.embed import to_bytes, unit_rows
from models import offers
from models.enums import PostingState
from models.sessions import reading

TOP = 100
SEED = 20261122


@click.command()
@click.option("--instance", "folder", type=click.Path(path_type=Path, exists=True), help="Time queries of this one.")
@click.option("--queries", default=50, show_default=True, help="How many different queries.")
@click.option("--rows", default=0, help="Also scan this many made-up texts of the same width.")
def main(folder: Path | None, queries: int, rows: int) -> None:
    """Print what was measured; nothing is judged here."""
    console = Console(width=110)
    if folder is not None:
        with reading(Instance(folder).engine) as session:
            reader = Reader(Instance(folder))
            opened = time.perf_counter()
            snapshot = reader.snapshot(session, today=today())
            console.print(f"index opened and components fitted in {time.perf_counter() - opened:.2f} s")
            asked = _posted_needs(session, snapshot, queries) or _records(snapshot, queries)
            weights = read_weights(session, live_preset(session, "partners"))
        console.print(_stages(snapshot, asked, weights))
        console.print(_scan(snapshot.engine.profiles.offers.vectors, queries))
    if rows:
        console.print(_scan(made_up(rows), queries))


def _posted_needs(session, snapshot: Snapshot, count: int) -> list[Need]:  # type: ignore[no-untyped-def]
    published = select(offers.Need).where(offers.Need.state == PostingState.PUBLISHED).order_by(col(offers.Need.id))
    return [
        read_need(session, need, snapshot.engine.profiles, snapshot.encoder, today=today())
        for need in session.exec(published.limit(count)).all()
    ]


def _records(snapshot: Snapshot, count: int) -> list[Need]:
    """Where nobody has posted a need, organisations with most past projects ask by their record."""
    profiles = snapshot.engine.profiles
    projects = np.bincount(profiles.history.members.indices, minlength=len(profiles.organisations))
    busiest = np.argsort(-projects, kind="stable")[:count]
    return [read_record(profiles, int(row), today=today()) for row in busiest]


def _stages(snapshot: Snapshot, asked: Sequence[Need], weights: dict[str, float]) -> Table:
    profiles = snapshot.engine.profiles
    runs = [rank(snapshot.engine, need, weights, top=20).seconds for need in asked]
    size = f"{len(profiles.organisations):,} organisations, {len(profiles.offers):,} offers"
    table = Table(title=f"{len(asked)} queries over {size}")
    for title in ("stage", "median ms", "95 % ms"):
        table.add_column(title, justify="left" if title == "stage" else "right")
    for stage in runs[0]:
        _add(table, stage, [run[stage] for run in runs])
    _add(table, "whole query", [sum(run.values()) for run in runs])
    return table


def _scan(vectors: NDArray[np.int8], queries: int) -> Table:
    table = Table(title=f"{TOP} nearest of {len(vectors):,} texts, {vectors.shape[1]} numbers each")
    for title in ("method", "built s", "median ms", "95 % ms", "recall"):
        table.add_column(title, justify="left" if title == "method" else "right")
    filled = np.flatnonzero(vectors.any(axis=1))
    if len(filled) <= TOP:
        return table
    generator = np.random.default_rng(SEED)
    exact = unit_rows(vectors.astype(np.float32))
    noise = 0.3 * generator.standard_normal((queries, vectors.shape[1])) / np.sqrt(vectors.shape[1])
    asked = unit_rows((exact[generator.choice(filled, queries)] + noise).astype(np.float32))

    peer, peer_built = _timed(lambda: NearestNeighbors(n_neighbors=TOP, algorithm="brute", metric="cosine").fit(exact))
    truth, peer_seconds = _ask(lambda query: peer.kneighbors(query[None, :], return_distance=False)[0], asked)
    ours, ours_built = _timed(lambda: DenseRetrieval().fit(vectors))
    found, our_seconds = _ask(lambda query: ours.search(query, top=TOP), asked)

    recall = float(np.mean([np.isin(t, f).mean() for t, f in zip(truth, found, strict=True)]))
    _add(table, "scikit-learn brute force", peer_seconds, built=peer_built, recall=1.0)
    _add(table, "ours, one bit a number", our_seconds, built=ours_built, recall=recall)
    table.caption = f"ours takes {median(our_seconds) / median(peer_seconds):.2f} of scikit-learn's time"
    return table


def made_up(rows: int, *, dimensions: int = 384) -> NDArray[np.int8]:
    """Directions in Zipf-weighted clusters of 64 hidden dimensions, with noise: harder than real texts."""
    generator = np.random.default_rng(SEED)
    hidden = generator.standard_normal((64, dimensions)).astype(np.float32)
    centres = generator.standard_normal((4_000, 64)).astype(np.float32) @ hidden
    popularity = 1 / np.arange(1, 4_001)
    blocks = []
    for start in range(0, rows, 100_000):
        count = min(100_000, rows - start)
        chosen = generator.choice(4_000, count, p=popularity / popularity.sum())
        noise = generator.standard_normal((count, 64)).astype(np.float32) @ hidden
        blocks.append(to_bytes(centres[chosen] + 0.7 * noise))
    return np.concatenate(blocks)


def _timed(work: Callable[[], object]):  # type: ignore[no-untyped-def]
    start = time.perf_counter()
    return work(), time.perf_counter() - start


def _ask(search: Callable[[Floats], NDArray[np.intp]], asked: Floats) -> tuple[list[NDArray[np.intp]], list[float]]:
    search(asked[0])
    answers = [_timed(lambda query=query: search(query)) for query in asked]
    return [found for found, _ in answers], [seconds for _, seconds in answers]


def _add(
    table: Table, name: str, seconds: Sequence[float], *, built: float | None = None, recall: float | None = None
) -> None:
    figures = [f"{median(seconds) * 1000:.2f}", f"{np.quantile(seconds, 0.95) * 1000:.2f}"]
    if built is None or recall is None:
        table.add_row(name, *figures)
        return
    table.add_row(name, f"{built:.2f}", *figures, f"{recall:.3f}")


if __name__ == "__main__":
    main()
