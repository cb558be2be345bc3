"""Every code of the engine has its words, in both languages."""

import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import numpy as np
import pytest
from flask_babel import force_locale

import matchmaker
from matchmaker.eligibility import Reason
from matchmaker.engine import capital_components, column_components, history_components, portfolio_components
from matchmaker.scoring.capital import Capital, Plans
from matchmaker.scoring.walk import CircleWalk, CollaborationWalk, FollowUpWalk
from matchmaker.services.evidence import Named
from matchmaker.services.recommendations import BY_ASKER, BY_SUBJECT
from models.enums import ProjectKind
from models.taxonomy import District
from models.track import Project
from tests.factories import make_need, make_offer, make_organisation
from tests.unit.funding.columns_of import firms_of, mandates_of
from web.labels import COMPONENTS
from web.partners.forms import FromList
from web.sentences import unknowns
from web.sentences.evidence import SENTENCES, caveats, sentence
from web.sentences.wording import levels, place_name

NOTHING = Capital(mandates_of([]), firms_of([]), Plans(*(np.empty(0),) * 3), nodes=(), places=())
COVER = {
    "covered": [
        {"asked": "a", "asked_level": 3, "offered": "a", "offered_level": 4},
        {"asked": "b", "asked_level": 3, "offered": "b", "offered_level": 1},
    ],
    "near": [{"asked": "c", "asked_level": 2, "offered": "d", "offered_level": 5}],
    "missing": [{"asked": "e", "asked_level": 2}],
}
PROJECT, PARTNER, OFFER, NEED = uuid4(), uuid4(), uuid4(), uuid4()
FACTS = {
    "capability.cover": COVER,
    "text.meeting": {"cosine": 0.613},
    "readiness.overlap": {"need": (5, 7), "offer": (6, 6)},
    "chain.node": {"node": "nev-bms", "nearness": 0.5},
    "district.same": {"place": "500112"},
    "district.other": {"place": "DE/Bayern"},
    "capacity.free": {"share": 0.25},
    "capacity.declined": {"declined": 2, "declined_since": 738000},
    "size.complement": {"yours": "small", "theirs": "large"},
    "terms.meeting": {"type": "supply", "type_meets": 1.0, "money_meets": 0.4, "size_welcome": 0.0},
    "reciprocity.need": {"need": str(NEED), "offer": str(OFFER), "is_facility": False},
    "reciprocity.unwelcome": {"need": str(NEED)},
    "track_record.similar": {"projects": [str(PROJECT)], "count": 2, "of": 5, "similarity": 0.8},
    "track_record.none": {"projects": [], "count": 0, "of": 5},
    "ties.direct": {"projects": 2, "last_day": 738000, "ids": [str(PROJECT)]},
    "ties.two_hop": {"partners": 3, "ids": [str(PARTNER)]},
    "ties.none": {},
    "walk.reached": {"times_the_average": 3.25, "projects": 4},
    "amount.usual": {"asked": 3e6, "usual": 1.2e8, "projects": 4},
    "place.place": {"projects": 2, "of": 4},
    "place.area": {"projects": 2, "of": 4},
    "recency.active": {"last_year": 1, "of": 4, "last_day": 738000},
    "walk_follow_up.reached": {"times_the_average": 3.25, "projects": 4},
    "walk_circle.reached": {"times_the_average": 0.25, "projects": 4},
    "ties_in_field.shared": {"projects": 1, "of": 2, "ids": [str(PROJECT)]},
    "partners_in_field.through": {"partners": 2, "projects": 1, "ids": [str(PARTNER)]},
    "common_partners.shared": {"partners": 2, "joint": 1, "ids": [str(PARTNER)]},
    "joined_asker.joined": {"projects": 1, "ids": [str(PROJECT)]},
    "similar_consortia.members": {"projects": 2, "of": 4, "led_from_area": 1, "ids": [str(PROJECT)]},
    "like_partners.near": {"partners": 3, "ids": [str(PARTNER)]},
    "area_pair.lift": {"times": 2.5, "area": "主城新区"},
    "area_in_field.lift": {"times": 0.5, "area": "DE"},
    "kind_mix.lift": {"times": 1.0, "kind": "lab"},
    "length.usual": {"asked": 36.0, "months": 27.5, "projects": 4},
    "round_habit.share": {"alike": 2, "of": 4, "last_day": 738000},
    "round_habit.none": {"of": 4},
    "round_activity.recent": {"alike": 2, "recent": 3, "last_day": 738000},
    "deal_volume.rounds": {"rounds": 7, "entries": 4, "first_day": 735000},
    "stage.share": {"deals": 2, "of": 4},
    "stage.likely": {"deals": 2, "of": 4, "stage": "series_a", "chance": 0.62},
    "startup_age.usual": {"asked_years": 1.5, "usual_years": 3.25, "deals": 4},
    "turn.first": {"deals": 2, "of": 4},
    "turn.later": {"deals": 2, "of": 4},
    "deal_walk.reached": {"times_the_average": 3.25, "near": 2, "ids": [str(PROJECT)]},
    "backers.beside": {"rounds": 2, "ids": [str(PROJECT)]},
    "backers.around": {"rounds": 0, "ids": []},
    "followers.after": {"rounds": 2, "ids": [str(PROJECT)]},
    "followers.none": {"rounds": 0, "ids": []},
    "deal_region.share": {"deals": 2, "of": 4},
    "deal_state.share": {"deals": 2, "of": 4},
    "deal_country.share": {"deals": 2, "of": 4},
    "field_activity.recent": {"deals": 2, "of": 4, "last_day": 738000},
    "field_activity.none": {"of": 4},
    "taste.themes": {"cosine": 0.613, "deals": 4},
    "syndicate_size.usual": {"usual": 2.4, "asked": 3.1, "deals": 4},
    "rise.pace": {"times": 1.6, "deals": 2, "of": 4},
    "ticket.range": {"asked": 2e6, "low": 1e6, "high": None},
    "stage_asked.named": {"asked": "angel", "stages": ["seed", "series_a"]},
    "invested_field.main": {"node": "nev-bms", "field": "nev-bms"},
    "invested_field.other": {"node": "nev-bms", "field": "nev-bms"},
    "invested_field.near": {"node": "nev-bms", "field": "nev-cockpit"},
    "invested_field.far": {"node": "nev-bms", "field": "nev-cockpit"},
    "mandate_place.inside": {"place": "500112"},
    "mandate_place.outside": {"place": "DE/Bayern"},
    "patience.reaches": {"exit_years": 5.0, "life_years": 8.0, "gap_years": 0.0},
    "patience.short": {"exit_years": 10.0, "life_years": 4.5, "gap_years": 5.5},
    "patience.tolerant": {"exit_years": 10.0, "life_years": 4.5, "gap_years": 5.5},
    "money_left.tickets": {"remaining": 5e7, "ticket": 2e6, "years": 2.5},
    "money_left.over": {"remaining": 5e7, "ticket": 2e6, "years": 0.0},
    "fund_deals.near": {"count": 2, "of": 4, "similarity": 0.8, "ids": [str(PROJECT)]},
    "fund_deals.none": {"of": 4},
    "fund_places.share": {"deals": 2, "of": 4, "area": "主城新区"},
    "scarcity.others": {"capability": "bms-software", "level": 3, "others": 2},
    "milestones.plan": {"milestones": 3, "month": 5, "costed": 2, "trl": 5, "evidenced": True},
}


