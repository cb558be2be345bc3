"""The audit log as a chain of hashes, on both databases: what breaks it, and how it is closed while others write."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from sqlmodel import Session

from matchmaker.cli.audit import audit as audit_command
from matchmaker.instance import Instance
from matchmaker.services import audit, sealing
from matchmaker.services.actors import PLATFORM
from models import migrations
from models.audit import AuditEntry, AuditSeal
from models.enums import OrganisationKind
from models.organisations import Organisation
from models.sessions import create_engine, writing


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request, tmp_path):
    url = (
        f"sqlite:///{tmp_path / 'log.sqlite'}" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    )
    migrations.upgrade(url)
    engine = create_engine(url)
    yield engine
    engine.dispose()


def write(session: Session, *actions: str) -> list[AuditEntry]:
    subject = Organisation(kind=OrganisationKind.SME, name_zh="某公司")
    entries = [
        audit.record(session, PLATFORM, action, subject, changes={"staff": [1.5, None], "name": "名"})
        for action in actions
    ]
    session.flush()
    return entries


def written(engine, *actions: str) -> None:
    with writing(engine) as session:
        write(session, *actions)


def verdict(engine) -> sealing.Verdict:
    with Session(engine) as session:
        return sealing.verify(session)


def run(engine, statement) -> None:
    with writing(engine) as session:
        session.execute(statement)


def test_every_entry_is_sealed_once_and_the_chain_goes_on_where_it_ended(engine):
    written(engine, "a", "b")
    sealing.seal_all(engine)
    before = verdict(engine)
    written(engine, "c")

    waiting = verdict(engine)
    sealing.seal_all(engine)
    sealing.seal_all(engine)

    assert (before.sealed, waiting.unsealed, waiting.lost) == (2, 1, 0)
    whole = verdict(engine)
    assert (whole.sealed, whole.unsealed, whole.broken) == (3, 0, None)
    assert whole.head != before.head


def test_a_change_a_deletion_and_a_missing_seal_break_the_chain_where_they_are(engine):
    written(engine, "a", "b", "c")
    sealing.seal_all(engine)

    run(engine, sa.update(AuditEntry).where(AuditEntry.action == "b").values(changes={"staff": [1, 2]}))
    changed = verdict(engine).broken
    run(engine, sa.delete(AuditEntry).where(AuditEntry.action == "b"))
    deleted = verdict(engine).broken
    run(engine, sa.delete(AuditSeal).where(AuditSeal.position == 2))
    unsealed = verdict(engine).broken

    told = [(one.position, one.reason) for one in (changed, deleted, unsealed) if one]
    assert told == [(2, "entry_changed"), (2, "entry_missing"), (3, "seal_missing")]


def test_an_entry_that_is_committed_after_a_later_one_is_sealed_too(engine):
    if engine.dialect.name == "sqlite":
        pytest.skip("one writes at a time there")
    with Session(engine) as slow:
        write(slow, "begun first")
        written(engine, "done first")
        sealing.seal_all(engine)  # waits for nobody
        slow.commit()

    sealing.seal_all(engine)

    whole = verdict(engine)
    assert (whole.sealed, whole.unsealed, whole.broken) == (2, 0, None)


def test_an_entry_too_far_behind_the_chain_is_lost_and_one_that_has_just_come_only_waits(engine):
    written(engine, "a", "b")
    sealing.seal_all(engine)
    run(engine, sa.delete(AuditSeal).where(AuditSeal.position == 2))
    far = sealing.OVERTAKEN_AT_MOST + 2
    run(engine, sa.insert(AuditSeal).values(position=2, entry_id=far, sha256="0" * 64))

    written(engine, "c")  # a key in between, as those are that others have overtaken

    found = verdict(engine)
    assert (found.unsealed, found.lost) == (2, 1)


def test_the_command_says_whether_it_is_whole_and_knows_a_head_that_was_noted(tmp_path):
    instance = Instance(tmp_path / "instance")
    instance.migrate()
    written(instance.engine, "a", "b")
    call = ["verify", "--instance", str(instance.folder)]

    said = CliRunner().invoke(audit_command, call)
    head = said.output.splitlines()[-1]
    again = CliRunner().invoke(audit_command, [*call, "--head", head])
    run(instance.engine, sa.delete(AuditSeal))  # somebody makes the chain anew over other entries
    run(instance.engine, sa.delete(AuditEntry).where(AuditEntry.action == "b"))
    shorter = CliRunner().invoke(audit_command, [*call, "--head", head])
    alone = CliRunner().invoke(audit_command, call)

    assert (said.exit_code, again.exit_code, shorter.exit_code, alone.exit_code) == (0, 0, 1, 0)
    assert said.output.startswith("The chain of 2 entries is whole.")
    assert "not the one that was noted" in shorter.output
    instance.engine.dispose()


def test_an_entry_has_the_seal_that_it_had_in_earlier_releases():
    at = datetime(2026, 3, 1, 8, 30, 15, 250_000, tzinfo=UTC)
    about = {"subject_type": "needs", "subject_id": "n-1", "changes": {"名": [1, 2]}}

    seal = sealing.digest(sealing.BEFORE_THE_FIRST, AuditEntry(id=7, at=at, action="need.update", **about))

    assert seal == "f7d5d6de9cf18997f461fdbecf9efe673cc6a29bf631dcfa9698e8618e6778e6"
