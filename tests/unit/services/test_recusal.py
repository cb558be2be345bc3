"""Conflict of interest: an officer whose own organisation competes in a challenge keeps out of it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from matchmaker.errors import Recused
from matchmaker.services import visibility
from matchmaker.services.calendar import today
from matchmaker.services.challenges import access, answers, editing, recusal, stages
from matchmaker.services.composing import asking
from matchmaker.services.consortia import figures, rooms
from matchmaker.services.funnel import reading
from matchmaker.services.funnel.events import Period
from matchmaker.services.reports import archive, schedules
from matchmaker.services.reports import asking as reports
from matchmaker.services.reports.settings import USUAL_SECTIONS, ReportDraft, ReportSettings
from matchmaker.services.runs import asking as runs
from matchmaker.services.runs.settings import RunDraft
from matchmaker.services.scope import REGION, Scope
from models.accounts import User
from models.audit import AuditEntry
from models.enums import (
    ChallengeStage,
    ConsortiumState,
    DocumentFormat,
    FunnelStage,
    PlatformRole,
    ReportKind,
    ScheduleRhythm,
    ScopeKind,
)
from models.reports import MatchRun, Report, ReportSchedule
from tests import challenge_factory as challenges
from tests import records as make
from tests.consortium_rooms import RoomCase


@pytest.fixture
def asked(registry, leader):
    return challenges.challenge(registry, leader)


@pytest.fixture
def case(registry, asked):
    """The room of a rival for the challenge."""
    case = RoomCase(registry)
    case.consortium.challenge_id = asked.id
    registry.flush()
    return case


@pytest.fixture
def firm(registry):
    return make.organisation(registry)


@pytest.fixture
def partial(registry, firm):
    """An officer who belongs to a firm; whether it competes the test says."""
    return replace(make.member(registry, firm), roles=frozenset({PlatformRole.OFFICER}))


@pytest.fixture
def colleague(registry):
    """The row of the role comes with the person, so both are officers by it."""
    return make.person(registry, PlatformRole.OFFICER, name="王科长")


def test_an_officer_reads_a_room_until_the_own_firm_competes_and_is_told_who_takes_over(
    registry, asked, case, firm, partial, colleague
):
    assert rooms.get_room(registry, partial, case.id).lead is case.lead
    challenges.answer(registry, asked, firm)

    with pytest.raises(Recused) as refused:
        rooms.get_room(registry, partial, case.id)

    assert (refused.value.challenge_id, refused.value.organisation_id) == (asked.id, firm.id)
    assert refused.value.others == ["王科长"]
    assert rooms.list_all(registry, partial) == ([], 1)


def test_a_seat_in_another_team_for_it_is_competing_too_and_the_own_room_stays_open(registry, asked, case, partial):
    own = RoomCase(registry)
    own.consortium.challenge_id = asked.id
    member = replace(own.owner, roles=partial.roles)
    own.join()

    assert rooms.get_room(registry, member, own.id).lead is own.lead
    with pytest.raises(Recused):
        rooms.get_room(registry, member, case.id)
    seen, kept_out = rooms.list_all(registry, member)
    assert ([one.id for one in seen], kept_out) == ([own.id], 1)


def test_rivals_that_share_a_member_are_not_named_to_an_officer_who_keeps_out(registry, asked, case, partial):
    own = RoomCase(registry)
    own.consortium.challenge_id = asked.id
    own.join(own.lab, own.researcher)
    case.join(own.lab, own.researcher)
    member = replace(own.owner, roles=partial.roles)
    own.join()

    assert figures.overlaps_with(registry, member, rooms.get_room(registry, member, own.id)) == []


def test_the_funnel_names_no_rival_s_team_to_an_officer_who_keeps_out(registry, asked, case, firm, partial, officer):
    case.join(case.lab, case.researcher)
    period, call = Period(today(), today()), Scope(ScopeKind.CALL, str(asked.id))
    pair = [(case.lead, case.lab)]

    def named(actor, scope=REGION):
        found = reading.list_pairs(registry, actor, scope, period, FunnelStage.RECOMMENDED)
        return [(one.seeker, one.candidate) for one in found.items]

    assert (named(partial), named(partial, call)) == (pair, pair)
    challenges.answer(registry, asked, firm)

    assert (named(partial), named(officer), named(officer, call)) == ([], pair, pair)
    for read in (lambda: named(partial, call), lambda: reading.read_funnel(registry, partial, call, period)):
        with pytest.raises(Recused):
            read()


def test_a_platform_role_reads_a_rival_s_room_in_the_log_only_as_far_as_it_has_come(registry, case, partial):
    case.join()
    asker = replace(partial, roles=frozenset({PlatformRole.OFFICER, PlatformRole.AUDITOR}))
    rows = registry.exec(select(AuditEntry).where(AuditEntry.subject_type == "seats")).all()

    def told(actor):
        seen = visibility.seen_changes(registry, actor, rows).values()
        return {name for one in seen for name, value in one.items() if not isinstance(value, visibility.Hidden)}

    assert told(asker)
    assert told(asker) <= visibility.HOW_FAR
    assert told(case.leader) > told(asker)


def test_who_keeps_out_has_no_report_and_no_run_of_the_challenge_made_and_reads_none(
    registry, asked, firm, partial, officer
):
    scope, days = Scope(ScopeKind.CALL, str(asked.id)), {"period_from": today(), "period_to": today()}
    about = {"scope_kind": scope.kind, "scope_code": scope.code, "as_of": today()}
    report = Report(kind=ReportKind.CALL, languages=[], formats=[], sections=[], settings={}, **about, **days)
    run = MatchRun(name="", preset_code="", weights={}, constraints={}, code_version="", needs=1, **about)
    registry.add_all([report, run])
    registry.flush()
    challenges.answer(registry, asked, firm)
    chosen = ReportSettings(sections=USUAL_SECTIONS[ReportKind.CALL])
    draft = ReportDraft(kind=ReportKind.CALL, scope=scope, as_of=today(), settings=chosen, **days)

    for act in (
        lambda: reports.ask(registry, partial, draft),
        lambda: reports.get(registry, partial, report.id),
        lambda: archive.get_file(registry, partial, report.id, "zh", DocumentFormat.PDF),
        lambda: runs.ask(registry, partial, RunDraft(scope=scope, preset_code="", as_of=today())),
        lambda: runs.get(registry, partial, run.id),
        lambda: schedules.add(
            registry,
            partial,
            kind=ReportKind.CALL,
            scope=scope,
            settings=chosen,
            rhythm=ScheduleRhythm.MONTHLY,
            next_on=today(),
            today=today(),
        ),
    ):
        with pytest.raises(Recused):
            act()
    assert reports.get(registry, officer, report.id).report is report
    assert runs.get(registry, officer, run.id).run is run


@pytest.fixture
def about_the_call(registry, asked):
    """A report, a run and a schedule of the challenge, and a run of the region beside them."""
    call = {"scope_kind": ScopeKind.CALL, "scope_code": str(asked.id)}
    empty: dict[str, Any] = {"languages": [], "formats": [], "sections": [], "settings": {}}
    period = {"period_from": today(), "period_to": today(), "as_of": today()}
    ranked = {"name": "", "preset_code": "", "weights": {}, "constraints": {}, "code_version": "", "needs": 1}
    schedule = ReportSchedule(kind=ReportKind.CALL, rhythm=ScheduleRhythm.MONTHLY, next_on=today(), **call, **empty)
    report = Report(kind=ReportKind.CALL, **call, **empty, **period)
    run, other = (
        MatchRun(as_of=today(), **ranked, **one) for one in (call, {"scope_kind": ScopeKind.REGION, "scope_code": ""})
    )
    registry.add_all([schedule, report, run, other])
    registry.flush()
    return schedule, report, run, other


def test_lists_and_their_counts_leave_out_what_is_about_a_challenge_one_keeps_out_of(
    registry, asked, firm, partial, officer, about_the_call
):
    schedule, report, run, other = about_the_call
    challenges.answer(registry, asked, firm)

    def listed(actor):
        found = archive.list_reports(registry, actor, archive.ArchiveFilter())
        ran = runs.list_runs(registry, actor)
        return (
            ([one.report for one in found.items], found.total),
            ({one.run.id for one in ran.items}, ran.total),
            list(schedules.list_schedules(registry, actor)),
        )

    assert listed(partial) == (([], 0), ({other.id}, 1), [])
    assert listed(officer) == (([report], 1), ({run.id, other.id}, 2), [schedule])


def test_who_keeps_out_neither_switches_a_schedule_of_the_challenge_nor_deletes_it(
    registry, asked, firm, partial, officer, about_the_call
):
    schedule = about_the_call[0]
    challenges.answer(registry, asked, firm)

    for act in (
        lambda: schedules.switch_off(registry, partial, schedule.id),
        lambda: schedules.switch_on(registry, partial, schedule.id, today=today()),
        lambda: schedules.delete(registry, partial, schedule.id),
    ):
        with pytest.raises(Recused):
            act()
    schedules.switch_off(registry, officer, schedule.id)

    assert not schedule.is_on


def test_who_keeps_out_reads_no_answer_also_when_the_choice_is_made_and_steers_nothing(registry, asked, firm, partial):
    own, theirs = (challenges.answer(registry, asked, one) for one in (firm, make.organisation(registry)))
    let_in = challenges.let_in(registry, asked, make.organisation(registry))

    for stage in (ChallengeStage.ANSWERED, ChallengeStage.JUDGED, ChallengeStage.SIGNED):
        asked.stage = stage
        assert answers.list_for(registry, partial, asked) == [own]
        with pytest.raises(Recused):
            answers.get(registry, partial, theirs.id)
    asked.stage = ChallengeStage.ANSWERED
    for act in (
        lambda: editing.get_editable(registry, partial, asked.id),
        lambda: stages.extend(registry, partial, asked, today() + timedelta(days=90)),
        lambda: stages.move(registry, partial, asked, ChallengeStage.WITHDRAWN, note="不要了"),
        lambda: access.list_access(registry, partial, asked),
        lambda: access.revoke(registry, partial, let_in, "不合适"),
    ):
        with pytest.raises(Recused):
            act()
    assert [one.id for one in asking.list_leads(registry, partial, asked)] == [asked.organisation_id, firm.id]


def test_a_dissolved_team_an_officer_of_no_firm_and_the_poster_s_people_keep_nobody_out(
    registry, asked, case, firm, partial, poster, officer
):
    own = RoomCase(registry)
    own.consortium.challenge_id = asked.id
    own.consortium.state, own.consortium.dissolved_reason = ConsortiumState.DISSOLVED, "撤回"
    registry.flush()
    challenges.answer(registry, asked, make.organisation(registry))

    free = (replace(own.leader, roles=partial.roles), partial, officer, poster)

    assert [recusal.find_competing(registry, one, asked) for one in free] == [None] * 4


def test_nobody_who_has_a_stake_or_is_switched_off_is_named_as_who_takes_over(
    registry, asked, firm, partial, colleague
):
    challenges.answer(registry, asked, firm)
    role = colleague.roles[0]
    registry.get_one(User, partial.user_id).roles = [role]
    gone = make.person(registry, active=False)
    gone.roles = [role]
    registry.flush()

    assert recusal.list_others(registry, asked) == [colleague]
