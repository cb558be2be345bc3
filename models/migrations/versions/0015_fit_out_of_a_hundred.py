"""the fit from which a need counts as met is kept out of 100, as every page shows a fit"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

# Files only add rows, so what is new in one comes from here. A row that has been given another source keeps it.
OF_ONE = (
    "Editors' default: the engine's fit as a part of 1; a need whose best candidate stays below it counts as not met; "
    "editable",
    "平台默认值：以1为满分的匹配度；最佳候选低于此值的需求视为未满足；可调整",
)
OF_A_HUNDRED = (
    "Editors' default: the fit out of 100 as lists show it; a need whose best candidate stays below it counts as not "
    "met; editable",
    "平台默认值：与推荐列表一致，以100为满分的匹配度；最佳候选低于此值的需求视为未满足；可调整",
)
LIMITS = sa.table("chain_limits", *(sa.column(name) for name in ("code", "value", "source", "source_zh")))


def upgrade() -> None:
    _scale(100, OF_A_HUNDRED, instead_of=OF_ONE)


def downgrade() -> None:
    _scale(0.01, OF_ONE, instead_of=OF_A_HUNDRED)


def _scale(by: float, now: tuple[str, str], *, instead_of: tuple[str, str]) -> None:
    fit = LIMITS.c.code == "met_fit"
    unchanged = LIMITS.c.source == instead_of[0], LIMITS.c.source_zh == instead_of[1]
    op.execute(LIMITS.update().where(fit).values(value=sa.func.round(sa.cast(LIMITS.c.value * by, sa.Numeric), 4)))
    op.execute(LIMITS.update().where(fit, *unchanged).values(source=now[0], source_zh=now[1]))
