"""Learning from a small market in which people want whoever has room, and lists that did not know it."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from uuid import UUID

import numpy as np
import pytest
from click.testing import CliRunner
from sqlmodel import Session, col, select

from matchmaker.cli import main
from matchmaker.errors import InvalidInput, NotAllowed, Stale
from matchmaker.evaluation import gates
from matchmaker.instance import Instance
from matchmaker.services import presets
from matchmaker.services.actors import PLATFORM, Actor
from matchmaker.services.calendar import today
from matchmaker.services.indexing import refresh
from matchmaker.services.learning import bench, outcomes, training, versions
from models.audit import AuditEntry
from models.enums import (
    DeclineReason,
    InteractionKind,
    OutcomeKind,
    PlatformRole,
    TrainingVerdict,
)
from models.matching import Interaction, RankingRun
from models.organisations import Organisation
from models.taxonomy import PresetWeight, WeightPreset
from tests import learning_market
from tests import records as make
from tests.learning_market import LISTED, SETTINGS, TODAY, WEIGHTS, Market, add_market, add_project, add_rules, answer

K = InteractionKind
R = DeclineReason
OFFICER = Actor(user_id=UUID(int=1), roles=frozenset({PlatformRole.OFFICER}))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an instance with people's answers of eight months, and its index; copy it, do not write to it."""
    folder = tmp_path_factory.mktemp("market") / "instance"
    folder.mkdir()
    (folder / "settings.env").write_text("MATCHMAKER_ENCODER=hashed\n")
    instance = Instance(folder)
    instance.migrate()
    with Session(instance.engine, expire_on_commit=False) as session:
        make.add_taxonomy(session)
        add_rules(session)
        add_market(session)
        session.commit()
    refresh(instance, today=TODAY)
    instance.engine.dispose()
    return folder


@pytest.fixture
def market(built: Path, tmp_path: Path) -> Iterator[Market]:
    instance = Instance(Path(shutil.copytree(built, tmp_path / "instance")))
    with Session(instance.engine.execution_options(writes=True), expire_on_commit=False) as session:
        yield Market(session, instance)
    instance.engine.dispose()


def test_what_people_want_and_lists_did_not_know_gains_weight(market):
    run = market.train()

    assert run.verdict is TrainingVerdict.OFFERED, run.reasons
    assert learning_market.share(run.result["weights"], "capacity") > 3 * learning_market.share(WEIGHTS, "capacity")
    ndcg = next(one for one in run.held_out["compared"] if (one["group"], one["measure"]) == ("all", "ndcg"))
    assert ndcg["standing"] == "better"
    assert run.outcomes["useful"] > 0
    assert run.outcomes["passed_over"] > 0
    assert run.outcomes["teamed_up"] > 0


def test_a_version_that_passes_is_kept_and_not_live_until_somebody_says_so(market):
    run = market.train()

    version = versions.find_version(market.session, run)
    assert version is not None
    assert not version.is_live
    assert presets.live_preset(market.session, "partners").code == "partners"

    versions.promote(market.session, PLATFORM, run)

    live = presets.live_preset(market.session, "partners")
    assert live.code == version.code
    assert presets.to_stored(presets.read_weighting(market.session, live)) == run.result
    assert run.verdict is TrainingVerdict.PROMOTED
    actions = market.session.exec(select(AuditEntry.action)).all()
    assert {"learning.train", "preset.learn", "preset.make_live"} <= set(actions)


def test_one_step_goes_back_to_what_was_live(market):
    version = versions.promote(market.session, PLATFORM, market.train())

    presets.go_back(market.session, PLATFORM, version)

    assert presets.live_preset(market.session, "partners").code == "partners"
    with pytest.raises(InvalidInput, match="nothing_to_go_back_to"):
        presets.go_back(market.session, PLATFORM, presets.live_preset(market.session, "partners"))


def test_whoever_goes_back_late_is_told_that_something_else_is_live(market):
    version = versions.promote(market.session, PLATFORM, market.train())
    presets.go_back(market.session, PLATFORM, version)

    with pytest.raises(Stale):
        presets.go_back(market.session, PLATFORM, version)


