"""Consortia: what the composer found, and the room in which a team comes together and signs."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from models.base import Edited, Record, json_list, text_enum
from models.enums import CompositionState, ConsortiumState, DeclineReason, IpSide, PairingType, SeatState


class Composition(Record, table=True):
    """One run of the composer for a challenge. The job writes into it while it searches; `result` is for reading.

    `settings` are what was asked (members held or barred, budget, rules relaxed); with `inputs_sha256`, the versions
    and the seed they say what the answer came from.
    """

    __tablename__ = "compositions"
    __table_args__ = (sa.CheckConstraint("bound IS NULL OR value IS NULL OR bound >= value - 1e-6", name="bounded"),)

    challenge_id: UUID = Field(foreign_key="challenges.id", ondelete="CASCADE", index=True)
    lead_id: UUID = Field(
        foreign_key="organisations.id", ondelete="CASCADE", index=True, description="whose team it is"
    )
    job_id: UUID | None = Field(default=None, foreign_key="jobs.id", ondelete="SET NULL", index=True)
    asked_by: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
    state: CompositionState = Field(default=CompositionState.SEARCHING, sa_type=text_enum(CompositionState))
    settings: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON, nullable=False)
    value: float | None = Field(default=None, description="of the best team so far")
    bound: float | None = Field(default=None, description="no team can be worth more")
    result: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON, nullable=False)
    candidates: int = 0
    index_version: str = Field(default="", max_length=80)
    preset_code: str = Field(default="", max_length=80)
    code_version: str = Field(default="", max_length=80)
    inputs_sha256: str = Field(default="", max_length=64)
    seed: int = 0
    ended_at: datetime | None = None


class Consortium(Edited, table=True):
    """A team that forms around a challenge or on its own.

    Locked when all have signed: triggers (`migrations/locks.py`) refuse every change of it, its seats and IP lines.
    """

    __tablename__ = "consortia"
    __table_args__ = (
        sa.CheckConstraint("name_zh <> '' OR name_en <> ''", name="has_a_name"),
        sa.CheckConstraint("budget >= 0", name="budget_range"),
        sa.CheckConstraint("months BETWEEN 1 AND 240", name="months_range"),
        sa.CheckConstraint("state <> 'signed' OR signed_on IS NOT NULL", name="signed_has_a_day"),
        sa.CheckConstraint("state <> 'dissolved' OR dissolved_reason <> ''", name="dissolved_has_a_reason"),
        sa.CheckConstraint(
            "state <> 'signed' OR (organs <> '' AND liable_body <> '' AND breach <> '' AND entry_exit <> '' AND "
            "secrecy <> '' AND budget IS NOT NULL AND starts_on IS NOT NULL AND months IS NOT NULL)",
            name="signed_has_no_blanks",
        ),
    )

    lead_id: UUID = Field(foreign_key="organisations.id", ondelete="CASCADE", index=True)
    challenge_id: UUID | None = Field(default=None, foreign_key="challenges.id", ondelete="SET NULL", index=True)
    composition_id: UUID | None = Field(default=None, foreign_key="compositions.id", ondelete="SET NULL")
    rule_set_id: UUID | None = Field(default=None, foreign_key="rule_sets.id", ondelete="SET NULL")
    state: ConsortiumState = Field(default=ConsortiumState.FORMING, sa_type=text_enum(ConsortiumState), index=True)
    name_zh: str = Field(default="", max_length=200)
    name_en: str = Field(default="", max_length=200)
    goal_zh: str = Field(default="", max_length=2000)
    goal_en: str = Field(default="", max_length=2000)
    liable_body: str = Field(default="", max_length=1000)
    organs: str = Field(default="", max_length=2000, description="council, experts, office: who decides what")
    breach: str = Field(default="", max_length=2000)
    entry_exit: str = Field(default="", max_length=2000)
    secrecy: str = Field(default="", max_length=2000)
    budget: float | None = None
    starts_on: date | None = None
    months: int | None = None
    signed_on: date | None = None
    dissolved_reason: str = Field(default="", max_length=1000)


class Seat(Edited, table=True):
    """A place in a consortium, with whoever is asked to take it. The lead's seat is accepted from the start."""

    __tablename__ = "seats"
    __table_args__ = (
        sa.UniqueConstraint("consortium_id", "organisation_id"),
        sa.CheckConstraint("money >= 0 AND own_money >= 0", name="money_range"),
        sa.CheckConstraint("benefit_percent BETWEEN 0 AND 100", name="benefit_range"),
        sa.CheckConstraint("state = 'open' OR organisation_id IS NOT NULL", name="taken_by_somebody"),
        sa.CheckConstraint("state <> 'declined' OR reason IS NOT NULL", name="declined_has_a_reason"),
        sa.CheckConstraint("signed_at IS NULL OR state = 'accepted'", name="signed_by_a_member"),
    )

    consortium_id: UUID = Field(foreign_key="consortia.id", ondelete="CASCADE", index=True)
    organisation_id: UUID | None = Field(default=None, foreign_key="organisations.id", ondelete="CASCADE", index=True)
    role_zh: str = Field(default="", max_length=120)
    role_en: str = Field(default="", max_length=120)
    is_lead: bool = False
    state: SeatState = Field(default=SeatState.OPEN, sa_type=text_enum(SeatState))
    kinds: list[str] = json_list()
    capability_codes: list[str] = json_list()
    tasks: str = Field(default="", max_length=2000)
    money: float | None = Field(default=None, description="CNY of the budget that this member receives")
    own_money: float | None = Field(default=None, description="CNY that this member brings")
    benefit_percent: float | None = Field(default=None, description="of the benefit; all seats sum to 100 at signing")
    message: str = Field(default="", max_length=1000, description="of the invitation")
    invited_at: datetime | None = None
    answered_at: datetime | None = None
    reason: DeclineReason | None = Field(default=None, sa_type=text_enum(DeclineReason))
    answer: str = Field(default="", max_length=1000)
    signed_at: datetime | None = None
    position: int = 0


