"""The log of what was shown: written beside the request, never in its way."""

import logging

from sqlmodel import Session, select

from matchmaker.services.exposure import ExposureLog, Opened
from models.base import new_id
from models.matching import RankingRun
from models.sessions import writing
from tests import records as make


def make_run(**values) -> RankingRun:
    return RankingRun(**{"preset_code": "partners", "index_version": "1", "weights": {}, "shown": [], **values})


def test_what_is_noted_is_written_by_another_thread(engine):
    log, runs = ExposureLog(engine), [make_run() for _number in range(250)]
    expected = {run.id for run in runs}

    for run in runs:
        log.note(run)

    assert log.flush()
    with Session(engine) as session:
        assert {run.id for run in session.exec(select(RankingRun))} == expected


def test_a_run_that_points_nowhere_is_dropped_alone(engine, caplog):
    log = ExposureLog(engine)
    lost, kept = make_run(need_id=new_id()), make_run()
    kept_id = kept.id

    with caplog.at_level(logging.WARNING, "matchmaker.services.exposure"):
        log.note(lost)
        log.note(kept)
        assert log.flush()

    with Session(engine) as session:
        assert [run.id for run in session.exec(select(RankingRun))] == [kept_id]
    assert "is not kept" in caplog.text


def test_a_full_log_drops_with_a_warning_and_does_not_wait(engine, caplog):
    log = ExposureLog(engine, room=2)

    with writing(engine) as somebody, caplog.at_level(logging.WARNING, "matchmaker.services.exposure"):
        somebody.connection()  # holds the database's one place for writers, so that the log must wait
        for _number in range(10):
            log.note(make_run())

    assert log.flush()
    assert "the exposure log is full" in caplog.text
    with Session(engine) as session:
        assert 2 <= len(session.exec(select(RankingRun)).all()) < 10


def test_flush_of_an_idle_log_returns_at_once(engine):
    assert ExposureLog(engine).flush(patience_seconds=0.1)


def test_an_error_that_is_not_the_database_s_is_dropped_alone_too(engine, caplog):
    with Session(engine, expire_on_commit=False) as session:
        body = make.organisation(session)
        reader = make.member(session, body)
        broken, kept = make_run(organisation_id=body.id, shown=[{}]), make_run()
        kept_id = kept.id
        session.add(broken)
        session.commit()
    log = ExposureLog(engine)

    with caplog.at_level(logging.WARNING, "matchmaker.services.exposure"):
        log.note(Opened(broken.id, body.id, reader))
        assert log.flush(patience_seconds=5)
        log.note(kept)
        assert log.flush(patience_seconds=5)

    with Session(engine) as session:
        assert session.get(RankingRun, kept_id) is not None
    assert "is not kept: 'organisation_id'" in caplog.text
