"""What the page of a composition shows, in the order in which it shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import isnan
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from matchmaker.services.composing.naming import step_level
from matchmaker.services.composing.reading import Reading
from matchmaker.services.consortia.figures import Indicator
from models.enums import CompositionState
from web.consortia.composition_sentences import BoundLine, Words
from web.i18n import number, percent

PARTS = {
    "fit": (
        _l("Fit of the members"),
        _l("Up to 100 points each, as lists rank it; none for the lead"),
    ),
    "crowding": (_l("Crowding"), _l("Busy organisations count less, as in lists")),
    "effort": (_l("Effort of agreeing"), _l("30 points off for each member beside the lead")),
    "capabilities": (_l("Capabilities covered"), _l("60 points on average for each, by its weight in the challenge")),
    "seconds": (_l("Covered twice"), _l("10 points on average where a second member could step in")),
    "relay": (_l("Readiness steps taken over"), _l("15 points for each step of the way that somebody works on")),
    "pairs": (_l("Have worked together"), _l("Up to 5 points for each pair with joint projects in this field")),
}
INDICATORS = {
    "coverage": _l("Needed capabilities covered, by weight"),
    "newcomers": _l("Newcomers"),
    "smes": _l("SMEs"),
    "state": _l("State firms"),
    "private": _l("Private firms"),
    "node_span": _l("Chain nodes spanned"),
    "concentration": _l("Concentration of the planned money"),
}
NEAR = 0.0005


@dataclass(frozen=True)
class Gap:
    """How good the best team so far is; `share` is by how much a better one could be better at most."""

    value: float | None
    bound: float | None
    share: float | None
    sentence: str

    @property
    def closed(self) -> float:
        return 0.0 if self.share is None else 1.0 - min(self.share, 1.0)


@dataclass(frozen=True)
class PartLine:
    label: object
    about: object
    points: float


@dataclass(frozen=True)
class IndicatorLine:
    """A figure of the whole team; of `unknown` members it could not be told."""

    label: object
    value: str
    unknown: int


@dataclass(frozen=True)
class Cell:
    level: int
    is_enough: bool


@dataclass(frozen=True)
class MatrixRow:
    """A needed capability and who of the team has it."""

    name: str
    level: int | None  # none of a readiness step: somebody works on it, or nobody
    is_must: bool
    points: float
    holders: int
    cells: Sequence[Cell]

    @property
    def is_covered(self) -> bool:
        return any(cell.is_enough for cell in self.cells)


@dataclass(frozen=True)
class Substitute:
    organisation_id: str
    name: str
    loss: float


@dataclass(frozen=True)
class MemberCard:
    """One member: why it is in. What is not worked out yet is None."""

    organisation_id: str
    name: str
    is_there: bool
    is_lead: bool
    seat: str
    fit: float | None
    coverage: float | None
    fit_points: float
    effort: float
    crowding: float
    money: float | None
    covers: Sequence[str]
    alone: Sequence[str]
    marginal: float | None
    is_single_point: bool
    substitutes: Sequence[Substitute]


@dataclass(frozen=True)
class PairLine:
    first: str
    second: str
    projects: int
    points: float


@dataclass(frozen=True)
class OtherTeam:
    """An alternative beside the best team."""

    number: int
    value: float
    loss: float
    is_proved: bool
    enters: Sequence[str]
    leaves: Sequence[str]
    uncovered: Sequence[str]


@dataclass(frozen=True)
class RepairCard:
    number: int
    value: float
    steps: Sequence[str]


def gap_of(reading: Reading) -> Gap:
    composition, state = reading.asked.composition, reading.asked.state
    value, bound = composition.value, composition.bound
    share = max(bound - value, 0.0) / bound if value is not None and bound is not None and bound > 0 else None
    return Gap(value, bound, share, _gap_sentence(state, value, share))


def _gap_sentence(state: CompositionState, value: float | None, share: float | None) -> str:
    if state is CompositionState.CLASH:
        return _("Proved: no team can meet everything that is asked.")
    if state is CompositionState.PROVED:
        return _("Proved: no team under these rules is better.")
    if value is None:
        return _("No team has been found so far.")
    if share is None:
        return _("It is not known yet how much better a team could be.")
    if share < NEAR:
        return _("Less than 0.05 % below the best possible.")
    return _("At most %(share)s below the best possible.", share=percent(share, 1))


def parts_of(team: dict[str, Any]) -> list[PartLine]:
    return [
        PartLine(label, about, team["parts"].get(name, 0.0))
        for name, (label, about) in PARTS.items()
        if abs(team["parts"].get(name, 0.0)) >= 0.05 or name in ("fit", "effort", "capabilities")
    ]


def indicators_of(team: dict[str, Any]) -> list[IndicatorLine]:
    """Shares in percent; what cannot be told says of how many members."""
    return [
        IndicatorLine(label, _indicator(name, team["indicators"][name]["value"]), team["indicators"][name]["unknown"])
        for name, label in INDICATORS.items()
    ]


def indicator_lines(found: Mapping[str, Indicator]) -> list[IndicatorLine]:
    """The same of a room, whose figures are worked out as it stands."""
    return [
        IndicatorLine(label, _indicator(name, None if isnan(one.value) else one.value), one.unknown)
        for label, name, one in ((label, name, found[name]) for name, label in INDICATORS.items())
    ]


def _indicator(name: str, value: float | None) -> str:
    if value is None:
        return _("unknown")
    if name == "node_span":
        return number(value)
    return number(value, 2) if name == "concentration" else percent(value)


def matrix_of(reading: Reading, words: Words) -> list[MatrixRow]:
    members = reading.teams[0]["members"]
    return [
        MatrixRow(
            name=words.capability(one["code"]),
            level=None if step_level(one["code"]) is not None else one["level"],
            is_must=one["is_must"],
            points=one["points"],
            holders=reading.question["holders"][one["code"]],
            cells=[_cell(member, one) for member in members],
        )
        for one in reading.question["capabilities"]
    ]


def _cell(member: dict[str, Any], capability: dict[str, Any]) -> Cell:
    level = member["levels"].get(capability["code"], 0)
    return Cell(level, level >= capability["level"])


def members_of(reading: Reading, words: Words) -> list[MemberCard]:
    """The lead first, then by what each brings."""
    cards = [_member(member, reading, words) for member in reading.teams[0]["members"]]
    return sorted(cards, key=lambda card: (not card.is_lead, -(card.marginal or 0.0)))


def _member(member: dict[str, Any], reading: Reading, words: Words) -> MemberCard:
    alone = member.get("alone", ())
    return MemberCard(
        organisation_id=member["organisation_id"],
        name=words.name(member["organisation_id"]),
        is_there=member["organisation_id"] in reading.named.organisations,
        is_lead=member["is_lead"],
        seat=words.seat(member["seat"]) if member["seat"] or not member["is_lead"] else _("Lead"),
        fit=member["fit"],
        coverage=member["coverage"],
        fit_points=member["points"]["fit"],
        effort=member["points"]["effort"],
        crowding=member["points"]["crowding"],
        money=member["money"],
        covers=[words.capability(code) for code in _covers(member) if code not in alone],
        alone=[words.capability(code) for code in alone],
        marginal=member.get("marginal"),
        is_single_point=member.get("is_single_point", False),
        substitutes=[
            Substitute(one["organisation_id"], words.name(one["organisation_id"]), one["loss"])
            for one in member.get("substitutes", ())
            if one["organisation_id"] in reading.named.organisations
        ],
    )


def pairs_of(reading: Reading, words: Words) -> list[PairLine]:
    return [
        PairLine(words.name(one["first"]), words.name(one["second"]), one["projects"], one["points"])
        for one in sorted(reading.teams[0]["pairs"], key=lambda pair: -pair["points"])
    ]


def others_of(reading: Reading, words: Words) -> list[OtherTeam]:
    best = reading.teams[0]
    codes = [one["code"] for one in reading.question["capabilities"]]
    return [
        OtherTeam(
            number=number,
            value=team["value"],
            loss=best["value"] - team["value"],
            is_proved=team["is_proved"],
            enters=[words.name(key) for key in team["enters"]],
            leaves=[words.name(key) for key in team["leaves"]],
            uncovered=[words.capability(code) for code in codes if code not in _covered(team)],
        )
        for number, team in enumerate(reading.teams[1:], start=1)
    ]


def _covered(team: dict[str, Any]) -> set[str]:
    return {code for member in team["members"] for code in _covers(member)}


def _covers(member: dict[str, Any]) -> list[str]:
    """Capabilities, and the readiness steps that a composition of before did not know."""
    return [*member["capability_codes"], *member.get("steps", ())]


def clash_of(reading: Reading, words: Words) -> list[BoundLine]:
    return [words.bound(one) for one in reading.asked.composition.result.get("clash", ())]


def repairs_of(reading: Reading, words: Words) -> list[RepairCard]:
    return [
        RepairCard(number, repair["value"], [words.change(change) for change in repair["changes"]])
        for number, repair in enumerate(reading.asked.composition.result.get("repairs", ()), start=1)
    ]


def relaxed_of(reading: Reading, words: Words) -> list[str]:
    """What was let go before this team was looked for."""
    question = reading.question
    return [
        words.change({**_about(one.key, question), **asdict(one), "enters": None, "leaves": None})
        for one in reading.settings.relaxed
        if question
    ]


def _about(key: str, question: dict[str, Any]) -> dict[str, Any]:
    capability = next((one for one in question["capabilities"] if one["code"] == key), None)
    if capability is not None:
        return {"what": "capability", "code": key, "level": capability["level"]}
    if any(seat["key"] == key for seat in question["seats"]):
        return {"what": "seat", "seat": key}
    rule = key.partition("/")[0]
    return {"what": "rule", "rule": rule} if rule in question["rules"] else {"what": key}
