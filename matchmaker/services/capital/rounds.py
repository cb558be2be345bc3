"""A firm's rounds: what it seeks, by which milestones, with which money that takes no stake."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from itertools import pairwise
from uuid import UUID

from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput, NotFound
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, can, require
from matchmaker.services.changes import check_version
from models.base import Record, utc_now
from models.enums import FinancingStage, OrganisationState, RoundState, SupportKind
from models.organisations import Organisation
from models.rounds import FieldGrant, Round, RoundMilestone, RoundSupport

MOST_MILESTONES, MOST_SUPPORTS = 12, 12
LONGEST_MONTHS = 240
USE_AT_LEAST = 20
ROUND_FIELDS = ("rounds", "round_figures")  # of the profile
RUNNING = (RoundState.DRAFT, RoundState.OPEN)


@dataclass(frozen=True, kw_only=True)
class RoundDraft:
    """What a round says. Money in CNY, months from the start of the round; None: not said."""

    amount: float | None = None
    stage: FinancingStage | None = None
    valuation: float | None = None
    use_zh: str = ""
    use_en: str = ""
    runway_months: int | None = None
    trl: int | None = None
    market_months: int | None = None
    exit_months: int | None = None
    stake_most: float | None = None
    funds_most: int | None = None
    closes_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class MilestoneDraft:
    """A readiness level, by which month it is reached, and what that costs."""

    trl: int
    month: int
    cost: float | None = None
    title_zh: str = ""
    title_en: str = ""


@dataclass(frozen=True, kw_only=True)
class SupportDraft:
    kind: SupportKind
    amount: float
    month: int = 0
    title_zh: str = ""
    title_en: str = ""
    is_confirmed: bool = False


def list_rounds(session: Session, actor: Actor, organisation_id: UUID) -> Sequence[Round]:
    """All rounds of one firm, the latest first, for its own people and officers."""
    require(actor, Permission.ROUND_VIEW, organisation_id)
    mine = select(Round).where(Round.organisation_id == organisation_id)
    return session.exec(mine.order_by(col(Round.created_at).desc(), col(Round.id))).all()


def running_round(session: Session, actor: Actor, organisation_id: UUID) -> Round | None:
    """The one round that is written or open; a firm has one at a time."""
    return next((one for one in list_rounds(session, actor, organisation_id) if one.state in RUNNING), None)


def get_round(session: Session, actor: Actor, round_id: UUID) -> Round:
    """A round for its own people and officers; to everybody else it does not exist."""
    found = session.get(Round, round_id)
    if found is None or not can(actor, Permission.ROUND_VIEW, found.organisation_id):
        raise NotFound("round", round_id)
    return found


def milestones_of(session: Session, round_id: UUID) -> Sequence[RoundMilestone]:
    """In the order in which they are reached, for services and views that have asked for permission."""
    mine = select(RoundMilestone).where(RoundMilestone.round_id == round_id)
    return session.exec(mine.order_by(col(RoundMilestone.month), col(RoundMilestone.trl))).all()


def supports_of(session: Session, round_id: UUID) -> Sequence[RoundSupport]:
    mine = select(RoundSupport).where(RoundSupport.round_id == round_id)
    return session.exec(mine.order_by(col(RoundSupport.month), col(RoundSupport.id))).all()


def start(session: Session, actor: Actor, organisation_id: UUID, draft: RoundDraft) -> Round:
    """A new round, as a draft that only the firm's own people see."""
    require(actor, Permission.ROUND_EDIT, organisation_id)
    firm = session.get(Organisation, organisation_id)
    if firm is None or firm.state is not OrganisationState.ACTIVE:
        raise NotFound("organisation", organisation_id)
    if running_round(session, actor, organisation_id) is not None:
        raise InvalidInput("round_running")
    _check(draft)
    started = Round(organisation_id=organisation_id, **asdict(draft))
    session.add(started)
    session.flush()
    audit.record(session, actor, "round.start", started)
    return started


