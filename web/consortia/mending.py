"""What would make the room's team pass, for its lead."""

from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from matchmaker.services.calendar import today
from matchmaker.services.consortia import mending, rooms
from web.access import current_actor, signed_in
from web.consortia.area import bp
from web.consortia.composition_sentences import Words
from web.consortia.room import room_values
from web.database import reader, session
from web.rule_sentences import names_for


@bp.get("/consortia/<uuid:consortium_id>/repairs")
@signed_in
def show_repairs(consortium_id: UUID) -> ResponseReturnValue:
    room = rooms.get_room(session(), current_actor(), consortium_id)
    rooms.require_lead(current_actor(), room)
    if room.consortium.composition_id is None:
        return render_template("consortia/repairs.html", **room_values(room, "repairs"), found=None, ways=[])
    found = mending.mend(session(), current_actor(), reader(), consortium_id, today=today())
    words = Words(found.reading, names_for(found.reading.named.organisations))
    return render_template(
        "consortia/repairs.html",
        **room_values(room, "repairs"),
        found=found,
        ways=[[words.change(step) for step in one["changes"]] for one in found.repairs],
    )
