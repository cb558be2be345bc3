"""What may be wrong with a table or a row: a code with facts, and the English sentence made of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from matchmaker.errors import InvalidInput

SENTENCES = {
    # The whole file
    "no_such_file": "There is no file {file}.",
    "not_a_table": "{file} is neither .csv nor .xlsx.",
    "old_workbook": "{file} is in the old .xls format or is protected by a password: save it as .xlsx without one.",
    "not_a_workbook": "{file} ends in .xlsx but is not a workbook.",
    "workbook_named_csv": "{file} ends in .csv but is a workbook: rename it to .xlsx.",
    "too_big": "The file has {size} bytes; {limit} are allowed.",
    "empty_file": "The file is empty.",
    "damaged_workbook": "The workbook is damaged and cannot be opened ({detail}).",
    "unsafe_workbook": "The workbook is not safe to open: {detail}.",
    "workbook_took_too_long": "The workbook took longer than {seconds} seconds to read: split it or save it anew.",
    "workbook_too_big": "The workbook needs more memory than is allowed: split it or delete empty rows and columns.",
    "unknown_encoding": "The characters cannot be read: save the file as UTF-8 or GB 18030.",
    "broken_csv": "The file is not a proper CSV near line {line}: {detail}.",
    "no_rows": "The table has a header row but no rows below it.",
    "too_many_rows": "The table has more than {limit} rows: split it.",
    "too_many_columns": "Row {row} has more than {limit} columns.",
    "too_many_cells": "The table has more than {limit} filled cells: split it.",
    "duplicate_header": "The column {header} is there more than once.",
    "same_field_twice": "The columns {headers} all mean {field}: keep one.",
    "no_known_column": "None of the columns is known ({headers}): start from the template, or use --map.",
    "missing_column": "The column {column} is missing.",
    "map_unknown_header": "--map names the column {header}, which the table does not have.",
    "map_unknown_field": "--map names the field {field}, which {kind} do not have. They have: {fields}.",
    "unknown_kind": "There is no kind of table called {kind}. There are: {kinds}.",
    "bad_rows": "{bad} of {total} rows cannot be imported, so nothing was. Correct them or skip them.",
    "benchmark_stays": "A benchmark set cannot be taken back: remove the instance folder and start anew.",
    "upload_gone": "The table has been thrown away: hand it in again.",
    "batch_undone": "The import {batch} has been undone already.",
    "missing_file": "The folder has no {file}.",
    "unknown_benchmark": "{folder} holds neither organisations.parquet nor startups.parquet.",
    "damaged_parquet": "{file} cannot be read: {detail}.",
    # One cell
    "required": "It must be filled in.",
    "control_character": "It holds the invisible character {character}.",
    "formula_error": "Its formula gives an error.",
    "too_long": "It has {length} characters; {limit} are allowed.",
    "not_a_number": "It is not a number.",
    "not_whole": "It is not a whole number.",
    "out_of_range": "It must be between {low} and {high}.",
    "not_a_share": "Write a share with a percent sign (6.5%) or as a fraction (0.065).",
    "not_a_date": "It is not a date: write 2024-03-01, 2024/3/1 or 2024年3月1日.",
    "not_yes_or_no": "Write yes or no (是 or 否).",
    "not_an_email": "It is not an e-mail address.",
    "not_a_website": "It is not a web address.",
    "unknown_value": "It is not one of: {allowed}.",
    "unknown_code": "There is no such {what}{hint}.",
    "ambiguous_code": "It may be any of the {what}s {codes}: write the code.",
    "bad_level": "A level is a whole number from 1 to 5.",
    "twice_in_list": "{item} is in the list twice.",
    "bad_item": "Write it as {shape}.",
    "uscc_length": "A credit code has {expected} characters, this has {length}.",
    "uscc_characters": "It has characters that a credit code cannot have.",
    "uscc_check": "Its check character is wrong: one of the other characters was mistyped.",
    # One row
    "too_many_cells_in_row": "The row has cells beyond the last column.",
    "needs_a_name": "Give a Chinese or an English name.",
    "needs_a_title": "Give a Chinese or an English title.",
    "wrong_order": "{low} must not be above {high}.",
    "repeats_row": "It names the same record as row {row} but says something else.",
    "ambiguous_match": "It may be any of these records: {matches}.",
    "other_credit_code": "{match} has the same name but the credit code {uscc}.",
    "unknown_organisation": "There is no such organisation: import the organisations first.",
    "ambiguous_organisation": "Several organisations have this name: write the credit code.",
    "not_a_fund": "{match} is registered as {kind}, not as a fund.",
}


class CellProblem(Exception):
    """What is wrong with one value; the row and the column are known elsewhere."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


@dataclass(frozen=True)
class RowProblem:
    """One reason why a row cannot be imported; `column` is empty where the row as a whole is meant."""

    row: int
    column: str
    value: str
    code: str
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        return sentence(self.code, self.facts)


class ImportRefused(InvalidInput):
    """The file as a whole cannot be imported."""

    def __str__(self) -> str:
        return sentence(self.code, self.facts)


def sentence(code: str, facts: Mapping[str, object]) -> str:
    return SENTENCES[code].format_map(dict(facts))
