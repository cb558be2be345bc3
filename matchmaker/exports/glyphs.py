"""Texts without what no font shows: one character without a shape stops a whole PDF.

Names and texts come from people, so sooner or later one holds an emoji or a letter of a rare script. The typesetter has
fonts of its own beside the one of our documents, and does not say what is in them; so it is asked first, and only
where it refuses is a text put through here.
"""

import mmap
import struct
from bisect import bisect_right
from functools import cache
from importlib.resources import files
from pathlib import Path
from unicodedata import category

FONT = "NotoSansCJK-VF.otf.ttc"
STAND_IN = "□"
COLLECTION = b"ttcf"
SEGMENTS = 12  # the format of a table of characters that knows those beyond the first 65,536
GROUP = struct.Struct(">III")
# Controls, ends of lines and marks that choose a form: they have no shape of their own and need none.
UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp"})
FORM_CHOICES = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))
# In the typesetter's own fonts: letters with accents, and the small figures of formulas such as CO\u2082.
TYPESETTERS = (range(0x1E00, 0x1F00), range(0x2070, 0x2072), range(0x2074, 0x208F), range(0x2090, 0x209D))


def with_shapes(text: str) -> str:
    """The same text with a box in the place of every character that has no shape for certain."""
    missing = {ord(one): STAND_IN for one in set(text) if not one.isascii() and not _is_shown(one)}
    return text.translate(missing) if missing else text


def _is_shown(character: str) -> bool:
    if category(character) in UNSEEN or any(ord(character) in some for some in (*FORM_CHOICES, *TYPESETTERS)):
        return True
    starts, ends = _ranges()
    place = bisect_right(starts, ord(character)) - 1
    return place >= 0 and ord(character) <= ends[place]


@cache
def _ranges() -> tuple[tuple[int, ...], tuple[int, ...]]:
    """First and last characters of the runs that the font has, in order."""
    path = Path(str(files("manimgx_fonts_cjk"))) / FONT
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as font:
        return _read_segments(font, _find_table(font, b"cmap"))


def _find_table(font: mmap.mmap, name: bytes) -> int:
    """Where the table begins in the file; all fonts of a collection have the same characters, so the first tells."""
    first = struct.unpack_from(">I", font, 12)[0] if font[:4] == COLLECTION else 0
    (count,) = struct.unpack_from(">H", font, first + 4)
    for number in range(count):
        tag, _check, offset, _length = struct.unpack_from(">4sIII", font, first + 12 + 16 * number)
        if tag == name:
            return int(offset)
    raise ValueError(f"{FONT} has no table {name!r}")


def _read_segments(font: mmap.mmap, table: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    (count,) = struct.unpack_from(">H", font, table + 2)
    for number in range(count):
        (offset,) = struct.unpack_from(">I", font, table + 4 + 8 * number + 4)
        form, *_sizes, groups = struct.unpack_from(">HHIII", font, table + offset)
        if form == SEGMENTS:
            begin = table + offset + 16
            runs = list(GROUP.iter_unpack(font[begin : begin + groups * GROUP.size]))
            return tuple(run[0] for run in runs), tuple(run[1] for run in runs)
    raise ValueError(f"{FONT} has no table of segments")
