"""A working copy of a mandate knows from which edition it began.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("mandates", schema=None) as batch_op:
        batch_op.add_column(sa.Column("revises_edition", sa.Integer(), nullable=True))
    # Copies that are there began from the edition that is in force: publishing one has always removed it.
    op.execute(
        "UPDATE mandates SET revises_edition = (SELECT published.edition FROM mandates AS published "
        "WHERE published.id = mandates.revises_id) WHERE revises_id IS NOT NULL"
    )


def downgrade() -> None:
    with op.batch_alter_table("mandates", schema=None) as batch_op:
        batch_op.drop_column("revises_edition")
