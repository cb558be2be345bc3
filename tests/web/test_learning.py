"""The pages of learned weights: who sees them, what they say, and what their buttons do."""

import re
from datetime import date
from typing import Any

import pytest
from sqlmodel import select

from matchmaker.services import presets
from matchmaker.services.actors import PLATFORM
from matchmaker.services.learning import bench, training, versions
from models.enums import JobKind, PlatformRole, TrainingVerdict
from models.jobs import Job
from models.learning import BenchRun, TrainingRun
from models.taxonomy import PresetWeight, WeightPreset
from tests.factories import make_user
from tests.web.conftest import post

CURVE = {"knots": [0.0, 0.25, 1.0], "values": [0.0, 0.75, 1.0]}
BEFORE: dict[str, Any] = {"weights": {"text": 40.0, "capacity": 10.0}, "curves": {}, "calibration": None}
RESULT = {
    "weights": {"text": 60.0, "capacity": 40.0},
    "curves": {"capacity": CURVE},
    "calibration": {"slope": 8.0, "shift": -4.0},
}


def compared(group, standing, *, before=0.6, after=0.7):
    known = standing != "too_few"
    values = {"before": before, "after": after, "low": 0.05, "high": 0.15} if known else {}
    nothing = dict.fromkeys(("before", "after", "low", "high"))
    return [
        {"group": group, "measure": measure, "queries": 40, "standing": standing, **nothing, **values}
        for measure in ("ndcg", "log_loss", "calibration")
    ]


def make_run(**values) -> TrainingRun:
    held_out = {
        "from": "2026-10-01",
        "queries": 40,
        "examples": 400,
        "compared": [
            *compared("all", "better"),
            *compared("size:small", "not_worse"),
            *compared("newcomer:no", "too_few"),
        ],
        "drift": {},
        "examination": [1.0, 0.6, 0.5],
        "against": "partners",
        "against_sha256": versions.hash_of_stored(BEFORE),
        "before": BEFORE,
    }
    facts = {
        "purpose": "partners",
        "data_as_of": date(2026, 11, 22),
        "code_version": "0.1.0",
        "index_version": "20261122",
        "seed": 1,
        "settings": {"strength": 30.0},
        "data_sha256": "ab" * 32,
        "queries": 200,
        "examples": 2000,
        "outcomes": {"useful": 150, "passed_over": 1850},
        "prior_code": "partners",
        "prior": BEFORE,
        "result": RESULT,
        "result_sha256": "cd" * 32,
        "held_out": held_out,
        "verdict": TrainingVerdict.OFFERED,
        "reasons": [{"code": "too_few_to_tell", "groups": {"newcomer:no": 3}, "needed": 15, "refuses": False}],
    }
    return TrainingRun(**{**facts, **values})


@pytest.fixture
def live(session) -> WeightPreset:
    preset = WeightPreset(
        code="partners", name_zh="默认权重", name_en="Default weights", purpose="partners", is_live=True, source="test"
    )
    session.add(preset)
    session.flush()
    session.add_all(PresetWeight(preset_code="partners", component=k, weight=w) for k, w in BEFORE["weights"].items())
    session.commit()
    return preset


@pytest.fixture
def run(session, live) -> TrainingRun:
    kept = training.keep(session, PLATFORM, make_run())
    session.commit()
    return kept


@pytest.fixture
def version(session, run) -> WeightPreset:
    """The preset that came out of the run."""
    kept = versions.find_version(session, run)
    assert kept is not None
    return kept


@pytest.fixture
def administrator(session, sign_in):
    return signed_in(session, sign_in, PlatformRole.ADMINISTRATOR)


@pytest.fixture
def officer(session, sign_in):
    return signed_in(session, sign_in, PlatformRole.OFFICER)


def signed_in(session, sign_in, role):
    user = make_user(role)
    session.add(user)
    session.commit()
    return sign_in(user)


def in_english(browser, address):
    return browser.get(f"{address}?lang=en", follow_redirects=True).text


def test_a_run_shows_its_data_weights_curves_and_gates(administrator, run):
    page = in_english(administrator, f"/admin/learning/{run.id}")

    assert "Capacity" in page
    assert '<polyline class="value" points="0.0,60.0 25.0,15.0 100.0,0.0">' in page
    assert "0.25 → 0.75" in page
    assert "0.600 → 0.700" in page
    assert "Called useful" in page
    assert "style=" not in page.split("<main")[1]


def test_groups_of_which_nothing_can_be_said_are_said_plainly(administrator, run):
    page = in_english(administrator, f"/admin/learning/{run.id}")

    assert "Nothing can be said of 1 groups" in page
    assert "With earlier projects 3" in page


def test_an_administrator_makes_a_version_live_and_goes_back(administrator, session, run, version):
    answer = post(administrator, f"/admin/learning/{run.id}/promote", follow_redirects=True)
    assert answer.status_code == 200
    session.rollback()
    assert presets.live_preset(session, "partners").code == version.code

    answer = post(administrator, f"/admin/learning/go-back/{version.code}", follow_redirects=True)
    assert answer.status_code == 200
    session.rollback()
    assert presets.live_preset(session, "partners").code == "partners"


def test_going_back_twice_is_refused_and_changes_nothing(administrator, session, run, version):
    post(administrator, f"/admin/learning/{run.id}/promote")
    post(administrator, f"/admin/learning/go-back/{version.code}")

    answer = post(administrator, f"/admin/learning/go-back/{version.code}")

    assert answer.status_code == 409
    session.rollback()
    assert presets.live_preset(session, "partners").code == "partners"


