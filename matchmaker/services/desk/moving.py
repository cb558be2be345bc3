"""Moving deals from stage to stage: what a stage asks for, and entering it against its rules with a reason."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from matchmaker.errors import InvalidInput, Stale
from matchmaker.services.actors import Actor
from matchmaker.services.desk import deals, history, rights, stages
from matchmaker.services.desk.verdicts import Held, held_against
from models.desk import Deal, DealStage
from models.enums import ClearanceVerdict, DeclineReason, InteractionKind, StageKind, StageRule

LONGEST_REASON = 1000


@dataclass(frozen=True, kw_only=True)
class Move:
    """`from_stage_id`: where the person saw the card; `note` is written down with the move."""

    stage_id: UUID
    from_stage_id: UUID | None = None
    note: str = ""
    override: str = ""
    reason: DeclineReason | None = None


@dataclass(frozen=True)
class Ask:
    """A rule of a stage, and whether the deal keeps it now."""

    rule: StageRule
    is_kept: bool


@dataclass(frozen=True)
class Moved:
    """What became of one deal of several: `refusal` is None where it moved."""

    deal: Deal
    refusal: InvalidInput | Stale | None = None


def what_it_asks(session: Session, actor: Actor, deal: Deal, stage: DealStage, *, note: str = "") -> list[Ask]:
    """Every rule of `stage`, held against the deal; for whom may see the deal."""
    return [Ask(rule, _is_kept(session, actor, deal, rule, note)) for rule in stages.rules_of(stage)]


def next_stage(session: Session, actor: Actor, deal: Deal) -> DealStage | None:
    """The one after the deal's own on the way; none where the way ends."""
    deal_list = rights.get_list(session, actor, deal.list_id)
    listed = list(stages.list_stages(session, deal_list))
    place = [one.id for one in listed].index(deal.stage_id)
    after = listed[place + 1 : place + 2]
    return after[0] if after and after[0].kind is not StageKind.DROPPED else None


def move_deal(session: Session, actor: Actor, deal_id: UUID, move: Move) -> Deal:
    """To a stage whose rules the deal keeps, or against them with a reason that stays with it."""
    deal = rights.get_editable_deal(session, actor, deal_id)
    deal_list = rights.get_list(session, actor, deal.list_id)
    stage = stages.get_stage(session, deal_list, move.stage_id)
    _check_place(session, deal, stage, move)
    if stage.id == deal.stage_id:
        return deal
    if len(move.override) > LONGEST_REASON:
        raise InvalidInput("too_long", field="override", most=LONGEST_REASON)
    if stage.kind is StageKind.DROPPED and move.reason is None:
        raise InvalidInput("drop_reason_missing", field="reason")
    lacking = [one.rule for one in what_it_asks(session, actor, deal, stage, note=move.note) if not one.is_kept]
    if lacking and not move.override.strip():
        raise InvalidInput("stage_asks", field="override", rules=lacking)

    if move.note.strip():
        deals.add_note(session, actor, deal.id, move.note)
    _enter(session, actor, deal, stage, move, lacking)
    return deal


def move_deals(
    session: Session, actor: Actor, deal_ids: Sequence[UUID], stage_id: UUID, *, seen: Mapping[UUID, UUID]
) -> list[Moved]:
    """Several at once, each on its own: those that a rule holds back stay, and it is said why."""
    return [
        _try(session, actor, deal_id, Move(stage_id=stage_id, from_stage_id=seen.get(deal_id))) for deal_id in deal_ids
    ]


def _try(session: Session, actor: Actor, deal_id: UUID, move: Move) -> Moved:
    try:
        return Moved(move_deal(session, actor, deal_id, move))
    except (InvalidInput, Stale) as refusal:
        return Moved(rights.get_deal(session, actor, deal_id), refusal)


def _check_place(session: Session, deal: Deal, stage: DealStage, move: Move) -> None:
    """Stale when somebody else moved the card to another place than the one meant."""
    if move.from_stage_id in (None, deal.stage_id) or deal.stage_id == stage.id:
        return
    raise Stale("deals", {"stage_id": (session.get_one(DealStage, deal.stage_id), stage)})


def _enter(
    session: Session, actor: Actor, deal: Deal, stage: DealStage, move: Move, lacking: Sequence[StageRule]
) -> None:
    before = session.get_one(DealStage, deal.stage_id)
    is_dropped = stage.kind is StageKind.DROPPED
    deal.stage_id = stage.id
    deal.override = move.override.strip() if lacking else ""
    deal.reason = move.reason if is_dropped else None
    changes: dict[str, object] = {
        "stage_id": [before.id, stage.id],
        # Names as they are now: stages are renamed and removed, and the way stays readable.
        "stage_names": [[one.name_zh, one.name_en] for one in (before, stage)],
    }
    if deal.override:
        changes |= {"override": deal.override, "rules": list(lacking)}
    if deal.reason:
        changes["reason"] = deal.reason
    history.record_move(session, actor, deal, changes)
    session.flush()
    if is_dropped:
        deals.tell_training(session, actor, deal, InteractionKind.NOT_USEFUL)


def _is_kept(session: Session, actor: Actor, deal: Deal, rule: StageRule, note: str) -> bool:
    if rule is StageRule.NOTE and note.strip():
        return True
    return RULES[rule](session, actor, deal)


def _holds(session: Session, actor: Actor, deal: Deal) -> Sequence[Held]:
    return held_against(session, actor, deal)


def _no_fail(session: Session, actor: Actor, deal: Deal) -> bool:
    return any(one.pair.verdict is not ClearanceVerdict.STOPPED for one in _holds(session, actor, deal))


def _no_unknown(session: Session, actor: Actor, deal: Deal) -> bool:
    return any(not one.unknown for one in _holds(session, actor, deal))


RULES: Mapping[StageRule, Callable[[Session, Actor, Deal], bool]] = {
    StageRule.OWNER: lambda _session, _actor, deal: deal.owner_id is not None,
    StageRule.DUE_DATE: lambda _session, _actor, deal: deal.due_on is not None,
    StageRule.NOTE: lambda session, _actor, deal: history.has_note(session, deal),
    StageRule.NO_FAIL: _no_fail,
    StageRule.NO_UNKNOWN: _no_unknown,
    StageRule.MEMO: lambda session, _actor, deal: history.has_memo(session, deal),
}
