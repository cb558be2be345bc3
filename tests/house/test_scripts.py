"""The commands that people type first."""

import os
import shutil
import subprocess

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

    done = subprocess.run([root / "scripts/setup", "test"], capture_output=True, text=True, timeout=3, check=False)

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


def test_setup_names_the_pythons_it_needs_when_there_is_none(copied_scripts, tmp_path):
    tools = tmp_path / "tools"
    tools.mkdir()
    for tool in ("bash", "cat", "cksum", "dirname", "env", "head", "id", "sed"):
        (tools / tool).symlink_to(str(shutil.which(tool)))
    environment = {"PATH": str(tools), "HOME": str(tmp_path)}
    setup = copied_scripts / "scripts/setup"

    refused = subprocess.run([setup], env=environment, capture_output=True, text=True, check=False)

    assert refused.returncode == 1
    assert "needs Python 3.11, 3.12 or 3.13" in refused.stderr
