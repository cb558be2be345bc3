"""How far pairs have come: the numbers of a plain count over all rows, and names only where officers may read them."""

from collections import Counter
from datetime import date
from itertools import pairwise

import pytest

from matchmaker.errors import NotAllowed
from matchmaker.services.actors import Actor
from matchmaker.services.exposure_ledger import read_exposure
from matchmaker.services.funnel import reading
from matchmaker.services.funnel.events import STAGES, Period
from matchmaker.services.funnel.told import tell_funnel
from matchmaker.services.scope import REGION, Scope
from models.enums import FunnelStage, InteractionKind, MatchOutcomeState, PlatformRole, ScopeKind
from models.matching import Interaction
from models.outcomes import MatchOutcome
from tests import records as make
from tests.funnel_region import (
    BEGAN,
    FIRST,
    LAST,
    Region,
    furthest_of,
    last_reasons,
    lists,
    plain_steps,
    reached,
    rows_of,
)

F, K = FunnelStage, InteractionKind
PERIOD = Period(FIRST, LAST)


@pytest.fixture(params=[1, 2])
def region(registry, request):
    return Region(registry, request.param).live()


def test_stages_are_those_of_a_plain_count_over_all_rows(region):
    steps = plain_steps(region.session)
    capital = [step for step in steps if step.way == "capital"]

    told = tell_funnel(region.session, REGION, FIRST, LAST)

    assert [row["count"] for row in told["stages"]] == reached(furthest_of(steps, lambda step: step.pair))
    assert [row["capital"] for row in told["stages"]] == reached(furthest_of(capital, lambda step: step.pair))
    assert [row["needs"] for row in told["stages"]] == reached(furthest_of(steps, lambda step: step.need))
    assert told["stages"][0]["count"] > 50


def test_reasons_are_those_of_the_last_word_and_rare_ones_are_told_together(region):
    steps = plain_steps(region.session)
    furthest, reasons = furthest_of(steps, lambda step: step.pair), last_reasons(steps)
    exact = Counter((STAGES[rank], reasons[pair]) for pair, rank in furthest.items() if rank < len(STAGES) - 1)
    wanted: Counter[tuple[FunnelStage, str]] = Counter()
    for (stage, reason), count in exact.items():
        wanted[stage, reason if count >= 3 or reason == "open" else "too_few"] += count

    told = tell_funnel(region.session, REGION, FIRST, LAST)

    assert {(row["stage"], row["reason"]): row["count"] for row in told["drop_off"]} == wanted


def test_drop_offs_of_a_stage_are_the_difference_to_the_next(region):
    told = tell_funnel(region.session, REGION, FIRST, LAST)

    counts = [row["count"] for row in told["stages"]]
    for stage, (here, further) in zip(STAGES, pairwise(counts), strict=False):
        assert sum(row["count"] for row in told["drop_off"] if row["stage"] == stage) == here - further


def test_a_pair_belongs_to_the_district_of_the_side_that_seeks(region):
    ours = {one.id for one in region.firms if one.district_code == "500112"}
    steps = [step for step in plain_steps(region.session) if step.seeker in ours and step.way == "partners"]

    told = tell_funnel(region.session, Scope(ScopeKind.DISTRICT, "500112"), FIRST, LAST)

    assert [row["partners"] for row in told["stages"]] == reached(furthest_of(steps, lambda step: step.pair))


def test_outcomes_are_counted_by_what_the_other_side_says(region):
    said = [one for one in rows_of(region.session, MatchOutcome) if FIRST <= one.happened_on <= LAST]

    told = tell_funnel(region.session, REGION, FIRST, LAST)

    for row in told["outcomes"]:
        of_kind = [one for one in said if one.kind == row["kind"]]
        states = Counter(one.state for one in of_kind)
        amounts = [one.amount for one in of_kind if one.amount and one.state is MatchOutcomeState.CONFIRMED]
        assert (row["confirmed"], row["stated"], row["disputed"]) == (
            states[MatchOutcomeState.CONFIRMED],
            states[MatchOutcomeState.STATED],
            states[MatchOutcomeState.DISPUTED],
        )
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
    asker, other = make.organisation(registry), make.organisation(registry)
    need = make.need(registry, asker)
    registry.add(Interaction(kind=K.ACCEPTED, organisation_id=asker.id, candidate_id=other.id, need_id=need.id))
    registry.flush()
    period = Period(date(2000, 1, 1), date(2100, 1, 1))

    found = reading.list_pairs(registry, officer, REGION, period, F.RECOMMENDED)

    assert tell_funnel(registry, REGION, period.first, period.last)["stages"][3]["count"] == 1
    assert found.total == 0


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
