"""Sentences about the rounds that an investor came into. "First investment": its first in that startup."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from matchmaker.services.evidence import Named
from models.enums import FinancingStage
from web.i18n import number, percent
from web.labels import LABELS
from web.sentences.wording import day_of, with_projects

Facts = Mapping[str, Any]
CLOSE_TASTE = 0.4
STAGES = frozenset(FinancingStage)


def _like_rounds(facts: Facts, _score: float, _named: Named) -> str:
    return _(
        "%(alike)s of its %(of)s first investments were rounds like this one, the last on %(day)s",
        alike=facts["alike"],
        of=facts["of"],
        day=day_of(facts["last_day"]),
    )


def _no_like_round(facts: Facts, _score: float, _named: Named) -> str:
    return ngettext(
        "Its one first investment was in another kind of round",
        "None of its %(num)s first investments was a round like this one", facts["of"],
    )  # fmt: skip


def _recent_rounds(facts: Facts, _score: float, _named: Named) -> str:
    last = day_of(facts["last_day"])
    if facts["recent"] == 0:
        return _("No first investment in the last two years of the record, the last one on %(day)s", day=last)
    return _(
        "%(alike)s of its %(recent)s first investments in the last two years of the record were rounds like this one; "
        "the last of all on %(day)s",
        alike=facts["alike"],
        recent=facts["recent"],
        day=last,
    )


def _volume(facts: Facts, _score: float, _named: Named) -> str:
    return ngettext(
        "%(num)s round since %(day)s, in %(entries)s of them for the first time",
        "%(num)s rounds since %(day)s, in %(entries)s of them for the first time",
        facts["rounds"], entries=facts["entries"], day=day_of(facts["first_day"]),
    )  # fmt: skip


def _stage(facts: Facts, _score: float, _named: Named) -> str:
    if facts["of"] == 0:
        return _("The stage of its past investments is not known")
    return _("%(deals)s of its %(of)s first investments of known stage were at this stage", **facts)


def _stage_name(recorded: str) -> str:
    """A stage that the platform knows, in plain words; any other as the record has it."""
    return str(LABELS[FinancingStage][FinancingStage(recorded)]) if recorded in STAGES else recorded


def _likely_stage(facts: Facts, score: float, named: Named) -> str:
    if facts["of"] == 0:
        return _stage(facts, score, named)
    return _(
        "The stage sought is not stated; judged by startups that stood alike, %(stage)s is likeliest (%(chance)s), and "
        "%(deals)s of its %(of)s first investments of known stage were at it",
        stage=_stage_name(facts["stage"]),
        chance=percent(facts["chance"]),
        deals=facts["deals"],
        of=facts["of"],
    )


def _startup_age(facts: Facts, _score: float, _named: Named) -> str:
    return ngettext(
        "The startup is %(asked)s years old; half of those it came into were under %(usual)s years (%(num)s startup)",
        "The startup is %(asked)s years old; half of those it came into were under %(usual)s years (%(num)s startups)",
        facts["deals"], asked=number(facts["asked_years"], 1), usual=number(facts["usual_years"], 1),
    )  # fmt: skip


def _first_turn(facts: Facts, _score: float, _named: Named) -> str:
    return _("%(deals)s of its %(of)s first investments were in a startup's first round, as this one", **facts)


def _later_turn(facts: Facts, _score: float, _named: Named) -> str:
    return _("%(deals)s of its %(of)s first investments came after an earlier round, as this one would", **facts)


def _deal_walk(facts: Facts, _score: float, named: Named) -> str:
    said = ngettext(
        "Similar rounds and earlier backers lead to it %(times)s times as often as to the average investor; "
        "%(num)s similar round of its own",
        "Similar rounds and earlier backers lead to it %(times)s times as often as to the average investor; "
        "%(num)s similar rounds of its own",
        facts["near"], times=number(facts["times_the_average"], 1),
    )  # fmt: skip
    return with_projects(said, facts["ids"], named)


def _beside_backers(facts: Facts, _score: float, named: Named) -> str:
    said = ngettext(
        "Paid into %(num)s round together with an earlier backer of the startup",
        "Paid into %(num)s rounds together with earlier backers of the startup", facts["rounds"],
    )  # fmt: skip
    return with_projects(said, facts["ids"], named)


def _around_backers(_facts: Facts, _score: float, _named: Named) -> str:
    return _("No round together with an earlier backer of the startup, at most through common co-investors")


def _after_backers(facts: Facts, _score: float, named: Named) -> str:
    said = ngettext(
        "Came in after an earlier backer of the startup elsewhere in %(num)s round",
        "Came in after earlier backers of the startup elsewhere in %(num)s rounds", facts["rounds"],
    )  # fmt: skip
    return with_projects(said, facts["ids"], named)


def _after_no_backer(_facts: Facts, _score: float, _named: Named) -> str:
    return _("Has not come in after any earlier backer of the startup so far")


def _in_region(facts: Facts, _score: float, _named: Named) -> str:
    return _("%(deals)s of its %(of)s first investments of known place were in the startup's region", **facts)


def _in_state(facts: Facts, _score: float, _named: Named) -> str:
    return _(
        "%(deals)s of its %(of)s first investments of known place were in the startup's province or state", **facts
    )


def _in_country(facts: Facts, _score: float, _named: Named) -> str:
    return _("%(deals)s of its %(of)s first investments of known place were in the startup's country", **facts)


def _in_field(facts: Facts, _score: float, _named: Named) -> str:
    return _(
        "%(of)s first investments in the startup's field, %(deals)s of them in the last year of the record; "
        "the last on %(day)s",
        of=facts["of"],
        deals=facts["deals"],
        day=day_of(facts["last_day"]),
    )


def _not_in_field(facts: Facts, _score: float, _named: Named) -> str:
    return ngettext(
        "Its one first investment was in another field", "None of its %(num)s first investments was in this field",
        facts["of"],
    )  # fmt: skip


def _taste(facts: Facts, _score: float, _named: Named) -> str:
    values = {"num": facts["deals"], "cosine": number(facts["cosine"], 2)}
    if facts["cosine"] >= CLOSE_TASTE:
        return _(
            "What it usually comes into goes together with this (similarity %(cosine)s, first investments: %(num)s)",
            **values,
        )
    if facts["cosine"] > 0:
        return _(
            "What it usually comes into touches on this (similarity %(cosine)s, first investments: %(num)s)",
            **values,
        )
    return _(
        "What it usually comes into is something else (similarity %(cosine)s, first investments: %(num)s)",
        **values,
    )


def _syndicate_size(facts: Facts, _score: float, _named: Named) -> str:
    return _(
        "Usually comes in as one of about %(usual)s new investors; rounds like this one take in about %(asked)s "
        "(first investments: %(num)s)",
        usual=number(facts["usual"], 1),
        asked=number(facts["asked"], 1),
        num=facts["deals"],
    )


def _rise(facts: Facts, _score: float, _named: Named) -> str:
    return _(
        "Of late invests %(times)s times as often as usual for it, the market allowed for "
        "(first investments in the last year of the record: %(deals)s of %(of)s)",
        times=number(facts["times"], 1),
        deals=facts["deals"],
        of=facts["of"],
    )


ABOUT_DEALS: Mapping[str, Callable[[Facts, float, Named], str]] = {
    "round_habit.share": _like_rounds,
    "round_habit.none": _no_like_round,
    "round_activity.recent": _recent_rounds,
    "deal_volume.rounds": _volume,
    "stage.share": _stage,
    "stage.likely": _likely_stage,
    "startup_age.usual": _startup_age,
    "turn.first": _first_turn,
    "turn.later": _later_turn,
    "deal_walk.reached": _deal_walk,
    "backers.beside": _beside_backers,
    "backers.around": _around_backers,
    "followers.after": _after_backers,
    "followers.none": _after_no_backer,
    "deal_region.share": _in_region,
    "deal_state.share": _in_state,
    "deal_country.share": _in_country,
    "field_activity.recent": _in_field,
    "field_activity.none": _not_in_field,
    "taste.themes": _taste,
    "syndicate_size.usual": _syndicate_size,
    "rise.pace": _rise,
}
