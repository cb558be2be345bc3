"""What the tables refuse, on a real SQLite: every CHECK and every UNIQUE has a row that breaks it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import Session, SQLModel

import models  # noqa: F401 - registers every table
from models.base import Edited, metadata, new_id

Values = Mapping[str, Any]

TABLES = sorted(metadata.tables)
CODE_OF = {table: f"the-{table}" for table in TABLES}
SAMPLES: Mapping[type, Any] = {
    str: "text",
    int: 1,
    float: 1.0,
    bool: False,
    UUID: UUID(int=7),
    date: date(2026, 1, 1),
    datetime: datetime(2026, 1, 1, tzinfo=UTC),
    object: {},  # JSON
}
# What a valid row needs besides a sample in every column that may not be empty.
NEEDED: Mapping[str, Values] = {
    "organisations": {"name_zh": "重庆某科技有限公司"},
    "facilities": {"name_zh": "某中试线"},
    "offers": {"title_zh": "供货", "state": "draft"},
    "needs": {"title_zh": "求购", "state": "draft"},
    "projects": {"title_zh": "联合攻关"},
    "training_runs": {"result": {}},
    "exposure_policies": {"newcomer_share": 0.1, "small_share": 0.1, "depth": 20},
    "interests": {"asked_at": datetime(2026, 5, 1, tzinfo=UTC), "reason": "too_early"},
    "price_runs": {"inputs_sha256": "0" * 64},
    "organisation_prices": {"price": 1.0, "askers": 3},
    "consortia": {
        **dict.fromkeys(("name_zh", "organs", "liable_body", "breach", "entry_exit", "secrecy"), "text"),
        "dissolved_reason": "the challenge was withdrawn",
        "budget": 1.0,
        "months": 12,
        "starts_on": date(2026, 1, 1),
        "signed_on": date(2026, 1, 1),
    },
    "seats": {"reason": "terms"},
}
# Columns that may be empty, and yet a valid row of every state has them filled.
FILLED: Mapping[str, frozenset[str]] = {"seats": frozenset({"organisation_id"})}
# What points at a second row of a kind: the row that the other column of the pair does not point at.
ANOTHER: Mapping[str, Any] = {"downstream_code": "another-node", "candidate_id": UUID(int=9)}
FIRST, SECOND = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)
SOURCED = {"source": "register", "source_key": "1"}


@dataclass(frozen=True)
class Breach:
    """Values that break one CHECK, or that two rows may not share."""

    constraint: str
    values: Values

    @property
    def table(self) -> str:
        return max((name for name in TABLES if self.constraint[3:].startswith(f"{name}_")), key=len)

    def __str__(self) -> str:
        return f"{self.constraint}: {', '.join(f'{name}={value}' for name, value in self.values.items())}"


def breaches(constraint: str, *rows: Values) -> list[Breach]:
    return [Breach(constraint, values) for values in rows]


def of_postings(rule: str, *rows: Values) -> list[Breach]:
    return [Breach(f"ck_{table}_{rule}", values) for table in ("offers", "needs") for values in rows]


CHECKS = [
    *breaches("ck_organisations_has_a_name", {"name_zh": "", "name_en": ""}),
    *breaches("ck_organisations_staff_range", {"staff": -1}),
    *breaches("ck_organisations_rd_staff_share_range", {"rd_staff_share": -0.1}, {"rd_staff_share": 1.1}),
    *breaches("ck_organisations_rd_ratio_range", {"rd_ratio": -0.1}, {"rd_ratio": 1.1}),
    *breaches("ck_organisations_capacity_range", {"capacity": -1}, {"engaged": -1}),
    *breaches("ck_certifications_validity_order", {"issued_on": date(2026, 1, 2), "valid_until": date(2026, 1, 1)}),
    *breaches("ck_patent_counts_counts_range", {"granted": -1}, {"applied": -1}),
    *of_postings("has_a_title", {"title_zh": "", "title_en": ""}),
    *of_postings("trl_range", {"trl_low": 0}, {"trl_low": 10}, {"trl_high": 0}, {"trl_high": 10}),
    *of_postings("trl_order", {"trl_low": 5, "trl_high": 4}),
    *of_postings("budget_order", {"budget_low": -1.0}, {"budget_low": 2.0, "budget_high": 1.0}),
    *of_postings("published_has_an_end", {"state": "published", "valid_until": None}),
    *breaches("ck_offer_capabilities_level_range", {"level": 0}, {"level": 6}),
    *breaches("ck_need_capabilities_level_range", {"level": 0}, {"level": 6}),
    *breaches("ck_need_capabilities_weight_positive", {"weight": 0.0}),
    *breaches("ck_facilities_has_a_name", {"name_zh": "", "name_en": ""}),
    *breaches("ck_facilities_trl_range", {"trl_in": 0}, {"trl_in": 10}, {"trl_out": 0}, {"trl_out": 10}),
    *breaches("ck_facilities_trl_order", {"trl_in": 5, "trl_out": 4}),
    *breaches("ck_facilities_figures_range", {"site_m2": -1.0}, {"staff": -1}, {"lead_time_days": -1}),
    *breaches("ck_facilities_hours_range", {"hours_open": -1.0}, {"hours_used": -1.0}),
    *breaches("ck_facility_capabilities_level_range", {"level": 0}, {"level": 6}),
    *breaches("ck_facility_services_price_range", {"price": -1.0}),
    *breaches("ck_facility_services_discount_range", {"sme_discount": -0.1}, {"sme_discount": 1.1}),
    *breaches("ck_facility_equipment_figures_range", {"original_value": -1.0}, {"quantity": 0}),
    *breaches("ck_facility_years_figures_range", {"services": -1}, {"income": -1.0}),
    *breaches("ck_mandates_ticket_order", {"ticket_low": -1.0}, {"ticket_low": 2.0, "ticket_high": 1.0}),
    *breaches("ck_mandates_stake_range", {"stake_high": -0.1}, {"stake_high": 1.1}),
    *breaches("ck_mandates_main_field_share_range", {"main_field_share": -0.1}, {"main_field_share": 1.1}),
    *breaches("ck_mandates_size_range", {"size": -1.0}, {"remaining": -1.0}),
    *breaches("ck_mandates_life_range", {"investment_years": -1}, {"exit_years": -1}, {"extension_years": -1}),
    *breaches("ck_rounds_amount_positive", {"amount": 0.0}),
    *breaches("ck_rounds_valuation_positive", {"valuation": 0.0}),
    *breaches("ck_rounds_runway_range", {"runway_months": -1}),
    *breaches("ck_round_milestones_trl_range", {"trl": 0}, {"trl": 10}),
    *breaches("ck_round_milestones_figures_range", {"month": -1}, {"cost": -1.0}),
    *breaches("ck_jobs_progress_range", {"done": -1}, {"total": -1}),
    *breaches("ck_jobs_counts_range", {"handover": 0}, {"run": -1}, {"failures": -1}, {"interruptions": -1}),
    *breaches("ck_projects_amount_range", {"amount": -1.0}),
    *breaches("ck_chain_links_not_itself", {"downstream_code": CODE_OF["chain_nodes"]}),
    *breaches("ck_readiness_levels_level_range", {"level": 0}, {"level": 10}),
    *breaches("ck_preset_weights_not_negative", {"weight": -1.0}),
    *breaches("ck_outcome_values_value_range", {"value": -0.1}, {"value": 1.1}),
    *breaches("ck_outcome_values_strength_positive", {"strength": 0.0}),
    *breaches("ck_training_runs_counts_range", {"queries": -1}, {"examples": -1}),
    *breaches("ck_training_runs_offers_a_result", {"verdict": "offered", "result": None}),
    *breaches("ck_bench_runs_counts_range", {"outcomes": -1}, {"needed": -1}),
    *breaches("ck_interests_two_sides", {"organisation_id": ANOTHER["candidate_id"]}),
    *breaches(
        "ck_interests_asked_has_a_time", *({"state": state, "asked_at": None} for state in ("asked", "contracted"))
    ),
    *breaches("ck_interests_declined_has_a_reason", {"state": "declined", "reason": None}),
    *breaches("ck_decline_effects_least_askers_range", {"least_askers": 0}),
    *breaches("ck_decline_effects_days_range", {"window_days": 0}, {"half_life_days": 0.0}),
    *breaches("ck_exposure_policies_newcomer_share_range", {"newcomer_share": -0.1}, {"newcomer_share": 0.6}),
    *breaches("ck_exposure_policies_small_share_range", {"small_share": -0.1}, {"small_share": 0.6}),
    *breaches("ck_exposure_policies_depth_range", {"depth": 4}, {"depth": 51}),
    *breaches("ck_exposure_policies_largest_loss_range", {"largest_loss": -0.1}, {"largest_loss": 1.1}),
    *breaches("ck_exposure_policies_nearness_range", {"nearness": -0.1}, {"nearness": 1.1}),
    *breaches("ck_exposure_policies_newcomer_range", {"projects_at_most": -1}, {"founded_within_days": -1}),
    *breaches("ck_price_runs_counts_range", {"needs": -1}, {"candidates": -1}, {"priced": -1}),
    *breaches("ck_price_runs_overload_range", {"overload": -1.0}, {"overload_after": -1.0}),
    *breaches("ck_price_runs_inputs_hashed", {"inputs_sha256": "0"}),
    *breaches("ck_organisation_prices_price_range", {"price": -0.1}, {"price": 6.1}),
    *breaches("ck_organisation_prices_load_range", {"load": -1.0}, {"load_after": -1.0}),
    *breaches("ck_organisation_prices_capacity_range", {"capacity": -1.0}),
    *breaches("ck_organisation_prices_askers_range", {"price": 0.0, "askers": -1}),
    *breaches("ck_organisation_prices_asked_by_several", {"askers": 2}),
    *breaches("ck_consortia_has_a_name", {"name_zh": "", "name_en": ""}),
    *breaches("ck_consortia_signed_has_a_day", {"state": "signed", "signed_on": None}),
    *breaches("ck_consortia_dissolved_has_a_reason", {"state": "dissolved", "dissolved_reason": ""}),
    *breaches(
        "ck_consortia_signed_has_no_blanks",
        *({"state": "signed", name: ""} for name in ("organs", "liable_body", "breach", "entry_exit", "secrecy")),
        *({"state": "signed", name: None} for name in ("budget", "starts_on", "months")),
    ),
    *breaches("ck_consortia_budget_range", {"budget": -1.0}),
    *breaches("ck_consortia_months_range", {"months": 0}, {"months": 241}),
    *breaches("ck_seats_money_range", {"money": -1.0}, {"own_money": -1.0}),
    *breaches("ck_seats_benefit_range", {"benefit_percent": -0.1}, {"benefit_percent": 100.1}),
    *breaches("ck_seats_taken_by_somebody", {"state": "proposed", "organisation_id": None}),
    *breaches("ck_seats_declined_has_a_reason", {"state": "declined", "reason": None}),
    *breaches("ck_seats_signed_by_a_member", {"state": "invited", "signed_at": datetime(2026, 1, 1, tzinfo=UTC)}),
]
UNIQUES = [
    *breaches("uq_roles_name", {"name": "officer"}),
    *breaches("uq_users_email", {"email": "li@company.example"}),
    *breaches("uq_users_fs_uniquifier", {"fs_uniquifier": "token"}),
    *breaches("uq_memberships_user_id_organisation_id", {}),
    *breaches("uq_organisations_uscc", {"uscc": "91500000MA5U000010"}),
    *breaches("uq_organisations_source_source_key", SOURCED),
    *breaches("uq_patent_counts_organisation_id_ipc_class", {"ipc_class": "B60K"}),
    *breaches("uq_field_grades_organisation_id_field", {}),
    *breaches("uq_offers_source_source_key", SOURCED),
    *breaches("uq_needs_source_source_key", SOURCED),
    *breaches("uq_facilities_source_source_key", SOURCED),
    *breaches("uq_mandates_source_source_key", SOURCED),
    *breaches("uq_projects_source_source_key", SOURCED),
    *breaches("uq_round_milestones_round_id_trl", {"trl": 4}),
    *breaches("uq_jobs_unfinished_key", {"key": "import:1", "state": "queued"}),
    *breaches("uq_interests_need_id_candidate_id", {}),
    *breaches("uq_seats_consortium_id_organisation_id", {}),
    *breaches("uq_consortium_versions_consortium_id_number", {"number": 1}),
]


def enum_columns() -> list[sa.Column[Any]]:
    tables = (metadata.tables[name] for name in TABLES)
    return [column for table in tables for column in table.columns if isinstance(column.type, sa.Enum)]


def checks() -> list[sa.CheckConstraint]:
    found = (item for table in metadata.tables.values() for item in table.constraints)
    return [item for item in found if isinstance(item, sa.CheckConstraint)]


def is_of_enum(check: sa.CheckConstraint) -> bool:
    return bool(getattr(check, "_type_bound", False))


def edited_tables() -> list[type[Any]]:
    mapped = (mapper.class_ for mapper in SQLModel._sa_registry.mappers)
    return sorted((model for model in mapped if issubclass(model, Edited)), key=lambda model: model.__name__)


def foreign_keys() -> list[sa.Column[Any]]:
    return [column for name in TABLES for column in metadata.tables[name].columns if column.foreign_keys]


@pytest.fixture
def connection(engine: Engine):
    with engine.connect() as connection:
        yield connection


def row_for(connection: sa.Connection, table: sa.Table, values: Values) -> dict[str, Any]:
    """A valid row but for `values`; the rows that it refers to are there when this returns."""
    given = {**NEEDED.get(table.name, {}), **values}
    filled = FILLED.get(table.name, frozenset())
    wanted = [column for column in table.columns if not column.nullable or column.name in filled]
    missing = [column for column in wanted if column.name not in given]
    return given | {column.name: sample(connection, column) for column in missing}


def sample(connection: sa.Connection, column: sa.Column[Any]) -> Any:
    if column.foreign_keys:
        return referred(connection, column)
    if isinstance(column.type, sa.Enum):
        return column.type.enums[0]
    if column.name == "code":
        return CODE_OF[column.table.name]
    if column.name == "id" and python_type(column) is UUID:
        return new_id()
    return SAMPLES[python_type(column)]


def python_type(column: sa.Column[Any]) -> type:
    """Of the column itself or, where a decorator stands around it, of what is inside."""
    return getattr(column.type, "impl_instance", column.type).python_type


def referred(connection: sa.Connection, column: sa.Column[Any]) -> Any:
    """The key of a row to which `column` may point; one that points at its own kind's neighbour gets another."""
    target = next(iter(column.foreign_keys)).column
    other = ANOTHER.get(column.name)
    if other is None:
        there = connection.execute(sa.select(target).order_by(target.desc()).limit(1)).scalar()
        return insert(connection, target.table.name, {})[target.name] if there is None else there
    if connection.execute(sa.select(target).where(target == other)).scalar() is None:
        insert(connection, target.table.name, {target.name: other})
    return other