@pytest.fixture
def named():
    project = Project(id=PROJECT, kind=ProjectKind.CONSORTIUM, title_zh="座舱攻关", title_en="Cockpit work")
    partner = make_organisation(id=PARTNER, name_zh="老伙伴", name_en="Old Partner")
    district = District(
        code="500112", name_zh="渝北区", name_en="Yubei", area_zh="主城新区", area_en="New area", source="test"
    )
    return Named(
        organisations={PARTNER: partner},
        offers={OFFER: make_offer(partner, id=OFFER, title_zh="检测服务", title_en="Testing")},
        needs={NEED: make_need(partner, id=NEED, title_zh="寻求检测", title_en="Looking for testing")},
        facilities={},
        capabilities={},
        nodes={},
        districts={"500112": district},
        areas={"主城新区": district},
        projects={PROJECT: project},
        open={PARTNER: frozenset({"projects"})},
    )


@pytest.fixture(params=["zh", "en"])
def language(request, app):
    with app.test_request_context(), force_locale(request.param):
        yield request.param


def test_every_evidence_of_the_engine_has_a_sentence(root_of_engine):
    codes = {
        code
        for path in root_of_engine.glob("scoring/*.py")
        for code in re.findall(r'"((?:[a-z_]+)\.(?:[a-z_]+))"', path.read_text())
    }

    walks = {f"{walk.name}.reached" for walk in (CollaborationWalk, FollowUpWalk, CircleWalk)}
    assert codes | walks | {"capacity.declined"} == set(SENTENCES) == set(FACTS)


