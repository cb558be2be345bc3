"""What a run or a report can be about, as people choose it on a form."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput
from matchmaker.services.scope import REGION, Scope, find_scope
from models.challenges import Challenge
from models.enums import ChallengeStage, OrganisationState, ScopeKind
from models.organisations import Organisation
from models.taxonomy import Chain

MOST_LISTED = 500
MOST_CALLS = 200


def list_chains(session: Session) -> Sequence[Chain]:
    return session.exec(select(Chain).order_by(col(Chain.position_in_list), col(Chain.code))).all()


def list_calls(session: Session) -> Sequence[Challenge]:
    """Challenges and scenes that are or were published, the latest first."""
    seen = select(Challenge).where(col(Challenge.stage).not_in((ChallengeStage.COLLECTED, ChallengeStage.SCREENED)))
    return session.exec(seen.order_by(col(Challenge.created_at).desc(), col(Challenge.id)).limit(MOST_CALLS)).all()


def choose_scope(session: Session, chosen: str, names: str) -> Scope:
    """`chosen` is `kind` or `kind:code`; organisations are named in `names`, one a line.

    Raises InvalidInput with the field `scope` or `organisations`.
    """
    name, _colon, code = chosen.partition(":")
    if name not in set(ScopeKind):
        raise InvalidInput("scope_unknown", field="scope", kind=name, value=code)
    kind = ScopeKind(name)
    if kind is ScopeKind.REGION:
        return REGION
    if kind is ScopeKind.ORGANISATION and not code:
        found = find_organisations(session, names)
        if len(found) != 1:
            raise InvalidInput("one_organisation_needed", field="organisations", found=len(found))
        return find_scope(session, kind, str(found[0]))
    if kind is ScopeKind.LIST:
        return find_scope(session, kind, organisation_ids=find_organisations(session, names))
    return find_scope(session, kind, code)


def find_organisations(session: Session, names: str) -> tuple[UUID, ...]:
    """Active organisations by their full name, short name or credit code, in the order of the lines."""
    lines = list(dict.fromkeys(line.strip() for line in names.splitlines() if line.strip()))
    if not lines:
        raise InvalidInput("choose_some", field="organisations")
    if len(lines) > MOST_LISTED:
        raise InvalidInput("too_many_organisations", field="organisations", most=MOST_LISTED)
    found = [_find(session, line) for line in lines]
    missing = [line for line, key in zip(lines, found, strict=True) if key is None]
    if missing:
        raise InvalidInput("organisations_not_found", field="organisations", names=missing[:5])
    return tuple(key for key in found if key is not None)


def _find(session: Session, name: str) -> UUID | None:
    """None where nobody, or more than one, is called so."""
    fields = (Organisation.name_zh, Organisation.name_en, Organisation.short_name, Organisation.uscc)
    is_it = sa.or_(*(col(field) == name for field in fields))
    found = session.exec(
        select(Organisation.id).where(is_it, Organisation.state == OrganisationState.ACTIVE).limit(2)
    ).all()
    return found[0] if len(found) == 1 else None
