"""What the pages of this area show beside a mandate: its terms in words, what it makes of the open rounds."""

from typing import Any
from uuid import UUID

from matchmaker.services import clearing
from matchmaker.services.actors import Permission, can
from matchmaker.services.calendar import today
from matchmaker.services.clearing import MandateClearance
from matchmaker.services.mandates import listing, previews
from matchmaker.services.mandates.reading import Terms
from models.enums import ClauseKind, MandateStatus
from models.funds import Mandate
from web import clause_sentences as clauses
from web import mandate_terms as wording
from web.access import current_actor
from web.database import session

STATUS_TONES = {
    MandateStatus.INVESTING: "good",
    MandateStatus.PAUSED: "warn",
    MandateStatus.EXITING: "teal",
    MandateStatus.DRAFT: "primary",
}


def may_edit(organisation_id: UUID) -> bool:
    return can(current_actor(), Permission.MANDATE_EDIT, organisation_id)


def card_of(frozen: clauses.FrozenTerms) -> dict[str, Any]:
    """What a page needs to show terms in words."""
    names = clauses.code_names()
    return {
        "terms": frozen,
        "names": names,
        "wording": wording,
        "facts": wording.fact_rows(frozen, names),
        "clause_lines": [
            (
                one,
                clauses.clause_text(one, frozen, names),
                clauses.limit_sentence(ClauseKind(one["kind"]), frozen, names),
            )
            for one in frozen["clauses"]
        ],
    }


def seen_by_terms(terms: Terms, organisation_id: UUID, mandate: Mandate | None = None) -> dict[str, Any]:
    whose = (mandate.revises_id or mandate.id) if mandate else None
    found = previews.preview(session(), current_actor(), organisation_id, terms, mandate_id=whose, today=today())
    return {"preview": found, "is_readable": True, "clauses": clauses}


def seen_today(funds: list[listing.FundMandates]) -> dict[UUID, MandateClearance]:
    """What each published mandate of the list makes of the open rounds today."""
    published = [
        one.mandate for fund in funds for one in fund.mandates if one.mandate.status is not MandateStatus.DRAFT
    ]
    return {one.id: clearing.for_mandate(session(), current_actor(), one.id, today=today()) for one in published}
