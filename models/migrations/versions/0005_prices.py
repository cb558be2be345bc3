"""prices"""

import sqlalchemy as sa
import sqlmodel
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "price_runs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("purpose", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("preset_code", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("index_version", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("code_version", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("data_as_of", sa.Date(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=True),
        sa.Column("inputs_sha256", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("needs", sa.Integer(), nullable=False),
        sa.Column("candidates", sa.Integer(), nullable=False),
        sa.Column("priced", sa.Integer(), nullable=False),
        sa.Column("overload", sa.Float(), nullable=False),
        sa.Column("overload_after", sa.Float(), nullable=False),
        sa.CheckConstraint("length(inputs_sha256) = 64", name=op.f("ck_price_runs_inputs_hashed")),
        sa.CheckConstraint("needs >= 0 AND candidates >= 0 AND priced >= 0", name=op.f("ck_price_runs_counts_range")),
        sa.CheckConstraint("overload >= 0 AND overload_after >= 0", name=op.f("ck_price_runs_overload_range")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_runs")),
    )
    with op.batch_alter_table("price_runs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_price_runs_purpose"), ["purpose"], unique=False)

    op.create_table(
        "organisation_prices",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("price", sa.Float(), nullable=False),
        sa.Column("load", sa.Float(), nullable=False),
        sa.Column("load_after", sa.Float(), nullable=False),
        sa.Column("capacity", sa.Float(), nullable=False),
        sa.Column("is_capacity_known", sa.Boolean(), nullable=False),
        sa.Column("askers", sa.Integer(), nullable=False),
        sa.CheckConstraint("askers >= 0", name=op.f("ck_organisation_prices_askers_range")),
        sa.CheckConstraint("capacity >= 0", name=op.f("ck_organisation_prices_capacity_range")),
        sa.CheckConstraint("load >= 0 AND load_after >= 0", name=op.f("ck_organisation_prices_load_range")),
        sa.CheckConstraint("price = 0 OR askers >= 3", name=op.f("ck_organisation_prices_asked_by_several")),
        sa.CheckConstraint("price BETWEEN 0 AND 6", name=op.f("ck_organisation_prices_price_range")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_organisation_prices_organisation_id_organisations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["price_runs.id"], name=op.f("fk_organisation_prices_run_id_price_runs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", "organisation_id", name=op.f("pk_organisation_prices")),
    )
    with op.batch_alter_table("organisation_prices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_organisation_prices_organisation_id"), ["organisation_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("organisation_prices", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_organisation_prices_organisation_id"))

    op.drop_table("organisation_prices")
    with op.batch_alter_table("price_runs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_price_runs_purpose"))

    op.drop_table("price_runs")
