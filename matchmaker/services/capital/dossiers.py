"""What a firm hands to a fund for one mandate: the round, and which kept-back fields that fund may see.

Until it is handed in the fund knows nothing of it. The fields are granted to the fund while a dossier is with it, and
no longer: a dossier that is withdrawn or declined takes its grants back.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput, NotFound
from matchmaker.services import audit, calendar, visibility
from matchmaker.services.actors import Actor, Permission, can, require
from matchmaker.services.capital import rounds
from matchmaker.services.changes import change
from matchmaker.services.mandates import seeing
from models.base import utc_now
from models.enums import ClauseKind, DeclineReason, DossierState, Grade, MandateStatus, RoundState
from models.funds import Mandate
from models.organisations import Organisation
from models.rounds import Dossier, FieldGrant, Round

DAYS_VALID = 180
LONGEST_DAYS = 730
WITH_THE_FUND = (DossierState.SUBMITTED, DossierState.TAKEN_UP)
PURPOSE = "dossier"
ROUND = "rounds"  # the field of a profile that shows the round itself


@dataclass(frozen=True, kw_only=True)
class DossierDraft:
    """`fields` are kept-back fields of the profile that this fund may see until `expires_on`."""

    fields: tuple[str, ...] = ()
    message: str = ""
    expires_on: date | None = None


@dataclass(frozen=True)
class Digest:
    """Why funds declined, for the firm: how often by reason and by clause, and what they wrote to it."""

    declined: int
    by_reason: Mapping[DeclineReason, int]
    by_clause: Mapping[ClauseKind, int]
    answers: Sequence[Dossier] = field(default_factory=tuple)


def grantable(session: Session, organisation_id: UUID) -> dict[str, Grade]:
    """The fields that are kept back from others, and so can be granted to a fund, with their grade."""
    grades = visibility.grades_of(session, organisation_id)
    return {name: grade for name, grade in grades.items() if grade is not Grade.OPEN}


def list_for_firm(session: Session, actor: Actor, organisation_id: UUID) -> Sequence[Dossier]:
    require(actor, Permission.ROUND_VIEW, organisation_id)
    mine = select(Dossier).where(Dossier.organisation_id == organisation_id)
    return session.exec(mine.order_by(col(Dossier.changed_at).desc(), col(Dossier.id))).all()


def list_for_fund(session: Session, actor: Actor, fund_id: UUID) -> Sequence[tuple[Dossier, Organisation, Mandate]]:
    """What firms have handed in to this fund, the latest first; drafts and what was withdrawn are not among it."""
    require(actor, Permission.DEAL_VIEW, fund_id)
    wanted = (
        select(Dossier, Organisation, Mandate)
        .join(Organisation, col(Dossier.organisation_id) == col(Organisation.id))
        .join(Mandate, col(Dossier.mandate_id) == col(Mandate.id))
        .where(Dossier.fund_id == fund_id, col(Dossier.state).in_([*WITH_THE_FUND, DossierState.DECLINED]))
    )
    return session.exec(wanted.order_by(col(Dossier.submitted_at).desc(), col(Dossier.id))).all()


def get(session: Session, actor: Actor, dossier_id: UUID) -> Dossier:
    """For the firm always; for the fund once it was handed in, and as long as it was not withdrawn."""
    found = session.get(Dossier, dossier_id)
    if found is not None:
        if can(actor, Permission.ROUND_VIEW, found.organisation_id):
            return found
        is_with_them = found.state in (*WITH_THE_FUND, DossierState.DECLINED)
        if is_with_them and can(actor, Permission.DEAL_VIEW, found.fund_id):
            return found
    raise NotFound("dossier", dossier_id)


def find(session: Session, actor: Actor, round_id: UUID, mandate_id: UUID) -> Dossier | None:
    """The firm's dossier for this mandate, if it has begun one."""
    asked = rounds.get_round(session, actor, round_id)
    mine = select(Dossier).where(Dossier.round_id == asked.id, Dossier.mandate_id == mandate_id)
    return session.exec(mine).first()


