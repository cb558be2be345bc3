"""Match runs: what is frozen, who may stand on the lists, how they are stopped, gone on with and taken home."""

import io
from datetime import UTC, date, datetime, timedelta

import openpyxl
import pytest
from sqlmodel import select

from matchmaker.errors import InvalidInput, NotAllowed
from matchmaker.jobs import asking as job_asking
from matchmaker.jobs import running
from matchmaker.services.actors import Actor
from matchmaker.services.calendar import today
from matchmaker.services.presets import read_weighting
from matchmaker.services.runs import asking, keeping, told
from matchmaker.services.runs.choosing import choose_scope
from matchmaker.services.runs.lists import tell_lists
from matchmaker.services.runs.settings import Constraints
from matchmaker.services.scope import REGION, Scope
from matchmaker.worker import runs as worker_runs
from matchmaker.worker.runs import run_matches
from models.base import utc_now
from models.enums import Grade, JobState, OrganisationKind, OrganisationState, RunState, ScopeKind
from models.facilities import FacilityCapability
from models.jobs import Job, JobStep
from models.offers import Offer
from models.organisations import FieldGrade, Organisation
from models.reports import MatchRunList
from models.sessions import writing
from models.taxonomy import PresetWeight, WeightPreset
from tests.factories import make_facility, make_organisation, make_user
from tests.report_case import DAY, restore_case
from tests.web.conftest import post
from tests.web.region import add


@pytest.fixture
def case(report_folder, session, instance):
    return restore_case(report_folder, session, instance)


def lists_of(case, run):
    wanted = select(MatchRunList).where(MatchRunList.run_id == run.id).order_by(MatchRunList.position)
    return case.session.exec(wanted).all()


def test_a_run_holds_a_list_for_every_live_need_of_its_chain(case):
    run = case.make_run()

    lists = lists_of(case, run)
    assert (run.state, run.needs, run.done) == (RunState.FROZEN, 3, 3)
    assert [one.position for one in lists] == [1, 2, 3]
    assert all(one.told["candidates"] for one in lists)


def test_a_run_about_an_earlier_day_leaves_out_offers_that_came_later(case):
    late = case.region.add_candidate(level=5, name_zh="后来的公司")
    offer = case.session.exec(select(Offer).where(Offer.organisation_id == late.id)).one()
    offer.published_at = datetime(2026, 11, 20, 17, tzinfo=UTC)  # the 21st in China
    case.region.index()

    listed = {}
    for day in (20, 21):
        run = case.make_run(as_of=date(2026, 11, day))
        listed[day] = {one["name_zh"] for told in lists_of(case, run) for one in told.told["candidates"]}

    assert "后来的公司" in listed[21]
    assert listed[20] == listed[21] - {"后来的公司"}


def test_a_facility_entered_later_is_on_no_list_of_an_earlier_day(case):
    lab = add(case.session, make_organisation(name_zh="只有设施的实验室", kind=OrganisationKind.LAB))
    facility = add(
        case.session, make_facility(lab, name_zh="新建试验线", created_at=datetime(2026, 11, 21, tzinfo=UTC))
    )
    case.session.add(FacilityCapability(facility_id=facility.id, capability_code="cockpit-controller", level=5))
    case.region.index()

    subjects = {
        day: {
            one["subject_zh"]
            for told in lists_of(case, case.make_run(as_of=date(2026, 11, day)))
            for one in told.told["candidates"]
        }
        for day in (20, 21)
    }

    assert "新建试验线" in subjects[21]
    assert "新建试验线" not in subjects[20]


def test_the_terms_of_every_place_sum_to_its_points(case):
    run = case.make_run()

    for one in lists_of(case, run):
        for candidate in one.told["candidates"]:
            assert sum(term["points"] for term in candidate["terms"]) == pytest.approx(candidate["points"])


def test_the_same_inputs_give_the_same_lists_and_the_same_checksum(case):
    first, second = case.make_run(), case.make_run(name="noch einmal")

    assert first.inputs_sha256 == second.inputs_sha256
    assert [one.told for one in lists_of(case, first)] == [one.told for one in lists_of(case, second)]


def test_a_run_keeps_its_weights_when_the_preset_changes_before_it_is_worked_out(case):
    before = case.make_run()
    run = case.ask_run()
    weight = case.session.get_one(PresetWeight, ("partners", "capability"))
    weight.weight = 1.0
    case.session.commit()

    case.carry_out(run)

    assert run.weights == before.weights
    assert [one.told for one in lists_of(case, run)] == [one.told for one in lists_of(case, before)]


