"""The repository stands alone: it names no machine it was written on and no place it was installed from."""

import re

import pytest

# Written in pieces, so that this file does not break its own rule.
NOT_OURS_TO_NAME = {
    "a package registry": ("pypi" + r"\.org", "pythonhosted" + r"\.org", "registry" + r"\.npmjs", "deb" + r"\.debian"),
    "a local package index": ("/opt/" + "pypi", "/opt/" + "wheels", "--index" + "-url", "--find" + "-links"),
    "a folder of one machine": (
        r"(?<![\w.])/" + r"work/",
        r"(?<![\w.])/" + r"root\b",
        "/home/" + r"\w",
        "/Users/" + r"\w",
    ),
    "a folder beside the repository": (r"\.\./" + "shared", "shared/" + "design"),
}
PATTERNS = {what: re.compile("|".join(patterns)) for what, patterns in NOT_OURS_TO_NAME.items()}

# Says to uv that no index is to be written down.
ALLOWED = "--no-emit-index" + "-url"


def read_text(path):
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""  # pictures, fonts and test files in other encodings


LARGE = {"seeds/demo/vectors.npz": "encoding the demo takes minutes; scripts/demo-vectors makes the file anew"}


@pytest.mark.parametrize("what", PATTERNS)
def test_no_file_names(what, root, committed_files):
    named = [
        f"{path.relative_to(root)}:{number}: {line.strip()[:120]}"
        for path in committed_files
        for number, line in enumerate(read_text(path).splitlines(), start=1)
        if PATTERNS[what].search(line.replace(ALLOWED, ""))
    ]

    assert named == []


def test_no_file_is_too_large_to_review(root, committed_files):
    large = {str(path.relative_to(root)) for path in committed_files if path.stat().st_size > 2_000_000}

    assert large == LARGE.keys()


def test_the_readme_gives_the_two_commands(root):
    readme = (root / "README.md").read_text()

    assert "scripts/serve" in readme
    assert "scripts/test" in readme


def test_every_pin_has_a_hash(root):
    for name, fewest in (("run.txt", 50), ("test.txt", 50), ("bench.txt", 3)):
        pins = re.findall(r"^\S+==.*?(?=^\S|\Z)", (root / "requirements" / name).read_text(), re.MULTILINE | re.DOTALL)

        assert len(pins) > fewest
        assert [pin.split()[0] for pin in pins if "--hash=sha256:" not in pin] == []


def test_the_tests_run_on_the_versions_that_the_platform_runs_on(root):
    def read_pins(name):
        return set(re.findall(r"^\S+==\S+", (root / "requirements" / name).read_text(), re.MULTILINE))

    assert read_pins("run.txt") - read_pins("test.txt") == set()
