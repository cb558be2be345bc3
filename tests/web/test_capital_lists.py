"""Which money fits a round, and which firms fit a mandate: ranked after clearance, as each side may know the other."""

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
from flask import render_template_string
from flask_babel import force_locale
from sqlmodel import Session

from matchmaker.errors import NotFound
from matchmaker.instance import Instance
from matchmaker.reader import Reader
from matchmaker.services import indexing
from matchmaker.services.actors import Actor
from matchmaker.services.capital.naming import read_names
from matchmaker.services.capital.ranking import CapitalList, FirmFilters, firms_for_mandate, funds_for_round
from models.enums import (
    ClauseKind,
    ClearanceVerdict,
    DossierState,
    FinancingStage,
    Grade,
    OrganisationState,
    RiskTolerance,
)
from models.funds import Mandate
from models.organisations import Organisation
from models.rounds import Dossier, FieldGrant, Round, RoundMilestone
from models.taxonomy import FieldGradeDefault, PresetWeight, WeightPreset
from seeds.reference import read_reference, records_of
from tests import capital_records as capital
from tests import records as make
from tests.capital_records import TODAY, Side
from web.capital_cards import cards_for_mandate, cards_for_round

PRESETS = ("funds-default", "startups-default")
MANDATE = {
    "ticket_low": 1e6,
    "ticket_high": 1e7,
    "remaining": 5e7,
    "stages": ["angel", "series_a"],
    "started_on": date(2024, 1, 1),
    "investment_years": 4,
    "exit_years": 4,
}
PAGE = """{% from "components/capital.html" import capital_item, stopped_line %}{{ stopped_line(found, "") }}
{% for card in cards %}{% call capital_item(card, kind) %}<a href="#x">go</a>{% endcall %}{% endfor %}"""


@dataclass
class Lists:
    session: Session
    instance: Instance
    fund: Side
    firm: Side
    mandate: Mandate
    round: Round

    def index(self) -> None:
        self.session.commit()
        indexing.refresh(self.instance)

    def funds(self, actor: Actor | None = None, **asked: Any) -> CapitalList:
        self.session.commit()
        reader = Reader(self.instance)
        return funds_for_round(
            self.session, actor or self.firm.actor, reader, asked.pop("round_id", self.round.id), today=TODAY, **asked
        )

    def firms(self, actor: Actor | None = None, **asked: Any) -> CapitalList:
        self.session.commit()
        reader, mandate_id = Reader(self.instance), asked.pop("mandate_id", self.mandate.id)
        return firms_for_mandate(self.session, actor or self.fund.actor, reader, mandate_id, today=TODAY, **asked)

    def grant(self, *fields: str) -> None:
        """What a submitted dossier shows the fund."""
        dossier = Dossier(
            round_id=self.round.id,
            organisation_id=self.firm.organisation.id,
            mandate_id=self.mandate.id,
            fund_id=self.fund.organisation.id,
            state=DossierState.SUBMITTED,
            submitted_at=self.round.created_at,
        )
        self.session.add(dossier)
        self.session.flush()
        for field in fields:
            self.session.add(
                FieldGrant(
                    organisation_id=self.firm.organisation.id,
                    field=field,
                    grantee_id=self.fund.organisation.id,
                    dossier_id=dossier.id,
                )
            )


@pytest.fixture
def lists(session, instance):
    make.add_taxonomy(session)
    entries = read_reference()
    session.add_all(one for one in records_of(entries, WeightPreset) if one.code in PRESETS)
    session.flush()
    session.add_all(one for one in records_of(entries, PresetWeight) if one.preset_code in PRESETS)
    capital.add_rules(session)
    fund, firm = capital.fund(session), capital.firm(session)
    mandate = capital.mandate(session, fund, fields={"nev-cockpit": True}, **MANDATE)
    made = Lists(session, instance, fund, firm, mandate, capital.open_round(session, firm))
    made.index()
    return made


def test_a_firm_sees_the_mandate_that_fits_with_terms_that_sum_to_its_score(lists):
    found = lists.funds()

    (item,) = found.items
    explained = item.explanation
    assert (item.position, item.mandate_id, item.round_id) == (1, lists.mandate.id, lists.round.id)
    assert item.organisation_id == lists.fund.organisation.id
    assert (item.amount, item.stage) == (5e6, FinancingStage.ANGEL)
    assert round(sum(term.points for term in explained.terms), 1) == explained.points
    assert {"ticket", "invested_field", "stage_asked", "patience", "money_left"} == {
        t.component for t in explained.terms
    }
    assert explained.coverage == pytest.approx(0.54)
    assert found.preset_code == "funds-default"


