"""Seats and shares: what each member does and receives, who is asked, who could come instead."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.services import organisations, search
from matchmaker.services.calendar import today
from matchmaker.services.consortia import composed, invitations, rooms, seats, shares
from matchmaker.services.consortia.rooms import Room
from matchmaker.services.search import Found, SearchQuery
from models.consortia import Seat
from models.enums import SearchRecord, SeatState
from web.access import current_actor, signed_in
from web.consortia import cards
from web.consortia.area import bp
from web.consortia.forms import InviteForm, SeatForm
from web.consortia.room import room_values
from web.database import reader, session
from web.transactions import commits

MOST_FOUND = 10


@bp.get("/consortia/<uuid:consortium_id>/seats")
@signed_in
def show_seats(consortium_id: UUID) -> ResponseReturnValue:
    room = rooms.get_room(session(), current_actor(), consortium_id)
    values = room_values(room, "seats")
    vacant = [seat for seat in room.seats if seat.state is SeatState.OPEN]
    return render_template(
        "consortia/seats.html",
        **values,
        shares=shares.shares_of(room),
        seen_vacant=seats.seen_vacant,
        substitutes={seat.id: composed.substitutes_for(session(), room, seat) for seat in vacant}
        if values["may_lead"]
        else {},
        editable={seat.id for seat in room.seats if rooms.may_edit_seat(current_actor(), room, seat)},
    )


@bp.get("/consortia/<uuid:consortium_id>/seats/new")
@signed_in
def show_new_seat(consortium_id: UUID) -> ResponseReturnValue:
    room = _led_room(consortium_id)
    return _render_form(room, SeatForm(formdata=None))


@bp.post("/consortia/<uuid:consortium_id>/seats/new")
@signed_in
@commits
def add_seat(consortium_id: UUID) -> ResponseReturnValue:
    room, form = _led_room(consortium_id), SeatForm()
    if form.validate():
        with form.refusing():
            seats.add_seat(session(), current_actor(), consortium_id, form.draft())
            flash(_("The seat is there. Propose somebody for it."), "success")
            return _back(consortium_id)
    return _render_form(room, form), 422


@bp.get("/consortia/<uuid:consortium_id>/seats/<uuid:seat_id>/edit")
@signed_in
def show_edit_seat(consortium_id: UUID, seat_id: UUID) -> ResponseReturnValue:
    room = rooms.get_editable(session(), current_actor(), consortium_id)
    seat = rooms.seat_in(room, seat_id)
    form = SeatForm(formdata=None, seen=seats.seen_seat(seat), **seats.values_of(seat))
    return _render_form(room, form, seat)


@bp.post("/consortia/<uuid:consortium_id>/seats/<uuid:seat_id>/edit")
@signed_in
@commits
def edit_seat(consortium_id: UUID, seat_id: UUID) -> ResponseReturnValue:
    room = rooms.get_editable(session(), current_actor(), consortium_id)
    seat, form = rooms.seat_in(room, seat_id), SeatForm()
    if form.validate():
        with form.over(lambda: seats.seen_seat(seat)):
            actor = current_actor()
            seats.update_seat(session(), actor, consortium_id, seat_id, form.draft(), seen=form.seen.data)
            flash(_("Saved."), "success")
            return _back(consortium_id)
    return _render_form(room, form, seat), form.status


@bp.post("/consortia/<uuid:consortium_id>/seats/<uuid:seat_id>/remove")
@signed_in
@commits
def remove_seat(consortium_id: UUID, seat_id: UUID) -> ResponseReturnValue:
    seats.remove_seat(session(), current_actor(), consortium_id, seat_id, seen=request.form.get("seen"))
    flash(_("The seat is gone."), "success")
    return _back(consortium_id)


@bp.get("/consortia/<uuid:consortium_id>/seats/<uuid:seat_id>/candidate")
@signed_in
def show_candidates(consortium_id: UUID, seat_id: UUID) -> ResponseReturnValue:
    room = _led_room(consortium_id)
    seat = rooms.seat_in(room, seat_id)
    text = request.args.get("q", "").strip()[:200]
    there = {one.organisation_id for one in (*room.seats, *room.turned_down)}
    found = [one for one in _found(text) if one.organisation.id not in there][:MOST_FOUND]
    return render_template(
        "consortia/candidates.html",
        **room_values(room, "seats"),
        seat=seat,
        text=text,
        found=found,
        substitutes=composed.substitutes_for(session(), room, seat),
    )


@bp.post("/consortia/<uuid:consortium_id>/seats/<uuid:seat_id>/candidate")
@signed_in
@commits
def propose(consortium_id: UUID, seat_id: UUID) -> ResponseReturnValue:
    chosen = request.form.get("organisation_id", type=UUID)
    candidate = organisations.get_seen(session(), current_actor(), chosen or UUID(int=0))
    seats.propose(session(), current_actor(), consortium_id, seat_id, candidate.id)
    flash(_("Proposed. They learn of it when you invite them."), "success")
    return redirect(url_for("consortia.show_invite", consortium_id=consortium_id, seat_id=seat_id))


@bp.post("/consortia/<uuid:consortium_id>/seats/<uuid:seat_id>/swap")
@signed_in
@commits
def swap(consortium_id: UUID, seat_id: UUID) -> ResponseReturnValue:
    chosen = request.form.get("organisation_id", type=UUID)
    candidate = organisations.get_seen(session(), current_actor(), chosen or UUID(int=0))
    composed.swap(session(), current_actor(), consortium_id, seat_id, candidate.id)
    flash(_("Swapped: they are invited for the seat."), "success")
    return _back(consortium_id)


@bp.get("/consortia/<uuid:consortium_id>/seats/<uuid:seat_id>/invite")
@signed_in
def show_invite(consortium_id: UUID, seat_id: UUID) -> ResponseReturnValue:
    room = _led_room(consortium_id)
    seat = rooms.seat_in(room, seat_id)
    return _render_invite(room, seat, InviteForm(formdata=None, message=seat.message))


@bp.post("/consortia/<uuid:consortium_id>/seats/<uuid:seat_id>/invite")
@signed_in
@commits
def invite(consortium_id: UUID, seat_id: UUID) -> ResponseReturnValue:
    form = InviteForm()
    if form.validate():
        with form.refusing():
            invitations.invite(session(), current_actor(), consortium_id, seat_id, form.message.data or "")
            flash(_("Invited. Their answer comes here and on your home page."), "success")
            return _back(consortium_id)
    room = _led_room(consortium_id)
    return _render_invite(room, rooms.seat_in(room, seat_id), form), 422


@bp.post("/consortia/<uuid:consortium_id>/invite-all")
@signed_in
@commits
def invite_all(consortium_id: UUID) -> ResponseReturnValue:
    room = _led_room(consortium_id)
    proposed = [seat for seat in room.seats if seat.state is SeatState.PROPOSED]
    for seat in proposed:
        invitations.invite(session(), current_actor(), consortium_id, seat.id)
    flash(_("All proposed organisations are invited."), "success")
    return _back(consortium_id)


@bp.post("/consortia/<uuid:consortium_id>/seats/<uuid:seat_id>/withdraw")
@signed_in
@commits
def withdraw(consortium_id: UUID, seat_id: UUID) -> ResponseReturnValue:
    invitations.withdraw(session(), current_actor(), consortium_id, seat_id)
    flash(_("Withdrawn. The seat is open."), "success")
    return _back(consortium_id)


@bp.post("/consortia/<uuid:consortium_id>/compose-again")
@signed_in
@commits
def compose_again(consortium_id: UUID) -> ResponseReturnValue:
    composition = composed.compose_again(session(), current_actor(), consortium_id)
    return redirect(url_for("compositions.show", composition_id=composition.id))


def _led_room(consortium_id: UUID) -> Room:
    room = rooms.get_editable(session(), current_actor(), consortium_id)
    rooms.require_lead(current_actor(), room)
    return room


def _found(text: str) -> list[Found]:
    if not text:
        return []
    query = SearchQuery(text=text, chosen={"record": (SearchRecord.ORGANISATION.value,)})
    return list(search.search(session(), current_actor(), reader(), query, today=today()).page.items)


def _back(consortium_id: UUID) -> ResponseReturnValue:
    return redirect(url_for("consortia.show_seats", consortium_id=consortium_id))


def _render_form(room: Room, form: SeatForm, seat: Seat | None = None) -> str:
    sums = shares.shares_of(room)
    own = shares.hundredths(seat.benefit_percent) if seat and seat.benefit_percent is not None else 0
    return render_template(
        "consortia/seat_form.html",
        **room_values(room, "seats"),
        form=form,
        seat=seat,
        shares=sums,
        others_benefit=(sums.benefit_hundredths - own) / 100,
        others_money=sums.money.total - (seat.money or 0 if seat else 0),
        differences=cards.conflict_rows(form.differences, {}),
    )


def _render_invite(room: Room, seat: Seat, form: InviteForm) -> str:
    return render_template("consortia/invite.html", **room_values(room, "seats"), seat=seat, form=form)