def test_own_weights_change_points_and_leave_the_preset_alone(case):
    stored = read_weighting(case.session, case.session.get_one(WeightPreset, "partners")).weights

    usual = case.make_run()
    run = case.make_run(weights={**stored, "district": 100.0})

    assert run.weights["weights"]["district"] == 100.0
    assert case.session.get_one(PresetWeight, ("partners", "district")).weight == 10
    assert told.tell_run(case.session, run)["needs"] != told.tell_run(case.session, usual)["needs"]


def test_weights_that_are_all_nothing_are_refused(case):
    stored = read_weighting(case.session, case.session.get_one(WeightPreset, "partners")).weights

    with pytest.raises(InvalidInput):
        case.ask_run(weights=dict.fromkeys(stored, 0.0))


def test_only_candidates_of_the_chosen_kind_and_district_stand_on_the_lists(case):
    constraints = Constraints(depth=50, kinds=(OrganisationKind.LAB,), districts=("500112",))

    run = case.make_run(constraints=constraints)

    found = [one for each in lists_of(case, run) for one in each.told["candidates"]]
    assert found
    assert {(one["kind"], one["district_code"]) for one in found} == {("lab", "500112")}


def test_nobody_below_the_least_fit_stands_on_a_list(case):
    run = case.make_run(constraints=Constraints(depth=50, least_points=50))

    points = [one["points"] for each in lists_of(case, run) for one in each.told["candidates"]]
    assert points
    assert min(points) >= 50


def test_a_list_is_no_longer_than_its_depth(case):
    run = case.make_run(constraints=Constraints(depth=2))

    assert {len(one.told["candidates"]) for one in lists_of(case, run)} == {2}


def test_a_need_posted_after_the_day_of_the_run_is_not_in_it(case):
    with pytest.raises(InvalidInput, match="scope_without_needs"):
        case.ask_run(as_of=DAY - timedelta(days=30))


@pytest.mark.parametrize("constraints", [Constraints(depth=0), Constraints(depth=51), Constraints(least_points=101)])
def test_constraints_out_of_range_are_refused_with_their_field(case, constraints):
    with pytest.raises(InvalidInput) as refused:
        case.ask_run(constraints=constraints)

    assert refused.value.field in {"depth", "least_points"}


def test_a_place_that_its_firm_does_not_show_is_in_no_list(case):
    for firm in case.session.exec(select(Organisation)).all():
        case.session.add(FieldGrade(organisation_id=firm.id, field="district_code", grade=Grade.CLOSED))
        firm.changed_at = utc_now()
    case.region.index()

    run = case.make_run()

    candidates = [one for each in lists_of(case, run) for one in each.told["candidates"]]
    assert {one["district_code"] for one in candidates} == {None}
    assert all("district" not in str(term["evidence"]) or "500" not in str(term["evidence"]["facts"])
               for one in candidates for term in one["terms"])  # fmt: skip


def test_who_was_closed_since_the_index_was_read_is_no_candidate(case):
    name = lists_of(case, case.make_run())[0].told["candidates"][0]["name_zh"]
    firm = case.session.exec(select(Organisation).where(Organisation.name_zh == name)).one()
    firm.state = OrganisationState.CLOSED
    case.session.commit()

    run = case.make_run()

    names = {one["name_zh"] for each in lists_of(case, run) for one in each.told["candidates"]}
    assert name not in names


def test_a_stopped_run_keeps_what_is_there_and_goes_on_where_it_was(case, monkeypatch):
    monkeypatch.setattr(worker_runs, "BLOCK", 1)
    run = case.ask_run()
    original = tell_lists

    def stop_after_the_first(session, inputs, numbers):
        if numbers.start == 1:
            with writing(case.instance.engine) as other:
                job_asking.cancel(other, other.get_one(Job, run.job_id))
        return original(session, inputs, numbers)

    monkeypatch.setattr("matchmaker.worker.runs.tell_lists", stop_after_the_first)
    case.carry_out(run)
    stopped = (run.state, run.done, case.session.get_one(Job, run.job_id).state)
    monkeypatch.setattr("matchmaker.worker.runs.tell_lists", original)

    asking.go_on(case.session, case.officer, run.id)
    case.session.commit()
    case.carry_out(run)

    assert stopped == (RunState.ENDED, 1, JobState.CANCELLED)
    assert (run.state, run.done) == (RunState.FROZEN, 3)
    steps = case.session.exec(select(JobStep.name).where(JobStep.job_id == run.job_id)).all()
    assert len([name for name in steps if name.startswith("lists:")]) == 3