def test_officers_look_without_buttons(officer, run):
    for address in ("/admin/learning", f"/admin/learning/{run.id}", "/admin/learning/bench"):
        page = officer.get(address)
        assert page.status_code == 200
        assert 'method="post"' not in page.text.split("<main")[1].split("</main>")[0]


def test_a_refused_run_says_why_and_offers_no_button(administrator, session, live):
    reasons = [
        {"code": "worse", "group": "newcomer:yes", "measure": "ndcg", "difference": -0.1, "refuses": True},
        {"code": "no_gain", "refuses": True},
    ]
    refused = training.keep(session, PLATFORM, make_run(verdict=TrainingVerdict.REFUSED, reasons=reasons))
    session.commit()

    page = in_english(administrator, f"/admin/learning/{refused.id}")

    assert "Worse for Newcomers" in page
    assert "no reason to change" in page
    assert "/promote" not in page
    assert post(administrator, f"/admin/learning/{refused.id}/promote").status_code == 422


def test_a_record_that_has_moved_is_named_and_a_person_makes_the_version_live(administrator, session, live):
    moved = {"code": "moved", "components": {"text": 0.41, "readiness": 1.2}, "most": 0.2, "refuses": False}
    run = training.keep(session, PLATFORM, make_run(reasons=[moved]))
    session.commit()

    page = in_english(administrator, f"/admin/learning/{run.id}")

    assert "above 0.2" in page
    assert re.search(r"Readiness 1\.2, [\w ]+ 0\.41\.", page)
    assert "Refused" not in page
    assert post(administrator, f"/admin/learning/{run.id}/promote").status_code == 302


def test_a_run_with_too_few_outcomes_says_how_many_it_takes(administrator, session, live):
    few = [{"code": "too_few_outcomes", "found": 7, "needed": 150, "refuses": True}]
    held_out = {"against": "partners", "against_sha256": "", "before": BEFORE, "examination": []}
    refused = make_run(verdict=TrainingVerdict.REFUSED, reasons=few, result=None, result_sha256="", held_out=held_out)
    training.keep(session, PLATFORM, refused)
    session.commit()

    page = in_english(administrator, f"/admin/learning/{refused.id}")

    assert "7 lists with a wanted candidate; it takes 150" in page


def test_training_and_measuring_become_jobs_and_are_not_done_in_the_request(administrator, session, live):
    for address, kind in (("train", JobKind.TRAIN_WEIGHTS), ("bench", JobKind.MEASURE_BENCH)):
        answer = post(administrator, f"/admin/learning/{address}", {"purpose": "partners"})
        session.rollback()
        job = session.exec(select(Job).where(Job.kind == kind)).one()
        assert answer.location.endswith(f"/jobs/{job.id}")
        assert job.arguments == {"purpose": "partners"}
    assert session.exec(select(TrainingRun)).first() is None


def test_an_unknown_purpose_is_not_found(administrator, live):
    assert administrator.get("/admin/learning/bench?purpose=nothing").status_code == 404
    assert post(administrator, "/admin/learning/train", {"purpose": "nothing"}).status_code == 404


def test_the_list_names_what_is_live_and_that_presets_are_learned(administrator, run, version):
    page = in_english(administrator, "/admin/learning")
    assert "Default weights" in page
    assert "May go live" in page

    assert "Learned" in in_english(administrator, "/admin/presets")
    assert administrator.get(f"/admin/presets/{version.code}").location.endswith(f"/admin/learning/{run.id}")


def test_nothing_learned_yet_says_what_to_do(administrator, live):
    assert "Nothing has been learned yet" in in_english(administrator, "/admin/learning")
    page = in_english(administrator, "/admin/learning/bench")
    assert "Not measured yet" in page
    assert f"at least {bench.FEWEST_QUERIES} lists" in page


def test_a_bench_of_too_few_outcomes_says_how_many_it_takes(administrator, session, live):
    session.add(bench_run(outcomes=4))
    session.commit()

    page = in_english(administrator, "/admin/learning/bench")

    assert "there are 4 lists" in page
    assert "it takes 20" in page


def test_the_bench_shows_the_contestants_side_by_side(administrator, session, live):
    measured = {"mean": 0.5, "error": 0.02}
    line = {
        **dict.fromkeys(("recall", "mrr", "ndcg"), measured),
        "coverage": 0.43,
        "gini": 0.8,
        "slices": {one: {**measured, "queries": 40} for one in ("no_tie", "one_project", "newcomer")}
        | {"small": {**measured, "queries": 3}},
        "both_sides": {"yes": 3, "asked": 4},
        "reliability": [{"promised": 0.2, "came_about": 0.25, "share": 1.0}],
        "calibration_error": 0.05,
    }
    ahead = {"queries": 40, "difference": 0.1, "low": 0.05, "high": 0.15, "share_better": 1.0}
    lines = [
        {**line, "role": "live", "code": "partners", "live_is_ahead": None},
        {
            **line,
            "role": "popularity",
            "code": "",
            "live_is_ahead": ahead,
            "reliability": [],
            "calibration_error": None,
        },
    ]
    session.add(bench_run(outcomes=40, results={"lines": lines, "k": 20, "fewest_of_a_slice": 10}))
    session.commit()

    page = in_english(administrator, "/admin/learning/bench")

    assert "Popularity" in page
    assert "+0.050 … +0.150" in page
    assert "3 / 4" in page
    assert "calibration error 0.05" in page
    assert "A dash: fewer than 10 lists." in page


def bench_run(**values) -> BenchRun:
    facts = {"purpose": "partners", "data_as_of": date(2026, 11, 22), "live_code": "partners", "index_version": "1"}
    return BenchRun(**{**facts, "seed": 1, "needed": 20, **values})
