"""the least days that a rule of retention may say, its source in both languages; shown lists are found by their time"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString(length=400)
# Six months have up to 184 days.
SIX_MONTHS = 184
# The rows of the last release, whose source was in Chinese alone: files only add rows, so what is new in these comes
# from here (no new Chinese: it stays as it was). Rows that have been given another source keep it.
KNOWN = {
    "jobs_done": (
        "平台默认值（2026-11）：任务记录只说明工作过程，成果（报告、名单、导入批次）另行保存；一个季度内可查；可由管理员调整",
        "",
        "Editors' default (2026-11): the record of a job only tells how the work went, its results (reports, lists, "
        "imports) are kept apart; it can be looked up for a quarter; editable",
    ),
    "jobs_ended_early": (
        "平台默认值（2026-11）：用于查找故障原因，保留半年；仍有记录引用的不清理；可由管理员调整",
        "",
        "Editors' default (2026-11): for finding the cause of a failure, half a year; what a record still points at is "
        "not cleared; editable",
    ),
    "sign_ins": (
        "《中华人民共和国网络安全法》第二十一条：网络日志留存不少于六个月；可由管理员调整",
        "《中华人民共和国网络安全法》（2016年公布）第二十一条：网络日志留存不少于六个月（最长184天）；可由管理员延长",
        "Cybersecurity Law of the People's Republic of China (published in 2016), article 21: network logs are kept for no "
        "less than six months (184 days at the longest); may be made longer",
    ),
}


def upgrade() -> None:
    op.create_index(op.f("ix_ranking_runs_created_at"), "ranking_runs", ["created_at"], unique=False)
    op.create_index("ix_ranking_runs_mandate_created", "ranking_runs", ["mandate_id", "created_at"], unique=False)
    op.drop_index(op.f("ix_ranking_runs_mandate_id"), table_name="ranking_runs")
    with op.batch_alter_table("retention_rules", schema=None) as batch_op:
        batch_op.add_column(sa.Column("least_days", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("source_zh", TEXT, nullable=False, server_default=""))
        batch_op.drop_constraint(batch_op.f("ck_retention_rules_days_range"), type_="check")

    names = ("code", "days", "least_days", "source", "source_zh")
    rules = sa.table("retention_rules", *(sa.column(name) for name in names))
    for code, (was, chinese, english) in KNOWN.items():
        known = rules.update().where(rules.c.code == code, rules.c.source == was)
        op.execute(known.values(source=english, source_zh=chinese or was))
    least = sa.case((rules.c.days < SIX_MONTHS, SIX_MONTHS), else_=rules.c.days)
    op.execute(rules.update().where(rules.c.code == "sign_ins").values(least_days=SIX_MONTHS, days=least))

    with op.batch_alter_table("retention_rules", schema=None) as batch_op:
        batch_op.alter_column("least_days", existing_type=sa.Integer(), existing_nullable=False, server_default=None)
        batch_op.alter_column("source_zh", existing_type=TEXT, existing_nullable=False, server_default=None)
        batch_op.create_check_constraint(
            batch_op.f("ck_retention_rules_days_range"), "days BETWEEN least_days AND 3650"
        )
        batch_op.create_check_constraint(batch_op.f("ck_retention_rules_least_days_range"), "least_days >= 1")


def downgrade() -> None:
    with op.batch_alter_table("retention_rules", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_retention_rules_least_days_range"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_retention_rules_days_range"), type_="check")
        for column in ("source_zh", "least_days"):
            batch_op.drop_column(column)
        batch_op.create_check_constraint(batch_op.f("ck_retention_rules_days_range"), "days BETWEEN 1 AND 3650")
    op.create_index(op.f("ix_ranking_runs_mandate_id"), "ranking_runs", ["mandate_id"], unique=False)
    op.drop_index("ix_ranking_runs_mandate_created", table_name="ranking_runs")
    op.drop_index(op.f("ix_ranking_runs_created_at"), table_name="ranking_runs")
