"""officer"""

import sqlalchemy as sa
import sqlmodel
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "base_rates",
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("name_zh", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("name_en", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=400), nullable=False),
        sa.Column("position_in_list", sa.Integer(), nullable=False),
        sa.Column(
            "from_stage",
            sa.Enum(
                "recommended",
                "viewed",
                "interest",
                "mutual",
                "agreement",
                "contract",
                "outcome",
                name="funnel_stage",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "to_stage",
            sa.Enum(
                "recommended",
                "viewed",
                "interest",
                "mutual",
                "agreement",
                "contract",
                "outcome",
                name="to_stage",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("text_zh", sqlmodel.sql.sqltypes.AutoString(length=400), nullable=False),
        sa.Column("text_en", sqlmodel.sql.sqltypes.AutoString(length=400), nullable=False),
        sa.CheckConstraint("value >= 0", name=op.f("ck_base_rates_value_range")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_base_rates")),
    )
    op.create_table(
        "chain_limits",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("name_zh", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("name_en", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("position_in_list", sa.Integer(), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=400), nullable=False),
        sa.CheckConstraint("value >= 0", name=op.f("ck_chain_limits_value_range")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_chain_limits")),
    )
    op.create_table(
        "column_mappings",
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("header", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("column", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "header", name=op.f("pk_column_mappings")),
    )
    op.create_table(
        "freshness_limits",
        sa.Column(
            "kind",
            sa.Enum(
                "chain_leader",
                "sme",
                "lab",
                "pilot_base",
                "fund",
                "service_institution",
                "park",
                name="organisation_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=400), nullable=False),
        sa.CheckConstraint("days > 0", name=op.f("ck_freshness_limits_days_positive")),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_freshness_limits")),
    )
    op.create_table(
        "opening_criteria",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("name_zh", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("name_en", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=400), nullable=False),
        sa.Column("position_in_list", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("low", sa.Float(), nullable=True),
        sa.Column("high", sa.Float(), nullable=True),
        sa.Column("note_zh", sqlmodel.sql.sqltypes.AutoString(length=400), nullable=False),
        sa.Column("note_en", sqlmodel.sql.sqltypes.AutoString(length=400), nullable=False),
        sa.CheckConstraint("weight >= 0", name=op.f("ck_opening_criteria_not_negative")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_opening_criteria")),
    )
    op.create_table(
        "review_criteria",
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("name_zh", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("name_en", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=400), nullable=False),
        sa.Column("position_in_list", sa.Integer(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.CheckConstraint("most BETWEEN 1 AND 10", name=op.f("ck_review_criteria_most_range")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_review_criteria")),
    )
    op.create_table(
        "review_policies",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("subject", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column(
            "mode",
            sa.Enum("before", "after", name="review_mode", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("least_points", sa.Integer(), nullable=False),
        sa.Column("within_days", sa.Integer(), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=400), nullable=False),
        sa.CheckConstraint("least_points >= 0 AND within_days >= 0", name=op.f("ck_review_policies_figures_range")),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_review_policies")),
    )
    op.create_table(
        "review_reasons",
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("name_zh", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("name_en", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=400), nullable=False),
        sa.Column("position_in_list", sa.Integer(), nullable=False),
        sa.Column("text_zh", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("text_en", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_review_reasons")),
    )
    op.create_table(
        "data_releases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("licence", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["made_by"], ["users.id"], name=op.f("fk_data_releases_made_by_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_releases")),
    )
    with op.batch_alter_table("data_releases", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_data_releases_as_of"), ["as_of"], unique=False)

    op.create_table(
        "import_uploads",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("file_name", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "uploaded",
                "mapped",
                "checked",
                "applied",
                "discarded",
                name="upload_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("uploaded_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["import_batches.id"],
            name=op.f("fk_import_uploads_batch_id_import_batches"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by"], ["users.id"], name=op.f("fk_import_uploads_uploaded_by_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_uploads")),
    )
    with op.batch_alter_table("import_uploads", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_import_uploads_changed_at"), ["changed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_import_uploads_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_import_uploads_uploaded_by"), ["uploaded_by"], unique=False)

    op.create_table(
        "indicators",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("name_zh", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("name_en", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=400), nullable=False),
        sa.Column("position_in_list", sa.Integer(), nullable=False),
        sa.Column("formula", sa.JSON(), nullable=False),
        sa.Column(
            "unit",
            sa.Enum(
                "share",
                "count",
                "amount",
                "mean",
                name="indicator_unit",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("better", sa.Integer(), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("note_zh", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("note_en", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("target", sa.Float(), nullable=True),
        sa.Column("target_source", sqlmodel.sql.sqltypes.AutoString(length=400), nullable=False),
        sa.Column("is_shown", sa.Boolean(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("better BETWEEN -1 AND 1", name=op.f("ck_indicators_better_range")),
        sa.ForeignKeyConstraint(
            ["made_by"], ["users.id"], name=op.f("fk_indicators_made_by_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_indicators")),
    )
    op.create_table(
        "report_schedules",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "monthly",
                "chain",
                "call",
                "district",
                "organisation",
                name="report_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "scope_kind",
            sa.Enum(
                "region",
                "chain",
                "node",
                "district",
                "call",
                "organisation",
                "list",
                name="scope_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("scope_code", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("formats", sa.JSON(), nullable=False),
        sa.Column("sections", sa.JSON(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column(
            "rhythm",
            sa.Enum(
                "weekly",
                "monthly",
                "quarterly",
                name="schedule_rhythm",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("next_on", sa.Date(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["made_by"], ["users.id"], name=op.f("fk_report_schedules_made_by_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_schedules")),
    )
    with op.batch_alter_table("report_schedules", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_schedules_changed_at"), ["changed_at"], unique=False)

    op.create_table(
        "chain_snapshots",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("chain_code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("nodes", sa.JSON(), nullable=False),
        sa.Column("inputs_sha256", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.CheckConstraint("length(inputs_sha256) = 64", name=op.f("ck_chain_snapshots_inputs_hashed")),
        sa.ForeignKeyConstraint(
            ["chain_code"], ["chains.code"], name=op.f("fk_chain_snapshots_chain_code_chains"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chain_snapshots")),
        sa.UniqueConstraint("chain_code", "as_of", name=op.f("uq_chain_snapshots_chain_code_as_of")),
    )
    op.create_table(
        "data_release_files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("media_type", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"],
            ["data_releases.id"],
            name=op.f("fk_data_release_files_release_id_data_releases"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_release_files")),
        sa.UniqueConstraint("release_id", "name", name=op.f("uq_data_release_files_release_id_name")),
    )
    op.create_table(
        "data_requests",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("purpose", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("wanted_until", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "granted",
                "refused",
                "withdrawn",
                "revoked",
                name="data_request_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "state <> 'granted' OR expires_on IS NOT NULL", name=op.f("ck_data_requests_granted_has_an_end")
        ),
        sa.CheckConstraint("organisation_id <> owner_id", name=op.f("ck_data_requests_two_sides")),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["users.id"], name=op.f("fk_data_requests_decided_by_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_data_requests_organisation_id_organisations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["organisations.id"], name=op.f("fk_data_requests_owner_id_organisations"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_requests")),
    )
    with op.batch_alter_table("data_requests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_data_requests_changed_at"), ["changed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_data_requests_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_data_requests_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_data_requests_state"), ["state"], unique=False)

    op.create_table(
        "duplicate_pairs",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("first_id", sa.Uuid(), nullable=False),
        sa.Column("second_id", sa.Uuid(), nullable=False),
        sa.Column("likeness", sa.Float(), nullable=False),
        sa.Column("grounds", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open", "merged", "apart", name="duplicate_state", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.CheckConstraint("first_id < second_id", name=op.f("ck_duplicate_pairs_smaller_first")),
        sa.CheckConstraint("likeness BETWEEN 0 AND 1", name=op.f("ck_duplicate_pairs_likeness_range")),
        sa.ForeignKeyConstraint(
            ["first_id"],
            ["organisations.id"],
            name=op.f("fk_duplicate_pairs_first_id_organisations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["second_id"],
            ["organisations.id"],
            name=op.f("fk_duplicate_pairs_second_id_organisations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicate_pairs")),
        sa.UniqueConstraint("first_id", "second_id", name=op.f("uq_duplicate_pairs_first_id_second_id")),
    )
    with op.batch_alter_table("duplicate_pairs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_duplicate_pairs_changed_at"), ["changed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_duplicate_pairs_second_id"), ["second_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_duplicate_pairs_state"), ["state"], unique=False)

    op.create_table(
        "indicator_values",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("indicator_code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("indicator_version", sa.Integer(), nullable=False),
        sa.Column(
            "scope_kind",
            sa.Enum(
                "region",
                "chain",
                "node",
                "district",
                "call",
                "organisation",
                "list",
                name="scope_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("scope_code", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("numerator", sa.Float(), nullable=True),
        sa.Column("denominator", sa.Float(), nullable=True),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("inputs_sha256", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.CheckConstraint("known >= 0 AND known <= total", name=op.f("ck_indicator_values_known_range")),
        sa.ForeignKeyConstraint(
            ["indicator_code"],
            ["indicators.code"],
            name=op.f("fk_indicator_values_indicator_code_indicators"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_values")),
        sa.UniqueConstraint(
            "indicator_code",
            "scope_kind",
            "scope_code",
            "as_of",
            name=op.f("uq_indicator_values_indicator_code_scope_kind_scope_code_as_of"),
        ),
    )
    with op.batch_alter_table("indicator_values", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_indicator_values_as_of"), ["as_of"], unique=False)

    op.create_table(
        "match_runs",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column(
            "scope_kind",
            sa.Enum(
                "region",
                "chain",
                "node",
                "district",
                "call",
                "organisation",
                "list",
                name="scope_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("scope_code", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("organisation_ids", sa.JSON(), nullable=False),
        sa.Column("preset_code", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("weights", sa.JSON(), nullable=False),
        sa.Column("constraints", sa.JSON(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("index_version", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("code_version", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("inputs_sha256", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "running", "frozen", "ended", name="run_state", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("needs", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("needs >= 0 AND done >= 0", name=op.f("ck_match_runs_counts_range")),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["users.id"], name=op.f("fk_match_runs_asked_by_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_match_runs_job_id_jobs"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_runs")),
    )
    with op.batch_alter_table("match_runs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_match_runs_changed_at"), ["changed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_match_runs_state"), ["state"], unique=False)

    op.create_table(
        "organisation_merges",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("kept_id", sa.Uuid(), nullable=False),
        sa.Column("merged_id", sa.Uuid(), nullable=False),
        sa.Column("moved", sa.JSON(), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("merged_by", sa.Uuid(), nullable=True),
        sa.Column("undone_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("kept_id <> merged_id", name=op.f("ck_organisation_merges_two_records")),
        sa.ForeignKeyConstraint(
            ["kept_id"],
            ["organisations.id"],
            name=op.f("fk_organisation_merges_kept_id_organisations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["merged_by"], ["users.id"], name=op.f("fk_organisation_merges_merged_by_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["merged_id"],
            ["organisations.id"],
            name=op.f("fk_organisation_merges_merged_id_organisations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_merges")),
    )
    with op.batch_alter_table("organisation_merges", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_organisation_merges_kept_id"), ["kept_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_organisation_merges_merged_id"), ["merged_id"], unique=False)

    op.create_table(
        "profile_chases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "stale",
                "posting_ends",
                "certification_ends",
                "incomplete",
                name="chase_reason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("chased_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["chased_by"], ["users.id"], name=op.f("fk_profile_chases_chased_by_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_profile_chases_organisation_id_organisations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profile_chases")),
    )
    with op.batch_alter_table("profile_chases", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_profile_chases_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "scenarios",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("chain_code", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("interventions", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["chain_code"], ["chains.code"], name=op.f("fk_scenarios_chain_code_chains")),
        sa.ForeignKeyConstraint(
            ["made_by"], ["users.id"], name=op.f("fk_scenarios_made_by_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scenarios")),
    )
    with op.batch_alter_table("scenarios", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_scenarios_changed_at"), ["changed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_scenarios_made_by"), ["made_by"], unique=False)

    op.create_table(
        "certification_checks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("certification_id", sa.Uuid(), nullable=False),
        sa.Column("certification_version", sa.Integer(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "verified",
                "more_asked",
                "refused",
                name="check_outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("held_against", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("checked_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["certification_id"],
            ["certifications.id"],
            name=op.f("fk_certification_checks_certification_id_certifications"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["checked_by"], ["users.id"], name=op.f("fk_certification_checks_checked_by_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certification_checks")),
    )
    with op.batch_alter_table("certification_checks", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_certification_checks_certification_id"), ["certification_id"], unique=False
        )

    op.create_table(
        "match_run_lists",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["match_runs.id"], name=op.f("fk_match_run_lists_run_id_match_runs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", "need_id", name=op.f("pk_match_run_lists")),
    )
    op.create_table(
        "posting_reviews",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=True),
        sa.Column("need_id", sa.Uuid(), nullable=True),
        sa.Column("posting_version", sa.Integer(), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "passed",
                "changes_asked",
                "taken_down",
                name="review_verdict",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("points", sa.JSON(), nullable=False),
        sa.Column("reason_code", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("(offer_id IS NULL) <> (need_id IS NULL)", name=op.f("ck_posting_reviews_one_posting")),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["users.id"], name=op.f("fk_posting_reviews_decided_by_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["need_id"], ["needs.id"], name=op.f("fk_posting_reviews_need_id_needs"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["offer_id"], ["offers.id"], name=op.f("fk_posting_reviews_offer_id_offers"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["reason_code"], ["review_reasons.code"], name=op.f("fk_posting_reviews_reason_code_review_reasons")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posting_reviews")),
    )
    with op.batch_alter_table("posting_reviews", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_posting_reviews_need_id"), ["need_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_posting_reviews_offer_id"), ["offer_id"], unique=False)

    op.create_table(
        "reports",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "monthly",
                "chain",
                "call",
                "district",
                "organisation",
                name="report_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "scope_kind",
            sa.Enum(
                "region",
                "chain",
                "node",
                "district",
                "call",
                "organisation",
                "list",
                name="scope_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("scope_code", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_to", sa.Date(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("formats", sa.JSON(), nullable=False),
        sa.Column("sections", sa.JSON(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("previous_id", sa.Uuid(), nullable=True),
        sa.Column("schedule_id", sa.Uuid(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "making",
                "ready",
                "signed",
                "ended",
                name="report_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("content", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("content_sha256", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("signed_by", sa.Uuid(), nullable=True),
        sa.Column("signed_name", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("signed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("state <> 'signed' OR signed_at IS NOT NULL", name=op.f("ck_reports_signed_has_a_time")),
        sa.CheckConstraint(
            "state NOT IN ('ready', 'signed') OR content IS NOT NULL", name=op.f("ck_reports_ready_has_content")
        ),
        sa.CheckConstraint("period_from <= period_to", name=op.f("ck_reports_period_order")),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["users.id"], name=op.f("fk_reports_asked_by_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_reports_job_id_jobs"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["previous_id"], ["reports.id"], name=op.f("fk_reports_previous_id_reports"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["match_runs.id"], name=op.f("fk_reports_run_id_match_runs"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["schedule_id"],
            ["report_schedules.id"],
            name=op.f("fk_reports_schedule_id_report_schedules"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["signed_by"], ["users.id"], name=op.f("fk_reports_signed_by_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
    )
    with op.batch_alter_table("reports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reports_changed_at"), ["changed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_reports_kind"), ["kind"], unique=False)
        batch_op.create_index(batch_op.f("ix_reports_state"), ["state"], unique=False)

    op.create_table(
        "scenario_runs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("scenario_id", sa.Uuid(), nullable=True),
        sa.Column("scenario_version", sa.Integer(), nullable=True),
        sa.Column("interventions", sa.JSON(), nullable=False),
        sa.Column("data_as_of", sa.Date(), nullable=False),
        sa.Column("index_version", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("code_version", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("inputs_sha256", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("length(inputs_sha256) = 64", name=op.f("ck_scenario_runs_inputs_hashed")),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["users.id"], name=op.f("fk_scenario_runs_asked_by_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["scenario_id"], ["scenarios.id"], name=op.f("fk_scenario_runs_scenario_id_scenarios"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scenario_runs")),
    )
    with op.batch_alter_table("scenario_runs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_scenario_runs_scenario_id"), ["scenario_id"], unique=False)

    op.create_table(
        "report_files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(length=5), nullable=False),
        sa.Column(
            "format",
            sa.Enum(
                "pdf",
                "docx",
                "xlsx",
                "html",
                name="document_format",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["reports.id"], name=op.f("fk_report_files_report_id_reports"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_files")),
        sa.UniqueConstraint("report_id", "language", "format", name=op.f("uq_report_files_report_id_language_format")),
    )
    op.create_table(
        "match_outcomes",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("interest_id", sa.Uuid(), nullable=True),
        sa.Column("consortium_id", sa.Uuid(), nullable=True),
        sa.Column("deal_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "contract",
                "pilot_run",
                "funding",
                "trl_moved",
                name="match_outcome_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("stated_by_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.Float(), nullable=True),
        sa.Column("trl_from", sa.Integer(), nullable=True),
        sa.Column("trl_to", sa.Integer(), nullable=True),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "stated",
                "confirmed",
                "disputed",
                "withdrawn",
                name="match_outcome_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("answer", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("answered_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "kind <> 'trl_moved' OR (trl_from IS NOT NULL AND trl_to IS NOT NULL)",
            name=op.f("ck_match_outcomes_trl_given"),
        ),
        sa.CheckConstraint(
            "CASE WHEN interest_id IS NULL THEN 0 ELSE 1 END + CASE WHEN consortium_id IS NULL THEN 0 ELSE 1 END + CASE WHEN deal_id IS NULL THEN 0 ELSE 1 END = 1",
            name=op.f("ck_match_outcomes_one_match"),
        ),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_match_outcomes_amount_range")),
        sa.CheckConstraint("stated_by_id <> other_id", name=op.f("ck_match_outcomes_two_sides")),
        sa.CheckConstraint("trl_from < trl_to", name=op.f("ck_match_outcomes_trl_order")),
        sa.CheckConstraint(
            "trl_from BETWEEN 1 AND 9 AND trl_to BETWEEN 1 AND 9", name=op.f("ck_match_outcomes_trl_range")
        ),
        sa.ForeignKeyConstraint(
            ["consortium_id"],
            ["consortia.id"],
            name=op.f("fk_match_outcomes_consortium_id_consortia"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["deal_id"], ["deals.id"], name=op.f("fk_match_outcomes_deal_id_deals"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["interest_id"], ["interests.id"], name=op.f("fk_match_outcomes_interest_id_interests"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["other_id"],
            ["organisations.id"],
            name=op.f("fk_match_outcomes_other_id_organisations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["stated_by_id"],
            ["organisations.id"],
            name=op.f("fk_match_outcomes_stated_by_id_organisations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_outcomes")),
    )
    with op.batch_alter_table("match_outcomes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_match_outcomes_changed_at"), ["changed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_match_outcomes_consortium_id"), ["consortium_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_match_outcomes_deal_id"), ["deal_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_match_outcomes_interest_id"), ["interest_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_match_outcomes_other_id"), ["other_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_match_outcomes_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_match_outcomes_stated_by_id"), ["stated_by_id"], unique=False)

    with op.batch_alter_table("field_grants", schema=None) as batch_op:
        batch_op.add_column(sa.Column("request_id", sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_field_grants_request_id_data_requests"),
            "data_requests",
            ["request_id"],
            ["id"],
            ondelete="CASCADE",
        )

    for postings in ("offers", "needs"):
        with op.batch_alter_table(postings, schema=None) as batch_op:
            batch_op.add_column(sa.Column("review_by", sa.Date(), nullable=True))

    with op.batch_alter_table("organisations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("looked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("merged_into_id", sa.Uuid(), nullable=True))
        batch_op.create_index(batch_op.f("ix_organisations_merged_into_id"), ["merged_into_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_organisations_merged_into_id_organisations"),
            "organisations",
            ["merged_into_id"],
            ["id"],
            ondelete="SET NULL",
        )

    with op.batch_alter_table("rounds", schema=None) as batch_op:
        batch_op.create_index(
            "uq_rounds_open",
            ["organisation_id"],
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )


def downgrade() -> None:

    with op.batch_alter_table("rounds", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_rounds_open", sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'")
        )

    for postings in ("offers", "needs"):
        with op.batch_alter_table(postings, schema=None) as batch_op:
            batch_op.drop_column("review_by")

    with op.batch_alter_table("organisations", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_organisations_merged_into_id_organisations"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_organisations_merged_into_id"))
        batch_op.drop_column("merged_into_id")
        batch_op.drop_column("looked_at")

    with op.batch_alter_table("field_grants", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_field_grants_request_id_data_requests"), type_="foreignkey")
        batch_op.drop_column("request_id")

    with op.batch_alter_table("match_outcomes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_match_outcomes_stated_by_id"))
        batch_op.drop_index(batch_op.f("ix_match_outcomes_state"))
        batch_op.drop_index(batch_op.f("ix_match_outcomes_other_id"))
        batch_op.drop_index(batch_op.f("ix_match_outcomes_interest_id"))
        batch_op.drop_index(batch_op.f("ix_match_outcomes_deal_id"))
        batch_op.drop_index(batch_op.f("ix_match_outcomes_consortium_id"))
        batch_op.drop_index(batch_op.f("ix_match_outcomes_changed_at"))

    op.drop_table("match_outcomes")
    op.drop_table("report_files")
    with op.batch_alter_table("scenario_runs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_scenario_runs_scenario_id"))

    op.drop_table("scenario_runs")
    with op.batch_alter_table("reports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reports_state"))
        batch_op.drop_index(batch_op.f("ix_reports_kind"))
        batch_op.drop_index(batch_op.f("ix_reports_changed_at"))

    op.drop_table("reports")
    with op.batch_alter_table("posting_reviews", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_posting_reviews_offer_id"))
        batch_op.drop_index(batch_op.f("ix_posting_reviews_need_id"))

    op.drop_table("posting_reviews")
    op.drop_table("match_run_lists")
    with op.batch_alter_table("certification_checks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_certification_checks_certification_id"))

    op.drop_table("certification_checks")
    with op.batch_alter_table("scenarios", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_scenarios_made_by"))
        batch_op.drop_index(batch_op.f("ix_scenarios_changed_at"))

    op.drop_table("scenarios")
    with op.batch_alter_table("profile_chases", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_profile_chases_organisation_id"))

    op.drop_table("profile_chases")
    with op.batch_alter_table("organisation_merges", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_organisation_merges_merged_id"))
        batch_op.drop_index(batch_op.f("ix_organisation_merges_kept_id"))

    op.drop_table("organisation_merges")
    with op.batch_alter_table("match_runs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_match_runs_state"))
        batch_op.drop_index(batch_op.f("ix_match_runs_changed_at"))

    op.drop_table("match_runs")
    with op.batch_alter_table("indicator_values", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_indicator_values_as_of"))

    op.drop_table("indicator_values")
    with op.batch_alter_table("duplicate_pairs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_duplicate_pairs_state"))
        batch_op.drop_index(batch_op.f("ix_duplicate_pairs_second_id"))
        batch_op.drop_index(batch_op.f("ix_duplicate_pairs_changed_at"))

    op.drop_table("duplicate_pairs")
    with op.batch_alter_table("data_requests", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_data_requests_state"))
        batch_op.drop_index(batch_op.f("ix_data_requests_owner_id"))
        batch_op.drop_index(batch_op.f("ix_data_requests_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_data_requests_changed_at"))

    op.drop_table("data_requests")
    op.drop_table("data_release_files")
    op.drop_table("chain_snapshots")
    with op.batch_alter_table("report_schedules", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_report_schedules_changed_at"))

    op.drop_table("report_schedules")
    op.drop_table("indicators")
    with op.batch_alter_table("import_uploads", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_import_uploads_uploaded_by"))
        batch_op.drop_index(batch_op.f("ix_import_uploads_state"))
        batch_op.drop_index(batch_op.f("ix_import_uploads_changed_at"))

    op.drop_table("import_uploads")
    with op.batch_alter_table("data_releases", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_data_releases_as_of"))

    op.drop_table("data_releases")
    op.drop_table("review_reasons")
    op.drop_table("review_policies")
    op.drop_table("review_criteria")
    op.drop_table("opening_criteria")
    op.drop_table("freshness_limits")
    op.drop_table("column_mappings")
    op.drop_table("chain_limits")
    op.drop_table("base_rates")
