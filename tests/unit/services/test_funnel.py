"""How far pairs have come: the numbers of a plain count over all rows, and names only where officers may read them."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pytest
import sqlalchemy as sa

from matchmaker.errors import NotAllowed
from matchmaker.services.actors import Actor
from matchmaker.services.exposure_ledger import read_exposure
from matchmaker.services.funnel import reading
from matchmaker.services.funnel.events import STAGES, Period, events_in
from matchmaker.services.funnel.told import tell_funnel
from matchmaker.services.scope import REGION, Scope
from models.desk import Deal
from models.enums import FunnelStage, InteractionKind, MatchOutcomeState, PlatformRole, ScopeKind
from models.matching import Interaction, RankingRun
from models.outcomes import MatchOutcome
from models.rounds import Dossier, Round
from tests import records as make
from tests.funnel_region import BEGAN, FIRST, LAST, Region, rows_of
from tests.funnel_twin import last_reasons, lists, plain_steps, reached, told_of, told_of_needs

F, K = FunnelStage, InteractionKind
PERIOD = Period(FIRST, LAST)


@pytest.fixture(params=[1, 2])
def region(registry, request):
    return Region(registry, request.param).live()


def test_stages_are_those_of_a_plain_count_over_all_rows(region):
    steps = plain_steps(region.session)
    capital = [step for step in steps if step.way == "capital"]

    told = tell_funnel(region.session, REGION, FIRST, LAST)

    assert [row["count"] for row in told["stages"]] == reached(told_of(steps))
    assert [row["capital"] for row in told["stages"]] == reached(told_of(capital))
    assert [row["needs"] for row in told["stages"]] == reached(told_of_needs(steps))
    assert told["stages"][0]["count"] > 50


def test_of_lists_of_another_time_nothing_is_read(registry):
    """All of them would be opened for a funnel of one month, and none is ever cleared."""
    bind = registry.get_bind()
    events = sa.select(events_in(registry, REGION, PERIOD))
    said = str(events.compile(bind, compile_kwargs={"literal_binds": True}))

    plan = registry.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {said}").all()

    looked_up = [row.detail for row in plan if "ranking_runs" in row.detail and "(id=?)" not in row.detail]
    assert len(looked_up) == 1
    assert "(mandate_id=? AND created_at>? AND created_at<?)" in looked_up[0]


def test_reasons_are_those_of_the_last_word_and_rare_ones_are_told_together(region):
    steps = plain_steps(region.session)
    told, reasons = told_of(steps), last_reasons(steps)
    exact = Counter((STAGES[rank], reasons[pair]) for pair, rank in told.items() if rank < len(STAGES) - 1)
    wanted = Counter({key: count for key, count in exact.items() if count >= 3 or key[1] == "open"})
    rare: Counter[FunnelStage] = Counter()
    for stage, reason in exact.keys() - wanted.keys():
        rare[stage] += exact[stage, reason]
    for stage, count in rare.items():
        wanted[stage, "too_few" if count >= 3 else "open"] += count

    rows = tell_funnel(region.session, REGION, FIRST, LAST)["drop_off"]

    assert {(row["stage"], row["reason"]): row["count"] for row in rows} == wanted


def test_drop_offs_of_a_stage_are_the_difference_to_the_next(region):
    told = tell_funnel(region.session, REGION, FIRST, LAST)

    counts = [row["count"] for row in told["stages"]]
    for stage, (here, further) in zip(STAGES, pairwise(counts), strict=False):
        assert sum(row["count"] for row in told["drop_off"] if row["stage"] == stage) == here - further


def test_a_pair_belongs_to_the_district_of_the_side_that_seeks(region):
    ours = {one.id for one in region.firms if one.district_code == "500112"}
    steps = [step for step in plain_steps(region.session) if step.seeker in ours and step.way == "partners"]

    told = tell_funnel(region.session, Scope(ScopeKind.DISTRICT, "500112"), FIRST, LAST)

    assert [row["partners"] for row in told["stages"]] == reached(told_of(steps))


def test_outcomes_are_counted_by_what_the_other_side_says(region):
    said = [one for one in rows_of(region.session, MatchOutcome) if FIRST <= one.happened_on <= LAST]

    told = tell_funnel(region.session, REGION, FIRST, LAST)

    for row in told["outcomes"]:
        of_kind = [one for one in said if one.kind == row["kind"]]
        states = Counter(one.state for one in of_kind)
        amounts = [one.amount for one in of_kind if one.amount and one.state is MatchOutcomeState.CONFIRMED]
        assert row["confirmed"] == states[MatchOutcomeState.CONFIRMED]
        # Of one or two, who said it could be told.
        assert row["stated"] in (states[MatchOutcomeState.STATED], None)
        assert row["stated"] is not None or states[MatchOutcomeState.STATED] < 6
        assert row["amount"] == (sum(amounts) if len(amounts) >= 3 else None)


def test_deals_of_one_or_two_desks_are_not_counted(registry):
    region = Region(registry, 5)
    region.keep_desks(number=2)

    told = tell_funnel(registry, REGION, BEGAN.date(), date(2026, 12, 31))

    assert [row["count"] for row in told["stages"]] == [0] * 7


def test_deals_of_a_desk_are_never_counted_for_one_organisation(registry):
    region = Region(registry, 5)
    region.keep_desks()

    for one in [*region.firms, *region.funds]:
        told = tell_funnel(registry, Scope(ScopeKind.ORGANISATION, str(one.id)), BEGAN.date(), date(2026, 12, 31))
        assert told["stages"][0]["count"] == 0


def test_officers_read_no_name_that_only_a_request_or_a_desk_tells(registry, officer):
    for _ in range(3):
        say_yes(registry)
    period = Period(date(2000, 1, 1), date(2100, 1, 1))

    found = reading.list_pairs(registry, officer, REGION, period, F.RECOMMENDED)

    assert tell_funnel(registry, REGION, period.first, period.last)["stages"][3]["count"] == 3
    assert found.total == 0


def say_yes(session):
    asker, other = make.organisation(session), make.organisation(session)
    need = make.need(session, asker)
    answer = Interaction(kind=K.ACCEPTED, organisation_id=asker.id, candidate_id=other.id, need_id=need.id)
    session.add(answer)
    session.flush()
    return answer


def test_what_two_pairs_did_is_not_counted_as_it_would_tell_who_asked_whom(registry):
    asker = say_yes(registry).organisation_id
    say_yes(registry)

    told = tell_funnel(registry, REGION, date(2000, 1, 1), date(2100, 1, 1))
    of_one = tell_funnel(registry, Scope(ScopeKind.ORGANISATION, str(asker)), date(2000, 1, 1), date(2100, 1, 1))

    assert [row["count"] for row in told["stages"]] == [0] * 7
    assert [row["needs"] for row in told["stages"]] == [0] * 7
    assert [row["count"] for row in of_one["stages"]] == [0] * 7


def test_numbers_of_one_organisation_are_told_from_three_others_on(registry):
    asker = make.organisation(registry)
    need = make.need(registry, asker)
    others = [make.organisation(registry) for _ in range(3)]
    for number, other in enumerate(others):
        kind = K.ACCEPTED if number == 0 else K.ASKED
        registry.add(Interaction(kind=kind, organisation_id=asker.id, candidate_id=other.id, need_id=need.id))
    registry.flush()

    told = tell_funnel(registry, Scope(ScopeKind.ORGANISATION, str(asker.id)), date(2000, 1, 1), date(2100, 1, 1))

    # Three were asked; that one said yes stays between the two.
    assert [row["count"] for row in told["stages"]] == [3, 3, 3, 0, 0, 0, 0]


def test_a_deal_is_dated_by_the_day_on_which_it_came_to_be_signed(registry):
    region = Region(registry, 5)
    region.keep_desks()
    for deal in rows_of(registry, Deal):
        deal.changed_at = BEGAN + timedelta(days=1000)  # somebody edits it long after
    registry.flush()

    on = [row["count"] for row in tell_funnel(registry, REGION, BEGAN.date(), date(2026, 12, 31))["stages"]]
    after = [row["count"] for row in tell_funnel(registry, REGION, date(2027, 1, 2), date(2030, 1, 1))["stages"]]

    assert on[4] >= 3
    assert after == [0] * 7


def test_a_list_of_funds_counts_when_it_is_shown_to_a_firm(registry):
    region = Region(registry, 5)
    for firm in region.firms[:3]:
        region.seek_money(firm)
    for one in rows_of(registry, Dossier):
        registry.delete(one)
    for money_round in rows_of(registry, Round):
        fund = region.dice.choice(region.funds)
        line = {"position": 1, "organisation_id": str(fund.id), "offer_id": None, "is_facility": False}
        asked = {"organisation_id": money_round.organisation_id, "round_id": money_round.id}
        region.add(RankingRun(preset_code="funds", index_version="1", shown=[line], created_at=BEGAN, **asked))

    told = tell_funnel(registry, REGION, BEGAN.date(), BEGAN.date() + timedelta(days=1))

    assert told["stages"][0]["capital"] == 3


def test_a_pair_that_was_on_a_list_is_named_and_not_further_than_the_list(region, officer):
    found = reading.list_pairs(region.session, officer, REGION, PERIOD, F.RECOMMENDED)

    on_lists = {(step.seeker, step.candidate) for step in lists(region.session)}
    answered = [one for one in found.items if one.stage is F.RECOMMENDED and one.way == "partners"]
    assert found.total > 0
    assert any((one.seeker.id, one.candidate.id) in on_lists for one in answered)


def test_an_auditor_reads_numbers_and_no_names(registry):
    auditor = Actor(user_id=make.person(registry).id, roles=frozenset({PlatformRole.AUDITOR}))

    assert reading.read_funnel(registry, auditor, REGION, PERIOD)["stages"][0]["count"] == 0
    with pytest.raises(NotAllowed):
        reading.list_pairs(registry, auditor, REGION, PERIOD, F.RECOMMENDED)


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        (date(2026, 3, 9), date(2026, 4, 2), (date(2026, 3, 1), date(2026, 4, 30))),
        (date(2026, 12, 5), date(2026, 12, 20), (date(2026, 12, 1), date(2026, 12, 31))),
        (date(2024, 2, 29), date(2200, 1, 1), (date(2024, 2, 1), None)),
        (date(2200, 1, 1), date(2200, 1, 1), (None, None)),
    ],
)
def test_who_reads_no_names_reads_whole_months_that_are_over_and_never_the_running_one(officer, first, last, told):
    auditor, day = Actor(roles=frozenset({PlatformRole.AUDITOR})), date(2027, 1, 31)
    latest = Period(date(2026, 12, 1), date(2026, 12, 31))

    read = reading.told_period(auditor, Period(first, last), today=day)

    assert (read.first, read.last) == (told[0] or latest.first, told[1] or latest.last)
    assert reading.told_period(officer, Period(first, last), today=day) == Period(first, last)


def test_numbers_of_almost_equal_periods_are_the_same_to_who_reads_no_names(region, officer):
    auditor = Actor(user_id=make.person(region.session).id, roles=frozenset({PlatformRole.AUDITOR}))
    shorter = Period(FIRST + timedelta(days=1), LAST)

    def counts(actor, period):
        return [row["count"] for row in reading.read_funnel(region.session, actor, REGION, period)["stages"]]

    assert counts(auditor, PERIOD) == counts(auditor, shorter)


def test_an_auditor_reads_no_numbers_of_one_named_organisation(registry, officer):
    auditor = Actor(user_id=make.person(registry).id, roles=frozenset({PlatformRole.AUDITOR}))
    one = Scope(ScopeKind.ORGANISATION, str(make.organisation(registry).id))

    assert reading.read_funnel(registry, officer, one, PERIOD)["stages"][0]["count"] == 0
    for read in (reading.read_funnel, read_exposure):
        with pytest.raises(NotAllowed):
            read(registry, auditor, one, PERIOD)


def test_a_member_reads_no_funnel(registry, stranger):
    with pytest.raises(NotAllowed):
        reading.read_funnel(registry, stranger, REGION, PERIOD)
