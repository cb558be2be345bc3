"""One generated region for all tests of the demo; it takes seconds to make."""

import shutil
from collections import defaultdict
from datetime import date

import pytest
from sqlmodel import Session

from models.offers import Need, NeedCapability, Offer, OfferCapability
from models.sessions import create_engine
from seeds.demo.load import insert_demo
from seeds.demo.region import generate
from seeds.demo.scenes import play
from seeds.personas import load_personas
from seeds.reference import load_reference

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


@pytest.fixture(scope="session")
def played(demo, world, migrated_database, tmp_path_factory):
    """The region in a database with all its scenes played; read it, do not write to it."""
    path = shutil.copy(migrated_database, tmp_path_factory.mktemp("demo") / "matchmaker.sqlite")
    engine = create_engine(f"sqlite:///{path}")
    with Session(engine.execution_options(writes=True), expire_on_commit=False) as session:
        load_reference(session)
        insert_demo(session, demo)
        load_personas(session)
        play(session, world.today)
        session.commit()
        yield session
    engine.dispose()
