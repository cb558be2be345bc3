"""Weight presets: how much each component of a score counts, for one purpose. One preset of a purpose is live.

People set presets, and training adds learned ones (`matchmaker.services.learning`); lists are scored by either alike.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput, NotFound, Stale
from matchmaker.scoring.weighting import Calibration, Curve, Weighting
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, require
from models.taxonomy import PresetWeight, WeightPreset

HIGHEST_WEIGHT = 100


def list_presets(session: Session, actor: Actor) -> Sequence[WeightPreset]:
    require(actor, Permission.PRESET_EDIT)
    order = (col(WeightPreset.purpose), col(WeightPreset.position_in_list), col(WeightPreset.code))
    return session.exec(select(WeightPreset).order_by(*order)).all()


def get_preset(session: Session, actor: Actor, code: str) -> WeightPreset:
    require(actor, Permission.PRESET_EDIT)
    preset = session.get(WeightPreset, code)
    if preset is None:
        raise NotFound("preset", code)
    return preset


def live_preset(session: Session, purpose: str) -> WeightPreset:
    """The preset by which everybody's lists of this purpose are scored now."""
    preset = find_live(session, purpose)
    if preset is None:
        raise NotFound("live preset", purpose)
    return preset


def find_live(session: Session, purpose: str) -> WeightPreset | None:
    live = select(WeightPreset).where(WeightPreset.purpose == purpose, col(WeightPreset.is_live))
    return session.exec(live).one_or_none()


def read_weights(session: Session, preset: WeightPreset) -> dict[str, float]:
    """Component -> weight, the heaviest first, as they are stored now."""
    weights = select(PresetWeight.component, PresetWeight.weight).where(PresetWeight.preset_code == preset.code)
    return dict(sorted(session.exec(weights).all(), key=lambda row: (-row[1], row[0])))


def read_weighting(session: Session, preset: WeightPreset) -> Weighting:
    """Everything by which lists of this preset are scored: weights, the curves of a learned one, its calibration."""
    rows = session.exec(select(PresetWeight).where(PresetWeight.preset_code == preset.code)).all()
    rows = sorted(rows, key=lambda row: (-row.weight, row.component))
    return Weighting(
        weights={row.component: row.weight for row in rows},
        curves={row.component: curve_of(row.curve) for row in rows if row.curve},
        calibration=Calibration(**preset.calibration) if preset.calibration else None,
    )


def to_stored(weighting: Weighting) -> dict[str, Any]:
    """A whole weighting as JSON can hold it, the heaviest component first."""
    ordered = sorted(weighting.weights.items(), key=lambda one: (-one[1], one[0]))
    calibration = weighting.calibration
    return {
        "weights": dict(ordered),
        "curves": {name: curve_to_stored(curve) for name, curve in sorted(weighting.curves.items())},
        "calibration": {"slope": calibration.slope, "shift": calibration.shift} if calibration else None,
    }


def from_stored(stored: Mapping[str, Any]) -> Weighting:
    return Weighting(
        weights=dict(stored["weights"]),
        curves={name: curve_of(curve) for name, curve in stored["curves"].items()},
        calibration=Calibration(**stored["calibration"]) if stored["calibration"] else None,
    )


def curve_to_stored(curve: Curve) -> dict[str, list[float]]:
    return {"knots": curve.knots.tolist(), "values": curve.values.tolist()}


def curve_of(stored: Mapping[str, Sequence[float]]) -> Curve:
    return Curve(np.array(stored["knots"], np.float64), np.array(stored["values"], np.float64))


