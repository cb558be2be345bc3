"""The demo region: big enough, the same every time, true to itself, and with a key that can be trusted."""

import re
from collections import Counter, defaultdict
from datetime import date
from itertools import combinations

import pytest

from matchmaker import uscc
from models.enums import OrganisationKind, ParticipationRole, ProjectKind
from models.facilities import Facility
from models.funds import Mandate, MandateField
from models.offers import Need, Offer
from models.organisations import Certification, Organisation, OrganisationNode, PatentCount
from models.rounds import Round, RoundMilestone
from models.track import Participation, Project
from seeds.demo.region import generate

TODAY = date(2026, 11, 22)
TEXTS = tuple(f"{name}_{language}" for name in ("title", "summary", "description") for language in ("zh", "en"))


# How much there is


def test_the_region_is_as_big_as_promised(world):
    assert len(world.all_of(Organisation)) >= 2_000
    assert len(world.all_of(Offer)) >= 3_000
    assert len(world.all_of(Need)) >= 2_000
    assert len(world.all_of(Facility)) == 120
    assert len(world.all_of(Mandate)) == 60
    assert len(world.all_of(Round)) == 400
    kinds = Counter(project.kind for project in world.all_of(Project))
    assert kinds[ProjectKind.CONSORTIUM] >= 300
    assert kinds[ProjectKind.INVESTMENT] == 600


def test_all_seven_kinds_are_there_and_most_are_smes(world):
    kinds = Counter(organisation.kind for organisation in world.all_of(Organisation))

    assert set(kinds) == set(OrganisationKind)
    assert kinds[OrganisationKind.SME] > 0.75 * kinds.total()


def test_every_open_capability_is_offered_and_needed_by_somebody(world):
    offered = {code for body in world.bodies for code in body.sells}
    needed = {code for body in world.bodies for code in body.wants}

    # At thin nodes there may be nobody, on purpose.
    thin = {skill.code for node in world.thin for skill in world.chains.by_node[node.code]}
    assert offered - thin == set(world.chains.skills) - thin
    assert len(needed) > 0.7 * len(world.chains.skills)


def test_profiles_are_full_partial_and_nearly_empty(world):
    smes = world.of_kind(OrganisationKind.SME)
    bare = [body for body in smes if body.record.staff is None and not body.sells and not body.wants]
    partial = [body for body in smes if body.record.revenue_band is None and (body.sells or body.wants)]

    assert 0.05 < len(bare) / len(smes) < 0.15
    assert 0.1 < len(partial) / len(smes) < 0.3


# The same every time


def test_the_same_day_gives_the_same_region(demo):
    again = generate(TODAY)

    assert [record.model_dump() for record in again.world.records] == [r.model_dump() for r in demo.world.records]
    assert again.key == demo.key


@pytest.mark.slow
def test_another_day_moves_only_dates(demo):
    later = generate(date(2027, 3, 1))

    assert later.key == demo.key
    assert [(o.source_key, o.id, o.name_zh, o.uscc) for o in later.world.all_of(Organisation)] == [
        (o.source_key, o.id, o.name_zh, o.uscc) for o in demo.world.all_of(Organisation)
    ]
    assert all(need.valid_until >= date(2027, 3, 1) for need in planted_needs(later))


def planted_needs(demo):
    keys = {entry.need_key for entry in demo.key}
    return [need for need in demo.world.all_of(Need) if need.source_key in keys]


def test_keys_and_ids_are_unique(world):
    for table in (Organisation, Offer, Need, Facility, Mandate, Project):
        records = world.all_of(table)

        assert len({record.source_key for record in records}) == len(records), table
        assert len({record.id for record in records}) == len(records), table


# True to itself


def test_names_and_credit_codes_are_unique_and_valid(world):
    organisations = world.all_of(Organisation)

    assert all(uscc.is_valid(organisation.uscc) for organisation in organisations)
    for name in ("uscc", "name_key", "name_en"):
        assert len({getattr(organisation, name) for organisation in organisations}) == len(organisations), name


