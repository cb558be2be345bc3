"""How complete a profile, an offer or a need is, which field to fill next, and what filling it would change.

What a field changes is no promise about scores. It is the share of the live weights that can be judged at all
(coverage): a component that finds nothing to judge stays unknown until one of its fields is filled.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.services.organisations import list_node_codes
from models.enums import MandateStatus, OrganisationKind, PostingState
from models.funds import Mandate, MandateField
from models.offers import Need, NeedCapability, Offer, OfferCapability
from models.organisations import Certification, Organisation, PatentCount
from models.taxonomy import PresetWeight, WeightPreset
from models.track import Participation


@dataclass(frozen=True)
class Form:
    """The fields that count, in the order in which they are asked, and what each component can be judged by.

    A component is known as soon as one of its fields is filled. `given` are fields that come from records and that
    nobody can type in.
    """

    fields: tuple[str, ...]
    judged_by: Mapping[str, tuple[str, ...]]
    given: frozenset[str] = frozenset()


# What the organisation's own record adds to each of its offers and needs.
FROM_ORGANISATION = frozenset(
    {"district_code", "staff", "capacity", "nodes", "projects", "posted_offer", "posted_need"}
)

PROFILE = Form(
    fields=(
        "name",
        "uscc",
        "district_code",
        "ownership",
        "founded_on",
        "industry_code",
        "nodes",
        "summary",
        "offer_capabilities",
        "offer",
        "offer_trl",
        "staff",
        "capacity",
        "revenue_band",
        "rd_ratio",
        "certifications",
        "patents",
        "website",
        "contact",
        "projects",
    ),
    judged_by={
        "capability": ("offer_capabilities",),
        "text": ("offer",),
        "readiness": ("offer_trl",),
        "chain": ("nodes", "offer_capabilities"),
        "track_record": ("projects",),
        "ties": ("projects",),
        "walk": ("projects",),
        "district": ("district_code",),
        "capacity": ("capacity",),
        "size": ("staff",),
        "terms": ("offer",),
        "reciprocity": ("posted_need",),
    },
    given=frozenset({"projects", "posted_need"}),
)
OFFER = Form(
    fields=("title", "summary", "description", "capabilities", "trl", "type", "budget", "partner_role"),
    judged_by={
        "capability": ("capabilities",),
        "text": ("summary",),  # the engine reads title, summary and advantages
        "readiness": ("trl",),
        "chain": ("capabilities", "nodes"),
        "track_record": ("projects",),
        "ties": ("projects",),
        "walk": ("projects",),
        "district": ("district_code",),
        "capacity": ("capacity",),
        "size": ("staff",),
        "terms": ("type", "budget"),
        "reciprocity": ("posted_need",),
    },
    given=FROM_ORGANISATION,
)
# Said in the terms of a mandate, not in the record of the fund.
OF_MANDATES = (
    "mandate",
    "capital_type",
    "fund_life",
    "remaining",
    "stages",
    "investment_fields",
    "ticket",
    "risk_tolerance",
    "decision_weeks",
    "thesis",
)
# A fund is judged by no weights: it is known by the terms that it has published.
FUND = Form(
    fields=(
        *OF_MANDATES,
        "name",
        "uscc",
        "district_code",
        "summary",
        "website",
        "contact",
    ),
    judged_by={},
)
# What tells which past projects resemble a need.
ABOUT = ("capabilities", "summary", "description")
NEED = Form(
    fields=(
        "title",
        "summary",
        "description",
        "capabilities",
        "trl",
        "type",
        "budget",
        "partner_districts",
        "partner_role",
    ),
    judged_by={
        "capability": ("capabilities",),
        "text": ("summary", "description"),
        "readiness": ("trl",),
        "chain": ("capabilities", "nodes"),
        "track_record": ABOUT,
        "ties": ("projects",),
        "walk": (*ABOUT, "projects"),
        "district": ("district_code",),  # the districts wished for are a rule and judge nobody
        "capacity": ("title",),  # only the candidate's own matters, whatever is asked
        "size": ("staff",),
        "terms": ("type", "budget"),
        "reciprocity": ("posted_offer",),
    },
    given=FROM_ORGANISATION,
)


@dataclass(frozen=True)
class Gap:
    """An empty field, the components that it would make judgeable, and their share of all weights."""

    field: str
    components: tuple[str, ...]
    gain: float


@dataclass(frozen=True)
class Completeness:
    filled: int
    total: int
    coverage: float  # share of the weights that can be judged today; NaN without a live preset
    gaps: tuple[Gap, ...]  # the greatest gain first, then in the order of the form

    @property
    def share(self) -> float:
        return self.filled / self.total

    @property
    def next_gap(self) -> Gap | None:
        return self.gaps[0] if self.gaps else None


def measure(form: Form, filled: Iterable[str], weights: Mapping[str, float]) -> Completeness:
    """Hold what is `filled` against `form`; only weights of components that the form bears on can be gained."""
    have = frozenset(filled)
    total = math.fsum(weights.values())
    known = {component for component, fields in form.judged_by.items() if have.intersection(fields)}
    gaps = [_gap(form, field, known, weights) for field in form.fields if field not in have | form.given]
    asked = [field for field in form.fields if field not in form.given]
    return Completeness(
        filled=sum(field in have for field in asked),
        total=len(asked),
        coverage=math.fsum(weights.get(component, 0.0) for component in known) / total if total else math.nan,
        gaps=tuple(sorted(gaps, key=lambda gap: -gap.gain)),
    )


def _gap(form: Form, field: str, known: set[str], weights: Mapping[str, float]) -> Gap:
    won = [name for name, fields in form.judged_by.items() if field in fields and name not in known]
    total = math.fsum(weights.values())
    gain = math.fsum(weights.get(name, 0.0) for name in won) / total if total else 0.0
    return Gap(field, tuple(name for name in won if weights.get(name)), gain)


def live_weights(session: Session, purpose: str = "partners") -> dict[str, float]:
    """The weights that rank today; empty when no preset is live."""
    live = select(WeightPreset.code).where(WeightPreset.purpose == purpose, col(WeightPreset.is_live))
    weights = select(PresetWeight).where(col(PresetWeight.preset_code).in_(live))
    return {weight.component: weight.weight for weight in session.exec(weights)}


def of_profile(session: Session, organisation: Organisation) -> Completeness:
    if organisation.kind is OrganisationKind.FUND:
        said = _columns(organisation, FUND.fields) | _either_of(organisation) | _from_mandates(session, organisation)
        return measure(FUND, said, {})
    filled = (
        _columns(organisation, PROFILE.fields)
        | _either_of(organisation)
        | _from_records(session, organisation)
        | _from_offers(session, organisation)
    )
    return measure(PROFILE, filled, live_weights(session))


def _either_of(organisation: Organisation) -> set[str]:
    """Fields of which one of several columns is enough."""
    pairs = {
        "name": organisation.name_zh or organisation.name_en,
        "summary": organisation.summary_zh or organisation.summary_en,
        "contact": organisation.contact_email or organisation.contact_phone,
    }
    return {field for field, value in pairs.items() if value}


def _from_mandates(session: Session, fund: Organisation) -> set[str]:
    """What every mandate says that is published and not over; where one is silent, firms do not know what it wants."""
    over = (MandateStatus.DRAFT, MandateStatus.CLOSED)
    published = select(Mandate).where(Mandate.organisation_id == fund.id, col(Mandate.status).not_in(over))
    said = [_said_by(session, mandate) for mandate in session.exec(published)]
    return {"mandate", *set.intersection(*said)} if said else set()


def _said_by(session: Session, mandate: Mandate) -> set[str]:
    has_fields = sa.select(sa.exists().where(col(MandateField.mandate_id) == mandate.id))
    values = {
        "capital_type": mandate.capital_type,
        "fund_life": mandate.started_on and mandate.investment_years is not None and mandate.exit_years is not None,
        "remaining": mandate.remaining is not None,
        "stages": mandate.stages,
        "investment_fields": session.scalar(has_fields),
        "ticket": mandate.ticket_low is not None and mandate.ticket_high is not None,
        "risk_tolerance": mandate.risk_tolerance,
        "decision_weeks": mandate.decision_weeks is not None,
        "thesis": mandate.thesis_zh or mandate.thesis_en,
    }
    return {field for field, value in values.items() if value}


def of_offer(session: Session, organisation: Organisation, offer: Offer) -> Completeness:
    return measure(OFFER, _of_posting(session, organisation, offer, OFFER), live_weights(session))


def of_need(session: Session, organisation: Organisation, need: Need) -> Completeness:
    return measure(NEED, _of_posting(session, organisation, need, NEED), live_weights(session))


def _of_posting(session: Session, organisation: Organisation, posting: Offer | Need, form: Form) -> set[str]:
    texts = {
        name
        for name in ("title", "summary", "description")
        if getattr(posting, f"{name}_zh") or getattr(posting, f"{name}_en")
    }
    filled = texts | _columns(posting, form.fields)
    if posting.trl_low is not None:
        filled.add("trl")
    if posting.budget_high is not None:
        filled.add("budget")
    if _has_capabilities(session, posting):
        filled.add("capabilities")
    owner = _columns(organisation, ("district_code", "staff", "capacity")) | _from_records(session, organisation)
    return filled | (owner & FROM_ORGANISATION)


def _columns(record: Organisation | Offer | Need, names: Sequence[str]) -> set[str]:
    return {name for name in names if getattr(record, name, None) not in (None, "", [])}


def _from_records(session: Session, organisation: Organisation) -> set[str]:
    """Which lists beside the organisation hold anything."""
    filled = {"nodes"} if list_node_codes(session, organisation) else set()
    owners = {
        "certifications": Certification.organisation_id,
        "patents": PatentCount.organisation_id,
        "projects": Participation.organisation_id,
    }
    for name, owner in owners.items():
        if session.scalar(sa.select(sa.literal(1)).where(col(owner) == organisation.id).limit(1)):
            filled.add(name)
    for name, table in (("posted_offer", Offer), ("posted_need", Need)):
        if _has_posted(session, organisation, table):
            filled.add(name)
    return filled


def _has_posted(session: Session, organisation: Organisation, table: type[Offer] | type[Need]) -> bool:
    published = col(table.state) == PostingState.PUBLISHED
    return bool(session.scalar(sa.select(sa.exists().where(col(table.organisation_id) == organisation.id, published))))


def _from_offers(session: Session, organisation: Organisation) -> set[str]:
    """What its published offers say together."""
    published = select(Offer).where(Offer.organisation_id == organisation.id, Offer.state == PostingState.PUBLISHED)
    offers = session.exec(published).all()
    filled = {"offer"} if offers else set()
    if any(offer.trl_low is not None for offer in offers):
        filled.add("offer_trl")
    if any(_has_capabilities(session, offer) for offer in offers):
        filled.add("offer_capabilities")
    return filled


def _has_capabilities(session: Session, posting: Offer | Need) -> bool:
    held = (
        sa.exists().where(col(OfferCapability.offer_id) == posting.id)
        if isinstance(posting, Offer)
        else sa.exists().where(col(NeedCapability.need_id) == posting.id)
    )
    return bool(session.scalar(sa.select(held)))
