"""Who gets the places of the lists, held against how many they are; and who is asked more than it can carry."""

from collections.abc import Iterator, Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from matchmaker.exports.charts import pairs
from matchmaker.exports.content import Block, Line
from web.i18n import UNKNOWN, number
from web.labels import label_of
from web.reports.papers.words import (
    Content,
    Row,
    basis,
    bullets,
    compared_in_words,
    decimal,
    figure,
    fine_table,
    name,
    pairs_in_words,
    paragraph,
    share,
    share_of,
    text,
    whole,
)
from web.sentences.wording import listed

GROUPS = {
    "district": _l("By district"),
    "size": _l("By size"),
    "ownership": _l("By ownership"),
    "newcomer": _l("Newcomers and others"),
}
# A group whose share of places is this many times its share of organisations is worth a sentence.
CONSPICUOUS = 1.25
MOST_NAMED = 5
MOST_DRAWN = 12


NEWCOMERS = {"newcomer": _l("Newcomers"), "known": _l("Known for several projects")}
VOCABULARIES = {"size": "SizeClass", "ownership": "Ownership"}


def group_name(group: str, one: Row) -> str:
    """Districts carry their names; members of closed lists have those of the platform."""
    if one["code"] in NEWCOMERS:
        return str(NEWCOMERS[one["code"]])
    if one["code"] and group in VOCABULARIES:
        return label_of(VOCABULARIES[group], one["code"])
    named = name(one)
    return str(_("Unknown")) if named == UNKNOWN else named


def exposure_blocks(content: Content) -> Iterator[Block]:
    told = content["exposure"]
    if not told["lists"]:
        yield paragraph(_("No list was shown in the period, so nobody had a place in one."))
        return
    yield from bullets(exposure_sentences(told))
    yield from _drawn(told["groups"])
    yield _shares(told["groups"])
    if told["busy"]:
        yield _busy(told["busy"])
    yield basis(content, "exposure")


def exposure_sentences(told: Row) -> Iterator[str]:
    districts = [one for one in told["groups"].get("district") or [] if one["code"] and one["share_of_organisations"]]
    ahead = [one for one in districts if one["share"] and one["share"] >= CONSPICUOUS * one["share_of_organisations"]]
    for one in sorted(ahead, key=lambda one: one["share_of_organisations"] - one["share"])[:1]:
        yield _(
            "%(district)s has %(share)s of the places, with %(organisations)s of the organisations.",
            district=name(one),
            share=share_of(one["share"]),
            organisations=share_of(one["share_of_organisations"]),
        )
    if told["gini"] is not None:
        yield _(
            "The Gini coefficient of places is %(gini)s (0: all alike; 1: one has all); lists counted: %(lists)s.",
            gini=number(told["gini"], 2),
            lists=number(told["lists"]),
        )
    over = [one for one in told["busy"] if one["capacity"] is not None and one["load"] > one["capacity"]]
    if over:
        yield _("Asked for more than they can carry: %(names)s.", names=listed(name(one) for one in over[:MOST_NAMED]))


def _drawn(groups: Mapping[str, list[Row]]) -> Iterator[Block]:
    """Districts by themselves, because they are many; the other groups together."""
    named = {
        group: [(group_name(group, one), one) for one in groups.get(group) or [] if one["code"]] for group in GROUPS
    }
    districts = named.pop("district")[:MOST_DRAWN]
    others = [one for rows in named.values() for one in rows]
    if districts:
        yield _chart(_("By district"), districts)
    if others:
        yield _chart(_("By size, ownership and novelty"), others)


def _chart(heading: str, rows: list[tuple[str, Row]]) -> Block:
    names = (_("share of the places"), _("share of the organisations"))
    values = {what: (one["share"], one["share_of_organisations"]) for what, one in rows}
    words = pairs_in_words((what, f"{share_of(own)} / {share_of(of)}") for what, (own, of) in values.items())
    caption = _("Places of the lists: %(group)s", group=heading)
    picture = pairs(values, names=names, title=_("share of all"), alt_text=compared_in_words(caption, names, words))
    return figure(caption, picture)


def _shares(groups: Mapping[str, list[Row]]) -> Block:
    head = (
        _("Seen by"),
        _("Group"),
        _("Places in lists"),
        _("Share of the places"),
        _("Number of organisations"),
        _("Share of the organisations"),
    )
    rows = (
        _row(str(heading), group_name(group, one), one)
        for group, heading in GROUPS.items()
        for one in groups.get(group) or []
    )
    caption = _("Who has the places of the lists")
    return fine_table(caption, head, rows, (18, 22, 13, 14, 17, 16), numbers=(2, 3, 4, 5))


def _row(heading: str, group: str, one: Row) -> tuple[Line, ...]:
    return (
        text(heading),
        text(group),
        whole(one["places"]),
        share(one["share"]),
        whole(one["organisations"]),
        share(one["share_of_organisations"]),
    )


def _busy(rows: list[Row]) -> Block:
    head = (_("Organisation that many ask"), _("Expected requests"), _("What it can carry"))
    told = ((text(name(one)), decimal(one["load"]), whole(one["capacity"])) for one in rows)
    return fine_table(_("Crowding"), head, told, (56, 22, 22), numbers=(1, 2))
