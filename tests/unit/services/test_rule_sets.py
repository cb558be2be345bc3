"""Rule sets: drafts that are edited, editions that are frozen, and teams held against them."""

from dataclasses import replace
from datetime import date

import pytest
from sqlmodel import select

from matchmaker.errors import InvalidInput, NotAllowed, NotFound, Stale
from matchmaker.services.rule_sets import comparing, editions, figures, reading, rules
from matchmaker.services.rule_sets.editions import SetDraft
from matchmaker.services.rule_sets.figures import (
    Apart,
    DifferentDistricts,
    FromDistricts,
    LargestShare,
    LeadIs,
    LeadReaches,
    MemberCount,
    OfKinds,
    OwnMoney,
    RuleDraft,
    SmeShare,
    TechnicalStaff,
    Threshold,
)
from models.audit import AuditEntry
from models.challenges import Challenge
from models.enums import (
    ChallengeKind,
    LeadFigure,
    OrganisationKind,
    Quantifier,
    RuleKind,
    RuleSetState,
)
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


def change(session, actor, home, rule, rule_figures, *, source="第三条", expected_version=None):
    draft = RuleDraft(figures=rule_figures, source=source)
    rules.change_rule(session, actor, home, rule, draft, expected_version=expected_version)


def publish(session, actor, rule_set):
    editions.publish(session, actor, rule_set, expected_version=rule_set.version)


def challenge_of(session, organisation, **values):
    challenge = Challenge(
        organisation_id=organisation.id, kind=ChallengeKind.CHALLENGE, title_zh="座舱芯片国产化", **values
    )
    session.add(challenge)
    session.flush()
    return challenge


# --- editions ---


def test_a_new_set_is_the_draft_of_a_first_edition(registry, rule_set):
    assert (rule_set.state, rule_set.edition) == (RuleSetState.DRAFT, 1)


def test_a_set_without_a_source_is_refused_at_its_field(registry, officer):
    with pytest.raises(InvalidInput) as refused:
        editions.create_set(registry, officer, replace(DRAFT, source=""))

    assert (refused.value.code, refused.value.field) == ("rule_source_missing", "source")


def test_an_edition_without_rules_is_not_published(registry, officer, rule_set):
    with pytest.raises(InvalidInput) as refused:
        publish(registry, officer, rule_set)

    assert refused.value.code == "rule_set_empty"


@pytest.mark.parametrize(
    "attempt",
    [
        lambda s, o, home, rule: rules.add_rule(s, o, home, RuleDraft(figures=LAB, source="x")),
        lambda s, o, home, rule: rules.change_rule(
            s, o, home, rule, RuleDraft(figures=LAB, source="y"), expected_version=None
        ),
        lambda s, o, home, rule: rules.remove_rule(s, o, home, rule),
        lambda s, o, home, rule: rules.move_up(s, o, home, rule),
        lambda s, o, home, rule: editions.change_set(s, o, home, DRAFT, expected_version=None),
        lambda s, o, home, rule: editions.delete_set(s, o, home),
        lambda s, o, home, rule: editions.publish(s, o, home, expected_version=None),
    ],
    ids=["add", "change", "remove", "move", "rename", "delete", "publish"],
)
def test_nothing_of_a_published_edition_can_be_changed(registry, officer, rule_set, attempt):
    rule = add(registry, officer, rule_set, LAB)
    publish(registry, officer, rule_set)

    with pytest.raises(InvalidInput) as refused:
        attempt(registry, officer, rule_set, rule)

    assert refused.value.code == "edition_is_published"


def test_the_next_edition_begins_where_the_published_one_stands_and_replaces_it(registry, officer, rule_set):
    add(registry, officer, rule_set, LAB)
    publish(registry, officer, rule_set)

    second = editions.start_edition(registry, officer, rule_set)
    add(registry, officer, second, MemberCount(least=4, most=6))
    publish(registry, officer, second)

    assert (second.edition, second.state) == (2, RuleSetState.PUBLISHED)
    assert rule_set.state is RuleSetState.REPLACED
    assert [one.kind for one in reading.rules_in(registry, rule_set)] == [RuleKind.KIND_COUNT]
    assert [one.kind for one in reading.rules_in(registry, second)] == [RuleKind.KIND_COUNT, RuleKind.MEMBER_COUNT]


def test_while_an_edition_is_being_written_no_other_is_begun(registry, officer, rule_set):
    add(registry, officer, rule_set, LAB)
    publish(registry, officer, rule_set)

    first_try = editions.start_edition(registry, officer, rule_set)
    again = editions.start_edition(registry, officer, rule_set)

    assert again is first_try


