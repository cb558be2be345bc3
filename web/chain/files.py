"""The table of a chain as a file: for a spreadsheet, or for whoever reckons on."""

from collections.abc import Sequence

from flask import abort
from flask_babel import gettext as _

from matchmaker.exports import csv_table
from matchmaker.exports.content import Document, Language, Table, plain
from matchmaker.exports.csv_table import Cell
from matchmaker.exports.xlsx import render_xlsx
from matchmaker.services.chain.mapping import ChainMap, NodeLine
from web.choices import name_of
from web.i18n import current_language
from web.labels import label

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NUMBERS = frozenset(range(5, 16))


def table_file(found: ChainMap, kind: str) -> tuple[bytes, str]:
    names = {node.code: name_of(node) for node in found.nodes}
    rows = [_row(node, names) for node in found.leaves]
    if kind == "csv":
        return csv_table.render_csv(_head(), rows), csv_table.MEDIA_TYPE
    if kind != "xlsx":
        abort(404)
    return render_xlsx(_document(found, rows)), XLSX


def _head() -> list[str]:
    return [
        _("Code of the node"),
        _("Node"),
        _("Group of nodes"),
        _("Place in the chain"),
        _("State"),
        _("Suppliers here"),
        _("Suppliers outside"),
        _("Times asked for"),
        _("Who asks"),
        _("Not met"),
        _("Largest supplier's share"),
        _("Concentration (HHI)"),
        _("Capabilities"),
        _("Capabilities supplied"),
        _("Facilities open to others"),
        _("Of state bodies"),
    ]


def _row(node: NodeLine, names: dict[str, str]) -> list[Cell]:
    return [
        node.code,
        names[node.code],
        names.get(node.parent_code or "", ""),
        label(node.position),
        label(node.state),
        node.local,
        node.outside,
        node.demand,
        node.askers,
        node.unmet,
        None if node.largest is None else round(node.largest, 4),
        None if node.concentration is None else round(node.concentration, 4),
        node.capabilities,
        node.supplied,
        node.open_facilities,
        node.open_state_facilities,
    ]


def _document(found: ChainMap, rows: Sequence[Sequence[Cell]]) -> Document:
    cells = tuple(tuple(plain("" if cell is None else str(cell)) for cell in row) for row in rows)
    table = Table(caption=_("Nodes"), head=tuple(_head()), rows=cells, widths=(1,) * len(_head()), numbers=NUMBERS)
    return Document(
        title=_("Chain map"),
        subtitle=name_of(found.chain),
        language=Language(current_language()),
        made_on=found.day,
        author="Matchmaker",
        running_head="",
        facts=((_("As of"), found.day.isoformat()), (_("Hash of the inputs"), found.judged.inputs_sha256)),
        blocks=(table,),
    )
