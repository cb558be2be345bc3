"""My needs with the first names of each list, or the next step where there are none."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template
from flask.typing import ResponseReturnValue

from matchmaker.services import evidence, exposure, organisations, postings, recommendations
from matchmaker.services.calendar import today
from matchmaker.services.evidence import Named
from matchmaker.services.recommendations import Recommendations
from models.enums import PostingState
from models.matching import RankingRun
from models.offers import Need
from models.organisations import Organisation
from web.access import current_actor, signed_in
from web.database import reader, session
from web.partners.area import bp, page_number
from web.partners.cards import Card, make_cards
from web.sentences.unknowns import silent_for_need
from web.shown import exposure_log

NEEDS_A_PAGE = 5
TOP = 3


@dataclass(frozen=True)
class Summary:
    """A need with the first of its list; a draft has no list yet."""

    need: Need
    owner: Organisation
    state: PostingState
    cards: Sequence[Card]
    found: int


@bp.get("/partners")
@signed_in
def overview() -> ResponseReturnValue:
    mine = organisations.my_organisations(session(), current_actor())
    needs = recommendations.my_needs(session(), current_actor(), page=page_number(), size=NEEDS_A_PAGE)
    summaries, runs = _summarise(needs.items, mine)
    page = render_template("partners/overview.html", mine=mine, needs=needs, summaries=summaries)
    for run in runs:
        exposure_log().note(run)
    return page


def _summarise(needs: Sequence[Need], mine: Sequence[Organisation]) -> tuple[list[Summary], list[RankingRun]]:
    actor, day = current_actor(), today()
    owners = {organisation.id: organisation for organisation in mine}
    live = [need for need in needs if postings.is_live(need, day)]
    lists = {
        need.id: recommendations.for_need(session(), actor, reader(), need.id, today=day, count=TOP) for need in live
    }
    named = evidence.read_named(session(), [item for found in lists.values() for item in found.items])
    summaries = [_summary(need, owners[need.organisation_id], lists.get(need.id), named) for need in needs]
    runs = [exposure.run_of(actor, need.organisation_id, lists[need.id]) for need in live if lists[need.id].items]
    return summaries, runs


def _summary(need: Need, owner: Organisation, found: Recommendations | None, named: Named) -> Summary:
    state = postings.state_on(need, today())
    if found is None:
        return Summary(need, owner, state, [], 0)
    cards = make_cards(found.items, named, silent=silent_for_need(found.silent))
    return Summary(need, owner, state, cards, found.found)