def test_a_copy_has_the_rules_with_their_citations_and_a_family_of_its_own(registry, officer, rule_set):
    add(registry, officer, rule_set, LAB, is_hard=False)

    copy = editions.create_set(registry, officer, replace(DRAFT, name_zh="新规则"), copied_from=rule_set)

    (rule,) = reading.rules_in(registry, copy)
    assert copy.family != rule_set.family
    assert (rule.source, rule.is_hard, figures.figures_of(rule)) == ("第三条", False, LAB)


def test_who_publishes_what_has_changed_since_it_was_opened_is_told(registry, officer, rule_set):
    add(registry, officer, rule_set, LAB)
    seen = rule_set.version
    add(registry, officer, rule_set, MemberCount(least=4))

    with pytest.raises(Stale):
        editions.publish(registry, officer, rule_set, expected_version=seen)


def test_a_draft_can_be_deleted_with_its_rules(registry, officer, rule_set):
    add(registry, officer, rule_set, LAB)

    editions.delete_set(registry, officer, rule_set)

    with pytest.raises(NotFound):
        editions.get_set(registry, officer, rule_set.id)


def test_a_member_sees_what_is_published_and_no_draft(registry, officer, rule_set):
    member = make.member(registry, make.organisation(registry))
    add(registry, officer, rule_set, LAB)

    assert list(editions.list_sets(registry, member)) == []
    with pytest.raises(NotFound):
        editions.get_set(registry, member, rule_set.id)
    publish(registry, officer, rule_set)
    assert editions.get_set(registry, member, rule_set.id) is rule_set


def test_only_who_edits_rules_makes_publishes_or_deletes_sets(registry, rule_set):
    member = make.member(registry, make.organisation(registry))

    for attempt in (
        lambda: editions.create_set(registry, member, DRAFT),
        lambda: editions.change_set(registry, member, rule_set, DRAFT, expected_version=None),
        lambda: editions.publish(registry, member, rule_set, expected_version=None),
        lambda: editions.start_edition(registry, member, rule_set),
        lambda: editions.delete_set(registry, member, rule_set),
        lambda: add(registry, member, rule_set, LAB),
    ):
        with pytest.raises(NotAllowed):
            attempt()


def test_templates_are_for_copying_and_not_for_use(registry, officer):
    template = editions.create_set(registry, officer, replace(DRAFT, is_template=True))
    add(registry, officer, template, LAB)
    publish(registry, officer, template)

    assert list(editions.list_usable(registry, officer)) == []


def test_every_change_leaves_its_audit_row(registry, officer, rule_set):
    rule = add(registry, officer, rule_set, LAB)
    change(registry, officer, rule_set, rule, replace(LAB, least=2))
    publish(registry, officer, rule_set)

    actions = [entry.action for entry in registry.exec(select(AuditEntry).order_by(AuditEntry.id))]
    assert actions == ["rule_set.create", "rule.add", "rule.change", "rule_set.publish"]


# --- rules ---


def test_two_officers_who_change_the_same_figure_do_not_overwrite_each_other(registry, officer, rule_set):
    rule = add(registry, officer, rule_set, MemberCount(least=4, most=6))
    seen = rule.version
    change(registry, officer, rule_set, rule, MemberCount(least=5, most=6), expected_version=seen)

    with pytest.raises(Stale) as refused:
        change(registry, officer, rule_set, rule, MemberCount(least=3, most=6), expected_version=seen)

    assert refused.value.differences == {"least": (5, 3)}


def test_another_rule_that_a_colleague_changes_is_no_conflict(registry, officer, rule_set):
    mine, theirs = (
        add(registry, officer, rule_set, MemberCount(least=4)),
        add(registry, officer, rule_set, LAB),
    )
    seen = mine.version
    change(registry, officer, rule_set, theirs, LAB, source="第四条", expected_version=theirs.version)

    change(registry, officer, rule_set, mine, MemberCount(least=5), expected_version=seen)

    assert mine.arguments == {"least": 5}


def test_rules_move_to_the_front_one_place_at_a_time(registry, officer, rule_set):
    first, second = add(registry, officer, rule_set, LAB), add(registry, officer, rule_set, MemberCount(least=4))

    rules.move_up(registry, officer, rule_set, second)
    rules.move_up(registry, officer, rule_set, second)

    assert [one.id for one in reading.rules_in(registry, rule_set)] == [second.id, first.id]


