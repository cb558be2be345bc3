"""learned weights"""

import sqlalchemy as sa
import sqlmodel
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outcome_values",
        sa.Column(
            "kind",
            sa.Enum(
                "useful",
                "not_useful",
                "shortlisted",
                "accepted",
                "declined",
                "agreed",
                "contracted",
                "passed_over",
                "teamed_up",
                "not_teamed_up",
                name="outcome_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("strength", sa.Float(), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=400), nullable=False),
        sa.CheckConstraint("strength > 0", name=op.f("ck_outcome_values_strength_positive")),
        sa.CheckConstraint("value BETWEEN 0 AND 1", name=op.f("ck_outcome_values_value_range")),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_outcome_values")),
    )
    op.create_table(
        "decline_meanings",
        sa.Column(
            "reason",
            sa.Enum(
                "too_early",
                "benefit_unclear",
                "route_unclear",
                "description_unclear",
                "wrong_expertise",
                "no_capacity",
                "better_partner",
                "terms",
                "other",
                name="decline_reason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("component", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=400), nullable=False),
        sa.PrimaryKeyConstraint("reason", "component", name=op.f("pk_decline_meanings")),
    )
    op.create_table(
        "bench_runs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("purpose", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("data_as_of", sa.Date(), nullable=False),
        sa.Column("live_code", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("index_version", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("outcomes", sa.Integer(), nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("results", sa.JSON(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("outcomes >= 0 AND needed >= 0", name=op.f("ck_bench_runs_counts_range")),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["users.id"], name=op.f("fk_bench_runs_asked_by_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_bench_runs_job_id_jobs"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bench_runs")),
    )
    with op.batch_alter_table("bench_runs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bench_runs_purpose"), ["purpose"], unique=False)

    op.create_table(
        "training_runs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("purpose", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("data_as_of", sa.Date(), nullable=False),
        sa.Column("code_version", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("index_version", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("data_sha256", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("queries", sa.Integer(), nullable=False),
        sa.Column("examples", sa.Integer(), nullable=False),
        sa.Column("outcomes", sa.JSON(), nullable=False),
        sa.Column("prior_code", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("prior", sa.JSON(), nullable=False),
        sa.Column("result", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("result_sha256", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("held_out", sa.JSON(), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "promoted",
                "offered",
                "refused",
                name="training_verdict",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("verdict = 'refused' OR result IS NOT NULL", name=op.f("ck_training_runs_offers_a_result")),
        sa.CheckConstraint("queries >= 0 AND examples >= 0", name=op.f("ck_training_runs_counts_range")),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["users.id"], name=op.f("fk_training_runs_asked_by_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("fk_training_runs_job_id_jobs"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_runs")),
    )
    with op.batch_alter_table("training_runs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_training_runs_purpose"), ["purpose"], unique=False)

    with op.batch_alter_table("preset_weights", schema=None) as batch_op:
        batch_op.add_column(sa.Column("curve", sa.JSON(none_as_null=True), nullable=True))

    with op.batch_alter_table("weight_presets", schema=None) as batch_op:
        batch_op.add_column(sa.Column("training_run_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("calibration", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column("replaced_code", sqlmodel.sql.sqltypes.AutoString(), nullable=True))
        # Presets that are there already begin at version 1, as new ones do.
        batch_op.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        batch_op.create_index(batch_op.f("ix_weight_presets_training_run_id"), ["training_run_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_weight_presets_training_run_id_training_runs"), "training_runs", ["training_run_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_weight_presets_replaced_code_weight_presets"), "weight_presets", ["replaced_code"], ["code"]
        )
    with op.batch_alter_table("weight_presets", schema=None) as batch_op:
        batch_op.alter_column("version", existing_type=sa.Integer(), existing_nullable=False, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("weight_presets", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_weight_presets_replaced_code_weight_presets"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_weight_presets_training_run_id_training_runs"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_weight_presets_training_run_id"))
        batch_op.drop_column("version")
        batch_op.drop_column("replaced_code")
        batch_op.drop_column("calibration")
        batch_op.drop_column("training_run_id")

    with op.batch_alter_table("preset_weights", schema=None) as batch_op:
        batch_op.drop_column("curve")

    with op.batch_alter_table("training_runs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_training_runs_purpose"))

    op.drop_table("training_runs")
    with op.batch_alter_table("bench_runs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bench_runs_purpose"))

    op.drop_table("bench_runs")
    op.drop_table("decline_meanings")
    op.drop_table("outcome_values")
