"""What people read for the closed lists of the registry, the chain map, reports, outcomes and opening."""

from collections.abc import Mapping
from enum import StrEnum

from flask_babel import lazy_gettext as _l

from models import enums as e

REGION_LABELS: Mapping[type[StrEnum], Mapping[StrEnum, object]] = {
    e.ReviewMode: {
        e.ReviewMode.BEFORE: _l("Before it is seen"),
        e.ReviewMode.AFTER: _l("After it is seen"),
    },
    e.ReviewVerdict: {
        e.ReviewVerdict.PASSED: _l("Passed review"),
        e.ReviewVerdict.CHANGES_ASKED: _l("Changes asked for"),
        e.ReviewVerdict.TAKEN_DOWN: _l("Taken down"),
    },
    e.CheckOutcome: {
        e.CheckOutcome.VERIFIED: _l("Verified"),
        e.CheckOutcome.MORE_ASKED: _l("More evidence asked for"),
        e.CheckOutcome.REFUSED: _l("Not confirmed"),
    },
    e.DuplicateState: {
        e.DuplicateState.OPEN: _l("To be decided"),
        e.DuplicateState.MERGED: _l("Merged"),
        e.DuplicateState.APART: _l("Two organisations"),
    },
    e.UploadState: {
        e.UploadState.UPLOADED: _l("Uploaded"),
        e.UploadState.MAPPED: _l("Columns named"),
        e.UploadState.CHECKED: _l("Checked"),
        e.UploadState.APPLIED: _l("Taken in"),
        e.UploadState.DISCARDED: _l("Thrown away"),
    },
    e.ChaseReason: {
        e.ChaseReason.STALE: _l("Not looked at for long"),
        e.ChaseReason.POSTING_ENDS: _l("A posting ends soon"),
        e.ChaseReason.CERTIFICATION_ENDS: _l("A certification ends soon"),
        e.ChaseReason.INCOMPLETE: _l("Much is missing"),
    },
    e.ScopeKind: {
        e.ScopeKind.REGION: _l("Whole region"),
        e.ScopeKind.CHAIN: _l("Industrial chain"),
        e.ScopeKind.NODE: _l("Chain node"),
        e.ScopeKind.DISTRICT: _l("District"),
        e.ScopeKind.CALL: _l("Challenge or scene"),
        e.ScopeKind.ORGANISATION: _l("One organisation"),
        e.ScopeKind.LIST: _l("List of organisations"),
    },
    e.NodeState: {
        e.NodeState.COVERED: _l("Covered"),
        e.NodeState.SINGLE_SOURCE: _l("Single source"),
        e.NodeState.OUTSIDE_ONLY: _l("Outside only"),
        e.NodeState.MISSING: _l("Missing"),
    },
    e.SupplySource: {
        e.SupplySource.OFFER: _l("Published offer"),
        e.SupplySource.FACILITY: _l("Open facility"),
        e.SupplySource.CERTIFICATION: _l("Verified certification"),
    },
    e.IndicatorUnit: {
        e.IndicatorUnit.SHARE: _l("Share"),
        e.IndicatorUnit.COUNT: _l("Count"),
        e.IndicatorUnit.AMOUNT: _l("Amount"),
        e.IndicatorUnit.MEAN: _l("Mean value"),
    },
    e.CountedRecord: {
        e.CountedRecord.ORGANISATIONS: _l("Organisations"),
        e.CountedRecord.OFFERS: _l("Published offers"),
        e.CountedRecord.NEEDS: _l("Published needs"),
        e.CountedRecord.FACILITIES: _l("Facilities"),
        e.CountedRecord.NODES: _l("Chain nodes"),
        e.CountedRecord.SUPPLIES: _l("Suppliers at chain nodes"),
    },
    e.ConditionRelation: {
        e.ConditionRelation.IS: _l("is"),
        e.ConditionRelation.IS_ONE_OF: _l("is one of"),
        e.ConditionRelation.IS_NONE_OF: _l("is none of"),
        e.ConditionRelation.AT_LEAST: _l("is at least"),
        e.ConditionRelation.AT_MOST: _l("is at most"),
        e.ConditionRelation.INCLUDES_ANY: _l("include at least one of"),
        e.ConditionRelation.INCLUDES_ALL: _l("include all of"),
        e.ConditionRelation.INCLUDES_NONE: _l("include none of"),
    },
    e.InterventionKind: {
        e.InterventionKind.OPEN_FACILITY: _l("Open a facility to others"),
        e.InterventionKind.ADD_FACILITY: _l("Add a lab or pilot base"),
        e.InterventionKind.ADD_FUND: _l("Add a fund"),
        e.InterventionKind.CHANGE_MANDATE: _l("Change a fund's terms"),
        e.InterventionKind.CHANGE_RULE: _l("Change a composition rule"),
        e.InterventionKind.CHANGE_WEIGHT: _l("Change a weight"),
        e.InterventionKind.RAISE_CERTIFICATION: _l("Raise firms to a certification"),
    },
    e.RunState: {
        e.RunState.RUNNING: _l("Being worked out"),
        e.RunState.FROZEN: _l("Frozen"),
        e.RunState.ENDED: _l("Stopped before its end"),
    },
    e.ReportKind: {
        e.ReportKind.MONTHLY: _l("Monthly report"),
        e.ReportKind.CHAIN: _l("Chain report"),
        e.ReportKind.CALL: _l("Report on a call"),
        e.ReportKind.DISTRICT: _l("District report"),
        e.ReportKind.ORGANISATION: _l("Report on one organisation"),
    },
    e.ReportSection: {
        e.ReportSection.SUMMARY: _l("Summary in sentences"),
        e.ReportSection.FUNNEL: _l("Funnel beside published rates"),
        e.ReportSection.MATCHES: _l("Matches with reasons"),
        e.ReportSection.GAPS: _l("Gaps of the chain"),
        e.ReportSection.INDICATORS: _l("Structural indicators"),
        e.ReportSection.EXPOSURE: _l("Exposure and crowding"),
        e.ReportSection.CHANGES: _l("Changes since the last report"),
        e.ReportSection.METHOD: _l("Method and versions"),
        e.ReportSection.APPENDIX: _l("Appendix with every score"),
    },
    e.ReportState: {
        e.ReportState.MAKING: _l("Being made"),
        e.ReportState.READY: _l("Ready"),
        e.ReportState.SIGNED: _l("Signed and issued"),
        e.ReportState.ENDED: _l("Stopped before its end"),
    },
    e.DocumentFormat: {
        e.DocumentFormat.PDF: _l("PDF"),
        e.DocumentFormat.DOCX: _l("Word"),
        e.DocumentFormat.XLSX: _l("Workbook"),
        e.DocumentFormat.HTML: _l("Web page"),
    },
    e.ScheduleRhythm: {
        e.ScheduleRhythm.WEEKLY: _l("Every week"),
        e.ScheduleRhythm.MONTHLY: _l("Every month"),
        e.ScheduleRhythm.QUARTERLY: _l("Every quarter"),
    },
    e.FunnelStage: {
        e.FunnelStage.RECOMMENDED: _l("Recommended"),
        e.FunnelStage.VIEWED: _l("Viewed"),
        e.FunnelStage.INTEREST: _l("Interest expressed"),
        e.FunnelStage.MUTUAL: _l("Mutual interest"),
        e.FunnelStage.AGREEMENT: _l("Consortium or term sheet"),
        e.FunnelStage.CONTRACT: _l("Contract"),
        e.FunnelStage.OUTCOME: _l("Outcome reached"),
    },
    e.RateCount: {
        e.RateCount.NEEDS: _l("Needs"),
        e.RateCount.PAIRS: _l("Organisation pairs"),
    },
    e.MatchOutcomeKind: {
        e.MatchOutcomeKind.CONTRACT: _l("Contract signed"),
        e.MatchOutcomeKind.PILOT_RUN: _l("Pilot run done"),
        e.MatchOutcomeKind.FUNDING: _l("Money paid"),
        e.MatchOutcomeKind.TRL_MOVED: _l("Readiness raised"),
    },
    e.MatchOutcomeState: {
        e.MatchOutcomeState.STATED: _l("Stated by one side"),
        e.MatchOutcomeState.CONFIRMED: _l("Confirmed by the other side"),
        e.MatchOutcomeState.DISPUTED: _l("Disputed"),
        e.MatchOutcomeState.WITHDRAWN: _l("Taken back"),
    },
    e.DataRequestState: {
        e.DataRequestState.ASKED: _l("Request pending"),
        e.DataRequestState.GRANTED: _l("Granted"),
        e.DataRequestState.REFUSED: _l("Request refused"),
        e.DataRequestState.WITHDRAWN: _l("Taken back"),
        e.DataRequestState.REVOKED: _l("Revoked"),
    },
}
