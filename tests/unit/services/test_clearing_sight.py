"""What each side of a deal sees of a clause, and that what is kept back changes nothing that a fund is shown."""

from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from matchmaker.errors import NotFound
from matchmaker.services import clearing
from models.base import utc_now
from models.enums import (
    ClauseForce,
    ClauseKind,
    ClauseOutcome,
    ClearanceVerdict,
    DossierState,
    Grade,
    RoundState,
)
from models.funds import MandateClause
from models.organisations import FieldGrade
from models.rounds import Dossier, FieldGrant
from tests import capital_records as capital
from tests import records as make
from tests.capital_records import TODAY, add_deal, as_firm, as_fund, line, outcome, say


@pytest.fixture
def market(registry):
    return capital.add_market(registry)


class TestWhatIsSeen:
    def test_a_line_names_the_limit_the_fact_and_the_source(self, registry, market):
        say(registry, market.mandate, staff_high=50)

        found = line(as_fund(registry, market), ClauseKind.STAFF)

        assert (found.outcome, found.force) == (ClauseOutcome.WAIVABLE, ClauseForce.WAIVABLE)
        assert (found.limit, found.fact, found.source) == ({"most": 50.0}, {"staff": 60.0}, "usual")

    def test_a_funds_own_words_and_force_take_the_place_of_the_usual_ones(self, registry, market):
        say(registry, market.mandate, staff_high=50)
        own = MandateClause(mandate_id=market.mandate.id, kind=ClauseKind.STAFF, force=ClauseForce.HARD)
        say(registry, own, text_zh="职工人数不超过50人", source="基金合同第八条")

        pair = as_fund(registry, market)

        found = line(pair, ClauseKind.STAFF)
        assert (found.outcome, found.text_zh, found.source) == (
            ClauseOutcome.FAILED,
            "职工人数不超过50人",
            "基金合同第八条",
        )
        assert pair.verdict is ClearanceVerdict.STOPPED

    def test_a_fact_that_is_kept_back_is_unknown_to_the_fund_and_known_to_the_firm(self, registry, market):
        say(registry, market.mandate, rd_ratio_low=0.03, valuation_high=1e8)

        seen, own = as_fund(registry, market), as_firm(registry, market)

        assert outcome(seen, ClauseKind.RD_RATIO) is ClauseOutcome.UNKNOWN
        assert outcome(seen, ClauseKind.VALUATION) is ClauseOutcome.UNKNOWN
        assert seen.verdict is ClearanceVerdict.TO_ASK
        assert (outcome(own, ClauseKind.RD_RATIO), own.verdict) == (
            ClauseOutcome.WAIVABLE,
            ClearanceVerdict.TO_WAIVE,
        )

    def test_a_firm_is_told_which_clauses_a_fund_cannot_judge(self, registry, market):
        say(registry, market.mandate, rd_ratio_low=0.03, valuation_high=1e8, staff_high=50)
        before = as_firm(registry, market).kept_back
        grant = FieldGrant(
            organisation_id=market.firm.organisation.id, field="rd_ratio", grantee_id=market.fund.organisation.id
        )
        say(registry, grant)

        after = as_firm(registry, market).kept_back

        assert before == (ClauseKind.RD_RATIO, ClauseKind.VALUATION)
        assert after == (ClauseKind.VALUATION,)

    def test_a_round_that_nobody_sees_is_kept_back_as_a_whole(self, registry, market):
        capital.close_field(registry, market.firm, "rounds")

        assert as_firm(registry, market).kept_back == (ClauseKind.STATUS, ClauseKind.FIELD)

    def test_a_field_that_is_granted_to_a_fund_is_seen_by_that_fund_alone(self, registry, market):
        other = capital.fund(registry)
        theirs = capital.mandate(registry, other, rd_ratio_low=0.03)
        say(registry, market.mandate, rd_ratio_low=0.03)
        grant = FieldGrant(
            organisation_id=market.firm.organisation.id, field="rd_ratio", grantee_id=market.fund.organisation.id
        )
        say(registry, grant)

        mine = as_fund(registry, market)
        others = clearing.lines(registry, other.actor, theirs.id, market.firm.organisation.id, today=TODAY)

        assert outcome(mine, ClauseKind.RD_RATIO) is ClauseOutcome.WAIVABLE
        assert outcome(others, ClauseKind.RD_RATIO) is ClauseOutcome.UNKNOWN
        assert clearing.for_mandate(registry, market.fund.actor, market.mandate.id, today=TODAY).counts[
            ClearanceVerdict.TO_WAIVE
        ]

    @pytest.mark.parametrize(
        ("state", "expected"),
        [
            (DossierState.DRAFT, ClauseOutcome.UNKNOWN),
            (DossierState.SUBMITTED, ClauseOutcome.MET),
            (DossierState.TAKEN_UP, ClauseOutcome.MET),
            (DossierState.DECLINED, ClauseOutcome.UNKNOWN),
            (DossierState.WITHDRAWN, ClauseOutcome.UNKNOWN),
        ],
    )
    def test_a_grant_of_a_dossier_holds_while_the_fund_has_the_dossier(self, registry, market, state, expected):
        say(registry, market.mandate, rd_ratio_low=0.02)
        dossier = Dossier(
            round_id=market.round.id,
            organisation_id=market.firm.organisation.id,
            mandate_id=market.mandate.id,
            fund_id=market.fund.organisation.id,
            state=state,
            submitted_at=utc_now(),
            reason="terms" if state is DossierState.DECLINED else None,
        )
        say(registry, dossier)
        grant = FieldGrant(
            organisation_id=market.firm.organisation.id,
            field="rd_ratio",
            grantee_id=market.fund.organisation.id,
            dossier_id=dossier.id,
        )
        say(registry, grant)

        assert outcome(as_fund(registry, market), ClauseKind.RD_RATIO) is expected

    def test_a_grant_ends_on_its_day(self, registry, market):
        say(registry, market.mandate, rd_ratio_low=0.02)
        grant = FieldGrant(
            organisation_id=market.firm.organisation.id, field="rd_ratio", grantee_id=market.fund.organisation.id
        )

        say(registry, grant, expires_on=TODAY)
        on_the_day = outcome(as_fund(registry, market), ClauseKind.RD_RATIO)
        say(registry, grant, expires_on=TODAY - timedelta(days=1))
        after = outcome(as_fund(registry, market), ClauseKind.RD_RATIO)

        assert (on_the_day, after) == (ClauseOutcome.MET, ClauseOutcome.UNKNOWN)


