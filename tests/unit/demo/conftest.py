"""One generated region for all tests of the demo; it takes seconds to make."""

from collections import defaultdict
from datetime import date

import pytest

from models.offers import Need, NeedCapability, Offer, OfferCapability
from seeds.demo.region import generate

TODAY = date(2026, 11, 22)
TEXTS = tuple(f"{name}_{language}" for name in ("title", "summary", "description") for language in ("zh", "en"))


@pytest.fixture(scope="session")
def demo():
    return generate(TODAY)


@pytest.fixture(scope="session")
def world(demo):
    return demo.world


@pytest.fixture(scope="session")
def bodies(world):
    return {body.record.id: body for body in world.bodies}


@pytest.fixture(scope="session")
def offers(world):
    return {str(offer.id): offer for offer in world.all_of(Offer)}


@pytest.fixture(scope="session")
def needs(world):
    return {str(need.id): need for need in world.all_of(Need)}


@pytest.fixture(scope="session")
def levels(world):
    """Offer id -> capability -> level."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for tag in world.all_of(OfferCapability):
        found[str(tag.offer_id)][tag.capability_code] = tag.level
    return found


@pytest.fixture(scope="session")
def required(world):
    """Need id -> what it asks for."""
    found = defaultdict(list)
    for tag in world.all_of(NeedCapability):
        found[str(tag.need_id)].append(tag)
    return found