class IpItem(Edited, table=True):
    """A line of the IP matrix: whose it is, and who may use it on which terms."""

    __tablename__ = "ip_items"

    consortium_id: UUID = Field(foreign_key="consortia.id", ondelete="CASCADE", index=True)
    side: IpSide = Field(sa_type=text_enum(IpSide))
    title: str = Field(max_length=300)
    owner_ids: list[str] = json_list()
    user_ids: list[str] = json_list()
    terms: str = Field(default="", max_length=1000)
    position: int = 0


class ConsortiumVersion(Record, table=True):
    """The whole room as it stood at one moment, to compare and to go back to."""

    __tablename__ = "consortium_versions"
    __table_args__ = (sa.UniqueConstraint("consortium_id", "number"),)

    consortium_id: UUID = Field(foreign_key="consortia.id", ondelete="CASCADE", index=True)
    number: int
    note: str = Field(default="", max_length=300)
    made_by: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
    snapshot: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON, nullable=False)


class ConsortiumComment(Record, table=True):
    """A remark in the room, for all its members; about one seat, or about the whole."""

    __tablename__ = "consortium_comments"

    consortium_id: UUID = Field(foreign_key="consortia.id", ondelete="CASCADE", index=True)
    seat_id: UUID | None = Field(default=None, foreign_key="seats.id", ondelete="SET NULL")
    organisation_id: UUID | None = Field(default=None, foreign_key="organisations.id", ondelete="SET NULL")
    author_id: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
    text: str = Field(max_length=2000)


class Pairing(Edited, table=True):
    """A service institution paired with a park (结对), by what they do together."""

    __tablename__ = "pairings"
    __table_args__ = (
        sa.UniqueConstraint("institution_id", "park_id", "type"),
        sa.CheckConstraint("institution_id <> park_id", name="two_sides"),
    )

    institution_id: UUID = Field(foreign_key="organisations.id", ondelete="CASCADE", index=True)
    park_id: UUID = Field(foreign_key="organisations.id", ondelete="CASCADE", index=True)
    type: PairingType = Field(sa_type=text_enum(PairingType))
    state: SeatState = Field(default=SeatState.PROPOSED, sa_type=text_enum(SeatState))
    note: str = Field(default="", max_length=1000)


class PairingWay(SQLModel, table=True):
    """How one of the four ways of a pairing is read from offers and needs, and what its terms weigh.

    An offer (a park's need) belongs to a way by its type or by a word in its text; tenants' needs by their type.
    """

    __tablename__ = "pairing_ways"
    __table_args__ = (
        sa.CheckConstraint(
            "weight_need >= 0 AND weight_tenants >= 0 AND weight_chain >= 0 AND weight_district >= 0",
            name="weights_range",
        ),
        sa.CheckConstraint("young_years > 0", name="young_years_range"),
    )

    type: PairingType = Field(sa_type=text_enum(PairingType), primary_key=True)
    offer_types: str = Field(default="", max_length=200, description="joined by |")
    tenant_types: str = Field(default="", max_length=200, description="types of needs, joined by |")
    words: str = Field(default="", max_length=400, description="Chinese and English, joined by |")
    young_years: int | None = Field(default=None, description="tenants are firms up to this age, not needs")
    weight_need: float
    weight_tenants: float
    weight_chain: float
    weight_district: float
    position_in_list: int = 0
    source: str = Field(max_length=400)