def edit(
    session: Session,
    actor: Actor,
    round_id: UUID,
    draft: RoundDraft,
    *,
    milestones: Sequence[MilestoneDraft] | None = None,
    supports: Sequence[SupportDraft] | None = None,
    expected_version: int | None,
) -> Round:
    """Set what the round says; rows that are given take the place of all rows before, None leaves them.

    Raises Stale where somebody else has changed the round since it was opened and the two differ.
    """
    changed = get_editable(session, actor, round_id)
    _check(draft)
    values = {field.name: getattr(draft, field.name) for field in fields(draft)}
    parts = [
        part
        for part in (_milestones(session, changed, milestones), _supports(session, changed, supports))
        if part is not None
    ]
    check_version(
        changed,
        {**values, **{part.name: part.after for part in parts}},
        expected_version=expected_version,
        theirs={**{name: getattr(changed, name) for name in values}, **{part.name: part.before for part in parts}},
    )
    changes = audit.apply_changes(changed, values)
    changes |= {part.name: [part.before, part.after] for part in parts if part.replace(session)}
    if changes:
        _require_whole(session, changed)
        # Its rows are a part of the round: the moved clock moves its version, by which a stale form is told.
        changed.changed_at = utc_now()
        audit.record(session, actor, "round.edit", changed, changes=changes)
        session.flush()
    return changed


def _require_whole(session: Session, changed: Round) -> None:
    """What funds see already keeps saying what it had to say to be opened."""
    session.flush()
    if changed.state is RoundState.OPEN and (missing := _missing(session, changed)):
        raise InvalidInput("round_would_be_empty", missing=list(missing))


def get_editable(session: Session, actor: Actor, round_id: UUID) -> Round:
    """A round that is still running, for who may write it."""
    found = get_round(session, actor, round_id)
    require(actor, Permission.ROUND_EDIT, found.organisation_id)
    if found.state not in RUNNING:
        raise InvalidInput("round_is_over", state=found.state)
    return found


def missing_to_open(session: Session, asked: Round, *, today: date) -> tuple[str, ...]:
    """What a round still has to say before funds may see it, as names of fields."""
    is_over = asked.closes_on is not None and asked.closes_on <= today
    return (*_missing(session, asked), *(("closes_on",) if is_over else ()))


def _missing(session: Session, asked: Round) -> tuple[str, ...]:
    said = {
        "amount": asked.amount is not None,
        "stage": asked.stage is not None,
        "use": len(asked.use_zh) >= USE_AT_LEAST or len(asked.use_en) >= USE_AT_LEAST,
        "milestones": bool(milestones_of(session, asked.id)),
        "closes_on": asked.closes_on is not None,
    }
    return tuple(name for name, is_said in said.items() if not is_said)


def open_round(session: Session, actor: Actor, round_id: UUID, *, today: date) -> Round:
    """Funds may see it from now on, each as far as the firm's grades and dossiers let it."""
    opened = get_editable(session, actor, round_id)
    if missing := missing_to_open(session, opened, today=today):
        raise InvalidInput("round_not_ready", missing=list(missing))
    if opened.state is RoundState.OPEN:
        return opened
    return _move(session, actor, opened, RoundState.OPEN, {"opened_on": today})


def close(session: Session, actor: Actor, round_id: UUID) -> Round:
    """The money is found; dossiers stay as they are."""
    return end(session, actor, round_id, RoundState.CLOSED)


def end(session: Session, actor: Actor, round_id: UUID, state: RoundState) -> Round:
    """CLOSED or WITHDRAWN; a round that was withdrawn takes its dossiers along (`dossiers.withdraw_round`)."""
    ended = get_editable(session, actor, round_id)
    if state is RoundState.CLOSED and ended.state is not RoundState.OPEN:
        raise InvalidInput("round_not_open")
    _forget_what_was_shown(session, ended)
    return _move(session, actor, ended, state, {})


def _forget_what_was_shown(session: Session, ended: Round) -> None:
    """What was shown of this round in answer to a fund's question is not shown of the next one."""
    shown = select(FieldGrant).where(
        FieldGrant.organisation_id == ended.organisation_id,
        col(FieldGrant.field).in_(ROUND_FIELDS),
        col(FieldGrant.dossier_id).is_(None),
    )
    for grant in session.exec(shown):
        session.delete(grant)
    session.flush()


def _move(session: Session, actor: Actor, moved: Round, state: RoundState, values: dict[str, object]) -> Round:
    changes = audit.apply_changes(moved, {"state": state, **values})
    audit.record(session, actor, f"round.{state}", moved, changes=changes)
    session.flush()
    return moved


