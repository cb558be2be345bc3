"""A table of cases that were worked out by hand, confirmed clause by clause.

The mandates are like funds that publish their terms: a municipal seed fund with at most 2 M a project, a patient fund
of 20 years for firms up to five years old with up to 100 people and a valuation up to 100 M, a state-firm mother fund
of 15 years, a sub-fund with 60 % in its main fields and stakes up to 30 %, and a district's own fund. Forces are the
usual ones, from the reference data.
"""

import csv
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from matchmaker.funding.clauses import OUTCOMES
from matchmaker.funding.clearance import VERDICTS, Waivers, clear
from matchmaker.funding.columns import CLAUSES
from models.enums import ClauseForce, ClauseKind, ClauseOutcome, FinancingStage
from tests.unit.funding import clearance_twin as twin
from tests.unit.funding.columns_of import firms_of, mandates_of

HERE = Path(__file__).parent
REFERENCE = HERE.parents[2] / "seeds" / "reference"
TODAY = date(2026, 11, 22)

SCHEMES = {"hightech": 0, "srdi": 1, "giant": 2, "techsme": 3}
PLACES = {"yubei": 0, "jiulongpo": 1, "wanzhou": 2, "chengdu": 3, "beibei": 4}
NODES = {"cockpit": 0, "bms": 1, "sensor": 2, "seat": 3, "robot": 4, "cdmo": 5}
WORDS = {"realestate": 0, "trade": 1}
CODES = {"nodes": NODES, "certifications": SCHEMES, "falls_under": WORDS}
STAGE = FinancingStage

MANDATES: dict[str, dict[str, Any]] = {
    "seed": {
        "ticket_low": 2e5,
        "ticket_high": 2e6,
        "stages": {STAGE.SEED, STAGE.ANGEL},
        "age_high": 5,
        "stake_high": 0.3,
        "remaining": 2e7,
        "life_left": 6,
        "extension": 2,
        "exclusions": {WORDS["realestate"]},
    },
    "patient": {
        "ticket_low": 5e5,
        "ticket_high": 5e6,
        "stages": {STAGE.SEED, STAGE.ANGEL, STAGE.SERIES_A},
        "age_high": 5,
        "staff_high": 100,
        "valuation_high": 1e8,
        "stake_high": 0.3,
        "remaining": 8e8,
        "life_left": 17,
        "extension": 0,
        "exclusions": set(WORDS.values()),
    },
    "mother": {
        "ticket_low": 5e7,
        "ticket_high": 5e8,
        "stages": {STAGE.SERIES_B, STAGE.GROWTH},
        "stake_high": 0.2,
        "remaining": 1e10,
        "life_left": 12,
        "extension": 3,
        "reinvestment": 1.2,
    },
    "sub": {
        "ticket_low": 5e6,
        "ticket_high": 3e7,
        "stages": {STAGE.SERIES_A, STAGE.SERIES_B},
        "fields": {NODES["cockpit"], NODES["sensor"], NODES["bms"], NODES["robot"]},
        "main_fields": {NODES["cockpit"], NODES["sensor"]},
        "main_share": 0.6,
        "paid": 1e8,
        "paid_main": 7e7,
        "stake_high": 0.3,
        "remaining": 2.5e8,
        "life_left": 7,
        "extension": 2,
        "reinvestment": 1.5,
    },
    "district": {
        "ticket_low": 1e6,
        "ticket_high": 1e7,
        "stages": {STAGE.ANGEL, STAGE.SERIES_A},
        "places": {PLACES["yubei"]},
        "certifications": {SCHEMES["hightech"], SCHEMES["srdi"]},
        "rd_ratio_low": 0.03,
        "trl_low": 5,
        "remaining": 6e7,
        "life_left": 5,
        "extension": 1,
    },
}
FIRMS: dict[str, dict[str, Any]] = {
    "starter": {
        "nodes": {NODES["cockpit"]},
        "founded": date(2024, 3, 1),
        "staff": 18,
        "rd_ratio": 0.15,
        "trl": 4,
        "stage": STAGE.SEED,
        "amount": 1.5e6,
        "valuation": 1.2e7,
        "exit_months": 66,
        "place": PLACES["yubei"],
        "is_local": True,
        "trade_known": True,
        "certifications": {SCHEMES["techsme"]},
    },
    "growing": {
        "nodes": {NODES["cockpit"], NODES["seat"]},
        "founded": date(2020, 6, 15),
        "staff": 86,
        "rd_ratio": 0.08,
        "trl": 7,
        "stage": STAGE.SERIES_A,
        "amount": 2e7,
        "valuation": 1.8e8,
        "exit_months": 60,
        "place": PLACES["jiulongpo"],
        "is_local": True,
        "trade_known": True,
        "certifications": {SCHEMES["hightech"]},
    },
    "scale": {
        "nodes": {NODES["robot"]},
        "founded": date(2014, 9, 1),
        "staff": 420,
        "rd_ratio": 0.045,
        "trl": 9,
        "stage": STAGE.GROWTH,
        "amount": 1.5e8,
        "valuation": 1.2e9,
        "exit_months": 36,
        "place": PLACES["beibei"],
        "is_local": True,
        "trade_known": True,
        "certifications": {SCHEMES["giant"], SCHEMES["hightech"]},
    },
    "blank": {},
}


