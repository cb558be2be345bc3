"""Who is hidden, and by which rule."""

from dataclasses import replace

import pytest

from matchmaker.eligibility import ELIGIBLE, Reason, reasons
from matchmaker.profiles import KINDS, TYPES, Need, RequiredCapability
from models.enums import CooperationType, OrganisationKind
from tests.unit.engine.world import TODAY, Firm, Offered, bits, column, everybody, need, world

ASKER = 0


def verdict(firm: Firm, offer: Offered | None, asked: Need) -> Reason | None:
    """What is said of `firm` (with `offer`) when organisation 0 asks."""
    profiles = world([Firm(), firm], [replace(offer, owner=1)] if offer else [])
    candidates = everybody(profiles)
    number = reasons(asked, profiles, candidates)[list(candidates.organisation).index(1)]
    return None if number == ELIGIBLE else list(Reason)[number]


OFFER = Offered(owner=1)
CASES = [
    (Reason.EXCLUDED, Firm(), OFFER, need(excluded=frozenset({1}))),
    (Reason.EXPIRED, Firm(), Offered(owner=1, last_day=TODAY - 1), need()),
    (Reason.KIND_NOT_WANTED, Firm(), OFFER, need(wants_kinds=bits([OrganisationKind.LAB], KINDS))),
    (Reason.PLACE_NOT_WANTED, Firm(place=2), OFFER, need(wants_places=frozenset({1}))),
    (
        Reason.TYPE_NOT_ACCEPTED,
        Firm(),
        Offered(owner=1, type=CooperationType.SUPPLY),
        need(types=frozenset({TYPES.index(CooperationType.RESEARCH)})),
    ),
    (
        Reason.OTHER_KIND_WANTED,
        Firm(),
        Offered(owner=1, wants_kinds=[OrganisationKind.CHAIN_LEADER]),
        need(kind=KINDS.index(OrganisationKind.SME)),
    ),
    (Reason.OTHER_PLACE_WANTED, Firm(), Offered(owner=1, places=[3]), need(place=1)),
    (Reason.NO_FREE_CAPACITY, Firm(free=0.0), OFFER, need()),
    (
        Reason.MUST_MISSING,
        Firm(),
        Offered(owner=1, levels={"cockpit": 2}),
        need(capabilities=(RequiredCapability(column("cockpit"), 3, is_must=True),)),
    ),
]


@pytest.mark.parametrize(("reason", "firm", "offer", "asked"), CASES, ids=[case[0].value for case in CASES])
def test_each_rule_names_its_reason(reason: Reason, firm: Firm, offer: Offered, asked: Need) -> None:
    assert verdict(firm, offer, asked) == reason


def test_every_rule_has_a_case() -> None:
    assert {case[0] for case in CASES} | {Reason.OWN} == set(Reason)


def test_nobody_is_a_partner_of_their_own() -> None:
    profiles = world([Firm()], [Offered(owner=0)])

    number = reasons(need(organisation=ASKER), profiles, everybody(profiles))[0]

    assert list(Reason)[number] == Reason.OWN


def test_what_is_unknown_excludes_nobody() -> None:
    asked = need(
        wants_places=frozenset({1}),
        capabilities=(RequiredCapability(column("cockpit"), 3, is_must=True),),
        types=frozenset({TYPES.index(CooperationType.RESEARCH)}),
    )

    assert verdict(Firm(), Offered(owner=1), asked) is None
    assert verdict(Firm(), None, asked) is None


def test_a_must_is_met_at_its_level() -> None:
    asked = need(capabilities=(RequiredCapability(column("cockpit"), 3, is_must=True),))

    assert verdict(Firm(), Offered(owner=1, levels={"cockpit": 3}), asked) is None