def test_nobody_needs_what_it_offers(world):
    assert not [body.key for body in world.bodies if body.sells & body.wants]


def test_offers_belong_to_the_chain_nodes_of_their_organisation(world, bodies, offers, levels):
    for offer_id, tags in levels.items():
        body = bodies[offers[offer_id].organisation_id]

        assert {world.chains.skills[code].node for code in tags} <= set(body.nodes), body.key


def test_the_chinese_and_the_english_text_speak_of_the_tagged_capability(world, offers, levels):
    for offer_id, tags in levels.items():
        offer = offers[offer_id]
        skill = world.chains.skills[next(iter(tags))]

        if offer.title_zh:
            assert skill.product.zh in offer.title_zh + offer.description_zh, offer.source_key
        if offer.title_en:
            text = (offer.title_en + offer.description_en).casefold()
            assert skill.product.en.casefold() in text, offer.source_key


def test_a_need_tells_its_problem_and_does_not_name_the_product(world, needs, required):
    tagged = ((need_id, tags[0]) for need_id, tags in required.items() if tags)
    for need_id, tag in tagged:
        need, skill = needs[need_id], world.chains.skills[tag.capability_code]
        zh = need.summary_zh + need.description_zh

        if zh:
            assert skill.problem.zh in zh, need.source_key
            assert skill.product.zh not in zh, need.source_key


def test_texts_hold_no_rest_of_a_template(world):
    rest = re.compile(r"[{}]|\bNone\b|\bnan\b|。。|，。|\.\.|  | ,| \.")
    wrong = [
        (record.source_key, name)
        for table in (Offer, Need, Organisation, Facility, Project, Mandate)
        for record in world.all_of(table)
        for name, value in record.model_dump().items()
        if isinstance(value, str) and rest.search(value)
    ]

    assert wrong == []


def test_texts_fit_their_columns(world):
    for table in (Offer, Need, Organisation, Facility, Project, Mandate, Round):
        limits = {
            name: next((m.max_length for m in field.metadata if hasattr(m, "max_length")), None)
            for name, field in table.model_fields.items()
        }
        for record in world.all_of(table):
            for name, limit in limits.items():
                value = getattr(record, name)
                assert not isinstance(value, str) or limit is None or len(value) <= limit, (table, name, value)


def test_texts_are_varied(world):
    summaries = Counter(
        text
        for table in (Offer, Need)
        for record in world.all_of(table)
        for text in (record.summary_zh, record.summary_en)
    )
    del summaries[""]

    repeated = sum(count for count in summaries.values() if count > 1)

    assert repeated < 0.03 * summaries.total()


def test_no_two_offers_of_one_organisation_are_alike(world):
    seen = Counter((offer.organisation_id, offer.title_zh, offer.title_en) for offer in world.all_of(Offer))
    summaries = Counter((offer.organisation_id, offer.summary_zh, offer.summary_en) for offer in world.all_of(Offer))

    assert max(summaries.values()) == 1
    assert sum(count > 1 for count in seen.values()) < 0.01 * len(seen)


def test_texts_come_in_both_languages_mostly(world):
    postings = [*world.all_of(Offer), *world.all_of(Need)]
    both = sum(bool(posting.title_zh and posting.title_en) for posting in postings)
    english = sum(not posting.title_zh for posting in postings)

    assert 0.6 < both / len(postings) < 0.85
    assert 0.03 < english / len(postings) < 0.12


def test_numbers_in_the_profile_text_are_those_of_the_columns(world):
    for organisation in world.all_of(Organisation):
        for pattern in (r"员工(\d+)人", r"(?<!\d)(\d+) staff"):
            found = re.search(pattern, organisation.summary_zh + organisation.summary_en)
            if found and organisation.kind is OrganisationKind.SME:
                assert int(found[1]) == organisation.staff, organisation.source_key


