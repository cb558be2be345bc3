"""How well the live weights do on the platform's own outcomes, beside others; worked out by a job and kept."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from sqlmodel import Session, col, select

from matchmaker.evaluation.bootstrap import paired_bootstrap
from matchmaker.evaluation.datasets import Dataset, Query
from matchmaker.evaluation.metrics import (
    Estimate,
    Values,
    catalogue_coverage,
    exposures,
    gini,
    mark_hits,
    ndcg_at,
    recall_at,
    reciprocal_rank,
    reliability,
)
from matchmaker.evaluation.slices import narrow
from matchmaker.network.past import Timeline
from matchmaker.profiles import SIZES, UNKNOWN, Candidates, Ints, Mask
from matchmaker.ranking import rank
from matchmaker.reader import Reader, Snapshot
from matchmaker.scoring.weighting import Weighting
from matchmaker.services import audit, presets
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.learning.material import Material, Report, Sampling, collect
from matchmaker.services.learning.training import order_of
from matchmaker.services.learning.versions import expert_preset
from models.enums import OutcomeKind, SizeClass
from models.learning import BenchRun
from models.taxonomy import WeightPreset

K = 20
DEPTH = 100
FEWEST_QUERIES = 20
FEWEST_OF_A_SLICE = 10
LOOKS_BACK = timedelta(days=365)
# The latest queries, so that a busy year does not take all night.
MOST_QUERIES = 300
SMALL = (SizeClass.MICRO, SizeClass.SMALL)
SIDES: Mapping[OutcomeKind, bool] = {
    OutcomeKind.ACCEPTED: True,
    OutcomeKind.AGREED: True,
    OutcomeKind.CONTRACTED: True,
    OutcomeKind.DECLINED: False,
}

Ranker = Callable[[Query], Ints]


@dataclass(frozen=True, slots=True, eq=False)
class Contestant:
    """What is measured: `role` says what it is beside the live one, `code` names its preset."""

    role: str
    code: str
    weighting: Weighting | None  # None: popularity


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """The queries of the last year with their wanted candidates, and everything known of what became of others."""

    dataset: Dataset
    material: Material
    rows: Mask  # of the material
    small: frozenset[str]


def find_latest(session: Session, actor: Actor, purpose: str) -> BenchRun | None:
    require(actor, Permission.LEARNING_VIEW)
    runs = select(BenchRun).where(BenchRun.purpose == purpose)
    return session.exec(runs.order_by(col(BenchRun.created_at).desc(), col(BenchRun.id).desc()).limit(1)).first()


def measure(
    session: Session,
    actor: Actor,
    reader: Reader,
    *,
    purpose: str,
    today: date,
    seed: int,
    report: Report = lambda _done, _total: None,
) -> BenchRun:
    """Rank everybody anew for the queries of the last year; takes long, changes nothing. `keep` writes it down."""
    require(actor, Permission.LEARNING_TRAIN)
    snapshot = reader.snapshot(session, today=today)
    contestants = _contestants(session, purpose)
    names = {name for one in contestants if one.weighting for name in one.weighting.weights}
    ground = _ground(session, snapshot, purpose, names, today, seed)
    run = BenchRun(
        purpose=purpose,
        data_as_of=today,
        live_code=contestants[0].code,
        index_version=snapshot.version,
        seed=seed,
        outcomes=len(ground.dataset.queries),
        needed=FEWEST_QUERIES,
        asked_by=actor.user_id,
    )
    if run.outcomes >= run.needed:
        run.results = _measure_all(snapshot, ground, contestants, seed, report)
    return run


def keep(session: Session, actor: Actor, run: BenchRun, *, job_id: UUID | None = None) -> BenchRun:
    require(actor, Permission.LEARNING_TRAIN)
    run.job_id = job_id
    session.add(run)
    session.flush()
    audit.record(session, actor, "learning.bench", run, changes={"purpose": run.purpose, "outcomes": run.outcomes})
    return run


def _contestants(session: Session, purpose: str) -> list[Contestant]:
    live = presets.live_preset(session, purpose)
    beside = {"live": live, "before": _preset(session, live.replaced_code), "default": expert_preset(session, purpose)}
    found: list[Contestant] = []
    for role, preset in beside.items():
        if preset is not None and preset.code not in [one.code for one in found]:
            found.append(Contestant(role, preset.code, presets.read_weighting(session, preset)))
    return [*found, Contestant("popularity", "", None)]


def _preset(session: Session, code: str | None) -> WeightPreset | None:
    return session.get(WeightPreset, code) if code else None


def _ground(session: Session, snapshot: Snapshot, purpose: str, names: set[str], today: date, seed: int) -> Ground:
    material = collect(
        session,
        snapshot,
        purpose=purpose,
        names=names,
        as_of=today,
        sampling=Sampling(),
        seed=seed,
        report=lambda _done, _total: None,
    )
    rows = (material.day >= (today - LOOKS_BACK).toordinal()) & material.is_judged
    wanted = material.examples.outcome > 0
    latest = np.unique(material.examples.query[rows & wanted])[-MOST_QUERIES:]
    queries = tuple(
        Query(
            material.names[number],
            material.needs[number],
            frozenset(material.candidate[wanted & (material.examples.query == number)].tolist()),
        )
        for number in latest
    )
    profiles = snapshot.engine.profiles
    everybody = np.flatnonzero(profiles.organisations.is_active).astype(np.int32)
    pool = Candidates(everybody, np.full(len(everybody), UNKNOWN, np.int32))
    is_small = np.isin(profiles.organisations.size, [SIZES.index(size) for size in SMALL])
    small = frozenset(key.decode() for key in profiles.organisations.ids[is_small])
    return Ground(Dataset(profiles, pool, queries), material, rows, small)


def _measure_all(
    snapshot: Snapshot, ground: Ground, contestants: Sequence[Contestant], seed: int, report: Report
) -> dict[str, Any]:
    queries = ground.dataset.queries
    relevant = [query.relevant for query in queries]
    slices = {part.name.lower(): rows for part, rows in narrow(ground.dataset, relevant, small=ground.small).items()}
    total, done = len(queries) * len(contestants), 0
    lines, live_values = [], None
    for contestant in contestants:
        ranker = _ranker(snapshot, ground, contestant)
        ranked = []
        for query in queries:
            ranked.append(ranker(query))
            done += 1
            report(done, total)
        values = ndcg_at(mark_hits(ranked, relevant, depth=DEPTH), _counts(relevant), K)
        live_values = values if live_values is None else live_values
        lines.append(
            {
                "role": contestant.role,
                "code": contestant.code,
                **_line(ranked, relevant, ground),
                "slices": {name: _recall(ranked, rows) for name, rows in slices.items()},
                "both_sides": _both_sides(ranked, ground),
                **_chances(contestant, ground),
                "live_is_ahead": None
                if contestant.role == "live"
                else _plain(asdict(paired_bootstrap(live_values, values, seed=seed))),
            }
        )
    return {"lines": lines, "k": K, "fewest_of_a_slice": FEWEST_OF_A_SLICE}


def _ranker(snapshot: Snapshot, ground: Ground, contestant: Contestant) -> Ranker:
    weighting = contestant.weighting
    if weighting is not None:
        return lambda query: rank(snapshot.engine, query.need, weighting, top=DEPTH).candidates.organisation
    timeline = Timeline.of(snapshot.engine.profiles)

    def by_popularity(query: Query) -> Ints:
        """Whoever was in the most projects by then."""
        candidates = ground.dataset.candidates_for(query.need).organisation
        counts = timeline.known_to(query.need).project_counts[candidates]
        return candidates[np.argsort(-counts, kind="stable")[:DEPTH]]

    return by_popularity


def _line(ranked: Sequence[Ints], relevant: Sequence[frozenset[int]], ground: Ground) -> dict[str, Any]:
    hits, wanted = mark_hits(ranked, relevant, depth=DEPTH), _counts(relevant)
    pool = ground.dataset.pool.organisation
    return {
        "recall": _estimate(recall_at(hits, wanted, K)),
        "mrr": _estimate(reciprocal_rank(hits)),
        "ndcg": _estimate(ndcg_at(hits, wanted, K)),
        "coverage": _plain(catalogue_coverage(ranked, len(pool), K)),
        "gini": _plain(gini(exposures(ranked, pool, K))),
    }


def _recall(ranked: Sequence[Ints], relevant: Sequence[frozenset[int]]) -> dict[str, Any]:
    wanted = _counts(relevant)
    found = recall_at(mark_hits(ranked, relevant, depth=DEPTH), wanted, K)
    return {**_estimate(found), "queries": int((wanted > 0).sum())}


def _counts(relevant: Sequence[frozenset[int]]) -> Ints:
    return np.array([len(rows) for rows in relevant], np.int32)


def _both_sides(ranked: Sequence[Ints], ground: Ground) -> dict[str, Any]:
    """Of the candidates that were asked and have answered, and that stand in the first places here: who said yes."""
    place = {name: number for number, name in enumerate(query.id for query in ground.dataset.queries)}
    yes, asked = 0, 0
    for row, kind in enumerate(ground.material.kinds):
        number = place.get(ground.material.names[ground.material.examples.query[row]])
        if kind in SIDES and number is not None and ground.material.candidate[row] in ranked[number][:K]:
            asked += 1
            yes += SIDES[kind]
    return {"yes": yes, "asked": asked}


def _chances(contestant: Contestant, ground: Ground) -> dict[str, Any]:
    """What chances were promised to the candidates of the last year, and what came about."""
    weighting = contestant.weighting
    if weighting is None or weighting.calibration is None:
        return {"calibration_error": None, "reliability": []}
    chance = weighting.calibration.chance(order_of(weighting, ground.material, ground.rows))
    examples = ground.material.examples
    told = reliability(chance, examples.outcome[ground.rows], weight=examples.weight[ground.rows])
    bins = zip(told.chance.tolist(), told.came_about.tolist(), told.mass.tolist(), strict=True)
    rows = [{"promised": _plain(p), "came_about": _plain(c), "share": _plain(m)} for p, c, m in bins]
    return {"calibration_error": _plain(told.calibration_error), "reliability": rows}


def _estimate(values: Values) -> dict[str, Any]:
    estimate = Estimate.of(values)
    return {"mean": _plain(estimate.mean), "error": _plain(estimate.error)}


def _plain(value: Any) -> Any:
    """As JSON, which knows no NaN."""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, float):
        return round(value, 6) if np.isfinite(value) else None
    return value
