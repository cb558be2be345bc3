"""sources of indicators, limits and lines of the scorecard in Chinese too; limits of freshness have a version"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString(length=400)
COLUMNS = (
    ("chain_limits", "source_zh"),
    ("freshness_limits", "source_zh"),
    ("indicators", "source_zh"),
    ("indicators", "target_source_zh"),
    ("opening_criteria", "source_zh"),
)
EDITORS = "Matchmaker editors 2026-11"
ARTICLE = (
    "Published article on the industrial innovation of Chongqing, January 2026 (to be verified against the original)"
)
# The words of the last release: files only add rows, so what is new in these comes from here. Rows that people have
# given another source keep it.
KNOWN = (
    ("indicators", "source", EDITORS, "平台编制（2026-11）"),
    ("indicators", "target_source", ARTICLE, "关于重庆产业创新的公开文章，2026年1月（待与原文核对）"),
    ("opening_criteria", "source", EDITORS, "平台编制（2026-11）"),
    (
        "chain_limits",
        "source",
        "Editors' default: level 3 of the capability scale is “delivered to customers”; editable",
        "平台默认值：能力等级3级为“已向客户交付”；可调整",
    ),
    (
        "chain_limits",
        "source",
        "Editors' default: one supplier is a single source; editable",
        "平台默认值：只有一家供应方即为单一来源；可调整",
    ),
    (
        "chain_limits",
        "source",
        "Editors' default: being a recognised lab does not say that it supplies a node; 0 counts none; editable",
        "平台默认值：实验室资质不说明其供应某一环节；0表示不计；可调整",
    ),
    (
        "chain_limits",
        "source",
        "Editors' default: of who stands at several nodes a certification does not say which one it is about; editable",
        "平台默认值：机构涉及多个环节时，资质不说明针对哪一环节；可调整",
    ),
    (
        "chain_limits",
        "source",
        "Editors' default: level 3 supply starts at readiness level 6 to 7; editable",
        "平台默认值：3级供给约从技术成熟度6至7级起；可调整",
    ),
    (
        "chain_limits",
        "source",
        "Editors' default: the engine's fit as a part of 1; a need whose best candidate stays below it counts as not met; "
        "editable",
        "平台默认值：以1为满分的匹配度；最佳候选低于此值的需求视为未满足；可调整",
    ),
)
# Their source was in Chinese alone.
FRESHNESS_ZH = (
    "平台默认值（2026-11）：合作信息有效期12个月，企业用工、产能、资金变化较快，按半年或一季度核实；可由官员调整"
)
FRESHNESS_EN = (
    "Editors' default (2026-11): what is told for co-operation holds for 12 months; staff, capacity and money change "
    "faster and are checked each half-year or quarter; editable"
)


def upgrade() -> None:
    for table, column in COLUMNS:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column(column, TEXT, nullable=False, server_default=""))
    with op.batch_alter_table("freshness_limits", schema=None) as batch_op:
        batch_op.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    for table, column in (*COLUMNS, ("freshness_limits", "version")):
        kind = sa.Integer() if column == "version" else TEXT
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column(column, existing_type=kind, existing_nullable=False, server_default=None)

    for name, column, english, chinese in KNOWN:
        rows = sa.table(name, sa.column(column), sa.column(f"{column}_zh"))
        op.execute(rows.update().where(rows.c[column] == english).values({f"{column}_zh": chinese}))
    limits = sa.table("freshness_limits", sa.column("source"), sa.column("source_zh"))
    of_editors = limits.update().where(limits.c.source == FRESHNESS_ZH)
    op.execute(of_editors.values(source=FRESHNESS_EN, source_zh=FRESHNESS_ZH))


def downgrade() -> None:
    for table, column in (*COLUMNS, ("freshness_limits", "version")):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column(column)
