"""What the codes and ids of interventions are called; what is no longer there is left out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import Session

from matchmaker.services.scenarios.stored import Stored
from models.facilities import Facility
from models.funds import Mandate
from models.organisations import Organisation
from models.rules import CompositionRule
from models.taxonomy import CertificationScheme, ChainNode, District


@dataclass(frozen=True)
class Named:
    """Records by the key that interventions name them by."""

    facilities: Mapping[str, Facility]
    organisations: Mapping[str, Organisation]
    mandates: Mapping[str, Mandate]
    rules: Mapping[str, CompositionRule]
    nodes: Mapping[str, ChainNode]
    districts: Mapping[str, District]
    schemes: Mapping[str, CertificationScheme]


def named(session: Session, interventions: Iterable[Stored]) -> Named:
    listed = list(interventions)
    return Named(
        facilities=_found(session, Facility, _said(listed, "facility_id")),
        organisations=_found(session, Organisation, _said(listed, "operator", "organisation_ids")),
        mandates=_found(session, Mandate, _said(listed, "mandate_id")),
        rules=_found(session, CompositionRule, _said(listed, "rule_id")),
        nodes=_found(session, ChainNode, _said(listed, "node", "nodes")),
        districts=_found(session, District, _said(listed, "district", "districts")),
        schemes=_found(session, CertificationScheme, _said(listed, "scheme")),
    )


def _said(listed: Iterable[Stored], *names: str) -> set[str]:
    said: set[str] = set()
    for one in listed:
        for name in names:
            value = one.get(name)
            said |= set(value) if isinstance(value, list) else {value} if value else set()
    return said


def _found(session: Session, table: Any, keys: Iterable[str]) -> dict[str, Any]:
    is_uuid = "code" not in table.model_fields
    found = {key: session.get(table, UUID(key) if is_uuid else key) for key in sorted(keys)}
    return {key: row for key, row in found.items() if row is not None}
