"""Mandates: written as drafts, published in editions, revised on a copy, steered, and seen by whom they may be."""

from dataclasses import replace

import pytest
from sqlmodel import select

from matchmaker.errors import InvalidInput, NotAllowed, NotFound, Stale
from matchmaker.services.calendar import today
from matchmaker.services.mandates import checking, editing, editions, listing, reading, seeing, steering
from matchmaker.services.mandates.drafts import (
    ClauseDraft,
    ClausesDraft,
    DirectionDraft,
    FieldDraft,
    FundDraft,
    LimitsDraft,
)
from models.audit import AuditEntry
from models.enums import ClauseForce, ClauseKind, FinancingStage, MandateStatus, MembershipRole, RiskTolerance
from models.funds import ClauseDefault, Mandate, MandateClause, MandateEdition
from tests import records as make
from tests.factories import make_fund, make_mandate

FUND = FundDraft(name_zh="云岭种子基金", size=2e8, remaining=1e8, investment_years=5, exit_years=5)
DIRECTION = DirectionDraft(
    stages=(FinancingStage.SEED, FinancingStage.ANGEL),
    fields=(FieldDraft(node_code="nev-cockpit", is_main=True), FieldDraft(node_code="nev-bms")),
    districts=("500112",),
    exclusions=("房地产",),
    thesis_zh="投早、投小、投硬科技",
)
LIMITS = LimitsDraft(ticket_low=5e5, ticket_high=2e6, firm_age_high=5, certifications=("high-tech",))
OWN_CLAUSE = ClauseDraft(
    kind=ClauseKind.FIRM_AGE, force=ClauseForce.HARD, text_zh="成立不超过五年", source="合伙协议第八条"
)
CLAUSES = ClausesDraft(clauses=(OWN_CLAUSE,), risk_tolerance=RiskTolerance.HIGH, decision_weeks=6)


@pytest.fixture
def fund(registry):
    registry.add_all(
        ClauseDefault(kind=kind, force=ClauseForce.WAIVABLE, source="test")
        for kind in ClauseKind
        if kind is not ClauseKind.REINVESTMENT
    )
    registry.add(ClauseDefault(kind=ClauseKind.REINVESTMENT, force=ClauseForce.SOFT, source="test"))
    fund = make_fund()
    registry.add(fund)
    registry.flush()
    return fund


@pytest.fixture
def manager(registry, fund):
    return make.member(registry, fund)


@pytest.fixture
def draft_mandate(registry, fund, manager):
    """A mandate that is written in full and not published."""
    mandate = editing.create(registry, manager, fund, FUND)
    for step in (DIRECTION, LIMITS, CLAUSES):
        editing.edit(registry, manager, mandate, step)
    return mandate


@pytest.fixture
def published(registry, manager, draft_mandate):
    return editions.publish(registry, manager, draft_mandate, note="首版")


def test_what_is_written_in_steps_is_read_back_as_it_was_written(registry, draft_mandate):
    terms = reading.terms_of(registry, draft_mandate)

    assert terms == reading.Terms(fund=FUND, direction=DIRECTION, limits=LIMITS, clauses=CLAUSES)
    assert (draft_mandate.status, draft_mandate.edition) == (MandateStatus.DRAFT, 0)


def test_a_step_that_is_saved_twice_changes_nothing_and_leaves_no_trace(registry, manager, draft_mandate):
    before = (draft_mandate.version, len(registry.exec(select(AuditEntry)).all()))

    editing.edit(registry, manager, draft_mandate, replace(DIRECTION, fields=DIRECTION.fields[::-1]))
    editing.edit(registry, manager, draft_mandate, CLAUSES)

    assert (draft_mandate.version, len(registry.exec(select(AuditEntry)).all())) == before


def test_a_clause_held_as_is_usual_needs_no_row_of_its_own(registry, manager, draft_mandate):
    usual = ClauseDraft(kind=ClauseKind.STAGE, force=ClauseForce.WAIVABLE)

    editing.edit(registry, manager, draft_mandate, replace(CLAUSES, clauses=(OWN_CLAUSE, usual)))

    assert [row.kind for row in registry.exec(select(MandateClause))] == [ClauseKind.FIRM_AGE]


