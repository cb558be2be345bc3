"""capital"""

import sqlalchemy as sa
import sqlmodel
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


STATUSES = ("draft", "investing", "paused", "exiting", "closed")
MANDATE_RULES = {
    "ceilings_range": "firm_age_high >= 0 AND staff_high >= 0 AND valuation_high >= 0",
    "rd_ratio_range": "rd_ratio_low BETWEEN 0 AND 1",
    "trl_range": "trl_low BETWEEN 1 AND 9",
    "reinvestment_range": "reinvestment_multiple >= 0",
    "weeks_range": "decision_weeks >= 0",
    "copy_is_a_draft": "revises_id IS NULL OR status = 'draft'",
}
ROUND_RULES = {
    "trl_range": "trl BETWEEN 1 AND 9",
    "way_range": "market_months >= 0 AND exit_months >= 0",
    "way_order": "market_months <= exit_months",
    "stake_range": "stake_most > 0 AND stake_most <= 1",
    "funds_range": "funds_most BETWEEN 1 AND 20",
}


def _set_statuses(statuses: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{status}'" for status in statuses)
    with op.batch_alter_table("mandates", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_mandates_mandate_status"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_mandates_mandate_status"), f"status IN ({listed})")


def upgrade() -> None:
    op.create_table(
        "clause_defaults",
        sa.Column(
            "kind",
            sa.Enum(
                "status",
                "field",
                "exclusion",
                "district",
                "stage",
                "firm_age",
                "staff",
                "rd_ratio",
                "certification",
                "readiness",
                "valuation",
                "ticket",
                "stake",
                "money_left",
                "life",
                "main_field_share",
                "reinvestment",
                name="clause_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "force",
            sa.Enum(
                "hard", "waivable", "soft", name="clause_force", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("position_in_list", sa.Integer(), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=400), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_clause_defaults")),
    )
    op.create_table(
        "stage_templates",
        sa.Column(
            "kind",
            sa.Enum(
                "lead",
                "screening",
                "diligence",
                "committee",
                "signing",
                "portfolio",
                "exit",
                "dropped",
                name="stage_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name_zh", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("name_en", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("position_in_list", sa.Integer(), nullable=False),
        sa.Column("rules", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=400), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_stage_templates")),
    )
    op.create_table(
        "typical_funds",
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("name_zh", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("name_en", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=400), nullable=False),
        sa.Column("position_in_list", sa.Integer(), nullable=False),
        sa.Column(
            "capital_type",
            sa.Enum(
                "government_guided",
                "state_firm",
                "social",
                name="capital_type",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("stages", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("ticket_low", sa.Float(), nullable=False),
        sa.Column("ticket_high", sa.Float(), nullable=False),
        sa.Column("stake_high", sa.Float(), nullable=True),
        sa.Column("life_years", sa.Integer(), nullable=False),
        sa.Column(
            "leads",
            sa.Enum(
                "lead",
                "follow",
                "both",
                name="lead_or_follow",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.CheckConstraint("life_years > 0", name=op.f("ck_typical_funds_life_positive")),
        sa.CheckConstraint("stake_high BETWEEN 0 AND 1", name=op.f("ck_typical_funds_stake_range")),
        sa.CheckConstraint("ticket_low >= 0 AND ticket_low <= ticket_high", name=op.f("ck_typical_funds_ticket_order")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_typical_funds")),
    )
    op.create_table(
        "capital_stacks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "searching",
                "proved",
                "gap",
                "ended",
                name="stack_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("question", sa.JSON(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["users.id"], name=op.f("fk_capital_stacks_asked_by_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("fk_capital_stacks_job_id_jobs"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_capital_stacks_organisation_id_organisations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["rounds.id"], name=op.f("fk_capital_stacks_round_id_rounds"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capital_stacks")),
    )
    with op.batch_alter_table("capital_stacks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_capital_stacks_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_capital_stacks_round_id"), ["round_id"], unique=False)

    op.create_table(
        "clause_waivers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("mandate_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "status",
                "field",
                "exclusion",
                "district",
                "stage",
                "firm_age",
                "staff",
                "rd_ratio",
                "certification",
                "readiness",
                "valuation",
                "ticket",
                "stake",
                "money_left",
                "life",
                "main_field_share",
                "reinvestment",
                name="clause_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("waived_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_clause_waivers_has_a_reason")),
        sa.ForeignKeyConstraint(
            ["mandate_id"], ["mandates.id"], name=op.f("fk_clause_waivers_mandate_id_mandates"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_clause_waivers_organisation_id_organisations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["waived_by"], ["users.id"], name=op.f("fk_clause_waivers_waived_by_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clause_waivers")),
        sa.UniqueConstraint(
            "mandate_id", "organisation_id", "kind", name=op.f("uq_clause_waivers_mandate_id_organisation_id_kind")
        ),
    )
    with op.batch_alter_table("clause_waivers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_clause_waivers_mandate_id"), ["mandate_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_clause_waivers_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "deal_lists",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("mandate_id", sa.Uuid(), nullable=True),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_deal_lists_has_a_name")),
        sa.ForeignKeyConstraint(
            ["mandate_id"], ["mandates.id"], name=op.f("fk_deal_lists_mandate_id_mandates"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_deal_lists_organisation_id_organisations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deal_lists")),
    )
    with op.batch_alter_table("deal_lists", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deal_lists_changed_at"), ["changed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_deal_lists_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "dossiers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("mandate_id", sa.Uuid(), nullable=False),
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "taken_up",
                "declined",
                "withdrawn",
                name="dossier_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("message", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("submitted_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("answered_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
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
            nullable=True,
        ),
        sa.Column(
            "clause",
            sa.Enum(
                "status",
                "field",
                "exclusion",
                "district",
                "stage",
                "firm_age",
                "staff",
                "rd_ratio",
                "certification",
                "readiness",
                "valuation",
                "ticket",
                "stake",
                "money_left",
                "life",
                "main_field_share",
                "reinvestment",
                name="clause_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("answer", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.CheckConstraint("state <> 'declined' OR reason IS NOT NULL", name=op.f("ck_dossiers_declined_has_a_reason")),
        sa.CheckConstraint(
            "state IN ('draft', 'withdrawn') OR submitted_at IS NOT NULL", name=op.f("ck_dossiers_submitted_has_a_time")
        ),
        sa.ForeignKeyConstraint(
            ["fund_id"], ["organisations.id"], name=op.f("fk_dossiers_fund_id_organisations"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["mandate_id"], ["mandates.id"], name=op.f("fk_dossiers_mandate_id_mandates"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_dossiers_organisation_id_organisations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["rounds.id"], name=op.f("fk_dossiers_round_id_rounds"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossiers")),
        sa.UniqueConstraint("round_id", "mandate_id", name=op.f("uq_dossiers_round_id_mandate_id")),
    )
    with op.batch_alter_table("dossiers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dossiers_changed_at"), ["changed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_dossiers_fund_id"), ["fund_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_dossiers_mandate_id"), ["mandate_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_dossiers_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_dossiers_round_id"), ["round_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_dossiers_state"), ["state"], unique=False)

    op.create_table(
        "fact_questions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("mandate_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "status",
                "field",
                "exclusion",
                "district",
                "stage",
                "firm_age",
                "staff",
                "rd_ratio",
                "certification",
                "readiness",
                "valuation",
                "ticket",
                "stake",
                "money_left",
                "life",
                "main_field_share",
                "reinvestment",
                name="clause_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "answered",
                "declined",
                name="question_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("answer", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("answered_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["mandate_id"], ["mandates.id"], name=op.f("fk_fact_questions_mandate_id_mandates"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_fact_questions_organisation_id_organisations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact_questions")),
        sa.UniqueConstraint(
            "mandate_id", "organisation_id", "kind", name=op.f("uq_fact_questions_mandate_id_organisation_id_kind")
        ),
    )
    with op.batch_alter_table("fact_questions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_fact_questions_changed_at"), ["changed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_fact_questions_mandate_id"), ["mandate_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_fact_questions_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "mandate_clauses",
        sa.Column("mandate_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "status",
                "field",
                "exclusion",
                "district",
                "stage",
                "firm_age",
                "staff",
                "rd_ratio",
                "certification",
                "readiness",
                "valuation",
                "ticket",
                "stake",
                "money_left",
                "life",
                "main_field_share",
                "reinvestment",
                name="clause_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "force",
            sa.Enum(
                "hard", "waivable", "soft", name="clause_force", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("text_zh", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("text_en", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=400), nullable=False),
        sa.ForeignKeyConstraint(
            ["mandate_id"], ["mandates.id"], name=op.f("fk_mandate_clauses_mandate_id_mandates"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("mandate_id", "kind", name=op.f("pk_mandate_clauses")),
    )
    op.create_table(
        "mandate_editions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("mandate_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(length=400), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["mandate_id"], ["mandates.id"], name=op.f("fk_mandate_editions_mandate_id_mandates"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["published_by"], ["users.id"], name=op.f("fk_mandate_editions_published_by_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mandate_editions")),
        sa.UniqueConstraint("mandate_id", "number", name=op.f("uq_mandate_editions_mandate_id_number")),
    )
    with op.batch_alter_table("mandate_editions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mandate_editions_mandate_id"), ["mandate_id"], unique=False)

    op.create_table(
        "round_supports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "innovation_voucher",
                "challenge_budget",
                "grant",
                "own_money",
                name="support_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title_zh", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("title_en", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("amount", sa.Float(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("is_confirmed", sa.Boolean(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_round_supports_amount_positive")),
        sa.CheckConstraint("month >= 0", name=op.f("ck_round_supports_month_range")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["rounds.id"], name=op.f("fk_round_supports_round_id_rounds"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_supports")),
    )
    with op.batch_alter_table("round_supports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_round_supports_round_id"), ["round_id"], unique=False)

    op.create_table(
        "screens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("mandate_id", sa.Uuid(), nullable=True),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("filters", sa.JSON(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("alerts", sa.Boolean(), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_screens_has_a_name")),
        sa.ForeignKeyConstraint(
            ["mandate_id"], ["mandates.id"], name=op.f("fk_screens_mandate_id_mandates"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_screens_organisation_id_organisations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_screens_user_id_users"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screens")),
    )
    with op.batch_alter_table("screens", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_screens_changed_at"), ["changed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_screens_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_screens_user_id"), ["user_id"], unique=False)

    op.create_table(
        "deal_stages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "lead",
                "screening",
                "diligence",
                "committee",
                "signing",
                "portfolio",
                "exit",
                "dropped",
                name="stage_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name_zh", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("name_en", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.CheckConstraint("name_zh <> '' OR name_en <> ''", name=op.f("ck_deal_stages_has_a_name")),
        sa.ForeignKeyConstraint(
            ["list_id"], ["deal_lists.id"], name=op.f("fk_deal_stages_list_id_deal_lists"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deal_stages")),
    )
    with op.batch_alter_table("deal_stages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deal_stages_changed_at"), ["changed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_deal_stages_list_id"), ["list_id"], unique=False)

    op.create_table(
        "field_grants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("field", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("grantee_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossiers.id"], name=op.f("fk_field_grants_dossier_id_dossiers"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["grantee_id"],
            ["organisations.id"],
            name=op.f("fk_field_grants_grantee_id_organisations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_field_grants_organisation_id_organisations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_field_grants")),
        sa.UniqueConstraint(
            "organisation_id",
            "field",
            "grantee_id",
            "dossier_id",
            name=op.f("uq_field_grants_organisation_id_field_grantee_id_dossier_id"),
        ),
    )
    with op.batch_alter_table("field_grants", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_field_grants_grantee_id"), ["grantee_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_field_grants_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "screen_mutes",
        sa.Column("screen_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidate_id"],
            ["organisations.id"],
            name=op.f("fk_screen_mutes_candidate_id_organisations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["screen_id"], ["screens.id"], name=op.f("fk_screen_mutes_screen_id_screens"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_screen_mutes_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("screen_id", "user_id", "candidate_id", name=op.f("pk_screen_mutes")),
    )
    op.create_table(
        "screens_seen",
        sa.Column("screen_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("seen_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["screen_id"], ["screens.id"], name=op.f("fk_screens_seen_screen_id_screens"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_screens_seen_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("screen_id", "user_id", name=op.f("pk_screens_seen")),
    )
    op.create_table(
        "deals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=True),
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("amount", sa.Float(), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("override", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
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
            nullable=True,
        ),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["organisations.id"], name=op.f("fk_deals_candidate_id_organisations"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["list_id"], ["deal_lists.id"], name=op.f("fk_deals_list_id_deal_lists"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_deals_organisation_id_organisations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_deals_owner_id_users"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["round_id"], ["rounds.id"], name=op.f("fk_deals_round_id_rounds"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["stage_id"], ["deal_stages.id"], name=op.f("fk_deals_stage_id_deal_stages")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deals")),
        sa.UniqueConstraint("list_id", "candidate_id", name=op.f("uq_deals_list_id_candidate_id")),
    )
    with op.batch_alter_table("deals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deals_candidate_id"), ["candidate_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_deals_changed_at"), ["changed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_deals_list_id"), ["list_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_deals_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_deals_stage_id"), ["stage_id"], unique=False)

    op.create_table(
        "deal_notes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(length=4000), nullable=False),
        sa.ForeignKeyConstraint(
            ["deal_id"], ["deals.id"], name=op.f("fk_deal_notes_deal_id_deals"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_deal_notes_user_id_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deal_notes")),
    )
    with op.batch_alter_table("deal_notes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deal_notes_deal_id"), ["deal_id"], unique=False)

    with op.batch_alter_table("mandates", schema=None) as batch_op:
        batch_op.add_column(sa.Column("rd_ratio_low", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("trl_low", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("certifications", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("edition", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("revises_id", sa.Uuid(), nullable=True))
    with op.batch_alter_table("mandates", schema=None) as batch_op:
        batch_op.alter_column("certifications", server_default=None)
        batch_op.alter_column("edition", server_default=None)
        for name, rule in MANDATE_RULES.items():
            batch_op.create_check_constraint(batch_op.f(f"ck_mandates_{name}"), rule)
        batch_op.create_unique_constraint(batch_op.f("uq_mandates_revises_id"), ["revises_id"])
        batch_op.create_foreign_key(
            batch_op.f("fk_mandates_revises_id_mandates"), "mandates", ["revises_id"], ["id"], ondelete="CASCADE"
        )
    _set_statuses(STATUSES)

    with op.batch_alter_table("rounds", schema=None) as batch_op:
        batch_op.add_column(sa.Column("trl", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("market_months", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("exit_months", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("stake_most", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("funds_most", sa.Integer(), nullable=True))
    with op.batch_alter_table("rounds", schema=None) as batch_op:
        for name, rule in ROUND_RULES.items():
            batch_op.create_check_constraint(batch_op.f(f"ck_rounds_{name}"), rule)


def downgrade() -> None:
    # Nothing of what a draft says has a place in the older table; to be seen by nobody it is closed.
    op.execute("DELETE FROM mandates WHERE revises_id IS NOT NULL")
    op.execute("UPDATE mandates SET status = 'closed' WHERE status = 'draft'")
    _set_statuses(STATUSES[1:])
    for table, rules in (("rounds", ROUND_RULES), ("mandates", MANDATE_RULES)):
        with op.batch_alter_table(table, schema=None) as batch_op:
            for name in rules:
                batch_op.drop_constraint(batch_op.f(f"ck_{table}_{name}"), type_="check")
    with op.batch_alter_table("mandates", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_mandates_revises_id_mandates"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_mandates_revises_id"), type_="unique")
    with op.batch_alter_table("rounds", schema=None) as batch_op:
        batch_op.drop_column("funds_most")
        batch_op.drop_column("stake_most")
        batch_op.drop_column("exit_months")
        batch_op.drop_column("market_months")
        batch_op.drop_column("trl")

    with op.batch_alter_table("mandates", schema=None) as batch_op:
        batch_op.drop_column("revises_id")
        batch_op.drop_column("edition")
        batch_op.drop_column("certifications")
        batch_op.drop_column("trl_low")
        batch_op.drop_column("rd_ratio_low")

    with op.batch_alter_table("deal_notes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deal_notes_deal_id"))

    op.drop_table("deal_notes")
    with op.batch_alter_table("deals", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deals_stage_id"))
        batch_op.drop_index(batch_op.f("ix_deals_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_deals_list_id"))
        batch_op.drop_index(batch_op.f("ix_deals_changed_at"))
        batch_op.drop_index(batch_op.f("ix_deals_candidate_id"))

    op.drop_table("deals")
    op.drop_table("screens_seen")
    op.drop_table("screen_mutes")
    with op.batch_alter_table("field_grants", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_field_grants_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_field_grants_grantee_id"))

    op.drop_table("field_grants")
    with op.batch_alter_table("deal_stages", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deal_stages_list_id"))
        batch_op.drop_index(batch_op.f("ix_deal_stages_changed_at"))

    op.drop_table("deal_stages")
    with op.batch_alter_table("screens", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_screens_user_id"))
        batch_op.drop_index(batch_op.f("ix_screens_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_screens_changed_at"))

    op.drop_table("screens")
    with op.batch_alter_table("round_supports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_round_supports_round_id"))

    op.drop_table("round_supports")
    with op.batch_alter_table("mandate_editions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mandate_editions_mandate_id"))

    op.drop_table("mandate_editions")
    op.drop_table("mandate_clauses")
    with op.batch_alter_table("fact_questions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_fact_questions_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_fact_questions_mandate_id"))
        batch_op.drop_index(batch_op.f("ix_fact_questions_changed_at"))

    op.drop_table("fact_questions")
    with op.batch_alter_table("dossiers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_dossiers_state"))
        batch_op.drop_index(batch_op.f("ix_dossiers_round_id"))
        batch_op.drop_index(batch_op.f("ix_dossiers_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_dossiers_mandate_id"))
        batch_op.drop_index(batch_op.f("ix_dossiers_fund_id"))
        batch_op.drop_index(batch_op.f("ix_dossiers_changed_at"))

    op.drop_table("dossiers")
    with op.batch_alter_table("deal_lists", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deal_lists_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_deal_lists_changed_at"))

    op.drop_table("deal_lists")
    with op.batch_alter_table("clause_waivers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_clause_waivers_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_clause_waivers_mandate_id"))

    op.drop_table("clause_waivers")
    with op.batch_alter_table("capital_stacks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_capital_stacks_round_id"))
        batch_op.drop_index(batch_op.f("ix_capital_stacks_organisation_id"))

    op.drop_table("capital_stacks")
    op.drop_table("typical_funds")
    op.drop_table("stage_templates")
    op.drop_table("clause_defaults")
