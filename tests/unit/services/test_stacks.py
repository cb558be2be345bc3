"""Capital stacks for people: who may ask, and what is frozen."""

import json
from datetime import date
from typing import Any

import numpy as np
import pytest
from sqlmodel import select

from matchmaker.errors import InvalidInput, NotAllowed, NotFound
from matchmaker.services.stacks import asking, reading
from matchmaker.services.stacks.freezing import freeze
from matchmaker.services.stacks.questions import instance_of, sha256_of
from matchmaker.services.stacks.settings import Terms, from_stored, to_stored, usual_terms
from models.enums import (
    CapitalType,
    ClauseForce,
    ClauseKind,
    ClearanceVerdict,
    MembershipRole,
    SupportKind,
)
from models.funds import MandateClause
from models.rounds import RoundMilestone, RoundSupport
from tests import records as make
from tests.stack_case import TODAY, Case, make_case, make_usual_case


@pytest.fixture
def case(session):
    return make_usual_case(session)


def question(case: Case, **terms: Any) -> dict[str, Any]:
    return freeze(case.session, case.round, Terms(**terms), today=TODAY)


def verdicts(case: Case, name: str, **terms: Any) -> list[str]:
    key = str(case.mandates[name].id)
    return next(row["verdicts"] for row in question(case, **terms)["funds"] if row["key"] == key)


def may_pay(case: Case, name: str, **terms: Any) -> list[bool]:
    key = str(case.mandates[name].id)
    found = [row["phases"] for row in question(case, **terms)["funds"] if row["key"] == key]
    return found[0] if found else []


class TestWhoMayAsk:
    def test_the_rounds_own_people_and_officers_may(self, case):
        officer = make.officer(case.session)

        mine = asking.ask(case.session, case.actor, case.round.id, Terms(), today=TODAY)
        theirs = asking.ask(case.session, officer, case.round.id, Terms(funds_most=3), today=TODAY)

        assert mine.sha256 != theirs.sha256
        assert theirs.question["funds"] == mine.question["funds"]

    def test_who_only_looks_may_read_and_not_ask(self, case):
        viewer = make.member(case.session, case.firm.organisation, role=MembershipRole.VIEWER)
        stack = case.ask()

        assert reading.read(case.session, viewer, stack.id).asked.stack is stack
        with pytest.raises(NotAllowed):
            asking.ask(case.session, viewer, case.round.id, Terms(), today=TODAY)

    def test_to_everybody_else_neither_the_round_nor_the_stack_exists(self, case):
        stranger = make.member(case.session, make.organisation(case.session))
        stack = case.ask()

        with pytest.raises(NotFound):
            asking.ask(case.session, stranger, case.round.id, Terms(), today=TODAY)
        with pytest.raises(NotFound):
            reading.read(case.session, stranger, stack.id)
        with pytest.raises(NotFound):
            asking.list_asked(case.session, stranger, case.round.id)
        with pytest.raises(NotFound):
            asking.stop(case.session, stranger, stack.id)


