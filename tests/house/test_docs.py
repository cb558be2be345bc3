"""Documentation that agrees with the code."""

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from matchmaker.cli import main
from matchmaker.instance import Settings

PAGES = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/architecture.md", "docs/glossary.md"]
OPERATOR_GUIDE = "docs/guides/operator.md"
COMMANDS = main.list_commands(click.Context(main))
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)")
HEADING = re.compile(r"^#+\s+(.*)$", re.MULTILINE)


@pytest.mark.parametrize("name", PAGES)
def test_a_newcomer_finds(name, root):
    assert len((root / name).read_text().split()) > 50


@pytest.mark.parametrize("command", COMMANDS)
def test_the_operators_guide_has_a_heading_for(command, root):
    headings = HEADING.findall((root / OPERATOR_GUIDE).read_text())

    assert any(f"matchmaker {command}" in heading for heading in headings), headings


@pytest.mark.parametrize("setting", sorted(Settings.model_fields))
def test_the_operators_guide_explains_the_setting(setting, root):
    assert f"MATCHMAKER_{setting.upper()}" in (root / OPERATOR_GUIDE).read_text()


@pytest.mark.parametrize("command", COMMANDS)
def test_the_command_line_explains(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    shown = CliRunner().invoke(main, [command, "--help"], prog_name="matchmaker")

    assert shown.exit_code == 0, shown.output
    assert shown.output.startswith(f"Usage: matchmaker {command}")
    assert list(tmp_path.iterdir()) == []


def test_the_installed_program_is_the_command_line(tmp_path):
    program = Path(sys.executable).with_name("matchmaker")

    shown = subprocess.run([program, "serve", "--help"], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.startswith("Usage: matchmaker serve")
    assert list(tmp_path.iterdir()) == []


def test_no_link_between_pages_is_broken(root, committed_files):
    broken = [
        f"{page.relative_to(root)} -> {target}"
        for page in committed_files
        if page.suffix == ".md"
        for target in LINK.findall(page.read_text())
        if not (page.parent / target).exists()
    ]

    assert broken == []