ALL_LIMITS = {
    "stages": ["angel"],
    "firm_age_high": 5,
    "staff_high": 100,
    "valuation_high": 1e8,
    "rd_ratio_low": 0.03,
    "trl_low": 5,
    "certifications": ["high-tech"],
    "ticket_low": 1e6,
    "ticket_high": 5e6,
    "stake_high": 0.1,
    "main_field_share": 0.6,
    "districts": ["500112"],
    "reinvestment_multiple": 1.2,
    "exclusions": ["汽车"],
    "started_on": date(2024, 1, 1),
    "investment_years": 3,
    "exit_years": 3,
    "extension_years": 1,
    "remaining": 1e8,
}


class TestNothingLeaks:
    """Every kept-back field is varied, and the fund sees the same."""

    @pytest.mark.parametrize(
        ("field", "name", "values"),
        [
            ("founded_on", "founded_on", (None, date(2025, 1, 1), date(2001, 1, 1))),
            ("staff", "staff", (None, 5, 5000)),
            ("rd_ratio", "rd_ratio", (None, 0.0, 0.9)),
            ("district_code", "district_code", (None, "500112", "500107")),
            ("industry_code", "industry_code", (None, "C3670")),
            ("tags", "tags", ([], ["汽车零部件"])),
            ("region", "region", ("", "Sichuan")),
            ("country", "country", ("CN", "DE")),
        ],
    )
    def test_of_a_profile(self, registry, market, field, name, values):
        say(registry, market.mandate, **ALL_LIMITS)
        capital.close_field(registry, market.firm, field)

        seen = []
        for value in values:
            say(registry, market.firm.organisation, **{name: value})
            seen.append(self.all_that_is_shown(registry, market))

        assert all(one == seen[0] for one in seen)

    @pytest.mark.parametrize(
        ("name", "values"),
        [
            ("valuation", (None, 1e6, 1e9)),
            ("exit_months", (None, 18, 200)),
            ("market_months", (None, 1, 15)),
        ],
    )
    def test_of_the_figures_of_a_round(self, registry, market, name, values):
        say(registry, market.mandate, **ALL_LIMITS)

        seen = []
        for value in values:
            say(registry, market.round, **{name: value})
            seen.append(self.all_that_is_shown(registry, market))

        assert all(one == seen[0] for one in seen)

    def test_of_chain_nodes(self, registry, market):
        say(registry, market.mandate, **ALL_LIMITS)
        other = capital.firm(registry, nodes=("nev-bms",))
        none = capital.firm(registry, nodes=())
        sides = [market.firm, other, none]
        for side in sides:
            capital.close_field(registry, side, "nodes")
        capital.open_round(registry, other)
        capital.open_round(registry, none)

        found = [
            clearing.lines(registry, market.fund.actor, market.mandate.id, side.organisation.id, today=TODAY).lines
            for side in sides
        ]

        assert found[0] == found[1] == found[2]
        assert outcome(SimpleNamespace(lines=found[0]), ClauseKind.FIELD) is ClauseOutcome.UNKNOWN

    def test_of_certifications(self, registry, market):
        say(registry, market.mandate, **ALL_LIMITS)
        capital.close_field(registry, market.firm, "certifications")
        before = self.all_that_is_shown(registry, market)

        capital.certify(registry, market.firm)

        assert self.all_that_is_shown(registry, market) == before

    @pytest.mark.parametrize("state", [RoundState.DRAFT, RoundState.CLOSED, RoundState.WITHDRAWN])
    def test_of_a_round_that_is_not_open(self, registry, market, state):
        say(registry, market.round, state=state)

        assert not clearing.for_mandate(registry, market.fund.actor, market.mandate.id, today=TODAY).firms
        with pytest.raises(NotFound):
            as_fund(registry, market)

    def test_of_a_round_that_is_past_or_whose_firm_hides_it(self, registry, market):
        say(registry, market.round, closes_on=TODAY - timedelta(days=1))
        with pytest.raises(NotFound):
            as_fund(registry, market)

        say(registry, market.round, closes_on=TODAY)
        capital.close_field(registry, market.firm, "rounds")
        with pytest.raises(NotFound):
            as_fund(registry, market)

    def test_of_the_funds_own_deals_to_a_firm(self, registry, market):
        say(registry, market.mandate, main_field_share=0.6)
        outside = capital.firm(registry, nodes=("nev-bms",))
        one = capital.open_round(registry, outside)
        market.firm, market.round = outside, one
        before = as_firm(registry, market)

        add_deal(registry, market.fund, market.mandate, outside, 3e6)

        assert outcome(as_fund(registry, market), ClauseKind.MAIN_FIELD_SHARE) is ClauseOutcome.FAILED
        assert as_firm(registry, market) == before
        assert outcome(before, ClauseKind.MAIN_FIELD_SHARE) is ClauseOutcome.UNKNOWN

    @staticmethod
    def all_that_is_shown(session, market):
        pair = as_fund(session, market)
        whole = clearing.for_mandate(session, market.fund.actor, market.mandate.id, today=TODAY)
        return replace(pair, mandate=None), replace(whole, mandate=None)


def test_an_officer_does_not_learn_from_clearance_what_a_fund_has_paid(registry, market):
    say(registry, market.mandate, reinvestment_multiple=1.5)
    add_deal(registry, market.fund, market.mandate, capital.firm(registry), 3e6)
    pair = market.mandate.id, market.firm.organisation.id

    told = clearing.lines(registry, market.fund.actor, *pair, today=TODAY).contribution
    officers = clearing.lines(registry, make.officer(registry), *pair, today=TODAY).contribution

    assert told is not None
    assert officers is not None
    assert (told.owed, officers.owed) == (4.5e6, None)


def test_a_field_that_an_organisation_opens_is_seen_by_all_funds(registry, market):
    say(registry, market.mandate, rd_ratio_low=0.03)
    opened = FieldGrade(organisation_id=market.firm.organisation.id, field="rd_ratio", grade=Grade.OPEN)
    say(registry, opened)

    assert outcome(as_fund(registry, market), ClauseKind.RD_RATIO) is ClauseOutcome.WAIVABLE