def test_prices_and_readiness_in_texts_are_those_of_the_columns(world):
    for posting in [*world.all_of(Offer), *world.all_of(Need)]:
        found = re.search(r"(\d+(?:\.\d+)?)万至(\d+(?:\.\d+)?)万元", posting.summary_zh + posting.description_zh)
        if found:
            assert (float(found[1]) * 1e4, float(found[2]) * 1e4) == (posting.budget_low, posting.budget_high)
    for need in world.all_of(Need):
        found = re.search(r"成熟度(?:不低于|到)?(\d)级", need.description_zh)
        if found:
            assert int(found[1]) == need.trl_low


def test_certificates_suit_their_holder(world, bodies):
    for certificate in world.all_of(Certification):
        body = bodies[certificate.organisation_id]
        record = body.record

        assert certificate.issued_on <= TODAY
        if certificate.scheme_code == "chain-leader":
            assert record.kind is OrganisationKind.CHAIN_LEADER
        if certificate.scheme_code == "little-giant":
            assert record.kind is OrganisationKind.SME
        if certificate.scheme_code == "tech-sme":
            assert record.staff is None or record.staff <= 500
    assert any(
        certificate.valid_until and certificate.valid_until < TODAY for certificate in world.all_of(Certification)
    )


def test_figures_are_in_range(world):
    for organisation in world.all_of(Organisation):
        assert organisation.founded_on < TODAY
        if organisation.capacity is not None and organisation.engaged is not None:
            assert 0 <= organisation.engaged <= organisation.capacity
    for count in world.all_of(PatentCount):
        assert count.applied > 0
        assert re.fullmatch(r"[A-H]\d\d[A-Z]", count.ipc_class)
    for facility in world.all_of(Facility):
        assert facility.hours_used <= facility.hours_open
        assert facility.trl_in <= facility.trl_out


def test_rounds_reach_higher_readiness_month_by_month_within_their_money(world):
    milestones = defaultdict(list)
    for milestone in world.all_of(RoundMilestone):
        milestones[milestone.round_id].append(milestone)

    for funding in world.all_of(Round):
        steps = milestones[funding.id]
        assert [step.trl for step in steps] == sorted(step.trl for step in steps)
        assert [step.month for step in steps] == sorted(step.month for step in steps)
        assert sum(step.cost for step in steps) <= funding.amount


def test_funds_invested_in_stages_fields_and_amounts_of_their_mandate(world, bodies):
    fields = defaultdict(set)
    for field in world.all_of(MandateField):
        fields[field.mandate_id].add(field.node_code)
    mandates = {mandate.organisation_id: mandate for mandate in world.all_of(Mandate)}
    projects = {project.id: project for project in world.all_of(Project) if project.kind is ProjectKind.INVESTMENT}
    nodes = defaultdict(set)
    for node in world.all_of(OrganisationNode):
        nodes[node.organisation_id].add(node.node_code)
    investees = {
        part.project_id: part.organisation_id
        for part in world.all_of(Participation)
        if part.role is ParticipationRole.INVESTEE
    }

    for part in world.all_of(Participation):
        if part.role is not ParticipationRole.INVESTOR:
            continue
        mandate, project = mandates[part.organisation_id], projects[part.project_id]
        assert project.stage in mandate.stages
        assert mandate.ticket_low <= part.amount <= mandate.ticket_high
        assert fields[mandate.id] & nodes[investees[project.id]]
        assert bodies[investees[project.id]].record.founded_on < project.started_on <= TODAY


def test_the_past_lies_between_2017_and_today_and_partners_return(world):
    consortia = [project for project in world.all_of(Project) if project.kind is ProjectKind.CONSORTIUM]
    members = defaultdict(set)
    for part in world.all_of(Participation):
        members[part.project_id].add(part.organisation_id)
    pairs = Counter(pair for project in consortia for pair in combinations(sorted(members[project.id]), 2))

    assert all(date(2017, 1, 1) <= project.started_on <= TODAY for project in consortia)
    assert all(len(members[project.id]) >= 2 for project in consortia)
    assert sum(count > 1 for count in pairs.values()) > 100
