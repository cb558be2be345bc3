"""What-if on pages: officers build a scenario, a worker runs it, and the pages say what would change."""

from dataclasses import dataclass
from uuid import UUID

import pytest
from lxml import html  # type: ignore[import-untyped]
from sqlmodel import Session, select

from matchmaker.jobs import running
from matchmaker.services.scenarios import worlds
from matchmaker.worker.kinds import KINDS
from models.audit import AuditEntry
from models.chain import ChainLimit
from models.enums import InterventionKind, JobKind, JobState, OpenTo, OrganisationKind, PlatformRole
from models.facilities import Facility, FacilityCapability
from models.jobs import Job
from models.organisations import Organisation
from models.scenarios import Scenario, ScenarioRun
from tests.factories import make_facility, make_organisation, make_user
from tests.web.conftest import post
from tests.web.region import Region, add, make_region

HOME = "/officer/what-if"


@dataclass
class LabRegion(Region):
    facility: Facility


@pytest.fixture
def region(session, instance) -> LabRegion:
    """A need that only a laboratory for its members could meet: texts and terms are alike, and its level suffices."""
    usual = make_region(session, instance)
    lab = add(session, make_organisation(kind=OrganisationKind.LAB, name_zh="座舱重点实验室", district_code="500112"))
    summary = "寻找在智能座舱域控制器方面有量产经验的合作伙伴，共同完成样件试制与验证。"
    facility = add(
        session,
        make_facility(lab, name_zh="座舱实验平台", summary_zh=summary, open_to=OpenTo.MEMBERS, trl_in=6, trl_out=8),
    )
    session.add(FacilityCapability(facility_id=facility.id, capability_code="cockpit-controller", level=4))
    region = LabRegion(**vars(usual), facility=facility)
    region.index()
    return region


@pytest.fixture
def officer(session, sign_in, region):
    return sign_in(add_officer(session))


def add_officer(session: Session):
    user = add(session, make_user(PlatformRole.OFFICER))
    session.commit()
    return user


def make(browser, name="开放座舱实验平台") -> str:
    answer = post(browser, f"{HOME}/new", {"name": name, "note": "", "chain_code": ""})
    assert answer.status_code == 302
    return answer.location


def opened(browser, region) -> str:
    """A scenario in which the laboratory lets everybody in."""
    page = make(browser)
    answer = post(browser, f"{page}/add/open_facility", {"facility_id": str(region.facility.id), "version": "1"})
    assert answer.status_code == 302
    return page


def carry_out(region) -> Job:
    """What a worker would do with the job that waits."""
    region.session.rollback()
    job = region.session.exec(select(Job).where(Job.kind == JobKind.RUN_SCENARIO, Job.state == JobState.QUEUED)).one()
    running.carry_out(region.instance, KINDS, job.id, job.handover, worker="here-1")
    region.session.rollback()
    region.session.refresh(job)
    return job


def test_the_empty_list_says_what_to_do_next(officer):
    page = officer.get(f"{HOME}/").text

    assert "还没有情景" in page
    assert f"{HOME}/new" in page


def test_opening_the_laboratory_meets_the_need_and_the_page_says_so(officer, region):
    page = opened(officer, region)

    post(officer, f"{page}/run")
    job = carry_out(region)
    run = region.session.exec(select(ScenarioRun)).one()
    shown = officer.get(f"{HOME}/runs/{run.id}").text

    assert job.state is JobState.DONE
    assert run.result["totals"]["before"]["needs"] == 0
    assert run.result["totals"]["after"]["needs"] == 1
    assert [one["id"] for one in run.result["needs"]] == [str(region.need.id)]
    assert "座舱重点实验室" in shown
    assert "满足的需求 +1" in shown
    assert run.inputs_sha256 in shown


def test_from_which_fit_on_a_need_is_met_is_a_row(officer, region):
    row = {"code": "met_fit", "name_zh": "线", "name_en": "line", "source": "test"}
    region.session.add(ChainLimit(**row, value=100.0))
    region.session.commit()
    page = opened(officer, region)

    post(officer, f"{page}/run")
    carry_out(region)
    result = region.session.exec(select(ScenarioRun)).one().result

    assert result["line"] == 1.0
    assert result["totals"]["after"]["needs"] == 0


def test_a_facility_that_does_not_say_whom_it_lets_in_meets_nobodys_need_until_it_is_opened(officer, region):
    region.facility.open_to = None
    region.session.commit()
    page = opened(officer, region)

    post(officer, f"{page}/run")
    carry_out(region)
    result = region.session.exec(select(ScenarioRun)).one().result

    assert (result["totals"]["before"]["needs"], result["totals"]["after"]["needs"]) == (0, 1)
    assert result["unknown"]["facilities"] == 0