def test_a_run_that_is_taken_up_after_the_registry_has_changed_starts_over(case, monkeypatch):
    monkeypatch.setattr(worker_runs, "BLOCK", 1)
    run = case.ask_run()
    job = case.session.get_one(Job, run.job_id)
    original = keeping.keep_lists

    def die_at_the_second(session, run_id, lists):
        if lists[0][1] == 2:
            raise ZeroDivisionError
        return original(session, run_id, lists)

    monkeypatch.setattr(keeping, "keep_lists", die_at_the_second)
    running.carry_out(case.instance, {"run_matches": run_matches}, job.id, 1, worker="a")
    monkeypatch.setattr(keeping, "keep_lists", original)
    case.fresh()
    half, before = run.done, run.inputs_sha256
    case.region.add_candidate(level=5, name_zh="新来者")
    case.region.index()

    case.carry_out(run)

    assert half == 1
    assert run.inputs_sha256 != before
    assert (run.state, run.done, len(lists_of(case, run))) == (RunState.FROZEN, 3, 3)


def test_a_member_of_an_organisation_may_neither_make_nor_read_runs(case):
    stranger = Actor(user_id=case.officer.user_id)

    run = case.ask_run()

    with pytest.raises(NotAllowed):
        asking.get(case.session, stranger, run.id)
    with pytest.raises(NotAllowed):
        asking.stop(case.session, stranger, run.id)


def test_a_list_of_organisations_is_chosen_by_their_names(case):
    scope = choose_scope(case.session, "list", "渝车0公司\n渝车1公司\n")

    run = case.make_run(scope=scope)

    assert run.needs == 2


def test_names_that_are_nobodys_are_said(case):
    with pytest.raises(InvalidInput) as refused:
        choose_scope(case.session, "list", "渝车0公司\n没有这家公司")

    assert refused.value.facts["names"] == ["没有这家公司"]


@pytest.mark.parametrize("chosen", ["chain:nothing", "nonsense", "call:not-a-key", "district:000000", ""])
def test_a_scope_that_is_not_there_is_refused(case, chosen):
    with pytest.raises(InvalidInput):
        choose_scope(case.session, chosen, "")


def test_the_region_and_a_node_are_scopes_too(case):
    assert case.make_run(scope=REGION).needs == 3
    assert case.make_run(scope=Scope(ScopeKind.NODE, "nev-bms")).needs == 1


@pytest.fixture
def desk(case, session, sign_in):
    return sign_in(session.get_one(type(make_user()), case.officer.user_id))


def test_an_officer_asks_for_a_run_follows_it_and_takes_the_workbook_home(case, desk):
    form = {"scope": "chain:nev", "preset": "partners", "depth": "5", "least_points": "0", "as_of": DAY.isoformat()}
    page = desk.get("/officer/runs/new")
    weights = dict.fromkeys(("weight_capability", "weight_text", "weight_readiness", "weight_district"), "7")
    more = {f"weight_{name}": "3" for name in ("ties", "chain", "track_record", "capacity", "size", "terms", "walk")}

    asked = post(desk, "/officer/runs/new", {**form, **weights, **more, "name": "整车月度"})
    waiting = desk.get(asked.location)
    run = asking.list_runs(case.fresh(), case.officer).items[0].run
    case.carry_out(run)
    done = desk.get(asked.location)
    workbook = desk.get(f"/officer/runs/{run.id}/workbook")

    assert page.status_code == 200
    assert asked.status_code == 302
    assert 'data-follow="on"' in waiting.text
    assert 'data-follow="off"' in done.text
    assert "渝芯" in done.text
    sheets = openpyxl.load_workbook(io.BytesIO(workbook.data))
    assert sheets[sheets.sheetnames[0]].max_row == 1 + sum(len(one.told["candidates"]) for one in lists_of(case, run))
    assert run.weights["weights"]["capability"] == 7


def test_a_form_with_mistakes_keeps_what_was_typed(case, desk):
    answer = post(desk, "/officer/runs/new", {"scope": "chain:nev", "depth": "77", "name": "我的运行"})

    assert answer.status_code == 422
    assert "我的运行" in answer.text
    assert 'value="77"' in answer.text


def test_the_list_of_runs_says_what_to_do_where_there_is_none(case, desk):
    page = desk.get("/officer/runs")

    assert "/officer/runs/new" in page.text


def test_a_run_about_a_later_day_is_refused_with_its_field(case):
    with pytest.raises(InvalidInput) as refused:
        case.ask_run(as_of=today() + timedelta(days=2))

    assert (refused.value.code, refused.value.field) == ("run_in_future", "as_of")