def test_learned_weights_are_not_edited(market):
    run = market.train()
    version = versions.find_version(market.session, run)
    weights = presets.read_weights(market.session, version)

    with pytest.raises(InvalidInput, match="learned_preset_is_fixed"):
        presets.change_weights(market.session, PLATFORM, version, weights, expected=weights)


def test_a_learned_version_does_not_go_live_past_its_run(market):
    version = versions.find_version(market.session, market.train())

    with pytest.raises(InvalidInput, match="learned_preset_has_a_run"):
        presets.make_live(market.session, PLATFORM, version)


def test_a_version_goes_live_only_in_the_place_of_what_it_was_held_against(market):
    run = market.train()
    other = WeightPreset(code="other", name_zh="甲", name_en="A", source="test", purpose="partners")
    market.session.add(other)
    market.session.flush()
    market.session.add(PresetWeight(preset_code="other", component="text", weight=1))
    presets.make_live(market.session, PLATFORM, other)

    with pytest.raises(Stale):
        versions.promote(market.session, PLATFORM, run)


def test_the_second_training_starts_from_what_people_set_and_is_held_against_what_is_live(market):
    version = versions.promote(market.session, PLATFORM, market.train())

    again = market.train()

    assert again.prior_code == "partners"
    assert again.held_out["against"] == version.code
    assert again.verdict is TrainingVerdict.REFUSED  # the same data teach nothing that is not in use already
    assert "no_gain" in {reason["code"] for reason in again.reasons}


def test_shuffled_outcomes_are_no_gain(market):
    in_time = select(Interaction).order_by(col(Interaction.created_at), col(Interaction.position))
    answers = market.session.exec(in_time).all()
    kinds = [one.kind for one in answers]
    Random(5).shuffle(kinds)
    for one, kind in zip(answers, kinds, strict=True):
        one.kind = kind
        one.reason = R.OTHER if kind is K.NOT_USEFUL else None
    market.session.flush()

    run = market.train()

    assert run.verdict is TrainingVerdict.REFUSED
    assert "no_gain" in {reason["code"] for reason in run.reasons}
    assert versions.find_version(market.session, run) is None
    with pytest.raises(InvalidInput, match="refused_version"):
        versions.promote(market.session, PLATFORM, run)


def test_few_outcomes_are_refused_and_say_how_many_it_takes(market):
    run = market.train(settings=replace(SETTINGS, limits=gates.Limits(fewest_queries=100)))

    assert run.verdict is TrainingVerdict.REFUSED
    (reason,) = run.reasons
    assert (reason["code"], reason["needed"]) == ("too_few_outcomes", 500)
    assert run.result is None


def test_what_has_moved_between_the_periods_is_named_and_refuses_nothing(market, monkeypatch):
    monkeypatch.setattr(gates, "MOST_DRIFT", -1.0)  # whatever stood still has moved by more than that

    run = market.train()

    (moved,) = (reason for reason in run.reasons if reason["code"] == "moved")
    assert moved["components"] == run.held_out["drift"] != {}
    assert versions.promote(market.session, PLATFORM, run).is_live


def test_groups_of_which_nothing_can_be_said_are_named(market):
    run = market.train()

    (reason,) = run.reasons
    assert reason["code"] == "too_few_to_tell"
    assert {"newcomer:no", "size:small", "district:500107"} <= set(reason["groups"])


def test_a_run_done_again_from_its_record_gives_the_same_bytes(market):
    run = market.train()

    again = training.repeat(market.session, PLATFORM, market.reader, run)

    assert again == training.Repeated(is_same_data=True, is_same_result=True)


def test_what_was_answered_later_on_the_day_of_the_run_is_none_of_its_data(market):
    run = market.train(today=today())
    need, asker, shown = learning_market.any_list(market.session)
    seller = market.session.get_one(Organisation, UUID(shown.shown[0]["organisation_id"]))
    answer(market.session, shown, asker, need, seller, K.ACCEPTED, 1, run.created_at - timedelta(minutes=59))
    market.session.flush()

    assert training.repeat(market.session, PLATFORM, market.reader, run).is_same_data


