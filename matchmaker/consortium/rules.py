"""Composition rules as values: what each kind of rule says, in figures.

`compiling.compile_rules` makes rows of them for the composer, `judging.judge` holds them against a real team. Both
read the same tallies (`tallies`), so a rule means the same to both. Counts include the lead. Shares lie in [0, 1].
"""

from collections.abc import Mapping
from dataclasses import dataclass

from models.enums import ChainPosition, LeadFigure, OrganisationKind, Ownership, Quantifier, RuleKind


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadIs:
    """Who may lead: one of the kinds, of the ownerships, and with one of the certifications; an empty list: any."""

    kinds: tuple[OrganisationKind, ...] = ()
    ownerships: tuple[Ownership, ...] = ()
    certifications: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    figure: LeadFigure
    least: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadReaches:
    """Figures of which the lead has to reach any or all."""

    needed: Quantifier
    thresholds: tuple[Threshold, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberCount:
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfKinds:
    kinds: tuple[OrganisationKind, ...]
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FromDistricts:
    districts: tuple[str, ...]
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferentDistricts:
    least: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AtPositions:
    """Members that work at any of these positions of their chain."""

    positions: tuple[ChainPosition, ...]
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SmeShare:
    """SMEs among the members, by their kind."""

    least: float | None = None
    most: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnershipShare:
    ownerships: tuple[Ownership, ...]
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LargestShare:
    """Of the money: no member receives more than this share of it."""

    most: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnMoney:
    """What all members bring together, as a share of the whole budget."""

    least: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TechnicalStaff:
    """R&D staff of all members together."""

    least: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomers:
    """Members with at most so many past projects on record."""

    projects_at_most: int
    least: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictsApart:
    """Pairs with a known conflict of interest do not meet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """Two organisations, by id, that do not meet."""

    first: str
    second: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """Two organisations, by id, of which neither comes without the other."""

    first: str
    second: str


Figures = (
    LeadIs
    | LeadReaches
    | MemberCount
    | OfKinds
    | FromDistricts
    | DifferentDistricts
    | AtPositions
    | SmeShare
    | OwnershipShare
    | LargestShare
    | OwnMoney
    | TechnicalStaff
    | Newcomers
    | ConflictsApart
    | Apart
    | Together
)

FIGURES_OF: Mapping[RuleKind, type[Figures]] = {
    RuleKind.LEAD_KIND: LeadIs,
    RuleKind.LEAD_THRESHOLD: LeadReaches,
    RuleKind.MEMBER_COUNT: MemberCount,
    RuleKind.KIND_COUNT: OfKinds,
    RuleKind.DISTRICT_COUNT: FromDistricts,
    RuleKind.DISTRICT_SPREAD: DifferentDistricts,
    RuleKind.CHAIN_POSITION_COUNT: AtPositions,
    RuleKind.SME_SHARE: SmeShare,
    RuleKind.OWNERSHIP_SHARE: OwnershipShare,
    RuleKind.LARGEST_SHARE: LargestShare,
    RuleKind.OWN_MONEY_SHARE: OwnMoney,
    RuleKind.TECHNICAL_STAFF: TechnicalStaff,
    RuleKind.NEWCOMER_COUNT: Newcomers,
    RuleKind.CONFLICTS_APART: ConflictsApart,
    RuleKind.PAIR_APART: Apart,
    RuleKind.PAIR_TOGETHER: Together,
}
KIND_OF: Mapping[type[Figures], RuleKind] = {figures: kind for kind, figures in FIGURES_OF.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamRule:
    """A rule with its key, by which verdicts and rows name it. A soft one gives way first where no team meets all."""

    key: str
    figures: Figures
    is_hard: bool = True

    @property
    def kind(self) -> RuleKind:
        return KIND_OF[type(self.figures)]
