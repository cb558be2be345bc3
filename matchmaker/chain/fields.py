"""The fields of the registry that an indicator's formula may name: a closed catalogue, the same for every region.

A field says by which field of a profile it is graded (`graded_by`), so that what is published reads open fields only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from models.enums import (
    ChainPosition,
    ConditionRelation,
    CooperationType,
    CountedRecord,
    DevelopmentStage,
    FacilityServiceType,
    IpStatus,
    OpenTo,
    OrganisationKind,
    Ownership,
    RevenueBand,
    SizeClass,
)

R = ConditionRelation


class FieldShape(StrEnum):
    """ORDERED has codes from less to more; SET holds several codes; FLAG is yes or no."""

    CHOICE = "choice"
    ORDERED = "ordered"
    NUMBER = "number"
    FLAG = "flag"
    SET = "set"


RELATIONS: Mapping[FieldShape, tuple[ConditionRelation, ...]] = {
    FieldShape.CHOICE: (R.IS_ONE_OF, R.IS_NONE_OF),
    FieldShape.ORDERED: (R.AT_LEAST, R.AT_MOST, R.IS_ONE_OF, R.IS_NONE_OF),
    FieldShape.NUMBER: (R.AT_LEAST, R.AT_MOST),
    FieldShape.FLAG: (R.IS,),
    FieldShape.SET: (R.INCLUDES_ANY, R.INCLUDES_ALL, R.INCLUDES_NONE),
}
SINGLE = frozenset({R.AT_LEAST, R.AT_MOST, R.IS})


class Listed(StrEnum):
    """Where the codes of a field come from when they are rows and not a closed list."""

    DISTRICTS = "districts"
    INDUSTRIES = "industries"
    SECTIONS = "sections"  # the letter with which a class of GB/T 4754 begins
    SCHEMES = "schemes"
    CHAINS = "chains"
    NODES = "nodes"


@dataclass(frozen=True, slots=True)
class RegistryField:
    """One field; `codes` is its closed list or the name of the rows it takes its codes from."""

    code: str
    shape: FieldShape
    codes: type[StrEnum] | Listed | None = None
    graded_by: str = ""
    is_amount: bool = False

    @property
    def relations(self) -> tuple[ConditionRelation, ...]:
        return RELATIONS[self.shape]


def _number(code: str, graded_by: str = "", *, is_amount: bool = False) -> RegistryField:
    return RegistryField(code, FieldShape.NUMBER, graded_by=graded_by, is_amount=is_amount)


def _choice(code: str, codes: type[StrEnum] | Listed, graded_by: str = "") -> RegistryField:
    return RegistryField(code, FieldShape.CHOICE, codes, graded_by)


def _ordered(code: str, codes: type[StrEnum], graded_by: str = "") -> RegistryField:
    return RegistryField(code, FieldShape.ORDERED, codes, graded_by)


def _flag(code: str, graded_by: str = "") -> RegistryField:
    return RegistryField(code, FieldShape.FLAG, graded_by=graded_by)


def _set(code: str, codes: type[StrEnum] | Listed, graded_by: str = "") -> RegistryField:
    return RegistryField(code, FieldShape.SET, codes, graded_by)


# Of the organisation behind an offer, a need, a facility or a supply; of an organisation itself.
BODY = (
    _choice("kind", OrganisationKind),
    _choice("ownership", Ownership, "ownership"),
    _choice("district", Listed.DISTRICTS, "district_code"),
    _flag("is_local", "district_code"),
    _ordered("size", SizeClass, "staff"),
    _ordered("revenue_band", RevenueBand, "revenue_band"),
    _choice("industry_section", Listed.SECTIONS, "industry_code"),
    _choice("industry", Listed.INDUSTRIES, "industry_code"),
)
# Where on the chains a record stands.
PLACES = (
    _set("chains", Listed.CHAINS),
    _set("nodes", Listed.NODES),
    _set("positions", ChainPosition),
)
POSTING = (
    _choice("type", CooperationType),
    _number("trl"),
    _number("level"),
    *PLACES,
)

CATALOGUE: Mapping[CountedRecord, Sequence[RegistryField]] = {
    CountedRecord.ORGANISATIONS: (
        *BODY,
        _number("staff", "staff", is_amount=True),
        _number("rd_ratio", "rd_ratio", is_amount=True),
        _number("rd_staff_share", "rd_staff_share", is_amount=True),
        _number("founded_year", "founded_on"),
        _number("age", "founded_on", is_amount=True),
        _set("certifications", Listed.SCHEMES, "certifications"),
        _set("chains", Listed.CHAINS, "nodes"),
        _set("nodes", Listed.NODES, "nodes"),
        _set("positions", ChainPosition, "nodes"),
        _number("patents_granted", "patents", is_amount=True),
        _number("patents_applied", "patents", is_amount=True),
        _number("offers", is_amount=True),
        _set("offer_types", CooperationType),
        _number("needs", is_amount=True),
        _number("facilities", is_amount=True),
        _number("projects_3y", "projects", is_amount=True),
        _number("projects_5y", "projects", is_amount=True),
        _number("deals_received", "projects", is_amount=True),
        _number("capacity_free", "capacity", is_amount=True),
        _flag("is_verified", "verified_at"),
    ),
    CountedRecord.OFFERS: (
        *POSTING,
        _ordered("stage", DevelopmentStage),
        _choice("ip_status", IpStatus),
        *BODY,
    ),
    CountedRecord.NEEDS: (*POSTING, _number("budget", is_amount=True), *BODY),
    CountedRecord.FACILITIES: (
        _choice("open_to", OpenTo),
        _flag("accepts_voucher"),
        _flag("prices_published"),
        _set("services", FacilityServiceType),
        _number("trl_in"),
        _number("trl_out"),
        _number("lead_time_days", is_amount=True),
        _number("hours_open", is_amount=True),
        _number("hours_used", is_amount=True),
        _number("services_last_year", is_amount=True),
        _number("income_last_year", is_amount=True),
        *PLACES,
        *BODY,
    ),
    CountedRecord.NODES: (
        _choice("node", Listed.NODES),
        _choice("chain", Listed.CHAINS),
        _choice("position", ChainPosition),
        _number("suppliers_here", is_amount=True),
        _number("suppliers_outside", is_amount=True),
        _number("asked_by", is_amount=True),
    ),
    CountedRecord.SUPPLIES: (
        _choice("node", Listed.NODES),
        _choice("chain", Listed.CHAINS),
        _choice("position", ChainPosition),
        _number("level"),
        *BODY,
    ),
}
BY_CODE: Mapping[CountedRecord, Mapping[str, RegistryField]] = {
    record: {field.code: field for field in fields} for record, fields in CATALOGUE.items()
}
# What an organisation may be asked to have at least one of.
HELD = (CountedRecord.OFFERS, CountedRecord.NEEDS, CountedRecord.FACILITIES)
