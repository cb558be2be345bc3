"""From a posted need, or from an organisation's record, to the query that the engine answers."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import TypeVar
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session, select

from matchmaker import profiles as engine
from matchmaker.columns import entries
from matchmaker.profiles import KINDS, PROJECT_KINDS, SIZES, TYPES, UNKNOWN, Ints, Profiles, RequiredCapability
from matchmaker.store.offers import bits_of
from matchmaker.store.reading import key_of, text_of
from matchmaker.text.embed import Encoder, Side, unit_rows
from matchmaker.text.history import weigh_like
from matchmaker.text.segment import says_something
from models.enums import CooperationType, ProjectKind
from models.offers import Need, NeedCapability

# Having been paid in a field, or having paid for it, is no proof of having worked in it.
PARTNERSHIP = PROJECT_KINDS.index(ProjectKind.CONSORTIUM)
Number = TypeVar("Number", int, float)


def row_of(profiles: Profiles, organisation_id: UUID) -> int | None:
    """The column row of an organisation, or None where it has none."""
    found = np.flatnonzero(profiles.organisations.ids == key_of(organisation_id))
    return int(found[0]) if len(found) else None


def row_of_offer(profiles: Profiles, offer_id: UUID) -> int | None:
    found = np.flatnonzero(profiles.offers.ids == key_of(offer_id))
    return int(found[0]) if len(found) else None


def read_need(session: Session, need: Need, profiles: Profiles, encoder: Encoder, *, today: date) -> engine.Need:
    """The query of `need`: what is asked, by whom, under which terms."""
    required = _required(session, need.id, profiles)
    zh, en = text_of_need(need)
    asked_nodes = {profiles.taxonomy.node_of_capability[item.column] for item in required}
    tags = [f"node:{profiles.vocabulary['nodes'][node]}" for node in sorted(asked_nodes) if node != UNKNOWN]
    places = rows_of_codes(profiles, "places", need.partner_districts)
    return replace(
        asker(profiles, row_of(profiles, need.organisation_id), today=today),
        capabilities=required,
        vector=direction_of(encoder, zh, en),
        trl=_range(need.trl_low, need.trl_high),
        type=TYPES.index(need.type),
        types=frozenset(TYPES.index(CooperationType(kind)) for kind in need.accepted_types),
        wants_kinds=bits_of(need.partner_kinds, KINDS),
        wants_sizes=bits_of(need.partner_sizes, SIZES),
        wants_places=frozenset(places.tolist()),
        budget=_range(need.budget_low, need.budget_high),
        tags=rows_of_codes(profiles, "tags", tags),
        words=weigh_like(text_of(zh, en), profiles.history.words, profiles.vocabulary["words"]),
    )


def text_of_need(need: Need) -> tuple[str, str]:
    """What is asked, in Chinese and in English, either of which may be empty."""
    return (
        text_of(need.title_zh, need.summary_zh, need.description_zh),
        text_of(need.title_en, need.summary_en, need.description_en),
    )


def read_record(profiles: Profiles, organisation: int, *, today: date, half_life_days: float = 730.0) -> engine.Need:
    """The query of an organisation that has posted nothing: more of what its past projects were about.

    Tags that carry a tenth or more of its decayed record are taken.
    """
    history = profiles.history
    took_part = history.members[:, [organisation]].toarray().ravel() > 0
    dated = took_part & (history.day != UNKNOWN) & (history.kind == PARTNERSHIP)
    weight = np.where(dated, 2.0 ** (-(today.toordinal() - history.day) / half_life_days), 0.0)
    share = history.tags.T @ weight
    tags = np.flatnonzero(share >= 0.1 * weight.sum()) if weight.sum() > 0 else np.empty(0)
    return replace(asker(profiles, organisation, today=today), tags=tags.astype(np.int32))


def asker(profiles: Profiles, organisation: int | None, *, today: date) -> engine.Need:
    """A query that says only who asks."""
    if organisation is None:
        return engine.Need(day=today.toordinal(), project_kind=PARTNERSHIP)
    columns = profiles.organisations
    return engine.Need(
        day=today.toordinal(),
        project_kind=PARTNERSHIP,
        organisation=organisation,
        kind=int(columns.kind[organisation]),
        size=int(columns.size[organisation]),
        place=int(columns.place[organisation]),
        area=int(columns.area[organisation]),
        nodes=entries(columns.nodes, organisation)[0].astype(np.int32),
    )


def _required(session: Session, need_id: UUID, profiles: Profiles) -> tuple[RequiredCapability, ...]:
    row_of_code = {code: row for row, code in enumerate(profiles.vocabulary["capabilities"])}
    found = session.exec(
        select(NeedCapability)
        .where(NeedCapability.need_id == need_id)
        .order_by(sa.desc("weight"), sa.asc("capability_code"))
    ).all()
    return tuple(
        RequiredCapability(row_of_code[item.capability_code], item.level, item.weight, item.is_must)
        for item in found
        if item.capability_code in row_of_code
    )


def _range(low: Number | None, high: Number | None) -> tuple[Number, Number] | None:
    return None if low is None or high is None else (low, high)


def direction_of(encoder: Encoder, zh: str, en: str) -> engine.Floats | None:
    # A word or two has a direction too, but it is nobody's in particular.
    told = [text if says_something(text) else "" for text in (zh, en)]
    vectors = encoder.encode(told, Side.NEED)
    total = vectors.sum(axis=0, keepdims=True)
    return unit_rows(total)[0] if total.any() else None


def rows_of_codes(profiles: Profiles, name: str, codes: Iterable[str]) -> Ints:
    row_of_code = {code: row for row, code in enumerate(profiles.vocabulary[name])}
    return np.array([row_of_code[code] for code in codes if code in row_of_code], dtype=np.int32)
