"""From evidence, a code and its facts, to what people read. Sentences speak of "the need" and of nobody in person,
because the same evidence is read by both sides.
"""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup, escape

from matchmaker.services.evidence import Named
from web.i18n import number, percent, yuan
from web.labels import label_of
from web.sentences.capital import ABOUT_CAPITAL
from web.sentences.circles import ABOUT_CONSORTIA
from web.sentences.deals import ABOUT_DEALS
from web.sentences.wording import (
    clauses,
    coded,
    day_of,
    levels,
    listed,
    place_name,
    quoted,
    title_of,
    with_partners,
    with_projects,
)

Facts = Mapping[str, Any]
Sentence = Callable[[Facts, float, Named], str]

VERY_CLOSE, CLOSE = 0.7, 0.35
LITTLE_FREE = 0.2


def sentence(code: str, facts: Facts, score: float, named: Named) -> str:
    """Why a component scores as it does; a record that is named is a link, the rest of a sentence is escaped."""
    said = SENTENCES[code](facts, score, named)
    return clauses([said, _declined(code, facts)]) if "declined" in facts else said


def caveat_order(code: str) -> int:
    return list(CAVEATS).index(code) if code in CAVEATS else len(CAVEATS)


def caveats(code: str, facts: Facts, score: float, named: Named) -> list[str]:
    """What of this component falls short, in the words of who has to decide."""
    found = CAVEATS.get(code)
    texts = [_declined(code, facts), *(found(facts, score, named) if found else [])]
    return [text for text in texts if text]


def _declined(code: str, facts: Facts) -> str:
    """How often the candidate has said no for a reason that speaks of this component; never to whom."""
    if "declined" not in facts:
        return ""
    times, since = facts["declined"], day_of(facts["declined_since"])
    match code.partition(".")[0]:
        case "capacity":
            return ngettext(
                "said %(num)s time since %(day)s that it has no capacity free",
                "said %(num)s times since %(day)s that it has no capacity free", times, day=since,
            )  # fmt: skip
        case "terms":
            return ngettext(
                "said no over terms %(num)s time since %(day)s",
                "said no over terms %(num)s times since %(day)s", times, day=since,
            )  # fmt: skip
        case "readiness":
            return ngettext(
                "said %(num)s time since %(day)s that it was too early",
                "said %(num)s times since %(day)s that it was too early", times, day=since,
            )  # fmt: skip
    return ngettext(
        "said no %(num)s time since %(day)s for a reason of this kind",
        "said no %(num)s times since %(day)s for a reason of this kind", times, day=since,
    )  # fmt: skip


def _nothing_stated(_facts: Facts, _score: float, _named: Named) -> str:
    return _("its free capacity is not stated")


def _met_need(facts: Facts, score: float, named: Named) -> str:
    need = _need_link(facts, named)
    offer = (named.facilities if facts["is_facility"] else named.offers).get(UUID(facts["offer"]))
    values = {"offer": quoted(title_of(offer)) if offer else "", "need": need}
    if offer is None:
        return escape(_("An offer of the asker was held against its need %(need)s")) % values
    if score >= VERY_CLOSE:
        return escape(_("The asker's offer %(offer)s meets its need %(need)s")) % values
    if score >= CLOSE:
        return escape(_("The asker's offer %(offer)s meets its need %(need)s in part")) % values
    return escape(_("The asker's offer %(offer)s hardly meets its need %(need)s")) % values


def _unwelcome(facts: Facts, _score: float, named: Named) -> str:
    text = escape(_("Its need %(need)s looks for another kind, size or district than the asker's"))
    return text % {"need": _need_link(facts, named)}


def _need_link(facts: Facts, named: Named) -> Markup:
    need = named.needs.get(UUID(facts["need"]))
    if need is None:  # withdrawn a moment ago
        return Markup("")
    url = url_for("organisations.show_need", need_id=need.id)
    return Markup('<a href="{}">{}</a>').format(url, quoted(title_of(need)))


def _capability(facts: Facts, _score: float, named: Named) -> str:
    full = [fact for fact in facts["covered"] if fact["offered_level"] >= fact["asked_level"]]
    met = _("Can do what is asked: %(items)s", items=listed(_met(fact, named) for fact in full)) if full else ""
    return clauses([met, *_capability_gaps(facts, _score, named)])


def _met(fact: Facts, named: Named) -> str:
    return _(
        "%(name)s (level %(level)s, asked %(asked)s)",
        name=coded(named.capabilities, fact["asked"]),
        level=fact["offered_level"],
        asked=fact["asked_level"],
    )