def insert(connection: sa.Connection, table_name: str, values: Values) -> dict[str, Any]:
    table = metadata.tables[table_name]
    row = row_for(connection, table, values)
    # As text the way a column of an enum would send it, so that a value outside the list reaches the database.
    plain = sa.table(table.name, *(sa.column(column.name, plain_type(column)) for column in table.columns))
    connection.execute(plain.insert().values({name: as_text(value) for name, value in row.items()}))
    return row


def insert_for_a_moment(connection: sa.Connection, table_name: str, values: Values) -> None:
    with connection.begin_nested() as attempt:
        insert(connection, table_name, values)
        attempt.rollback()


def plain_type(column: sa.Column[Any]) -> sa.types.TypeEngine[Any]:
    return sa.String() if isinstance(column.type, sa.Enum) else column.type


def as_text(value: Any) -> Any:
    return value.value if isinstance(value, StrEnum) else value


@pytest.mark.parametrize("breach", CHECKS, ids=str)
def test_a_row_that_breaks_a_check_is_refused_by_that_check(connection, breach):
    insert_for_a_moment(connection, breach.table, {})  # without the breach the row is taken

    with pytest.raises(IntegrityError, match=rf"CHECK constraint failed: {breach.constraint}\n"):
        insert(connection, breach.table, breach.values)