def change_weights(
    session: Session,
    actor: Actor,
    preset: WeightPreset,
    weights: Mapping[str, float],
    *,
    expected: Mapping[str, float],
) -> None:
    """Set `weights`; `expected` is what the editor was shown, so that a colleague's change in between is not lost."""
    require(actor, Permission.PRESET_EDIT)
    if preset.training_run_id is not None:
        raise InvalidInput("learned_preset_is_fixed", preset=preset.code)
    lock_purpose(session, preset.purpose)
    stored = read_weights(session, preset)
    check_weights(weights, stored)
    _check_fresh(stored, weights, expected)

    changes = {name: [stored[name], weight] for name, weight in weights.items() if stored[name] != weight}
    if not changes:
        return
    for name, (_before, after) in changes.items():
        session.get_one(PresetWeight, (preset.code, name)).weight = after
    audit.record(session, actor, "preset.change", preset, changes={"preset": preset.code, **changes})
    session.flush()


def make_live(session: Session, actor: Actor, preset: WeightPreset) -> None:
    """From now on new lists of this purpose are scored by `preset`, which people have set.

    A learned one goes live by `learning.versions.promote`, which looks whether it was held against what is live.
    """
    if preset.training_run_id is not None:
        raise InvalidInput("learned_preset_has_a_run", preset=preset.code)
    put_live(session, actor, preset)


def put_live(session: Session, actor: Actor, preset: WeightPreset) -> None:
    """Make `preset` the live one; it remembers what it took the place of."""
    require(actor, Permission.PRESET_EDIT)
    lock_purpose(session, preset.purpose)
    if preset.is_live:
        return
    before = _replace_live(session, actor, preset, "preset.make_live")
    preset.replaced_code = before.code if before else None
    session.flush()


def go_back(session: Session, actor: Actor, preset: WeightPreset) -> WeightPreset:
    """Take `preset`, which is live, out of use again; what was live before it scores new lists from now on.

    Raises Stale where somebody else has made another preset live meanwhile.
    """
    require(actor, Permission.PRESET_EDIT)
    lock_purpose(session, preset.purpose)
    if not preset.is_live:
        raise Stale("weight_presets", {"live": (live_preset(session, preset.purpose).code, preset.code)})
    if preset.replaced_code is None:
        raise InvalidInput("nothing_to_go_back_to", preset=preset.code)
    earlier = session.get_one(WeightPreset, preset.replaced_code)
    _replace_live(session, actor, earlier, "preset.go_back")
    session.flush()
    return earlier


def _replace_live(session: Session, actor: Actor, preset: WeightPreset, action: str) -> WeightPreset | None:
    """Make `preset` the live one of its purpose; gives the one that was. Whoever calls holds the purpose's lock."""
    _check_counts(read_weights(session, preset))
    before = find_live(session, preset.purpose)
    if before is not None:
        before.is_live = False
    preset.is_live = True
    codes = [before.code if before else "", preset.code]
    audit.record(session, actor, action, preset, changes={"live": codes})
    return before


def lock_purpose(session: Session, purpose: str) -> None:
    """Whoever changes a preset of the same purpose waits until this is committed (SQLite locks as a whole)."""
    presets = select(WeightPreset).where(WeightPreset.purpose == purpose).order_by(WeightPreset.code)
    session.exec(presets.with_for_update().execution_options(populate_existing=True)).all()


def check_weights(weights: Mapping[str, float], stored: Mapping[str, float]) -> None:
    """Raise InvalidInput, naming the component, where these cannot stand in place of the stored ones."""
    for name, weight in weights.items():
        if name not in stored:
            raise InvalidInput("component_unknown", component=name)
        if not math.isfinite(weight) or weight < 0:
            raise InvalidInput("weight_negative", field=name)
        if weight > HIGHEST_WEIGHT:
            raise InvalidInput("weight_too_high", field=name, limit=HIGHEST_WEIGHT)
    _check_counts({**stored, **weights})


def _check_counts(weights: Mapping[str, float]) -> None:
    if not any(weights.values()):
        raise InvalidInput("weights_all_zero")


def _check_fresh(stored: Mapping[str, float], yours: Mapping[str, float], expected: Mapping[str, float]) -> None:
    moved = [name for name in stored if name not in expected or not math.isclose(stored[name], expected[name])]
    if moved:
        raise Stale("weight_presets", {name: (stored[name], yours.get(name, "")) for name in moved})
