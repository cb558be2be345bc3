"""Teams of the registry held against rules, by what a person may see."""

from datetime import date

import pytest

from matchmaker.errors import InvalidInput, NotAllowed
from matchmaker.services.rule_sets import conflicts, editions, figures, judging, reading, rules
from matchmaker.services.rule_sets.conflicts import ConflictDraft
from matchmaker.services.rule_sets.editions import SetDraft
from matchmaker.services.rule_sets.figures import (
    LargestShare,
    LeadIs,
    LeadReaches,
    OfKinds,
    RuleDraft,
    Threshold,
)
from matchmaker.services.rule_sets.judging import TeamMember
from models.enums import (
    LeadFigure,
    OrganisationKind,
    Ownership,
    Quantifier,
    RevenueBand,
    RuleOutcome,
)
from models.organisations import Certification
from models.rules import OrganisationConflict
from tests import records as make

TODAY = date(2026, 11, 22)
DRAFT = SetDraft(name_zh="创新联合体组建规则", source="渝科发〔2024〕1号")
LAB = OfKinds(kinds=(OrganisationKind.LAB,), least=1)


@pytest.fixture
def officer(registry):
    return make.officer(registry)


@pytest.fixture
def rule_set(registry, officer):
    return editions.create_set(registry, officer, DRAFT)


def add(session, actor, home, rule_figures, **values):
    return rules.add_rule(session, actor, home, RuleDraft(**{"figures": rule_figures, "source": "第三条", **values}))


def judged(session, actor, home, organisations, *, lead=None, **given):
    members = [TeamMember(organisation_id=one.id) for one in organisations]
    return judging.judge_team(
        session,
        actor,
        reading.rules_in(session, home),
        members,
        lead_id=(lead or organisations[0]).id,
        today=TODAY,
        **given,
    )


def test_a_verdict_names_the_rule_what_was_found_and_who_it_is_about(registry, officer, rule_set):
    rule = add(registry, officer, rule_set, OfKinds(kinds=(OrganisationKind.FUND,), most=0))
    firm, fund = make.organisation(registry), make.organisation(registry, kind=OrganisationKind.FUND)

    (only,) = judged(registry, officer, rule_set, [firm, fund]).rules

    assert (only.rule, only.outcome, only.verdict.low, only.who) == (rule, RuleOutcome.BROKEN, 1, (fund.id,))


def test_figures_that_are_kept_from_a_person_are_unknown_to_that_person_alone(registry, officer, rule_set):
    """The share of R&D is open on conditions only: the lab's own people see their verdict, others a question."""
    ratio = LeadReaches(needed=Quantifier.ANY, thresholds=(Threshold(figure=LeadFigure.RD_RATIO, least=0.03),))
    add(registry, officer, rule_set, ratio)
    lead = make.organisation(registry, rd_ratio=0.05)
    stranger, own = make.member(registry, make.organisation(registry)), make.member(registry, lead)

    assert judged(registry, own, rule_set, [lead]).is_accepted
    assert judged(registry, officer, rule_set, [lead]).is_accepted
    (for_others,) = judged(registry, stranger, rule_set, [lead]).rules
    assert (for_others.outcome, for_others.unknown) == (RuleOutcome.UNKNOWN, (lead.id,))


def test_r_and_d_spending_follows_from_the_share_and_the_band_of_revenue(registry, officer, rule_set):
    spending = LeadReaches(needed=Quantifier.ANY, thresholds=(Threshold(figure=LeadFigure.RD_SPENDING, least=30e6),))
    add(registry, officer, rule_set, spending)

    def outcome(**values):
        return judged(registry, officer, rule_set, [make.organisation(registry, **values)]).rules[0].outcome

    assert outcome(rd_ratio=0.1, revenue_band=RevenueBand.FROM_400M) is RuleOutcome.MET
    assert outcome(rd_ratio=0.1, revenue_band=RevenueBand.FROM_20M) is RuleOutcome.BROKEN
    assert outcome(rd_ratio=0.1, revenue_band=RevenueBand.FROM_100M) is RuleOutcome.UNKNOWN
    assert outcome(rd_ratio=0.1) is RuleOutcome.UNKNOWN


