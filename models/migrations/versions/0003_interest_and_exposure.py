"""interest and exposure"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

FIRST_KINDS = ("shown", "opened", "useful", "not_useful")
KINDS = (*FIRST_KINDS, "shortlisted", "asked", "withdrawn", "accepted", "declined", "agreed", "contracted")
REASONS = (
    "too_early",
    "benefit_unclear",
    "route_unclear",
    "description_unclear",
    "wrong_expertise",
    "no_capacity",
    "better_partner",
    "terms",
    "other",
)
STATES = ("shortlisted", "asked", "withdrawn", "accepted", "declined", "agreed", "contracted")


def upgrade() -> None:
    _let_interactions_be(KINDS)
    with op.batch_alter_table("ranking_runs") as batch_op:
        batch_op.add_column(sa.Column("mix", sa.JSON(), nullable=False, server_default="{}"))
    with op.batch_alter_table("ranking_runs") as batch_op:
        batch_op.alter_column("mix", server_default=None)
    op.create_table(
        "decline_effects",
        sa.Column("component", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("least_askers", sa.Integer(), nullable=False),
        sa.Column("window_days", sa.Integer(), nullable=False),
        sa.Column("half_life_days", sa.Float(), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=400), nullable=False),
        sa.CheckConstraint("least_askers >= 1", name=op.f("ck_decline_effects_least_askers_range")),
        sa.CheckConstraint("window_days >= 1 AND half_life_days > 0", name=op.f("ck_decline_effects_days_range")),
        sa.PrimaryKeyConstraint("component", name=op.f("pk_decline_effects")),
    )
    op.create_table(
        "exposure_policies",
        sa.Column("purpose", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("newcomer_share", sa.Float(), nullable=False),
        sa.Column("small_share", sa.Float(), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("largest_loss", sa.Float(), nullable=False),
        sa.Column("nearness", sa.Float(), nullable=False),
        sa.Column("projects_at_most", sa.Integer(), nullable=False),
        sa.Column("founded_within_days", sa.Integer(), nullable=False),
        sa.Column("small_sizes", sa.JSON(), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=400), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("newcomer_share BETWEEN 0 AND 0.5", name=op.f("ck_exposure_policies_newcomer_share_range")),
        sa.CheckConstraint("small_share BETWEEN 0 AND 0.5", name=op.f("ck_exposure_policies_small_share_range")),
        sa.CheckConstraint("depth BETWEEN 5 AND 50", name=op.f("ck_exposure_policies_depth_range")),
        sa.CheckConstraint("largest_loss BETWEEN 0 AND 1", name=op.f("ck_exposure_policies_largest_loss_range")),
        sa.CheckConstraint("nearness BETWEEN 0 AND 1", name=op.f("ck_exposure_policies_nearness_range")),
        sa.CheckConstraint(
            "projects_at_most >= 0 AND founded_within_days >= 0", name=op.f("ck_exposure_policies_newcomer_range")
        ),
        sa.PrimaryKeyConstraint("purpose", name=op.f("pk_exposure_policies")),
    )
    op.create_table(
        "interests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=True),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("state", _closed_list(STATES, "interest_state"), nullable=False),
        sa.Column("message", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("asked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("answered_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("reason", _closed_list(REASONS, "decline_reason"), nullable=True),
        sa.Column("answer", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.CheckConstraint("organisation_id <> candidate_id", name=op.f("ck_interests_two_sides")),
        sa.CheckConstraint(
            "state IN ('shortlisted', 'withdrawn') OR asked_at IS NOT NULL", name=op.f("ck_interests_asked_has_a_time")
        ),
        sa.CheckConstraint(
            "state <> 'declined' OR reason IS NOT NULL", name=op.f("ck_interests_declined_has_a_reason")
        ),
        sa.ForeignKeyConstraint(
            ["candidate_id"],
            ["organisations.id"],
            name=op.f("fk_interests_candidate_id_organisations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["need_id"], ["needs.id"], name=op.f("fk_interests_need_id_needs"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["offer_id"], ["offers.id"], name=op.f("fk_interests_offer_id_offers"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_interests_organisation_id_organisations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["ranking_runs.id"], name=op.f("fk_interests_run_id_ranking_runs"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interests")),
        sa.UniqueConstraint("need_id", "candidate_id", name=op.f("uq_interests_need_id_candidate_id")),
    )
    with op.batch_alter_table("interests") as batch_op:
        for column in ("candidate_id", "changed_at", "organisation_id", "state"):
            batch_op.create_index(batch_op.f(f"ix_interests_{column}"), [column], unique=False)


def downgrade() -> None:
    op.drop_table("interests")
    op.drop_table("exposure_policies")
    op.drop_table("decline_effects")
    with op.batch_alter_table("ranking_runs") as batch_op:
        batch_op.drop_column("mix")
    interactions = sa.table("interactions", sa.column("kind"))
    op.execute(interactions.delete().where(interactions.c.kind.not_in(FIRST_KINDS)))
    _let_interactions_be(FIRST_KINDS)


def _let_interactions_be(kinds: Sequence[str]) -> None:
    with op.batch_alter_table("interactions") as batch_op:
        batch_op.drop_constraint(op.f("ck_interactions_interaction_kind"), type_="check")
        allowed = ", ".join(f"'{kind}'" for kind in kinds)
        batch_op.create_check_constraint(op.f("ck_interactions_interaction_kind"), f"kind IN ({allowed})")


def _closed_list(values: Sequence[str], name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)