def test_a_changed_past_is_told_from_the_one_that_was_learned_from(market):
    run = market.train()
    market.session.delete(market.session.exec(select(Interaction)).first())
    market.session.flush()

    assert not training.repeat(market.session, PLATFORM, market.reader, run).is_same_data


def test_nothing_that_happens_later_is_learned_from(market):
    as_of = TODAY - timedelta(days=30)
    before = market.collect(as_of)
    need, asker, run = learning_market.any_list(market.session)
    seller = market.session.get_one(Organisation, UUID(run.shown[-1]["organisation_id"]))
    at = datetime(2026, 11, 1, tzinfo=UTC)
    answer(market.session, run, asker, need, seller, K.CONTRACTED, LISTED, at)
    add_project(market.session, [seller, asker], date(2026, 11, 2))
    market.session.commit()
    refresh(market.instance, today=TODAY)

    after = market.collect(as_of)

    assert after.sha256 == before.sha256
    assert market.collect(TODAY).sha256 != before.sha256


def test_a_project_on_the_day_of_a_list_does_not_speak_for_who_stood_on_it(market):
    before = market.collect()
    _need, asker, run = learning_market.any_list(market.session)
    seller = market.session.get_one(Organisation, UUID(run.shown[0]["organisation_id"]))
    add_project(market.session, [asker, seller], run.created_at.date())
    market.session.commit()
    refresh(market.instance, today=TODAY)

    after = market.collect()

    mine = [f"need:{run.need_id}:{run.created_at.date()}" == after.names[q] for q in after.examples.query]
    then = [f"need:{run.need_id}:{run.created_at.date()}" == before.names[q] for q in before.examples.query]
    assert np.array_equal(after.examples.scores[mine], before.examples.scores[then], equal_nan=True)


def test_a_decline_teaches_only_about_what_its_reason_names(market):
    need, _asker, run = learning_market.any_list(market.session)
    told = market.session.exec(select(Interaction).where(Interaction.need_id == need.id)).all()
    full, unsure = told[0], told[1]
    full.kind, full.reason = K.NOT_USEFUL, R.NO_CAPACITY
    unsure.kind, unsure.reason = K.NOT_USEFUL, R.BETTER_PARTNER
    market.session.flush()

    found = market.collect()

    lessons, names = found.lessons, list(found.examples.names)
    keys = snapshot_ids(market)
    of_full, of_unsure = (
        next(row for row in rows_of(found, run) if keys[found.candidate[row]] == str(one.candidate_id).encode())
        for one in (full, unsure)
    )
    known = [names[k] for k in np.flatnonzero(~np.isnan(lessons.scores[of_full]))]
    assert known == ["capacity"]
    assert np.array_equal(lessons.scores[of_unsure], found.examples.scores[of_unsure], equal_nan=True)
    assert np.isfinite(found.examples.scores[of_full, names.index("capability")])


def rows_of(found, run):
    name = f"need:{run.need_id}:{run.created_at.date()}"
    return [row for row, query in enumerate(found.examples.query) if found.names[query] == name]


def snapshot_ids(market):
    return market.reader.snapshot(market.session, today=TODAY).engine.profiles.organisations.ids


def test_the_furthest_that_a_candidate_came_is_its_outcome(market):
    need, asker, run = learning_market.any_list(market.session)
    told = market.session.exec(select(Interaction).where(Interaction.need_id == need.id)).first()
    seller = market.session.get_one(Organisation, told.candidate_id)
    for hours, kind in enumerate((K.SHORTLISTED, K.ASKED, K.ACCEPTED, K.NOT_USEFUL)):
        answer(market.session, run, asker, need, seller, kind, 1, run.created_at + timedelta(hours=hours))
    market.session.flush()

    answers = outcomes.read_answers(market.session, as_of=TODAY)

    assert answers[outcomes.Pair(need.id, seller.id)].kind is OutcomeKind.ACCEPTED


