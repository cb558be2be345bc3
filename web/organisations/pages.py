"""The page of an organisation as others see it."""

from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from matchmaker.services import claims, facilities, organisations, postings, visibility
from matchmaker.services.actors import Permission, can
from web.access import current_actor, permitted
from web.database import session
from web.organisations import cards
from web.organisations.area import bp


@bp.get("/organisations/<uuid:organisation_id>")
@permitted(Permission.ORGANISATION_VIEW)
def show_organisation(organisation_id: UUID) -> ResponseReturnValue:
    actor = current_actor()
    organisation = organisations.get_seen(session(), actor, organisation_id)
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
