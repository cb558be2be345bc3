"""Reports: three clicks to both languages, one frozen content, signature, archive, difference, anonymity."""

import hashlib
import json
import re
from datetime import timedelta

import pytest
from sqlmodel import select

from matchmaker.errors import InvalidInput, NotAllowed
from matchmaker.services.actors import Actor
from matchmaker.services.hashing import sha256_of
from matchmaker.services.reports import archive, asking, signing
from matchmaker.services.reports.archive import ArchiveFilter
from matchmaker.services.reports.settings import USUAL_SECTIONS, ReportSettings
from matchmaker.services.runs.settings import Constraints
from matchmaker.services.scope import REGION, Scope
from models.accounts import User
from models.audit import AuditEntry
from models.enums import (
    DocumentFormat,
    PlatformRole,
    PostingState,
    ReportKind,
    ReportState,
    RunState,
    ScopeKind,
)
from models.jobs import Job, JobStep
from models.offers import Need
from models.organisations import Organisation
from models.reports import MatchRun, Report, ReportFile
from tests.factories import make_member, make_user
from tests.report_case import DAY, SMALL, restore_case
from tests.web.conftest import post

OCTOBER = {"period_from": DAY.replace(month=10, day=1), "period_to": DAY.replace(month=10, day=31)}


@pytest.fixture
def case(report_folder, session, instance):
    return restore_case(report_folder, session, instance)


@pytest.fixture
def desk(case, session, sign_in):
    return sign_in(session.get_one(User, case.officer.user_id))


def test_the_monthly_report_of_a_chain_takes_three_clicks_and_comes_in_both_languages(case, desk):
    home = desk.get("/officer/reports")  # the first click, in the menu

    pressed = post(desk, "/officer/reports/this-month", {"chain": "nev"})  # the second
    waiting = desk.get(pressed.location)
    report = case.fresh().exec(select(Report)).one()
    case.carry_out(report)
    done = desk.get(pressed.location)
    link = re.search(r'href="(/officer/reports/[^"]+/files/zh\.pdf)"', done.text)
    assert link
    file = desk.get(link[1])  # the third

    assert "新能源汽车" in home.text
    assert 'data-follow="on"' in waiting.text
    assert 'data-follow="off"' in done.text
    assert file.status_code == 200
    assert file.headers["Content-Disposition"].startswith("attachment")
    kinds = {f"{language}.{kind}" for language in ("zh", "en") for kind in DocumentFormat}
    assert set(case.files_of(report)) == kinds


def test_pressing_twice_asks_for_one_report(case, desk):
    first = post(desk, "/officer/reports/this-month", {"chain": "nev"})
    second = post(desk, "/officer/reports/this-month", {"chain": "nev"})

    assert first.location == second.location
    assert len(case.fresh().exec(select(Report)).all()) == 1


def test_two_reports_of_the_same_inputs_have_the_same_content_and_files(case):
    first, second = case.make_report(), case.make_report()

    assert first.id != second.id
    assert first.content == second.content
    assert case.files_of(first) == case.files_of(second)


def test_the_content_names_day_rules_weights_and_checksums(case):
    report = case.make_report()

    content = report.content
    assert content["as_of"] == DAY.isoformat()
    assert content["versions"]["weights"]["capability"] == 30
    assert content["versions"]["index"]
    assert {"run", "gaps", "indicators", "funnel", "exposure"} <= set(content["inputs"])
    assert all(re.fullmatch(r"[0-9a-f]{64}", value) for value in content["inputs"].values())
    assert report.content_sha256 == sha256_of(content)


def test_the_content_holds_no_key_of_the_report_and_no_clock(case):
    report = case.make_report()

    text = json.dumps(report.content)
    for key in (report.id, report.run_id, report.job_id):
        assert str(key) not in text
    assert not re.search(r"\d\d:\d\d:\d\d", text)


