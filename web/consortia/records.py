"""Versions, comments, signing, and the end of a room."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from matchmaker.services.actors import Permission, can, require
from matchmaker.services.consortia import comments, rooms, signing, versions
from matchmaker.services.consortia.checking import readiness
from matchmaker.services.consortia.rooms import Room
from models.enums import RuleOutcome
from web.access import current_actor, signed_in
from web.consortia import cards
from web.consortia.area import bp
from web.consortia.forms import CommentForm, VersionForm, WordForm
from web.consortia.room import room_values
from web.database import session
from web.i18n import localised
from web.rule_sentences import names_for, verdict_lines
from web.transactions import commits

NOW = 0


@bp.get("/consortia/<uuid:consortium_id>/versions")
@signed_in
def show_versions(consortium_id: UUID) -> ResponseReturnValue:
    room = rooms.get_room(session(), current_actor(), consortium_id)
    return _render_versions(room, VersionForm(formdata=None))


@bp.post("/consortia/<uuid:consortium_id>/versions")
@signed_in
@commits
def keep_version(consortium_id: UUID) -> ResponseReturnValue:
    form = VersionForm()
    if form.validate():
        with form.refusing():
            kept = versions.keep(session(), current_actor(), consortium_id, form.note.data or "")
            flash(_("Kept as version %(number)s.", number=kept.number), "success")
            return redirect(url_for("consortia.show_versions", consortium_id=consortium_id))
    return _render_versions(rooms.get_room(session(), current_actor(), consortium_id), form), 422


@bp.get("/consortia/<uuid:consortium_id>/versions/compare")
@signed_in
def compare_versions(consortium_id: UUID) -> ResponseReturnValue:
    room = rooms.get_room(session(), current_actor(), consortium_id)
    first, second = (request.args.get(name, default=NOW, type=int) for name in ("from", "to"))
    before, after = (_snapshot(room, number) for number in (first, second))
    rows = cards.difference_rows(versions.compare(before, after), _all_names(room))
    return render_template(
        "consortia/compare.html", **room_values(room, "versions"), first=first, second=second, rows=rows
    )


@bp.get("/consortia/<uuid:consortium_id>/versions/<int:number>/go-back")
@signed_in
def show_go_back(consortium_id: UUID, number: int) -> ResponseReturnValue:
    room = rooms.get_editable(session(), current_actor(), consortium_id)
    rooms.require_lead(current_actor(), room)
    version = versions.get_version(session(), current_actor(), consortium_id, number)
    rows = cards.difference_rows(versions.compare(versions.snapshot_of(room), version.snapshot), _all_names(room))
    return render_template("consortia/go_back.html", **room_values(room, "versions"), version=version, rows=rows)


@bp.post("/consortia/<uuid:consortium_id>/versions/<int:number>/go-back")
@signed_in
@commits
def go_back(consortium_id: UUID, number: int) -> ResponseReturnValue:
    said = _("As in version %(number)s", number=number)
    made = versions.go_back(session(), current_actor(), consortium_id, number, said)
    told = _("The room says again what version %(old)s said; this is version %(new)s.", old=number, new=made.number)
    flash(told, "success")
    return redirect(url_for("consortia.show_versions", consortium_id=consortium_id))


@bp.get("/consortia/<uuid:consortium_id>/comments")
@signed_in
def show_comments(consortium_id: UUID) -> ResponseReturnValue:
    room = rooms.get_room(session(), current_actor(), consortium_id)
    return _render_comments(room, _comment_form(room, CommentForm(formdata=None)))


@bp.post("/consortia/<uuid:consortium_id>/comments")
@signed_in
@commits
def add_comment(consortium_id: UUID) -> ResponseReturnValue:
    room = rooms.get_room(session(), current_actor(), consortium_id)
    form = _comment_form(room, CommentForm())
    if form.validate():
        with form.refusing():
            comments.add(
                session(),
                current_actor(),
                consortium_id,
                form.text.data,
                organisation_id=form.organisation_id.data,
                seat_id=form.seat_id.data,
            )
            return redirect(url_for("consortia.show_comments", consortium_id=consortium_id, _anchor="latest"))
    return _render_comments(room, form), 422


@bp.get("/consortia/<uuid:consortium_id>/sign")
@signed_in
def show_sign(consortium_id: UUID) -> ResponseReturnValue:
    room = rooms.get_room(session(), current_actor(), consortium_id)
    found = readiness(session(), room)
    acting = rooms.acting(current_actor(), room)
    lines = verdict_lines(found.judgement.rules, names_for(found.judgement.organisations))
    return render_template(
        "consortia/sign.html",
        **room_values(room, "sign"),
        found=found,
        blanks=cards.blank_lines(room, found.blanks),
        verdict_lines=[line for line in lines if line.is_hard and line.outcome is not RuleOutcome.MET],
        seen=signing.seen_content(room),
        own=[seat for seat in room.members if seat.organisation_id in acting],
    )


@bp.post("/consortia/<uuid:consortium_id>/sign")
@signed_in
@commits
def sign(consortium_id: UUID) -> ResponseReturnValue:
    organisation_id = request.form.get("organisation_id", type=UUID) or UUID(int=0)
    seen = request.form.get("seen", "")
    signing.sign(session(), current_actor(), consortium_id, organisation_id, seen=seen)
    flash(_("Signed."), "success")
    return redirect(url_for("consortia.show_sign", consortium_id=consortium_id))


@bp.post("/consortia/<uuid:consortium_id>/take-back")
@signed_in
@commits
def take_back(consortium_id: UUID) -> ResponseReturnValue:
    organisation_id = request.form.get("organisation_id", type=UUID) or UUID(int=0)
    signing.take_back(session(), current_actor(), consortium_id, organisation_id)
    flash(_("Your signature is taken back."), "success")
    return redirect(url_for("consortia.show_sign", consortium_id=consortium_id))


@bp.get("/consortia/<uuid:consortium_id>/dissolve")
@signed_in
def show_dissolve(consortium_id: UUID) -> ResponseReturnValue:
    room = rooms.get_room(session(), current_actor(), consortium_id)
    require(current_actor(), Permission.CONSORTIUM_EDIT, room.consortium.lead_id)
    return _render_dissolve(room, WordForm(formdata=None))


@bp.post("/consortia/<uuid:consortium_id>/dissolve")
@signed_in
@commits
def dissolve(consortium_id: UUID) -> ResponseReturnValue:
    form = WordForm()
    if form.validate():
        with form.refusing():
            signing.dissolve(session(), current_actor(), consortium_id, form.text.data)
            flash(_("The consortium is dissolved. What it said can still be read."), "success")
            return redirect(url_for("consortia.show_room", consortium_id=consortium_id))
    return _render_dissolve(rooms.get_room(session(), current_actor(), consortium_id), form), 422


def _snapshot(room: Room, number: int) -> dict[str, object]:
    if number == NOW:
        return versions.snapshot_of(room)
    return versions.get_version(session(), current_actor(), room.consortium.id, number).snapshot


def _all_names(room: Room) -> dict[str, str]:
    return {str(key): str(localised(one, "name")) for key, one in room.organisations.items()}


def _comment_form(room: Room, form: CommentForm) -> CommentForm:
    members = [one for one in room.members if can(current_actor(), Permission.CONSORTIUM_EDIT, one.organisation_id)]
    form.organisation_id.choices = [SelectChoice(seat.organisation_id, cards.seat_name(room, seat)) for seat in members]
    of_seats = [SelectChoice(seat.id, cards.seat_name(room, seat)) for seat in room.seats]
    form.seat_id.choices = [SelectChoice("", _("The whole")), *of_seats]
    return form


def _render_versions(room: Room, form: VersionForm) -> str:
    kept = versions.list_versions(session(), current_actor(), room.consortium.id)
    return render_template(
        "consortia/versions.html",
        **room_values(room, "versions"),
        form=form,
        versions=kept,
        is_kept=bool(kept) and kept[0].snapshot == versions.snapshot_of(room),
    )


def _render_comments(room: Room, form: CommentForm) -> str:
    remarks = comments.list_remarks(session(), current_actor(), room.consortium.id)
    about = {seat.id: localised(seat, "role") for seat in (*room.seats, *room.turned_down)}
    return render_template(
        "consortia/comments.html", **room_values(room, "comments"), form=form, remarks=remarks, about=about
    )


def _render_dissolve(room: Room, form: WordForm) -> str:
    return render_template("consortia/dissolve.html", **room_values(room, ""), form=form)
