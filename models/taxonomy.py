"""The reference data by which needs and offers meet: clusters, chains, nodes, capabilities, places, ladders."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from models.base import Versioned, text_enum
from models.enums import ChainPosition, ClusterTier, DeclineReason, Grade, OutcomeKind


class Named(SQLModel):
    """A reference row: a readable code as key, both names, and where it comes from."""

    code: str = Field(primary_key=True, max_length=80)
    name_zh: str = Field(max_length=200)
    name_en: str = Field(max_length=200)
    source: str = Field(max_length=400)
    position_in_list: int = 0


class Cluster(Named, table=True):
    """One of the 33618 manufacturing clusters."""

    __tablename__ = "clusters"

    tier: ClusterTier = Field(sa_type=text_enum(ClusterTier))


class Chain(Named, table=True):
    __tablename__ = "chains"

    cluster_code: str = Field(foreign_key="clusters.code")


class ChainNode(Named, table=True):
    """A product or process of a chain; leaves carry capabilities."""

    __tablename__ = "chain_nodes"

    chain_code: str = Field(foreign_key="chains.code", index=True)
    parent_code: str | None = Field(default=None, foreign_key="chain_nodes.code")
    position: ChainPosition = Field(sa_type=text_enum(ChainPosition))
    description_zh: str = ""
    description_en: str = ""


class ChainLink(SQLModel, table=True):
    """`upstream` supplies `downstream`."""

    __tablename__ = "chain_links"
    __table_args__ = (sa.CheckConstraint("upstream_code <> downstream_code", name="not_itself"),)

    upstream_code: str = Field(foreign_key="chain_nodes.code", primary_key=True)
    downstream_code: str = Field(foreign_key="chain_nodes.code", primary_key=True)
    source: str = Field(max_length=400)


class Capability(Named, table=True):
    """What an organisation can do or make, at the grain at which it says "we can do that"."""

    __tablename__ = "capabilities"

    node_code: str = Field(foreign_key="chain_nodes.code", index=True)
    synonyms_zh: str = Field(default="", description="joined by |")
    synonyms_en: str = Field(default="", description="joined by |")


class District(Named, table=True):
    """Code by GB/T 2260; `area` is the part of the city it belongs to."""

    __tablename__ = "districts"

    area_zh: str = Field(default="", max_length=80)
    area_en: str = Field(default="", max_length=80)


class CertificationScheme(Named, table=True):
    """A rung of the certification ladder or a lab level. Thresholds are text with their source, never code."""

    __tablename__ = "certification_schemes"

    ladder: str = Field(max_length=40, description="firm, lab")
    rank: int = Field(description="higher is more demanding, within its ladder")
    valid_years: int | None = None
    thresholds_zh: str = ""
    thresholds_en: str = ""


class ReadinessLevel(SQLModel, table=True):
    """Technology readiness 1 to 9: what it means and what shows it."""

    __tablename__ = "readiness_levels"
    __table_args__ = (sa.CheckConstraint("level BETWEEN 1 AND 9", name="level_range"),)

    level: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    name_zh: str
    name_en: str
    evidence_zh: str
    evidence_en: str
    source: str


class RelayHop(Named, table=True):
    """One hop of the way from the lab to production: its readiness levels, who can carry it, which capital fits.

    `months` is how long it usually takes, an assumption with its source, shown as such; unknown where nobody says.
    """

    __tablename__ = "relay_hops"
    __table_args__ = (
        sa.CheckConstraint("trl_low BETWEEN 1 AND 9 AND trl_high BETWEEN 1 AND 9", name="trl_range"),
        sa.CheckConstraint("trl_low < trl_high", name="trl_order"),
        sa.CheckConstraint("months > 0", name="months_positive"),
    )

    trl_low: int
    trl_high: int
    owner_kinds: str = Field(default="", max_length=200, description="kinds of organisations, joined by |")
    offer_types: str = Field(default="", max_length=200, description="types of offers, joined by |")
    takes_facilities: bool = False
    takes_scenes: bool = False
    stages: str = Field(default="", max_length=200, description="financing stages of the capital, joined by |")
    months: float | None = None


class Industry(Named, table=True):
    """GB/T 4754 classes that the demo and the forms offer."""

    __tablename__ = "industries"


class FieldGradeDefault(SQLModel, table=True):
    """How far a field of a profile is seen unless its organisation or an officer says otherwise."""

    __tablename__ = "field_grade_defaults"

    field: str = Field(primary_key=True, max_length=60)
    grade: Grade = Field(sa_type=text_enum(Grade))
    source: str = Field(max_length=400)


class WeightPreset(Named, Versioned, table=True):
    """Component weights for one kind of query (partners, investors), set by people or learned from outcomes.

    A learned one names its training run and is never edited, so that its code says what a list was scored by.
    """

    __tablename__ = "weight_presets"

    purpose: str = Field(max_length=40)
    is_live: bool = False
    training_run_id: UUID | None = Field(default=None, foreign_key="training_runs.id", index=True)
    calibration: dict[str, Any] | None = Field(
        default=None, sa_type=sa.JSON(none_as_null=True), description="slope, shift"
    )
    replaced_code: str | None = Field(
        default=None, foreign_key="weight_presets.code", description="which one was live before it, to go back to"
    )


class PresetWeight(SQLModel, table=True):
    __tablename__ = "preset_weights"
    __table_args__ = (sa.CheckConstraint("weight >= 0", name="not_negative"),)

    preset_code: str = Field(foreign_key="weight_presets.code", primary_key=True, ondelete="CASCADE")
    component: str = Field(primary_key=True, max_length=60)
    weight: float
    curve: dict[str, Any] | None = Field(
        default=None, sa_type=sa.JSON(none_as_null=True), description="knots, values; none: the score as it is"
    )


class OutcomeValue(SQLModel, table=True):
    """What an outcome says of a match, when weights are learned: 1 it came about, 0 it did not."""

    __tablename__ = "outcome_values"
    __table_args__ = (
        sa.CheckConstraint("value BETWEEN 0 AND 1", name="value_range"),
        sa.CheckConstraint("strength > 0", name="strength_positive"),
    )

    kind: OutcomeKind = Field(sa_type=text_enum(OutcomeKind), primary_key=True)
    value: float
    strength: float = Field(description="how many plain outcomes one of this kind counts for")
    source: str = Field(max_length=400)


class DeclineMeaning(SQLModel, table=True):
    """A component that a reason for declining speaks about; a reason without a row speaks about the whole match."""

    __tablename__ = "decline_meanings"

    reason: DeclineReason = Field(sa_type=text_enum(DeclineReason), primary_key=True)
    component: str = Field(primary_key=True, max_length=60)
    source: str = Field(max_length=400)
