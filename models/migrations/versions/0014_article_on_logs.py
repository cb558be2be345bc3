"""the rule on sign-ins cites the law as it was amended in 2025, which counts its articles anew"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# Files only add rows, so what is new in one comes from here. A row that has been given another source keeps it.
OF_2016 = (
    "Cybersecurity Law of the People's Republic of China (published in 2016), article 21: network logs are kept for no "
    "less than six months (184 days at the longest); may be made longer",
    "《中华人民共和国网络安全法》（2016年公布）第二十一条：网络日志留存不少于六个月（最长184天）；可由管理员延长",
)
AS_AMENDED = (
    "Cybersecurity Law of the People's Republic of China (amended in 2025), article 23, formerly 21: network logs are "
    "kept for no less than six months (184 days at the longest); may be made longer",
    "《中华人民共和国网络安全法》（2025年修正）第二十三条（原第二十一条）：网络日志留存不少于六个月（最长184天）；可由管理员延长",
)


def upgrade() -> None:
    _cite(AS_AMENDED, instead_of=OF_2016)


def downgrade() -> None:
    _cite(OF_2016, instead_of=AS_AMENDED)


def _cite(now: tuple[str, str], *, instead_of: tuple[str, str]) -> None:
    rules = sa.table("retention_rules", *(sa.column(name) for name in ("code", "source", "source_zh")))
    known = rules.c.code == "sign_ins", rules.c.source == instead_of[0], rules.c.source_zh == instead_of[1]
    op.execute(rules.update().where(*known).values(source=now[0], source_zh=now[1]))
