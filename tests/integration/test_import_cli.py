import csv
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from sqlmodel import Session, select

from matchmaker.cli import main
from matchmaker.services.imports.tables import KINDS
from models.organisations import Organisation
from models.sessions import create_engine
from tests.import_tables import USCC

TABLE = "中文名称,类型,信用代码,员工人数\n重庆甲有限公司,中小企业,{code},{staff}\n"


@pytest.fixture
def folder(tmp_path, migrated_database):
    """An instance that has its tables and nobody in them."""
    instance = tmp_path / "instance"
    instance.mkdir()
    (instance / "matchmaker.sqlite").write_bytes(migrated_database.read_bytes())
    return instance


def run(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def write(path: Path, *, staff="12", code=USCC, encoding="utf-8") -> Path:
    path.write_text(TABLE.format(staff=staff, code=code), encoding=encoding)
    return path


def staff_of(folder: Path) -> list[int | None]:
    engine = create_engine(f"sqlite:///{folder / 'matchmaker.sqlite'}")
    with Session(engine) as session:
        found = session.exec(select(Organisation.staff)).all()
    engine.dispose()
    return list(found)


def test_a_table_is_imported_listed_and_taken_back(folder, tmp_path):
    table = write(tmp_path / "a.csv", encoding="gb18030")

    done = run("import", table, "--kind", "organisations", "--instance", folder)
    listed = run("import", "list", "--instance", folder)
    batch = listed.stdout.split()[0]
    undone = run("import", "undo", batch, "--instance", folder)

    assert (done.exit_code, listed.exit_code, undone.exit_code) == (0, 0, 0)
    assert "Created 1" in done.stdout
    assert "a.csv" in listed.stdout
    assert "Removed 1" in undone.stdout
    assert staff_of(folder) == []


def test_the_same_file_again_says_that_nothing_was_changed(folder, tmp_path):
    table = write(tmp_path / "a.csv")
    run("import", table, "--kind", "organisations", "--instance", folder)

    again = run("import", table, "--kind", "organisations", "--instance", folder)

    assert again.exit_code == 0
    assert "imported before" in again.stdout


def test_a_dry_run_says_what_would_be_done_and_does_not_do_it(folder, tmp_path):
    result = run("import", write(tmp_path / "a.csv"), "--kind", "organisations", "--dry-run", "--instance", folder)

    assert result.exit_code == 0
    assert "Would create 1" in result.stdout
    assert staff_of(folder) == []


def test_bad_rows_are_named_written_to_the_errors_file_and_nothing_is_imported(folder, tmp_path):
    table, errors = write(tmp_path / "a.csv", staff="=1+1"), tmp_path / "errors.csv"

    result = run("import", table, "--kind", "organisations", "--errors", errors, "--instance", folder)

    assert result.exit_code == 1
    assert "row 2, 员工人数 (=1+1): It is not a number." in result.stderr
    assert "Traceback" not in result.output
    with errors.open(encoding="utf-8-sig", newline="") as stream:
        assert list(csv.reader(stream))[1][:4] == ["2", "员工人数", "'=1+1", "not_a_number"]
    assert staff_of(folder) == []


def test_a_column_of_another_name_is_mapped(folder, tmp_path):
    (tmp_path / "a.csv").write_text("Firma,Art\n重庆甲有限公司,SME\n", encoding="utf-8")

    result = run(
        *("import", tmp_path / "a.csv", "--kind", "organisations", "--instance", folder),
        *("--map", "Firma=name_zh", "--map", "Art=Kind"),
    )

    assert result.exit_code == 0
    assert staff_of(folder) == [None]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["import", "none.csv", "--kind", "organisations"], 1),
        (["import", "none.csv"], 2),
        (["import", "none.csv", "--kind", "colours"], 2),
        (["import", "none.csv", "--kind", "needs", "--map", "nonsense"], 2),
        (["import", "undo", "not-an-id"], 2),
        (["import", "undo", "01a20149-53be-7a0a-818a-2fc7cdb2420d"], 1),
        (["import", "benchmark", "."], 1),
        (["nonsense"], 2),
    ],
)
def test_what_cannot_be_done_ends_with_one_sentence_and_its_exit_code(folder, arguments, code):
    if arguments[0] == "import":
        arguments = [*arguments, "--instance", folder]

    result = run(*arguments)

    assert result.exit_code == code
    assert "Error: " in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize("kind", KINDS)
def test_a_template_has_all_columns_and_its_own_headers_are_understood(tmp_path, kind):
    sheet, text = tmp_path / "t.xlsx", tmp_path / "t.csv"

    assert run("import", "template", "--kind", kind, "--out", sheet).exit_code == 0
    assert run("import", "template", "--kind", kind, "--out", text).exit_code == 0

    book = openpyxl.load_workbook(sheet)
    headers = [cell.value for cell in book.worksheets[0][1]]
    notes = list(book.worksheets[1].values)
    assert [KINDS[kind].find_column(header) for header in headers] == list(KINDS[kind].columns)
    assert text.read_text(encoding="utf-8-sig").strip().split(",") == headers
    assert [row[0] for row in notes[1:]] == headers
    assert all(row[2] and row[3] for row in notes)


@pytest.mark.parametrize("command", ["serve", "import", "index", "rank", "account", "doctor"])
def test_every_command_explains_itself(command):
    result = run(command, "--help")

    assert result.exit_code == 0
    assert command in run("--help").stdout


def test_the_doctor_names_what_is_wrong_and_fails(folder):
    result = run("doctor", "--instance", folder)

    assert result.exit_code == 1
    assert "FAILED  reference data is missing" in result.stdout
    assert "FAILED  there is no index" in result.stdout
    assert "newest revision" in result.stdout


def test_the_doctor_makes_no_installation_where_there_is_none(tmp_path):
    result = run("doctor", "--instance", tmp_path / "none")

    assert result.exit_code == 1
    assert not (tmp_path / "none").exists()


def test_the_doctor_sees_an_open_secret_and_a_damaged_index(folder):
    (folder / "secret").write_text("x" * 64)
    (folder / "secret").chmod(0o644)
    (folder / "index" / "v1").mkdir(parents=True)
    (folder / "index" / "current").write_text("v1")
    (folder / "index" / "v1" / "manifest.json").write_text("{broken")

    result = run("doctor", "--instance", folder)

    assert "FAILED  other users may read" in result.stdout
    assert "FAILED  the index is damaged" in result.stdout
