"""Interventions as a scenario keeps them: plain JSON that people chose, checked field by field."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from sqlmodel import Session

from matchmaker.errors import InvalidInput
from matchmaker.what_if.applying import LIMITS, NODE_LIMITS
from matchmaker.what_if.interventions import (
    AddFacility,
    AddFund,
    ChangeMandate,
    ChangeRule,
    ChangeWeight,
    Intervention,
    OpenFacility,
)
from models.enums import InterventionKind
from models.facilities import Facility
from models.funds import Mandate
from models.organisations import Organisation
from models.rules import CompositionRule
from models.taxonomy import CertificationScheme, ChainNode, District

MOST_INTERVENTIONS = 20
MOST_RAISED = 200
MOST_MONEY = 1e13
HIGHEST_WEIGHT = 100.0
Stored = dict[str, Any]
# What a limit of a mandate may be; the others are amounts.
RANGE_OF: Mapping[str, tuple[float, float]] = {
    "stake_high": (0, 1),
    "rd_ratio_low": (0, 1),
    "main_share": (0, 1),
    "trl_low": (1, 9),
    "age_high": (0, 100),
    "life_left": (0, 100),
    "staff_high": (0, 1_000_000),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseSome:
    """So many SMEs that do not hold the scheme, at a node and in a district where they are named; which ones is
    settled when the scenario runs: first those that say most of what they can do."""

    scheme: str
    many: int = 10
    node: str = ""
    district: str = ""


Chosen = Intervention | RaiseSome
CLASS_OF: Mapping[InterventionKind, type[Any]] = {
    InterventionKind.OPEN_FACILITY: OpenFacility,
    InterventionKind.ADD_FACILITY: AddFacility,
    InterventionKind.ADD_FUND: AddFund,
    InterventionKind.CHANGE_MANDATE: ChangeMandate,
    InterventionKind.CHANGE_RULE: ChangeRule,
    InterventionKind.CHANGE_WEIGHT: ChangeWeight,
    InterventionKind.RAISE_CERTIFICATION: RaiseSome,
}
_ADAPTERS: Mapping[InterventionKind, TypeAdapter[Any]] = {kind: TypeAdapter(one) for kind, one in CLASS_OF.items()}


def read(stored: Mapping[str, Any]) -> Chosen:
    """Raises InvalidInput where it is of no kind, or a value is none of its field's."""
    try:
        kind = InterventionKind(stored.get("kind", ""))
        values = {name: value for name, value in stored.items() if name != "kind"}
        chosen: Chosen = _ADAPTERS[kind].validate_python(values)
    except ValidationError as error:
        raise InvalidInput("intervention_field_wrong", field=str(error.errors()[0]["loc"][0])) from error
    except ValueError as error:
        raise InvalidInput("intervention_unknown", field="kind", value=stored.get("kind", "")) from error
    return chosen


def write(chosen: Any) -> Stored:
    """What is said of it; what is left as it is by itself is left out."""
    kind = next(kind for kind, one in CLASS_OF.items() if isinstance(chosen, one))
    plain = _ADAPTERS[kind].dump_python(chosen, mode="json")
    defaults = {column.name: column.default for column in fields(type(chosen))}
    said = {name: value for name, value in plain.items() if value != defaults.get(name) and value not in (None, [], "")}
    return {"kind": kind.value, **said}


def check(session: Session, chosen: Chosen) -> None:
    """Raise InvalidInput with the field that names nothing, or cannot be."""
    match chosen:
        case OpenFacility():
            _has(session, Facility, chosen.facility_id, "facility_id")
        case AddFacility():
            _check_facility(session, chosen)
        case AddFund():
            _check_fund(session, chosen)
        case ChangeMandate():
            _check_mandate(session, chosen)
        case ChangeRule():
            _check_rule(session, chosen)
        case ChangeWeight():
            _is_between(chosen.weight, 0, HIGHEST_WEIGHT, "weight")
        case RaiseSome():
            _check_raise(session, chosen)