@dataclass(frozen=True)
class _Rows:
    """Rows of a round that take the place of others."""

    name: str
    present: Sequence[Record]
    rows: Sequence[Record]

    @property
    def before(self) -> list[Mapping[str, object]]:
        return [_said(row) for row in self.present]

    @property
    def after(self) -> list[Mapping[str, object]]:
        return [_said(row) for row in self.rows]

    def replace(self, session: Session) -> bool:
        """Whether anything had to be replaced."""
        if self.before == self.after:
            return False
        for row in self.present:
            session.delete(row)
        session.flush()
        session.add_all(self.rows)
        return True


def _milestones(session: Session, changed: Round, drafts: Sequence[MilestoneDraft] | None) -> _Rows | None:
    if drafts is None:
        return None
    _check_milestones(drafts)
    rows = [RoundMilestone(round_id=changed.id, **asdict(one)) for one in sorted(drafts, key=lambda one: one.trl)]
    return _Rows("milestones", milestones_of(session, changed.id), rows)


def _supports(session: Session, changed: Round, drafts: Sequence[SupportDraft] | None) -> _Rows | None:
    if drafts is None:
        return None
    _check_supports(drafts)
    rows = [RoundSupport(round_id=changed.id, **asdict(one)) for one in sorted(drafts, key=lambda one: one.month)]
    return _Rows("supports", supports_of(session, changed.id), rows)


def _said(row: Record) -> Mapping[str, object]:
    return row.model_dump(exclude={"id", "created_at", "round_id"})


def _check(draft: RoundDraft) -> None:
    for name in ("amount", "valuation"):
        figure = getattr(draft, name)
        if figure is not None and figure <= 0:
            raise InvalidInput("not_positive", field=name)
    for name in ("runway_months", "market_months", "exit_months"):
        months = getattr(draft, name)
        if months is not None and not 0 <= months <= LONGEST_MONTHS:
            raise InvalidInput("months_out_of_range", field=name, most=LONGEST_MONTHS)
    if draft.trl is not None and not 1 <= draft.trl <= 9:
        raise InvalidInput("trl_out_of_range", field="trl")
    if draft.stake_most is not None and not 0 < draft.stake_most <= 1:
        raise InvalidInput("share_out_of_range", field="stake_most")
    if draft.funds_most is not None and not 1 <= draft.funds_most <= 20:
        raise InvalidInput("funds_out_of_range", field="funds_most", most=20)
    if draft.market_months is not None and draft.exit_months is not None and draft.exit_months < draft.market_months:
        raise InvalidInput("exit_before_market", field="exit_months")


def _check_milestones(drafts: Sequence[MilestoneDraft]) -> None:
    if len(drafts) > MOST_MILESTONES:
        raise InvalidInput("too_many_milestones", field="milestones", most=MOST_MILESTONES)
    ordered = sorted(drafts, key=lambda one: one.trl)
    if len({one.trl for one in ordered}) < len(ordered):
        raise InvalidInput("milestone_twice", field="milestones")
    for one in ordered:
        if not 1 <= one.trl <= 9:
            raise InvalidInput("trl_out_of_range", field="milestones")
        if not 0 <= one.month <= LONGEST_MONTHS:
            raise InvalidInput("months_out_of_range", field="milestones", most=LONGEST_MONTHS)
        if one.cost is not None and one.cost < 0:
            raise InvalidInput("not_positive", field="milestones")
    for lower, higher in pairwise(ordered):
        if higher.month < lower.month:
            raise InvalidInput("milestones_out_of_order", field="milestones", trl=higher.trl, before=lower.trl)


def _check_supports(drafts: Sequence[SupportDraft]) -> None:
    if len(drafts) > MOST_SUPPORTS:
        raise InvalidInput("too_many_supports", field="supports", most=MOST_SUPPORTS)
    for one in drafts:
        if one.amount <= 0:
            raise InvalidInput("not_positive", field="supports")
        if not 0 <= one.month <= LONGEST_MONTHS:
            raise InvalidInput("months_out_of_range", field="supports", most=LONGEST_MONTHS)
