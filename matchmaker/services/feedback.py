"""What an organisation made of a candidate that was recommended for one of its needs."""

from collections.abc import Iterable
from uuid import UUID

from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput, NotFound
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, can, require
from models.base import utc_now
from models.enums import DeclineReason, InteractionKind, OrganisationState
from models.matching import Interaction, RankingRun
from models.offers import Need
from models.organisations import Organisation

KINDS = (InteractionKind.USEFUL, InteractionKind.NOT_USEFUL)
LONGEST_NOTE = 1000


def give(
    session: Session,
    actor: Actor,
    need_id: UUID,
    candidate_id: UUID,
    kind: InteractionKind,
    *,
    reason: DeclineReason | None = None,
    note: str = "",
    run_id: UUID | None = None,
) -> Interaction:
    """Say whether `candidate_id` is useful for the need; it replaces what the organisation said of them before.

    `run_id` is the list on which they were shown; it adds the position and the offer they stood there with.
    """
    need = get_need(session, actor, need_id)
    require(actor, Permission.FEEDBACK_GIVE, need.organisation_id)
    candidate = get_candidate(session, need, candidate_id)
    _check(kind, reason, note)
    values = {
        "kind": kind,
        "reason": reason if kind is InteractionKind.NOT_USEFUL else None,
        "note": note,
        "user_id": actor.user_id,
        **where_shown(session, need, candidate, run_id),
    }

    given = find(session, actor, need_id, candidate_id)
    if given is None:
        given = Interaction(organisation_id=need.organisation_id, need_id=need.id, candidate_id=candidate.id, kind=kind)
    elif (given.kind, given.reason) != (values["kind"], values["reason"]):
        # Training asks what was known on a day: another judgement was not known before today.
        given.created_at = utc_now()
    changes = audit.apply_changes(given, values)
    session.add(given)
    session.flush()
    audit.record(session, actor, "feedback.give", given, changes={"candidate_id": candidate.id, **changes})
    return given


def find(session: Session, actor: Actor, need_id: UUID, candidate_id: UUID) -> Interaction | None:
    return by_candidate(session, actor, need_id, [candidate_id]).get(candidate_id)


def by_candidate(
    session: Session, actor: Actor, need_id: UUID, candidate_ids: Iterable[UUID]
) -> dict[UUID, Interaction]:
    """What the need's organisation said of these candidates."""
    need = get_need(session, actor, need_id)
    given = select(Interaction).where(
        Interaction.need_id == need.id,
        Interaction.organisation_id == need.organisation_id,
        col(Interaction.candidate_id).in_(list(candidate_ids)),
        col(Interaction.kind).in_(KINDS),
    )
    return {one.candidate_id: one for one in session.exec(given.order_by(col(Interaction.created_at)))}


def get_need(session: Session, actor: Actor, need_id: UUID) -> Need:
    """The need, where the actor may see what is recommended for it."""
    need = session.get(Need, need_id)
    if need is None or not can(actor, Permission.RECOMMENDATION_VIEW, need.organisation_id):
        raise NotFound("need", need_id)
    return need


def get_candidate(session: Session, need: Need, candidate_id: UUID) -> Organisation:
    """An active organisation other than the one that asks."""
    candidate = session.get(Organisation, candidate_id)
    is_one = candidate is not None and candidate.state is OrganisationState.ACTIVE
    if candidate is None or not is_one or candidate.id == need.organisation_id:
        raise NotFound("organisation", candidate_id)
    return candidate


def _check(kind: InteractionKind, reason: DeclineReason | None, note: str) -> None:
    if kind not in KINDS:
        raise InvalidInput("feedback_kind", field="kind", allowed=KINDS)
    if kind is InteractionKind.NOT_USEFUL and reason is None:
        raise InvalidInput("feedback_reason_missing", field="reason")
    if reason is DeclineReason.OTHER and kind is InteractionKind.NOT_USEFUL and not note.strip():
        raise InvalidInput("feedback_note_missing", field="note")
    if len(note) > LONGEST_NOTE:
        raise InvalidInput("feedback_note_too_long", field="note", most=LONGEST_NOTE)


def where_shown(
    session: Session, need: Need, candidate: Organisation, run_id: UUID | None
) -> dict[str, UUID | int | None]:
    """Position and offer as the run has them; nothing where it was not kept, or does not hold the candidate."""
    run = session.get(RankingRun, run_id) if run_id else None
    if run is None or run.need_id != need.id:
        return {}
    for line in run.shown:
        if line["organisation_id"] == str(candidate.id):
            offer_id = UUID(line["offer_id"]) if line["offer_id"] and not line["is_facility"] else None
            return {"run_id": run.id, "position": line["position"], "offer_id": offer_id}
    return {}
