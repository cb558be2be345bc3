"""What a row of a table that points at an organisation is called, where its moving is told."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

ROWS: Mapping[str, object] = {
    "organisations": _l("records merged into it earlier"),
    "organisation_nodes": _l("chain nodes"),
    "certifications": _l("certifications"),
    "patent_counts": _l("patent counts"),
    "field_grades": _l("grades of fields"),
    "field_grants": _l("fields opened to or by others"),
    "memberships": _l("people who act for it"),
    "organisation_claims": _l("claims"),
    "offers": _l("offers"),
    "needs": _l("needs"),
    "facilities": _l("facilities"),
    "mandates": _l("mandates"),
    "rounds": _l("financing rounds"),
    "participations": _l("projects and investments on record"),
    "interests": _l("expressions of interest"),
    "interactions": _l("what people did on lists"),
    "ranking_runs": _l("lists as they were shown"),
    "organisation_prices": _l("spread of requests"),
    "challenges": _l("challenges"),
    "challenge_access": _l("leave to read challenges"),
    "challenge_answers": _l("answers to challenges"),
    "consortia": _l("consortia that it leads"),
    "seats": _l("seats in consortia"),
    "consortium_comments": _l("comments in consortia"),
    "ip_items": _l("rights in consortia"),
    "compositions": _l("compositions"),
    "organisation_conflicts": _l("conflicts of interest"),
    "pairings": _l("pairings with parks"),
    "capital_stacks": _l("capital stacks"),
    "clause_waivers": _l("waivers"),
    "fact_questions": _l("questions of funds"),
    "dossiers": _l("dossiers"),
    "deal_lists": _l("deal lists"),
    "deals": _l("deals"),
    "screens": _l("saved screens"),
    "screen_mutes": _l("muted entries of screens"),
    "profile_chases": _l("requests to look at the profile"),
    "match_outcomes": _l("outcomes"),
    "data_requests": _l("data requests"),
}


def row_name(table: str) -> str:
    return str(ROWS.get(table, table))