def test_who_was_shown_first_and_answered_later_was_passed_over_first_and_is_no_news_afterwards(market):
    need, asker, run = learning_market.any_list(market.session)
    seen = {line["organisation_id"] for line in run.shown}
    told = {
        str(one) for one in market.session.exec(select(Interaction.candidate_id).where(Interaction.need_id == need.id))
    }
    seller = market.session.get_one(Organisation, UUID(min(seen - told)))
    line = next(line for line in run.shown if line["organisation_id"] == str(seller.id))
    later = [
        RankingRun(
            need_id=need.id,
            preset_code="partners",
            index_version="1",
            shown=[{**line, "position": 1}],
            created_at=run.created_at + timedelta(days=days),
        )
        for days in (3, 6)
    ]
    market.session.add_all(later)
    market.session.flush()
    answer(market.session, later[0], asker, need, seller, K.USEFUL, 1, later[0].created_at)
    market.session.flush()

    answers = outcomes.read_answers(market.session, as_of=TODAY)
    settled = outcomes.settle(answers, outcomes.read_showings(market.session, answers, as_of=TODAY))

    mine = [(one.kind, one.position) for one in settled if one.pair == outcomes.Pair(need.id, seller.id)]
    assert mine == [(OutcomeKind.PASSED_OVER, line["position"]), (OutcomeKind.USEFUL, 1)]


def test_an_opening_is_no_answer_and_says_that_its_place_was_looked_at(market):
    need, asker, run = learning_market.any_list(market.session)
    answers = outcomes.read_answers(market.session, as_of=TODAY)
    showings = outcomes.read_showings(market.session, answers, as_of=TODAY)
    before = outcomes.as_experiment(answers, showings)
    place = next(at for at, one in enumerate(showings) if one.run_id == run.id and not before.answered[at])
    seller = market.session.get_one(Organisation, showings[place].pair.candidate_id)
    answer(market.session, run, asker, need, seller, K.OPENED, showings[place].position, run.created_at)
    market.session.flush()

    opened = outcomes.read_opened(market.session, as_of=TODAY)
    after = outcomes.as_experiment(answers, showings, opened)

    assert outcomes.read_answers(market.session, as_of=TODAY) == answers
    assert [at for at, was in enumerate(before.answered) if after.answered[at] != was] == [place]


def test_officers_look_and_do_not_train_and_others_do_not_even_look(market):
    versions.list_runs(market.session, OFFICER)

    with pytest.raises(NotAllowed):
        training.train(market.session, OFFICER, market.reader, purpose="partners", today=TODAY, seed=1)
    with pytest.raises(NotAllowed):
        versions.list_runs(market.session, Actor(user_id=UUID(int=2)))
    with pytest.raises(NotAllowed):
        bench.find_latest(market.session, Actor(user_id=UUID(int=2)), "partners")


def test_the_bench_measures_the_live_weights_beside_the_others(market):
    versions.promote(market.session, PLATFORM, market.train())

    run = bench.measure(market.session, PLATFORM, market.reader, purpose="partners", today=TODAY, seed=1)
    bench.keep(market.session, PLATFORM, run)

    assert bench.find_latest(market.session, PLATFORM, "partners") == run
    live, before, popularity = run.results["lines"]
    assert [live["role"], before["role"], popularity["role"]] == ["live", "before", "popularity"]
    assert live["mrr"]["mean"] > before["mrr"]["mean"]
    assert before["live_is_ahead"]["low"] > 0
    assert live["reliability"]
    assert sum(one["share"] for one in live["reliability"]) == pytest.approx(1, abs=1e-4)
    assert not popularity["reliability"]
    assert set(live["slices"]) == {"no_tie", "one_project", "newcomer", "small"}
    assert 0 < live["coverage"] <= 1


def test_the_bench_says_nothing_of_few_outcomes_but_how_many_it_takes(market):
    for one in market.session.exec(select(Interaction).where(Interaction.kind == K.USEFUL)):
        market.session.delete(one)
    market.session.flush()

    run = bench.measure(market.session, PLATFORM, market.reader, purpose="partners", today=TODAY, seed=1)

    assert (run.outcomes, run.needed, run.results) == (0, bench.FEWEST_QUERIES, {})


def test_the_command_line_prints_why_a_version_is_refused(market):
    market.session.close()

    result = CliRunner().invoke(
        main, ["learn", "--purpose", "partners-by-record", "--instance", str(market.instance.folder)]
    )

    assert result.exit_code == 1, result.output
    assert "too few outcomes: found 30, needed 150" in result.output