def prepare(session: Session, actor: Actor, round_id: UUID, mandate_id: UUID, draft: DossierDraft) -> Dossier:
    """Begin a dossier; nobody but the firm knows of it."""
    asked = rounds.get_round(session, actor, round_id)
    require(actor, Permission.DOSSIER_SEND, asked.organisation_id)
    mandate = seeing.get_published(session, actor, mandate_id)
    if find(session, actor, round_id, mandate_id) is not None:
        raise InvalidInput("dossier_begun")
    _check(session, asked.organisation_id, draft)
    begun = Dossier(
        round_id=asked.id,
        organisation_id=asked.organisation_id,
        mandate_id=mandate.id,
        fund_id=mandate.organisation_id,
        fields=list(draft.fields),
        message=draft.message,
        expires_on=draft.expires_on,
    )
    session.add(begun)
    session.flush()
    audit.record(session, actor, "dossier.prepare", begun)
    return begun


def edit(
    session: Session, actor: Actor, dossier_id: UUID, draft: DossierDraft, *, expected_version: int | None
) -> Dossier:
    """What a fund has in its hands can be changed too: fields are granted or taken back at once, and always end.

    One that was declined becomes a draft again, of which the fund knows nothing until it is handed in anew.
    """
    edited = _own(session, actor, dossier_id)
    _check(session, edited.organisation_id, draft)
    values: dict[str, object] = {"fields": list(draft.fields), "message": draft.message, "expires_on": draft.expires_on}
    if edited.state in WITH_THE_FUND:
        values["expires_on"] = _last_day(draft.expires_on or edited.expires_on, today=calendar.today())
    if edited.state is DossierState.DECLINED:
        values["state"] = DossierState.DRAFT
    change(session, actor, "dossier.edit", edited, values, expected_version=expected_version)
    _sync_grants(session, edited)
    return edited


def submit(session: Session, actor: Actor, dossier_id: UUID, *, today: date) -> Dossier:
    """Hand it in: from now on the fund sees the round and the granted fields."""
    handed_in = _own(session, actor, dossier_id)
    if handed_in.state in WITH_THE_FUND:
        return handed_in
    asked = session.get_one(Round, handed_in.round_id)
    if asked.state is not RoundState.OPEN or (asked.closes_on is not None and asked.closes_on < today):
        raise InvalidInput("round_not_open")
    mandate = seeing.get_published(session, actor, handed_in.mandate_id)
    if mandate.status is not MandateStatus.INVESTING:
        raise InvalidInput("mandate_not_investing")
    expires_on = _last_day(handed_in.expires_on, today=today)
    fresh = {"answered_at": None, "reason": None, "clause": None, "answer": ""}
    told = {**fresh, "submitted_at": utc_now(), "expires_on": expires_on, "fields": _with_the_round(session, handed_in)}
    _move(session, actor, handed_in, DossierState.SUBMITTED, told)
    return handed_in


def withdraw(session: Session, actor: Actor, dossier_id: UUID) -> Dossier:
    """The fund sees it no more, nor the fields that were granted with it."""
    withdrawn = _own(session, actor, dossier_id)
    if withdrawn.state is DossierState.WITHDRAWN:
        return withdrawn
    _move(session, actor, withdrawn, DossierState.WITHDRAWN, {})
    return withdrawn


def withdraw_round(session: Session, actor: Actor, round_id: UUID) -> Round:
    """The firm seeks no money any more: every dossier that is with a fund goes back with the round."""
    ended = rounds.end(session, actor, round_id, RoundState.WITHDRAWN)
    mine = select(Dossier).where(Dossier.round_id == round_id, col(Dossier.state).in_(WITH_THE_FUND))
    for one in session.exec(mine).all():
        _move(session, actor, one, DossierState.WITHDRAWN, {})
    return ended


def take_up(session: Session, actor: Actor, dossier_id: UUID, answer: str = "") -> Dossier:
    """The fund looks into it, and says so."""
    taken = _received(session, actor, dossier_id)
    if taken.state is not DossierState.SUBMITTED:
        raise InvalidInput("dossier_answered")
    _move(session, actor, taken, DossierState.TAKEN_UP, {"answered_at": utc_now(), "answer": answer})
    return taken


