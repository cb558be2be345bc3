"""`matchmaker compose`: a team without the web and without a worker, from the registry or from a file."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlmodel import Session, select

from matchmaker.cli import main
from matchmaker.instance import Instance
from models.consortia import Composition
from models.enums import RuleKind
from models.jobs import Job
from tests.composing_case import SOURCE, Case, make_usual_case


@pytest.fixture
def case(migrated_database: Path, tmp_path: Path) -> Iterator[Case]:
    folder = tmp_path / "instance"
    folder.mkdir()
    shutil.copy(migrated_database, folder / "matchmaker.sqlite")
    (folder / "settings.env").write_text("MATCHMAKER_ENCODER=hashed\n")
    instance = Instance(folder)
    with Session(instance.engine, expire_on_commit=False) as session:
        yield make_usual_case(session, instance)
    instance.engine.dispose()


def run(case: Case, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["compose", "--instance", str(case.instance.folder), *arguments])


def answer(case: Case, *arguments: str) -> dict[str, Any]:
    result = run(case, "--json", *arguments)
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def write_file(case: Case, tmp_path: Path, **changes: Any) -> str:
    exported = run(case, "--export", str(case.challenge.id))
    assert exported.exit_code == 0, exported.output
    path = tmp_path / "challenge.json"
    path.write_text(json.dumps({**json.loads(exported.stdout), **changes}), encoding="utf-8")
    return str(path)


def test_it_prints_the_proved_team_with_what_each_member_brings(case):
    result = run(case, "--challenge", str(case.challenge.id))

    assert result.exit_code == 0, result.output
    assert "已证明：在这些规则下没有更好的团队" in result.stdout
    assert "独家覆盖：智能座舱域控制器开发" in result.stdout
    assert "其他方案" in result.stdout


def test_it_speaks_english(case):
    result = run(case, "--challenge", str(case.challenge.id), "--lang", "en")

    assert "proved: no team under these rules is better" in result.stdout
    assert "alone covers: Cockpit domain controller development" in result.stdout


def test_it_writes_nothing_into_the_registry(case):
    answer(case, "--challenge", str(case.challenge.id))

    assert case.session.exec(select(Composition)).all() == []
    assert case.session.exec(select(Job)).all() == []


def test_a_file_gives_the_same_team_as_the_challenge_it_was_written_from(case, tmp_path):
    case.add_rule(RuleKind.MEMBER_COUNT, most=3)
    case.add_seat("研制", least=1, most=3, cost=1_000_000.0)
    case.session.commit()

    by_id = answer(case, "--challenge", str(case.challenge.id))
    by_file = answer(case, "--challenge", write_file(case, tmp_path))

    assert by_file["teams"] == by_id["teams"]
    assert by_file["is_proved"]
    assert len(by_file["teams"][0]["members"]) == 3


def test_a_lead_may_be_named_by_its_credit_code(case, tmp_path):
    case.lead.uscc = "91500000MA5U000010"
    case.session.commit()

    found = answer(case, "--challenge", write_file(case, tmp_path, lead="91500000ma5u000010"))

    assert found["puzzle"]["lead_id"] == str(case.lead.id)


def test_members_can_be_held_and_barred_and_the_team_kept_small(case):
    held, barred = case.firms["乙控制器"].id, case.firms["甲控制器"].id

    found = answer(
        case, "--challenge", str(case.challenge.id), "--hold", str(held), "--bar", str(barred), "--members", "3"
    )

    members = {member["organisation_id"] for member in found["teams"][0]["members"]}
    assert str(held) in members
    assert str(barred) not in members
    assert len(members) <= 3


def test_where_nothing_is_possible_it_names_the_clash_with_its_source_and_the_ways_out_and_ends_with_1(case):
    case.add_rule(RuleKind.MEMBER_COUNT, least=4)
    case.session.commit()

    result = run(case, "--challenge", str(case.challenge.id), "--members", "3")

    assert result.exit_code == 1
    assert "没有团队能满足全部要求" in result.stdout
    assert SOURCE in result.stdout
    assert "办法 1" in result.stdout


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"capabilities": [{"code": "cockpit-controller", "level": "high"}]}, "capabilities.0.level"),
        ({"capabilities": [{"code": "no-such-thing"}]}, "no-such-thing"),
        ({"seats": [{"kinds": ["wizard"]}]}, "seats.0.kinds.0"),
        ({"rules": [{"kind": "member_count", "arguments": {"least": "many"}}]}, "rules.0.arguments.least"),
        ({"colour": "blue"}, "colour"),
        ({"lead": "nobody"}, "nobody"),
    ],
)
def test_a_file_that_is_wrong_is_refused_with_the_place_in_it(case, tmp_path, changes, place):
    result = run(case, "--challenge", write_file(case, tmp_path, **changes))

    assert result.exit_code == 1
    assert place in result.output


@pytest.mark.parametrize("arguments", [(), ("--challenge", "no-such-file.json"), ("--challenge", "a", "--export", "b")])
def test_a_command_that_is_not_understood_ends_with_2(case, arguments):
    assert run(case, *arguments).exit_code == 2
