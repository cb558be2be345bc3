"""The demo in the database."""

from datetime import date

import pytest
from sqlmodel import func, select

from models.accounts import User
from models.facilities import Facility
from models.funds import Mandate
from models.offers import Need, Offer
from models.organisations import Organisation
from models.rounds import Round
from models.track import Participation, Project
from seeds import load
from seeds.demo.identity import HERO
from seeds.demo.load import insert_demo
from seeds.personas import PERSONAS, load_personas, personas
from seeds.reference import load_reference

TODAY = date(2026, 11, 22)
TEXTS = tuple(f"{name}_{language}" for name in ("title", "summary", "description") for language in ("zh", "en"))


# In the database


@pytest.fixture
def loaded(session, demo):
    load_reference(session)
    insert_demo(session, demo)
    return session


def test_the_tables_take_all_of_it(loaded, world):
    load_personas(loaded)
    loaded.commit()

    for table in (Organisation, Offer, Need, Facility, Mandate, Round, Project, Participation):
        assert loaded.exec(select(func.count()).select_from(table)).one() == len(world.all_of(table))
    assert loaded.exec(select(Organisation).limit(1)).one().version == 1


def test_seven_people_can_look_at_it_and_none_has_a_password(loaded):
    load_personas(loaded)
    load_personas(loaded)

    people = personas(loaded)

    assert [persona for persona, _ in people] == list(PERSONAS)
    assert len(loaded.exec(select(User)).all()) == len(PERSONAS) == 7
    for persona, user in people:
        assert user.password is None
        assert user.email.endswith("@example.org")
        assert persona.description_zh
        assert persona.description_en
        assert bool(user.memberships) != bool(user.roles)


def test_the_demo_firm_lacks_just_two_fields(world):
    firm = next(body.record for body in world.bodies if body.key == HERO)
    empty = {name for name, value in firm.model_dump().items() if value in (None, "", [])}

    assert empty - {"version", "region", "looked_at", "merged_into_id"} == {"capacity", "rd_ratio"}


@pytest.mark.slow
def test_loading_an_instance_twice_adds_nothing(tmp_path):
    from matchmaker.instance import Instance

    instance = Instance(tmp_path / "instance")
    instance.migrate()
    first: list[tuple[int, int, str]] = []
    second: list[str] = []

    load(instance, progress=lambda done, total, what: first.append((done, total, what)))
    load(instance, progress=lambda done, total, what: second.append(what))

    assert first[-1] == (4, 4, "done")
    assert "demo" not in second
    assert (instance.folder / "demo_key.json").exists()