@pytest.mark.parametrize(
    ("wrong", "code", "field"),
    [
        (MemberCount(), "bound_missing", "least"),
        (MemberCount(least=6, most=4), "bound_order", "most"),
        (MemberCount(least=99), "out_of_range", "least"),
        (OfKinds(kinds=(), least=1), "choose_some", "kinds"),
        (FromDistricts(districts=("999999",), least=1), "unknown_codes", "districts"),
        (SmeShare(least=1.5), "out_of_range", "least"),
        (LargestShare(most=0.0), "out_of_range", "most"),
        (OwnMoney(least=float("nan")), "out_of_range", "least"),
        (DifferentDistricts(least=0), "out_of_range", "least"),
        (LeadIs(), "rule_says_nothing", "kinds"),
        (LeadIs(certifications=("knighthood",)), "unknown_codes", "certifications"),
        (LeadReaches(needed=Quantifier.ANY, thresholds=()), "rule_says_nothing", "rd_ratio"),
        (
            LeadReaches(needed=Quantifier.ANY, thresholds=(Threshold(figure=LeadFigure.RD_RATIO, least=3),)),
            "out_of_range",
            "rd_ratio",
        ),
        (Apart(first="nobody", second="nobody"), "unknown_organisation", "first"),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused_at_its_field(registry, officer, rule_set, wrong, code, field):
    with pytest.raises(InvalidInput) as refused:
        add(registry, officer, rule_set, wrong)

    assert (refused.value.code, refused.value.field) == (code, field)


def test_a_rule_without_a_citation_is_refused(registry, officer, rule_set):
    with pytest.raises(InvalidInput) as refused:
        add(registry, officer, rule_set, LAB, source=" ")

    assert (refused.value.code, refused.value.field) == ("rule_source_missing", "source")


def test_two_of_a_pair_are_two(registry, officer, rule_set):
    one = str(make.organisation(registry).id)

    with pytest.raises(InvalidInput) as refused:
        add(registry, officer, rule_set, Apart(first=one, second=one))

    assert refused.value.code == "two_organisations"


def test_what_is_stored_of_a_rule_reads_back_as_it_was(registry, officer, rule_set):
    wanted = LeadReaches(
        needed=Quantifier.ANY,
        thresholds=(
            Threshold(figure=LeadFigure.RD_RATIO, least=0.03),
            Threshold(figure=LeadFigure.RD_SPENDING, least=30e6),
        ),
    )

    rule = add(registry, officer, rule_set, wanted)
    registry.expire(rule)

    assert figures.figures_of(rule) == wanted


# --- rules of one challenge ---


def test_a_chain_leader_adds_rules_to_its_own_challenge_until_it_is_handed_in(registry):
    leader = make.organisation(registry)
    owner = make.member(registry, leader)
    challenge = challenge_of(registry, leader)

    add(registry, owner, challenge, LAB)
    challenge.is_submitted = True

    assert [one.kind for one in reading.rules_in(registry, challenge)] == [RuleKind.KIND_COUNT]
    with pytest.raises(InvalidInput) as refused:
        add(registry, owner, challenge, MemberCount(least=4))
    assert refused.value.code == "challenge_handed_in"


def test_a_stranger_may_not_add_rules_to_a_challenge(registry):
    challenge = challenge_of(registry, make.organisation(registry))
    stranger = make.member(registry, make.organisation(registry))

    with pytest.raises(NotAllowed):
        add(registry, stranger, challenge, LAB)


def test_a_team_is_under_the_rules_of_the_set_and_those_of_the_challenge(registry, officer, rule_set):
    challenge = challenge_of(registry, make.organisation(registry), rule_set_id=rule_set.id)
    of_set, own = add(registry, officer, rule_set, LAB), add(registry, officer, challenge, MemberCount(least=4))

    under = reading.rules_for(registry, rule_set_id=rule_set.id, challenge_id=challenge.id)

    assert [one.id for one in under] == [of_set.id, own.id]


# --- comparing editions ---


def test_two_editions_differ_in_what_was_changed_added_and_taken_out(registry, officer, rule_set):
    add(registry, officer, rule_set, LAB)
    add(registry, officer, rule_set, MemberCount(least=4))
    taken_out = add(registry, officer, rule_set, SmeShare(least=0.3))
    publish(registry, officer, rule_set)
    second = editions.start_edition(registry, officer, rule_set)
    _kept, changed, gone = reading.rules_in(registry, second)
    change(registry, officer, second, changed, MemberCount(least=5))
    rules.remove_rule(registry, officer, second, gone)
    added = add(registry, officer, second, TechnicalStaff(least=30))

    found = comparing.compare(registry, rule_set, second)

    assert [one.is_changed for one in found] == [False, True, True, True]
    assert found[1].before
    assert (found[1].before.arguments, changed.arguments) == ({"least": 4}, {"least": 5})
    assert (found[2].before, found[2].after) == (None, added)
    assert (found[3].before, found[3].after) == (taken_out, None)