@pytest.mark.parametrize("breach", UNIQUES, ids=str)
def test_a_second_row_with_the_same_key_is_refused(connection, breach):
    table = metadata.tables[breach.table]
    first = insert(connection, breach.table, {**others(table, breach, 1), **breach.values})
    shared = {name: first[name] for name in keys_of(table)[breach.constraint]}
    columns = ", ".join(f"{table.name}.{name}" for name in shared)

    with pytest.raises(IntegrityError, match=rf"UNIQUE constraint failed: {columns}\n"):
        insert(connection, breach.table, {**others(table, breach, 2), **shared})


def others(table: sa.Table, breach: Breach, number: int) -> Values:
    """Values that differ from row to row in the unique columns that this case is not about."""
    keys = keys_of(table)
    names = {name for key, columns in keys.items() if key != breach.constraint for name in columns}
    apart = names.difference(keys[breach.constraint])
    return {name: f"row {number}" for name in apart if python_type(table.columns[name]) is str}


def keys_of(table: sa.Table) -> dict[str, list[str]]:
    """The UNIQUE constraints and indexes of a table by name, with their columns."""
    constraints = [item for item in table.constraints if isinstance(item, sa.UniqueConstraint)]
    indexes = [item for item in table.indexes if item.unique]
    unique: list[sa.UniqueConstraint | sa.Index] = [*constraints, *indexes]
    return {str(item.name): [column.name for column in item.columns] for item in unique}