def test_the_patience_gap_is_told_in_years_and_lowers_only_where_the_mandate_does_not_tolerate_it(lists):
    capital.say(lists.session, lists.round, exit_months=120)
    hurried = lists.funds().items[0]
    capital.say(lists.session, lists.mandate, risk_tolerance=RiskTolerance.HIGH)
    tolerant = lists.funds().items[0]

    assert hurried.patience.years == tolerant.patience.years == pytest.approx(10 - 5.11, abs=0.01)
    assert score_of(hurried, "patience") == pytest.approx(0.511, abs=0.01)
    assert score_of(tolerant, "patience") == 1
    assert ClauseKind.LIFE in hurried.to_waive


def test_what_a_clause_stops_is_left_out_and_counted_by_each_clause(lists):
    other = capital.fund(lists.session)
    capital.mandate(
        lists.session, other, fields={"nev-bms": True}, **{**MANDATE, "stages": ["growth"], "ticket_low": 6e6}
    )
    lists.index()

    found = lists.funds()

    assert [item.mandate_id for item in found.items] == [lists.mandate.id]
    assert found.stopped == 1
    assert found.stopped_by == {ClauseKind.FIELD: 1, ClauseKind.STAGE: 1, ClauseKind.TICKET: 1}
    assert found.by_verdict == {ClearanceVerdict.CLEARED: 1, ClearanceVerdict.STOPPED: 1}


def test_what_has_said_nothing_has_no_score_and_is_counted_as_such(lists):
    silent = capital.mandate(lists.session, capital.fund(lists.session))
    lists.index()

    found = lists.funds()
    of_silent = lists.firms(actor=_owner(lists, silent), mandate_id=silent.id)

    assert [item.mandate_id for item in found.items] == [lists.mandate.id]
    assert (found.found, found.unscored) == (1, 1)
    assert (of_silent.items, of_silent.unscored, of_silent.stopped) == ([], 1, 0)


def test_the_two_directions_are_two_scores_and_their_mean_stands_beside_them(lists):
    of_fund, of_firm = lists.firms().items[0], lists.funds().items[0]

    assert of_fund.explanation.points != of_firm.explanation.points
    ours, theirs = of_firm.explanation.points / 100, of_firm.mutual.theirs
    assert of_firm.mutual.value == pytest.approx(2 * ours * theirs / (ours + theirs), abs=1e-3)
    assert not of_firm.mutual.is_chance
    assert {"milestones", "scarcity", "fund_deals"} <= set(of_fund.explanation.unknown)


def test_strangers_find_neither_list(lists):
    stranger = make.member(lists.session, make.organisation(lists.session))

    with pytest.raises(NotFound):
        lists.funds(stranger)
    with pytest.raises(NotFound):
        lists.firms(stranger)
    with pytest.raises(NotFound):  # the fund may not read the firm's list, nor the firm the fund's
        lists.funds(lists.fund.actor)
    with pytest.raises(NotFound):
        lists.firms(lists.firm.actor)


def as_seen(found: CapitalList) -> Any:
    return replace(found, seconds={}, index_version="")


@pytest.mark.parametrize(
    ("record", "values"),
    [
        ("round", {"exit_months": 200, "market_months": 190}),
        ("round", {"valuation": 9e9}),
        ("firm", {"staff": 9999}),
        ("firm", {"rd_ratio": 0.5}),
        ("firm", {"founded_on": date(1990, 1, 1)}),
        ("firm", {"district_code": "500107"}),
    ],
)
def test_a_fund_learns_nothing_of_what_is_kept_back(lists, record, values):
    for field in ("staff", "rd_ratio", "founded_on", "district_code"):
        capital.close_field(lists.session, lists.firm, field)
    capital.say(lists.session, lists.mandate, staff_high=100, firm_age_high=5, districts=["500112"], rd_ratio_low=0.1)
    lists.index()
    before = as_seen(lists.firms())

    capital.say(lists.session, lists.round if record == "round" else lists.firm.organisation, **values)
    lists.index()

    assert as_seen(lists.firms()) == before
    assert len(before.items) == 1


def test_what_a_dossier_hands_over_is_known_to_that_fund_alone(lists):
    rival = capital.fund(lists.session)
    theirs = capital.mandate(lists.session, rival, fields={"nev-cockpit": True}, **MANDATE)
    lists.index()
    assert "patience" in lists.firms().items[0].explanation.unknown

    lists.grant("round_figures")

    assert score_of(lists.firms().items[0], "patience") == 1
    of_rival = lists.firms(rival.actor, mandate_id=theirs.id).items[0]
    assert "patience" in of_rival.explanation.unknown
    assert of_rival.patience.years is None


