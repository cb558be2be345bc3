"""Learned versions of weights: kept with their run, taken into use, and taken back."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput, NotFound, Stale
from matchmaker.scoring.weighting import Weighting
from matchmaker.services import audit, presets
from matchmaker.services.actors import Actor, Permission, require
from models.enums import TrainingVerdict
from models.learning import TrainingRun
from models.taxonomy import PresetWeight, WeightPreset


def list_runs(session: Session, actor: Actor) -> Sequence[TrainingRun]:
    """Every attempt to learn, the latest first."""
    require(actor, Permission.LEARNING_VIEW)
    return session.exec(select(TrainingRun).order_by(col(TrainingRun.created_at).desc(), col(TrainingRun.id))).all()


def get_run(session: Session, actor: Actor, run_id: UUID) -> TrainingRun:
    require(actor, Permission.LEARNING_VIEW)
    run = session.get(TrainingRun, run_id)
    if run is None:
        raise NotFound("training run", run_id)
    return run


def find_version(session: Session, run: TrainingRun) -> WeightPreset | None:
    """The preset that a run made; none where it was refused."""
    return session.exec(select(WeightPreset).where(WeightPreset.training_run_id == run.id)).one_or_none()


def versions_of(session: Session, runs: Sequence[TrainingRun]) -> dict[UUID, WeightPreset]:
    wanted = col(WeightPreset.training_run_id).in_([run.id for run in runs])
    return {one.training_run_id: one for one in session.exec(select(WeightPreset).where(wanted)) if one.training_run_id}


def promote(session: Session, actor: Actor, run: TrainingRun) -> WeightPreset:
    """Take the version of `run` into use; what was live before can be gone back to.

    Raises InvalidInput for a refused run, and Stale where another weighting is live than the one it was held against:
    the run says nothing about how it does beside that one.
    """
    require(actor, Permission.LEARNING_TRAIN)
    version = find_version(session, run)
    if version is None:
        raise InvalidInput("refused_version", run=run.id)
    presets.lock_purpose(session, run.purpose)
    live = presets.live_preset(session, run.purpose)
    if live.code != version.code and hash_of(presets.read_weighting(session, live)) != run.held_out["against_sha256"]:
        raise Stale("weight_presets", {"live": (live.code, run.held_out["against"])})
    presets.put_live(session, actor, version)
    run.verdict = TrainingVerdict.PROMOTED
    session.add(run)
    session.flush()
    return version


def add_version(session: Session, actor: Actor, run: TrainingRun) -> WeightPreset:
    """Keep the result of a run that was not refused as a preset, not live yet."""
    assert run.result is not None
    day, mark = run.data_as_of, run.id.hex[-4:]
    version = WeightPreset(
        code=f"{run.purpose}-learned-{day:%Y%m%d}-{run.id.hex[-8:]}".replace("_", "-"),
        name_zh=f"{day:%Y-%m-%d} 学习版（{mark}）",
        name_en=f"Learned {day:%Y-%m-%d} ({mark})",
        source=f"Learned from {run.examples} outcomes of {run.queries} queries",
        position_in_list=1000,
        purpose=run.purpose,
        training_run_id=run.id,
        calibration=run.result["calibration"],
    )
    session.add(version)
    session.flush()
    curves = run.result["curves"]
    for component, weight in run.result["weights"].items():
        row = PresetWeight(preset_code=version.code, component=component, weight=weight, curve=curves.get(component))
        session.add(row)
    audit.record(session, actor, "preset.learn", version, changes={"preset": version.code, "run": run.id})
    session.flush()
    return version


def hash_of(weighting: Weighting) -> str:
    return hash_of_stored(presets.to_stored(weighting))


def hash_of_stored(stored: Mapping[str, Any]) -> str:
    text = json.dumps(stored, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def expert_preset(session: Session, purpose: str) -> WeightPreset:
    """The weights that people set and that training starts from: the live ones, or the last set ones before them."""
    preset: WeightPreset | None = presets.live_preset(session, purpose)
    seen: set[str] = set()
    while preset is not None and preset.training_run_id is not None and preset.code not in seen:
        seen.add(preset.code)
        preset = session.get(WeightPreset, preset.replaced_code) if preset.replaced_code else None
    if preset is not None and preset.training_run_id is None:
        return preset
    by_people = select(WeightPreset).where(WeightPreset.purpose == purpose, col(WeightPreset.training_run_id).is_(None))
    found = session.exec(by_people.order_by(col(WeightPreset.position_in_list), col(WeightPreset.code))).first()
    if found is None:
        raise NotFound("preset set by people", purpose)
    return found