def _check_facility(session: Session, facility: AddFacility) -> None:
    _has(session, ChainNode, facility.node, "node")
    _is_between(facility.level, 1, 5, "level")
    _has_or_nothing(session, Organisation, facility.operator, "operator")
    _has_or_nothing(session, District, facility.district, "district")
    _in_order(facility.trl_low, facility.trl_high, "trl_high")


def _check_raise(session: Session, raised: RaiseSome) -> None:
    _has(session, CertificationScheme, raised.scheme, "scheme")
    _is_between(raised.many, 1, MOST_RAISED, "many")
    _has_or_nothing(session, ChainNode, raised.node, "node")
    _has_or_nothing(session, District, raised.district, "district")


def _check_fund(session: Session, fund: AddFund) -> None:
    for name in ("ticket_low", "ticket_high", "money"):
        if (value := getattr(fund, name)) is not None:
            _is_between(value, 0, MOST_MONEY, name)
    _in_order(fund.ticket_low, fund.ticket_high, "ticket_high")
    if fund.stake_high is not None:
        _is_between(fund.stake_high, 0, 1, "stake_high")
    for code in fund.nodes:
        _has(session, ChainNode, code, "nodes")
    for code in fund.districts:
        _has(session, District, code, "districts")
    if fund.money is None and fund.ticket_high is None:
        raise InvalidInput("fund_without_money", field="money")


def _check_mandate(session: Session, changed: ChangeMandate) -> None:
    _has(session, Mandate, changed.mandate_id, "mandate_id")
    _only_one({"limit": changed.limit, "clause": changed.clause})
    if changed.clause is not None:
        if changed.force is None:
            raise InvalidInput("force_missing", field="force")
        return
    if changed.limit not in LIMITS:
        raise InvalidInput("limit_missing", field="limit")
    if changed.value is not None:
        _is_between(changed.value, *RANGE_OF.get(changed.limit, (0, MOST_MONEY)), "value")


def _check_rule(session: Session, changed: ChangeRule) -> None:
    _only_one({"rule_id": changed.rule_id, "clause": changed.clause, "limit": changed.limit})
    if changed.limit:
        if changed.limit not in NODE_LIMITS:
            raise InvalidInput("limit_missing", field="limit")
        _is_between(changed.value if changed.value is not None else -1, 1, 5, "value")
        return
    if changed.clause is not None:
        if changed.force is None:
            raise InvalidInput("force_missing", field="force")
        return
    if not changed.rule_id:
        raise InvalidInput("nothing_changed", field="rule_id")
    _has(session, CompositionRule, changed.rule_id, "rule_id")
    if not changed.left_out and changed.least is None and changed.most is None:
        raise InvalidInput("bound_missing", field="least")
    _in_order(changed.least, changed.most, "most")


def _has(session: Session, table: Any, key: str, field: str) -> None:
    is_uuid = table in (Facility, Organisation, Mandate, CompositionRule)
    try:
        found = session.get(table, UUID(key) if is_uuid else key)
    except ValueError:
        found = None
    if found is None:
        raise InvalidInput("unknown_choice", field=field, codes=key)


def _has_or_nothing(session: Session, table: Any, key: str, field: str) -> None:
    if key:
        _has(session, table, key, field)


def _is_between(value: float, low: float, high: float, field: str) -> None:
    if not low <= value <= high:
        raise InvalidInput("out_of_range", field=field, low=low, high=high)


def _only_one(parts: Mapping[str, Any]) -> None:
    """Of several ways to change something one is meant; the second that is filled in is named."""
    filled = [name for name, value in parts.items() if value]
    if len(filled) > 1:
        raise InvalidInput("only_one_part", field=filled[1])


def _in_order(low: float | None, high: float | None, field: str) -> None:
    if low is not None and high is not None and low > high:
        raise InvalidInput("bound_order", field=field)
