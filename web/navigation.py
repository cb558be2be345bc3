"""The menu: one table, from which each person sees what they may open."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import current_app, g, request, url_for
from flask_babel import lazy_gettext as _l

from matchmaker.services.actors import Actor, Permission, can
from matchmaker.services.mandates import listing
from web.access import current_actor
from web.database import session


def anybody(_actor: Actor) -> bool:
    return True


def is_signed_in(actor: Actor) -> bool:
    return actor.is_signed_in


def is_member(actor: Actor) -> bool:
    return bool(actor.memberships)


def belongs_to_fund(actor: Actor) -> bool:
    """Asked of the database once a request, and not at all for who belongs to nobody."""
    if actor.memberships and "belongs_to_fund" not in g:
        g.belongs_to_fund = bool(listing.my_funds(session(), actor))
    return bool(actor.memberships) and bool(g.belongs_to_fund)


def has(permission: Permission) -> Callable[[Actor], bool]:
    return lambda actor: can(actor, permission)


@dataclass(frozen=True)
class Entry:
    """A line of the menu; `about` says on the start page what one does there."""

    endpoint: str
    label: object
    icon: str
    for_whom: Callable[[Actor], bool]
    about: object = ""


@dataclass(frozen=True)
class Section:
    label: object
    entries: Sequence[Entry]


@dataclass(frozen=True)
class ShownEntry:
    label: object
    about: object
    icon: str
    url: str
    is_current: bool


MENU: Sequence[Section] = (
    Section("", (Entry("organisations.show_home", _l("Home"), "house", is_signed_in),)),
    Section(
        _l("Matching"),
        (
            Entry(
                "partners.overview",
                _l("Partners"),
                "people",
                is_signed_in,
                _l("Who could meet your needs, how well, and why"),
            ),
            Entry(
                "challenges.list_challenges",
                _l("Challenges and scenes"),
                "bullseye",
                has(Permission.CHALLENGE_VIEW),
                _l("What chain leaders ask the region to solve; who may answer, until when"),
            ),
            Entry(
                "consortia.list_rooms",
                _l("Consortia"),
                "diagram-3",
                is_signed_in,
                _l("Your teams, and those that ask you in: seats, shares, agreement, signatures"),
            ),
            Entry(
                "search.results",
                _l("Search"),
                "search",
                has(Permission.SEARCH),
                _l("Organisations, offers, needs and facilities, by words and filters"),
            ),
            Entry(
                "relay.show_relay",
                _l("Fast track"),
                "layers",
                has(Permission.RELAY_VIEW),
                _l("Who takes a technology from the lab to production, hop by hop"),
            ),
        ),
    ),
    Section(
        _l("Capital"),
        (
            Entry(
                "funds.show_directory",
                _l("Directory of funds"),
                "building",
                has(Permission.MANDATE_VIEW),
                _l("All published mandates; filter them, and see what they say of your firm"),
            ),
            Entry(
                "capital.show_overview",
                _l("Money for us"),
                "graph-up",
                is_member,
                _l("Say what money you seek; which funds fit, what is missing, who pays when"),
            ),
            Entry(
                "funds.show_radar",
                _l("Radar"),
                "search",
                belongs_to_fund,
                _l("Firms with an open round, ranked for your mandates, and what is new among them"),
            ),
            Entry(
                "funds.list_lists",
                _l("Deal desk"),
                "columns-gap",
                belongs_to_fund,
                _l("Lists, stages, notes and due dates of the firms that your fund looks at"),
            ),
            Entry(
                "funds.list_dossiers",
                _l("Dossiers handed in"),
                "inbox",
                belongs_to_fund,
                _l("What firms have given to your funds, and your answers"),
            ),
            Entry(
                "funds.list_mandates",
                _l("Mandates"),
                "file-earmark-text",
                belongs_to_fund,
                _l("What your funds may and want to invest in, and which firms pass"),
            ),
            Entry(
                "funds.show_portfolio",
                _l("Portfolio"),
                "graph-up",
                belongs_to_fund,
                _l("What was paid, held against what was promised; firms to hand over"),
            ),
        ),
    ),
    Section(
        _l("Region's desk"),
        (
            Entry(
                "registry.show_desk",
                _l("Registry desk"),
                "inbox",
                has(Permission.REGISTRY_CURATE),
                _l("What waits for you: postings to review, certifications to verify, duplicates, stale profiles"),
            ),
            Entry(
                "chain.show_map",
                _l("Chain map"),
                "diagram-3",
                has(Permission.CHAIN_VIEW),
                _l("Where each chain is covered, hangs on one supplier, buys outside or has a gap"),
            ),
            Entry(
                "indicators.list_indicators",
                _l("Indicators"),
                "graph-up",
                has(Permission.INDICATOR_VIEW),
                _l("Structural figures with formula, source and day; define your own"),
            ),
            Entry(
                "scenarios.list_scenarios",
                _l("What-if"),
                "sliders",
                has(Permission.SCENARIO_RUN),
                _l("What opening a lab, another pilot base or another fund would change"),
            ),
            Entry(
                "reports.list_runs",
                _l("Match runs"),
                "layers",
                has(Permission.REPORT_VIEW),
                _l("Frozen lists for all needs of a chain, a district or a call"),
            ),
            Entry(
                "reports.list_reports",
                _l("Reports"),
                "file-earmark-text",
                has(Permission.REPORT_VIEW),
                _l("Monthly, chain, call, district and organisation reports, signed and archived"),
            ),
            Entry(
                "funnel.show_funnel",
                _l("Funnel and outcomes"),
                "bullseye",
                has(Permission.FUNNEL_VIEW),
                _l("From recommendation to contract and outcome, beside published figures"),
            ),
            Entry(
                "funnel.show_ledger",
                _l("Exposure ledger"),
                "columns-gap",
                has(Permission.FUNNEL_VIEW),
                _l("Who is recommended how often, by district, size, ownership and newcomers"),
            ),
            Entry(
                "network.show_network",
                _l("Network"),
                "people",
                has(Permission.NETWORK_VIEW),
                _l("Who works with whom, with one organisation in focus"),
            ),
            Entry(
                "opening.show_scorecard",
                _l("Open facilities"),
                "shield-check",
                has(Permission.SCORECARD_VIEW),
                _l("How open labs and pilot bases are, and to whom"),
            ),
            Entry(
                "outcomes.list_matches",
                _l("Outcomes of our matches"),
                "file-earmark-text",
                is_member,
                _l("Say what came of your matches, and confirm what others say"),
            ),
            Entry(
                "requests.list_requests",
                _l("Data requests"),
                "shield-check",
                is_signed_in,
                _l("Ask to see graded data for a purpose and a time; decide who sees yours"),
            ),
        ),
    ),
    Section(
        _l("Administration"),
        (
            Entry(
                "officer.list_claims",
                _l("Organisation claims"),
                "person-check",
                has(Permission.CLAIM_DECIDE),
                _l("Decide who may act for an organisation in the registry"),
            ),
            Entry(
                "challenges.list_queue",
                _l("Screening of challenges"),
                "shield-check",
                has(Permission.CHALLENGE_STAGE),
                _l("Is it clear what is asked? Give points, ask for changes, publish"),
            ),
            Entry(
                "imports.list_imports",
                _l("Imports"),
                "upload",
                has(Permission.IMPORT),
                _l("Bring in a table, look it through first, take it back within a day"),
            ),
            Entry(
                "rules.list_sets",
                _l("Composition rules"),
                "shield-check",
                has(Permission.RULES_EDIT),
                _l("What a consortium must look like, with the citation of every rule"),
            ),
            Entry(
                "exposure.list_policies",
                _l("Exposure"),
                "graph-up",
                has(Permission.EXPOSURE_EDIT),
                _l("Floors for newcomers and small firms, and what they cost"),
            ),
            Entry(
                "pairings.show_plan",
                _l("Pairing with parks"),
                "arrow-left-right",
                has(Permission.PAIRING_PLAN),
                _l("Which service institution works with which park, and how"),
            ),
            Entry(
                "admin.list_presets",
                _l("Weight presets"),
                "sliders",
                has(Permission.PRESET_EDIT),
                _l("Say how much each component of the score counts"),
            ),
            Entry(
                "people.list_people",
                _l("Accounts"),
                "person-check",
                has(Permission.ACCOUNT_MANAGE),
                _l("Who can sign in; links for a new password, switching off"),
            ),
            Entry(
                "jobs.list_jobs",
                _l("Jobs"),
                "clock",
                has(Permission.JOB_RUN),
                _l("Long work in the background: start it, follow it, stop it"),
            ),
            Entry(
                "retention.show_rules",
                _l("Retention"),
                "clock",
                has(Permission.RETENTION_EDIT),
                _l("How long ended jobs and old sign-ins are kept"),
            ),
            Entry(
                "learning.list_runs",
                _l("Learning and versions of weights"),
                "sliders",
                has(Permission.LEARNING_VIEW),
                _l("What outcomes teach, and how well the lists do"),
            ),
            Entry(
                "admin.list_audit",
                _l("Audit log"),
                "journal-text",
                has(Permission.AUDIT_VIEW),
                _l("Who changed what, and when"),
            ),
        ),
    ),
)


def list_menu() -> list[tuple[object, list[ShownEntry]]]:
    """The sections and entries that the present person may open; an area that is not installed is left out."""
    actor = current_actor()
    sections = [
        (section.label, [_show(entry) for entry in section.entries if _is_open(entry, actor)]) for section in MENU
    ]
    return [(title, entries) for title, entries in sections if entries]


def _is_open(entry: Entry, actor: Actor) -> bool:
    return entry.endpoint in current_app.view_functions and entry.for_whom(actor)


def _show(entry: Entry) -> ShownEntry:
    url = url_for(entry.endpoint)
    inside = url != "/" and request.path.startswith(f"{url.rstrip('/')}/")
    return ShownEntry(entry.label, entry.about, entry.icon, url, request.path == url or inside)
