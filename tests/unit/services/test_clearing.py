"""Clearance for people: the terms of mandates, and both sides' lists."""

from datetime import date, timedelta

import pytest

from matchmaker.errors import NotAllowed, NotFound
from matchmaker.services import clearing
from models.base import new_id
from models.enums import (
    ChainPosition,
    ClauseForce,
    ClauseKind,
    ClauseOutcome,
    ClearanceVerdict,
    FinancingStage,
    MandateStatus,
    RoundState,
)
from models.funds import Mandate
from models.taxonomy import ChainNode
from tests import capital_records as capital
from tests.capital_records import TODAY, add_deal, add_investment, as_firm, as_fund, line, outcome, say


@pytest.fixture
def market(registry):
    return capital.add_market(registry)


class TestTerms:
    def test_a_parent_node_covers_the_nodes_below_it(self, registry, market):
        parent = ChainNode(
            code="nev-parts",
            name_zh="部件",
            name_en="Parts",
            chain_code="nev",
            position=ChainPosition.UPSTREAM,
            source="",
        )
        say(registry, parent)
        say(registry, registry.get(ChainNode, "nev-cockpit"), parent_code="nev-parts")
        mandate = capital.mandate(registry, market.fund, fields={"nev-parts": True})

        pair = clearing.lines(registry, market.fund.actor, mandate.id, market.firm.organisation.id, today=TODAY)

        assert outcome(pair, ClauseKind.FIELD) is ClauseOutcome.MET

    @pytest.mark.parametrize(
        ("words", "expected"),
        [
            (["汽车零部件"], ClauseOutcome.FAILED),
            (["car PARTS"], ClauseOutcome.FAILED),
            (["智能座艙"], ClauseOutcome.FAILED),
            (["房地产"], ClauseOutcome.MET),
            (["车"], None),
        ],
    )
    def test_words_of_exclusion_are_looked_for_in_industry_and_nodes(self, registry, market, words, expected):
        say(registry, market.mandate, exclusions=words)

        found = {one.kind: one.outcome for one in as_fund(registry, market).lines}

        assert found.get(ClauseKind.EXCLUSION) is expected

    def test_a_certification_counts_until_its_last_day(self, registry, market):
        say(registry, market.mandate, certifications=["high-tech"])
        unknown = outcome(as_fund(registry, market), ClauseKind.CERTIFICATION)
        held = capital.certify(registry, market.firm, valid_until=TODAY)
        valid = outcome(as_fund(registry, market), ClauseKind.CERTIFICATION)

        say(registry, held, valid_until=TODAY - timedelta(days=1))
        expired = outcome(as_fund(registry, market), ClauseKind.CERTIFICATION)

        assert (unknown, valid, expired) == (ClauseOutcome.UNKNOWN, ClauseOutcome.MET, ClauseOutcome.WAIVABLE)

    def test_life_is_counted_from_the_funds_start_and_the_gap_is_said_in_years(self, registry, market):
        say(
            registry,
            market.mandate,
            started_on=date(2024, 11, 22),
            investment_years=3,
            exit_years=2,
            extension_years=1,
        )

        found = as_firm(registry, market)

        assert outcome(found, ClauseKind.LIFE) is ClauseOutcome.WAIVABLE
        assert line(found, ClauseKind.LIFE).fact == {"years": 5.0, "gap": 2.0, "gap_extended": 1.0}
        assert (found.patience.gap, found.patience.gap_extended, found.patience.until_market) == (2.0, 1.0, 0.0)

    def test_what_the_fund_has_paid_counts_in_its_main_field_share(self, registry, market):
        say(registry, market.mandate, main_field_share=0.6, ticket_low=1e6)
        outside = capital.firm(registry, nodes=("nev-bms",))
        capital.open_round(registry, outside)
        add_deal(registry, market.fund, market.mandate, market.firm, 3e6)

        pair = clearing.lines(registry, market.fund.actor, market.mandate.id, outside.organisation.id, today=TODAY)

        found = line(pair, ClauseKind.MAIN_FIELD_SHARE)
        assert (found.outcome, found.fact) == (ClauseOutcome.MET, {"nodes": (), "share": 0.75})

    def test_a_past_investment_counts_once_though_the_desk_has_it_too(self, registry, market):
        say(registry, market.mandate, main_field_share=0.6, ticket_low=1e6)
        outside = capital.firm(registry, nodes=("nev-bms",))
        capital.open_round(registry, outside)
        add_deal(registry, market.fund, market.mandate, market.firm, 3e6)
        add_investment(registry, market.fund, market.firm, 3e6)
        add_investment(registry, market.fund, outside, 2e6)

        pair = clearing.lines(registry, market.fund.actor, market.mandate.id, outside.organisation.id, today=TODAY)

        found = line(pair, ClauseKind.MAIN_FIELD_SHARE)
        assert (found.outcome, found.fact) == (ClauseOutcome.FAILED, {"nodes": (), "share": 0.5})

    def test_what_names_no_mandate_is_nobodys_where_a_fund_has_several(self, registry, market):
        say(registry, market.mandate, main_field_share=0.6, ticket_low=1e6)
        capital.mandate(registry, market.fund)
        outside = capital.firm(registry, nodes=("nev-bms",))
        capital.open_round(registry, outside)
        add_investment(registry, market.fund, market.firm, 3e6)

        pair = clearing.lines(registry, market.fund.actor, market.mandate.id, outside.organisation.id, today=TODAY)

        found = line(pair, ClauseKind.MAIN_FIELD_SHARE)
        assert (found.outcome, found.is_askable) == (ClauseOutcome.UNKNOWN, False)

    def test_reinvestment_says_what_the_deal_would_add_and_stops_nobody(self, registry, market):
        say(registry, market.mandate, reinvestment_multiple=1.5, ticket_high=2e6)
        add_deal(registry, market.fund, market.mandate, market.firm, 4e6)
        say(registry, market.firm.organisation, district_code=None, region="成都")

        pair = as_fund(registry, market)

        assert outcome(pair, ClauseKind.REINVESTMENT) is ClauseOutcome.FAILED
        assert pair.verdict is ClearanceVerdict.CLEARED
        added = pair.contribution
        assert added is not None
        assert (added.payable, added.counted, added.owed) == (2e6, 0.0, 6e6)