def test_an_expired_certification_is_not_held_and_one_that_is_not_recorded_is_asked_for(registry, officer, rule_set):
    add(registry, officer, rule_set, LeadIs(certifications=("high-tech",)))

    def outcome(*valid_until):
        lead = make.organisation(registry)
        registry.add_all(
            Certification(organisation_id=lead.id, scheme_code="high-tech", valid_until=day) for day in valid_until
        )
        registry.flush()
        return judged(registry, officer, rule_set, [lead]).rules[0].outcome

    assert outcome(date(2027, 1, 1)) is RuleOutcome.MET
    assert outcome(date(2026, 1, 1)) is RuleOutcome.BROKEN
    assert outcome() is RuleOutcome.UNKNOWN


def test_two_with_a_recorded_conflict_may_not_sit_in_one_team(registry, officer, rule_set):
    add(registry, officer, rule_set, figures.ConflictsApart())
    one, other, third = (make.organisation(registry) for _ in range(3))
    registry.add(OrganisationConflict(first_id=other.id, second_id=one.id, reason="诉讼", source="法院公告"))
    registry.flush()

    assert judged(registry, officer, rule_set, [one, third]).is_accepted
    assert set(judged(registry, officer, rule_set, [one, other, third]).rules[0].who) == {one.id, other.id}


def test_money_is_judged_where_it_is_settled(registry, officer, rule_set):
    add(registry, officer, rule_set, LargestShare(most=0.5))
    one, other = make.organisation(registry), make.organisation(registry)

    def outcome(*money):
        members = [TeamMember(organisation_id=o.id, money=m) for o, m in zip((one, other), money, strict=True)]
        found = judging.judge_team(
            registry, officer, reading.rules_in(registry, rule_set), members, lead_id=one.id, today=TODAY, budget=10e6
        )
        return found.rules[0].outcome

    assert outcome(5e6, 5e6) is RuleOutcome.MET
    assert outcome(6e6, 4e6) is RuleOutcome.BROKEN
    assert outcome(2e6, None) is RuleOutcome.BROKEN
    assert outcome(None, None) is RuleOutcome.UNKNOWN


def test_ownership_counts_as_a_share_of_the_members(registry, officer, rule_set):
    add(registry, officer, rule_set, figures.OwnershipShare(ownerships=(Ownership.PRIVATE,), least=0.5))
    private = make.organisation(registry, ownership=Ownership.PRIVATE)
    state = make.organisation(registry, ownership=Ownership.CENTRAL_STATE)

    assert judged(registry, officer, rule_set, [state, private]).is_accepted
    assert not judged(registry, officer, rule_set, [state]).is_accepted


# --- conflicts on record ---


def put_on_record(session, actor, first, second, **values):
    draft = ConflictDraft(first_id=first.id, second_id=second.id, **{"reason": "", "source": "法院公告", **values})
    return conflicts.add_conflict(session, actor, draft)


def test_a_pair_is_on_record_once_whichever_of_the_two_is_named_first(registry, officer):
    one, other = make.organisation(registry), make.organisation(registry)
    put_on_record(registry, officer, one, other)

    with pytest.raises(InvalidInput) as refused:
        put_on_record(registry, officer, other, one)

    assert refused.value.code == "conflict_listed"
    (listed,) = conflicts.list_conflicts(registry, officer)
    assert {listed.first.id, listed.second.id} == {one.id, other.id}


def test_off_the_record_the_two_may_meet_again(registry, officer, rule_set):
    add(registry, officer, rule_set, figures.ConflictsApart())
    one, other = make.organisation(registry), make.organisation(registry)
    record = put_on_record(registry, officer, one, other)
    assert not judged(registry, officer, rule_set, [one, other]).is_accepted

    conflicts.remove_conflict(registry, officer, record)

    assert judged(registry, officer, rule_set, [one, other]).is_accepted


@pytest.mark.parametrize(("values", "field"), [({"source": ""}, "source"), ({"reason": "因" * 501}, "reason")])
def test_a_conflict_says_by_what_it_is_known(registry, officer, values, field):
    with pytest.raises(InvalidInput) as refused:
        put_on_record(registry, officer, make.organisation(registry), make.organisation(registry), **values)

    assert refused.value.field == field


def test_only_who_edits_rules_reads_and_keeps_the_record(registry, officer):
    one, other = make.organisation(registry), make.organisation(registry)
    member, record = make.member(registry, one), put_on_record(registry, officer, one, other)

    for attempt in (
        lambda: conflicts.list_conflicts(registry, member),
        lambda: put_on_record(registry, member, one, other),
        lambda: conflicts.remove_conflict(registry, member, record),
    ):
        with pytest.raises(NotAllowed):
            attempt()
