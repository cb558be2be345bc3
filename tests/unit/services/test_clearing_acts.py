"""What a fund and a firm may do about a clause: ask, answer, waive, and see what one changed fact would open."""

from dataclasses import replace
from datetime import timedelta

import pytest

from matchmaker.errors import InvalidInput, NotAllowed, NotFound
from matchmaker.services import clearing
from matchmaker.services.mandates import editing
from models.enums import (
    ClauseKind,
    ClauseOutcome,
    ClearanceVerdict,
    MembershipRole,
    QuestionState,
)
from models.rounds import FieldGrant
from tests import capital_records as capital
from tests import records as make
from tests.capital_records import TODAY, as_firm, as_fund, line, outcome, say


@pytest.fixture
def market(registry):
    return capital.add_market(registry)


class TestQuestions:
    @pytest.fixture
    def asked(self, registry, market):
        say(registry, market.mandate, rd_ratio_low=0.02)
        return self.ask(registry, market)

    @staticmethod
    def ask(session, market, kind=ClauseKind.RD_RATIO):
        return clearing.ask(
            session, market.fund.actor, market.mandate.id, market.firm.organisation.id, kind, today=TODAY
        )

    def test_what_is_unknown_is_asked_once(self, registry, market, asked):
        again = self.ask(registry, market)

        asked_of_us = clearing.list_questions(registry, market.firm.actor, market.firm.organisation.id)
        assert again.id == asked.id
        assert [one.id for one, _mandate in asked_of_us] == [asked.id]

    def test_what_is_known_is_not_asked(self, registry, market):
        say(registry, market.mandate, staff_high=10)

        with pytest.raises(InvalidInput) as caught:
            self.ask(registry, market, ClauseKind.STAFF)

        assert caught.value.code == "nothing_to_ask"

    def test_to_show_the_field_answers_the_clause(self, registry, market, asked):
        clearing.answer_by_showing(registry, market.firm.actor, asked.id, today=TODAY)

        assert asked.state is QuestionState.ANSWERED
        assert outcome(as_fund(registry, market), ClauseKind.RD_RATIO) is ClauseOutcome.MET

    def test_what_was_shown_for_a_question_is_not_shown_for_good(self, registry, market, asked):
        clearing.answer_by_showing(registry, market.firm.actor, asked.id, today=TODAY)

        later = TODAY + timedelta(days=clearing.DAYS_SHOWN + 1)
        capital.say(registry, market.round, closes_on=None)
        pair = clearing.lines(registry, market.fund.actor, market.mandate.id, market.firm.organisation.id, today=later)
        assert outcome(pair, ClauseKind.RD_RATIO) is ClauseOutcome.UNKNOWN

    def test_a_fact_that_is_there_by_now_needs_no_answer(self, registry, market, asked):
        firm = market.firm
        before = clearing.settled(registry, firm.actor, firm.organisation.id, today=TODAY)
        grant = FieldGrant(
            organisation_id=firm.organisation.id, field="rd_ratio", grantee_id=market.fund.organisation.id
        )

        say(registry, grant)

        assert before == frozenset()
        assert clearing.settled(registry, firm.actor, firm.organisation.id, today=TODAY) == {asked.id}

    def test_a_fact_that_is_open_and_not_stated_cannot_be_shown(self, registry, market):
        say(registry, market.mandate, staff_high=100)
        say(registry, market.firm.organisation, staff=None)
        asked = self.ask(registry, market, ClauseKind.STAFF)

        with pytest.raises(InvalidInput) as caught:
            clearing.answer_by_showing(registry, market.firm.actor, asked.id, today=TODAY)

        assert (caught.value.code, asked.state) == ("nothing_to_show", QuestionState.ASKED)

    def test_an_answer_in_words_may_be_asked_after_and_a_refusal_may_not(self, registry, market, asked):
        clearing.answer(registry, market.firm.actor, asked.id, "正在审计，下月可以提供")
        reopened = self.ask(registry, market).state
        clearing.decline_question(registry, market.firm.actor, asked.id)

        assert reopened is QuestionState.ASKED
        assert self.ask(registry, market).state is QuestionState.DECLINED

    def test_only_the_firm_answers_and_only_the_fund_asks(self, registry, market, asked, stranger):
        viewer = make.member(registry, market.firm.organisation, role=MembershipRole.VIEWER)

        with pytest.raises(NotFound):
            clearing.answer(registry, market.fund.actor, asked.id, "3%")
        with pytest.raises(NotAllowed):
            clearing.answer(registry, viewer, asked.id, "3%")
        with pytest.raises(NotFound):
            clearing.ask(
                registry, stranger, market.mandate.id, market.firm.organisation.id, ClauseKind.RD_RATIO, today=TODAY
            )


