"""What may be wrong with a table or a row on its way in, in the reader's words."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from web.i18n import current_language
from web.labels import label_of

# By the codes of matchmaker/services/imports/problems.py; facts fill the places in %(...)s.
PROBLEMS: Mapping[str, object] = {
    "no_such_file": _l("There is no file %(file)s."),
    "not_a_table": _l("The file is neither .csv nor .xlsx."),
    "old_workbook": _l(
        "The file is in the old .xls format or is protected by a password: save it as .xlsx without one."
    ),
    "not_a_workbook": _l("The file ends in .xlsx but is not a workbook."),
    "workbook_named_csv": _l("The file ends in .csv but is a workbook: rename it to .xlsx."),
    "too_big": _l("The file has %(size)s bytes; %(limit)s are allowed."),
    "empty_file": _l("The file is empty."),
    "damaged_workbook": _l("The workbook is damaged and cannot be opened (%(detail)s)."),
    "unsafe_workbook": _l("The workbook is not safe to open: %(detail)s."),
    "workbook_took_too_long": _l(
        "The workbook took longer than %(seconds)s seconds to read: split it or save it anew."
    ),
    "workbook_too_big": _l(
        "The workbook needs more memory than is allowed: split it or delete empty rows and columns."
    ),
    "unknown_encoding": _l("The characters cannot be read: save the file as UTF-8 or GB 18030."),
    "broken_csv": _l("The file is not a proper CSV near line %(line)s: %(detail)s."),
    "no_rows": _l("The table has a header row but no rows below it."),
    "too_many_rows": _l("The table has more than %(limit)s rows: split it."),
    "too_many_columns": _l("Row %(row)s has more than %(limit)s columns."),
    "too_many_cells": _l("The table has more than %(limit)s filled cells: split it."),
    "duplicate_header": _l("The column %(header)s is there more than once."),
    "same_field_twice": _l("The columns %(headers)s all mean %(field)s: keep one."),
    "no_known_column": _l("No column has a meaning yet: name at least one."),
    "missing_column": _l("The column %(column)s is missing."),
    "map_unknown_header": _l("The table has no column %(header)s."),
    "map_unknown_field": _l("There is no field %(field)s."),
    "unknown_kind": _l("There is no kind of table called %(kind)s."),
    "bad_rows": _l("%(bad)s of %(total)s rows cannot be taken in, so nothing was. Mend them or leave them out."),
    "benchmark_stays": _l("A benchmark set cannot be taken back."),
    "upload_gone": _l("The table has been thrown away: hand it in again."),
    "batch_undone": _l("This import has been taken back already."),
    "missing_file": _l("The folder has no %(file)s."),
    "unknown_benchmark": _l("%(folder)s is no benchmark set."),
    "damaged_parquet": _l("%(file)s cannot be read: %(detail)s."),
    "required": _l("It must be filled in."),
    "control_character": _l("It holds the invisible character %(character)s."),
    "formula_error": _l("Its formula gives an error."),
    "too_long": _l("It has %(length)s characters; %(limit)s are allowed."),
    "not_a_number": _l("It is not a number."),
    "not_whole": _l("It is not a whole number."),
    "out_of_range": _l("It must be between %(low)s and %(high)s."),
    "not_a_share": _l("Write a share with a percent sign (6.5%%) or as a fraction (0.065)."),
    "not_a_date": _l("It is not a date: write 2024-03-01, 2024/3/1 or 2024年3月1日."),
    "not_yes_or_no": _l("Write yes or no (是 or 否)."),
    "not_an_email": _l("It is not an e-mail address."),
    "not_a_website": _l("It is not a web address."),
    "unknown_value": _l("It is not one of: %(allowed)s."),
    "unknown_code": _l("There is no such %(what)s%(hint)s."),
    "ambiguous_code": _l("It may be any of several of the kind %(what)s (%(codes)s): write the code."),
    "bad_level": _l("A level is a whole number from 1 to 5."),
    "twice_in_list": _l("%(item)s is in the list twice."),
    "bad_item": _l("Write it as %(shape)s."),
    "uscc_length": _l("A credit code has %(expected)s characters, this has %(length)s."),
    "uscc_characters": _l("It has characters that a credit code cannot have."),
    "uscc_check": _l("Its check character is wrong: one of the other characters was mistyped."),
    "too_many_cells_in_row": _l("The row has cells beyond the last column."),
    "needs_a_name": _l("Give a Chinese or an English name."),
    "needs_a_title": _l("Give a Chinese or an English title."),
    "wrong_order": _l("%(low)s must not be above %(high)s."),
    "repeats_row": _l("It names the same record as row %(row)s but says something else."),
    "ambiguous_match": _l("It may be any of these records: %(matches)s."),
    "other_credit_code": _l("%(match)s has the same name but the credit code %(uscc)s."),
    "unknown_organisation": _l("There is no such organisation: import the organisations first."),
    "ambiguous_organisation": _l("Several organisations have this name: write the credit code."),
    "not_a_fund": _l("%(match)s is registered as %(kind)s, not as a fund."),
}
WHAT: Mapping[str, object] = {
    "district": _l("district"),
    "capability": _l("capability"),
    "chain node": _l("chain node"),
    "certification": _l("certification"),
    "industry": _l("industry"),
    "cluster": _l("cluster"),
}
NEAR = "; near: "


def problem_text(code: str, facts: Mapping[str, Any]) -> str:
    told = {name: _told(name, value) for name, value in facts.items()}
    return str(PROBLEMS[code]) % told


def _in_one_language(pair: str) -> str:
    """Of `中小企业 / SME` what the reader reads; either may be written in the table."""
    zh, _sign, en = pair.partition(" / ")
    return zh if current_language() == "zh" or not en else en


def _told(name: str, value: Any) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
    if name == "what":
        return str(WHAT.get(text, text))
    if name == "kind":
        return label_of("OrganisationKind", text)
    if name == "allowed":
        return "; ".join(_in_one_language(pair) for pair in text.split("; "))
    if name == "hint" and text.startswith(NEAR):
        return _(" (near: %(names)s)", names=text.removeprefix(NEAR))
    return text
