"""The index on disk and the edits since: what is written is read, and an edit shows on the next question."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import fields
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
from sqlmodel import Session

from matchmaker import index
from matchmaker.errors import IndexMissing
from matchmaker.instance import Instance
from matchmaker.profiles import Profiles
from matchmaker.ranking import rank
from matchmaker.reader import Reader
from matchmaker.services.changes import touch
from matchmaker.services.indexing import is_built, refresh
from matchmaker.store import read_profiles
from matchmaker.store.needs import read_need, row_of
from models.enums import ChainPosition, Grade, OrganisationState, PostingState
from models.offers import Need
from models.organisations import FieldGrade, Organisation, OrganisationNode
from models.taxonomy import Capability, ChainNode
from tests import records as make

TODAY = date(2026, 11, 1)
WEIGHTS = {"capability": 30.0, "text": 20.0, "district": 5.0}
PUBLISHED = {"state": PostingState.PUBLISHED, "valid_until": TODAY + timedelta(days=300)}


@pytest.fixture
def instance(migrated_database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Instance]:
    monkeypatch.setenv("MATCHMAKER_ENCODER", "hashed")
    instance = Instance(tmp_path / "instance")
    shutil.copy(migrated_database, instance.folder / "matchmaker.sqlite")
    yield instance
    instance.engine.dispose()


@pytest.fixture
def registry(instance: Instance) -> Iterator[Session]:
    """Three firms: one needs a head-up display, one offers it, one offers something else."""
    with Session(instance.engine, expire_on_commit=False) as session:
        make.add_taxonomy(session)
        session.commit()
        yield session


def add_firms(session: Session) -> tuple[Need, Organisation, Organisation]:
    asker = make.organisation(session, district_code="500112", staff=50)
    maker = make.organisation(session, district_code="500107", staff=400)
    other = make.organisation(session)
    asked = make.need(
        session, asker, capabilities=["head-up-display"], summary_zh="寻找抬头显示的设计伙伴", **PUBLISHED
    )
    make.offer(session, maker, capabilities=["head-up-display"], title_zh="抬头显示设计服务", **PUBLISHED)
    make.offer(session, other, capabilities=["bms-software"], title_zh="电池管理软件开发", **PUBLISHED)
    session.commit()
    return asked, maker, other


def best(reader: Reader, session: Session, asked: Need) -> list[UUID]:
    snapshot = reader.snapshot(session, today=TODAY)
    query = read_need(session, asked, snapshot.engine.profiles, snapshot.encoder, today=TODAY)
    result = rank(snapshot.engine, query, WEIGHTS, top=10)
    ids = snapshot.engine.profiles.organisations.ids[result.candidates.organisation]
    return [UUID(key.decode()) for key in ids]


def edited(session: Session, organisation: Organisation) -> None:
    touch(session, organisation)
    session.commit()


def test_what_is_written_is_read(instance: Instance, registry: Session) -> None:
    add_firms(registry)
    profiles = read_profiles(registry, Reader(instance).encoder(registry), today=TODAY)

    version = refresh(instance, today=TODAY).version

    stored = index.read(instance.index_folder, version).profiles
    assert_equal(stored, profiles)
    assert stored.vocabulary == profiles.vocabulary


def assert_equal(left: Profiles, right: Profiles) -> None:
    for block in ("organisations", "offers", "history", "taxonomy"):
        for item in fields(getattr(left, block)):
            a, b = getattr(getattr(left, block), item.name), getattr(getattr(right, block), item.name)
            if isinstance(a, np.ndarray):
                np.testing.assert_array_equal(a, b, err_msg=f"{block}.{item.name}")
            else:
                assert a.shape == b.shape, f"{block}.{item.name}"
                assert abs(a - b).sum() == 0, f"{block}.{item.name}"


def test_without_an_index_there_is_a_plain_error(instance: Instance, registry: Session) -> None:
    with pytest.raises(IndexMissing):
        Reader(instance).snapshot(registry, today=TODAY)


def test_an_empty_registry_can_be_indexed_and_asked(instance: Instance, registry: Session) -> None:
    refresh(instance, today=TODAY)

    assert len(Reader(instance).snapshot(registry, today=TODAY).engine.profiles.organisations) == 0


def test_the_one_who_can_is_found(instance: Instance, registry: Session) -> None:
    asked, maker, _ = add_firms(registry)
    refresh(instance, today=TODAY)

    assert best(Reader(instance), registry, asked)[0] == maker.id


def test_an_overlay_equals_a_fresh_build(instance: Instance, registry: Session) -> None:
    _asked, maker, other = add_firms(registry)
    refresh(instance, today=TODAY)
    reader = Reader(instance)
    reader.snapshot(registry, today=TODAY)
    newcomer = make.organisation(registry, district_code="500112", staff=5)
    make.offer(registry, newcomer, capabilities=["cockpit-controller"], title_zh="座舱域控制器", **PUBLISHED)
    other.staff = 2_000
    edited(registry, other)

    overlaid = reader.snapshot(registry, today=TODAY).engine.profiles

    fresh = read_profiles(registry, reader.encoder(registry), today=TODAY)
    for organisation in (maker, other, newcomer):
        new, old = row_of(fresh, organisation.id), row_of(overlaid, organisation.id)
        assert new is not None
        assert old is not None
        assert overlaid.organisations.size[old] == fresh.organisations.size[new]
        mine = np.flatnonzero(overlaid.offers.owner == old)
        truly = np.flatnonzero(fresh.offers.owner == new)
        np.testing.assert_array_equal(overlaid.offers.vectors[mine], fresh.offers.vectors[truly])
        assert abs(overlaid.offers.capabilities[mine] - fresh.offers.capabilities[truly]).sum() == 0
    assert len(overlaid.organisations) == len(fresh.organisations)
    assert len(overlaid.offers) == len(fresh.offers)


def test_a_new_offer_is_found_on_the_next_question(instance: Instance, registry: Session) -> None:
    asked, _, other = add_firms(registry)
    refresh(instance, today=TODAY)
    reader = Reader(instance)
    before = best(reader, registry, asked)

    make.offer(registry, other, capabilities=["head-up-display"], title_zh="抬头显示设计服务", **PUBLISHED)
    edited(registry, other)

    assert best(reader, registry, asked).index(other.id) <= 1
    assert before[0] == best(reader, registry, asked)[0] or other.id == best(reader, registry, asked)[0]


def test_a_withdrawn_offer_is_gone_on_the_next_question(instance: Instance, registry: Session) -> None:
    asked, _maker, _ = add_firms(registry)
    rival = make.organisation(registry)
    theirs = make.offer(registry, rival, capabilities=["head-up-display"], title_zh="抬头显示", **PUBLISHED)
    registry.commit()
    refresh(instance, today=TODAY)
    reader = Reader(instance)
    assert rival.id in best(reader, registry, asked)

    theirs.state = PostingState.WITHDRAWN
    edited(registry, rival)

    assert rival.id not in best(reader, registry, asked)


def test_a_closed_organisation_is_gone_on_the_next_question(instance: Instance, registry: Session) -> None:
    asked, maker, _ = add_firms(registry)
    refresh(instance, today=TODAY)
    reader = Reader(instance)

    maker.state = OrganisationState.CLOSED
    edited(registry, maker)

    assert maker.id not in best(reader, registry, asked)


def test_a_field_that_is_not_open_is_unknown_to_the_engine(instance: Instance, registry: Session) -> None:
    _, maker, _ = add_firms(registry)
    registry.add(FieldGrade(organisation_id=maker.id, field="staff", grade=Grade.CLOSED))
    registry.commit()
    refresh(instance, today=TODAY)

    profiles = Reader(instance).snapshot(registry, today=TODAY).engine.profiles

    row = row_of(profiles, maker.id)
    assert profiles.organisations.size[row] == -1
    assert profiles.organisations.place[row] != -1


def test_a_newcomer_may_ask_before_the_index_knows_it(instance: Instance, registry: Session) -> None:
    _, maker, _ = add_firms(registry)
    refresh(instance, today=TODAY)
    newcomer = make.organisation(registry, district_code="500112")
    asked = make.need(registry, newcomer, capabilities=["head-up-display"], **PUBLISHED)
    registry.commit()

    assert best(Reader(instance), registry, asked)[0] == maker.id


def test_a_word_or_two_is_no_ground_for_a_score(instance: Instance, registry: Session) -> None:
    asked, _, _ = add_firms(registry)
    refresh(instance, today=TODAY)
    reader = Reader(instance)
    empty = make.need(registry, make.organisation(registry), title_zh="求合作", title_en="Something", **PUBLISHED)
    registry.commit()

    assert best(reader, registry, asked) != []
    assert best(reader, registry, empty) == []


def test_an_index_of_another_format_counts_as_none(instance: Instance, registry: Session) -> None:
    add_firms(registry)
    version = refresh(instance, today=TODAY).version
    manifest = instance.index_folder / version / "manifest.json"
    manifest.write_text(manifest.read_text().replace(f'"format": {index.FORMAT}', '"format": 0'))

    assert not is_built(instance)
    with pytest.raises(IndexMissing):
        Reader(instance).snapshot(registry, today=TODAY)


def test_the_current_index_is_never_removed_even_when_the_clock_was_set_back(
    instance: Instance, registry: Session
) -> None:
    add_firms(registry)
    folder = instance.index_folder
    for later in ("99980101T000000000000Z", "99990101T000000000000Z"):
        shutil.copytree(folder / refresh(instance, today=TODAY).version, folder / later)

    version = refresh(instance, today=TODAY).version

    assert index.current_version(folder) == version
    assert is_built(instance)


def test_an_index_that_another_process_is_writing_is_left_to_it(instance: Instance, registry: Session) -> None:
    unfinished, killed = (instance.index_folder / f"2000010{day}T000000000000Z" for day in (1, 2))
    for folder in (unfinished, killed):
        folder.mkdir(parents=True)
    os.utime(killed, (0, 0))

    versions = [refresh(instance, today=TODAY).version for _ in range(4)]

    left = {path.name for path in instance.index_folder.iterdir() if path.is_dir()}
    assert left == {unfinished.name, *versions[-2:]}


def test_an_index_of_another_encoder_counts_as_none(instance: Instance, registry: Session) -> None:
    add_firms(registry)
    version = refresh(instance, today=TODAY).version
    manifest = instance.index_folder / version / "manifest.json"
    manifest.write_text(manifest.read_text().replace("hashed-words-1", "another-encoder"))

    assert not is_built(instance)
    with pytest.raises(IndexMissing, match="another-encoder"):
        Reader(instance).snapshot(registry, today=TODAY)


def test_a_capability_newer_than_the_index_is_unknown_to_it_and_breaks_nothing(
    instance: Instance, registry: Session
) -> None:
    asked, maker, other = add_firms(registry)
    refresh(instance, today=TODAY)
    reader = Reader(instance)
    place = {"chain_code": "nev", "position": ChainPosition.MIDSTREAM}
    registry.add(ChainNode(code="brand-new", name_zh="新环节", name_en="New node", source="test", **place))
    registry.flush()
    registry.add(
        Capability(code="new-skill", node_code="brand-new", name_zh="新能力", name_en="New skill", source="test")
    )
    registry.flush()
    registry.add(OrganisationNode(organisation_id=other.id, node_code="brand-new"))
    make.offer(registry, other, capabilities=["new-skill"], title_zh="全新的能力和服务", **PUBLISHED)
    edited(registry, other)
    weights = {**WEIGHTS, "chain": 10.0}

    snapshot = reader.snapshot(registry, today=TODAY)
    query = read_need(registry, asked, snapshot.engine.profiles, snapshot.encoder, today=TODAY)
    found = rank(snapshot.engine, query, weights, top=10)

    assert found.candidates.organisation[0] == row_of(snapshot.engine.profiles, maker.id)
