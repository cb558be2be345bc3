"""How the figures came about: weights, limits, versions, and checksums by which they can be worked out again."""

from collections.abc import Iterator

from flask_babel import gettext as _

from matchmaker.exports.content import Block
from models.enums import OrganisationKind
from web.i18n import UNKNOWN, number, percent
from web.labels import component_label, label_of
from web.reports.papers.words import (
    Content,
    Row,
    bullets,
    fine_table,
    name,
    on,
    paragraph,
    share,
    source,
    text,
)
from web.sentences.wording import listed


def method_blocks(content: Content) -> Iterator[Block]:
    yield paragraph(
        _(
            "Needs are held against offers, never profile against profile. The fit is the sum of its terms: the "
            "weight of a "
            "component times its score, over the components that can be told; the coverage is the share of the weights "
            "that these hold. What is not known counts neither for nor against, and is shown as not known."
        )
    )
    yield from bullets(_limits(content["method"]))
    yield _weights(content["method"])
    yield _versions(content)
    if content["versions"]["rules"]:
        yield _rules(content["versions"]["rules"])
    if content["versions"]["indicators"]:
        yield _formulas(content["versions"]["indicators"])
    yield paragraph(
        _(
            "The same inputs give the same content, and the same content the same files, byte by byte. Who has the "
            "file can "
            "hold its checksum against that of the archive."
        )
    )


def _limits(method: Row) -> Iterator[str]:
    chosen = method["constraints"]
    yield _("Places of each list: at most %(depth)s.", depth=number(chosen["depth"]))
    if chosen.get("least_points"):
        yield _("Fit of at least %(points)s points.", points=number(chosen["least_points"], 1))
    if chosen.get("kinds"):
        kinds = listed(label_of(OrganisationKind, kind) for kind in chosen["kinds"])
        yield _("Candidates are of these kinds only: %(kinds)s.", kinds=kinds)
    if chosen.get("districts"):
        # A report of the first format has their codes alone.
        named = [name(one) for one in method.get("districts", ())] or chosen["districts"]
        yield _("Candidates are from these districts only: %(names)s.", names=listed(named))
    yield _prices(method)
    yield _floors(method)


def _prices(method: Row) -> str:
    if not method["prices_on"]:
        return _("The order follows the fit alone; crowding takes no place from anybody.")
    return _(
        "Who is asked by many stands lower: by the prices of crowding of %(day)s. The fit itself stays what it is.",
        day=on(method["prices_on"]),
    )


def _floors(method: Row) -> str:
    floors = method["floors"]
    if not floors:
        return _("No places are kept for newcomers or small firms.")
    return _(
        "Of the first %(depth)s places %(newcomers)s are kept for newcomers and %(small)s for small firms, where "
        "enough of "
        "them come into question.",
        depth=number(floors["depth"]),
        newcomers=percent(floors["newcomer_share"]),
        small=percent(floors["small_share"]),
    )


def _weights(method: Row) -> Block:
    ordered = sorted(method["components"], key=lambda one: -one["share"])
    rows = (
        (text(component_label(one["component"])), text(number(one["weight"], 3)), share(one["share"]))
        for one in ordered
    )
    preset = method.get("preset") or {}
    caption = _("Weights: %(preset)s", preset=name(preset, "preset_name") if preset else UNKNOWN)
    return fine_table(
        caption, (_("Component"), _("Weight"), _("Share of all weights")), rows, (56, 22, 22), numbers=(1, 2)
    )


def _versions(content: Content) -> Block:
    versions = content["versions"]
    rows = [
        (text(_("As of")), text(on(content["as_of"]))),
        (text(_("Code of the platform")), text(str(versions["code"]) or UNKNOWN)),
        (text(_("Index that was read")), text(str(versions["index"]) or UNKNOWN)),
        (text(_("Preset of weights")), text(str(versions["preset"]) or UNKNOWN)),
        (text(_("Format of the content")), text(str(content["format"]))),
        *(
            (text(_("Inputs of: %(part)s", part=part_name(part))), text(code))
            for part, code in content["inputs"].items()
        ),
    ]
    return fine_table(_("Versions and checksums"), (_("What it rests on"), _("Version or SHA-256")), rows, (34, 66))


def part_name(part: str) -> str:
    names = {"run": _("match run")}
    return names.get(part) or label_of("ReportSection", part)


def _rules(rules: list[Row]) -> Block:
    rows = ((text(name(one)), text(one["code"]), text(source(one)), text(one["sha256"][:16])) for one in rules)
    head = (_("Rules of composition"), _("Edition"), _("Citation"), _("SHA-256, beginning"))
    return fine_table(_("Rules in force"), head, rows, (30, 20, 30, 20))


def _formulas(rows: list[Row]) -> Block:
    told = ((text(one["code"]), text(source(one)), text(one["sha256"][:16])) for one in rows)
    head = (_("Code of the indicator"), _("Source"), _("SHA-256, beginning"))
    return fine_table(_("Formulas of the indicators"), head, told, (30, 46, 24))
