"""The lists: partners for one need, and partners for an organisation from its record."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from flask import redirect, render_template
from flask.typing import ResponseReturnValue

from matchmaker.errors import NotFound
from matchmaker.services import (
    capabilities,
    completeness,
    evidence,
    exposure,
    feedback,
    interests,
    postings,
    recommendations,
)
from matchmaker.services.actors import Permission, can
from matchmaker.services.calendar import today
from matchmaker.services.evidence import Named
from matchmaker.services.paging import PAGE_SIZE
from matchmaker.services.picked import Tag
from matchmaker.services.recommendations import MOST_COMPARED, Recommendations
from models.offers import Need
from models.organisations import Organisation
from models.taxonomy import Capability, WeightPreset
from web.access import current_actor, permitted, signed_in
from web.database import reader, session
from web.partners.area import bp, chosen_ids, last_page, page_number
from web.partners.cards import make_cards
from web.partners.tray import Tray
from web.rendering import page_url
from web.sentences import unknowns
from web.sentences.unknowns import silent_for_need, silent_for_record
from web.shown import exposure_log


@bp.get("/partners/needs/<uuid:need_id>")
@signed_in
def show_need(need_id: UUID) -> ResponseReturnValue:
    """Only GET, but it tells the exposure log what it showed; the log writes in a transaction of its own."""
    actor = current_actor()
    need = feedback.get_need(session(), actor, need_id)
    found = recommendations.for_need(session(), actor, reader(), need_id, today=today(), **_window())
    if _is_past_the_end(found):
        return redirect(page_url(page=last_page(found.found)))
    chosen = chosen_ids()[:MOST_COMPARED]
    named = evidence.read_named(session(), found.items, also=chosen)
    candidates = [item.organisation_id for item in found.items]
    given = feedback.by_candidate(session(), actor, need_id, candidates)
    held = interests.by_candidate(session(), actor, need_id, candidates)
    owner = session().get_one(Organisation, need.organisation_id)
    run = exposure.run_of(actor, need.organisation_id, found)
    page = render_template(
        "partners/need.html",
        need=need,
        owner=owner,
        asked=list_asked(need),
        state=postings.state_on(need, today()),
        cards=make_cards(found.items, named, silent=silent_for_need(found.silent), given=given, interests=held),
        tray=Tray(need.id, chosen, named),
        run=run,
        measured=completeness.of_need(session(), owner, need),
        may_edit=can(actor, Permission.POSTING_EDIT, need.organisation_id),
        may_judge=can(actor, Permission.FEEDBACK_GIVE, need.organisation_id),
        may_express=can(actor, Permission.INTEREST_EXPRESS, need.organisation_id),
        **about_list(found, named),
    )
    if found.items:
        exposure_log().note(run)
    return page


@bp.get("/partners/organisations/<uuid:organisation_id>")
@permitted(Permission.RECOMMENDATION_VIEW, organisation="organisation_id")
def show_record_partners(organisation_id: UUID) -> ResponseReturnValue:
    actor = current_actor()
    organisation = session().get(Organisation, organisation_id)
    if organisation is None:
        raise NotFound("organisation", organisation_id)
    found = recommendations.for_organisation(session(), actor, reader(), organisation_id, today=today(), **_window())
    if _is_past_the_end(found):
        return redirect(page_url(page=last_page(found.found)))
    named = evidence.read_named(session(), found.items)
    run = exposure.run_of(actor, organisation_id, found)
    page = render_template(
        "partners/record.html",
        run=run,
        organisation=organisation,
        cards=make_cards(found.items, named, silent=silent_for_record(found.silent)),
        measured=completeness.of_profile(session(), organisation),
        may_edit=can(actor, Permission.ORGANISATION_EDIT, organisation_id),
        **about_list(found, named),
    )
    if found.items:
        exposure_log().note(run)
    return page


def about_list(found: Recommendations, named: Named) -> dict[str, object]:
    """How the list was made, for the foot of the page."""
    return {
        "found": found,
        "page": page_number(),
        "page_size": PAGE_SIZE,
        "preset": session().get_one(WeightPreset, found.preset_code),
        "weights": sorted(found.weights.items(), key=lambda pair: (-pair[1], pair[0])),
        "all_weights": sum(found.weights.values()),
        "built_at": built_at(found.index_version),
        "day": today(),
        "unknowns": unknowns,
    }


def list_asked(need: Need) -> Sequence[tuple[Tag, Capability]]:
    """What the need asks for, the heaviest first."""
    tags = postings.list_tags(session(), need)
    known = capabilities.list_capabilities(session(), [tag.capability_code for tag in tags])
    asked = [(tag, known[tag.capability_code]) for tag in tags if tag.capability_code in known]
    return sorted(asked, key=lambda pair: (not pair[0].is_must, -pair[0].weight))


def built_at(version: str) -> datetime | None:
    """An index is named after the moment of its making."""
    moment = version.partition("+")[0]
    known = len(moment) == len("20261122T032310084875Z")
    return datetime.strptime(moment, "%Y%m%dT%H%M%S%fZ").replace(tzinfo=UTC) if known else None


def _window() -> dict[str, int]:
    return {"first": (page_number() - 1) * PAGE_SIZE, "count": PAGE_SIZE}


def _is_past_the_end(found: Recommendations) -> bool:
    return not found.items and found.found > 0
