"""People, what they may do on the platform, and for whom they act."""

import secrets
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask_security import RoleMixin, UserMixin
from sqlmodel import Field, Relationship, SQLModel

from models.base import Edited, Record, text_enum, utc_now
from models.enums import ClaimState, MembershipRole


class UserRole(SQLModel, table=True):
    __tablename__ = "user_roles"

    user_id: UUID = Field(foreign_key="users.id", primary_key=True, ondelete="CASCADE")
    role_id: UUID = Field(foreign_key="roles.id", primary_key=True, ondelete="CASCADE")


class Role(Record, RoleMixin, table=True):
    """A role on the platform (PlatformRole); what one may do for an organisation is a Membership."""

    __tablename__ = "roles"

    name: str = Field(unique=True, max_length=40)
    description: str = ""


class User(Record, UserMixin, table=True):
    __tablename__ = "users"

    email: str = Field(unique=True, max_length=254)
    name: str = Field(default="", max_length=120)
    password: str | None = None
    active: bool = True
    fs_uniquifier: str = Field(default_factory=lambda: secrets.token_hex(16), unique=True, max_length=64)
    confirmed_at: datetime | None = None
    locale: str | None = Field(default=None, max_length=8)
    roles: list[Role] = Relationship(  # type: ignore[assignment]  # the mixin asks for a list of its own class
        link_model=UserRole, sa_relationship_kwargs={"lazy": "selectin"}
    )
    memberships: list["Membership"] = Relationship(back_populates="user", cascade_delete=True)


class SignIn(Record, table=True):
    """A browser in which a person is, or was, signed in: its cookie counts as long as this row says so.

    However somebody proves who they are, by a password or one day by another house's sign-in, it ends in such a row.
    """

    __tablename__ = "sign_ins"

    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE", index=True)
    browser: str = Field(default="", max_length=60, description="name and system, as the browser says")
    ended_at: datetime | None = Field(default=None, description="signed out, here or from elsewhere")


class Membership(Record, table=True):
    __tablename__ = "memberships"
    __table_args__ = (sa.UniqueConstraint("user_id", "organisation_id"),)

    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE", index=True)
    organisation_id: UUID = Field(foreign_key="organisations.id", ondelete="CASCADE", index=True)
    role: MembershipRole = Field(sa_type=text_enum(MembershipRole))
    user: User = Relationship(back_populates="memberships")


class OrganisationClaim(Edited, table=True):
    """A person asks to act for an organisation that is already in the registry; an officer decides."""

    __tablename__ = "organisation_claims"

    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE", index=True)
    organisation_id: UUID = Field(foreign_key="organisations.id", ondelete="CASCADE", index=True)
    statement: str = Field(default="", max_length=1000)
    state: ClaimState = Field(default=ClaimState.PENDING, sa_type=text_enum(ClaimState))
    decided_by: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
    decided_at: datetime | None = None
    decision_note: str = Field(default="", max_length=1000)


class Draft(SQLModel, table=True):
    """What a person has typed into a long form and not yet submitted."""

    __tablename__ = "drafts"
    __table_args__ = (sa.PrimaryKeyConstraint("user_id", "form", "subject"),)

    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE")
    form: str = Field(max_length=60)
    subject: str = Field(default="", max_length=60, description="id of the record under edit, or empty for a new one")
    answers: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON, nullable=False)
    changed_at: datetime = Field(default_factory=utc_now)
