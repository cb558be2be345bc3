"""An import that is killed at any moment leaves nothing behind; the next one does the whole work."""

import random
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.import_tables import as_csv

ROUNDS = 5
ROWS = 1_500
NEVER = 10**9
TABLES = ("organisations", "organisation_nodes", "import_batches", "imported_records", "audit_entries")


# The real command, with a progress bar that kills its process after so many rows: while they are checked, or while
# they are written and the transaction is open.
KILLED_PROGRAM = """
import os, signal, sys
from contextlib import contextmanager
from matchmaker.cli import imports, main

left = int(sys.argv.pop(1))

@contextmanager
def progress(title, total=None):
    def advance(rows):
        global left
        left -= rows
        if left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)
    yield advance

imports.progress = progress
main()
"""


def run_import(table: Path, folder: Path, *, killed_after: int) -> subprocess.CompletedProcess[bytes]:
    arguments = ["import", str(table), "--kind", "organisations", "--instance", str(folder)]
    return subprocess.run(
        [sys.executable, "-c", KILLED_PROGRAM, str(killed_after), *arguments], capture_output=True, check=False
    )


def counts(folder: Path) -> list[int]:
    with closing(sqlite3.connect(folder / "matchmaker.sqlite")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        return [connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in TABLES]  # noqa: S608


@pytest.mark.slow
def test_an_import_killed_at_any_moment_leaves_nothing_and_the_next_one_does_it_all(tmp_path):
    table, first = tmp_path / "many.csv", tmp_path / "first.csv"
    header = ["中文名称", "类型", "员工人数", "产业链环节", "中文简介"]
    body = [[f"重庆第{n}号公司", "中小企业", n, "nev-battery", "智能座舱" * 40] for n in range(ROWS)]
    table.write_text(as_csv([header, *body]), encoding="utf-8")
    first.write_text(as_csv([header, ["最初的公司", "SME", 1, "", ""]]), encoding="utf-8")
    folder = tmp_path / "instance"
    assert run_import(first, folder, killed_after=NEVER).returncode == 0
    before = counts(folder)
    generator = random.Random(20261122)
    # Each row counts twice: once when it is checked, once when it is written.
    moments = [
        generator.randint(1, ROWS),
        *(generator.randint(ROWS + 1, 2 * ROWS) for _ in range(ROUNDS - 2)),
        2 * ROWS,
    ]

    for moment in moments:
        assert run_import(table, folder, killed_after=moment).returncode == -signal.SIGKILL
        assert counts(folder) == before
    last = run_import(table, folder, killed_after=NEVER)

    assert f"Created {ROWS}" in last.stdout.decode(), last.stderr.decode()
    assert counts(folder)[0] == before[0] + ROWS
