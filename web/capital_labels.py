"""What people read for the closed lists of mandates, rounds and the deal desk."""

from collections.abc import Mapping
from enum import StrEnum

from flask_babel import lazy_gettext as _l

from models import enums as e

CAPITAL_LABELS: Mapping[type[StrEnum], Mapping[StrEnum, object]] = {
    e.ClauseKind: {
        e.ClauseKind.STATUS: _l("Investing at present"),
        e.ClauseKind.FIELD: _l("Fields of investment"),
        e.ClauseKind.EXCLUSION: _l("Exclusions"),
        e.ClauseKind.DISTRICT: _l("Districts of the mandate"),
        e.ClauseKind.STAGE: _l("Financing stage"),
        e.ClauseKind.FIRM_AGE: _l("Age of the firm"),
        e.ClauseKind.STAFF: _l("Headcount of the firm"),
        e.ClauseKind.RD_RATIO: _l("R&D spending"),
        e.ClauseKind.CERTIFICATION: _l("Certification held"),
        e.ClauseKind.READINESS: _l("Readiness reached"),
        e.ClauseKind.VALUATION: _l("Valuation ceiling"),
        e.ClauseKind.TICKET: _l("Size of a ticket"),
        e.ClauseKind.STAKE: _l("Largest stake"),
        e.ClauseKind.MONEY_LEFT: _l("Money left"),
        e.ClauseKind.LIFE: _l("Life of the fund"),
        e.ClauseKind.MAIN_FIELD_SHARE: _l("Share of main fields"),
        e.ClauseKind.REINVESTMENT: _l("Local re-investment"),
    },
    e.ClauseForce: {
        e.ClauseForce.HARD: _l("Hard"),
        e.ClauseForce.WAIVABLE: _l("Can be waived"),
        e.ClauseForce.SOFT: _l("Soft"),
    },
    e.ClauseOutcome: {
        e.ClauseOutcome.MET: _l("Clause met"),
        e.ClauseOutcome.WAIVABLE: _l("Not met, can be waived"),
        e.ClauseOutcome.UNKNOWN: _l("Not known yet"),
        e.ClauseOutcome.FAILED: _l("Clause not met"),
    },
    e.ClearanceVerdict: {
        e.ClearanceVerdict.CLEARED: _l("Nothing in the way"),
        e.ClearanceVerdict.TO_ASK: _l("Something to ask"),
        e.ClearanceVerdict.TO_WAIVE: _l("Something to waive"),
        e.ClearanceVerdict.STOPPED: _l("Stopped by a clause"),
    },
    e.SupportKind: {
        e.SupportKind.INNOVATION_VOUCHER: _l("Innovation voucher"),
        e.SupportKind.CHALLENGE_BUDGET: _l("Budget of a challenge"),
        e.SupportKind.GRANT: _l("Public grant"),
        e.SupportKind.OWN_MONEY: _l("Own money of the firm"),
    },
    e.QuestionState: {
        e.QuestionState.ASKED: _l("Asked, no answer yet"),
        e.QuestionState.ANSWERED: _l("Answered by the firm"),
        e.QuestionState.DECLINED: _l("Answer declined"),
    },
    e.DossierState: {
        e.DossierState.DRAFT: _l("Dossier in preparation"),
        e.DossierState.SUBMITTED: _l("Handed in to the fund"),
        e.DossierState.TAKEN_UP: _l("Taken up by the fund"),
        e.DossierState.DECLINED: _l("Declined by the fund"),
        e.DossierState.WITHDRAWN: _l("Withdrawn by the firm"),
    },
    e.StageKind: {
        e.StageKind.LEAD: _l("Deal lead"),
        e.StageKind.SCREENING: _l("First screening"),
        e.StageKind.DILIGENCE: _l("Due diligence"),
        e.StageKind.COMMITTEE: _l("Investment committee"),
        e.StageKind.SIGNING: _l("Signing of the deal"),
        e.StageKind.PORTFOLIO: _l("In the portfolio"),
        e.StageKind.EXIT: _l("Exit of the fund"),
        e.StageKind.DROPPED: _l("Dropped"),
    },
    e.StageRule: {
        e.StageRule.OWNER: _l("Somebody is in charge"),
        e.StageRule.DUE_DATE: _l("A due date is set"),
        e.StageRule.NOTE: _l("A note says why"),
        e.StageRule.NO_FAIL: _l("No hard clause fails"),
        e.StageRule.NO_UNKNOWN: _l("No clause is unknown"),
        e.StageRule.MEMO: _l("The committee memo was made"),
    },
    e.ColumnType: {
        e.ColumnType.TEXT: _l("Text column"),
        e.ColumnType.NUMBER: _l("Number column"),
        e.ColumnType.DATE: _l("Date column"),
        e.ColumnType.CHOICE: _l("Choice column"),
    },
    e.StackState: {
        e.StackState.SEARCHING: _l("Being worked out"),
        e.StackState.PROVED: _l("Closed, none is better"),
        e.StackState.GAP: _l("A gap remains"),
        e.StackState.ENDED: _l("Stopped before the end"),
    },
}
