"""Which column of a table is which of our fields."""

from collections.abc import Mapping
from dataclasses import dataclass

from matchmaker.names import fold_text
from matchmaker.services.imports.kinds import Column, TableKind
from matchmaker.services.imports.problems import ImportRefused


@dataclass(frozen=True)
class Headers:
    """The known columns by their place in the row, and the headers that nothing was made of."""

    columns: Mapping[int, Column]
    ignored: tuple[str, ...]


def recognise(headers: tuple[str, ...], kind: TableKind, mapping: Mapping[str, str]) -> Headers:
    """`mapping` (their header -> our field, or nothing to leave it out) goes before what we know of headers."""
    wanted = _by_place(headers, kind, mapping)
    columns = {place: column for place, column in wanted.items() if column}
    if not columns:
        raise ImportRefused("no_known_column", headers=", ".join(filter(None, headers))[:300])
    for column in columns.values():
        same = [headers[place] for place, other in columns.items() if other is column]
        if len(same) > 1:
            raise ImportRefused("same_field_twice", headers=", ".join(same), field=column.name)
    return Headers(columns, tuple(header for place, header in enumerate(headers) if header and place not in columns))


def _by_place(headers: tuple[str, ...], kind: TableKind, mapping: Mapping[str, str]) -> dict[int, Column | None]:
    places = {fold_text(header) or header: place for place, header in enumerate(headers)}
    chosen: dict[int, Column | None] = {}
    for header, field in mapping.items():
        folded = fold_text(header) or header
        if folded not in places:
            raise ImportRefused("map_unknown_header", header=header)
        chosen[places[folded]] = kind.column(field) if field else None
    taken = {column.name for column in chosen.values() if column}
    for place, header in enumerate(headers):
        if place not in chosen:
            column = kind.find_column(header) if header else None
            chosen[place] = column if column and column.name not in taken else None
    return chosen
