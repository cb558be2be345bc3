"""What people read for the closed lists of challenges, rules and consortia."""

from collections.abc import Mapping
from enum import StrEnum

from flask_babel import lazy_gettext as _l

from models import enums as e

TEAM_LABELS: Mapping[type[StrEnum], Mapping[StrEnum, object]] = {
    e.ChallengeKind: {
        e.ChallengeKind.CHALLENGE: _l("Challenge"),
        e.ChallengeKind.SCENE: _l("Application scene"),
    },
    e.ChallengeStage: {
        e.ChallengeStage.COLLECTED: _l("Collection"),
        e.ChallengeStage.SCREENED: _l("Screening"),
        e.ChallengeStage.PUBLISHED: _l("Publication"),
        e.ChallengeStage.ANSWERED: _l("Answers"),
        e.ChallengeStage.JUDGED: _l("Evaluation"),
        e.ChallengeStage.SIGNED: _l("Signing"),
        e.ChallengeStage.ACCEPTED: _l("Acceptance of the result"),
        e.ChallengeStage.WITHDRAWN: _l("Withdrawn"),
    },
    e.EvaluationWay: {
        e.EvaluationWay.SINGLE: _l("One answer is chosen"),
        e.EvaluationWay.RACE: _l("Several run against each other"),
    },
    e.MetricRelation: {
        e.MetricRelation.AT_LEAST: _l("at least"),
        e.MetricRelation.AT_MOST: _l("at most"),
        e.MetricRelation.EQUAL: _l("exactly"),
    },
    e.AnswerState: {
        e.AnswerState.DRAFT: _l("Draft"),
        e.AnswerState.SUBMITTED: _l("Submitted"),
        e.AnswerState.SHORTLISTED: _l("In the final round"),
        e.AnswerState.SELECTED: _l("Chosen"),
        e.AnswerState.DECLINED: _l("Not chosen"),
        e.AnswerState.WITHDRAWN: _l("Withdrawn"),
    },
    e.AccessState: {
        e.AccessState.ASKED: _l("Asked to be let in"),
        e.AccessState.GRANTED: _l("Let in"),
        e.AccessState.REFUSED: _l("Not let in"),
    },
    e.RuleSetState: {
        e.RuleSetState.DRAFT: _l("Draft"),
        e.RuleSetState.PUBLISHED: _l("Published"),
        e.RuleSetState.REPLACED: _l("Replaced by a newer edition"),
    },
    e.RuleKind: {
        e.RuleKind.LEAD_KIND: _l("Who may lead"),
        e.RuleKind.LEAD_THRESHOLD: _l("What the lead must reach"),
        e.RuleKind.MEMBER_COUNT: _l("Number of members"),
        e.RuleKind.KIND_COUNT: _l("Members of certain kinds"),
        e.RuleKind.DISTRICT_COUNT: _l("Members from certain districts"),
        e.RuleKind.DISTRICT_SPREAD: _l("Number of districts"),
        e.RuleKind.CHAIN_POSITION_COUNT: _l("Members upstream and downstream"),
        e.RuleKind.SME_SHARE: _l("Share of SMEs"),
        e.RuleKind.OWNERSHIP_SHARE: _l("Share by ownership"),
        e.RuleKind.LARGEST_SHARE: _l("Largest share of one member"),
        e.RuleKind.OWN_MONEY_SHARE: _l("Share of own money"),
        e.RuleKind.TECHNICAL_STAFF: _l("Technical staff"),
        e.RuleKind.NEWCOMER_COUNT: _l("Newcomers"),
        e.RuleKind.CONFLICTS_APART: _l("Conflicts of interest"),
        e.RuleKind.PAIR_APART: _l("Must not work together"),
        e.RuleKind.PAIR_TOGETHER: _l("Must work together"),
    },
    e.RuleOutcome: {
        e.RuleOutcome.MET: _l("Met"),
        e.RuleOutcome.BROKEN: _l("Broken"),
        e.RuleOutcome.UNKNOWN: _l("To be asked"),
    },
    e.LeadFigure: {
        e.LeadFigure.RD_RATIO: _l("R&D spending as a share of sales"),
        e.LeadFigure.RD_SPENDING: _l("R&D spending a year"),
        e.LeadFigure.REVENUE: _l("Revenue last year"),
        e.LeadFigure.STAFF: _l("Staff"),
        e.LeadFigure.TECHNICAL_STAFF: _l("Technical staff"),
    },
    e.Quantifier: {
        e.Quantifier.ANY: _l("at least one of them"),
        e.Quantifier.ALL: _l("all of them"),
    },
    e.CompositionState: {
        e.CompositionState.SEARCHING: _l("Searching"),
        e.CompositionState.PROVED: _l("Proved to be the best"),
        e.CompositionState.CLASH: _l("No team is possible"),
        e.CompositionState.ENDED: _l("Ended before the proof"),
    },
    e.ConsortiumState: {
        e.ConsortiumState.FORMING: _l("Forming"),
        e.ConsortiumState.SIGNED: _l("Signed"),
        e.ConsortiumState.DISSOLVED: _l("Dissolved"),
    },
    e.SeatState: {
        e.SeatState.OPEN: _l("Open seat"),
        e.SeatState.PROPOSED: _l("Proposed"),
        e.SeatState.INVITED: _l("Invited"),
        e.SeatState.ACCEPTED: _l("Accepted"),
        e.SeatState.DECLINED: _l("Turned down"),
    },
    e.IpSide: {
        e.IpSide.BACKGROUND: _l("Background IP"),
        e.IpSide.FOREGROUND: _l("Foreground IP"),
    },
    e.PairingType: {
        e.PairingType.RESOURCE_LANDING: _l("Landing of resources"),
        e.PairingType.COMMON_TECHNOLOGY: _l("R&D on common technology"),
        e.PairingType.INCUBATION: _l("Incubation"),
        e.PairingType.MARKET_INTEGRATION: _l("Market integration"),
    },
    e.RepairKind: {
        e.RepairKind.LOWER: _l("Lower a minimum"),
        e.RepairKind.RAISE: _l("Raise a maximum"),
        e.RepairKind.DO_WITHOUT: _l("Do without a must-have"),
        e.RepairKind.ADD: _l("Add a member"),
        e.RepairKind.SWAP: _l("Swap a member"),
        e.RepairKind.RELIEVE: _l("Replace a member who is busy"),
        e.RepairKind.DROP: _l("Let a member go"),
    },
}