@pytest.mark.parametrize(
    ("step", "field"),
    [
        (FundDraft(), "name_zh"),
        (replace(FUND, size=-1), "size"),
        (replace(FUND, remaining=3e8), "remaining"),
        (replace(FUND, exit_years=51), "exit_years"),
        (replace(DIRECTION, fields=(FieldDraft(node_code="no-such-node"),)), "fields"),
        (replace(DIRECTION, fields=DIRECTION.fields * 2), "fields"),
        (replace(DIRECTION, districts=("000000",)), "districts"),
        (replace(DIRECTION, exclusions=("长" * 81,)), "exclusions"),
        (replace(LIMITS, ticket_high=1e5), "ticket_high"),
        (replace(LIMITS, ticket_low=-1), "ticket_low"),
        (replace(LIMITS, stake_high=1.2), "stake_high"),
        (replace(LIMITS, trl_low=10), "trl_low"),
        (replace(LIMITS, certifications=("no-such-scheme",)), "certifications"),
        (replace(LIMITS, reinvestment_multiple=11), "reinvestment_multiple"),
        (replace(CLAUSES, decision_weeks=521), "decision_weeks"),
        (replace(CLAUSES, clauses=(OWN_CLAUSE, OWN_CLAUSE)), "clauses"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(registry, manager, draft_mandate, step, field):
    with pytest.raises(InvalidInput) as refused:
        editing.edit(registry, manager, draft_mandate, step)

    assert refused.value.field == field


def test_local_reinvestment_never_becomes_a_hard_clause(registry, manager, draft_mandate):
    hard = ClauseDraft(kind=ClauseKind.REINVESTMENT, force=ClauseForce.HARD)

    with pytest.raises(InvalidInput) as refused:
        editing.edit(registry, manager, draft_mandate, ClausesDraft(clauses=(hard,)))

    assert refused.value.code == "force_is_fixed"


def test_who_saves_over_a_colleagues_change_is_told_what_differs(registry, manager, draft_mandate):
    seen = draft_mandate.version
    editing.edit(registry, manager, draft_mandate, replace(LIMITS, firm_age_high=8), expected_version=seen)

    with pytest.raises(Stale) as conflict:
        editing.edit(registry, manager, draft_mandate, replace(LIMITS, firm_age_high=6), expected_version=seen)

    assert conflict.value.differences == {"firm_age_high": (8, 6)}


def test_a_mandate_without_stages_or_tickets_is_not_published(registry, fund, manager):
    mandate = editing.create(registry, manager, fund, FUND)

    stopping = [one.code for one in checking.findings(reading.terms_of(registry, mandate)) if one.stops]
    with pytest.raises(InvalidInput) as refused:
        editions.publish(registry, manager, mandate)

    assert stopping == ["stages_missing", "ticket_low_missing", "ticket_high_missing"]
    assert (refused.value.code, refused.value.field) == ("stages_missing", "stages")


def test_a_share_of_main_fields_needs_a_main_field(registry, manager, draft_mandate):
    editing.edit(registry, manager, draft_mandate, replace(LIMITS, main_field_share=0.6))
    editing.edit(registry, manager, draft_mandate, replace(DIRECTION, fields=(FieldDraft(node_code="nev-bms"),)))

    with pytest.raises(InvalidInput) as refused:
        editions.publish(registry, manager, draft_mandate)

    assert refused.value.code == "main_field_missing"


def test_an_edition_freezes_every_term_and_the_force_of_every_stated_clause(registry, published):
    (edition,) = editions.list_editions(registry, published)

    assert (published.status, published.edition, published.last_verified_on) == (MandateStatus.INVESTING, 1, today())
    assert (edition.number, edition.note) == (1, "首版")
    assert edition.terms["fields"][0] == {"node_code": "nev-cockpit", "is_main": True}
    forces = {clause["kind"]: clause["force"] for clause in edition.terms["clauses"]}
    assert forces["firm_age"] == "hard"
    assert forces["district"] == "waivable"
    assert "staff" not in forces


def test_published_terms_change_only_when_their_working_copy_is_published(registry, manager, published):
    copy = editing.revise(registry, manager, published)
    editing.edit(registry, manager, copy, replace(LIMITS, firm_age_high=8, ticket_high=3e6))

    assert reading.terms_of(registry, published).limits == LIMITS
    after = editions.publish(registry, manager, copy, note="放宽年限")

    assert after.id == published.id
    assert (published.firm_age_high, published.ticket_high, published.edition) == (8, 3e6, 2)
    assert reading.terms_of(registry, published).clauses.clauses == (OWN_CLAUSE,)
    assert registry.exec(select(Mandate)).all() == [published]


def test_a_revision_of_a_paused_mandate_leaves_it_paused(registry, manager, published):
    steering.move(registry, manager, published, MandateStatus.PAUSED)

    editions.publish(registry, manager, editing.revise(registry, manager, published))

    assert published.status is MandateStatus.PAUSED


def test_colleagues_share_one_working_copy(registry, manager, fund, published):
    colleague = make.member(registry, fund)

    assert editing.revise(registry, manager, published) is editing.revise(registry, colleague, published)


def test_a_discarded_revision_leaves_the_published_terms(registry, manager, published):
    copy = editing.revise(registry, manager, published)
    editing.edit(registry, manager, copy, replace(LIMITS, firm_age_high=8))

    editing.discard(registry, manager, copy)

    assert registry.exec(select(Mandate)).all() == [published]
    assert published.firm_age_high == 5


def test_published_terms_are_not_written_on(registry, manager, published):
    with pytest.raises(NotFound):
        editing.edit(registry, manager, published, LIMITS)
    with pytest.raises(NotFound):
        editing.discard(registry, manager, published)


def test_nobody_publishes_what_they_have_not_read(registry, manager, draft_mandate):
    read = draft_mandate.version
    editing.edit(registry, manager, draft_mandate, replace(LIMITS, firm_age_high=8))

    with pytest.raises(Stale):
        editions.publish(registry, manager, draft_mandate, expected_version=read)


def test_two_editions_are_compared_term_by_term(registry, manager, published):
    copy = editing.revise(registry, manager, published)
    editing.edit(registry, manager, copy, replace(LIMITS, firm_age_high=None, staff_high=100))
    editing.edit(registry, manager, copy, replace(CLAUSES, clauses=()))
    editions.publish(registry, manager, copy)
    first, second = (editions.get_edition(registry, published, number) for number in (1, 2))

    differences = {one.name: (one.before, one.after) for one in editions.compare(first.terms, second.terms)}

    assert differences["firm_age_high"] == (5, None)
    assert differences["staff_high"] == (None, 100)
    assert differences["clause:firm_age"][0]["text_zh"] == "成立不超过五年"
    assert differences["clause:firm_age"][1] is None
    assert set(differences) == {"firm_age_high", "staff_high", "clause:firm_age", "clause:staff"}
    assert editions.compare(first.terms, first.terms) == ()


def test_terms_that_came_by_import_are_frozen_when_they_are_next_published(registry, fund, manager):
    imported = make_mandate(fund, stages=["seed"], ticket_low=5e5, ticket_high=2e6)
    registry.add(imported)
    registry.flush()

    copy = editing.revise(registry, manager, imported)
    editions.publish(registry, manager, copy)

    assert (imported.edition, len(registry.exec(select(MandateEdition)).all())) == (1, 1)


def test_a_closed_mandate_does_not_come_back(registry, manager, published):
    copy_id = editing.revise(registry, manager, published).id
    steering.move(registry, manager, published, MandateStatus.EXITING)
    steering.move(registry, manager, published, MandateStatus.CLOSED)

    assert registry.get(Mandate, copy_id) is None
    with pytest.raises(InvalidInput) as refused:
        steering.move(registry, manager, published, MandateStatus.INVESTING)
    assert refused.value.code == "mandate_step"
    with pytest.raises(InvalidInput):
        editing.revise(registry, manager, published)


def test_a_draft_is_neither_paused_nor_verified(registry, manager, draft_mandate):
    with pytest.raises(InvalidInput):
        steering.move(registry, manager, draft_mandate, MandateStatus.PAUSED)
    with pytest.raises(InvalidInput):
        steering.verify(registry, manager, draft_mandate)


def test_terms_are_verified_with_the_day(registry, manager, published):
    published.last_verified_on = None

    steering.verify(registry, manager, published)

    assert published.last_verified_on == today()


def test_drafts_and_working_copies_exist_for_the_funds_people_and_officers_alone(
    registry, manager, officer, stranger, published
):
    copy = editing.revise(registry, manager, published)

    assert seeing.get_seen(registry, manager, copy.id) is copy
    assert seeing.get_seen(registry, officer, copy.id) is copy
    assert seeing.get_seen(registry, stranger, published.id) is published
    with pytest.raises(NotFound):
        seeing.get_seen(registry, stranger, copy.id)
    with pytest.raises(NotFound):
        seeing.get_published(registry, manager, copy.id)


def test_who_only_reads_in_a_fund_writes_nothing(registry, fund, published):
    viewer = make.member(registry, fund, role=MembershipRole.VIEWER)

    assert seeing.get_seen(registry, viewer, published.id) is published
    with pytest.raises(NotAllowed):
        seeing.get_owned(registry, viewer, published.id)
    for attempt in (
        lambda: editing.create(registry, viewer, fund, FUND),
        lambda: editing.revise(registry, viewer, published),
        lambda: steering.move(registry, viewer, published, MandateStatus.PAUSED),
        lambda: steering.verify(registry, viewer, published),
    ):
        with pytest.raises(NotAllowed):
            attempt()


def test_only_a_fund_has_mandates(registry, leader, poster):
    with pytest.raises(InvalidInput) as refused:
        editing.create(registry, poster, leader, FUND)

    assert refused.value.code == "wrong_kind"


def test_a_mandate_sent_twice_is_made_once(registry, fund, manager):
    assert editing.create(registry, manager, fund, FUND) is editing.create(registry, manager, fund, FUND)


def test_a_manager_finds_the_mandates_of_all_funds_with_their_working_copies(registry, fund, manager, published):
    other = make_fund()
    registry.add(other)
    registry.flush()
    both = replace(manager, memberships={**manager.memberships, other.id: MembershipRole.EDITOR})
    copy = editing.revise(registry, both, published)
    draft = editing.create(registry, both, fund, replace(FUND, name_zh="二期"))

    found = {
        one.fund.id: [(row.mandate, row.revision) for row in one.mandates] for one in listing.list_mine(registry, both)
    }

    assert found == {fund.id: [(published, copy), (draft, None)], other.id: []}
