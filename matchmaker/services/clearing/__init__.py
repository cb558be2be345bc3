"""Clearance for people: one's round before all mandates, one's mandate before all rounds, questions and waivers."""

from matchmaker.services.clearing.firms import (
    FirmClearance,
    MandateClearance,
    PairClearance,
    for_mandate,
    lines,
    preview,
)
from matchmaker.services.clearing.funds import FundClearance, RoundClearance, for_round
from matchmaker.services.clearing.lines import ClauseCount, ClauseLine, PairContribution, PairPatience
from matchmaker.services.clearing.openings import FactChange, Opening, RoundOpenings, what_would_open
from matchmaker.services.clearing.questions import (
    DAYS_SHOWN,
    FIELDS_OF,
    answer,
    answer_by_showing,
    ask,
    decline_question,
    get_question,
    list_questions,
    questions_of,
    settled,
)
from matchmaker.services.clearing.waiving import list_waivers, take_back_waiver, waive
from matchmaker.store.capital import Terms

__all__ = [
    "DAYS_SHOWN",
    "FIELDS_OF",
    "ClauseCount",
    "ClauseLine",
    "FactChange",
    "FirmClearance",
    "FundClearance",
    "MandateClearance",
    "Opening",
    "PairClearance",
    "PairContribution",
    "PairPatience",
    "RoundClearance",
    "RoundOpenings",
    "Terms",
    "answer",
    "answer_by_showing",
    "ask",
    "decline_question",
    "for_mandate",
    "for_round",
    "get_question",
    "lines",
    "list_questions",
    "list_waivers",
    "preview",
    "questions_of",
    "settled",
    "take_back_waiver",
    "waive",
    "what_would_open",
]
