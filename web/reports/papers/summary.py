"""What a busy reader takes away: findings of every part in a few sentences, and what asks for action."""

from collections.abc import Iterator
from itertools import islice

from flask_babel import gettext as _
from flask_babel import ngettext

from matchmaker.exports.content import Block, Heading
from models.enums import NodeState
from web.i18n import number
from web.labels import label_of
from web.reports.papers.exposure import exposure_sentences
from web.reports.papers.funnel import funnel_sentences
from web.reports.papers.gaps import asked_node, states_sentence
from web.reports.papers.indicators import indicator_sentences
from web.reports.papers.words import (
    Content,
    Row,
    bullets,
    decimal,
    fine_table,
    quoted,
    share,
    share_of,
    span_of_days,
    tenths,
    text,
    title,
    whole,
)
from web.sentences.wording import listed

MOST_NAMED = 3
# Of each part; the part itself says the rest.
MOST_SENTENCES = 2


def summary_blocks(content: Content) -> Iterator[Block]:
    yield _key_figures(content)
    for heading, sentences in (
        (_("Findings"), _findings(content)),
        (_("What asks for action"), _to_do(content)),
    ):
        found = list(bullets(sentences))
        if found:
            yield Heading(heading, level=2)
            yield from found


def _key_figures(content: Content) -> Block:
    told = content["summary"]
    rows = [
        (text(_("Needs in the scope")), whole(told["needs"])),
        (text(_("Needs with a candidate")), whole(told["needs_with_candidates"])),
        (text(_("Different candidates")), whole(told["organisations"])),
        (text(_("Mean fit of the first places")), decimal(told["mean_points"])),
        (text(_("Mean coverage of the first places")), share(told["mean_coverage"])),
    ]
    if told["nodes"]:
        rows += [
            (text(_("Nodes: %(state)s", state=label_of(NodeState, state))), whole(count))
            for state, count in told["nodes"].items()
        ]
    if told["confirmed"] is not None:
        rows.append((text(_("Outcomes that both sides confirm")), whole(told["confirmed"])))
    return fine_table(_("Key figures"), (_("Key figure"), _("In the period")), rows, (70, 30), numbers=(1,))


def _findings(content: Content) -> Iterator[str]:
    yield from _of_matches(content)
    yield from _of_changes(content)
    yield from _of_nodes(content["summary"])
    if content["indicators"]:
        yield from islice(indicator_sentences(content["indicators"]["rows"]), MOST_SENTENCES)
    if content["funnel"]:
        yield from islice(funnel_sentences(content["funnel"]), MOST_SENTENCES)
    if content["exposure"]:
        yield from islice(exposure_sentences(content["exposure"]), MOST_SENTENCES)


def _of_matches(content: Content) -> Iterator[str]:
    told = content["summary"]
    if not told["needs"]:
        yield _("No valid need lay in the scope on the day of this report.")
        return
    met, line = told["needs_with_candidates"], _line(content)
    yield ngettext(
        "%(met)s of %(num)s need has at least one candidate (%(share)s)%(line)s.",
        "%(met)s of %(num)s needs have at least one candidate (%(share)s)%(line)s.",
        told["needs"],
        met=number(met),
        share=share_of(met / told["needs"]),
        line=line,
    )
    if told["mean_points"] is not None:
        yield _(
            "Different organisations on the lists: %(organisations)s; the first of each list fits by %(points)s "
            "points on "
            "average, resting on %(coverage)s of the weights.",
            organisations=number(told["organisations"]),
            points=tenths(told["mean_points"]),
            coverage=share_of(told["mean_coverage"]),
        )


def _line(content: Content) -> str:
    """The least fit that somebody needs to stand on a list, where one was asked for."""
    run = content["matches"]["run"] if content["matches"] else None
    constraints = run["constraints"] if run else (content["method"] or {}).get("constraints", {})
    least = constraints.get("least_points")
    return _(", with a fit of %(points)s points or more", points=number(least, 1)) if least else ""


def _of_changes(content: Content) -> Iterator[str]:
    totals = content["summary"]["changes"]
    if totals is None:
        return
    previous = content["changes"]["previous"]
    if not any(totals.values()):
        yield _(
            "Nothing has changed against the report of %(period)s.",
            period=span_of_days(previous["from"], previous["to"]),
        )
        return
    yield _(
        "Since the report of %(period)s: candidates who came in: %(new)s, who left: %(lost)s, on another place: "
        "%(moved)s; new needs: %(needs_new)s, needs that are gone: %(needs_gone)s; nodes in another state: %(nodes)s.",
        period=span_of_days(previous["from"], previous["to"]),
        **{key: number(totals.get(key, 0)) for key in ("new", "lost", "moved", "needs_new", "needs_gone", "nodes")},
    )


def _of_nodes(told: Row) -> Iterator[str]:
    if told["nodes"]:
        yield states_sentence(told["nodes"])


def _to_do(content: Content) -> Iterator[str]:
    yield from _needs_without(content)
    asked = [one for one in content["summary"]["gaps"] if one["demand"]]
    if asked:
        yield _("Close the gaps that are asked for most: %(nodes)s.", nodes=listed(map(asked_node, asked[:MOST_NAMED])))
    if content["funnel"]:
        disputed = sum(one["disputed"] or 0 for one in content["funnel"]["outcomes"])
        if disputed:
            yield ngettext(
                "One outcome is in dispute between its parties.",
                "%(num)s outcomes are in dispute between their parties.",
                disputed,
            )


def _needs_without(content: Content) -> Iterator[str]:
    without = content["summary"]["needs_without"]
    if not without:
        return
    shown = content["matches"]["needs"] if content["matches"] else []
    named = [quoted(title(need)) for need in shown if need["need_id"] in set(without)][:MOST_NAMED]
    if named:
        yield ngettext(
            "%(num)s need has no candidate: %(titles)s.",
            "%(num)s needs have no candidate, among them %(titles)s.",
            len(without),
            titles=listed(named),
        )
    else:
        yield ngettext("%(num)s need has no candidate.", "%(num)s needs have no candidate.", len(without))
