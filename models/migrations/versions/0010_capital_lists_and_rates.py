"""lists of capital as they were shown; base rates say what they count and have a Chinese source"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ONE_QUESTION = (
    "CASE WHEN need_id IS NULL THEN 0 ELSE 1 END + CASE WHEN round_id IS NULL THEN 0 ELSE 1 END"
    " + CASE WHEN mandate_id IS NULL THEN 0 ELSE 1 END <= 1"
)
COUNTS = ("needs", "pairs")
CHALLENGE = "中国创新挑战赛前三届公布数据"
PITCH = "创业投资机构公开的项目流统计"
# The rows of the last release: files only add rows, so what is new in these comes from here.
KNOWN = {
    "challenge-published": ("needs", CHALLENGE),
    "challenge-matched": ("needs", CHALLENGE),
    "challenge-intent": ("needs", CHALLENGE),
    "lanzhou-contract": ("needs", "兰州市2017—2025年技术需求对接公布数据"),
    "campaign-introduction": ("pairs", "境外对接活动公开报告"),
    "pitch-call": ("pairs", PITCH),
    "pitch-follow": ("pairs", PITCH),
    "pitch-funded": ("pairs", PITCH),
    "chongqing-platforms": (None, "重庆市中试平台建设规划"),
}


def upgrade() -> None:
    with op.batch_alter_table("ranking_runs", schema=None) as batch_op:
        for column, table in (("round_id", "rounds"), ("mandate_id", "mandates")):
            batch_op.add_column(sa.Column(column, sa.Uuid(), nullable=True))
            batch_op.create_index(batch_op.f(f"ix_ranking_runs_{column}"), [column], unique=False)
            name = batch_op.f(f"fk_ranking_runs_{column}_{table}")
            batch_op.create_foreign_key(name, table, [column], ["id"], ondelete="CASCADE")
        batch_op.create_check_constraint(batch_op.f("ck_ranking_runs_one_question"), ONE_QUESTION)

    text = sqlmodel.sql.sqltypes.AutoString(length=400)
    with op.batch_alter_table("base_rates", schema=None) as batch_op:
        batch_op.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("counts", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("source_zh", text, nullable=False, server_default=""))
        allowed = ", ".join(f"'{one}'" for one in COUNTS)
        batch_op.create_check_constraint(batch_op.f("ck_base_rates_rate_count"), f"counts IN ({allowed})")
    with op.batch_alter_table("base_rates", schema=None) as batch_op:
        batch_op.alter_column("version", existing_type=sa.Integer(), existing_nullable=False, server_default=None)
        batch_op.alter_column("source_zh", existing_type=text, existing_nullable=False, server_default=None)

    rates = sa.table("base_rates", sa.column("code"), sa.column("counts"), sa.column("source_zh"))
    for code, (counts, source) in KNOWN.items():
        op.execute(rates.update().where(rates.c.code == code).values(counts=counts, source_zh=source))


def downgrade() -> None:
    with op.batch_alter_table("base_rates", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_base_rates_rate_count"), type_="check")
        for column in ("source_zh", "counts", "version"):
            batch_op.drop_column(column)
    with op.batch_alter_table("ranking_runs", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_ranking_runs_one_question"), type_="check")
        for column, table in (("round_id", "rounds"), ("mandate_id", "mandates")):
            batch_op.drop_constraint(batch_op.f(f"fk_ranking_runs_{column}_{table}"), type_="foreignkey")
            batch_op.drop_index(batch_op.f(f"ix_ranking_runs_{column}"))
            batch_op.drop_column(column)
