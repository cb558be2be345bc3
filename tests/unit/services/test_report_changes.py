"""What a report says of indicators against the one before: only figures of the same formula are compared."""

from matchmaker.services.reports.changes import indicators_moved


def row(code: str, value: float | None, formula: str | None = "a" * 64) -> dict:
    named = {"code": code, "name_zh": code, "name_en": code, "unit": "share", "better": 1, "value": value}
    return named | ({"formula_sha256": formula} if formula else {})


def compared(before: dict, after: dict) -> tuple[list, list]:
    moved, other = indicators_moved({"indicators": {"rows": [before]}}, {"rows": [after]})
    return [(one["before"], one["after"]) for one in moved], [one["code"] for one in other]


def test_an_indicator_of_the_same_formula_moves():
    assert compared(row("x", 0.1), row("x", 0.2)) == ([(0.1, 0.2)], [])


def test_an_indicator_that_stands_still_is_not_told():
    assert compared(row("x", 0.1), row("x", 0.1)) == ([], [])


def test_under_another_formula_nothing_moved_and_the_report_says_so():
    assert compared(row("x", 0.1), row("x", 0.2, "b" * 64)) == ([], ["x"])


def test_another_formula_is_told_even_where_the_figure_stayed():
    assert compared(row("x", 0.1), row("x", 0.1, "b" * 64)) == ([], ["x"])


def test_a_report_that_does_not_say_its_formula_is_not_compared():
    assert compared(row("x", 0.1, None), row("x", 0.2)) == ([], ["x"])


def test_an_indicator_that_only_one_of_them_has_is_in_neither_list():
    assert compared(row("x", 0.1), row("y", 0.2)) == ([], [])
