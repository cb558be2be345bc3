"""Posted needs and declined requests on their way into the columns: what is read, what an edit changes."""

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlmodel import Session

from matchmaker.instance import Instance
from matchmaker.profiles import Profiles
from matchmaker.reader import Reader
from matchmaker.retrieval.candidates import of_organisation
from matchmaker.scoring.context import FreeCapacity
from matchmaker.scoring.declined import Declined
from matchmaker.services import interests
from matchmaker.services.calendar import today
from matchmaker.services.changes import touch
from matchmaker.services.indexing import refresh
from matchmaker.store.needs import asker as query_of
from matchmaker.store.needs import row_of
from models.enums import DeclineReason, OrganisationState, PostingState
from models.interest import DeclineEffect
from models.organisations import Organisation
from models.taxonomy import DeclineMeaning
from tests import records as make

LIVE = {"state": PostingState.PUBLISHED, "valid_until": today() + timedelta(days=300)}


@pytest.fixture
def instance(migrated_database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Instance]:
    monkeypatch.setenv("MATCHMAKER_ENCODER", "hashed")
    instance = Instance(tmp_path / "instance")
    shutil.copy(migrated_database, instance.folder / "matchmaker.sqlite")
    yield instance
    instance.engine.dispose()


@pytest.fixture
def registry(instance: Instance) -> Iterator[Session]:
    with Session(instance.engine, expire_on_commit=False) as session:
        make.add_taxonomy(session)
        session.add(DeclineMeaning(reason=DeclineReason.NO_CAPACITY, component="capacity", source="test"))
        session.add(DeclineEffect(component="capacity", least_askers=2, source="test"))
        session.commit()
        yield session


def columns(instance: Instance, session: Session, *, day: date | None = None) -> Profiles:
    return Reader(instance).snapshot(session, today=day or today()).engine.profiles


def posted_by(profiles: Profiles, owner: Organisation) -> int:
    return int((profiles.needs.owner == row_of(profiles, owner.id)).sum())


def free(profiles: Profiles, organisation: Organisation) -> float:
    """The score of its capacity, as a list would have it."""
    row = row_of(profiles, organisation.id)
    assert row is not None
    component = Declined(FreeCapacity(), unstated=1.0).fit(profiles)
    query = query_of(profiles, None, today=date.fromordinal(profiles.as_of))
    return float(component.score_candidates(query, of_organisation(profiles, row))[0])


def test_a_published_need_is_read_with_what_it_asks_for(instance: Instance, registry: Session) -> None:
    owner = make.organisation(registry)
    make.need(registry, owner, capabilities=["head-up-display"], summary_zh="寻找抬头显示的设计伙伴", **LIVE)
    make.need(registry, owner, summary_zh="草稿不给别人看", state=PostingState.DRAFT)
    registry.commit()
    refresh(instance, today=today())

    profiles = columns(instance, registry)

    assert posted_by(profiles, owner) == 1
    code = list(profiles.vocabulary["capabilities"]).index("head-up-display")
    assert profiles.needs.levels.toarray()[0, code] == 3
    assert profiles.needs.weights.toarray()[0, code] == 1
    assert profiles.needs.vectors.any()


def test_a_need_that_is_edited_shows_at_once_and_one_withdrawn_is_gone(instance: Instance, registry: Session) -> None:
    owner = make.organisation(registry)
    need = make.need(registry, owner, capabilities=["head-up-display"], **LIVE)
    registry.commit()
    refresh(instance, today=today())
    reader = Reader(instance)

    def seen() -> int:
        touch(registry, owner)
        registry.commit()
        return posted_by(reader.snapshot(registry, today=today()).engine.profiles, owner)

    make.need(registry, owner, capabilities=["bms-software"], **LIVE)
    assert seen() == 2
    need.state = PostingState.WITHDRAWN
    assert seen() == 1
    owner.state = OrganisationState.CLOSED
    assert seen() == 0


def decline(session: Session, candidate: Organisation, *askers: Organisation, reason: DeclineReason) -> None:
    """Each asks for a need of its own, and the candidate says no."""
    person = make.member(session, candidate)
    for asker in askers:
        need = make.need(session, asker, **LIVE)
        asked = interests.ask(session, make.member(session, asker), need.id, candidate.id)
        interests.decline(session, person, asked.id, reason)
    session.commit()


@pytest.fixture
def firms(registry: Session) -> list[Organisation]:
    """A candidate with all its capacity free, and three who ask it."""
    found = [make.organisation(registry, capacity=4, engaged=0) for _number in range(4)]
    registry.commit()
    return found


def test_two_who_heard_of_no_capacity_lower_it_at_once(
    instance: Instance, registry: Session, firms: list[Organisation]
) -> None:
    candidate, *askers = firms
    refresh(instance, today=today())
    assert free(columns(instance, registry), candidate) == 1.0

    decline(registry, candidate, *askers[:2], reason=DeclineReason.NO_CAPACITY)

    assert free(columns(instance, registry), candidate) == pytest.approx(0.5)
    refresh(instance, today=today())
    assert free(columns(instance, registry), candidate) == pytest.approx(0.5)


def test_what_one_organisation_was_told_is_in_no_column(
    instance: Instance, registry: Session, firms: list[Organisation]
) -> None:
    candidate, asker, _second, _third = firms
    decline(registry, candidate, asker, asker, reason=DeclineReason.NO_CAPACITY)
    refresh(instance, today=today())

    profiles = columns(instance, registry)

    assert len(profiles.refusals) == 0
    assert free(profiles, candidate) == 1.0


def test_an_answer_that_is_taken_back_counts_no_more(
    instance: Instance, registry: Session, firms: list[Organisation]
) -> None:
    candidate, *askers = firms
    decline(registry, candidate, *askers[:2], reason=DeclineReason.NO_CAPACITY)
    refresh(instance, today=today())
    person = make.member(registry, candidate)

    interests.accept(registry, person, interests.list_received(registry, person, candidate.id)[0].id)
    registry.commit()

    assert free(columns(instance, registry), candidate) == 1.0


def test_a_reason_without_a_rule_lowers_nothing(
    instance: Instance, registry: Session, firms: list[Organisation]
) -> None:
    candidate, *askers = firms
    decline(registry, candidate, *askers, reason=DeclineReason.BETTER_PARTNER)
    refresh(instance, today=today())

    assert free(columns(instance, registry), candidate) == 1.0


def test_after_their_window_answers_are_read_no_more(
    instance: Instance, registry: Session, firms: list[Organisation]
) -> None:
    candidate, *askers = firms
    decline(registry, candidate, *askers, reason=DeclineReason.NO_CAPACITY)
    later = today() + timedelta(days=91)
    refresh(instance, today=later)

    profiles = columns(instance, registry, day=later)

    assert len(profiles.refusals) == 0
    assert free(profiles, candidate) == 1.0


def test_a_column_tells_of_an_answer_its_day_and_who_declined_and_nobody_else(
    instance: Instance, registry: Session, firms: list[Organisation]
) -> None:
    candidate, *askers = firms
    decline(registry, candidate, *askers, reason=DeclineReason.NO_CAPACITY)
    refresh(instance, today=today())

    refusals = columns(instance, registry).refusals

    assert set(refusals.owner.tolist()) == {row_of(columns(instance, registry), candidate.id)}
    assert len(refusals) == 3
    assert np.isin(refusals.day, [today().toordinal() - 1, today().toordinal()]).all()