def test_figures_of_the_summary_count_all_lists_whatever_is_shown(case):
    settings = ReportSettings(formats=SMALL.formats, constraints=Constraints(depth=3), needs_shown=1)

    report = case.make_report(settings=settings)

    assert report.content["summary"]["needs"] == 3
    assert (report.content["matches"]["shown"], report.content["matches"]["of"]) == (1, 3)
    assert len(report.content["matches"]["needs"]) == 1


def test_a_report_can_take_its_lists_from_a_frozen_run(case):
    run = case.make_run()

    report = case.make_report(run_id=run.id)

    assert report.run_id == run.id
    assert report.content["inputs"]["run"] == run.inputs_sha256
    assert len(case.session.exec(select(MatchRun)).all()) == 1


def test_a_run_of_another_scope_or_one_that_is_not_whole_is_refused(case):
    other, unfinished = case.make_run(scope=REGION), case.ask_run()

    for run in (other, unfinished):
        with pytest.raises(InvalidInput) as refused:
            case.ask_report(run_id=run.id)
        assert refused.value.field == "run_id"


def test_the_difference_to_the_last_report_is_told(case):
    case.make_report(**OCTOBER)
    newcomer = case.region.add_candidate(level=5, name_zh="新来的公司")
    gone = case.session.exec(select(Need).where(Need.title_zh == "需要第0个方案")).one()
    gone.state = PostingState.WITHDRAWN
    case.region.index()

    report = case.make_report()

    changes = report.content["changes"]
    assert changes["previous"]["to"] == "2026-10-31"
    assert {one["organisation"]["id"] for one in changes["new"]} >= {str(newcomer.id)}
    assert [one["id"] for one in changes["needs_gone"]] == [str(gone.id)]
    assert changes["totals"]["new"] == len(changes["new"])
    assert changes["totals"]["lost"] == len(changes["lost"]) > 0


def test_the_first_report_of_a_kind_says_that_there_is_none_before(case):
    report = case.make_report()

    assert report.content["changes"]["previous"] is None
    assert report.content["summary"]["changes"] is None


def test_a_report_of_the_same_month_is_not_the_last_one(case):
    case.make_report()

    assert case.make_report(period_to=DAY - timedelta(days=1)).previous_id is None


def test_an_anonymous_report_names_nobody(case):
    settings = ReportSettings(formats=SMALL.formats, constraints=SMALL.constraints, is_anonymous=True)
    firms = case.session.exec(select(Organisation)).all()
    case.region.add_project(*firms[:4], title="保密的联合攻关")
    case.region.index()

    report = case.make_report(settings=settings)

    text = json.dumps(report.content, ensure_ascii=False)
    assert "机构 001" in text
    assert not [one.name_zh for one in firms if one.name_zh in text or str(one.id) in text]
    assert "保密的联合攻关" not in text
    assert "需要第" not in text


def test_the_difference_of_anonymous_reports_is_told_without_names(case):
    case.make_report(**OCTOBER)
    case.region.add_candidate(level=5, name_zh="新来的公司")
    case.region.index()
    settings = ReportSettings(formats=SMALL.formats, constraints=SMALL.constraints, is_anonymous=True)

    report = case.make_report(settings=settings)

    assert report.content["changes"]["totals"]["new"] > 0
    assert "新来的公司" not in json.dumps(report.content, ensure_ascii=False)


