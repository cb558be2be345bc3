"""What the pages of a room show: what to do next, blanks in words, what differs between versions."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from matchmaker.services.actors import Actor
from matchmaker.services.consortia import rooms
from matchmaker.services.consortia.checking import Blank, Readiness
from matchmaker.services.consortia.drafts import Article
from matchmaker.services.consortia.rooms import Room
from matchmaker.services.consortia.versions import Difference
from models.consortia import Seat
from models.enums import ConsortiumState, RuleOutcome, SeatState
from web.i18n import joined, localised, yuan
from web.labels import label, label_of

STATE_TONES: Mapping[SeatState, str] = {
    SeatState.OPEN: "warn",
    SeatState.PROPOSED: "",
    SeatState.INVITED: "primary",
    SeatState.ACCEPTED: "good",
    SeatState.DECLINED: "bad",
}
ROOM_TONES: Mapping[ConsortiumState, str] = {
    ConsortiumState.FORMING: "primary",
    ConsortiumState.SIGNED: "good",
    ConsortiumState.DISSOLVED: "",
}
ARTICLES: Mapping[Article, object] = {
    Article.ORGANS: _l("Organs and decisions"),
    Article.LIABLE_BODY: _l("Liable body"),
    Article.BREACH: _l("Breach"),
    Article.ENTRY_EXIT: _l("Open entry and exit"),
    Article.SECRECY: _l("Secrecy"),
}
ARTICLE_HINTS: Mapping[Article, object] = {
    Article.ORGANS: _l("Council, experts, office: who decides what, and by which majority."),
    Article.LIABLE_BODY: _l("Who answers to the authority and to third parties for the whole."),
    Article.BREACH: _l("What happens when a member does not do its part."),
    Article.ENTRY_EXIT: _l("How others may join, and how a member may leave without harm to the work."),
    Article.SECRECY: _l("What is confidential, for how long, and who may see it."),
}
FIELDS: Mapping[str, object] = {
    "name": _l("Organisation"),
    "name_zh": _l("Chinese name"),
    "name_en": _l("English name"),
    "goal": _l("Goal"),
    "goal_zh": _l("Goal, in Chinese"),
    "goal_en": _l("Goal, in English"),
    "budget": _l("The whole budget"),
    "starts_on": _l("First day"),
    "months": _l("Months"),
    "role_zh": _l("Role, in Chinese"),
    "role_en": _l("Role, in English"),
    "tasks": _l("Tasks"),
    "money": _l("Receives of the budget"),
    "own_money": _l("Brings of its own"),
    "benefit_percent": _l("Share of the benefit"),
    "side": _l("What it is"),
    "title": _l("Name of the right or result"),
    "owner_ids": _l("Who owns it"),
    "user_ids": _l("Who may use it"),
    "terms": _l("On which terms"),
    "state": _l("State"),
    "agreement": _l("Text of the agreement"),
    **{article.value: name for article, name in ARTICLES.items()},
}
MONEY = frozenset({"budget", "money", "own_money"})


@dataclass(frozen=True)
class Step:
    """Something to do, with why and where."""

    label: str
    why: str
    url: str


def next_steps(actor: Actor, room: Room, found: Readiness) -> list[Step]:
    """In the order in which a room comes about; only what this person can do."""
    if not room.is_open() or not rooms.acting(actor, room):
        return []
    steps = [*_steps_about_seats(actor, room), *_steps_about_terms(room, found)]
    return steps or [*_steps_to_sign(actor, room, found)]


def _steps_about_seats(actor: Actor, room: Room) -> Iterator[Step]:
    if not rooms.leads(actor, room):
        return
    url = url_for("consortia.show_seats", consortium_id=room.consortium.id)
    if len(room.seats) == 1:
        yield Step(_("Add seats"), _("Say which roles the team needs, and who could fill them."), url)
    if count := _count(room, SeatState.OPEN):
        yield Step(
            ngettext("%(num)d seat is open", "%(num)d seats are open", count),
            _("Find somebody, or take the seat away: nobody signs over an open seat."),
            url,
        )
    if count := _count(room, SeatState.PROPOSED):
        yield Step(
            ngettext("Invite %(num)d proposed organisation", "Invite %(num)d proposed organisations", count),
            _("They know nothing of it until you do."),
            url,
        )


def _steps_about_terms(room: Room, found: Readiness) -> Iterator[Step]:
    key = room.consortium.id
    shares = found.shares
    if not shares.is_benefit_whole:
        yield Step(
            _("Share the benefit"),
            _("The shares come to %(sum)s %% now; they have to be 100.", sum=shares.benefit),
            url_for("consortia.show_seats", consortium_id=key),
        )
    if shares.budget is not None and not shares.is_money_within:
        yield Step(
            _("Plan within the budget"),
            _("The members receive more than there is: %(sum)s.", sum=yuan(shares.money.total)),
            url_for("consortia.show_seats", consortium_id=key),
        )
    if broken := found.judgement.of(RuleOutcome.BROKEN):
        count = sum(one.rule.is_hard for one in broken)
        if count:
            yield Step(
                ngettext("%(num)d rule is broken", "%(num)d rules are broken", count),
                _("Each is named below, with what would mend it."),
                url_for("consortia.show_room", consortium_id=key, _anchor="rules"),
            )
    if found.blanks:
        count = len(found.blanks)
        yield Step(
            ngettext("Fill in %(num)d blank", "Fill in %(num)d blanks", count),
            _("The agreement lists them at its front."),
            url_for("consortia.show_agreement", consortium_id=key),
        )


def _steps_to_sign(actor: Actor, room: Room, found: Readiness) -> Iterator[Step]:
    if found.waiting:
        yield Step(
            _("Wait for answers"),
            _("Invitations are under way; everything else is settled."),
            url_for("consortia.show_seats", consortium_id=room.consortium.id),
        )
    elif not found.judgement.is_accepted:
        yield Step(
            _("Settle what the rules ask"),
            _("A rule cannot be told from what is known; below is whom to ask for what."),
            url_for("consortia.show_room", consortium_id=room.consortium.id, _anchor="rules"),
        )
    elif any(seat.signed_at is None and seat.organisation_id in rooms.acting(actor, room) for seat in room.members):
        yield Step(
            _("Read and sign"),
            _("Everything is settled. Each member signs for itself."),
            url_for("consortia.show_sign", consortium_id=room.consortium.id),
        )


def _count(room: Room, state: SeatState) -> int:
    return sum(seat.state is state for seat in room.seats)


def seat_name(room: Room, seat: Seat) -> str:
    """The organisation on the seat, or its role."""
    organisation = room.organisation_of(seat)
    return str(localised(organisation, "name") if organisation else localised(seat, "role"))


def blank_lines(room: Room, blanks: Iterable[Blank]) -> list[tuple[str, str]]:
    """What is to be filled in, in words, with the page for it; one line a page."""
    pages: dict[str, list[Blank]] = {}
    for blank in blanks:
        pages.setdefault(_blank_url(room, blank), []).append(blank)
    return [(_blank_words(room, of_page), url) for url, of_page in pages.items()]


def _blank_words(room: Room, blanks: Sequence[Blank]) -> str:
    first = blanks[0]
    if first.side is not None:
        return _("No line yet: %(side)s", side=label(first.side))
    what = str(joined(str(FIELDS[blank.field]) for blank in blanks))
    if first.seat is not None:
        return _("%(who)s: %(what)s", who=seat_name(room, first.seat), what=what)
    return _("%(who)s: %(what)s", who=first.right.title, what=what) if first.right else what


def _blank_url(room: Room, blank: Blank) -> str:
    key = room.consortium.id
    if blank.seat is not None:
        return url_for("consortia.show_edit_seat", consortium_id=key, seat_id=blank.seat.id)
    if blank.right is not None:
        return url_for("consortia.show_edit_right", consortium_id=key, right_id=blank.right.id)
    if blank.side is not None:
        return url_for("consortia.show_new_right", consortium_id=key, side=blank.side.value)
    if blank.field in set(Article):
        return url_for("consortia.show_article", consortium_id=key, field=blank.field)
    return url_for("consortia.show_goal" if blank.field == "goal" else "consortia.show_plan", consortium_id=key)


def difference_rows(found: Sequence[Difference], names: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """(what, before, after) in words; `names` are organisations by id."""
    return [
        (_difference_name(one), in_words(one.field, one.before, names), in_words(one.field, one.after, names))
        for one in found
    ]


def conflict_rows(differences: Mapping[str, tuple[object, object]], names: Mapping[str, str]) -> list[Any]:
    """(field, theirs, yours) in words, for a form that somebody else was faster with."""
    return [
        (str(FIELDS.get(name, name)), in_words(name, theirs, names), in_words(name, yours, names))
        for name, (theirs, yours) in differences.items()
    ]


def in_words(field: str, value: Any, names: Mapping[str, str]) -> str:
    if value is None or value in ("", [], ()):
        return "—"
    if field in MONEY:
        return yuan(value)
    if field == "benefit_percent":
        return f"{float(value):.2f} %"
    if field in ("owner_ids", "user_ids"):
        return str(joined(names.get(str(key), "—") for key in value))
    if field == "side":
        return label_of("IpSide", str(value))
    return str(value)


def _difference_name(one: Difference) -> str:
    what = str(FIELDS.get(one.field, one.field))
    return _("%(who)s: %(what)s", who=one.subject, what=what) if one.part else what