def test_what_milestones_cost_is_not_in_the_score_of_who_may_not_see_it(lists):
    for trl, cost in ((7, 1e6), (8, None)):
        lists.session.add(RoundMilestone(round_id=lists.round.id, trl=trl, month=6 * (trl - 6), cost=cost))
    plain = lists.firms().items[0]
    lists.grant("round_figures")
    handed = lists.firms().items[0]

    assert facts_of(plain, "milestones") == {"milestones": 2, "month": 6}
    assert score_of(plain, "milestones") == 1
    assert facts_of(handed, "milestones") == {"milestones": 2, "month": 6, "costed": 1}
    assert score_of(handed, "milestones") == pytest.approx(0.75)


def test_a_round_whose_field_is_closed_is_in_no_list_of_funds(lists):
    capital.close_field(lists.session, lists.firm, "rounds")
    lists.index()

    found = lists.firms()

    assert (found.items, found.found, found.unscored, found.stopped, found.by_verdict) == ([], 0, 0, 0, {})
    assert len(lists.funds().items) == 1  # the firm itself still sees which money fits


@pytest.mark.parametrize(
    ("filters", "many"),
    [
        (FirmFilters(), 1),
        (FirmFilters(stages=frozenset({FinancingStage.ANGEL})), 1),
        (FirmFilters(stages=frozenset({FinancingStage.SEED})), 0),
        (FirmFilters(nodes=frozenset({"nev-cockpit"})), 1),
        (FirmFilters(nodes=frozenset({"nev-bms"})), 0),
        (FirmFilters(districts=frozenset({"500112"})), 1),
        (FirmFilters(districts=frozenset({"500107"})), 0),
        (FirmFilters(verdicts=frozenset({ClearanceVerdict.TO_ASK})), 1),
        (FirmFilters(verdicts=frozenset({ClearanceVerdict.CLEARED})), 0),
        (FirmFilters(rounds=frozenset()), 0),
    ],
)
def test_firms_are_chosen_by_what_is_known_of_them(lists, filters, many):
    assert len(lists.firms(filters=filters).items) == many


def test_firms_can_be_passed_over_and_rounds_named(lists):
    without = FirmFilters(without=frozenset({lists.firm.organisation.id}))

    assert lists.firms(filters=without).items == []
    assert len(lists.firms(filters=FirmFilters(rounds=frozenset({lists.round.id}))).items) == 1


def test_equal_mandates_stand_in_the_order_of_their_funds_on_every_page(lists):
    for _number in range(4):
        capital.mandate(lists.session, capital.fund(lists.session), fields={"nev-cockpit": True}, **MANDATE)
    lists.index()

    whole = [item.organisation_id for item in lists.funds().items]
    pages = [lists.funds(first=first, count=2).items for first in (0, 2, 4)]

    assert whole == sorted(whole)
    assert [item.organisation_id for page in pages for item in page] == whole
    assert [item.position for page in pages for item in page] == [1, 2, 3, 4, 5]


def test_a_closed_fund_is_in_no_list(lists):
    capital.say(lists.session, lists.fund.organisation, state=OrganisationState.CLOSED)

    assert lists.funds().items == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_cards_say_why_what_is_open_and_what_sums_up(lists, app, language):
    capital.say(lists.session, lists.round, exit_months=120)
    lists.index()

    for kind, found, make_cards in (
        ("mandate", lists.funds(), cards_for_round),
        ("firm", lists.firms(), cards_for_mandate),
    ):
        with app.test_request_context(), force_locale(language):
            cards = make_cards(found, read_names(lists.session, found.items))
            page = render_template_string(PAGE, found=found, cards=cards, kind=kind)
            patience = cards[0].patience

        (card,) = cards
        assert card.points == round(sum(bar.points for bar in card.bars), 1)
        text = re.sub("<[^>]+>", " ", page)
        assert "%(" not in text
        assert f"{card.points:.1f}" in text
        assert all(str(bar.why) for bar in card.bars)
        assert bool(re.search("[一-鿿]", patience)) is (language == "zh")


def test_the_list_says_what_its_asker_leaves_open(lists):
    capital.say(lists.session, lists.round, amount=None, exit_months=None)
    lists.index()

    silent = lists.funds().silent

    assert {"ticket", "money_left", "patience", "backers"} <= silent
    assert "invested_field" not in silent
    assert "mandate_place" in lists.firms().silent


def test_closing_a_field_takes_it_from_lists_at_once(lists):
    capital.say(lists.session, lists.mandate, districts=["500112"])
    assert score_of(lists.firms().items[0], "mandate_place") == 1

    capital.close_field(lists.session, lists.firm, "district_code")

    assert "mandate_place" in lists.firms().items[0].explanation.unknown
    default = lists.session.get(FieldGradeDefault, "district_code")
    assert default.grade is Grade.OPEN


def score_of(item, component):
    return next(term.score for term in item.explanation.terms if term.component == component)


def facts_of(item, component):
    return next(term.evidence.facts for term in item.explanation.terms if term.component == component)


def _owner(lists, mandate):
    return make.member(lists.session, lists.session.get_one(Organisation, mandate.organisation_id))
