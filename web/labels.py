"""What people read for each member of each closed list."""

from collections.abc import Mapping
from enum import StrEnum

from flask_babel import lazy_gettext as _l

from models import enums as e
from web.capital_labels import CAPITAL_LABELS
from web.region_labels import REGION_LABELS
from web.team_labels import TEAM_LABELS

LABELS: Mapping[type[StrEnum], Mapping[StrEnum, object]] = {
    e.OrganisationKind: {
        e.OrganisationKind.CHAIN_LEADER: _l("Chain leader"),
        e.OrganisationKind.SME: _l("SME"),
        e.OrganisationKind.LAB: _l("Laboratory"),
        e.OrganisationKind.PILOT_BASE: _l("Pilot base"),
        e.OrganisationKind.FUND: _l("Fund"),
        e.OrganisationKind.SERVICE_INSTITUTION: _l("Service institution"),
        e.OrganisationKind.PARK: _l("Park"),
    },
    e.Ownership: {
        e.Ownership.CENTRAL_STATE: _l("Central state-owned"),
        e.Ownership.MUNICIPAL_STATE: _l("Municipal state-owned"),
        e.Ownership.DISTRICT_STATE: _l("District state-owned"),
        e.Ownership.PRIVATE: _l("Private"),
        e.Ownership.FOREIGN: _l("Foreign-invested"),
        e.Ownership.MIXED: _l("Mixed ownership"),
        e.Ownership.PUBLIC_INSTITUTION: _l("Public institution"),
    },
    e.OrganisationState: {
        e.OrganisationState.DRAFT: _l("Draft"),
        e.OrganisationState.ACTIVE: _l("Active"),
        e.OrganisationState.MERGED: _l("Merged"),
        e.OrganisationState.CLOSED: _l("Closed down"),
    },
    e.RevenueBand: {
        e.RevenueBand.UNDER_5M: _l("Under CNY 5 M"),
        e.RevenueBand.FROM_5M: _l("CNY 5 M to 20 M"),
        e.RevenueBand.FROM_20M: _l("CNY 20 M to 100 M"),
        e.RevenueBand.FROM_100M: _l("CNY 100 M to 400 M"),
        e.RevenueBand.FROM_400M: _l("CNY 400 M to 2 bn"),
        e.RevenueBand.FROM_2BN: _l("CNY 2 bn and more"),
    },
    e.CooperationType: {
        e.CooperationType.RESEARCH: _l("R&D co-operation"),
        e.CooperationType.TECHNICAL: _l("Technical assistance"),
        e.CooperationType.LICENCE: _l("Licence"),
        e.CooperationType.SUPPLY: _l("Supply"),
        e.CooperationType.OUTSOURCING: _l("Outsourcing"),
        e.CooperationType.JOINT_VENTURE: _l("Joint venture"),
        e.CooperationType.INVESTMENT: _l("Investment"),
        e.CooperationType.FACILITY_ACCESS: _l("Use of a facility"),
        e.CooperationType.DATA_OR_SCENE: _l("Data or application scene"),
    },
    e.DevelopmentStage: {
        e.DevelopmentStage.CONCEPT: _l("Concept"),
        e.DevelopmentStage.UNDER_DEVELOPMENT: _l("Under development"),
        e.DevelopmentStage.LAB_TESTED: _l("Tested in the lab"),
        e.DevelopmentStage.DEMONSTRATED: _l("Demonstrated"),
        e.DevelopmentStage.ON_MARKET: _l("On the market"),
    },
    e.IpStatus: {
        e.IpStatus.NONE: _l("No rights"),
        e.IpStatus.KNOW_HOW: _l("Know-how"),
        e.IpStatus.APPLIED: _l("Patent applied for"),
        e.IpStatus.GRANTED: _l("Patent granted"),
        e.IpStatus.LICENSED: _l("Licensed"),
    },
    e.PostingState: {
        e.PostingState.DRAFT: _l("Draft"),
        e.PostingState.IN_REVIEW: _l("In review"),
        e.PostingState.CHANGES_ASKED: _l("Changes asked for"),
        e.PostingState.PUBLISHED: _l("Published"),
        e.PostingState.EXPIRED: _l("Expired"),
        e.PostingState.WITHDRAWN: _l("Withdrawn"),
    },
    e.SizeClass: {
        e.SizeClass.MICRO: _l("Micro"),
        e.SizeClass.SMALL: _l("Small"),
        e.SizeClass.MEDIUM: _l("Medium"),
        e.SizeClass.LARGE: _l("Large"),
    },
    e.FacilityServiceType: {
        e.FacilityServiceType.DESIGN_VERIFICATION: _l("Design verification"),
        e.FacilityServiceType.PERFORMANCE_VERIFICATION: _l("Function and performance verification"),
        e.FacilityServiceType.PROCESS_VERIFICATION: _l("Process verification"),
        e.FacilityServiceType.ADAPTATION_VERIFICATION: _l("Adaptation verification"),
        e.FacilityServiceType.PRODUCTION_VERIFICATION: _l("Production verification"),
    },
    e.PriceUnit: {
        e.PriceUnit.HOUR: _l("per hour"),
        e.PriceUnit.BATCH: _l("per batch"),
        e.PriceUnit.SAMPLE: _l("per sample"),
    },
    e.OpenTo: {
        e.OpenTo.ALL: _l("Open to all"),
        e.OpenTo.CHAIN: _l("Open to the chain"),
        e.OpenTo.MEMBERS: _l("Open to members"),
    },
    e.FundLevel: {
        e.FundLevel.NATIONAL: _l("National"),
        e.FundLevel.MUNICIPAL: _l("Municipal"),
        e.FundLevel.DISTRICT: _l("District"),
    },
    e.CapitalType: {
        e.CapitalType.GOVERNMENT_GUIDED: _l("Government-guided capital"),
        e.CapitalType.STATE_FIRM: _l("State-firm capital"),
        e.CapitalType.SOCIAL: _l("Social capital"),
    },
    e.LeadOrFollow: {
        e.LeadOrFollow.LEAD: _l("Leads"),
        e.LeadOrFollow.FOLLOW: _l("Follows"),
        e.LeadOrFollow.BOTH: _l("Leads or follows"),
    },
    e.FinancingStage: {
        e.FinancingStage.SEED: _l("Seed"),
        e.FinancingStage.ANGEL: _l("Angel"),
        e.FinancingStage.SERIES_A: _l("Series A"),
        e.FinancingStage.SERIES_B: _l("Series B"),
        e.FinancingStage.GROWTH: _l("Growth"),
    },
    e.RiskTolerance: {
        e.RiskTolerance.LOW: _l("Low"),
        e.RiskTolerance.MEDIUM: _l("Middle"),
        e.RiskTolerance.HIGH: _l("High"),
    },
    e.MandateStatus: {
        e.MandateStatus.DRAFT: _l("Draft terms"),
        e.MandateStatus.INVESTING: _l("Investing"),
        e.MandateStatus.PAUSED: _l("Paused"),
        e.MandateStatus.EXITING: _l("Exiting"),
        e.MandateStatus.CLOSED: _l("Closed"),
    },
    e.RoundState: {
        e.RoundState.DRAFT: _l("Draft"),
        e.RoundState.OPEN: _l("Open"),
        e.RoundState.CLOSED: _l("Closed"),
        e.RoundState.WITHDRAWN: _l("Withdrawn"),
    },
    e.ProjectKind: {
        e.ProjectKind.CONSORTIUM: _l("Consortium"),
        e.ProjectKind.INVESTMENT: _l("Investment"),
    },
    e.ParticipationRole: {
        e.ParticipationRole.COORDINATOR: _l("Coordinator"),
        e.ParticipationRole.PARTICIPANT: _l("Participant"),
        e.ParticipationRole.INVESTEE: _l("Financed firm"),
        e.ParticipationRole.INVESTOR: _l("Investor"),
    },
    e.ChainPosition: {
        e.ChainPosition.UPSTREAM: _l("Upstream"),
        e.ChainPosition.MIDSTREAM: _l("Midstream"),
        e.ChainPosition.DOWNSTREAM: _l("Downstream"),
    },
    e.ClusterTier: {
        e.ClusterTier.TRILLION: _l("Trillion-level cluster"),
        e.ClusterTier.FIVE_HUNDRED_BILLION: _l("CNY 500 bn cluster"),
        e.ClusterTier.HUNDRED_BILLION: _l("CNY 100 bn cluster"),
        e.ClusterTier.RISING: _l("Rising cluster"),
    },
    e.Grade: {
        e.Grade.OPEN: _l("Open data"),
        e.Grade.CONDITIONAL: _l("Open on conditions"),
        e.Grade.CLOSED: _l("Not open"),
    },
    e.PlatformRole: {
        e.PlatformRole.OFFICER: _l("Programme officer"),
        e.PlatformRole.ADMINISTRATOR: _l("Administrator"),
        e.PlatformRole.AUDITOR: _l("Auditor"),
    },
    e.MembershipRole: {
        e.MembershipRole.OWNER: _l("Owner"),
        e.MembershipRole.EDITOR: _l("Editor"),
        e.MembershipRole.VIEWER: _l("Viewer"),
    },
    e.ClaimState: {
        e.ClaimState.PENDING: _l("Waiting for a decision"),
        e.ClaimState.APPROVED: _l("Approved"),
        e.ClaimState.DECLINED: _l("Declined"),
    },
    e.InteractionKind: {
        e.InteractionKind.SHOWN: _l("Shown"),
        e.InteractionKind.OPENED: _l("Opened"),
        e.InteractionKind.USEFUL: _l("Useful"),
        e.InteractionKind.NOT_USEFUL: _l("Not useful"),
        e.InteractionKind.SHORTLISTED: _l("On the shortlist"),
        e.InteractionKind.ASKED: _l("Asked"),
        e.InteractionKind.WITHDRAWN: _l("Withdrawn"),
        e.InteractionKind.ACCEPTED: _l("Said yes"),
        e.InteractionKind.DECLINED: _l("Said no"),
        e.InteractionKind.AGREED: _l("Agreed to work together"),
        e.InteractionKind.CONTRACTED: _l("Contract signed"),
    },
    e.InterestState: {
        e.InterestState.SHORTLISTED: _l("On the shortlist"),
        e.InterestState.ASKED: _l("Waiting for an answer"),
        e.InterestState.WITHDRAWN: _l("Withdrawn"),
        e.InterestState.ACCEPTED: _l("Said yes"),
        e.InterestState.DECLINED: _l("Said no"),
        e.InterestState.AGREED: _l("Agreed to work together"),
        e.InterestState.CONTRACTED: _l("Contract signed"),
    },
    e.DeclineReason: {
        e.DeclineReason.TOO_EARLY: _l("Too early"),
        e.DeclineReason.BENEFIT_UNCLEAR: _l("Benefit over today's way unclear"),
        e.DeclineReason.ROUTE_UNCLEAR: _l("Commercial route unclear"),
        e.DeclineReason.DESCRIPTION_UNCLEAR: _l("Description unclear"),
        e.DeclineReason.WRONG_EXPERTISE: _l("Wrong expertise"),
        e.DeclineReason.NO_CAPACITY: _l("No time or capacity"),
        e.DeclineReason.BETTER_PARTNER: _l("Another partner is better placed"),
        e.DeclineReason.TERMS: _l("Terms (IP, price, location)"),
        e.DeclineReason.OTHER: _l("Other reason"),
    },
    e.OutcomeKind: {
        e.OutcomeKind.USEFUL: _l("Called useful"),
        e.OutcomeKind.NOT_USEFUL: _l("Called not useful"),
        e.OutcomeKind.SHORTLISTED: _l("Shortlisted or asked"),
        e.OutcomeKind.ACCEPTED: _l("Accepted by the other side"),
        e.OutcomeKind.DECLINED: _l("Declined by the other side"),
        e.OutcomeKind.AGREED: _l("Agreed to work together"),
        e.OutcomeKind.CONTRACTED: _l("Contract signed"),
        e.OutcomeKind.PASSED_OVER: _l("Shown and passed over"),
        e.OutcomeKind.TEAMED_UP: _l("In the same past project"),
        e.OutcomeKind.NOT_TEAMED_UP: _l("Not in it, drawn at random"),
    },
    e.TrainingVerdict: {
        e.TrainingVerdict.PROMOTED: _l("Went live"),
        e.TrainingVerdict.OFFERED: _l("May go live"),
        e.TrainingVerdict.REFUSED: _l("Refused"),
    },
    e.JobKind: {
        e.JobKind.REBUILD_INDEX: _l("New index"),
        e.JobKind.COMPUTE_PRICES: _l("Spread of requests"),
        e.JobKind.TRAIN_WEIGHTS: _l("Training of weights"),
        e.JobKind.MEASURE_BENCH: _l("Measurement of the lists"),
        e.JobKind.COMPOSE_TEAM: _l("Composition of a consortium"),
        e.JobKind.BUILD_STACK: _l("Capital stack"),
        e.JobKind.RUN_MATCHES: _l("Match run"),
        e.JobKind.MAKE_REPORT: _l("Report"),
        e.JobKind.COMPUTE_INDICATORS: _l("Indicators"),
        e.JobKind.RUN_SCENARIO: _l("What-if calculation"),
        e.JobKind.FIND_DUPLICATES: _l("Search for duplicates"),
        e.JobKind.CHECK_IMPORT: _l("Check of an imported table"),
        e.JobKind.APPLY_IMPORT: _l("Import of a table"),
        e.JobKind.UNDO_IMPORT: _l("Undoing of an import"),
        e.JobKind.DISCARD_UPLOADS: _l("Clearing of old tables"),
        e.JobKind.PUBLISH_DATA: _l("Publication of open data"),
        e.JobKind.CLEAR_OLD: _l("Clearing of old records"),
    },
    e.JobState: {
        e.JobState.QUEUED: _l("Waiting"),
        e.JobState.RUNNING: _l("Running"),
        e.JobState.DONE: _l("Done"),
        e.JobState.FAILED: _l("Failed"),
        e.JobState.CANCELLED: _l("Cancelled"),
    },
    e.ImportState: {
        e.ImportState.APPLIED: _l("Applied"),
        e.ImportState.UNDONE: _l("Undone"),
    },
    e.ImportAction: {
        e.ImportAction.CREATED: _l("Created"),
        e.ImportAction.UPDATED: _l("Updated"),
    },
    e.SearchRecord: {
        e.SearchRecord.ORGANISATION: _l("Organisation"),
        e.SearchRecord.OFFER: _l("Offer"),
        e.SearchRecord.NEED: _l("Need"),
        e.SearchRecord.FACILITY: _l("Facility"),
    },
    e.SearchSort: {
        e.SearchSort.RELEVANCE: _l("Best match"),
        e.SearchSort.NAME: _l("Name"),
        e.SearchSort.NEWEST: _l("Newest"),
    },
    e.ReadinessBand: {
        e.ReadinessBand.RESEARCH: _l("TRL 1 to 3: research"),
        e.ReadinessBand.DEVELOPMENT: _l("TRL 4 to 6: development"),
        e.ReadinessBand.DEPLOYMENT: _l("TRL 7 to 9: deployment"),
    },
    **TEAM_LABELS,
    **CAPITAL_LABELS,
    **REGION_LABELS,
}