class TestWaivers:
    @staticmethod
    def waive(session, market, kind=ClauseKind.STAFF, reason="团队将拆分"):
        return clearing.waive(
            session,
            market.fund.actor,
            market.mandate.id,
            market.firm.organisation.id,
            kind,
            reason=reason,
            today=TODAY,
        )

    def test_a_waived_clause_is_still_said_and_stands_in_the_way_no_more(self, registry, market):
        say(registry, market.mandate, staff_high=50)

        self.waive(registry, market)

        pair = as_fund(registry, market)
        assert (line(pair, ClauseKind.STAFF).is_waived, line(pair, ClauseKind.STAFF).outcome) == (
            True,
            ClauseOutcome.WAIVABLE,
        )
        assert pair.verdict is ClearanceVerdict.CLEARED

    def test_the_firm_is_not_told_of_a_waiver(self, registry, market):
        say(registry, market.mandate, staff_high=50)
        before = as_firm(registry, market)

        self.waive(registry, market)

        assert as_firm(registry, market) == before

    def test_taken_back_the_clause_stands_again(self, registry, market):
        say(registry, market.mandate, staff_high=50)
        self.waive(registry, market)

        clearing.take_back_waiver(
            registry,
            market.fund.actor,
            market.mandate.id,
            market.firm.organisation.id,
            ClauseKind.STAFF,
            reason="投委会未同意",
        )

        assert as_fund(registry, market).verdict is ClearanceVerdict.TO_WAIVE
        assert not clearing.list_waivers(registry, market.fund.actor, market.mandate.id)

    @pytest.mark.parametrize(
        ("terms", "kind", "code"),
        [
            ({"stages": ["growth"]}, ClauseKind.STAGE, "not_waivable"),
            ({"staff_high": 100}, ClauseKind.STAFF, "not_waivable"),
            ({"rd_ratio_low": 0.03}, ClauseKind.RD_RATIO, "not_waivable"),
        ],
    )
    def test_only_what_is_waivable_is_waived(self, registry, market, terms, kind, code):
        say(registry, market.mandate, **terms)

        with pytest.raises(InvalidInput) as caught:
            self.waive(registry, market, kind)

        assert caught.value.code == code

    def test_nothing_is_waived_on_the_copy_on_which_terms_are_changed(self, registry, market):
        say(registry, market.mandate, staff_high=50)
        copy = editing.revise(registry, market.fund.actor, market.mandate)

        with pytest.raises(NotFound):
            self.waive(registry, replace(market, mandate=copy))

    def test_a_waiver_has_a_reason(self, registry, market):
        say(registry, market.mandate, staff_high=50)

        with pytest.raises(InvalidInput) as caught:
            self.waive(registry, market, reason=" ")

        assert caught.value.field == "reason"


class TestWhatWouldOpen:
    def test_the_smallest_change_of_one_fact_that_clears_each_fund(self, registry, market):
        say(registry, market.mandate, rd_ratio_low=0.03)
        stricter = capital.mandate(registry, market.fund, rd_ratio_low=0.05)
        hopeless = capital.mandate(registry, market.fund, rd_ratio_low=0.03, stages=["growth"])

        found = clearing.what_would_open(registry, market.firm.actor, market.round.id, today=TODAY)

        assert found.by_mandate[market.mandate.id] == (clearing.FactChange("rd_ratio", 0.026, 0.03),)
        assert found.by_mandate[stricter.id] == (clearing.FactChange("rd_ratio", 0.026, 0.05),)
        assert found.by_mandate[hopeless.id] == ()
        assert set(found.in_the_way[hopeless.id]) == {ClauseKind.RD_RATIO, ClauseKind.STAGE}
        assert [(one.fact, one.after, set(one.mandate_ids)) for one in found.by_fact] == [
            ("rd_ratio", (0.05,), {market.mandate.id, stricter.id}),
            ("rd_ratio", (0.03,), {market.mandate.id}),
        ]

    def test_a_certification_or_a_place_that_would_do(self, registry, market):
        say(registry, market.mandate, certifications=["high-tech"])
        elsewhere = capital.mandate(registry, market.fund, districts=["500107"])

        found = clearing.what_would_open(registry, market.firm.actor, market.round.id, today=TODAY)

        assert found.by_mandate[market.mandate.id] == (clearing.FactChange("certifications", None, "high-tech"),)
        assert found.by_mandate[elsewhere.id] == (clearing.FactChange("district_code", "500112", "500107"),)

    def test_nobody_is_told_to_dismiss_people_but_to_state_how_many_there_are(self, registry, market):
        say(registry, market.mandate, staff_high=50)
        told = clearing.what_would_open(registry, market.firm.actor, market.round.id, today=TODAY)
        say(registry, market.firm.organisation, staff=None)
        unsaid = clearing.what_would_open(registry, market.firm.actor, market.round.id, today=TODAY)

        assert told.by_mandate[market.mandate.id] == ()
        assert unsaid.by_mandate[market.mandate.id] == (clearing.FactChange("staff", None, 50.0),)

    def test_a_lower_valuation_opens_what_caps_it(self, registry, market):
        say(registry, market.round, valuation=1.2e8)
        say(registry, market.mandate, valuation_high=1e8)

        found = clearing.what_would_open(registry, market.firm.actor, market.round.id, today=TODAY)

        assert found.by_mandate[market.mandate.id] == (clearing.FactChange("valuation", 1.2e8, 1e8),)

    def test_strangers_may_not_ask(self, registry, market, stranger):
        with pytest.raises(NotFound):
            clearing.what_would_open(registry, stranger, market.round.id, today=TODAY)
