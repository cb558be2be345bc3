"""Both directions of fit between two organisations: what they give us, and what we give them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlmodel import col, select

from matchmaker.errors import IndexMissing, NotFound
from matchmaker.services import evidence, organisations, recommendations
from matchmaker.services.calendar import today
from matchmaker.services.evidence import Named
from matchmaker.services.recommendations import Together, Verdict
from models.enums import OrganisationState
from models.offers import Need
from models.organisations import Organisation
from web.access import current_actor, signed_in
from web.database import reader, session
from web.partners.area import bp
from web.partners.cards import Card, make_card
from web.sentences import unknowns
from web.sentences.unknowns import silent_for_need
from web.shown import note_opened


@dataclass(frozen=True)
class Line:
    """One need and how the other side meets it; without a card, the rule that stands against it (if any)."""

    need: Need
    card: Card | None
    hidden_by: str


@dataclass(frozen=True)
class Fits:
    ours: Organisation
    theirs: Organisation
    they_give: Sequence[Line]
    we_give: Sequence[Line]
    together: Together | None


@bp.get("/partners/organisations/<uuid:organisation_id>/fit")
@signed_in
def show_fit(organisation_id: UUID) -> ResponseReturnValue:
    theirs = session().get(Organisation, organisation_id)
    if theirs is None or theirs.state is not OrganisationState.ACTIVE:
        raise NotFound("organisation", organisation_id)
    note_opened(organisation_id)
    mine = _others_of_mine(theirs)
    asked = request.args.get("for", type=UUID)
    ours = session().get(Organisation, asked) if asked else next(iter(mine), None)
    if asked and ours is None:
        raise NotFound("organisation", asked)
    fits = _read_fits(ours, theirs) if ours and ours.id != theirs.id else None
    return render_template("partners/fit.html", theirs=theirs, mine=mine, fits=fits, unknowns=unknowns)


def fit_block(theirs: Organisation) -> Fits | None:
    """For the page of another organisation: the fits with my first one, where there is anything to compare."""
    mine = _others_of_mine(theirs)
    if not mine or theirs.id in current_actor().memberships:
        return None
    try:
        return _read_fits(mine[0], theirs)
    except IndexMissing:  # a block less; the rest of the page needs no index
        return None


def _others_of_mine(theirs: Organisation) -> list[Organisation]:
    mine = organisations.my_organisations(session(), current_actor())
    return [organisation for organisation in mine if organisation.id != theirs.id]


def _read_fits(ours: Organisation, theirs: Organisation) -> Fits:
    both = recommendations.both_ways(session(), current_actor(), reader(), ours.id, theirs.id, today=today())
    verdicts = [*both.theirs_for_ours, *both.ours_for_theirs]
    named = evidence.read_named(session(), [one.recommended for one in verdicts if one.recommended])
    needs = _needs([one.need_id for one in verdicts])
    return Fits(
        ours,
        theirs,
        _lines(both.theirs_for_ours, needs, named),
        _lines(both.ours_for_theirs, needs, named),
        both.together,
    )


def _needs(keys: Sequence[UUID]) -> dict[UUID, Need]:
    return {need.id: need for need in session().exec(select(Need).where(col(Need.id).in_(keys)))}


def _lines(verdicts: Sequence[Verdict], needs: dict[UUID, Need], named: Named) -> list[Line]:
    """The best fit first; what has none stands at the end."""
    lines = [
        Line(
            needs[one.need_id],
            make_card(one.recommended, named, silent=silent_for_need(one.silent))
            if one.recommended and one.organisation_id in named.organisations
            else None,
            unknowns.why_hidden(one.hidden_by) if one.hidden_by else "",
        )
        for one in verdicts
    ]
    return sorted(lines, key=lambda line: -(line.card.points if line.card else -1.0))
