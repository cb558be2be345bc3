"""What a profile or a posting leaves open: how it is called, and where it is filled in."""

from collections.abc import Mapping
from uuid import UUID

from flask import url_for
from flask_babel import lazy_gettext as _l

from matchmaker.services.completeness import OF_MANDATES, Gap
from web.access import current_actor

FIELD_LABELS: Mapping[str, object] = {
    "name": _l("Name"),
    "uscc": _l("Unified social credit code"),
    "district_code": _l("District"),
    "ownership": _l("Ownership"),
    "founded_on": _l("Founded on"),
    "industry_code": _l("Industry (GB/T 4754)"),
    "nodes": _l("Places in the industrial chain"),
    "summary": _l("What you do"),
    "offer_capabilities": _l("Capabilities in a published offer"),
    "offer": _l("A published offer"),
    "offer_trl": _l("Readiness level in a published offer"),
    "staff": _l("Staff"),
    "rd_staff_share": _l("Share of R&D staff"),
    "capacity": _l("Co-operations you can carry at once"),
    "revenue_band": _l("Revenue last year"),
    "rd_ratio": _l("R&D spending as a share of sales"),
    "certifications": _l("Certifications"),
    "patents": _l("Patents"),
    "website": _l("Website"),
    "contact": _l("A way to contact you"),
    "contact_name": _l("Contact person"),
    "contact_email": _l("E-mail"),
    "contact_phone": _l("Telephone"),
    "projects": _l("Past projects"),
    "rounds": _l("Financing rounds"),
    "round_figures": _l("Figures of a round: valuation, costs, limits"),
    "title": _l("Title"),
    "description": _l("Description"),
    "capabilities": _l("Capabilities"),
    "trl": _l("Readiness levels"),
    "type": _l("Kind of co-operation"),
    "budget": _l("Budget"),
    "partner_districts": _l("Districts of the partner"),
    "partner_role": _l("What the partner is to do"),
    "mandate": _l("A published mandate"),
    "capital_type": _l("Type of capital"),
    "fund_life": _l("Start of the fund, investment and exit period"),
    "remaining": _l("Left to invest"),
    "stages": _l("Financing stages"),
    "investment_fields": _l("Fields of investment"),
    "ticket": _l("Smallest and largest ticket"),
    "risk_tolerance": _l("Risk tolerance"),
    "decision_weeks": _l("Weeks to a decision"),
    "thesis": _l("Thesis"),
}
HELD_AGAINST = _l("Published in a mandate: every firm that seeks money sees it and is held against it.")
# Of terms that no clause asks for.
EFFECTS_IN_MANDATES: Mapping[str, object] = {
    "capital_type": _l("Published in a mandate: capital stacks share money out among the types of capital by it."),
    "risk_tolerance": _l("Published in a mandate: where it is high, a long way to market costs a firm nothing."),
    "decision_weeks": _l("Published in a mandate for firms to read; nothing is judged by it."),
    "thesis": _l("Published in a mandate for firms to read; nothing is judged by it."),
}
STEP_OF_FIELD: Mapping[str, str] = {
    "nodes": "activity",
    "summary": "activity",
    "staff": "figures",
    "capacity": "figures",
    "revenue_band": "figures",
    "rd_ratio": "figures",
    "certifications": "parts",
    "patents": "parts",
    "contact": "contact",
}


def field_label(field: str) -> str:
    return str(FIELD_LABELS.get(field, field))


def gap_label(gap: Gap) -> str:
    return field_label(gap.field)


def mandate_effect(gap: Gap) -> str:
    """What comes of a term that a fund publishes; empty for a gap of its record."""
    if gap.field not in OF_MANDATES:
        return ""
    return str(EFFECTS_IN_MANDATES.get(gap.field, HELD_AGAINST))


def gap_url(gap: Gap, organisation_id: UUID) -> str | None:
    """Where the organisation fills the gap: in its own record, or in the mandates of a fund.

    The page of mandates lists those of one's own funds: None for an officer who fills in the record of another's.
    """
    if gap.field in OF_MANDATES:
        return url_for("funds.list_mandates") if organisation_id in current_actor().memberships else None
    if gap.field.startswith("offer"):
        return url_for("organisations.list_offers", organisation_id=organisation_id)
    step = STEP_OF_FIELD.get(gap.field, "identity")
    return url_for(f"organisations.show_{step}", organisation_id=organisation_id)