class TestTheQuestion:
    def test_a_cost_lies_on_the_months_since_the_milestone_before(self, case):
        asked = question(case)

        assert asked["need"] == [5e5] * 6 + [1e6] * 6 + [7.5e5] * 12
        assert [(one["month"], one["until"], one["trl"]) for one in asked["phases"]] == [
            (0, 6, 5),
            (6, 12, 6),
            (12, 24, 8),
        ]

    def test_the_first_phase_is_the_round_itself_and_later_ones_are_of_the_stages_that_carry_their_step(self, case):
        assert [one["stages"] for one in question(case)["phases"]] == [
            ["angel"],
            ["series_a", "series_b"],
            ["series_b", "growth"],
        ]

    def test_no_later_phase_is_of_an_earlier_stage_than_the_round(self, session):
        case = make_case(session, stage="growth")

        assert [one["stages"] for one in question(case)["phases"]] == [["growth"], ["growth"], ["growth"]]

    def test_a_fund_may_pay_where_its_stages_are_those_of_the_phase(self, case):
        assert may_pay(case, "天使") == [True, False, False]
        assert may_pay(case, "耐心") == [True, True, False]
        assert may_pay(case, "成长") == [False, True, True]

    def test_what_stops_the_others_is_counted_by_clause(self, case):
        last = question(case)["phases"][2]

        assert last["open_to"] == 2
        assert last["stopped_by"] == {"stage": 2}

    def test_the_firm_grows_older_from_phase_to_phase(self, case):
        case.firm.organisation.founded_on = date(2023, 6, 1)
        case.mandates["耐心"].firm_age_high = 3.0
        case.session.add(
            MandateClause(mandate_id=case.mandates["耐心"].id, kind=ClauseKind.FIRM_AGE, force=ClauseForce.HARD)
        )
        case.session.flush()

        assert verdicts(case, "成长")[1] == ClearanceVerdict.CLEARED
        assert may_pay(case, "耐心") == []

        case.firm.organisation.founded_on = date(2024, 3, 1)
        case.session.flush()
        assert may_pay(case, "耐心") == [True, False, False]
        assert question(case)["phases"][1]["stopped_by"] == {"firm_age": 1, "stage": 1}

    def test_a_milestone_that_is_behind_lets_in_who_asks_for_its_level(self, case):
        case.mandates["接力"].trl_low = 6
        case.mandates["接力"].stages = ["angel", "series_a"]
        case.session.flush()

        assert may_pay(case, "接力") == [False, True, False]

    def test_who_stops_investing_before_a_phase_or_ends_within_it_is_left_out(self, case):
        relay = case.mandates["接力"]
        relay.investment_years, relay.exit_years = 2, 0
        case.session.flush()

        assert may_pay(case, "接力") == [False, True, False]
        assert question(case)["phases"][2]["stopped_by"] == {"stage": 2, "life_over": 1}

        relay.investment_years, relay.exit_years = 1, 3
        case.session.flush()
        assert may_pay(case, "接力") == []
        assert question(case)["phases"][1]["stopped_by"] == {"stage": 1, "investing_over": 1}

    def test_a_life_that_ends_before_the_exit_leaves_room_for_a_relay_unless_the_fund_says_otherwise(self, case):
        assert may_pay(case, "接力") == [False, True, True]

        case.session.add(
            MandateClause(mandate_id=case.mandates["接力"].id, kind=ClauseKind.LIFE, force=ClauseForce.HARD)
        )
        case.session.flush()
        assert may_pay(case, "接力") == []

    def test_a_clause_to_waive_counts_only_where_that_is_asked_for(self, case):
        case.mandates["成长"].staff_high = 20
        case.session.flush()
        everybody = (ClearanceVerdict.CLEARED, ClearanceVerdict.TO_ASK, ClearanceVerdict.TO_WAIVE)

        assert may_pay(case, "成长") == []
        assert question(case)["phases"][2]["not_counted"] == {"to_waive": 1, "stopped": 2}
        assert may_pay(case, "成长", verdicts=everybody) == [False, True, True]

    def test_a_fund_pays_no_more_than_it_has_left(self, case):
        case.mandates["成长"].remaining = 7e6
        case.session.flush()

        row = next(row for row in question(case)["funds"] if row["key"] == str(case.mandates["成长"].id))

        assert (row["ticket_low"], row["ticket_high"]) == (5e6, 7e6)

    def test_its_fit_is_the_share_of_its_clauses_that_are_met(self, case):
        case.mandates["天使"].reinvestment_multiple = 1.5
        case.firm.organisation.district_code = None
        case.session.flush()

        fits = {row["key"]: row["fit"] for row in question(case)["funds"]}

        assert fits[str(case.mandates["天使"].id)] < fits[str(case.mandates["成长"].id)] == 1.0

    def test_only_support_that_is_confirmed_counts_unless_all_is_asked_for(self, case):
        case.session.add_all(
            RoundSupport(round_id=case.round.id, kind=SupportKind.GRANT, amount=amount, month=month)
            for amount, month in ((1e6, 3), (2e6, 24))
        )
        case.session.flush()

        certain, hoped = question(case), question(case, confirmed_only=False)

        assert certain["support"][:4] == [0, 0, 5e5, 0]
        assert hoped["support"][:4] == [0, 0, 5e5, 1e6]
        assert [one["is_counted"] for one in hoped["supports"]] == [True, True, False]  # month 24 is too late

    def test_later_milestones_leave_the_months_before_without_need(self, case):
        asked = question(case, shift_months=3)

        assert asked["need"][:4] == [0, 0, 0, 5e5]
        assert len(asked["need"]) == 27
        assert [one["month"] for one in asked["phases"]] == [3, 9, 15]
        assert asked["exit_months"] == 63

    def test_a_milestone_that_is_reached_needs_no_money(self, case):
        case.round.trl = 6
        case.session.flush()

        assert sum(question(case)["need"]) == 1.5e7

    def test_a_round_without_a_milestone_ahead_is_refused(self, case):
        case.round.trl = 9
        case.session.flush()

        with pytest.raises(InvalidInput) as refused:
            question(case)
        assert (refused.value.code, refused.value.field) == ("no_milestones", "milestones")

    def test_a_milestone_without_a_cost_is_refused_by_its_level(self, session):
        case = make_case(session, trl=3)
        session.add(RoundMilestone(round_id=case.round.id, trl=4, month=2))
        session.flush()

        with pytest.raises(InvalidInput) as refused:
            question(case)
        assert (refused.value.code, refused.value.facts["trl"]) == ("milestone_without_cost", 4)

    def test_milestones_that_cost_nothing_are_refused(self, case):
        for row in case.session.exec(select(RoundMilestone)).all():
            row.cost = 0.0
        case.session.flush()

        with pytest.raises(InvalidInput, match="milestones_cost_nothing"):
            question(case)

    def test_it_is_plain_and_the_same_for_the_same_inputs(self, case):
        asked = question(case, least={CapitalType.SOCIAL: 0.2})

        again = json.loads(json.dumps(asked))

        assert sha256_of(asked) == sha256_of(again) == sha256_of(question(case, least={CapitalType.SOCIAL: 0.2}))
        assert sha256_of(asked) != sha256_of(question(case, least={CapitalType.SOCIAL: 0.3}))

    def test_what_is_not_known_stays_unknown_in_the_arrays(self, case):
        case.round.valuation = case.round.exit_months = case.round.market_months = None
        case.mandates["天使"].ticket_low = None
        case.mandates["天使"].started_on = None
        case.mandates["天使"].capital_type = None
        case.session.flush()

        asked = question(case)
        arrays = instance_of(asked)

        row = [one["key"] for one in asked["funds"]].index(str(case.mandates["天使"].id))
        assert np.isnan([arrays.valuation, arrays.exit_months, arrays.funds.life[row]]).all()
        assert (arrays.funds.ticket_low[row], arrays.funds.capital[row]) == (0, -1)


