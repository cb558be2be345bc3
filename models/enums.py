"""Closed lists of the domain. Open lists (certifications, districts, chain nodes) are rows."""

from enum import StrEnum


class OrganisationKind(StrEnum):
    CHAIN_LEADER = "chain_leader"
    SME = "sme"
    LAB = "lab"
    PILOT_BASE = "pilot_base"
    FUND = "fund"
    SERVICE_INSTITUTION = "service_institution"
    PARK = "park"


class Ownership(StrEnum):
    CENTRAL_STATE = "central_state"
    MUNICIPAL_STATE = "municipal_state"
    DISTRICT_STATE = "district_state"
    PRIVATE = "private"
    FOREIGN = "foreign"
    MIXED = "mixed"
    PUBLIC_INSTITUTION = "public_institution"


class OrganisationState(StrEnum):
    DRAFT = "draft"
    ACTIVE = "active"
    MERGED = "merged"
    CLOSED = "closed"


class RevenueBand(StrEnum):
    """Yearly revenue in CNY."""

    UNDER_5M = "under_5m"
    FROM_5M = "5m_20m"
    FROM_20M = "20m_100m"
    FROM_100M = "100m_400m"
    FROM_400M = "400m_2bn"
    FROM_2BN = "over_2bn"


class CooperationType(StrEnum):
    RESEARCH = "research"
    TECHNICAL = "technical"
    LICENCE = "licence"
    SUPPLY = "supply"
    OUTSOURCING = "outsourcing"
    JOINT_VENTURE = "joint_venture"
    INVESTMENT = "investment"
    FACILITY_ACCESS = "facility_access"
    DATA_OR_SCENE = "data_or_scene"


class DevelopmentStage(StrEnum):
    CONCEPT = "concept"
    UNDER_DEVELOPMENT = "under_development"
    LAB_TESTED = "lab_tested"
    DEMONSTRATED = "demonstrated"
    ON_MARKET = "on_market"


class IpStatus(StrEnum):
    NONE = "none"
    KNOW_HOW = "know_how"
    APPLIED = "applied"
    GRANTED = "granted"
    LICENSED = "licensed"


class PostingState(StrEnum):
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    CHANGES_ASKED = "changes_asked"
    PUBLISHED = "published"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class SizeClass(StrEnum):
    """By staff: micro under 20, small under 300, medium under 1,000, large from there (industry, 2011 standard)."""

    MICRO = "micro"
    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


class FacilityServiceType(StrEnum):
    """The five kinds of service of a pilot platform (MIIT)."""

    DESIGN_VERIFICATION = "design_verification"
    PERFORMANCE_VERIFICATION = "performance_verification"
    PROCESS_VERIFICATION = "process_verification"
    ADAPTATION_VERIFICATION = "adaptation_verification"
    PRODUCTION_VERIFICATION = "production_verification"


class PriceUnit(StrEnum):
    HOUR = "hour"
    BATCH = "batch"
    SAMPLE = "sample"


class OpenTo(StrEnum):
    ALL = "all"
    CHAIN = "chain"
    MEMBERS = "members"


class FundLevel(StrEnum):
    NATIONAL = "national"
    MUNICIPAL = "municipal"
    DISTRICT = "district"


class CapitalType(StrEnum):
    GOVERNMENT_GUIDED = "government_guided"
    STATE_FIRM = "state_firm"
    SOCIAL = "social"


class LeadOrFollow(StrEnum):
    LEAD = "lead"
    FOLLOW = "follow"
    BOTH = "both"


class FinancingStage(StrEnum):
    SEED = "seed"
    ANGEL = "angel"
    SERIES_A = "series_a"
    SERIES_B = "series_b"
    GROWTH = "growth"


