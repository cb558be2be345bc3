"""The way of matches beside published rates of other programmes: where it narrows, why, and what came of it."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from matchmaker.exports.charts import bars, pairs
from matchmaker.exports.content import Block, Line
from models.enums import DeclineReason, FunnelStage
from web.i18n import number, yuan
from web.labels import label_of
from web.reports.papers.words import (
    Content,
    Row,
    basis,
    bullets,
    compared_in_words,
    figure,
    fine_table,
    in_words,
    name,
    pairs_in_words,
    share,
    share_of,
    source,
    text,
    whole,
)

# Why a pair came no further, where nobody gave a reason for a no.
ENDED: Mapping[str, object] = {
    "open": _l("still open"),
    "withdrawn": _l("withdrawn by the asking side"),
    "dissolved": _l("consortium dissolved"),
    "too_few": _l("too few cases to be told"),
}
# Of fewer, a share says little.
LEAST_PAIRS = 5


def funnel_blocks(content: Content) -> Iterator[Block]:
    funnel = content["funnel"]
    yield from bullets(funnel_sentences(funnel))
    if has_pairs(funnel):
        yield from _charts(funnel)
        yield _stages(funnel)
    if funnel["drop_off"]:
        yield _losses(funnel)
    if funnel["base_rates"]:
        yield _rates(funnel)
    if funnel["outcomes"]:
        yield _outcomes(funnel)
    yield basis(content, "funnel")


def has_pairs(funnel: Row) -> bool:
    return any(one["count"] for one in funnel["stages"])


def funnel_sentences(funnel: Row) -> Iterator[str]:
    counts = {one["stage"]: one["count"] for one in funnel["stages"]}
    if not has_pairs(funnel):
        yield _("No pair was recommended in the period.")
        return
    yield _(
        "Pairs recommended: %(recommended)s; with interest: %(interest)s; with interest on both sides: %(mutual)s; "
        "with "
        "a contract: %(contract)s.",
        **{stage: number(counts.get(stage, 0)) for stage in ("recommended", "interest", "mutual", "contract")},
    )
    yield from filter(None, (_narrowest(funnel), _against_rates(funnel), _most_lost(funnel)))


def _narrowest(funnel: Row) -> str:
    """Only steps that enough pairs could take: one of two says little."""
    steps = [
        (after["of_before"], before, after)
        for before, after in zip(funnel["stages"], funnel["stages"][1:], strict=False)
        # An outcome takes longer than a report's period, so that last step narrows always.
        if after["of_before"] is not None and before["count"] >= LEAST_PAIRS and after["stage"] != FunnelStage.OUTCOME
    ]
    if not steps:
        return ""
    rate, before, after = min(steps, key=lambda step: step[0])
    return _(
        'The way narrows most from "%(before)s" to "%(after)s": %(share)s went on.',
        before=stage_name(before["stage"]),
        after=stage_name(after["stage"]),
        share=share_of(rate),
    )


def _against_rates(funnel: Row) -> str:
    compared = [(rate, own) for rate in funnel["base_rates"] if (own := own_rate(funnel, rate)) is not None]
    if not compared:
        return ""
    rate, own = compared[0]
    facts = {"own": share_of(own), "published": share_of(rate["value"]), "name": name(rate)}
    stages = {"before": stage_name(rate["from_stage"]), "after": stage_name(rate["to_stage"])}
    if own < rate["value"]:
        return _(
            'Of the needs, %(own)s went from "%(before)s" to "%(after)s", below the published '
            "%(published)s (%(name)s).",
            **facts,
            **stages,
        )
    return _(
        'Of the needs, %(own)s went from "%(before)s" to "%(after)s", not below the published '
        "%(published)s (%(name)s).",
        **facts,
        **stages,
    )


def _most_lost(funnel: Row) -> str:
    # Only what somebody gave as a reason: withdrawn, dissolved, still open and too few to be told are none.
    given = [one for one in funnel["drop_off"] if one["reason"] not in ENDED]
    if not given:
        return ""
    most = max(given, key=lambda one: one["count"])
    return _(
        'The reason given most often for a no: %(reason)s (counted: %(count)s; at "%(stage)s").',
        reason=reason_name(most["reason"]),
        count=number(most["count"]),
        stage=stage_name(most["stage"]),
    )


def own_rate(funnel: Row, rate: Row, of: str = "needs") -> float | None:
    """Our share between the two stages of a published rate: of needs, or of pairs (`count`), where it counts those.

    A rate of an older report does not say what it counts, and stands by both.
    """
    if rate.get("counts") not in ("needs" if of == "needs" else "pairs", None):
        return None
    counts = {one["stage"]: one.get(of) for one in funnel["stages"]}
    before = counts.get(rate["from_stage"])
    after = counts.get(rate["to_stage"])
    return None if not before or after is None or rate["value"] is None else after / before


def _charts(funnel: Row) -> Iterator[Block]:
    counts = {stage_name(one["stage"]): float(one["count"]) for one in funnel["stages"]}
    words = pairs_in_words((stage, number(count)) for stage, count in counts.items())
    caption = _("From recommendation to outcome, pairs of the period")
    yield figure(caption, bars(counts, title=_("number of pairs"), alt_text=in_words(caption, words)))
    compared = {
        name(rate): (own_rate(funnel, rate), own_rate(funnel, rate, of="count"), rate["value"])
        for rate in funnel["base_rates"]
        if rate["to_stage"] and rate["value"] is not None
    }
    if not compared:
        return
    names = (_("here, of needs"), _("here, of pairs"), _("published rate"))
    words = pairs_in_words((rate, " / ".join(map(share_of, shares))) for rate, shares in compared.items())
    caption = _("Share that went on, beside published rates")
    told = compared_in_words(caption, names, words)
    yield figure(caption, pairs(compared, names=names, title=_("share that went on"), alt_text=told))


def _stages(funnel: Row) -> Block:
    rows = (
        (text(stage_name(one["stage"])), whole(one["count"]), share(one["of_before"]), whole(one.get("needs")))
        for one in funnel["stages"]
    )
    head = (_("Step"), _("Pairs"), _("Share of the step before"), _("Needs concerned"))
    return fine_table(_("Steps of matches"), head, rows, (40, 18, 24, 18), numbers=(1, 2, 3))


def _losses(funnel: Row) -> Block:
    rows = (
        (text(stage_name(one["stage"])), text(reason_name(one["reason"])), whole(one["count"]))
        for one in funnel["drop_off"]
    )
    head = (_("Furthest step reached"), _("Why it went no further"), _("Pairs"))
    return fine_table(_("Where pairs ended, and why"), head, rows, (34, 46, 20), numbers=(2,))


def _rates(funnel: Row) -> Block:
    rows = (_rate(funnel, one) for one in funnel["base_rates"])
    head = (
        _("Published figure"),
        _("What it says"),
        _("Published rate"),
        _("Here, of needs"),
        _("Here, of pairs"),
        _("Source"),
    )
    return fine_table(_("Published rates of other programmes"), head, rows, (22, 27, 10, 10, 10, 21), numbers=(2, 3, 4))


def _rate(funnel: Row, one: Row) -> tuple[Line, ...]:
    return (
        text(name(one)),
        text(name(one, "text")),
        share(one["value"] if one["to_stage"] else None),
        share(own_rate(funnel, one)),
        share(own_rate(funnel, one, of="count")),
        text(source(one)),
    )


def _outcomes(funnel: Row) -> Block:
    rows = (
        (
            text(label_of("MatchOutcomeKind", one["kind"])),
            whole(one["confirmed"]),
            whole(one["stated"]),
            whole(one["disputed"]),
            text(yuan(one["amount"])),
        )
        for one in funnel["outcomes"]
    )
    head = (_("What came of it"), _("Both sides confirm"), _("One side states"), _("In dispute"), _("Confirmed amount"))
    return fine_table(_("Outcomes of the period"), head, rows, (34, 16, 16, 14, 20), numbers=(1, 2, 3, 4))


def stage_name(stage: Any) -> str:
    return label_of("FunnelStage", stage)


def reason_name(reason: str) -> str:
    return str(ENDED[reason]) if reason in ENDED else label_of(DeclineReason, reason)
