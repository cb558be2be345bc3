"""The commands that people type first."""

import os
import shutil
import subprocess
import sys

import pytest

SCRIPTS = ["check", "lock", "serve", "setup", "test", "translations"]


def list_scripts(root):
    return [path for path in sorted((root / "scripts").iterdir()) if path.is_file() and path.suffix == ""]


def test_every_script_can_be_run_and_is_known_here(root):
    scripts = list_scripts(root)

    assert set(SCRIPTS) <= {path.name for path in scripts}
    assert [path.name for path in scripts if not os.access(path, os.X_OK)] == []


def test_every_script_says_how_to_use_it_from_any_folder(root, tmp_path):
    for path in list_scripts(root):
        shown = subprocess.run([path, "--help"], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)

        assert shown.returncode == 0, f"{path.name}: {shown.stderr}"
        assert f"scripts/{path.name}" in shown.stdout, f"{path.name} --help: {shown.stdout}"


@pytest.mark.parametrize("script", ["setup", "check", "translations"])
def test_a_script_refuses_what_it_does_not_know(root, script):
    refused = subprocess.run([root / "scripts" / script, "nonsense"], capture_output=True, text=True, check=False)

    assert refused.returncode == 2
    assert "--help" in refused.stderr or "Usage" in refused.stderr


def test_setup_does_nothing_when_nothing_changed(root):
    subprocess.run([root / "scripts/setup", "test"], capture_output=True, check=True)

    done = subprocess.run([root / "scripts/setup", "test"], capture_output=True, text=True, timeout=60, check=False)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.fixture
def copied_scripts(root, tmp_path):
    """A place that has the scripts and nothing made by them."""
    copy = tmp_path / "a place with spaces"
    shutil.copytree(root / "scripts", copy / "scripts")
    shutil.copytree(root / "requirements", copy / "requirements")
    shutil.copy(root / "pyproject.toml", copy)
    return copy


def test_setup_names_the_pythons_it_needs_when_given_another(copied_scripts):
    environment = {**os.environ, "PYTHON": "/bin/false"}
    setup = copied_scripts / "scripts/setup"

    refused = subprocess.run([setup], env=environment, capture_output=True, text=True, check=False)

    assert refused.returncode == 1
    assert "3.11, 3.12 or 3.13" in refused.stderr
    assert not (copied_scripts / ".venv").exists()


@pytest.fixture
def bare_machine(tmp_path):
    """What an ordinary person, not root, finds on a machine with little installed: a folder of tools to add to."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for tool in ("bash", "cat", "cksum", "dirname", "env", "head", "sed"):
        (tools / tool).symlink_to(str(shutil.which(tool)))
    write_tool(tools / "id", "echo 1000")
    return tools


def write_tool(path, body):
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def run_on(machine, script):
    environment = {"PATH": str(machine), "HOME": str(machine)}
    return subprocess.run([script], env=environment, capture_output=True, text=True, check=False)


def test_setup_names_the_pythons_it_needs_when_there_is_none(copied_scripts, bare_machine):
    refused = run_on(bare_machine, copied_scripts / "scripts/setup")

    assert refused.returncode == 1
    assert "needs Python 3.11, 3.12 or 3.13" in refused.stderr


def test_setup_passes_over_a_python_whose_sqlite_is_too_old_for_the_queue_of_jobs(copied_scripts, bare_machine):
    write_tool(bare_machine / "python3.13", """case "$2" in *sqlite3*) exit 1 ;; *) echo 3.13 ;; esac""")
    refused = run_on(bare_machine, copied_scripts / "scripts/setup")
    write_tool(bare_machine / "python3.11", """case "$2" in *ensurepip*) exit 1 ;; *) echo 3.11 ;; esac""")
    went_on = run_on(bare_machine, copied_scripts / "scripts/setup")

    assert "SQLite 3.42" in refused.stderr
    assert "apt-get install python3.11-venv" in went_on.stderr


def test_setup_names_the_package_that_lets_python_make_environments(copied_scripts, bare_machine):
    write_tool(bare_machine / "python3", """case "$2" in *ensurepip*) exit 1 ;; *) echo 3.11 ;; esac""")

    refused = run_on(bare_machine, copied_scripts / "scripts/setup")

    assert refused.returncode == 1
    assert "apt-get install python3.11-venv" in refused.stderr


@pytest.mark.skipif(sys.platform == "darwin", reason="a browser on macOS is an application, not a command in PATH")
def test_the_tests_name_the_browser_they_need(root, bare_machine):
    refused = run_on(bare_machine, root / "scripts/test")

    assert refused.returncode == 1
    assert "apt-get install chromium" in refused.stderr
    assert refused.stdout == ""
