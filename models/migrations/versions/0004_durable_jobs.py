"""durable jobs"""

from typing import Any

import sqlalchemy as sa
import sqlmodel
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

UNFINISHED = sa.text("state IN ('queued', 'running')")
COUNTS = {"handover": "1", "run": "0", "failures": "0", "interruptions": "0"}
MOMENTS = ("handed_over_at", "cancel_asked_at")


def upgrade() -> None:
    with op.batch_alter_table("jobs") as batch_op:
        batch_op.drop_index(batch_op.f("ix_jobs_changed_at"))
        batch_op.drop_constraint(batch_op.f("uq_jobs_key"), type_="unique")
        batch_op.drop_column("changed_at")
        batch_op.drop_column("version")
        # A code from here on; what was a sentence says nothing to a table of codes.
        batch_op.drop_column("message")
    # The defaults are for rows that are there already.
    with op.batch_alter_table("jobs") as batch_op:
        text = sqlmodel.sql.sqltypes.AutoString
        batch_op.add_column(sa.Column("message", text(length=60), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("facts", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("worker", text(length=120), nullable=True))
        batch_op.add_column(_moment("due_at", nullable=False, server_default=sa.func.now()))
        for name in MOMENTS:
            batch_op.add_column(_moment(name, nullable=True))
        for name, default in COUNTS.items():
            batch_op.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default=default))
        batch_op.create_check_constraint(
            batch_op.f("ck_jobs_counts_range"), "handover >= 1 AND run >= 0 AND failures >= 0 AND interruptions >= 0"
        )
        batch_op.create_index(
            "uq_jobs_unfinished_key", ["key"], unique=True, sqlite_where=UNFINISHED, postgresql_where=UNFINISHED
        )
    with op.batch_alter_table("jobs") as batch_op:
        for name in ("message", "facts", "due_at", *COUNTS):
            batch_op.alter_column(name, server_default=None)

    op.create_table(
        "job_steps",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        _moment("at", nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_job_steps_job_id_jobs"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("job_id", "name", name=op.f("pk_job_steps")),
    )
    op.create_table(
        "workers",
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        _moment("started_at", nullable=False),
        _moment("seen_at", nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_workers")),
    )


def downgrade() -> None:
    op.drop_table("workers")
    op.drop_table("job_steps")
    with op.batch_alter_table("jobs") as batch_op:
        batch_op.drop_index("uq_jobs_unfinished_key")
        batch_op.drop_constraint(batch_op.f("ck_jobs_counts_range"), type_="check")
        for name in ("facts", "worker", "due_at", *MOMENTS, *COUNTS):
            batch_op.drop_column(name)
        # Only a job that waits or runs kept others from its key; the old rule was for all times.
        batch_op.drop_column("key")
        batch_op.alter_column("message", type_=sqlmodel.sql.sqltypes.AutoString(length=500), existing_nullable=False)
    with op.batch_alter_table("jobs") as batch_op:
        batch_op.add_column(sa.Column("key", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_jobs_key"), ["key"])
        batch_op.add_column(_moment("changed_at", nullable=False, server_default=sa.func.now()))
        batch_op.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        batch_op.create_index(batch_op.f("ix_jobs_changed_at"), ["changed_at"])
    with op.batch_alter_table("jobs") as batch_op:
        for name in ("changed_at", "version"):
            batch_op.alter_column(name, server_default=None)


def _moment(name: str, **settings: Any) -> sa.Column[Any]:
    return sa.Column(name, sqlmodel.sql.sqltypes.UTCDateTime(), **settings)
