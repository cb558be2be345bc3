"""For each need who could meet it: the grounds that carry the fit, and what speaks against. The sums are at the end."""

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from matchmaker.exports.content import Block, Heading, Line, Span, clean
from matchmaker.services.evidence import Named
from web.i18n import UNKNOWN, number
from web.labels import component_label
from web.reports.papers.names import named_of
from web.reports.papers.words import (
    Content,
    Row,
    basis,
    decimal,
    fine_table,
    name,
    on,
    paragraph,
    quoted,
    share,
    title,
    whole,
)
from web.sentences.evidence import caveats, sentence
from web.sentences.unknowns import why_hidden
from web.sentences.wording import clauses, listed

TOP_TERMS = 3
# What a person reads before deciding; the rest is in the appendix.
MOST_CAVEATS = 2


def matches_blocks(content: Content) -> Iterator[Block]:
    matches = content["matches"]
    needs = matches["needs"]
    if not needs:
        yield paragraph(_("The scope has no valid need on this day, so there is no list."))
        return
    yield paragraph(_how_many(matches))
    named = named_of(matches["names"])
    for place, need in enumerate(needs, start=1):
        yield from _need(need, place, named)
    yield basis(content, "run")


def _how_many(matches: Row) -> str:
    shown, of = matches.get("shown", len(matches["needs"])), matches.get("of", len(matches["needs"]))
    if shown < of:
        return _(
            "Shown are the lists of the needs posted last: %(shown)s of %(of)s. Fit is out of 100 points; coverage "
            "says on "
            "how much of the weights it rests.",
            shown=number(shown),
            of=number(of),
        )
    return _("Fit is out of 100 points; coverage says on how much of the weights it rests.")


def _need(need: Row, place: int, named: Named) -> Iterator[Block]:
    yield Heading(f"{place}. {title(need)}", level=2, anchor=f"need-{place}")
    yield paragraph(_about(need))
    if not need["candidates"]:
        yield paragraph(_nobody(need))
        return
    rows = (_candidate(one, named) for one in need["candidates"])
    head = (
        _("Rank"),
        _("Candidate"),
        _("Fit"),
        _("Coverage of the weights"),
        _("Why, and what falls short"),
    )
    yield fine_table(
        _("Candidates for %(need)s", need=quoted(title(need))), head, rows, (8, 25, 8, 11, 48), numbers=(0, 2, 3)
    )


def _about(need: Row) -> str:
    return _(
        "Posted by %(organisation)s; valid until %(day)s; organisations that could be judged: %(found)s.",
        organisation=name(need["organisation"]),
        day=on(need.get("valid_until")),
        found=number(need["found"]),
    )


def _nobody(need: Row) -> str:
    hidden = {why_hidden(reason): count for reason, count in need["hidden"].items()}
    if not hidden:
        return _("Nobody in the registry comes into question.")
    why = listed(f"{reason} ({number(count)})" for reason, count in sorted(hidden.items(), key=lambda one: -one[1]))
    return _("Nobody comes into question. What stands against those who are near: %(why)s.", why=why)


def _candidate(one: Row, named: Named) -> tuple[Line, ...]:
    return (
        whole(one["position"]),
        _who(one),
        decimal(one["points"]),
        share(one["coverage"]),
        _why(one, named),
    )


def _who(one: Row) -> Line:
    subject = name(one, "subject")
    spans = [Span(name(one), is_strong=True)]
    if subject != UNKNOWN:
        spans.append(Span(f"\n{subject}"))
    return tuple(spans)


def _why(one: Row, named: Named) -> Line:
    """The terms that carry most points, what falls short of them, and what moved the place beside the fit."""
    spans = [span for term in one["terms"][:TOP_TERMS] if term["points"] > 0 for span in _ground(term, named)]
    # What a shown ground lacks, its own sentence says.
    against = [said for term in one["terms"][TOP_TERMS:] for said in _caveats(term, named)][:MOST_CAVEATS]
    if against:
        spans += [Span("\n" + _("Falls short: "), is_strong=True), Span(clauses(against))]
    if one["unknown"]:
        spans += [
            Span("\n" + _("Cannot be told: "), is_strong=True),
            Span(listed(map(component_label, one["unknown"]))),
        ]
    notes = list(_notes(one))
    if notes:
        spans.append(Span("\n" + clauses(notes)))
    first, *rest = spans or [Span(_("no ground that carries points"))]
    return (Span(first.text.lstrip("\n"), is_strong=first.is_strong), *rest)


def _ground(term: Row, named: Named) -> tuple[Span, Span]:
    head = _(
        "%(component)s, %(points)s points: ",
        component=component_label(term["component"]),
        points=number(term["points"], 1),
    )
    return Span(f"\n{head}", is_strong=True), Span(said_of(term, named))


def said_of(term: Row, named: Named) -> str:
    evidence = term["evidence"]
    return words_of(sentence(evidence["code"], evidence["facts"], term["score"], named))


def _caveats(term: Row, named: Named) -> list[str]:
    evidence = term["evidence"]
    return [words_of(one) for one in caveats(evidence["code"], evidence["facts"], term["score"], named)]


def words_of(said: Any) -> str:
    """On a page some sentences hold links; on paper they are words."""
    return clean(str(said.striptags() if isinstance(said, Markup) else said))


def _notes(one: Row) -> Iterator[str]:
    if one["lowered"]:
        yield ngettext(
            "its place is lower by %(points)s point because many ask it",
            "its place is lower by %(points)s points because many ask it",
            max(1, round(one["lowered"])),
            points=number(one["lowered"], 1),
        )
    if one["is_moved"]:
        yield _("stands here by the floor for newcomers and small firms")
