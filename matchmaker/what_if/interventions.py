"""What a scenario changes, as plain values: codes and ids, no rows, so that it can be kept and told."""

from dataclasses import dataclass
from typing import Any

from models.enums import ClauseForce, ClauseKind, FinancingStage


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFacility:
    """A facility that lets in members or its own chain only lets in everybody."""

    facility_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddFacility:
    """A new lab or pilot base that can do all that the taxonomy knows at a node, open to everybody.

    Without an operator it is an organisation of its own in `district`.
    """

    node: str
    level: int = 4
    operator: str = ""
    district: str = ""
    trl_low: int | None = 4
    trl_high: int | None = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class AddFund:
    """A new fund with these terms; what is left out is not asked."""

    stages: tuple[FinancingStage, ...] = ()
    nodes: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    ticket_low: float | None = None
    ticket_high: float | None = None
    money: float | None = None
    stake_high: float | None = None
    life_years: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeMandate:
    """Another limit (None: no limit), or another force of a clause, of one mandate."""

    mandate_id: str
    limit: str = ""
    value: float | None = None
    clause: ClauseKind | None = None
    force: ClauseForce | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRule:
    """A composition rule (by id) with other figures or left out; how hard a clause usually is held; a limit by which
    chain nodes are judged. Exactly one of the three is named."""

    rule_id: str = ""
    least: float | None = None
    most: float | None = None
    left_out: bool = False
    clause: ClauseKind | None = None
    force: ClauseForce | None = None
    limit: str = ""
    value: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeWeight:
    component: str
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseCertification:
    """These organisations hold the scheme. `speaks_of_nodes`: it counts as supply where a firm stands."""

    scheme: str
    organisation_ids: tuple[str, ...] = ()
    speaks_of_nodes: bool = False


Intervention = OpenFacility | AddFacility | AddFund | ChangeMandate | ChangeRule | ChangeWeight | RaiseCertification


class Unknown(ValueError):
    """An intervention names what the world does not have."""

    def __init__(self, field: str, value: Any) -> None:
        super().__init__(f"{field}: {value!r} is not known")
        self.field, self.value = field, value