class RiskTolerance(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class MandateStatus(StrEnum):
    """A draft is seen by the fund's own people only."""

    DRAFT = "draft"
    INVESTING = "investing"
    PAUSED = "paused"
    EXITING = "exiting"
    CLOSED = "closed"


class RoundState(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class ClauseKind(StrEnum):
    """What a clause of a mandate is about; its figures are the mandate's own, its force is a row."""

    STATUS = "status"
    FIELD = "field"
    EXCLUSION = "exclusion"
    DISTRICT = "district"
    STAGE = "stage"
    FIRM_AGE = "firm_age"
    STAFF = "staff"
    RD_RATIO = "rd_ratio"
    CERTIFICATION = "certification"
    READINESS = "readiness"
    VALUATION = "valuation"
    TICKET = "ticket"
    STAKE = "stake"
    MONEY_LEFT = "money_left"
    LIFE = "life"
    MAIN_FIELD_SHARE = "main_field_share"
    REINVESTMENT = "reinvestment"


class ClauseForce(StrEnum):
    """HARD stops; WAIVABLE stops unless the fund lets it pass with a reason; SOFT is said and stops nothing."""

    HARD = "hard"
    WAIVABLE = "waivable"
    SOFT = "soft"


class ClauseOutcome(StrEnum):
    """Of a clause held against a firm. WAIVABLE: not met, but the fund may let it pass; UNKNOWN: to be asked."""

    MET = "met"
    WAIVABLE = "waivable"
    UNKNOWN = "unknown"
    FAILED = "failed"


class ClearanceVerdict(StrEnum):
    """Of all clauses together: nothing in the way, something to ask, something to waive, or stopped."""

    CLEARED = "cleared"
    TO_ASK = "to_ask"
    TO_WAIVE = "to_waive"
    STOPPED = "stopped"


class SupportKind(StrEnum):
    """Money for a round that takes no stake in the firm."""

    INNOVATION_VOUCHER = "innovation_voucher"
    CHALLENGE_BUDGET = "challenge_budget"
    GRANT = "grant"
    OWN_MONEY = "own_money"


class QuestionState(StrEnum):
    ASKED = "asked"
    ANSWERED = "answered"
    DECLINED = "declined"


class DossierState(StrEnum):
    """Of what a firm hands to one fund: until SUBMITTED the fund knows nothing of it."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    TAKEN_UP = "taken_up"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class StageKind(StrEnum):
    """What a stage of a pipeline means, whatever the fund calls it."""

    LEAD = "lead"
    SCREENING = "screening"
    DILIGENCE = "diligence"
    COMMITTEE = "committee"
    SIGNING = "signing"
    PORTFOLIO = "portfolio"
    EXIT = "exit"
    DROPPED = "dropped"


class StageRule(StrEnum):
    """What must hold before a deal enters a stage."""

    OWNER = "owner"
    DUE_DATE = "due_date"
    NOTE = "note"
    NO_FAIL = "no_fail"
    NO_UNKNOWN = "no_unknown"
    MEMO = "memo"


class ColumnType(StrEnum):
    """Of a column that a fund adds to a list of its own."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"


class StackState(StrEnum):
    """SEARCHING: asked; PROVED: no plan is better; GAP: the months that no money closes are named; ENDED: stopped."""

    SEARCHING = "searching"
    PROVED = "proved"
    GAP = "gap"
    ENDED = "ended"


class ProjectKind(StrEnum):
    CONSORTIUM = "consortium"
    INVESTMENT = "investment"


class ParticipationRole(StrEnum):
    COORDINATOR = "coordinator"
    PARTICIPANT = "participant"
    INVESTEE = "investee"
    INVESTOR = "investor"


class ChainPosition(StrEnum):
    UPSTREAM = "upstream"
    MIDSTREAM = "midstream"
    DOWNSTREAM = "downstream"


class ClusterTier(StrEnum):
    TRILLION = "trillion"
    FIVE_HUNDRED_BILLION = "500bn"
    HUNDRED_BILLION = "100bn"
    RISING = "rising"


class Grade(StrEnum):
    """How far a field may be seen (数据分级开放)."""

    OPEN = "open"
    CONDITIONAL = "conditional"
    CLOSED = "closed"


class PlatformRole(StrEnum):
    OFFICER = "officer"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


class MembershipRole(StrEnum):
    OWNER = "owner"
    EDITOR = "editor"
    VIEWER = "viewer"


class ClaimState(StrEnum):
    PENDING = "pending"
    APPROVED = "approved"
    DECLINED = "declined"


class InteractionKind(StrEnum):
    """What was done with a candidate of a need: ACCEPTED and DECLINED are the candidate's answers."""

    SHOWN = "shown"
    OPENED = "opened"
    USEFUL = "useful"
    NOT_USEFUL = "not_useful"
    SHORTLISTED = "shortlisted"
    ASKED = "asked"
    WITHDRAWN = "withdrawn"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    AGREED = "agreed"
    CONTRACTED = "contracted"


class InterestState(StrEnum):
    """How far an expression of interest has come. Until ASKED only the asking side knows of it."""

    SHORTLISTED = "shortlisted"
    ASKED = "asked"
    WITHDRAWN = "withdrawn"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    AGREED = "agreed"
    CONTRACTED = "contracted"


class DeclineReason(StrEnum):
    TOO_EARLY = "too_early"
    BENEFIT_UNCLEAR = "benefit_unclear"
    ROUTE_UNCLEAR = "route_unclear"
    DESCRIPTION_UNCLEAR = "description_unclear"
    WRONG_EXPERTISE = "wrong_expertise"
    NO_CAPACITY = "no_capacity"
    BETTER_PARTNER = "better_partner"
    TERMS = "terms"
    OTHER = "other"


class OutcomeKind(StrEnum):
    """What became of a match, as training reads it: the answers of people, and what the track record says."""

    USEFUL = "useful"
    NOT_USEFUL = "not_useful"
    SHORTLISTED = "shortlisted"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    AGREED = "agreed"
    CONTRACTED = "contracted"
    PASSED_OVER = "passed_over"
    TEAMED_UP = "teamed_up"
    NOT_TEAMED_UP = "not_teamed_up"


class TrainingVerdict(StrEnum):
    """What became of a learned version: in use, ready to be taken into use, or held back."""

    PROMOTED = "promoted"
    OFFERED = "offered"
    REFUSED = "refused"


class JobKind(StrEnum):
    """What a worker can carry out; the functions behind them are in `matchmaker/worker/kinds.py`."""

    REBUILD_INDEX = "rebuild_index"
    COMPUTE_PRICES = "compute_prices"
    TRAIN_WEIGHTS = "train_weights"
    MEASURE_BENCH = "measure_bench"
    COMPOSE_TEAM = "compose_team"
    BUILD_STACK = "build_stack"
    RUN_MATCHES = "run_matches"
    MAKE_REPORT = "make_report"
    COMPUTE_INDICATORS = "compute_indicators"
    RUN_SCENARIO = "run_scenario"
    FIND_DUPLICATES = "find_duplicates"
    CHECK_IMPORT = "check_import"
    APPLY_IMPORT = "apply_import"
    UNDO_IMPORT = "undo_import"
    DISCARD_UPLOADS = "discard_uploads"
    PUBLISH_DATA = "publish_data"
    CLEAR_OLD = "clear_old"


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class ImportState(StrEnum):
    APPLIED = "applied"
    UNDONE = "undone"


class ImportAction(StrEnum):
    CREATED = "created"
    UPDATED = "updated"


class SearchRecord(StrEnum):
    """What a search finds."""

    ORGANISATION = "organisation"
    OFFER = "offer"
    NEED = "need"
    FACILITY = "facility"


class SearchSort(StrEnum):
    RELEVANCE = "relevance"
    NAME = "name"
    NEWEST = "newest"


class ReadinessBand(StrEnum):
    """Technology readiness 1 to 3, 4 to 6, 7 to 9."""

    RESEARCH = "1-3"
    DEVELOPMENT = "4-6"
    DEPLOYMENT = "7-9"


class ChallengeKind(StrEnum):
    """A challenge (揭榜挂帅) asks for a solution; a scene (应用场景) offers the place where one is tried."""

    CHALLENGE = "challenge"
    SCENE = "scene"


class ChallengeStage(StrEnum):
    """The way of a challenge in the words of Chinese calls: 征集 筛选 发布 揭榜 评审 签约 验收."""

    COLLECTED = "collected"
    SCREENED = "screened"
    PUBLISHED = "published"
    ANSWERED = "answered"
    JUDGED = "judged"
    SIGNED = "signed"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"


class EvaluationWay(StrEnum):
    """One answer is chosen, or several run against each other (赛马)."""

    SINGLE = "single"
    RACE = "race"


class MetricRelation(StrEnum):
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    EQUAL = "equal"


class AnswerState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    SHORTLISTED = "shortlisted"
    SELECTED = "selected"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class AccessState(StrEnum):
    """Whether an organisation is let in to what a challenge keeps from others."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"


class RuleSetState(StrEnum):
    """A published edition is never changed; a newer one replaces it."""

    DRAFT = "draft"
    PUBLISHED = "published"
    REPLACED = "replaced"


class RuleKind(StrEnum):
    """What a composition rule is about; its figures are in the rule's row."""

    LEAD_KIND = "lead_kind"
    LEAD_THRESHOLD = "lead_threshold"
    MEMBER_COUNT = "member_count"
    KIND_COUNT = "kind_count"
    DISTRICT_COUNT = "district_count"
    DISTRICT_SPREAD = "district_spread"
    CHAIN_POSITION_COUNT = "chain_position_count"
    SME_SHARE = "sme_share"
    OWNERSHIP_SHARE = "ownership_share"
    LARGEST_SHARE = "largest_share"
    OWN_MONEY_SHARE = "own_money_share"
    TECHNICAL_STAFF = "technical_staff"
    NEWCOMER_COUNT = "newcomer_count"
    CONFLICTS_APART = "conflicts_apart"
    PAIR_APART = "pair_apart"
    PAIR_TOGETHER = "pair_together"


class RuleOutcome(StrEnum):
    """Of a rule held against a team. UNKNOWN: what is known allows both, so somebody has to ask."""

    MET = "met"
    BROKEN = "broken"
    UNKNOWN = "unknown"


class LeadFigure(StrEnum):
    """A figure of an organisation by which a call says who may lead."""

    RD_RATIO = "rd_ratio"
    RD_SPENDING = "rd_spending"
    REVENUE = "revenue"
    STAFF = "staff"
    TECHNICAL_STAFF = "technical_staff"


class Quantifier(StrEnum):
    ANY = "any"
    ALL = "all"


class CompositionState(StrEnum):
    """SEARCHING: a team may be there; PROVED: none is better; CLASH: none can be; ENDED: stopped before proof."""

    SEARCHING = "searching"
    PROVED = "proved"
    CLASH = "clash"
    ENDED = "ended"


class ConsortiumState(StrEnum):
    FORMING = "forming"
    SIGNED = "signed"
    DISSOLVED = "dissolved"


class SeatState(StrEnum):
    OPEN = "open"
    PROPOSED = "proposed"
    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class IpSide(StrEnum):
    """What a member brings, and what the work gives rise to."""

    BACKGROUND = "background"
    FOREGROUND = "foreground"


class PairingType(StrEnum):
    """The four ways in which a service institution is paired with a park (结对)."""

    RESOURCE_LANDING = "resource_landing"
    COMMON_TECHNOLOGY = "common_technology"
    INCUBATION = "incubation"
    MARKET_INTEGRATION = "market_integration"


class RepairKind(StrEnum):
    """A change after which a team passes: of a rule, or of who is in it. RELIEVE swaps somebody who is busy."""

    LOWER = "lower"
    RAISE = "raise"
    DO_WITHOUT = "do_without"
    ADD = "add"
    SWAP = "swap"
    RELIEVE = "relieve"
    DROP = "drop"


class ReviewMode(StrEnum):
    """BEFORE: nobody sees a posting until an officer has passed it; AFTER: it is seen at once and looked at then."""

    BEFORE = "before"
    AFTER = "after"


class ReviewVerdict(StrEnum):
    PASSED = "passed"
    CHANGES_ASKED = "changes_asked"
    TAKEN_DOWN = "taken_down"


class CheckOutcome(StrEnum):
    """Of a certification held against its evidence."""

    VERIFIED = "verified"
    MORE_ASKED = "more_asked"
    REFUSED = "refused"


class DuplicateState(StrEnum):
    """Of two records that look like one organisation."""

    OPEN = "open"
    MERGED = "merged"
    APART = "apart"


class UploadState(StrEnum):
    """Of a table on its way in: uploaded, its columns named, checked row by row, taken in, or thrown away."""

    UPLOADED = "uploaded"
    MAPPED = "mapped"
    CHECKED = "checked"
    APPLIED = "applied"
    DISCARDED = "discarded"


class ChaseReason(StrEnum):
    """Why an organisation is asked to look at its profile again."""

    STALE = "stale"
    POSTING_ENDS = "posting_ends"
    CERTIFICATION_ENDS = "certification_ends"
    INCOMPLETE = "incomplete"


class ScopeKind(StrEnum):
    """What a run, a report or an indicator is about."""

    REGION = "region"
    CHAIN = "chain"
    NODE = "node"
    DISTRICT = "district"
    CALL = "call"
    ORGANISATION = "organisation"
    LIST = "list"


class NodeState(StrEnum):
    """Of a chain node: two or more suppliers here, one, only outside the region, or none known."""

    COVERED = "covered"
    SINGLE_SOURCE = "single_source"
    OUTSIDE_ONLY = "outside_only"
    MISSING = "missing"


class SupplySource(StrEnum):
    """By what somebody is known to supply a node."""

    OFFER = "offer"
    FACILITY = "facility"
    CERTIFICATION = "certification"


class IndicatorUnit(StrEnum):
    SHARE = "share"
    COUNT = "count"
    AMOUNT = "amount"
    MEAN = "mean"


class CountedRecord(StrEnum):
    """What an indicator counts. A supply is one organisation at one chain node, however many records say so."""

    ORGANISATIONS = "organisations"
    OFFERS = "offers"
    NEEDS = "needs"
    FACILITIES = "facilities"
    NODES = "nodes"
    SUPPLIES = "supplies"


class ConditionRelation(StrEnum):
    """How a field of the registry is held against a value in the formula of an indicator."""

    IS = "is"
    IS_ONE_OF = "is_one_of"
    IS_NONE_OF = "is_none_of"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    INCLUDES_ANY = "includes_any"
    INCLUDES_ALL = "includes_all"
    INCLUDES_NONE = "includes_none"


class InterventionKind(StrEnum):
    """What a scenario changes."""

    OPEN_FACILITY = "open_facility"
    ADD_FACILITY = "add_facility"
    ADD_FUND = "add_fund"
    CHANGE_MANDATE = "change_mandate"
    CHANGE_RULE = "change_rule"
    CHANGE_WEIGHT = "change_weight"
    RAISE_CERTIFICATION = "raise_certification"


class RunState(StrEnum):
    """Of a match run: its lists are being worked out, frozen, or it was stopped before."""

    RUNNING = "running"
    FROZEN = "frozen"
    ENDED = "ended"


class ReportKind(StrEnum):
    MONTHLY = "monthly"
    CHAIN = "chain"
    CALL = "call"
    DISTRICT = "district"
    ORGANISATION = "organisation"


class ReportSection(StrEnum):
    SUMMARY = "summary"
    FUNNEL = "funnel"
    MATCHES = "matches"
    GAPS = "gaps"
    INDICATORS = "indicators"
    EXPOSURE = "exposure"
    CHANGES = "changes"
    METHOD = "method"
    APPENDIX = "appendix"


class ReportState(StrEnum):
    """MAKING: a job works on it; READY: complete and archived; SIGNED: an officer stands for it; ENDED: stopped."""

    MAKING = "making"
    READY = "ready"
    SIGNED = "signed"
    ENDED = "ended"


class DocumentFormat(StrEnum):
    PDF = "pdf"
    DOCX = "docx"
    XLSX = "xlsx"
    HTML = "html"


class ScheduleRhythm(StrEnum):
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"


class FunnelStage(StrEnum):
    """The way of a match: recommended > viewed > interest > mutual > consortium or term sheet > contract > outcome."""

    RECOMMENDED = "recommended"
    VIEWED = "viewed"
    INTEREST = "interest"
    MUTUAL = "mutual"
    AGREEMENT = "agreement"
    CONTRACT = "contract"
    OUTCOME = "outcome"


class RateCount(StrEnum):
    """What a published rate is a share of."""

    NEEDS = "needs"
    PAIRS = "pairs"


class MatchOutcomeKind(StrEnum):
    """What came of a match in the world, as its parties say."""

    CONTRACT = "contract"
    PILOT_RUN = "pilot_run"
    FUNDING = "funding"
    TRL_MOVED = "trl_moved"


class MatchOutcomeState(StrEnum):
    """STATED by one side; CONFIRMED or DISPUTED by the other."""

    STATED = "stated"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
    WITHDRAWN = "withdrawn"


class DataRequestState(StrEnum):
    """Of a request to see fields that their grade keeps back, for a purpose and a time."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"
