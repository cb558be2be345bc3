"""What floors of exposure would do to the lists of live needs: measured before an officer sets them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlmodel import Session, col, select

from matchmaker import ranking, rerank
from matchmaker.profiles import UNKNOWN, Profiles
from matchmaker.ranking import PRICED
from matchmaker.reader import Reader, Snapshot
from matchmaker.rerank import Floors, Mixed
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.crowding import prices_on
from matchmaker.services.exposure_policies import PolicyDraft, check_draft
from matchmaker.services.presets import live_preset, read_weighting
from matchmaker.store.needs import read_need
from models.base import columns_of
from models.enums import PostingState
from models.exposure import ExposurePolicy
from models.offers import Need

SAMPLE = 60


@dataclass(frozen=True)
class Shares:
    """Of the first places of all lists: their mean fit, and who has them."""

    mean_fit: float
    newcomers: float
    small: float


@dataclass(frozen=True)
class DistrictShare:
    """The part of the first places that organisations of one district have; an empty code is everybody else."""

    code: str
    before: float
    after: float


@dataclass(frozen=True)
class Preview:
    lists: int  # needs looked at
    live: int  # needs there are
    before: Shares  # without any floor
    after: Shares
    moved: float  # candidates moved up a list, on average
    changed: int  # lists that change at all
    short: int  # lists with too few justified candidates, or whose price would be too high
    districts: Sequence[DistrictShare]

    @property
    def fit_lost(self) -> float:
        return self.before.mean_fit - self.after.mean_fit


@dataclass(frozen=True, eq=False)
class _Places:
    """The first places of all lists, one after the other."""

    fit: NDArray[np.float64]
    is_newcomer: NDArray[np.bool_]
    is_small: NDArray[np.bool_]
    place: NDArray[np.int32]

    def shares(self) -> Shares:
        return Shares(
            *(float(part.mean()) if len(part) else 0.0 for part in (self.fit, self.is_newcomer, self.is_small))
        )


def preview(
    session: Session, actor: Actor, reader: Reader, policy: ExposurePolicy, draft: PolicyDraft, *, today: date
) -> Preview:
    """`draft` tried on a sample of live needs, evenly spaced over all; nothing is stored."""
    require(actor, Permission.EXPOSURE_EDIT)
    check_draft(draft)
    floors = draft.floors(policy.small_sizes)
    snapshot = reader.snapshot(session, today=today)
    needs, live = _sample(session, today)
    lists = _mixed_lists(session, snapshot, floors, needs, policy.purpose, today)
    before = [_first(one, snapshot.engine.profiles, np.argsort(one.before)[: floors.depth]) for one in lists]
    after = [_first(one, snapshot.engine.profiles, np.arange(len(one.before))[: floors.depth]) for one in lists]
    joined = [_joined(part) for part in (before, after)]
    return Preview(
        lists=len(lists),
        live=live,
        before=joined[0].shares(),
        after=joined[1].shares(),
        moved=float(np.mean([one.is_moved.sum() for one in lists])) if lists else 0.0,
        changed=sum(bool(one.is_moved.any()) for one in lists),
        short=sum(_is_short(part, floors) for part in after),
        districts=_districts(snapshot.engine.profiles, *joined),
    )


@dataclass(frozen=True)
class Step:
    """One value of a floor, and what lists would be like with it."""

    share: float
    shares: Shares
    fit_lost: float
    short: int


@dataclass(frozen=True)
class Curve:
    """What a floor costs at several of its values, on the same lists; `before` is without any floor."""

    lists: int
    live: int
    before: Shares
    steps: Sequence[Step]


def price_curve(
    session: Session,
    actor: Actor,
    reader: Reader,
    policy: ExposurePolicy,
    draft: PolicyDraft,
    name: str,
    values: Sequence[float],
    *,
    today: date,
) -> Curve:
    """The floor `name` of `draft` at each of `values`, on one ranking of a sample of live needs; nothing is stored."""
    require(actor, Permission.EXPOSURE_EDIT)
    drafts = [replace(draft, **{name: value}) for value in values]  # type: ignore[arg-type]
    for one in drafts:
        check_draft(one)
    snapshot = reader.snapshot(session, today=today)
    profiles = snapshot.engine.profiles
    needs, live = _sample(session, today)
    ranked = _plain_lists(session, snapshot, needs, policy.purpose, today)
    none = replace(draft, newcomer_share=0.0, small_share=0.0).floors(policy.small_sizes)
    before = _places(ranked, profiles, none)
    return Curve(
        lists=len(ranked),
        live=live,
        before=_joined(before).shares(),
        steps=[
            _step(ranked, profiles, one.floors(policy.small_sizes), value, _joined(before).shares())
            for one, value in zip(drafts, values, strict=True)
        ],
    )


def _step(ranked: Sequence[ranking.Ranking], profiles: Profiles, floors: Floors, value: float, before: Shares) -> Step:
    after = _places(ranked, profiles, floors)
    shares = _joined(after).shares()
    return Step(value, shares, before.mean_fit - shares.mean_fit, sum(_is_short(one, floors) for one in after))


def _places(ranked: Sequence[ranking.Ranking], profiles: Profiles, floors: Floors) -> list[_Places]:
    """The first places of each list with the floors met."""
    lists = [rerank.mixed(one, profiles, floors) for one in ranked]
    return [_first(one, profiles, np.arange(len(one.before))[: floors.depth]) for one in lists if len(one.before)]


def _sample(session: Session, today: date) -> tuple[Sequence[Need], int]:
    """Live needs, evenly spaced in the order of their ids, and how many there are."""
    table = columns_of(Need)
    is_live = sa.and_(table.state == PostingState.PUBLISHED, table.valid_until >= today)
    keys = session.scalars(sa.select(table.id).where(is_live).order_by(table.id)).all()
    chosen = {keys[place] for place in np.linspace(0, len(keys) - 1, min(SAMPLE, len(keys))).astype(int)}
    return session.exec(select(Need).where(col(Need.id).in_(chosen)).order_by(col(Need.id))).all(), len(keys)


def _mixed_lists(
    session: Session, snapshot: Snapshot, floors: Floors, needs: Sequence[Need], purpose: str, today: date
) -> list[Mixed]:
    profiles = snapshot.engine.profiles
    ranked = _plain_lists(session, snapshot, needs, purpose, today)
    return [one for one in (rerank.mixed(plain, profiles, floors) for plain in ranked) if len(one.before)]


def _plain_lists(
    session: Session, snapshot: Snapshot, needs: Sequence[Need], purpose: str, today: date
) -> list[ranking.Ranking]:
    profiles = snapshot.engine.profiles
    weighting = read_weighting(session, live_preset(session, purpose))
    prices = prices_on(session, purpose, today).rows(profiles).price
    queries = (read_need(session, need, profiles, snapshot.encoder, today=today) for need in needs)
    return [ranking.rank(snapshot.engine, query, weighting, top=PRICED, prices=prices) for query in queries]


def _first(one: Mixed, profiles: Profiles, rows: NDArray[np.intp]) -> _Places:
    return _Places(
        one.ranking.blend.fit[rows],
        one.is_newcomer[rows],
        one.is_small[rows],
        profiles.organisations.place[one.ranking.candidates.organisation[rows]],
    )


def _joined(parts: Sequence[_Places]) -> _Places:
    names = _Places.__dataclass_fields__
    empty = np.empty(0)
    return _Places(**{name: np.concatenate([getattr(part, name) for part in parts] or [empty]) for name in names})


def _is_short(part: _Places, floors: Floors) -> bool:
    newcomers, small = floors.wanted
    return bool(part.is_newcomer.sum() < newcomers or part.is_small.sum() < small)


def _districts(profiles: Profiles, before: _Places, after: _Places) -> list[DistrictShare]:
    """The greatest part first; what is not stated stands last."""
    places = profiles.vocabulary["places"]
    # One further, so that UNKNOWN is counted too: first.
    counts = [np.bincount(one.place.astype(int) - UNKNOWN, minlength=len(places) + 1) for one in (before, after)]
    shares = [count / max(int(count.sum()), 1) for count in counts]
    rows = [int(row) for row in np.flatnonzero(counts[0] + counts[1])]
    return [
        DistrictShare("" if row == 0 else places[row - 1], float(shares[0][row]), float(shares[1][row]))
        for row in sorted(rows, key=lambda row: (row == 0, -shares[1][row], row))
    ]
