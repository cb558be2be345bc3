"""The room of a consortium: the list of rooms, opening one, the overview, and what an invited organisation sees."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from matchmaker.services import organisations
from matchmaker.services.actors import Permission, can
from matchmaker.services.challenges import seeing
from matchmaker.services.consortia import composed, figures, invitations, opening, rooms
from matchmaker.services.consortia.checking import readiness
from matchmaker.services.consortia.rooms import Room
from models.consortia import Consortium, Seat
from models.enums import DeclineReason, SeatState
from models.organisations import Organisation
from web.access import current_actor, signed_in
from web.consortia import cards, composition_cards
from web.consortia.area import bp
from web.consortia.forms import AnswerForm, OpenForm, WordForm
from web.database import session
from web.i18n import localised
from web.rule_sentences import names_for, verdict_lines
from web.transactions import commits


@bp.get("/consortia")
@signed_in
def list_rooms() -> ResponseReturnValue:
    actor = current_actor()
    mine = [
        (
            organisation,
            rooms.list_invitations(session(), actor, organisation.id),
            rooms.list_rooms(session(), actor, organisation.id),
        )
        for organisation in organisations.my_organisations(session(), actor)
    ]
    everything, kept_out = rooms.list_all(session(), actor) if can(actor, Permission.CONSORTIUM_VIEW) else (None, 0)
    return render_template(
        "consortia/rooms.html",
        mine=mine,
        everything=[(one, _lead_of(one)) for one in everything] if everything is not None else None,
        kept_out=kept_out,
        may_open=bool(_leads()),
        cards=cards,
    )


@bp.get("/consortia/new")
@signed_in
def show_new() -> ResponseReturnValue:
    form = OpenForm(formdata=None, lead_id=request.args.get("organisation"))
    return _render_new(form)


@bp.post("/consortia/new")
@signed_in
@commits
def create() -> ResponseReturnValue:
    form = OpenForm()
    _offer_leads(form)
    if form.validate():
        with form.refusing():
            opened = opening.open_by_hand(session(), current_actor(), form.lead_id.data, form.draft())
            flash(_("The room is open. Add the seats of the team next."), "success")
            return redirect(url_for("consortia.show_room", consortium_id=opened.id))
    return _render_new(form), 422


@bp.post("/compositions/<uuid:composition_id>/room")
@signed_in
@commits
def open_from_composition(composition_id: UUID) -> ResponseReturnValue:
    number = request.form.get("number", default=0, type=int)
    opened = composed.open_from_composition(session(), current_actor(), composition_id, number)
    flash(_("The team is in the room. Nobody knows of it until you invite them."), "success")
    return redirect(url_for("consortia.show_seats", consortium_id=opened.id))


@bp.get("/consortia/<uuid:consortium_id>")
@signed_in
def show_room(consortium_id: UUID) -> ResponseReturnValue:
    actor = current_actor()
    asked = rooms.find_asked(session(), actor, consortium_id)
    if asked and not rooms.is_inside(session(), actor, consortium_id):
        return _render_invitation(asked[0], _answer_form(asked[0]))
    return _render_room(rooms.get_room(session(), actor, consortium_id))


@bp.post("/consortia/seats/<uuid:seat_id>/answer")
@signed_in
@commits
def answer(seat_id: UUID) -> ResponseReturnValue:
    form = AnswerForm()
    seat = rooms.get_asked_seat(session(), current_actor(), seat_id)
    if form.validate():
        with form.refusing():
            _answer(seat_id, form)
            return redirect(url_for("consortia.show_room", consortium_id=seat.consortium_id))
    return _render_invitation(seat, form), 422


@bp.get("/consortia/seats/<uuid:seat_id>/leave")
@signed_in
def show_leave(seat_id: UUID) -> ResponseReturnValue:
    seat = rooms.get_asked_seat(session(), current_actor(), seat_id)
    return _render_leave(seat, WordForm(formdata=None))


@bp.post("/consortia/seats/<uuid:seat_id>/leave")
@signed_in
@commits
def leave(seat_id: UUID) -> ResponseReturnValue:
    seat, form = rooms.get_asked_seat(session(), current_actor(), seat_id), WordForm()
    if form.validate():
        with form.refusing():
            invitations.leave(session(), current_actor(), seat_id, form.text.data)
            flash(_("You have left. Your seat is open for somebody else."), "success")
            return redirect(url_for("consortia.list_rooms"))
    return _render_leave(seat, form), 422


def room_values(room: Room, page: str) -> dict[str, Any]:
    """What the frame of every page of a room shows."""
    actor = current_actor()
    return {
        "room": room,
        "page": page,
        "cards": cards,
        "is_acting": bool(rooms.acting(actor, room)),
        "is_leading": rooms.leads(actor, room),
        "may_edit": room.is_open() and bool(rooms.acting(actor, room)),
        "may_lead": room.is_open() and rooms.leads(actor, room),
    }


def _answer(seat_id: UUID, form: AnswerForm) -> None:
    seen = SeatState(form.seen.data) if form.seen.data in set(SeatState) else None
    said = form.answer.data or ""
    if form.kind.data == SeatState.ACCEPTED:
        invitations.accept(session(), current_actor(), seat_id, said, seen=seen)
        flash(_("You are a member. Look at the whole room, and say what you bring."), "success")
        return
    reason: DeclineReason = form.reason.data
    invitations.decline(session(), current_actor(), seat_id, reason, said, seen=seen)
    flash(_("Your answer is with the lead. You can still change it while the seat is free."), "success")


def _answer_form(seat: Seat) -> AnswerForm:
    kind = seat.state.value if seat.state is SeatState.DECLINED else None
    return AnswerForm(formdata=None, seen=seat.state.value, kind=kind, reason=seat.reason, answer=seat.answer)


def _render_room(room: Room) -> str:
    found = readiness(session(), room)
    challenge = (
        seeing.find_seen(session(), current_actor(), room.consortium.challenge_id)
        if room.consortium.challenge_id
        else None
    )
    return render_template(
        "consortia/room.html",
        **room_values(room, "room"),
        found=found,
        steps=cards.next_steps(current_actor(), room, found),
        challenge=challenge,
        indicators=composition_cards.indicator_lines(figures.indicators_of(session(), room)),
        overlaps=figures.overlaps_with(session(), current_actor(), room),
        verdict_lines=verdict_lines(found.judgement.rules, names_for(found.judgement.organisations)),
    )


def _render_invitation(seat: Seat, form: AnswerForm) -> str:
    outline = rooms.get_outline(session(), current_actor(), seat)
    return render_template(
        "consortia/invitation.html",
        outline=outline,
        form=form,
        cards=cards,
        load=invitations.load_of(session(), outline.invited.id, beside=outline.consortium_id),
        may_answer=can(current_actor(), Permission.CONSORTIUM_EDIT, outline.invited.id),
    )


def _render_leave(seat: Seat, form: WordForm) -> str:
    room = rooms.get_room(session(), current_actor(), seat.consortium_id)
    return render_template("consortia/leave.html", **room_values(room, ""), seat=seat, form=form)


def _render_new(form: OpenForm) -> str:
    _offer_leads(form)
    return render_template("consortia/new.html", form=form)


def _offer_leads(form: OpenForm) -> None:
    form.lead_id.choices = [SelectChoice(one.id, str(localised(one, "name"))) for one in _leads()]


def _leads() -> list[Organisation]:
    """The person's organisations in whose name a room may be opened."""
    actor = current_actor()
    mine = organisations.my_organisations(session(), actor)
    return [one for one in mine if can(actor, Permission.CONSORTIUM_EDIT, one.id)]


def _lead_of(consortium: Consortium) -> Organisation:
    return session().get_one(Organisation, consortium.lead_id)