def usual_forces() -> dict[ClauseKind, ClauseForce]:
    with (REFERENCE / "clause_defaults.csv").open(encoding="utf-8", newline="") as lines:
        return {ClauseKind(row["kind"]): ClauseForce(row["force"]) for row in csv.DictReader(lines)}


def cases() -> list[dict[str, str]]:
    with (HERE / "clearance_cases.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def typed(name: str, text: str) -> Any:
    """As a cell of the table says it: names of codes, yes or no, a day, a stage, a number."""
    if name in CODES:
        return {CODES[name][code] for code in text.split(",") if code}
    if name == "place":
        return PLACES[text]
    if name == "stage":
        return FinancingStage(text)
    if name == "founded":
        return date.fromisoformat(text)
    return text == "yes" if text in ("yes", "no") else float(text)


def said(base: dict[str, Any], changes: str) -> dict[str, Any]:
    """`base` with `name=value` changes; `name=` takes it away, and of certifications leaves that none is valid."""
    row = dict(base)
    for change in changes.split():
        name, _, text = change.partition("=")
        name = "is_local" if name == "local" else name
        if name.startswith("force."):
            row["force"] = row["force"] | {ClauseKind(name.removeprefix("force.")): ClauseForce(text)}
        elif text == "?" or (not text and name != "certifications"):
            row.pop(name)
        else:
            row[name] = typed(name, text)
    return row


def expected(case: dict[str, str]) -> dict[ClauseKind, ClauseOutcome]:
    return {ClauseKind(kind): outcome for outcome in ClauseOutcome for kind in case[outcome].split()}


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case['case']}-{case['mandate']}-{case['firm']}")
def test_a_case_is_as_it_was_worked_out_by_hand(case: dict[str, str]) -> None:
    mandate = said(MANDATES[case["mandate"]] | {"force": usual_forces()}, case["terms"])
    firm = said(FIRMS[case["firm"]], case["facts"])
    waived = [CLAUSES.index(ClauseKind(kind)) for kind in case["waived"].split()]
    none = np.zeros(len(waived), np.int32)

    found = clear(
        mandates_of([mandate]),
        firms_of([firm]),
        day=TODAY.toordinal(),
        waivers=Waivers(np.array(waived, np.int32), none, none),
    )

    outcomes = {kind: OUTCOMES[found.outcomes[row, 0, 0]] for row, kind in enumerate(CLAUSES)}
    assert {kind: one for kind, one in outcomes.items() if one} == expected(case), case["note"]
    assert VERDICTS[found.verdict[0, 0]] == case["verdict"], case["note"]
    by_twin = {kind: twin.outcome(kind, mandate, firm, TODAY) for kind in ClauseKind}
    assert {kind: one for kind, one in by_twin.items() if one} == expected(case), case["note"]


def test_the_table_has_every_clause_in_every_outcome_that_it_can_have() -> None:
    seen = {(kind, outcome) for case in cases() for kind, outcome in expected(case).items()}

    never = {
        *((kind, ClauseOutcome.UNKNOWN) for kind in (ClauseKind.STATUS, ClauseKind.MONEY_LEFT)),
        *((kind, ClauseOutcome.WAIVABLE) for kind, force in usual_forces().items() if force != ClauseForce.WAIVABLE),
        *((kind, ClauseOutcome.FAILED) for kind, force in usual_forces().items() if force == ClauseForce.WAIVABLE),
    }
    assert {(kind, outcome) for kind in ClauseKind for outcome in ClauseOutcome} - seen <= never
    assert len(cases()) >= 60
