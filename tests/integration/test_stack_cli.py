"""`matchmaker stack`: a capital stack without the web and without a worker, and the same again from its question."""

import json
import shutil

import pytest
from click.testing import CliRunner
from sqlmodel import Session, select

from matchmaker.cli import main
from matchmaker.instance import Instance
from models.rounds import CapitalStack
from tests.stack_case import make_usual_case


@pytest.fixture
def case(migrated_database, tmp_path):
    folder = tmp_path / "instance"
    folder.mkdir()
    shutil.copy(migrated_database, folder / "matchmaker.sqlite")
    instance = Instance(folder)
    with Session(instance.engine, expire_on_commit=False) as session:
        yield make_usual_case(session), folder
    instance.engine.dispose()


def run(case, *arguments):
    return CliRunner().invoke(main, ["stack", "--instance", str(case[1]), *map(str, arguments)])


def test_it_prints_who_pays_when_with_the_proof_and_writes_nothing(case):
    result = run(case, case[0].round.id)

    assert result.exit_code == 0, result.output
    assert "每个月的资金都有着落" in result.stdout
    assert "已证明" in result.stdout
    assert "成长" in result.stdout
    assert case[0].session.exec(select(CapitalStack)).all() == []


def test_a_gap_is_named_with_what_would_close_it_and_ends_with_1(case):
    result = run(case, case[0].round.id, "--funds", 1, "--lang", "en")

    assert result.exit_code == 1
    assert "A gap of CNY" in result.stdout
    assert "most funds: from 1 to 2: closes it" in result.stdout


def test_its_answer_can_be_worked_out_again_from_its_question(case, tmp_path):
    first = run(case, case[0].round.id, "--json")
    (tmp_path / "answer.json").write_text(first.stdout, encoding="utf-8")
    for mandate in case[0].mandates.values():
        mandate.ticket_high = mandate.ticket_low
    case[0].session.commit()

    again = run(case, "--question", tmp_path / "answer.json", "--json")

    answer, replay = json.loads(first.stdout), json.loads(again.stdout)
    assert answer["sha256"] == replay["sha256"]
    assert answer["plan"]["tickets"] == replay["plan"]["tickets"]
    assert answer["plan"]["months"] == replay["plan"]["months"]


@pytest.mark.parametrize("arguments", [(), ("no-id",), ("00000000-0000-0000-0000-000000000001", "--question", "x")])
def test_a_command_that_is_not_understood_ends_with_2(case, arguments):
    assert run(case, *arguments).exit_code == 2


def test_a_round_that_is_not_there_and_a_file_that_is_no_question_are_refused(case, tmp_path):
    (tmp_path / "other.json").write_text('{"funds": 3}', encoding="utf-8")

    assert run(case, "00000000-0000-0000-0000-000000000001").exit_code == 1
    refused = run(case, "--question", tmp_path / "other.json")
    assert refused.exit_code == 1
    assert "not a question" in refused.output