class TestTerms:
    def test_they_come_back_as_they_were_stored(self):
        terms = Terms(stake_most=0.3, funds_most=4, least={CapitalType.SOCIAL: 0.2}, uplift=0.2)

        assert from_stored(json.loads(json.dumps(to_stored(terms)))) == terms

    def test_the_round_says_what_is_usual(self, case):
        case.round.stake_most, case.round.funds_most = 0.25, 3

        assert usual_terms(case.round) == Terms(stake_most=0.25, funds_most=3)

    @pytest.mark.parametrize(
        ("terms", "code", "field"),
        [
            ({"stake_most": 0.0}, "out_of_range", "stake_most"),
            ({"funds_most": 21}, "out_of_range", "funds_most"),
            ({"patience": 1.2}, "out_of_range", "patience"),
            ({"shift_months": -1}, "out_of_range", "shift_months"),
            ({"uplift": 2.0}, "out_of_range", "uplift"),
            ({"most": {CapitalType.SOCIAL: 1.5}}, "out_of_range", "most_social"),
            (
                {"least": {CapitalType.SOCIAL: 0.5}, "most": {CapitalType.SOCIAL: 0.4}},
                "least_above_most",
                "least_social",
            ),
            ({"least": {CapitalType.SOCIAL: 0.6, CapitalType.STATE_FIRM: 0.6}}, "shares_above_all", "least"),
            ({"verdicts": ()}, "no_verdicts", "verdicts"),
            ({"verdicts": (ClearanceVerdict.STOPPED,)}, "no_verdicts", "verdicts"),
        ],
    )
    def test_what_cannot_be_is_refused_by_its_field(self, case, terms, code, field):
        with pytest.raises(InvalidInput) as refused:
            asking.ask(case.session, case.actor, case.round.id, Terms(**terms), today=TODAY)
        assert (refused.value.code, refused.value.field) == (code, field)