def _capability_gaps(facts: Facts, _score: float, named: Named) -> list[str]:
    below = [fact for fact in facts["covered"] if fact["offered_level"] < fact["asked_level"]]
    return [
        _("below the level asked for: %(items)s", items=listed(_met(fact, named) for fact in below)) if below else "",
        _("near, not the same: %(items)s", items=listed(_near(fact, named) for fact in facts["near"]))
        if facts["near"]
        else "",
        _("missing: %(items)s", items=listed(_missing(fact, named) for fact in facts["missing"]))
        if facts["missing"]
        else "",
    ]


def _near(fact: Facts, named: Named) -> str:
    return _(
        "%(offered)s (level %(level)s) in place of %(asked)s",
        offered=coded(named.capabilities, fact["offered"]),
        level=fact["offered_level"],
        asked=coded(named.capabilities, fact["asked"]),
    )


def _missing(fact: Facts, named: Named) -> str:
    return _("%(name)s at level %(level)s", name=coded(named.capabilities, fact["asked"]), level=fact["asked_level"])


def _text(facts: Facts, score: float, _named: Named) -> str:
    cosine = number(facts["cosine"], 2)
    if score >= VERY_CLOSE:
        return _("The two descriptions speak of nearly the same thing (similarity %(cosine)s)", cosine=cosine)
    if score >= CLOSE:
        return _("The two descriptions are close to each other (similarity %(cosine)s)", cosine=cosine)
    if score > 0:
        return _("The two descriptions touch in places only (similarity %(cosine)s)", cosine=cosine)
    return _("The two descriptions have little in common (similarity %(cosine)s)", cosine=cosine)


def _readiness(facts: Facts, score: float, _named: Named) -> str:
    both = {"offer": levels(facts["offer"]), "need": levels(facts["need"])}
    if score >= 1:
        return _("Ripe for all that is asked: %(offer)s, asked %(need)s", **both)
    if score > 0:
        return _("Ripe for part of what is asked: %(offer)s, asked %(need)s", **both)
    return _("Another stage than asked: %(offer)s, asked %(need)s", **both)


def _readiness_gap(facts: Facts, score: float, named: Named) -> list[str]:
    return [] if score >= 1 else [_readiness(facts, score, named)]


def _chain(facts: Facts, _score: float, named: Named) -> str:
    node = coded(named.nodes, facts["node"])
    if facts["nearness"] >= 1:
        return _("Works at %(node)s, just the place on the chain that is looked for", node=node)
    if facts["nearness"] > 0:
        return _("Works at %(node)s, next to the place on the chain that is looked for", node=node)
    return _("Works at %(node)s, away from the place on the chain that is looked for", node=node)


def _same_district(facts: Facts, _score: float, named: Named) -> str:
    return _("Both are in %(place)s", place=place_name(facts["place"], named))


def _other_district(facts: Facts, score: float, named: Named) -> str:
    place = place_name(facts["place"], named)
    if score > 0:
        return _("In %(place)s, the same area", place=place)
    return _("In %(place)s, another area", place=place)


def _capacity(facts: Facts, _score: float, _named: Named) -> str:
    return _("%(share)s of its capacity for co-operation is free", share=percent(facts["share"]))


def _little_capacity(facts: Facts, score: float, named: Named) -> list[str]:
    return [_capacity(facts, score, named)] if facts["share"] <= LITTLE_FREE else []


def _size(facts: Facts, score: float, _named: Named) -> str:
    sizes = {"yours": label_of("SizeClass", facts["yours"]), "theirs": label_of("SizeClass", facts["theirs"])}
    if score >= 0.8:
        return _("The two sizes complement each other (%(yours)s asks, %(theirs)s answers)", **sizes)
    return _("The two sizes add little to each other (%(yours)s asks, %(theirs)s answers)", **sizes)


def _terms(facts: Facts, _score: float, _named: Named) -> str:
    parts = []
    if "type_meets" in facts:
        kind = label_of("CooperationType", facts["type"])
        parts.append(
            _("kind of co-operation accepted: %(kind)s", kind=kind)
            if facts["type_meets"]
            else _("another kind of co-operation: %(kind)s", kind=kind)
        )
    return clauses([*parts, _money(facts), _welcome(facts)])


