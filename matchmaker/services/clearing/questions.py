"""A clause that is unknown is a question to the firm, asked with one click and answered once."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput, NotFound
from matchmaker.funding.clauses import UNKNOWN
from matchmaker.funding.columns import CLAUSES
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, can, require
from matchmaker.services.changes import check_version
from matchmaker.services.clearing.firms import lines
from matchmaker.services.clearing.reading import as_fund_sees, get_mandate
from matchmaker.services.visibility import open_fields
from models.base import utc_now
from models.enums import ClauseKind, MandateStatus, QuestionState
from models.funds import Mandate
from models.rounds import FactQuestion, FieldGrant

LONGEST_ANSWER = 500
DAYS_SHOWN = 180  # what is shown to a fund that asks; nothing is shown for good
PURPOSE = "question"
# Fields of a profile that a clause reads: what a firm may show to the fund that asks.
FIELDS_OF: Mapping[ClauseKind, tuple[str, ...]] = {
    ClauseKind.FIELD: ("nodes",),
    ClauseKind.EXCLUSION: ("industry_code", "nodes"),
    ClauseKind.DISTRICT: ("district_code",),
    ClauseKind.STAGE: ("rounds",),
    ClauseKind.FIRM_AGE: ("founded_on",),
    ClauseKind.STAFF: ("staff",),
    ClauseKind.RD_RATIO: ("rd_ratio",),
    ClauseKind.CERTIFICATION: ("certifications",),
    ClauseKind.READINESS: ("rounds",),
    ClauseKind.VALUATION: ("round_figures",),
    ClauseKind.TICKET: ("rounds",),
    ClauseKind.STAKE: ("rounds", "round_figures"),
    ClauseKind.LIFE: ("round_figures",),
    ClauseKind.MAIN_FIELD_SHARE: ("nodes",),
    ClauseKind.REINVESTMENT: ("district_code",),
}


def ask(
    session: Session, actor: Actor, mandate_id: UUID, organisation_id: UUID, kind: ClauseKind, *, today: date
) -> FactQuestion:
    """Ask a firm for the fact that a clause needs. Asked again it is the same question; what the firm has declined to
    say stays declined, and an answer after which the fact is still unknown opens the question again."""
    mandate = get_mandate(session, actor, mandate_id)
    require(actor, Permission.DEAL_EDIT, mandate.organisation_id)
    if mandate.status is MandateStatus.DRAFT:
        raise InvalidInput("mandate_not_published", mandate=mandate.id)
    pair = lines(session, actor, mandate_id, organisation_id, today=today)
    if not any(line.kind is kind and line.is_askable for line in pair.lines):
        raise InvalidInput("nothing_to_ask", field="kind", kind=kind)

    found = _find(session, mandate_id, organisation_id, kind)
    if found is not None and found.state is not QuestionState.ANSWERED:
        return found
    question = found or FactQuestion(mandate_id=mandate_id, organisation_id=organisation_id, kind=kind)
    question.state, question.answered_at = QuestionState.ASKED, None
    session.add(question)
    session.flush()
    audit.record(session, actor, "question.ask", question, changes={"clause": kind, "mandate": mandate_id})
    return question


def answer(
    session: Session, actor: Actor, question_id: UUID, text: str, *, expected_version: int | None = None
) -> FactQuestion:
    """Say it in words; the clause stays unknown until the fact itself is on record and may be seen."""
    if not text.strip():
        raise InvalidInput("answer_missing", field="answer")
    return _close(session, actor, question_id, QuestionState.ANSWERED, text, expected_version)


def answer_by_showing(
    session: Session,
    actor: Actor,
    question_id: UUID,
    *,
    today: date,
    expected_version: int | None = None,
) -> FactQuestion:
    """Let the fund that asks see, for a time, those fields that its clause reads and that are kept back.

    Where nothing is kept back there is nothing to show: the fact is to be stated in the profile or the round.
    """
    question = get_question(session, actor, question_id)
    require(actor, Permission.DOSSIER_SEND, question.organisation_id)
    fund_id = session.get_one(Mandate, question.mandate_id).organisation_id
    fields = FIELDS_OF.get(question.kind, ())
    kept_back = set(fields) - open_fields(session, [question.organisation_id], fields)[question.organisation_id]
    if not kept_back:
        raise InvalidInput("nothing_to_show", field="fields", kind=question.kind)
    for field in sorted(kept_back):
        _show(session, question.organisation_id, field, fund_id, today + timedelta(days=DAYS_SHOWN))
    return _close(session, actor, question_id, QuestionState.ANSWERED, question.answer, expected_version)


def decline_question(
    session: Session, actor: Actor, question_id: UUID, text: str = "", *, expected_version: int | None = None
) -> FactQuestion:
    """Not to say it; the clause stays unknown."""
    return _close(session, actor, question_id, QuestionState.DECLINED, text, expected_version)


def get_question(session: Session, actor: Actor, question_id: UUID) -> FactQuestion:
    """A question for the people of the firm that is asked."""
    found = session.get(FactQuestion, question_id)
    if found is None or not can(actor, Permission.ROUND_VIEW, found.organisation_id):
        raise NotFound("question", question_id)
    return found


def list_questions(session: Session, actor: Actor, organisation_id: UUID) -> Sequence[tuple[FactQuestion, Mandate]]:
    """What funds ask a firm, the open ones first, for its own people and officers."""
    require(actor, Permission.ROUND_VIEW, organisation_id)
    wanted = (
        select(FactQuestion, Mandate)
        .join(Mandate, col(FactQuestion.mandate_id) == Mandate.id)
        .where(FactQuestion.organisation_id == organisation_id)
    )
    is_answered = sa.case((col(FactQuestion.state) == QuestionState.ASKED, 0), else_=1)
    return session.exec(wanted.order_by(is_answered, col(FactQuestion.changed_at).desc(), col(FactQuestion.id))).all()


def settled(session: Session, actor: Actor, organisation_id: UUID, *, today: date) -> frozenset[UUID]:
    """The questions to a firm that need no answer any more: the fund can judge the clause by what it sees now."""
    found = set()
    for question, mandate in list_questions(session, actor, organisation_id):
        reading = as_fund_sees(session, mandate, today=today, organisation_id=organisation_id)
        if len(reading.firms) and reading.clearance.outcomes[CLAUSES.index(question.kind), 0, -1] != UNKNOWN:
            found.add(question.id)
    return frozenset(found)


def questions_of(
    session: Session, actor: Actor, mandate_id: UUID, organisation_id: UUID
) -> dict[ClauseKind, FactQuestion]:
    """What the fund has asked this firm, by clause."""
    get_mandate(session, actor, mandate_id)
    wanted = select(FactQuestion).where(
        FactQuestion.mandate_id == mandate_id, FactQuestion.organisation_id == organisation_id
    )
    return {one.kind: one for one in session.exec(wanted)}


def _find(session: Session, mandate_id: UUID, organisation_id: UUID, kind: ClauseKind) -> FactQuestion | None:
    wanted = select(FactQuestion).where(
        FactQuestion.mandate_id == mandate_id,
        FactQuestion.organisation_id == organisation_id,
        FactQuestion.kind == kind,
    )
    return session.exec(wanted).first()


def _close(
    session: Session, actor: Actor, question_id: UUID, state: QuestionState, text: str, expected_version: int | None
) -> FactQuestion:
    question = get_question(session, actor, question_id)
    require(actor, Permission.DOSSIER_SEND, question.organisation_id)
    said = text.strip()
    if len(said) > LONGEST_ANSWER:
        raise InvalidInput("answer_too_long", field="answer", most=LONGEST_ANSWER)
    values = {"state": state, "answer": said}
    check_version(question, values, expected_version=expected_version)
    changes = audit.apply_changes(question, values)
    if changes:
        question.answered_at = utc_now()
        audit.record(session, actor, f"question.{state}", question, changes=changes)
        session.flush()
    return question


def _show(session: Session, organisation_id: UUID, field: str, fund_id: UUID, expires_on: date) -> None:
    """A grant that is there reaches as far as the further of the two; those of dossiers stand beside it."""
    wanted = select(FieldGrant).where(
        FieldGrant.organisation_id == organisation_id,
        FieldGrant.field == field,
        FieldGrant.grantee_id == fund_id,
        col(FieldGrant.dossier_id).is_(None),
    )
    grant = session.exec(wanted).first() or FieldGrant(
        organisation_id=organisation_id, field=field, grantee_id=fund_id, purpose=PURPOSE, expires_on=expires_on
    )
    if grant.expires_on is not None and expires_on > grant.expires_on:
        grant.expires_on = expires_on
    session.add(grant)
    session.flush()
