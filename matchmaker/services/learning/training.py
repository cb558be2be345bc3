"""Learning weights from outcomes, and judging them on the last period before anybody may use them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from importlib.metadata import version as version_of_package
from typing import Any
from uuid import UUID

import numpy as np
from sqlmodel import Session

from matchmaker.evaluation import gates
from matchmaker.evaluation.gates import Compared, HeldOut, Judged, Limits
from matchmaker.learning.additive import fit
from matchmaker.learning.calibration import calibrate
from matchmaker.learning.examples import Examples
from matchmaker.learning.positions import PULL
from matchmaker.profiles import Mask, Scores
from matchmaker.reader import Reader, Snapshot
from matchmaker.scoring.blend import add_up
from matchmaker.scoring.weighting import Calibration, Curve, Weighting
from matchmaker.services import audit, presets
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.learning.material import Material, Report, Sampling, collect
from matchmaker.services.learning.versions import add_version, expert_preset, hash_of, hash_of_stored
from models.base import CHINA, utc_now
from models.enums import TrainingVerdict
from models.learning import TrainingRun

TOTAL_WEIGHT = 100.0
DIGITS = 4
# Below this a component is left out: it would cost time on every list and change none.
LEAST_WEIGHT = 0.05
SHOWN_PLACES = 20


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that a training run can be told; a run keeps it."""

    strength: float = 30.0  # how many outcomes the weights that people set are worth
    held_out_share: float = 0.2  # of the queries, the last ones
    pull: float = PULL
    sampling: Sampling = field(default_factory=Sampling)
    limits: Limits = field(default_factory=Limits)

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> "Settings":
        plain = {name: value for name, value in stored.items() if name not in ("sampling", "limits")}
        return cls(**plain, sampling=Sampling(**stored["sampling"]), limits=Limits(**stored["limits"]))

    @property
    def fewest_queries(self) -> int:
        """Queries with a wanted candidate without which there is nothing to judge by."""
        return int(np.ceil(self.limits.fewest_queries / self.held_out_share))


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a fit found, and what the gates say of it."""

    result: Weighting | None
    held_out: Mapping[str, Any]
    reasons: list[dict[str, Any]]

    @property
    def is_refused(self) -> bool:
        return self.result is None or any(reason["refuses"] for reason in self.reasons)


DEFAULT = Settings()


def _no_report(_done: int, _total: int) -> None:
    return


def train(
    session: Session,
    actor: Actor,
    reader: Reader,
    *,
    purpose: str,
    today: date,
    seed: int,
    settings: Settings = DEFAULT,
    report: Report = _no_report,
) -> TrainingRun:
    """`study` and `keep` in one session; where others must be able to write meanwhile, call them apart."""
    run = study(session, actor, reader, purpose=purpose, today=today, seed=seed, settings=settings, report=report)
    return keep(session, actor, run)


def study(
    session: Session,
    actor: Actor,
    reader: Reader,
    *,
    purpose: str,
    today: date,
    seed: int,
    settings: Settings = DEFAULT,
    report: Report = _no_report,
) -> TrainingRun:
    """Learn weights for `purpose` from everything up to `today` and judge them; takes long and changes nothing.

    `report` hears how many queries are scored, of how many.
    """
    require(actor, Permission.LEARNING_TRAIN)
    snapshot = reader.snapshot(session, today=today)
    expert, live = expert_preset(session, purpose), presets.live_preset(session, purpose)
    prior, before = presets.read_weighting(session, expert), presets.read_weighting(session, live)
    began, names = utc_now(), {*prior.weights, *before.weights}
    material = _collect(session, snapshot, purpose, names, today, began, settings, seed, report)
    lesson = learn(material, prior, before, settings, seed)
    stored = presets.to_stored(lesson.result) if lesson.result else None
    against = {"against": live.code, "against_sha256": hash_of(before), "before": presets.to_stored(before)}
    return TrainingRun(
        created_at=began,
        purpose=purpose,
        data_as_of=today,
        code_version=version_of_package("matchmaker"),
        index_version=snapshot.version,
        seed=seed,
        settings=asdict(settings),
        data_sha256=material.sha256,
        queries=len(material.names),
        examples=len(material.examples),
        outcomes=material.counts,
        prior_code=expert.code,
        prior=presets.to_stored(prior),
        result=stored,
        result_sha256=hash_of_stored(stored) if stored else "",
        held_out={**lesson.held_out, **against, "examination": material.examination[:SHOWN_PLACES]},
        verdict=TrainingVerdict.REFUSED if lesson.is_refused else TrainingVerdict.OFFERED,
        reasons=lesson.reasons,
        asked_by=actor.user_id,
    )


def keep(session: Session, actor: Actor, run: TrainingRun, *, job_id: UUID | None = None) -> TrainingRun:
    """Write down what `study` found. What passed becomes a preset that an administrator may take into use; what did
    not keeps its reasons. Nothing goes live by this."""
    require(actor, Permission.LEARNING_TRAIN)
    run.job_id = job_id
    session.add(run)
    session.flush()
    audit.record(session, actor, "learning.train", run, changes={"purpose": run.purpose, "verdict": run.verdict})
    if run.verdict is TrainingVerdict.OFFERED:
        add_version(session, actor, run)
    return run


@dataclass(frozen=True, slots=True)
class Repeated:
    """A run done again from its record: whether the same data are still there, and whether they teach the same."""

    is_same_data: bool
    is_same_result: bool


def repeat(session: Session, actor: Actor, reader: Reader, run: TrainingRun) -> Repeated:
    """Do `run` again as of its day with its seed and settings, without keeping anything."""
    require(actor, Permission.LEARNING_VIEW)
    settings = Settings.from_stored(run.settings)
    snapshot = reader.snapshot(session, today=run.data_as_of)
    prior, before = presets.from_stored(run.prior), presets.from_stored(run.held_out["before"])
    names = {*prior.weights, *before.weights}
    material = _collect(
        session, snapshot, run.purpose, names, run.data_as_of, run.created_at, settings, run.seed, _no_report
    )
    lesson = learn(material, prior, before, settings, run.seed)
    result = hash_of(lesson.result) if lesson.result else ""
    return Repeated(material.sha256 == run.data_sha256, result == run.result_sha256)


def _collect(
    session: Session,
    snapshot: Snapshot,
    purpose: str,
    names: set[str],
    as_of: date,
    began: datetime,
    settings: Settings,
    seed: int,
    report: Report,
) -> Material:
    """Of the day on which a run began it knows what came before that moment, so that it can be done again later on."""
    return collect(
        session,
        snapshot,
        purpose=purpose,
        names=names,
        as_of=as_of,
        asked_at=began if began.astimezone(CHINA).date() == as_of else None,
        sampling=settings.sampling,
        pull=settings.pull,
        seed=seed,
        report=report,
    )


def learn(material: Material, prior: Weighting, before: Weighting, settings: Settings, seed: int) -> Lesson:
    """Fit on what lies before the last period, starting from `prior`; judge it in that period beside `before`."""
    wanted = queries_with_wanted(material)
    if wanted < settings.fewest_queries:
        return Lesson(None, {}, [_reason("too_few_outcomes", found=wanted, needed=settings.fewest_queries)])
    cut = _first_day_held_out(material, settings.held_out_share)
    known = (material.day < cut) & (material.settled < cut)
    held = (material.day >= cut) & material.is_judged
    lessons = material.lessons.take(known)
    if not _tells_apart(lessons):
        return Lesson(None, {}, [_reason("nothing_to_compare", before=str(date.fromordinal(cut)))])
    wide = _widened(prior, material)
    fitted = _with_untaught(fit(lessons, wide, strength=settings.strength), wide, lessons)
    result = _tidied(_calibrated(_kept(fitted), material, known))
    before = _calibrated(before, material, known)
    compared = _compare(material, (known, held), before, result, settings, seed)
    drifts = _drifts(result, material, known, held)
    held_out = {
        "from": str(date.fromordinal(cut)),
        "queries": len(np.unique(material.examples.query[held])),
        "examples": int(held.sum()),
        "compared": [_stored(one) for one in compared],
        "drift": drifts,
    }
    return Lesson(result, held_out, _reasons(compared, drifts, settings.limits))


def queries_with_wanted(material: Material) -> int:
    """Queries that count, and that at least one candidate is known to have been wanted for."""
    return len(np.unique(material.examples.query[material.is_judged & (material.examples.outcome > 0)]))


def _first_day_held_out(material: Material, share: float) -> int:
    """The day from which on the last `share` of the queries that count lie."""
    _, first = np.unique(material.examples.query[material.is_judged], return_index=True)
    return int(np.quantile(material.day[material.is_judged][first], 1 - share, method="higher"))


def _tells_apart(lessons: Examples) -> bool:
    """Whether some query has both somebody who was wanted and somebody who was not."""
    wanted = np.bincount(lessons.query, lessons.weight * lessons.outcome)
    unwanted = np.bincount(lessons.query, lessons.weight * (1 - lessons.outcome))
    return bool(((wanted > 0) & (unwanted > 0)).any())


def _compare(
    material: Material, parts: tuple[Mask, Mask], before: Weighting, result: Weighting, settings: Settings, seed: int
) -> list[Compared]:
    known, held = parts
    examples = material.examples.take(held)
    groups = {name: rows[held] for name, rows in material.groups.items()}
    learned_from = material.examples.take(known & material.is_judged)
    usual = float(np.average(learned_from.outcome, weights=learned_from.weight))
    held_out = HeldOut(examples.query, examples.outcome, examples.weight, groups, usual)
    old = gates.at_least_usual(held_out, _judged(before, material, held))
    return gates.compare(held_out, old, _judged(result, material, held), limits=settings.limits, seed=seed)


def _widened(prior: Weighting, material: Material) -> Weighting:
    """The prior with a weight for every component: what people gave none begins at nothing."""
    names = material.examples.names
    curves = {name: curve for name, curve in prior.curves.items() if name in names}
    return Weighting({name: prior.weights.get(name, 0.0) for name in names}, curves)


def _with_untaught(fitted: Weighting, prior: Weighting, lessons: Examples) -> Weighting:
    """What says the same of everybody, so that no outcome teaches anything about it, keeps its part of the prior."""
    untaught = {name for name, scores in zip(lessons.names, lessons.scores.T, strict=True) if not _varies(scores)}
    taught = sum(weight for name, weight in fitted.weights.items() if name not in untaught)
    scale = taught / (sum(weight for name, weight in prior.weights.items() if name not in untaught) or 1.0)
    return Weighting(
        {name: scale * prior.weights[name] if name in untaught else fitted.weights[name] for name in fitted.weights},
        {name: curve for name, curve in prior.curves.items() if name in untaught}
        | {name: curve for name, curve in fitted.curves.items() if name not in untaught},
    )


def _varies(scores: Scores) -> bool:
    known = scores[~np.isnan(scores)]
    return bool(len(known)) and float(np.ptp(known)) > 0


def _kept(fitted: Weighting) -> Weighting:
    """Scaled for people to read; what counts for next to nothing goes."""
    scaled = fitted.scaled_to(TOTAL_WEIGHT)
    weights = {name: weight for name, weight in scaled.weights.items() if weight >= LEAST_WEIGHT}
    return Weighting(weights, {name: curve for name, curve in scaled.curves.items() if name in weights})


def _tidied(weighting: Weighting) -> Weighting:
    """Rounded to what is stored, so that what is judged is what will be used."""
    assert weighting.calibration is None or np.isfinite(weighting.calibration.slope)
    curves = {
        name: Curve(np.round(curve.knots, DIGITS + 2), np.round(curve.values, DIGITS + 2))
        for name, curve in weighting.curves.items()
    }
    calibration = weighting.calibration
    if calibration is not None:
        calibration = Calibration(round(calibration.slope, DIGITS), round(calibration.shift, DIGITS))
    return Weighting({name: round(w, DIGITS) for name, w in weighting.weights.items()}, curves, calibration)


def _calibrated(weighting: Weighting, material: Material, known: Mask) -> Weighting:
    """With the chances of what lists of this purpose are judged by, as far as that is known."""
    rows = known & material.is_judged
    order = order_of(weighting, material, rows)
    found = calibrate(order, material.examples.outcome[rows], material.examples.weight[rows])
    return replace(weighting, calibration=found)


def _judged(weighting: Weighting, material: Material, rows: Mask) -> Judged:
    order = order_of(weighting, material, rows)
    return Judged(order, weighting.chance(order))


def order_of(weighting: Weighting, material: Material, rows: Mask) -> Scores:
    """How the lists of these rows are ordered by a weighting, each query for itself as people would see it."""
    examples = material.examples.take(rows)
    used = [k for k, name in enumerate(examples.names) if weighting.weights.get(name, 0) > 0]
    names, is_evidence = tuple(examples.names[k] for k in used), material.is_evidence[used]
    lists = np.split(examples.scores[:, used], np.flatnonzero(np.diff(examples.query)) + 1)
    return np.concatenate([add_up(names, weighting, one, is_evidence).order for one in lists])


def _drifts(result: Weighting, material: Material, known: Mask, held: Mask) -> dict[str, float]:
    """How far the scores of each component that counts have moved between the periods."""
    before, after = known & material.is_judged, held
    if min(before.sum(), after.sum()) < gates.FEWEST_ROWS_FOR_DRIFT:
        return {}
    scores = material.examples.scores
    return {
        name: round(gates.drift(scores[before, k], scores[after, k]), DIGITS)
        for k, name in enumerate(material.examples.names)
        if result.weights.get(name, 0) > 0
    }


def _reasons(compared: list[Compared], drifts: Mapping[str, float], limits: Limits) -> list[dict[str, Any]]:
    reasons = [
        _reason("worse", group=one.group, measure=one.measure.value, difference=round(one.difference, DIGITS))
        for one in gates.worse(compared)
    ]
    untold = gates.untold(compared)
    if gates.EVERYBODY in untold:
        needed = limits.fewest_queries
        reasons.append(_reason("held_out_too_small", found=untold.pop(gates.EVERYBODY), needed=needed))
    elif not gates.is_gain(compared):
        reasons.append(_reason("no_gain"))
    if untold:
        told = {"code": "too_few_to_tell", "groups": untold, "needed": limits.fewest_queries_of_a_group}
        reasons.append({**told, "refuses": False})
    # What moved was judged where it had moved to; what it will move to nobody has seen, so a person answers for that.
    moved = {name: drift for name, drift in drifts.items() if drift > gates.MOST_DRIFT}
    if moved:
        reasons.append({"code": "moved", "components": moved, "most": gates.MOST_DRIFT, "refuses": False})
    return reasons


def _reason(code: str, **facts: object) -> dict[str, Any]:
    return {"code": code, **facts, "refuses": True}


def _stored(one: Compared) -> dict[str, Any]:
    """As JSON, which knows no NaN."""
    values = asdict(one)
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, DIGITS + 2) if np.isfinite(value) else None
    return value
