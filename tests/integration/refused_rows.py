"""Rows that the tables refuse: for every CHECK and every UNIQUE one that breaks it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import models  # noqa: F401 - registers every table
from models.base import metadata

Values = Mapping[str, Any]

TABLES = sorted(metadata.tables)
CODE_OF = {table: f"the-{table}" for table in TABLES}
SAMPLES: Mapping[type, Any] = {
    str: "text",
    int: 1,
    float: 1.0,
    bool: False,
    bytes: b"bytes",
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
    "challenges": {"title_zh": "零下三十度两秒冷启动", "members_at_most": 8},
    "rule_sets": {"name_zh": "组建规则"},
    "relay_hops": {"trl_low": 2, "trl_high": 4},
    "typical_funds": {"name_zh": "天使基金", "life_years": 10},
    "dossiers": {"submitted_at": datetime(2026, 5, 1, tzinfo=UTC), "reason": "too_early"},
    "deal_lists": {"name": "2026年重点项目"},
    "deal_stages": {"name_zh": "线索"},
    "screens": {"name": "本月新开放"},
    "chain_snapshots": {"inputs_sha256": "0" * 64},
    "scenario_runs": {"inputs_sha256": "0" * 64},
    "reports": {"content": {}, "signed_at": datetime(2026, 5, 1, tzinfo=UTC)},
    "posting_reviews": {"need_id": None},
    "ranking_runs": {"round_id": None, "mandate_id": None},
    "match_outcomes": {"consortium_id": None, "deal_id": None, "trl_from": 4, "trl_to": 5},
    "rounds": {"state": "open"},
    "data_requests": {"expires_on": date(2026, 12, 1)},
}
# Columns that may be empty, and yet a valid row of every state has them filled.
FILLED: Mapping[str, frozenset[str]] = {
    "seats": frozenset({"organisation_id"}),
    "composition_rules": frozenset({"challenge_id"}),
    "field_grants": frozenset({"dossier_id"}),
    "posting_reviews": frozenset({"offer_id"}),
    "match_outcomes": frozenset({"interest_id"}),
    "ranking_runs": frozenset({"need_id"}),
}
# Of two columns one is filled: what a row has in place of the usual when this one is.
INSTEAD: Mapping[str, Values] = {
    "composition_rules.rule_set_id": {"challenge_id": None},
    "posting_reviews.need_id": {"offer_id": None},
    "match_outcomes.consortium_id": {"interest_id": None},
    "match_outcomes.deal_id": {"interest_id": None},
    "ranking_runs.round_id": {"need_id": None},
    "ranking_runs.mandate_id": {"need_id": None},
}
# What points at a second row of a kind: the row that the other column of the pair does not point at.
ANOTHER: Mapping[str, Any] = {
    "downstream_code": "another-node",
    "candidate_id": UUID(int=9),
    "second_id": UUID(int=9),
    "park_id": UUID(int=9),
    "merged_id": UUID(int=9),
    "other_id": UUID(int=9),
    "owner_id": UUID(int=9),
    "duplicate_pairs.second_id": UUID(int=2**128 - 1),  # larger than the first
}
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
    *breaches("ck_mandates_ceilings_range", {"firm_age_high": -1}, {"staff_high": -1}, {"valuation_high": -1.0}),
    *breaches("ck_mandates_rd_ratio_range", {"rd_ratio_low": -0.1}, {"rd_ratio_low": 1.1}),
    *breaches("ck_mandates_trl_range", {"trl_low": 0}, {"trl_low": 10}),
    *breaches("ck_mandates_reinvestment_range", {"reinvestment_multiple": -0.1}),
    *breaches("ck_mandates_weeks_range", {"decision_weeks": -1}),
    *breaches("ck_mandates_copy_is_a_draft", {"revises_id": UUID(int=9), "status": "investing"}),
    *breaches("ck_typical_funds_ticket_order", {"ticket_low": -1.0}, {"ticket_low": 2.0, "ticket_high": 1.0}),
    *breaches("ck_typical_funds_stake_range", {"stake_high": -0.1}, {"stake_high": 1.1}),
    *breaches("ck_typical_funds_life_positive", {"life_years": 0}),
    *breaches("ck_clause_waivers_has_a_reason", {"reason": ""}),
    *breaches("ck_rounds_amount_positive", {"amount": 0.0}),
    *breaches("ck_rounds_valuation_positive", {"valuation": 0.0}),
    *breaches("ck_rounds_trl_range", {"trl": 0}, {"trl": 10}),
    *breaches("ck_rounds_runway_range", {"runway_months": -1}),
    *breaches("ck_rounds_way_range", {"market_months": -1}, {"exit_months": -1}),
    *breaches("ck_rounds_way_order", {"market_months": 25, "exit_months": 24}),
    *breaches("ck_rounds_stake_range", {"stake_most": 0.0}, {"stake_most": 1.1}),
    *breaches("ck_rounds_funds_range", {"funds_most": 0}, {"funds_most": 21}),
    *breaches("ck_round_supports_amount_positive", {"amount": 0.0}),
    *breaches("ck_round_supports_month_range", {"month": -1}),
    *breaches(
        "ck_dossiers_submitted_has_a_time",
        *({"state": state, "submitted_at": None} for state in ("submitted", "taken_up", "declined")),
    ),
    *breaches("ck_dossiers_declined_has_a_reason", {"state": "declined", "reason": None}),
    *breaches("ck_deal_lists_has_a_name", {"name": ""}),
    *breaches("ck_deal_stages_has_a_name", {"name_zh": "", "name_en": ""}),
    *breaches("ck_screens_has_a_name", {"name": ""}),
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
    *breaches("ck_challenges_has_a_title", {"title_zh": "", "title_en": ""}),
    *breaches("ck_challenges_money_range", {"budget": -1.0}, {"own_money": -1.0}),
    *breaches("ck_challenges_months_range", {"months": 0}, {"months": 121}),
    *breaches("ck_challenges_trl_range", {"trl_from": 0}, {"trl_from": 10}, {"trl_to": 0}, {"trl_to": 10}),
    *breaches("ck_challenges_trl_order", {"trl_from": 5, "trl_to": 4}),
    *breaches("ck_challenges_members_range", {"members_at_most": 1}, {"members_at_most": 31}),
    *breaches("ck_challenges_racers_range", {"racers": 0}, {"racers": 11}),
    *breaches("ck_challenges_clarity_range", {"clarity_points": -1}),
    *breaches("ck_challenge_answers_asks_range", {"asks": -1.0}),
    *breaches("ck_challenge_answers_months_range", {"months": 0}, {"months": 121}),
    *breaches("ck_challenge_answers_points_range", {"points": -1.0}, {"points": 101.0}),
    *breaches("ck_challenge_capabilities_level_range", {"level": 0}, {"level": 6}),
    *breaches("ck_challenge_capabilities_weight_positive", {"weight": 0.0}),
    *breaches("ck_challenge_seats_count_range", {"least": -1}, {"least": 2, "most": 1}, {"most": 31}),
    *breaches("ck_challenge_seats_cost_range", {"cost": -1.0}),
    *breaches("ck_clarity_scores_points_range", {"points": -1}, {"points": 11}),
    *breaches("ck_clarity_criteria_most_range", {"most": 0}, {"most": 11}),
    *breaches("ck_clarity_limits_value_range", {"value": -1.0}),
    *breaches("ck_composition_rules_has_a_source", {"source": ""}),
    *breaches("ck_composition_rules_one_home", {"challenge_id": None}),
    *breaches("ck_rule_sets_edition_range", {"edition": 0}),
    *breaches("ck_rule_sets_has_a_name", {"name_zh": "", "name_en": ""}),
    *breaches("ck_organisation_conflicts_two_sides", {"first_id": ANOTHER["second_id"]}),
    *breaches("ck_compositions_bounded", {"value": 2.0, "bound": 1.0}),
    *breaches("ck_pairings_two_sides", {"institution_id": ANOTHER["park_id"]}),
    *breaches("ck_relay_hops_trl_range", {"trl_low": 0}, {"trl_high": 10}),
    *breaches("ck_relay_hops_trl_order", {"trl_low": 4, "trl_high": 4}),
    *breaches("ck_relay_hops_months_positive", {"months": 0.0}),
    *breaches("ck_pairing_ways_young_years_range", {"young_years": 0.0}),
    *breaches(
        "ck_pairing_ways_weights_range",
        *({f"weight_{name}": -1.0} for name in ("need", "tenants", "chain", "district")),
    ),
    *breaches("ck_review_policies_figures_range", {"least_points": -1}, {"within_days": -1}),
    *breaches("ck_review_criteria_most_range", {"most": 0}, {"most": 11}),
    *breaches("ck_posting_reviews_one_posting", {"offer_id": None}),
    *breaches("ck_duplicate_pairs_smaller_first", {"second_id": UUID(int=3)}),
    *breaches("ck_duplicate_pairs_likeness_range", {"likeness": -0.1}, {"likeness": 1.1}),
    *breaches("ck_organisation_merges_two_records", {"kept_id": ANOTHER["merged_id"]}),
    *breaches("ck_freshness_limits_days_positive", {"days": 0}),
    *breaches("ck_retention_rules_days_range", {"days": 0}, {"days": 183, "least_days": 184}, {"days": 3651}),
    *breaches("ck_retention_rules_least_days_range", {"least_days": 0}),
    *breaches("ck_chain_limits_value_range", {"value": -1.0}),
    *breaches("ck_chain_snapshots_inputs_hashed", {"inputs_sha256": "0"}),
    *breaches("ck_indicators_better_range", {"better": -2}, {"better": 2}),
    *breaches("ck_indicator_values_known_range", {"known": -1}, {"known": 2, "total": 1}),
    *breaches("ck_scenario_runs_inputs_hashed", {"inputs_sha256": "0"}),
    *breaches("ck_match_runs_counts_range", {"needs": -1}, {"done": -1}),
    *breaches("ck_reports_period_order", {"period_from": date(2026, 2, 1), "period_to": date(2026, 1, 31)}),
    *breaches("ck_reports_signed_has_a_time", {"state": "signed", "signed_at": None}),
    *breaches("ck_reports_ready_has_content", *({"state": state, "content": None} for state in ("ready", "signed"))),
    *breaches("ck_match_outcomes_one_match", {"interest_id": None}),
    *breaches("ck_match_outcomes_two_sides", {"stated_by_id": ANOTHER["other_id"]}),
    *breaches("ck_match_outcomes_amount_range", {"amount": -1.0}),
    *breaches("ck_match_outcomes_trl_range", {"trl_from": 0}, {"trl_to": 10}),
    *breaches("ck_match_outcomes_trl_order", {"trl_from": 5, "trl_to": 5}),
    *breaches("ck_match_outcomes_trl_given", {"kind": "trl_moved", "trl_from": None}),
    *breaches("ck_base_rates_value_range", {"value": -0.1}),
    *breaches("ck_ranking_runs_one_question", {"round_id": UUID(int=7)}),
    *breaches("ck_data_requests_two_sides", {"organisation_id": ANOTHER["owner_id"]}),
    *breaches("ck_data_requests_granted_has_an_end", {"state": "granted", "expires_on": None}),
    *breaches("ck_opening_criteria_not_negative", {"weight": -1.0}),
]
UNIQUES = [
    *breaches("uq_roles_name", {"name": "officer"}),
    *breaches("uq_users_email", {"email": "li@company.example"}),
    *breaches("uq_audit_seals_entry_id", {"entry_id": 7}),
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
    *breaches("uq_mandates_revises_id", {"id": UUID(int=9), "revises_id": UUID(int=9)}),
    *breaches("uq_mandate_editions_mandate_id_number", {"number": 1}),
    *breaches("uq_clause_waivers_mandate_id_organisation_id_kind", {"kind": "firm_age"}),
    *breaches("uq_field_grants_organisation_id_field_grantee_id_dossier_id", {"field": "rd_ratio"}),
    *breaches("uq_dossiers_round_id_mandate_id", {}),
    *breaches("uq_fact_questions_mandate_id_organisation_id_kind", {"kind": "rd_ratio"}),
    *breaches("uq_deals_list_id_candidate_id", {}),
    *breaches("uq_projects_source_source_key", SOURCED),
    *breaches("uq_round_milestones_round_id_trl", {"trl": 4}),
    *breaches("uq_jobs_unfinished_key", {"key": "import:1", "state": "queued"}),
    *breaches("uq_interests_need_id_candidate_id", {}),
    *breaches("uq_seats_consortium_id_organisation_id", {}),
    *breaches("uq_consortium_versions_consortium_id_number", {"number": 1}),
    *breaches("uq_challenges_source_source_key", SOURCED),
    *breaches("uq_challenge_access_challenge_id_organisation_id", {}),
    *breaches("uq_challenge_answers_challenge_id_organisation_id", {}),
    *breaches("uq_rule_sets_family_edition", {"family": "call", "edition": 1}),
    *breaches("uq_organisation_conflicts_first_id_second_id", {}),
    *breaches("uq_pairings_institution_id_park_id_type", {}),
    *breaches("uq_rounds_open", {"state": "open"}),
    *breaches("uq_duplicate_pairs_first_id_second_id", {}),
    *breaches("uq_chain_snapshots_chain_code_as_of", {"as_of": date(2026, 1, 1)}),
    *breaches(
        "uq_indicator_values_indicator_code_scope_kind_scope_code_as_of",
        {"scope_kind": "region", "scope_code": "", "as_of": date(2026, 1, 1)},
    ),
    *breaches("uq_report_files_report_id_language_format", {"language": "zh", "format": "pdf"}),
    *breaches("uq_data_release_files_release_id_name", {"name": "organisations.csv"}),
]
