"""The demo's challenges: in every stage, clear where they are published, answered by those who may."""

from collections import Counter, defaultdict

from matchmaker.services.challenges.clarity import meets
from matchmaker.services.challenges.eligibility import Answerer, Outcome, judge
from models.challenges import (
    Challenge,
    ChallengeAnswer,
    ChallengeCapability,
    ChallengeMetric,
    ChallengeSeat,
    ChallengeStageDate,
)
from models.enums import AnswerState, ChallengeKind, ChallengeStage, Grade, OrganisationKind, RuleKind
from models.organisations import Organisation
from models.rules import CompositionRule
from seeds.demo.challenges import CLASHING
from seeds.demo.identity import HERO, identity

BEFORE = (ChallengeStage.COLLECTED, ChallengeStage.SCREENED)


def published(world):
    return [one for one in world.all_of(Challenge) if one.stage not in (*BEFORE, ChallengeStage.WITHDRAWN)]


def of(world, table, posted):
    return [row for row in world.all_of(table) if row.challenge_id == posted.id]


def test_they_are_there_in_every_stage_kind_and_secrecy(world):
    posted = world.all_of(Challenge)

    assert {one.stage for one in posted} == set(ChallengeStage)
    assert {one.kind for one in posted} == set(ChallengeKind)
    assert {one.secrecy for one in posted} == set(Grade)


def test_chain_leaders_of_all_three_chains_post_them(world, bodies):
    chains = Counter(world.chains.nodes[one.node_codes[0]].chain for one in world.all_of(Challenge))

    assert set(chains) == {"nev", "equipment", "biomedicine"}
    assert {bodies[one.organisation_id].record.kind for one in world.all_of(Challenge)} == {
        OrganisationKind.CHAIN_LEADER
    }


def test_what_is_published_says_all_that_the_clarity_check_asks_for(world):
    for one in published(world):
        metrics, tags = of(world, ChallengeMetric, one), of(world, ChallengeCapability, one)
        assert one.problem_zh
        assert one.problem_en
        assert one.baseline_zh
        assert one.ip_terms
        assert one.budget
        assert one.months
        assert any(metric.is_must for metric in metrics)
        assert any(tag.is_must for tag in tags)
        for metric in metrics:
            assert metric.measured_by
            assert metric.unit
            assert metric.baseline is not None
            assert not meets(metric, metric.baseline), metric.name_zh


def test_every_capability_is_in_the_taxonomy_and_seats_fit_into_the_team(world):
    assert {tag.capability_code for tag in world.all_of(ChallengeCapability)} <= set(world.chains.skills)
    for one in world.all_of(Challenge):
        seats = of(world, ChallengeSeat, one)
        assert sum(seat.least for seat in seats) <= one.members_at_most
        assert sum(seat.least * seat.cost for seat in seats) <= (one.budget or 0) or not seats


def test_answers_promise_every_metric_and_come_from_those_who_may(world, bodies):
    posted = {one.id: one for one in world.all_of(Challenge)}

    for answer in world.all_of(ChallengeAnswer):
        challenge = posted[answer.challenge_id]
        metrics = {str(metric.id) for metric in of(world, ChallengeMetric, challenge)}
        who = Answerer(bodies[answer.organisation_id].record, frozenset(), frozenset())
        assert set(answer.promises) == metrics
        assert judge(who, challenge).outcome is Outcome.MET
        assert answer.verdict or answer.state in (AnswerState.SUBMITTED, AnswerState.SHORTLISTED)


def test_stages_were_entered_one_after_the_other(world):
    for one in world.all_of(Challenge):
        entered = [row.entered_at for row in of(world, ChallengeStageDate, one) if row.entered_at]
        assert entered == sorted(entered)
        assert all(moment <= world.now for moment in entered)


def test_the_demos_sme_may_answer_one_and_not_another(world):
    hero = next(one for one in world.all_of(Organisation) if one.id == identity(HERO))
    who = Answerer(hero, frozenset(), frozenset())

    outcomes = {judge(who, one).outcome for one in published(world)}

    assert outcomes == set(Outcome)


def test_all_but_one_have_a_seat_for_whom_their_rules_ask(world):
    asked = defaultdict(list)
    for rule in world.all_of(CompositionRule):
        if rule.kind is RuleKind.KIND_COUNT and rule.is_hard:
            asked[rule.rule_set_id].append(set(rule.arguments["kinds"]))

    without = [
        one.source_key
        for one in world.all_of(Challenge)
        if (seats := of(world, ChallengeSeat, one))
        and any(not kinds & set().union(*(seat.kinds for seat in seats)) for kinds in asked[one.rule_set_id])
    ]

    assert without == [f"challenge/{CLASHING}"]


def test_nobody_who_answers_is_kept_from_leading_its_own_team(world):
    led = {
        rule.rule_set_id: set(rule.arguments["kinds"])
        for rule in world.all_of(CompositionRule)
        if rule.kind is RuleKind.LEAD_KIND
    }
    kind_of = {one.id: one.kind.value for one in world.all_of(Organisation)}
    rules_of = {one.id: one.rule_set_id for one in world.all_of(Challenge)}

    for answer in world.all_of(ChallengeAnswer):
        may_lead = led.get(rules_of[answer.challenge_id])
        assert may_lead is None or kind_of[answer.organisation_id] in may_lead
