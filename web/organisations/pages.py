"""The page of an organisation as others see it."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.services import claims, facilities, organisations, postings, visibility
from matchmaker.services.actors import Permission, can
from web.access import current_actor, permitted
from web.database import session
from web.organisations import cards
from web.organisations.area import bp
from web.shown import note_opened


@bp.get("/organisations/<uuid:organisation_id>")
@permitted(Permission.ORGANISATION_VIEW)
def show_organisation(organisation_id: UUID) -> ResponseReturnValue:
    actor = current_actor()
    if kept_id := organisations.find_kept(session(), organisation_id):
        flash(_("The record that you asked for was merged into this one."), "info")
        return redirect(url_for("organisations.show_organisation", organisation_id=kept_id))
    organisation = organisations.get_seen(session(), actor, organisation_id)
    note_opened(organisation.id)
    profile = visibility.profile_for(session(), actor, organisation)
    return render_template(
        "organisations/organisation.html",
        organisation=organisation,
        profile=profile,
        offers=postings.list_offers(session(), actor, organisation),
        needs=postings.list_needs(session(), actor, organisation),
        facilities=facilities.list_facilities(session(), actor, organisation.id),
        may_edit=can(actor, Permission.ORGANISATION_EDIT, organisation.id),
        may_curate=can(actor, Permission.REGISTRY_CURATE),
        may_claim=organisation.id not in actor.memberships
        and claims.find_pending(session(), actor, organisation) is None,
        cards=cards,
        **cards.profile_names(profile),
    )