@pytest.fixture
def root_of_engine():
    return Path(matchmaker.__file__).parent


def test_every_sentence_reads_in_both_languages(named, language):
    said = [
        text
        for code, facts in FACTS.items()
        for score in (0.0, 0.3, 0.5, 0.9, 1.0)
        for text in (sentence(code, facts, score, named), *caveats(code, facts, score, named))
    ]

    for text in said:
        assert text
        assert "%(" not in text
        assert bool(re.search("[一-鿿]", text)) is (language == "zh"), text


def test_the_names_behind_the_facts_are_in_the_sentences(named, app):
    with app.test_request_context(), force_locale("en"):
        assert "“Cockpit work”" in sentence("ties.direct", FACTS["ties.direct"], 1.0, named)
        assert "Old Partner" in sentence("ties.two_hop", FACTS["ties.two_hop"], 1.0, named)


# What the facts above do not say: nothing together yet, nothing like this, as often as elsewhere, less often.
OTHERWISE = [
    ("walk_follow_up.reached", {"times_the_average": 0.0}, 0.0, "nor similar projects lead to it"),
    ("walk_circle.reached", {"times_the_average": 0.0}, 0.0, "do not lead to it"),
    ("walk_circle.reached", {"times_the_average": 0.25}, 0.1, "0.25 times"),
    ("ties_in_field.shared", {"projects": 0, "of": 0, "ids": []}, 0.0, "No joint project so far"),
    ("ties_in_field.shared", {"projects": 0, "of": 2, "ids": []}, 0.0, "None of the 2 joint projects"),
    ("ties_in_field.shared", {"projects": 0, "of": 1, "ids": []}, 0.0, "was about something else"),
    ("partners_in_field.through", {"partners": 0, "projects": 0, "ids": []}, 0.0, "No project like this"),
    ("common_partners.shared", {"partners": 0, "joint": 0, "ids": []}, 0.0, "No partner in common"),
    ("common_partners.shared", {"partners": 0, "joint": 2, "ids": []}, 0.5, "a partner of the asker itself"),
    ("joined_asker.joined", {"projects": 0, "ids": []}, 0.0, "Has not joined"),
    ("similar_consortia.members", {"projects": 0, "of": 3, "led_from_area": 0, "ids": []}, 0.0, "None of its 3"),
    ("like_partners.near", {"partners": 2, "ids": []}, 0.0, "other circles"),
    ("like_partners.near", {"partners": 0, "ids": []}, 1.0, "only partner"),
    ("area_pair.lift", {"times": 0.4, "area": "DE"}, 0.3, "Germany less often than all projects (0.4 times)"),
    ("area_pair.lift", {"times": 1.01, "area": "主城新区"}, 0.5, "New area about as often"),
    ("area_in_field.lift", {"times": 3.25, "area": "主城新区"}, 0.76, "New area 3.2 times as often"),
    ("area_in_field.lift", {"times": 1.0, "area": "FR"}, 0.5, "France about as often"),
    ("kind_mix.lift", {"times": 0.5, "kind": "lab"}, 0.3, "Laboratory less often"),
    (
        "ticket.range",
        {"asked": 2e6, "low": 1e6, "high": 4e6},
        1.0,
        "tickets of the mandate, CNY 1 M to CNY 4 M",
    ),
    (
        "ticket.range",
        {"asked": 2e6, "low": 4e6, "high": None},
        0.5,
        "is CNY 4 M, more than the CNY 2 M",
    ),
    ("ticket.range", {"asked": 2e7, "low": 1e6, "high": 5e6}, 0.25, "covers 25% of the CNY 20 M sought"),
    ("stage_asked.named", {"asked": "angel", "stages": ["angel"]}, 1.0, "at a stage of the mandate: Angel"),
    ("stage_asked.named", {"asked": "seed", "stages": ["growth"]}, 0.0, "far from the stages of the mandate: Growth"),
    ("invested_field.other", {"node": "a", "field": "a"}, 0.8, "beside its main ones"),
    ("patience.tolerant", {"exit_years": 9.0, "life_years": None, "gap_years": None}, 1.0, "tolerates long ways"),
    ("patience.tolerant", {"exit_years": 9.0, "life_years": 4.0, "gap_years": 5.0}, 1.0, "gap of 5 years; no penalty"),
    ("fund_deals.none", {"of": 1}, 0.0, "one past deal was about something else"),
    (
        "scarcity.others",
        {"capability": "x", "level": 3, "others": 0},
        1.0,
        "Nobody else in the region offers x",
    ),
    ("scarcity.others", {"capability": "x", "level": 3, "others": 1}, 0.5, "1 other in the region offers x"),
    ("milestones.plan", {"milestones": 1, "month": 5}, 1.0, "1 milestone, in month 5"),
    (
        "milestones.plan",
        {"milestones": 2, "month": 5, "trl": 6, "evidenced": False},
        0.5,
        "no published offer stands at",
    ),
]