class TestBothSides:
    def test_a_firm_sees_every_published_mandate_and_no_draft(self, registry, market):
        capital.mandate(registry, market.fund, status=MandateStatus.DRAFT)
        paused = capital.mandate(registry, market.fund, status=MandateStatus.PAUSED)

        found = clearing.for_round(registry, market.firm.actor, market.round.id, today=TODAY)

        assert [one.mandate.id for one in found.funds] == [market.mandate.id, paused.id]
        assert [one.verdict for one in found.funds] == [ClearanceVerdict.CLEARED, ClearanceVerdict.STOPPED]
        assert [(one.kind, one.failed, one.alone) for one in found.in_the_way] == [(ClauseKind.STATUS, 1, 1)]

    def test_a_firm_may_try_a_round_that_is_not_open_yet(self, registry, market):
        say(registry, market.round, state=RoundState.DRAFT)

        assert as_firm(registry, market).verdict is ClearanceVerdict.CLEARED

    def test_a_fund_counts_whom_it_sees_and_what_stops_the_others(self, registry, market):
        old = capital.firm(registry, founded_on=date(2010, 1, 1), staff=500)
        capital.open_round(registry, old)
        later = capital.firm(registry)
        capital.open_round(registry, later, stage=FinancingStage.GROWTH)
        say(registry, market.mandate, firm_age_high=5, stages=["angel"])

        found = clearing.for_mandate(registry, market.fund.actor, market.mandate.id, today=TODAY)

        assert (len(found.firms), found.seen) == (3, 2)
        counts = {one.kind: (one.waivable, one.failed, one.alone) for one in found.in_the_way}
        assert counts == {ClauseKind.STAGE: (0, 1, 1), ClauseKind.FIRM_AGE: (1, 0, 1)}

    def test_terms_that_are_not_saved_are_previewed_and_leave_nothing(self, registry, market):
        unsaved = Mandate(
            id=new_id(), organisation_id=market.fund.organisation.id, staff_high=50, exclusions=["汽车零部件"]
        )
        terms = clearing.Terms(unsaved, {"nev-cockpit": True}, {ClauseKind.STAFF: ClauseForce.HARD})

        found = clearing.preview(registry, market.fund.actor, terms, today=TODAY)

        assert {one.kind for one in found.in_the_way} == {ClauseKind.STAFF, ClauseKind.EXCLUSION}
        assert found.seen == 0
        assert unsaved not in registry
        assert registry.get(Mandate, unsaved.id) is None

    def test_an_edit_shows_at_once(self, registry, market):
        say(registry, market.mandate, staff_high=50)
        before = clearing.for_mandate(registry, market.fund.actor, market.mandate.id, today=TODAY)

        say(registry, market.firm.organisation, staff=20)
        after = clearing.for_mandate(registry, market.fund.actor, market.mandate.id, today=TODAY)

        assert before.firms[0].verdict is ClearanceVerdict.TO_WAIVE
        assert after.firms[0].verdict is ClearanceVerdict.CLEARED

    def test_strangers_find_neither_mandates_nor_rounds(self, registry, market, stranger):
        with pytest.raises(NotFound):
            clearing.for_mandate(registry, stranger, market.mandate.id, today=TODAY)
        with pytest.raises(NotFound):
            clearing.for_round(registry, stranger, market.round.id, today=TODAY)
        with pytest.raises(NotFound):
            clearing.for_mandate(registry, market.firm.actor, market.mandate.id, today=TODAY)
        with pytest.raises(NotFound):
            clearing.for_round(registry, market.fund.actor, market.round.id, today=TODAY)
        with pytest.raises(NotAllowed):
            clearing.preview(registry, stranger, clearing.Terms(market.mandate), today=TODAY)
