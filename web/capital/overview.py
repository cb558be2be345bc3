"""Where a firm's people begin: the round of each of their firms."""

from dataclasses import dataclass

from flask import render_template
from flask.typing import ResponseReturnValue

from matchmaker.services import organisations
from matchmaker.services.actors import Permission, can
from matchmaker.services.capital import rounds
from models.enums import OrganisationKind
from models.organisations import Organisation
from models.rounds import Round
from web.access import current_actor, signed_in
from web.capital.area import bp
from web.database import session


@dataclass(frozen=True)
class Desk:
    """One firm of the person, with its rounds."""

    firm: Organisation
    running: Round | None
    past: list[Round]
    may_edit: bool


@bp.get("/capital")
@signed_in
def show_overview() -> ResponseReturnValue:
    mine = organisations.my_organisations(session(), current_actor())
    desks = [_desk(one) for one in mine if one.kind is not OrganisationKind.FUND]
    return render_template("capital/overview.html", desks=desks)


def _desk(firm: Organisation) -> Desk:
    every = rounds.list_rounds(session(), current_actor(), firm.id)
    return Desk(
        firm=firm,
        running=next((one for one in every if one.state in rounds.RUNNING), None),
        past=[one for one in every if one.state not in rounds.RUNNING],
        may_edit=can(current_actor(), Permission.ROUND_EDIT, firm.id),
    )