def test_a_report_on_one_organisation_tells_nothing_of_its_funnel_or_exposure(case):
    scope = Scope(ScopeKind.ORGANISATION, str(case.region.asker.id))
    of_one = USUAL_SECTIONS[ReportKind.ORGANISATION]
    settings = ReportSettings(formats=SMALL.formats, sections=of_one, constraints=SMALL.constraints)

    report = case.make_report(kind=ReportKind.ORGANISATION, scope=scope, settings=settings)

    assert report.content["summary"]["needs"] == 1
    assert report.content["funnel"] is report.content["exposure"] is report.content["gaps"] is None
    with pytest.raises(InvalidInput, match="section_not_of_kind"):
        case.ask_report(kind=ReportKind.ORGANISATION, scope=scope, settings=SMALL)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kind": ReportKind.DISTRICT}, "scope"),
        ({"period_from": DAY + timedelta(days=1)}, "period_to"),
        ({"period_to": DAY + timedelta(days=1)}, "period_to"),
        ({"period_from": DAY - timedelta(days=2000)}, "period_from"),
        ({"settings": ReportSettings(languages=())}, "languages"),
        ({"settings": ReportSettings(formats=())}, "formats"),
        ({"settings": ReportSettings(needs_shown=0)}, "needs_shown"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(case, values, field):
    with pytest.raises(InvalidInput) as refused:
        case.ask_report(**values)

    assert refused.value.field == field


def test_an_officer_signs_what_was_shown_and_nothing_changes_after_that(case):
    report = case.make_report()

    signing.sign(case.session, case.officer, report.id, name="李处长", seen_sha256=report.content_sha256)

    assert (report.state, report.signed_name, report.signed_by) == (
        ReportState.SIGNED,
        "李处长",
        case.officer.user_id,
    )
    entry = case.session.exec(select(AuditEntry).where(AuditEntry.action == "report.sign")).one()
    assert entry.changes["content_sha256"] == [None, report.content_sha256]
    for change in (asking.delete, asking.go_on, asking.stop):
        with pytest.raises(InvalidInput):
            change(case.session, case.officer, report.id)
    with pytest.raises(InvalidInput, match="report_signed"):
        signing.sign(case.session, case.officer, report.id, name="王", seen_sha256=report.content_sha256)


def test_nobody_signs_another_content_than_was_shown(case):
    report = case.make_report()

    with pytest.raises(InvalidInput, match="report_is_another"):
        signing.sign(case.session, case.officer, report.id, name="李处长", seen_sha256="0" * 64)


def test_a_file_that_is_no_longer_what_its_checksum_says_is_found_and_not_signed(case):
    report = case.make_report()
    file = case.session.exec(select(ReportFile)).first()
    file.content = b"another"
    case.session.commit()

    assert not signing.check(case.session, report).files
    with pytest.raises(InvalidInput, match="report_is_another"):
        signing.sign(case.session, case.officer, report.id, name="李处长", seen_sha256=report.content_sha256)


def test_an_auditor_reads_and_does_not_make_or_sign(case, session, sign_in):
    report = case.make_report()
    auditor = make_user(PlatformRole.AUDITOR)
    session.add(auditor)
    session.commit()
    desk = sign_in(auditor)

    page = desk.get(f"/officer/reports/{report.id}")
    file = desk.get(f"/officer/reports/{report.id}/files/zh.html")
    signed = post(desk, f"/officer/reports/{report.id}/sign", {"name": "审计"})

    assert (page.status_code, file.status_code, signed.status_code) == (200, 200, 403)
    assert f"{report.id}/sign" not in page.text


def test_whom_a_report_is_about_may_not_read_it(case, session, sign_in):
    report = case.make_report(kind=ReportKind.MONTHLY)
    member = make_user()
    session.add(member)
    session.flush()
    session.add(make_member(member, case.region.asker))
    session.commit()
    desk = sign_in(member)

    assert desk.get(f"/officer/reports/{report.id}").status_code == 403
    assert desk.get(f"/officer/reports/{report.id}/files/zh.html").status_code == 403
    with pytest.raises(NotAllowed):
        archive.get_file(case.session, Actor(user_id=member.id), report.id, "zh", DocumentFormat.HTML)


def test_the_downloaded_file_is_byte_by_byte_the_archived_one(case, desk):
    report = case.make_report()

    answer = desk.get(f"/officer/reports/{report.id}/files/en.html")

    (kept,) = [one for one in case.session.exec(select(ReportFile)).all() if one.language == "en"]
    assert hashlib.sha256(answer.data).hexdigest() == kept.sha256


@pytest.mark.parametrize("name", ["zh.exe", "fr.pdf", "zh", "..", "zh.pdf.pdf"])
def test_a_file_that_is_not_there_is_not_found(case, desk, name):
    report = case.make_report()

    assert desk.get(f"/officer/reports/{report.id}/files/{name}").status_code == 404


def test_signing_on_the_page_shows_who_stands_for_it(case, desk):
    report = case.make_report()
    page = desk.get(f"/officer/reports/{report.id}")
    seen = re.search(r'name="seen_sha256" value="([0-9a-f]{64})"', page.text)
    assert seen

    signed = post(desk, f"/officer/reports/{report.id}/sign", {"name": "李处长", "seen_sha256": seen[1]})
    after = desk.get(signed.location)

    assert "李处长" in after.text
    assert f"/officer/reports/{report.id}/delete" not in after.text


def test_a_stopped_report_can_be_gone_on_with_or_deleted(case, desk):
    report = case.ask_report()
    post(desk, f"/officer/reports/{report.id}/stop")

    page = desk.get(f"/officer/reports/{report.id}")
    post(desk, f"/officer/reports/{report.id}/go-on")
    case.fresh()
    case.carry_out(report)

    assert "/go-on" in page.text
    assert report.state is ReportState.READY


def test_an_unsigned_report_is_deleted_with_its_files_and_the_run_stays(case, desk):
    report = case.make_report()

    post(desk, f"/officer/reports/{report.id}/delete")
    case.fresh()

    assert case.session.exec(select(ReportFile)).all() == []
    assert case.session.exec(select(MatchRun)).one().state is RunState.FROZEN
    assert case.session.exec(select(AuditEntry).where(AuditEntry.action == "report.delete")).one()


def test_the_archive_is_filtered_by_kind_state_scope_and_year(case):
    monthly = case.make_report()
    region = case.make_report(scope=REGION)
    signing.sign(case.session, case.officer, region.id, name="李", seen_sha256=region.content_sha256)

    def found(**wanted):
        listed = archive.list_reports(case.session, case.officer, ArchiveFilter(**wanted)).items
        return {one.report.id for one in listed}

    assert found() == {monthly.id, region.id}
    assert found(state=ReportState.SIGNED) == {region.id}
    assert found(scope_code="nev") == {monthly.id}
    assert found(kind=ReportKind.DISTRICT) == set()
    assert found(year=2026) == {monthly.id, region.id}
    assert found(year=2025) == set()


def test_the_builder_asks_for_what_was_chosen(case, desk):
    chosen = {
        "kind": "monthly",
        "scope": "chain:nev",
        "preset": "partners",
        "languages": ["en"],
        "formats": ["html", "xlsx"],
        "sections": ["summary", "matches"],
        "needs_shown": "2",
        "depth": "4",
        "least_points": "0",
        "period_from": "2026-11-01",
        "period_to": "2026-11-20",
        "anonymous": "y",
    }

    page, answer = desk.get("/officer/reports/new"), post(desk, "/officer/reports/new", chosen)

    assert page.status_code == 200
    assert answer.status_code == 302, answer.text
    report = case.fresh().exec(select(Report)).one()
    assert (report.languages, report.formats, report.sections) == (["en"], ["html", "xlsx"], ["summary", "matches"])
    assert report.settings["anonymous"] is True
    assert report.settings["depth"] == 4


def test_an_empty_archive_says_what_to_do_next(case, desk):
    assert "this-month" in desk.get("/officer/reports").text


def test_the_section_of_facts_is_frozen_by_its_step(case):
    report = case.make_report()

    steps = case.session.exec(select(JobStep.name).where(JobStep.job_id == report.job_id)).all()
    assert {f"facts:{one}" for one in ("gaps", "indicators", "funnel", "exposure")} <= set(steps)
    assert case.session.get_one(Job, report.job_id).message == "report_ready"