@pytest.mark.parametrize("column", enum_columns(), ids=str)
def test_a_value_outside_a_closed_list_is_refused(connection, column):
    with pytest.raises(IntegrityError, match="CHECK constraint failed"):
        insert(connection, column.table.name, {column.name: "nothing of the kind"})


@pytest.mark.parametrize("column", enum_columns(), ids=str)
def test_every_value_of_a_closed_list_is_taken(connection, column):
    end = {"valid_until": date(2027, 1, 1)} if "valid_until" in column.table.columns else {}
    for value in column.type.enum_class:
        insert_for_a_moment(connection, column.table.name, {**end, column.name: value})


@pytest.mark.parametrize("column", foreign_keys(), ids=str)
def test_a_key_that_points_at_nothing_is_refused(connection, column):
    nowhere = UUID(int=404) if python_type(column) is UUID else "nowhere"

    with pytest.raises(IntegrityError, match="FOREIGN KEY constraint failed"):
        insert(connection, column.table.name, {column.name: nowhere})


@pytest.mark.parametrize("model", edited_tables(), ids=lambda model: model.__name__)
def test_whoever_edits_a_stale_version_is_told_and_overwrites_nothing(engine, model):
    with engine.begin() as connection:
        key = insert(connection, model.__tablename__, {})["id"]
    writers = engine.execution_options(writes=True)

    with Session(writers, expire_on_commit=False) as late, Session(writers) as early:
        opened = late.get_one(model, key)
        late.commit()  # their page is open, their transaction is over
        early.get_one(model, key).changed_at = FIRST
        early.commit()
        opened.changed_at = SECOND
        with pytest.raises(StaleDataError):
            late.commit()

    with Session(engine) as after:
        assert after.get_one(model, key).changed_at == FIRST


def test_every_check_has_a_case_that_breaks_it():
    named = {str(check.name) for check in checks() if not is_of_enum(check)}

    assert {breach.constraint for breach in CHECKS} == named


def test_every_unique_constraint_has_a_case_that_breaks_it():
    assert {breach.constraint for breach in UNIQUES} == {
        name for table in metadata.tables.values() for name in keys_of(table)
    }


def test_every_closed_list_is_guarded_by_a_check_of_its_table():
    guarded = [check for check in checks() if is_of_enum(check)]

    assert len(guarded) == len(enum_columns())