@pytest.mark.parametrize(("code", "facts", "score", "words"), OTHERWISE)
def test_what_speaks_against_a_candidate_is_said_as_plainly(named, app, code, facts, score, words):
    with app.test_request_context(), force_locale("en"):
        english = sentence(code, facts, score, named)
    with app.test_request_context(), force_locale("zh"):
        chinese = sentence(code, facts, score, named)

    assert words in english
    assert "%(" not in english + chinese
    assert re.search("[一-鿿]", chinese)


@pytest.mark.parametrize("code", ["ties_in_field.shared", "joined_asker.joined", "similar_consortia.members"])
def test_a_joint_project_is_named_where_everybody_may_see_it(named, app, code):
    with app.test_request_context(), force_locale("en"):
        assert "“Cockpit work”" in sentence(code, FACTS[code], 1.0, named)
        assert "“" not in sentence(code, FACTS[code], 1.0, replace(named, projects={}))


@pytest.mark.parametrize("code", ["partners_in_field.through", "common_partners.shared", "like_partners.near"])
def test_a_partner_is_named_only_where_its_projects_are_open(named, app, code):
    closed = replace(named, open={PARTNER: frozenset({"country"})})

    with app.test_request_context(), force_locale("en"):
        assert "Old Partner" in sentence(code, FACTS[code], 1.0, named)
        assert "Old Partner" not in sentence(code, FACTS[code], 1.0, closed)


def test_every_rule_and_every_component_has_its_words():
    components = {component.name for component in [*column_components(), *history_components()]}
    of_capital = {component.name for component in [*capital_components(NOTHING), *portfolio_components()]}

    assert of_capital | {"amount"} == set(unknowns.OF_ROUND)
    assert set(unknowns.OF_MANDATE) <= of_capital <= set(COMPONENTS)
    assert set(unknowns.HIDDEN) == {reason.value for reason in Reason}
    assert set(unknowns.UNSTATED) == components
    assert {*BY_SUBJECT, *BY_ASKER} <= set(unknowns.SILENT) <= components
    assert components <= set(COMPONENTS)


def test_places_are_read_by_name(named, app):
    with app.test_request_context(), force_locale("zh"):
        assert place_name("DE/Bayern", named) == "Bayern、德国"
        assert place_name("DE", named) == "德国"
        assert place_name("ZZZ", named) == "ZZZ"
        assert levels((6, 6)) == "TRL 6"


@pytest.mark.parametrize(("typed", "page"), [("3", 3), ("", 1), ("x", 1), ("-1", 1), ("9" * 40, 1), ("٣", 1)])
def test_a_page_number_that_was_tampered_with_is_the_first(app, typed, page):
    with app.test_request_context():
        assert vars(FromList)["page_number"].fget(SimpleNamespace(page=SimpleNamespace(data=typed))) == page


@pytest.mark.parametrize("typed", ["", "x", "-" * 36, "0" * 31 + "g", "0" * 36, None])
def test_a_list_id_that_was_tampered_with_names_no_list(app, typed):
    with app.test_request_context():
        assert vars(FromList)["run_id"].fget(SimpleNamespace(run=SimpleNamespace(data=typed))) is None