def _money(facts: Facts) -> str:
    if "money_meets" not in facts:
        return ""
    if facts["money_meets"] >= 1:
        return _("the budget lies in the offer's range")
    if facts["money_meets"] <= 0:
        return _("the budget lies outside the offer's range")
    return _("the offer's range covers %(share)s of the budget", share=percent(facts["money_meets"]))


def _welcome(facts: Facts) -> str:
    if "size_welcome" not in facts:
        return ""
    return _("the asker's size is welcome") if facts["size_welcome"] else _("the offer looks for another size of firm")


def _terms_gaps(facts: Facts, _score: float, _named: Named) -> list[str]:
    return [
        _money(facts) if facts.get("money_meets", 1) < 1 else "",
        _welcome(facts) if facts.get("size_welcome", 1) == 0 else "",
    ]


def _similar(facts: Facts, _score: float, named: Named) -> str:
    said = ngettext(
        "%(num)s of %(of)s past projects resembles this", "%(num)s of %(of)s past projects resemble this",
        facts["count"], of=facts["of"],
    )  # fmt: skip
    return with_projects(said, facts["projects"], named)


def _none_similar(facts: Facts, _score: float, _named: Named) -> str:
    return ngettext(
        "Its one past project was about something else", "None of its %(num)s past projects resembles this", facts["of"]
    )


def _direct(facts: Facts, _score: float, named: Named) -> str:
    said = ngettext(
        "%(num)s joint project, begun on %(day)s", "%(num)s joint projects, the last begun on %(day)s",
        facts["projects"], day=day_of(facts["last_day"]),
    )  # fmt: skip
    return with_projects(said, facts["ids"], named)


def _two_hop(facts: Facts, _score: float, named: Named) -> str:
    said = ngettext(
        "No joint project yet, but %(num)s common partner", "No joint project yet, but %(num)s common partners",
        facts["partners"],
    )  # fmt: skip
    return with_partners(said, facts["ids"], named)


def _no_tie(_facts: Facts, _score: float, _named: Named) -> str:
    return _("No joint project and no common partner so far")


def _walk(facts: Facts, _score: float, _named: Named) -> str:
    return _(
        "Past projects lead to it %(times)s times as often as to the average organisation",
        times=number(facts["times_the_average"], 1),
    )


def _amount(facts: Facts, _score: float, _named: Named) -> str:
    return ngettext(
        "Asked %(asked)s; its usual amount is %(usual)s (%(num)s project)",
        "Asked %(asked)s; its usual amount is %(usual)s (%(num)s projects)",
        facts["projects"], asked=yuan(facts["asked"]), usual=yuan(facts["usual"]),
    )  # fmt: skip


def _place(facts: Facts, _score: float, _named: Named) -> str:
    return _("%(projects)s of its %(of)s past projects were led from the asker's own place", **facts)


def _area(facts: Facts, _score: float, _named: Named) -> str:
    return _("%(projects)s of its %(of)s past projects were led from the asker's area", **facts)


def _recency(facts: Facts, _score: float, _named: Named) -> str:
    return _(
        "%(last_year)s of its %(of)s past projects began within a year, the last on %(day)s",
        last_year=facts["last_year"],
        of=facts["of"],
        day=day_of(facts["last_day"]),
    )


SENTENCES: Mapping[str, Sentence] = {
    "capability.cover": _capability,
    "text.meeting": _text,
    "readiness.overlap": _readiness,
    "chain.node": _chain,
    "district.same": _same_district,
    "district.other": _other_district,
    "capacity.free": _capacity,
    "capacity.declined": _nothing_stated,
    "size.complement": _size,
    "terms.meeting": _terms,
    "reciprocity.need": _met_need,
    "reciprocity.unwelcome": _unwelcome,
    "track_record.similar": _similar,
    "track_record.none": _none_similar,
    "ties.direct": _direct,
    "ties.two_hop": _two_hop,
    "ties.none": _no_tie,
    "walk.reached": _walk,
    "amount.usual": _amount,
    "place.place": _place,
    "place.area": _area,
    "recency.active": _recency,
    **ABOUT_CONSORTIA,
    **ABOUT_DEALS,
    **ABOUT_CAPITAL,
}
CAVEATS: Mapping[str, Callable[[Facts, float, Named], list[str]]] = {
    # What weighs most in a decision comes first.
    "capability.cover": _capability_gaps,
    "readiness.overlap": _readiness_gap,
    "capacity.free": _little_capacity,
    "terms.meeting": _terms_gaps,
}