def test_a_result_says_how_many_facilities_do_not_say_whom_they_let_in(officer, region):
    lab = region.session.get_one(Organisation, region.facility.organisation_id)
    add(region.session, make_facility(lab, name_zh="未说明开放范围的平台", open_to=None))
    region.session.commit()
    region.index()
    page = opened(officer, region)

    post(officer, f"{page}/run")
    carry_out(region)
    run = region.session.exec(select(ScenarioRun)).one()

    assert run.result["unknown"]["facilities"] == 1
    assert "1个设施未说明向谁开放" in officer.get(f"{HOME}/runs/{run.id}").text


def test_nothing_in_the_registry_changes_by_a_run(officer, region):
    page = opened(officer, region)
    post(officer, f"{page}/run")

    carry_out(region)

    region.session.refresh(region.facility)
    assert region.facility.open_to is OpenTo.MEMBERS


def test_every_step_is_on_record(officer, region):
    page = opened(officer, region)
    post(officer, f"{page}/run")
    carry_out(region)

    actions = set(region.session.exec(select(AuditEntry.action)).all())

    assert {"scenario.make", "scenario.change", "scenario.run", "scenario.ran"} <= actions


def test_the_page_follows_a_run_and_a_second_click_joins_it(officer, region):
    page = opened(officer, region)

    post(officer, f"{page}/run")
    post(officer, f"{page}/run")

    assert len(region.session.exec(select(Job).where(Job.kind == JobKind.RUN_SCENARIO)).all()) == 1
    assert 'data-follow="on"' in officer.get(page).text


def test_the_same_inputs_give_the_same_result(officer, region):
    page = opened(officer, region)
    for _time in range(2):
        post(officer, f"{page}/run")
        carry_out(region)
        worlds.forget()

    first, second = region.session.exec(select(ScenarioRun)).all()

    assert first.result == second.result
    assert first.inputs_sha256 == second.inputs_sha256


def test_an_empty_scenario_is_not_run_but_says_what_is_missing(officer):
    page = make(officer)

    answer = post(officer, f"{page}/run")

    assert answer.status_code == 422
    assert "请先添加至少一项措施" in answer.text


