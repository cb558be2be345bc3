"""Rules of the house that no linter knows."""

import ast

MOST_LINES = 400

# A longer module needs its reason here.
LONGER_FOR_A_REASON: dict[str, str] = {
    "models/enums.py": "every closed list of the domain, in the one place where people look for them",
}


def test_no_module_is_longer_than_people_read_at_once(root, committed_files):
    lengths = {
        str(path.relative_to(root)): len(path.read_text().splitlines())
        for path in committed_files
        if path.suffix == ".py" and "migrations/versions" not in path.as_posix()
    }

    too_long = {name: lines for name, lines in lengths.items() if lines > MOST_LINES}

    assert set(too_long) == set(LONGER_FOR_A_REASON), too_long


def test_models_keep_their_annotations_because_sqlmodel_reads_them(root):
    postponed = [
        path.name
        for path in sorted((root / "models").rglob("*.py"))
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.ImportFrom) and node.module == "__future__"
    ]

    assert postponed == []


def test_every_module_says_in_a_line_what_it_is(root, committed_files):
    packages = {"matchmaker", "models", "web", "seeds"}
    silent = [
        str(path.relative_to(root))
        for path in committed_files
        if path.suffix == ".py" and path.relative_to(root).parts[0] in packages
        if path.read_text().strip() and ast.get_docstring(ast.parse(path.read_text())) is None
    ]

    assert silent == []


def test_who_clicks_in_a_browser_test_says_whether_another_page_comes(root):
    clicking = [path.name for path in sorted((root / "tests/browser").glob("*.py")) if ".click(" in path.read_text()]

    assert clicking == ["acting.py"], "use `turn` or `tap` of tests/browser/acting.py"
