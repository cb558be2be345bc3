"""The planted key: its shape, and that each part is what it says."""

from datetime import date

from models.enums import OrganisationKind, PostingState
from models.offers import Need
from seeds.demo.key import Flaw

TODAY = date(2026, 11, 22)
TEXTS = tuple(f"{name}_{language}" for name in ("title", "summary", "description") for language in ("zh", "en"))


def planted_needs(demo):
    keys = {entry.need_key for entry in demo.key}
    return [need for need in demo.world.all_of(Need) if need.source_key in keys]


def test_the_key_has_the_promised_shape(demo):
    assert len(demo.key) >= 150
    assert sum(entry.is_cross_lingual for entry in demo.key) >= 20
    assert 0.4 < sum(entry.is_tagged for entry in demo.key) / len(demo.key) < 0.6
    for entry in demo.key:
        assert len(entry.fits) == 1 if entry.is_cross_lingual else 2 <= len(entry.fits) <= 3
        assert len(entry.rivals) == 2
        assert len(entry.near_misses) == 2


def test_only_tagged_planted_needs_name_their_capability(demo, required):
    for entry in demo.key:
        named = {tag.capability_code for tag in required[entry.need_id]}

        assert named == ({entry.capability} if entry.is_tagged else set())


def test_every_planted_fit_meets_the_hard_rules_of_its_need(demo, needs, offers, levels, required, bodies):
    for entry in demo.key:
        for fit in entry.fits:
            assert misses(needs[entry.need_id], offers[fit.offer_id], levels, required, bodies) == []


def misses(need, offer, levels, required, bodies):
    """Which hard rules the offer breaks, worked out from the columns alone."""
    owner = bodies[offer.organisation_id].record
    reached = levels.get(str(offer.id), {})
    rules = {
        Flaw.EXPIRED: offer.state is PostingState.PUBLISHED and offer.valid_until >= TODAY,
        Flaw.FULL: owner.engaged < owner.capacity,
        Flaw.WRONG_KIND: not need.partner_kinds or owner.kind in need.partner_kinds,
        Flaw.TOO_EARLY: offer.trl_high >= need.trl_low and offer.trl_low <= need.trl_high,
        Flaw.LEVEL_TOO_LOW: all(reached.get(tag.capability_code, 0) >= tag.level for tag in required[str(need.id)]),
        "district": not need.partner_districts or owner.district_code in need.partner_districts,
        "type": offer.type in need.accepted_types,
        "price": offer.budget_low <= need.budget_high,
    }
    return [rule for rule, is_met in rules.items() if not is_met]


def test_every_near_miss_has_just_the_flaw_that_the_key_names(demo, needs, offers, levels, required, bodies):
    for entry in demo.key:
        for near in entry.near_misses:
            broken = misses(needs[entry.need_id], offers[near.offer_id], levels, required, bodies)

            assert [flaw for flaw in broken if flaw != "district"] == [near.flaw], near.offer_key


def test_outside_its_plot_nobody_offers_a_planted_capability(demo, world):
    planted = {entry.capability for entry in demo.key}
    insiders = {part.organisation_key for entry in demo.key for part in (*entry.fits, *entry.near_misses)}

    assert [body.key for body in world.bodies if body.sells & planted and body.key not in insiders] == []


def test_rivals_sell_what_the_owner_sells_and_nothing_it_needs(demo, world):
    by_key = {body.key: body for body in world.bodies}

    for entry in demo.key:
        for rival in entry.rivals:
            assert by_key[rival.organisation_key].sells & by_key[entry.owner_key].sells
            assert entry.capability not in by_key[rival.organisation_key].sells


def test_a_cross_lingual_need_is_chinese_only_and_its_lab_english_only(demo, needs, offers, bodies):
    for entry in demo.key:
        if not entry.is_cross_lingual:
            continue
        need, (fit,) = needs[entry.need_id], entry.fits
        offer = offers[fit.offer_id]
        lab = bodies[offer.organisation_id].record

        assert need.title_zh
        assert not any((need.title_en, need.summary_en, need.description_en))
        assert lab.kind is OrganisationKind.LAB
        assert not any((offer.title_zh, offer.summary_zh, offer.description_zh, offer.advantages_zh))
        assert not any((lab.name_zh, lab.summary_zh))


def test_planted_needs_do_not_use_the_words_of_the_offer(demo, world, needs):
    for entry in demo.key:
        need, skill = needs[entry.need_id], world.chains.skills[entry.capability]
        said = " ".join(getattr(need, name) for name in TEXTS)

        assert skill.product.zh not in said
        assert skill.product.en not in said
        assert skill.name.zh not in said