# Names of score components as people read them; the engine's own names are keys.
COMPONENTS: Mapping[str, object] = {
    "capability": _l("Capability"),
    "text": _l("Text"),
    "readiness": _l("Readiness"),
    "chain": _l("Chain adjacency"),
    "track_record": _l("Track record"),
    "ties": _l("Earlier ties"),
    "walk": _l("Collaboration network"),
    "district": _l("District"),
    "capacity": _l("Capacity"),
    "size": _l("Size complementarity"),
    "terms": _l("Terms"),
    "reciprocity": _l("Their needs, your offers"),
    "amount": _l("Amount against usual tickets"),
    "place": _l("Place"),
    "recency": _l("Recent activity"),
    "walk_follow_up": _l("Network from own work of this kind"),
    "walk_circle": _l("Circle of partners"),
    "ties_in_field": _l("Earlier ties in the field"),
    "partners_in_field": _l("Partners' partners in the field"),
    "common_partners": _l("Partners in common"),
    "joined_asker": _l("Joined projects of the asker"),
    "similar_consortia": _l("Members of similar consortia"),
    "like_partners": _l("Likeness to earlier partners"),
    "area_pair": _l("Area and area"),
    "area_in_field": _l("Areas of similar projects"),
    "kind_mix": _l("Kinds in similar projects"),
    "length": _l("Usual length of projects"),
    "round_habit": _l("Share of rounds like this one"),
    "round_activity": _l("Recent rounds like this one"),
    "deal_volume": _l("Investments over the years"),
    "stage": _l("Usual stage"),
    "startup_age": _l("Usual age of the startups"),
    "turn": _l("First round or later ones"),
    "deal_walk": _l("Network of similar rounds"),
    "backers": _l("Network of earlier backers"),
    "followers": _l("Follows earlier backers"),
    "deal_region": _l("Investments in the region"),
    "deal_state": _l("Investments in the province or state"),
    "deal_country": _l("Investments in the country"),
    "field_activity": _l("Recent investments in the field"),
    "taste": _l("Taste of the investor"),
    "syndicate_size": _l("Usual number of new investors"),
    "rise": _l("Pace against its own habit"),
    "ticket": _l("Ticket against the amount"),
    "stage_asked": _l("Stage of the mandate"),
    "invested_field": _l("Field of the mandate"),
    "mandate_place": _l("District of the mandate"),
    "patience": _l("Patience of the fund"),
    "money_left": _l("Money left for tickets"),
    "fund_deals": _l("Nearest past deals of the fund"),
    "fund_places": _l("Where the fund has invested"),
    "scarcity": _l("Scarce capability"),
    "milestones": _l("Milestones and evidence"),
}
PURPOSES: Mapping[str, object] = {
    "partners": _l("Partners for a need"),
    "investors": _l("Investors for a startup"),
    "partners_by_record": _l("Partners from past projects alone"),
    "funds": _l("Funds for a round"),
    "startups": _l("Firms for a mandate"),
}


def component_label(name: str) -> str:
    return str(COMPONENTS.get(name, name))


def purpose_label(purpose: str) -> str:
    return str(PURPOSES.get(purpose, purpose))


def label(member: StrEnum | None) -> str:
    """What people read for `member`; a dash where it is not known."""
    return str(LABELS[type(member)][member]) if member is not None else "—"


def label_of(values: type[StrEnum] | str, code: str | None) -> str:
    """The label of a stored code; a code that is no longer in the list is shown as it is."""
    known = getattr(e, values) if isinstance(values, str) else values
    return label(known(code)) if code and code in set(known) else str(code or "—")