@pytest.mark.parametrize(
    ("kind", "typed", "error"),
    [
        (InterventionKind.OPEN_FACILITY, {"facility_id": "nobody"}, "facility_id"),
        (InterventionKind.ADD_FACILITY, {"node": "nev-cockpit", "level": "9"}, "level"),
        (
            InterventionKind.ADD_FACILITY,
            {"node": "nev-cockpit", "level": "4", "trl_low": "7", "trl_high": "4"},
            "trl_high",
        ),
        (InterventionKind.ADD_FUND, {"ticket_low": "100"}, "money"),
        (InterventionKind.ADD_FUND, {"money": "-1"}, "money"),
        (InterventionKind.ADD_FUND, {"money": "100", "life_years": "inf"}, "life_years"),
        (InterventionKind.ADD_FUND, {"money": "100", "stake_high": "300"}, "stake_high"),
        (InterventionKind.CHANGE_MANDATE, {"limit": "stake_high", "value": "300"}, "value"),
        (InterventionKind.ADD_FUND, {"money": "100", "ticket_low": "90", "ticket_high": "80"}, "ticket_high"),
        (InterventionKind.CHANGE_RULE, {}, "rule_id"),
        (InterventionKind.CHANGE_RULE, {"limit": "least_level", "value": "77"}, "value"),
        (InterventionKind.CHANGE_RULE, {"clause": "stage", "force": "soft", "limit": "least_level"}, "limit"),
        (InterventionKind.CHANGE_WEIGHT, {"component": "text", "weight": "-1"}, "weight"),
        (InterventionKind.RAISE_CERTIFICATION, {"scheme": "", "many": "10"}, "scheme"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_what_was_typed_is_kept(officer, kind, typed, error):
    page = make(officer)

    answer = post(officer, f"{page}/add/{kind}", {**typed, "version": "1"})

    assert answer.status_code == 422
    assert f'id="{error}-error"' in answer.text
    for value in typed.values():
        assert not value or f'value="{value}"' in answer.text or value == "nobody"


def test_who_adds_to_what_somebody_else_has_changed_is_told(officer, region):
    page = opened(officer, region)

    late = post(officer, f"{page}/add/add_fund", {"money": "1000", "version": "1"})

    assert late.status_code == 409
    assert "1项" in late.text
    assert "2项" in late.text
    assert "facility_id" not in late.text


def test_an_intervention_is_taken_out_again_and_the_scenario_copied_and_deleted(officer, region):
    page = opened(officer, region)

    post(officer, f"{page}/copy", {"name": "副本"})
    post(officer, f"{page}/remove/0", {"version": "2"})
    scenarios = {one.name: one.interventions for one in region.session.exec(select(Scenario))}
    asked, deleted = officer.get(f"{page}/delete"), post(officer, f"{page}/delete")

    assert len(scenarios["副本"]) == 1
    assert scenarios["开放座舱实验平台"] == []
    assert (asked.status_code, deleted.status_code) == (200, 302)
    region.session.rollback()
    assert [one.name for one in region.session.exec(select(Scenario))] == ["副本"]


def test_two_runs_stand_side_by_side(officer, region):
    first = opened(officer, region)
    second = make(officer, "新设基金")
    post(officer, f"{second}/add/add_fund", {"money": "1000", "version": "1"})
    for page in (first, second):
        post(officer, f"{page}/run")
        carry_out(region)
    runs = [run.id for run in region.session.exec(select(ScenarioRun))]

    together = officer.get(f"{HOME}/compare?runs={runs[0]}&runs={runs[1]}")
    alone = officer.get(f"{HOME}/compare?runs={runs[0]}")

    assert together.status_code == 200
    assert "开放座舱实验平台" in together.text
    assert "+1（0 → 1）" in together.text
    assert alone.status_code == 422


@pytest.mark.parametrize("alternatives", ["facilities", "bases", "funds"])
def test_single_interventions_are_ranked_by_what_they_gain(officer, region, alternatives):
    post(officer, f"{HOME}/first", {"alternatives": alternatives, "chain_code": ""})
    job = carry_out(region)

    run = region.session.get_one(ScenarioRun, UUID(job.facts["run_id"]))
    shown = officer.get(f"{HOME}/runs/{run.id}")

    gains = [row["gain"] for row in run.result["rows"]]
    assert gains == sorted(gains, reverse=True)
    assert shown.status_code == 200
    if alternatives == "facilities":
        assert run.result["rows"][0]["id"] == str(region.facility.id)
        assert gains[0] >= 1
        assert "座舱实验平台" in shown.text


def test_the_page_that_waits_for_a_ranking_shows_it_when_it_is_there(officer, region):
    post(officer, f"{HOME}/first", {"alternatives": "facilities", "chain_code": ""})
    carry_out(region)

    page = html.fromstring(officer.get(f"{HOME}/first").text)

    # Only what stands inside of the followed part is put in place while somebody looks.
    (followed,) = page.xpath("//*[@data-follow]")
    assert "已有排序" in followed.text_content()


@pytest.mark.parametrize("alternatives", ["facilities", "bases"])
def test_what_is_ticked_in_a_ranking_becomes_a_scenario(officer, region, alternatives):
    post(officer, f"{HOME}/first", {"alternatives": alternatives, "chain_code": "nev"})
    page = f"{HOME}/runs/{carry_out(region).facts['run_id']}"

    made = post(officer, f"{page}/scenario", {"rows": ["0"]})
    nothing = post(officer, f"{page}/scenario", {"rows": ["-1", "many", "99999"]})

    assert made.status_code == 302
    assert nothing.status_code == 422
    assert "请至少选择一项" in nothing.text
    region.session.rollback()
    scenario = region.session.exec(select(Scenario)).one()
    assert len(scenario.interventions) == 1
    assert scenario.chain_code == "nev"
    assert post(officer, f"{made.location}/run").status_code == 302
    assert carry_out(region).state is JobState.DONE


def test_a_ranking_of_old_says_why_nothing_can_be_ticked_and_is_made_again_by_a_click(officer, region):
    post(officer, f"{HOME}/first", {"alternatives": "facilities", "chain_code": "nev"})
    run = region.session.get_one(ScenarioRun, UUID(carry_out(region).facts["run_id"]))
    names = [{name: value for name, value in row.items() if name != "intervention"} for row in run.result["rows"]]
    run.result = run.result | {"rows": names}
    region.session.commit()

    page = html.fromstring(officer.get(f"{HOME}/runs/{run.id}").text)
    (again,) = page.xpath(f"//form[@action='{HOME}/first']")

    assert not page.xpath("//input[@name='rows']")
    assert "只保留了名称" in page.text_content()
    assert post(officer, f"{HOME}/first", dict(again.form_values())).status_code == 302
    assert carry_out(region).state is JobState.DONE


def test_a_facility_that_is_gone_by_the_time_of_the_run_is_named(officer, region):
    page = opened(officer, region)
    post(officer, f"{page}/run")
    region.session.delete(region.session.get_one(type(region.facility), region.facility.id))
    region.index()

    job = carry_out(region)

    assert job.state is JobState.FAILED
    assert job.message == "intervention_gone"


def test_nobody_but_officers_comes_in(region, sign_in, session):
    stranger = sign_in(region.owner)

    for path in ("/", "/new", "/first", "/compare"):
        assert stranger.get(f"{HOME}{path}").status_code == 403