def decline(
    session: Session,
    actor: Actor,
    dossier_id: UUID,
    reason: DeclineReason,
    *,
    clause: ClauseKind | None = None,
    answer: str = "",
) -> Dossier:
    """The fund says no, and why: the reason, and the clause that stood in the way where one did."""
    declined = _received(session, actor, dossier_id)
    if declined.state not in WITH_THE_FUND:
        raise InvalidInput("dossier_answered")
    if reason is DeclineReason.OTHER and not answer.strip():
        raise InvalidInput("reason_needs_words", field="answer")
    told = {"answered_at": utc_now(), "reason": reason, "clause": clause, "answer": answer}
    _move(session, actor, declined, DossierState.DECLINED, told)
    return declined


def digest(session: Session, actor: Actor, organisation_id: UUID) -> Digest:
    """Why funds said no to this firm, so that it knows what to mend first."""
    # The reason stays with a dossier until it is handed in anew.
    declined = [one for one in list_for_firm(session, actor, organisation_id) if one.reason is not None]
    return Digest(
        declined=len(declined),
        by_reason=dict(Counter(one.reason for one in declined if one.reason).most_common()),
        by_clause=dict(Counter(one.clause for one in declined if one.clause).most_common()),
        answers=tuple(declined),
    )


def _own(session: Session, actor: Actor, dossier_id: UUID) -> Dossier:
    found = get(session, actor, dossier_id)
    require(actor, Permission.DOSSIER_SEND, found.organisation_id)
    return found


def _received(session: Session, actor: Actor, dossier_id: UUID) -> Dossier:
    found = get(session, actor, dossier_id)
    require(actor, Permission.DOSSIER_ANSWER, found.fund_id)
    return found


def _check(session: Session, organisation_id: UUID, draft: DossierDraft) -> None:
    allowed = grantable(session, organisation_id)
    if unknown := [name for name in draft.fields if name not in allowed]:
        raise InvalidInput("field_not_grantable", field="fields", fields=unknown)


def _with_the_round(session: Session, handed_in: Dossier) -> list[str]:
    """A dossier is about a round, so it shows that round also where the profile keeps rounds back."""
    is_kept_back = ROUND in grantable(session, handed_in.organisation_id) and ROUND not in handed_in.fields
    return [*handed_in.fields, ROUND] if is_kept_back else list(handed_in.fields)


def _last_day(expires_on: date | None, *, today: date) -> date:
    """Until when the fund may see it: the day that the firm names, or the usual time; never for good."""
    last = expires_on or today + timedelta(days=DAYS_VALID)
    if not today < last <= today + timedelta(days=LONGEST_DAYS):
        raise InvalidInput("expiry_out_of_range", field="expires_on", days=LONGEST_DAYS)
    return last


def _move(session: Session, actor: Actor, moved: Dossier, state: DossierState, values: Mapping[str, object]) -> None:
    changes = audit.apply_changes(moved, {"state": state, **values})
    audit.record(session, actor, f"dossier.{state}", moved, changes=changes)
    session.flush()
    _sync_grants(session, moved)


def _sync_grants(session: Session, changed: Dossier) -> None:
    """Grant this fund just what the dossiers that are with it name, each field until the last of them expires."""
    theirs = select(Dossier).where(
        Dossier.organisation_id == changed.organisation_id,
        Dossier.fund_id == changed.fund_id,
        col(Dossier.state).in_(WITH_THE_FUND),
    )
    wanted: dict[str, Dossier] = {}
    for one in session.exec(theirs):
        for name in one.fields:
            held = wanted.get(name)
            if held is None or (one.expires_on or date.max) > (held.expires_on or date.max):
                wanted[name] = one
    granted = select(FieldGrant).where(
        FieldGrant.organisation_id == changed.organisation_id,
        FieldGrant.grantee_id == changed.fund_id,
        col(FieldGrant.dossier_id).is_not(None),
    )
    for grant in session.exec(granted):
        session.delete(grant)
    session.flush()
    for name, one in wanted.items():
        session.add(
            FieldGrant(
                organisation_id=changed.organisation_id,
                field=name,
                grantee_id=changed.fund_id,
                purpose=PURPOSE,
                dossier_id=one.id,
                expires_on=one.expires_on,
            )
        )
    session.flush()
